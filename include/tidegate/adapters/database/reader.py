"""What reads planned ranges of a table in the tasks of an epoch."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidegate.adapters.database.ranges import Kind, TableDetail, Value, shown
from tidegate.adapters.database.table import Row, Snapshot, Table
from tidegate.api.database import DatabaseSource
from tidegate.api.formats import Json, RowFormat
from tidegate.errors import SourceGapError
from tidegate.protocol.model import Slice
from tidegate.runtime.decoding import Decoded, decode_values
from tidegate.runtime.reading import Piece

_BYTES_PER_ROW = 200
"""Nobody tells how large rows are: a guess, by which tasks are made of like size."""


@dataclass(frozen=True)
class Range:
    """A piece: the rows behind a value and up to another one, and how many there were when they were planned."""

    table: int
    kind: Kind
    after: Value
    upto: int
    rows: int


@dataclass(frozen=True)
class TableReader:
    """Implements `Reader`. A piece is a part of a slice.

    Args:
        subject: the pipeline, for messages.
        source: the declaration.
        url: of the database; it may hold a password.
    """

    subject: str
    source: DatabaseSource
    url: str = field(repr=False)

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows."""
        return self.source.schema

    def pieces(self, slices: Sequence[Slice]) -> tuple[Piece, ...]:
        """The parts of the slices; see `Reader`."""
        found = []
        for slice_ in slices:
            detail = TableDetail.of(slice_)
            for after, part in detail.spans():
                of = Range(detail.table, detail.kind, after, part.upto, part.rows)
                found.append(Piece(self.source.table, part.rows * _BYTES_PER_ROW, of))
        return tuple(found)

    def read(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Decoded]]:
        """Read one range after the other, all from one snapshot; see `Reader`.

        Raises:
            SourceGapError: a range has not as many rows as were planned, or is of another table.
            ConfigurationError: the connection's user may not read, or a column is not there any more.
            UnavailableError: the database does not answer.
        """
        if not pieces:
            return
        with Table(self.source, self.subject, self.url).snapshot() as now:
            for place, piece in enumerate(pieces):
                for decoded in self._range(now, piece.part):
                    yield place, decoded

    def _range(self, now: Snapshot, of: Range) -> Iterator[Decoded]:
        if now.id != of.table:
            raise SourceGapError(
                f"{self.subject}: {self.source.table} was dropped and made again since it was planned. Nothing was "
                "published; the next attempt says what can be done"
            )
        met = 0
        for rows in now.rows(of.after, of.upto):
            yield self._decoded(rows, met)
            met += len(rows)
        if met != of.rows:
            raise changed(self.subject, self.source, of, met)

    def _decoded(self, rows: Sequence[Row], first: int) -> Decoded:
        found = decode_values(RowFormat(Json(), self.source.schema, {}), [r.row for r in rows])
        malformed = tuple(replace(m, row=first + m.row, **self._place(rows[m.row])) for m in found.malformed)
        numbers = pc.add(found.rows, pa.scalar(first, pa.int64()))
        return replace(found, rows=numbers, malformed=malformed)

    def _place(self, row: Row) -> dict[str, Any]:
        cursor, value = self.source.cursor, row.cursor.decode()
        position = json.dumps({"table": self.source.table, "cursor": cursor, "value": value})
        return {"place": f"{cursor} {value}", "position": position}


def changed(subject: str, source: DatabaseSource, of: Range, now: int) -> SourceGapError:
    """The error for a range that has another number of rows `now` than when it was planned."""
    return SourceGapError(
        f"{subject}: {source.table} has {now:,} rows with {source.cursor} behind {shown(of.kind, of.after)} and up to "
        f"{shown(of.kind, of.upto)}, but had {of.rows:,} when they were planned: rows were changed, deleted, or "
        "committed late. Nothing was published. Bring the rows back as they were, or let the range be taken as it is "
        f"now: `tidegate give-up {subject} --reason …`"
    )
