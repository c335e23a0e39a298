"""What becomes of files once the tables have them, as frozen settings."""

import os.path
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tidegate.api.schema import fail

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Delete:
    """Sealed files are deleted by a clean-up: then no rollback, lane or replay can read them again.

    Args:
        keep_for: so long after their epoch was sealed they stay, in any case.
        regardless_of: pipelines that have read the same files too, and do without them from then on. Any other one
            that has some of them in its ledger stops the clean-up.
    """

    keep_for: timedelta = _WEEK
    regardless_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class Move:
    """Sealed files are moved by a clean-up, into the same folders below another one, where tidegate still reads them.

    Args:
        to: the folder, on the same file system and neither within the source's nor around it. It must be there.
        keep_for: so long after their epoch was sealed they stay, in any case.
        regardless_of: as for `Delete`: another pipeline does not find them there.
    """

    to: str | Path
    keep_for: timedelta = _WEEK
    regardless_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self)
        to = str(self.to)
        if "://" in to or "\0" in to or not os.path.isabs(to):  # noqa: PTH117  (text alone)
            raise fail(f"Move to {to!r} must be an absolute path of a mounted folder")
        object.__setattr__(self, "to", "/" + os.path.normpath(to).lstrip("/"))


AfterSealed = Delete | Move


def check_beside(path: str, after: AfterSealed | None) -> None:
    """Raise DefinitionError when a source's folder and the one that its files go to lie in each other."""
    if after is None:
        return
    if not isinstance(after, AfterSealed):
        raise fail(f"FileSource after_sealed must be Delete(…) or Move(…), not {after!r}")
    if isinstance(after, Move) and overlapping(path, str(after.to)):
        raise fail(f"FileSource after_sealed: the folder {after.to} and the source's, {path}, lie in each other")


def overlapping(one: str, other: str) -> bool:
    """True when of two normal absolute paths one is, or lies in, the other."""
    return os.path.commonpath([one, other]) in (one, other)


def _check(setting: AfterSealed) -> None:
    if setting.keep_for < timedelta(0):
        raise fail(f"{type(setting).__name__} keep_for must not be negative")
    if isinstance(setting.regardless_of, str):
        raise fail(f"{type(setting).__name__} regardless_of is a tuple of names of pipelines")
    object.__setattr__(setting, "regardless_of", tuple(setting.regardless_of))
