"""Joins the engine to the real adapters, from their addresses."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.adapters.database.source import DatabaseSourceAdapter
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.adapters.files.storage import FsStorage
from tidegate.adapters.hive import HiveSink
from tidegate.adapters.hive.foreign import ForeignTables
from tidegate.adapters.tables.partitions import HiveTableSourceAdapter
from tidegate.adapters.tables.source import TidegateSourceAdapter
from tidegate.api.database import DatabaseSource
from tidegate.api.files import FileSource
from tidegate.api.pipeline import Definition
from tidegate.api.sources import Source as Declared
from tidegate.api.tables import HiveTableSource, TidegateSource
from tidegate.engine import crash
from tidegate.engine.coordinator import Coordinator
from tidegate.errors import ConfigurationError
from tidegate.ports import Adapters, CheckpointStore, Source
from tidegate.protocol.layout import normal
from tidegate.protocol.ledger import EVERYTHING

ROOT_FOLDER = "_tidegate"
"""Folder below the warehouse that holds all attempts of all pipelines."""


@dataclass(frozen=True)
class Endpoints:
    """Where the services are. Addresses may hold passwords, so they are never printed whole.

    Args:
        checkpoint: ``postgresql://user@host:port/database`` of the checkpoint tables.
        metastore: ``thrift://host:port`` of the Hive metastore.
        hiveserver2: ``hive://host:port/database?auth=NONE`` of HiveServer2 or the Spark Thrift Server.
        spark: ``sc://host:port`` of a Spark Connect server.
        warehouse: URI of the folder for new tables and all data; Spark's workers and Hive must see the same.
        kafka: the brokers, as ``host:port,…`` or as a JSON object of librdkafka's settings, and a schema registry's;
            empty when there are none. Spark's workers must reach the brokers under these addresses, too.
        database: ``postgresql://user:password@host:port/database`` of the tables that are read; empty when there are
            none. Spark's workers must reach it, too.
    """

    checkpoint: str
    metastore: str
    hiveserver2: str
    spark: str
    warehouse: str
    kafka: str = ""
    database: str = ""


VARIABLES = {
    "checkpoint": "TIDEGATE_CHECKPOINT_URL",
    "metastore": "TIDEGATE_METASTORE_URL",
    "hiveserver2": "TIDEGATE_HIVESERVER2_URL",
    "spark": "TIDEGATE_SPARK_URL",
    "warehouse": "TIDEGATE_WAREHOUSE",
}
"""The environment variable that gives each endpoint outside Airflow, where connections give them."""
OF_SOURCES = {"kafka": "TIDEGATE_KAFKA", "database": "TIDEGATE_DATABASE"}
"""The same for endpoints that only some sources need."""


def given_endpoints() -> dict[str, str]:
    """The endpoints that environment variables give, by name."""
    given = {name: os.environ.get(variable, "") for name, variable in (VARIABLES | OF_SOURCES).items()}
    return {name: value for name, value in given.items() if value}


def from_environment() -> Endpoints | None:
    """The endpoints when all variables are set; None when one is missing: what is not given is embedded."""
    given = given_endpoints()
    return Endpoints(**given) if given.keys() >= VARIABLES.keys() else None


class SystemClock:
    """The machine's monotonic clock."""

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def _source(source: Declared, definition: Definition, endpoints: Endpoints, store: CheckpointStore) -> Source:
    if isinstance(source, FileSource):
        return FileSourceAdapter(source, definition.name)
    if isinstance(source, DatabaseSource):
        return DatabaseSourceAdapter(source, definition.name, _database(endpoints.database))
    ledger = partial(store.slices, definition.name, source.uid, EVERYTHING)
    if isinstance(source, HiveTableSource):
        tables = ForeignTables(endpoints.metastore)
        return HiveTableSourceAdapter(source, definition.name, tables, ledger, now=time.time)
    if isinstance(source, TidegateSource):
        return TidegateSourceAdapter(source, definition.name, store, ledger)
    from tidegate.adapters.kafka.source import KafkaSourceAdapter  # noqa: PLC0415  (an extra: not all have the client)

    return KafkaSourceAdapter(source, definition.name, kafka_settings(endpoints.kafka))


def _database(given: str) -> str:
    if not given:
        raise ConfigurationError(
            "the pipeline reads a table of a database, but none is given: set TIDEGATE_DATABASE to "
            "postgresql://user:password@host:port/database; in Airflow, add a connection of type postgres"
        )
    return given


def kafka_settings(given: str) -> dict[str, str]:
    """Librdkafka's settings from an endpoint. Raises ConfigurationError when it gives none."""
    if not given:
        raise ConfigurationError(
            "the pipeline reads Kafka, but no brokers are given: set TIDEGATE_KAFKA to host:port, or to a JSON object "
            "of librdkafka's settings; in Airflow, add a connection of type kafka"
        )
    if not given.lstrip().startswith("{"):
        return {"bootstrap.servers": given}
    try:
        found = json.loads(given)
    except ValueError:
        raise ConfigurationError("TIDEGATE_KAFKA is neither host:port nor a JSON object") from None
    if not isinstance(found.get("bootstrap.servers"), str):
        raise ConfigurationError("the settings of Kafka have no bootstrap.servers: add it, as host:port")
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in found.items()}


def _warehouse(given: str) -> str:
    """Its one spelling on object stores; a local one stays as it was given, since manifests and Hive have it so."""
    return normal(given) if given.startswith("s3") else given.rstrip("/")


@contextmanager
def coordinator(
    definition: Definition,
    endpoints: Endpoints,
    *,
    progress: Callable[[str], None],
    lease_wait_s: float = 60.0,
) -> Iterator[Coordinator]:
    """A coordinator of `definition` on real services; its connections are opened when first used and closed at the end.

    pyspark is imported only when an epoch is computed.
    """
    from tidegate.adapters.spark.processor import SparkProcessor  # noqa: PLC0415  (seconds of imports)

    store = PostgresCheckpointStore(endpoints.checkpoint)
    warehouse = _warehouse(endpoints.warehouse)
    sink = HiveSink(endpoints.metastore, endpoints.hiveserver2, warehouse)
    try:
        yield Coordinator(
            definition=definition,
            adapters=Adapters(
                store=store,
                connect=lambda: PostgresCheckpointStore(endpoints.checkpoint),
                sources={
                    uid: _source(source, definition, endpoints, store) for uid, source in definition.sources.items()
                },
                processor=SparkProcessor(endpoints.spark),
                sink=sink,
                storage=FsStorage(),
            ),
            root=f"{warehouse}/{ROOT_FOLDER}",
            clock=SystemClock(),
            crash=crash.from_environment(),
            progress=progress,
            lease_wait_s=lease_wait_s,
        )
    finally:
        sink.close()
        store.close()
