"""Goal: what is kept of a range, how far integers are settled, and what is missing of a table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.database.ranges import (
    Kind,
    Part,
    Reach,
    Seen,
    TableDetail,
    Watched,
    before,
    largest,
    missing,
    reach_of_integers,
    shown,
)
from tidegate.errors import FormatError
from tidegate.protocol.model import Slice

DETAIL = TableDetail(7, "id", Kind.INTEGER, None, 20, (Part(9, 4), Part(20, 6)), Watched(9, 6), Seen(31, 5))


def test_a_detail_is_read_as_it_was_written() -> None:
    text = DETAIL.to_json()
    assert text == (
        '{"after":null,"cursor":"id","format":1,"kind":"integer","parts":[[9,4],[20,6]],"seen":[31,5],"table":7,'
        '"upto":20,"watched":[9,6]}'
    )
    assert TableDetail.of(Slice("s", 0, "t@0", text)) == DETAIL
    mark = replace(DETAIL, kind=Kind.MOMENT, upto=None, parts=(), watched=Watched(None, 0), seen=None)
    assert TableDetail.of(Slice("s", 0, "t@0", mark.to_json())) == mark
    with pytest.raises(FormatError, match="t@0"):
        TableDetail.of(Slice("s", 0, "t@0", text.replace('"format":1', '"format":9')))


def test_parts_follow_each_other() -> None:
    assert DETAIL.rows == 10
    assert DETAIL.spans() == [(None, Part(9, 4)), (9, Part(20, 6))]


def test_nothing_stands_before_every_value() -> None:
    assert before(None, -5)
    assert not before(None, None)
    assert not before(3, None)
    assert not before(3, 3)
    assert largest(None, -5, None) == -5
    assert largest(None) is None


SETTLE = 100


@pytest.mark.parametrize(
    ("after", "earlier", "now", "reach"),
    [
        (None, None, None, Reach(None)),
        (None, None, Seen(5, 0), Reach(None, Seen(5, 0))),
        (5, None, Seen(5, 0), Reach(5)),
        (None, Seen(5, 0), Seen(9, 99), Reach(None, Seen(5, 0))),
        (None, Seen(5, 0), Seen(9, 100), Reach(5, Seen(9, 100))),
        (None, Seen(5, 0), Seen(5, 100), Reach(5)),
        (None, Seen(5, 0), None, Reach(None, Seen(5, 0))),
        (7, Seen(5, 0), Seen(9, 100), Reach(7, Seen(9, 100))),
    ],
)
def test_integers_are_settled_by_an_earlier_look(
    after: int | None, earlier: Seen | None, now: Seen | None, reach: Reach
) -> None:
    assert reach_of_integers(after, earlier, now, SETTLE) == reach


def test_without_a_settle_time_every_integer_is() -> None:
    assert reach_of_integers(3, Seen(5, 0), Seen(9, 1), 0) == Reach(9)


@given(st.data())
def test_who_commits_within_the_settle_time_is_never_passed_over(data: st.DataObject) -> None:
    """Values are given out in order, each at a moment, and committed less than `SETTLE` later; looks come anyhow."""
    taken = sorted(data.draw(st.lists(st.integers(0, 500), max_size=12)))
    committed = [at + data.draw(st.integers(0, SETTLE - 1)) for at in taken]
    looks = sorted(data.draw(st.lists(st.integers(0, 1000), max_size=12)))
    after: int | None = None
    seen: Seen | None = None
    read: set[int] = set()
    for at in looks:
        visible = {value for value, moment in enumerate(committed) if moment <= at}
        reach = reach_of_integers(after, seen, Seen(max(visible), at) if visible else None, SETTLE)
        read |= {v for v in visible if before(after, v) and not before(reach.upto, v)}
        after, seen = reach.upto, reach.seen
        assert read == set(range(0 if after is None else after + 1))


def test_a_table_that_goes_on_misses_nothing() -> None:
    assert missing(DETAIL, table=7, newest=20, watched=6) is None
    assert missing(DETAIL, table=7, newest=None, watched=0) is None
    assert missing(DETAIL, table=7, newest=99, watched=5) is None


@pytest.mark.parametrize(
    ("table", "newest", "watched", "why"),
    [
        (8, 20, 6, "dropped and made again"),
        (7, 19, 5, "its largest value is 19 now, and rows up to 20 were read"),
        (7, 20, 7, "1 row came late: behind 9 and up to 20, where everything was taken, there were 6 and are 7 now"),
        (7, 20, 8, "2 rows came late"),
    ],
)
def test_what_is_missing_is_told(table: int, newest: int | None, watched: int, why: str) -> None:
    assert why in str(missing(DETAIL, table=table, newest=newest, watched=watched))


def test_values_for_people() -> None:
    assert shown(Kind.INTEGER, 5) == "5"
    assert shown(Kind.MOMENT, 1) == "1970-01-01 00:00:00.000001 UTC"
    assert shown(Kind.MOMENT, None) == "the beginning"
