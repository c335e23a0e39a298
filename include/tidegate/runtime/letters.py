"""Dead letters: rows that were refused, as rows of a table."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.api.values import printable


class Letters:
    """Gathers the rows of a dead-letter table."""

    def __init__(self) -> None:
        self._rows: list[dict[str, str | None]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, *, step: str, reason: str, source: str, key: tuple[Any, ...] | None, row: Mapping[str, Any]) -> None:
        """Keep one refused row; the columns are those of `DEAD_LETTER_SCHEMA`."""
        key_text = None if key is None else as_json(key)
        self._rows.append(
            {"step": step, "reason": printable(reason), "source": source, "key": key_text, "row": as_json(row)}
        )

    def batch(self) -> pa.RecordBatch:
        """All letters, in order; none are left then."""
        batch = pa.RecordBatch.from_pylist(self._rows, DEAD_LETTER_SCHEMA)
        self._rows.clear()
        return batch


def as_json(value: Any) -> str:
    """Values of any declared type as JSON: what it has no form for as text, a map whose keys are no text as pairs."""
    return json.dumps(_jsonable(value), default=str)


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        if all(isinstance(k, str) for k in value):
            return {k: _jsonable(v) for k, v in value.items()}
        return [[_jsonable(k), _jsonable(v)] for k, v in value.items()]
    if isinstance(value, list | tuple):
        return [_jsonable(v) for v in value]
    return value
