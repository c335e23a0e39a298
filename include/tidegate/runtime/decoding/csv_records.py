"""Splits CSV into records and fields, strictly by RFC 4180.

`at_once` does so with whole-array operations, for a block in which every quote is where it should be. `one_by_one` is
the rule itself, names what is wrong, and knows an escape character. Where both can, they find the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from tidegate.api.formats import Csv
from tidegate.runtime.decoding.model import Bools, Bytes, Ints

LF, CR = 10, 13


@dataclass(frozen=True)
class Records:
    """The records of a block.

    Args:
        cells: the fields of all records, without quotes.
        literal: per cell: it cannot mean null, for it was quoted or escaped.
        first: per record, its first cell.
        width: per record, how many cells it has; 0 where it has a fault.
        start, stop: per record, where it stands in the block, without its line end.
        line: per record, how many lines of the block are before it.
        faults: why a record has no cells.
        used: how many bytes of the block they are; the rest is not a whole record yet.
        lines: how many lines those are.
    """

    cells: pa.BinaryArray
    literal: Bools
    first: Ints
    width: Ints
    start: Ints
    stop: Ints
    line: Ints
    faults: dict[int, str]
    used: int
    lines: int


def scan(block: bytes, dialect: Csv, *, final: bool) -> Records:
    """The whole records of a block; `final` says that nothing follows it.

    A line without any character is no record. A record with a fault ends with the line on which the fault is found: for
    a quote that is never closed, that is the end of the file.
    """
    if dialect.escape is not None and dialect.escape.encode() in block:
        return one_by_one(block, dialect, final=final)
    if final and block and not block.endswith(b"\n"):
        block += b"\n"
    return at_once(block, dialect, final=final) or one_by_one(block, dialect, final=final)


def at_once(block: bytes, dialect: Csv, *, final: bool) -> Records | None:
    """See `scan`; None where a quote or a carriage return is out of place. A final block ends with a line feed."""
    data = np.frombuffer(block, np.uint8)
    special = {ord(c) for c in (dialect.delimiter, dialect.quote or "\n", "\r", "\n")}
    places = np.flatnonzero(_equal_any(data, special))
    kinds = data[places]
    quotes = (kinds == ord(dialect.quote)) if dialect.quote else np.zeros(len(kinds), bool)
    outside = (np.cumsum(quotes) & 1) == 0
    marks = _Marks(data, places, kinds, quotes, outside)
    if not marks.fit(ord(dialect.delimiter)):
        return None
    ends = np.flatnonzero(outside & (kinds == LF))
    whole = int(ends[-1]) + 1 if len(ends) else 0  # marks of whole records
    used = int(places[whole - 1]) + 1 if whole else 0
    if final and used != len(block):
        return None  # the last quote is not closed
    return _Marks(data[:used], places[:whole], kinds[:whole], quotes[:whole], outside[:whole]).records()


def _equal_any(data: Bytes, values: set[int]) -> Bools:
    found = np.zeros(len(data), bool)
    for value in values:
        found |= data == value
    return found


@dataclass(frozen=True)
class _Marks:
    """Delimiters, quotes, line feeds and carriage returns of whole records.

    Their places, which they are, whether they are quotes, and whether they (or what follows a quote) are outside of
    quotes.
    """

    data: Bytes
    places: Ints
    kinds: Bytes
    quotes: Bools
    outside: Bools

    def fit(self, delimiter: int) -> bool:
        """Each quote opens a field, closes it, or is one of two neighbours inside of it; returns come before feeds.

        What follows the last byte is not known yet, and fits.
        """
        opening, closing, doubled = self.pairs()
        opens = (opening == 0) | _equal_any(self.data[opening - 1], {delimiter, LF})
        opens[1 : len(doubled) + 1] |= doubled
        closes = self._before(closing, {delimiter, LF, CR})
        closes[: len(doubled)] |= doubled
        returns = self.places[self.outside & (self.kinds == CR)]
        return bool(opens.all() and closes.all() and self._before(returns, {LF}).all())

    def _before(self, places: Ints, values: set[int]) -> Bools:
        """Which places are before one of these bytes, or the last."""
        last: Bools = places == len(self.data) - 1
        found: Bools = last | _equal_any(self.data[np.where(last, places, places + 1)], values)
        return found

    def pairs(self) -> tuple[Ints, Ints, Bools]:
        """Quotes that open, quotes that close, and for each of these that another one follows, whether it is next."""
        opening, closing = self.places[self.quotes][0::2], self.places[self.quotes][1::2]
        followed = closing[: max(len(opening) - 1, 0)]
        return opening, closing, followed + 1 == opening[1:]

    def records(self) -> Records:
        """Cells are what is left without separators and the quotes around them."""
        separating = self.outside & ~self.quotes & (self.kinds != CR)
        gone = self.outside | self.quotes
        _, closing, doubled = self.pairs()
        gone[np.searchsorted(self.places, closing[: len(doubled)][doubled])] = False  # one of two neighbours stays
        keep = np.ones(len(self.data), bool)
        keep[self.places[gone]] = False
        separators = self.places[separating]
        offsets = np.append(0, separators + 1 - np.cumsum(gone)[separating])
        buffers = [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(self.data[keep])]
        cells = pa.Array.from_buffers(pa.binary(), len(separators), buffers)
        starts = np.append(0, separators + 1)[:-1]
        quoted = np.zeros(len(self.data), bool)
        quoted[self.places[self.quotes]] = True
        last = np.flatnonzero(self.data[separators] == LF)
        first = np.append(0, last + 1)[:-1]
        start, stop = starts[first], separators[last]
        stop = stop - ((stop > start) & (self.data[stop - 1] == CR))
        feeds = np.cumsum(self.kinds == LF)[separating][last]
        line = np.append(0, feeds)[:-1]
        there = start != stop
        first, last, start, stop, line = first[there], last[there], start[there], stop[there], line[there]
        lines = int(feeds[-1]) if len(feeds) else 0
        return Records(cells, quoted[starts], first, last - first + 1, start, stop, line, {}, len(self.data), lines)


@dataclass(frozen=True)
class _Grammar:
    field: "re.Pattern[bytes]"
    quoted: "re.Pattern[bytes]"
    plain: "re.Pattern[bytes]"
    inner: "re.Pattern[bytes]"


@lru_cache
def _grammar(dialect: Csv) -> _Grammar:
    d, q, e = (re.escape((c or "").encode()) for c in (dialect.delimiter, dialect.quote, dialect.escape))
    escaped = rb"|" + e + rb"(?s:.)" if e else b""
    plain = rb"(?:[^" + d + q + e + rb"\r\n]" + escaped + rb")*+"
    quoted = q + rb"((?:[^" + q + e + rb"]|" + q + q + escaped + rb")*+)" + q if q else rb"(?!)()"
    return _Grammar(
        re.compile(rb"(?:" + quoted + rb"|(" + plain + rb"))(" + d + rb"|\r?\n|\Z)"),
        re.compile(quoted),
        re.compile(plain),
        re.compile((q + rb"(" + q + rb")" if q else rb"(?!)()") + (rb"|" + e + rb"((?s:.))" if e else rb"|(?!)()")),
    )


def one_by_one(block: bytes, dialect: Csv, *, final: bool) -> Records:
    """See `scan`."""
    grammar, nulls = _grammar(dialect), {n.encode() for n in dialect.nulls}
    cells: list[bytes] = []
    literal: list[bool] = []
    rows: list[tuple[int, int, int, int, int]] = []
    faults: dict[int, str] = {}
    at = line = 0
    for start, stop, after, fields, fault in _records(block, dialect, final=final):
        if fault:
            faults[len(rows)] = fault
        if start != stop:
            rows.append((len(cells), len(fields), start, stop, line))
        for quoted, raw in fields if start != stop else ():
            text = grammar.inner.sub(rb"\1\2", raw) if quoted or (dialect.escape and raw not in nulls) else raw
            cells.append(text)
            literal.append(quoted or raw != text)
        line += block.count(b"\n", at, after)
        at = after
    first, width, start_, stop_, lines = np.array(rows, np.int64).reshape(-1, 5).T
    return Records(
        pa.array(cells, pa.binary()), np.array(literal, bool), first, width, start_, stop_, lines, faults, at, line
    )


Field = tuple[bool, bytes]


def _records(block: bytes, dialect: Csv, *, final: bool) -> Iterator[tuple[int, int, int, list[Field], str | None]]:
    """Each whole record: start, stop, where the next one begins, fields, fault."""
    grammar, at = _grammar(dialect), 0
    while at < len(block):
        start, fields, fault = at, list[Field](), None
        while True:
            found = grammar.field.match(block, at)
            if found is None:
                at, fault = _fault(block, at, grammar, dialect)
                at = block.find(b"\n", at) if at < len(block) else -1
                fields, at = [], len(block) if at < 0 else at + 1
            else:
                fields.append((False, found[2]) if found[1] is None else (True, found[1]))
                at = found.end()
            if at == len(block) and not final and not block.endswith(b"\n", start):
                return  # more may follow
            if found is None or not found[3] or found[3].endswith(b"\n"):
                break
        if fault and at == len(block) and not final and fault == _UNCLOSED:
            return
        stop = at - (2 if block.endswith(b"\r\n", start, at) else 1 if block.endswith(b"\n", start, at) else 0)
        yield start, stop, at, fields, fault


_UNCLOSED = "has a quote that is never closed"


def _fault(block: bytes, at: int, grammar: _Grammar, dialect: Csv) -> tuple[int, str]:
    """Where and why the field at `at` is none."""
    if dialect.quote and block.startswith(dialect.quote.encode(), at):
        quoted = grammar.quoted.match(block, at)
        return (len(block), _UNCLOSED) if quoted is None else (quoted.end(), "has text behind a closing quote")
    plain = grammar.plain.match(block, at)
    assert plain is not None
    if block.startswith(b"\r", plain.end()):
        return plain.end(), "has a carriage return that no line feed follows"
    return plain.end(), "has a quote inside a field that does not begin with one"
