"""The seams between the engine and the world: what each adapter promises.

All methods may raise `UnavailableError` (nothing happened, or repeating is harmless) and `ConfigurationError`.
A durable write whose answer was lost raises `OutcomeUnknownError`; the caller reads back before it goes on (I6).
"""

from tidegate.ports.checkpoint import (
    CheckpointStore,
    CloneStore,
    EpochStore,
    LaneStore,
    LedgerStore,
    TableStore,
)
from tidegate.ports.world import (
    Adapters,
    Change,
    Clock,
    CompactionTask,
    Compared,
    Entries,
    EpochReport,
    EpochTask,
    Heads,
    Joining,
    Known,
    Processed,
    Processor,
    Retiring,
    Sink,
    Source,
    Storage,
    StoredFile,
    TableChange,
)

__all__ = [
    "Adapters",
    "Change",
    "CheckpointStore",
    "Clock",
    "CloneStore",
    "CompactionTask",
    "Compared",
    "Entries",
    "EpochReport",
    "EpochStore",
    "EpochTask",
    "Heads",
    "Joining",
    "Known",
    "LaneStore",
    "LedgerStore",
    "Processed",
    "Processor",
    "Retiring",
    "Sink",
    "Source",
    "Storage",
    "StoredFile",
    "TableChange",
    "TableStore",
]
