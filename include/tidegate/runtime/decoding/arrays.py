"""What a stored Arrow value means in each declared type: only what keeps it exactly.

`refusal` decides by the types alone whether a column can be read at all; `from_array` converts, and names each value
that would not be kept.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.api.formats import DAYS, EPOCHS, Parquet, TypedFormat
from tidegate.runtime.decoding.model import Column, shown
from tidegate.runtime.decoding.moments import DAY_MAX, DAY_MIN, PER_SECOND, US_MAX, US_MIN, MisfitError, held
from tidegate.runtime.decoding.texts import DECIMAL128_DIGITS, each, exact_decimal, from_texts, integer_bounds

_UNITS = {"ms": "millisecond", "us": "microsecond"}
_ANY_INTEGER = pa.decimal128(20, 0)
_MANTISSA = {pa.float32(): 24, pa.float64(): 53}


def refusal(found: pa.DataType, dtype: pa.DataType, dialect: TypedFormat) -> str | None:
    """Why no column of type `found` is read as `dtype`; None when it is, value by value if need be."""
    if pa.types.is_dictionary(found):
        return refusal(found.value_type, dtype, dialect)
    if pa.types.is_null(found):
        return None
    if pa.types.is_nested(dtype):
        return _nested_refusal(found, dtype, dialect)
    if pa.types.is_timestamp(found) and pa.types.is_timestamp(dtype) and not found.tz:
        return "is a timestamp without a zone; write it as UTC"
    if _is_text(found) or _same_family(found, dtype, dialect):
        return None
    return f"is {found}, which is not read as {dtype} without loss"


def _same_family(found: pa.DataType, dtype: pa.DataType, dialect: TypedFormat) -> bool:
    t = pa.types
    families: list[tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType], bool]]] = [
        (_is_bytes, lambda d: d in (pa.binary(), pa.string())),
        (t.is_boolean, t.is_boolean),
        (t.is_integer, partial(_takes_integers, found, dialect)),
        (t.is_floating, t.is_floating),
        (t.is_decimal, t.is_decimal),
        (t.is_date, t.is_date),
        (t.is_timestamp, t.is_timestamp),
        (t.is_time, lambda d: d == pa.string()),
    ]
    return any(is_found(found) and is_declared(dtype) for is_found, is_declared in families)


def _is_text(t: pa.DataType) -> bool:
    return bool(pa.types.is_string(t) or pa.types.is_large_string(t) or pa.types.is_string_view(t))


def _is_bytes(t: pa.DataType) -> bool:
    p = pa.types
    return bool(p.is_binary(t) or p.is_large_binary(t) or p.is_fixed_size_binary(t) or p.is_binary_view(t))


def _is_list(t: pa.DataType) -> bool:
    return bool(pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t))


def _takes_integers(found: pa.DataType, dialect: TypedFormat, dtype: pa.DataType) -> bool:
    if dtype in _MANTISSA:
        return bool(found.bit_width <= _MANTISSA[dtype])
    if pa.types.is_timestamp(dtype):
        return any(form in EPOCHS for form in dialect.timestamps)
    if pa.types.is_date32(dtype):
        return DAYS in dialect.dates
    return bool(pa.types.is_integer(dtype) or pa.types.is_decimal(dtype))


def _nested_refusal(found: pa.DataType, dtype: pa.DataType, dialect: TypedFormat) -> str | None:
    if pa.types.is_struct(dtype) and pa.types.is_struct(found):
        names = [f.name for f in found]
        for field in dtype:
            if names.count(field.name) != 1:
                return f"has {'no' if field.name not in names else 'more than one'} field {field.name!r}"
            reason = refusal(found.field(field.name).type, field.type, dialect)
            if reason:
                return f"has a field {field.name!r} that {reason}"
        return None
    if pa.types.is_map(dtype) and pa.types.is_map(found):
        key = refusal(found.key_type, dtype.key_type, dialect)
        item = refusal(found.item_type, dtype.item_type, dialect)
        return f"has keys of which each {key}" if key else f"has values of which each {item}" if item else None
    if pa.types.is_list(dtype) and _is_list(found):
        reason = refusal(found.value_type, dtype.value_type, dialect)
        return f"has elements of which each {reason}" if reason else None
    return f"is {found} and not {dtype}"


def from_array(array: pa.Array, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    """The values of an array whose type `refusal` does not refuse."""
    found = array.type
    if pa.types.is_dictionary(found):
        return from_array(array.dictionary_decode(), dtype, dialect)
    if pa.types.is_null(found):
        return pa.nulls(len(array), dtype), {}
    if pa.types.is_nested(dtype):
        return _nested(array, dtype, dialect)
    if _is_text(found):
        texts, misfits = utf8(array.cast(pa.string()).cast(pa.binary()))
        values, more = from_texts(texts, dtype, dialect)
        return values, more | misfits
    return _stored(array, dtype, dialect)


def _stored(array: pa.Array, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    if pa.types.is_time(array.type):
        return _times(array)
    if dtype == pa.string():
        return utf8(array.cast(pa.binary()))
    if pa.types.is_timestamp(dtype):
        return _moments(array, dtype, dialect)
    if pa.types.is_date(dtype):
        return _days(array, dtype, dialect)
    return _floats(array, dtype) if pa.types.is_floating(array.type) else _exact(array, dtype)


def utf8(raw: pa.Array) -> Column:
    """Bytes as text; those that are no UTF-8 are misfits."""
    try:
        return raw.cast(pa.string()), {}  # this cast validates
    except pa.ArrowInvalid:
        return each(raw.to_pylist(), _text, pa.string())


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise MisfitError("is not UTF-8") from None


def _exact(array: pa.Array, dtype: pa.DataType) -> Column:
    """Integers, decimals, booleans and bytes: Arrow's safe casts refuse what does not fit."""
    try:
        if not pa.types.is_decimal(dtype):
            return array.cast(dtype), {}
        decimals = array.cast(_ANY_INTEGER) if pa.types.is_integer(array.type) else array
        # Arrow's arithmetic wraps round, in silence, where a value with the new scale has more than 38 digits.
        if decimals.type.precision + max(dtype.scale - decimals.type.scale, 0) <= DECIMAL128_DIGITS:
            return decimals.cast(dtype), {}
    except pa.ArrowInvalid:
        pass  # a value does not fit
    return each(array.to_pylist(), _number(dtype), dtype)


