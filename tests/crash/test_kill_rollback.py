"""Goal: a rollback that is killed or frozen at any named point ends as one that was not, and so does what it undoes."""

import signal

import pytest

from crash import attempt
from crash.lab import Lab, wait_for
from faults.leases import run_out
from pipelines.totals import Tables
from tidegate.engine.crash import POINTS
from tidegate.protocol.model import Kind, Status
from tidegate.wiring import coordinator

pytestmark = pytest.mark.services

BACK_TO, ROLLBACK = 2, 5
"""Epochs 1 and 2 process files 1 and 2; 3 joins their partitions, 4 processes file 3; 5 is the rollback, over both."""


@pytest.fixture
def behind(lab: Lab) -> Tables:
    """Four epochs are there; what the tables held behind the second."""
    for number in (1, 2):
        lab.arrive(number)
        assert lab.run_here(f"run-{number}") is Status.SEALED
    found = lab.found()
    lab.arrive(3)
    assert lab.run_here("run-3") is Status.SEALED
    return found


def kinds(lab: Lab) -> dict[int, Kind]:
    with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
        epochs = engine.adapters.store.epochs(engine.lane_id, limit=9)
    return {e.epoch: e.kind for e in epochs if e.status is Status.SEALED}


def killed(lab: Lab, point: str) -> None:
    lab.kill(attempt.main, f"back-{BACK_TO}", at=point, epoch=0 if point == "leased" else ROLLBACK)


@pytest.mark.parametrize("point", [p for p in POINTS if p not in ("forgotten", "swept")])
def test_sigkill_in_a_rollback(lab: Lab, behind: Tables, point: str) -> None:
    """Its retry must leave the tables as they were; then the same input must make the same rows again."""
    killed(lab, point)
    done = lab.back_here(BACK_TO)
    assert (done.epoch, done.kind, done.status) == (ROLLBACK, Kind.ROLLBACK, Status.SEALED)
    lab.audit(behind)
    assert lab.run_here("again") is Status.SEALED
    lab.audit()


@pytest.mark.parametrize("point", ["planned", "processed", "swapped", "published"])
def test_a_scheduled_run_comes_instead_of_the_retry(lab: Lab, behind: Tables, point: str) -> None:
    """It finishes the rollback, then takes the input that comes next: that of the epoch that was undone."""
    killed(lab, point)
    run_out(lab.endpoints.checkpoint, lab.name)
    assert lab.run_here("scheduled") is Status.SEALED
    sealed = kinds(lab)
    assert (sealed[ROLLBACK], sealed[max(sealed)]) == (Kind.ROLLBACK, Kind.EVENTS)
    lab.audit()
    assert lab.back_here(BACK_TO).epoch == ROLLBACK  # the late retry finds its work done
    lab.audit()


@pytest.mark.parametrize("point", ["swapping", "swapped"])
def test_a_frozen_publisher_whose_epoch_was_undone_meanwhile(lab: Lab, behind: Tables, point: str) -> None:
    """It wakes up fenced, and its swap must not bring back what was undone."""
    lab.arrive(4)
    stopped = lab.folder / "stopped"
    frozen = lab.start("run-4", point, str(stopped))
    wait_for(stopped.exists, frozen)
    run_out(lab.endpoints.checkpoint, lab.name)
    lab.back_here(BACK_TO)  # finishes epoch 5 or 6 first, and goes back over it
    lab.audit(behind)
    frozen.send_signal(signal.SIGCONT)
    output, _ = frozen.communicate()
    assert frozen.returncode == attempt.FENCED, output
    lab.audit(behind)
    for key in ("again-3", "again-4"):
        assert lab.run_here(key) is Status.SEALED
    lab.audit()


@pytest.mark.parametrize("point", ["swapping", "swapped"])
def test_a_frozen_rollback_wakes_up_behind_the_next_epoch(lab: Lab, behind: Tables, point: str) -> None:
    """Another attempt finishes it and the input comes again; the frozen one must not take that back."""
    stopped = lab.folder / "stopped"
    frozen = lab.start(f"back-{BACK_TO}", point, str(stopped))
    wait_for(stopped.exists, frozen)
    lab.back_here(BACK_TO)
    assert lab.run_here("again") is Status.SEALED
    frozen.send_signal(signal.SIGCONT)
    output, _ = frozen.communicate()
    assert frozen.returncode == attempt.FENCED, output
    lab.audit()
