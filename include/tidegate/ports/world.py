"""Source, processor, storage, tables and clock, as the engine asks them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.ports.checkpoint import CheckpointStore
from tidegate.protocol.ledger import NO_LIMIT, Limit
from tidegate.protocol.model import (
    Clone,
    Counts,
    DataFile,
    Epoch,
    Head,
    Manifest,
    PartitionValues,
    Slice,
    StagedPartition,
    StateRun,
)
from tidegate.protocol.watermarks import Watermarks
from tidegate.runtime.reading import Reader

Known = Callable[[Sequence[str]], Collection[str]]
"""Tells which of some keys slices of a source's ledger have."""


Entries = Callable[[Sequence[str]], list[Slice]]
"""Gives the slices of a source's ledger that have some keys."""


class Retiring(Protocol):
    """What becomes of a source's input behind SEALED. Its steps may be repeated."""

    @property
    def keeps_ms(self) -> int:
        """How long input stays after it was sealed, in milliseconds."""

    @property
    def regardless_of(self) -> tuple[str, ...]:
        """Pipelines that have the same input in their ledgers, and do without it."""

    def present(self, entries: Entries) -> Iterator[list[Slice]]:
        """The slices whose input is still there, some at once, in no order. Raises ConfigurationError."""

    def retire(self, slices: Sequence[Slice], *, dry_run: bool) -> dict[str, str]:
        """Let the input of slices go, which nothing needs any more. What is not as it was read is left.

        Returns the keys of those that are left, each with the reason as a sentence.
        """


