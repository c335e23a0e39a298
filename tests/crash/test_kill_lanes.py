"""Goal: a replay or promotion that is killed at any point leaves live as it was; asking again finishes it."""

import pytest

from crash import reprocess
from crash.lab import Lab
from faults.leases import run_out
from pipelines import totals
from tidegate.engine.crash import POINTS
from tidegate.engine.lanes import Lanes
from tidegate.engine.verify import verify
from tidegate.protocol.model import Kind, LaneStatus, Run, Status
from tidegate.wiring import coordinator

pytestmark = pytest.mark.services

OF_AN_EPOCH = [p for p in POINTS if p not in ("leased", "forgotten", "swept")]
UNSEEN = ("exposed", "swapping", "swapped", "published", "read_back")
"""Points that an epoch of a lane does not have: nothing of it is shown."""


def shown(lab: Lab) -> totals.Tables:
    return totals.found(lab.endpoints.hiveserver2, lab.name)


@pytest.fixture
def live(lab: Lab) -> Lab:
    for number in (1, 2):
        lab.arrive(number)
        assert lab.run_here(f"run-{number}") is Status.SEALED
    return lab


@pytest.mark.parametrize(("point", "epoch"), [("forked", 0), *((p, 2) for p in OF_AN_EPOCH if p not in UNSEEN)])
def test_sigkill_in_a_replay(live: Lab, point: str, epoch: int) -> None:
    before = shown(live)
    live.kill(reprocess.main, "replay", at=point, epoch=epoch)
    assert shown(live) == before
    live.audit()
    live.finish(reprocess.main, "replay")
    live.finish(reprocess.main, "promote")
    assert doubled(live)


@pytest.mark.parametrize(
    ("point", "then"),
    [*((p, "asked again") for p in OF_AN_EPOCH), *((p, "a live run") for p in ("planned", "staged", "swapped"))],
)
def test_sigkill_in_a_promotion(live: Lab, point: str, then: str) -> None:
    """Readers see the old window or the new one; the next attempt, or a live epoch that comes first, finishes it."""
    live.finish(reprocess.main, "replay")
    before = shown(live)
    live.kill(reprocess.main, "promote", at=point, epoch=3)
    assert shown(live) == before or doubled(live)
    if then == "a live run":
        run_out(live.endpoints.checkpoint, live.name)
        live.arrive(3)
        assert live.run_here("run-3") is Status.SEALED
        with coordinator(live.definition, live.endpoints, progress=print) as engine:
            kinds = [e.kind for e in engine.adapters.store.epochs(engine.lane_id, limit=9)]
        assert Kind.PROMOTION in kinds
    live.finish(reprocess.main, "promote")
    if then == "asked again":
        assert doubled(live)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        assert verify(live.definition, engine.adapters, progress=print, checksums=True) == []


def test_a_lane_is_given_up_under_a_killed_replay(live: Lab) -> None:
    before = shown(live)
    live.kill(reprocess.main, "replay", at="staged", epoch=2)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        Lanes(engine).discard("fix")
        engine.clean(Run("clean", "clean"), dry_run=False)
    assert shown(live) == before
    live.audit()


def test_sigkill_behind_a_discard(live: Lab) -> None:
    """The lane is over: what it made is deleted, and its name may be used again."""
    live.finish(reprocess.main, "replay")
    live.kill(reprocess.main, "discard", at="discarded", epoch=0)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        assert [f.status for f in Lanes(engine).all()] == [LaneStatus.DISCARDED]
    live.audit()
    live.finish(reprocess.main, "replay")
    live.finish(reprocess.main, "promote")
    assert doubled(live)


def doubled(lab: Lab) -> bool:
    """True when every total is what the changed code makes: twice the oracle's."""
    return list(shown(lab)) == [totals.doubled(rows) for rows in totals.expected(lab.source)]
