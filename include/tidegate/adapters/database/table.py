"""What a table of PostgreSQL tells, always from one snapshot."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
from psycopg import errors, sql
from psycopg.adapt import Loader

from tidegate.adapters.database.columns import Column, expression, refusal
from tidegate.adapters.database.ranges import Kind, Part, Value, microseconds, moment
from tidegate.adapters.postgres import Address
from tidegate.api.database import DatabaseSource
from tidegate.errors import ConfigurationError, TidegateError, UnavailableError

_KINDS = {
    "int2": Kind.INTEGER,
    "int4": Kind.INTEGER,
    "int8": Kind.INTEGER,
    "timestamptz": Kind.MOMENT,
    "xid8": Kind.TRANSACTION,
}
_TYPES = {
    Kind.INTEGER: sql.SQL("bigint"),
    Kind.MOMENT: sql.SQL("timestamptz"),
    Kind.TRANSACTION: sql.SQL("text::xid8"),
}
_ALIAS = "_tidegate_table"
COUNTED_MOST = 1_000_000
FETCHED = 4096
"""Rows are fetched so many at once."""


class Row(NamedTuple):
    """A row of a range: the cursor's value as text, and the row as a JSON object, in bytes."""

    cursor: bytes
    row: bytes


class _Bytes(Loader):
    """Text as it came, for the decoder."""

    def load(self, data: Any) -> bytes:
        return bytes(data)


@dataclass(frozen=True)
class Writer:
    """A transaction that has written to the table and is not over: its process in the server, and its age."""

    pid: int
    age: timedelta


class Table:
    """A table, asked for one pipeline. Only SELECT on it is needed.

    Args:
        source: the declaration.
        subject: the pipeline, for messages.
        url: of the database.
    """

    def __init__(self, source: DatabaseSource, subject: str, url: str) -> None:
        self._source = source
        self._subject = subject
        self._address = Address(url, "TIDEGATE_DATABASE")

    @contextmanager
    def snapshot(self) -> "Iterator[Snapshot]":
        """One transaction that sees one state of the table, and changes nothing.

        Raises:
            ConfigurationError: connection, right, table or a column is wrong.
            UnavailableError: the database does not answer.
        """
        connection = self._open()
        try:
            yield Snapshot(connection, self._source, self._subject)
        except psycopg.Error as e:
            raise self._explained(e) from e
        finally:
            connection.close()

    def _open(self) -> "psycopg.Connection[Any]":
        where = self._address.where
        try:
            connection = psycopg.connect(**self._address.settings, autocommit=False, prepare_threshold=None)
        except psycopg.Error as e:
            text = self._address.scrubbed(e)
            if self._address.refuses(text):
                raise ConfigurationError(
                    f"{self._subject}: {where} refused the connection: {text}. Correct user, password, database or "
                    "rights of the connection that the source reads by"
                ) from None
            raise UnavailableError(
                f"{self._subject}: no connection to the database of {self._source.table} at {where}: {text}. See that "
                "PostgreSQL runs and can be reached, then run again"
            ) from None
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection

    def _explained(self, e: psycopg.Error) -> TidegateError:
        text, where, table = self._address.scrubbed(e), self._address.where, self._source.table
        if isinstance(e, errors.InsufficientPrivilege):
            return ConfigurationError(
                f"{self._subject}: {where}: {text}. Grant the connection's user SELECT on {table}, "
                "and USAGE on its schema"
            )
        if isinstance(e, psycopg.OperationalError | psycopg.InterfaceError):
            return UnavailableError(
                f"{self._subject}: the database at {where} did not answer as it should: {text}. Nothing was changed; "
                "run again"
            )
        return ConfigurationError(f"{self._subject}: {where} does not read {table}: {text}")


