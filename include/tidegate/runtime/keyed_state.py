"""The keyed state of one bucket, as a pass over it sees it: what its runs hold, and what the pass puts on top."""

from collections.abc import Sequence
from typing import Self
from uuid import uuid4

import numpy as np
import pyarrow as pa

from tidegate.protocol.merging import tail_to_merge
from tidegate.protocol.model import StateRun
from tidegate.runtime.spec import BucketSpec
from tidegate.runtime.state_runs import RunWriter, StateReader, Stored, merge, run_schema

MIN_MERGE = 4
"""Fewer runs than this are left alone."""


class KeyedState:
    """Reads a bucket's runs and writes one run more, which it merges with others where that pays.

    Nothing that is there already is changed: what a pass writes is state only once a manifest lists it.

    Args:
        bucket: its number.
        operator: the uid of the operator whose state it is.
        runs: the bucket's runs, oldest first.
        state_schema: the key columns, then one column per declared state.
        key_width: how many key columns there are.
        root: URI of the folder for new runs.
    """

    def __init__(
        self,
        bucket: int,
        operator: str,
        runs: Sequence[StateRun],
        state_schema: pa.Schema,
        *,
        key_width: int,
        root: str,
    ) -> None:
        self.schema = run_schema(state_schema, operator=operator, key=state_schema.names[:key_width])
        self.changed = 0
        """How many rows were put: one for each changed key, when none is put twice."""
        self._operator = operator
        self._bucket = bucket
        self._runs = tuple(runs)
        self._key_width = key_width
        self._root, self._part = root, f"{bucket:05d}-{uuid4().hex}.arrow"
        self._reader = StateReader(runs, self.schema, key_width=key_width)
        self._writer = RunWriter(self._named("run"), self.schema)

    def _named(self, kind: str) -> str:
        return f"{self._root}/{kind}-{self._part}"

    @classmethod
    def of(cls, spec: BucketSpec, bucket: int) -> Self:
        """The state of one bucket of a task."""
        return cls(
            bucket,
            spec.operator,
            spec.state.get(bucket, ()),
            spec.state_schema,
            key_width=len(spec.key),
            root=spec.state_root,
        )

    def get(self, hashes: np.ndarray, keys: Sequence[pa.Array]) -> Stored:
        """What the runs hold for some keys, whose hashes ascend; what this pass has put is not looked at."""
        return self._reader.get(hashes, keys)

    def put(self, changes: pa.RecordBatch) -> None:
        """Keep rows of `schema`, in ascending order of hash from call to call."""
        self.changed += changes.num_rows
        self._writer.write(changes)

    def close(self) -> None:
        """Finish the run that was written."""
        self._runs = (*self._runs, *self._writer.close(self._operator, self._bucket))

    def merged(self) -> tuple[StateRun, ...]:
        """The bucket's runs after `close`, oldest first: the newest of them in one when they have become many."""
        newest = tail_to_merge([r.rows for r in self._runs], minimum=MIN_MERGE)
        if newest:
            rest, tail = self._runs[:-newest], self._runs[-newest:]
            target, drop = self._named("merged"), not rest
            self._runs = (*rest, *merge(tail, target, self.schema, key_width=self._key_width, drop_deleted=drop))
        return self._runs
