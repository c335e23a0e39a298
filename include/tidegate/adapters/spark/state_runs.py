"""A bucket's keyed state as immutable, sorted runs.

A run is an Arrow IPC file: `$hash` (int64, ascending), `$deleted` (bool), the key columns, one column per declared
state. Looking keys up is a binary search on the memory-mapped hash column of each run, newest first; the hash only
finds, the stored key decides. Which runs are merged is `protocol.merging`'s rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from tidegate.adapters.files.locations import ChecksummedFile, open_input
from tidegate.api.values import python_values
from tidegate.errors import StateIncompatibleError

HASH = "$hash"
DELETED = "$deleted"
"""Names that no key column and no state can have."""
ROWS_PER_BATCH = 65_536
MIN_MERGE = 4
"""Fewer runs than this are left alone."""


def run_schema(state_schema: pa.Schema) -> pa.Schema:
    """Columns of a run for the given key and state columns."""
    return pa.schema([pa.field(HASH, pa.int64(), False), pa.field(DELETED, pa.bool_(), False), *state_schema])


class RunWriter:
    """Writes one run, batch by batch, in ascending order of hash. No file is made when nothing is written."""

    def __init__(self, uri: str, schema: pa.Schema) -> None:
        self.uri = uri
        self.rows = 0
        self.bytes = 0
        self.sha256 = ""
        self._schema = schema
        self._file: ChecksummedFile | None = None
        self._writer: ipc.RecordBatchFileWriter | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        if batch.num_rows == 0:
            return
        if self._writer is None:
            self._file = ChecksummedFile(self.uri)
            self._writer = ipc.new_file(self._file.sink, self._schema)
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None and self._file is not None:
            self._writer.close()
            self.bytes, self.sha256 = self._file.close()


@dataclass(frozen=True)
class Found:
    """Rows of one record batch that answer some queries: `queries[i]` is answered by row `rows[i]`."""

    batch: pa.RecordBatch
    queries: np.ndarray
    rows: np.ndarray


class Run:
    """One run, memory-mapped."""

    def __init__(self, uri: str, schema: pa.Schema) -> None:
        self._source = open_input(uri)
        reader = ipc.open_file(self._source)
        _compare(uri, reader.schema, schema)
        self.batches = [reader.get_batch(i) for i in range(reader.num_record_batches)]
        self.hashes = [b.column(0).to_numpy() for b in self.batches]

    def find(self, hashes: np.ndarray, keys: Sequence[pa.Array]) -> Iterator[Found]:
        """Rows for some keys. `hashes` ascend; `keys` are the key columns in the same order."""
        for batch, stored in zip(self.batches, self.hashes, strict=True):
            lo = int(np.searchsorted(hashes, stored[0], "left"))
            hi = int(np.searchsorted(hashes, stored[-1], "right"))
            if lo == hi:
                continue
            at = np.searchsorted(stored, hashes[lo:hi], "left")
            hit = np.flatnonzero(stored[np.minimum(at, len(stored) - 1)] == hashes[lo:hi])
            if len(hit):
                yield _confirmed(batch, stored, keys, queries=lo + hit, rows=at[hit])

    def slice(self, low: int | None, high: int | None) -> Iterator[pa.RecordBatch]:
        """Rows with low <= hash < high, without copying; None is no bound."""
        for batch, stored in zip(self.batches, self.hashes, strict=True):
            start = 0 if low is None else int(np.searchsorted(stored, low, "left"))
            stop = len(stored) if high is None else int(np.searchsorted(stored, high, "left"))
            if start < stop:
                yield batch.slice(start, stop - start)


def check_columns(uri: str, schema: pa.Schema) -> None:
    """Raise StateIncompatibleError when a run has other columns. Reads its footer only."""
    with open_input(uri) as source:
        _compare(uri, ipc.open_file(source).schema, schema)


def _compare(uri: str, found: pa.Schema, declared: pa.Schema) -> None:
    if not found.equals(declared):
        raise StateIncompatibleError(
            f"stored state {uri} has the columns {_named(found)}; the pipeline declares {_named(declared)}. "
            "Restore the declaration: state of other types cannot be read yet"
        )


def _named(schema: pa.Schema) -> str:
    return ", ".join(f"{f.name} {f.type}" for f in schema if f.name not in (HASH, DELETED))


def _confirmed(
    batch: pa.RecordBatch, stored: np.ndarray, keys: Sequence[pa.Array], *, queries: np.ndarray, rows: np.ndarray
) -> Found:
    """Keep the hits whose stored key is the wanted one. Keys that share a hash stand side by side: look along them."""
    same = _equal_keys(batch, keys, queries, rows)
    for i in np.flatnonzero(~same):
        row = rows[i] + 1
        while row < len(stored) and stored[row] == stored[rows[i]]:
            if _equal_keys(batch, keys, queries[i : i + 1], np.array([row])).all():
                rows[i], same[i] = row, True
                break
            row += 1
    return Found(batch, queries[same], rows[same])


def _equal_keys(batch: pa.RecordBatch, keys: Sequence[pa.Array], queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
    same = np.ones(len(rows), dtype=bool)
    for i, wanted in enumerate(keys):
        equal = pc.equal(batch.column(2 + i).take(pa.array(rows)), wanted.take(pa.array(queries)))
        same &= equal.to_numpy(zero_copy_only=False)
    return same


class StateReader:
    """Looks keys up in a bucket's runs."""

    def __init__(self, uris: Sequence[str], schema: pa.Schema, *, key_width: int) -> None:
        self._runs = [Run(uri, schema) for uri in reversed(uris)]  # newest first
        self._first_state = 2 + key_width

    def get(self, hashes: np.ndarray, keys: Sequence[pa.Array]) -> list[tuple[Any, ...] | None]:
        """The stored state values of each key, None for a key without state."""
        answers: list[tuple[Any, ...] | None] = [None] * len(hashes)
        open_queries = np.arange(len(hashes))
        for run in self._runs:
            if not len(open_queries):
                break
            index = pa.array(open_queries)
            answered = np.zeros(len(open_queries), dtype=bool)
            for found in run.find(hashes[open_queries], [k.take(index) for k in keys]):
                answered[found.queries] = True
                self._collect(found, open_queries, answers)
            open_queries = open_queries[~answered]
        return answers

    def _collect(self, found: Found, open_queries: np.ndarray, answers: list[tuple[Any, ...] | None]) -> None:
        live = ~found.batch.column(1).take(pa.array(found.rows)).to_numpy(zero_copy_only=False)
        index = pa.array(found.rows[live])
        width = found.batch.num_columns
        columns = [python_values(found.batch.column(c).take(index)) for c in range(self._first_state, width)]
        for query, values in zip(open_queries[found.queries[live]].tolist(), zip(*columns, strict=True), strict=True):
            answers[query] = values


