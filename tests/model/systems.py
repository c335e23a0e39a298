"""Four separate systems: the checkpoint, the metastore, storage and the source. Nothing is atomic across two of them.

Each is a function from a state and a call to a new state and a result, or an error that changes nothing.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from pymetastore.hive_metastore.ttypes import (
    AlreadyExistsException,
    InvalidObjectException,
    InvalidOperationException,
)

import builders as make
from model.tables import Store, Tables
from tidegate.api.pipeline import Definition
from tidegate.errors import SourceGapError
from tidegate.ports import StoredFile
from tidegate.protocol.model import Slice, checksum

CHECKPOINT, METASTORE, STORAGE, SOURCE = range(4)
NAMES = ("checkpoint", "metastore", "storage", "source")
CLONE = "c.clone"
"""The table that is a clone, once it is made."""

EMPTY = "/_empty"
"""How the location of a partition ends that was added without rows."""

Row = dict[str, Any]


class System(Protocol):
    """One system."""

    initial: Any

    def key(self, state: Any) -> Hashable:
        """Equal for equal states."""

    def apply(self, state: Any, method: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
        """The state after a call, and its result. An error means that nothing changed."""


class Checkpoint:
    """One transaction of the real store a step."""

    initial = Tables()

    def __init__(self, definition: Definition) -> None:
        self._definition = definition

    def key(self, state: Tables) -> Hashable:
        return state.key()

    def apply(self, state: Tables, method: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Tables, Any]:
        tables = state.copy()
        if method == "register":
            args = (self._definition,)
        result = getattr(Store(tables), method)(*args, **kwargs)
        return tables, result


Placed = tuple[tuple[tuple[str, tuple[str, ...]], str], ...]
"""Every partition as ((table, values), location), sorted."""


class Metastore:
    """Partitions and their locations. One Thrift call a step: all of its partitions change, or none.

    A clone's table is there while it has a place without values, which says what it is a clone of. All other tables are
    there from the beginning.
    """

    initial: Placed = ()

    def key(self, state: Placed) -> Hashable:
        return state

    def apply(self, state: Placed, method: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Placed, Any]:
        calls: dict[str, Callable[..., tuple[Placed, Any]]] = {
            "named": self._named, "all": self._all, "add": self._add, "alter": self._alter, "drop": self._drop,
            "table": self._table, "make": self._make, "unmake": self._unmake,
        }  # fmt: skip
        return calls[method](state, *args)

    def _named(self, state: Placed, table: str, values: tuple[tuple[str, ...], ...]) -> tuple[Placed, Any]:
        return state, tuple((v, at) for (t, v), at in state if t == table and v in values)

    def _all(self, state: Placed, table: str) -> tuple[Placed, Any]:
        return state, tuple((v, at) for (t, v), at in state if t == table and v)

    def _table(self, state: Placed, table: str) -> tuple[Placed, Any]:
        return state, dict(state).get((table, ()))

    def _make(self, state: Placed, table: str, identity: str) -> tuple[Placed, Any]:
        found = dict(state)
        return tuple(sorted({(table, ()): identity, **found}.items())), None

    def _unmake(self, state: Placed, table: str) -> tuple[Placed, Any]:
        return tuple(item for item in state if item[0][0] != table), None

    def _add(self, state: Placed, table: str, placed: tuple[tuple[tuple[str, ...], str], ...]) -> tuple[Placed, Any]:
        found = dict(state)
        if table == CLONE and (table, ()) not in found:
            raise InvalidObjectException("there is no such table")
        if any((table, v) in found for v, _ in placed):
            raise AlreadyExistsException("one of the partitions exists")
        return tuple(sorted((found | {(table, v): at for v, at in placed}).items())), None

    def _alter(self, state: Placed, table: str, placed: tuple[tuple[tuple[str, ...], str], ...]) -> tuple[Placed, Any]:
        found = dict(state)
        if any((table, v) not in found for v, _ in placed):
            raise InvalidOperationException("alter is not possible: a partition does not exist")
        return tuple(sorted((found | {(table, v): at for v, at in placed}).items())), None

    def _drop(self, state: Placed, table: str, values: tuple[tuple[str, ...], ...]) -> tuple[Placed, Any]:
        return tuple(item for item in state if item[0] not in {(table, v) for v in values}), None


class Storage:
    """Objects by URI."""

    initial: Mapping[str, bytes] = {}

    def key(self, state: Mapping[str, bytes]) -> Hashable:
        return frozenset(state.items())

    def apply(
        self, state: Mapping[str, bytes], method: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[Mapping[str, bytes], Any]:
        if method == "put":
            return {**state, **dict(args[0])}, None
        if method == "forget":
            left = {uri: data for uri, data in state.items() if not all(part in uri for part in args)}
            return (state if len(left) == len(state) else left), None
        if method == "delete":
            return {uri: data for uri, data in state.items() if uri != args[0]}, None
        return state, getattr(self, f"_{method}")(state, *args)

    def _read(self, state: Mapping[str, bytes], uri: str) -> bytes:
        if uri not in state:
            raise FileNotFoundError(uri)
        return state[uri]

    def _sizes(self, state: Mapping[str, bytes], location: str) -> dict[str, int]:
        return {u: len(state[u]) for u in files_in(state, location)}

    def _size(self, state: Mapping[str, bytes], uri: str) -> int | None:
        return len(state[uri]) if uri in state else None

    def _rows(self, state: Mapping[str, bytes], uri: str) -> int:
        return len(json.loads(self._read(state, uri)))

    def _sha256(self, state: Mapping[str, bytes], uri: str) -> str:
        return checksum(self._read(state, uri))

    def _walk(self, state: Mapping[str, bytes], location: str) -> tuple[StoredFile, ...]:
        return tuple(StoredFile(u, len(d), 0) for u, d in sorted(state.items()) if u.startswith(f"{location}/"))


def files_in(state: Mapping[str, bytes], location: str) -> list[str]:
    """The visible files in a folder, not below it."""
    parts = ((u, u.rpartition("/")) for u in sorted(state))
    return [u for u, (folder, _, name) in parts if folder == location and not name.startswith((".", "_"))]


@dataclass(frozen=True)
class Folder:
    """The first `arrived` files of the source are there; each has been changed so many times."""

    arrived: int
    changed: tuple[int, ...] = ()


class Source:
    """A folder in which files appear.

    Args:
        files: the rows of each file that there will ever be, in order.
        arrived: how many are there at first.
    """

    def __init__(self, files: tuple[tuple[Row, ...], ...], arrived: int) -> None:
        self.files = files
        self.initial = Folder(arrived, (0,) * len(files))

    def key(self, state: Folder) -> Hashable:
        return state

    def apply(self, state: Folder, method: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Folder, Any]:
        if method == "arrive":
            return replace(state, arrived=state.arrived + 1), None
        if method == "change":
            return replace(state, changed=tuple(c ^ (i == args[0]) for i, c in enumerate(state.changed))), None
        if method == "list":
            return state, tuple(self.slice_(state, i) for i in range(state.arrived))
        slices: tuple[Slice, ...] = args[0]
        there = [self.slice_(state, int(s.key.rpartition("/")[2])) for s in slices]
        if method == "renewed":
            now = [replace(s, detail=t.detail, bytes=t.bytes) for s, t in zip(slices, there, strict=True)]
            return state, tuple(n for n, s in zip(now, slices, strict=True) if n != s)
        if method == "check":
            if any(t.detail != s.detail for t, s in zip(there, slices, strict=True)):
                raise SourceGapError("a planned file has changed")
            return state, None
        return state, tuple(self.content(state, int(s.key.rpartition("/")[2])) for s in slices)

    def slice_(self, state: Folder, number: int) -> Slice:
        return make.slice_(number, size=len(self.files[number]), modified_ns=state.changed[number])

    def content(self, state: Folder, number: int) -> tuple[Row, ...]:
        """The rows of a file. One that was changed has lost its last row."""
        rows = self.files[number]
        return rows[:-1] if state.changed[number] else rows
