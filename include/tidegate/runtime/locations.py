"""Locations as Hadoop spells them, opened through pyarrow; memory-mapped where they are local."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from tidegate.errors import ConfigurationError, DataDamagedError

_CHUNK_BYTES = 1 << 20


def resolve(location: str) -> tuple[fs.FileSystem, str]:
    """The file system of a location, and the path in it.

    A location is what Hadoop calls a path: it has a scheme, but a ``%20`` in it is three characters of a name.
    """
    scheme, separator, rest = location.partition("://")
    if not separator or scheme == "file":
        return fs.LocalFileSystem(), rest if separator else location.removeprefix("file:")
    authority, _, path = rest.partition("/")
    system, base = fs.FileSystem.from_uri(f"{scheme}://{authority}/")
    return system, f"{base.rstrip('/')}/{path}"


def open_input(uri: str) -> pa.NativeFile:
    """Open for random access: a local file is memory-mapped, so reading costs only the pages that are touched."""
    system, path = resolve(uri)
    return pa.memory_map(path) if isinstance(system, fs.LocalFileSystem) else system.open_input_file(path)


def open_written(uri: str, size: int) -> pa.NativeFile:
    """Open a file that an epoch wrote, with as many bytes as it had then.

    Raises DataDamagedError when it is missing or has another size, ConfigurationError without the right to read it.
    """
    system, path = resolve(uri)
    try:
        info = system.get_file_info(path)
        if not info.is_file:
            raise DataDamagedError.of(uri, "is missing" if info.type is fs.FileType.NotFound else "is no file")
        if info.size != size:
            raise DataDamagedError.of(uri, f"has {info.size} bytes, not {size}")
        return open_input(uri)
    except PermissionError as e:
        raise ConfigurationError(f"no right to read {uri}: {e}") from e


def open_checked(uri: str, size: int, sha256: str) -> pa.NativeFile:
    """As `open_written`, with exactly the bytes that it had then: they are all read once before any is given out.

    What is not local is copied to a temporary file on the way, so that it comes over the network once, and what is
    given out is what was looked at.
    """
    source = open_written(uri, size)
    digest = hashlib.sha256()
    if isinstance(source, pa.MemoryMappedFile):
        digest.update(source.read_buffer())
        source.seek(0)
    else:
        with source, tempfile.NamedTemporaryFile() as copy:
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            source = pa.memory_map(copy.name)  # outlives the name
    if digest.hexdigest() != sha256:
        raise DataDamagedError.of(uri, f"has the checksum {digest.hexdigest()}, not {sha256}")
    return source


class ChecksummedFile:
    """A new file, its folders included, whose SHA-256 is taken on the way: give `sink` to a writer, then `close`.

    When `close` returns, a local file and its folders are on disk (as STAGED demands), and others as durable as their
    store makes them. A process that dies before leaves a file that nothing refers to.
    """

    def __init__(self, uri: str) -> None:
        system, path = resolve(uri)
        self._folder = Path(path).parent if isinstance(system, fs.LocalFileSystem) else None
        if self._folder is not None:
            make_folder(self._folder)
            self._stream: Any = Path(path).open("wb")  # noqa: SIM115  (`close` does)
        else:
            system.create_dir(path.rpartition("/")[0], recursive=True)
            self._stream = system.open_output_stream(path)
        self._hash = hashlib.sha256()
        self.size = 0
        self.sink = pa.PythonFile(self, mode="w")
        self.closed = False

    def write(self, data: bytes | pa.Buffer) -> int:
        """Append; called by `sink`."""
        self._hash.update(data)
        self._stream.write(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Called by `sink`."""
        self._stream.flush()

    def close(self) -> tuple[int, str]:
        """Finish the file; its size and checksum."""
        if self._folder is not None:
            self._stream.flush()
            os.fsync(self._stream.fileno())
        self._stream.close()
        if self._folder is not None:
            sync_folder(self._folder)
        self.closed = True
        return self.size, self._hash.hexdigest()


def make_folder(folder: Path) -> None:
    """Make a local folder and those above it that are missing, each of them on disk when this returns."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a local folder to disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
