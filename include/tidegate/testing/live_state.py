"""Keyed state for events that come one by one, whatever their keys."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tidegate.api.values import python_values
from tidegate.runtime.keyed_state import KeyedState
from tidegate.runtime.state_runs import DELETED, HASH, Stored


class LiveState(KeyedState):
    """What was put is found again before it is in a run: a key may come, go and come again.

    A put row is as it will be stored, in Arrow's types. `close` writes one run of them.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._put: dict[tuple[Any, ...], pa.RecordBatch] = {}

    def get(self, hashes: np.ndarray, keys: Sequence[pa.Array]) -> Stored:
        """What was put last for some keys, or what the runs hold."""
        stored = super().get(hashes, keys)
        wanted = zip(*map(python_values, keys), strict=True)
        put = {i: self._put[key] for i, key in enumerate(wanted) if key in self._put}
        older = ~np.isin(stored.found, list(put))
        live = {i: row for i, row in put.items() if not row.column(DELETED)[0].as_py()}
        found = np.concatenate([stored.found[older], np.array(list(live), dtype=np.int64)])
        rows = [stored.rows.filter(pa.array(older)), *(row.select(stored.rows.schema.names) for row in live.values())]
        return Stored(found, pa.concat_batches(rows))

    def put(self, changes: pa.RecordBatch) -> None:
        """Keep rows of `schema`, in any order."""
        keys = zip(*map(python_values, changes.columns[2 : 2 + self._key_width]), strict=True)
        self._put.update({key: changes.slice(i, 1) for i, key in enumerate(keys)})

    def rows(self) -> pa.Table:
        """What was put, ascending by hash."""
        rows = pa.Table.from_batches(self._put.values(), self.schema).combine_chunks()
        return rows.take(pa.array(np.argsort(rows.column(HASH).to_numpy(), kind="stable")))

    def close(self) -> None:
        """Finish the run of what was put."""
        for batch in self.rows().combine_chunks().to_batches():
            super().put(batch)
        super().close()
