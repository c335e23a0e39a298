"""Locations as Hadoop spells them, opened through pyarrow; memory-mapped where they are local."""

import hashlib

import pyarrow as pa
from pyarrow import fs


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


class ChecksummedFile:
    """A new file, its folders included, whose SHA-256 is taken on the way: give `sink` to a writer, then `close`."""

    def __init__(self, uri: str) -> None:
        system, path = resolve(uri)
        system.create_dir(path.rpartition("/")[0], recursive=True)
        self._stream = system.open_output_stream(path)
        self._hash = hashlib.sha256()
        self.sink = pa.PythonFile(self, mode="w")
        self.closed = False

    def write(self, data: bytes) -> int:
        """Append; called by `sink`."""
        self._hash.update(data)
        self._stream.write(data)
        return len(data)

    def flush(self) -> None:
        """Called by `sink`."""
        self._stream.flush()

    def close(self) -> tuple[int, str]:
        """Finish the file; its size and checksum."""
        size = int(self._stream.tell())
        self._stream.close()
        self.closed = True
        return size, self._hash.hexdigest()


def files_in(location: str) -> list[str]:
    """URIs of the visible files in a folder, sorted by name."""
    system, path = resolve(location)
    infos = system.get_file_info(fs.FileSelector(path))
    names = sorted(i.base_name for i in infos if i.is_file and not i.base_name.startswith((".", "_")))
    return [f"{location.rstrip('/')}/{name}" for name in names]
