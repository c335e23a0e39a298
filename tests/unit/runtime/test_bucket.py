"""Goal: one pass over a bucket keeps state across batches, drops nothing, and reports instead of raising."""

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builders as make
from faults.power import Disk
from pipelines.totals import EVENT, OUTPUT, Totals
from tidegate import Context, FileSource, HiveTable, KeyedProcessFunction, Pipeline, ValueState
from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.runtime import bucket, keyed_state
from tidegate.runtime.bucket import run_bucket
from tidegate.runtime.events import BUCKET, HASH, SLICE, TIMESTAMP
from tidegate.runtime.exchange import reporting
from tidegate.runtime.output_files import PartitionedWriter
from tidegate.runtime.spec import BucketSpec


def spec(root: Path, *, dead: bool = False, partition_by: tuple[str, ...] = ()) -> BucketSpec:
    return make.bucket_spec(
        root,
        Totals(),
        events=EVENT,
        key=("key", "day"),
        output=OUTPUT,
        partition_by=partition_by,
        dead=dead,
    )


def event(i: int, key: str | None, amount: int, key_hash: int, day: str = "d") -> dict[str, Any]:
    return {"id": i, "key": key, "day": day, "amount": amount, HASH: key_hash, BUCKET: 3, SLICE: 0}


def batches(events: list[dict[str, Any]], size: int) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([*EVENT, (HASH, pa.int64()), (BUCKET, pa.int32()), (SLICE, pa.int32())])
    for at in range(0, len(events), size):
        yield pa.RecordBatch.from_pylist(events[at : at + size], schema)


def run(given: BucketSpec, events: list[dict[str, Any]], size: int) -> dict[str, Any]:
    return told(given, batches(events, size))


def told(given: BucketSpec, events: Iterator[pa.RecordBatch]) -> dict[str, Any]:
    (reported,) = pa.Table.from_batches(reporting(partial(run_bucket, given), given.subject, events)).to_pylist()
    return json.loads(reported["result"]) if reported["result"] else {"error": json.loads(reported["failure"])}


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
    parent = make.told_runs(first["state"])
    second = run(replace(spec(tmp_path), state={3: parent}), [event(6, "a", 1, -7), event(7, "c", 0, 4)], 1)
    assert [(r["id"], r["n"], r["total"], r["recent"]) for r in output(second)] == [(6, 3, 12, "[1, 2, 6]")]
    third = run(replace(spec(tmp_path), state={3: make.told_runs(second["state"])}), [event(8, "c", 4, 4)], 1)
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
        def process_element(self, value: Any, ctx: Context) -> Iterator[dict[str, Any]]:
            self.days.put("half", 1)
            self.recent.add(99)
            yield from super().process_element(value, ctx)

    given = replace(spec(tmp_path, dead=True), function=Half())
    result = run(given, [event(1, "a", 5, 1), event(2, "a", -1, 1), event(3, None, 1, 2)], 10)
    assert (result["processed"], result["failed"], result["null_keys"]) == (1, 1, 1)
    log = [r for t, _, files in result["files"] if t == "t.log" for r in output({"files": [(t, _, files)]})]
    dead = [r for t, _, files in result["files"] if t == "t.dead" for r in output({"files": [(t, _, files)]})]
    assert [(r["id"], r["recent"]) for r in log] == [(1, "[99, 1]")]
    assert sorted((r["step"], r["source"]) for r in dead) == [("key", "/in/a"), ("process", "/in/a")]
    assert set(dead[0]) == set(DEAD_LETTER_SCHEMA.names)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_every_count_is_of_its_own_rows(tmp_path: Path, size: int) -> None:
    required = pa.schema([EVENT.field("id").with_nullable(nullable=False), *list(EVENT)[1:]])
    given = replace(spec(tmp_path, dead=True), events=required)
    events = [
        *EVENTS,  # five rows in, five out
        event(6, "c", 0, 4),  # which yields nothing
        *(event(n, "d", -1, 5) for n in (7, 8)),
        *(event(n, None, 1, 6) for n in (9, 10, 11)),
        {**event(12, None, 1, 6), "id": None},  # wrong twice, and one row
        {**event(13, "e", 1, 7), "id": None},
    ]
    result = run(given, events, size)
    counts = {name: result[name] for name in ("received", "null_keys", "failed", "processed", "yielded")}
    assert counts == {"received": 13, "null_keys": 3, "failed": 4, "processed": 6, "yielded": 5}
    written = {t: sum(f["rows"] for f in files) for t, _, files in result["files"]}
    assert written == {"t.log": 5, "t.dead": 7}
    assert len(output(result)) == 12


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
        def process_element(self, value: Any, ctx: Context) -> Iterator[dict[str, Any]]:
            yield row

    assert message in run(replace(spec(tmp_path), function=Wrong()), [event(1, "a", 1, 1)], 1)["error"]["message"]


