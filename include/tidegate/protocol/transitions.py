"""The states and transitions of epochs, and those of lanes, each in one table.

    PLANNED ──FilesStaged──▶ STAGED ──PartitionsPublished──▶ PUBLISHED ──EpochSealed──▶ SEALED
       └──EpochAbandoned──▶ ABANDONED

Every event carries the fence of the attempt that reports it. The checkpoint store makes the change as a
compare-and-set on (status, fence); this module says what a refused change means. It does no I/O, so it is tested
for every state and event, and an event that is refused leaves the state unchanged.
"""

from dataclasses import dataclass
from enum import StrEnum

from tidegate.protocol.model import LaneStatus, Status


class Event(StrEnum):
    """What happened to an epoch, in the past tense."""

    ATTEMPT_ADOPTED = "AttemptAdopted"
    FILES_STAGED = "FilesStaged"
    PARTITIONS_PUBLISHED = "PartitionsPublished"
    EPOCH_SEALED = "EpochSealed"
    EPOCH_ABANDONED = "EpochAbandoned"


class Verdict(StrEnum):
    """How an event was taken. Only ACCEPTED changes anything."""

    ACCEPTED = "ACCEPTED"
    ALREADY = "ALREADY"  # the same attempt made this change before: its answer was lost
    FENCED = "FENCED"  # a newer attempt took over
    ILLEGAL = "ILLEGAL"  # no attempt may do this from here


TRANSITIONS: dict[tuple[Status, Event], Status] = {
    (Status.PLANNED, Event.ATTEMPT_ADOPTED): Status.PLANNED,
    (Status.STAGED, Event.ATTEMPT_ADOPTED): Status.STAGED,
    (Status.PUBLISHED, Event.ATTEMPT_ADOPTED): Status.PUBLISHED,
    (Status.PLANNED, Event.FILES_STAGED): Status.STAGED,
    (Status.STAGED, Event.PARTITIONS_PUBLISHED): Status.PUBLISHED,
    (Status.PUBLISHED, Event.EPOCH_SEALED): Status.SEALED,
    (Status.PLANNED, Event.EPOCH_ABANDONED): Status.ABANDONED,
}

_ORDER = (Status.PLANNED, Status.STAGED, Status.PUBLISHED, Status.SEALED)


@dataclass(frozen=True)
class Standing:
    """The part of an epoch row that decides: its status and the newest fence of its lane."""

    status: Status
    fence: int


def source_of(event: Event) -> Status:
    """The one status that `event` starts from: what the compare-and-set compares with."""
    sources = [status for (status, e) in TRANSITIONS if e is event]
    if len(sources) != 1:
        raise ValueError(f"{event} starts from {sources}, not from one status")
    return sources[0]


def apply(standing: Standing, event: Event, *, fence: int) -> tuple[Standing, Verdict]:
    """Take one event of the attempt that holds `fence`; return the new standing and the verdict.

    An adoption must bring a larger fence than any before; every other event must come from the newest one (I4).
    """
    target = TRANSITIONS.get((standing.status, event))
    if event is Event.ATTEMPT_ADOPTED:
        if fence <= standing.fence:
            return standing, Verdict.FENCED
        return (Standing(target, fence), Verdict.ACCEPTED) if target else (standing, Verdict.ILLEGAL)
    if fence != standing.fence:
        return standing, Verdict.FENCED
    if target is not None:
        return Standing(target, fence), Verdict.ACCEPTED
    return standing, Verdict.ALREADY if _is_past(standing.status, event) else Verdict.ILLEGAL


def _is_past(status: Status, event: Event) -> bool:
    """True when `status` can only have been reached through `event`."""
    if event is Event.EPOCH_ABANDONED:
        return status is Status.ABANDONED
    reached = TRANSITIONS[source_of(event), event]
    return status in _ORDER and _ORDER.index(status) >= _ORDER.index(reached)


class LaneEvent(StrEnum):
    """What happened to a forked lane, in the past tense."""

    FORKED = "LaneForked"
    PROMOTED = "PromotionPlanned"
    REOPENED = "PromotionAbandoned"
    DISCARDED = "LaneDiscarded"


LANE_TRANSITIONS: dict[tuple[LaneStatus, LaneEvent], LaneStatus] = {
    (LaneStatus.OPEN, LaneEvent.PROMOTED): LaneStatus.PROMOTED,
    (LaneStatus.OPEN, LaneEvent.DISCARDED): LaneStatus.DISCARDED,
    (LaneStatus.PROMOTED, LaneEvent.REOPENED): LaneStatus.OPEN,
    # the name of a lane that is over is used again
    (LaneStatus.PROMOTED, LaneEvent.FORKED): LaneStatus.OPEN,
    (LaneStatus.DISCARDED, LaneEvent.FORKED): LaneStatus.OPEN,
}


def lane_sources(event: LaneEvent) -> tuple[LaneStatus, ...]:
    """Where a change of a lane may start: what its compare-and-set compares with."""
    return tuple(status for (status, e) in LANE_TRANSITIONS if e is event)


def lane_target(event: LaneEvent) -> LaneStatus:
    """Where a change of a lane leads."""
    return LANE_TRANSITIONS[lane_sources(event)[0], event]


def apply_to_lane(status: LaneStatus, event: LaneEvent) -> Verdict:
    """How an event is taken. A lane that is over may be told so again; nothing else is repeated in silence."""
    if (status, event) in LANE_TRANSITIONS:
        return Verdict.ACCEPTED
    return Verdict.ALREADY if status is lane_target(event) is not LaneStatus.OPEN else Verdict.ILLEGAL
