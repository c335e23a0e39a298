"""The cells of a running function: the state of the current key, loaded, changed, undone and kept.

A cell is what `api.state` lets a function see, and beside it what a runner needs to lead it from key to key.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from tidegate.api.state import ListCell, ListState, MapCell, MapState, State, ValueCell, ValueState
from tidegate.api.values import NAMES_OF_PLAIN, MisfitError, copier, field_taker, map_takers, plain, taker
from tidegate.runtime.entries import Entries

Key = tuple[Any, ...]
Saved = tuple[Any, ...]


class Handle:
    """What a runner does with a cell. `name` is what the function calls it."""

    def __init__(self, name: str) -> None:
        self.changed = False
        self._name = name
        self._value: Any = None

    def load(self, stored: Any) -> None:
        """Point the cell at the value stored for another key; None when the key has none."""
        self._value = stored
        self.changed = False

    def stored(self) -> Any:
        """The value to store for the current key, as pyarrow takes it; None for no value."""
        return self._value or None

    def snapshot(self) -> Saved:
        """What `restore` needs to undo later changes, once."""
        return self._value, self.changed

    def restore(self, saved: Saved) -> None:
        """Undo all changes since `snapshot`."""
        self._value, self.changed = saved

    def clear(self) -> None:
        """Forget the current key's value."""
        self._value = None
        self.changed = True

    def _taken(self, take: Callable[[Any], Any], value: Any) -> Any:
        try:
            return take(value)
        except MisfitError as e:
            raise self._misfit(e) from None

    def _misfit(self, error: MisfitError) -> MisfitError:
        return MisfitError(f"state {self._name!r}: {error}")


class _Value(Handle, ValueCell):
    def __init__(self, declared: ValueState, name: str) -> None:
        super().__init__(name)
        self._default = declared.default
        self._take, self._copy = taker(declared.dtype), copier(declared.dtype)
        look = plain(declared.dtype)
        if look is not None:
            names: dict[str, Any] = {**NAMES_OF_PLAIN, "cell": self, "update": self.update}
            exec(_UPDATE.format(look=look.format(v="value")), names)  # noqa: S102  (of this package's texts)
            vars(self)["update"] = names["quick_update"]

    def stored(self) -> Any:
        """The value."""
        return self._value

    def value(self) -> Any:
        """The current key's value, or the default."""
        value = self._value
        if value is None:
            value = self._default
        return value if self._copy is None or value is None else self._copy(value)

    def update(self, value: Any) -> None:
        """Set the current key's value; None is the same as `clear`.

        Raises:
            MisfitError: the value is not of the declared type.
        """
        try:
            self._value = None if value is None else self._take(value)
        except MisfitError as e:
            raise self._misfit(e) from None
        self.changed = True


_UPDATE = """
def quick_update(value):
    if {look}:
        cell._value = value
        cell.changed = True
    else:
        update(value)
"""


class _List(Handle, ListCell):
    def __init__(self, declared: ListState, name: str) -> None:
        super().__init__(name)
        dtype = declared.dtype
        take, take_all, copy_all = field_taker(dtype.value_field), taker(dtype), copier(dtype)
        self._take, self._take_all, self._copy_all = take, take_all, copy_all or list

    def get(self) -> list[Any]:
        """A copy of the current key's values; empty when there are none."""
        return self._copy_all(self._value) if self._value else []

    def add(self, value: Any) -> None:
        """Append one value."""
        self._append([self._taken(self._take, value)])

    def add_all(self, values: Iterable[Any]) -> None:
        """Append values in order."""
        self._append(self._taken(self._listed, values))

    def update(self, values: Iterable[Any]) -> None:
        """Replace the list."""
        self._value = self._taken(self._take_all if type(values) is list else self._listed, values)
        self.changed = True

    def snapshot(self) -> Saved:
        """The list and how long it is: it only grows, until another takes its place."""
        return self._value, len(self._value or ()), self.changed

    def restore(self, saved: Saved) -> None:
        """Undo all changes since `snapshot`."""
        self._value, length, self.changed = saved
        if self._value:
            del self._value[length:]

    def _append(self, taken: list[Any]) -> None:
        if self._value is None:
            self._value = []
        self._value.extend(taken)
        self.changed = True

    def _listed(self, values: Any) -> Any:
        if isinstance(values, Iterable) and not isinstance(values, _UNORDERED):
            values = list(values)
        return self._take_all(values)


