"""Goal: a run's report says what the run did for others before its own epoch.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

from typing import Any

import pytest

from model.alone import Alone
from model.scenarios import BOTH, ONE
from tidegate.engine.rollback import roll_back
from tidegate.errors import UnavailableError
from tidegate.protocol.model import Run, Status
from tidegate.reports.epochs import report_summary, sentence

FAILS, NEXT, BACK = Run("fails", "fails"), Run("next", "next"), Run("back", "back")


@pytest.fixture
def left() -> Alone:
    """Epoch 5 is planned by a run that failed; one more file waits."""
    alone = Alone(BOTH, ONE, ONE)
    roll_back(alone.engine, BACK, to_epoch=1)
    alone.broken = lambda method: method == "read"
    with pytest.raises(UnavailableError):
        alone.engine.run(FAILS)
    alone.broken = lambda method: False
    return alone


def told(epochs: tuple[Any, ...]) -> list[tuple[int, str, Status]]:
    return [(e.epoch, e.run.key, e.status) for e in epochs]


def test_an_epoch_that_was_left_behind_is_told_beside_the_runs_own(left: Alone) -> None:
    report = left.engine.run(NEXT)
    assert report is not None
    assert (report.epoch.epoch, report.epoch.run.key) == (6, "next")
    assert (told(report.finished), report.given_up) == ([(5, "fails", Status.SEALED)], ())
    assert sentence(report_summary(report)).endswith("; finished first: epoch 5 of run fails")


def test_a_run_with_nothing_to_do_has_no_report(left: Alone) -> None:
    left.engine.run(NEXT)
    assert left.engine.run(Run("again", "again")) is None


def test_an_epoch_that_a_rollback_gave_up_is_told(left: Alone) -> None:
    report = roll_back(left.engine, Run("back again", "back"), to_epoch=1)
    assert (report.finished, told(report.given_up)) == ((), [(5, "fails", Status.PLANNED)])
    assert sentence(report_summary(report)).endswith("; given up first: epoch 5 of run fails")


def test_a_report_tells_of_its_own_run_only(left: Alone) -> None:
    engine = left.engine
    engine.run(NEXT)
    head = engine.head()
    assert head is not None
    assert (head.epoch.run.key, head.finished) == ("next", ())
