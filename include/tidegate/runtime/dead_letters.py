"""Dead letters: rows that were refused, as rows of a table; without such a table, the end of the epoch."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.api.values import printable
from tidegate.errors import UserFunctionError
from tidegate.runtime.output_files import PartitionedWriter


class DeadLetters:
    """Gathers the refused rows of one task.

    Args:
        subject: the epoch, for messages.
        places: where rows come from, by number.
        writer: of the dead-letter table; None when the pipeline has none.
    """

    def __init__(self, subject: str, places: Sequence[str], writer: PartitionedWriter | None = None) -> None:
        self._subject = subject
        self._places = places
        self._writer = writer
        self._rows: list[dict[str, str | None]] = []

    def __len__(self) -> int:
        """How many rows wait for `flush`."""
        return len(self._rows)

    @property
    def kept(self) -> bool:
        """Whether there is a table for them."""
        return self._writer is not None

    def refuse(self, step: str, reason: str, part: int, key: tuple[Any, ...] | None, row: Mapping[str, Any]) -> None:
        """Keep one row, of slice `part`; the columns are those of `DEAD_LETTER_SCHEMA`.

        Raises:
            UserFunctionError: the pipeline has no dead-letter table.
        """
        place = self._places[part]
        if self._writer is None:
            raise UserFunctionError(
                f"{self._subject}: {reason} in {place}, row {as_json(row)[:500]}; drop such rows in a transform, "
                "or declare Pipeline(dead_letters='database.table')"
            )
        key_text = None if key is None else as_json(key)
        self._rows.append(
            {"step": step, "reason": printable(reason), "source": place, "key": key_text, "row": as_json(row)}
        )

    def flush(self) -> None:
        """Write what waits, in order."""
        if self._writer is not None and self._rows:
            self._writer.write(pa.RecordBatch.from_pylist(self._rows, DEAD_LETTER_SCHEMA))
            self._rows.clear()


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
