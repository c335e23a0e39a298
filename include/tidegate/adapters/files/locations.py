"""Locations as Hadoop spells them, opened through pyarrow; memory-mapped where they are local."""

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


def open_output(uri: str) -> pa.NativeFile:
    """Open a new file for writing, its folders included."""
    system, path = resolve(uri)
    system.create_dir(path.rpartition("/")[0], recursive=True)
    return system.open_output_stream(path)


def files_in(location: str) -> list[str]:
    """URIs of the visible files in a folder, sorted by name."""
    system, path = resolve(location)
    infos = system.get_file_info(fs.FileSelector(path))
    names = sorted(i.base_name for i in infos if i.is_file and not i.base_name.startswith((".", "_")))
    return [f"{location.rstrip('/')}/{name}" for name in names]
