"""Avro's object container files: blocks of data, with the schema that they were written with before them."""

import json
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fastavro

from tidegate.api.avro_schema import Written, written_with
from tidegate.api.formats import RowFormat
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding import avro
from tidegate.runtime.decoding.model import TEXT_MAX, Block, Decoded, plain
from tidegate.runtime.locations import open_bytes

ROWS = 16_384


def decode(row_format: RowFormat, path: str) -> Iterator[Decoded]:
    """The records of a file."""
    with _opened(path) as file:
        written = _checked(row_format, path, file)
        first, data = 0, list[dict[str, Any]]()
        for block in file:
            data += _data(block, written)
            while len(data) >= ROWS:
                yield _block(row_format, written, data[:ROWS], first)
                first, data = first + ROWS, data[ROWS:]
        if data:
            yield _block(row_format, written, data, first)


def count_records(path: str) -> int:
    """By what the blocks say of themselves."""
    with _opened(path) as file:
        return sum(block.num_records for block in file)


def check_file(row_format: RowFormat, path: str) -> None:
    """Compare the schema in the file's header with the declared one. Raises MalformedInputError."""
    with _opened(path) as file:
        _checked(row_format, path, file)


def _checked(row_format: RowFormat, path: str, file: Any) -> Written:
    try:
        written = written_with(file.metadata["avro.schema"])
    except ValueError as e:
        raise MalformedInputError(f"{path} has a schema that is not read: {e}") from e
    if reason := avro.refused(row_format, written):
        raise MalformedInputError(f"{path}: {reason}")
    return written


def _data(block: Any, written: Written) -> list[dict[str, Any]]:
    """The data of a block. Raises what fastavro raises when they are not what the block says."""
    stream = block.bytes_
    data: list[Any] = [fastavro.schemaless_reader(stream, written.record, None) for _ in range(block.num_records)]
    if stream.read(1):
        raise ValueError("a block has bytes behind its last record")
    return data


def _block(row_format: RowFormat, written: Written, data: list[dict[str, Any]], first: int) -> Decoded:
    def describe(record: int) -> tuple[str, str]:
        text = json.dumps(data[record], default=plain, ensure_ascii=False)
        return f"row {first + record + 1}", text[:TEXT_MAX]

    return Block(avro.columns(row_format, written, data), len(data), describe).decoded(row_format.schema, first)


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    """Raises MalformedInputError for whatever is wrong in the file, then and later."""
    with open_bytes(path) as file:
        try:
            yield fastavro.block_reader(file)
        except UnicodeDecodeError as e:
            raise MalformedInputError(f"{path} is damaged: a text is not UTF-8") from e
        except (ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError) as e:
            raise MalformedInputError(
                f"{path} is no container file of Avro, or is damaged: {e or type(e).__name__}"
            ) from e
        except (zlib.error, lzma.LZMAError, OSError) as e:
            if isinstance(e, OSError) and e.errno is not None:
                raise
            raise MalformedInputError(f"{path} is damaged: {e}") from e
