"""A power cut: of what was written only that is left which was brought to disk."""

import os
from pathlib import Path
from stat import S_ISDIR

import pytest


class Disk:
    """What `os.fsync` has brought to disk since this was made: sizes of files and names in folders, by inode."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sizes: dict[int, int] = {}
        self._names: dict[int, list[str]] = {}
        really = os.fsync

        def fsync(opened: int) -> None:
            really(opened)
            found = os.fstat(opened)
            if S_ISDIR(found.st_mode):
                self._names[found.st_ino] = os.listdir(opened)
            else:
                self._sizes[found.st_ino] = found.st_size

        monkeypatch.setattr(os, "fsync", fsync)

    def lost(self, root: Path) -> list[str]:
        """Files below `root` that a power cut would take, in whole or in part."""
        files = sorted(path for path in root.rglob("*") if path.is_file())
        assert files
        return [str(path) for path in files if not self._kept(path, root)]

    def _kept(self, path: Path, root: Path) -> bool:
        found = path.stat()
        below = [p for p in (path, *path.parents) if root in p.parents]
        named = all(p.name in self._names.get(p.parent.stat().st_ino, ()) for p in below)
        return named and self._sizes.get(found.st_ino) == found.st_size
