"""What a task over one bucket is given, and what it and the tasks that read give back."""

from dataclasses import dataclass, field

import pyarrow as pa

from tidegate.api.function import KeyedProcessFunction
from tidegate.protocol.model import DataFile, StateRun
from tidegate.runtime.output_files import PartitionedWriter, Written


@dataclass(frozen=True)
class Output:
    """One table's part of the task: where its files go, and which rows a primary key may not miss.

    `closed`: see `TableFile`.
    """

    table: str
    root: str
    partition_by: tuple[str, ...]
    prefix: tuple[tuple[str, str], ...]
    required: tuple[str, ...] = ()
    closed: str | None = None

    def writer(self, schema: pa.Schema, part: str) -> PartitionedWriter:
        """A writer of its files; `part` makes their names unique among all tasks and their repetitions."""
        return PartitionedWriter(self.root, schema, self.partition_by, self.prefix, part, closed=self.closed)


@dataclass(frozen=True)
class BucketSpec:
    """What is shipped to the tasks.

    `operator` is the uid whose `state` the parent's runs are, by bucket, in order; `events` are the columns of its
    inputs. `places` say where the rows of a piece come from, by its number; `sources` are uids, each with the number of
    its first piece.
    """

    subject: str
    operator: str
    function: KeyedProcessFunction
    events: pa.Schema
    key: tuple[str, ...]
    state_schema: pa.Schema
    state: dict[int, tuple[StateRun, ...]]
    state_root: str
    output_schema: pa.Schema
    outputs: tuple[Output, ...]
    dead_letters: Output | None
    places: tuple[str, ...]
    sources: tuple[tuple[str, int], ...]
    timed: bool


@dataclass
class BucketResult:
    """What a bucket's task did. `latest` is the latest event time of each source that has told one, in milliseconds."""

    bucket: int
    received: int = 0
    null_keys: int = 0
    failed: int = 0
    processed: int = 0
    yielded: int = 0
    keys_changed: int = 0
    latest: dict[str, int] = field(default_factory=dict)
    files: list[Written] = field(default_factory=list)
    state: tuple[StateRun, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What a task read: `records` that it met, of which `rows` went on and `malformed` did not; its dead letters.

    `archive` has all records as they came, if they are kept.
    """

    records: int = 0
    rows: int = 0
    malformed: int = 0
    files: tuple[Written, ...] = ()
    archive: DataFile | None = None
