"""JSON lines: one object a line, strictly, its fields by name."""

import json
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

import msgspec
import numpy as np

from tidegate.api.formats import Json, RowFormat
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding.arrays import required
from tidegate.runtime.decoding.model import TEXT_MAX, WHOLE, Block, Decoded, Faults, Part, add_misfits, readable
from tidegate.runtime.decoding.objects import from_values, unfit
from tidegate.runtime.decoding.streams import RECORD_BYTES_MAX, opened, packed

BLOCK_BYTES = 2 * 1024 * 1024
PART_BYTES = 64 * 1024 * 1024

_decode = msgspec.json.Decoder(float_hook=str.encode).decode
_decode_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def parts(path: str, size: int) -> list[Part]:
    """Ranges of bytes; each part has the lines that begin in it."""
    if packed(path) or size <= PART_BYTES:
        return [WHOLE]
    starts = range(0, size, PART_BYTES)
    return [Part(start, stop) for start, stop in zip(starts, [*starts[1:], None], strict=True)]


def decode(row_format: RowFormat, path: str, part: Part) -> Iterator[Decoded]:
    """The records of a part."""
    first = lines = 0
    for at, block in _blocks(path, part):
        found = _Lines(row_format, block, at, lines if not part.start else None)
        yield found.decoded(first)
        first += len(found.records)
        lines += len(found.lines)


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


class _Lines:
    """Some lines of a file.

    `records` are the lines that are records, as places in `lines`; `rows` the objects among them, and `numbers` the
    place in `records` of each.
    """

    def __init__(self, row_format: RowFormat, block: bytes, at: int, lines_before: int | None) -> None:
        assert isinstance(row_format.dialect, Json)
        self._format, self._dialect = row_format, row_format.dialect
        self._block, self._at, self._before = block, at, lines_before
        self.lines = _lines(block)
        self.records = [i for i, line in enumerate(self.lines) if line and not line.isspace()]
        self._texts = [self.lines[i] for i in self.records] if len(self.records) < len(self.lines) else self.lines
        self._faults: Faults = {}
        self._rows, self._numbers = self._parsed()

    def decoded(self, first: int) -> Decoded:
        """The block's records; `first` is the number of the first one in the part."""
        columns = []
        for field, values in zip(self._format.schema, self._values(), strict=True):
            found, misfits = required(*from_values(values, field.type, self._dialect), field)
            add_misfits(self._faults, field.name, misfits, self._numbers)
            columns.append(found)
        numbers = np.array(self._numbers, np.int64)
        block = Block(columns, numbers, len(self.records), self._faults, self._described)
        return block.decoded(self._format.schema, first)

    def _described(self, record: int) -> tuple[str, str]:
        line = self.records[record]
        if self._before is not None:
            place = f"line {self._before + line + 1}"
        else:
            place = f"byte {self._at + sum(len(text) + 1 for text in self.lines[:line]) + 1}"
        return place, readable(self.lines[line].rstrip())[:TEXT_MAX]

    def _parsed(self) -> tuple[list[dict[str, Any]], Sequence[int]]:
        try:
            rows: list[Any] = list(map(_decode, self._texts))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            rows = [self._one(number, text) for number, text in enumerate(self._texts)]
        if set(map(type, rows)) - {dict}:
            for number, row in enumerate(rows):
                if type(row) is not dict:
                    self._faults.setdefault(number, (None, "the line is not a JSON object"))
        for number in self._suspected(rows):
            if number not in self._faults and (name := _repeated(self._texts[number])) is not None:
                self._faults[number] = (None, f"has two fields {name!r}")
        if not self._faults:
            return rows, range(len(rows))
        numbers = [n for n in range(len(rows)) if n not in self._faults]
        return [rows[n] for n in numbers], numbers

    def _one(self, number: int, text: bytes) -> Any:
        try:
            return _decode(text)
        except UnicodeDecodeError:
            self._faults[number] = (None, "the line is not UTF-8")
        except RecursionError:
            self._faults[number] = (None, "the line is nested too deeply")
        except (msgspec.DecodeError, ValueError) as e:
            self._faults[number] = (None, f"the line is not JSON: {e}")
        return None

    def _suspected(self, rows: Sequence[Any]) -> Sequence[int]:
        """Records in which a name may stand twice, of which the parser keeps one.

        A name is followed by a colon, behind a quote or white space: where there are no more of these than names were
        found, no name stands twice.
        """
        colons = _colons(self._block)
        if colons == sum(len(row) for row in rows if type(row) is dict) or colons == sum(map(_names, rows)):
            return ()
        return [n for n, row in enumerate(rows) if _colons(self._texts[n]) != _names(row)]

    # -- fields --------------------------------------------------------------------------------------------------------

    def _values(self) -> list[Sequence[Any]]:
        """The values of each of the schema's columns, once records with unfit names are out."""
        names = list(self._format.names)
        rest = self._dialect.rest
        wanted = [n for n, c in zip(names, self._format.schema.names, strict=True) if c != rest]
        if rest is None and self._dialect.extra == "ignore" and (values := _columns(self._rows, wanted)) is not None:
            return values
        verdicts = dict[tuple[str, ...], str | None]()
        kept: list[int] = []
        for place, row in enumerate(self._rows):
            shape = tuple(row)
            if shape not in verdicts:
                verdicts[shape] = unfit(shape, wanted, self._dialect)
            if reason := verdicts[shape]:
                self._faults[self._numbers[place]] = (None, reason)
            else:
                kept.append(place)
        self._rows, self._numbers = [self._rows[p] for p in kept], [self._numbers[p] for p in kept]
        columns = {name: [row.get(name) for row in self._rows] for name in wanted}
        if rest is not None:
            columns[rest] = [self._rest(number, wanted) for number in self._numbers]
        return [columns[name] for name in names]

    def _rest(self, number: int, known: Sequence[str]) -> str | None:
        """The fields that are not declared, each as it stood."""
        fields = _decode_raw(self._texts[number])
        kept = [f"{json.dumps(n, ensure_ascii=False)}:{bytes(v).decode()}" for n, v in fields.items() if n not in known]
        return f"{{{','.join(kept)}}}" if kept else None


def _columns(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[Sequence[Any]] | None:
    """The values by column; None where a row lacks one."""
    if not rows:
        return [[] for _ in names]
    try:
        return [list(map(itemgetter(name), rows)) for name in names]
    except KeyError:
        return None


def _colons(text: bytes) -> int:
    data = np.frombuffer(text, np.uint8)
    before = data[np.flatnonzero(data == ord(":")) - 1]
    return sum(int(np.count_nonzero(before == ord(c))) for c in '" \t\r')


def _names(value: Any) -> int:
    """How many names the objects in a value have."""
    if type(value) is dict:
        return len(value) + sum(_names(v) for v in value.values() if type(v) is dict or type(v) is list)
    return sum(map(_names, value)) if type(value) is list else 0


def _repeated(line: bytes) -> str | None:
    """A name that an object in the line has twice."""
    twice: list[str] = []

    def noted(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)

    try:
        json.loads(line, object_pairs_hook=noted)
    except (ValueError, RecursionError):
        return None  # it is not JSON, as the parser has found too
    return twice[0] if twice else None