def test_null_in_a_primary_key_is_refused(tmp_path: Path) -> None:
    class Nothing(Totals):
        def process_element(self, value: Any, ctx: Context) -> Iterator[dict[str, Any]]:
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
    monkeypatch.setattr("tidegate.runtime.output_files.MAX_OPEN_FILES", 2)
    monkeypatch.setattr(bucket, "FLUSH_ROWS", 1)
    events = [event(i, "a", 1, i, day=f"d{i % 4}") for i in range(12)]
    result = run(spec(tmp_path, partition_by=("day",)), events, 1)
    assert sorted(r["id"] for r in output(result)) == list(range(12))


def test_all_that_a_task_writes_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed_state, "MIN_MERGE", 2)
    disk = Disk(monkeypatch)
    given = spec(tmp_path, dead=True, partition_by=("day",))
    first = run(given, [*EVENTS, event(6, None, 1, 5, day="x")], 2)
    second = run(replace(given, state={3: make.told_runs(first["state"])}), EVENTS, 2)
    assert "merged" in second["state"][0]["path"]
    assert disk.lost(tmp_path) == []


def test_a_folder_of_any_name_holds_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed_state, "MIN_MERGE", 2)
    given = spec(tmp_path / "100% é {0} %s")
    first = run(given, EVENTS, 2)
    second = run(replace(given, state={3: make.told_runs(first["state"])}), EVENTS, 2)
    assert "/100% é {0} %s/" in second["state"][0]["path"]


class Odd(Totals):
    """Changes state in every way, then does what the event's day says."""

    def process_element(self, value: Any, ctx: Context) -> Iterator[dict[str, Any]]:
        if value.amount < 0:
            self.recent.add(99)
            self.days.put("half", 1)
            self.count.clear()
        for row in super().process_element(value if value.amount >= 0 else Abs(value), ctx):
            if value.amount >= 0:
                yield row
            elif value.day == "exit":
                sys.exit("out")
            elif value.day == "stop":
                raise StopIteration
            else:
                yield {**row, **json.loads(value.day)}


def Abs(value: Any) -> Any:  # noqa: N802
    return SimpleNamespace(**{**value._asdict(), "amount": -value.amount})


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("exit", "SystemExit: out"),
        ("stop", "RuntimeError: generator raised StopIteration"),
        ('{"n": 0.5}', "MisfitError: column 'n': 0.5 is not int64"),
        ('{"n": 99999999999999999999}', "is not int64: it is out of range"),
        (
            '{"recent": "half \\ud83d"}',
            r"MisfitError: column 'recent': 'half \ud83d' is not string: it cannot be UTF-8",
        ),
        ('{"more": 1}', "MisfitError: the function yielded a row with undeclared 'more'"),
        ('{"key": null}', "MisfitError: column 'key': null, but it is a primary key column of t.log"),
        ('{"day": "\\u0000"}', "no folder's name holds U+0000"),
    ],
)
def test_whatever_is_bad_about_one_row_makes_it_a_dead_letter(tmp_path: Path, day: str, reason: str) -> None:
    """C4, C5, C7: and without dead letters an error that names function, key, file and row."""
    events = [event(i, "a", amount, 1, day=day) for i, amount in enumerate((5, -6, 7))]
    given = make.bucket_spec(tmp_path, Odd(), events=EVENT, key=("key",), output=OUTPUT, dead=True)
    given = replace(given, outputs=tuple(replace(o, partition_by=("day",), required=("key",)) for o in given.outputs))
    result = run(given, [{**e, "day": "d"} if e["amount"] > 0 else e for e in events], 10)
    assert (result["processed"], result["failed"]) == (2, 1)
    (dead,) = output({"files": [f for f in result["files"] if f[0] == "t.dead"]})
    assert (dead["step"], dead["source"], dead["key"]) == ("process", "/in/a", '["a"]')
    assert reason in dead["reason"]
    log = output({"files": [f for f in result["files"] if f[0] == "t.log"]})
    assert [(r["id"], r["n"], r["recent"], r["total"]) for r in log] == [(0, 1, "[0]", 5), (2, 2, "[0, 2]", 12)]
    error = run(replace(given, dead_letters=None), events[1:2], 10)["error"]
    assert error["kind"] == "user_function"
    for part in ("Odd.process_element raised ", reason, "key ('a',)", "/in/a", '"amount": -6'):
        assert part in error["message"]


