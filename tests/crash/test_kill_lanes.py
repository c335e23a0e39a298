"""Goal: a replay or promotion that is killed at any point leaves live as it was; asking again finishes it."""

import signal

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


def kill(lab: Lab, work: str, point: str, epoch: int) -> None:
    once = lab.folder / "fired"
    environment = {"TIDEGATE_CRASH_AT": f"{point}@{lab.name}:{epoch}", "TIDEGATE_CRASH_ONCE": str(once)}
    victim = lab.fork(reprocess.main, work, **environment)
    output, _ = victim.communicate()
    assert victim.returncode == -signal.SIGKILL, output
    assert once.exists(), f"{point} was never reached:\n{output}"


def finish(lab: Lab, work: str) -> None:
    done = lab.fork(reprocess.main, work)
    output, _ = done.communicate()
    assert done.returncode == 0, output


def shown(lab: Lab) -> tuple[list[object], ...]:
    return tuple(totals.found(lab.endpoints.hiveserver2, lab.name))


@pytest.fixture
def live(lab: Lab) -> Lab:
    for number in (1, 2):
        lab.arrive(number)
        assert lab.run_here(f"run-{number}") is Status.SEALED
    return lab


@pytest.mark.parametrize(("point", "epoch"), [("forked", 0), *((p, 2) for p in OF_AN_EPOCH if p not in UNSEEN)])
def test_sigkill_in_a_replay(live: Lab, point: str, epoch: int) -> None:
    before = shown(live)
    kill(live, "replay", point, epoch)
    assert shown(live) == before
    live.audit()
    finish(live, "replay")
    finish(live, "promote")
    assert doubled(live)


@pytest.mark.parametrize(
    ("point", "then"),
    [*((p, "asked again") for p in OF_AN_EPOCH), *((p, "a live run") for p in ("planned", "staged", "swapped"))],
)
def test_sigkill_in_a_promotion(live: Lab, point: str, then: str) -> None:
    """Readers see the old window or the new one; the next attempt, or a live epoch that comes first, finishes it."""
    finish(live, "replay")
    before = shown(live)
    kill(live, "promote", point, 3)
    assert shown(live) == before or doubled(live)
    if then == "a live run":
        run_out(live.endpoints.checkpoint, live.name)
        live.arrive(3)
        assert live.run_here("run-3") is Status.SEALED
        with coordinator(live.definition, live.endpoints, progress=print) as engine:
            kinds = [e.kind for e in engine.adapters.store.epochs(engine.lane_id, limit=9)]
        assert Kind.PROMOTION in kinds
    finish(live, "promote")
    if then == "asked again":
        assert doubled(live)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        assert verify(live.definition, engine.adapters, progress=print, checksums=True) == []


def test_a_lane_is_given_up_under_a_killed_replay(live: Lab) -> None:
    before = shown(live)
    kill(live, "replay", "staged", 2)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        Lanes(engine).discard("fix")
        engine.clean(Run("clean", "clean"), dry_run=False)
    assert shown(live) == before
    live.audit()


def test_sigkill_behind_a_discard(live: Lab) -> None:
    """The lane is over: what it made is deleted, and its name may be used again."""
    finish(live, "replay")
    kill(live, "discard", "discarded", 0)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        assert [f.status for f in Lanes(engine).all()] == [LaneStatus.DISCARDED]
    live.audit()
    finish(live, "replay")
    finish(live, "promote")
    assert doubled(live)


def doubled(lab: Lab) -> bool:
    """True when every total is what the changed code makes: twice the oracle's."""
    return list(shown(lab)) == [totals.doubled(rows) for rows in totals.expected(lab.source)]
