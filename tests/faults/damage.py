"""Ways in which a file on disk comes to have other bytes than were written."""

from collections.abc import Callable
from pathlib import Path


def removed(path: Path) -> None:
    """It is not there any more."""
    path.unlink()


def cut_off(path: Path) -> None:
    """The second half is missing."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def emptied(path: Path) -> None:
    """It has no bytes."""
    path.write_bytes(b"")


def longer(path: Path) -> None:
    """Something stands behind its end."""
    path.write_bytes(path.read_bytes() + b"\0")


def flipped(path: Path, *, bit: int | None = None) -> None:
    """One bit is another, in the middle or where it is said; the size is the same."""
    data = bytearray(path.read_bytes())
    at = len(data) * 4 if bit is None else bit
    data[at // 8] ^= 1 << at % 8
    path.write_bytes(data)


DAMAGES: tuple[Callable[[Path], None], ...] = (removed, cut_off, emptied, longer, flipped)
