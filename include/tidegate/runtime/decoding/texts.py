"""What a text means in each declared type: the same in a CSV field, a JSON string and a Parquet string.

`scalar` is the rule. `from_texts` applies it to whole arrays: Arrow's parsers do so at once where every text is one
that they and the rule read alike, and the rule itself, text by text, where one is not.
"""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidegate.api.formats import ISO, Csv, TypedFormat
from tidegate.runtime.decoding.model import Column, shown
from tidegate.runtime.decoding.moments import DAY_MIN, PER_SECOND, US_MAX, US_MIN, MisfitError, day, moment

Scalar = Callable[[str], Any]

_INTEGER = re.compile(r"(?:\+|(-?))0*([0-9]+)")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DIGITS_MAX = 40
"""More are not looked at: no type holds them, and Python takes its time with thousands."""

DECIMAL128_DIGITS = 38

_SPECIAL = re.compile(r"[+-]?(?:inf|infinity)|nan", re.IGNORECASE)
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def from_texts(texts: pa.StringArray, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    """The values of texts, which are valid UTF-8; null stays null."""
    if dtype == pa.string():
        return texts, {}
    found = _at_once(texts, dtype, dialect)
    return (found, {}) if found is not None else each(texts.to_pylist(), scalar(dtype, dialect), dtype)


def each(values: Sequence[Any], convert: Callable[[Any], Any], dtype: pa.DataType) -> Column:
    """Convert value by value; null stays null. `convert` gives what `scalar` gives, and raises MisfitError."""
    out: list[Any] = []
    misfits: dict[int, str] = {}
    for index, value in enumerate(values):
        try:
            out.append(None if value is None else convert(value))
        except MisfitError as e:
            out.append(None)
            misfits[index] = f"{shown(value)} {e}"
    return array_of(out, dtype), misfits


def array_of(values: Sequence[Any], dtype: pa.DataType) -> pa.Array:
    """An array from what `scalar` gives."""
    if pa.types.is_timestamp(dtype):
        return pa.array(values, pa.int64()).view(dtype)
    if pa.types.is_date32(dtype):
        return pa.array(values, pa.int32()).view(dtype)
    return pa.array(values, dtype)


def scalar(dtype: pa.DataType, dialect: TypedFormat) -> Scalar:
    """The rule of a type that is not nested: text → value (an integer for moments and days), raising MisfitError."""
    if pa.types.is_integer(dtype):
        return partial(_integer, bounds=integer_bounds(dtype), name=str(dtype))
    if pa.types.is_floating(dtype):
        return partial(_float, dtype=dtype, mark=_mark(dialect))
    if pa.types.is_decimal(dtype):
        return partial(_decimal, dtype=dtype, mark=_mark(dialect))
    if pa.types.is_timestamp(dtype):
        return partial(moment, unit=dtype.unit, forms=dialect.timestamps, zone=dialect.zone)
    if pa.types.is_date32(dtype):
        return partial(day, forms=dialect.dates)
    rules: dict[pa.DataType, Scalar] = {pa.string(): str, pa.bool_(): _bool, pa.binary(): _binary}
    return rules[dtype]


def _mark(dialect: TypedFormat) -> str:
    return dialect.decimal if isinstance(dialect, Csv) else "."


def integer_bounds(dtype: pa.DataType) -> tuple[int, int]:
    """The least and the largest value of a signed integer type."""
    return -(2 ** (dtype.bit_width - 1)), 2 ** (dtype.bit_width - 1) - 1


def _integer(text: str, bounds: tuple[int, int], name: str) -> int:
    found = _INTEGER.fullmatch(text)
    if found is None:
        raise MisfitError(f"is no integer ({name})")
    value = int((found[1] or "") + found[2]) if len(found[2]) <= _DIGITS_MAX else None
    if value is None or not bounds[0] <= value <= bounds[1]:
        raise MisfitError(f"is out of range for {name}")
    return value


def _point(text: str, mark: str) -> str:
    """The text with a point as its decimal mark; a point where the mark is a comma makes it no number."""
    return text if mark == "." else text.replace(".", " ").replace(mark, ".")


def _float(text: str, dtype: pa.DataType, mark: str) -> float:
    if _SPECIAL.fullmatch(text):
        return float(text)
    if not _DECIMAL.fullmatch(_point(text, mark)):
        raise MisfitError(f"is no number ({dtype})")
    value: float = pa.array([float(_point(text, mark))]).cast(dtype)[0].as_py()
    if value in (float("inf"), float("-inf")):
        raise MisfitError(f"is out of range for {dtype}")
    return value


def _decimal(text: str, dtype: pa.DataType, mark: str) -> Decimal:
    if not _DECIMAL.fullmatch(_point(text, mark)):
        raise MisfitError(f"is no decimal number ({dtype})")
    try:
        value = Decimal(_point(text, mark))
    except InvalidOperation:
        raise MisfitError("has an exponent that is out of range") from None
    return exact_decimal(value, dtype)


def exact_decimal(value: Decimal, dtype: pa.DataType) -> Decimal:
    """The value with the type's scale. Raises MisfitError when that would round it or it has too many digits."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise MisfitError(f"is no decimal number ({dtype})")
    significant = "".join(map(str, digits)).lstrip("0")
    kept = significant.rstrip("0")
    exponent += len(significant) - len(kept)
    if kept and -exponent > dtype.scale:
        raise MisfitError(f"has more than {dtype.scale} decimal places")
    if kept and len(kept) + exponent + dtype.scale > dtype.precision:
        raise MisfitError(f"is out of range for decimal({dtype.precision},{dtype.scale})")
    return Decimal((sign, tuple(map(int, kept)) or (0,), exponent if kept else 0))


def _bool(text: str) -> bool:
    if text not in _BOOLS:
        raise MisfitError("is neither true nor false")
    return _BOOLS[text]


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MisfitError("is not base64") from None


# -- whole arrays ------------------------------------------------------------------------------------------------------


def _at_once(texts: pa.StringArray, dtype: pa.DataType, dialect: TypedFormat) -> pa.Array | None:
    """The values as Arrow parses them; None where it refuses a text, or reads one that the rule might not."""
    t, point = pa.types, _mark(dialect) == "."
    parsers: list[tuple[bool, Callable[[pa.StringArray, pa.DataType], pa.Array | None]]] = [
        (t.is_integer(dtype), _integers_at_once),
        (t.is_floating(dtype) and point, _floats_at_once),
        (t.is_decimal(dtype) and point, _decimals_at_once),
        (t.is_timestamp(dtype) and dialect.timestamps == (ISO,), partial(_moments_at_once, zone=dialect.zone)),
        (t.is_date32(dtype) and dialect.dates == (ISO,), _days_at_once),
    ]
    try:
        return next((parse(texts, dtype) for applies, parse in parsers if applies), None)
    except pa.ArrowInvalid:
        return None


def _any(mask: pa.BooleanArray) -> bool:
    return bool(pc.any(mask).as_py())


def _integers_at_once(texts: pa.StringArray, dtype: pa.DataType) -> pa.Array | None:
    """Arrow takes hexadecimal digits, too."""
    return None if any(_any(pc.match_substring(texts, x)) for x in "xX") else texts.cast(dtype)


def _floats_at_once(texts: pa.StringArray, dtype: pa.DataType) -> pa.Array | None:
    """Arrow takes numbers that are too large as infinite."""
    values = texts.cast(pa.float64()).cast(dtype)
    return None if _any(pc.invert(pc.is_finite(values))) else values


def _decimals_at_once(texts: pa.StringArray, dtype: pa.DataType) -> pa.Array | None:
    """Arrow's arithmetic wraps round, in silence, where a text with the type's scale has more than 38 digits."""
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    if longest + dtype.scale > DECIMAL128_DIGITS or any(_any(pc.match_substring(texts, e)) for e in "eE"):
        return None
    return texts.cast(dtype)


def _days_at_once(texts: pa.StringArray, dtype: pa.DataType) -> pa.Array | None:
    """Arrow takes the year 0."""
    days = texts.cast(dtype)
    return None if _any(pc.less(days.view(pa.int32()), DAY_MIN)) else days


def _moments_at_once(texts: pa.StringArray, dtype: pa.DataType, *, zone: str) -> pa.Array | None:
    """Arrow takes hours without minutes and the year 0, too."""
    zoned = _zoned(texts)
    if zone != "UTC" and not zoned:
        return None
    if _any(pc.not_equal(pc.utf8_slice_codeunits(texts, 13, 14), ":")):
        return None
    values = texts.cast(dtype if zoned else pa.timestamp(dtype.unit)).view(pa.int64())
    per_us = 10**6 // PER_SECOND[dtype.unit]
    bounds = pc.min_max(values).as_py()
    if bounds["min"] is not None and not US_MIN <= bounds["min"] * per_us <= bounds["max"] * per_us <= US_MAX:
        return None
    return values.view(dtype)


def _zoned(texts: pa.StringArray) -> bool:
    """Whether the first text names its zone; where others differ from it, Arrow's parser refuses them."""
    first = next((t for t in (s.as_py() for s in texts) if t is not None), "")
    return first.endswith("Z") or "+" in first[16:] or "-" in first[16:]
