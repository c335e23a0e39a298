"""What a function yields, taken at the yield: checked, and as columns from then on.

A row is looked at once, by code made for its schema (as dataclasses and named tuples make theirs): the looks at exact
classes that nearly every value passes stand in one function, for a call per value would cost more than the function
that yields them.
"""

from collections.abc import Callable, Mapping, Sequence
from types import GeneratorType
from typing import Any

import pyarrow as pa

from tidegate.api.function import Row
from tidegate.api.values import MisfitError, Take, field_taker, misshapen, shown
from tidegate.protocol.partitions import DEFAULT_PARTITION, escape

_LONGEST_FOLDER = 255
"""Bytes of a file's name on Linux; a partition's column and value are the name of a folder."""
_REMEMBERED = 100_000
_SHAPE = "{'column': value, …}"


class Emitter:
    """Takes rows of one schema and gives them back as record batches.

    Args:
        schema: the declared output columns.
        required: columns that must not be null, though their type allows it, each with the reason.
        partition_by: columns whose text becomes a partition's name.
    """

    def __init__(self, schema: pa.Schema, *, required: Mapping[str, str], partition_by: frozenset[str]) -> None:
        self._schema = schema
        self._rows: list[tuple[Any, ...]] = []
        self._take = _row_taker(schema, required, partition_by, self._rows.append)

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, produced: Any) -> None:
        """Take every row that a call of the function produced.

        Raises:
            MisfitError: a row is not one of the schema, or what was returned holds no rows. Rows before it are taken.
        """
        if type(produced) is not GeneratorType:
            produced = _several(produced)
        take = self._take
        try:
            for row in produced:
                take(row)
        except BaseException:
            if type(produced) is GeneratorType:
                produced.close()  # what it does on its way out belongs to this call, and may be undone with it
            raise

    def drop(self, length: int) -> None:
        """Forget all rows but the first `length`."""
        del self._rows[length:]

    def batch(self) -> pa.RecordBatch:
        """All rows, in the order of their yields; the emitter is empty then."""
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(self._schema)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._rows.clear()
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def _several(produced: Any) -> Any:
    if isinstance(produced, Mapping | str | bytes | Row) or not hasattr(produced, "__iter__"):
        raise MisfitError(f"the function returned {shown(produced)}: yield {_SHAPE}, or return a list of such rows")
    return produced


def _row_taker(
    schema: pa.Schema,
    required: Mapping[str, str],
    partition_by: frozenset[str],
    append: Callable[[tuple[Any, ...]], None],
) -> Callable[[Any], None]:
    """A function that checks one row and appends its values in the order of the schema."""
    names: dict[str, Any] = {"append": append, "as_mapping": _as_mapping, "misfit": _misfit_of(schema.names)}
    body = ["if type(row) is not dict: row = as_mapping(row)", f"if len(row) != {len(schema)}: raise misfit(row)"]
    values = [f"c{i}" for i in range(len(schema))]
    body += ["try:", *(f"    {c} = row[{field.name!r}]" for c, field in zip(values, schema, strict=True))]
    body += ["except KeyError: raise misfit(row) from None"]
    for c, field in zip(values, schema, strict=True):
        take = _column_taker(field, required.get(field.name))
        if field.name in partition_by and pa.types.is_string(field.type):
            take = _partition_taker(field.name, take, names.setdefault(f"known_{c}", set()))
            plain = f"type({c}) is str and {c} in known_{c}"
        else:
            plain = _plain(field.type).format(c=c)
        names[f"take_{c}"] = take
        body.append(f"if not ({plain}): {c} = take_{c}({c})")
    body.append(f"append(({', '.join(values)},))")
    exec("def take(row):\n" + "\n".join(f"    {line}" for line in body), names)  # noqa: S102  (of checked names only)
    take_row: Callable[[Any], None] = names["take"]
    return take_row


def _plain(dtype: pa.DataType) -> str:
    """An expression that is true only for values that `taker` would give back as they are."""
    if pa.types.is_integer(dtype):
        most = 2 ** (dtype.bit_width - 1) - 1
        return f"type({{c}}) is int and {-most - 1} <= {{c}} <= {most}"
    return _PLAIN.get(dtype, "False")


_PLAIN = {
    pa.string(): "type({c}) is str and {c}.isascii()",
    pa.bool_(): "type({c}) is bool",
    pa.float64(): "type({c}) is float",
    pa.binary(): "type({c}) is bytes",
}


def _column_taker(field: pa.Field, needed: str | None) -> Take:
    take = field_taker(field)

    def take_column(value: Any) -> Any:
        if value is None and needed:
            raise MisfitError(f"column {field.name!r}: null, but {needed}")
        try:
            return take(value)
        except MisfitError as e:
            raise MisfitError(f"column {field.name!r}: {e}") from None

    return take_column


def _partition_taker(name: str, take: Take, known: set[str]) -> Take:
    """As `take`, for text that names a partition; `known` are texts that passed."""

    def take_partition(value: Any) -> Any:
        text = take(value)
        if text is not None:
            if why := unnameable(name, text):
                raise MisfitError(f"partition column {name!r}: {shown(text)}: {why}")
            if len(known) >= _REMEMBERED:
                known.clear()
            known.add(text)
        return text

    return take_partition


def unnameable(column: str, text: str) -> str | None:
    """Why Hive would not give a partition's text back as it was; None when it does."""
    if text in ("", DEFAULT_PARTITION):
        return "Hive would read it as null"
    if text.endswith(" "):
        return "some metastores take a text that ends in a space for the same without it"
    if "\0" in text:
        return "no folder's name holds U+0000"
    if len(f"{escape(column)}={escape(text)}".encode()) > _LONGEST_FOLDER:
        return f"the name of its folder would be longer than {_LONGEST_FOLDER} bytes"
    return None


def _as_mapping(row: Any) -> dict[Any, Any]:
    if isinstance(row, Mapping):
        return dict(row)
    if isinstance(row, Row):
        raise MisfitError("the function yielded the event itself: yield value._asdict()")
    raise MisfitError(f"the function yielded {shown(row)}, which is no row: yield {_SHAPE}")


def _misfit_of(names: Sequence[str]) -> Callable[[Mapping[Any, Any]], MisfitError]:
    return lambda row: MisfitError(f"the function yielded a row {misshapen(row, names)}")
