"""Epochs as small JSON-able dictionaries: for XCom, asset events, the plugin page and the command line."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tidegate.ports import EpochReport
from tidegate.protocol.ledger import told
from tidegate.protocol.model import Epoch, OffsetRange, Offsets, Status
from tidegate.protocol.purposes import goes_back_to, takes_lane
from tidegate.reports.owners import dag_id_of

NO_INPUT = "NO_INPUT"
"""Shown in place of a status when a run found nothing to do."""
ON_LANE = "ON_LANE"
"""Shown when a run processed past epochs on a lane, which nobody sees yet."""
UNCHANGED = "UNCHANGED"
"""Shown when processing a sealed epoch again gave the same output and state."""

PARTITION_NAMES = 100
"""A summary names at most so many partitions: Airflow keeps every one."""


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
    """What a task leaves in XCom: a few numbers; ranges of state and files stay in the checkpoint.

    `finished` and `given_up` are what the run met on the way; see `EpochReport`.
    """
    row = epoch_summary(report.epoch)
    names = ("pipeline", "lane", "epoch", "generation", "status", "ranges", "rows_in", "rows_out", "keys_changed")
    return {
        **{name: row[name] for name in names},
        "dead_lettered": row["dead_lettered"],
        "partitions": len(report.manifest.partitions) if report.manifest else 0,
        "attempts": row["attempts"],
        "timings": {name: round(seconds, 3) for name, seconds in report.timings_s.items()},
        "finished": [_named(e) for e in report.finished],
        "given_up": [_named(e) for e in report.given_up],
    }


def _named(epoch: Epoch) -> dict[str, Any]:
    return {"epoch": epoch.epoch, "generation": epoch.generation, "kind": str(epoch.kind), "run": epoch.run.key}


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
        f"{summary['partitions']} partitions, attempt {summary['attempts']}{_on_the_way(summary)}"
    )


def _on_the_way(summary: dict[str, Any]) -> str:
    """What the run did beside its own epoch."""
    own = summary["epoch"], summary["generation"]
    named = {
        done: [f"epoch {e['epoch']} of run {e['run']}" for e in summary[done] if (e["epoch"], e["generation"]) != own]
        for done in ("given_up", "finished")
    }
    return "".join(f"; {done.replace('_', ' ')} first: {', '.join(of)}" for done, of in named.items() if of)


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
