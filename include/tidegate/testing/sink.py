"""Tables in memory: which partitions they have, and where these lie."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tidegate.adapters.table_plans import Plan, There, changes, columns_of, keys_of, planned, staging
from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.errors import ConfigurationError, RefusedError
from tidegate.ports import Heads, TableChange
from tidegate.protocol.columns import Column
from tidegate.protocol.model import Clone, Head, PartitionValues, StagedPartition

Locations = dict[PartitionValues, str]


@dataclass
class MemoryTable:
    """A table: its columns and partition columns, whose it is, and where its partitions lie."""

    columns: list[Column]
    keys: list[Column]
    owner: str | None
    partitions: Locations = field(default_factory=dict)
    clone: Clone | None = None


class MemorySink:
    """A fake: `ports.Sink` over tables in this process.

    It holds the contract of the real one: what is planned and refused is planned and refused by the same code, and a
    swap is seen whole. There is no SQL, no call fails, and no answer is ever lost. Files are nobody's here, as in Hive.
    """

    def __init__(self) -> None:
        self.tables: dict[str, MemoryTable] = {}

    def pending(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """What `prepare` would do to tables that have, or had, rows; see the port."""
        return changes([self._plan(target, definition, heads) for target in definition.all_targets])

    def prepare(self, definition: Definition, heads: Heads) -> tuple[TableChange, ...]:
        """Make what is missing, add columns, check the rest; see the port."""
        plans = [self._plan(target, definition, heads) for target in definition.all_targets]
        for todo in plans:
            for name, columns in todo.added.items():
                self.tables[name].columns += columns
            for name, keys in todo.missing.items():
                made = MemoryTable(columns_of(todo.target.data_schema), keys, definition.name)
                if name == todo.target.name:
                    made.partitions = {h.values: h.location for h in todo.shown}
                self.tables[name] = made
        return changes(plans)

    def stage(self, target: Target, partitions: Sequence[StagedPartition], *, epoch: int) -> None:
        """Point the staging table at exactly these partitions."""
        by_epoch = () if target.mode.stamped else (str(epoch),)
        self._table(staging(target)).partitions = {(*by_epoch, *p.values): p.location for p in partitions}

    def publish(self, target: Target, heads: Sequence[Head]) -> None:
        """Make every head's location visible."""
        self._table(target.name).partitions.update({h.values: h.location for h in heads})

    def drop(self, target: Target, values: Sequence[PartitionValues]) -> None:
        """Remove partitions, never their files."""
        for of_one in values:
            self._table(target.name).partitions.pop(of_one, None)

    def shown(self, clone: Clone) -> Locations | None:
        """The locations that a clone shows; see the port."""
        table = self.tables.get(clone.table)
        if table is None:
            return None
        if not _is(table, clone):
            raise RefusedError(f"table {clone.table} is there already, and is not the one wanted: {clone}")
        return dict(table.partitions)

    def clone(self, target: Target, clone: Clone, partitions: Sequence[StagedPartition]) -> None:
        """Make a clone and let it show these partitions; see the port."""
        self.shown(clone)
        of = self._table(target.name)
        shown = {p.values: p.location for p in partitions}
        self.tables[clone.table] = MemoryTable(list(of.columns), of.keys, None, shown, clone)

    def drop_clone(self, clone: Clone) -> None:
        """Drop a clone's table; see the port."""
        table = self.tables.get(clone.table)
        if table is not None and _is(table, clone):
            del self.tables[clone.table]

    def locations(self, target: Target, values: Sequence[PartitionValues] | None = None) -> Locations:
        """The locations of all partitions, or of those given that exist."""
        table = self.tables.get(target.name)
        there = table.partitions if table else {}
        return {v: location for v, location in there.items() if values is None or v in values}

    def close(self) -> None:
        """Nothing is open."""

    def _plan(self, target: Target, definition: Definition, heads: Heads) -> Plan:
        found = {name: self.tables[name] for name in keys_of(target) if name in self.tables}
        there = {name: There(t.columns, t.keys, t.owner) for name, t in found.items()}
        return planned(target, definition, there, () if target.name in there else [*heads(target.name).values()])

    def _table(self, name: str) -> MemoryTable:
        if name not in self.tables:
            raise ConfigurationError(
                f"table {name} is not there: was it dropped? The pipeline's next epoch makes it again"
            )
        return self.tables[name]


def _is(table: MemoryTable, clone: Clone) -> bool:
    """True when the table is this clone: another attempt at it may have written another manifest."""
    of = table.clone
    return of is not None and (of.pipeline, of.source, of.epoch) == (clone.pipeline, clone.source, clone.epoch)
