"""The flights of 2013 as records of Kafka: the same two functions as in `nycflights`, over a topic of six partitions.

`make demo-kafka` makes the topic, writes into it by transactions of which some are aborted, lets Airflow run an epoch
every five seconds, and compares both tables with an independent computation over what was committed. The DAGs are
paused until it, or a person, starts them: they need a topic `flights`, and an Airflow connection `kafka_default`.
"""

from datetime import timedelta
from functools import partial

import pyarrow as pa
from flights import DELAYS, DEPARTED, DEPARTURE, FLIGHT, LOGGED, AircraftLog, CarrierDelays, by_date, departures

from tidegate import HiveTable, KafkaSource, Pipeline
from tidegate.orchestration import epoch_dag

RECORD = {"n": pa.int64(), "kafka_partition": pa.int32(), "kafka_offset": pa.int64()}
"""Which record a row is of: the producer's number of the flight, and where Kafka has it."""


def with_record(schema: pa.Schema) -> pa.Schema:
    """These columns, and those of the record."""
    return pa.schema([*schema, *pa.schema(RECORD)])


flights = KafkaSource(
    topics="flights",
    format="json",
    schema=with_record(FLIGHT),
    metadata={"kafka_partition": "partition", "kafka_offset": "offset"},
    max_records=60_000,
)

kafka_aircraft_log = (
    Pipeline("kafka_aircraft_log", dead_letters="flights_kafka.aircraft_log_dead")
    .source(flights)
    .transform(lambda rows: departures(rows, *RECORD), schema=with_record(DEPARTURE))
    .assign_timestamps("departure", max_out_of_orderness=timedelta(hours=24))
    .key_by("tailnum")
    .process(AircraftLog(*RECORD), output=with_record(LOGGED))
    .sink(HiveTable("flights_kafka.aircraft_log", mode="append", partition_by=("month",)))
)

kafka_carrier_delays = (
    Pipeline("kafka_carrier_delays", dead_letters="flights_kafka.carrier_delays_dead")
    .source(flights)
    .transform(by_date, schema=DEPARTED)
    .key_by("carrier", "origin", "date")
    .process(CarrierDelays(), output=DELAYS)
    .sink(
        HiveTable(
            "flights_kafka.carrier_delays",
            mode="upsert",
            partition_by=("month",),
            primary_key=("month", "date", "carrier", "origin"),
        )
    )
)

every_5_s = partial(epoch_dag, schedule=timedelta(seconds=5), is_paused_upon_creation=True)
kafka_aircraft_log_dag = every_5_s(kafka_aircraft_log)
kafka_carrier_delays_dag = every_5_s(kafka_carrier_delays)
