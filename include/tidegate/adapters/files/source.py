"""A folder as a source: each file that appears is a slice."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from tidegate.adapters.files.detail import FileDetail
from tidegate.adapters.files.folders import ObjectListing, files_of
from tidegate.adapters.files.listing import Listing
from tidegate.adapters.files.looking_back import LookBack
from tidegate.adapters.files.places import Places
from tidegate.adapters.files.reader import FileReader
from tidegate.adapters.files.retiring import FileRetiring
from tidegate.adapters.files.times import FileTimes
from tidegate.api.after_sealed import AfterSealed, Delete, Move
from tidegate.api.files import FileSource
from tidegate.api.formats import Parquet
from tidegate.errors import ConfigurationError, MalformedInputError, SourceGapError, UnavailableError
from tidegate.ports import Known
from tidegate.protocol.layout import S3
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind
from tidegate.protocol.model import Slice
from tidegate.protocol.spelling import spelled
from tidegate.runtime.decoding import check_file, count_records


class FileSourceAdapter:
    """Implements `ports.Source` for one pipeline's FileSource. Keys are paths; symbolic links are followed."""

    def __init__(self, settings: FileSource, pipeline: str, *, now: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._now = now
        self._times = FileTimes(settings, pipeline)
        self._files = files_of(str(settings.path))
        listing = ObjectListing if str(settings.path).startswith(S3) else Listing
        self._listing = listing(settings, pipeline, self._times, now=now)
        self._look_back = LookBack(settings, self._times, now=now)
        after = settings.after_sealed
        self._places = Places(str(settings.path), str(after.to) if isinstance(after, Move) else None)
        self._retiring = FileRetiring(after, self._places, self._listing, pipeline) if after else None

    @property
    def limit(self) -> Limit:
        """The caps of the settings."""
        s = self._settings
        return Limit(slices=s.max_files, rows=s.max_rows, bytes=s.max_bytes)

    @property
    def retiring(self) -> FileRetiring | None:
        """What `after_sealed` declares."""
        return self._retiring

    def discover(
        self,
        tail: Slice | None,
        known: Known,
        *,
        limit: Limit = NO_LIMIT,  # noqa: ARG002  (files are never split)
        until_ms: int | None = None,
    ) -> list[Slice]:
        """List the folder; see the port.

        Raises:
            ConfigurationError: the folder is missing or cannot be listed, or a file does not tell its time.
        """
        if self._retiring:
            self._retiring.check()
        new = sorted(self._listing.new(known, since_ms=self._look_back.since(tail)), key=lambda f: f[0])
        return [
            self._slice(behind(tail) + i, path, detail, time_ms)
            for i, (time_ms, path, detail) in enumerate(self._in_order(new, until_ms))
        ]

    def _slice(self, position: int, path: str, detail: FileDetail, time_ms: int | None) -> Slice:
        return Slice(self._settings.uid, position, path, detail.to_json(), bytes=detail.size, time_ms=time_ms)

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:
        """The slices with their rows and times, each file opened as it is drawn; see the port.

        A time is told anew, whatever the ledger has: the pattern that tells it may have been corrected since.
        """
        for slice_ in slices:
            measured = slice_
            if times and not slice_.skipped:
                measured = replace(measured, time_ms=self._times.ms(slice_.key, self._places.of(slice_.key)))
            if rows and not slice_.skipped:
                measured = replace(measured, rows=self._rows(self._places.of(slice_.key)))
            yield measured

    def check(self, slices: Sequence[Slice]) -> None:
        """Compare every planned file with what was planned; see the port."""
        for slice_ in slices:
            planned, now = FileDetail.of(slice_), self._look_at(slice_)
            if now != planned:
                raise SourceGapError(
                    f"{self._pipeline}: planned file {spelled(slice_.key)} has changed: planned with {planned.size} "
                    f"bytes, now {now.size}, modified {(now.modified_ns - planned.modified_ns) / 1e9:+.3f} s later. "
                    "Put the old file back, or let it be taken as it is now: "
                    f"`tidegate give-up {self._pipeline} --reason …`. New data belong into a file of a new name"
                )
            place = self._places.of(slice_.key)
            if not self._files.readable(place):
                raise ConfigurationError(f"{self._pipeline}: no right to read {spelled(slice_.key)}")
            self._look(place)

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        """Those whose files have changed, as they are now; see the port. A file settles before it is taken (I8)."""
        changed, settle = [], self._settings.settle.total_seconds()
        for planned in slices:
            now = self._look_at(planned)
            if now == FileDetail.of(planned):
                continue
            if (age := self._now() - now.modified_ns / 1e9) < settle:
                raise UnavailableError(
                    f"{self._pipeline}: {spelled(planned.key)} was changed {age:.1f} s ago and may not be complete: it "
                    f"is taken when it has not changed for {settle:g} s"
                )
            changed.append(replace(planned, detail=now.to_json(), bytes=now.size, rows=None, time_ms=None))
        return changed

    def _look_at(self, planned: Slice) -> FileDetail:
        try:
            return self._files.look_at(self._places.of(planned.key))
        except FileNotFoundError:
            raise SourceGapError(
                f"{self._pipeline}: planned file {spelled(planned.key)} is gone"
                f"{_deleted(self._settings.after_sealed)}: put it back as it was "
                f"({FileDetail.of(planned).size} bytes), or go on without it: "
                f"`tidegate skip {self._pipeline} {spelled(planned.key)} --reason …`"
            ) from None
        except OSError as e:
            raise UnavailableError(f"{self._pipeline}: {spelled(planned.key)} cannot be looked at: {e}") from e

    def recut(self, before: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:  # noqa: ARG002
        """None: files are never split; see the port."""
        return []

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:  # noqa: ARG002
        """None: files that are gone are skipped by name; see the port."""
        return []

    def outlook(self, tail: Slice | None, known: Known) -> tuple[str, ...]:
        """The files that no look finds, for their paths tell a time that lies further back than `look_back`."""
        left = self._look_back.left(self._listing, tail, known)
        return (left,) if left else ()

    def rows(self, slices: Sequence[Slice]) -> int | None:
        """Rows by the footers of Parquet files; None for other formats, and when a footer cannot be read."""
        if not isinstance(self._settings.format, Parquet):
            return None
        try:
            return sum(count_records(self._settings.row_format, self._places.of(s.key)) for s in slices)
        except (OSError, MalformedInputError):
            return None

    def gone(self, slices: Sequence[Slice]) -> list[Slice]:
        """Files that were removed; none when not one is left, for then a mount may be missing. See the port."""
        missing = self._files.missing([s.key for s in slices])
        gone = [s for s in slices if s.key in missing]
        return gone if len(gone) < len(slices) else []

    def named(self, text: str) -> str:
        """The file's path; one from the working folder is made absolute. No link is resolved: keys keep them."""
        return self._files.named(text)

    def sealed(self, last: Callable[[], Slice | None]) -> str | None:  # noqa: ARG002
        """Nobody is told; see the port."""
        return None

    def reader(self) -> FileReader:
        """What decodes the files."""
        return FileReader(self._settings.row_format, self._places)

    def _in_order(
        self, new: list[tuple[str, FileDetail]], until_ms: int | None
    ) -> list[tuple[int | None, str, FileDetail]]:
        """Newly found files, which come by path: before `until_ms`, in the order of their times where they tell one."""
        if not self._settings.tells_time and until_ms is None:
            return [(None, path, detail) for path, detail in new]
        timed = sorted(((self._times.ms(path, path), path, detail) for path, detail in new), key=lambda f: f[:2])
        return [(time_ms, path, detail) for time_ms, path, detail in timed if until_ms is None or time_ms < until_ms]

    def _look(self, path: str) -> None:
        try:
            check_file(self._settings.row_format, path)
        except MalformedInputError as e:
            raise MalformedInputError(f"{self._pipeline}: {e}") from e

    def _rows(self, path: str) -> int | None:
        try:
            return count_records(self._settings.row_format, path)
        except (OSError, MalformedInputError):
            return None  # the epoch itself says what is wrong with the file


def _deleted(after: AfterSealed | None) -> str:
    if not isinstance(after, Delete):
        return ""
    return f" (the source deletes what was sealed {after.keep_for} ago: after_sealed)"
