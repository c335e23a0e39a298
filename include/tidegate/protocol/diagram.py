"""The states as a diagram, drawn from the table of transitions: `docs/protocol.md` shows it, and a test compares."""

from tidegate.protocol.model import Status
from tidegate.protocol.transitions import TRANSITIONS


def mermaid() -> str:
    """The text of a Mermaid state diagram. Adoption by a new attempt, which changes no status, is a loop."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.PLANNED}: EpochPlanned"]
    lines += [f"    {source} --> {target}: {event}" for (source, event), target in TRANSITIONS.items()]
    targets = set(TRANSITIONS.values())
    final = [s for s in Status if s in targets and all(source is not s for source, _ in TRANSITIONS)]
    lines += [f"    {status} --> [*]" for status in final]
    return "\n".join(lines) + "\n"
