"""Publishing into Hive: tables made through HiveServer2, locations swapped through the metastore."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import uuid4

from pymetastore.hive_metastore.ttypes import Table

from tidegate.adapters.hive import server
from tidegate.adapters.hive.metastore import Metastore, Placement, normal
from tidegate.adapters.hive.tables import (
    OWNER,
    Plan,
    changes,
    columns_of,
    ddl,
    keys_of,
    listed,
    plan,
    property_of,
    quoted,
    staging,
)
from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.errors import ConfigurationError, OutcomeUnknownError, RefusedError, TidegateError, UnavailableError
from tidegate.ports import Heads, TableChange
from tidegate.protocol.columns import Column
from tidegate.protocol.model import Clone, Head, PartitionValues, StagedPartition
from tidegate.runtime.locations import resolve

CLONE = "tidegate.clone"
_GUARDED = {"discover.partitions": "false", "external.table.purge": "false"}
"""Hive from 3 on looks after the partitions of external tables by itself unless told otherwise, by what lies below the
table's own folder, where ours do not; and it may be told to delete the files of tables that are dropped."""
_PARTITIONS_PER_CALL = 1000


class HiveSink:
    """Implements `ports.Sink`.

    Args:
        metastore: ``thrift://host:port``.
        hiveserver2: ``hive://…``, see `server.execute`. Used only when a table or a column is missing.
        warehouse: location below which new tables lie.
    """

    def __init__(self, metastore: str, hiveserver2: str, warehouse: str) -> None:
        self._metastore = Metastore(metastore)
        self._hiveserver2 = hiveserver2
        self._warehouse = warehouse.rstrip("/")
        self._tables: dict[str, Table] = {}
        self._prepared: set[str] = set()

    def pending(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """What `prepare` would do to tables that have, or had, rows; see the port."""
        return changes([self._plan(target, definition, heads) for target in definition.all_targets])

    def prepare(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """Make what is missing, add columns, check the rest; see the port."""
        fingerprint = definition.fingerprint()
        if fingerprint in self._prepared:
            return ()
        plans = [self._plan(target, definition, heads) for target in definition.all_targets]
        for todo in plans:
            for name, columns in todo.added.items():
                self._add_columns(name, columns)
            missing = dict(todo.missing)
            if todo.shown:
                self._make_again(todo.target, missing.pop(todo.target.name), todo.shown, {OWNER: definition.name})
            if missing:
                self._make(missing, todo.target, {OWNER: definition.name})
            if todo.missing or todo.added:
                self._plan(todo.target, definition, heads)  # whoever made or changed it, it fits
        self._prepared.add(fingerprint)
        return changes(plans)

    def stage(self, target: Target, partitions: Sequence[StagedPartition], *, epoch: int) -> None:
        """Point the staging table at one epoch's partitions, and drop those of other epochs; see the port."""
        by_row = not target.mode.stamped
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
        if new and len(new) == len(wanted) and target.mode.stamped:
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
            columns = listed(self._table(target.name).sd.cols)
            partitioned = {clone.table: columns_of(target.partition_schema)}
            self._make(partitioned, target, {CLONE: _identity(clone)}, columns=columns)
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
        if table is not None and property_of(table, CLONE) == _identity(clone):
            self._drop_table(clone.table)

    def _clone(self, clone: Clone) -> Table | None:
        table = self._metastore.table(*clone.table.split("."))
        if table is not None and property_of(table, CLONE) != _identity(clone):
            raise RefusedError(f"table {clone.table} is there already, and is not the one wanted: {clone}")
        return table

    def _drop_table(self, name: str) -> None:
        server.execute(self._hiveserver2, [f"DROP TABLE IF EXISTS {quoted(name)}"])

    # -- what is there --------------------------------------------------------------------------------------------

    def locations(self, target: Target, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, str]:
        """The metastore's locations; see the port."""
        table = self._find(target.name)
        return {} if table is None else self._metastore.locations(table, values)

    def close(self) -> None:
        """Give the connection back."""
        self._metastore.close()

    # -- tables ---------------------------------------------------------------------------------------------------

    def _plan(self, target: Target, definition: Definition, heads: Heads) -> Plan:
        there = {name: table for name in keys_of(target) if (table := self._find(name))}
        try:
            return plan(target, definition, there, () if target.name in there else [*heads(target.name).values()])
        except ConfigurationError:
            self._tables.clear()  # somebody may change them before this is asked again
            raise

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
            raise ConfigurationError(
                f"table {name} is not in the {self._metastore}: was it dropped by hand? The pipeline's next epoch, or "
                "`tidegate verify --repair`, makes it again"
            )
        return table

    def _make(
        self,
        partitioned: Mapping[str, Sequence[Column]],
        target: Target,
        properties: Mapping[str, str],
        *,
        columns: Sequence[Column] = (),
        folder: str = "",
    ) -> None:
        """Make external tables, from their names to their partition columns.

        They get the target's columns, or those given, and lie where their names say, or in the given folder.
        """
        databases = sorted({name.partition(".")[0] for name in partitioned})
        statements = [f"CREATE DATABASE IF NOT EXISTS `{d}` LOCATION '{self._warehouse}/{d}.db'" for d in databases]
        noted = ", ".join(f"'{key}'='{value}'" for key, value in (_GUARDED | dict(properties)).items())
        for name, keys in partitioned.items():
            statements.append(
                f"CREATE EXTERNAL TABLE IF NOT EXISTS {quoted(name)} "
                f"({ddl(columns or columns_of(target.data_schema))}) "
                f"PARTITIONED BY ({ddl(keys)}) STORED AS PARQUET "
                f"LOCATION '{folder or self._folder(name)}' TBLPROPERTIES ({noted})"
            )
        server.execute(self._hiveserver2, statements)

    def _folder(self, name: str) -> str:
        database, _, table = name.partition(".")
        return f"{self._warehouse}/{database}.db/{table}"

    def _make_again(
        self, target: Target, keys: Sequence[Column], shown: Sequence[Head], properties: Mapping[str, str]
    ) -> None:
        """Make a table that was dropped, with its partitions, under another name, then give it its own (I2).

        While it is missing its heads do not move, for nothing is published without it: of two attempts that do this
        at once the later finds the same table there.
        """
        other = f"{target.name}__{uuid4().hex[:12]}"
        try:
            self._make({other: keys}, target, properties, folder=self._folder(target.name))
            table = self._table(other)
            for at in range(0, len(shown), _PARTITIONS_PER_CALL):
                self._metastore.add(table, [_placement(h) for h in shown[at : at + _PARTITIONS_PER_CALL]])
            server.execute(self._hiveserver2, [f"ALTER TABLE {quoted(other)} RENAME TO {quoted(target.name)}"])
        except TidegateError:
            with suppress(TidegateError):
                self._drop_table(other)
            if self._find(target.name) is None:
                raise

    def _add_columns(self, name: str, columns: Sequence[Column]) -> None:
        """Add columns to a table. Its partitions get them when they are moved: until then no file of theirs has any."""
        refused: ConfigurationError | None = None
        try:
            server.execute(self._hiveserver2, [f"ALTER TABLE {quoted(name)} ADD COLUMNS ({ddl(columns)})"])
        except ConfigurationError as e:
            refused = e
        del self._tables[name]
        if refused and not set(columns) <= set(listed(self._table(name).sd.cols)):  # else another attempt was faster
            raise refused


def _identity(clone: Clone) -> str:
    """What a clone's table says of itself. Nothing of it needs quotes: names are identifiers."""
    return f"{clone.pipeline} {clone.source} {clone.epoch}"


def _placement(head: Head) -> Placement:
    return Placement(
        head.values,
        head.location,
        {"tidegate.epoch": str(head.epoch), "tidegate.generation": str(head.generation), "tidegate.lane": head.lane},
    )
