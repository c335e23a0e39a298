"""What everything durable says of itself, and how it is read back: docs/formats.md has the shapes.

A stored object says its `format` and, where its bytes need not be the same for ever, its `writer`. Within a format keys
are only added, each with a default: a reader passes over keys that it does not know, and takes the default of those
that are missing. Whatever else changes is a new format, which a reader that does not know it refuses before anything is
done.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from typing import Any, TypeVar

from tidegate.errors import FormatError
from tidegate.version import __version__

WRITER = f"tidegate {__version__}"

T = TypeVar("T")
Decoders = Mapping[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Shape:
    """A kind of stored object: its name for people, the format that is written, and the oldest that is read."""

    name: str
    format: int = 1
    oldest: int = 1


MANIFEST = Shape("manifest")
COUNTS = Shape("row of counts")
STATE_RUN = Shape("state run")
FILE = Shape("detail of the file")
KAFKA = Shape("ranges of Kafka")
DATABASE = Shape("range of the table")
EPOCH = Shape("epoch of another pipeline")
PARTITION = Shape("state of the partition")
ARCHIVE = Shape("archived input")


def stamped(shape: Shape, content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` as it is stored: with its format and who wrote it."""
    return {"format": shape.format, "writer": WRITER, **content}


def canonical(content: Any) -> bytes:
    """JSON bytes: the same content gives the same bytes."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def read(shape: Shape, stored: Any, where: str, decode: Callable[[Mapping[str, Any]], T]) -> T:
    """What `decode` makes of a stored object, given as JSON bytes or as what they say.

    Raises FormatError, before anything is decoded, when its format is not known; and when it is not like its format.
    """
    if isinstance(stored, bytes):
        try:
            stored = json.loads(stored)
        except ValueError as e:
            raise _refused(shape, where, f"is no JSON ({e})", {}) from e
    if not isinstance(stored, dict):
        raise _refused(shape, where, "is no JSON object", {})
    number = stored.get("format")
    if number is None:
        raise _refused(shape, where, "says no format: no release wrote it", stored)
    if not isinstance(number, int) or not shape.oldest <= number <= shape.format:
        raise _refused(shape, where, f"is of format {number!r}", stored)
    try:
        return decode(stored)
    except KeyError as e:
        raise _refused(shape, where, f"has no {e}", stored) from e
    except (TypeError, ValueError, AttributeError) as e:
        raise _refused(shape, where, f"has a value that is none of its format ({e})", stored) from e


def decoded(cls: type[T], found: Mapping[str, Any], decoders: Decoders | None = None) -> T:
    """The dataclass `cls` from a stored object, each key by its decoder, or as it is.

    Unknown keys are passed over; one that is missing takes the field's default. Raises KeyError when it has none.
    """
    values = found
    if decoders:
        values = {**found, **{name: decode(found[name]) for name, decode in decoders.items() if name in found}}
    try:
        return cls(**values)  # as this tidegate writes it, which costs nothing to find out
    except TypeError:
        names, required = _fields(cls)  # type: ignore[arg-type]  # mypy takes a class for unhashable
        for name in sorted(required - values.keys()):
            raise KeyError(name) from None
        return cls(**{name: values[name] for name in names & values.keys()})


def decoder(cls: type[T], decoders: Decoders | None = None) -> Callable[[Any], T]:
    """A decoder: see `decoded`."""
    return lambda found: decoded(cls, found, decoders)


def each(decode: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """A decoder of lists."""
    return lambda found: tuple(map(decode, found))


@lru_cache(maxsize=64)
def _fields(cls: Any) -> tuple[frozenset[str], frozenset[str]]:
    """The fields of a dataclass, and those that have no default."""
    required = (f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING)
    return frozenset(f.name for f in fields(cls)), frozenset(required)


def _refused(shape: Shape, where: str, problem: str, found: Mapping[str, Any]) -> FormatError:
    formats = f"format {shape.format}" if shape.oldest == shape.format else f"formats {shape.oldest} to {shape.format}"
    return FormatError.of(
        f"the {shape.name} {where} {problem}",
        writer=found.get("writer"),
        reader=f"{WRITER} reads {formats}",
    )
