"""What reads planned files in the tasks of an epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tidegate.adapters.files.detail import FileDetail
from tidegate.adapters.files.places import Places
from tidegate.api.formats import RowFormat
from tidegate.protocol.model import Slice
from tidegate.runtime.decoding import Decoded, decode, parts
from tidegate.runtime.reading import Piece


@dataclass(frozen=True)
class FileReader:
    """Implements `Reader`. A piece is a file, or a part of a large one; `places` says where files are."""

    format: RowFormat
    places: Places

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows."""
        return self.format.schema

    def pieces(self, slices: Sequence[Slice]) -> tuple[Piece, ...]:
        """The pieces of planned files; see `Reader`."""
        found = []
        for slice_ in slices:
            size = FileDetail.of(slice_).size
            of_file = parts(self.format, self.places.of(slice_.key), size)
            found += [Piece(slice_.key, size // len(of_file), part) for part in of_file]
        return tuple(found)

    def read(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Decoded]]:
        """Decode one piece after the other; see `Reader`."""
        for place, piece in enumerate(pieces):
            for decoded in decode(self.format, self.places.of(piece.key), piece.part):
                yield place, decoded
