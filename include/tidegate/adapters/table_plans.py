"""What a pipeline's tables should be, and what is to be done to those that are there. Changes nothing.

Columns have Hive's types, whoever keeps the tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tidegate.adapters.files.storage import FsStorage
from tidegate.api.pipeline import Definition
from tidegate.api.schema import hive_type
from tidegate.api.settings import EPOCH_COLUMN, Evolve, Target
from tidegate.errors import ConfigurationError
from tidegate.ports import TableChange
from tidegate.protocol.columns import Column, fit
from tidegate.protocol.model import Head
from tidegate.protocol.partitions import partition_path
from tidegate.runtime.formats import schema_of
from tidegate.runtime.locations import open_input

OWNER = "tidegate.pipeline"
EXTERNAL = "EXTERNAL_TABLE"
STAGING_SUFFIX = "__staging"


def staging(target: Target) -> str:
    """Name of a target's staging table."""
    return f"{target.name}{STAGING_SUFFIX}"


def keys_of(target: Target) -> dict[str, list[Column]]:
    """A target's table and its staging table, with their partition columns."""
    keys = columns_of(target.partition_schema)
    by_epoch = [] if target.mode.stamped else [(EPOCH_COLUMN, "bigint")]
    return {target.name: keys, staging(target): [*by_epoch, *keys]}


@dataclass(frozen=True)
class There:
    """A table that is there: its columns and partition columns, the pipeline that it says it belongs to, its kind."""

    columns: list[Column]
    keys: list[Column]
    owner: str | None
    kind: str = EXTERNAL


@dataclass(frozen=True)
class Plan:
    """What to do to a target's tables.

    Args:
        target: the target.
        missing: its tables that are not there, with their partition columns.
        added: columns to add to those that are there, by table.
        shown: the heads of the target's own table, when it was dropped.
    """

    target: Target
    missing: Mapping[str, list[Column]]
    added: Mapping[str, tuple[Column, ...]]
    shown: Sequence[Head]


def planned(target: Target, definition: Definition, there: Mapping[str, There], heads: Sequence[Head]) -> Plan:
    """Compare a target with those of its tables that are `there`, or with the files of one that was dropped.

    Args:
        target: the target.
        definition: its pipeline.
        there: tables by name.
        heads: those of the target's own table when it is not there.

    Raises ConfigurationError when rows of the target would not fit.
    """
    columns: dict[str, list[Column]] = {}
    wrong: dict[str, list[str]] = {}
    for name, table in there.items():
        _check_owner(name, table, definition.name)
        columns[name], keys = table.columns, table.keys
        fits = keys == keys_of(target)[name]
        wrong[name] = [] if fits else [f"its partition columns are {ddl(keys)}, not {ddl(keys_of(target)[name])}"]
    if heads:
        columns[target.name], wrong[target.name] = _stored(heads, target)
    added: dict[str, tuple[Column, ...]] = {}
    for name, of_table in columns.items():
        needed = fit(
            columns_of(target.data_schema),
            of_table,
            evolves=target.table.evolve is Evolve.ADD,
            never_null=target.never_null,
        )
        if problems := [*needed.wrong, *wrong[name]]:
            raise ConfigurationError(
                f"{target.table.line}: {name} does not fit the pipeline {definition.name}: {'; '.join(problems)}; "
                "or write to another table. No table was changed"
            )
        if needed.added and name in there:
            added[name] = needed.added
    return Plan(target, {n: keys for n, keys in keys_of(target).items() if n not in there}, added, heads)


def changes(plans: Sequence[Plan]) -> tuple[TableChange, ...]:
    """Those that a person wants to know of: a table that never was is made without a word."""
    all_ = [
        TableChange(p.target.name, tuple(f"{n} {t}" for n, t in p.added.get(p.target.name, ())), len(p.shown))
        for p in plans
    ]
    return tuple(c for c in all_ if c.columns or c.restored)


def _check_owner(name: str, table: There, pipeline: str) -> None:
    if table.kind != EXTERNAL:
        raise ConfigurationError(f"{name} is a {table.kind}: tidegate publishes to external tables only")
    owner = table.owner
    if owner != pipeline:
        raise ConfigurationError(
            f"{name} belongs to {f'pipeline {owner}' if owner else 'somebody else'}, not to {pipeline}; "
            f"choose another table, or set its property '{OWNER}' and run `tidegate verify --repair`"
        )


def _stored(heads: Sequence[Head], target: Target) -> tuple[list[Column], list[str]]:
    """The columns of a dropped table, by the newest of its files, and what is wrong with its partition columns."""
    newest = max(heads, key=lambda h: (h.epoch, h.generation))
    try:
        with open_input(min(FsStorage().sizes(newest.location))) as file:
            columns = columns_of(schema_of(file))
    except (OSError, ValueError) as e:
        raise ConfigurationError(
            f"{target.name} was dropped from Hive, and {newest.location}, which it showed, cannot be read ({e}): "
            "bring its files back, then try again"
        ) from e
    keys = target.partition_schema.names
    if newest.location.endswith(f"/{partition_path(keys, newest.values)}"):
        return columns, []
    return columns, [f"its partition columns are not {', '.join(keys)}, see {newest.location}"]


def columns_of(schema: pa.Schema) -> list[Column]:
    """Columns as Hive has them."""
    return [(f.name, hive_type(f.type)) for f in schema]


def ddl(columns: Sequence[Column]) -> str:
    """Columns in a statement."""
    return ", ".join(f"`{n}` {t}" for n, t in columns)
