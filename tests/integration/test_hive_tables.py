"""Goal: tables are made and changed as they are declared, and what does not fit is refused before any change."""

import inspect
import re
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

from pipelines.warehouse import (
    ROWS,
    Warehouse,
    closed_port,
    nothing,
)
from tidegate.adapters.hive.server import execute
from tidegate.adapters.table_plans import OWNER, staging
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.ports import TableChange
from tidegate.protocol.layout import normal

pytestmark = pytest.mark.services


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
        line = rf"{inspect.getfile(Warehouse)}:\d+: {ready.log.name} does not fit the pipeline {wrong.name}: "
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
