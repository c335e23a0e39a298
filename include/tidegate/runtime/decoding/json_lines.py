"""JSON lines: one object a line."""

from collections.abc import Iterator, Sequence
from functools import partial

from tidegate.api.formats import RowFormat
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding.json_objects import Objects
from tidegate.runtime.decoding.model import TEXT_MAX, WHOLE, Block, Decoded, Part, readable
from tidegate.runtime.decoding.streams import RECORD_BYTES_MAX, opened, packed

BLOCK_BYTES = 2 * 1024 * 1024
PART_BYTES = 64 * 1024 * 1024


def parts(path: str, size: int) -> list[Part]:
    """Ranges of bytes; each part has the lines that begin in it."""
    if packed(path) or size <= PART_BYTES:
        return [WHOLE]
    starts = range(0, size, PART_BYTES)
    return [Part(start, stop) for start, stop in zip(starts, [*starts[1:], None], strict=True)]


def decode(row_format: RowFormat, path: str, part: Part) -> Iterator[Decoded]:
    """The records of a part."""
    first = before = 0
    for at, block in _blocks(path, part):
        lines = _lines(block)
        records = [i for i, line in enumerate(lines) if line and not line.isspace()]
        texts = [lines[i] for i in records] if len(records) < len(lines) else lines
        found = Objects(row_format, texts, block, "line").rows()
        describe = partial(_described, lines, records, at, before if not part.start else None)
        yield Block(found, len(records), describe).decoded(row_format.schema, first)
        first += len(records)
        before += len(lines)


def _described(
    lines: Sequence[bytes], records: Sequence[int], at: int, before: int | None, record: int
) -> tuple[str, str]:
    """Place and text of a record; `at` is where its block begins, `before` how many lines there are before."""
    line = records[record]
    if before is not None:
        place = f"line {before + line + 1}"
    else:
        place = f"byte {at + sum(len(text) + 1 for text in lines[:line]) + 1}"
    return place, readable(lines[line].rstrip())[:TEXT_MAX]


def count_records(path: str) -> int:
    """How many lines have a character other than white space."""
    return sum(bool(line.strip()) for _, block in _blocks(path, WHOLE) for line in _lines(block))


def check_file(path: str) -> None:
    """Look at the first bytes. Raises MalformedInputError for a packed file that is damaged there."""
    if packed(path):
        with opened(path) as text:
            text.block(1)


def _blocks(path: str, part: Part) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines, and the byte at which each begins."""
    at = max(part.start - 1, 0)
    with opened(path, start=at) as text:
        if part.start:  # the line that has begun before belongs to the part before
            while (feed := text.block(BLOCK_BYTES).find(b"\n")) < 0 and not text.ended:
                at += len(text.block(0))
                text.drop(len(text.block(0)))
            text.drop(feed + 1 if feed >= 0 else RECORD_BYTES_MAX)
            at += feed + 1
        wanted = BLOCK_BYTES
        while part.stop is None or at < part.stop:
            block = text.block(wanted)
            end = len(block) if text.ended else _end(block, at, part.stop)
            if not block:
                return
            if not end and wanted > RECORD_BYTES_MAX:
                raise MalformedInputError(f"{path}: the line at byte {at} has more than {RECORD_BYTES_MAX} bytes")
            wanted = BLOCK_BYTES if end else 2 * wanted
            if text.ended and part.stop is not None:
                end = _end(block, at, part.stop) or end
            if end:
                yield at, block[:end]
                text.drop(end)
                at += end


def _end(block: bytes, at: int, stop: int | None) -> int:
    """Where the last whole line ends that begins before `stop`; 0 when none does."""
    if stop is not None and at + len(block) > stop:
        return block.find(b"\n", max(stop - at - 1, 0)) + 1
    return block.rfind(b"\n") + 1


def _lines(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    return lines if lines[-1] else lines[:-1]
