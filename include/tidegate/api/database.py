"""A table of a PostgreSQL database as a source, as frozen settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from tidegate.api.formats import Json, RowFormat
from tidegate.api.schema import checked_schema, fail, identifier

Start = str | datetime | int

_MOST_BYTES = 63
"""PostgreSQL cuts longer names."""


@dataclass(frozen=True)
class DatabaseSource:
    """Rows that are appended to a table, or a view, of PostgreSQL.

    Each look at the table makes one slice of the source's ledger: the rows behind the last slice by the value of one
    column, the cursor, up to where the values are settled. Rows are expected to stay as they are until they are read.
    Which database: the Airflow connection `Connections.database`, or ``TIDEGATE_DATABASE`` outside Airflow.

    The types that the cursor can have, and what makes a value settled:

    * a timestamp with time zone: it is older than `settle` by the database's clock;
    * an integer: it was there at a look at least `settle` ago;
    * ``xid8``, filled with ``pg_current_xact_id()`` as its default: every transaction up to it is over. `settle` plays
      no part.

    So a row is read once when it is committed within `settle` after its value was taken; with ``xid8``, always. A row
    that is committed later is not read: the next look finds it among the newest 100,000 and stops with SourceGapError.

    Args:
        table: "table" or "schema.table", as the database spells it.
        schema: the columns to expect; timestamps must be ``pa.timestamp('us', tz='UTC')``. A null in a column with
            ``nullable=False`` is malformed.
        cursor: the column whose values grow. Every row must have one.
        settle: see above.
        order_by: further columns, by which rows of one value of the cursor are ordered, like "id". Where these do not
            tell rows apart, all columns do, as text.
        aliases: names of columns in the table where they differ from the schema's.
        start: where the first epoch begins: "earliest", "latest" (what is there already is not read), or the first
            value of the cursor, a moment with a time zone or an integer. Behind the first epoch it means nothing.
        max_rows: end the epoch with the value of the cursor that reaches so many rows: rows of one value stay together.
        uid: names the source in the ranges of the pipeline's epochs, for good.
    """

    table: str
    schema: pa.Schema
    cursor: str
    settle: timedelta = timedelta(minutes=1)
    order_by: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    start: Start = "earliest"
    max_rows: int | None = None
    uid: str = "source"

    def __post_init__(self) -> None:
        identifier(self.uid, "DatabaseSource uid")
        checked_schema(self.schema, "DatabaseSource schema")
        rows = RowFormat.declared("DatabaseSource", Json(), self.schema, self.aliases, records=True)
        object.__setattr__(self, "aliases", rows.aliases)
        if isinstance(self.order_by, str) or not all(isinstance(name, str) for name in self.order_by):
            raise fail(f"DatabaseSource order_by must be a tuple of columns, not {self.order_by!r}")
        object.__setattr__(self, "order_by", tuple(self.order_by))
        for name in (self.cursor, *self.order_by, *rows.names):
            _named(name, "column")
        for name in self.path:
            _named(name, "table")
        if self.settle < timedelta(0):
            raise fail("DatabaseSource settle must not be negative")
        _check_start(self.start)
        if self.max_rows is not None and self.max_rows < 1:
            raise fail(f"DatabaseSource max_rows must be at least 1, not {self.max_rows}")

    @property
    def path(self) -> tuple[str, ...]:
        """The table's name, behind that of its schema if it is given."""
        parts = tuple(self.table.split(".")) if isinstance(self.table, str) else ()
        if not 1 <= len(parts) <= 2:
            raise fail(f"DatabaseSource table {self.table!r} must be 'table' or 'schema.table'")
        return parts

    @property
    def names(self) -> tuple[str, ...]:
        """What the schema's columns are called in the table."""
        return tuple(self.aliases.get(name, name) for name in self.schema.names)

    @property
    def tells_time(self) -> bool:
        """True: a cursor that is a timestamp tells it. With another one the planning of an interval is refused."""
        return True

    def describe(self) -> str:
        """For people, in Markdown: what is read."""
        return f"table `{self.table}` by `{self.cursor}`"

    def meaning(self) -> dict[str, Any]:
        """The settings that decide what a row means, as JSON values: a part of a pipeline's fingerprint."""
        columns = [[f.name, str(f.type), f.nullable] for f in self.schema]
        return {"format": "table", "columns": columns, "aliases": dict(self.aliases), "order_by": list(self.order_by)}


def _named(name: object, what: str) -> None:
    fits = isinstance(name, str) and re.fullmatch(r"[^\0]+", name, re.DOTALL) and len(name.encode()) <= _MOST_BYTES
    if not fits:
        raise fail(f"DatabaseSource: {name!r} is not the name of a {what}: at most {_MOST_BYTES} bytes of text")


def _check_start(given: object) -> None:
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise fail(f"DatabaseSource start {given} has no time zone")
    elif not (isinstance(given, int) and not isinstance(given, bool)) and given not in ("earliest", "latest"):
        raise fail(f"DatabaseSource start {given!r} is not 'earliest', 'latest', a datetime or an integer")
