"""Goal: a clone that is killed at any point is finished or taken back, and what it shows is not deleted meanwhile."""

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
    live.kill(clone.main, "clone", at=point, epoch=1)
    first = goes_on(live)
    live.finish(clone.main, "clone")
    assert shown(live) == first
    live.audit()


def test_sigkill_before_a_clone_is_noted(live: Lab) -> None:
    """Nothing keeps the files yet: asking again in time makes it."""
    live.kill(clone.main, "clone", at="leased", epoch=0)
    live.audit()
    live.finish(clone.main, "clone")
    assert shown(live) == goes_on(live)
    live.audit()


def test_sigkill_while_a_clone_is_dropped(live: Lab) -> None:
    """Readers do not see it any more, and its files stay until asking again drops the note."""
    live.finish(clone.main, "clone")
    live.kill(clone.main, "drop", at="clone_dropped", epoch=1)
    goes_on(live)
    with coordinator(live.definition, live.endpoints, progress=print) as engine:
        (noted,) = Clones(engine).all()
        assert engine.adapters.sink.shown(noted) is None
        assert all(engine.adapters.storage.sizes(p.location) for p in Clones(engine).partitions(noted))
        (found,) = verify(live.definition, engine.adapters, progress=print, checksums=True)
        assert "make it again, or drop it" in found.problem
    live.finish(clone.main, "drop")
    live.audit()
