"""Sinks as frozen settings: where to write and what to keep, without the means to do it."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import pyarrow as pa

from tidegate.api.schema import caller, fail, partition_columns, table_name


@dataclass(frozen=True)
class Retention:
    """What is kept for replay, rollback and readers; the tables' present rows are always kept.

    Args:
        epochs: at most so many past epochs.
        age: none that was sealed longer ago.
        grace: how long files stay after the partition that they were in was swapped, for readers who listed them.
    """

    epochs: int = 1000
    age: timedelta = timedelta(days=30)
    grace: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise fail(f"Retention epochs must be at least 1, not {self.epochs}")
        if self.age < timedelta(0) or self.grace < timedelta(0):
            raise fail("Retention age and grace must not be negative")


class Mode(StrEnum):
    """How rows reach a target table. What a mode means to the protocol are its three answers, and nothing else."""

    APPEND = "append"
    UPSERT = "upsert"

    @property
    def stamped(self) -> bool:
        """The epoch is the first partition value: no epoch touches what another one made."""
        return self is Mode.APPEND

    @property
    def merges(self) -> bool:
        """Rows are merged by primary key with those that are there: what an epoch makes hangs on earlier ones."""
        return self is Mode.UPSERT

    @property
    def compacts(self) -> bool:
        """Partitions may be joined later: readers do not ask by them."""
        return self.stamped


class Evolve(StrEnum):
    """What becomes of a table that lacks declared columns."""

    REFUSE = "refuse"
    ADD = "add"


@dataclass(frozen=True)
class HiveTable:
    """An external Hive table of Parquet files, made at the first epoch when it is not there.

    Args:
        name: "database.table".
        mode: "append" adds each epoch's rows under the partition column `epoch_id`, which comes first; "upsert" keeps
            the latest row per primary key and rewrites only the partitions it touches.
        partition_by: output columns that become partition columns (string, integer or date).
        primary_key: for upsert: the columns that identify a row. They must contain every `key_by` column, so that
            "latest" is defined, and every partition column, so that a row never moves.
        compact_at: for append: when so many small partitions of like size have gathered, an epoch of its own joins
            them into the newest, whose `epoch_id` their rows then have. None leaves them as they are.
        compact_to: bytes from which a partition is no longer small.
        evolve: "add" lets the next epoch add output columns that the table does not have, null in older rows;
            "refuse" stops it before it writes anything. Columns are never dropped, renamed or changed in type.
        line: where it was declared.
    """

    name: str
    mode: Mode | str = Mode.APPEND
    partition_by: tuple[str, ...] = ()
    primary_key: tuple[str, ...] = ()
    compact_at: int | None = 32
    compact_to: int = 128 * 1024 * 1024
    evolve: Evolve | str = Evolve.REFUSE
    line: str = field(default_factory=caller, repr=False, compare=False)

    def __post_init__(self) -> None:
        table_name(self.name)
        if self.compact_at is not None and self.compact_at < 2:
            raise fail(f"HiveTable {self.name}: compact_at must be at least 2, not {self.compact_at}")
        try:
            mode = Mode(self.mode)
        except ValueError:
            raise fail(f"HiveTable mode {self.mode!r} is not one of {', '.join(Mode)}") from None
        object.__setattr__(self, "mode", mode)
        try:
            object.__setattr__(self, "evolve", Evolve(self.evolve))
        except ValueError:
            raise fail(f"HiveTable evolve {self.evolve!r} is not one of {', '.join(Evolve)}") from None
        for name in ("partition_by", "primary_key"):
            columns = getattr(self, name)
            if isinstance(columns, str):
                raise fail(f"HiveTable {name} must be a tuple of column names: ({columns!r},)")
            object.__setattr__(self, name, tuple(columns))
        if mode.merges and not self.primary_key:
            raise fail(f"HiveTable {self.name}: mode 'upsert' needs primary_key")
        if mode.merges and not self.partition_by:
            raise fail(f"HiveTable {self.name}: mode 'upsert' needs partition_by: whole partitions are swapped")
        if self.primary_key and not mode.merges:
            raise fail(f"HiveTable {self.name}: primary_key is for mode 'upsert'")


EPOCH_COLUMN = "epoch_id"


@dataclass(frozen=True)
class Target:
    """A HiveTable joined with the schema of the rows that go into it.

    `schema` are all columns of a row; `partition_by` are those of them that are partition columns. An append target
    has `epoch_id` (bigint) as an additional first partition column, which no row carries.
    """

    table: HiveTable
    schema: pa.Schema

    def __post_init__(self) -> None:
        partition_columns(self.table.partition_by, self.schema)
        if EPOCH_COLUMN in self.schema.names:
            raise fail(f"{self.name}: the column name {EPOCH_COLUMN!r} is tidegate's own")

    @property
    def name(self) -> str:
        """The name as `database.table`."""
        return self.table.name

    @property
    def mode(self) -> Mode:
        """How rows reach the table."""
        return Mode(self.table.mode)

    @property
    def partition_by(self) -> tuple[str, ...]:
        """Partition columns that come from the row."""
        return self.table.partition_by

    @property
    def data_schema(self) -> pa.Schema:
        """Columns that are stored in the files: all but the partition columns."""
        return pa.schema([f for f in self.schema if f.name not in self.partition_by])

    @property
    def never_null(self) -> frozenset[str]:
        """Columns of which every row must have a value."""
        return frozenset([*self.table.primary_key, *(f.name for f in self.schema if not f.nullable)])

    @property
    def partition_schema(self) -> pa.Schema:
        """All partition columns of the table in Hive's order."""
        epoch = [pa.field(EPOCH_COLUMN, pa.int64())] if self.mode.stamped else []
        return pa.schema([*epoch, *(self.schema.field(c) for c in self.partition_by)])


DEAD_LETTER_SCHEMA = pa.schema(
    [
        ("step", pa.string()),
        ("reason", pa.string()),
        ("source", pa.string()),
        ("key", pa.string()),
        ("row", pa.string()),
        ("position", pa.string()),
        ("raw", pa.binary()),
    ]
)
"""Columns of a dead-letter table: the step that refused the row ("read", "type", "key", "process"), why, where it came
from (of a folder, the path of the file; of Kafka, ``topic[partition]``; where the pipeline has several sources, behind
the uid: ``till: topic[partition]``), the key and the row as JSON (or as it stood in
the input). Of a record of Kafka that could not be read, `position` is a JSON object of its topic, partition, offset,
timestamp, key and headers, and `raw` its value; else both are null. Its partition column is `epoch_id`."""
