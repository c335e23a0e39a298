"""Goal: a cleared run whose epoch was rolled back is refused before any change, and told what to clear instead.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

from dataclasses import replace
from typing import Any

import pytest

from model.alone import Alone
from model.scenarios import BOTH, ONE
from tidegate.engine.rollback import roll_back
from tidegate.errors import RefusedError
from tidegate.orchestration.reprocessing import process_again, sealed_before
from tidegate.protocol.model import Run

BACK = Run("back", "a person")


def clear(alone: Alone, number: int, lane: str | None = None) -> dict[str, Any]:
    run = Run(f"run-{number}", f"run-{number}", clear_number=1)
    own = sealed_before(alone.engine, run)
    assert own is not None
    return process_again(alone.engine, run, own, lane=lane)


@pytest.mark.parametrize("lane", [None, "fix"])
@pytest.mark.parametrize("come_again", [False, True])
@pytest.mark.parametrize(("to_epoch", "number"), [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_a_cleared_run_whose_epoch_was_rolled_back_is_refused(
    to_epoch: int, number: int, come_again: bool, lane: str | None
) -> None:
    """Whether its events have come again already or not, and whether it names a lane or not."""
    alone = Alone(BOTH, ONE, BOTH)
    roll_back(alone.engine, BACK, to_epoch=to_epoch)
    if come_again:
        alone.engine.run(Run("next", "next"))
    before, lanes = alone.durable(), dict(alone.tables.lanes)
    with pytest.raises(RefusedError, match=rf"^p epoch {number} of run run-{number} .* rolled back.*Clear that one"):
        clear(alone, number, lane)
    assert (alone.durable(), alone.tables.lanes) == (before, lanes)
    assert alone.wrong() == []


def test_a_cleared_run_whose_epoch_is_shown_again_is_processed() -> None:
    """A rollback over the rollback brings it back."""
    alone = Alone(BOTH, ONE, BOTH)
    roll_back(alone.engine, BACK, to_epoch=2)
    roll_back(alone.engine, replace(BACK, key="forward"), to_epoch=3)
    assert clear(alone, 3)["status"] == "ON_LANE"
