"""The declared state of one function, bound to one key after the other."""

from typing import Any

import pyarrow as pa

from tidegate.api.state import Saved, State

Key = tuple[Any, ...]


class KeyedState:
    """The cells of a function, and the rows of those keys whose state was changed.

    Args:
        declared: the states by name, in the order of their columns.
        schema: columns of a run: hash, deleted, the key, the states.
    """

    def __init__(self, declared: dict[str, State], schema: pa.Schema) -> None:
        self.cells = {name: state.bind(name) for name, state in declared.items()}
        self.key: Key | None = None
        self._cells = tuple(self.cells.values())
        self._nothing = (None,) * len(self._cells)
        self._schema = schema
        self._hash = 0
        self._changed: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        """How many changed keys `batch` would give."""
        return len(self._changed)

    def switch(self, key: Key, key_hash: int, stored: tuple[Any, ...] | None) -> None:
        """Point all cells at another key. `stored` are its values, None when it has none."""
        self.keep()
        self.key, self._hash = key, key_hash
        for cell, value in zip(self._cells, stored or self._nothing, strict=True):
            cell.load(value)

    def snapshot(self) -> list[Saved]:
        """What `restore` needs to undo all later changes of the current key, once."""
        return [cell.snapshot() for cell in self._cells]

    def restore(self, saved: list[Saved]) -> None:
        """Undo all changes since `snapshot`."""
        for cell, snapshot in zip(self._cells, saved, strict=True):
            cell.restore(snapshot)

    def keep(self) -> None:
        """Note the current key's state when it was changed; nothing may change it any more."""
        for cell in self._cells:
            if cell.changed:
                values = [cell.stored() for cell in self._cells]
                deleted = values.count(None) == len(values)
                self._changed.append((self._hash, deleted, *(self.key or ()), *values))
                return

    def batch(self) -> pa.RecordBatch:
        """The changed keys, in the order in which they came; none are left then."""
        columns = zip(*self._changed, strict=True)
        arrays = [pa.array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
        self._changed.clear()
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)
