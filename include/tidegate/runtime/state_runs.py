"""A bucket's keyed state as immutable, sorted runs.

A run is an Arrow IPC stream whose schema says what it is (`Header`), with the columns `$hash` (int64, ascending),
`$deleted` (bool), the key columns, one column per declared state; and behind it an index of its record batches, the
*blocks*: where each lies, from which hash to which, and its checksum. A manifest holds the checksum of the index. So a
look-up reads, and checks, only the blocks that can hold its keys. Within a memory-mapped block it is a binary search;
the hash only finds, the stored key decides. Which runs are merged is `protocol.merging`'s rule.

A block's checksum is XXH3, which finds every accident (flipped bits, blocks of another place or file), at twelve times
the speed of SHA-256. It is no proof against a forger, who could as well write the manifest.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from pyarrow import ipc

from tidegate.errors import DataDamagedError, FormatError, StateIncompatibleError
from tidegate.protocol.formats import STATE_RUN, WRITER, canonical, decoded, read
from tidegate.protocol.model import StateRun
from tidegate.runtime import hashing
from tidegate.runtime.locations import ChecksummedFile, open_written

HASH = "$hash"
DELETED = "$deleted"
"""Names that no key column and no state can have."""
BLOCK_BYTES = 1 << 20
"""About the size of a block: what a look-up of one key reads."""
ROWS_PER_MERGE = 65_536
"""About as many rows of the largest run are merged at once."""

_INDEX = pa.schema([(name, pa.int64()) for name in ("offset", "bytes", "first", "last")] + [("checksum", pa.uint64())])
_RUN_SCHEMA = b"run_schema"
_HEADER = b"tidegate"
_END_OF_STREAM = b"\xff\xff\xff\xff\0\0\0\0"


@dataclass(frozen=True)
class Header:
    """What a run says of itself: the uid whose state it is, by which of its columns, and how `$hash` is made of them.

    Not who wrote it, for a replay compares bytes: its manifest says that.
    """

    operator: str
    key: tuple[str, ...]
    hash: str = hashing.FUNCTION
    seed: int = hashing.SEED

    def metadata(self) -> dict[bytes, bytes]:
        """As it stands in a schema."""
        return {_HEADER: canonical({"format": STATE_RUN.format, **asdict(self)})}

    @classmethod
    def of(cls, schema: pa.Schema, uri: str) -> "Header":
        """That of a stored run. Raises FormatError when it has none, or one that this tidegate does not know."""
        stored = (schema.metadata or {}).get(_HEADER, b"{}")
        return read(STATE_RUN, stored, uri, lambda found: decoded(cls, found, {"key": tuple}))


def run_schema(state_schema: pa.Schema, *, operator: str, key: Sequence[str]) -> pa.Schema:
    """Columns of a run of `operator`, for the given columns: first those of `key`, then one for each state."""
    columns = [pa.field(HASH, pa.int64(), False), pa.field(DELETED, pa.bool_(), False), *state_schema]
    return pa.schema(columns, Header(operator, tuple(key)).metadata())


class RunWriter:
    """Writes one run, batch by batch, in ascending order of hash. No file is made when nothing is written."""

    def __init__(self, uri: str, schema: pa.Schema) -> None:
        self.uri = uri
        self.rows = 0
        self._schema = schema
        self._file: ChecksummedFile | None = None
        self._blocks: list[tuple[int, int, int, int, int]] = []

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        if batch.num_rows == 0:
            return
        if self._file is None:
            self._file = ChecksummedFile(self.uri)
            self._file.write(self._schema.serialize())
        rows = max(1, batch.num_rows * BLOCK_BYTES // max(1, batch.nbytes))
        for at in range(0, batch.num_rows, rows):
            self._write_block(self._file, batch.slice(at, rows))
        self.rows += batch.num_rows

    def _write_block(self, file: ChecksummedFile, block: pa.RecordBatch) -> None:
        data, hashes = block.serialize(), block.column(0)
        ends = hashes[0].as_py(), hashes[-1].as_py()
        self._blocks.append((file.size, data.size, *ends, xxhash.xxh3_64_intdigest(data)))
        file.write(data)

    def close(self, operator: str, bucket: int) -> tuple[StateRun, ...]:
        """Finish the file: the run, of a bucket of an operator, or nothing when nothing was written."""
        if self._file is None:
            return ()
        self._file.write(_END_OF_STREAM)
        index = _index(self._blocks, self._schema)
        at = self._file.size
        self._file.write(index)
        size, sha256 = self._file.close()
        index_sha256 = hashlib.sha256(index).hexdigest()
        return (StateRun(operator, bucket, self.uri, self.rows, size, sha256, at, index_sha256),)


def _index(blocks: Sequence[tuple[int, ...]], schema: pa.Schema) -> pa.Buffer:
    described = _INDEX.with_metadata({_RUN_SCHEMA: schema.serialize().to_pybytes()})
    columns = [pa.array(c, f.type) for c, f in zip(zip(*blocks, strict=True), _INDEX, strict=True)]
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, described) as stream:
        stream.write_batch(pa.record_batch(columns, described))
    return sink.getvalue()


@dataclass(frozen=True)
class Found:
    """Rows of one block that answer some queries: `queries[i]` is answered by row `rows[i]`."""

    block: pa.RecordBatch
    queries: np.ndarray
    rows: np.ndarray


class Run:
    """One run: its index in memory, and the block that was read last.

    Raises DataDamagedError when the file is missing, or what is read of it is not what was written; FormatError when it
    is of a format or has hashes that this tidegate does not know; StateIncompatibleError when it has other columns.
    """

    def __init__(self, run: StateRun, schema: pa.Schema) -> None:
        self.rows = run.rows
        self._uri = run.path
        self._schema = schema
        self._source = open_written(run.path, run.bytes)
        index = self._read(run.index_at, run.bytes - run.index_at)
        if hashlib.sha256(index).hexdigest() != run.index_sha256:
            raise DataDamagedError.of(run.path, "has another index than was written")
        stream = ipc.open_stream(index)
        _compare(run.path, ipc.read_schema(pa.py_buffer(stream.schema.metadata[_RUN_SCHEMA])), schema)
        columns = stream.read_all().combine_chunks()
        self._offsets, self._sizes, self.firsts, self._lasts, self._checksums = (c.to_numpy() for c in columns.columns)
        self._held: tuple[int, pa.RecordBatch] | None = None

    def find(self, hashes: np.ndarray, keys: Sequence[pa.Array]) -> Iterator[Found]:
        """Rows for some keys. `hashes` ascend; `keys` are the key columns in the same order."""
        lows = np.searchsorted(hashes, self.firsts, "left")
        highs = np.searchsorted(hashes, self._lasts, "right")
        for i in np.flatnonzero(lows < highs).tolist():
            block, low = self._block(i), int(lows[i])
            stored, wanted = block.column(0).to_numpy(), hashes[low : highs[i]]
            at = np.searchsorted(stored, wanted, "left")
            hit = np.flatnonzero(stored[at] == wanted)
            if len(hit):
                yield _confirmed(block, stored, keys, queries=low + hit, rows=at[hit])

    def slice(self, low: int | None, high: int | None) -> Iterator[pa.RecordBatch]:
        """Rows with low <= hash < high, without copying; None is no bound."""
        start = 0 if low is None else int(np.searchsorted(self._lasts, low, "left"))
        stop = len(self.firsts) if high is None else int(np.searchsorted(self.firsts, high, "left"))
        for i in range(start, stop):
            block = self._block(i)
            stored = block.column(0).to_numpy()
            begin = 0 if low is None else int(np.searchsorted(stored, low, "left"))
            end = len(stored) if high is None else int(np.searchsorted(stored, high, "left"))
            if begin < end:
                yield block.slice(begin, end - begin)

    def _block(self, i: int) -> pa.RecordBatch:
        if self._held is None or self._held[0] != i:
            offset, size = int(self._offsets[i]), int(self._sizes[i])
            data = self._read(offset, size)
            if xxhash.xxh3_64_intdigest(data) != self._checksums[i]:
                raise DataDamagedError.of(
                    self._uri, f"has not the bytes that were written, from {offset} to {offset + size}"
                )
            self._held = i, ipc.read_record_batch(data, self._schema)
        return self._held[1]

    def _read(self, offset: int, size: int) -> pa.Buffer:
        self._source.seek(offset)
        return self._source.read_buffer(size)


def check_columns(run: StateRun, schema: pa.Schema) -> None:
    """Raise the error of `Run` for a run that cannot be read as one of `schema`. Reads its index only."""
    Run(run, schema)


def _compare(uri: str, found: pa.Schema, declared: pa.Schema) -> None:
    header, own = Header.of(found, uri), Header.of(declared, uri)
    if (header.hash, header.seed) != (own.hash, own.seed):
        raise FormatError.of(
            f"the state run {uri} finds its keys by {header.hash} from {header.seed}",
            writer=None,
            reader=f"{WRITER} finds them by {own.hash} from {own.seed}",
        )
    if header.key != own.key or not found.equals(declared):
        raise StateIncompatibleError(
            f"stored state {uri} has the columns {_named(found)} with the key {', '.join(header.key)}; the pipeline "
            f"declares {_named(declared)} with the key {', '.join(own.key)}. Restore the declaration: state of other "
            "columns cannot be read yet"
        )


def _named(schema: pa.Schema) -> str:
    return ", ".join(f"{f.name} {f.type}" for f in schema if f.name not in (HASH, DELETED))


def _confirmed(
    block: pa.RecordBatch, stored: np.ndarray, keys: Sequence[pa.Array], *, queries: np.ndarray, rows: np.ndarray
) -> Found:
    """Keep the hits whose stored key is the wanted one. Keys that share a hash stand side by side: look along them."""
    same = _equal_keys(block, keys, queries, rows)
    for i in np.flatnonzero(~same):
        row = rows[i] + 1
        while row < len(stored) and stored[row] == stored[rows[i]]:
            if _equal_keys(block, keys, queries[i : i + 1], np.array([row])).all():
                rows[i], same[i] = row, True
                break
            row += 1
    return Found(block, queries[same], rows[same])


def _equal_keys(block: pa.RecordBatch, keys: Sequence[pa.Array], queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
    same = np.ones(len(rows), dtype=bool)
    for i, wanted in enumerate(keys):
        equal = pc.equal(block.column(2 + i).take(pa.array(rows)), wanted.take(pa.array(queries)))
        same &= equal.to_numpy(zero_copy_only=False)
    return same


class Stored(NamedTuple):
    """What is stored for some keys: `rows[i]`, of the state columns, is that of the key at place `found[i]`."""

    found: np.ndarray
    rows: pa.RecordBatch


class StateReader:
    """Looks keys up in a bucket's runs."""

    def __init__(self, runs: Sequence[StateRun], schema: pa.Schema, *, key_width: int) -> None:
        self._runs = [Run(run, schema) for run in reversed(runs)]  # newest first
        self._schema = schema
        self._states = list(range(2 + key_width, len(schema)))

    def get(self, hashes: np.ndarray, keys: Sequence[pa.Array]) -> Stored:
        """The state of those keys that have one. `hashes` ascend; `keys` are the key columns in the same order."""
        places, rows = [np.empty(0, dtype=np.int64)], []
        left = np.arange(len(hashes))
        for run in self._runs:
            if not len(left):
                break
            index = pa.array(left)
            answered = np.zeros(len(left), dtype=bool)
            for found in run.find(hashes[left], [k.take(index) for k in keys]):
                answered[found.queries] = True
                live = ~found.block.column(1).take(pa.array(found.rows)).to_numpy(zero_copy_only=False)
                places.append(left[found.queries[live]])
                rows.append(found.block.select(self._states).take(pa.array(found.rows[live])))
            left = left[~answered]
        nothing = pa.RecordBatch.from_pylist([], pa.schema([self._schema.field(i) for i in self._states]))
        return Stored(np.concatenate(places), pa.concat_batches([nothing, *rows]))


def merge(
    tail: Sequence[StateRun], target: str, schema: pa.Schema, *, key_width: int, drop_deleted: bool
) -> tuple[StateRun, ...]:
    """Merge a bucket's runs, oldest first, into one at `target`; the newest row of each key stays.

    Works through ranges of hashes, so memory is bounded by a few blocks per run whatever the runs' size. Returns the
    run, or nothing when no row is left.
    """
    runs = [Run(run, schema) for run in tail]
    largest = max(runs, key=lambda r: r.rows)
    step = max(1, len(largest.firsts) * ROWS_PER_MERGE // largest.rows)
    cuts: list[int | None] = [None, *largest.firsts[step::step].tolist(), None]
    writer = RunWriter(target, schema)
    for low, high in pairwise(cuts):
        if low is not None and low == high:
            continue
        parts = [rows for run in runs for rows in run.slice(low, high)]
        if parts:
            kept = newest(pa.Table.from_batches(parts, schema).combine_chunks(), key_width=key_width)
            if drop_deleted:
                kept = kept.filter(pc.invert(kept.column(DELETED)))
            for batch in kept.combine_chunks().to_batches():
                writer.write(batch)
    return writer.close(tail[0].operator, tail[0].bucket)


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
