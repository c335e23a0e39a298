"""A folder as a source: files that appear become an ordered, immutable log."""

import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from tidegate.adapters.files.times import FileTimes
from tidegate.api.files import FileSource, Parquet
from tidegate.errors import ConfigurationError, MalformedInputError, SourceGapError, UnavailableError
from tidegate.ports import CheckpointStore, Planned
from tidegate.protocol.model import FileEntry, OffsetRange
from tidegate.runtime.decoding import check_file, count_records

HIDDEN = (".", "_")
UNFINISHED = (".tmp", ".part", ".partial", ".inprogress", ".crdownload", ".filepart", "._COPYING_")


@dataclass(frozen=True)
class Caps:
    """The most that one epoch takes; None is no bound."""

    files: int | None
    rows: int | None
    bytes: int | None


def choose(entries: Sequence[FileEntry], caps: Caps, rows_of: Callable[[FileEntry], int]) -> int:
    """How many of the next entries go into one epoch.

    The epoch ends with the file that reaches a cap, so there is at least one when there are any: files are not split.
    Skipped ones are taken in passing, and count for nothing.
    `rows_of` is only called when rows are capped, and only for files that are taken.
    """
    taken = passed = rows = size = 0
    for entry in entries:
        if entry.skipped:
            passed += 1
            continue
        taken += 1
        size += entry.size
        if caps.rows is not None:
            rows += rows_of(entry)
        reached = (caps.files, taken), (caps.bytes, size), (caps.rows, rows)
        if any(cap is not None and count >= cap for cap, count in reached):
            break
    return taken + passed


