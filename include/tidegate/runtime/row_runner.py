"""Calls the user's function event by event, with Python values."""

import sys
from collections.abc import Iterator
from copy import deepcopy
from itertools import repeat
from operator import length_hint
from typing import Any

import numpy as np
import pyarrow as pa

from tidegate.api.function import Context, KeyedProcessFunction, row_type
from tidegate.api.values import printable, python_values
from tidegate.errors import DefinitionError, UserFunctionError
from tidegate.runtime.cells import Cells, Saved
from tidegate.runtime.dead_letters import DeadLetters, as_json
from tidegate.runtime.emitter import Emitter
from tidegate.runtime.events import HASH, SLICE, TIMESTAMP, Misfits, python_columns
from tidegate.runtime.spec import BucketResult, BucketSpec
from tidegate.runtime.state_runs import Stored


class RowRunner:
    """Implements `Runner` for a KeyedProcessFunction.

    Args:
        spec: of the task.
        run_schema: columns of a state run.
        letters: where refused events go.
        result: whose counts of calls it keeps.
    """

    def __init__(self, spec: BucketSpec, run_schema: pa.Schema, letters: DeadLetters, result: BucketResult) -> None:
        self._spec = spec
        self._letters = letters
        self._result = result
        declared = type(spec.function).states()  # a class that was shipped by value has lost its order
        names = spec.state_schema.names[len(spec.key) :]
        self._cells = Cells({name: declared[name] for name in names}, run_schema)
        self._function = own(spec.function)
        vars(self._function).update(self._cells.by_name)
        self._context = Context()
        self._row = row_type(tuple(spec.events.names))
        self._emitter = _emitter(spec)
        self._before: tuple[list[Saved], int] = ([], 0)
        self._batch = pa.RecordBatch.from_pylist([], spec.events)
        self._columns: list[list[Any]] = []

    def open(self) -> None:
        """Call the function's own `open`."""
        try:
            self._function.open()
        except _NOT_THE_USERS:
            raise
        except BaseException as e:  # also sys.exit(): nothing that it raises may end the worker
            raise self._user_error("open", e) from e

    @property
    def place(self) -> str:
        """The key at hand."""
        return "" if self._cells.key is None else f"key {self._cells.key}"

    def prepare(self, batch: pa.RecordBatch) -> Misfits:
        """Make Python values of the columns; rows with a value that Python cannot hold are misfits."""
        self._batch = batch
        self._columns, misfits = python_columns(batch, self._spec.events)
        return misfits

    def run(self, starts: np.ndarray, stored: Stored) -> None:
        """See `Runner`."""
        make = self._row
        rows = [make(values) for values in zip(*self._columns, strict=True)]
        timestamps = self._batch.column(TIMESTAMP).to_pylist() if self._spec.timed else None
        slices = self._batch.column(SLICE).to_numpy()
        hashes = self._batch.column(HASH).to_numpy()[starts].tolist()
        keys = [self._columns[self._spec.events.get_field_index(k)] for k in self._spec.key]
        states = _by_place(stored, len(starts))
        begins = starts.tolist()
        waiting = len(self._emitter)
        for start, stop, key_hash, state in zip(begins, [*begins[1:], len(rows)], hashes, states, strict=True):
            key = tuple(column[start] for column in keys)
            if key != self._cells.key:
                self._cells.switch(key, key_hash, state)
                self._context._key = key
            self._one_key(rows[start:stop], timestamps and timestamps[start:stop], slices[start:stop])
        self._result.yielded += len(self._emitter) - waiting

    def _one_key(self, rows: list[Any], timestamps: list[int | None] | None, slices: np.ndarray) -> None:
        """Call the function for some events of the current key.

        With dead letters, an event on which it raises, or yields what is no output row, leaves no trace in state and
        output.
        """
        left = iter(rows)
        events: Iterator[tuple[Any, int | None]] = zip(left, timestamps or repeat(None), strict=False)
        if self._letters.kept:
            events = self._marked(events)
        while ahead := length_hint(left):
            try:
                self._emitter.run(self._function.process_element, events, self._context)
            except _NOT_THE_USERS:
                raise
            except BaseException as e:  # also sys.exit(): nothing that it raises may end the worker
                i = len(rows) - length_hint(left) - 1
                if not self._letters.kept:
                    raise self._user_error("process_element", e, int(slices[i]), rows[i]) from e
                self._undo()
                self._result.failed += 1
                self._result.processed -= 1
                self._letters.refuse("process", _said(e), int(slices[i]), self._cells.key, rows[i]._asdict())
            self._result.processed += ahead - length_hint(left)

    def _marked(self, events: Iterator[tuple[Any, int | None]]) -> Iterator[tuple[Any, int | None]]:
        """The same events; before each, what `_undo` goes back to is noted."""
        for event in events:
            self._before = self._cells.snapshot(), len(self._emitter)
            yield event

    def _undo(self) -> None:
        state, length = self._before
        self._cells.restore(state)
        self._emitter.drop(length)

    def end(self) -> None:
        """Note the last key's state."""
        self._cells.keep()

    def rows(self, least: int) -> pa.RecordBatch | None:
        """See `Runner`."""
        return self._emitter.batch() if len(self._emitter) >= least else None

    def changes(self, least: int) -> pa.RecordBatch | None:
        """See `Runner`."""
        return self._cells.batch() if len(self._cells) >= least else None

    def _user_error(
        self, method: str, error: BaseException, slice_: int | None = None, row: Any = None
    ) -> UserFunctionError:
        where = "" if row is None else f", key {self._cells.key}, row {as_json(row._asdict())[:500]}"
        source = "" if slice_ is None else f", in {self._spec.places[slice_]}"
        name = type(self._function).__name__
        text = f"{self._spec.subject}: {name}.{method} raised {_said(error)}{where}{source}"
        return UserFunctionError(printable(text))


_NOT_THE_USERS = (KeyboardInterrupt, MemoryError)
"""Raised in the user's code without its doing: Spark's interrupt, and a machine that is too small."""


def own(function: KeyedProcessFunction) -> KeyedProcessFunction:
    """A copy for one task, as deep as it can be changed: what a task does to it, no other task and no plan sees.

    Raises:
        DefinitionError: the function holds what cannot be copied.
    """
    try:
        return deepcopy(function, {id(module): module for module in list(sys.modules.values())})
    except Exception as e:
        raise DefinitionError(
            f"{type(function).__name__} holds what cannot be copied for a task ({_said(e)}): make it in open()"
        ) from e


def _by_place(stored: Stored, keys: int) -> list[tuple[Any, ...] | None]:
    """The state of each key as Python values, None for a key without."""
    states: list[tuple[Any, ...] | None] = [None] * keys
    columns = [python_values(column) for column in stored.rows.columns]
    for place, values in zip(stored.found.tolist(), zip(*columns, strict=True), strict=True):
        states[place] = values
    return states


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001  (the message of a user's class)
        return type(error).__name__


def _emitter(spec: BucketSpec) -> Emitter:
    required = {c: f"it is a primary key column of {o.table}" for o in spec.outputs for c in o.required}
    partition_by = frozenset(c for o in spec.outputs for c in o.partition_by)
    return Emitter(spec.output_schema, required=required, partition_by=partition_by)
