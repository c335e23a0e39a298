"""Goal: what readers of Hive see changes whole, or not at all, whatever happens on the way to a real metastore."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pymetastore.hive_metastore.ttypes import Partition, Table

import builders as make
from faults.proxy import Proxy
from pipelines import totals
from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row
from tidegate.adapters.hive import HiveSink, metastore_answers
from tidegate.adapters.hive.metastore import Metastore, normal
from tidegate.adapters.hive.server import connect, execute
from tidegate.adapters.hive.tables import OWNER, staging
from tidegate.api.settings import Target
from tidegate.errors import ConfigurationError, OutcomeUnknownError, TidegateError, UnavailableError, UserFunctionError
from tidegate.ports import TableChange
from tidegate.protocol.model import Head, LaneId, PartitionValues, Run, StagedPartition
from tidegate.protocol.partitions import DEFAULT_PARTITION, partition_path
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

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

    def sink(self, metastore: str = "", hiveserver2: str = "") -> HiveSink:
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

    def close(self) -> None:
        for sink in self._sinks:
            sink.close()
        self.metastore.close()
        execute(self.endpoints.hiveserver2, [f"DROP DATABASE IF EXISTS {self.database} CASCADE"])


@pytest.fixture
def warehouse(endpoints: Endpoints) -> Iterator[Warehouse]:
    made = Warehouse(endpoints)
    yield made
    made.close()


@pytest.fixture
def ready(warehouse: Warehouse) -> Warehouse:
    """Tables are there."""
    warehouse.sink().prepare(warehouse.definition, nothing)
    return warehouse


@pytest.fixture
def proxy(endpoints: Endpoints) -> Iterator[Proxy]:
    with Proxy.to(endpoints.metastore) as made:
        yield made


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


# -- tables -----------------------------------------------------------------------------------------------------------


def test_prepare_makes_database_tables_and_staging_tables(warehouse: Warehouse) -> None:
    assert warehouse.metastore.table(warehouse.database, "log") is None
    warehouse.sink().prepare(warehouse.definition, nothing)
    data, day, epoch = [("k", "string"), ("v", "bigint")], ("p", "string"), ("epoch_id", "bigint")
    expected = {
        warehouse.log.name: [epoch, day],
        staging(warehouse.log): [epoch, day],
        warehouse.latest.name: [day],
        staging(warehouse.latest): [epoch, day],
    }
    for name, keys in expected.items():
        table = warehouse.table(name)
        assert [(c.name, c.type) for c in table.sd.cols] == data
        assert [(c.name, c.type) for c in table.partitionKeys] == keys
        assert (table.tableType, table.parameters[OWNER]) == ("EXTERNAL_TABLE", warehouse.definition.name)
        assert (table.parameters["discover.partitions"], table.parameters["external.table.purge"]) == ("false", "false")
        folder = f"{warehouse.endpoints.warehouse}/{warehouse.database}.db/{name.partition('.')[2]}"
        assert normal(table.sd.location) == folder
        assert warehouse.query(f"SELECT * FROM {name}") == []


def test_prepare_is_repeatable_and_needs_hiveserver2_for_missing_tables_only(ready: Warehouse) -> None:
    nowhere = f"hive://127.0.0.1:{closed_port()}/default"
    before = ready.table(ready.log.name)
    ready.sink(hiveserver2=nowhere).prepare(ready.definition, nothing)
    execute(ready.endpoints.hiveserver2, [f"DROP TABLE {staging(ready.latest)}"])
    with pytest.raises(UnavailableError, match=urlsplit(nowhere).netloc):
        ready.sink(hiveserver2=nowhere).prepare(ready.definition, nothing)
    ready.sink().prepare(ready.definition, nothing)
    assert ready.table(staging(ready.latest)).tableType == "EXTERNAL_TABLE"
    assert ready.table(ready.log.name) == before


def test_every_type_comes_back_as_it_was_declared(warehouse: Warehouse) -> None:
    flat = [pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.float32(), pa.float64(), pa.date32(), pa.binary()]
    exact = [pa.timestamp("us", tz="UTC"), pa.decimal128(38, 9), pa.decimal128(5, 0)]
    nested = [
        pa.list_(pa.string()),
        pa.map_(pa.string(), pa.decimal128(5, 2)),
        pa.struct({"x": pa.int64(), "y": pa.list_(pa.struct({"z": pa.date32()}))}),
    ]
    types = {f"c{i}": t for i, t in enumerate([*flat, *exact, *nested])}
    definition = warehouse.define(pa.schema({**{f.name: f.type for f in ROWS}, **types}))
    warehouse.sink().prepare(definition, nothing)
    warehouse.sink().prepare(definition, nothing)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"k": pa.string(), "v": pa.string(), "p": pa.string()}, "column v is bigint, not string: types are not"),
        ({"k": pa.string(), "p": pa.string()}, "column v is not declared: columns are neither dropped nor renamed"),
        ({"k": pa.string(), "v": pa.int64(), "p": pa.int32()}, "its partition columns are .*`p` string, not .*`p` int"),
    ],
)
@pytest.mark.parametrize("evolve", ["refuse", "add"])
def test_a_table_with_other_columns(ready: Warehouse, output: dict[str, pa.DataType], said: str, evolve: str) -> None:
    """Whatever else would be added, nothing is changed then."""
    wrong = ready.define(pa.schema({**output, "more": pa.int64()}), evolve=evolve)
    before = ready.columns()
    for look in (ready.sink().prepare, ready.sink().pending):
        with pytest.raises(ConfigurationError) as raised:
            look(wrong, nothing)
        line = rf"{__file__}:\d+: {ready.log.name} does not fit the pipeline {wrong.name}: "
        assert re.match(rf"{line}.*{said}.*; or write to another table", str(raised.value))
    assert ready.columns() == before


def test_a_new_column_is_refused_unless_it_is_asked_for(ready: Warehouse) -> None:
    wider = pa.schema([*ROWS, pa.field("w", pa.int64())])
    with pytest.raises(ConfigurationError, match=r'column w is missing: declare HiveTable\(…, evolve="add"\)'):
        ready.sink().prepare(ready.define(wider), nothing)
    never_null = ready.define(pa.schema([*ROWS, pa.field("w", pa.int64(), nullable=False)]), evolve="add")
    with pytest.raises(ConfigurationError, match="column w cannot be added: every row must have it"):
        ready.sink().prepare(never_null, nothing)
    narrow, key = ready.columns(), ready.define(wider, evolve="add", primary_key=("p", "k", "w"))
    with pytest.raises(ConfigurationError, match=f"{ready.latest.name} does not fit.*column w cannot be added"):
        ready.sink().prepare(key, nothing)
    assert ready.columns() == narrow


def test_columns_are_added_to_tables_and_staging_tables(ready: Warehouse) -> None:
    """Old partitions have none in their files, and those that are moved get them, wherever they are declared."""
    olds = [[ready.head(t, ("1", p)[-n:], 1, {"x": 1}) for p in "ab"] for t, n in ((ready.log, 2), (ready.latest, 1))]
    before = ready.sink()
    for target, heads in zip((ready.log, ready.latest), olds, strict=True):
        before.publish(target, heads)
    output = pa.schema([pa.field("w", pa.list_(pa.string())), *ROWS, pa.field("m", pa.int64())])
    wider = ready.define(output, evolve="add")
    new, added = ready.sink(), ("w array<string>", "m bigint")
    changes = new.pending(wider, nothing)
    assert changes == tuple(TableChange(t.name, added) for t in (ready.log, ready.latest))
    assert new.prepare(wider, nothing) == changes
    assert new.prepare(wider, nothing) == ready.sink().pending(wider, nothing) == ()
    columns = [("k", "string"), ("v", "bigint"), ("w", "array<string>"), ("m", "bigint")]
    assert set(map(tuple, ready.columns().values())) == {tuple(columns)}
    moved = ready.head(ready.latest, ("a",), 2, {"x": 2}, more={"m": 7})
    new.publish(wider.targets[1], [moved])
    assert ready.query(f"SELECT p, k, v, m, w FROM {ready.latest.name}") == [
        ("a", "x", 2, 7, None),
        ("b", "x", 1, None, None),
    ]
    assert ready.query(f"SELECT p, k, v, m, w FROM {ready.log.name}") == [
        ("a", "x", 1, None, None),
        ("b", "x", 1, None, None),
    ]
    (partition,) = ready.partitions(ready.latest, [("a",)]).values()
    assert [(c.name, c.type) for c in partition.sd.cols] == columns  # else Hive itself would read null
    new.publish(wider.targets[1], olds[1])
    assert ready.query(f"SELECT p, v, m FROM {ready.latest.name}") == [("a", 1, None), ("b", 1, None)]


def test_names_decide_and_not_the_order_of_columns(ready: Warehouse) -> None:
    turned = ready.define(pa.schema({"p": pa.string(), "v": pa.int64(), "k": pa.string()}))
    assert ready.sink().prepare(turned, nothing) == ()
    ready.sink().publish(ready.latest, [ready.head(ready.latest, ("a",), 1, {"x": 1}, turned=True)])
    assert ready.query(f"SELECT k, v, p FROM {ready.latest.name}") == [("x", 1, "a")]


def test_a_column_that_another_attempt_added_meanwhile(ready: Warehouse) -> None:
    wider = ready.define(pa.schema([*ROWS, pa.field("w", pa.int64())]), evolve="add")
    late = ready.sink()
    late.pending(wider, nothing)  # it has looked, and falls asleep
    ready.sink().prepare(wider, nothing)
    late.prepare(wider, nothing)
    assert late.pending(wider, nothing) == ()


def test_a_table_of_another_pipeline(ready: Warehouse) -> None:
    other = ready.define(pipeline="intruder")
    with pytest.raises(
        ConfigurationError, match=rf"{ready.log.name} belongs to pipeline {ready.definition.name}.*intruder"
    ):
        ready.sink().prepare(other, nothing)


@pytest.mark.parametrize(
    ("ddl", "said"),
    [
        (  # Hive 4 makes an external table of it
            "CREATE TABLE {} (k string, v bigint) PARTITIONED BY (p string) STORED AS PARQUET",
            "(is a MANAGED_TABLE|belongs to somebody else)",
        ),
        ("CREATE VIEW {} AS SELECT 'a' AS k, 1L AS v, 'b' AS p", "is a VIRTUAL_VIEW"),
        (
            "CREATE EXTERNAL TABLE {} (k string) STORED AS PARQUET LOCATION '{}/x'",
            "belongs to somebody else.*set its property",
        ),
    ],
)
def test_a_table_that_was_there_before(warehouse: Warehouse, ddl: str, said: str) -> None:
    database, folder = warehouse.database, f"{warehouse.endpoints.warehouse}/{warehouse.database}.db"
    statements = [f"CREATE DATABASE {database} LOCATION '{folder}'", ddl.format(warehouse.latest.name, folder)]
    execute(warehouse.endpoints.hiveserver2, statements)
    with pytest.raises(ConfigurationError, match=rf"{warehouse.latest.name} {said}"):
        warehouse.sink().prepare(warehouse.definition, nothing)


def test_a_table_that_was_dropped_by_hand(ready: Warehouse) -> None:
    warm = ready.sink()
    warm.prepare(ready.definition, nothing)
    execute(ready.endpoints.hiveserver2, [f"DROP TABLE {ready.log.name}"])
    head = ready.head(ready.log, ("1", "a"), 1)
    for sink in (warm, ready.sink()):
        with pytest.raises(ConfigurationError, match=ready.log.name):
            sink.publish(ready.log, [head])


# -- publishing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["log", "latest"])
def test_publish_shows_all_partitions_and_repeating_it_changes_nothing(
    ready: Warehouse, proxy: Proxy, kind: str
) -> None:
    target: Target = getattr(ready, kind)
    keys = [("1", p) if kind == "log" else (p,) for p in "abc"]
    heads = [ready.head(target, values, 1, {"x": i}) for i, values in enumerate(keys)]
    sink = ready.sink(proxy.url)
    sink.publish(target, heads)
    assert sink.locations(target) == locations(heads)
    assert sink.locations(target, [keys[0], ("9", "z")[-len(keys[0]) :]]) == locations(heads[:1])
    expected = [("a", "x", 0), ("b", "x", 1), ("c", "x", 2)]
    assert ready.query(f"SELECT p, k, v FROM {target.name}") == expected
    for partition in (before := ready.partitions(target, keys)).values():
        given = {k: v for k, v in partition.parameters.items() if k.startswith("tidegate.")}
        assert given == {"tidegate.epoch": "1", "tidegate.generation": "1", "tidegate.lane": "main"}
    made = [c for c in proxy.calls if c in WRITES]
    assert made == ([ADD] if kind == "log" else [ADD, ALTER])
    sink.publish(target, heads)
    ready.sink(proxy.url).publish(target, list(reversed(heads)))
    assert ready.partitions(target, keys) == before
    assert [c for c in proxy.calls if c in WRITES] == made
    assert ready.query(f"SELECT p, k, v FROM {target.name}") == expected


def test_an_epoch_moves_old_and_new_partitions_in_one_call_that_shows_rows(ready: Warehouse, proxy: Proxy) -> None:
    sink = ready.sink(proxy.url)
    first = [ready.head(ready.latest, (p,), 1, {p: 1}) for p in "abc"]
    sink.publish(ready.latest, first)
    second = [ready.head(ready.latest, (p,), 2, {p: 2}) for p in "bcd"]
    seen: list[dict[PartitionValues, str]] = []
    before = len(proxy.calls)
    proxy.before(ALTER, lambda: seen.append(ready.sink().locations(ready.latest)))
    sink.publish(ready.latest, second)
    assert [c for c in proxy.calls[before:] if c in WRITES] == [ADD, ALTER]
    empty = f"{normal(ready.table(ready.latest.name).sd.location)}/_empty"
    assert seen == [{**locations(first), ("d",): empty}]  # the new partition is there, and shows no row
    assert sink.locations(ready.latest) == {**locations(first), **locations(second)}
    assert ready.query(f"SELECT p, v FROM {ready.latest.name}") == [("a", 1), ("b", 2), ("c", 2), ("d", 2)]
    parameters = ready.partitions(ready.latest, [("a",), ("b",)])
    assert {v[0]: p.parameters["tidegate.epoch"] for v, p in parameters.items()} == {"a": "1", "b": "2"}


def test_statistics_do_not_outlive_the_files_that_they_were_made_of(ready: Warehouse) -> None:
    def statistics() -> set[str]:
        (partition,) = ready.partitions(ready.latest, [("a",)]).values()
        return {k for k in partition.parameters if "numRows" in k or "ACCURATE" in k}

    sink = ready.sink()
    sink.publish(ready.latest, [ready.head(ready.latest, ("a",), 1, {"x": 1})])
    execute(ready.endpoints.hiveserver2, [f"ANALYZE TABLE {ready.latest.name} PARTITION (p) COMPUTE STATISTICS"])
    assert statistics()
    sink.publish(ready.latest, [ready.head(ready.latest, ("a",), 2, {"x": 2, "y": 3})])
    assert not statistics()
    assert ready.query(f"SELECT count(*) FROM {ready.latest.name}") == [(2,)]


def test_a_publish_that_died_between_its_calls_is_finished_by_the_next(ready: Warehouse) -> None:
    """For an append target some partitions exist already: the others must still appear together."""
    heads = [ready.head(ready.log, ("1", p), 1, {"x": 1}) for p in "abc"]
    ready.sink().publish(ready.log, heads[:1])
    ready.sink().publish(ready.log, heads)
    assert ready.sink().locations(ready.log) == locations(heads)
    assert ready.query(f"SELECT p, v FROM {ready.log.name}") == [("a", 1), ("b", 1), ("c", 1)]


@pytest.mark.parametrize("kind", ["log", "latest"])
def test_partitions_that_another_adds_meanwhile(ready: Warehouse, proxy: Proxy, kind: str) -> None:
    """A superseded attempt still runs, and adds one of two partitions between our look and our call."""
    target: Target = getattr(ready, kind)
    heads, stale = (
        [ready.head(target, ("1", p) if kind == "log" else (p,), epoch, {"x": epoch}) for p in "ab"] for epoch in (2, 1)
    )
    proxy.before(ADD, lambda: ready.sink().publish(target, stale[:1]))
    sink = ready.sink(proxy.url)
    with contextlib.suppress(UnavailableError, OutcomeUnknownError):  # then Airflow tries again
        sink.publish(target, heads)
    sink.publish(target, heads)
    assert sink.locations(target) == locations(heads)
    assert ready.query(f"SELECT p, v FROM {target.name}") == [("a", 2), ("b", 2)]


def test_a_partition_that_another_drops_meanwhile(ready: Warehouse, proxy: Proxy) -> None:
    sink = ready.sink(proxy.url)
    heads = [[ready.head(ready.latest, (p,), epoch, {"x": epoch}) for p in "ab"] for epoch in (1, 2)]
    sink.publish(ready.latest, heads[0])
    proxy.before(ALTER, lambda: ready.sink().drop(ready.latest, [("a",)]))
    with pytest.raises(UnavailableError, match="Alter partition operation failed") as raised:
        sink.publish(ready.latest, heads[1])
    assert "connection broke" not in str(raised.value)  # the metastore answered: it is known that nothing changed
    assert ready.query(f"SELECT p, v FROM {ready.latest.name}") == [("b", 1)]
    sink.publish(ready.latest, heads[1])
    assert ready.query(f"SELECT p, v FROM {ready.latest.name}") == [("a", 2), ("b", 2)]


SPECIAL = [
    *("a b", " a", "a/b", "a=b", "100%", "%20", "a%2Fb", "a:b", "2026-01-01 10:00:00", "ünï ☃ 日本", "'", '"', "+&;,"),
    *("#?*[]{}^\\", "\x01\t\x1f\x7f", "a\nb", "A", "a", "a.", "-", "NULL", "..", "(x)", "$a", "~", "`", "<>|"),
]


def test_partition_values_with_special_characters(ready: Warehouse) -> None:
    heads = [ready.head(ready.latest, (p,), 1, {"x": i}) for i, p in enumerate([*SPECIAL, DEFAULT_PARTITION])]
    sink = ready.sink()
    sink.publish(ready.latest, heads)
    assert sink.locations(ready.latest) == locations(heads)
    keys = [h.values for h in heads]
    assert sink.locations(ready.latest, keys) == locations(heads)
    before = ready.partitions(ready.latest, keys)
    sink.publish(ready.latest, heads)
    assert ready.partitions(ready.latest, keys) == before
    found = {row[0]: row[1] for row in ready.query(f"SELECT p, v FROM {ready.latest.name}")}
    wanted: dict[object, object] = {p: i for i, p in enumerate(SPECIAL)}
    assert found == wanted | {None: len(SPECIAL)}
    for p in ("a/b", "a=b", "100%", "%20", "ünï ☃ 日本"):
        rows = ready.query(f"SELECT v FROM {ready.latest.name} WHERE p = %(p)s", {"p": p})
        assert rows == [(SPECIAL.index(p),)]
    sink.drop(ready.latest, keys)
    assert sink.locations(ready.latest) == {}


def by_day(name: str, folder: Path) -> Definition:
    class Days(KeyedProcessFunction):
        def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
            yield {"k": value.k, "day": value.day}

    schema = pa.schema({"k": pa.string(), "day": pa.string()})
    stream = Pipeline(name).source(FileSource(folder, "json", schema, settle=timedelta(0))).key_by("k")
    return stream.process(Days(), output=schema).sink(HiveTable(f"t.{name}", partition_by=("day",)))


def test_a_null_is_hives_default_partition_and_an_empty_value_which_would_be_read_as_null_is_refused(
    tmp_path: Path, warehouse: Warehouse
) -> None:
    definition = by_day(f"days_{warehouse.database}", tmp_path)
    totals.write(tmp_path, "0.json", [{"k": "a", "day": None}, {"k": "b", "day": "d/1"}])
    with coordinator(definition, warehouse.endpoints, progress=print) as engine:
        engine.run(Run("run-0", "owner"))
        totals.write(tmp_path, "1.json", [{"k": "c", "day": ""}])
        with pytest.raises(UserFunctionError, match="partition column 'day': ''"):
            engine.run(Run("run-1", "owner"))
    found = warehouse.query(f"SELECT k, day FROM {definition.targets[0].name}")
    assert found == [("a", None), ("b", "d/1")]


def test_drop_removes_partitions_and_leaves_their_files(ready: Warehouse, proxy: Proxy) -> None:
    heads = [ready.head(ready.latest, (p,), 1, {"x": 1}) for p in "abc"]
    sink = ready.sink(proxy.url)
    sink.publish(ready.latest, heads)
    before = len(proxy.calls)
    sink.drop(ready.latest, [("a",), ("b",), ("never there",)])
    sink.drop(ready.latest, [("a",), ("b",)])
    assert [c for c in proxy.calls[before:] if c in WRITES] == [DROP]
    assert sink.locations(ready.latest) == locations(heads[2:])
    assert ready.query(f"SELECT p FROM {ready.latest.name}") == [("c",)]
    for head in heads:
        assert Path(head.location.removeprefix("file://"), "part-0.parquet").exists()


@pytest.mark.parametrize("kind", ["log", "latest"])
def test_stage_shows_exactly_one_epochs_partitions_in_sql(ready: Warehouse, kind: str) -> None:
    target: Target = getattr(ready, kind)
    sink = ready.sink()

    def staged(epoch: int, days: str, version: int) -> list[StagedPartition]:
        heads = [
            ready.head(target, (str(epoch), p) if kind == "log" else (p,), 10 * epoch + version, {"x": version})
            for p in days
        ]
        return [staged_at(h) for h in heads]

    for epoch, days, version in ((1, "ab", 1), (1, "ab", 1), (1, "bc", 2), (2, "a", 3), (3, "", 4)):
        sink.stage(target, staged(epoch, days, version), epoch=epoch)
        found = ready.query(f"SELECT epoch_id, p, v FROM {staging(target)}")
        assert found == [(epoch, p, version) for p in days]
    assert sink.locations(target) == {}


def test_readers_never_see_a_mixture(ready: Warehouse) -> None:
    """I2 on a real metastore: one call swaps all partitions, and a listing shows either all old or all new."""
    keys = [(p,) for p in "abcdef"]
    versions = [[ready.head(ready.latest, values, epoch) for values in keys] for epoch in (1, 2)]
    ready.sink().publish(ready.latest, versions[0])
    expected = [locations(v) for v in versions]
    done = threading.Event()
    reads: list[dict[PartitionValues, str]] = []
    broken: list[TidegateError] = []

    def read() -> None:
        sink = ready.sink()
        try:
            while not done.is_set():
                reads.append(sink.locations(ready.latest, keys if len(reads) % 2 else None))
        except TidegateError as e:
            broken.append(e)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        writer = ready.sink()
        for number in range(150):
            writer.publish(ready.latest, versions[(number + 1) % 2])
    finally:
        done.set()
        reader.join()
    assert broken == []
    old, new = (sum(r == e for r in reads) for e in expected)
    print(f"{len(reads)} reads: {old} of the first epoch, {new} of the second")
    assert [r for r in reads if r not in expected] == []
    assert old > 0
    assert new > 0


# -- lost calls -------------------------------------------------------------------------------------------------------


class Swap:
    """A publish that is about to happen: of new partitions, of a swap, or of both."""

    def __init__(self, ready: Warehouse, kind: str) -> None:
        self.ready = ready
        self.target = ready.log if kind == "new" else ready.latest
        wanted = {"new": "ab", "moved": "ab", "both": "abc"}[kind]
        self.old = [] if kind == "new" else [ready.head(self.target, (p,), 1, {"x": 1}) for p in "ab"]
        self.heads = [ready.head(self.target, ("2", p) if kind == "new" else (p,), 2, {"x": 2}) for p in wanted]
        ready.sink().publish(self.target, self.old)

    def seen(self) -> dict[PartitionValues, str]:
        return self.ready.sink().locations(self.target)

    def rows(self) -> list[tuple[object, ...]]:
        return self.ready.query(f"SELECT p, v FROM {self.target.name}")

    def assert_right(self) -> None:
        assert self.seen() == locations(self.heads)
        assert self.rows() == [(h.values[-1], 2) for h in self.heads]


@pytest.mark.parametrize(("kind", "method"), [("new", ADD), ("moved", ALTER), ("both", ALTER)])
def test_a_lost_answer_to_a_call_that_took_effect_ends_well(
    ready: Warehouse, proxy: Proxy, kind: str, method: str
) -> None:
    swap = Swap(ready, kind)
    proxy.lose_response(method)
    sink = ready.sink(proxy.url)
    sink.publish(swap.target, swap.heads)
    swap.assert_right()
    assert proxy.calls.count(method) == 1
    sink.publish(swap.target, swap.heads)
    swap.assert_right()
    assert proxy.calls.count(method) == 1


@pytest.mark.parametrize(("kind", "method"), [("new", ADD), ("moved", ALTER), ("both", ADD), ("both", ALTER)])
def test_a_call_that_never_arrived_is_unknown_and_a_repeat_makes_it_right(
    ready: Warehouse, proxy: Proxy, kind: str, method: str
) -> None:
    swap = Swap(ready, kind)
    before = swap.rows()
    proxy.lose_request(method)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError, match=urlsplit(proxy.url).netloc):
        sink.publish(swap.target, swap.heads)
    assert swap.rows() == before
    assert proxy.calls.count(method) == 1  # it is not sent a second time by itself
    sink.publish(swap.target, swap.heads)
    swap.assert_right()


def test_a_lost_answer_to_the_first_of_two_calls_is_unknown(ready: Warehouse, proxy: Proxy) -> None:
    swap = Swap(ready, "both")
    before = swap.rows()
    proxy.lose_response(ADD)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError):
        sink.publish(swap.target, swap.heads)
    assert swap.rows() == before
    sink.publish(swap.target, swap.heads)
    swap.assert_right()


@pytest.mark.parametrize("kind", ["new", "moved"])
@pytest.mark.parametrize("took_effect", [True, False])
def test_a_metastore_that_dies_in_the_call_leaves_it_unknown(
    ready: Warehouse, proxy: Proxy, kind: str, took_effect: bool
) -> None:
    """Nothing can be read back: nobody may say that it failed."""
    swap = Swap(ready, kind)
    lose = proxy.lose_response if took_effect else proxy.lose_request
    lose(ADD if kind == "new" else ALTER, refuse_after=True)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError, match="may have taken effect"):
        sink.publish(swap.target, swap.heads)
    assert swap.seen() == locations(swap.heads if took_effect else swap.old)
    with pytest.raises(UnavailableError, match=urlsplit(proxy.url).netloc):
        sink.publish(swap.target, swap.heads)  # still away, and known to have done nothing
    proxy.accept()
    sink.publish(swap.target, swap.heads)
    swap.assert_right()


@pytest.mark.parametrize("lose", [Proxy.lose_request, Proxy.lose_response])
@pytest.mark.parametrize("method", ["get_table_req", "get_partitions_by_names", "get_config_value"])
def test_a_lost_call_that_changes_nothing_is_made_again(
    ready: Warehouse, proxy: Proxy, lose: Callable[[Proxy, str], None], method: str
) -> None:
    swap = Swap(ready, "moved")
    lose(proxy, method)
    ready.sink(proxy.url).publish(swap.target, swap.heads)
    swap.assert_right()
    assert proxy.calls.count(ALTER) == 1


def test_a_connection_that_a_restart_cut_is_opened_again_before_a_change(ready: Warehouse, proxy: Proxy) -> None:
    swap = Swap(ready, "moved")
    sink = ready.sink(proxy.url)
    assert sink.locations(swap.target) == locations(swap.old)
    proxy.refuse()
    proxy.accept()
    sink.publish(swap.target, swap.heads)
    swap.assert_right()
    proxy.refuse()
    proxy.accept()
    sink.drop(swap.target, [("a",)])
    assert set(swap.seen()) == {("b",)}


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_drop_is_unknown_and_a_repeat_makes_it_right(ready: Warehouse, proxy: Proxy, took_effect: bool) -> None:
    swap = Swap(ready, "moved")
    (proxy.lose_response if took_effect else proxy.lose_request)(DROP)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError, match="dropping partitions"):
        sink.drop(swap.target, [("a",)])
    assert (("a",) in swap.seen()) is not took_effect
    sink.drop(swap.target, [("a",)])
    assert swap.seen() == locations(swap.old[1:])


@pytest.mark.parametrize("took_effect", [True, False])
@pytest.mark.parametrize("method", [ADD, DROP])
def test_a_lost_staging_call_is_unknown_and_a_repeat_makes_it_right(
    ready: Warehouse, proxy: Proxy, method: str, took_effect: bool
) -> None:
    def staged(epoch: int) -> list[StagedPartition]:
        return [staged_at(ready.head(ready.latest, ("a",), epoch, {"x": epoch}))]

    sink = ready.sink(proxy.url)
    sink.stage(ready.latest, staged(1), epoch=1)
    (proxy.lose_response if took_effect else proxy.lose_request)(method)
    with pytest.raises(OutcomeUnknownError):
        sink.stage(ready.latest, staged(2), epoch=2)
    sink.stage(ready.latest, staged(2), epoch=2)
    assert ready.query(f"SELECT epoch_id, p, v FROM {staging(ready.latest)}") == [(2, "a", 2)]


def test_an_answer_that_does_not_come_in_time_is_unknown(ready: Warehouse, proxy: Proxy) -> None:
    """The connection stays open, and silent."""
    swap = Swap(ready, "moved")
    table, impatient = ready.table(swap.target.name), Metastore(proxy.url, timeout_s=1)
    try:
        proxy.withhold_response(DROP)
        with pytest.raises(OutcomeUnknownError, match="may have taken effect"):
            impatient.drop(table, [("a",)])
        assert impatient.locations(table) == locations(swap.old[1:])  # on a new connection
        proxy.withhold_response("get_partitions")
        assert impatient.locations(table) == locations(swap.old[1:])
    finally:
        impatient.close()


# -- no metastore there -----------------------------------------------------------------------------------------------


def test_a_metastore_that_cannot_be_reached(ready: Warehouse) -> None:
    address = f"127.0.0.1:{closed_port()}"
    sink = ready.sink(f"thrift://{address}")
    calls: list[Callable[[], object]] = [
        lambda: sink.prepare(ready.definition, nothing),
        lambda: sink.publish(ready.latest, [placed(ready.latest.name, ("a",), "file:///nowhere")]),
        lambda: sink.locations(ready.latest),
        lambda: sink.drop(ready.latest, [("a",)]),
    ]
    for call in calls:
        with pytest.raises(UnavailableError, match=f"metastore {address} does not answer"):
            call()
    assert not metastore_answers(f"thrift://{address}")


@pytest.mark.parametrize("service", ["checkpoint", "spark", "hiveserver2"])
def test_another_kind_of_server_on_the_port(ready: Warehouse, service: str) -> None:
    address = urlsplit(getattr(ready.endpoints, service)).netloc.rpartition("@")[2]
    with pytest.raises((ConfigurationError, UnavailableError), match=f"metastore {address}"):
        ready.sink(f"thrift://{address}").prepare(ready.definition, nothing)
    assert not metastore_answers(f"thrift://{address}")


def test_a_server_that_speaks_thrift_and_is_no_metastore(ready: Warehouse) -> None:
    """It answers, politely, that it has no such method: nothing to wait for, so not UnavailableError."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                head = client.recv(1 << 16)
                length = int.from_bytes(head[4:8], "big")
                name_and_number = head[4 : 8 + length + 4]
                message = b"\x0b\x00\x01\x00\x00\x00\x02no\x08\x00\x02\x00\x00\x00\x01\x00"
                client.sendall(b"\x80\x01\x00\x03" + name_and_number + message)

        server = threading.Thread(target=answer)
        server.start()
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(ConfigurationError, match=f"metastore {address} does not speak the metastore's protocol"):
            ready.sink(f"thrift://{address}").prepare(ready.definition, nothing)
        server.join()


@pytest.mark.parametrize("url", ["127.0.0.1:9083", "http://127.0.0.1:9083", "thrift://", "thrift://:9083", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match="must be thrift://host:port"):
        HiveSink(url, "hive://localhost", "file:///nowhere")
