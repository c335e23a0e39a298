"""One strict decoder for files and for records: a value has exactly its declared type, or its row is malformed.

It knows nothing of what distributes the work. A file is cut into parts, each of which one task decodes by itself, in
bounded memory; malformed rows are results beside the well-formed ones.
"""

from collections.abc import Iterator

from tidegate.api.formats import Avro, Csv, Json, RowFormat
from tidegate.runtime.decoding import containers, delimited, json_lines, parquet
from tidegate.runtime.decoding.model import WHOLE, Decoded, Malformed, Part
from tidegate.runtime.decoding.records import decode_values

__all__ = ["Decoded", "Malformed", "Part", "check_file", "count_records", "decode", "decode_values", "parts"]


def parts(row_format: RowFormat, path: str, size: int) -> list[Part]:
    """The parts of a file of `size` bytes, in order, of about 64 MiB each.

    CSV, Avro and compressed files are never cut.

    Raises:
        MalformedInputError: a Parquet file has no footer.
    """
    if isinstance(row_format.dialect, Csv | Avro):
        return [WHOLE]
    return json_lines.parts(path, size) if isinstance(row_format.dialect, Json) else parquet.parts(path)


def decode(row_format: RowFormat, path: str, part: Part) -> Iterator[Decoded]:
    """The records of a part, in order, in batches of about 16,000.

    Raises:
        MalformedInputError: the file as a whole cannot be read; names it and says why.
    """
    if isinstance(row_format.dialect, Csv):
        return delimited.decode(row_format, path)
    if isinstance(row_format.dialect, Json):
        return json_lines.decode(row_format, path, part)
    if isinstance(row_format.dialect, Avro):
        return containers.decode(row_format, path)
    return parquet.decode(row_format, path, part)


def count_records(row_format: RowFormat, path: str) -> int:
    """How many records `decode` would meet in the whole file. Raises MalformedInputError."""
    if isinstance(row_format.dialect, Csv):
        return delimited.count_records(row_format, path)
    if isinstance(row_format.dialect, Avro):
        return containers.count_records(path)
    return json_lines.count_records(path) if isinstance(row_format.dialect, Json) else parquet.count_records(path)


def check_file(row_format: RowFormat, path: str) -> None:
    """Look at a file's header, footer or first bytes. Raises MalformedInputError when they do not fit."""
    if isinstance(row_format.dialect, Csv):
        delimited.check_file(row_format, path)
    elif isinstance(row_format.dialect, Json):
        json_lines.check_file(path)
    elif isinstance(row_format.dialect, Avro):
        containers.check_file(row_format, path)
    else:
        parquet.check_file(row_format, path)
