"""A folder of files as a source, and the dialects of its files, as frozen settings."""

import codecs
import os.path
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from tidegate.api.path_time import PathTime
from tidegate.api.schema import checked_schema, fail, identifier, known_columns
from tidegate.api.time_format import time_format

ISO = "iso"
EPOCHS = {"seconds": 0, "milliseconds": 3, "microseconds": 6, "nanoseconds": 9}
"""Units in which a number can tell a moment since 1970, and the power of ten of each in a second."""


@dataclass(frozen=True, kw_only=True)
class _Dialect:
    """What the dialects have in common: how text tells a moment."""

    timestamps: tuple[str, ...] = (ISO,)
    """The forms of text (or of JSON's numbers) that a timestamp column takes, tried in this order: "iso"
    (2026-01-31T12:30:00.5+01:00; a space may stand for the T, seconds and zone may be left out), a pattern like
    "%d.%m.%Y %H:%M" (%Y %m %d %H %M %S %f %z, each with all its digits), or the unit of a number that counts from 1970
    UTC: "seconds", "milliseconds", "microseconds", "nanoseconds"."""
    dates: tuple[str, ...] = (ISO,)
    """The same for a date column: "iso" (2026-01-31) or a pattern."""
    zone: str = "UTC"
    """The zone of moments that name none, as "UTC" or "Europe/Berlin". Text that means two moments or none there (the
    hour of a change of clocks) is malformed."""

    def __post_init__(self) -> None:
        name = type(self).__name__
        _texts(f"{name} timestamps", self.timestamps)
        _texts(f"{name} dates", self.dates)
        for form in self.timestamps:
            if form != ISO and form not in EPOCHS:
                time_format(form, f"{name} timestamps")
        for form in self.dates:
            if form != ISO:
                time_format(form, f"{name} dates")
        try:
            ZoneInfo(self.zone)
        except (ValueError, LookupError, OSError, TypeError):
            raise fail(f"{name} zone {self.zone!r} is not the name of a time zone") from None

    @property
    def word(self) -> str:
        """The format in a word: "csv", "json" or "parquet"."""
        return type(self).__name__.lower()


@dataclass(frozen=True, kw_only=True)
class Csv(_Dialect):
    """Comma-separated values by RFC 4180, and what people write in its place.

    Args:
        delimiter: one ASCII character between fields.
        quote: one ASCII character around fields that contain delimiters, quotes or line breaks; doubled inside. None:
            no field is quoted.
        escape: one ASCII character that takes the special meaning of the next one, or None.
        decimal: the decimal mark, "." or ",".
        encoding: the encoding of the text, by Python's name.
        header: the first record names the columns, which may stand in any order, beside others. False: the fields are
            the schema's columns in its order.
        nulls: the unquoted fields that mean null. A quoted field never does.
    """

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    decimal: str = "."
    encoding: str = "utf-8"
    header: bool = True
    nulls: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        super().__post_init__()
        _texts("Csv nulls", self.nulls, empty=True)
        special = {"delimiter": self.delimiter, "quote": self.quote, "escape": self.escape}
        given = {name: c for name, c in special.items() if c is not None or name == "delimiter"}
        for name, c in given.items():
            if not isinstance(c, str) or len(c) != 1 or not c.isascii() or c in "\r\n\0":
                raise fail(f"Csv {name} must be one ASCII character, not {c!r}")
        if len(set(given.values())) < len(given):
            raise fail(f"Csv delimiter, quote and escape must differ: {given}")
        if self.decimal not in (".", ","):
            raise fail(f"Csv decimal must be '.' or ',', not {self.decimal!r}")
        try:
            codecs.lookup(self.encoding)
            "a".encode(self.encoding)
        except (LookupError, TypeError):
            raise fail(f"Csv encoding {self.encoding!r} is not an encoding of text") from None


@dataclass(frozen=True, kw_only=True)
class Json(_Dialect):
    """JSON lines: one object a line, in UTF-8. A field that an object lacks is null.

    Args:
        extra: what becomes of fields that the schema does not have: "ignore" leaves them out, "refuse" makes the row
            malformed.
        rest: in place of "ignore": the string column that gets them, as one JSON object; null when there are none.
    """

    extra: str = "ignore"
    rest: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.extra not in ("ignore", "refuse"):
            raise fail(f"Json extra must be 'ignore' or 'refuse', not {self.extra!r}")
        if self.rest is not None and self.extra == "refuse":
            raise fail("Json rest keeps what extra='refuse' refuses: leave one out")


@dataclass(frozen=True, kw_only=True)
class Parquet(_Dialect):
    """Parquet files.

    Args:
        nanoseconds: "exact": a moment with a part below the declared unit is malformed; "cut": it is rounded down.
    """

    nanoseconds: str = "exact"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nanoseconds not in ("exact", "cut"):
            raise fail(f"Parquet nanoseconds must be 'exact' or 'cut', not {self.nanoseconds!r}")


Format = Csv | Json | Parquet
_WORDS: dict[str, type[Csv] | type[Json] | type[Parquet]] = {"csv": Csv, "json": Json, "parquet": Parquet}


