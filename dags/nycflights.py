"""Real flights of 2013 as an event stream: two stateful pipelines over one folder of CSV files.

`make demo` makes the files appear, lets Airflow run an epoch every five seconds, and compares both tables with an
independent computation.
"""

import os
from datetime import timedelta
from pathlib import Path

from flights import DELAYS, DEPARTED, DEPARTURE, FLIGHT, LOGGED, AircraftLog, CarrierDelays, by_date, departures

from tidegate import Csv, FileSource, HiveTable, Pipeline
from tidegate.orchestration import epoch_dag, rollback_dag

HOME = Path(os.environ.get("TIDEGATE_HOME", ".tidegate")).resolve()

flights = FileSource(
    path=HOME / "flights",
    format=Csv(nulls=("NA",)),
    max_files=2,
    settle=timedelta(0),  # the demo moves whole files in
    schema=FLIGHT,
)

aircraft_log = (
    Pipeline("aircraft_log")
    .source(flights)
    .transform(departures, schema=DEPARTURE)
    .assign_timestamps("departure", max_out_of_orderness=timedelta(hours=24))
    .key_by("tailnum")
    .process(AircraftLog(), output=LOGGED)
    .sink(HiveTable("flights.aircraft_log", mode="append", partition_by=("month",)))
)

carrier_delays = (
    Pipeline("carrier_delays", dead_letters="flights.carrier_delays_dead")
    .source(flights)
    .transform(by_date, schema=DEPARTED)
    .key_by("carrier", "origin", "date")
    .process(CarrierDelays(), output=DELAYS)
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
