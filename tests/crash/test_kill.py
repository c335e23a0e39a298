"""Goal: a real process killed or frozen at any named point of an epoch loses nothing and repeats nothing.

The auditor reads the source files and the Hive tables, never tidegate's own tables.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from crash.attempt import FENCED
from pipelines import totals
from tidegate.engine.crash import POINTS
from tidegate.engine.verify import verify
from tidegate.protocol.model import Kind, Run, Status
from tidegate.wiring import VARIABLES, Endpoints, coordinator

pytestmark = pytest.mark.services

TESTS = Path(__file__).parents[1]
COMPACT_AT = 2


class Lab:
    """A pipeline of its own in a folder of its own, run here or in other processes."""

    def __init__(self, name: str, folder: Path, endpoints: Endpoints) -> None:
        self.name = name
        self.source = folder / "in"
        self.folder = folder
        self.endpoints = endpoints
        self.definition = totals.busy(name, self.source, compact_at=COMPACT_AT)

    def arrive(self, number: int) -> None:
        totals.write(self.source, f"{number:03d}.json", totals.events(number))

    def run_here(self, key: str) -> Status | None:
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            report = engine.run(Run(key, key))
        return report.epoch.status if report else None

    def start(self, key: str, *more: str, **environment: str) -> subprocess.Popen[str]:
        given = {variable: getattr(self.endpoints, name) for name, variable in VARIABLES.items()}
        return subprocess.Popen(
            [sys.executable, str(TESTS / "crash" / "attempt.py"), self.name, str(self.source), key, *more],
            env={**os.environ, **given, **environment, "PYTHONPATH": str(TESTS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def audit(self) -> None:
        assert totals.found(self.endpoints.hiveserver2, self.name) == totals.expected(self.source)
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            assert verify(self.definition, engine.adapters, progress=print, checksums=True) == []


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path, endpoints: Endpoints) -> Lab:
    word = "".join(c if c.isalnum() else "_" for c in request.node.name.lower())
    return Lab(f"{word.strip('_')}_{uuid4().hex[:6]}", tmp_path, endpoints)


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for an event that another process makes; give up when that process ends."""
    while not what():
        if process.poll() is not None:
            raise AssertionError(f"the process ended first:\n{process.communicate()[0]}")
        time.sleep(0.05)


@pytest.mark.parametrize("point", [p for p in POINTS if p not in ("leased", "forgotten", "swept")])
def test_sigkill_in_a_compaction(lab: Lab, point: str) -> None:
    """The same while small partitions are joined: no row may be missing or stand in two partitions."""
    for number in (1, 2):
        lab.arrive(number)
        assert lab.run_here(f"run-{number}") is Status.SEALED
    lab.arrive(3)
    once = lab.folder / "fired"
    victim = lab.start("run-3", TIDEGATE_CRASH_AT=f"{point}@{lab.name}:3", TIDEGATE_CRASH_ONCE=str(once))
    output, _ = victim.communicate()
    assert victim.returncode == -signal.SIGKILL, output
    assert "planned: a compaction of 2 partitions" in output
    assert once.exists()
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
    once = lab.folder / "fired"
    where = lab.name if point == "leased" else f"{lab.name}:2"
    victim = lab.start("run-2", TIDEGATE_CRASH_AT=f"{point}@{where}", TIDEGATE_CRASH_ONCE=str(once))
    output, _ = victim.communicate()
    assert victim.returncode == -signal.SIGKILL, output
    assert once.exists(), f"{point} was never reached:\n{output}"
    assert lab.run_here("run-2") is Status.SEALED
    lab.arrive(3)
    assert lab.run_here("run-3") is Status.SEALED
    lab.audit()


def test_another_run_finishes_what_a_killed_one_left(lab: Lab) -> None:
    """No retry comes; the next scheduled run must first finish the epoch, then make its own."""
    lab.arrive(1)
    victim = lab.start(
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
    assert frozen.returncode == FENCED, output
    lab.audit()


def test_two_attempts_started_at_once(lab: Lab) -> None:
    """Whichever wins, the other ends as fenced or finds the work done, and the tables are the winner's."""
    lab.arrive(1)
    both = [lab.start("run-1"), lab.start("run-1")]
    outputs = [attempt.communicate()[0] for attempt in both]
    codes = sorted(attempt.returncode for attempt in both)
    assert codes in ([0, 0], [0, FENCED]), outputs
    lab.arrive(2)
    assert lab.run_here("run-2") is Status.SEALED
    lab.audit()
