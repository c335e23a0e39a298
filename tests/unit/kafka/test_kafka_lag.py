"""Goal: the lag of each partition says what can be read, what a transaction holds, and what is missing."""

from types import SimpleNamespace
from typing import Any

import pytest

from tidegate.adapters.kafka.lag import PartitionLag, lags, outlook
from tidegate.adapters.kafka.ranges import KafkaDetail, Live, LiveTopic, OffsetSpan, Partition, TopicSpans

MOMENT_MS = 1_767_225_600_000


class Told:
    """A cluster that tells the times of first records, and keeps what it was asked."""

    def __init__(self, times: dict[Partition, int] | None = None) -> None:
        self.times = times or {}
        self.asked: Any = None

    def first_times(self, starts: Any, *, committed: bool) -> dict[Partition, int]:
        assert not committed
        self.asked = starts
        return self.times


def found(live: dict[int, Live], read: dict[int, int] | None, told: Told | None = None) -> list[PartitionLag]:
    spans = {p: OffsetSpan(0, stop, 1) for p, stop in (read or {}).items()}
    before = KafkaDetail({"t": TopicSpans("id", spans)}) if read is not None else None
    cluster: Any = told or Told()
    return lags(cluster, {"t": LiveTopic("id", live)}, before)


def test_what_is_behind_the_slices_and_stable_is_the_lag() -> None:
    rows = found({0: Live(0, 10, 10, 1), 1: Live(3, 8, 8, 1)}, {0: 4})
    assert [(r.partition, r.next, r.stable, r.end, r.lag, r.held, r.gap) for r in rows] == [
        (0, 4, 10, 10, 6, 0, None),
        (1, 3, 8, 8, 5, 0, None),
    ]
    assert outlook("t", rows) == ("11 offsets of t are left for later epochs",)


def test_without_slices_all_that_is_there_is() -> None:
    (row,) = found({0: Live(3, 8, 8, 1)}, None)
    assert (row.next, row.lag) == (3, 5)


def test_nothing_is_left_when_all_is_read() -> None:
    rows = found({0: Live(0, 10, 10, 1)}, {0: 10})
    assert (rows[0].lag, rows[0].hold, outlook("t", rows)) == (0, None, ())


@pytest.mark.parametrize(("times", "since"), [({("t", 1): MOMENT_MS}, "since 2026-01-01 00:00:00 UTC "), ({}, "")])
def test_a_transaction_that_is_not_over_holds_what_is_behind_it(times: dict[Partition, int], since: str) -> None:
    told = Told(times)
    rows = found({0: Live(0, 4, 4, 1), 1: Live(0, 5, 1009, 1)}, {0: 4, 1: 5}, told)
    assert told.asked == {("t", 1): (5, 1009)}
    assert [(r.lag, r.held) for r in rows] == [(0, 0), (0, 1004)]
    assert outlook("t", rows) == (
        f"t[1] is held at offset 5 {since}by a transaction that is not over; 1,004 offsets wait behind it",
    )


def test_what_is_missing_is_said() -> None:
    rows = found({0: Live(7, 10, 10, 1)}, {0: 4, 2: 9})
    assert [(r.partition, r.next, r.lag) for r in rows] == [(0, 4, 6), (2, 9, 0)]
    assert rows[0].gap == "t[0] from offset 4 on: 3 offsets are missing, for the partition begins at offset 7 now"
    assert rows[1].gap is not None
    assert rows[1].gap.endswith("the topic has no such partition any more")


def test_a_partition_that_went_backwards_has_no_lag_below_zero() -> None:
    (row,) = found({0: Live(0, 5, 5, 1)}, {0: 9})
    assert (row.lag, row.held) == (0, 0)
    assert row.gap is not None


def test_slices_of_files_are_not_taken_for_those_of_kafka() -> None:
    of_kafka: Any = SimpleNamespace(detail=KafkaDetail({}).to_json())
    of_files: Any = SimpleNamespace(detail='{"format":1,"size":3}')
    assert (KafkaDetail.is_of(of_kafka), KafkaDetail.is_of(of_files)) == (True, False)
