"""What a promotion would change, and has changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.ports import Compared, EpochReport
from tidegate.reports.epochs import PARTITION_NAMES

_SAID = 10
"""A person is told of at most so many partitions."""


def comparison_summary(lane: str, differences: Sequence[Compared], *, changed: Sequence[str]) -> dict[str, Any]:
    """What a promotion would change: rows by table, and the first partitions with theirs; and what was `changed`."""
    counted = ("added", "removed", "changed")
    tables: dict[str, dict[str, int]] = {}
    for d in differences:
        of_table = tables.setdefault(d.table, dict.fromkeys(counted, 0))
        for what in counted:
            of_table[what] += getattr(d, what)
    first = [{"table": d.table, "values": list(d.values), **{w: getattr(d, w) for w in counted}} for d in differences]
    return {
        "lane": lane,
        "changed": list(changed),
        "tables": tables,
        "partitions": len(differences),
        "first": first[:PARTITION_NAMES],
    }


def comparison_sentences(summary: dict[str, Any]) -> list[str]:
    """The same for people, a line each: what was changed, the tables, then the first partitions."""
    lines = [f"changed on the lane: {what}" for what in summary["changed"]]
    if not summary["tables"]:
        return [*lines, f"{summary['lane']} gives what the tables show already"]
    lines.append(f"{summary['partitions']} partitions would change")
    lines += [f"{table}: {_rows(counts)}" for table, counts in summary["tables"].items()]
    return [*lines, *(f"{p['table']} {'/'.join(p['values'])}: {_rows(p)}" for p in summary["first"][:_SAID])]


def promotion_sentence(lane: str, report: EpochReport | None) -> str:
    """What became of a promotion; None is one that would change nothing."""
    if report is None:
        return f"{lane} gives what the tables show already: nothing was changed, the lane is discarded"
    partitions = len(report.manifest.partitions) if report.manifest else 0
    return f"{lane} was promoted by {report.epoch}: {partitions} partitions were put in place"


def _rows(counts: Mapping[str, Any]) -> str:
    return f"{counts['added']} rows added, {counts['removed']} removed, {counts['changed']} changed"
