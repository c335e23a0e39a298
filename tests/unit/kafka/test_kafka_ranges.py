"""Goal: what is kept of ranges, what is missing of them, and how an epoch's share is cut."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.kafka.ranges import (
    Gap,
    KafkaDetail,
    Live,
    LiveTopic,
    OffsetSpan,
    Partition,
    TopicSpans,
    cut,
    gaps,
    left_of,
    mark,
    recut,
)
from tidegate.errors import FormatError
from tidegate.protocol.model import Slice

SIZES = st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(0, 5)), st.integers(0, 100), max_size=8)


def detail(start: int, stop: int, *, topic_id: str = "one", epoch: int = 3) -> KafkaDetail:
    return KafkaDetail({"t": TopicSpans(topic_id, {0: OffsetSpan(start, stop, epoch)})})


def live(begin: int, end: int, *, topic_id: str = "one", epoch: int = 3) -> dict[str, LiveTopic]:
    return {"t": LiveTopic(topic_id, {0: Live(begin, end, end, epoch)})}


def test_a_detail_is_read_as_it_was_written() -> None:
    given = KafkaDetail({"t": TopicSpans("id", {10: OffsetSpan(1, 5, 0), 2: OffsetSpan(7, 7, 1)})})
    text = given.to_json()
    assert text == '{"format":1,"topics":{"t":{"id":"id","partitions":{"10":[1,5,0],"2":[7,7,1]}}}}'
    assert KafkaDetail.of(Slice("s", 0, "t@0", text)) == given
    assert [p for p, _ in given.spans()] == [("t", 2), ("t", 10)]
    assert given.size == 4
    with pytest.raises(FormatError, match="t@0"):
        KafkaDetail.of(Slice("s", 0, "t@0", text.replace('"format":1', '"format":9')))


@given(SIZES, st.integers(0, 300) | st.none(), st.integers(1, 60) | st.none())
def test_a_share_is_fair_and_as_large_as_it_may_be(
    waiting: dict[Partition, int], total: int | None, each: int | None
) -> None:
    taken = cut(waiting, total=total, each=each)
    assert taken.keys() == waiting.keys()
    most = {p: size if each is None else min(size, each) for p, size in waiting.items()}
    assert all(0 <= taken[p] <= most[p] for p in waiting)
    assert sum(taken.values()) == (sum(most.values()) if total is None else min(total, sum(most.values())))
    wanting = [p for p in waiting if taken[p] < most[p]]
    for p in wanting:
        assert all(taken[other] <= taken[p] + 1 for other in waiting)


@st.composite
def following(draw: st.DrawFn) -> list[KafkaDetail]:
    """Ranges of two topics that follow one another; partitions are added."""
    ends: dict[Partition, int] = {}
    details = []
    for number in range(draw(st.integers(1, 4))):
        topics = {}
        for name in "ab":
            spans = {}
            for p in range(1 + number // 2):
                start = ends.get((name, p), 0)
                ends[name, p] = start + draw(st.integers(0, 40))
                spans[p] = OffsetSpan(start, ends[name, p], number)
            topics[name] = TopicSpans(f"id of {name}", spans)
        details.append(KafkaDetail(topics))
    return details


@given(following(), st.integers(8, 60), st.integers(4, 30) | st.none())
def test_ranges_that_are_cut_follow_one_another(planned: list[KafkaDetail], total: int, each: int | None) -> None:
    now = {name: LiveTopic(f"id of {name}", {}) for name in "ab"}
    anew = recut(planned, now, total=total, each=each)
    first = dict(planned[0].spans())
    ends = {p: span.start for p, span in first.items()}
    for was, detail in zip(planned, anew, strict=True):
        whole = sum(s.stop - s.start for p, s in was.spans() if p not in first)
        assert detail.size - whole <= max(total - whole, 1)
        for p, span in detail.spans():
            assert span.start == ends.get(p, span.start)
            assert span.start <= span.stop <= dict(was.spans())[p].stop
            assert each is None or p not in first or span.stop - span.start <= each
            ends[p] = span.stop
    if all(d.size <= total and all(each is None or s.stop - s.start <= each for _, s in d.spans()) for d in planned):
        assert anew == planned


def test_only_what_is_read_on_is_cut() -> None:
    planned = [detail(0, 100), detail(100, 200)]
    assert recut(planned, live(0, 300), total=30, each=None) == [detail(0, 30), detail(30, 60)]
    assert recut(planned, {}, total=30, each=None) == planned
    again = [detail(0, 100), detail(0, 50, topic_id="two")]
    assert recut(again, live(0, 50, topic_id="two"), total=30, each=None) == again


@pytest.mark.parametrize(
    ("now", "planned", "start", "offsets", "why"),
    [
        (live(12, 30), False, 10, 2, "begins at offset 12 now"),
        (live(7, 30), True, 5, 2, "begins at offset 7 now"),
        (live(20, 30), True, 5, 5, "begins at offset 20 now"),
        (live(0, 8), False, 8, 2, "ends at offset 8 now: it went backwards"),
        (live(0, 3), True, 3, 7, "ends at offset 3 now: it went backwards"),
        (live(0, 30, topic_id="two"), False, 10, None, "made again"),
        (live(0, 30, topic_id="two"), True, 5, 5, "made again"),
        (live(0, 30, epoch=2), False, 10, None, "another history"),
        ({}, False, 10, None, "no such topic"),
        ({"t": LiveTopic("one", {})}, True, 5, 5, "no such partition"),
    ],
)
def test_what_is_missing(now: dict[str, LiveTopic], planned: bool, start: int, offsets: int | None, why: str) -> None:
    (found,) = gaps(detail(5, 10), now, planned=planned)
    assert (found.partition, found.start, found.offsets) == (("t", 0), start, offsets)
    assert why in found.why


@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize("now", [live(5, 10), live(0, 11, epoch=4), live(0, 10, epoch=-1)])
def test_nothing_is_missing_of_what_is_there(now: dict[str, LiveTopic], planned: bool) -> None:
    assert gaps(detail(5, 10), now, planned=planned) == []


def test_an_empty_range_needs_nothing() -> None:
    assert gaps(detail(5, 5), {}, planned=True) == []


def test_a_gap_for_people() -> None:
    assert str(Gap(("t", 1), 5, 1200, "x")) == "t[1] from offset 5 on: 1,200 offsets are missing, for x"
    assert "an unknown number of offsets" in str(Gap(("t", 1), 5, None, "x"))


@pytest.mark.parametrize(
    ("now", "left", "on"),
    [
        (live(7, 30, epoch=4), OffsetSpan(7, 10, 4), OffsetSpan(10, 10, 4)),
        (live(12, 30), OffsetSpan(10, 10, 3), OffsetSpan(12, 12, 3)),
        (live(0, 8, epoch=5), OffsetSpan(5, 8, 5), OffsetSpan(8, 8, 5)),
        (live(0, 3), OffsetSpan(3, 3, 3), OffsetSpan(3, 3, 3)),
        (live(2, 30, topic_id="two"), OffsetSpan(10, 10, 3), OffsetSpan(2, 2, 3)),
    ],
)
def test_a_gap_is_gone_over(now: dict[str, LiveTopic], left: OffsetSpan, on: OffsetSpan) -> None:
    planned = detail(5, 10)
    assert left_of(planned, now).topics["t"].partitions == {0: left}
    marked = mark(planned, now)
    assert marked.topics["t"].partitions == {0: on}
    assert gaps(marked, now, planned=False) == []
    assert gaps(left_of(planned, now), now, planned=True) == []


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 40), st.integers(0, 40), st.sampled_from(["one", "two"]))
def test_behind_a_gap_nothing_is_missing(start: int, size: int, begin: int, length: int, topic_id: str) -> None:
    planned: Any = detail(start, start + size)
    now = live(begin, begin + length, topic_id=topic_id, epoch=9)
    assert gaps(left_of(planned, now), now, planned=True) == []
    assert gaps(mark(planned, now), now, planned=False) == []
