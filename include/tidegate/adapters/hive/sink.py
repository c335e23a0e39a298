"""Publishing into Hive: tables made through HiveServer2, locations swapped through the metastore."""

from collections.abc import Sequence

from pymetastore.hive_metastore.ttypes import Table

from tidegate.adapters.hive.making import TableMaker, placement
from tidegate.adapters.hive.metastore import Metastore, Placement
from tidegate.adapters.hive.tables import listed, property_of
from tidegate.adapters.table_plans import OWNER, changes, columns_of, staging
from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.errors import OutcomeUnknownError, RefusedError, UnavailableError
from tidegate.ports import Heads, TableChange
from tidegate.protocol.layout import normal
from tidegate.protocol.model import Clone, Head, PartitionValues, StagedPartition
from tidegate.runtime.locations import reaching, resolve

CLONE = "tidegate.clone"


class HiveSink:
    """Implements `ports.Sink`.

    Args:
        metastore: ``thrift://host:port``.
        hiveserver2: ``hive://…``, see `server.execute`. Used only when a table or a column is missing.
        warehouse: location below which new tables lie.
    """

    def __init__(self, metastore: str, hiveserver2: str, warehouse: str) -> None:
        self._metastore = Metastore(metastore)
        self._tables = TableMaker(self._metastore, hiveserver2, warehouse)
        self._prepared: set[str] = set()

    def pending(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """What `prepare` would do to tables that have, or had, rows; see the port."""
        return changes([self._tables.plan(target, definition, heads) for target in definition.all_targets])

    def prepare(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """Make what is missing, add columns, check the rest; see the port."""
        fingerprint = definition.fingerprint
        if fingerprint in self._prepared:
            return ()
        plans = [self._tables.plan(target, definition, heads) for target in definition.all_targets]
        for todo in plans:
            for name, columns in todo.added.items():
                self._tables.add_columns(name, columns)
            missing = dict(todo.missing)
            if todo.shown:
                self._tables.make_again(
                    todo.target, missing.pop(todo.target.name), todo.shown, {OWNER: definition.name}
                )
            if missing:
                self._tables.make(missing, todo.target, {OWNER: definition.name})
            if todo.missing or todo.added:
                self._tables.plan(todo.target, definition, heads)  # whoever made or changed it, it fits
        self._prepared.add(fingerprint)
        return changes(plans)

    def stage(self, target: Target, partitions: Sequence[StagedPartition], *, epoch: int) -> None:
        """Point the staging table at one epoch's partitions, and drop those of other epochs; see the port."""
        by_row = not target.mode.stamped
        wanted = [Placement((str(epoch), *p.values) if by_row else p.values, p.location, {}) for p in partitions]
        self._show(self._tables.table(staging(target)), wanted)

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
        wanted = [placement(h) for h in heads]
        try:
            self._place(target, wanted)
        except OutcomeUnknownError as e:
            found = self._read_back(target, [p.values for p in wanted], e)
            if any(found.get(p.values) != normal(p.location) for p in wanted):
                raise

    def _place(self, target: Target, wanted: Sequence[Placement]) -> None:
        table = self._tables.table(target.name)
        there = self._metastore.partitions(table, [p.values for p in wanted])
        new = [p for p in wanted if p.values not in there]
        if new and len(new) == len(wanted) and target.mode.stamped:
            if self._metastore.add(table, new):
                return
        elif new:
            # Added empty first, so that the one call below shows all rows at once.
            empty = f"{normal(table.sd.location)}/_empty"
            system, path = resolve(empty)
            with reaching(empty, "make"):
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
        self._metastore.drop(self._tables.table(target.name), values)

    # -- clones ---------------------------------------------------------------------------------------------------

    def shown(self, clone: Clone) -> dict[PartitionValues, str] | None:
        """The locations that a clone shows; see the port."""
        table = self._clone(clone)
        return None if table is None else self._metastore.locations(table)

    def clone(self, target: Target, clone: Clone, partitions: Sequence[StagedPartition]) -> None:
        """Make a clone and let it show these partitions; see the port."""
        if self._clone(clone) is None:
            columns = listed(self._tables.table(target.name).sd.cols)
            partitioned = {clone.table: columns_of(target.partition_schema)}
            self._tables.make(partitioned, target, {CLONE: _identity(clone)}, columns=columns)
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
            self._tables.drop(clone.table)

    def _clone(self, clone: Clone) -> Table | None:
        table = self._metastore.table(*clone.table.split("."))
        if table is not None and property_of(table, CLONE) != _identity(clone):
            raise RefusedError(f"table {clone.table} is there already, and is not the one wanted: {clone}")
        return table

    # -- what is there --------------------------------------------------------------------------------------------

    def locations(self, target: Target, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, str]:
        """The metastore's locations; see the port."""
        table = self._tables.find(target.name)
        return {} if table is None else self._metastore.locations(table, values)

    def close(self) -> None:
        """Give the connection back."""
        self._metastore.close()


def _identity(clone: Clone) -> str:
    """What a clone's table says of itself. Nothing of it needs quotes: names are identifiers."""
    return f"{clone.pipeline} {clone.source} {clone.epoch}"
