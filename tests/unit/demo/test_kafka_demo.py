"""Goal: what the Kafka demo writes has every case it speaks of, and what it expects is what was committed, by hand."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tidegate.demo import producing
from tidegate.demo.flights import differences, load_flights
from tidegate.demo.kafka import expected_delays, expected_log
from tidegate.demo.producing import ABORTED, COMMITTED, PARTITIONS, Ended, Flights, Sent, batches, committed


def flight(tailnum: str | None, hour: int, **more: Any) -> dict[str, Any]:
    return {
        "year": 2013,
        "month": 1,
        "day": 2,
        "carrier": "UA",
        "flight": 7,
        "tailnum": tailnum,
        "origin": "EWR",
        "dest": "ORD",
        "distance": 700,
        "minute": 30,
        "time_hour": f"2013-01-02T{hour:02d}:00:00Z",
        "dep_delay": 5.0,
        **more,
    }


RAW = pd.DataFrame(
    [
        flight("N1", 10),
        flight(None, 11, dep_delay=float("nan")),
        flight("N1", 12, origin="ORD", dest="EWR", dep_delay=-3.0),
        flight("N2", 13),
    ]
)
FLIGHTS = Flights(RAW)


def test_every_flight_is_in_one_batch_and_some_are_aborted_and_one_hangs() -> None:
    todo = batches(336_776)
    assert [n for batch in todo for n in batch.flights] == list(range(336_776))
    assert sum(batch.hangs for batch in todo) == 1
    assert sum(batch.aborted_first for batch in todo) == len(todo) // producing.ABORT_EVERY
    assert not any(batch.hangs and batch.aborted_first for batch in todo)


def test_flights_of_more_years_are_the_same_later() -> None:
    once, twice = load_flights(), load_flights(2)
    assert len(twice) == 2 * len(once)
    assert twice[: len(once)].equals(once)
    again = twice[len(once) :].reset_index(drop=True)
    assert set(again["year"]) == {2014}
    assert set(again["time_hour"].str[:4]) == {"2014", "2015"}
    moved = ["year", "time_hour"]
    assert again.drop(columns=moved).equals(once.drop(columns=moved))
    shifted = pd.to_datetime(again["time_hour"]) - pd.to_datetime(once["time_hour"])
    assert set(shifted) == {pd.Timedelta(days=365)}


def test_a_flight_is_whole_numbers_and_nulls() -> None:
    assert FLIGHTS[1] == {"n": 1, **flight(None, 11, dep_delay=None)}
    assert [type(FLIGHTS[0][name]) for name in ("dep_delay", "distance")] == [int, int]


def test_an_aircraft_has_one_partition() -> None:
    assert producing.partition_of(FLIGHTS[0]) == producing.partition_of(FLIGHTS[2])
    assert {producing.partition_of({"n": n, "tailnum": None}) for n in range(12)} == set(range(PARTITIONS))


def ended(number: int, how: str, *flights: int) -> str:
    return Ended(number, how, tuple(Sent(n, 0, 10 * number + n) for n in flights)).to_json()


def test_what_was_committed_is_in_the_order_in_which_it_was_written() -> None:
    lines = [ended(0, COMMITTED, 0), ended(2, ABORTED, 2, 3), ended(3, COMMITTED, 2, 3), ended(1, COMMITTED, 1)]
    assert [(s.n, s.offset) for s in committed(iter(lines))] == [(0, 0), (1, 11), (2, 32), (3, 33)]


SENT = [Sent(0, 2, 4), Sent(1, 1, 0), Sent(2, 2, 7), Sent(3, 3, None)]


def test_the_log_goes_on_from_row_to_row_of_an_aircraft() -> None:
    first, second, other = expected_log(FLIGHTS, SENT)
    assert first["departure"] == datetime(2013, 1, 2, 10, 30, tzinfo=UTC)
    assert (first["flights"], first["miles"], first["continues"], first["minutes_since"]) == (1, 700, None, None)
    assert (second["n"], second["flights"], second["miles"], second["continues"]) == (2, 2, 1400, True)
    assert (second["previous_dest"], second["minutes_since"], second["kafka_offset"]) == ("ORD", 120, 7)
    assert (other["tailnum"], other["flights"], other["previous_dest"]) == ("N2", 1, None)


def test_delays_are_by_day_carrier_and_origin() -> None:
    newark, chicago = expected_delays(FLIGHTS, SENT)
    assert newark == {
        "date": date(2013, 1, 2),
        "carrier": "UA",
        "origin": "EWR",
        "flights": 3,
        "cancelled": 1,
        "mean_delay": 5.0,
        "worst_delay": 5,
    }
    assert (chicago["origin"], chicago["flights"], chicago["mean_delay"]) == ("ORD", 1, -3.0)
    (none,) = expected_delays(FLIGHTS, SENT[1:2])
    assert (none["cancelled"], none["mean_delay"], none["worst_delay"]) == (1, None, None)


@pytest.mark.parametrize(
    ("column", "value"), [("kafka_offset", 5), ("n", 9), ("miles", 701), ("previous_dest", "LGA"), ("continues", False)]
)
def test_one_wrong_value_is_a_difference(column: str, value: Any) -> None:
    expected = pd.DataFrame(expected_log(FLIGHTS, SENT[:3]))
    found = expected.copy()
    assert differences(expected, found, ["n"]) == []
    found.loc[0, column] = value
    assert differences(expected, found, ["n"]) != []


def test_a_row_too_many_is_a_difference() -> None:
    expected = pd.DataFrame(expected_log(FLIGHTS, SENT[:3]))
    doubled = pd.concat([expected, expected.iloc[:1]])
    assert differences(expected, doubled, ["n"]) == ["3 rows instead of 2"]


class Log:
    """A Kafka: offsets of each partition, and what each transaction left there.

    Some commits fail, never that of the transaction that hangs: when it is committed hangs on the clock.
    """

    def __init__(self, failing: set[int]) -> None:
        self.ends = dict.fromkeys(range(PARTITIONS), 0)
        self.failing = failing
        self.commits = 0
        self.lines: list[tuple[str, int, int, int]] = []

    def transactions(self, address: str, name: str) -> Any:
        assert address == "b:9"
        return Transactions(self, slow=name == "flights-slow")


class Transactions:
    """One producer's."""

    def __init__(self, log: Log, *, slow: bool) -> None:
        self.log = log
        self.slow = slow
        self.open: list[Sent] = []

    def write(self, flights: list[dict[str, Any]]) -> list[Sent]:
        for f in flights:
            partition = producing.partition_of(f)
            self.open.append(Sent(f["n"], partition, self.log.ends[partition]))
            self.log.ends[partition] += 1
        return self.open

    def commit(self) -> None:
        self.log.commits += not self.slow
        if not self.slow and self.log.commits in self.log.failing:
            raise producing.ToAbortError
        self._end(COMMITTED)

    def abort(self) -> None:
        self._end(ABORTED)

    def _end(self, how: str) -> None:
        self.log.lines += [(how, s.n, s.partition, s.offset or 0) for s in self.open]
        self.open = []


