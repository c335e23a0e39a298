"""Goal: a clone that is killed at any point is finished or taken back, and what it shows is not deleted meanwhile."""

import signal
from datetime import timedelta

import pytest

from crash import clone
from crash.lab import COMPACT_AT, Lab
from pipelines import totals
from tidegate import Retention
from tidegate.engine.clones import Clones
from tidegate.engine.verify import verify
from tidegate.protocol.model import Status
from tidegate.wiring import coordinator

pytestmark = pytest.mark.services


def kill(lab: Lab, work: str, point: str, epoch: int) -> None:
    once = lab.folder / f"fired-{work}"
    environment = {"TIDEGATE_CRASH_AT": f"{point}@{lab.name}:{epoch}", "TIDEGATE_CRASH_ONCE": str(once)}
    victim = lab.fork(clone.main, work, **environment)
    output, _ = victim.communicate()
    assert victim.returncode == -signal.SIGKILL, output
    assert once.exists(), f"{point} was never reached:\n{output}"


def finish(lab: Lab, work: str) -> None:
    done = lab.fork(clone.main, work)
    output, _ = done.communicate()
    assert done.returncode == 0, output


def shown(lab: Lab) -> list[tuple[object, ...]]:
    """What readers of the clone see."""
    return totals.read(lab.endpoints.hiveserver2, f"c.{lab.name}")[0]


@pytest.fixture
def live(lab: Lab) -> Lab:
    """One epoch, behind which nothing is kept but what something leads to."""
    frugal = Retention(epochs=1, grace=timedelta(0))
    lab.definition = totals.pipeline(
        lab.name, lab.source, compact_at=COMPACT_AT, retention=frugal, source={"max_files": 1}
    )
    lab.arrive(1)
    assert lab.run_here("run-1") is Status.SEALED
    return lab


def goes_on(lab: Lab) -> list[tuple[object, ...]]:
    """Later epochs replace every partition of the first, and clean up until it is forgotten; what it had shown."""
    first = totals.expected(lab.source)[0]
    for number in (2, 3, 4):
        lab.arrive(number)
        assert lab.run_here(f"run-{number}") is Status.SEALED
    with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
        assert 1 not in {e.epoch for e in engine.adapters.store.epochs(engine.lane_id, limit=99)}
    return first


@pytest.mark.parametrize("point", ["clone_recorded", "cloned"])
def test_sigkill_while_a_clone_is_made(live: Lab, point: str) -> None:
    """From the moment that it is noted, no clean-up deletes its files; asking again finishes it."""
    kill(live, "clone", point, 1)
    first = goes_on(live)
    finish(live, "clone")
    assert shown(live) == first
    live.audit()


def test_sigkill_before_a_clone_is_noted(live: Lab) -> None:
    """Nothing keeps the files yet: asking again in time makes it."""
    kill(live, "clone", "leased", 0)
    live.audit()
    finish(live, "clone")
    assert shown(live) == goes_on(live)
    live.audit()


def test_sigkill_while_a_clone_is_dropped(live: Lab) -> None:
    """Readers do not see it any more, and its files stay until asking again drops the note."""
    finish(live, "clone")
    kill(live, "drop", "clone_dropped", 1)
    goes_on(live)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        (clone,) = Clones(engine).all()
        assert engine.adapters.sink.shown(clone) is None
        assert all(engine.adapters.storage.sizes(p.location) for p in Clones(engine).partitions(clone))
        (found,) = verify(live.definition, engine.adapters, progress=print, checksums=True)
        assert "make it again, or drop it" in found.problem
    finish(live, "drop")
    live.audit()
