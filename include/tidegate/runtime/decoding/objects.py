"""What a value of JSON means in each declared type."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa

from tidegate.api.formats import DAYS, Json
from tidegate.runtime.decoding.arrays import required
from tidegate.runtime.decoding.model import Column, shown
from tidegate.runtime.decoding.moments import MisfitError
from tidegate.runtime.decoding.texts import each, from_texts, scalar

Number = bytes
"""The kind of a JSON number with a point or an exponent: its text as it stood, which no other value is kept as."""


def from_values(values: Sequence[Any], dtype: pa.DataType, dialect: Json) -> Column:
    """The values of one column: None, bool, int, Number, str, list or dict each.

    A string means what the same text means in CSV, but null and false are only what JSON calls so. A number is the text
    that it was written as, where the type takes numbers.
    """
    kinds = set(map(type, values)) - {type(None)}
    if pa.types.is_nested(dtype):
        return _nested(values, dtype, dialect)
    if kinds <= {_plain(dtype)}:
        try:
            return pa.array(values, dtype), {}
        except (pa.ArrowInvalid, OverflowError):
            kinds = {int, str, Number}  # an integer is out of range
    if kinds <= _textual(dtype, dialect):
        texts = pa.array([str(v) if type(v) is int else v for v in values] if int in kinds else values, pa.string())
        return from_texts(texts, dtype, dialect)
    return each(values, _rule(dtype, dialect), dtype)


def _plain(dtype: pa.DataType) -> type:
    """The kind of value that Arrow takes as it is."""
    return (
        bool
        if pa.types.is_boolean(dtype)
        else int
        if pa.types.is_integer(dtype)
        else str
        if dtype == pa.string()
        else object
    )


def _textual(dtype: pa.DataType, dialect: Json) -> set[type]:
    """The kinds of value that mean their text."""
    t = pa.types
    numeric = t.is_integer(dtype) or t.is_floating(dtype) or t.is_decimal(dtype) or t.is_timestamp(dtype)
    counted = t.is_date32(dtype) and DAYS in dialect.dates
    return {str, int, Number} if numeric or counted else {str}


def _text(value: Any) -> str:
    return value.decode() if type(value) is Number else str(value)


def _rule(dtype: pa.DataType, dialect: Json) -> Callable[[Any], Any]:
    kinds, convert = _textual(dtype, dialect), scalar(dtype, dialect)

    def rule(value: Any) -> Any:
        if type(value) is bool and pa.types.is_boolean(dtype):
            return value
        if type(value) not in kinds:
            raise MisfitError(f"is {_KINDS[type(value)]} and no {dtype}")
        return convert(_text(value))

    return rule


_KINDS = {bool: "a boolean", int: "a number", Number: "a number", str: "a string", list: "an array", dict: "an object"}


def unfit(found: Sequence[str], declared: Sequence[str], extra: str = "ignore") -> str | None:
    """Why an object with these fields is malformed, whatever their values; None when it is not.

    A field that it lacks is null; but not where another one has nearly its name. `extra` says what becomes of fields
    that are not declared, see `Json`.
    """
    there, known = set(found), set(declared)
    others = {_bare(name): name for name in found if name not in known}
    for name in declared:
        if name not in there and _bare(name) in others:
            return f"has no field {name!r}, but {others[_bare(name)]!r}; names are exact, see the source's aliases"
    refused = others if extra == "refuse" else {}
    return next((f"has a field {name!r} that is not declared" for name in refused.values()), None)


def _bare(name: str) -> str:
    """A name without what differs between ways to spell it."""
    return "".join(filter(str.isalnum, name)).casefold()


# -- nested types ------------------------------------------------------------------------------------------------------


def _nested(values: Sequence[Any], dtype: pa.DataType, dialect: Json) -> Column:
    kind = list if pa.types.is_list(dtype) else dict
    misfits = {
        i: f"{shown(v)} is {_KINDS[type(v)]} and not {'an array' if kind is list else 'an object'}"
        for i, v in enumerate(values)
        if v is not None and type(v) is not kind
    }
    values = [None if i in misfits else v for i, v in enumerate(values)] if misfits else values
    found, more = (_list if kind is list else _struct if pa.types.is_struct(dtype) else _map)(values, dtype, dialect)
    return found, more | misfits


def _list(values: Sequence[Any], dtype: pa.DataType, dialect: Json) -> Column:
    elements = [e for v in values if v is not None for e in v]
    found, misfits = required(*from_values(elements, dtype.value_type, dialect), dtype.value_field)
    lists = pa.ListArray.from_arrays(_offsets(values), found, type=dtype, mask=_absent(values))
    return lists, _of_parents(values, misfits, "an element")


def _struct(values: Sequence[Any], dtype: pa.DataType, dialect: Json) -> Column:
    names = [field.name for field in dtype]
    shapes = {shape: unfit(shape, names, dialect.extra) for shape in {tuple(v) for v in values if v is not None}}
    misfits = {i: reason for i, v in enumerate(values) if v is not None and (reason := shapes[tuple(v)])}
    absent, fields = _absent(values), []
    for field in dtype:
        inner = [None if v is None else v.get(field.name) for v in values]
        found, more = required(*from_values(inner, field.type, dialect), field, absent)
        fields.append(found)
        misfits = {i: f"field {field.name!r}: {reason}" for i, reason in more.items()} | misfits
    return pa.StructArray.from_arrays(fields, fields=list(dtype), mask=absent), misfits


def _map(values: Sequence[Any], dtype: pa.DataType, dialect: Json) -> Column:
    keys, bad = from_values([k for v in values if v is not None for k in v], dtype.key_type, dialect)
    if bad:  # a map without them cannot be made
        misfits = _of_parents(values, bad, "a key")
        rest, more = _map([None if i in misfits else v for i, v in enumerate(values)], dtype, dialect)
        return rest, more | misfits
    inner = [item for v in values if v is not None for item in v.values()]
    items, misfits = required(*from_values(inner, dtype.item_type, dialect), dtype.item_field)
    offsets = pa.array(
        [None if v is None else o for v, o in zip([*values, ""], _offsets(values).to_pylist(), strict=True)]
    )
    maps = pa.MapArray.from_arrays(offsets.cast(pa.int32()), keys, items, type=dtype)
    return maps, _of_parents(values, misfits, "a value")


def _absent(values: Sequence[Any]) -> pa.BooleanArray:
    return pa.array([v is None for v in values], pa.bool_())


def _offsets(values: Sequence[Any]) -> pa.Int32Array:
    return pa.array(accumulate((len(v or ()) for v in values), initial=0), pa.int32())


def _of_parents(values: Sequence[Any], misfits: dict[int, str], what: str) -> dict[int, str]:
    """Misfits of elements as misfits of the values that they are in; the first of each."""
    if not misfits:
        return {}
    parents = [i for i, v in enumerate(values) if v is not None for _ in v]
    return {parents[i]: f"{what}: {misfits[i]}" for i in sorted(misfits, reverse=True)}
