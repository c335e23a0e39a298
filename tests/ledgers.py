"""The ledger of a pipeline's one source in memory: the part of a checkpoint store that planning asks."""

from collections.abc import Sequence

from tidegate.protocol.model import OffsetRange, Slice


class MemoryLedger:
    """Keeps slices at their positions, as `CheckpointStore.plan` would."""

    def __init__(self) -> None:
        self.entries: list[Slice] = []

    def tail(self, pipeline: str, source: str) -> Slice | None:
        return self.entries[-1] if self.entries else None

    def known(self, pipeline: str, source: str, keys: Sequence[str]) -> set[str]:
        return {s.key for s in self.entries} & set(keys)

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        return self.entries[offsets.start : offsets.stop]
