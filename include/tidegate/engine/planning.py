"""Looking ahead: what the next epoch would do. Reads checkpoint, manifests, source and metastore; changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.engine.manifests import read_manifest
from tidegate.engine.work import Work
from tidegate.ports import Adapters, Planned, TableChange
from tidegate.protocol.forecast import Forecast, Made, forecast, made
from tidegate.protocol.model import Epoch, FileEntry, Kind, LaneId, OffsetRange, Status

SAMPLE = 10
"""Estimates are averages over at most so many sealed epochs of events, the newest."""

_LISTED = 5 * SAMPLE
"""Among the newest so many rows, for compactions and other epochs lie between them."""


@dataclass(frozen=True)
class Compaction:
    """Small partitions of one table that would be joined first."""

    table: str
    partitions: int
    into: int


@dataclass(frozen=True)
class EpochPlan:
    """What the next run would do, as things are now.

    Args:
        lane: the pipeline's line of epochs.
        unfinished: the epoch that is finished first, whoever left it.
        compactions: what is then joined, in an epoch of its own; finishing `unfinished` can still change it.
        epoch: the number of the run's epoch of events; None when there is no new input.
        offsets: the source positions that it takes.
        files: how many files these are; those that are skipped are not.
        bytes: their size.
        left: how many files wait for later epochs.
        skipped: how many files of the range are not read, by a person's word.
        forecast: what to expect of them.
        tables: what becomes of tables first of all.
    """

    lane: LaneId
    unfinished: Epoch | None
    compactions: tuple[Compaction, ...]
    epoch: int | None
    offsets: OffsetRange
    files: int
    bytes: int
    left: int
    skipped: int
    forecast: Forecast
    tables: tuple[TableChange, ...]


def look_ahead(definition: Definition, adapters: Adapters, lane: LaneId, *, until_ms: int | None = None) -> EpochPlan:
    """Plan the lane's next epoch without opening it: no lease is taken, and no row and no file is written.

    With `until_ms` only input before that time is looked at. Another run at work meanwhile may change the answer.

    Raises ConfigurationError when the rows would not fit the tables, as the run itself would.
    """
    store = adapters.store
    unfinished, last = store.unfinished(lane), store.last_sealed(lane)
    before = unfinished or last
    compactions = _compactions(definition, adapters) if last else ()
    planned = adapters.source.plan(store, start=before.offsets.stop if before else 0, until_ms=until_ms)
    entries = _entries(definition, adapters, planned)
    size = sum(e.size for e in entries)
    end = planned.discovered[-1].position + 1 if planned.discovered else store.log_end(definition.name)
    number = (before.epoch if before else 0) + bool(compactions) + 1
    return EpochPlan(
        lane=lane,
        unfinished=unfinished,
        compactions=compactions,
        epoch=None if planned.offsets.empty else number,
        offsets=planned.offsets,
        files=len(entries),
        bytes=size,
        left=end - planned.offsets.stop,
        skipped=planned.offsets.stop - planned.offsets.start - len(entries),
        forecast=forecast(
            _sample(definition, adapters, lane),
            tables=[target.name for target in definition.all_targets],
            bytes_in=size,
            rows_in=adapters.source.rows(entries),
        ),
        tables=adapters.sink.pending(definition, store.heads),
    )


def _entries(definition: Definition, adapters: Adapters, planned: Planned) -> list[FileEntry]:
    known = adapters.store.log(definition.name, planned.offsets)
    new = (e for e in planned.discovered if e.position < planned.offsets.stop)
    return [e for e in (*known, *new) if not e.skipped]


def _compactions(definition: Definition, adapters: Adapters) -> tuple[Compaction, ...]:
    groups = Work(definition, adapters, lambda *_: None, lambda _: None).joinable()
    return tuple(
        Compaction(table, sum(len(group.heads) for group in of_table), len(of_table))
        for table in dict.fromkeys(group.target.name for group in groups)
        if (of_table := [group for group in groups if group.target.name == table])
    )


def _sample(definition: Definition, adapters: Adapters, lane: LaneId) -> Sequence[Made]:
    """What the newest sealed epochs of events made of their input."""
    sealed = [e for e in adapters.store.epochs(lane, limit=_LISTED) if e.status is Status.SEALED]
    events = [e for e in sealed if e.kind is Kind.EVENTS][:SAMPLE]
    wanted = {e.manifest for e in events} | {e.parent for e in events}
    # only a listed epoch's manifest is sure to be there still: a parent may be forgotten
    kept = {e.manifest: read_manifest(adapters.storage, e.manifest) for e in sealed if e.manifest in wanted}
    sample = []
    for epoch in events:
        parent = kept.get(epoch.parent)
        before = () if epoch.parent is None else parent.state if parent else None
        entries = adapters.store.log(definition.name, epoch.offsets)
        known = len(entries) == epoch.offsets.stop - epoch.offsets.start
        size = sum(e.size for e in entries) if known else None
        sample.append(made(kept[epoch.manifest], before=before, bytes_in=size))
    return sample