class FileSourceAdapter:
    """Implements `ports.Source` for one pipeline's FileSource. Symbolic links are followed."""

    def __init__(self, settings: FileSource, pipeline: str, *, now: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._now = now
        self._times = FileTimes(settings, pipeline)

    def plan(self, store: CheckpointStore, *, start: int, until_ms: int | None = None) -> Planned:
        """List the folder and choose the next range; see the port.

        Raises:
            ConfigurationError: the folder is missing or cannot be listed, or a file does not tell its time.
        """
        end = store.log_end(self._pipeline)
        found = sorted(self._settled(), key=lambda f: f[0])
        known = store.known_paths(self._pipeline, [path for path, _ in found])
        new = self._in_order([(path, info) for path, info in found if path not in known], until_ms)
        discovered = tuple(FileEntry(end + i, p, info.st_size, info.st_mtime_ns) for i, (p, info) in enumerate(new))
        waiting = [*store.log(self._pipeline, OffsetRange(start, end)), *discovered]
        if until_ms is not None:
            waiting = list(takewhile(lambda e: e.skipped or self._times.ms(e.path) < until_ms, waiting))
        s = self._settings
        taken = choose(waiting, Caps(s.max_files, s.max_rows, s.max_bytes), self._rows)
        return Planned(discovered, OffsetRange(start, start + taken))

    def check(self, entries: Sequence[FileEntry]) -> None:
        """Compare every planned file with what was planned; see the port."""
        for entry in entries:
            info = self._look_at(entry)
            if (info.st_size, info.st_mtime_ns) != (entry.size, entry.modified_ns):
                raise SourceGapError(
                    f"{self._pipeline}: planned file {entry.path} has changed: planned with {entry.size} bytes, now "
                    f"{info.st_size}, modified {(info.st_mtime_ns - entry.modified_ns) / 1e9:+.3f} s later. Put the "
                    f"old file back, or let it be taken as it is now: `tidegate give-up {self._pipeline} --reason …`. "
                    "New data belong into a file of a new name"
                )
            if not os.access(entry.path, os.R_OK):
                raise ConfigurationError(f"{self._pipeline}: no right to read {entry.path}")
            self._look(entry.path)

    def renewed(self, entries: Sequence[FileEntry]) -> list[FileEntry]:
        """Those whose files have changed, as they are now; see the port. A file settles before it is taken (I8)."""
        changed, settle = [], self._settings.settle.total_seconds()
        for planned in entries:
            info = self._look_at(planned)
            entry = replace(planned, size=info.st_size, modified_ns=info.st_mtime_ns)
            if entry == planned:
                continue
            if (age := self._now() - info.st_mtime) < settle:
                raise UnavailableError(
                    f"{self._pipeline}: {entry.path} was changed {age:.1f} s ago and may not be complete: it is taken "
                    f"when it has not changed for {settle:g} s"
                )
            changed.append(entry)
        return changed

    def _look_at(self, entry: FileEntry) -> os.stat_result:
        try:
            return os.stat(entry.path)  # noqa: PTH116  (thousands of files: no Path objects)
        except FileNotFoundError:
            raise SourceGapError(
                f"{self._pipeline}: planned file {entry.path} is gone: put it back as it was ({entry.size} bytes), or "
                f"go on without it: `tidegate skip {self._pipeline} {shlex.quote(entry.path)} --reason …`"
            ) from None
        except OSError as e:
            raise UnavailableError(f"{self._pipeline}: {entry.path} cannot be looked at: {e}") from e

    def rows(self, entries: Sequence[FileEntry]) -> int | None:
        """Rows by the footers of Parquet files; None for other formats, and when a footer cannot be read."""
        if not isinstance(self._settings.format, Parquet):
            return None
        try:
            return sum(count_records(self._settings, e.path) for e in entries)
        except (OSError, MalformedInputError):
            return None

    def gone(self, entries: Sequence[FileEntry]) -> list[FileEntry]:
        """Files that were removed; none when not one is left, for then a mount may be missing. See the port."""
        gone = [e for e in entries if not os.path.lexists(e.path)]
        return gone if len(gone) < len(entries) else []

    def _in_order(
        self, new: list[tuple[str, os.stat_result]], until_ms: int | None
    ) -> list[tuple[str, os.stat_result]]:
        """Newly found files, which come by path: before `until_ms`, in the order of their times where they tell one."""
        if not self._settings.tells_time and until_ms is None:
            return new
        timed = sorted(((self._times.ms(path), path, info) for path, info in new), key=lambda f: f[:2])
        return [(path, info) for time_ms, path, info in timed if until_ms is None or time_ms < until_ms]

    def _settled(self) -> Iterator[tuple[str, os.stat_result]]:
        """Finished files: not hidden, no temporary suffix, unchanged for the settle time."""
        latest = self._now() - self._settings.settle.total_seconds()
        for path in self._walk(str(self._settings.path)):
            try:
                info = os.stat(path)  # noqa: PTH116
            except OSError:
                continue  # it vanished since the listing: it was never planned
            if stat.S_ISREG(info.st_mode) and info.st_mtime <= latest:
                yield path, info

    def _walk(self, folder: str) -> Iterator[str]:
        try:
            with os.scandir(folder) as listing:
                for item in listing:
                    if item.name.startswith(HIDDEN) or item.name.endswith(UNFINISHED):
                        continue
                    if item.is_dir():
                        yield from self._walk(item.path)
                    else:
                        yield self._named(item.path)
        except OSError as e:
            if folder != str(self._settings.path) and isinstance(e, FileNotFoundError):
                return
            raise ConfigurationError(
                f"{self._pipeline}: source folder {folder} cannot be listed: {e.strerror}; "
                "make it, mount it or correct FileSource.path"
            ) from e

    def _named(self, path: str) -> str:
        """The path itself, if it is text that can be kept and shipped."""
        try:
            path.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(path).decode(errors="backslashreplace")
            raise ConfigurationError(f"{self._pipeline}: the name {shown} is not UTF-8; rename the file") from None
        return path

    def _look(self, path: str) -> None:
        try:
            check_file(self._settings, path)
        except MalformedInputError as e:
            raise MalformedInputError(f"{self._pipeline}: {e}") from e

    def _rows(self, entry: FileEntry) -> int:
        try:
            return count_records(self._settings, entry.path)
        except (OSError, MalformedInputError):
            return 0  # the epoch itself says what is wrong with the file
