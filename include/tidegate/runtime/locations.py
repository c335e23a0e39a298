"""Locations as Hadoop spells them, opened through pyarrow; memory-mapped where they are local.

What lies elsewhere is written by way of a temporary local file: a stream of pyarrow's that is closed, or merely
forgotten, because something went wrong makes an object of what it had.
"""

import errno
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import fs

from tidegate.errors import ConfigurationError, DataDamagedError
from tidegate.protocol.layout import S3, normal
from tidegate.runtime import object_stores

_CHUNK_BYTES = 1 << 20
_READ_AHEAD_BYTES = 4 << 20
"""Each read of a remote file is a request of its own."""


def resolve(location: str) -> tuple[fs.FileSystem, str]:
    """The file system of a location, and the path in it.

    A location is what Hadoop calls a path: it has a scheme, but a ``%20`` in it is three characters of a name.
    """
    scheme, separator, rest = location.partition("://")
    if not separator or scheme == "file":
        return fs.LocalFileSystem(), rest if separator else location.removeprefix("file:")
    authority, _, path = rest.partition("/")
    if normal(f"{scheme}://") == S3:
        _check_key(location, path)
        return object_stores.s3(authority), f"{authority}/{path}".rstrip("/")
    system, base = fs.FileSystem.from_uri(f"{scheme}://{authority}/")
    return system, f"{base.rstrip('/')}/{path}"


def _check_key(location: str, key: str) -> None:
    """S3 has any text as a key; those that a path cannot be are taken for another one on the way, or not at all."""
    if any(part in ("", ".", "..") for part in key.rstrip("/").split("/")) and key.strip("/"):
        raise ConfigurationError(f"{location} cannot be read or written: a folder in it is called '', '.' or '..'")


@contextmanager
def reaching(uri: str, doing: str) -> Iterator[None]:
    """Name what a file system fails in as an error of the tree; FileNotFoundError stays itself.

    Raises ConfigurationError when the whole bucket is not there: then nothing can be said of what was in it.
    """
    try:
        yield
    except FileNotFoundError:
        system, path = resolve(uri)
        if isinstance(system, fs.S3FileSystem):
            _check_bucket(system, path.partition("/")[0], f"{doing} {uri}")
        raise
    except OSError as e:
        raise object_stores.failed(e, f"{doing} {uri}") from e


def _check_bucket(system: fs.S3FileSystem, bucket: str, doing: str) -> None:
    try:
        there = system.get_file_info(bucket).type is not fs.FileType.NotFound
    except OSError as e:
        raise object_stores.failed(e, doing) from e
    if not there:
        raise object_stores.failed(OSError("AWS Error NO_SUCH_BUCKET"), doing)


def exists(uri: str) -> bool:
    """True when there is a file. Raises UnavailableError when that cannot be told."""
    system, path = resolve(uri)
    with reaching(uri, "looking for"):
        return bool(system.get_file_info(path).is_file)


def remove(uri: str) -> None:
    """Delete a file, if it is there. Raises UnavailableError when it may still be."""
    system, path = resolve(uri)
    if exists(uri):
        with reaching(uri, "deleting"):
            system.delete_file(path)


def open_input(uri: str) -> pa.NativeFile:
    """Open for random access: a local file is memory-mapped, so reading costs only the pages that are touched."""
    system, path = resolve(uri)
    return pa.memory_map(path) if isinstance(system, fs.LocalFileSystem) else system.open_input_file(path)


def open_bytes(uri: str) -> BinaryIO:
    """Open for reading from any place on; read on, it gives every byte to the end, or an error.

    Raises OSError for a local file, and for one elsewhere FileNotFoundError and what `reaching` raises.
    """
    system, path = resolve(uri)
    if isinstance(system, fs.LocalFileSystem):
        return Path(path).open("rb")
    with reaching(uri, "read"):
        return io.BufferedReader(_Remote(uri, system.open_input_file(path)), _READ_AHEAD_BYTES)


class _Remote(io.RawIOBase):
    """A file that is not local, whose end is where its length says."""

    def __init__(self, uri: str, source: pa.NativeFile) -> None:
        super().__init__()
        self._uri = uri
        self._source = source
        self._size = int(source.size())
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        with reaching(self._uri, "read"):
            data = self._source.read_at(wanted, self._at)
            if not data:
                raise OSError(errno.EIO, f"no byte came behind {self._at} of {self._size}")
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()


def open_written(uri: str, size: int) -> pa.NativeFile:
    """Open a file that an epoch wrote, with as many bytes as it had then.

    Raises DataDamagedError when it is missing or has another size, ConfigurationError without the right to read it.
    """
    system, path = resolve(uri)
    try:
        with reaching(uri, "read"):
            info = system.get_file_info(path)
            if info.type is fs.FileType.NotFound:
                raise FileNotFoundError(uri)
            if not info.is_file:
                raise DataDamagedError.of(uri, "is no file")
            if info.size != size:
                raise DataDamagedError.of(uri, f"has {info.size} bytes, not {size}")
            return open_input(uri)
    except FileNotFoundError:
        raise DataDamagedError.of(uri, "is missing") from None


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
        with source, tempfile.NamedTemporaryFile() as copy, reaching(uri, "read"):
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
    store makes them. A process that dies before leaves a local file that nothing refers to, and elsewhere nothing.
    """

    def __init__(self, uri: str) -> None:
        system, path = resolve(uri)
        self._uri = uri
        self._folder = Path(path).parent if isinstance(system, fs.LocalFileSystem) else None
        if self._folder is not None:
            make_folder(self._folder)
            self._stream: Any = Path(path).open("wb")  # noqa: SIM115  (`close` does)
        else:
            self._stream = tempfile.TemporaryFile()  # noqa: SIM115  (`close` does)
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
        else:
            self._stream.seek(0)
            upload(self._uri, self._stream)
        self._stream.close()
        if self._folder is not None:
            sync_folder(self._folder)
        self.closed = True
        return self.size, self._hash.hexdigest()


def upload(uri: str, data: BinaryIO) -> None:
    """Write an object that is not local; it appears when all of it has arrived."""
    system, path = resolve(uri)
    with reaching(uri, "write"):
        if not isinstance(system, fs.S3FileSystem):  # S3 has no folders, only empty objects that look like some
            system.create_dir(path.rpartition("/")[0], recursive=True)
        with system.open_output_stream(path) as stream:
            while chunk := data.read(_CHUNK_BYTES):
                stream.write(chunk)


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
