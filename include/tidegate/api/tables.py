"""Hive tables as sources, as frozen settings."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pyarrow as pa

from tidegate.api.formats import Parquet, RowFormat
from tidegate.api.schema import fail, identifier, table_name


@dataclass(frozen=True)
class TidegateSource:
    """Rows that another tidegate pipeline appends to a table, by its epochs.

    A slice of the source's ledger is one sealed epoch of the other pipeline's lane `main` that put rows into the table:
    exactly the files that its manifest lists, whatever compactions made of the table since. Both pipelines must have
    one checkpoint database. Tables of mode "upsert" are refused: they do not keep what changed as rows.

    When epochs that were read are taken back by a rollback, or made anew by a promotion, the pipeline stops with
    SourceGapError and says which: see docs/sources-tables.md.

    Args:
        table: "database.table", one of the other pipeline's tables, or its table of dead letters.
        schema: the columns to expect, by their names in the table; partition columns, `epoch_id` too, may be among
            them. A column that rows are older than is null in them, and malformed with ``nullable=False``.
        pipeline: the name of the other pipeline.
        start: "earliest" begins with all rows that the table has; "latest" with the epochs that come; an epoch's number
            with the one behind it. Behind the first epoch it means nothing.
        max_rows: end the epoch with the epoch of the other pipeline that reaches so many rows: none is split.
        uid: names the source in the ranges of the pipeline's epochs, for good.
    """

    table: str
    schema: pa.Schema
    pipeline: str
    start: str | int = "earliest"
    max_rows: int | None = None
    uid: str = "source"

    def __post_init__(self) -> None:
        identifier(self.uid, "TidegateSource uid")
        identifier(self.pipeline, "TidegateSource pipeline")
        table_name(self.table)
        RowFormat.declared("TidegateSource", Parquet(), self.schema, {})
        number = isinstance(self.start, int) and not isinstance(self.start, bool) and self.start >= 0
        if not number and self.start not in ("earliest", "latest"):
            raise fail(f"TidegateSource start {self.start!r} is not 'earliest', 'latest' or the number of an epoch")
        if self.max_rows is not None and self.max_rows < 1:
            raise fail(f"TidegateSource max_rows must be at least 1, not {self.max_rows}")

    @property
    def tells_time(self) -> bool:
        """False: an epoch has the bounds that its own run had. Start runs by the table's asset instead."""
        return False

    def describe(self) -> str:
        """For people, in Markdown: what is read."""
        return f"epochs of `{self.pipeline}` in table `{self.table}`"

    def meaning(self) -> dict[str, Any]:
        """The settings that decide what a row means, as JSON values: a part of a pipeline's fingerprint."""
        columns = [[f.name, str(f.type), f.nullable] for f in self.schema]
        return {"format": "tidegate table", "columns": columns}


class Changed(StrEnum):
    """What becomes of a partition that is not as it was when it was read."""

    STOP = "stop"
    AGAIN = "again"


@dataclass(frozen=True)
class HiveTableSource:
    """Partitions that appear in a Hive table of Parquet files which somebody else writes.

    A slice of the source's ledger is one partition as it was found: its location and its files with their sizes and
    times. A partition is found once all of its files, and what the metastore says of it, have been unchanged for
    `settle`; one without files is not there yet. New ones come in the order of their names. The table must be
    partitioned, and neither transactional nor a view; one that tidegate writes is read with `TidegateSource`.

    Args:
        table: "database.table".
        schema: the columns to expect, by their names in Hive; partition columns may be among them. A column that Hive
            has and a file has not is null, and malformed with ``nullable=False``.
        settle: see above.
        marker: a file, like "_SUCCESS", without which a partition is not complete.
        changed: "stop": SourceGapError when a partition is not as it was read; "again": it is read whole once more.
        max_partitions: at most so many partitions in one epoch.
        max_bytes: end the epoch with the partition that reaches so many bytes.
        uid: names the source in the ranges of the pipeline's epochs, for good.
    """

    table: str
    schema: pa.Schema
    settle: timedelta = timedelta(minutes=1)
    marker: str | None = None
    changed: Changed | str = Changed.STOP
    max_partitions: int | None = None
    max_bytes: int | None = None
    uid: str = "source"

    def __post_init__(self) -> None:
        identifier(self.uid, "HiveTableSource uid")
        table_name(self.table)
        RowFormat.declared("HiveTableSource", Parquet(), self.schema, {})
        if self.settle < timedelta(0):
            raise fail("HiveTableSource settle must not be negative")
        if self.marker is not None and (not self.marker or "/" in self.marker):
            raise fail(f"HiveTableSource marker {self.marker!r} is not the name of a file")
        try:
            object.__setattr__(self, "changed", Changed(self.changed))
        except ValueError:
            raise fail(f"HiveTableSource changed {self.changed!r} is not one of {', '.join(Changed)}") from None
        for name in ("max_partitions", "max_bytes"):
            cap = getattr(self, name)
            if cap is not None and cap < 1:
                raise fail(f"HiveTableSource {name} must be at least 1, not {cap}")

    @property
    def tells_time(self) -> bool:
        """False: what a partition's values mean is not known."""
        return False

    def describe(self) -> str:
        """For people, in Markdown: what is read."""
        return f"partitions of table `{self.table}`"

    def meaning(self) -> dict[str, Any]:
        """The settings that decide what a row means, as JSON values: a part of a pipeline's fingerprint."""
        columns = [[f.name, str(f.type), f.nullable] for f in self.schema]
        return {"format": "hive table", "columns": columns}
