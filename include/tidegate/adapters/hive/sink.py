"""Publishing into Hive: tables made through HiveServer2, locations swapped through the metastore."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from hmsclient.genthrift.hive_metastore.ttypes import Table

from tidegate.adapters.files.locations import resolve
from tidegate.adapters.hive import server
from tidegate.adapters.hive.metastore import Metastore, Placement, normal
from tidegate.api.pipeline import Definition
from tidegate.api.schema import hive_type
from tidegate.api.settings import EPOCH_COLUMN, Mode, Target
from tidegate.errors import ConfigurationError, OutcomeUnknownError, UnavailableError
from tidegate.protocol.model import Clone, Head, PartitionValues, StagedPartition

OWNER = "tidegate.pipeline"
CLONE = "tidegate.clone"
_GUARDED = {"discover.partitions": "false", "external.table.purge": "false"}
"""Hive from 3 on looks after the partitions of external tables by itself unless told otherwise, by what lies below the
table's own folder, where ours do not; and it may be told to delete the files of tables that are dropped."""
STAGING_SUFFIX = "__staging"


class HiveSink:
    """Implements `ports.Sink`.

    Args:
        metastore: ``thrift://host:port``.
        hiveserver2: ``hive://…``, see `server.execute`. Used only when a table is missing.
        warehouse: location below which new tables lie.
    """

    def __init__(self, metastore: str, hiveserver2: str, warehouse: str) -> None:
        self._metastore = Metastore(metastore)
        self._hiveserver2 = hiveserver2
        self._warehouse = warehouse.rstrip("/")
        self._tables: dict[str, Table] = {}
        self._prepared: set[str] = set()

    def prepare(self, definition: Definition) -> None:
        """Make what is missing and check what is there; see the port. Tables only, so a repetition is harmless."""
        fingerprint = definition.fingerprint()
        if fingerprint in self._prepared:
            return
        for target in definition.all_targets:
            wanted = {target.name: _columns(target.partition_schema), staging(target): _staging_columns(target)}
            missing = [name for name in wanted if self._find(name) is None]
            if missing:
                self._make({name: wanted[name] for name in missing}, target, {OWNER: definition.name})
            for name, partitions in wanted.items():
                self._check(name, _columns(target.data_schema), partitions, definition.name)
        self._prepared.add(fingerprint)

    def stage(self, target: Target, partitions: Sequence[StagedPartition], *, epoch: int) -> None:
        """Point the staging table at one epoch's partitions, and drop those of other epochs; see the port."""
        by_row = target.mode is Mode.UPSERT
        wanted = [Placement((str(epoch), *p.values) if by_row else p.values, p.location, {}) for p in partitions]
        self._show(self._table(staging(target)), wanted)

    def _show(self, table: Table, wanted: Sequence[Placement]) -> None:
        """Let a table that no epoch publishes to have exactly these partitions; the new ones come in one call."""
        there = self._metastore.locations(table)
        old = [v for v in there if v not in {p.values for p in wanted}]
        if old:
            self._metastore.drop(table, old)
        moved = [p.values for p in wanted if there.get(p.values, p.location) != normal(p.location)]
        if moved:
            self._metastore.drop(table, moved)
        new = [p for p in wanted if there.get(p.values) != normal(p.location)]
        if new:
            self._metastore.add(table, new)

    def publish(self, target: Target, heads: Sequence[Head]) -> None:
        """Make the heads' locations visible together (I2); see the port.

        When the answer is lost, the locations are read back: all right is success, anything else stays unknown.
        """
        wanted = [_placement(h) for h in heads]
        try:
            self._place(target, wanted)
        except OutcomeUnknownError as e:
            found = self._read_back(target, [p.values for p in wanted], e)
            if any(found.get(p.values) != normal(p.location) for p in wanted):
                raise

    def _place(self, target: Target, wanted: Sequence[Placement]) -> None:
        table = self._table(target.name)
        there = self._metastore.partitions(table, [p.values for p in wanted])
        new = [p for p in wanted if p.values not in there]
        if new and len(new) == len(wanted) and target.mode is Mode.APPEND:
            if self._metastore.add(table, new):
                return
        elif new:
            # Added empty first, so that the one call below shows all rows at once.
            empty = f"{normal(table.sd.location)}/_empty"
            system, path = resolve(empty)
            system.create_dir(path, recursive=True)
            self._metastore.add(table, [Placement(p.values, empty, p.parameters) for p in new])
        if new:
            there = self._metastore.partitions(table, [p.values for p in wanted])
        if missing := [p for p in wanted if p.values not in there]:
            raise UnavailableError(
                f"{target.name}: another attempt changes partitions at the same time "
                f"({', '.join('/'.join(p.values) for p in missing[:3])}); try again"
            )
        moved = [p for p in wanted if normal(there[p.values].sd.location) != normal(p.location)]
        if moved:
            self._metastore.alter(table, there, moved)

    def _read_back(
        self, target: Target, values: Sequence[PartitionValues], unknown: OutcomeUnknownError
    ) -> dict[PartitionValues, str]:
        try:
            return self.locations(target, values)
        except UnavailableError:
            raise unknown from None

    def drop(self, target: Target, values: Sequence[PartitionValues]) -> None:
        """Remove partitions, never their files; see the port."""
        self._metastore.drop(self._table(target.name), values)

    # -- clones ---------------------------------------------------------------------------------------------------

    def shown(self, clone: Clone) -> dict[PartitionValues, str] | None:
        """The locations that a clone shows; see the port."""
        table = self._clone(clone)
        return None if table is None else self._metastore.locations(table)

    def clone(self, target: Target, clone: Clone, partitions: Sequence[StagedPartition]) -> None:
        """Make a clone and let it show these partitions; see the port."""
        if self._clone(clone) is None:
            partitioned = {clone.table: _columns(target.partition_schema)}
            self._make(partitioned, target, {CLONE: _identity(clone)})
        table = self._clone(clone)
        if table is not None:
            self._show(
                table, [Placement(p.values, p.location, {"tidegate.epoch": str(clone.epoch)}) for p in partitions]
            )
        if self.shown(clone) != {p.values: normal(p.location) for p in partitions}:
            raise UnavailableError(f"{clone}: another attempt makes or drops it at the same time; try again")

    def drop_clone(self, clone: Clone) -> None:
        """Drop a clone's table; see the port. An external table's files stay."""
        table = self._metastore.table(*clone.table.split("."))
        if table is not None and _property(table, CLONE) == _identity(clone):
            self._drop_table(clone.table)

    def _clone(self, clone: Clone) -> Table | None:
        table = self._metastore.table(*clone.table.split("."))
        if table is not None and _property(table, CLONE) != _identity(clone):
            raise ConfigurationError(f"table {clone.table} is there already, and is not the one wanted: {clone}")
        return table

    def _drop_table(self, name: str) -> None:
        server.execute(self._hiveserver2, [f"DROP TABLE IF EXISTS {_quoted(name)}"])

    # -- what is there --------------------------------------------------------------------------------------------

    def locations(self, target: Target, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, str]:
        """The metastore's locations; see the port."""
        table = self._find(target.name)
        return {} if table is None else self._metastore.locations(table, values)

    def close(self) -> None:
        """Give the connection back."""
        self._metastore.close()

    # -- tables ---------------------------------------------------------------------------------------------------

    def _find(self, name: str) -> Table | None:
        if name not in self._tables:
            table = self._metastore.table(*name.split("."))
            if table is None:
                return None
            self._tables[name] = table
        return self._tables[name]

    def _table(self, name: str) -> Table:
        table = self._find(name)
        if table is None:
            raise ConfigurationError(f"table {name} is not in the {self._metastore}: was it dropped by hand?")
        return table

    def _make(
        self, partitioned: Mapping[str, list[tuple[str, str]]], target: Target, properties: Mapping[str, str]
    ) -> None:
        """Make external tables with the target's columns, from their names to their partition columns."""
        databases = sorted({name.partition(".")[0] for name in partitioned})
        statements = [f"CREATE DATABASE IF NOT EXISTS `{d}` LOCATION '{self._warehouse}/{d}.db'" for d in databases]
        noted = ", ".join(f"'{key}'='{value}'" for key, value in (_GUARDED | dict(properties)).items())
        for name, partitions in partitioned.items():
            database, _, table = name.partition(".")
            statements.append(
                f"CREATE EXTERNAL TABLE IF NOT EXISTS {_quoted(name)} ({_ddl(_columns(target.data_schema))}) "
                f"PARTITIONED BY ({_ddl(partitions)}) STORED AS PARQUET "
                f"LOCATION '{self._warehouse}/{database}.db/{table}' TBLPROPERTIES ({noted})"
            )
        server.execute(self._hiveserver2, statements)

    def _check(
        self, name: str, columns: list[tuple[str, str]], partitions: list[tuple[str, str]], pipeline: str
    ) -> None:
        table = self._table(name)
        owner = _property(table, OWNER)
        if table.tableType != "EXTERNAL_TABLE":
            raise ConfigurationError(f"{name} is a {table.tableType}: tidegate publishes to external tables only")
        if owner != pipeline:
            raise ConfigurationError(
                f"{name} belongs to {f'pipeline {owner}' if owner else 'somebody else'}, not to {pipeline}; "
                f"choose another table, or set its property '{OWNER}'"
            )
        wrong = _differences("column", columns, _found(table.sd.cols))
        wrong += _differences("partition column", partitions, _found(table.partitionKeys))
        if wrong:
            raise ConfigurationError(f"{name} does not fit the pipeline {pipeline}: {'; '.join(wrong)}")


