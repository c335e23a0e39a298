"""Python values in their declared Arrow type: exactly, or refused.

A *taken* value is what reading the stored one back gives: of the exact Python class, in the declared precision, sharing
nothing that can be changed with the object it was made from. A map is a dictionary, a struct one with every field.

Numbers are taken for each other when the declared type holds just that number; a float may lose digits only to
float32, and never becomes infinite. Nothing else is converted: no text from bytes, no moment from a number or from a
datetime without a zone, no list from a text or a set (whose order is not fixed).
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

Take = Callable[[Any], Any]

UTC = ZoneInfo("UTC")
"""The zone of every moment that Arrow gives."""


class MisfitError(ValueError):
    """A value is not one of its declared type. The message says which, and why where that is not plain."""


def taker(dtype: pa.DataType) -> Take:
    """A function that takes one value, not None, of a type that `schema.hive_type` knows. It raises MisfitError."""
    take: Take = next((make(dtype) for is_kind, make in _BY_KIND if is_kind(dtype)), None) or _SIMPLE[dtype]
    look = plain(dtype)
    return take if look is None else _compiled(f"lambda v: v if {look.format(v='v')} else take(v)", take=take)


def plain(dtype: pa.DataType) -> str | None:
    """An expression that is true only for a value `{v}` that is taken as it is: a quick look that most values pass.

    None where there is no such look.
    """
    if pa.types.is_integer(dtype):
        most = 2 ** (dtype.bit_width - 1) - 1
        return f"type({{v}}) is int and {-most - 1} <= {{v}} <= {most}"
    if pa.types.is_timestamp(dtype):
        whole = " and not {v}.microsecond % 1000" if dtype.unit == "ms" else ""
        return "type({v}) is datetime and {v}.tzinfo is UTC" + whole
    return _PLAIN.get(dtype)


_PLAIN = {
    pa.string(): "type({v}) is str and {v}.isascii()",
    pa.bool_(): "type({v}) is bool",
    pa.float64(): "type({v}) is float",
    pa.binary(): "type({v}) is bytes",
    pa.date32(): "type({v}) is date",
}
NAMES_OF_PLAIN = {"datetime": datetime, "date": date, "UTC": UTC}


def _compiled(expression: str, **names: Any) -> Take:
    """A function for one type: a call per look would cost more than what it looks at."""
    compiled: Take = eval(expression, {**NAMES_OF_PLAIN, **names})  # noqa: S307  (of this module's texts)
    return compiled


def field_taker(field: pa.Field) -> Take:
    """As `taker`, for a column or field: None passes where the field may be null."""
    take = taker(field.type)
    if field.nullable:
        return lambda value: None if value is None else take(value)

    def required(value: Any) -> Any:
        if value is None:
            raise MisfitError(f"null, but {field.name!r} is declared not to be null")
        return take(value)

    return required


def copier(dtype: pa.DataType) -> Take | None:
    """A function that copies a taken value as deep as it can be changed; None for a type whose values cannot."""
    if pa.types.is_list(dtype):
        deep = copier(dtype.value_type)
        return list if deep is None else lambda values: [_copied(deep, v) for v in values]
    if pa.types.is_map(dtype):
        deep = copier(dtype.item_type)
        return dict if deep is None else lambda entries: {k: _copied(deep, v) for k, v in entries.items()}
    if pa.types.is_struct(dtype):
        by_name = {f.name: copier(f.type) for f in dtype}
        return lambda fields: {k: _copied(by_name[k], v) for k, v in fields.items()}
    return None


def _copied(deep: Take | None, value: Any) -> Any:
    return value if deep is None or value is None else deep(value)


def python_values(column: pa.Array) -> list[Any]:
    """The values of a column as taken ones; None for null.

    Raises:
        ValueError, OverflowError: a value that Python cannot hold, or a map in which a key stands twice.
    """
    if pa.types.is_timestamp(column.type):
        # Many times as fast as pyarrow's own way. Moments that Python cannot hold come as numbers.
        naive = column.cast(pa.timestamp(column.type.unit)).to_numpy(zero_copy_only=False).tolist()
        try:
            return [moment and moment.replace(tzinfo=UTC) for moment in naive]
        except AttributeError:
            raise OverflowError("out of range") from None
    values: list[Any] = column.to_pylist()
    read = _reader(column.type)
    return values if read is None else [_copied(read, v) for v in values]


def _reader(dtype: pa.DataType) -> Take | None:
    """A function that makes dictionaries of the maps in a value of pyarrow; None for a type without."""
    if pa.types.is_list(dtype):
        deep = _reader(dtype.value_type)
        return deep and (lambda values: [_copied(deep, v) for v in values])
    if pa.types.is_map(dtype):
        deep = _reader(dtype.item_type)
        return lambda pairs: _dictionary(pairs, deep)
    if pa.types.is_struct(dtype):
        by_name = {f.name: _reader(f.type) for f in dtype}
        return (
            (lambda fields: {k: _copied(by_name[k], v) for k, v in fields.items()}) if any(by_name.values()) else None
        )
    return None


def _dictionary(pairs: list[tuple[Any, Any]], read: Take | None) -> dict[Any, Any]:
    entries = dict(pairs) if read is None else {k: _copied(read, v) for k, v in pairs}
    if len(entries) < len(pairs):
        raise MisfitError("a key stands twice in a map")
    return entries


def shown(value: Any) -> str:
    """A value in a message: short, and of characters that every table keeps."""
    try:
        text = repr(value)
    except Exception as e:  # noqa: BLE001  (the repr of a user's class)
        text = f"a {type(value).__name__} whose repr raises {type(e).__name__}"
    return printable(text if len(text) <= 200 else f"{text[:200]}…")


def printable(text: str) -> str:
    """Text without what UTF-8 or PostgreSQL does not take: half characters and U+0000 become escapes."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _misfit(value: Any, dtype: pa.DataType, why: str = "") -> MisfitError:
    return MisfitError(f"{shown(value)} is not {dtype}{why and f': {why}'}")


