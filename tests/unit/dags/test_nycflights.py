"""Goal: the pipelines of dags/nycflights.py do what they say, tested as a user would test their own."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tidegate.testing import Harness, LocalRun

Flight = dict[str, Any]
SPEC = spec_from_file_location("nycflights", Path(__file__).parents[3] / "dags" / "nycflights.py")
assert SPEC is not None
assert SPEC.loader is not None
nycflights = sys.modules["nycflights"] = module_from_spec(SPEC)
SPEC.loader.exec_module(nycflights)

HOUR = datetime(2013, 1, 1, 10, tzinfo=UTC)


def flight(hours: int, origin: str, dest: str, **more: Any) -> Flight:
    """A flight that is scheduled for half past the hour."""
    hour = HOUR + timedelta(hours=hours)
    given = {
        "year": hour.year,
        "month": hour.month,
        "day": hour.day,
        "carrier": "UA",
        "flight": 1,
        "tailnum": "N1",
        "origin": origin,
        "dest": dest,
        "distance": 100,
        "minute": 30,
        "time_hour": hour,
        "dep_delay": 0,
    }
    return given | more


FLIGHTS = [
    flight(0, "EWR", "ORD", dep_delay=7),
    flight(1, "JFK", "BOS", tailnum=None, dep_delay=None),
    flight(3, "ORD", "EWR", dep_delay=-3),
    flight(4, "LGA", "ATL", tailnum="N2", carrier="DL", dep_delay=None),
    flight(800, "JFK", "SFO", dep_delay=60),
    flight(800, "EWR", "ORD", tailnum="N3", dep_delay=1),
]


def departures(rows: pa.Table) -> pa.Table:
    """Stands in for the transform of `aircraft_log`."""
    named = rows.filter(pc.is_valid(rows["tailnum"]))
    minutes = pc.multiply(named["minute"], 60_000_000).cast(pa.duration("us"))
    columns = ("tailnum", "carrier", "flight", "origin", "dest", "distance")
    return (
        named.select(columns)
        .append_column("departure", pc.add(named["time_hour"], minutes))
        .append_column("month", pc.strftime(named["time_hour"], "%Y-%m"))
    )


def by_date(rows: pa.Table) -> pa.Table:
    """Stands in for the transform of `carrier_delays`."""
    dates = [date(*day) for day in zip(*(rows[name].to_pylist() for name in ("year", "month", "day")), strict=True)]
    return (
        rows.select(("carrier", "origin", "dep_delay"))
        .append_column("date", pa.array(dates, pa.date32()))
        .append_column("month", pa.array([f"{day:%Y-%m}" for day in dates]))
    )


def test_an_aircraft_remembers_where_it_is() -> None:
    log = nycflights.aircraft_log
    with Harness(
        nycflights.AircraftLog(),
        key="tailnum",
        schema=log.operator.events,
        output=log.operator.outputs["main"],
        timestamps="departure",
    ) as harness:
        plain = {"carrier": "UA", "flight": 1, "distance": 100, "month": "2013-01"}
        flights = [
            plain | {"tailnum": "N1", "origin": "EWR", "dest": "ORD", "departure": HOUR},
            plain | {"tailnum": "N2", "origin": "JFK", "dest": "BOS", "departure": HOUR},
            plain | {"tailnum": "N1", "origin": "ORD", "dest": "EWR", "departure": HOUR + timedelta(minutes=90)},
            plain | {"tailnum": "N1", "origin": "JFK", "dest": "SFO", "departure": HOUR + timedelta(hours=9)},
        ]
        harness.process_all(flights)
        found = [(r["tailnum"], r["flights"], r["miles"], r["continues"], r["minutes_since"]) for r in harness.output]
        assert found == [
            ("N1", 1, 100, None, None),
            ("N2", 1, 100, None, None),
            ("N1", 2, 200, True, 90),
            ("N1", 3, 300, False, 450),
        ]
        assert harness.state("N1")["last_dest"] == "SFO"
        assert harness.every_split(flights) == 8


def test_the_log_has_every_departure_of_a_named_aircraft() -> None:
    with LocalRun(nycflights.aircraft_log, transform=departures) as run:
        run.epoch(FLIGHTS)
        assert [(r["tailnum"], r["dest"], r["flights"], r["month"]) for r in run.table("flights.aircraft_log")] == [
            ("N1", "ORD", 1, "2013-01"),
            ("N1", "SFO", 3, "2013-02"),
            ("N1", "EWR", 2, "2013-01"),
            ("N2", "ATL", 1, "2013-01"),
            ("N3", "ORD", 1, "2013-02"),
        ]
        assert run.table("flights.aircraft_log")[2]["departure"] == HOUR + timedelta(hours=3, minutes=30)


def test_delays_are_kept_up_to_date_by_day() -> None:
    with LocalRun(nycflights.carrier_delays, transform=by_date) as run:
        run.epoch(FLIGHTS[:4])
        delays = {(r["carrier"], r["origin"]): r for r in run.table("flights.carrier_delays")}
        assert delays["UA", "JFK"]["mean_delay"] is None
        assert (delays["UA", "JFK"]["flights"], delays["UA", "JFK"]["cancelled"]) == (1, 1)
        run.epoch([flight(5, "EWR", "ORD", dep_delay=3)])
        delays = {(r["carrier"], r["origin"]): r for r in run.table("flights.carrier_delays")}
        assert (delays["UA", "EWR"]["flights"], delays["UA", "EWR"]["mean_delay"]) == (2, 5.0)
        assert delays["UA", "EWR"]["worst_delay"] == 7
        assert run.dead_letters == []


@pytest.mark.parametrize("crash_at", [None, "staged", "swapped"])
@pytest.mark.parametrize(
    ("name", "transform"), [("aircraft_log", departures), ("carrier_delays", by_date)], ids=["log", "delays"]
)
def test_any_cut_gives_the_same_tables(name: str, transform: Any, crash_at: str | None) -> None:
    definition = getattr(nycflights, name)

    def rows(run: LocalRun) -> Sequence[Any]:
        return [run.table(target.name) for target in definition.targets]

    with LocalRun(definition, transform=transform) as run:
        run.epoch(FLIGHTS[:1])
        run.epoch(FLIGHTS[1:3], crash_at=crash_at)
        run.epoch(FLIGHTS[3:])
        assert rows(run) == rows(run.once(FLIGHTS))
        assert run.verify() == []
