"""Goal: what docs/reading.md says of texts and types is what happens, in every format that the row is about."""

import ast
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from decoding import Reader, Reading, avro, read_values, reading
from tidegate import Avro, Csv, FileSource, Parquet
from tidegate.runtime.decoding.arrays import refusal

PAGE = (Path(__file__).resolve().parents[3] / "docs/reading.md").read_text()
TYPES = {
    "string": pa.string(),
    **{f"int{n}": pa.type_for_alias(f"int{n}") for n in (8, 16, 32, 64)},
    "decimal(10,2)": pa.decimal128(10, 2),
    "decimal(38,2)": pa.decimal128(38, 2),
    "float": pa.float32(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp(ms)": pa.timestamp("ms", "UTC"),
    "timestamp(us)": pa.timestamp("us", "UTC"),
    "binary": pa.binary(),
    "list<int8>": pa.list_(pa.int8()),
    "struct<a: int8>": pa.struct({"a": pa.int8()}),
}
FOUND = {
    "timestamp[us]": pa.timestamp("us"),
    "timestamp[us, tz=UTC]": pa.timestamp("us", "UTC"),
    "time64[us]": pa.time64("us"),
    "date32[day]": pa.date32(),
    "struct<b: int8>": pa.struct({"b": pa.int8()}),
    "list<item: double>": pa.list_(pa.float64()),
}


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading line, without the backticks around a cell."""
    body = PAGE.split(heading, 1)[1].split("\n\n", 1)[0]
    rows = [line.strip("|").split("|") for line in body.strip().splitlines()[1:]]
    return [[re.sub(r"^ `?|`? $", "", cell) for cell in row] for row in rows]


TEXTS = table("| Declared | Text | Read as |\n")
VALUES = table("| Declared | JSON | Read as |\n")
AVRO = table("| Declared | Avro | Written | Read as |\n")
REFUSED = table("| Declared | In the file | Why |\n")


def test_the_tables_are_found() -> None:
    assert (len(TEXTS) > 50, len(VALUES) > 20, len(AVRO) > 20, len(REFUSED) > 10) == (True,) * 4


def check(found: Reading, said: str) -> None:
    if said.startswith("malformed: "):
        ((_, _, reason),) = found.reasons
        assert said.removeprefix("malformed: ") in reason
    else:
        assert not found.malformed
        assert str(found.column("v")[0]) == said


@pytest.mark.parametrize(("declared", "text", "said"), TEXTS)
def test_a_text_means_the_same_in_every_format(
    tmp_path: Path, read: Reader, declared: str, text: str, said: str
) -> None:
    schema = {"k": pa.string(), "v": TYPES[declared]}
    line = io.StringIO()
    csv.writer(line).writerow(["k", text])
    check(read(f"k,v\r\n{line.getvalue()}", schema, "csv"), said)
    check(read_values([line.getvalue().encode()], schema, Csv(header=False)), said)
    check(read(json.dumps({"v": text}), schema, "json"), said)
    check(read_avro("string", text, TYPES[declared]), said)
    pq.write_table(pa.table({"k": ["k"], "v": [text]}), tmp_path / "a")
    check(reading(tmp_path / "a", FileSource(tmp_path, "parquet", pa.schema(schema))), said)


@pytest.mark.parametrize(("declared", "value", "said"), VALUES)
def test_a_value_of_json(read: Reader, declared: str, value: str, said: str) -> None:
    check(read(f'{{"v": {value}}}\n', {"v": TYPES[declared]}, "json"), said)
    said = said.replace("the line is not JSON", "the value is not JSON")
    check(read_values([f'{{"v":\n{value}\n}}'.encode()], {"v": TYPES[declared]}, "json"), said)


def read_avro(written: Any, value: Any, dtype: pa.DataType, schema: Any = None) -> Reading:
    """A value that is written as one type and read as one of `schema`, where that is another."""
    of, read_by = ({"type": "record", "name": "R", "fields": [{"name": "v", "type": t}]} for t in (written, schema))
    return read_values([avro(of, {"v": value})], {"v": dtype}, Avro(schema=json.dumps(read_by if schema else of)))


@pytest.mark.parametrize(("declared", "named", "value", "said"), AVRO)
def test_a_value_of_avro(declared: str, named: str, value: str, said: str) -> None:
    kind, _, name = named.partition(", ")
    word, _, parameters = name.rstrip(")").partition("(")
    more = dict(zip(("precision", "scale"), map(int, parameters.split(",")), strict=True)) if parameters else {}
    schema: Any = {"type": kind, "logicalType": word, **more} if word else kind
    written: Any = "long" if kind == "int" else kind  # their bytes are alike, and a long may be too large for an int
    if kind == "array of int":
        schema = written = {"type": "array", "items": "int"}
    check(read_avro(written, ast.literal_eval(value), TYPES[declared], schema), said)


@pytest.mark.parametrize(("declared", "found", "why"), REFUSED)
def test_a_type_of_parquet_that_is_refused(declared: str, found: str, why: str) -> None:
    there = FOUND.get(found) or TYPES[found]
    assert why in str(refusal(there, TYPES[declared], Parquet()))


def test_the_example_declares_a_source() -> None:
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(block, "reading.md", "exec"), {})
