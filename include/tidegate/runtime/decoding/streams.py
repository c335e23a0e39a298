"""A text file's bytes: unpacked by the ending of its name, and brought to UTF-8."""

import bz2
import codecs
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from tidegate.errors import MalformedInputError
from tidegate.runtime.locations import open_bytes

RECORD_BYTES_MAX = 64 * 1024 * 1024
"""The largest record: what a task holds in memory is bounded by it."""

_PACKED_BYTES = 16 * 1024
"""So little is unpacked at once, since a byte may become thousands."""

_UNPACKERS: dict[str, Callable[[], Any]] = {
    ".gz": lambda: zlib.decompressobj(wbits=31),
    ".bz2": bz2.BZ2Decompressor,
    ".xz": lzma.LZMADecompressor,
    ".zst": lambda: zstandard.ZstdDecompressor(max_window_size=2**31).decompressobj(),
}


def packed(path: str) -> bool:
    """Whether the name's ending says that the file is compressed."""
    return Path(path).suffix in _UNPACKERS


class Text:
    """The bytes of a text file in UTF-8, taken in blocks that end where the reader says.

    Args:
        path: the file.
        encoding: of the text. Bytes that are not in it stay bytes that are no UTF-8, so that only their rows are
            malformed; see `original`.
        start: where to begin, in bytes; only in a file that is neither packed nor of another encoding.
    """

    def __init__(self, path: str, encoding: str = "utf-8", start: int = 0) -> None:
        self._file = open_bytes(path)  # closed by `opened`
        self._file.seek(start)
        chunks = _unpacked(self._file, path) if packed(path) else iter(lambda: self._file.read(1 << 18), b"")
        self._chunks = chunks if start else _without_mark(chunks if _is_utf8(encoding) else _recoded(chunks, encoding))
        self._held = b""
        self.ended = False

    def block(self, size: int) -> bytes:
        """What is held, filled up to `size` bytes or to the end of the file; then `ended` is set."""
        pieces, held = [self._held], len(self._held)
        while held < size:
            piece = next(self._chunks, None)
            if piece is None:
                self.ended = True
                break
            pieces.append(piece)
            held += len(piece)
        self._held = b"".join(pieces)
        return self._held

    def drop(self, size: int) -> None:
        """Give up the first `size` bytes of the block: they were read."""
        self._held = self._held[size:]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@contextmanager
def opened(path: str, encoding: str = "utf-8", start: int = 0) -> Iterator[Text]:
    """Open a text file. Raises MalformedInputError for packed data that are damaged or cut off."""
    text = Text(path, encoding, start)
    try:
        yield text
    except (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError) as e:
        raise MalformedInputError(f"{path} is damaged or was cut off: {e}") from e
    except OSError as e:
        if e.errno is not None:
            raise
        raise MalformedInputError(f"{path} is damaged or was cut off: {e}") from e
    except UnicodeDecodeError as e:
        raise MalformedInputError(f"{path} is not {e.encoding}: {e.reason} at byte {e.start} of a part") from e
    finally:
        text.close()


def original(data: bytes, encoding: str) -> str:
    r"""Text of a block as it stood in its file: bytes that are not in the encoding as ``\xNN``."""
    if _is_utf8(encoding):
        return data.decode(errors="backslashreplace")
    text = codecs.getincrementaldecoder("utf-8")(errors="surrogatepass").decode(data)  # its end may be cut
    raw = text.encode(encoding, errors="surrogateescape")
    return raw.decode(encoding, errors="backslashreplace")


def recoded(data: bytes, encoding: str) -> bytes:
    """A whole text in UTF-8. Raises UnicodeDecodeError where not even `original` could tell what stood there."""
    if _is_utf8(encoding):
        return data
    return data.decode(encoding, errors="surrogateescape").encode(errors="surrogatepass")


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def _unpacked(file: BinaryIO, path: str) -> Iterator[bytes]:
    make = _UNPACKERS[Path(path).suffix]
    unpacker = make()
    while chunk := file.read(_PACKED_BYTES):
        while chunk:
            if unpacker.eof:  # another stream follows
                unpacker = make()
            if piece := unpacker.decompress(chunk):
                yield piece
            chunk = unpacker.unused_data if unpacker.eof else b""
    if not unpacker.eof:
        raise EOFError("the compressed data do not end")


def _recoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    for chunk in chunks:
        yield decoder.decode(chunk).encode(errors="surrogatepass")
    yield decoder.decode(b"", final=True).encode(errors="surrogatepass")


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the byte order mark that some write before UTF-8."""
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= len(codecs.BOM_UTF8):
            break
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from chunks
