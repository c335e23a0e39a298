"""What the next epoch would do."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tidegate.engine.planning import EpochPlan
from tidegate.protocol.ledger import told
from tidegate.protocol.pausing import reason
from tidegate.protocol.recovery import NEXT
from tidegate.reports.epochs import ranges

DRY_RUN = "DRY_RUN"
"""Shown in place of a status when a run was only to say what it would do."""


def plan_summary(plan: EpochPlan) -> dict[str, Any]:
    """The plan, JSON-able. Everything below `estimates` is an estimate; null stands for unknown."""
    expected, unfinished = plan.forecast, plan.unfinished
    return {
        "pipeline": plan.lane.pipeline,
        "lane": plan.lane.lane,
        "unfinished": unfinished
        and {
            "epoch": unfinished.epoch,
            "generation": unfinished.generation,
            "kind": str(unfinished.kind),
            "status": str(unfinished.status),
            "run": unfinished.run.key,
            "next": str(NEXT[unfinished.status]),
            "paused": None if unfinished.paused_ms is None else reason(unfinished),
        },
        "changed": list(plan.changed),
        "tables": [asdict(t) for t in plan.tables],
        "compactions": [asdict(c) for c in plan.compactions],
        "epoch": plan.epoch,
        "ranges": ranges(plan.offsets),
        "slices": plan.slices,
        "bytes": plan.bytes,
        "slices_left": plan.left,
        "slices_skipped": plan.skipped,
        "notes": list(plan.notes),
        "rows_in": expected.rows_in,
        "rows_in_estimated": expected.estimated,
        "estimates": {
            "sample": expected.sample,
            "tables": {
                table: written and {"partitions": written.partitions, **asdict(written.size)}
                for table, written in expected.tables.items()
            },
            "state_growth": expected.growth and asdict(expected.growth),
        },
    }


def plan_lines(plan: EpochPlan) -> list[str]:
    """The plan for people."""
    what = f"epoch {plan.epoch}: source positions {told(plan.offsets)}"
    parts = [*_first(plan), *(_expected(plan) if plan.epoch else ())]
    parts += [("note", note) for note in plan.notes]
    width = max((len(name) for name, _ in parts), default=0)
    lines = [f"{plan.lane}: {what if plan.epoch else 'no new input, no epoch would be opened'}"]
    lines += [f"  {name:<{width}}  {text}" for name, text in parts]
    if plan.epoch and plan.forecast.sample:
        lines.append(f"  What is about so much is estimated from {_number(plan.forecast.sample, 'past epoch')}.")
    return lines


def _first(plan: EpochPlan) -> Iterator[tuple[str, str]]:
    if plan.unfinished:
        e = plan.unfinished
        if e.paused_ms is not None:
            yield "paused", f"epoch {e.epoch}: {reason(e)}"
        yield "first", f"finish epoch {e.epoch} of run {e.run.key}: {e.kind}, {e.status}, next step {NEXT[e.status]}"
    for what in plan.changed:
        yield "changed", what
    for change in plan.tables:
        yield "first", str(change)
    for c in plan.compactions:
        yield "first", f"compact {_number(c.partitions, 'partition')} of {c.table} into {c.into:,}"


def _expected(plan: EpochPlan) -> Iterator[tuple[str, str]]:
    expected = plan.forecast
    rows = "unknown rows" if expected.rows_in is None else _number(expected.rows_in, "row")
    left = f"; {_number(plan.left, 'more slice')} for later epochs" if plan.left else ""
    left += f"; {_number(plan.skipped, 'slice')} skipped" if plan.skipped else ""
    about = "about " if expected.estimated else ""
    yield "input", f"{_number(plan.slices, 'slice')}, {_number(plan.bytes, 'byte')}, {about}{rows}{left}"
    for table, written in expected.tables.items():
        if written is None:
            yield table, "unknown: no past epoch tells"
            continue
        size = f"{_number(written.size.rows, 'row')} and {_number(written.size.bytes, 'byte')}"
        yield table, f"about {size} in {_number(written.partitions, 'partition')}"
    growth = expected.growth
    yield "state", f"about {growth.rows:+,} rows, {growth.bytes:+,} bytes" if growth else "unknown: no past epoch tells"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
