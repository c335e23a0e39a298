"""A database of its own in the real services, with tables of both kinds, for the tests of the sink."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pymetastore.hive_metastore.ttypes import Partition, Table

import builders as make
from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row
from tidegate.adapters.hive import HiveSink
from tidegate.adapters.hive.metastore import Metastore
from tidegate.adapters.hive.server import connect, execute
from tidegate.adapters.table_plans import staging
from tidegate.api.settings import Target
from tidegate.ports import Sink
from tidegate.protocol.model import Head, LaneId, PartitionValues, StagedPartition
from tidegate.protocol.partitions import DEFAULT_PARTITION, partition_path
from tidegate.wiring import Endpoints

ROWS = pa.schema({"k": pa.string(), "v": pa.int64(), "p": pa.string()})
WRITES = {"add_partitions", "alter_partitions_with_environment_context", "drop_partitions_req"}
ADD, ALTER, DROP = "add_partitions", "alter_partitions_with_environment_context", "drop_partitions_req"


class Echo(KeyedProcessFunction):
    """Never run here."""

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield {}


class Warehouse:
    """A database of its own in the real services, a pipeline with both kinds of tables, and ways to look at them."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints
        self.database = f"sink_{uuid4().hex[:12]}"
        self.definition = self.define()
        self.log, self.latest = self.definition.targets
        self.metastore = Metastore(endpoints.metastore)
        self._sinks: list[HiveSink] = []

    def define(self, output: pa.Schema = ROWS, *, pipeline: str = "", **table: Any) -> Definition:
        source = FileSource("/nowhere", "json", ROWS, settle=timedelta(0))
        stream = Pipeline(pipeline or f"p_{self.database}").source(source).key_by("k")
        key = table.pop("primary_key", ("p", "k"))
        log = HiveTable(f"{self.database}.log", partition_by=("p",), **table)
        latest = HiveTable(f"{self.database}.latest", "upsert", partition_by=("p",), primary_key=key, **table)
        return stream.process(Echo(), output=output).sink(log).sink(latest)

    def sink(self, metastore: str = "", hiveserver2: str = "") -> Sink:
        e = self.endpoints
        made = HiveSink(metastore or e.metastore, hiveserver2 or e.hiveserver2, e.warehouse)
        self._sinks.append(made)
        return made

    def table(self, name: str) -> Table:
        found = self.metastore.table(*name.split("."))
        assert found is not None
        return found

    def partitions(self, target: Target, values: Sequence[PartitionValues]) -> dict[PartitionValues, Partition]:
        return self.metastore.partitions(self.table(target.name), values)

    def columns(self) -> dict[str, list[tuple[str, str]]]:
        """Those of each table, staging tables included, without partition columns."""
        names = [name for target in self.definition.targets for name in (target.name, staging(target))]
        return {name: [(c.name, c.type) for c in self.table(name).sd.cols] for name in names}

    def head(
        self,
        target: Target,
        values: PartitionValues,
        epoch: int,
        rows: Mapping[str, int] | None = None,
        *,
        more: Mapping[str, int] | None = None,
        turned: bool = False,
    ) -> Head:
        """A head in a folder of the epoch, which holds `rows` (k → v), with further columns or in another order."""
        name = partition_path(target.partition_schema.names, values)
        location = f"{self.endpoints.warehouse}/{self.database}_files/e{epoch}/{name}"
        folder = Path(location.removeprefix("file://"))
        folder.mkdir(parents=True, exist_ok=True)
        keys, numbers = [*(rows or {})], pa.array((rows or {}).values(), pa.int64())
        columns = {"k": pa.array(keys, pa.string()), "v": numbers}
        columns |= {name: pa.array([value] * len(keys)) for name, value in (more or {}).items()}
        names = sorted(columns, reverse=turned)
        pq.write_table(pa.table({n: columns[n] for n in names}), folder / "part-0.parquet")
        return placed(target.name, values, location, pipeline=self.definition.name, epoch=epoch)

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            cursor.execute(statement, parameters)
            # Spark reads the default partition as NULL, Hive itself shows its name
            rows = (tuple(None if v == DEFAULT_PARTITION else v for v in row) for row in cursor.fetchall())
            return sorted(rows, key=repr)
        finally:
            connection.close()

    def drop(self, table: str) -> None:
        """As a person might."""
        execute(self.endpoints.hiveserver2, [f"DROP TABLE {table}"])

    def close(self) -> None:
        for sink in self._sinks:
            sink.close()
        self.metastore.close()
        execute(self.endpoints.hiveserver2, [f"DROP DATABASE IF EXISTS {self.database} CASCADE"])


def placed(table: str, values: PartitionValues, location: str, *, pipeline: str = "p", epoch: int = 1) -> Head:
    return make.head(table, *values, at=location, lane=LaneId(pipeline), epoch=epoch)


def staged_at(head: Head) -> StagedPartition:
    return make.partition(head.table, *head.values, at=head.location)


def locations(heads: Sequence[Head]) -> dict[PartitionValues, str]:
    return {h.values: h.location for h in heads}


def nothing(table: str) -> dict[PartitionValues, Head]:
    """No table has heads."""
    return {}


def closed_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
