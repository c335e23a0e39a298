"""Epochs as small JSON-able dictionaries: for XCom, asset events, the plugin page and the command line.

No Airflow here: the command line uses it too.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tidegate.api.settings import Target
from tidegate.engine.corrections import Correction
from tidegate.engine.rollback import RollbackPlan
from tidegate.ports import Compared, EpochReport
from tidegate.protocol.ledger import told
from tidegate.protocol.model import Epoch, OffsetRange, Offsets, Status
from tidegate.protocol.partitions import partition_path
from tidegate.protocol.purposes import goes_back_to, takes_lane
from tidegate.protocol.rebasing import tables

NO_INPUT = "NO_INPUT"
"""Shown in place of a status when a run found nothing to do."""
ON_LANE = "ON_LANE"
"""Shown when a run processed past epochs on a lane, which nobody sees yet."""
UNCHANGED = "UNCHANGED"
"""Shown when processing a sealed epoch again gave the same output and state."""

PARTITION_NAMES = 100
"""An asset event names at most so many partitions: Airflow keeps every event."""

_SAID = 10
"""A person is told of at most so many partitions."""


def epoch_summary(epoch: Epoch) -> dict[str, Any]:
    """One row of the checkpoint table; times as ISO text in UTC, durations in seconds."""
    counts = epoch.counts
    end = epoch.sealed_ms or epoch.published_ms or epoch.staged_ms
    return {
        "pipeline": epoch.lane.pipeline,
        "lane": epoch.lane.lane,
        "epoch": epoch.epoch,
        "generation": epoch.generation,
        "kind": str(epoch.kind),
        "restores": goes_back_to(epoch.purpose),
        "promotes": takes_lane(epoch.purpose),
        "status": str(epoch.status),
        "ranges": ranges(epoch.offsets),
        "rows_in": counts.rows_in if counts else None,
        "rows_out": sum(counts.rows_out.values()) if counts else None,
        "rows_out_by_table": dict(counts.rows_out) if counts else {},
        "keys_changed": counts.keys_changed if counts else None,
        "dead_lettered": counts.dead_lettered if counts else None,
        "skipped": counts.skipped if counts else None,
        "attempts": epoch.attempts,
        "planned_at": iso(epoch.planned_ms),
        "staged_at": iso(epoch.staged_ms),
        "published_at": iso(epoch.published_ms),
        "sealed_at": iso(epoch.sealed_ms),
        "abandoned_at": iso(epoch.given_up_ms),
        "given_up": epoch.given_up and f"given up by {epoch.given_up.by}: {epoch.given_up.why}",
        "duration_s": round((end - epoch.planned_ms) / 1000, 3) if end and epoch.planned_ms else None,
        "watermark": iso(epoch.watermark_out_ms),
        "run": epoch.run.key,
        "dag_id": dag_id_of(epoch),
        "failure_kind": None if epoch.status is Status.SEALED else epoch.failure_kind,
        "failure_message": None if epoch.status is Status.SEALED else epoch.failure_message,
        "failures": epoch.failures,
        "paused_at": iso(epoch.paused_ms),
    }


def ranges(offsets: Offsets) -> dict[str, list[int]]:
    """Ranges by source, JSON-able; `spans` says them."""
    return {source: [r.start, r.stop] for source, r in sorted(offsets.items())}


def spans(ranges: Mapping[str, Sequence[int]]) -> str:
    """Ranges for people."""
    return told({source: OffsetRange(*ends) for source, ends in ranges.items()})


def report_summary(report: EpochReport) -> dict[str, Any]:
    """What a task leaves in XCom: a few numbers; ranges of state and files stay in the checkpoint."""
    row = epoch_summary(report.epoch)
    names = ("pipeline", "lane", "epoch", "generation", "status", "ranges", "rows_in", "rows_out", "keys_changed")
    return {
        **{name: row[name] for name in names},
        "dead_lettered": row["dead_lettered"],
        "partitions": len(report.manifest.partitions) if report.manifest else 0,
        "attempts": row["attempts"],
        "timings": {name: round(seconds, 3) for name, seconds in report.timings_s.items()},
    }


def asset_extra(report: EpochReport, target: Target | None) -> dict[str, Any]:
    """What an asset's event carries: the epoch, its counts over all tables, and what the asset's own table got.

    `partition_names` are Hive's names of the first touched partitions, in order; `partitions` is how many there are.
    An asset without a `target` is none of the pipeline's tables and has no such part.
    """
    row = epoch_summary(report.epoch)
    names = ("pipeline", "lane", "epoch", "generation", "rows_in", "rows_out", "keys_changed", "dead_lettered")
    touched = report.manifest.touched() if report.manifest else frozenset()
    extra = {
        **{name: row[name] for name in names},
        "kind": str(report.epoch.kind),
        "partitions": len(touched),
    }
    if target is None:
        return extra
    own = sorted(values for table, values in touched if table == target.name)
    columns = target.partition_schema.names
    extra["table"] = {
        "name": target.name,
        "rows_out": row["rows_out_by_table"].get(target.name, 0),
        "partitions": len(own),
        "partition_names": [partition_path(columns, values) for values in own[:PARTITION_NAMES]],
    }
    return extra


def comparison_summary(lane: str, differences: Sequence[Compared]) -> dict[str, Any]:
    """What a promotion would change: rows by table, and the first partitions with theirs."""
    counted = ("added", "removed", "changed")
    tables: dict[str, dict[str, int]] = {}
    for d in differences:
        of_table = tables.setdefault(d.table, dict.fromkeys(counted, 0))
        for what in counted:
            of_table[what] += getattr(d, what)
    first = [{"table": d.table, "values": list(d.values), **{w: getattr(d, w) for w in counted}} for d in differences]
    return {"lane": lane, "tables": tables, "partitions": len(differences), "first": first[:PARTITION_NAMES]}


def comparison_sentences(summary: dict[str, Any]) -> list[str]:
    """The same for people, a line each: the tables, then the first partitions."""
    if not summary["tables"]:
        return [f"{summary['lane']} gives what the tables show already"]
    lines = [f"{summary['partitions']} partitions would change"]
    lines += [f"{table}: {_rows(counts)}" for table, counts in summary["tables"].items()]
    return [*lines, *(f"{p['table']} {'/'.join(p['values'])}: {_rows(p)}" for p in summary["first"][:_SAID])]


def _rows(counts: Mapping[str, Any]) -> str:
    return f"{counts['added']} rows added, {counts['removed']} removed, {counts['changed']} changed"


def sentence(summary: dict[str, Any]) -> str:
    """One line for a log or a terminal."""
    if summary["status"] == NO_INPUT:
        return f"{summary['pipeline']}: no new input, no epoch was opened"
    if summary["status"] == ON_LANE:
        return (
            f"{summary['pipeline']}: past epochs were processed again on lane {summary['lane']}; no table shows it yet"
        )
    if summary["status"] == UNCHANGED:
        return f"{summary['pipeline']} epoch {summary['epoch']}: processed again, it gives the same; nothing is changed"
    generation = f" generation {summary['generation']}" if summary["generation"] > 1 else ""
    return (
        f"{summary['pipeline']} epoch {summary['epoch']}{generation} {summary['status']}: positions "
        f"{spans(summary['ranges'])}, {summary['rows_in'] or 0} rows in, {summary['rows_out'] or 0} rows out in "
        f"{summary['partitions']} partitions, attempt {summary['attempts']}"
    )


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


def correction_summary(pipeline: str, found: Correction) -> dict[str, Any]:
    """What a correction changes, or has changed."""
    epoch = found.gives_up
    return {
        "pipeline": pipeline,
        "gives_up": epoch and {"epoch": epoch.epoch, "kind": str(epoch.kind), "failure": epoch.failure_message},
        "renewed": [s.key for s in found.slices if not s.skipped],
        "skipped": [s.key for s in found.slices if s.skipped],
    }


def correction_sentences(summary: dict[str, Any]) -> list[str]:
    """The same for people, a line each."""
    lines = []
    if epoch := summary["gives_up"]:
        lines.append(f"{summary['pipeline']}: epoch {epoch['epoch']} is given up; the next run plans it anew")
    lines += [f"{key} is taken as it is now" for key in summary["renewed"]]
    lines += [f"{key} is skipped from now on" for key in summary["skipped"]]
    return lines or [f"{summary['pipeline']}: there is nothing to give up or to skip that is not already"]


def owner_of_run(dag_id: str, run_id: str) -> str:
    """The lease owner of an Airflow run."""
    return f"airflow:{dag_id}:{run_id}"


def dag_id_of(epoch: Epoch) -> str | None:
    """The DAG whose run planned the epoch; None when it was not Airflow."""
    scheme, _, rest = epoch.run.owner.partition(":")
    dag_id, colon, _ = rest.partition(":")
    return dag_id if scheme == "airflow" and colon else None


def iso(milliseconds: int | None) -> str | None:
    """Milliseconds since 1970 as ISO text in UTC; as a number outside of the years 1 to 9999.

    Event times come from data, where nothing keeps them inside.
    """
    if milliseconds is None:
        return None
    try:
        return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat()
    except OverflowError:
        return f"{milliseconds} ms"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
