"""What user's code is made of: the text of a function or class, and of all in its module that it names.

Read, never run. The same code gives the same pieces in every process: see `Code.text_of`.
"""

import dis
import functools
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LOADS = {"LOAD_GLOBAL", "LOAD_NAME"}
_INNER = ("__func__", "fget", "fset", "fdel", "func")
"""Where static methods, class methods, properties and cached properties have their functions."""


class Code:
    """The pieces that some functions and classes are made of.

    A piece is a function or class that was added; a base class that is neither tidegate's nor Python's; and what the
    code of a piece names in the modules of these: functions, classes, constants, and so on from there. What comes from
    any other module counts by its name.
    """

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._texts: dict[str, str] = {}
        self._waiting: list[Any] = []
        self._added: list[Any] = []

    def add(self, thing: Any) -> str:
        """Take what can be called. Returns the name of its piece, or what `text_of` says of an object."""
        piece = _bare(thing)
        if not isinstance(piece, FunctionType | type):
            return self._object(piece, ())
        if id(piece) not in self._names:
            first = self._added[0] if self._added else piece
            name = piece.__qualname__ if _module(piece) == _module(first) else _whole_name(piece)
            while name in self._names.values():
                name += "'"  # another lambda, or a function that was made twice
            self._names[id(piece)] = name
            self._waiting.append(piece)
            self._added.append(piece)  # which also keeps its id from going to another object
        return self._names[id(piece)]

    def pieces(self) -> dict[str, str]:
        """What tells each piece from what it was, by name."""
        while self._waiting:
            piece = self._waiting.pop(0)
            text = _source(piece)
            self._texts[self._names[id(piece)]] = (self._compiled(piece) if text is None else text) + self._given(piece)
            known = _known_to(piece)
            for name in sorted({n for code in _codes(piece, text) for n in _named(code)} & known.keys()):
                self._use(piece, name, _bare(known[name]))
            for base in piece.__mro__[1:] if isinstance(piece, type) else ():
                if _is_users(base):
                    self.add(base)
        return dict(sorted(self._texts.items()))

    def _use(self, piece: Any, name: str, value: Any) -> None:
        if isinstance(value, ModuleType):
            return
        is_code = isinstance(value, FunctionType | type)
        if is_code and self._is_ours(value):
            self.add(value)
        elif not is_code or _is_users(value):
            self._texts[f"{self._names[id(piece)]}: {name}"] = self.text_of(value)

    def text_of(self, value: Any) -> str:
        """A value as text that is the same in every process in which it is equal.

        A set is in order, a function is the name of its piece, and what equals itself only (a lock, a logger, an object
        whose class does not compare) is its type and, of a class that is a piece, its attributes. No address is left.
        """
        return self._text(value, ())

    def _text(self, value: Any, within: tuple[int, ...]) -> str:
        value = _bare(value)
        if id(value) in within:
            return "…"
        within, name = (*within, id(value)), type(value).__qualname__
        if isinstance(value, Mapping):
            items = (f"{self._text(k, within)}: {self._text(v, within)}" for k, v in value.items())
            return f"{name}({', '.join(items)})"
        if isinstance(value, CodeType):
            value = (value.co_code, value.co_names, value.co_varnames, value.co_consts)
        if isinstance(value, set | frozenset | list | tuple):
            parts = [self._text(v, within) for v in value]
            return f"{name}({', '.join(sorted(parts) if isinstance(value, set | frozenset) else parts)})"
        if isinstance(value, FunctionType | type):
            return self.add(value) if self._is_ours(value) else _whole_name(value)
        if is_dataclass(value) or isinstance(value, functools.partial) or _is_alone(value):
            return self._object(value, within)
        return _ADDRESS.sub("", repr(value))

    def _object(self, value: Any, within: tuple[int, ...]) -> str:
        own: Mapping[str, Any] = {}
        if isinstance(value, functools.partial):
            own = {"func": value.func, "args": value.args, "keywords": value.keywords}
        elif is_dataclass(value):
            own = {f.name: getattr(value, f.name) for f in fields(value) if f.repr}
        elif self._is_ours(type(value)):
            own = getattr(value, "__dict__", {})
        return f"{self._text(type(value), within)} {self._text(own, within)}"

    def _is_ours(self, value: Any) -> bool:
        """True when it is of a module of which there is a piece: of the first one's, or of a base class's."""
        return _module(value) in map(_module, self._added)

    def _given(self, piece: Any) -> str:
        """The defaults of a function's arguments: their text may name what only the maker of the function knew."""
        values = (getattr(piece, "__defaults__", None), getattr(piece, "__kwdefaults__", None))
        return self.text_of(values) if any(values) else ""

    def _compiled(self, piece: Any) -> str:
        """What there is in place of text, of code that was made by `exec`: byte code with its constants."""
        if isinstance(piece, FunctionType):
            return self.text_of(piece.__code__)
        own = {n: v for n, v in vars(piece).items() if not n.startswith("__")} | _methods(piece)
        return self.text_of({n: v.__code__ if isinstance(v, FunctionType) else v for n, v in own.items()})


