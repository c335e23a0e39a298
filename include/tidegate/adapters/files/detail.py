"""What makes a file a slice: its size and the time of its last change, as a slice keeps them."""

import json
import os
from dataclasses import asdict, dataclass
from typing import Self

from tidegate.errors import ConfigurationError
from tidegate.protocol.model import Slice

FORMAT = 1


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
        """As a file was planned. Raises ConfigurationError when a newer tidegate wrote it."""
        written = json.loads(slice_.detail)
        if written["format"] != FORMAT:
            raise ConfigurationError(
                f"{slice_.key}: the ledger has it in format {written['format']} of slices that are files, and this "
                f"tidegate reads {FORMAT}: a newer one wrote it; install that one"
            )
        return cls(written["size"], written["modified_ns"])

    def to_json(self) -> str:
        """Canonical: the same file gives the same text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True, separators=(",", ":"))
