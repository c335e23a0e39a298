"""Keyed state: declared as class attributes with Arrow types, bound to the current key while a function runs.

    class Visits(KeyedProcessFunction):
        count = ValueState(pa.int64(), default=0)

The declaration is what is compiled and fingerprinted; inside `process_element` the same name holds the current key's
cell. State is stored as typed Arrow columns, one per declaration, and never as a pickle.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any, Self

import pyarrow as pa

from tidegate.api.schema import fail, hive_type


class State:
    """One declared column of keyed state. Not used directly: see ValueState, ListState, MapState."""

    def __init__(self, dtype: pa.DataType) -> None:
        try:
            hive_type(dtype)
        except ValueError as e:
            raise fail(f"{type(self).__name__}: {e}") from None
        self.dtype = dtype
        self.changed = False
        self._value: Any = None

    def bind(self) -> Self:
        """A cell of its own for one running function."""
        return copy(self)

    def load(self, stored: Any) -> None:
        """Point the cell at the value stored for another key; None when the key has none."""
        self._value = stored
        self.changed = False

    def stored(self) -> Any:
        """The value to store for the current key, as pyarrow takes it; None for no value."""
        return self._value

    def snapshot(self) -> tuple[Any, bool]:
        """What `restore` needs to undo later changes."""
        return self._value, self.changed

    def restore(self, saved: tuple[Any, bool]) -> None:
        """Undo all changes since `snapshot`."""
        self._value, self.changed = saved

    def clear(self) -> None:
        """Forget the current key's value."""
        self._value = None
        self.changed = True


class ValueState(State):
    """One value per key.

    Args:
        dtype: Arrow type of the value.
        default: what `value` returns for a key that has none.
    """

    def __init__(self, dtype: pa.DataType, *, default: Any = None) -> None:
        super().__init__(dtype)
        try:
            pa.scalar(default, dtype)
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError) as e:
            raise fail(f"ValueState: default {default!r} is not a {dtype}: {e}") from None
        self.default = default

    def value(self) -> Any:
        """The current key's value, or the default."""
        return self.default if self._value is None else self._value

    def update(self, value: Any) -> None:
        """Set the current key's value; None is the same as `clear`."""
        self._value = value
        self.changed = True


class ListState(State):
    """A list of values per key, in the order in which they were added."""

    def __init__(self, element: pa.DataType) -> None:
        super().__init__(pa.list_(element))

    def get(self) -> list[Any]:
        """A copy of the current key's values; empty when there are none."""
        return list(self._value or ())

    def add(self, value: Any) -> None:
        """Append one value."""
        self.update([*(self._value or ()), value])

    def add_all(self, values: Iterable[Any]) -> None:
        """Append values in order."""
        self.update([*(self._value or ()), *values])

    def update(self, values: Iterable[Any]) -> None:
        """Replace the list."""
        self._value = list(values)
        self.changed = True

    def stored(self) -> Any:
        """The list, or None when it is empty."""
        return self._value or None


class MapState(State):
    """A map per key. Entries keep the order in which their keys were first put."""

    def __init__(self, key: pa.DataType, item: pa.DataType) -> None:
        super().__init__(pa.map_(key, item))

    def load(self, stored: Any) -> None:
        """Point the cell at a stored map, which pyarrow gives as a list of pairs."""
        super().load(None if stored is None else dict(stored))

    def stored(self) -> Any:
        """The map as a list of pairs, or None when it is empty."""
        return list(self._value.items()) if self._value else None

    def get(self, key: Any) -> Any:
        """The entry of `key`, or None."""
        return None if self._value is None else self._value.get(key)

    def contains(self, key: Any) -> bool:
        """True when `key` has an entry."""
        return self._value is not None and key in self._value

    def put(self, key: Any, item: Any) -> None:
        """Set one entry."""
        self._value = {**(self._value or {}), key: item}
        self.changed = True

    def remove(self, key: Any) -> None:
        """Remove one entry; nothing happens when it is not there."""
        if self.contains(key):
            self._value = {k: v for k, v in self._value.items() if k != key}
            self.changed = True

    def keys(self) -> Iterator[Any]:
        """The keys, in order."""
        return iter(list(self._value or ()))

    def items(self) -> Iterator[tuple[Any, Any]]:
        """The entries, in order."""
        return iter(list((self._value or {}).items()))

    def is_empty(self) -> bool:
        """True when there is no entry."""
        return not self._value
