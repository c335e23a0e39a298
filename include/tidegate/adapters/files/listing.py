"""What lies in a source folder: walked anew for each look, for a file may appear anywhere and with any time of change.

A look costs an entry of its folder and its place in a question to the ledger for each file that is known, and no more:
it is not looked at itself, and nothing is held of it.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from itertools import islice

from tidegate.adapters.files.detail import FileDetail
from tidegate.adapters.files.times import FileTimes
from tidegate.api.files import FileSource
from tidegate.errors import ConfigurationError
from tidegate.ports import Known

HIDDEN = (".", "_")
UNFINISHED = (".tmp", ".part", ".partial", ".inprogress", ".crdownload", ".filepart", "._COPYING_")

AT_ONCE = 10_000
"""So many paths are held, and asked for in one question."""


class Listing:
    """The files of a FileSource's folder.

    Args:
        settings: the source.
        pipeline: its pipeline, for errors.
        times: tells the times of paths.
        now: seconds since 1970 UTC.
    """

    def __init__(
        self, settings: FileSource, pipeline: str, times: FileTimes, *, now: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._times = times
        self._now = now

    def new(self, known: Known, *, since_ms: int | None = None) -> Iterator[tuple[str, FileDetail]]:
        """Finished files that the ledger does not have, in no order: unchanged for the settle time.

        With `since_ms` neither folders nor files whose path tells an earlier time. Raises ConfigurationError when a
        folder cannot be listed, or a name is not UTF-8.
        """
        latest = self._latest_s()
        paths = self.paths(since_ms=since_ms)
        while batch := list(islice(paths, AT_ONCE)):
            there = known(batch)
            for path in batch:
                if path in there:
                    continue
                try:
                    info = os.stat(path)  # noqa: PTH116  (thousands of files: no Path objects)
                except OSError:
                    continue  # it vanished since the listing: it was never planned
                if stat.S_ISREG(info.st_mode) and info.st_mtime <= latest:
                    yield path, FileDetail.found(info)

    def paths(self, *, since_ms: int | None = None) -> Iterator[str]:
        """All of them, finished or not: not hidden, no temporary suffix. Raises what `new` raises."""
        return self._walk(str(self._settings.path), since_ms)

    def _latest_s(self) -> float:
        """What was changed after that is not finished."""
        return self._now() - self._settings.settle.total_seconds()

    def _walk(self, folder: str, since_ms: int | None) -> Iterator[str]:
        try:
            with os.scandir(folder) as listing:
                for item in listing:
                    if not is_looked_at(item.name):
                        continue
                    if item.is_dir():
                        yield from self._below(item.path, since_ms)
                    elif since_ms is None or not_before(since_ms, self._times.told(item.path)):
                        yield self._named(item.path)
        except OSError as e:
            if folder != str(self._settings.path) and isinstance(e, FileNotFoundError):
                return
            raise ConfigurationError(
                f"{self._pipeline}: source folder {folder} cannot be listed: {e.strerror}; "
                "make it, mount it or correct FileSource.path"
            ) from e

    def _below(self, folder: str, since_ms: int | None) -> Iterator[str]:
        """A folder's files; none when it tells an earlier time, which is then the time of all that is in it."""
        told = None if since_ms is None else self._times.told(f"{folder}/")
        if since_ms is None or not_before(since_ms, told):
            yield from self._walk(folder, since_ms if told is None else None)

    def _named(self, path: str) -> str:
        """The path itself, if it is text that can be kept and shipped."""
        try:
            path.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(path).decode(errors="backslashreplace")
            raise ConfigurationError(f"{self._pipeline}: the name {shown} is not UTF-8; rename the file") from None
        return path


def is_looked_at(name: str) -> bool:
    """True for the name of a file or folder that is neither hidden nor unfinished."""
    return not name.startswith(HIDDEN) and not name.endswith(UNFINISHED)


def not_before(since_ms: int, told: int | None) -> bool:
    """True when what a path tells is no earlier time, or nothing."""
    return told is None or told >= since_ms