def test_a_function_that_is_no_generator_and_stops_an_iteration(tmp_path: Path) -> None:
    class Stops(Totals):
        def process_element(self, value: Any, ctx: Context) -> Iterator[dict[str, Any]]:
            return next(iter(()))

    result = run(replace(spec(tmp_path, dead=True), function=Stops()), EVENTS, 10)
    assert (result["processed"], result["failed"]) == (0, 5)


def test_a_function_that_exits_when_it_is_opened(tmp_path: Path) -> None:
    class Exits(Totals):
        def open(self) -> None:
            sys.exit()

    error = run(replace(spec(tmp_path), function=Exits()), EVENTS, 10)["error"]
    assert (error["kind"], "Exits.open raised SystemExit" in error["message"]) == ("user_function", True)


def test_a_key_is_of_its_declared_type_before_it_is_grouped(tmp_path: Path) -> None:
    """V13: a moment that its type would round is refused by name, and a key keeps its state from epoch to epoch."""

    class Count(KeyedProcessFunction):
        n = ValueState(pa.int64(), default=0)

        def process_element(self, value: Any, ctx: Context) -> Iterator[dict[str, Any]]:
            self.n.update(self.n.value() + 1)
            yield {"n": self.n.value()}

    ms, us = pa.timestamp("ms", tz="UTC"), pa.timestamp("us", tz="UTC")
    schema = pa.schema([("at", us), (HASH, pa.int64()), (BUCKET, pa.int32()), (SLICE, pa.int32())])
    given = replace(
        spec(tmp_path, dead=True),
        function=Count(),
        events=pa.schema([("at", ms)]),
        key=("at",),
        state_schema=pa.schema([("at", ms), ("n", pa.int64())]),
        output_schema=pa.schema([("n", pa.int64())]),
    )
    for epoch in range(2):
        batch = pa.record_batch([pa.array([1000, 1001, 1000], us), [1] * 3, [3] * 3, [0] * 3], schema=schema)
        result = told(given, iter([batch]))
        assert (result["processed"], result["failed"]) == (2, 1)
        (dead,) = output({"files": [f for f in result["files"] if f[0] == "t.dead"]})
        assert (dead["step"], dead["row"]) == ("type", '{"at": "1970-01-01 00:00:00.001001+00:00"}')
        log = output({"files": [f for f in result["files"] if f[0] == "t.log"]})
        assert [r["n"] for r in log] == [2 * epoch + 1, 2 * epoch + 2]
        given = replace(given, state={3: make.told_runs(result["state"])})


def test_the_latest_timestamp_may_be_before_1970(tmp_path: Path) -> None:
    schema = pa.schema([*EVENT, (HASH, pa.int64()), (BUCKET, pa.int32()), (SLICE, pa.int32()), (TIMESTAMP, pa.int64())])
    rows = [{**event(i, "a", 1, 1), TIMESTAMP: at} for i, at in enumerate((0, -5, None))]
    batches = iter(pa.RecordBatch.from_pylist([r], schema) for r in rows)
    assert told(replace(spec(tmp_path), timed=True), batches)["latest"] == {"source": 0}


def test_the_function_that_was_declared_stays_as_it_is(tmp_path: Path) -> None:
    """Else what it is, and so its fingerprint, would change where plan and tasks share a process."""

    class Remembers(Totals):
        def __init__(self) -> None:
            self.seen: list[int] = []
            self.json = json

        def open(self) -> None:
            self.opened = True

        def process_element(self, value: Any, ctx: Context) -> Iterator[dict[str, Any]]:
            self.seen.append(value.id)
            yield from super().process_element(value, ctx)

    function = Remembers()
    definition = (
        Pipeline("p")
        .source(FileSource(tmp_path, "json", EVENT))
        .key_by("key", "day")
        .process(function, output=OUTPUT)
        .sink(HiveTable("d.t"))
    )
    before = definition.fingerprint
    for _ in range(2):
        assert run(replace(spec(tmp_path), function=definition.function), EVENTS, 10)["processed"] == 5
    assert vars(function) == {"seen": [], "json": json}
    assert replace(definition).fingerprint == before
    assert isinstance(Remembers.count, ValueState)


def test_a_function_with_what_cannot_be_copied_is_refused(tmp_path: Path) -> None:
    function = Totals()
    function.lock = threading.Lock()  # type: ignore[attr-defined]
    error = run(replace(spec(tmp_path), function=function), EVENTS, 10)["error"]
    assert (error["kind"], "Totals holds what cannot be copied" in error["message"]) == ("definition", True)
