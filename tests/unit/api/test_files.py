"""Goal: a source says in one spelling what is read, and what its bytes mean is part of the fingerprint."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tidegate import Context, Csv, Definition, FileSource, HiveTable, Json, KeyedProcessFunction, Parquet, Pipeline, Row
from tidegate.api.formats import RowFormat
from tidegate.errors import DefinitionError

SCHEMA = pa.schema({"k": pa.string(), "n": pa.int64()})


class Same(KeyedProcessFunction):
    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield value._asdict()


def definition(source: FileSource) -> Definition:
    return Pipeline("p").source(source).key_by("k").process(Same(), output=SCHEMA).sink(HiveTable("t.p"))


@pytest.mark.parametrize(
    "path", ["/data/in", "/data//in", "/data/in/", "//data/in", "/data/./in", "/data/more/../in", Path("/data/x/../in")]
)
def test_t3_every_spelling_of_a_path_is_one_path(path: str | Path) -> None:
    assert FileSource(path, "json", SCHEMA).path == "/data/in"


@pytest.mark.parametrize("path", ["data/in", "", "~/in", "hdfs://nn/in", "/data/\0", "/data/\udcff"])
def test_a_path_that_is_none(path: str) -> None:
    with pytest.raises(DefinitionError, match="FileSource path"):
        FileSource(path, "json", SCHEMA)


@pytest.mark.parametrize("uid", ["", "My source", "1st", "a.b", None])
def test_a_uid_that_is_none(uid: Any) -> None:
    assert FileSource("/data/in", "json", SCHEMA).uid == "source"
    with pytest.raises(DefinitionError, match="FileSource uid"):
        FileSource("/data/in", "json", SCHEMA, uid=uid)


def test_a_word_is_a_dialect_without_settings() -> None:
    for word, dialect in (("csv", Csv()), ("json", Json()), ("parquet", Parquet())):
        assert FileSource("/in", word, SCHEMA) == FileSource("/in", dialect, SCHEMA)
        assert replace(FileSource("/in", dialect, SCHEMA), max_files=3).dialect == dialect
    with pytest.raises(DefinitionError, match="'orc' is not one of csv, json, parquet"):
        FileSource("/in", "orc", SCHEMA)


@pytest.mark.parametrize(
    ("aliases", "said"),
    [
        ({"m": "M"}, "FileSource aliases: unknown column 'm'"),
        ({"k": ""}, "must be from column to name in the input"),
        ({"k": 1}, "must be from column to name in the input"),
        ({"k": "n"}, "two columns would be read from 'n'"),
        ({"k": "x", "n": "x"}, "two columns would be read from 'x'"),
    ],
)
def test_aliases_that_cannot_be(aliases: Any, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        FileSource("/in", "json", SCHEMA, aliases=aliases)
    assert FileSource("/in", "json", SCHEMA, aliases={"k": "n", "n": "k"}).row_format.names == ("n", "k")


def test_a_nested_column_is_no_csv_field() -> None:
    with pytest.raises(DefinitionError, match="column 'n' is nested"):
        FileSource("/in", "csv", pa.schema({"n": pa.list_(pa.int8())}))


def test_what_changes_the_meaning_of_bytes_changes_the_fingerprint() -> None:
    """And what only decides which epoch takes a file does not."""
    source = FileSource("/in", "csv", SCHEMA)
    required = pa.schema([pa.field("k", pa.string(), nullable=False), SCHEMA.field("n")])
    changes: list[dict[str, Any]] = [
        {"format": Csv(delimiter=";")},
        {"format": Csv(nulls=("NA",))},
        {"format": Csv(timestamps=("seconds",))},
        {"format": Csv(zone="Europe/Berlin")},
        {"format": Json()},
        {"format": Json(extra="refuse")},
        {"aliases": {"k": "K"}},
        {"schema": required},
    ]
    prints = {definition(replace(source, **change)).fingerprint for change in [{}, *changes]}
    assert len(prints) == len(changes) + 1
    kept = replace(source, path="/elsewhere", max_files=1, settle=timedelta(0), path_time="%Y")
    assert definition(kept).fingerprint == definition(source).fingerprint


def test_what_bytes_mean_is_apart_from_where_they_come_from() -> None:
    """So that another source has the same checks, under its own name, and a task gets no more than it needs."""
    source = FileSource("/in", "json", SCHEMA, aliases={"k": "K"})
    row_format = source.row_format
    assert (
        row_format == RowFormat.declared("Other", "json", SCHEMA, {"k": "K"}) == pickle.loads(pickle.dumps(row_format))
    )
    assert row_format.names == ("K", "n")
    assert row_format.meaning() == source.meaning()
    for given, schema, aliases, said in [
        ("orc", SCHEMA, {}, "Other format 'orc' is not one of"),
        ("json", pa.schema({"n": pa.time32("s")}), {}, "Other schema: column 'n'"),
        ("csv", pa.schema({"n": pa.list_(pa.int8())}), {}, "Other schema: column 'n' is nested"),
        ("json", SCHEMA, {"m": "M"}, "Other aliases: unknown column 'm'"),
        ("json", SCHEMA, {"k": "n"}, "Other aliases: two columns would be read from 'n'"),
        (Json(rest="n"), SCHEMA, {}, "Json rest: column 'n' must be a string"),
    ]:
        with pytest.raises(DefinitionError, match=said):
            RowFormat.declared("Other", given, schema, aliases)  # type: ignore[arg-type]
