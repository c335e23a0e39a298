"""What another pipeline's epochs put into a table, and which of them its tables show now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from tidegate.adapters.files.storage import FsStorage
from tidegate.api.settings import EPOCH_COLUMN, Mode
from tidegate.api.tables import TidegateSource
from tidegate.errors import ConfigurationError, SourceGapError
from tidegate.protocol.model import (
    Epoch,
    Kind,
    LaneId,
    Manifest,
    ManifestRef,
    PartitionValues,
    Placed,
    StagedPartition,
    Status,
    checksum,
)
from tidegate.protocol.purposes import behind, goes_back_to
from tidegate.protocol.rebasing import undo

_FIRST_ROWS = 64
"""So many epochs are asked for at first, the newest; then twice as many, until they reach back far enough."""
_BY_EPOCH = (Kind.EVENTS, Kind.PROMOTION)
"""What epochs of these kinds put into a partition are the rows of its own `epoch_id`; others may have joined some."""
_SHOWN = (Status.PUBLISHED, Status.SEALED)


class Checkpoint(Protocol):
    """What is asked of the checkpoint tables; see `ports.CheckpointStore`."""

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        """The newest epochs, newest first."""

    def placed(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Placed]:
        """Where a table's partitions lie, and which manifests list their files."""


class ForgottenError(Exception):
    """The epoch `number`, which has to be looked at, is not kept any more; what is shown was followed down to `at`."""

    def __init__(self, number: int, at: int) -> None:
        super().__init__(number)
        self.number = number
        self.at = at


@dataclass(frozen=True)
class Meeting:
    """Two epochs, and the newest one that lies behind both in what the tables showed.

    Args:
        at: that one; 0 is before the first.
        new: the epochs behind it up to the one, the oldest first.
        undone: those up to the other.
    """

    at: int
    new: tuple[Epoch, ...]
    undone: tuple[Epoch, ...]


@dataclass(frozen=True)
class Group:
    """Partitions of the `epoch_id` `epoch` that the manifest of epoch `by` lists; `whole`: all that it put there.

    A compaction may have joined rows of earlier epochs into them, but of none up to `after`.
    """

    epoch: int
    after: int
    by: int
    manifest: ManifestRef
    partitions: tuple[StagedPartition, ...]
    whole: bool = False

    @property
    def paths(self) -> frozenset[str]:
        """Its files."""
        return frozenset(f.path for p in self.partitions for f in p.files)


