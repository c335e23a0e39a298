"""Goal: however the same input is cut into epochs and batches, rows and state are the same, for every type."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

import builders as make
from tidegate import KeyedProcessFunction, ListState, MapState, ValueState
from tidegate.protocol.model import StateRun
from tidegate.runtime.bucket import BucketTask
from tidegate.runtime.events import BUCKET, HASH, SLICE
from tidegate.runtime.spec import BucketResult
from tidegate.runtime.state_runs import StateReader, run_schema

US, MS = pa.timestamp("us", tz="UTC"), pa.timestamp("ms", tz="UTC")
moments = st.integers(-62135596800, 253402300799).flatmap(
    lambda s: st.integers(0, 999_999).map(lambda us: datetime.fromtimestamp(s, UTC).replace(microsecond=us))
)
decimals = st.integers(-99999, 99999).map(lambda n: Decimal(n).scaleb(-2))
SCALARS: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.string(), st.text(max_size=3)),
    (pa.bool_(), st.booleans()),
    (pa.int8(), st.integers(-128, 127)),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.float32(), st.floats(width=32)),
    (pa.float64(), st.floats()),
    (pa.binary(), st.binary(max_size=3)),
    (pa.date32(), st.dates(min_value=date(1, 1, 1))),
    (pa.decimal128(5, 2), decimals),
    (US, moments),
    (MS, moments.map(lambda d: d.replace(microsecond=d.microsecond // 1000 * 1000))),
]
Typed = tuple[pa.DataType, st.SearchStrategy[Any]]


def lists_of(inner: Typed) -> Typed:
    return pa.list_(inner[0]), st.lists(st.none() | inner[1], max_size=3)


def maps_of(key: Typed, inner: Typed) -> Typed:
    keys = key[1].filter(lambda k: not (isinstance(k, float) and math.isnan(k)))
    return pa.map_(key[0], inner[0]), st.dictionaries(keys, st.none() | inner[1], max_size=3)


def structs_of(inner: list[Typed]) -> Typed:
    fields = {f"f{i}": t for i, t in enumerate(inner)}
    return pa.struct([(n, t) for n, (t, _) in fields.items()]), st.fixed_dictionaries(
        {n: st.none() | values for n, (_, values) in fields.items()}
    )


scalars = st.sampled_from(SCALARS)
types = st.recursive(
    scalars,
    lambda inner: (
        inner.map(lists_of)
        | st.builds(maps_of, scalars, inner)
        | st.lists(inner, min_size=1, max_size=2).map(structs_of)
    ),
    max_leaves=4,
)


class Everything(KeyedProcessFunction):
    """Uses every kind of state in every way, and spoils whatever it was given before it raises."""

    n = ValueState(pa.int64(), default=0)
    last: ValueState
    seen: ListState
    by: MapState

    def process_element(self, value: Any, ctx: Any) -> Iterator[dict[str, Any]]:
        before, n = self.last.value(), self.n.value() + 1
        row = {"id": value.id, "v": value.v, "seen": repr((n, before, self.seen.get(), list(self.by.items())))}
        self.n.update(n)
        self.last.update(value.v)
        self.seen.add(value.v)
        if n % 4 == 0:
            self.seen.update(self.seen.get()[-2:])
        self.by.remove(str((n + 1) % 3))
        self.by.put(str(n % 3), value.v)
        if n % 7 == 0:
            self.by.clear()
        yield row
        for mine in (row, before, value.v, *self.seen.get(), *dict(self.by.items()).values()):
            if isinstance(mine, list | dict):
                mine.clear()
        if value.bad:
            raise ValueError("bad")


@dataclass
class Line:
    """One bucket, epoch after epoch."""

    root: Path
    dtype: pa.DataType
    dead: bool

    def __post_init__(self) -> None:
        states = {
            "last": ValueState(self.dtype),
            "seen": ListState(self.dtype),
            "by": MapState(pa.string(), self.dtype),
        }
        self.function = type("Of", (Everything,), states)()
        self.events = pa.schema([("id", pa.int64()), ("k", pa.string()), ("bad", pa.bool_()), ("v", self.dtype)])
        self.output = pa.schema([("id", pa.int64()), ("v", self.dtype), ("seen", pa.string())])
        declared = {n: s.dtype for n, s in type(self.function).states().items()}
        self.state = pa.schema([("k", pa.string()), *declared.items()])
        self.runs: tuple[StateRun, ...] = ()
        self.rows: list[Any] = []
        self.letters: list[Any] = []

    def epoch(self, events: list[dict[str, Any]], batch_rows: int) -> None:
        spec = make.bucket_spec(
            self.root,
            self.function,
            events=self.events,
            key=("k",),
            output=self.output,
            state={0: self.runs},
            dead=self.dead,
        )
        task = BucketTask(spec, 0)
        schema = pa.schema([*self.events, (HASH, pa.int64()), (BUCKET, pa.int32()), (SLICE, pa.int32())])
        placed = [{**e, HASH: ord(e["k"]) // 2, BUCKET: 0, SLICE: 0} for e in sorted(events, key=lambda e: e["k"])]
        for at in range(0, len(placed), batch_rows):
            task.feed(pa.RecordBatch.from_pylist(placed[at : at + batch_rows], schema))
        self.keep(task.finish())

    def keep(self, result: BucketResult) -> None:
        self.runs = result.state
        for table, _, files in result.files:
            for file in files:
                found = pq.ParquetFile(file.path.removeprefix("file://")).read().to_pylist()
                (self.rows if table == "t.log" else self.letters).extend(found)

    def outcome(self, keys: str) -> tuple[str, ...]:
        """Rows by event, letters and each key's state, as text that tells -0.0 from 0.0 and a zone from its like."""
        reader = StateReader(self.runs, run_schema(self.state, operator="Of", key=("k",)), key_width=1)
        hashes = np.array([ord(k) // 2 for k in keys], dtype=np.int64)
        stored = reader.get(hashes, [pa.array(list(keys))])
        state = {keys[i]: row for i, row in sorted(zip(stored.found.tolist(), stored.rows.to_pylist(), strict=True))}
        rows = sorted(self.rows, key=lambda row: row["id"])
        return repr(rows), repr(sorted(letter["row"] for letter in self.letters)), repr(state)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), typed=types, dead=st.booleans())
def test_any_cut_gives_the_same(data: st.DataObject, typed: Typed, dead: bool) -> None:
    dtype, values = typed
    drawn = st.tuples(st.sampled_from("abc"), st.booleans() if dead else st.just(False), st.none() | values)
    events = [
        {"id": i, "k": key, "bad": bad, "v": v}
        for i, (key, bad, v) in enumerate(data.draw(st.lists(drawn, min_size=1, max_size=14)))
    ]
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(events) - 1)), max_size=4)))
    with TemporaryDirectory() as folder:
        whole, cut = Line(Path(folder, "whole"), dtype, dead), Line(Path(folder, "cut"), dtype, dead)
        whole.epoch(events, len(events))
        for start, stop in zip([0, *cuts], [*cuts, len(events)], strict=True):
            cut.epoch(events[start:stop], data.draw(st.integers(1, 5)))
        assert cut.outcome("abc") == whole.outcome("abc")
        assert len(whole.rows) + len(whole.letters) == len(events)
