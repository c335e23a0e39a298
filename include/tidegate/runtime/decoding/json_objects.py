"""JSON: a text is one strict object, its fields by name."""

import json
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec
import numpy as np

from tidegate.api.formats import Json, RowFormat
from tidegate.runtime.decoding.arrays import required
from tidegate.runtime.decoding.debezium import Changes
from tidegate.runtime.decoding.model import Faults, Rows, add_misfits
from tidegate.runtime.decoding.objects import from_values, unfit

_decode = msgspec.json.Decoder(float_hook=str.encode).decode
_decode_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Objects:
    """The rows of some texts, each of which is to be one object.

    Args:
        row_format: with a Json.
        texts: the texts.
        joined: all of them in one, with nothing between that is JSON.
        what: what a text is, in reasons: "line" or "value".
        changes: the objects are envelopes with rows of the format.
    """

    def __init__(
        self, row_format: RowFormat, texts: Sequence[bytes], joined: bytes, what: str, changes: Changes | None = None
    ) -> None:
        assert isinstance(row_format.dialect, Json)
        self._format, self._dialect = row_format, row_format.dialect
        self._texts, self._joined, self._what = texts, joined, what
        self._faults: Faults = {}
        self._numbers: Sequence[int]
        self._rows, self._numbers = self._parsed()
        if changes is not None:
            self._rows, self._numbers = changes.opened(self._rows, self._numbers, self._faults)

    def rows(self) -> Rows:
        """The objects, field by field; the other texts are faults."""
        columns = []
        for field, values in zip(self._format.schema, self._values(), strict=True):
            found, misfits = required(*from_values(values, field.type, self._dialect), field)
            add_misfits(self._faults, field.name, misfits, self._numbers)
            columns.append(found)
        return Rows(columns, np.array(self._numbers, np.int64), self._faults)

    def _parsed(self) -> tuple[list[dict[str, Any]], Sequence[int]]:
        try:
            rows: list[Any] = list(map(_decode, self._texts))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
            rows = [self._one(number, text) for number, text in enumerate(self._texts)]
        if set(map(type, rows)) - {dict}:
            for number, row in enumerate(rows):
                if type(row) is not dict:
                    self._faults.setdefault(number, (None, f"the {self._what} is not a JSON object"))
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
            self._faults[number] = (None, f"the {self._what} is not UTF-8")
        except RecursionError:
            self._faults[number] = (None, f"the {self._what} is nested too deeply")
        except (msgspec.DecodeError, ValueError) as e:
            self._faults[number] = (None, f"the {self._what} is not JSON: {e}")
        return None

    def _suspected(self, rows: Sequence[Any]) -> Sequence[int]:
        """Records in which a name may stand twice, of which the parser keeps one.

        A name is followed by a colon, behind a quote or white space: where there are no more of these than names were
        found, no name stands twice.
        """
        colons = _colons(self._joined)
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
                verdicts[shape] = unfit(shape, wanted, self._dialect.extra)
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
    return sum(int(np.count_nonzero(before == ord(c))) for c in '" \t\r\n')


def _names(value: Any) -> int:
    """How many names the objects in a value have."""
    if type(value) is dict:
        return len(value) + sum(_names(v) for v in value.values() if type(v) is dict or type(v) is list)
    return sum(map(_names, value)) if type(value) is list else 0


def _repeated(text: bytes) -> str | None:
    """A name that an object in the text has twice."""
    twice: list[str] = []

    def noted(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)

    try:
        json.loads(text, object_pairs_hook=noted)
    except (ValueError, RecursionError):
        return None  # it is not JSON, as the parser has found too
    return twice[0] if twice else None