def _bare(value: Any) -> Any:
    """What was decorated or bound."""
    value = value.__func__ if isinstance(value, MethodType) else value
    return inspect.unwrap(value) if callable(value) else value


def _is_alone(value: object) -> bool:
    """True when it equals itself only."""
    compare: Any = type(value).__eq__
    return compare is object.__eq__


def _module(piece: Any) -> str:
    return piece.__module__ or ""


def _whole_name(piece: Any) -> str:
    return f"{_module(piece)}.{piece.__qualname__}"


def _is_users(piece: Any) -> bool:
    return _module(piece).partition(".")[0] not in {"tidegate", *sys.stdlib_module_names}


def _methods(piece: type) -> dict[str, FunctionType]:
    """The functions in a class's body."""
    inner = {f"{n} {at}": getattr(v, at, None) for n, v in vars(piece).items() for at in _INNER}
    found = {n: _bare(v) for n, v in {**vars(piece), **inner}.items()}
    return {n: v for n, v in found.items() if isinstance(v, FunctionType)}


def _source(piece: Any) -> str | None:
    """Its text; None when there is none, or when it is part of a line (a lambda), which says more than it."""
    if piece.__name__ == "<lambda>":
        return None
    try:
        return textwrap.dedent(inspect.getsource(piece))
    except (OSError, TypeError):
        return None


def _codes(piece: Any, text: str | None) -> list[CodeType]:
    """Its code: of the text, which has decorators, defaults and a class's body too, or else as it was compiled."""
    if text is not None:
        return [compile(text, "<piece>", "exec", dont_inherit=True)]
    functions = _methods(piece).values() if isinstance(piece, type) else (piece,)
    return [f.__code__ for f in functions]


def _named(code: CodeType) -> Iterator[str]:
    """The names that a code object has from outside, and global ones of those within; none that every module has."""
    yield from code.co_freevars
    yield from _loaded(code)


def _loaded(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in _LOADS and not instruction.argval.startswith("__"):
            yield instruction.argval
    for within in code.co_consts:
        if isinstance(within, CodeType):
            yield from _loaded(within)


def _known_to(piece: Any) -> dict[str, Any]:
    """What names in a piece stand for: those of its module, and of the functions that it was made in."""
    functions = list(_methods(piece).values()) if isinstance(piece, type) else [piece]
    module = sys.modules.get(_module(piece))
    known: dict[str, Any] = {**vars(module)} if module else {}
    for function in functions:
        if _module(function) == _module(piece):
            known |= function.__globals__ | _enclosed(function)
    return known


def _enclosed(function: FunctionType) -> dict[str, Any]:
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    return {name: cell.cell_contents for name, cell in cells.items() if cell != type(cell)()}  # not those not set yet
