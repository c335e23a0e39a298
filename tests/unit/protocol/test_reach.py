"""Goal: a run's interval bounds its epoch only where nothing can be lost, taken too early or reordered by it."""

import re

import pytest

import builders as make
from tidegate.protocol.intervals import CLOCKS_APART_MS, Reach, unusable
from tidegate.protocol.model import Run

FOUND = [make.slice_(7, "/in/a"), make.slice_(8, "/in/b")]


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (None, None, "run r has no data interval.*with a logical date"),
        (None, 5, "no data interval"),
        (5, None, "no data interval"),
        (0, 0, r"empty data interval \[1970-01-01T00:00:00\+00:00, 1970-.*timedelta.*cron.*without a gap"),
        (6, 5, "empty data interval"),
    ],
)
def test_an_interval_that_bounds_nothing(start: int | None, end: int | None, says: str) -> None:
    reason = unusable(Run("r", "o", interval_start_ms=start, interval_end_ms=end))
    assert re.search(says, reason or "")


def test_any_other_interval_is_good() -> None:
    assert unusable(Run("r", "o", interval_start_ms=-1, interval_end_ms=0)) is None


@pytest.mark.parametrize(
    ("until_ms", "sealed_ms", "behind"),
    [(None, None, False), (None, 5, False), (5, None, False), (6, 5, False), (5, 5, True), (4, 5, True), (0, 0, True)],
)
def test_behind_is_at_or_before_what_is_sealed(until_ms: int | None, sealed_ms: int | None, behind: bool) -> None:
    reach = Reach(until_ms, sealed_ms)
    assert reach.behind is behind
    assert (reach.too_late(FOUND) is not None) is behind
    assert reach.too_late([]) is None


def test_late_input_is_named_and_what_becomes_of_it() -> None:
    reason = Reach(4_000, 5_000).too_late(FOUND)
    assert reason == (
        "the run's data interval ends at 1970-01-01T00:00:04+00:00, but input before 1970-01-01T00:00:05+00:00 is "
        "sealed. /in/a and 1 more came late: the next run of a later interval takes it. "
        "Sealed epochs are not processed again"
    )
    assert "/in/a came late" in (Reach(4, 5).too_late(FOUND[:1]) or "")


@pytest.mark.parametrize(
    ("until_ms", "early"), [(None, False), (1, False), (7 + CLOCKS_APART_MS, False), (8 + CLOCKS_APART_MS, True)]
)
def test_an_interval_must_be_over(until_ms: int | None, early: bool) -> None:
    assert (Reach(until_ms).too_early(7) is not None) is early
