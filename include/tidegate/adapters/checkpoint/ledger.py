"""`ports.LedgerStore` on PostgreSQL."""

from collections.abc import Sequence

from tidegate.adapters.checkpoint.changes import tail
from tidegate.adapters.checkpoint.connection import OverSession
from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import slice_of
from tidegate.protocol.model import OffsetRange, Slice


class PostgresLedger(OverSession):
    """The slices that were discovered."""

    def known(self, pipeline: str, source: str, keys: Sequence[str]) -> set[str]:
        """Those of `keys` that slices in the source's ledger have."""
        values = {"pipeline": pipeline, "source": source, "keys": list(keys)}
        with self._session.transaction(f"{pipeline}: known slices", writes=False) as cursor:
            return {r["key"] for r in cursor.execute(QUERIES["known"], values)}

    def entries(self, pipeline: str, source: str, keys: Sequence[str]) -> list[Slice]:
        """The slices in the source's ledger that have one of `keys`, by position."""
        values = {"pipeline": pipeline, "source": source, "keys": list(keys)}
        with self._session.transaction(f"{pipeline}: entries", writes=False) as cursor:
            return [slice_of(r) for r in cursor.execute(QUERIES["entries"], values)]

    def readers(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        """The pipelines and sources, in order, in whose ledgers a slice has one of `keys`."""
        with self._session.transaction("readers of slices", writes=False) as cursor:
            return [(r["pipeline"], r["source"]) for r in cursor.execute(QUERIES["readers"], {"keys": list(keys)})]

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        """The slices in a range of the source's ledger, in order."""
        values = {"pipeline": pipeline, "source": source, "start": offsets.start, "stop": offsets.stop}
        with self._session.transaction(f"{pipeline}: slices", writes=False) as cursor:
            return [slice_of(r) for r in cursor.execute(QUERIES["slices"], values)]

    def tail(self, pipeline: str, source: str) -> Slice | None:
        """The last slice of the source's ledger; None when it is empty."""
        with self._session.transaction(f"{pipeline}: tail of the ledger", writes=False) as cursor:
            return tail(cursor, pipeline, source)

    def corrected(self, pipeline: str) -> list[Slice]:
        """The slices about which a person has said something, by source and position."""
        with self._session.transaction(f"{pipeline}: corrected", writes=False) as cursor:
            return [slice_of(r) for r in cursor.execute(QUERIES["corrected"], {"pipeline": pipeline})]
