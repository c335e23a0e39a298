"""Goal: the rule of each type, and the fast way through Arrow's parsers, are one rule."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoding import Reader
from tidegate import Csv, Json
from tidegate.errors import DefinitionError
from tidegate.runtime.decoding import texts
from tidegate.runtime.decoding.arrays import from_array
from tidegate.runtime.decoding.texts import each, from_texts, scalar

TYPES = [
    pa.int8(),
    pa.int64(),
    pa.float32(),
    pa.float64(),
    pa.decimal128(4, 2),
    pa.decimal128(38, 0),
    pa.bool_(),
    pa.date32(),
    pa.timestamp("us", "UTC"),
    pa.timestamp("ms", "UTC"),
    pa.binary(),
]
NEAR = st.one_of(
    st.text(alphabet="0123456789+-.eExXnNaAiIfF_ ,tTyYrRuUlLsS", max_size=8),
    st.from_regex(r"[+-]?[0-9]{1,4}(\.[0-9]{0,4})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.from_regex(
        r"(0000|0001|1969|2024|9999)-[01][0-9]-[0-3][0-9]([T ][0-2][0-9](:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,9})?)?)?)?"
        r"(Z|[+-][0-2][0-9](:?[0-6][0-9])?)?",
        fullmatch=True,
    ),
    st.sampled_from(
        [
            "nan",
            "NaN(1)",
            "inf",
            "-Infinity",
            "true",
            "False",
            "TRUE",
            "",
            "AA==",
            "0" * 50 + "7",
            "-" + "0" * 5000 + "7",
            "+-1",
            "1e00002",
            "1E-0001",
            "1e99999999999999999999",
            "9" * 5000,
            "0." + "0" * 99 + "1",
            "\u0661",
            "1\x00",
            "1\n",
        ]
    ),
)


def same(left: list[Any], right: list[Any]) -> bool:
    return all(a == b or (a != a and b != b) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("dialect", [Csv(), Csv(decimal=","), Csv(zone="Europe/Berlin")], ids=["csv", "comma", "zone"])
@settings(max_examples=60)
@given(values=st.lists(st.one_of(NEAR, st.none()), max_size=4))
def test_arrays_and_single_texts_have_one_verdict(dtype: pa.DataType, dialect: Csv, values: list[str | None]) -> None:
    fast, misfits = from_texts(pa.array(values, pa.string()), dtype, dialect)
    slow, wanted = each(values, scalar(dtype, dialect), dtype)
    assert misfits == wanted
    assert fast.type == slow.type == dtype
    assert same(fast.to_pylist(), slow.to_pylist())


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_what_is_right_takes_the_fast_way(dtype: pa.DataType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what Python writes; but for booleans and bytes, which have none."""
    values = {
        "int": ["0", "-12"],
        "flo": ["0.1", "-1e-5"],
        "dou": ["0.1", "-1e-5"],
        "dec": ["19", "-7"],
        "dat": ["2026-01-31"],
        "tim": ["2026-01-31T12:30:00Z", "2026-01-31 12:30:00+01:00"],
    }.get(str(dtype)[:3])
    if values is not None:
        monkeypatch.setattr(texts, "each", None)
        assert from_texts(pa.array([*values, None]), dtype, Csv())[1] == {}


@given(value=st.floats(width=64))
def test_v14_a_double_is_read_as_it_was_written(value: float) -> None:
    for text in (repr(value), f"{value:.17g}", f"{value:e}" if math.isinf(value) else repr(value)):
        ((read,), misfits) = from_texts(pa.array([text]), pa.float64(), Csv())
        assert not misfits
        assert same([read.as_py()], [value])


@given(value=st.decimals(allow_nan=False, allow_infinity=False), scale=st.integers(0, 6))
def test_a_decimal_is_exact_or_malformed(value: Decimal, scale: int) -> None:
    dtype = pa.decimal128(20, scale)
    ((read,), misfits) = from_texts(pa.array([str(value)]), dtype, Csv())
    exact = value == round(value, scale) if value.adjusted() < 20 else False  # beyond, `round` itself may fail
    if exact and abs(value) < Decimal(10) ** (20 - scale):
        assert read.as_py() == value
    else:
        assert misfits


@given(digits=st.integers(-(10**38) + 1, 10**38 - 1), scale=st.integers(0, 38), to=st.integers(0, 38))
def test_a_decimal_keeps_its_value_between_scales_or_is_malformed(digits: int, scale: int, to: int) -> None:
    """Arrow's own casts wrap round where a value with the new scale has more than 38 digits."""
    value, dtype = Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -scale)), pa.decimal128(38, to)
    (_, wanted) = each([str(value)], scalar(dtype, Csv()), dtype)
    for stored in (pa.array([value], pa.decimal128(38, scale)), pa.array([f"{value:f}"])):
        ((read,), misfits) = from_array(stored, dtype, Csv())
        assert bool(misfits) == bool(wanted)
        assert misfits or read.as_py() == value
    if scale == 0 and abs(digits) < 2**63:
        ((read,), misfits) = from_array(pa.array([digits]), dtype, Csv())
        assert bool(misfits) == bool(wanted)