def merge(uris: Sequence[str], target: str, schema: pa.Schema, *, key_width: int, drop_deleted: bool) -> RunWriter:
    """Merge runs, oldest first, into one at `target`; the newest row of each key stays.

    Works through ranges of hashes, so memory is bounded by a few batches per run whatever the runs' size.
    """
    runs = [Run(uri, schema) for uri in uris]
    largest = max(runs, key=lambda r: sum(map(len, r.hashes)))
    cuts: list[int | None] = [None, *(int(h[0]) for h in largest.hashes[1:]), None]
    writer = RunWriter(target, schema)
    for low, high in pairwise(cuts):
        if low is not None and low == high:
            continue
        parts = [batch for run in runs for batch in run.slice(low, high)]
        if parts:
            kept = newest(pa.Table.from_batches(parts, schema).combine_chunks(), key_width=key_width)
            if drop_deleted:
                kept = kept.filter(pc.invert(kept.column(DELETED)))
            for batch in kept.combine_chunks().to_batches(max_chunksize=ROWS_PER_BATCH):
                writer.write(batch)
    writer.close()
    return writer


def newest(rows: pa.Table, *, key_width: int) -> pa.Table:
    """The last row of each key, ascending by hash. `rows` hold older rows before newer ones."""
    order = np.argsort(rows.column(0).to_numpy(), kind="stable")
    rows = rows.take(pa.array(order))
    hashes = rows.column(0).to_numpy()
    same_hash = hashes[1:] == hashes[:-1]
    same_key = same_hash.copy()
    for column in range(2, 2 + key_width):
        values = rows.column(column).combine_chunks()
        same_key &= pc.equal(values.slice(1), values.slice(0, max(len(values) - 1, 0))).to_numpy(zero_copy_only=False)
    if (same_hash & ~same_key).any():
        return _newest_with_collisions(rows, hashes, key_width)
    return rows.filter(pa.array(np.append(~same_key, True)[: len(hashes)]))


def _newest_with_collisions(rows: pa.Table, hashes: np.ndarray, key_width: int) -> pa.Table:
    keys = zip(*(rows.column(c).to_pylist() for c in range(2, 2 + key_width)), strict=True)
    last = {(h, key): i for i, (h, key) in enumerate(zip(hashes.tolist(), keys, strict=True))}
    return rows.take(pa.array(sorted(last.values())))
