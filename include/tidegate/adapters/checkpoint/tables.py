"""`ports.TableStore` on PostgreSQL."""

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from tidegate.adapters.checkpoint.changes import heads_of
from tidegate.adapters.checkpoint.connection import OverSession
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import head_of, lane_key, placed_of
from tidegate.protocol.model import Head, LaneId, PartitionValues, Place, Placed


class PostgresTables(OverSession):
    """Where the partitions of tables lie, and which are being brought there."""

    def heads(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Head]:
        """The heads of a table: all of them, or those of the given partitions."""
        with self._session.transaction(f"{table}: heads", writes=False) as cursor:
            return heads_of(cursor, table, values)

    def placed(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Placed]:
        """Where the partitions of a table lie, and by which manifests: all of them, or those of the given values."""
        wanted = None if values is None else [Jsonb(list(v)) for v in values]
        with self._session.transaction(f"{table}: heads and manifests", writes=False) as cursor:
            rows = cursor.execute(QUERIES["placed"], {"table": table, "values": wanted})
            return {tuple(r["partition_values"]): placed_of(r) for r in rows}

    def placed_on_lane(
        self, lane: LaneId, table: str, values: Sequence[PartitionValues]
    ) -> dict[PartitionValues, Placed]:
        """Where a forked lane has those of some partitions of a table that are there, and by which manifests."""
        key = lane_key(lane) | {"table": table, "values": [Jsonb(list(v)) for v in values]}
        with self._session.transaction(f"{lane}: heads of {table}", writes=False) as cursor:
            return {tuple(r["partition_values"]): placed_of(r) for r in cursor.execute(QUERIES["placed_on_lane"], key)}

    def heads_of_pipeline(self, pipeline: str) -> list[Head]:
        """Every head that the pipeline set, by table and values."""
        with self._session.transaction(f"{pipeline}: heads", writes=False) as cursor:
            return [head_of(r) for r in cursor.execute(QUERIES["heads_of_pipeline"], {"pipeline": pipeline})]

    def begin_repair(self, pipeline: str, table: str, values: Sequence[PartitionValues]) -> None:
        """Note which partitions are about to be brought to their heads. Noting them twice is harmless."""
        noted = [{"pipeline": pipeline, "table": table, "values": Jsonb(list(v))} for v in sorted(values)]
        with self._session.transaction(f"{table}: begin to repair {len(noted)} partitions") as cursor:
            cursor.executemany(QUERIES["begin_repair"], noted)

    def repairs(self, lane: LaneId) -> frozenset[Place]:
        """The partitions of the lane's pipeline that a repair of the last hour began to change."""
        with self._session.transaction(f"{lane}: repairs", writes=False) as cursor:
            rows = cursor.execute(QUERIES["repairs"], {"pipeline": lane.pipeline})
            return frozenset((r["table_name"], tuple(r["partition_values"])) for r in rows)
