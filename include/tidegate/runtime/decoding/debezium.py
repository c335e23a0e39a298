"""Debezium's envelopes: a record is a change of a row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tidegate.api.formats import Debezium, RowFormat
from tidegate.runtime.decoding.arrays import from_array, required
from tidegate.runtime.decoding.model import Faults, Rows, add_misfits, shown
from tidegate.runtime.decoding.moments import MisfitError
from tidegate.runtime.decoding.texts import each

_ROW_OF = {"c": "after", "u": "after", "r": "after", "d": "before"}
"""Where the row stands, by what was done to it: created, updated, read in a snapshot, deleted."""

Envelope = Mapping[str, Any]


class Changes:
    """The envelopes of some records: first they are opened, then their own columns put to those of the rows.

    `values` is what the rows are read as.
    """

    def __init__(self, row_format: RowFormat) -> None:
        assert isinstance(row_format.dialect, Debezium)
        self._schema, self._own = row_format.schema, row_format.dialect.own
        rest = pa.schema([f for f in row_format.schema if f.name not in self._own])
        self.values = RowFormat(row_format.dialect.inner, rest, row_format.aliases)
        self._envelopes: dict[int, Envelope] = {}

    def opened(
        self, data: Sequence[dict[str, Any]], numbers: Sequence[int], faults: Faults
    ) -> tuple[list[dict[str, Any]], list[int]]:
        """The rows in some records, and the number of each; records without one are noted as faults."""
        rows, kept = [], []
        for number, datum in zip(numbers, data, strict=True):
            envelope = datum.get("payload") if "op" not in datum and "payload" in datum else datum
            try:
                rows.append(_row(envelope))
            except MisfitError as e:
                faults[number] = (None, str(e))
            else:
                assert isinstance(envelope, dict)
                kept.append(number)
                self._envelopes[number] = envelope
        return rows, kept

    def completed(self, rows: Rows) -> Rows:
        """The rows with the columns of the envelopes."""
        faults, columns = dict(rows.faults), dict(zip(self.values.schema.names, rows.columns, strict=True))
        envelopes = [self._envelopes[int(number)] for number in rows.numbers]
        for name, what in self._own.items():
            field = self._schema.field(name)
            found, misfits = each(envelopes, _OF[what], pa.int64() if what == "ts_ms" else pa.string())
            if what == "ts_ms":
                found, more = from_array(found.view(pa.timestamp("ms", "UTC")), field.type, self.values.typed)
                misfits = more | misfits
            columns[name], misfits = required(found, misfits, field)
            add_misfits(faults, name, misfits, rows.numbers)
        return Rows([columns[name] for name in self._schema.names], rows.numbers, faults)


def _row(envelope: object) -> dict[str, Any]:
    if not isinstance(envelope, dict) or "op" not in envelope:
        raise MisfitError("is no envelope of Debezium: it has no op")
    op = envelope["op"]
    if not isinstance(op, str) or op not in _ROW_OF:
        raise MisfitError(f"has the op {shown(op)}, which is no change of a row")
    row = envelope.get(_ROW_OF[op])
    if not isinstance(row, dict):
        raise MisfitError(f"has the op {op!r}, but no {_ROW_OF[op]!r} with a row")
    return row


def _position(envelope: Envelope) -> str:
    """Text that sorts as the source orders its changes."""
    source = envelope.get("source")
    if isinstance(source, dict):
        lsn, file, pos, row = (source.get(name) for name in ("lsn", "file", "pos", "row"))
        if type(lsn) is int:
            return f"{lsn:020}"
        if isinstance(file, str) and type(pos) is int:
            return f"{file}:{pos:020}:{row if type(row) is int else 0:010}"
    raise MisfitError("has a source with neither an lsn nor a file and a pos")


def _ts_ms(envelope: Envelope) -> int | None:
    found = envelope.get("ts_ms")
    if found is not None and type(found) is not int:
        raise MisfitError(f"has the ts_ms {shown(found)}, which is no number of milliseconds")
    return found


_OF: Mapping[str, Callable[[Envelope], Any]] = {"op": lambda e: e["op"], "position": _position, "ts_ms": _ts_ms}