class Look:
    """One look at the epochs of another pipeline; `head` is the newest that is sealed, and stays that.

    Raises ConfigurationError when there are no epochs, and what `columns` raises.
    """

    def __init__(self, source: TidegateSource, subject: str, checkpoint: Checkpoint) -> None:
        self._source = source
        self._subject = subject
        self._checkpoint = checkpoint
        self._lane = LaneId(source.pipeline)
        self._limit = _FIRST_ROWS
        self._manifests: dict[ManifestRef, Manifest] = {}
        self._load()
        self.head = max(self._sealed, default=0)
        if not self._rows:
            raise ConfigurationError(
                f"{subject}: there are no epochs of a pipeline {source.pipeline!r} in the checkpoint database: correct "
                "TidegateSource pipeline, or let it run once; both pipelines must have one checkpoint database"
            )
        if self.head:
            self.columns(self.manifest(self.epoch(self.head).manifest))

    def _load(self) -> None:
        self._rows = self._checkpoint.epochs(self._lane, limit=self._limit)
        self._sealed = {e.epoch: e for e in self._rows if e.status is Status.SEALED}

    def epoch(self, number: int) -> Epoch:
        """A sealed epoch. Raises ForgottenError when it is not kept."""
        while number < min(self._sealed, default=0) and len(self._rows) >= self._limit:
            self._limit *= 2
            self._load()
        if number not in self._sealed:
            raise ForgottenError(number, number)
        return self._sealed[number]

    def kept(self, number: int) -> bool:
        """Whether there is a row of the epoch still."""
        try:
            self.epoch(number)
        except ForgottenError:
            return False
        return True

    def meeting(self, upto: int) -> Meeting:
        """How what the tables show now goes on behind epoch `upto`, or behind an earlier one that it left.

        Raises ForgottenError when an epoch on the way is not kept.
        """
        now, then = self.head, upto
        new: list[Epoch] = []
        undone: list[Epoch] = []
        while now != then:
            try:
                epoch = self.epoch(max(now, then))
            except ForgottenError as e:
                raise ForgottenError(e.number, now) from None
            if now > then:
                new.append(epoch)
                now = behind(epoch)
            else:
                undone.append(epoch)
                then = behind(epoch)
        return Meeting(now, tuple(reversed(new)), tuple(reversed(undone)))

    # -- what an epoch did to the table -----------------------------------------------------------------------------

    def puts(self, epoch: Epoch) -> bool:
        """Whether an epoch of events put rows into the table."""
        rows = epoch.counts.rows_out if epoch.counts else {}
        return epoch.kind is Kind.EVENTS and rows.get(self._source.table, 0) > 0

    def remade_from(self, epoch: Epoch) -> int | None:
        """The first epoch whose rows a promotion made anew; None for other epochs, and when it left the table alone."""
        if epoch.kind is not Kind.PROMOTION or not self._own(self.manifest(epoch.manifest)):
            return None
        return (goes_back_to(epoch.purpose) or 0) + 1

    def made(self, epoch: Epoch) -> Group:
        """What an epoch of events put into the table."""
        assert epoch.manifest is not None
        own = tuple(p for p in self._own(self.manifest(epoch.manifest)) if p.files)
        return Group(epoch.epoch, epoch.epoch - 1, epoch.epoch, epoch.manifest, own, whole=True)

    def shown(self, number: int, *, after: int) -> list[Group]:
        """All rows of the table as it was behind epoch `number`, of epochs behind `after`: by `epoch_id`.

        Raises ForgottenError when an epoch behind `number` is not kept.
        """
        while True:
            before = self._newest()
            placed = self._checkpoint.placed(self._source.table)
            self._load()
            if self._newest() == before:
                break  # so the heads are those behind the newest epoch that was seen
        last = max((e.epoch for e in self._rows if e.status in _SHOWN), default=0)
        later = [self._shown_epoch(n) for n in range(last, number, -1)]
        places = {(self._source.table, values): at for values, at in placed.items()}
        manifests = [self.manifest(e.manifest) for e in later]
        found = []
        for (_, values), at in undo(places, manifests).items():
            if _number(values) > after:
                manifest = self.manifest(at.manifest)
                of_place = next(p for p in self._own(manifest) if p.values == values)
                found.append((_number(values), manifest.epoch, at.manifest, of_place))
        found.sort(key=lambda f: (f[0], f[1], f[3].values))
        return [
            Group(
                epoch,
                epoch - 1 if self.manifest(ref).kind in _BY_EPOCH else after,
                by,
                ref,
                tuple(f[3] for f in own),
            )
            for (epoch, by, ref), own in groupby(found, key=lambda f: (f[0], f[1], f[2]))
        ]

    def _newest(self) -> list[tuple[int, int, Status]]:
        return [(e.epoch, e.generation, e.status) for e in self._rows[:2]]

    def _shown_epoch(self, number: int) -> Epoch:
        published = [e for e in self._rows if e.epoch == number and e.status in _SHOWN]
        return published[0] if published else self.epoch(number)

    # -- manifests --------------------------------------------------------------------------------------------------

    def manifest(self, ref: ManifestRef | None) -> Manifest:
        """A manifest, read once. Raises SourceGapError when it is gone."""
        assert ref is not None
        if ref not in self._manifests:
            self._manifests[ref] = read_manifest(self._subject, ref)
        return self._manifests[ref]

    def _own(self, manifest: Manifest) -> list[StagedPartition]:
        return [p for p in manifest.partitions if p.table == self._source.table]

    def columns(self, manifest: Manifest) -> tuple[str, ...]:
        """The table's partition columns, as the pipeline declared the table when the manifest was written.

        Raises ConfigurationError when it did not, or has a table whose changes are not kept as rows.
        """
        name, definition = self._source.table, manifest.definition
        dead, sinks = definition["pipeline"]["dead_letters"], definition["sinks"]
        if name == dead:
            return (EPOCH_COLUMN,)
        if name not in sinks:
            tables = ", ".join(sorted([*sinks, *([dead] if dead else [])]))
            raise ConfigurationError(
                f"{self._subject}: {self._source.pipeline} has no table {name}, but {tables}: correct TidegateSource "
                "table"
            )
        if not Mode(sinks[name]["mode"]).stamped:
            raise ConfigurationError(
                f"{self._subject}: {name} is a table of mode {sinks[name]['mode']!r}: it has the latest rows, and does "
                f"not keep which epoch changed what. Let {self._source.pipeline} write its rows to a table of mode "
                "'append', too, and read that"
            )
        return (EPOCH_COLUMN, *sinks[name]["partition_by"])


def read_manifest(subject: str, ref: ManifestRef) -> Manifest:
    """Another pipeline's manifest. Raises SourceGapError when it is gone or has other bytes (I8)."""
    try:
        data = FsStorage().read(ref.uri)
    except FileNotFoundError:
        data = b""
    if checksum(data) != ref.sha256:
        raise SourceGapError(f"{subject}: {ref.uri}, which lists what is to be read, is gone or has other bytes")
    return Manifest.from_json(data, ref.uri)


def chosen(manifest: Manifest, table: str, partitions: Iterable[PartitionValues] | None) -> tuple[StagedPartition, ...]:
    """The partitions of a table that a manifest lists: all that have rows, or those given; in order."""
    wanted = None if partitions is None else set(partitions)
    own = [p for p in manifest.partitions if p.table == table and p.files]
    return tuple(sorted((p for p in own if wanted is None or p.values in wanted), key=lambda p: p.values))


def _number(values: PartitionValues) -> int:
    """The `epoch_id` of a partition."""
    return int(values[0])
