"""Goal: a plan reads well at a terminal and as JSON, and marks what is only estimated."""

import json
from dataclasses import replace

import builders as make
from tidegate.engine.planning import Compaction, EpochPlan
from tidegate.ports import TableChange
from tidegate.protocol.forecast import Forecast, Size, Written
from tidegate.protocol.model import LaneId, Run, Status
from tidegate.reports.plans import plan_lines, plan_summary

LEFT = make.epoch(11, Status.PUBLISHED, generation=2, run=Run("scheduled__x", "o"), offsets=make.span(38, 40))
PLAN = EpochPlan(
    lane=LaneId("p"),
    unfinished=LEFT,
    compactions=(Compaction("d.log", 32, 1),),
    epoch=13,
    offsets=make.span(40, 43),
    slices=3,
    bytes=1_234_567,
    left=4,
    skipped=0,
    forecast=Forecast(
        rows_in=50_000,
        estimated=True,
        tables={"d.log": Written(1, Size(49_000, 1_200_000)), "d.refused": Written(0, Size(0, 0))},
        growth=Size(1_000, -40_000),
        sample=10,
    ),
    tables=(TableChange("d.log", ("last bigint", "n int")), TableChange("d.refused", restored=7)),
    notes=("t[0] is held",),
    changed=("operator totals: its code (rate)",),
)
FIRST = replace(
    PLAN,
    unfinished=None,
    tables=(),
    changed=(),
    notes=(),
    compactions=(),
    epoch=1,
    left=0,
    skipped=0,
    forecast=Forecast(rows_in=None, estimated=False, tables={"d.log": None}, growth=None, sample=0),
)
NOTHING = replace(FIRST, epoch=None, offsets=make.span(), slices=0, bytes=0)


def test_lines() -> None:
    assert plan_lines(PLAN) == [
        "p: epoch 13: source positions [40, 43)",
        "  first      finish epoch 11 of run scheduled__x: EVENTS, PUBLISHED, next step seal",
        "  changed    operator totals: its code (rate)",
        "  first      d.log gets columns, null in older rows: last bigint, n int",
        "  first      d.refused, which Hive has no more, is made again with its 7 partitions",
        "  first      compact 32 partitions of d.log into 1",
        "  input      3 slices, 1,234,567 bytes, about 50,000 rows; 4 more slices for later epochs",
        "  d.log      about 49,000 rows and 1,200,000 bytes in 1 partition",
        "  d.refused  about 0 rows and 0 bytes in 0 partitions",
        "  state      about +1,000 rows, -40,000 bytes",
        "  note       t[0] is held",
        "  What is about so much is estimated from 10 past epochs.",
    ]


def test_what_was_counted_is_not_about_and_what_is_unknown_says_so() -> None:
    counted = replace(PLAN, forecast=replace(PLAN.forecast, rows_in=1, estimated=False))
    assert "  input      3 slices, 1,234,567 bytes, 1 row; 4 more slices for later epochs" in plan_lines(counted)
    assert plan_lines(FIRST) == [
        "p: epoch 1: source positions [40, 43)",
        "  input  3 slices, 1,234,567 bytes, unknown rows",
        "  d.log  unknown: no past epoch tells",
        "  state  unknown: no past epoch tells",
    ]


def test_without_input_only_what_comes_first_is_said() -> None:
    assert plan_lines(NOTHING) == ["p: no new input, no epoch would be opened"]
    left = replace(NOTHING, unfinished=LEFT)
    assert plan_lines(left) == [
        "p: no new input, no epoch would be opened",
        "  first  finish epoch 11 of run scheduled__x: EVENTS, PUBLISHED, next step seal",
    ]


def test_a_paused_epoch_says_why_and_how_it_goes_on() -> None:
    paused = replace(LEFT, failures=3, failure_kind="user_function", failure_message="it raised", paused_ms=1)
    (line,) = [text for text in plan_lines(replace(PLAN, unfinished=paused)) if text.startswith("  paused")]
    assert line.startswith("  paused     epoch 11: 3 attempts in a row ended with user_function: it raised. Mend that")
    assert "`tidegate resume p`" in line
    assert plan_summary(replace(PLAN, unfinished=paused))["unfinished"]["paused"] in line


def test_json() -> None:
    assert json.loads(json.dumps(plan_summary(PLAN))) == {
        "pipeline": "p",
        "lane": "main",
        "unfinished": {
            "epoch": 11,
            "generation": 2,
            "kind": "EVENTS",
            "status": "PUBLISHED",
            "run": "scheduled__x",
            "next": "seal",
            "paused": None,
        },
        "changed": ["operator totals: its code (rate)"],
        "tables": [
            {"table": "d.log", "columns": ["last bigint", "n int"], "restored": 0},
            {"table": "d.refused", "columns": [], "restored": 7},
        ],
        "compactions": [{"table": "d.log", "partitions": 32, "into": 1}],
        "epoch": 13,
        "ranges": {"source": [40, 43]},
        "slices": 3,
        "bytes": 1234567,
        "slices_left": 4,
        "slices_skipped": 0,
        "notes": ["t[0] is held"],
        "rows_in": 50000,
        "rows_in_estimated": True,
        "estimates": {
            "sample": 10,
            "tables": {
                "d.log": {"partitions": 1, "rows": 49000, "bytes": 1200000},
                "d.refused": {"partitions": 0, "rows": 0, "bytes": 0},
            },
            "state_growth": {"rows": 1000, "bytes": -40000},
        },
    }
    unknown = json.loads(json.dumps(plan_summary(FIRST)))
    assert (unknown["unfinished"], unknown["rows_in"], unknown["rows_in_estimated"]) == (None, None, False)
    assert unknown["estimates"] == {"sample": 0, "tables": {"d.log": None}, "state_growth": None}