def _number(dtype: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_decimal(dtype):
        return lambda value: exact_decimal(Decimal(value), dtype)
    low, high = integer_bounds(dtype)

    def integer(value: int) -> int:
        if not low <= value <= high:
            raise MisfitError(f"is out of range for {dtype}")
        return value

    return integer


def _floats(array: pa.Array, dtype: pa.DataType) -> Column:
    values = array.cast(dtype)
    if array.type.bit_width <= dtype.bit_width:
        return values, {}
    before, after = (a.to_numpy(zero_copy_only=False) for a in (array, values.cast(array.type)))
    changed = np.flatnonzero((before != after) & ~(np.isnan(before) & np.isnan(after)))
    return values, {int(i): f"{shown(before[i])} is not exactly a {dtype}" for i in changed}


def _days(array: pa.Array, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    if pa.types.is_integer(array.type):
        return from_texts(array.cast(pa.string()), dtype, dialect)
    if pa.types.is_date64(array.type):
        return each(array.cast(pa.int64()).to_pylist(), _day_of_ms, pa.date32())
    days = array.view(pa.int32())
    if not _within(days, DAY_MIN, DAY_MAX):
        return each(days.to_pylist(), _day, pa.date32())
    return array, {}


def _day_of_ms(ms: int) -> int:
    if ms % 86_400_000:
        raise MisfitError("(milliseconds) is no whole day")
    return _day(ms // 86_400_000)


def _day(days: int) -> int:
    if not DAY_MIN <= days <= DAY_MAX:
        raise MisfitError("(days since 1970) is outside of the years 1 to 9999")
    return days


def _moments(array: pa.Array, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    if pa.types.is_integer(array.type):
        return from_texts(array.cast(pa.string()), dtype, dialect)
    if isinstance(dialect, Parquet) and dialect.nanoseconds == "cut":
        array = pc.floor_temporal(array, unit=_UNITS[dtype.unit])
    per = 10**6 // PER_SECOND[dtype.unit]
    try:
        values = array.view(pa.int64()).view(pa.timestamp(array.type.unit)).cast(pa.timestamp(dtype.unit))
        counts = values.view(pa.int64())
        if _within(counts, -(-US_MIN // per), US_MAX // per):
            return counts.view(dtype), {}
    except pa.ArrowInvalid:
        pass  # a value has a finer part, or is beyond 64 bits
    ns = 10**9 // PER_SECOND[array.type.unit]
    counts, misfits = each(array.view(pa.int64()).to_pylist(), lambda v: held(v * ns, dtype.unit), pa.int64())
    texts = array.cast(pa.string())
    return counts.view(dtype), {i: f"{shown(texts[i])} {why.partition(' ')[2]}" for i, why in misfits.items()}


def _times(array: pa.Array) -> Column:
    """A time of day as text in ISO 8601, with the digits of its unit."""
    counts = array.view(pa.int32() if pa.types.is_time32(array.type) else pa.int64())
    misfits = {}
    if not _within(counts, 0, 86_400 * PER_SECOND[array.type.unit] - 1):
        whole = pc.and_(pc.greater_equal(counts, 0), pc.less(counts, 86_400 * PER_SECOND[array.type.unit]))
        odd = np.flatnonzero(pc.invert(whole).fill_null(False).to_numpy(zero_copy_only=False))
        misfits = {int(i): f"{shown(counts[i])} ({array.type}) is no time of day" for i in odd}
        array = pc.if_else(whole, array, None)
    return array.cast(pa.string()), misfits


def _within(values: pa.Array, low: int, high: int) -> bool:
    bounds = pc.min_max(values).as_py()
    return bounds["min"] is None or low <= bounds["min"] <= bounds["max"] <= high


# -- nested types ------------------------------------------------------------------------------------------------------


def _nested(array: pa.Array, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    if pa.types.is_struct(dtype):
        return _struct(array, dtype, dialect)
    if pa.types.is_map(dtype):
        return _map(array, dtype, dialect)
    elements, misfits = required(*from_array(array.flatten(), dtype.value_type, dialect), dtype.value_field)
    values = pa.ListArray.from_arrays(_offsets(array), elements, type=dtype, mask=array.is_null())
    return values, _of_parents(array, misfits, "an element")


def _struct(array: pa.StructArray, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    fields, misfits = [], dict[int, str]()
    absent = array.is_null()
    for field, found in zip(dtype, (array.field(f.name) for f in dtype), strict=True):
        values, more = required(*from_array(pc.if_else(absent, None, found), field.type, dialect), field, absent)
        fields.append(values)
        misfits = {i: f"field {field.name!r}: {reason}" for i, reason in more.items()} | misfits
    return pa.StructArray.from_arrays(fields, fields=list(dtype), mask=absent), misfits


def _map(array: pa.MapArray, dtype: pa.DataType, dialect: TypedFormat) -> Column:
    pairs = array.cast(pa.list_(pa.struct([("key", array.type.key_type), ("value", array.type.item_type)])))
    entries = pairs.flatten()
    keys, bad_keys = from_array(entries.field("key"), dtype.key_type, dialect)
    if bad_keys:  # a map without them cannot be made
        misfits = _of_parents(pairs, bad_keys, "a key")
        rest, more = _map(
            array.take(pa.array([None if i in misfits else i for i in range(len(array))])), dtype, dialect
        )
        return rest, more | misfits
    items, bad_items = required(*from_array(entries.field("value"), dtype.item_type, dialect), dtype.item_field)
    ends = pa.array(_offsets(pairs).to_numpy(), mask=np.append(pairs.is_null().to_numpy(zero_copy_only=False), False))
    return pa.MapArray.from_arrays(ends, keys, items, type=dtype), _of_parents(pairs, bad_items, "a value")


def required(
    values: pa.Array, misfits: dict[int, str], field: pa.Field, absent: pa.BooleanArray | None = None
) -> Column:
    """The values of a field; where it is not nullable, a null is a misfit too, but below an absent parent."""
    if field.nullable or not values.null_count:
        return values, misfits
    empty = values.is_null() if absent is None else pc.and_(values.is_null(), pc.invert(absent))
    return values, {int(i): "is null" for i in np.flatnonzero(empty.to_numpy(zero_copy_only=False))} | misfits


def _offsets(lists: pa.ListArray) -> pa.Int32Array:
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())


def _of_parents(lists: pa.ListArray, misfits: dict[int, str], what: str) -> dict[int, str]:
    """Misfits of elements as misfits of the lists that they are in; the first of each."""
    if not misfits:
        return {}
    parents = pc.list_parent_indices(lists).to_numpy()
    return {int(parents[i]): f"{what}: {misfits[i]}" for i in sorted(misfits, reverse=True)}
