"""Tables of Hive that somebody else writes: what the metastore says of them."""

from contextlib import closing
from dataclasses import dataclass

from pymetastore.hive_metastore.ttypes import Table

from tidegate.adapters.hive.metastore import Metastore
from tidegate.adapters.hive.tables import property_of
from tidegate.adapters.table_plans import OWNER
from tidegate.errors import ConfigurationError
from tidegate.protocol.layout import normal
from tidegate.protocol.model import PartitionValues

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"


@dataclass(frozen=True)
class ForeignPartition:
    """A partition: its values, where it lies, and when the metastore last changed it, in seconds since 1970 UTC."""

    values: PartitionValues
    location: str
    changed_s: int = 0


@dataclass(frozen=True)
class ForeignTable:
    """A table: the names of its columns and partition columns, and its partitions in no order."""

    columns: tuple[str, ...]
    keys: tuple[str, ...]
    partitions: tuple[ForeignPartition, ...]


@dataclass(frozen=True)
class ForeignTables:
    """Looks at tables; a connection is open only meanwhile. `url` is ``thrift://host:port``."""

    url: str

    def table(self, name: str) -> ForeignTable:
        """A table as it is now, all partitions from one call.

        Raises:
            ConfigurationError: there is no such table, or none that can be read by its partitions' files.
            UnavailableError: the metastore does not answer.
        """
        database, _, of_database = name.partition(".")
        with closing(Metastore(self.url)) as metastore:
            found = metastore.table(database, of_database)
            if found is None:
                raise ConfigurationError(f"Hive has no table {name}, as {metastore} says")
            if why := _refusal(found):
                raise ConfigurationError(f"the table {name} {why}")
            partitions = metastore.every(found)
        for p in partitions:
            if p.sd.inputFormat != _PARQUET:
                where = "/".join(p.values)
                raise ConfigurationError(f"partition {where} of {name} is not of Parquet files, but {p.sd.inputFormat}")
        return ForeignTable(
            columns=tuple(c.name for c in found.sd.cols),
            keys=tuple(c.name for c in found.partitionKeys),
            partitions=tuple(
                ForeignPartition(tuple(p.values), normal(p.sd.location), _changed_s(p.parameters)) for p in partitions
            ),
        )


def _changed_s(parameters: dict[str, str] | None) -> int:
    return int((parameters or {}).get("transient_lastDdlTime", "0"))


def _refusal(table: Table) -> str | None:
    """Why a table cannot be read, as the end of a sentence."""
    if (owner := property_of(table, OWNER)) is not None:
        return f"is written by the pipeline {owner}: read it with TidegateSource, which knows its epochs"
    if "VIEW" in (table.tableType or ""):
        return "is a view: it has no files"
    if (property_of(table, "transactional") or "").lower() == "true":
        return "is transactional: which of its files count, only Hive knows"
    if not table.partitionKeys:
        return "has no partitions, so nothing tells what is new in it"
    if table.sd.inputFormat != _PARQUET:
        return f"is not of Parquet files, but {table.sd.inputFormat}"
    return None
