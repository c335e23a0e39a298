"""How tasks read planned slices: pieces, and what reads them, whatever the source is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from tidegate.protocol.model import Slice
from tidegate.runtime.decoding import Decoded


@dataclass(frozen=True)
class Piece:
    """A slice, or a part of one, that is read by itself.

    Args:
        key: where its rows come from, for people.
        bytes: about its size: tasks are made of like size.
        part: what it is. Only its reader knows.
    """

    key: str
    bytes: int
    part: Any


class Reader(Protocol):
    """Reads a source's planned slices. It is shipped to tasks, so it holds settings and no connection."""

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows."""

    def pieces(self, slices: Sequence[Slice]) -> tuple[Piece, ...]:
        """The pieces of slices, in the order of events.

        Raises MalformedInputError when one cannot be cut into pieces.
        """

    def read(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Decoded]]:
        """Read neighbouring pieces: records, each time with the place of their piece in `pieces`.

        The records of a piece come in order, those of several pieces may come mixed.

        Raises:
            MalformedInputError: a piece as a whole cannot be read.
            SourceGapError: its data are not there any more as they were planned (I8).
        """


class Raw(Protocol):
    """Some neighbouring records of one piece, as they came: nothing of them is decoded."""

    def rows(self) -> pa.RecordBatch:
        """A row for each record, with the reader's `raw_schema`."""


@runtime_checkable
class Archiving(Reader, Protocol):
    """A reader that reads in two steps, so that what it got can be kept, and decoded again without its source.

    `read` is `raw`, and then `decoded` for each of what comes.
    """

    @property
    def archives(self) -> bool:
        """Whether the user wants records to be kept."""

    @property
    def raw_schema(self) -> pa.Schema:
        """The columns of records as they are kept: all that `decoded` looks at."""

    def raw(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Raw]]:
        """Read pieces, as `read` does, and raise what that raises."""

    def decoded(self, piece: Piece, raw: Any) -> Decoded:
        """Decode records of a piece."""

    def of_rows(self, rows: pa.RecordBatch) -> Raw:
        """What `Raw.rows` gave, as `decoded` takes it: it makes the same of it."""

    def told(self, piece: Piece) -> Mapping[str, Any]:
        """A piece as a JSON object."""

    def retold(self, told: Mapping[str, Any], slices: Mapping[int, Slice]) -> Piece:
        """The same piece again. `slices` are those of its epoch, by position."""
