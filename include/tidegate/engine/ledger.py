"""The ledger of a pipeline's slices: what its sources offer, and what the checkpoint has of it, brought together.

A source sees no checkpoint, and the checkpoint no source. Nothing here writes: what is found is written with the epoch.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import chain

from tidegate.errors import RefusedError, SourceGapError, StateIncompatibleError, of_source
from tidegate.ports import Known, LedgerStore, Source
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind, choose, nothing_behind, start_of, told
from tidegate.protocol.model import Epoch, OffsetRange, Offsets, Slice
from tidegate.protocol.uids import undeclared

_NEWEST = 1000


@dataclass(frozen=True)
class Offer:
    """What the sources offer for the next epoch.

    Args:
        discovered: newly found slices, by source and position.
        offsets: the range that the epoch takes of each source.
        taken: the slices of these ranges, skipped ones too.
        left: how many slices wait for later epochs.
    """

    discovered: tuple[Slice, ...]
    offsets: Offsets
    taken: tuple[Slice, ...]
    left: int


@dataclass(frozen=True)
class Ledger:
    """The slices of one pipeline's `sources`, which are by uid. Of those that have `ended` nothing is read."""

    pipeline: str
    store: LedgerStore
    sources: Mapping[str, Source]
    ended: Collection[str] = ()

    def offer(self, before: Epoch | None, *, limit: Limit = NO_LIMIT, until_ms: int | None = None) -> Offer:
        """Look for new input, and choose what an epoch behind `before` takes, within the sources' limits and `limit`.

        With `until_ms` (UTC) only input whose time is before it: what is not before it is not discovered yet, and a
        range ends before the first slice that is not.

        Raises:
            StateIncompatibleError: `before` has a source that is not declared any more, and has not ended.
            ConfigurationError: a source cannot be looked at, or the time of an input cannot be told.
            SourceGapError: input is gone that was never offered.
        """
        read = before.offsets if before else ()
        going_on = [uid for uid in read if uid not in self.ended]
        if reason := undeclared(f"{before} has read the source", going_on, self.sources, how="uid=…"):
            raise StateIncompatibleError(f"{reason}; or say that it has ended, by Pipeline(ended=…)")
        left = {uid: r for uid, r in nothing_behind(before, ()).items() if uid not in self.sources}
        offers = [self._offer(uid, start_of(before, uid), limit, until_ms) for uid in self.sources]
        return Offer(
            discovered=tuple(chain.from_iterable(o.discovered for o in offers)),
            offsets=left | {uid: r for o in offers for uid, r in o.offsets.items()},
            taken=tuple(chain.from_iterable(o.taken for o in offers)),
            left=sum(o.left for o in offers),
        )

    def _offer(self, uid: str, start: int, limit: Limit, until_ms: int | None) -> Offer:
        source, limit = self.sources[uid], self.sources[uid].limit.within(limit)
        tail = self.store.tail(self.pipeline, uid)
        with self._of(uid):
            new = source.discover(tail, self._known(uid), limit=limit, until_ms=until_ms)
            waiting = [*self.store.slices(self.pipeline, uid, OffsetRange(start, behind(tail))), *new]
            measured = source.measured(waiting, rows=limit.rows is not None, times=until_ms is not None)
            taken = choose(measured, limit, until_ms=until_ms)
        stop = start + len(taken)
        return Offer(tuple(new), {uid: OffsetRange(start, stop)}, tuple(taken), behind(tail) + len(new) - stop)

    def _known(self, uid: str) -> Known:
        return lambda keys: self.store.known(self.pipeline, uid, keys)

    def known(self, offsets: Offsets) -> tuple[Slice, ...]:
        """The slices of some ranges, by source and position, skipped ones too; forgotten ones are missing."""
        of_source = (self.store.slices(self.pipeline, uid, r) for uid, r in sorted(offsets.items()))
        return tuple(chain.from_iterable(of_source))

    def slices(self, offsets: Offsets) -> tuple[Slice, ...]:
        """The slices of some ranges that are to be read: all but the skipped ones.

        Raises SourceGapError when some were forgotten (I8).
        """
        slices = self.known(offsets)
        if len(slices) != sum(r.size for r in offsets.values()):
            raise SourceGapError(
                f"{self.pipeline}: of source positions {told(offsets)} only {len(slices)} are known still"
            )
        return tuple(s for s in slices if not s.skipped)

    def behind(self, before: Epoch | None) -> Offsets:
        """Every position that is known behind an epoch; None is before the first."""
        ends = {uid: behind(self.store.tail(self.pipeline, uid)) for uid in nothing_behind(before, self.sources)}
        return {uid: OffsetRange(start_of(before, uid), end) for uid, end in ends.items()}

    def check(self, slices: Iterable[Slice]) -> None:
        """Raise SourceGapError when a planned slice changed or vanished, or cannot be read (I8)."""
        for uid, own in self._by_source(slices):
            with self._of(uid):
                self.sources[uid].check(own)

    def renewed(self, slices: Iterable[Slice]) -> tuple[Slice, ...]:
        """Those that have changed, as they are now; see `ports.Source`."""
        found: list[Slice] = []
        for uid, own in self._by_source(slices):
            with self._of(uid):
                found += self.sources[uid].renewed(own)
        return tuple(found)

    def recut(self, slices: Iterable[Slice]) -> tuple[Slice, ...]:
        """Those that change when none is larger than an epoch takes now; see `ports.Source`.

        `slices` are all behind an epoch, skipped ones too: what lies before one that is skipped stays as it is.
        """
        changed: list[Slice] = []
        for uid, own in self._by_source(slices):
            place = max((i for i, s in enumerate(own, 1) if s.skipped), default=0)
            if waiting := own[place:]:
                last = self._last(uid, {uid: OffsetRange(0, waiting[0].position)})
                with self._of(uid):
                    changed += self.sources[uid].recut(last, waiting)
        return tuple(changed)

    def bridged(self, waiting: Iterable[Slice], *, source: str | None = None) -> tuple[Slice, ...]:
        """What leads over the gaps of one source, or of each; see `ports.Source`."""
        left, found = [s for s in waiting if not s.skipped], list[Slice]()
        for uid, asked in self._asked(source).items():
            with self._of(uid):
                found += asked.bridged(self.store.tail(self.pipeline, uid), [s for s in left if s.source == uid])
        return tuple(found)

    def missing(self, waiting: Iterable[Slice], *, source: str | None = None) -> tuple[str, ...]:
        """What one source, or each, does not have any more of the slices that wait, and behind them, as sentences."""
        left, found = [s for s in waiting if not s.skipped], list[str]()
        for uid, asked in self._asked(source).items():
            tail, own = self.store.tail(self.pipeline, uid), [s for s in left if s.source == uid]
            for look in (partial(asked.check, own), partial(asked.discover, tail, self._known(uid))):
                try:
                    with self._of(uid):
                        look()
                except SourceGapError as e:
                    found.append(str(e))
        return tuple(found)

    def outlook(self, offer: Offer) -> tuple[str, ...]:
        """What is to be said of input that `offer` leaves where it is."""
        new = {s.source: s for s in offer.discovered}
        offered = {s.key for s in offer.discovered}
        found: list[str] = []

        def known(uid: str, keys: Sequence[str]) -> set[str]:
            return offered.intersection(keys) | self.store.known(self.pipeline, uid, keys)

        for uid, source in self.sources.items():
            with self._of(uid):
                tail = new.get(uid) or self.store.tail(self.pipeline, uid)
                found += source.outlook(tail, partial(known, uid))
        return tuple(found)

    def sealed(self, offsets: Offsets) -> Iterator[str]:
        """Tell each source how far the tables are; yields what went wrong. See `ports.Source`."""
        for uid, source in self.sources.items():
            if problem := source.sealed(partial(self._last, uid, offsets)):
                yield problem

    def _last(self, uid: str, offsets: Offsets) -> Slice | None:
        """The last slice of a range, or before an empty one."""
        stop = offsets[uid].stop if uid in offsets else 0
        found = self.store.slices(self.pipeline, uid, OffsetRange(stop - 1, stop)) if stop else []
        return found[0] if found else None

    def rows(self, slices: Iterable[Slice]) -> int | None:
        """How many rows the slices hold; None when a source cannot tell without reading them whole."""
        counts = [self.sources[uid].rows(own) for uid, own in self._by_source(slices)]
        told = [count for count in counts if count is not None]
        return sum(told) if len(told) == len(counts) else None

    def gone(self, kept: Iterable[Epoch]) -> dict[str, tuple[int, ...]]:
        """Positions, by source, that no kept epoch reads again, and whose slices cannot come up again."""
        epochs, gone = tuple(kept), {}
        for uid, source in self.sources.items():
            floor = min((e.offsets[uid].start if uid in e.offsets else 0 for e in epochs), default=0)
            if not floor:
                continue
            slices = self.store.slices(self.pipeline, uid, OffsetRange(0, floor))
            if source.retiring:  # all of these may be gone, and the newest show that the place is not
                end = behind(self.store.tail(self.pipeline, uid))
                slices += self.store.slices(self.pipeline, uid, OffsetRange(max(floor, end - _NEWEST), end))
            slices = source.gone(slices)
            if positions := tuple(s.position for s in slices if s.position < floor):
                gone[uid] = positions
        return gone

    def named(self, texts: Iterable[str], *, source: str | None = None) -> list[dict[str, str]]:
        """For each text the key that a person means by it, by source: of the one that is meant, or of each."""
        asked = self._asked(source)
        return [{uid: one.named(text) for uid, one in asked.items()} for text in texts]

    def _asked(self, source: str | None) -> Mapping[str, Source]:
        """The source that a person means, or all. Raises RefusedError when there is none of this uid."""
        if source is None:
            return self.sources
        if source not in self.sources:
            raise RefusedError(
                f"{self.pipeline} has no source {source!r}; its sources are {', '.join(map(repr, self.sources))}"
            )
        return {source: self.sources[source]}

    def _of(self, uid: str) -> AbstractContextManager[None]:
        return of_source(uid, named=len(self.sources) > 1)

    def _by_source(self, slices: Iterable[Slice]) -> Iterator[tuple[str, list[Slice]]]:
        of_source: dict[str, list[Slice]] = {}
        for slice_ in slices:
            of_source.setdefault(slice_.source, []).append(slice_)
        for uid, own in of_source.items():
            if uid not in self.sources:
                raise StateIncompatibleError(
                    f"{self.pipeline}: {own[0].key} is of the source {uid!r}, which the pipeline does not declare any "
                    "more: declare it again"
                )
            yield uid, own
