"""What bytes mean: the dialects, and a dialect with the columns that are read by it, as frozen settings."""

import codecs
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from zoneinfo import ZoneInfo

import pyarrow as pa

from tidegate.api.schema import checked_schema, fail, known_columns
from tidegate.api.time_format import time_format

ISO = "iso"
EPOCHS = {"seconds": 0, "milliseconds": 3, "microseconds": 6, "nanoseconds": 9}
"""Units in which a number can tell a moment since 1970, and the power of ten of each in a second."""
DAYS = "days"
"""The form of a day as a whole number that counts from 1970-01-01."""


def _texts(what: str, values: object, *, empty: bool = False) -> None:
    if not isinstance(values, tuple) or not all(isinstance(v, str) for v in values) or not (values or empty):
        raise fail(f"{what} must be a tuple of texts, not {values!r}")


@dataclass(frozen=True, kw_only=True)
class _Dialect:
    """What the dialects have in common: how text tells a moment."""

    timestamps: tuple[str, ...] = (ISO,)
    """The forms of text (or of JSON's numbers) that a timestamp column takes, tried in this order: "iso"
    (2026-01-31T12:30:00.5+01:00; a space may stand for the T, seconds and zone may be left out), a pattern like
    "%d.%m.%Y %H:%M" (%Y %m %d %H %M %S %f %z, each with all its digits), or the unit of a number that counts from 1970
    UTC: "seconds", "milliseconds", "microseconds", "nanoseconds"."""
    dates: tuple[str, ...] = (ISO,)
    """The same for a date column: "iso" (2026-01-31), a pattern, or "days": a whole number of days since 1970-01-01."""
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
            if form not in (ISO, DAYS):
                time_format(form, f"{name} dates")
        try:
            ZoneInfo(self.zone)
        except (ValueError, LookupError, OSError, TypeError):
            raise fail(f"{name} zone {self.zone!r} is not the name of a time zone") from None

    @property
    def word(self) -> str:
        """The format in a word, as "csv"."""
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


@dataclass(frozen=True, kw_only=True)
class Avro(_Dialect):
    """Avro: container files, or records of one datum each.

    A column is the field of its name; null where the writer's schema has none.

    Args:
        schema: of records: the schema that every one was written with, as JSON. None: a record begins with the number
            of its schema in the registry of the source's connection, as Confluent's serializers write it.
        subjects: of records: the registry's subjects that have the schemas; None: ``TOPIC-value`` of each topic.
    """

    schema: str | None = None
    subjects: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.subjects is not None:
            _texts("Avro subjects", self.subjects)
            if self.schema is not None:
                raise fail("Avro subjects are a registry's, which schema makes needless: leave one out")
        if self.schema is not None:
            from tidegate.api.avro_schema import written_with  # noqa: PLC0415  (fastavro, which few pipelines need)

            try:
                written_with(self.schema)
            except ValueError as e:
                raise fail(f"Avro schema: {e}") from None


@dataclass(frozen=True, kw_only=True)
class Raw:
    """A record as it stands, in the only column of the schema: a binary, or a string for text in UTF-8."""

    @property
    def word(self) -> str:
        """The format in a word."""
        return "raw"


@dataclass(frozen=True, kw_only=True)
class Debezium:
    """Changes of a table's rows, in Debezium's envelope. A row is what stands in its `after`; of a delete, in `before`.

    The null that Debezium sends behind a delete, for Kafka to compact by, is passed over.

    Args:
        inner: how the envelopes are written. With a Json they may be the "payload" beside a "schema".
        op: the string column that gets what was done: "c" (create), "u" (update), "d" (delete) or "r" (read in a
            snapshot).
        position: the string column that gets the place of the change in its source (PostgreSQL's LSN; MySQL's file,
            position and row), as text that sorts as the source orders.
        ts_ms: the timestamp column that gets when Debezium saw the change.
    """

    inner: Json | Avro = field(default_factory=Json)
    op: str | None = None
    position: str | None = None
    ts_ms: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.inner, Json | Avro):
            raise fail(f"Debezium inner must be a Json or an Avro, not {self.inner!r}")
        if isinstance(self.inner, Json) and self.inner.rest is not None:
            raise fail("Debezium inner: Json rest is not for rows in an envelope: leave it out")

    @property
    def word(self) -> str:
        """The format in a word."""
        return "debezium"

    @property
    def own(self) -> dict[str, str]:
        """The columns that the envelope gives, each with what it holds."""
        asked = {"op": self.op, "position": self.position, "ts_ms": self.ts_ms}
        return {column: what for what, column in asked.items() if column is not None}

    def check(self, schema: pa.Schema, aliases: Mapping[str, str], source: str) -> None:
        """Raises DefinitionError where a column that the envelope gives cannot be what is declared."""
        own = self.own
        if own:
            known_columns(tuple(own), schema, f"{source} format: Debezium")
        for column, what in own.items():
            dtype = schema.field(column).type
            if not (pa.types.is_timestamp(dtype) if what == "ts_ms" else dtype == pa.string()) or column in aliases:
                kind = "timestamp" if what == "ts_ms" else "string"
                raise fail(f"{source} format: Debezium {what}: column {column!r} must be a {kind} without an alias")
        if len(own) < sum(column is not None for column in (self.op, self.position, self.ts_ms)):
            raise fail(f"{source} format: Debezium op, position and ts_ms must be columns of their own")
        if len(own) == len(schema):
            raise fail(f"{source} schema: it has no column of the row that was changed")