def test_the_producers_log_says_what_the_brokers_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kafka = Log(failing={3, 4, 20})
    monkeypatch.setattr(producing, "Transactions", kafka.transactions)
    monkeypatch.setattr(producing, "HANG_S", 0.05)
    count = 30 * producing.SIZE
    raw = pd.DataFrame([{"tailnum": f"N{n % 50}"} for n in range(count)])
    replay = producing.Replay("b:9", Flights(raw), tmp_path / "log", seconds=0.2)
    replay.go_on.set()
    replay.run()
    assert (replay.failed, replay.hangs, replay.share) == (None, False, 1.0)
    assert replay.counts == (30 + 1, 3 + 3)  # the slow one's too; every tenth is aborted, and three failed
    with (tmp_path / "log").open() as lines:
        sent = committed(lines)
    assert sorted(s.n for s in sent) == list(range(count))
    there = {(n, p, offset) for how, n, p, offset in kafka.lines if how == COMMITTED}
    assert {(s.n, s.partition, s.offset) for s in sent} == there
    for partition in range(PARTITIONS):
        offsets = [s.offset or 0 for s in sent if s.partition == partition]
        assert offsets == sorted(offsets), "an aircraft's flights would be expected in another order than they are read"


def test_a_producer_that_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(address: str, name: str) -> Any:
        raise ConnectionError(f"{address} {name}")

    monkeypatch.setattr(producing, "Transactions", broken)
    replay = producing.Replay("b:9", FLIGHTS, tmp_path / "log", seconds=0.0)
    replay.run()
    assert isinstance(replay.failed, ConnectionError)
