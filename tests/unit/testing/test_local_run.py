"""Goal: a pipeline runs in one process as in life: any cut and any crash give the same rows and state."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders as make
from pipelines import rows, totals
from pipelines.totals import EVENT, OUTPUT, Totals
from tidegate import Csv, Definition, FileSource, HiveTable, Json, KeyedProcessFunction, Parquet, Pipeline, Retention
from tidegate.engine.crash import POINTS
from tidegate.errors import ConfigurationError, DefinitionError, MalformedInputError, PausedError, UserFunctionError
from tidegate.protocol.model import Kind, Status
from tidegate.testing import LocalRun
from tidegate.testing.records import Record

Event = dict[str, Any]
EVENTS = totals.events(1, 24)


def pipeline(**settings: Any) -> Definition:
    return totals.pipeline("p", Path("/nowhere"), **settings)


def contents(run: LocalRun) -> tuple[Any, ...]:
    return run.table("t.p_log"), run.table("t.p_latest"), run.states()


def test_epochs_one_by_one(tmp_path: Path) -> None:
    definition = pipeline(compact_at=2)
    before = definition.fingerprint
    with LocalRun(definition) as run:
        report = run.epoch(EVENTS[:10])
        assert report is not None
        assert report.manifest is not None
        assert (report.epoch.epoch, report.epoch.status, report.epoch.counts) == (
            1,
            Status.SEALED,
            report.manifest.counts,
        )
        assert report.manifest.counts.rows_in == 10
        assert run.epoch() is None
        run.epoch(EVENTS[10:17])
        again = run.epoch(EVENTS[17:])  # behind a compaction
        assert again is not None
        assert again.epoch.epoch == 4
        assert run.verify() == []
        totals.write(tmp_path, "1.json", EVENTS)
        log, latest = totals.expected(tmp_path)
        assert sorted(tuple(row.values()) for row in run.table("t.p_log")) == log
        assert sorted(tuple(row.values()) for row in run.table("t.p_latest")) == latest
        assert run.table("t.p_log") == sorted(run.table("t.p_log"), key=lambda row: row["id"])
        assert contents(run) == contents(run.once(EVENTS))
        (key, states), *_ = run.states().items()
        assert run.state(*key) == states
        assert run.state("no", "key") == {}
        assert run.dead_letters == []
    assert replace(definition).fingerprint == before  # looked at anew
    assert str(make.folder_of(definition).path) == "/nowhere"


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_at_any_point_is_recovered_from(point: str) -> None:
    """By the retry of the run, and by a run that brings more."""
    definition = pipeline(compact_at=2, retention=Retention(epochs=10, grace=timedelta(0)))
    with LocalRun(definition) as run:
        run.epoch(EVENTS[:8])
        assert run.epoch(EVENTS[8:12], crash_at=point) is None
        assert run.epoch(EVENTS[12:14], crash_at=point) is None  # with what came before
        report = run.epoch()
        assert report is not None
        assert report.epoch.status is Status.SEALED
        run.epoch(EVENTS[14:], crash_at=point)
        run.epoch()
        assert run.verify() == []
        assert contents(run) == contents(run.once(EVENTS))


@given(cuts=st.sets(st.integers(1, 23)), crashes=st.lists(st.sampled_from([None, *POINTS[:-2]]), min_size=24))
@settings(max_examples=15)
def test_any_cut_with_any_crashes_is_equal(cuts: set[int], crashes: list[str | None]) -> None:
    with LocalRun(pipeline(compact_at=3)) as run:
        for (start, stop), crash_at in zip(pairwise([0, *sorted(cuts), 24]), crashes, strict=False):
            run.epoch(EVENTS[start:stop], crash_at=crash_at)
        run.epoch()
        run.epoch()
        assert run.verify() == []
        assert contents(run) == contents(run.once(EVENTS))


def test_a_point_that_is_not_reached_and_one_that_is_none() -> None:
    with LocalRun(pipeline()) as run:
        with pytest.raises(AssertionError, match="without reaching 'swept'"):
            run.epoch(EVENTS, crash_at="swept")
        with pytest.raises(ValueError, match="no crash point 'stagged'; the points are leased, planned"):
            run.epoch(EVENTS, crash_at="stagged")


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_refused_rows_are_dead_letters() -> None:
    bad = {"id": 3, "key": "a", "day": "d", "amount": -1}
    no_key = {"id": 4, "day": "d", "amount": 1}
    with LocalRun(pipeline(dead_letters="t.dead")) as run:
        report = run.epoch([EVENTS[0], '{"id": ', bad, no_key, EVENTS[1]])
        assert report is not None
        counts = report.epoch.counts
        assert counts is not None
        assert (counts.rows_in, counts.malformed, counts.failed, counts.null_keys) == (5, 1, 1, 1)
        assert [row["step"] for row in run.dead_letters] == ["key", "process", "read"]
        assert run.dead_letters == run.table("t.dead")
        assert run.verify() == []


def test_an_epoch_that_fails_is_tried_again_until_it_is_paused() -> None:
    with LocalRun(pipeline()) as run:
        run.epoch(EVENTS)
        before = contents(run)
        with pytest.raises(UserFunctionError, match=r"p epoch 2: Totals\.process_element raised ValueError") as e:
            run.epoch([{"id": 1, "key": "a", "day": "d", "amount": -1}])
        assert isinstance(e.value.__cause__, ValueError)
        for _ in range(2):
            with pytest.raises(UserFunctionError):
                run.epoch()
        with pytest.raises(PausedError):
            run.epoch()
        assert contents(run) == before
    with LocalRun(pipeline()) as run, pytest.raises(MalformedInputError, match="1 malformed rows of 2"):
        run.epoch([EVENTS[0], "no json"])


def test_verify_sees_what_was_damaged() -> None:
    with LocalRun(pipeline()) as run:
        report = run.epoch(EVENTS)
        assert report is not None
        assert report.manifest is not None
        path = Path(report.manifest.partitions[0].files[0].path.removeprefix("file://"))
        path.write_bytes(path.read_bytes()[:-1] + b"\0")
        assert [f.problem for f in run.verify() if "checksum" in f.problem]


def test_a_name_that_is_no_table_of_the_pipeline() -> None:
    with LocalRun(pipeline()) as run, pytest.raises(KeyError, match=r"no table 't\.log', but t\.p_log, t\.p_latest"):
        run.table("t.log")


# -- sources ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", [Csv(delimiter=";"), Json(), Parquet()])
def test_records_are_written_in_the_sources_format(dialect: Csv | Json | Parquet) -> None:
    source = FileSource("/nowhere", dialect, EVENT, aliases={"amount": "Amount"})
    keyed = Pipeline("p").source(source).key_by("key", "day").process(Totals(), output=OUTPUT)
    with LocalRun(keyed.sink(HiveTable("t.log"))) as run:
        run.epoch(EVENTS)
        report = run.epoch(EVENTS[:1])
        assert report is not None
        with LocalRun(pipeline()) as other:
            other.epoch([*EVENTS, EVENTS[0]])
            assert run.table("t.log") == other.table("t.p_log")


def test_a_file_may_tell_its_time_by_its_name() -> None:
    source = {"path_time": "%Y-%m-%d/events.json"}
    with LocalRun(pipeline(source=source)) as run, pytest.raises(ConfigurationError, match="does not tell one time"):
        run.epoch(EVENTS[:1])
    with LocalRun(pipeline(source=source)) as run:
        run.epoch(EVENTS, file="2026-01-31/events.json")
        moment = datetime(2026, 1, 31, tzinfo=UTC).timestamp() * 1000
        slices = run._engine.work.ledger.known(
            run._engine.adapters.store.epochs(run._engine.lane_id, limit=1)[0].offsets
        )
        assert [s.time_ms for s in slices] == [moment]
        assert run.table("t.p_log") == run.once(EVENTS, file="2026-01-31/events.json").table("t.p_log")


def test_event_time_makes_the_watermark() -> None:
    schema = pa.schema({"k": pa.string(), "at": pa.timestamp("us", tz="UTC")})
    stream = Pipeline("p").source(FileSource("/nowhere", "json", schema))
    timed = stream.assign_timestamps("at", max_out_of_orderness=timedelta(seconds=1))

    class Late(KeyedProcessFunction):
        def process_element(self, value: Any, ctx: Any) -> Any:
            return [{"at": ctx.timestamp()}]

    with LocalRun(
        timed.key_by("k").process(Late(), output=pa.schema({"at": pa.int64()})).sink(HiveTable("t.l"))
    ) as run:
        report = run.epoch([{"k": "a", "at": datetime(1970, 1, 1, 0, 0, 3, 999_999, tzinfo=UTC)}])
        assert report is not None
        assert (run.table("t.l"), report.epoch.watermark_out_ms) == ([{"at": 3999}], 2999)


# -- transforms -------------------------------------------------------------------------------------------------------


def transformed(fn: Any = lambda rows: rows, **settings: Any) -> Definition:
    schema = EVENT.append(pa.field("twice", pa.int64()))
    stream = Pipeline("p", **settings).source(FileSource("/nowhere", "json", EVENT)).transform(fn, schema=schema)
    return stream.key_by("key", "day").process(Totals(), output=OUTPUT).sink(HiveTable("t.p_log"))


def doubled(rows: pa.Table) -> pa.Table:
    kept = rows.filter(pc.greater(rows.column("amount"), 2))
    return kept.append_column("twice", pc.multiply(kept.column("amount"), 2))


def test_a_stand_in_takes_the_place_of_the_transforms() -> None:
    calls = []

    def stand_in(rows: pa.Table) -> pa.Table:
        calls.append(rows.schema)
        return doubled(rows)

    with LocalRun(transformed(), transform=stand_in) as run:
        report = run.epoch(EVENTS)
        kept = [e for e in EVENTS if e["amount"] > 2]
        assert report is not None
        assert report.epoch.counts is not None
        assert (report.epoch.counts.decoded, report.epoch.counts.received) == (24, len(kept))
        with LocalRun(pipeline()) as other:
            other.epoch(kept)
            assert run.table("t.p_log") == other.table("t.p_log")
        assert calls == [EVENT]
        run.epoch([{**EVENTS[0], "amount": 0}])  # nothing is left of it
        assert run.verify() == []


def test_a_stand_in_is_called_for_each_file_and_a_row_knows_its_own() -> None:
    bad = {"id": 1, "key": "a", "day": "d", "amount": 3}
    rows: list[int] = []

    def stand_in(given: pa.Table) -> pa.Table:
        rows.append(len(given))
        columns = doubled(given)
        return columns.set_column(3, "amount", pc.negate(columns["amount"]))

    with LocalRun(transformed(dead_letters="t.dead"), transform=stand_in) as run:
        run.epoch([bad, bad], crash_at="leased")
        run.epoch([bad])
        assert rows == [2, 1]
        assert [Path(row["source"]).name for row in run.dead_letters] == ["000001.json"] * 2 + ["000002.json"]


def test_without_a_stand_in_the_line_and_the_ways_are_named() -> None:
    with pytest.raises(DefinitionError, match=rf"{__file__}:\d+: p: .*no Spark .*key, day, amount, twice.*Harness"):
        LocalRun(transformed())
    with pytest.raises(DefinitionError, match="p has no transform"):
        LocalRun(pipeline(), transform=doubled)


@pytest.mark.parametrize(
    ("stand_in", "error", "said"),
    [
        (lambda rows: rows, DefinitionError, "does not leave the declared columns: twice is missing"),
        (
            lambda rows: rows.append_column("twice", pa.array(["x"] * len(rows))),
            DefinitionError,
            "twice is string, not int64",
        ),
        (lambda rows: rows.to_pylist(), DefinitionError, r"must return a pyarrow\.Table"),
        (lambda rows: rows.column("nothing"), UserFunctionError, "stand-in for its transforms raised KeyError"),
    ],
)
def test_a_stand_in_is_checked(stand_in: Any, error: type[Exception], said: str) -> None:
    with LocalRun(transformed(), transform=stand_in) as run, pytest.raises(error, match=said):
        run.epoch(EVENTS)


# -- a process --------------------------------------------------------------------------------------------------------


def test_nothing_heavy_is_imported() -> None:
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import pyarrow as pa
from tidegate import FileSource, HiveTable, KeyedProcessFunction, Pipeline
from tidegate.testing import LocalRun

class Echo(KeyedProcessFunction):
    def process_element(self, value, ctx):
        yield {{"k": value.k, "n": 1}}

rows = pa.schema({{"k": pa.string(), "n": pa.int64()}})
stream = Pipeline("p").source(FileSource("/nowhere", "json", rows)).key_by("k")
with LocalRun(stream.process(Echo(), output=rows).sink(HiveTable("t.p"))) as run:
    run.epoch([{{"k": "a"}}])
    assert run.table("t.p") == [{{"k": "a", "n": 1}}]
heavy = {{"pyspark", "airflow", "psycopg", "sqlalchemy", "alembic", "pymetastore", "pyhive", "grpc"}}
print(sorted(heavy & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_run_that_was_closed_leaves_nothing() -> None:
    records: list[Record] = [*EVENTS]
    with LocalRun(pipeline()) as run:
        other = run.once(records)
        folders = [Path(r._engine.root.removeprefix("file://")).parent for r in (run, other)]
        assert all(folder.is_dir() for folder in folders)
        assert run.epoch(records) is not None
        assert run._engine.adapters.store.epochs(run._engine.lane_id, limit=1)[0].kind is Kind.EVENTS
    assert not any(folder.exists() for folder in folders)


def test_rows_of_a_database_are_given_by_the_schemas_names() -> None:
    with LocalRun(rows.pipeline(aliases={"n": "Number"})) as run:
        run.epoch([{"user": "a", "n": 1}, {"user": "a", "n": 2}, {"user": None, "n": 3}])
        assert [(row["n"], row["seen"]) for row in run.table("t.clicks")] == [(1, 1), (2, 2)]
        assert len(run.dead_letters) == 1
