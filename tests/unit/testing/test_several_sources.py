"""Goal: a pipeline of several sources takes of each its own range, in one order, and says of which source it speaks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import builders as make
from pipelines.several import SALE, SeveralLine, completed, expected, folder, pipeline, with_times, write
from tidegate import Definition, Json, KafkaSource, Pipeline
from tidegate.engine.corrections import correct, give_up, skip
from tidegate.engine.crash import POINTS
from tidegate.engine.rollback import roll_back
from tidegate.errors import (
    DefinitionError,
    MalformedInputError,
    RefusedError,
    SourceGapError,
    StateIncompatibleError,
    UnavailableError,
)
from tidegate.protocol.model import Run, Word
from tidegate.testing import LocalRun

Event = dict[str, Any]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SOURCES = ("shop", "till", "old")


def sale(source: str, number: int, **more: Any) -> Event:
    at = NOON + timedelta(seconds=number)
    return {"user": "ab"[number % 2], "id": f"{source}-{number}", "amount": number + 1, "at": at, **more}


def sales(source: str, start: int, stop: int) -> list[Event]:
    return [sale(source, n) for n in range(start, stop)]


def three(**settings: Any) -> Definition:
    """A folder of JSON, a topic, and a folder of CSV."""
    topic = KafkaSource("sales", Json(), SALE, uid="till")
    return pipeline(folder("shop"), topic, folder("old", format_="csv"), **settings)


def sizes(offsets: Mapping[str, Any]) -> dict[str, int]:
    return {uid: r.size for uid, r in offsets.items()}


# -- one order, own ranges --------------------------------------------------------------------------------------------


def test_an_epoch_takes_the_events_of_each_source_in_turn() -> None:
    with LocalRun(three()) as run:
        first = {"old": sales("old", 0, 3), "shop": sales("shop", 0, 4), "till": sales("till", 2, 4)}
        report = run.epoch(first)
        assert report
        assert sizes(report.epoch.offsets) == {"old": 1, "shop": 1, "till": 1}
        assert report.manifest
        counts = report.manifest.counts
        assert (counts.rows_in, counts.decoded, counts.received, counts.processed) == (9, 9, 9, 9)
        second = {"till": sales("till", 0, 2)}
        report = run.epoch(second)
        assert report
        assert sizes(report.epoch.offsets) == {"old": 0, "shop": 0, "till": 1}
        assert run.table("t.sales") == expected(*(first[uid] for uid in SOURCES), second["till"])
        assert run.epoch() is None
        assert run.verify() == []


@pytest.mark.parametrize("point", POINTS[: POINTS.index("sealed") + 1])
def test_a_retry_gives_the_same_wherever_it_died(point: str) -> None:
    batches = [{uid: sales(uid, 3 * n, 3 * n + 3) for uid in SOURCES if n or uid != "old"} for n in range(2)]
    with LocalRun(three()) as run, LocalRun(three()) as other:
        for batch in batches:
            assert run.epoch(batch, crash_at=point) is None
            again, whole = run.epoch(), other.epoch(batch)
            assert again
            assert whole
            assert again.epoch.offsets == whole.epoch.offsets
            assert files(again) == files(whole)
        assert run.verify() == []
        assert run.table("t.sales") == other.table("t.sales")
        assert run.states() == other.states()


def files(report: Any) -> list[tuple[str, ...]]:
    """The bytes of all files of rows and state."""
    rows = [(p.table, *p.values, f.sha256) for p in report.manifest.partitions for f in p.files]
    return sorted([*rows, *((str(r.bucket), r.sha256) for r in report.manifest.state)])


def test_limits_are_of_each_source(tmp_path: Path) -> None:
    shop, till = folder("shop", tmp_path, max_files=1), folder("till", tmp_path)
    for n in range(3):
        write(shop, f"{n}.json", sale("shop", n)), write(till, f"{n}.json", sale("till", n))
    line, found = SeveralLine(pipeline(shop, till), tmp_path), []
    while report := line.run():
        found.append(sizes(report.epoch.offsets))
    assert found == [{"shop": 1, "till": 3}, {"shop": 1, "till": 0}, {"shop": 1, "till": 0}]
    assert len(line.rows()) == 6


def test_columns_are_put_in_the_order_of_the_first() -> None:
    given = Pipeline("sales", buckets=2, dead_letters="t.sales_dead")
    turned = pa.schema([SALE.field(i) for i in (3, 1, 0, 2)])
    till = given.source(replace(folder("till"), schema=turned))
    definition = completed(given.source(folder("shop")).union(till))
    with LocalRun(definition) as run:
        batch = {"till": sales("till", 0, 4), "shop": sales("shop", 0, 2)}
        run.epoch(batch)
        assert run.table("t.sales") == expected(batch["shop"], batch["till"])


# -- transforms -------------------------------------------------------------------------------------------------------


def transformed() -> Definition:
    given = Pipeline("sales", buckets=2, dead_letters="t.sales_dead")
    cents = SALE.set(2, pa.field("cents", pa.int64()))
    till = given.source(replace(folder("till"), schema=cents)).transform(lambda rows: rows, schema=SALE)
    return completed(with_times(given.source(folder("shop")), True).union(with_times(till, True)))


def in_euros(rows: pa.Table) -> pa.Table:
    euros = pa.array([c // 100 for c in rows.column("cents").to_pylist()], pa.int64())
    return rows.set_column(2, "amount", euros)


@pytest.mark.parametrize("given", [in_euros, {"till": in_euros}], ids=["one", "by uid"])
def test_a_stand_in_is_for_the_source_whose_rows_are_transformed(given: Any) -> None:
    cents = [{k: v for k, v in (e | {"cents": e["amount"] * 100}).items() if k != "amount"} for e in sales("t", 0, 4)]
    with LocalRun(transformed(), transform=given) as run:
        report = run.epoch({"till": cents, "shop": sales("s", 0, 2)})
        assert run.table("t.sales") == expected(sales("s", 0, 2), sales("t", 0, 4))
        assert report
        assert report.epoch.counts
        assert report.epoch.counts.rows_in == 6


def test_whose_stand_in_it_is_must_be_said() -> None:
    both = transformed().operator.inputs[1].transforms
    twice = three()
    operator = twice.operator
    inputs = tuple(replace(i, transforms=both) if i.of.uid != "old" else i for i in operator.inputs)
    twice = replace(twice, operators=(replace(operator, inputs=inputs),))
    with pytest.raises(DefinitionError, match=r"say whose transforms .*\{'shop': …, 'till': …\}"):
        LocalRun(twice, transform=in_euros)
    with pytest.raises(DefinitionError, match="makes of the rows of the source 'till'"):
        LocalRun(twice, transform={"shop": in_euros})
    with pytest.raises(DefinitionError, match="no transform of the source 'old'"):
        LocalRun(twice, transform=dict.fromkeys(SOURCES, in_euros))
    with pytest.raises(DefinitionError, match="has no transform that"):
        LocalRun(three(), transform=in_euros)


@pytest.mark.parametrize(
    ("records", "says"),
    [([sale("x", 1)], "say of which source the records are: {'shop': "), ({"cash": []}, "there is no source 'cash'")],
)
def test_of_which_source_records_are_must_be_said(records: Any, says: str) -> None:
    with LocalRun(three()) as run, pytest.raises(TypeError, match=says):
        run.epoch(records)


# -- what is said of which source -------------------------------------------------------------------------------------


def test_dead_letters_and_errors_say_which_source_they_are_of() -> None:
    bad: dict[str, Sequence[Any]] = {
        "shop": ["{", sale("shop", 0, amount=0)],
        "till": [sale("till", 1, user=None), "["],
    }
    with LocalRun(pipeline(folder("shop"), folder("till"))) as run:
        report = run.epoch(bad)
        assert report
        assert report.manifest
        counts = report.manifest.counts
        assert (counts.rows_in, counts.malformed, counts.null_keys, counts.failed) == (4, 2, 1, 1)
        found = {(row["step"], row["source"].partition(": /")[0]) for row in run.dead_letters}
        assert found == {("read", "shop"), ("process", "shop"), ("key", "till"), ("read", "till")}
    with (
        LocalRun(pipeline(folder("shop"), folder("till"), dead_letters=None)) as run,
        pytest.raises(MalformedInputError, match=r"source 'till' of sales epoch 1: 1 malformed .* first in till: /"),
    ):
        run.epoch({"till": ["["], "shop": [sale("shop", 1)]})
    with LocalRun(pipeline(folder("shop"))) as run:
        run.epoch(["{"])
        assert run.dead_letters[0]["source"].startswith("/")  # nobody asks which one it is


def test_a_gap_stops_all_names_its_source_and_only_that_is_mended(tmp_path: Path) -> None:
    shop, till = folder("shop", tmp_path), folder("till", tmp_path)
    write(shop, "1.json", *sales("shop", 0, 2))
    gone = write(till, "1.json", *sales("till", 0, 2))
    line = SeveralLine(pipeline(shop, till), tmp_path)
    line.processor.behind = gone.unlink  # it was read, and must still be there
    with pytest.raises(SourceGapError, match=r"source 'till' of sales: planned file .*/till/1.json is gone"):
        line.run()
    assert line.rows() == []
    line.processor.behind = lambda: None
    with pytest.raises(RefusedError, match="sales has no source 'cash'; its sources are 'shop', 'till'"):
        skip([str(gone)], "cash")(line.engine)
    with pytest.raises(RefusedError, match="none of the"):
        skip([str(gone)], "shop")(line.engine)
    done = correct(line.engine, Run("by-hand", "test"), Word("joe", "lost"), skip([str(gone)]))
    assert [(s.source, s.key, s.skipped) for s in done.slices] == [("till", str(gone), True)]
    assert line.plan().notes == (f"till: {gone} is skipped, by joe: lost",)
    line.run()
    assert [row["id"] for row in line.rows()] == ["shop-0", "shop-1"]


# -- sources come and go ----------------------------------------------------------------------------------------------


def test_a_source_that_is_added_begins_at_its_start_and_finds_the_state(tmp_path: Path) -> None:
    shop, till = folder("shop", tmp_path), folder("till", tmp_path)
    write(till, "1.json", *sales("till", 0, 4))
    write(shop, "1.json", *sales("shop", 0, 2))
    line = SeveralLine(pipeline(shop), tmp_path)
    line.run()
    line.definition = pipeline(shop, till)
    write(shop, "2.json", *sales("shop", 2, 4))
    plan = line.plan()
    assert "source till: is new" in plan.changed
    assert sizes(plan.offsets) == {"shop": 1, "till": 1}
    line.run()
    assert in_order(line) == expected(sales("shop", 0, 4), sales("till", 0, 4))
    roll_back(line.engine, Run("back", "test"), to_epoch=1)  # to before it was there
    assert in_order(line) == expected(sales("shop", 0, 2))
    report = line.run()
    assert report
    assert report.epoch.offsets == {"shop": make.positions(1, 2), "till": make.positions(0, 1)}
    assert in_order(line) == expected(sales("shop", 0, 4), sales("till", 0, 4))


def in_order(line: SeveralLine) -> list[Event]:
    return sorted(line.rows(), key=lambda row: (row["user"], row["n"]))


def test_a_source_that_is_not_declared_any_more_has_ended_by_ones_word(tmp_path: Path) -> None:
    shop, till = folder("shop", tmp_path), folder("till", tmp_path)
    for uid, source in (("shop", shop), ("till", till)):
        write(source, "1.json", *sales(uid, 0, 2))
    line = SeveralLine(pipeline(shop, till), tmp_path)
    line.run()
    write(shop, "2.json", *sales("shop", 2, 4)), write(till, "2.json", *sales("till", 2, 4))
    line.definition = pipeline(shop)
    with pytest.raises(StateIncompatibleError, match=r"read the source 'till', .* or say .* by Pipeline\(ended=…\)"):
        line.plan()
    line.definition = pipeline(shop, ended=("till",))
    assert "source till: is gone" in line.plan().changed
    report = line.run()
    assert report
    assert report.epoch.offsets == {"shop": make.positions(1, 2), "till": make.positions(1)}
    assert report.manifest
    assert report.manifest.watermarks.keys() == {"shop"}  # it holds nothing up any more
    line.definition = pipeline(shop, till)
    line.run()
    every = expected(sales("shop", 0, 2), sales("till", 0, 2), sales("shop", 2, 4), sales("till", 2, 4))
    assert in_order(line) == every
    line.definition = pipeline(shop, ended=("till",))
    with pytest.raises(StateIncompatibleError, match="declare it again"):  # it is looked at: what is undone comes again
        roll_back(line.engine, Run("back", "test"), to_epoch=1)
    line.definition = pipeline(shop, till)
    roll_back(line.engine, Run("back", "test"), to_epoch=1)
    line.definition = pipeline(shop, ended=("till",))
    line.run()
    line.definition = pipeline(shop, till)  # what was undone comes again where it is declared
    line.run()
    assert in_order(line) == every


def test_an_epoch_that_was_planned_with_what_has_ended_is_given_up(tmp_path: Path) -> None:
    shop, till = folder("shop", tmp_path), folder("till", tmp_path)
    for uid, source in (("shop", shop), ("till", till)):
        write(source, "1.json", *sales(uid, 0, 2))
    line = SeveralLine(pipeline(shop, till), tmp_path)
    line.processor.before = dies
    with pytest.raises(UnavailableError):
        line.run()
    line.processor.before = lambda: None
    line.definition = pipeline(shop, ended=("till",))
    with pytest.raises(StateIncompatibleError, match=r"is of the source 'till', .*: declare it again"):
        line.run(again=True)
    assert correct(line.engine, Run("by-hand", "test"), Word("joe", "no till"), give_up).gives_up
    line.run()
    assert [row["id"] for row in line.rows()] == ["shop-0", "shop-1"]


def dies() -> None:
    raise UnavailableError("sales: Spark does not answer")


# -- event time -------------------------------------------------------------------------------------------------------


def test_the_watermark_is_that_of_the_source_that_is_behind() -> None:
    with LocalRun(pipeline(folder("shop"), folder("till"))) as run:
        noon = round(NOON.timestamp() * 1000)
        reached, report = [], None
        for batch in (
            {"shop": sales("shop", 0, 100)},  # the till is silent: nobody knows how far it has come
            {"till": sales("till", 0, 50)},
            {"shop": sales("shop", 100, 200)},
            {"till": [sale("till", 170), sale("till", 20)], "shop": [sale("shop", 1)]},
            {"till": [sale("till", 300)], "shop": [sale("shop", 210)]},
        ):
            report = run.epoch(batch)
            assert report
            at = report.epoch.watermark_out_ms
            reached.append(at and (at - noon) / 1000)
        assert reached == [None, 39, 39, 160, 200]
        assert report
        assert report.manifest
        assert report.manifest.watermarks == {"shop": {"": noon + 200_000}, "till": {"": noon + 290_000}}
