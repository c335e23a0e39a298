"""Goal: a real process killed or frozen at any named point of an epoch loses nothing and repeats nothing."""

import signal

import pytest

from crash import attempt
from crash.lab import Lab, wait_for
from tidegate.engine.crash import POINTS
from tidegate.engine.verify import verify
from tidegate.protocol.model import Kind, Run, Status
from tidegate.wiring import coordinator

pytestmark = pytest.mark.services


@pytest.mark.parametrize("point", [p for p in POINTS if p not in ("leased", "forgotten", "swept")])
def test_sigkill_in_a_compaction(lab: Lab, point: str) -> None:
    """The same while small partitions are joined: no row may be missing or stand in two partitions."""
    for number in (1, 2):
        lab.arrive(number)
        assert lab.run_here(f"run-{number}") is Status.SEALED
    lab.arrive(3)
    assert "planned: a compaction" in lab.kill(attempt.main, "run-3", at=point, epoch=3)
    assert lab.run_here("run-3") is Status.SEALED
    with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
        kinds = {e.epoch: e.kind for e in engine.adapters.store.epochs(engine.lane_id, limit=9)}
    assert (kinds[3], kinds[4]) == (Kind.COMPACTION, Kind.EVENTS)
    lab.audit()


@pytest.mark.parametrize("point", POINTS)
def test_sigkill(lab: Lab, point: str) -> None:
    """Epoch 2's process dies at the point; its retry, and epoch 3, must leave both tables as the oracle has them."""
    lab.arrive(1)
    assert lab.run_here("run-1") is Status.SEALED
    lab.arrive(2)
    lab.kill(attempt.main, "run-2", at=point, epoch=0 if point == "leased" else 2)
    assert lab.run_here("run-2") is Status.SEALED
    lab.arrive(3)
    assert lab.run_here("run-3") is Status.SEALED
    lab.audit()


def test_another_run_finishes_what_a_killed_one_left(lab: Lab) -> None:
    """No retry comes; the next scheduled run waits for the lease, finishes the epoch, then makes its own."""
    lab.arrive(1)
    victim = lab.start_plain(
        "run-1", TIDEGATE_CRASH_AT=f"swapped@{lab.name}:1", TIDEGATE_CRASH_ONCE=str(lab.folder / "fired")
    )
    victim.communicate()
    assert victim.returncode == -signal.SIGKILL
    lab.arrive(2)
    with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
        report = engine.run(Run("run-2", "run-2"))
    assert report is not None
    assert (report.epoch.epoch, report.epoch.status) == (2, Status.SEALED)
    lab.audit()


@pytest.mark.parametrize("point", ["planned", "processed", "staged", "swapping", "swapped"])
def test_a_frozen_attempt_wakes_up_fenced(lab: Lab, point: str) -> None:
    """While one attempt is frozen another finishes the epoch; the frozen one must end as fenced and change nothing."""
    lab.arrive(1)
    stopped = lab.folder / "stopped"
    frozen = lab.start("run-1", point, str(stopped))
    wait_for(stopped.exists, frozen)
    assert lab.run_here("run-1") is Status.SEALED
    lab.arrive(2)
    assert lab.run_here("run-2") is Status.SEALED
    frozen.send_signal(signal.SIGCONT)
    output, _ = frozen.communicate()
    assert frozen.returncode == attempt.FENCED, output
    lab.audit()


@pytest.mark.parametrize("mended_by", ["the next epoch", "verify --repair"])
def test_a_frozen_publisher_that_dies_right_after_its_swap(lab: Lab, mended_by: str) -> None:
    """It wakes up behind two sealed epochs, swaps, and is gone before it can look: somebody else must mend that."""
    lab.arrive(1)
    stopped, once = lab.folder / "stopped", lab.folder / "fired"
    armed = {"TIDEGATE_CRASH_AT": f"swapped@{lab.name}:1", "TIDEGATE_CRASH_ONCE": str(once)}
    frozen = lab.start("run-1", "swapping", str(stopped), **armed)
    wait_for(stopped.exists, frozen)
    assert lab.run_here("run-1") is Status.SEALED
    lab.arrive(2)
    assert lab.run_here("run-2") is Status.SEALED
    frozen.send_signal(signal.SIGCONT)
    frozen.communicate()
    assert frozen.returncode == -signal.SIGKILL
    with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
        assert verify(lab.definition, engine.adapters, progress=print) != []
        if mended_by == "verify --repair":
            assert engine.repair(Run("repair", "a person")).partitions > 0
    if mended_by == "the next epoch":
        lab.arrive(3)
        assert lab.run_here("run-3") is Status.SEALED
    lab.audit()


def test_two_attempts_started_at_once(lab: Lab) -> None:
    """Whichever wins, the other ends as fenced or finds the work done, and the tables are the winner's."""
    lab.arrive(1)
    both = [lab.start("run-1"), lab.start("run-1")]
    outputs = [attempt.communicate()[0] for attempt in both]
    codes = sorted(attempt.returncode for attempt in both)
    assert codes in ([0, 0], [0, attempt.FENCED]), outputs
    lab.arrive(2)
    assert lab.run_here("run-2") is Status.SEALED
    lab.audit()
