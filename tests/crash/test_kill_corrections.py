"""Goal: a correction that is killed is made whole or not at all; asked again, it is made."""

import pytest

from crash import attempt, correct
from crash.lab import Lab
from pipelines import totals
from tidegate.protocol.model import Status
from tidegate.wiring import coordinator

pytestmark = pytest.mark.services


@pytest.mark.parametrize(("point", "epoch", "left"), [("leased", 0, "PLANNED"), ("corrected", 1, "ABANDONED")])
def test_sigkill_while_a_file_is_skipped(lab: Lab, point: str, epoch: int, left: str) -> None:
    for number in (1, 2):
        lab.arrive(number)
    lab.kill(attempt.main, "run-1", at="planned", epoch=1)
    lab.kill(correct.main, at=point, epoch=epoch)
    with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
        (found,) = engine.adapters.store.epochs(engine.lane_id, limit=9)
        assert str(found.status) == left
        assert len(engine.adapters.store.corrected(lab.name)) == (left == "ABANDONED")
    lab.finish(correct.main)
    assert lab.run_here("run-1") is Status.SEALED
    (lab.source / "001.json").rename(lab.folder / "skipped")  # what is left is what the tables hold
    lab.audit(totals.expected(lab.source))
