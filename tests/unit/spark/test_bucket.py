"""Goal: one pass over a bucket keeps state across batches, drops nothing, and reports instead of raising."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from faults.power import Disk
from pipelines.totals import EVENT, OUTPUT, Totals
from tidegate.adapters.spark import bucket
from tidegate.adapters.spark.bucket import BUCKET, HASH, BucketSpec, Output, run_bucket
from tidegate.adapters.spark.output_files import PartitionedWriter
from tidegate.adapters.spark.task_failures import reporting
from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.protocol.model import StateRun
from tidegate.runtime.events import SLICE

STATE = pa.schema(
    [
        ("key", pa.string()),
        ("day", pa.string()),
        *((name, state.dtype) for name, state in Totals.states().items()),
    ]
)


def spec(root: Path, *, dead: bool = False, partition_by: tuple[str, ...] = ()) -> BucketSpec:
    return BucketSpec(
        subject="p epoch 1",
        function=Totals(),
        events=EVENT,
        key=("key", "day"),
        state_schema=STATE,
        state={},
        state_root=f"file://{root}/state",
        output_schema=OUTPUT,
        outputs=(Output("t.log", f"file://{root}/log", partition_by, (("epoch_id", "1"),)),),
        dead_letters=Output("t.dead", f"file://{root}/dead", (), (("epoch_id", "1"),)) if dead else None,
        files=("/in/a",),
        timed=False,
    )


def event(i: int, key: str | None, amount: int, key_hash: int, day: str = "d") -> dict[str, Any]:
    return {"id": i, "key": key, "day": day, "amount": amount, HASH: key_hash, BUCKET: 3, SLICE: 0}


def batches(events: list[dict[str, Any]], size: int) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([*EVENT, (HASH, pa.int64()), (BUCKET, pa.int32()), (SLICE, pa.int32())])
    for at in range(0, len(events), size):
        yield pa.RecordBatch.from_pylist(events[at : at + size], schema)


def run(given: BucketSpec, events: list[dict[str, Any]], size: int) -> dict[str, Any]:
    (batch,) = reporting(partial(run_bucket, given), given.subject, batches(events, size))
    return json.loads(batch.column("result")[0].as_py())


def output(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        row
        for _, _, files in result["files"]
        for f in files
        for row in pq.ParquetFile(f["path"].removeprefix("file://")).read().to_pylist()
    ]


EVENTS = [event(1, "a", 5, -7), event(2, "a", 6, -7), event(3, "b", 1, 4), event(4, "c", 2, 4), event(5, "c", 3, 4)]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_batches_may_split_a_key_anywhere(tmp_path: Path, size: int) -> None:
    result = run(spec(tmp_path), EVENTS, size)
    assert "error" not in result
    assert [(r["id"], r["n"], r["total"]) for r in output(result)] == [
        (1, 1, 5),
        (2, 2, 11),
        (3, 1, 1),
        (4, 1, 2),
        (5, 2, 5),
    ]
    assert (result["processed"], result["keys_changed"]) == (5, 3)
    (state,) = result["state"]
    assert (state["bucket"], state["rows"]) == (3, 3)


@pytest.mark.parametrize("flush", [1, 100])
def test_state_goes_on_from_the_parents_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flush: int) -> None:
    monkeypatch.setattr(bucket, "FLUSH_ROWS", flush)
    first = run(spec(tmp_path), EVENTS, 2)
    parent = tuple(StateRun(**s) for s in first["state"])
    second = run(replace(spec(tmp_path), state={3: parent}), [event(6, "a", 1, -7), event(7, "c", 0, 4)], 1)
    assert [(r["id"], r["n"], r["total"], r["recent"]) for r in output(second)] == [(6, 3, 12, "[1, 2, 6]")]
    third = run(
        replace(spec(tmp_path), state={3: tuple(StateRun(**s) for s in second["state"])}), [event(8, "c", 4, 4)], 1
    )
    assert [(r["n"], r["total"]) for r in output(third)] == [(1, 4)]  # the amount of 0 had made it forget


def test_output_is_split_by_partition_with_nulls(tmp_path: Path) -> None:
    events = [event(1, "a", 1, 1, day="x"), event(2, "a", 1, 2, day="y/z"), event(3, "b", 1, 3, day="x")]
    result = run(spec(tmp_path, partition_by=("day",)), events, 10)
    assert sorted((values, sum(f["rows"] for f in files)) for _, values, files in result["files"]) == [
        (["1", "x"], 2),
        (["1", "y/z"], 1),
    ]
    assert (tmp_path / "log" / "epoch_id=1" / "day=y%2Fz").is_dir()


def test_a_failure_is_a_result_that_names_key_file_and_row(tmp_path: Path) -> None:
    error = run(spec(tmp_path), [event(1, "a", -1, 1)], 1)["error"]
    assert error["kind"] == "user_function"
    assert "Totals.process_element raised ValueError: negative amount -1, key ('a', 'd')" in error["message"]
    assert "/in/a" in error["message"]


def test_a_defect_names_its_bucket_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(writer: PartitionedWriter, batch: pa.RecordBatch) -> None:
        raise KeyError("x")

    monkeypatch.setattr(PartitionedWriter, "write", defect)
    error = run(spec(tmp_path), [event(1, "a", 1, 1)], 1)["error"]
    assert error["kind"] == "internal"
    assert "p epoch 1: KeyError: 'x' in bucket 3, key ('a', 'd') (" in error["message"]


def test_a_dead_letter_leaves_no_trace_in_state(tmp_path: Path) -> None:
    class Half(Totals):
        def process_element(self, value, ctx):
            self.days.put("half", 1)
            self.recent.add(99)
            yield from super().process_element(value, ctx)

    given = replace(spec(tmp_path, dead=True), function=Half())
    result = run(given, [event(1, "a", 5, 1), event(2, "a", -1, 1), event(3, None, 1, 2)], 10)
    assert (result["processed"], result["failed"], result["null_keys"]) == (1, 1, 1)
    log = [r for t, _, files in result["files"] if t == "t.log" for r in output({"files": [(t, _, files)]})]
    dead = [r for t, _, files in result["files"] if t == "t.dead" for r in output({"files": [(t, _, files)]})]
    assert [(r["id"], r["recent"]) for r in log] == [(1, "[99, 1]")]
    assert sorted((r["step"], r["file"]) for r in dead) == [("key", "/in/a"), ("process", "/in/a")]
    assert set(dead[0]) == set(DEAD_LETTER_SCHEMA.names)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"id": 1}, "a row without 'key', 'n'"),
        ({**dict.fromkeys(OUTPUT.names), "more": 1}, "with undeclared 'more'"),
        ({**dict.fromkeys(OUTPUT.names), "n": "x"}, "column 'n': 'x' is not int64"),
    ],
)
def test_a_row_that_does_not_fit_its_declaration(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    class Wrong(Totals):
        def process_element(self, value, ctx):
            yield row

    assert message in run(replace(spec(tmp_path), function=Wrong()), [event(1, "a", 1, 1)], 1)["error"]["message"]


def test_null_in_a_primary_key_is_refused(tmp_path: Path) -> None:
    class Nothing(Totals):
        def process_element(self, value, ctx):
            yield dict.fromkeys(OUTPUT.names)

    given = replace(spec(tmp_path), function=Nothing())
    given = replace(given, outputs=tuple(replace(o, required=("key",)) for o in given.outputs))
    assert (
        "column 'key': null, but it is a primary key column of t.log"
        in run(given, [event(1, "a", 1, 1)], 1)["error"]["message"]
    )


def test_an_empty_bucket_says_nothing(tmp_path: Path) -> None:
    assert list(run_bucket(spec(tmp_path), iter(()))) == []


def test_few_files_are_open_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidegate.adapters.spark.output_files.MAX_OPEN_FILES", 2)
    monkeypatch.setattr(bucket, "FLUSH_ROWS", 1)
    events = [event(i, "a", 1, i, day=f"d{i % 4}") for i in range(12)]
    result = run(spec(tmp_path, partition_by=("day",)), events, 1)
    assert sorted(r["id"] for r in output(result)) == list(range(12))


def test_all_that_a_task_writes_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "MIN_MERGE", 2)
    disk = Disk(monkeypatch)
    given = spec(tmp_path, dead=True, partition_by=("day",))
    first = run(given, [*EVENTS, event(6, None, 1, 5, day="x")], 2)
    second = run(replace(given, state={3: tuple(StateRun(**s) for s in first["state"])}), EVENTS, 2)
    assert "merged" in second["state"][0]["path"]
    assert disk.lost(tmp_path) == []
