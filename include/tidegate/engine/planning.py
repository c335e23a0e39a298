"""Looking ahead: what the next epoch would do. Reads checkpoint, manifests, source and metastore; changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.engine.ledger import Ledger
from tidegate.engine.manifests import read_manifest, state_for
from tidegate.engine.work import Work
from tidegate.ports import Adapters, TableChange
from tidegate.protocol.fingerprint import changes
from tidegate.protocol.forecast import Forecast, Made, forecast, made
from tidegate.protocol.ledger import NO_LIMIT, Limit, place
from tidegate.protocol.model import Epoch, LaneId, Offsets, Slice, Status
from tidegate.protocol.purposes import reads_sources
from tidegate.protocol.spelling import printable

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
        offsets: the source positions that it takes, by source.
        slices: how many slices these are; those that are skipped are not.
        bytes: their size, as far as their sources tell.
        left: how many slices wait for later epochs.
        skipped: how many slices of the ranges are not read, by a person's word.
        forecast: what to expect of them.
        tables: what becomes of tables first of all.
        notes: what else is to be said of the input.
        changed: what is another in the pipeline than in the one that made the last sealed epoch.
    """

    lane: LaneId
    unfinished: Epoch | None
    compactions: tuple[Compaction, ...]
    epoch: int | None
    offsets: Offsets
    slices: int
    bytes: int
    left: int
    skipped: int
    forecast: Forecast
    tables: tuple[TableChange, ...]
    notes: tuple[str, ...]
    changed: tuple[str, ...]


def look_ahead(
    definition: Definition,
    adapters: Adapters,
    lane: LaneId,
    *,
    limit: Limit = NO_LIMIT,
    until_ms: int | None = None,
) -> EpochPlan:
    """Plan the lane's next epoch without opening it: no lease is taken, and no row and no file is written.

    The epoch takes at most `limit` of each source; with `until_ms` only input before that time is looked at. Another
    run at work meanwhile may change the answer.

    Raises ConfigurationError when the rows would not fit the tables, and StateIncompatibleError when there is state
    of a source or operator that is not declared any more, as the run itself would.
    """
    store = adapters.store
    unfinished, last = store.unfinished(lane), store.last_sealed(lane)
    before = unfinished or last
    parent = read_manifest(adapters.storage, last.manifest) if last else None
    state_for(definition, parent)
    compactions = _compactions(definition, adapters) if last else ()
    ledger = Ledger(definition.name, store, adapters.sources, definition.pipeline.ended)
    offer = ledger.offer(before, limit=limit, until_ms=until_ms)
    slices = [s for s in offer.taken if not s.skipped]
    size = sum(s.bytes or 0 for s in slices)
    number = (before.epoch if before else 0) + bool(compactions) + 1
    return EpochPlan(
        lane=lane,
        unfinished=unfinished,
        compactions=compactions,
        epoch=number if offer.taken else None,
        offsets=offer.offsets,
        slices=len(slices),
        bytes=size,
        left=offer.left,
        skipped=len(offer.taken) - len(slices),
        forecast=forecast(
            _sample(ledger, adapters, lane),
            tables=[target.name for target in definition.all_targets],
            bytes_in=size,
            rows_in=ledger.rows(slices),
        ),
        tables=adapters.sink.pending(definition, store.heads),
        notes=(*_said(definition, offer.taken), *ledger.outlook(offer)),
        changed=changes(parent.definition, definition.described) if parent else (),
    )


def _said(definition: Definition, taken: Iterable[Slice]) -> Iterator[str]:
    for skipped in (s for s in taken if s.skipped):
        word = f", by {skipped.word.by}: {skipped.word.why}" if skipped.word else ""
        yield f"{printable(place(skipped, named=len(definition.sources) > 1))} is skipped{word}"


def _compactions(definition: Definition, adapters: Adapters) -> tuple[Compaction, ...]:
    groups = Work(definition, adapters, "", lambda *_: None, lambda _: None).joinable()
    return tuple(
        Compaction(table, sum(len(group.heads) for group in of_table), len(of_table))
        for table in dict.fromkeys(group.target.name for group in groups)
        if (of_table := [group for group in groups if group.target.name == table])
    )


def _sample(ledger: Ledger, adapters: Adapters, lane: LaneId) -> Sequence[Made]:
    """What the newest sealed epochs of events made of their input."""
    sealed = [e for e in adapters.store.epochs(lane, limit=_LISTED) if e.status is Status.SEALED]
    events = [e for e in sealed if reads_sources(e.kind)][:SAMPLE]
    wanted = {e.manifest for e in events} | {e.parent for e in events}
    # only a listed epoch's manifest is sure to be there still: a parent may be forgotten
    kept = {e.manifest: read_manifest(adapters.storage, e.manifest) for e in sealed if e.manifest in wanted}
    sample = []
    for epoch in events:
        parent = kept.get(epoch.parent)
        before = () if epoch.parent is None else parent.state if parent else None
        sizes = [s.bytes for s in ledger.known(epoch.offsets) if s.bytes is not None]
        known = len(sizes) == sum(r.size for r in epoch.offsets.values())
        sample.append(made(kept[epoch.manifest], before=before, bytes_in=sum(sizes) if known else None))
    return sample
