"""Goal: a value of PostgreSQL is exactly one of its declared type, or its row is malformed, or the type is refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from database import Postgres
from pipelines.rows import Shop
from tidegate import DatabaseSource
from tidegate.adapters.database.source import DatabaseSourceAdapter
from tidegate.errors import ConfigurationError

MOMENT = pa.timestamp("us", "UTC")
FLOAT32_TENTH = 0.10000000149011612


@pytest.fixture
def shop(empty_url: str) -> Iterator[Shop]:
    made = Shop(empty_url)
    made.do("CREATE TYPE colour AS ENUM ('red')")
    made.do("CREATE DOMAIN price AS numeric(10, 2)")
    made.do("CREATE TYPE pair AS (a int, b int)")
    yield made
    made.close()


def read(shop: Shop, kind: str, value: str, dtype: pa.DataType) -> tuple[list[Any], list[str]]:
    """The values and the reasons that a table with one row of one column gives."""
    shop.do(f"CREATE TABLE t (id int PRIMARY KEY, v {kind})")
    shop.do(f"INSERT INTO t VALUES (1, {value})")
    declared = DatabaseSource("t", pa.schema([("v", dtype)]), "id", settle=timedelta(0))
    source = DatabaseSourceAdapter(declared, "pipeline", shop.url)
    found = source.discover(None, lambda _: ())
    reader = source.reader()
    decoded = [d for _, d in reader.read(reader.pieces(found))]
    return [v for d in decoded for v in d.batch.column(0).to_pylist()], [m.reason for d in decoded for m in d.malformed]


@pytest.mark.parametrize(
    ("kind", "value", "dtype", "expected"),
    [
        ("text", "E'a\"\\n\\t\\\\ü€😀'", pa.string(), 'a"\n\t\\ü€😀'),
        ("text", "NULL", pa.string(), None),
        ("varchar(5)", "'ab '", pa.string(), "ab "),
        ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", pa.string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("colour", "'red'", pa.string(), "red"),
        ("inet", "'10.0.0.1/8'", pa.string(), "10.0.0.1/8"),
        ("time", "'12:30:00.5'", pa.string(), "12:30:00.5"),
        ("json", """'{"b": 1.50,  "a": [1]}'""", pa.string(), '{"b": 1.50,  "a": [1]}'),
        ("jsonb", """'{"b": 1.50, "a": [1]}'""", pa.string(), '{"a": [1], "b": 1.50}'),
        ("jsonb", """'{"a": [1, 2]}'""", pa.struct([("a", pa.list_(pa.int32()))]), {"a": [1, 2]}),
        ("int2", "-32768", pa.int16(), -32768),
        ("int8", "9223372036854775807", pa.int64(), 2**63 - 1),
        ("int8", "7", pa.int8(), 7),
        ("int4", "-2147483648", pa.float64(), float(-(2**31))),
        ("int8", "9223372036854775807", pa.decimal128(19, 0), Decimal(2**63 - 1)),
        ("xid8", "'7'", pa.int64(), 7),
        (
            "numeric",
            "12345678901234567890123456.789012345678",
            pa.decimal128(38, 12),
            Decimal("12345678901234567890123456.789012345678"),
        ),
        ("numeric(10,2)", "1.50", pa.decimal128(10, 2), Decimal("1.50")),
        ("price", "1.5", pa.decimal128(10, 2), Decimal("1.50")),
        ("float8", "0.1", pa.float64(), 0.1),
        ("float8", "1e308", pa.float64(), 1e308),
        ("float8", "5e-324", pa.float64(), 5e-324),
        ("float8", "'-Infinity'", pa.float64(), float("-inf")),
        ("float4", "0.1", pa.float32(), FLOAT32_TENTH),
        ("float4", "0.1", pa.float64(), FLOAT32_TENTH),
        ("bool", "true", pa.bool_(), True),
        ("bytea", "'\\x00ff'", pa.binary(), b"\x00\xff"),
        ("bytea", "decode(repeat('ab', 200), 'hex')", pa.binary(), b"\xab" * 200),
        ("date", "'0001-01-01'", pa.date32(), date(1, 1, 1)),
        ("date", "'9999-12-31'", pa.date32(), date(9999, 12, 31)),
        ("timestamptz", "'2026-07-01 12:00:00.000001+02'", MOMENT, datetime(2026, 7, 1, 10, 0, 0, 1, UTC)),
        ("timestamptz", "'1800-01-01 00:00:00+00:53:28'", MOMENT, datetime(1799, 12, 31, 23, 6, 32, tzinfo=UTC)),
        (
            "timestamptz",
            "'2026-07-01 12:00:00.5Z'",
            pa.timestamp("ms", "UTC"),
            datetime(2026, 7, 1, 12, 0, 0, 500_000, UTC),
        ),
        ("text[]", "ARRAY['a', NULL, 'b,c']", pa.list_(pa.string()), ["a", None, "b,c"]),
        (
            "uuid[]",
            "ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid]",
            pa.list_(pa.string()),
            ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
        ),
        ("int8[]", "ARRAY[1, 9223372036854775807]", pa.list_(pa.int64()), [1, 2**63 - 1]),
        ("numeric[]", "ARRAY[0.10]", pa.list_(pa.decimal128(5, 2)), [Decimal("0.10")]),
        ("timestamptz[]", "ARRAY['2026-07-01Z'::timestamptz]", pa.list_(MOMENT), [datetime(2026, 7, 1, tzinfo=UTC)]),
    ],
)
def test_a_value_is_kept_exactly(shop: Shop, kind: str, value: str, dtype: pa.DataType, expected: Any) -> None:
    shop.do("ALTER ROLE postgres SET TimeZone = 'Asia/Kolkata'")
    try:
        assert read(shop, kind, value, dtype) == ([expected], [])
    finally:
        shop.do("ALTER ROLE postgres RESET TimeZone")


@pytest.mark.parametrize(
    ("kind", "value", "dtype", "reason"),
    [
        ("int8", "128", pa.int8(), "128' is out of range for int8"),
        ("numeric", "0.005", pa.decimal128(10, 2), "has more than 2 decimal places"),
        ("numeric", "'NaN'", pa.decimal128(10, 2), "is no decimal number"),
        ("numeric", "1e40", pa.decimal128(38, 0), "is out of range for decimal"),
        ("date", "'infinity'", pa.date32(), "'infinity' is no date"),
        ("date", "'0044-03-15 BC'", pa.date32(), "is no date"),
        ("date", "'10000-01-01'", pa.date32(), "is no date"),
        ("timestamptz", "'-infinity'", MOMENT, "'-infinity'"),
        ("timestamptz", "'10000-01-01Z'", MOMENT, "'10000-01-01T00:00:00+00:00'"),
        (
            "timestamptz",
            "'2026-07-01 12:00:00.0005Z'",
            pa.timestamp("ms", "UTC"),
            "is finer than the declared unit, ms",
        ),
        ("int4[]", "ARRAY[[1, 2], [3, 4]]", pa.list_(pa.int32()), "an element"),
        ("jsonb", "'[1]'", pa.struct([("a", pa.int32())]), "not an object"),
        ("jsonb", """'{"a": 1.5}'""", pa.struct([("a", pa.int32())]), "field 'a'"),
    ],
)
def test_a_value_that_is_not_kept_is_malformed(
    shop: Shop, kind: str, value: str, dtype: pa.DataType, reason: str
) -> None:
    values, reasons = read(shop, kind, value, dtype)
    assert values == []
    assert [reason in r for r in reasons] == [True], reasons


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        ("text", pa.int64()),
        ("text", pa.bool_()),
        ("int4", pa.string()),
        ("int4", pa.bool_()),
        ("int4", pa.float32()),
        ("int8", pa.float64()),
        ("numeric", pa.float64()),
        ("numeric", pa.int64()),
        ("numeric", pa.string()),
        ("float8", pa.float32()),
        ("float8", pa.decimal128(10, 2)),
        ("money", pa.string()),
        ("bytea", pa.string()),
        ("bool", pa.string()),
        ("date", MOMENT),
        ("timestamptz", pa.date32()),
        ("timestamptz", pa.string()),
        ("timestamp", MOMENT),
        ("timestamp[]", pa.list_(MOMENT)),
        ("bytea[]", pa.list_(pa.binary())),
        ("json[]", pa.list_(pa.string())),
        ("float4[]", pa.list_(pa.float64())),
        ("text[]", pa.string()),
        ("text", pa.list_(pa.string())),
        ("pair", pa.string()),
        ("pair", pa.struct([("a", pa.int32())])),
    ],
)
def test_a_type_that_is_not_kept_is_refused(shop: Shop, kind: str, dtype: pa.DataType) -> None:
    with pytest.raises(ConfigurationError, match=r"column 'v' of t is .*(without loss|without a zone)"):
        read(shop, kind, "NULL", dtype)


def test_bytes_that_are_no_text_are_refused(postgres: Postgres) -> None:
    """A database may have no encoding at all; then nobody knows what its bytes mean."""
    with postgres.database(template="template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'") as url:
        bare = Shop(url)
        with pytest.raises(ConfigurationError, match="does not read t: invalid byte sequence for encoding"):
            read(bare, "text", "E'a\\377'", pa.string())
        bare.close()
