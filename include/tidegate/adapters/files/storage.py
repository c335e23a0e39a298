"""Whole objects by location: manifests, listings and footers."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path, PurePosixPath
from uuid import uuid4

import pyarrow as pa
from pyarrow import fs

from tidegate.errors import DataDamagedError
from tidegate.ports import StoredFile
from tidegate.runtime.formats import rows_of
from tidegate.runtime.locations import make_folder, open_input, reaching, resolve, sync_folder, upload
from tidegate.runtime.object_stores import of_store, unread

_WAITS_S = (0.1, 0.4, 1.6)
"""Before reading anew what pyarrow does not try again."""


class FsStorage:
    """Implements `ports.Storage` on every file system that pyarrow reaches."""

    def write(self, uri: str, data: bytes) -> None:
        """Write a new object. It appears whole or not at all; a local file is on disk when this returns."""
        system, path = resolve(uri)
        if not isinstance(system, fs.LocalFileSystem):
            upload(uri, BytesIO(data))
            return
        with reaching(uri, "write"):
            _write_local(Path(path), data)

    def read(self, uri: str) -> bytes:
        """Read an object. Raises FileNotFoundError."""
        system, path = resolve(uri)
        waits_s = iter(_WAITS_S)
        with reaching(uri, "read"):
            while True:
                try:
                    with system.open_input_stream(path) as stream:
                        return bytes(stream.read())
                except OSError as e:
                    wait_s = next(waits_s, None)
                    if wait_s is None or not unread(e):
                        raise
                    time.sleep(wait_s)

    def sizes(self, location: str) -> dict[str, int]:
        """Sizes of the visible files in a folder."""
        system, path = resolve(location)
        selector = fs.FileSelector(path, allow_not_found=True)
        with reaching(location, "list"):
            found = system.get_file_info(selector)
        return {
            f"{location.rstrip('/')}/{i.base_name}": i.size
            for i in found
            if i.is_file and not i.base_name.startswith((".", "_"))
        }

    def size(self, uri: str) -> int | None:
        """Size of an object."""
        system, path = resolve(uri)
        with reaching(uri, "look at"):
            info = system.get_file_info(path)
        return int(info.size) if info.is_file else None

    def rows(self, uri: str) -> int:
        """Rows of a Parquet file, from its footer."""
        with reaching(uri, "read"), open_input(uri) as source:
            try:
                return rows_of(source)
            except (pa.ArrowException, OSError) as e:
                if of_store(e):
                    raise
                raise DataDamagedError.of(uri, f"has no footer of a Parquet file ({e})") from e

    def sha256(self, uri: str) -> str:
        """SHA-256 of an object's bytes."""
        digest = hashlib.sha256()
        system, path = resolve(uri)
        with reaching(uri, "read"), system.open_input_stream(path) as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()

    def walk(self, location: str) -> Iterator[StoredFile]:
        """Every file below a folder."""
        system, path = resolve(location)
        base = location.rstrip("/").removesuffix(path.rstrip("/"))
        for info in _below(system, path, location):
            if info.is_file:
                yield StoredFile(f"{base}{info.path}", info.size, (info.mtime_ns or 0) // 1_000_000)

    def prune(self, location: str, ended: Callable[[str], bool]) -> None:
        """Remove folders without files; see the port.

        A local one that gets a file meanwhile stays. S3 has no folders, only empty objects that look like some, which
        pyarrow leaves where it deletes a folder's last file: such a one can be removed with all that is in it only, so
        `ended` is asked.
        """
        system, path = resolve(location)
        if isinstance(system, fs.LocalFileSystem):
            for folder, _, _ in os.walk(path, topdown=False):
                with suppress(OSError):
                    Path(folder).rmdir()
        elif isinstance(system, fs.S3FileSystem):
            base = location.rstrip("/").removesuffix(path)
            found = _below(system, path, location)
            held = {str(folder) for i in found if i.is_file for folder in PurePosixPath(i.path).parents}
            removed: set[str] = set()
            for folder in sorted({path, *(i.path for i in found if not i.is_file)} - held):
                if removed.isdisjoint(map(str, PurePosixPath(folder).parents)) and ended(f"{base}{folder}"):
                    with reaching(location, "clear"), suppress(FileNotFoundError):
                        system.delete_dir(folder)
                    removed.add(folder)

    def delete(self, uri: str) -> None:
        """Delete one object, if it is there."""
        system, path = resolve(uri)
        with reaching(uri, "delete"), suppress(FileNotFoundError):
            system.delete_file(path)


def _below(system: fs.FileSystem, path: str, location: str) -> list[fs.FileInfo]:
    with reaching(location, "list"):
        return list(system.get_file_info(fs.FileSelector(path, allow_not_found=True, recursive=True)))


def _write_local(path: Path, data: bytes) -> None:
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    with temporary.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
