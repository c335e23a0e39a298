"""Where the files of a source's folder are now."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Places:
    """Files are under their paths, or in the same folders below `moved_to`, when the tables have them; None is nowhere.

    `folder` is the source's.
    """

    folder: str
    moved_to: str | None = None

    def of(self, path: str) -> str:
        """Where a file is; its own path when it is nowhere."""
        moved = self.moved(path)
        return moved if moved and not os.path.lexists(path) and os.path.lexists(moved) else path

    def moved(self, path: str) -> str | None:
        """Where a file of the folder goes to; None when files are not moved."""
        return self.moved_to and f"{self.moved_to}/{path.removeprefix(self.folder).lstrip('/')}"