TypedFormat = Csv | Json | Parquet | Avro
"""The formats that have values of more than one type: those of files."""
Format = TypedFormat | Raw | Debezium
_FILES: dict[str, Format] = {"csv": Csv(), "json": Json(), "parquet": Parquet(), "avro": Avro()}
_RECORDS: dict[str, Format] = {
    "csv": Csv(header=False),
    "json": Json(),
    "avro": Avro(),
    "debezium": Debezium(),
    "raw": Raw(),
}
"""What a word means: the format without settings of one's own."""


@dataclass(frozen=True)
class RowFormat:
    """How bytes are read as rows, wherever they come from.

    Args:
        dialect: the format with its settings.
        schema: the declared columns.
        aliases: what columns are called in the input, where that is not their name.
    """

    dialect: Format
    schema: pa.Schema
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def declared(
        cls, source: str, given: Format | str, schema: pa.Schema, aliases: Mapping[str, str], *, records: bool = False
    ) -> Self:
        """That of a source which is declared so.

        Args:
            source: its name in the errors, as "FileSource".
            given: a format, or its word.
            schema: the columns.
            aliases: see the class.
            records: the source has records that are one row each, as Kafka's, in place of files.

        Raises:
            DefinitionError: no such format, a schema that cannot be read by it, or aliases that cannot be.
        """
        checked_schema(schema, f"{source} schema")
        found = cls(_dialect(source, given, _RECORDS if records else _FILES), schema, dict(aliases))
        if records and isinstance(found.dialect, Csv) and found.dialect.header:
            raise fail(
                f"{source} format: a record has no header to name its fields: say Csv(header=False), where they are "
                "the schema's columns in its order"
            )
        if not records and isinstance(found.dialect, Avro) and (found.dialect.schema or found.dialect.subjects):
            raise fail(f"{source} format: a file of Avro has its schema in it: leave schema and subjects out")
        found._check_aliases(source)
        found._check_columns(source)
        return found

    @property
    def typed(self) -> TypedFormat:
        """The dialect, where it is one whose values have types."""
        assert isinstance(self.dialect, TypedFormat)
        return self.dialect

    @property
    def registered(self) -> Avro | None:
        """The Avro whose schemas are in a registry, where the format is one or has one in it."""
        found = self.dialect.inner if isinstance(self.dialect, Debezium) else self.dialect
        return found if isinstance(found, Avro) and found.schema is None else None

    @property
    def names(self) -> tuple[str, ...]:
        """What the schema's columns are called in the input."""
        return tuple(self.aliases.get(name, name) for name in self.schema.names)

    def meaning(self) -> dict[str, Any]:
        """The settings that decide what bytes mean, as JSON values: a part of a pipeline's fingerprint."""
        columns = [[f.name, str(f.type), f.nullable] for f in self.schema]
        settings = asdict(self.dialect)
        if isinstance(self.dialect, Debezium):
            settings |= {"inner": self.dialect.inner.word, **asdict(self.dialect.inner)}
        return {"format": self.dialect.word, **settings, "columns": columns, "aliases": dict(self.aliases)}

    def _check_aliases(self, source: str) -> None:
        if self.aliases:
            known_columns(tuple(self.aliases), self.schema, f"{source} aliases")
        if not all(isinstance(name, str) and name for name in self.aliases.values()):
            raise fail(f"{source} aliases must be from column to name in the input, not {self.aliases!r}")
        names = self.names
        twice = next((n for n in names if names.count(n) > 1), None) if len(set(names)) < len(names) else None
        if twice is not None:
            raise fail(f"{source} aliases: two columns would be read from {twice!r}")

    def _check_columns(self, source: str) -> None:
        if isinstance(self.dialect, Csv):
            nested = [f.name for f in self.schema if pa.types.is_nested(f.type)]
            if nested:
                raise fail(f"{source} schema: column {nested[0]!r} is nested, which a CSV field cannot be")
        if isinstance(self.dialect, Raw) and (
            len(self.schema) != 1 or self.schema.types[0] not in (pa.binary(), pa.string()) or self.aliases
        ):
            raise fail(f"{source} schema: Raw is read as one column, a binary or a string, without an alias")
        if isinstance(self.dialect, Debezium):
            self.dialect.check(self.schema, self.aliases, source)
        if isinstance(self.dialect, Json) and self.dialect.rest is not None:
            known_columns([self.dialect.rest], self.schema, "Json rest")
            if self.schema.field(self.dialect.rest).type != pa.string() or self.dialect.rest in self.aliases:
                raise fail(f"Json rest: column {self.dialect.rest!r} must be a string without an alias")


def _dialect(source: str, given: object, words: Mapping[str, Format]) -> Format:
    kinds = [type(found) for found in words.values()]
    if isinstance(given, Format) and type(given) in kinds:
        return given
    if not isinstance(given, str) or given not in words:
        *names, last = (kind.__name__ for kind in kinds)
        raise fail(f"{source} format {given!r} is not one of {', '.join(words)}, nor a {', '.join(names)} or {last}")
    return words[given]
