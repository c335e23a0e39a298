"""What makes a file a slice: its size and the time of its last change, as a slice keeps them."""

import os
from dataclasses import asdict, dataclass
from typing import Self

from tidegate.protocol.formats import FILE, canonical, read
from tidegate.protocol.model import Slice


@dataclass(frozen=True)
class FileDetail:
    """A file as it was found. `size` is in bytes, `modified_ns` in nanoseconds since 1970 UTC."""

    size: int
    modified_ns: int

    @classmethod
    def found(cls, info: os.stat_result) -> Self:
        """As a file is now."""
        return cls(info.st_size, info.st_mtime_ns)

    @classmethod
    def of(cls, slice_: Slice) -> Self:
        """As a file was planned. Raises FormatError, which names it, when it is of a format that is not known."""
        return read(FILE, slice_.detail.encode(), slice_.key, lambda d: cls(d["size"], d["modified_ns"]))

    def to_json(self) -> str:
        """Canonical: the same file gives the same text, whoever writes it."""
        return canonical({"format": FILE.format, **asdict(self)}).decode()
