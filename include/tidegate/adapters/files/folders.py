"""A source's folder on an object store, and what is asked of single files there and on mounted file systems."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Protocol

from pyarrow import fs

from tidegate.adapters.files.detail import FileDetail
from tidegate.adapters.files.listing import AT_ONCE, Listing, is_looked_at, not_before
from tidegate.errors import ConfigurationError
from tidegate.ports import Known
from tidegate.protocol.layout import S3, normal
from tidegate.protocol.spelling import spelled
from tidegate.runtime.locations import reaching, resolve


class Files(Protocol):
    """What is asked of single files."""

    def look_at(self, path: str) -> FileDetail:
        """A file as it is now. Raises FileNotFoundError, and other errors when that cannot be said."""

    def readable(self, path: str) -> bool:
        """False for a file that this process has no right to read; True also where only reading tells."""

    def missing(self, paths: Sequence[str]) -> set[str]:
        """Those that are not there."""

    def named(self, text: str) -> str:
        """The path that a person means."""


def files_of(folder: str) -> Files:
    """For the files of a source's folder."""
    return ObjectFiles(folder) if folder.startswith(S3) else LocalFiles()


class LocalFiles:
    """Implements `Files` on mounted file systems. Symbolic links are followed."""

    def look_at(self, path: str) -> FileDetail:
        """As it is now; see `Files`."""
        return FileDetail.found(os.stat(path))  # noqa: PTH116  (thousands of files: no Path objects)

    def readable(self, path: str) -> bool:
        """What the file's mode says; see `Files`."""
        return os.access(path, os.R_OK)

    def missing(self, paths: Sequence[str]) -> set[str]:
        """Those without even a link; see `Files`."""
        return {path for path in paths if not os.path.lexists(path)}

    def named(self, text: str) -> str:
        """One from the working folder is made absolute. No link is resolved: keys keep them."""
        return os.path.abspath(text)  # noqa: PTH100


class ObjectFiles:
    """Implements `Files` on object stores. `folder` is the source's."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def look_at(self, path: str) -> FileDetail:
        """As it is now; see `Files`."""
        system, key = resolve(path)
        with reaching(path, "look at"):
            info = system.get_file_info(key)
            if not info.is_file:
                raise FileNotFoundError(path)
        return _detail(info)

    def readable(self, path: str) -> bool:  # noqa: ARG002
        """True: only reading tells; see `Files`."""
        return True

    def missing(self, paths: Sequence[str]) -> set[str]:
        """Those that are no objects; see `Files`."""
        if not paths:
            return set()
        system, _ = resolve(self._folder)
        with reaching(self._folder, "look at files of"):
            found = system.get_file_info([resolve(path)[1] for path in paths])
        return {path for path, info in zip(paths, found, strict=True) if not info.is_file}

    def named(self, text: str) -> str:
        """In the one spelling; one without a bucket is of the source's folder."""
        return normal(text) if "://" in text else f"{S3}{PurePosixPath(self._folder.removeprefix(S3), text)}"


class ObjectListing(Listing):
    """The files of a FileSource's folder on an object store. Where no object is, there is an empty folder."""

    def new(self, known: Known, *, since_ms: int | None = None) -> Iterator[tuple[str, FileDetail]]:
        """Those that the ledger does not have; what is asked of each is in the listing. See `Listing.new`."""
        latest_ns = self._latest_s() * 1e9
        found = self._found(since_ms)
        while batch := list(islice(found, AT_ONCE)):
            there = known([path for path, _ in batch])
            yield from (
                (path, detail) for path, detail in batch if path not in there and detail.modified_ns <= latest_ns
            )

    def paths(self, *, since_ms: int | None = None) -> Iterator[str]:
        """All of them; see `Listing.paths`."""
        return (path for path, _ in self._found(since_ms))

    def _found(self, since_ms: int | None) -> Iterator[tuple[str, FileDetail]]:
        folder = str(self._settings.path)
        system, base = resolve(folder)
        try:
            with reaching(folder, "list"):
                found = system.get_file_info(fs.FileSelector(base, recursive=True))
        except FileNotFoundError:
            return
        for info in found:
            path, below = f"{S3}{info.path}", info.path.removeprefix(base).removeprefix("/")
            if not info.is_file or not all(map(is_looked_at, below.split("/"))):
                continue
            if any(part in ("", ".", "..") for part in below.split("/")):
                raise ConfigurationError(
                    f"{self._pipeline}: {spelled(path)} cannot be read, for a folder in it is called '', '.' or '..'; "
                    "rename the file"
                )
            if since_ms is None or not_before(since_ms, self._times.told(path)):
                yield path, _detail(info)


def _detail(info: fs.FileInfo) -> FileDetail:
    return FileDetail(int(info.size), int(info.mtime_ns))
