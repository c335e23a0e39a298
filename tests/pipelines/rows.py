"""A pipeline that reads a table of PostgreSQL, run here with the real engine: checkpoint and tables are in memory."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

import builders as make
from pipelines.topics import OUT, Line, Seen
from tidegate import DatabaseSource, Definition, HiveTable, Pipeline
from tidegate.adapters.database.source import DatabaseSourceAdapter
from tidegate.ports import EpochReport, Source
from tidegate.protocol.intervals import Bound
from tidegate.protocol.model import Run
from tidegate.runtime.reading import Piece

CLICK = pa.schema({"user": pa.string(), "n": pa.int64()})


def pipeline(table: str = "clicks", *, name: str = "clicks", output: pa.Schema = OUT, **settings: Any) -> Definition:
    """Rows of a table, numbered by key, into ``t.NAME``; what is malformed into ``t.dead_NAME``."""
    source = DatabaseSource(table, **{"schema": CLICK, "cursor": "id", "order_by": ("n",), **settings})
    return (
        Pipeline(name, dead_letters=f"t.dead_{name}")
        .source(source)
        .key_by("user")
        .process(Seen(), output=output)
        .sink(HiveTable(f"t.{name}"))
    )


class TableLine(Line):
    """Epochs of a pipeline over a table, one after the other; see `Line`."""

    def __init__(self, definition: Definition, url: str, folder: Path) -> None:
        super().__init__(definition, {}, folder)
        self.url = url

    def source(self) -> Source:
        """What a new process reads the table by."""
        declared = make.source_of(self.definition)
        assert isinstance(declared, DatabaseSource)
        return DatabaseSourceAdapter(declared, self.definition.name, self.url)

    def readied(self) -> tuple[Piece, ...]:
        """The pieces of what a first look finds."""
        source = self.source()
        return source.reader().pieces(source.discover(None, lambda _: ()))

    def until(self, end: datetime) -> EpochReport | None:
        """The run of a data interval that ends there, and began an hour before."""
        end_ms = round(end.timestamp() * 1000)
        run = Run(f"until-{end}", "test", interval_start_ms=end_ms - 3_600_000, interval_end_ms=end_ms)
        return self.engine.run(run, bound=Bound.INTERVAL)


class Shop:
    """The database, seen by those who write to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = psycopg.connect(url, autocommit=True)

    def do(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement, committed at once. The rows that it gives."""
        return _done(self.session, statement, *values)

    def begin(self) -> "Open":
        """A transaction of a session of its own."""
        return Open(self.url)

    def wait(self, span: timedelta) -> None:
        """Until the database's clock is so much further."""
        self.do("SELECT pg_sleep(%s)", span.total_seconds())

    def close(self) -> None:
        """Close the session."""
        self.session.close()


class Open:
    """A transaction that is not over."""

    def __init__(self, url: str) -> None:
        self._session = psycopg.connect(url)

    def do(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement in it."""
        return _done(self._session, statement, *values)

    def commit(self) -> None:
        """End it."""
        self._session.commit()
        self._session.close()


def _done(session: "psycopg.Connection[Any]", statement: str, *values: Any) -> list[tuple[Any, ...]]:
    found = session.execute(statement.encode(), values)
    return found.fetchall() if found.description else []
