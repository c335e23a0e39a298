"""Goal: the pipelines of dags/flights_kafka.py keep which record a row is of, and wait for who starts them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import flights_kafka
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tidegate.testing import LocalRun

HOUR = datetime(2013, 1, 1, 10, tzinfo=UTC)


def record(n: int, tailnum: str | None, origin: str, dest: str, *, partition: int = 0) -> dict[str, Any]:
    """A flight, and where Kafka has it."""
    place = {"n": n, "kafka_partition": partition, "kafka_offset": 100 + n}
    flight = {"tailnum": tailnum, "carrier": "UA", "flight": 1, "origin": origin, "dest": dest, "distance": 100}
    return {**place, **flight, "minute": 30, "time_hour": HOUR + timedelta(hours=n)}


RECORDS = [
    record(0, "N1", "EWR", "ORD"),
    record(1, None, "JFK", "BOS", partition=1),
    record(2, "N1", "ORD", "EWR"),
    record(3, "N2", "LGA", "ATL", partition=5),
]


def departures(rows: pa.Table) -> pa.Table:
    """Stands in for the transform of `kafka_aircraft_log`."""
    named = rows.filter(pc.is_valid(rows["tailnum"]))
    minutes = pc.multiply(named["minute"], 60_000_000).cast(pa.duration("us"))
    columns = ("tailnum", "carrier", "flight", "origin", "dest", "distance", *flights_kafka.RECORD)
    return (
        named.select(columns)
        .append_column("departure", pc.add(named["time_hour"], minutes))
        .append_column("month", pc.strftime(named["time_hour"], "%Y-%m"))
    )


def test_a_row_says_which_record_it_is_of() -> None:
    with LocalRun(flights_kafka.kafka_aircraft_log, transform=departures) as run:
        run.epoch(RECORDS[:2])
        run.epoch(RECORDS[2:3], crash_at="swapped")
        run.epoch(RECORDS[3:])
        rows = sorted(run.table("flights_kafka.aircraft_log"), key=lambda r: r["n"])
        found = [(r["n"], r["kafka_partition"], r["kafka_offset"], r["flights"], r["previous_dest"]) for r in rows]
        assert found == [(0, 0, 100, 1, None), (2, 0, 102, 2, "ORD"), (3, 5, 103, 1, None)]
        assert run.verify() == []


@pytest.mark.parametrize("name", ["kafka_aircraft_log", "kafka_carrier_delays"])
def test_the_dags_wait_for_somebody_who_starts_them(name: str) -> None:
    dag = getattr(flights_kafka, f"{name}_dag")
    assert (dag.dag_id, dag.is_paused_upon_creation, dag.max_active_runs) == (name, True, 1)
    assert getattr(flights_kafka, name).reads_kafka
