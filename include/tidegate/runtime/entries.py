"""The entries of a map that is changed in place and can be undone."""

from typing import Any

_ABSENT: Any = object()


class Entries:
    """A dictionary whose changes since a mark can be undone, the order of its keys included.

    Every change and its undoing cost what they touch. Only the first removal behind a mark counts all entries, once.

    Args:
        held: the entries, in order; from now on changed here only.
    """

    __slots__ = ("_disordered", "_next", "_places", "_undo", "held")

    def __init__(self, held: dict[Any, Any]) -> None:
        self.held = held
        self._undo: list[tuple[Any, Any, int]] | None = None
        self._places: dict[Any, int] | None = None  # where keys stand; only when the dictionary alone may not tell
        self._next = 0
        self._disordered = False

    def mark(self) -> None:
        """From here on, note what `undo` needs."""
        self._undo = []

    def put(self, key: Any, item: Any) -> None:
        """Set one entry; a new key comes last."""
        if self._undo is not None:
            self._undo.append((key, self.held.get(key, _ABSENT), -1))
        if self._places is not None and key not in self.held:
            self._place(key, self._next)
        self.held[key] = item

    def remove(self, key: Any) -> None:
        """Remove an entry that is there."""
        if self._undo is not None and self._places is None:
            self._places = {k: i for i, k in enumerate(self.held)}
            self._next = len(self.held)
        item = self.held.pop(key)
        place = -1 if self._places is None else self._places.pop(key)
        if self._undo is not None:
            self._undo.append((key, item, place))

    def undo(self) -> None:
        """Take back every change since the mark, once."""
        for key, item, place in reversed(self._undo or ()):
            if item is _ABSENT:
                del self.held[key]
                if self._places is not None:
                    del self._places[key]
                continue
            if key not in self.held:
                self._disordered = True
                self._place(key, place)
            self.held[key] = item
        self._undo = None

    def ordered(self) -> dict[Any, Any]:
        """The entries, in order."""
        places = self._places
        if self._disordered and places is not None:
            entries = sorted(self.held.items(), key=lambda entry: places[entry[0]])
            self.held.clear()
            self.held.update(entries)
            self._disordered = False
        return self.held

    def _place(self, key: Any, place: int) -> None:
        assert self._places is not None
        self._places[key] = place
        self._next = max(self._next, place + 1)
