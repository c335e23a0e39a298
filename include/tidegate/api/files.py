"""A folder of files as a source, as frozen settings."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tidegate.api.after_sealed import AfterSealed, check_beside
from tidegate.api.formats import Parquet, RowFormat, TypedFormat
from tidegate.api.path_time import PathTime
from tidegate.api.schema import fail, identifier
from tidegate.protocol.layout import S3, normal


@dataclass(frozen=True)
class FileSource:
    """A folder in which files appear over time.

    Each new file is a slice of the source's ledger, in the order of the paths within one discovery (of the times, then
    the paths, where files tell a time); an epoch reads a range of that ledger. Names that begin with ``.`` or ``_`` or
    end in a temporary suffix (``.tmp``, ``.part``, ``.inprogress``, ``._COPYING_``) are not looked at, and a file is
    taken only once it has not changed for `settle`.

    Epochs that are bounded by data intervals need files that tell a time: `path_time` or `event_time`. A file that then
    tells none stops the pipeline.

    Args:
        path: the folder, read with all its subfolders. ``..`` and ``//`` are resolved in the text of the path. One on
            an object store is ``s3a://bucket/folder`` (``s3://`` means the same).
        format: "csv" (with a header line), "json" (one object a line), "parquet" or "avro" (container files); or `Csv`,
            `Json`, `Parquet` or `Avro` with settings. CSV and JSON are unpacked by their names' endings ``.gz``,
            ``.zst``, ``.bz2`` and ``.xz``.
        schema: the columns to expect; timestamps must be ``pa.timestamp('us', tz='UTC')``. A null in a column with
            ``nullable=False`` is malformed.
        max_files: at most so many files in one epoch.
        max_rows: end the epoch with the file that reaches so many rows (files are never split).
        max_bytes: end the epoch with the file that reaches so many bytes.
        settle: how long a file must have been unchanged before it is taken.
        aliases: names of columns in the files where they differ from the schema's: ``{"order_total": "orderTotal"}``.
        path_time: how a file's path below the folder tells the UTC time at which its data begin, like
            ``year=%Y/month=%m/day=%d/hour=%H`` or ``orders-%Y%m%dT%H%M%S.json`` (see `PathTime`).
        event_time: in its place, for Parquet: the timestamp column whose smallest value in a file, as the statistics in
            its footer have it, is that time. A file without a value in it is taken at once.
        look_back: with `path_time`: folders and files whose paths tell a time of more than this before the newest
            file's, or before now, are not looked at, so that a look costs what is new. A file that appears there is
            **not taken**; `tidegate plan` counts such files. None looks everywhere.
        after_sealed: what a clean-up makes of files that the tables have: `Delete` or `Move`. None leaves them.
        uid: names the source in the ranges of the pipeline's epochs, for good: a source with another uid is another
            one.
    """

    path: str | Path
    format: TypedFormat | str
    schema: pa.Schema
    max_files: int | None = None
    max_rows: int | None = None
    max_bytes: int | None = None
    settle: timedelta = timedelta(seconds=2)
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    path_time: str | None = None
    event_time: str | None = None
    look_back: timedelta | None = None
    after_sealed: AfterSealed | None = None
    uid: str = "source"

    def __post_init__(self) -> None:
        rows = RowFormat.declared("FileSource", self.format, self.schema, self.aliases)
        identifier(self.uid, "FileSource uid")
        object.__setattr__(self, "format", rows.dialect)
        object.__setattr__(self, "path", _normal(str(self.path)))
        object.__setattr__(self, "aliases", rows.aliases)
        for name in ("max_files", "max_rows", "max_bytes"):
            cap = getattr(self, name)
            if cap is not None and cap < 1:
                raise fail(f"FileSource {name} must be at least 1, not {cap}")
        if self.settle < timedelta(0):
            raise fail("FileSource settle must not be negative")
        if self.path_time is not None:
            PathTime(self.path_time)
        if self.after_sealed is not None and str(self.path).startswith(S3):
            raise fail("FileSource after_sealed is for mounted folders; a bucket has lifecycle rules: leave it out")
        check_beside(str(self.path), self.after_sealed)
        if self.look_back is not None and (self.path_time is None or self.look_back < timedelta(0)):
            raise fail("FileSource look_back is a time that is not negative, for a source with path_time")
        if self.event_time is not None:
            self._check_event_time(self.event_time)

    def _check_event_time(self, column: str) -> None:
        if self.path_time is not None:
            raise fail("FileSource event_time and path_time both say the time of a file: leave one out")
        if not isinstance(self.format, Parquet):
            raise fail(f"FileSource event_time is for format 'parquet', not {self.dialect.word}: use path_time")
        if column not in self.schema.names or not pa.types.is_timestamp(self.schema.field(column).type):
            raise fail(f"FileSource event_time {column!r} is not a timestamp column of the schema")

    @property
    def dialect(self) -> TypedFormat:
        """The format with its settings."""
        assert not isinstance(self.format, str)
        return self.format

    @property
    def row_format(self) -> RowFormat:
        """What the bytes of its files mean."""
        return RowFormat(self.dialect, self.schema, self.aliases)

    @property
    def tells_time(self) -> bool:
        """True when a file says when its data begin."""
        return self.path_time is not None or self.event_time is not None

    def describe(self) -> str:
        """For people, in Markdown: what is read."""
        return f"`{self.path}` ({self.dialect.word})"

    def meaning(self) -> dict[str, Any]:
        """The settings that decide what a file's bytes mean, as JSON values: a part of a pipeline's fingerprint."""
        return self.row_format.meaning()


def _normal(path: str) -> str:
    """One spelling of a path, so that a file has one key in the ledger however its folder is declared."""
    if (location := normal(path)).startswith(S3):
        return _normal_location(location)
    if "://" in path or not os.path.isabs(path):  # noqa: PTH117  (text alone)
        raise fail(f"FileSource path {path!r} must be an absolute path of a mounted folder, or s3a://bucket/folder")
    if "\0" in path or not _is_text(path):
        raise fail(f"FileSource path {path!r} is not a UTF-8 path")
    return "/" + os.path.normpath(path).lstrip("/")


def _normal_location(location: str) -> str:
    if any(part in ("", ".", "..") for part in location.removeprefix(S3).split("/")) or "@" in location.split("/")[2]:
        raise fail(
            f"FileSource path {location.rpartition('@')[2]!r} must be s3a://bucket/folder, without '.', '..', '//' and "
            "passwords: those are in the environment"
        )
    return location


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
