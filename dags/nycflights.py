"""Real flights of 2013 as an event stream: two stateful pipelines over one folder of CSV files.

`make demo` makes the files appear, lets Airflow run an epoch every five seconds, and compares both tables with an
independent computation.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tidegate import Context, Csv, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.orchestration import epoch_dag, rollback_dag

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

HOME = Path(os.environ.get("TIDEGATE_HOME", ".tidegate")).resolve()
UTC = pa.timestamp("us", tz="UTC")

flights = FileSource(
    path=HOME / "flights",
    format=Csv(nulls=("NA",)),
    max_files=2,
    settle=timedelta(0),  # the demo moves whole files in
    schema=pa.schema(
        {
            **dict.fromkeys(("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay"), pa.int64()),
            **dict.fromkeys(("arr_time", "sched_arr_time", "arr_delay"), pa.int64()),
            "carrier": pa.string(),
            "flight": pa.int64(),
            "tailnum": pa.string(),
            "origin": pa.string(),
            "dest": pa.string(),
            **dict.fromkeys(("air_time", "distance", "hour", "minute"), pa.int64()),
            "time_hour": UTC,
        }
    ),
)


def departures(rows: "DataFrame") -> "DataFrame":
    """Flights that an aircraft was named for, with the scheduled moment of departure."""
    return rows.where("tailnum IS NOT NULL").selectExpr(
        "tailnum",
        "carrier",
        "flight",
        "origin",
        "dest",
        "distance",
        "timestampadd(MINUTE, minute, time_hour) AS departure",
        "date_format(time_hour, 'yyyy-MM') AS month",
    )


class AircraftLog(KeyedProcessFunction):
    """What each aircraft had done so far when it departed."""

    flights = ValueState(pa.int64(), default=0)
    miles = ValueState(pa.int64(), default=0)
    last_dest = ValueState(pa.string())
    last_departure = ValueState(pa.int64())

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        """One departure."""
        previous = self.last_departure.value()
        self.flights.update(self.flights.value() + 1)
        self.miles.update(self.miles.value() + value.distance)
        yield {
            "tailnum": value.tailnum,
            "carrier": value.carrier,
            "flight": value.flight,
            "origin": value.origin,
            "dest": value.dest,
            "departure": value.departure,
            "flights": self.flights.value(),
            "miles": self.miles.value(),
            "previous_dest": self.last_dest.value(),
            "continues": None if previous is None else self.last_dest.value() == value.origin,
            "minutes_since": None if previous is None else (ctx.timestamp() - previous) // 60_000,
            "month": value.month,
        }
        self.last_dest.update(value.dest)
        self.last_departure.update(ctx.timestamp())


class CarrierDelays(KeyedProcessFunction):
    """One row per carrier, origin and day, kept up to date."""

    flights = ValueState(pa.int64(), default=0)
    cancelled = ValueState(pa.int64(), default=0)
    delay_sum = ValueState(pa.int64(), default=0)
    worst = ValueState(pa.int64())

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        """One flight."""
        self.flights.update(self.flights.value() + 1)
        if value.dep_delay is None:
            self.cancelled.update(self.cancelled.value() + 1)
        else:
            self.delay_sum.update(self.delay_sum.value() + value.dep_delay)
            self.worst.update(
                max(value.dep_delay, value.dep_delay if self.worst.value() is None else self.worst.value())
            )
        departed = self.flights.value() - self.cancelled.value()
        yield {
            "carrier": value.carrier,
            "origin": value.origin,
            "date": value.date,
            "flights": self.flights.value(),
            "cancelled": self.cancelled.value(),
            "mean_delay": self.delay_sum.value() / departed if departed else None,
            "worst_delay": self.worst.value(),
            "month": value.month,
        }


aircraft_log = (
    Pipeline("aircraft_log")
    .source(flights)
    .transform(
        departures,
        schema=pa.schema(
            {
                "tailnum": pa.string(),
                "carrier": pa.string(),
                "flight": pa.int64(),
                "origin": pa.string(),
                "dest": pa.string(),
                "distance": pa.int64(),
                "departure": UTC,
                "month": pa.string(),
            }
        ),
    )
    .assign_timestamps("departure", max_out_of_orderness=timedelta(hours=24))
    .key_by("tailnum")
    .process(
        AircraftLog(),
        output=pa.schema(
            {
                "tailnum": pa.string(),
                "carrier": pa.string(),
                "flight": pa.int64(),
                "origin": pa.string(),
                "dest": pa.string(),
                "departure": UTC,
                "flights": pa.int64(),
                "miles": pa.int64(),
                "previous_dest": pa.string(),
                "continues": pa.bool_(),
                "minutes_since": pa.int64(),
                "month": pa.string(),
            }
        ),
    )
    .sink(HiveTable("flights.aircraft_log", mode="append", partition_by=("month",)))
)

carrier_delays = (
    Pipeline("carrier_delays", dead_letters="flights.carrier_delays_dead")
    .source(flights)
    .transform(
        lambda rows: rows.selectExpr(
            "carrier",
            "origin",
            "make_date(year, month, day) AS date",
            "dep_delay",
            "printf('%d-%02d', year, month) AS month",
        ),
        schema=pa.schema(
            {
                "carrier": pa.string(),
                "origin": pa.string(),
                "date": pa.date32(),
                "dep_delay": pa.int64(),
                "month": pa.string(),
            }
        ),
    )
    .key_by("carrier", "origin", "date")
    .process(
        CarrierDelays(),
        output=pa.schema(
            {
                "carrier": pa.string(),
                "origin": pa.string(),
                "date": pa.date32(),
                "flights": pa.int64(),
                "cancelled": pa.int64(),
                "mean_delay": pa.float64(),
                "worst_delay": pa.int64(),
                "month": pa.string(),
            }
        ),
    )
    .sink(
        HiveTable(
            "flights.carrier_delays",
            mode="upsert",
            partition_by=("month",),
            primary_key=("month", "date", "carrier", "origin"),
        )
    )
)

aircraft_log_dag = epoch_dag(aircraft_log, schedule=timedelta(seconds=5), is_paused_upon_creation=False)
carrier_delays_dag = epoch_dag(carrier_delays, schedule=timedelta(seconds=5), is_paused_upon_creation=False)
aircraft_log_rollback = rollback_dag(aircraft_log)
carrier_delays_rollback = rollback_dag(carrier_delays)
