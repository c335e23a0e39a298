"""What lies in tables and state, as Python values."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidegate.adapters.files.storage import FsStorage
from tidegate.api.settings import Target
from tidegate.api.values import python_values
from tidegate.protocol.model import PartitionValues, StateRun
from tidegate.protocol.partitions import DEFAULT_PARTITION
from tidegate.runtime.conform import conform
from tidegate.runtime.dead_letters import as_json
from tidegate.runtime.formats import read
from tidegate.runtime.locations import open_input
from tidegate.runtime.state_runs import DELETED, Run, newest

Key = tuple[Any, ...]
_SORTABLE = (str, bytes, int, float, Decimal, date)


def rows_of(rows: pa.RecordBatch | pa.Table) -> list[dict[str, Any]]:
    """Rows as dictionaries, maps in them too."""
    batches = rows.combine_chunks().to_batches() if isinstance(rows, pa.Table) else [rows]
    return [
        dict(zip(batch.schema.names, values, strict=True))
        for batch in batches
        for values in zip(*map(python_values, batch.columns), strict=True)
    ]


def table_rows(target: Target, locations: Mapping[PartitionValues, str]) -> list[dict[str, Any]]:
    """What a reader of the table finds, without `epoch_id`: in the order of the columns' values, nulls last."""
    found = [row for values, location in locations.items() for row in _partition(target, values, location)]
    return sorted(found, key=lambda row: [_place(v) for v in row.values()])


def _partition(target: Target, values: PartitionValues, location: str) -> list[dict[str, Any]]:
    texts = dict(zip(target.partition_schema.names, values, strict=True))
    parts = {name: _value(texts[name], target.schema.field(name).type) for name in target.partition_by}
    rows = []
    for uri in sorted(FsStorage().sizes(location)):
        with open_input(uri) as file:
            for batch in read(file).to_batches():
                rows += rows_of(conform(batch, target.data_schema))
    return [{name: parts[name] if name in parts else row[name] for name in target.schema.names} for row in rows]


def _value(text: str, dtype: pa.DataType) -> Any:
    """A partition's value, from the text that stands for it."""
    return None if text == DEFAULT_PARTITION else pa.scalar(text).cast(dtype).as_py()


def _place(value: Any) -> tuple[bool, Any]:
    return value is None, value if value is None or isinstance(value, _SORTABLE) else as_json(value)


def stored(runs: Sequence[StateRun], schema: pa.Schema, *, key: Sequence[str], put: pa.Table | None = None) -> pa.Table:
    """The newest row of each key that runs have, oldest first, and behind them what was `put`; deleted ones too."""
    found = [batch for run in runs for batch in Run(run, schema).slice(None, None)]
    rows = pa.concat_tables([pa.Table.from_batches(found, schema), *([] if put is None else [put])])
    return newest(rows.combine_chunks(), key_width=len(key))


def states_of(rows: pa.Table, *, key: Sequence[str]) -> dict[Key, dict[str, Any]]:
    """The states of each key, by name; a key without any is left out."""
    live = rows.filter(pc.invert(rows.column(DELETED)))
    names = live.schema.names[2 + len(key) :]
    return {tuple(row[k] for k in key): {name: row[name] for name in names} for row in rows_of(live)}
