"""Whole objects by location: manifests, listings and footers."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from pyarrow import fs

from tidegate.errors import ConfigurationError, DataDamagedError, UnavailableError
from tidegate.ports import StoredFile
from tidegate.runtime.formats import rows_of
from tidegate.runtime.locations import make_folder, open_input, resolve, sync_folder


class FsStorage:
    """Implements `ports.Storage` on every file system that pyarrow reaches."""

    def write(self, uri: str, data: bytes) -> None:
        """Write a new object. A local file appears whole or not at all, and is on disk when this returns."""
        system, path = resolve(uri)
        try:
            if isinstance(system, fs.LocalFileSystem):
                _write_local(Path(path), data)
                return
            system.create_dir(path.rpartition("/")[0], recursive=True)
            with system.open_output_stream(path) as stream:
                stream.write(data)
        except PermissionError as e:
            raise ConfigurationError(f"no right to write {uri}: {e}") from e
        except OSError as e:
            raise UnavailableError(f"{uri} could not be written: {e}; nothing refers to it yet, try again") from e

    def read(self, uri: str) -> bytes:
        """Read an object. Raises FileNotFoundError."""
        system, path = resolve(uri)
        with system.open_input_stream(path) as stream:
            return bytes(stream.read())

    def sizes(self, location: str) -> dict[str, int]:
        """Sizes of the visible files in a folder."""
        system, path = resolve(location)
        selector = fs.FileSelector(path, allow_not_found=True)
        return {
            f"{location.rstrip('/')}/{i.base_name}": i.size
            for i in system.get_file_info(selector)
            if i.is_file and not i.base_name.startswith((".", "_"))
        }

    def size(self, uri: str) -> int | None:
        """Size of an object."""
        system, path = resolve(uri)
        info = system.get_file_info(path)
        return int(info.size) if info.is_file else None

    def rows(self, uri: str) -> int:
        """Rows of a Parquet file, from its footer."""
        with open_input(uri) as source:
            try:
                return rows_of(source)
            except (pa.ArrowException, OSError) as e:
                raise DataDamagedError.of(uri, f"has no footer of a Parquet file ({e})") from e

    def sha256(self, uri: str) -> str:
        """SHA-256 of an object's bytes."""
        digest = hashlib.sha256()
        system, path = resolve(uri)
        with system.open_input_stream(path) as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()

    def walk(self, location: str) -> Iterator[StoredFile]:
        """Every file below a folder."""
        system, path = resolve(location)
        base = location.rstrip("/").removesuffix(path.rstrip("/"))
        for info in system.get_file_info(fs.FileSelector(path, allow_not_found=True, recursive=True)):
            if info.is_file:
                yield StoredFile(f"{base}{info.path}", info.size, (info.mtime_ns or 0) // 1_000_000)

    def prune(self, location: str) -> None:
        """Remove folders without files. One that gets a file meanwhile stays; object stores have no folders."""
        system, path = resolve(location)
        if isinstance(system, fs.LocalFileSystem):
            for folder, _, _ in os.walk(path, topdown=False):
                with suppress(OSError):
                    Path(folder).rmdir()

    def delete(self, uri: str) -> None:
        """Delete one object, if it is there."""
        system, path = resolve(uri)
        if system.get_file_info(path).type is not fs.FileType.NotFound:
            system.delete_file(path)


def _write_local(path: Path, data: bytes) -> None:
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    with temporary.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