def staging(target: Target) -> str:
    """Name of a target's staging table."""
    return f"{target.name}{STAGING_SUFFIX}"


def _property(table: Table, key: str) -> str | None:
    return (table.parameters or {}).get(key)


def _identity(clone: Clone) -> str:
    """What a clone's table says of itself. Nothing of it needs quotes: names are identifiers."""
    return f"{clone.pipeline} {clone.source} {clone.epoch}"


def _quoted(name: str) -> str:
    return ".".join(f"`{part}`" for part in name.split("."))


def _placement(head: Head) -> Placement:
    return Placement(
        head.values,
        head.location,
        {"tidegate.epoch": str(head.epoch), "tidegate.generation": str(head.generation), "tidegate.lane": head.lane},
    )


def _columns(schema: pa.Schema) -> list[tuple[str, str]]:
    return [(f.name, hive_type(f.type)) for f in schema]


def _staging_columns(target: Target) -> list[tuple[str, str]]:
    columns = _columns(target.partition_schema)
    return columns if target.mode is Mode.APPEND else [(EPOCH_COLUMN, "bigint"), *columns]


def _found(columns: Sequence[object]) -> list[tuple[str, str]]:
    return [(c.name, c.type) for c in columns]  # type: ignore[attr-defined]


def _differences(what: str, wanted: list[tuple[str, str]], found: list[tuple[str, str]]) -> list[str]:
    if wanted == found:
        return []
    names = {n for n, _ in found}
    wrong = [f"{what} {n} is missing" for n, _ in wanted if n not in names]
    wrong += [f"{what} {n} is {t}, not {dict(wanted)[n]}" for n, t in found if dict(wanted).get(n, t) != t]
    wrong += [f"{what} {n} is not declared" for n, _ in found if n not in dict(wanted)]
    return wrong or [f"{what}s stand in another order: {', '.join(n for n, _ in found)}"]


def _ddl(columns: list[tuple[str, str]]) -> str:
    return ", ".join(f"`{n}` {t}" for n, t in columns)
