"""The user's keyed function and what it sees of an event."""

from abc import ABC, abstractmethod
from collections import namedtuple
from collections.abc import Iterable, Mapping
from typing import Any

from tidegate.api.schema import fail, identifier
from tidegate.api.state import State


class Row(tuple[Any, ...]):
    """One event: an immutable tuple whose columns are attributes, made by `row_type`.

    Its own two names are those of a named tuple; `event_schema` keeps columns from having them.
    """

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    def _asdict(self) -> dict[str, Any]:
        """The event as a new dictionary."""
        return dict(zip(self._fields, self, strict=True))

    def __getattr__(self, name: str) -> Any:  # reached only for a column that is not there
        raise AttributeError(f"the event has no column {name!r}; its columns are {', '.join(self._fields)}")


_Column: Any = type(vars(namedtuple("Event", ["column"]))["column"])
"""A named tuple's own attribute: twice as quick as a property."""


def row_type(columns: tuple[str, ...]) -> type[Row]:
    """A Row class with one read-only attribute per column, as quick as a named tuple but without reserved names."""
    body: dict[str, Any] = {name: _Column(i, name) for i, name in enumerate(columns)}
    return type("Event", (Row,), {**body, "__slots__": (), "_fields": columns})


class Context:
    """What `process_element` may ask about the event at hand."""

    __slots__ = ("_key", "_timestamp")

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._timestamp: int | None = None

    def timestamp(self) -> int | None:
        """Event time in milliseconds since 1970 UTC; None when the pipeline assigns no timestamps."""
        return self._timestamp

    def current_key(self) -> tuple[Any, ...]:
        """The values of the `key_by` columns."""
        return self._key


class KeyedProcessFunction(ABC):
    """Called once per event, within a key in the order of the source; of several, those of an epoch one after another.

    Declare state as class attributes (`ValueState`, `ListState`, `MapState`). One instance serves many keys in turn:
    keep nothing that must last in other attributes. The function must be deterministic: the same events and state
    must give the same rows, for a retry processes the same range again (I3). It may be called again for the same
    events in a retry whose predecessor published nothing, so it must not have effects of its own.
    """

    def open(self) -> None:  # noqa: B027  (an empty hook is the point)
        """Called once per task before the first event: load what is too large to be shipped with the function."""

    @abstractmethod
    def process_element(self, value: Row, ctx: Context) -> Iterable[Mapping[str, Any]] | None:
        """Handle one event: read and update state, yield any number of output rows.

        Args:
            value: the event; columns are attributes (`value.amount`).
            ctx: its timestamp and key.

        Returns:
            Output rows as mappings with exactly the declared output columns; None for no rows.
        """

    @classmethod
    def states(cls) -> dict[str, State[Any]]:
        """The declared state by attribute name, base classes first, in order of declaration."""
        found: dict[str, State[Any]] = {}
        for base in reversed(cls.__mro__):
            for name, value in vars(base).items():
                if isinstance(value, State):
                    found[name] = value
                else:
                    found.pop(name, None)
        for name in found:
            identifier(name, "state")
            if hasattr(KeyedProcessFunction, name):
                raise fail(f"state {name!r} has the name of something that every function has: rename the state")
        return found
