"""The nouns of the epoch protocol as frozen data: no I/O, no clock.

Locations are URIs (``file:///…``, ``s3a://…``, ``hdfs://…``). Partition values are Hive's own strings, in the order of
the table's partition columns. Times are integer milliseconds since 1970-01-01 UTC.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from tidegate.protocol.formats import MANIFEST, Decoders, canonical, decoded, decoder, each, read, stamped
from tidegate.protocol.watermarks import Watermarks, earliest

MAIN_LANE = "main"

PartitionValues = tuple[str, ...]
Place = tuple[str, PartitionValues]
"""Table and values of one partition."""


class Status(StrEnum):
    """Where one epoch stands. STAGED is the point of no return: from there on only roll forward."""

    PLANNED = "PLANNED"
    STAGED = "STAGED"
    PUBLISHED = "PUBLISHED"
    SEALED = "SEALED"
    ABANDONED = "ABANDONED"


class Kind(StrEnum):
    """The names by which purposes of epochs are stored and told; `purposes` says what each means."""

    EVENTS = "EVENTS"
    COMPACTION = "COMPACTION"
    ROLLBACK = "ROLLBACK"
    PROMOTION = "PROMOTION"


@dataclass(frozen=True)
class Events:
    """Process a range of each source."""

    kind: ClassVar[Kind] = Kind.EVENTS


@dataclass(frozen=True)
class Compaction:
    """Join small partitions of append tables."""

    kind: ClassVar[Kind] = Kind.COMPACTION


@dataclass(frozen=True)
class Rollback:
    """Bring tables, state and offsets back to those behind epoch `to` (0: before the first)."""

    kind: ClassVar[Kind] = Kind.ROLLBACK
    to: int


@dataclass(frozen=True)
class Promotion:
    """Let `lane`, which was forked behind epoch `base`, take main's place.

    With its state, or (`keeps_state`) with its output only.
    """

    kind: ClassVar[Kind] = Kind.PROMOTION
    lane: str
    base: int
    keeps_state: bool


Purpose = Events | Compaction | Rollback | Promotion
"""What an epoch is for."""
EVENTS = Events()


@dataclass(frozen=True)
class LaneId:
    """A line of epochs with its own state; `main` is live."""

    pipeline: str
    lane: str = MAIN_LANE

    def __str__(self) -> str:
        return self.pipeline if self.lane == MAIN_LANE else f"{self.pipeline}@{self.lane}"


class LaneStatus(StrEnum):
    """What became of a forked lane."""

    OPEN = "OPEN"
    PROMOTED = "PROMOTED"
    DISCARDED = "DISCARDED"


@dataclass(frozen=True)
class Fork:
    """A lane that replays epochs of `main`, under their numbers, from the state behind epoch `base` (0: from nothing).

    `fence` is the newest that was given out on it.
    """

    lane: LaneId
    base: int
    fence: int
    status: LaneStatus = LaneStatus.OPEN


@dataclass(frozen=True)
class Lease:
    """The right to write to a lane, until somebody takes a larger `fence`."""

    lane: LaneId
    owner: str
    fence: int


@dataclass(frozen=True)
class Run:
    """Who asks for an epoch: an Airflow run, or a call of the command line.

    `key` is stable over the retries of one run (Airflow's run id); `clear_number` grows when a person clears it.
    `owner` names the lease: a retry of the same run takes over from its dead predecessor at once.
    """

    key: str
    owner: str
    clear_number: int = 0
    logical_date_ms: int | None = None
    interval_start_ms: int | None = None
    interval_end_ms: int | None = None


@dataclass(frozen=True)
class OffsetRange:
    """A half-open range [start, stop) of positions in the ledger of one source."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.stop:
            raise ValueError(f"not a range of offsets: [{self.start}, {self.stop})")

    @property
    def empty(self) -> bool:
        """True when the range holds no position."""
        return self.start == self.stop

    @property
    def size(self) -> int:
        """How many positions it holds."""
        return self.stop - self.start

    def __contains__(self, position: int) -> bool:
        return self.start <= position < self.stop

    def __str__(self) -> str:
        return f"[{self.start}, {self.stop})"


Offsets = Mapping[str, OffsetRange]
"""The ranges of an epoch, by the uid of the source: one for each that was ever declared up to then."""


@dataclass(frozen=True)
class Word:
    """What a person decided about a pipeline: who said it, and why. It stays on record."""

    by: str
    why: str


@dataclass(frozen=True)
class Slice:
    """One bounded, immutable piece of input that a source offered: what a position of its ledger stands for.

    A planned one may change by a person's word only: it is then taken as it was found at `noted_ms`, or is `skipped`:
    epochs planned since then do not read it.

    Args:
        source: the uid of its source.
        position: its place in the ledger of that source, for good.
        key: what people call it; no other slice of the source has the same.
        detail: what makes it this very piece, as canonical JSON with its ``format``. Only its source reads it.
        rows: how many rows it has, when the source tells.
        bytes: its size, when the source tells.
        time_ms: when its data begin, when the source tells.
        skipped: see above.
        noted_ms: when the person said so.
        word: what the person said.
    """

    source: str
    position: int
    key: str
    detail: str
    rows: int | None = None
    bytes: int | None = None
    time_ms: int | None = None
    skipped: bool = False
    noted_ms: int | None = None
    word: Word | None = None


@dataclass(frozen=True)
class DataFile:
    """One Parquet file that a task wrote, with what `verify` compares. `sha256` is of its bytes."""

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ManifestRef:
    """Where a manifest lies and the checksum its bytes must have."""

    uri: str
    sha256: str


@dataclass(frozen=True)
class Clone:
    """Hive table `table`, which shows `source` as it was behind main's epoch `epoch`, from the same files.

    `manifest` lists its partitions. `made_ms` is None until the checkpoint has it.
    """

    table: str
    pipeline: str
    source: str
    epoch: int
    manifest: ManifestRef
    made_ms: int | None = None

    def __str__(self) -> str:
        return f"{self.table}, a clone of {self.source} as of epoch {self.epoch}"


@dataclass(frozen=True)
class Placed:
    """Where a partition lies, and the manifest that put it there and lists its files."""

    location: str
    manifest: ManifestRef


@dataclass(frozen=True)
class StagedPartition:
    """All files of one partition of one table. `location` is the folder that Hive reads: it holds exactly `files`.

    `previous` is what it replaces; None when there was no such partition. A partition without files is emptied by the
    swap and then removed: a compaction put its rows into another one, or a rollback went back to before it was.
    """

    table: str
    values: PartitionValues
    location: str
    files: tuple[DataFile, ...]
    previous: Placed | None = None

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return sum(f.rows for f in self.files)


@dataclass(frozen=True)
class StateRun:
    """One immutable, sorted file of state, of one bucket of an operator. In a list of runs the newest is last and wins.

    Its index, which holds a checksum for each block of rows, are the bytes from `index_at` to the end.
    """

    operator: str
    bucket: int
    path: str
    rows: int
    bytes: int
    sha256: str
    index_at: int
    index_sha256: str


@dataclass(frozen=True)
class OperatorState:
    """All state runs of one operator, by bucket, and into how many buckets its keys are hashed."""

    buckets: int
    state: tuple[StateRun, ...]


@dataclass(frozen=True)
class Counts:
    """The rows of an epoch, each counted by itself where they are (I7; `conservation.contradiction` compares them).

    Args:
        rows_in: records that the readers met.
        malformed: those of them that do not fit the source's schema.
        decoded: those that the readers handed to the transforms.
        received: rows that came behind the transforms to the keyed pass.
        null_keys: those of them without a key.
        failed: those that have not their declared types, or on which the function raised.
        processed: calls of the function that ended well.
        yielded: rows that these calls yielded.
        keys_changed: keys whose state changed.
        rows_out: rows of the touched partitions, by table.
        skipped: slices of the ranges that were not read, by a person's word: their rows are in no other count.
    """

    rows_in: int = 0
    malformed: int = 0
    decoded: int = 0
    received: int = 0
    null_keys: int = 0
    failed: int = 0
    processed: int = 0
    yielded: int = 0
    keys_changed: int = 0
    rows_out: Mapping[str, int] = field(default_factory=dict)
    skipped: int = 0

    @property
    def filtered(self) -> int:
        """What the transforms left out; negative when they made rows."""
        return self.decoded - self.received

    @property
    def dead_lettered(self) -> int:
        """Rows that went to the dead-letter table instead of the user's function."""
        return self.malformed + self.null_keys + self.failed


@dataclass(frozen=True)
class Manifest:
    """What one attempt read and made; immutable, written once, then named by the epoch row with its checksum.

    `definition` is what `fingerprint` is the SHA-256 of; see `fingerprint`. `operators` have the whole state version.
    `archives` are the files of the input that was kept, by the uid of the source, in the order in which they were
    made; a source that keeps none is not there. `until` is main's last epoch that the lane of a promotion replayed.
    """

    pipeline: str
    lane: str
    epoch: int
    generation: int
    attempt: int
    fingerprint: str
    definition: Mapping[str, Any]
    offsets: Offsets
    kind: Kind
    parent: str | None
    partitions: tuple[StagedPartition, ...]
    operators: Mapping[str, OperatorState]
    watermarks: Watermarks
    counts: Counts
    archives: Mapping[str, tuple[DataFile, ...]] = field(default_factory=dict)
    until: int | None = None

    @property
    def state(self) -> tuple[StateRun, ...]:
        """The state runs of all operators, by uid and bucket."""
        return tuple(run for _, own in sorted(self.operators.items()) for run in own.state)

    @property
    def watermark_ms(self) -> int | None:
        """The epoch's own watermark; None until every source has told a time."""
        return earliest(self.watermarks)

    def to_json(self) -> bytes:
        """Canonical bytes: the same manifest, written by the same tidegate, gives the same bytes."""
        content = {name: value for name, value in asdict(self).items() if name not in _WHERE_THERE_IS or value}
        return canonical(stamped(MANIFEST, content))

    @classmethod
    def from_json(cls, data: bytes, where: str = "given as bytes") -> Self:
        """Read what `to_json` of this or another tidegate wrote. Raises FormatError, which names `where`, otherwise."""
        return read(MANIFEST, data, where, decoder(cls, _OF_MANIFEST))

    def placements(self) -> tuple["Head", ...]:
        """Where the swap of this manifest puts each of its partitions, those that it empties included."""
        return tuple(
            Head(
                table=p.table,
                values=p.values,
                location=p.location,
                pipeline=self.pipeline,
                lane=self.lane,
                epoch=self.epoch,
                generation=self.generation,
                rows=p.rows,
                bytes=sum(f.bytes for f in p.files),
            )
            for p in self.partitions
        )

    def touched(self) -> frozenset[Place]:
        """The partitions that the swap of this manifest changes."""
        return frozenset((p.table, p.values) for p in self.partitions)

    def removed(self) -> frozenset[Place]:
        """The partitions that have no head after this manifest is published."""
        return frozenset((p.table, p.values) for p in self.partitions if not p.files)


_WHERE_THERE_IS = ("archives", "until")
"""Keys that a manifest has only where there is something to say."""


def _placed(found: Mapping[str, Any] | None) -> Placed | None:
    return None if found is None else decoded(Placed, found, {"manifest": decoder(ManifestRef)})


_OF_PARTITION: Decoders = {"values": tuple, "files": each(decoder(DataFile)), "previous": _placed}
_OF_OPERATOR: Decoders = {"state": each(decoder(StateRun))}
_OF_MANIFEST: Decoders = {
    "offsets": lambda found: {source: decoded(OffsetRange, r) for source, r in found.items()},
    "kind": Kind,
    "partitions": each(decoder(StagedPartition, _OF_PARTITION)),
    "operators": lambda found: {uid: decoded(OperatorState, own, _OF_OPERATOR) for uid, own in found.items()},
    "watermarks": lambda found: {source: dict(of_source) for source, of_source in found.items()},
    "definition": dict,
    "counts": decoder(Counts),
    "archives": lambda found: {source: each(decoder(DataFile))(files) for source, files in found.items()},
}


def checksum(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Head:
    """The location one partition of a target table should have, and who put it there."""

    table: str
    values: PartitionValues
    location: str
    pipeline: str
    lane: str
    epoch: int
    generation: int
    rows: int
    bytes: int


@dataclass(frozen=True)
class Epoch:
    """One row of the checkpoint table. Times are milliseconds UTC, taken from the database's clock.

    `publishers` counts the attempts that began its swap: with more than one, an older one may sleep in it.
    `given_up` is why an ABANDONED epoch is that.
    `failures` counts the newest attempts that failed in the same way, by the code `failed_code`; see `pausing`.
    """

    lane: LaneId
    epoch: int
    generation: int
    status: Status
    fence: int
    run: Run
    fingerprint: str
    offsets: Offsets
    purpose: Purpose = EVENTS
    parent: ManifestRef | None = None
    manifest: ManifestRef | None = None
    watermark_in_ms: int | None = None
    watermark_out_ms: int | None = None
    counts: Counts | None = None
    attempts: int = 1
    publishers: int = 0
    planned_ms: int | None = None
    staged_ms: int | None = None
    published_ms: int | None = None
    sealed_ms: int | None = None
    given_up_ms: int | None = None
    given_up: Word | None = None
    failure_kind: str | None = None
    failure_message: str | None = None
    failures: int = 0
    failed_code: str | None = None
    paused_ms: int | None = None

    @property
    def kind(self) -> Kind:
        """The name of its purpose."""
        return self.purpose.kind

    def __str__(self) -> str:
        return f"{self.lane} epoch {self.epoch}" + (f" generation {self.generation}" if self.generation > 1 else "")
