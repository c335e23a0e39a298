"""Keyed state: declared as class attributes with Arrow types, bound to the current key while a function runs.

    class Visits(KeyedProcessFunction):
        count = ValueState(pa.int64(), default=0)

The declaration is what is compiled and fingerprinted; inside `process_element` the same name holds the current key's
cell. State is stored as typed Arrow columns, one per declaration, and never as a pickle.

A value is taken when it is set (`api.values`): what is read from then on is what will be stored. What is read of a
nested type is a copy, so that a change in place changes nothing before it is set.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from typing import Any, Self

import pyarrow as pa

from tidegate.api.entries import Entries
from tidegate.api.schema import fail, hive_type
from tidegate.api.values import NAMES_OF_PLAIN, MisfitError, copier, field_taker, map_takers, plain, taker

Saved = tuple[Any, ...]


class State:
    """One declared column of keyed state. Not used directly: see ValueState, ListState, MapState."""

    def __init__(self, dtype: pa.DataType) -> None:
        try:
            hive_type(dtype)
        except ValueError as e:
            raise fail(f"{type(self).__name__}: {e}") from None
        self.dtype = dtype
        self.changed = False
        self._name = ""
        self._value: Any = None

    def bind(self, name: str) -> Self:
        """A cell of its own for one running function, which calls it `name`."""
        cell = copy(self)
        cell._name = name
        cell._prepare()
        return cell

    def _prepare(self) -> None:
        """Make what takes and copies values: here and not in the declaration, which is shipped to the workers."""
        raise NotImplementedError

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


class ValueState(State):
    """One value per key.

    Args:
        dtype: Arrow type of the value.
        default: what `value` returns for a key that has none.
    """

    def __init__(self, dtype: pa.DataType, *, default: Any = None) -> None:
        super().__init__(dtype)
        try:
            self.default = None if default is None else taker(dtype)(default)
        except MisfitError as e:
            raise fail(f"ValueState: default {e}") from None

    def _prepare(self) -> None:
        self._take, self._copy = taker(self.dtype), copier(self.dtype)
        look = plain(self.dtype)
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
            value = self.default
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


class ListState(State):
    """A list of values per key, in the order in which they were added.

    What is added must be of the declared type, else a MisfitError is raised and nothing is added.
    """

    def __init__(self, element: pa.DataType) -> None:
        super().__init__(pa.list_(element))

    def _prepare(self) -> None:
        take, take_all, copy_all = field_taker(self.dtype.value_field), taker(self.dtype), copier(self.dtype)
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


class MapState(State):
    """A map per key. Entries keep the order in which their keys were first put.

    Keys and items must be of the declared types, else a MisfitError is raised and nothing is put.
    """

    def __init__(self, key: pa.DataType, item: pa.DataType) -> None:
        super().__init__(pa.map_(key, item))

    def _prepare(self) -> None:
        self._take_key, self._take_item = map_takers(self.dtype)
        self._copy_item = copier(self.dtype.item_type)

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
