"""Goal: a wrong declaration is a DefinitionError that names its line; a right one has a stable fingerprint."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tidegate import (
    Context,
    Definition,
    FileSource,
    HiveTable,
    KeyedProcessFunction,
    ListState,
    Pipeline,
    Row,
    ValueState,
)
from tidegate.api.function import row_type
from tidegate.api.schema import hive_type
from tidegate.errors import DefinitionError

UTC = pa.timestamp("us", tz="UTC")
EVENT = pa.schema({"user": pa.string(), "amount": pa.float64(), "at": UTC})
OUT = pa.schema({"user": pa.string(), "day": pa.string(), "n": pa.int64()})


class Count(KeyedProcessFunction):
    n = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield {}


def source(**changes: Any) -> FileSource:
    return FileSource(**{"path": "/data", "format": "csv", "schema": EVENT, **changes})


def define(table: HiveTable | None = None, function: KeyedProcessFunction | None = None, **settings: Any) -> Definition:
    keyed = Pipeline("p", **settings).source(source()).assign_timestamps("at").key_by("user")
    return keyed.process(function or Count(), output=OUT).sink(table or HiveTable("d.t"))


class Clash(KeyedProcessFunction):
    user = ValueState(pa.int64())

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield {}


def upsert(**changes: Any) -> HiveTable:
    return HiveTable(
        **{"name": "d.t", "mode": "upsert", "partition_by": ("day",), "primary_key": ("day", "user"), **changes}
    )


MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: Pipeline("My Pipe"), "not a valid identifier"),
    (lambda: Pipeline("p", buckets=0), "buckets must be from 1"),
    (lambda: Pipeline("p", dead_letters="t"), "'database.table'"),
    (lambda: source(schema=pa.schema({"User": pa.string()})), "'User' is not a valid identifier"),
    (lambda: source(schema=pa.schema({"at": pa.timestamp("us")})), "not UTC"),
    (lambda: source(schema=pa.schema({"at": pa.timestamp("us", tz="Europe/Paris")})), "not UTC"),
    (lambda: source(schema=pa.schema({"n": pa.uint32()})), "no lossless Hive type"),
    (lambda: source(schema=pa.schema([("a", pa.int64()), ("a", pa.int64())])), "declared twice"),
    (lambda: source(format="xml"), "not one of csv, json, parquet"),
    (lambda: source(path="data"), "absolute path"),
    (lambda: source(max_rows=0), "at least 1"),
    (lambda: source(path_time="%d"), "needs a year"),
    (lambda: source(event_time="at"), "event_time is for format 'parquet', not csv: use path_time"),
    (lambda: source(format="parquet", event_time="user"), "event_time 'user' is not a timestamp column"),
    (lambda: source(format="parquet", event_time="nothing"), "event_time 'nothing' is not a timestamp column"),
    (lambda: source(format="parquet", event_time="at", path_time="%Y"), "leave one out"),
    (
        lambda: Pipeline("p").source("x"),  # type: ignore[arg-type]
        "must be a FileSource",
    ),
    (lambda: Pipeline("p").source(source()).key_by("usr"), "unknown column 'usr'; did you mean 'user'?"),
    (lambda: Pipeline("p").source(source()).key_by(), "at least one column"),
    (lambda: Pipeline("p").source(source()).key_by("user", "user"), "names a column twice"),
    (lambda: Pipeline("p").source(source()).key_by("amount"), "double, which cannot be used here"),
    (lambda: Pipeline("p").source(source()).assign_timestamps("user"), "not a timestamp"),
    (
        lambda: Pipeline("p").source(source()).transform("x"),  # type: ignore[arg-type]
        "takes a function",
    ),
    (lambda: define(function=Clash()), "has the name of a key column"),
    (
        lambda: Pipeline("p").source(source()).key_by("user").process(Count, output=OUT),  # type: ignore[arg-type]
        "an instance",
    ),
    (lambda: define(HiveTable("t")), "'database.table'"),
    (lambda: define(HiveTable("d.t", partition_by=("dy",))), "unknown column 'dy'"),
    (
        lambda: define(HiveTable("d.t", partition_by="day")),  # type: ignore[arg-type]
        "tuple of column names",
    ),
    (lambda: define(HiveTable("d.t", mode="merge")), "not one of append, upsert"),
    (lambda: define(HiveTable("d.t", evolve="widen")), "not one of refuse, add"),
    (lambda: define(HiveTable("d.t", primary_key=("user",))), "primary_key is for mode 'upsert'"),
    (lambda: define(upsert(primary_key=())), "needs primary_key"),
    (lambda: define(upsert(partition_by=())), "needs partition_by"),
    (lambda: define(upsert(primary_key=("user",))), "partition column 'day'"),
    (lambda: define(upsert(primary_key=("day", "n"))), "key_by column 'user'"),
    (lambda: define().sink(HiveTable("d.t")), "two sinks write to d.t"),
    (lambda: define(dead_letters="d.t"), "two sinks write to d.t"),
    (lambda: ValueState(pa.timestamp("us")), "not UTC"),
    (lambda: ValueState(pa.int64(), default="x"), "is not int64"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=[m for _, m in MISTAKES])
def test_a_mistake_names_its_line(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        mistake()
    text = str(raised.value)
    assert message in text
    assert text.startswith(f"{Path(__file__)}:")
    line = int(text.split(":")[1])
    assert Path(__file__).read_text(encoding="utf-8").splitlines()[line - 1].strip()


def test_a_second_sink_and_dead_letters_are_targets() -> None:
    definition = define(dead_letters="d.dead").sink(upsert(name="d.u"))
    assert [t.name for t in definition.all_targets] == ["d.t", "d.u", "d.dead"]
    append, by_key, dead = definition.all_targets
    assert append.partition_schema.names == ["epoch_id"]
    assert by_key.partition_schema.names == ["day"]
    assert by_key.data_schema.names == ["user", "n"]
    assert dead.partition_schema.names == ["epoch_id"]


def test_the_fingerprint_follows_code_and_settings() -> None:
    class Other(Count):
        def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
            yield {"user": 1}

    base = define().fingerprint
    assert define().fingerprint == base
    # which run takes a file, and when, is no part of what is made of it
    moved = replace(define(), sources={"source": source(path="/elsewhere", max_files=1, path_time="%Y")})
    assert moved.fingerprint == base
    changed = [define(function=Other()), define(HiveTable("d.t2")), define(dead_letters="d.x")]
    assert len({base, *(d.fingerprint for d in changed)}) == 4


def test_states_of_base_classes_come_first_and_may_be_replaced() -> None:
    class More(Count):
        seen = ListState(pa.string())
        n = ValueState(pa.int32())

    assert {name: str(s.dtype) for name, s in More.states().items()} == {"n": "int32", "seen": "list<item: string>"}


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (pa.decimal128(12, 2), "decimal(12,2)"),
        (pa.list_(pa.int32()), "array<int>"),
        (pa.map_(pa.string(), UTC), "map<string,timestamp>"),
        (pa.struct({"a": pa.bool_()}), "struct<a:boolean>"),
    ],
)
def test_hive_types(dtype: pa.DataType, name: str) -> None:
    assert hive_type(dtype) == name


def test_an_event_has_its_columns_as_attributes_whatever_they_are_called() -> None:
    event = row_type(("class", "count", "index"))(("a", 1, 2))
    assert [getattr(event, name) for name in ("class", "count", "index")] == ["a", 1, 2]
    assert event._asdict() == {"class": "a", "count": 1, "index": 2}
    with pytest.raises(AttributeError, match="no column 'clas'; its columns are class, count, index"):
        _ = event.clas


def test_a_table_knows_its_line_and_whether_it_may_get_columns() -> None:
    table, line = HiveTable("d.t", evolve="add"), inspect.currentframe().f_lineno  # type: ignore[union-attr]
    assert (table.line, table.evolve) == (f"{__file__}:{line}", "add")
    assert table == HiveTable("d.t", evolve="add")
    letters = define(dead_letters="d.x").dead_letters
    assert letters is not None
    assert letters.table.line.startswith(f"{__file__}:")


@pytest.mark.parametrize(
    ("dtype", "said"),
    [
        (pa.decimal128(5, -2), "scale"),
        (pa.decimal128(5, 6), "scale"),
        (pa.struct([("a b:c", pa.int64())]), "'a b:c'"),
        (pa.struct([("a", pa.int64()), ("A", pa.int64())]), "more than their case"),
        (pa.struct([]), "at least one field"),
        (pa.map_(pa.list_(pa.int64()), pa.int64()), "nested"),
        (pa.list_(pa.struct([("a", pa.decimal128(5, -2))])), "scale"),
    ],
    ids=str,
)
def test_types_that_no_table_keeps_are_refused(dtype: pa.DataType, said: str) -> None:
    """C11."""
    for declare in (lambda: hive_type(dtype), lambda: ValueState(dtype)):
        with pytest.raises((ValueError, DefinitionError), match=said):
            declare()


@pytest.mark.parametrize("name", ["_asdict", "_fields", "__class__", "__slots__", "_tidegate_row"])
def test_a_column_of_an_event_with_a_name_that_is_taken(name: str) -> None:
    """C11: any other name is free."""
    source = FileSource("/in", "json", pa.schema([(n, pa.string()) for n in ("_hash", "_deleted", "count")]))
    Pipeline("p").source(source).key_by("_hash", "_deleted", "count")
    with pytest.raises(DefinitionError, match=name):
        Pipeline("p").source(FileSource("/in", "json", pa.schema([(name, pa.string())]))).key_by(name)


def test_a_state_that_hides_something_or_is_hidden() -> None:
    """C11."""

    class Opens(Count):
        open = ValueState(pa.int64())  # type: ignore[assignment]

    class Late(Count):
        def __init__(self) -> None:
            self.later = ValueState(pa.int64())

    class Hides(Count):
        def __init__(self) -> None:
            self.n = 0  # type: ignore[assignment]

    class Without(Count):
        n = None  # type: ignore[assignment]

    keyed = Pipeline("p").source(FileSource("/in", "json", pa.schema([("user", pa.string())]))).key_by("user")
    output = pa.schema([("user", pa.string())])
    for function, said in ((Opens, "'open'"), (Late, "'later'"), (Hides, "'n'")):
        with pytest.raises(DefinitionError, match=said):
            keyed.process(function(), output=output)
    assert Without.states() == {}


@pytest.mark.parametrize("dtype", [pa.list_(pa.int64()), pa.float64(), pa.struct([("a", pa.int64())])], ids=str)
def test_a_primary_key_is_of_types_whose_equality_is_exact(dtype: pa.DataType) -> None:
    """C11."""
    keyed = Pipeline("p").source(FileSource("/in", "json", pa.schema([("user", pa.string())]))).key_by("user")
    rows = keyed.process(Count(), output=pa.schema([("user", pa.string()), ("day", pa.string()), ("x", dtype)]))
    with pytest.raises(DefinitionError, match="primary_key: column 'x'"):
        rows.sink(HiveTable("d.t", "upsert", partition_by=("day",), primary_key=("user", "day", "x")))
