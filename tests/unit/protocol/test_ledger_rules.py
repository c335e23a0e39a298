"""Goal: an epoch takes what its limit allows of each source, and goes on where the sealed one before it ended."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

import builders as make
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind, choose, nothing_behind, start_of, told
from tidegate.protocol.model import Slice

ROWS = [10, 0, 5, 20]
WAITING = [replace(make.slice_(i, size=size), rows=ROWS[i]) for i, size in enumerate((100, 50, 60, 10))]


@pytest.mark.parametrize(
    ("limit", "taken"),
    [
        (NO_LIMIT, 4),
        (Limit(1), 1),
        (Limit(3), 3),
        (Limit(9), 4),
        (Limit(rows=1), 1),  # a larger first slice still makes an epoch
        (Limit(rows=10), 1),  # reached exactly
        (Limit(rows=11), 3),  # the empty slice does not reach it
        (Limit(rows=999), 4),
        (Limit(bytes=99), 1),
        (Limit(bytes=100), 1),
        (Limit(bytes=101), 2),
        (Limit(bytes=9999), 4),
        (Limit(2, 999, 9999), 2),  # the first bound that is reached ends it
        (Limit(4, 11, 9999), 3),
        (Limit(4, 999, 101), 2),
    ],
)
def test_the_epoch_ends_with_the_slice_that_reaches_a_bound(limit: Limit, taken: int) -> None:
    assert choose(WAITING, limit) == WAITING[:taken]
    skipped = replace(make.slice_(9, size=999), rows=999, skipped=True)
    assert choose([skipped, *WAITING], limit) == [skipped, *WAITING[:taken]]  # it counts for nothing


@pytest.mark.parametrize("limit", [NO_LIMIT, Limit(1, 1, 1)])
def test_nothing_is_taken_of_nothing(limit: Limit) -> None:
    assert choose([], limit) == []


def test_what_a_source_does_not_tell_counts_for_nothing() -> None:
    untold = [replace(s, rows=None, bytes=None) for s in WAITING]
    assert choose(untold, Limit(rows=1, bytes=1)) == untold


def test_slices_are_drawn_only_as_they_are_needed() -> None:
    """Measuring one may mean to read it."""
    drawn: list[int] = []

    def measured() -> Iterator[Slice]:
        for slice_ in WAITING:
            drawn.append(slice_.position)
            yield slice_

    assert len(choose(measured(), Limit(rows=10))) == 1
    assert drawn == [0]


def test_an_epoch_ends_before_what_is_not_known_to_be_before_its_end() -> None:
    at = [replace(s, time_ms=ms) for s, ms in zip(WAITING, (5, 1, 7, 2), strict=True)]
    assert choose(at, NO_LIMIT, until_ms=7) == at[:2]
    assert choose(at, NO_LIMIT, until_ms=8) == at
    at[0] = replace(at[0], time_ms=None)
    assert choose(at, NO_LIMIT, until_ms=8) == []
    at[0] = replace(at[0], skipped=True)
    assert choose(at, NO_LIMIT, until_ms=7) == at[:2]


@pytest.mark.parametrize("own", [None, 2, 3])
@pytest.mark.parametrize("given", [None, 2, 3])
def test_a_runs_own_limit_only_ever_lowers_the_sources(own: int | None, given: int | None) -> None:
    least = min((n for n in (own, given) if n is not None), default=None)
    assert Limit(slices=own, rows=7).within(Limit(slices=given, bytes=9)) == Limit(least, 7, 9)


def test_where_a_source_goes_on() -> None:
    before = make.epoch(3, offsets={"a": make.positions(1, 4), "b": make.positions(2)})
    assert [start_of(before, uid) for uid in ("a", "b", "new")] == [4, 2, 0]
    assert start_of(None, "a") == 0
    assert (behind(None), behind(make.slice_(6))) == (0, 7)
    assert nothing_behind(None, ["a"]) == {"a": make.positions(0)}
    assert nothing_behind(before, ["new", "a"]) == {
        "a": make.positions(4), "b": make.positions(2), "new": make.positions(0),
    }  # fmt: skip


def test_ranges_for_people() -> None:
    assert told(make.span(0, 2)) == "[0, 2)"
    assert told({"b": make.positions(3), "a": make.positions(0, 2)}) == "a [0, 2), b [3, 3)"
