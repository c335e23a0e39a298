"""What a rollback would change, and has changed."""

from typing import Any

from tidegate.engine.rollback import RollbackPlan
from tidegate.protocol.model import Epoch, Status
from tidegate.protocol.rebasing import tables
from tidegate.reports.epochs import ranges, spans


def rollback_summary(plan: RollbackPlan) -> dict[str, Any]:
    """What a rollback changes. A table's `placed` partitions get other files, its `removed` ones are no more."""
    last, unfinished = plan.undone[0], plan.unfinished
    return {
        "pipeline": last.lane.pipeline,
        "from_epoch": last.epoch,
        "to_epoch": plan.restored.epoch if plan.restored else 0,
        "undone": [e.epoch for e in plan.undone],
        "unfinished": unfinished and {"epoch": unfinished.epoch, "status": str(unfinished.status)},
        "tables": {t: {"placed": placed, "removed": gone} for t, (placed, gone) in tables(plan.changes).items()},
        "state_rows": list(plan.state_rows),
        "positions": ranges(plan.offsets),
    }


def rollback_sentences(summary: dict[str, Any]) -> list[str]:
    """The same for people, a line each."""
    positions = {source: r for source, r in summary["positions"].items() if r[0] < r[1]}
    before, after = summary["state_rows"]
    to_epoch, over = summary["to_epoch"], len(summary["undone"])
    lines = [f"{summary['pipeline']}: from epoch {summary['from_epoch']} back to epoch {to_epoch}, over {over} epochs"]
    if unfinished := summary["unfinished"]:
        fate = "is abandoned" if unfinished["status"] == Status.PLANNED else "is finished first, and undone too"
        lines.append(f"epoch {unfinished['epoch']}, which is {unfinished['status']}, {fate}")
    lines += [
        f"{table}: {n['placed']} partitions get earlier files, {n['removed']} are removed"
        for table, n in summary["tables"].items()
    ]
    lines.append(f"state: {before} rows in files now, {after} then")
    again = f"source positions {spans(positions)} are processed again" if positions else "no source position is left"
    return [*lines, f"afterwards {again}"]


def forward_again(rollback: Epoch) -> int:
    """The epoch to go back to, to go forward again."""
    return rollback.epoch - 1


def rolled_back_sentence(rollback: Epoch, to_epoch: int) -> str:
    """What a rollback has done."""
    return (
        f"{rollback.lane}: tables, state and source positions are those of epoch {to_epoch}; this rollback is epoch "
        f"{rollback.epoch}"
    )