@given(value=st.datetimes(timezones=st.just(UTC)), zone=st.integers(-23 * 60, 23 * 60))
def test_a_moment_is_read_as_it_was_written(value: datetime, zone: int) -> None:
    offset = f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
    ((read,), misfits) = from_texts(pa.array([value.isoformat(" ")]), pa.timestamp("us", "UTC"), Csv())
    assert (read.as_py(), misfits) == (value, {})
    shifted = f"{value.replace(tzinfo=None).isoformat()}{offset}"
    ((read,), misfits) = from_texts(pa.array([shifted]), pa.timestamp("us", "UTC"), Csv())
    assert misfits or (read.as_py() - value).total_seconds() == -60 * zone


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("31.01.2026 12:30", "2026-01-31 11:30:00+00:00"),
        ("31.07.2026 12:30", "2026-07-31 10:30:00+00:00"),
        ("29.03.2026 02:30", None),  # never
        ("25.10.2026 02:30", None),  # twice
        ("31.02.2026 12:30", None),
        ("31.01.26 12:30", None),
        ("2026-01-31T12:30:00Z", None),
    ],
)
def test_declared_forms_and_zones(text: str, read: str | None) -> None:
    dialect = Csv(timestamps=("%d.%m.%Y %H:%M",), zone="Europe/Berlin")
    ((value,), misfits) = from_texts(pa.array([text]), pa.timestamp("us", "UTC"), dialect)
    assert str(value.as_py()) == str(read)
    assert bool(misfits) == (read is None)


def test_forms_are_tried_in_turn_and_parts_that_a_form_leaves_out_are_zero() -> None:
    dialect = Csv(timestamps=("iso", "%Y-%m-%d", "%Y%m%dT%H%M%S.%f%z", "seconds"), dates=("%d/%m/%Y", "iso"))
    values = ["2026-01-31", "20260131T123000.5+0100", "1767225600.25", "2026-01-31T00:00Z"]
    found, misfits = from_texts(pa.array(values), pa.timestamp("us", "UTC"), dialect)
    assert misfits == {}
    assert [str(v) for v in found.to_pylist()] == [
        "2026-01-31 00:00:00+00:00",
        "2026-01-31 11:30:00.500000+00:00",
        "2026-01-01 00:00:00.250000+00:00",
        "2026-01-31 00:00:00+00:00",
    ]
    long = "1767225600." + "0" * 38 + "1"
    assert from_texts(pa.array([long]), pa.timestamp("us", "UTC"), dialect)[1] != {}
    days, misfits = from_texts(pa.array(["31/01/2026", "2026-01-31"]), pa.date32(), dialect)
    assert (len(set(days.to_pylist())), misfits) == (1, {})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("0", date(1970, 1, 1)),
        ("-719162", date(1, 1, 1)),
        ("+2932896", date(9999, 12, 31)),
        ("2932897", None),
        ("-719163", None),
        ("1.0", None),
        ("1970-01-01", None),
        ("", None),
    ],
)
def test_days_that_are_counted(text: str, day: date | None) -> None:
    found, misfits = from_texts(pa.array([text]), pa.date32(), Csv(dates=("days",)))
    assert (found.to_pylist(), bool(misfits)) == ([day], day is None)


@pytest.mark.parametrize(
    ("given_settings", "said"),
    [
        ({"timestamps": ("%H:%M",)}, "%H says nothing without %d"),
        ({"timestamps": ("%Y-%m",)}, "lacks %d"),
        ({"timestamps": ("%d %b %Y",)}, "'%b' is none of"),
        ({"timestamps": ("%Y%Y%m%d",)}, "has %Y twice"),
        ({"timestamps": ("millis",)}, "lacks %Y %m %d"),
        ({"timestamps": "iso"}, "must be a tuple of texts"),
        ({"timestamps": ()}, "must be a tuple of texts"),
        ({"dates": ("seconds",)}, "lacks %Y %m %d"),
        ({"timestamps": ("days",)}, "lacks %Y %m %d"),
        ({"zone": "Europe/Nowhere"}, "is not the name of a time zone"),
        ({"delimiter": ""}, "delimiter must be one ASCII character"),
        ({"delimiter": ";;"}, "delimiter must be one ASCII character"),
        ({"delimiter": "\n"}, "delimiter must be one ASCII character"),
        ({"quote": "é"}, "quote must be one ASCII character"),
        ({"escape": '"'}, "must differ"),
        ({"decimal": "'"}, "decimal must be"),
        ({"encoding": "latin-99"}, "is not an encoding of text"),
        ({"encoding": "base64"}, "is not an encoding of text"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_when_it_is_declared(given_settings: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said) as raised:
        Csv(**given_settings)
    assert __file__ in str(raised.value)


def test_settings_of_json_that_mean_nothing(read: Reader) -> None:
    with pytest.raises(DefinitionError, match="extra must be"):
        Json(extra="keep")
    with pytest.raises(DefinitionError, match="leave one out"):
        Json(extra="refuse", rest="r")
    with pytest.raises(DefinitionError, match="must be a string without an alias"):
        read("", {"k": pa.int8()}, Json(rest="k"))