class Snapshot:
    """One state of a table.

    `id` is the table's oid, `kind` that of the cursor's values, and `now` the beginning of the transaction by the
    database's clock, in microseconds since 1970: everything that was committed before it is seen.
    """

    def __init__(self, connection: "psycopg.Connection[Any]", source: DatabaseSource, subject: str) -> None:
        self._connection = connection
        self._source = source
        self._subject = subject
        connection.execute("SET LOCAL TimeZone = 'UTC'")
        connection.execute("SET LOCAL DateStyle = 'ISO, YMD'")
        connection.execute("SET LOCAL extra_float_digits = 1")
        self._name = sql.Identifier(*source.path)
        self._cursor = sql.Identifier(_ALIAS, source.cursor)
        self.kind = Kind.INTEGER  # until it is looked at
        self.id, self.now = self._identity()
        self._columns = self._described()
        self.kind = self._checked()

    # -- what it is ---------------------------------------------------------------------------------------------------

    def _identity(self) -> tuple[int, int]:
        found, now, standby = self._one(
            "SELECT to_regclass({name})::oid::bigint, now(), pg_is_in_recovery()",
            name=sql.Literal(self._name.as_string(self._connection)),
        )
        if found is None:
            raise ConfigurationError(
                f"{self._subject}: there is no table {self._source.table!r}, or the connection's user may not see it: "
                "make it, grant USAGE on its schema, or correct DatabaseSource table; names are exact"
            )
        if standby:
            raise ConfigurationError(
                f"{self._subject}: the database of {self._source.table} is a standby: it does not tell how far behind "
                "it is, so nothing is known to be settled. Connect to the primary"
            )
        return found, microseconds(now)

    def _described(self) -> Mapping[str, Column]:
        rows = self._connection.execute(
            """
            SELECT a.attname, t.typname, e.typname, t.typtype = 'c', format_type(a.atttypid, a.atttypmod), a.attnotnull
            FROM pg_attribute a
            JOIN pg_type d ON d.oid = a.atttypid
            JOIN pg_type t ON t.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END
            LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
            WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
            """,
            [self.id],
        )
        return {name: Column(*of) for name, *of in rows}

    def _checked(self) -> Kind:
        """The kind of the cursor. Raises ConfigurationError when a column is missing, or none that can be read."""
        source, found = self._source, self._columns
        for name in (source.cursor, *source.order_by, *source.names):
            if name not in found:
                raise ConfigurationError(
                    f"{self._subject}: {source.table} has no column {name!r}; it has {', '.join(found)}; names are "
                    "exact, see DatabaseSource(aliases=…)"
                )
        for field, name in zip(source.schema, source.names, strict=True):
            if reason := refusal(found[name], field.type):
                raise ConfigurationError(f"{self._subject}: column {name!r} of {source.table} {reason}")
        cursor = found[source.cursor]
        if cursor.type not in _KINDS or cursor.element:
            raise ConfigurationError(
                f"{self._subject}: DatabaseSource cursor {source.cursor!r} is {cursor.shown}: it must be an integer, a "
                "timestamp with time zone or xid8"
            )
        return _KINDS[cursor.type]

    def unread(self) -> int:
        """Rows that no range has: their cursor is null, infinite or in no year from 1 to 9999."""
        odd = [] if self._columns[self._source.cursor].required else [sql.SQL("{cursor} IS NULL")]
        if self.kind is Kind.MOMENT:
            odd.append(sql.SQL("{cursor} < '0001-01-01Z' OR {cursor} >= '10000-01-01Z'"))
        if not odd:
            return 0
        where = sql.SQL(" OR ").join(o.format(cursor=self._cursor) for o in odd)
        return int(self._one("SELECT count(*) FROM {table} WHERE {where}", where=where)[0])

    # -- values -------------------------------------------------------------------------------------------------------

    def newest(self, *, upto: Value = None, below: Value = None) -> Value:
        """The largest value that is at most `upto` and less than `below`; None when there is none."""
        where = self._within(None, upto, below)
        return self._value("SELECT {value} FROM {table} WHERE {where} ORDER BY {cursor} DESC LIMIT 1", where=where)

    def clock(self) -> int:
        """The database's clock, behind all that was asked before; microseconds since 1970."""
        return microseconds(self._one("SELECT clock_timestamp()")[0])

    def running(self) -> int:
        """The first transaction that is not over."""
        return int(self._one("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")[0])

    def place(self, after: Value, upto: Value, number: int, *, back: bool = False) -> Value:
        """The value of the row of a number, from 1, in a range; from its end when `back`. None when it has fewer."""
        return self._value(
            "SELECT {value} FROM {table} WHERE {where} ORDER BY {cursor} {order} OFFSET {before} LIMIT 1",
            where=self._within(after, upto),
            order=sql.SQL("DESC" if back else "ASC"),
            before=sql.Literal(number - 1),
        )

    def count(self, after: Value, upto: Value) -> int:
        """The rows of a range."""
        return int(self._one("SELECT count(*) FROM {table} WHERE {where}", where=self._within(after, upto))[0])

    def count_behind(self, after: Value) -> int:
        """The rows behind a value; from a million on they are not counted."""
        query = "SELECT count(*) FROM (SELECT FROM {table} WHERE {where} LIMIT {most}) AS t"
        return int(self._one(query, where=self._within(after, None), most=sql.Literal(COUNTED_MOST))[0])

    def parts(self, after: Value, upto: Value, rows: int) -> tuple[tuple[Part, ...], Value]:
        """A range in parts of about so many rows, those of one value together; and its first value."""
        found = self._all(
            """
            SELECT min(value), max(value), count(*) FROM (
                SELECT {value} AS value, (rank() OVER (ORDER BY {cursor}) - 1) / {rows} AS part
                FROM {table} WHERE {where}
            ) AS t GROUP BY part ORDER BY part
            """,
            where=self._within(after, upto),
            rows=sql.Literal(rows),
        )
        parts = tuple(Part(_number(last), count) for _, last, count in found)
        return parts, _number(found[0][0]) if found else None

    def writers(self) -> list[Writer]:
        """Transactions that have written to the table and are not over, as far as the user may see their age."""
        found = self._all(
            """
            SELECT DISTINCT a.pid, now() - a.xact_start FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'relation' AND l.relation = {id} AND l.mode = 'RowExclusiveLock' AND l.granted
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND a.xact_start IS NOT NULL ORDER BY 2 DESC
            """,
            id=sql.Literal(self.id),
        )
        return [Writer(*of) for of in found]

    def rows(self, after: Value, upto: Value) -> Iterator[list[Row]]:
        """The rows of a range in order, some at a time."""
        source = self._source
        columns = [
            sql.SQL("{} AS {}").format(expression(of, self._columns[name], f.type), sql.Identifier(f.name))
            for f, name in zip(source.schema, source.names, strict=True)
            for of in [sql.Identifier(_ALIAS, name)]
        ]
        order = [sql.Identifier(_ALIAS, name) for name in (source.cursor, *source.order_by)]
        query = self._query(
            """
            SELECT {cursor}::text, row_to_json(_tidegate_row)::text COLLATE "C"
            FROM {table} CROSS JOIN LATERAL (SELECT {columns}) AS _tidegate_row
            WHERE {where} ORDER BY {order}, 2
            """,
            columns=sql.SQL(", ").join(columns),
            where=self._within(after, upto),
            order=sql.SQL(", ").join(order),
        )
        with self._connection.cursor(name="tidegate") as cursor:
            cursor.adapters.register_loader("text", _Bytes)
            cursor.execute(query)
            while found := cursor.fetchmany(FETCHED):
                yield [Row(*of) for of in found]

    # -- SQL ----------------------------------------------------------------------------------------------------------

    def _within(self, after: Value, upto: Value, below: Value = None) -> sql.Composable:
        bounds = [
            sql.SQL("{cursor} {sign} {value}").format(cursor=self._cursor, sign=sql.SQL(sign), value=self._bound(value))
            for sign, value in ((">", after), ("<=", upto), ("<", below))
            if value is not None
        ]
        return sql.SQL(" AND ").join([sql.SQL("{cursor} IS NOT NULL").format(cursor=self._cursor), *bounds])

    def _bound(self, value: int) -> sql.Composable:
        given = moment(value).isoformat() if self.kind is Kind.MOMENT else str(value)
        return sql.SQL("{}::{}").format(sql.Literal(given), _TYPES[self.kind])

    def _query(self, text: str, **parts: sql.Composable) -> sql.Composed:
        value = sql.SQL("{}::text::bigint").format(self._cursor) if self.kind is Kind.TRANSACTION else self._cursor
        table = sql.SQL("{} AS {}").format(self._name, sql.Identifier(_ALIAS))
        return sql.SQL(text).format(table=table, cursor=self._cursor, value=value, **parts)

    def _all(self, text: str, **parts: sql.Composable) -> list[tuple[Any, ...]]:
        return self._connection.execute(self._query(text, **parts)).fetchall()

    def _one(self, text: str, **parts: sql.Composable) -> tuple[Any, ...]:
        [found] = self._all(text, **parts)
        return found

    def _value(self, text: str, **parts: sql.Composable) -> Value:
        found = self._all(text, **parts)
        return _number(found[0][0]) if found else None


def _number(value: Any) -> int:
    return microseconds(value) if isinstance(value, datetime) else int(value)