def _texts(what: str, values: object, *, empty: bool = False) -> None:
    if not isinstance(values, tuple) or not all(isinstance(v, str) for v in values) or not (values or empty):
        raise fail(f"{what} must be a tuple of texts, not {values!r}")


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
        path: the folder, read with all its subfolders. ``..`` and ``//`` are resolved in the text of the path.
        format: "csv" (with a header line), "json" (one object a line) or "parquet"; or `Csv`, `Json` or `Parquet` with
            settings. CSV and JSON are unpacked by their names' endings ``.gz``, ``.zst``, ``.bz2`` and ``.xz``.
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
        uid: names the source in the ranges of the pipeline's epochs, for good: a source with another uid is another
            one.
    """

    path: str | Path
    format: Format | str
    schema: pa.Schema
    max_files: int | None = None
    max_rows: int | None = None
    max_bytes: int | None = None
    settle: timedelta = timedelta(seconds=2)
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    path_time: str | None = None
    event_time: str | None = None
    uid: str = "source"

    def __post_init__(self) -> None:
        checked_schema(self.schema, "FileSource schema")
        identifier(self.uid, "FileSource uid")
        object.__setattr__(self, "format", _format(self.format))
        object.__setattr__(self, "path", _normal(str(self.path)))
        object.__setattr__(self, "aliases", dict(self.aliases))
        self._check_columns()
        for name in ("max_files", "max_rows", "max_bytes"):
            cap = getattr(self, name)
            if cap is not None and cap < 1:
                raise fail(f"FileSource {name} must be at least 1, not {cap}")
        if self.settle < timedelta(0):
            raise fail("FileSource settle must not be negative")
        if self.path_time is not None:
            PathTime(self.path_time)
        if self.event_time is not None:
            self._check_event_time(self.event_time)

    def _check_columns(self) -> None:
        if self.aliases:
            known_columns(tuple(self.aliases), self.schema, "FileSource aliases")
        if not all(isinstance(name, str) and name for name in self.aliases.values()):
            raise fail(f"FileSource aliases must be from column to name in the files, not {self.aliases!r}")
        names = self.file_names
        twice = next((n for n in names if names.count(n) > 1), None) if len(set(names)) < len(names) else None
        if twice is not None:
            raise fail(f"FileSource aliases: two columns would be read from {twice!r}")
        if isinstance(self.format, Csv):
            nested = [f.name for f in self.schema if pa.types.is_nested(f.type)]
            if nested:
                raise fail(f"FileSource schema: column {nested[0]!r} is nested, which a CSV field cannot be")
        if isinstance(self.format, Json) and self.format.rest is not None:
            known_columns([self.format.rest], self.schema, "Json rest")
            if self.schema.field(self.format.rest).type != pa.string() or self.format.rest in self.aliases:
                raise fail(f"Json rest: column {self.format.rest!r} must be a string without an alias")

    def _check_event_time(self, column: str) -> None:
        if self.path_time is not None:
            raise fail("FileSource event_time and path_time both say the time of a file: leave one out")
        if not isinstance(self.format, Parquet):
            raise fail(f"FileSource event_time is for format 'parquet', not {self.dialect.word}: use path_time")
        if column not in self.schema.names or not pa.types.is_timestamp(self.schema.field(column).type):
            raise fail(f"FileSource event_time {column!r} is not a timestamp column of the schema")

    @property
    def dialect(self) -> Format:
        """The format with its settings."""
        assert not isinstance(self.format, str)
        return self.format

    @property
    def file_names(self) -> tuple[str, ...]:
        """What the schema's columns are called in the files."""
        return tuple(self.aliases.get(name, name) for name in self.schema.names)

    @property
    def tells_time(self) -> bool:
        """True when a file says when its data begin."""
        return self.path_time is not None or self.event_time is not None

    def describe(self) -> str:
        """For people, in Markdown: what is read."""
        return f"`{self.path}` ({self.dialect.word})"

    def meaning(self) -> dict[str, Any]:
        """The settings that decide what a file's bytes mean, as JSON values: a part of a pipeline's fingerprint."""
        columns = [[f.name, str(f.type), f.nullable] for f in self.schema]
        return {"format": self.dialect.word, **asdict(self.dialect), "columns": columns, "aliases": dict(self.aliases)}


def _format(given: object) -> Format:
    if isinstance(given, Csv | Json | Parquet):
        return given
    if not isinstance(given, str) or given not in _WORDS:
        raise fail(f"FileSource format {given!r} is not one of {', '.join(_WORDS)}, nor a Csv, Json or Parquet")
    return _WORDS[given]()


def _normal(path: str) -> str:
    """One spelling of a path, so that a file has one key in the ledger however its folder is declared."""
    if "://" in path or not os.path.isabs(path):  # noqa: PTH117  (text alone)
        raise fail(f"FileSource path {path!r} must be an absolute path of a mounted folder")
    if "\0" in path or not _is_text(path):
        raise fail(f"FileSource path {path!r} is not a UTF-8 path")
    return "/" + os.path.normpath(path).lstrip("/")


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
