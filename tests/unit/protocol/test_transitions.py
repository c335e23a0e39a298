"""Goal: every state and event has one verdict, and a refused event changes nothing."""

import itertools

import pytest

from tidegate.protocol.model import LaneStatus, Status
from tidegate.protocol.transitions import (
    LANE_TRANSITIONS,
    TRANSITIONS,
    Event,
    LaneEvent,
    Standing,
    Verdict,
    apply,
    apply_to_lane,
    lane_sources,
    lane_target,
    source_of,
)

LEGAL = {
    (Status.PLANNED, Event.FILES_STAGED): Status.STAGED,
    (Status.STAGED, Event.PARTITIONS_PUBLISHED): Status.PUBLISHED,
    (Status.PUBLISHED, Event.EPOCH_SEALED): Status.SEALED,
    (Status.PLANNED, Event.EPOCH_ABANDONED): Status.ABANDONED,
}
ALREADY = {
    (Status.STAGED, Event.FILES_STAGED),
    (Status.PUBLISHED, Event.FILES_STAGED),
    (Status.SEALED, Event.FILES_STAGED),
    (Status.PUBLISHED, Event.PARTITIONS_PUBLISHED),
    (Status.SEALED, Event.PARTITIONS_PUBLISHED),
    (Status.SEALED, Event.EPOCH_SEALED),
    (Status.ABANDONED, Event.EPOCH_ABANDONED),
}


@pytest.mark.parametrize(
    ("status", "event"), [(s, e) for s, e in itertools.product(Status, Event) if e is not Event.ATTEMPT_ADOPTED]
)
def test_the_newest_attempts_event(status: Status, event: Event) -> None:
    before = Standing(status, 7)
    after, verdict = apply(before, event, fence=7)
    if (status, event) in LEGAL:
        assert (after, verdict) == (Standing(LEGAL[status, event], 7), Verdict.ACCEPTED)
    else:
        assert after == before
        assert verdict is (Verdict.ALREADY if (status, event) in ALREADY else Verdict.ILLEGAL)


@pytest.mark.parametrize(("status", "event"), list(itertools.product(Status, Event)))
def test_an_older_attempt_is_fenced(status: Status, event: Event) -> None:
    before = Standing(status, 7)
    assert apply(before, event, fence=6) == (before, Verdict.FENCED)


@pytest.mark.parametrize("status", Status)
def test_adoption_needs_a_larger_fence(status: Status) -> None:
    before = Standing(status, 7)
    assert apply(before, Event.ATTEMPT_ADOPTED, fence=7) == (before, Verdict.FENCED)


@pytest.mark.parametrize("status", Status)
def test_adoption_takes_a_larger_fence(status: Status) -> None:
    after, verdict = apply(Standing(status, 7), Event.ATTEMPT_ADOPTED, fence=8)
    if status in (Status.SEALED, Status.ABANDONED):
        assert (after, verdict) == (Standing(status, 7), Verdict.ILLEGAL)
    else:
        assert (after, verdict) == (Standing(status, 8), Verdict.ACCEPTED)


def test_nothing_leads_back() -> None:
    order = [Status.PLANNED, Status.STAGED, Status.PUBLISHED, Status.SEALED, Status.ABANDONED]
    for (before, event), after in TRANSITIONS.items():
        assert order.index(after) >= order.index(before), event


def test_the_compare_and_set_compares_with_one_status() -> None:
    assert source_of(Event.FILES_STAGED) is Status.PLANNED
    with pytest.raises(ValueError, match="not from one status"):
        source_of(Event.ATTEMPT_ADOPTED)


LEGAL_OF_LANES = {
    (LaneStatus.OPEN, LaneEvent.PROMOTED),
    (LaneStatus.OPEN, LaneEvent.DISCARDED),
    (LaneStatus.PROMOTED, LaneEvent.REOPENED),
    (LaneStatus.PROMOTED, LaneEvent.FORKED),
    (LaneStatus.DISCARDED, LaneEvent.FORKED),
}
ALREADY_OF_LANES = {(LaneStatus.PROMOTED, LaneEvent.PROMOTED), (LaneStatus.DISCARDED, LaneEvent.DISCARDED)}


@pytest.mark.parametrize(("status", "event"), list(itertools.product(LaneStatus, LaneEvent)))
def test_an_event_of_a_lane(status: LaneStatus, event: LaneEvent) -> None:
    """One that is open is never forked or reopened in silence: somebody works on it."""
    legal, already = (status, event) in LEGAL_OF_LANES, (status, event) in ALREADY_OF_LANES
    expected = Verdict.ACCEPTED if legal else Verdict.ALREADY if already else Verdict.ILLEGAL
    assert apply_to_lane(status, event) is expected
    assert (status in lane_sources(event)) is legal


def test_an_event_of_a_lane_leads_to_one_status() -> None:
    for (_, event), target in LANE_TRANSITIONS.items():
        assert lane_target(event) is target
