"""The states as diagrams, drawn from the tables of transitions: `docs/protocol.md` shows them, and a test compares."""

from collections.abc import Iterable
from enum import StrEnum

from tidegate.protocol.model import LaneStatus, Status
from tidegate.protocol.transitions import LANE_TRANSITIONS, TRANSITIONS, LaneEvent


def mermaid() -> str:
    """The text of a Mermaid state diagram of epochs. Adoption by a new attempt, which changes no status, is a loop."""
    return _drawn(f"{Status.PLANNED}: EpochPlanned", TRANSITIONS.items())


def mermaid_of_lanes() -> str:
    """The same of forked lanes."""
    return _drawn(f"{LaneStatus.OPEN}: {LaneEvent.FORKED}", LANE_TRANSITIONS.items())


def _drawn(first: str, table: Iterable[tuple[tuple[StrEnum, StrEnum], StrEnum]]) -> str:
    drawn = [(source, event, target) for (source, event), target in table]
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {source} --> {target}: {event}" for source, event, target in drawn]
    sources, targets = {source for source, _, _ in drawn}, dict.fromkeys(target for _, _, target in drawn)
    lines += [f"    {status} --> [*]" for status in targets if status not in sources]
    return "\n".join(lines) + "\n"
