"""What a function yields, taken at the yield: checked, and as columns from then on.

A row is looked at once, by code made for its schema (as dataclasses and named tuples make theirs): the looks at exact
classes that nearly every value passes stand in one function, for a call per value would cost more than the function
that yields them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import GeneratorType
from typing import Any

import pyarrow as pa

from tidegate.api.function import Context, Row
from tidegate.api.values import NAMES_OF_PLAIN, MisfitError, Take, field_taker, misshapen, plain, shown
from tidegate.protocol.partitions import DEFAULT_PARTITION, escape

_LONGEST_FOLDER = 255
"""Bytes of a file's name on Linux; a partition's column and value are the name of a folder."""
_REMEMBERED = 100_000
Run = Callable[[Callable[[Row, Context], Any], Iterable[tuple[Row, int | None]], Context], None]
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
        self.run = _runner(schema, required, partition_by, self._rows.append)
        """`run(process, events, context)` calls the function for pairs of event and timestamp and takes what it
        produces. What the function raises passes through; a MisfitError says that it gave no rows of the schema. Rows
        before are taken, and the iterator stands behind the event at fault."""

    def __len__(self) -> int:
        return len(self._rows)

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


def _runner(
    schema: pa.Schema,
    required: Mapping[str, str],
    partition_by: frozenset[str],
    append: Callable[[tuple[Any, ...]], None],
) -> Run:
    """A function that calls, checks rows and appends the values of each in the order of the schema."""
    names: dict[str, Any] = {
        **NAMES_OF_PLAIN,
        "GeneratorType": GeneratorType,
        "append": append,
        "as_mapping": _as_mapping,
        "misfit": _misfit_of(schema.names),
        "several": _several,
    }
    values = [f"c{i}" for i in range(len(schema))]
    looks = []
    for c, field in zip(values, schema, strict=True):
        take, look = _column_taker(field, required.get(field.name)), (plain(field.type) or "False").format(v=c)
        if field.name in partition_by and pa.types.is_string(field.type):
            names[f"known_{c}"] = known = set[str]()
            take, look = _partition_taker(field.name, take, known), f"type({c}) is str and {c} in known_{c}"
        names[f"take_{c}"] = take
        looks.append(f"if not ({look}): {c} = take_{c}({c})")
    code = _CODE.format(
        width=len(schema),
        reads="; ".join(f"{c} = row[{name!r}]" for c, name in zip(values, schema.names, strict=True)),
        looks="\n                ".join(looks),
        values="".join(f"{c}, " for c in values),
    )
    exec(code, names)  # noqa: S102  (of checked names and this module's texts)
    run: Run = names["run"]
    return run


_CODE = """
def run(process, events, context):
    for event, context._timestamp in events:
        produced = process(event, context)
        if produced is None: continue
        if type(produced) is not GeneratorType: produced = several(produced)
        try:
            for row in produced:
                if type(row) is not dict: row = as_mapping(row)
                if len(row) != {width}: raise misfit(row)
                try: {reads}
                except KeyError: raise misfit(row) from None
                {looks}
                append(({values}))
        except BaseException:
            # What a generator does on its way out belongs to this call, and may be undone with it.
            if type(produced) is GeneratorType: produced.close()
            raise
"""


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
