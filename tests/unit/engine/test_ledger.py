"""Goal: the sources of a pipeline are planned and checked side by side, each against its own part of the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

import builders as make
from tidegate.engine.corrections import accept_gap
from tidegate.engine.ledger import Ledger, Offer
from tidegate.errors import RefusedError, SourceGapError, StateIncompatibleError
from tidegate.protocol.ledger import NO_LIMIT, Limit
from tidegate.protocol.model import OffsetRange, Slice


class Sources:
    """A store with a ledger for each source, and what the sources have beside it."""

    def __init__(self, **found: tuple[int, int]) -> None:
        """For each source how many of its slices are in the ledger, and how many are new."""
        self.kept = {uid: make.slices(old, source=uid) for uid, (old, _) in found.items()}
        self.new = {uid: make.slices(new, start=old, source=uid) for uid, (old, new) in found.items()}
        self.limits = dict.fromkeys(found, NO_LIMIT)
        self.asked: list[tuple[Any, ...]] = []
        self.retiring: object | None = None
        self.gone: slice = slice(1)

    @property
    def ledger(self) -> Ledger:
        store = SimpleNamespace(tail=self._tail, slices=self._slices)
        return Ledger("p", cast("Any", store), {uid: cast("Any", self._source(uid)) for uid in self.kept})

    def _gone(self, slices: Sequence[Slice]) -> Sequence[Slice]:
        self.asked.append((len(slices),))
        return slices[self.gone]

    def _tail(self, pipeline: str, uid: str) -> Slice | None:
        return self.kept[uid][-1] if self.kept.get(uid) else None

    def _slices(self, pipeline: str, uid: str, offsets: OffsetRange) -> list[Slice]:
        return [s for s in self.kept[uid] if s.position in offsets]

    def _source(self, uid: str) -> SimpleNamespace:
        def measured(slices: Sequence[Slice], rows: bool, times: bool) -> Sequence[Slice]:
            self.asked.append((uid, rows, times))
            return slices

        return SimpleNamespace(
            limit=self.limits[uid],
            retiring=self.retiring,
            discover=lambda tail, known, limit, until_ms: self.new[uid],
            measured=measured,
            check=lambda slices: self.asked.append((uid, *(s.position for s in slices))),
            rows=lambda slices: None if uid == "untold" else len(slices),
            gone=self._gone,
        )


BEFORE = make.epoch(1, offsets={"a": make.positions(0, 2), "b": make.positions(0, 1)})


def test_an_epoch_takes_of_each_source_what_its_limit_allows() -> None:
    sources = Sources(a=(3, 2), b=(1, 4))
    sources.limits["b"] = Limit(slices=3, rows=100)
    offer = sources.ledger.offer(BEFORE, limit=Limit(slices=2), until_ms=None)
    assert offer.offsets == {"a": make.positions(2, 4), "b": make.positions(1, 3)}
    assert offer.discovered == (*make.slices(2, start=3, source="a"), *make.slices(4, start=1, source="b"))
    assert offer.taken == (*make.slices(2, start=2, source="a"), *make.slices(2, start=1, source="b"))
    assert offer.left == 1 + 2
    assert sources.asked == [("a", False, False), ("b", True, False)]  # rows are counted only where they are limited


def test_nothing_new_is_an_empty_range_of_each() -> None:
    offer = Sources(a=(2, 0), b=(1, 0)).ledger.offer(BEFORE)
    assert (offer.offsets, offer.taken, offer.left) == ({"a": make.positions(2), "b": make.positions(1)}, (), 0)


def test_a_source_whose_uid_was_changed_is_not_read_from_its_beginning() -> None:
    with pytest.raises(StateIncompatibleError, match=r"p epoch 1 has read the source 'b', .* give it its uid 'b'"):
        Sources(a=(2, 1), c=(0, 9)).ledger.offer(BEFORE)
    with pytest.raises(StateIncompatibleError, match=r"p: /in/7 is of the source 'b', .* declare it again"):
        Sources(a=(2, 1)).ledger.check([make.slice_(7, source="b")])


def test_slices_are_checked_by_their_own_source() -> None:
    sources = Sources(a=(3, 0), b=(2, 0))
    slices = sources.ledger.slices({"b": make.positions(1, 2), "a": make.positions(1, 3)})
    assert [(s.source, s.position) for s in slices] == [("a", 1), ("a", 2), ("b", 1)]
    sources.ledger.check(slices)
    assert sources.asked == [("a", 1, 2), ("b", 1)]
    with pytest.raises(SourceGapError, match=r"p: of source positions a \[1, 9\), b \[0, 1\) only 3 are known still"):
        sources.ledger.slices({"a": make.positions(1, 9), "b": make.positions(0, 1)})


def test_an_error_says_which_of_several_sources_it_is_of() -> None:
    def refuse(*_: object, **__: object) -> None:
        raise SourceGapError("p: it is gone")

    for found, says in ((Sources(a=(2, 0)), "^p: it"), (Sources(a=(2, 0), b=(1, 0)), "^source 'a' of p: it is gone$")):
        ledger, slices = found.ledger, make.slices(1, source="a")
        asked = dict.fromkeys(("discover", "check", "renewed", "bridged", "outlook"), refuse)
        vars(ledger.sources["a"]).update(asked)
        calls: list[Callable[[], object]] = [
            partial(ledger.offer, None),
            partial(ledger.check, slices),
            partial(ledger.renewed, slices),
            partial(ledger.bridged, slices, source="a"),
            partial(ledger.outlook, Offer((), {}, (), 0)),
        ]
        for call in calls:
            with pytest.raises(SourceGapError, match=says):
                call()


def test_only_the_source_that_a_person_means_is_asked() -> None:
    sources = Sources(a=(2, 0), b=(1, 0))
    ledger = sources.ledger

    def bridged(uid: str, tail: Slice, waiting: Sequence[Slice]) -> list[Slice]:
        sources.asked.append((uid, tail.key, *waiting))
        return []

    for uid, source in ledger.sources.items():
        vars(source).update(bridged=partial(bridged, uid), named=f"/{uid}/{{}}".format)
    waiting = [*make.slices(1, source="a"), *make.slices(1, source="b")]
    assert ledger.bridged(waiting, source="b") == ()
    assert sources.asked == [("b", sources.kept["b"][0].key, waiting[1])]
    ledger.bridged(waiting)
    assert [uid for uid, *_ in sources.asked] == ["b", "a", "b"]
    assert ledger.named(["x"]) == [{"a": "/a/x", "b": "/b/x"}]
    assert ledger.named(["x"], source="a") == [{"a": "/a/x"}]
    with pytest.raises(RefusedError, match="p has no source 'c'; its sources are 'a', 'b'"):
        ledger.named(["x"], source="c")


def test_gaps_of_two_sources_are_accepted_one_by_one() -> None:
    def gone(*_: Any) -> None:
        raise SourceGapError("p: 7 are gone")

    ledger = Sources(a=(2, 0), b=(1, 0)).ledger
    lost = {uid: make.slice_(5, f"/gap/{uid}", source=uid, skipped=True) for uid in ledger.sources}
    for uid, source in ledger.sources.items():
        vars(source).update(bridged=lambda *_, uid=uid: [lost[uid]], check=lambda _: None, discover=gone)
    store = SimpleNamespace(last_sealed=lambda _: BEFORE, unfinished=lambda _: None)
    main: Any = SimpleNamespace(
        lane_id=make.LANE, adapters=SimpleNamespace(store=store), work=SimpleNamespace(ledger=ledger)
    )
    with pytest.raises(RefusedError, match=r"several sources: 'a' \(/gap/a\), 'b' \(/gap/b\)\. .*--source a`"):
        accept_gap()(main)
    found = accept_gap("b")(main)
    assert (found.slices, found.missing) == ((lost["b"],), ("source 'b' of p: 7 are gone",))


def test_a_source_that_has_ended_keeps_its_position() -> None:
    sources = Sources(a=(3, 1))
    ledger = replace(sources.ledger, ended=("b",))
    assert ledger.offer(BEFORE).offsets == {"a": make.positions(2, 4), "b": make.positions(1)}
    assert ledger.offer(None).offsets == {"a": make.positions(0, 4)}
    with pytest.raises(StateIncompatibleError, match=r"'b', .*; or say that it has ended, by Pipeline\(ended=…\)"):
        sources.ledger.offer(BEFORE)


def test_rows_are_told_when_every_source_tells_them() -> None:
    ledger = Sources(a=(2, 0), untold=(1, 0)).ledger
    assert ledger.rows(make.slices(2, source="a")) == 2
    assert ledger.rows([*make.slices(2, source="a"), make.slice_(source="untold")]) is None


def test_what_no_kept_epoch_reads_again_may_be_forgotten_of_each_source() -> None:
    ledger = Sources(a=(3, 0), b=(2, 0)).ledger
    kept = [make.epoch(3, offsets={"a": make.positions(2), "b": make.positions(0, 2)})]
    assert ledger.gone(kept) == {"a": (0,)}
    older = make.epoch(2, offsets={"b": make.positions(0)})  # from before the source was declared
    assert ledger.gone([*kept, older]) == {}
    assert ledger.behind(kept[0]) == {"a": make.positions(2, 3), "b": make.positions(2)}
    assert ledger.behind(None) == {"a": make.positions(0, 3), "b": make.positions(0, 2)}


def test_of_a_source_whose_input_goes_the_newest_slices_are_asked_for_too() -> None:
    """All before may be gone, and these show whether the place is. They are not forgotten: kept epochs have them."""
    sources = Sources(a=(1005, 0))
    sources.retiring = object()
    sources.gone = slice(None)
    assert sources.ledger.gone([make.epoch(3, offsets={"a": make.positions(3, 4)})]) == {"a": (0, 1, 2)}
    assert sources.asked == [(3 + 1000,)]
