"""Keyed state: declared as class attributes with Arrow types; in a running function, the current key's values.

    class Visits(KeyedProcessFunction):
        count = ValueState(pa.int64(), default=0)

The declaration is what is compiled and fingerprinted, and never changes. Inside `process_element` the same name,
`self.count`, is a cell that holds what the current key has. State is stored as typed Arrow columns, one per
declaration, and never as a pickle.

A value is taken when it is set (`api.values`): what is read from then on is what will be stored. What is read of a
nested type is a copy, so that a change in place changes nothing before it is set.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Generic, Protocol, Self, TypeVar, overload

import pyarrow as pa

from tidegate.api.schema import fail, hive_type
from tidegate.api.values import MisfitError, taker


class Cell(Protocol):
    """The state of the current key."""

    def clear(self) -> None:
        """Forget the current key's value."""


class ValueCell(Cell, Protocol):
    """One value."""

    def value(self) -> Any:
        """The current key's value, or the default."""

    def update(self, value: Any) -> None:
        """Set the current key's value; None is the same as `clear`.

        Raises:
            MisfitError: the value is not of the declared type.
        """


class ListCell(Cell, Protocol):
    """A list of values, in the order in which they were added.

    What is added must be of the declared type, else a MisfitError is raised and nothing is added.
    """

    def get(self) -> list[Any]:
        """A copy of the current key's values; empty when there are none."""

    def add(self, value: Any) -> None:
        """Append one value."""

    def add_all(self, values: Iterable[Any]) -> None:
        """Append values in order."""

    def update(self, values: Iterable[Any]) -> None:
        """Replace the list."""


class MapCell(Cell, Protocol):
    """A map. Entries keep the order in which their keys were first put.

    Keys and items must be of the declared types, else a MisfitError is raised and nothing is put.
    """

    def get(self, key: Any) -> Any:
        """The entry of `key`, or None."""

    def contains(self, key: Any) -> bool:
        """True when `key` has an entry."""

    def put(self, key: Any, item: Any) -> None:
        """Set one entry."""

    def remove(self, key: Any) -> None:
        """Remove one entry; nothing happens when it is not there."""

    def keys(self) -> Iterator[Any]:
        """The keys, in order."""

    def items(self) -> Iterator[tuple[Any, Any]]:
        """The entries, in order."""

    def is_empty(self) -> bool:
        """True when there is no entry."""


C = TypeVar("C", bound=Cell)


class State(Generic[C]):
    """One declared column of keyed state. Not used directly: see ValueState, ListState, MapState."""

    def __init__(self, dtype: pa.DataType) -> None:
        try:
            hive_type(dtype)
        except ValueError as e:
            raise fail(f"{type(self).__name__}: {e}") from None
        self.dtype = dtype

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, function: None, owner: type) -> Self: ...
    @overload
    def __get__(self, function: object, owner: type) -> C: ...
    def __get__(self, function: object, owner: type) -> Self | C:
        """The declaration, of the class. A run gives a function of its own a cell under the same name."""
        if function is None:
            return self
        name = getattr(self, "_name", type(self).__name__)
        raise AttributeError(f"state {name!r} has values only where a run calls the function for a key")


class ValueState(State[ValueCell]):
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


class ListState(State[ListCell]):
    """A list of values per key. `element` is the Arrow type of one."""

    def __init__(self, element: pa.DataType) -> None:
        super().__init__(pa.list_(element))


class MapState(State[MapCell]):
    """A map per key, of Arrow types."""

    def __init__(self, key: pa.DataType, item: pa.DataType) -> None:
        super().__init__(pa.map_(key, item))
