"""Goal: runs leave a paused epoch alone, and a person's ways out do not.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

from typing import Any

import pytest

from model.alone import Alone
from model.scenarios import BOTH, ONE
from tidegate.adapters.checkpoint.rows import from_ms
from tidegate.engine.rollback import roll_back
from tidegate.errors import PausedError, UserFunctionError
from tidegate.protocol.model import LaneId, Run, Status

FAILS, OTHER, BACK = Run("fails", "fails"), Run("other", "other"), Run("back", "back")


class Pausing(Alone):
    """Its calls of `fails` raise."""

    fails = ""

    def _ask(self, system: int, method: str, *args: Any, **kwargs: Any) -> Any:
        if method == self.fails:
            raise UserFunctionError("own words")
        return super()._ask(system, method, *args, **kwargs)


@pytest.fixture(params=["read", "begin_swap"])
def paused(request: pytest.FixtureRequest) -> Pausing:
    """An epoch that is PLANNED, or STAGED, and paused; one file of input is before it."""
    alone = Pausing(BOTH, ONE)
    roll_back(alone.engine, Run("back-1", "a person"), to_epoch=1)
    alone.fails = request.param
    with pytest.raises(UserFunctionError):
        alone.engine.run(FAILS)
    alone.fails = ""
    ((key, row),) = [(k, r) for k, r in alone.tables.epochs.items() if r["status"] in ("PLANNED", "STAGED")]
    said = {"failures": 3, "failure_kind": "user_function", "failure_message": "own words", "paused_at": from_ms(1)}
    alone.tables.epochs[key] = row | said
    alone.calls.clear()
    return alone


@pytest.mark.parametrize("run", [FAILS, OTHER])
def test_no_run_tries_it_again(paused: Pausing, run: Run) -> None:
    before = paused.durable()
    for work in (paused.engine.process, paused.engine.run):
        with pytest.raises(PausedError, match="3 attempts in a row ended with user_function: own words"):
            work(run)
        assert paused.calls[-1] == "fail"  # which gives the lease back
    assert paused.durable() == before


def test_publish_leaves_it_too(paused: Pausing) -> None:
    with pytest.raises(PausedError):
        paused.engine.publish(FAILS)


def test_a_rollback_goes_back_over_it(paused: Pausing) -> None:
    """It is a person who asks: what is only planned is given up, what is staged finished and undone."""
    roll_back(paused.engine, BACK, to_epoch=0)
    report = paused.engine.run(OTHER)
    assert report is not None
    assert report.epoch.status is Status.SEALED
    assert paused.engine.adapters.store.unfinished(LaneId("p")) is None
    assert paused.wrong() == []
