"""The checkpoint in memory: what `ports.CheckpointStore` promises, without PostgreSQL."""

from tidegate.testing.checkpoint.epochs import MemoryEpochs
from tidegate.testing.checkpoint.lanes import MemoryLanes
from tidegate.testing.checkpoint.rows import Rows
from tidegate.testing.checkpoint.tables import MemoryClones, MemoryLedger, MemoryTables

__all__ = ["MemoryCheckpointStore"]


class MemoryCheckpointStore(MemoryLanes, MemoryEpochs, MemoryTables, MemoryLedger, MemoryClones):
    """A fake: `ports.CheckpointStore` over `rows` of one process, which all stores over the same rows share.

    It holds the contract of the real one: a method changes all that it promises or, when it raises, nothing; fences,
    order and refusals are the protocol's. Nothing outlives the process, no answer is ever lost, and its clock is the
    machine's.
    """

    def __init__(self, rows: Rows | None = None) -> None:
        super().__init__(rows or Rows())