_UNORDERED = (Mapping, set, frozenset, str, bytes)
"""What can be iterated over and is no list of values."""


class _Map(Handle, MapCell):
    def __init__(self, declared: MapState, name: str) -> None:
        super().__init__(name)
        self._take_key, self._take_item = map_takers(declared.dtype)
        self._copy_item = copier(declared.dtype.item_type)

    def load(self, stored: Any) -> None:
        """Point the cell at a stored map, as a dictionary."""
        super().load(None if stored is None else Entries(stored))

    def stored(self) -> Any:
        """The map, or None when it is empty."""
        return self._ordered() or None

    def snapshot(self) -> Saved:
        """The entries, which note from now on what to undo."""
        if self._value is not None:
            self._value.mark()
        return self._value, self.changed

    def restore(self, saved: Saved) -> None:
        """Undo all changes since `snapshot`."""
        self._value, self.changed = saved
        if self._value is not None:
            self._value.undo()

    def get(self, key: Any) -> Any:
        """The entry of `key`, or None."""
        key = self._taken(self._take_key, key)
        item = None if self._value is None else self._value.held.get(key)
        return item if self._copy_item is None or item is None else self._copy_item(item)

    def contains(self, key: Any) -> bool:
        """True when `key` has an entry."""
        key = self._taken(self._take_key, key)
        return self._value is not None and key in self._value.held

    def put(self, key: Any, item: Any) -> None:
        """Set one entry."""
        key, item = self._taken(self._take_key, key), self._taken(self._take_item, item)
        if self._value is None:
            self._value = Entries({})
        self._value.put(key, item)
        self.changed = True

    def remove(self, key: Any) -> None:
        """Remove one entry; nothing happens when it is not there."""
        key = self._taken(self._take_key, key)
        if self._value is not None and key in self._value.held:
            self._value.remove(key)
            self.changed = True

    def keys(self) -> Iterator[Any]:
        """The keys, in order."""
        return iter(list(self._ordered()))

    def items(self) -> Iterator[tuple[Any, Any]]:
        """The entries, in order."""
        copy = self._copy_item
        entries = list(self._ordered().items())
        return iter(entries if copy is None else [(k, None if v is None else copy(v)) for k, v in entries])

    def is_empty(self) -> bool:
        """True when there is no entry."""
        return self._value is None or not self._value.held

    def _ordered(self) -> dict[Any, Any]:
        return {} if self._value is None else self._value.ordered()


_KINDS: tuple[tuple[type[State[Any]], Callable[[Any, str], Handle]], ...] = (
    (ValueState, _Value),
    (ListState, _List),
    (MapState, _Map),
)


def cell_of(declared: State[Any], name: str) -> Any:
    """A cell of its own, a `Handle` too, for one running function, which calls it `name`."""
    return next(make for kind, make in _KINDS if isinstance(declared, kind))(declared, name)


class Cells:
    """The cells of a function, and the rows of those keys whose state was changed.

    Args:
        declared: the states by name, in the order of their columns.
        schema: columns of a run: hash, deleted, the key, the states.
    """

    def __init__(self, declared: Mapping[str, State[Any]], schema: pa.Schema) -> None:
        self.by_name = {name: cell_of(state, name) for name, state in declared.items()}
        self.key: Key | None = None
        self._cells: tuple[Handle, ...] = tuple(self.by_name.values())
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