# -- simple types ---------------------------------------------------------------------------------------------------


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _misfit(value, pa.string())
    try:
        return str.encode(value).decode()
    except UnicodeEncodeError:
        raise _misfit(value, pa.string(), "it cannot be UTF-8") from None


def _bool(value: Any) -> bool:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise _misfit(value, pa.bool_())


def _binary(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise _misfit(value, pa.binary())


def _date(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _misfit(value, pa.date32())
    return date(value.year, value.month, value.day)


def _float64(value: Any) -> float:
    if isinstance(value, float | np.floating):
        return float(value)
    number = _whole(value, pa.float64())
    if abs(number) > 2**53 and not _holds(float, number):
        raise _misfit(value, pa.float64(), "no double is this number")
    return float(number)


def _float32(value: Any) -> float:
    number = _float64(value)
    try:
        near: float = struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        raise _misfit(value, pa.float32(), "it is too large") from None
    if near != number and not isinstance(value, float | np.floating):
        raise _misfit(value, pa.float32(), "no float is this number")
    return near


def _holds(kind: type[float], number: int) -> bool:
    try:
        return int(kind(number)) == number
    except OverflowError:
        return False


def _whole(value: Any, dtype: pa.DataType) -> int:
    """An integer, or a number that is one."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, float | np.floating | Decimal):
        try:
            if int(value) == value:
                return int(value)
        except (OverflowError, ValueError):  # infinite, or not a number
            pass
    raise _misfit(value, dtype)


def _integer(dtype: pa.DataType) -> Take:
    least, most = -(2 ** (dtype.bit_width - 1)), 2 ** (dtype.bit_width - 1) - 1

    def take(value: Any) -> int:
        number = _whole(value, dtype)
        if least <= number <= most:
            return number
        raise _misfit(value, dtype, "it is out of range")

    return take


def _decimal(dtype: pa.DataType) -> Take:
    unit = Decimal(1).scaleb(-dtype.scale)
    exactly = Context(prec=dtype.precision, traps=[Inexact, InvalidOperation])

    def take(value: Any) -> Decimal:
        if not isinstance(value, Decimal):
            if type(value) is bool or not isinstance(value, int | np.integer):
                raise _misfit(value, dtype)
            value = Decimal(int(value))
        try:
            number: Decimal = value.quantize(unit, context=exactly)
        except DecimalException:
            raise _misfit(value, dtype, "it has more digits") from None
        if not number.is_finite():
            raise _misfit(value, dtype)
        return number if number else abs(number)  # there is no stored -0

    return take


def _timestamp(dtype: pa.DataType) -> Take:
    step = 1000 if dtype.unit == "ms" else 1

    def take(value: Any) -> datetime:
        if not isinstance(value, datetime):
            raise _misfit(value, dtype)
        if value.tzinfo is None:
            raise _misfit(value, dtype, "it has no zone")
        if getattr(value, "nanosecond", 0):  # of pandas, whose timestamps are datetimes
            raise _misfit(value, dtype, "it is no whole number of microseconds")
        if value.microsecond % step:
            raise _misfit(value, dtype, "it is no whole number of milliseconds")
        try:
            moment = value.astimezone(UTC)
        except OverflowError:
            raise _misfit(value, dtype, "in UTC it is out of range") from None
        return datetime.combine(moment.date(), moment.time(), UTC)

    return take


_SIMPLE: dict[pa.DataType, Take] = {
    pa.string(): _string,
    pa.bool_(): _bool,
    pa.binary(): _binary,
    pa.date32(): _date,
    pa.float64(): _float64,
    pa.float32(): _float32,
}

# -- nested types ---------------------------------------------------------------------------------------------------


def _list(dtype: pa.ListType) -> Take:
    take = field_taker(dtype.value_field)
    look = (plain(dtype.value_type) or "False").format(v="v")
    plain_ones = _compiled(f"lambda values: [v for v in values if {look}]")

    def take_list(value: Any) -> list[Any]:
        if type(value) is list:
            taken: list[Any] = plain_ones(value)
            if len(taken) == len(value):
                return taken
        if isinstance(value, np.ndarray):
            value = list(value)
        if not isinstance(value, Sequence) or isinstance(value, str | bytes | bytearray | memoryview):
            raise _misfit(value, dtype)
        taken = []
        for i, element in enumerate(value):
            try:
                taken.append(take(element))
            except MisfitError as e:
                raise MisfitError(f"element {i}: {e}") from None
        return taken

    return take_list


def _map(dtype: pa.MapType) -> Take:
    take_key, take_item = map_takers(dtype)

    def take_map(value: Any) -> dict[Any, Any]:
        if isinstance(value, str | bytes) or not isinstance(value, Mapping | Sequence):
            raise _misfit(value, dtype)
        taken: dict[Any, Any] = {}
        for pair in value.items() if isinstance(value, Mapping) else value:
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise _misfit(value, dtype, "its entries are no pairs")
            key = take_key(pair[0])
            if key in taken:
                raise _misfit(value, dtype, f"the key {shown(key)} stands twice")
            taken[key] = take_item(pair[1])
        return taken

    return take_map


def map_takers(dtype: pa.MapType) -> tuple[Take, Take]:
    """Functions that take a key and an item of a map. Not a number is no key: it equals nothing, itself included."""
    as_key, as_item = taker(dtype.key_type), field_taker(dtype.item_field)

    def take_key(value: Any) -> Any:
        try:
            key = None if value is None else as_key(value)
        except MisfitError as e:
            raise MisfitError(f"key {e}") from None
        if key is None or key != key:  # noqa: PLR0124  (true of what is not a number)
            raise MisfitError(f"{shown(value)} is no key of {dtype}")
        return key

    def take_item(value: Any) -> Any:
        try:
            return as_item(value)
        except MisfitError as e:
            raise MisfitError(f"item {e}") from None

    return take_key, take_item


def _struct(dtype: pa.StructType) -> Take:
    takes = {f.name: field_taker(f) for f in dtype}

    def take_struct(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _misfit(value, dtype)
        if value.keys() != takes.keys():
            raise _misfit(value, dtype, misshapen(value, takes))
        taken = {}
        for name, take in takes.items():
            try:
                taken[name] = take(value[name])
            except MisfitError as e:
                raise MisfitError(f"field {name!r}: {e}") from None
        return taken

    return take_struct


def misshapen(value: Mapping[Any, Any], names: Mapping[str, Any] | Sequence[str]) -> str:
    """Which of `names` a mapping misses, and what it has besides."""
    missing = [repr(n) for n in names if n not in value]
    besides = [shown(n) for n in value if n not in names]
    said = [f"without {', '.join(missing)}"] if missing else []
    return " and ".join([*said, f"with undeclared {', '.join(besides)}"] if besides else said)


_BY_KIND: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], Take]], ...] = (
    (pa.types.is_list, _list),
    (pa.types.is_map, _map),
    (pa.types.is_struct, _struct),
    (pa.types.is_integer, _integer),
    (pa.types.is_decimal, _decimal),
    (pa.types.is_timestamp, _timestamp),
)
