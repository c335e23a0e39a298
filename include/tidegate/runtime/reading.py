"""How tasks read planned slices: pieces, and what reads them, whatever the source is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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
