"""A pipeline's tables as Hive has them."""

from collections.abc import Mapping, Sequence

from pymetastore.hive_metastore.ttypes import FieldSchema, Table

from tidegate.adapters.table_plans import OWNER, Plan, There, planned
from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.protocol.columns import Column
from tidegate.protocol.model import Head


def plan(target: Target, definition: Definition, there: Mapping[str, Table], heads: Sequence[Head]) -> Plan:
    """Compare a target with those of its tables that are `there`; see `planned`."""
    found = {
        name: There(listed(t.sd.cols), listed(t.partitionKeys), property_of(t, OWNER), t.tableType)
        for name, t in there.items()
    }
    return planned(target, definition, found, heads)


def property_of(table: Table, key: str) -> str | None:
    """One of a table's properties."""
    return (table.parameters or {}).get(key)


def listed(columns: Sequence[FieldSchema]) -> list[Column]:
    """Columns as the metastore has them."""
    return [(c.name, c.type) for c in columns]


def quoted(name: str) -> str:
    """A table's name in a statement."""
    return ".".join(f"`{part}`" for part in name.split("."))
