"""Tables are made, changed and dropped through HiveServer2, and looked up in the metastore."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import uuid4

from pymetastore.hive_metastore.ttypes import Table

from tidegate.adapters.hive import server
from tidegate.adapters.hive.metastore import Metastore, Placement
from tidegate.adapters.hive.tables import listed, plan, quoted
from tidegate.adapters.table_plans import Plan, columns_of, ddl, keys_of
from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.errors import ConfigurationError, TidegateError
from tidegate.ports import Heads
from tidegate.protocol.columns import Column
from tidegate.protocol.model import Head
from tidegate.runtime.formats import STORED_AS

_GUARDED = {"discover.partitions": "false", "external.table.purge": "false"}
"""Hive from 3 on looks after the partitions of external tables by itself unless told otherwise, by what lies below the
table's own folder, where ours do not; and it may be told to delete the files of tables that are dropped."""
_PARTITIONS_PER_CALL = 1000


class TableMaker:
    """The tables of the pipelines that one sink serves.

    Args:
        metastore: where they are looked up.
        hiveserver2: ``hive://…``, see `server.execute`. Used only when a table or a column is missing.
        warehouse: location below which new tables lie.
    """

    def __init__(self, metastore: Metastore, hiveserver2: str, warehouse: str) -> None:
        self._metastore = metastore
        self._hiveserver2 = hiveserver2
        self._warehouse = warehouse.rstrip("/")
        self._tables: dict[str, Table] = {}

    def find(self, name: str) -> Table | None:
        """A table; None when Hive has none of that name. It is asked once."""
        if name not in self._tables:
            table = self._metastore.table(*name.split("."))
            if table is None:
                return None
            self._tables[name] = table
        return self._tables[name]

    def table(self, name: str) -> Table:
        """A table that must be there: else ConfigurationError."""
        table = self.find(name)
        if table is None:
            raise ConfigurationError(
                f"table {name} is not in the {self._metastore}: was it dropped by hand? The pipeline's next epoch, or "
                "`tidegate verify --repair`, makes it again"
            )
        return table

    def plan(self, target: Target, definition: Definition, heads: Heads) -> Plan:
        """What is missing or differs of a target and its staging table. Raises what `ports.Sink.pending` raises."""
        there = {name: table for name in keys_of(target) if (table := self.find(name))}
        try:
            return plan(target, definition, there, () if target.name in there else [*heads(target.name).values()])
        except ConfigurationError:
            self._tables.clear()  # somebody may change them before this is asked again
            raise

    def make(
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
                f"PARTITIONED BY ({ddl(keys)}) STORED AS {STORED_AS} "
                f"LOCATION '{folder or self._folder(name)}' TBLPROPERTIES ({noted})"
            )
        try:
            server.execute(self._hiveserver2, statements)
        except ConfigurationError:
            # Of two who make the same at one moment Hive 4 may refuse one, by a key of its own that is there twice.
            # The other's is committed by then: the same statements find it, and what was refused for good is again.
            server.execute(self._hiveserver2, statements)

    def make_again(
        self, target: Target, keys: Sequence[Column], shown: Sequence[Head], properties: Mapping[str, str]
    ) -> None:
        """Make a table that was dropped, with its partitions, under another name, then give it its own (I2).

        While it is missing its heads do not move, for nothing is published without it: of two attempts that do this
        at once the later finds the same table there.
        """
        other = f"{target.name}__{uuid4().hex[:12]}"
        try:
            self.make({other: keys}, target, properties, folder=self._folder(target.name))
            table = self.table(other)
            for at in range(0, len(shown), _PARTITIONS_PER_CALL):
                self._metastore.add(table, [placement(h) for h in shown[at : at + _PARTITIONS_PER_CALL]])
            server.execute(self._hiveserver2, [f"ALTER TABLE {quoted(other)} RENAME TO {quoted(target.name)}"])
        except TidegateError:
            with suppress(TidegateError):
                self.drop(other)
            if self.find(target.name) is None:
                raise

    def add_columns(self, name: str, columns: Sequence[Column]) -> None:
        """Add columns to a table. Its partitions get them when they are moved: until then no file of theirs has any."""
        refused: ConfigurationError | None = None
        try:
            server.execute(self._hiveserver2, [f"ALTER TABLE {quoted(name)} ADD COLUMNS ({ddl(columns)})"])
        except ConfigurationError as e:
            refused = e
        del self._tables[name]
        if refused and not set(columns) <= set(listed(self.table(name).sd.cols)):  # else another attempt was faster
            raise refused

    def drop(self, name: str) -> None:
        """Drop a table. An external table's files stay."""
        server.execute(self._hiveserver2, [f"DROP TABLE IF EXISTS {quoted(name)}"])

    def _folder(self, name: str) -> str:
        database, _, table = name.partition(".")
        return f"{self._warehouse}/{database}.db/{table}"


def placement(head: Head) -> Placement:
    """Where a head wants its partition, and what the partition says of itself."""
    return Placement(
        head.values,
        head.location,
        {"tidegate.epoch": str(head.epoch), "tidegate.generation": str(head.generation), "tidegate.lane": head.lane},
    )