class Source(Protocol):
    """Where events come from. What appears there becomes slices, in an order that is fixed when they are found.

    A source sees no checkpoint: what the ledger has of it is given to it (ADR 33 says which see more). It reads
    nothing for an epoch either; that is the processor's part. Slices that it gets are its own.
    """

    @property
    def limit(self) -> Limit:
        """The most that one epoch takes, as the user declared it."""

    @property
    def retiring(self) -> Retiring | None:
        """What becomes of its input behind SEALED; None: it stays."""

    def discover(
        self, tail: Slice | None, known: Known, *, limit: Limit = NO_LIMIT, until_ms: int | None = None
    ) -> list[Slice]:
        """Look for new input: slices at the positions behind `tail`, in order. Changes nothing.

        Args:
            tail: the last slice of the ledger; None when it is empty.
            known: tells which keys are in the ledger.
            limit: what the epoch takes: a source that can cut its input offers no larger slices.
            until_ms: only input whose time (UTC) is before it is new; None takes all that has arrived.

        Raises:
            ConfigurationError: the source cannot be looked at, or with `until_ms` the time of an input cannot be told.
            SourceGapError: input is gone that no slice has had yet.
        """

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:
        """The same slices with their `rows` and `time_ms`, as wanted, one by one as they are drawn.

        It may take long: what cannot be told otherwise is read. Skipped ones are left as they are. Rows of what cannot
        be read stay unknown: the epoch itself says what is wrong.

        Raises:
            ConfigurationError: with `times`, when the time of a slice cannot be told.
        """

    def check(self, slices: Sequence[Slice]) -> None:
        """Raise SourceGapError when a planned slice changed or vanished, or cannot be read (I8)."""

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        """Those of planned `slices` that have changed, as they are now.

        Raises SourceGapError when one is gone, UnavailableError when one may still be changing.
        """

    def recut(self, before: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """Those of `waiting` slices that change when none is larger than an epoch takes now, with their new bounds.

        They follow one another, from behind `before` to the end of the ledger, and none is skipped. What does not fit
        into one comes into the next, at the same positions; what does not fit into the last is in none: it is
        discovered again. A source that never splits its input changes none.
        """

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """What leads over a gap: those of `waiting` slices that lost data, without these, and slices to append.

        What is appended is skipped: it holds no data, only where the source goes on. Nothing when there is no gap.
        """

    def outlook(self, tail: Slice | None, known: Known) -> tuple[str, ...]:
        """What people may want to know of input that is in no slice up to `tail`, as sentences.

        It may take longer than `discover`, which is asked more often. `known` tells which keys slices up to `tail`
        have.
        """

    def rows(self, slices: Sequence[Slice]) -> int | None:
        """How many rows the slices hold; None when that cannot be told without reading them whole."""

    def gone(self, slices: Sequence[Slice]) -> list[Slice]:
        """Those of processed `slices` that cannot come up again, so that the ledger may forget them."""

    def named(self, text: str) -> str:
        """The key of the slice that a person means, whether there is one or not."""

    def sealed(self, last: Callable[[], Slice | None]) -> str | None:
        """Hear that the tables have all input up to a slice, for whoever watches from outside. `last` fetches it.

        Nothing depends on it: it may be told twice or never, and of an earlier slice after a rollback. Returns what
        went wrong, as a sentence; raises nothing.
        """

    def reader(self) -> Reader:
        """What reads its slices, in the tasks of a processor."""


@dataclass(frozen=True)
class EpochTask:
    """Everything a processor needs to compute one epoch.

    Args:
        definition: the pipeline.
        epoch: the adopted row (number, generation, fence, watermark in).
        slices: the planned slices, by source and position; skipped ones are not among them.
        readers: what reads them, by source.
        parent_state: state runs of the parent version, oldest first within each bucket of an operator.
        parent_watermarks: the parent's.
        root: URI of the attempt's own folder; nobody else writes there.
        locate: an upsert table's partitions that are there: (table, values) → partitions, to rewrite those touched.
        superseded: roots of earlier attempts at this epoch, whose work may still run.
        archives: URI of the attempt's own folder for the input as it came, of each source whose input is kept.
        progress: called with a sentence now and then.
    """

    definition: Definition
    epoch: Epoch
    slices: tuple[Slice, ...]
    readers: Mapping[str, Reader]
    parent_state: tuple[StateRun, ...]
    parent_watermarks: Watermarks
    root: str
    locate: Callable[[str, Sequence[PartitionValues]], Mapping[PartitionValues, StagedPartition]]
    superseded: tuple[str, ...] = ()
    archives: Mapping[str, str] = field(default_factory=dict)
    progress: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class Processed:
    """What a processor made. Its files lie below the task's root and are complete; `state` is the whole new version.

    `watermarks` are the parent's, further on where the input had later events.

    `written` are the rows by table in the files that tasks wrote, those of an upsert before it is merged with what is
    there. `timings_s` are seconds by named part, for people and benchmarks. `archives` are the files of the input as it
    came, by source, for each that the task wants kept, in the order of the events.
    """

    partitions: tuple[StagedPartition, ...]
    state: tuple[StateRun, ...]
    watermarks: Watermarks
    counts: Counts
    timings_s: Mapping[str, float]
    written: Mapping[str, int] = field(default_factory=dict)
    archives: Mapping[str, tuple[DataFile, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Joining:
    """Partitions of one append table to join: `sources`, oldest first; the last one's values get the rows."""

    target: Target
    sources: tuple[StagedPartition, ...]


@dataclass(frozen=True)
class CompactionTask:
    """Everything a processor needs to join small partitions, below the attempt's own folder `root`."""

    epoch: Epoch
    joinings: tuple[Joining, ...]
    root: str
    superseded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One partition as it is now and as it would be after a swap; None where it is not."""

    target: Target
    values: PartitionValues
    now: StagedPartition | None
    after: StagedPartition | None


@dataclass(frozen=True)
class Compared:
    """Rows of one partition now and after a swap. `changed` rows have the same primary key and another content."""

    table: str
    values: PartitionValues
    rows_now: int
    rows_after: int
    added: int
    removed: int
    changed: int


class Processor(Protocol):
    """Computes an epoch on Spark. Effects: files below `task.root` and in `task.archives`, referenced by nobody (I2).

    They are on disk, their folders too, when a method returns. Of what was written before, exactly the listed files are
    read; one that is missing or has not its recorded bytes raises DataDamagedError before anything is made of it (I9).
    """

    def process(self, task: EpochTask) -> Processed:
        """Run the epoch. The same task with the same code gives the same rows (I3), in new files."""

    def check_state(self, definition: Definition, state: Sequence[StateRun]) -> None:
        """Raise StateIncompatibleError when an operator cannot read its part of a state version."""

    def compact(self, task: CompactionTask) -> tuple[StagedPartition, ...]:
        """Write the rows of each joining's partitions, in order, into one: one StagedPartition per joining."""

    def compare(self, changes: Sequence[Change]) -> list[Compared]:
        """Count the rows that each change adds, removes and changes; changes nothing."""


@dataclass(frozen=True)
class StoredFile:
    """A file in storage. `modified_ms` is by the storage's clock."""

    uri: str
    bytes: int
    modified_ms: int


class Storage(Protocol):
    """Whole small objects by URI, and listings: manifests and audits."""

    def write(self, uri: str, data: bytes) -> None:
        """Write a new object, its folders included. The same bytes may be written again."""

    def read(self, uri: str) -> bytes:
        """Read an object. Raises FileNotFoundError."""

    def sizes(self, location: str) -> dict[str, int]:
        """Sizes by URI of the visible files in a folder, not below it; empty when there is no such folder."""

    def size(self, uri: str) -> int | None:
        """Size of an object; None when it is not there."""

    def rows(self, uri: str) -> int:
        """Rows of a Parquet file, from its footer. Raises FileNotFoundError, and DataDamagedError when it has none."""

    def sha256(self, uri: str) -> str:
        """Checksum of an object's bytes. Raises FileNotFoundError."""

    def walk(self, location: str) -> Iterator[StoredFile]:
        """Every file below a folder, hidden ones too, in no order; nothing when there is no such folder."""

    def prune(self, location: str, ended: Callable[[str], bool]) -> None:
        """Remove a folder and those below it that hold no file.

        `ended` is called with the URI of one, and tells whether nobody will write into it any more: where there are no
        folders, one cannot be removed without what somebody puts into it at that moment.
        """

    def delete(self, uri: str) -> None:
        """Delete one object; nothing happens when it is not there."""


@dataclass(frozen=True)
class TableChange:
    """What becomes of one target table before the next epoch is published.

    Args:
        table: the table.
        columns: columns that are added, each as name and type.
        restored: how many partitions the table is made again with, for Hive has it no more; 0 when it has it.
    """

    table: str
    columns: tuple[str, ...] = ()
    restored: int = 0

    def __str__(self) -> str:
        if self.restored:
            return f"{self.table}, which Hive has no more, is made again with its {self.restored} partitions"
        return f"{self.table} gets columns, null in older rows: {', '.join(self.columns)}"


Heads = Callable[[str], Mapping[PartitionValues, Head]]
"""Gives the heads of a table."""


class Sink(Protocol):
    """Target tables in Hive."""

    def pending(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """What `prepare` would do to tables that have, or had, rows. Changes nothing.

        Raises ConfigurationError when a table does not fit the definition and is not allowed to be made so, is not
        external, or belongs to another pipeline.
        """

    def prepare(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """Make databases, target tables and staging tables that are missing, add missing columns, check the rest.

        A table that has heads and was dropped is made again with all their partitions at once (I2): a reader finds no
        table or the whole one. Tables only, so repeating it is harmless, and an attempt that dies in it leaves at most
        a table under a name that nobody asks for. Returns and raises what `pending` does; when it raises
        ConfigurationError nothing was changed.
        """

    def stage(self, target: Target, partitions: Sequence[StagedPartition], *, epoch: int) -> None:
        """Point the target's staging table at exactly these partitions, so that they can be audited in SQL."""

    def publish(self, target: Target, heads: Sequence[Head]) -> None:
        """Make every head's location visible in one metastore call (I2). Partitions that are right already are left.

        A lost answer is read back: it ends well when the metastore has the locations, else OutcomeUnknownError.
        """

    def drop(self, target: Target, values: Sequence[PartitionValues]) -> None:
        """Remove partitions (never their files), in one metastore call: to undo a superseded attempt's swap."""

    def shown(self, clone: Clone) -> dict[PartitionValues, str] | None:
        """The locations that a clone shows; None when Hive has no table of its name.

        Raises RefusedError when that table is not this clone.
        """

    def clone(self, target: Target, clone: Clone, partitions: Sequence[StagedPartition]) -> None:
        """Make a clone of `target` when it is missing, and let it show exactly these partitions: all in one call.

        Repeating it is harmless. Raises what `shown` raises.
        """

    def drop_clone(self, clone: Clone) -> None:
        """Drop the clone's table, never its files. A table of its name that is something else is left alone."""

    def locations(self, target: Target, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, str]:
        """The metastore's locations of all partitions, or of those given that exist."""

    def close(self) -> None:
        """Give connections back."""


class Clock(Protocol):
    """Elapsed time, for timings and lease renewal. Durable times come from the database."""

    def monotonic(self) -> float:
        """Seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True)
class EpochReport:
    """What became of a run: one line for logs, XCom and asset events.

    Args:
        epoch: its own; of a run that planned none, the last that it finished on the way.
        manifest: that of `epoch`, when it is past PLANNED.
        timings_s: seconds by named part.
        finished: what it sealed on the way, the oldest first: epochs that other runs left behind, and compactions.
        given_up: epochs that it gave up on the way, as they were: nothing of them was staged, and their ranges are
            planned anew.
    """

    epoch: Epoch
    manifest: Manifest | None
    timings_s: Mapping[str, float]
    finished: tuple[Epoch, ...] = ()
    given_up: tuple[Epoch, ...] = ()


@dataclass(frozen=True)
class Adapters:
    """The world as the engine sees it. `sources` are by uid; `connect` opens a further connection to the store."""

    store: CheckpointStore
    connect: Callable[[], CheckpointStore]
    sources: Mapping[str, Source]
    processor: Processor
    sink: Sink
    storage: Storage

    @property
    def readers(self) -> Mapping[str, Reader]:
        """What reads each source's slices, by uid."""
        return {uid: source.reader() for uid, source in self.sources.items()}
