"""`ports.CloneStore` on PostgreSQL."""

from tidegate.adapters.checkpoint.changes import lock, one
from tidegate.adapters.checkpoint.connection import OverSession
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import clone_of, clone_values
from tidegate.protocol.model import Clone, Lease
from tidegate.protocol.refusals import foreign_table, same_clone


class PostgresClones(OverSession):
    """The notes of clones."""

    def clones(self, pipeline: str) -> list[Clone]:
        """The pipeline's clones, by name."""
        with self._session.transaction(f"{pipeline}: clones", writes=False) as cursor:
            return [clone_of(r) for r in cursor.execute(QUERIES["clones"], {"pipeline": pipeline})]

    def record_clone(self, lease: Lease, clone: Clone) -> Clone:
        """Note a clone; see the port. A clean-up that did not know of it is fenced by then (I6)."""
        with self._session.transaction(f"{clone.table}: record the clone") as cursor:
            lock(cursor, lease)
            taken = one(cursor, "foreign_table", {"tables": [clone.table], "pipeline": ""})
            if taken:
                raise foreign_table(clone.pipeline, clone.table, taken["pipeline"])
            cursor.execute(QUERIES["record_clone"], clone_values(clone))
            found = clone_of(one(cursor, "clone", {"clone": clone.table}) or {})
            same_clone(found, clone)
            return found

    def forget_clone(self, lease: Lease, table: str) -> None:
        """Drop the note of a clone of the lane's pipeline. Repeating it is harmless."""
        with self._session.transaction(f"{table}: forget the clone") as cursor:
            lock(cursor, lease)
            cursor.execute(QUERIES["forget_clone"], {"clone": table, "pipeline": lease.lane.pipeline})
