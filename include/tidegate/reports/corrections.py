"""What people correct to lead a pipeline out of a stop."""

from typing import Any

from tidegate.api.pipeline import Definition
from tidegate.engine.corrections import Correction
from tidegate.engine.repairing import Repaired
from tidegate.protocol.ledger import place
from tidegate.protocol.spelling import printable


def correction_summary(definition: Definition, found: Correction) -> dict[str, Any]:
    """What a correction changes, or has changed: slices by their keys, of one of several sources behind its uid."""
    epoch, named = found.gives_up, len(definition.sources) > 1
    return {
        "pipeline": definition.name,
        "gives_up": epoch and {"epoch": epoch.epoch, "kind": str(epoch.kind), "failure": epoch.failure_message},
        "renewed": [place(s, named=named) for s in found.slices if not s.skipped and s not in found.recut],
        "recut": [place(s, named=named) for s in found.recut],
        "skipped": [place(s, named=named) for s in found.slices if s.skipped],
        "missing": list(found.missing),
    }


def correction_sentences(summary: dict[str, Any]) -> list[str]:
    """What changes, for people, a line each."""
    lines = []
    if epoch := summary["gives_up"]:
        lines.append(f"{summary['pipeline']}: epoch {epoch['epoch']} is given up; the next run plans it anew")
    lines += [f"{printable(key)} is taken as it is now" for key in summary["renewed"]]
    lines += [f"{printable(key)} is cut anew, within the limits that its source has now" for key in summary["recut"]]
    lines += [f"{printable(key)} is skipped from now on" for key in summary["skipped"]]
    return lines or [f"{summary['pipeline']}: there is nothing to give up or to skip that is not already"]


def repaired_sentence(done: Repaired) -> str:
    """What a repair has brought back."""
    return f"{done.manifests} manifests were brought back, {done.partitions} partitions repaired"
