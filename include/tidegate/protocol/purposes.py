"""What an epoch's purpose means to the rest: one table, asked wherever it matters which purpose an epoch has.

Only what is made for it (`engine.work`), and which epoch it starts from (the store's plan), tells the purposes apart by
themselves.
"""

from dataclasses import dataclass

from tidegate.protocol.model import Epoch, Kind, Promotion, Purpose, Rollback


@dataclass(frozen=True)
class Traits:
    """What purposes of one kind have in common.

    Args:
        reads_sources: its ranges may hold slices, which are read, looked at again before it is staged, counted, and can
            be replayed. The ranges of the others are empty.
        keeps_line: it lies behind the epoch before it. Else it goes back: what the tables show lies behind another one.
        keeps_state: it starts from the state of the epoch behind which it lies. None: the purpose itself says.
    """

    reads_sources: bool
    keeps_line: bool
    keeps_state: bool | None


TRAITS: dict[Kind, Traits] = {
    Kind.EVENTS: Traits(reads_sources=True, keeps_line=True, keeps_state=True),
    Kind.COMPACTION: Traits(reads_sources=False, keeps_line=True, keeps_state=True),
    Kind.ROLLBACK: Traits(reads_sources=False, keeps_line=False, keeps_state=True),
    Kind.PROMOTION: Traits(reads_sources=False, keeps_line=True, keeps_state=None),
}


def reads_sources(kind: Kind) -> bool:
    """True for epochs of events."""
    return TRAITS[kind].reads_sources


def behind(epoch: Epoch) -> int:
    """The number of the epoch behind which this one lies in what the tables show; 0 is before the first."""
    to = goes_back_to(epoch.purpose)
    return epoch.epoch - 1 if to is None or TRAITS[epoch.kind].keeps_line else to


def keeps_state(purpose: Purpose) -> bool:
    """True when it starts from the state of the epoch behind which it lies."""
    told = TRAITS[purpose.kind].keeps_state
    return told if told is not None else isinstance(purpose, Promotion) and purpose.keeps_state


def goes_back_to(purpose: Purpose) -> int | None:
    """The earlier epoch from which it takes what the tables were then (0: before the first); None when from none."""
    match purpose:
        case Rollback(to):
            return to
        case Promotion(base=base):
            return base
    return None


def takes_lane(purpose: Purpose) -> str | None:
    """The lane whose output it takes; None when it takes none."""
    return purpose.lane if isinstance(purpose, Promotion) else None
