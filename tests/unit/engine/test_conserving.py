"""Goal: an epoch whose counts contradict each other, or its files, stops before STAGED (I7)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model import attempts
from model.alone import Alone
from model.scenarios import BOTH, ONE
from tidegate.engine.rollback import roll_back
from tidegate.errors import InvariantViolationError
from tidegate.ports import EpochTask, Processed
from tidegate.protocol.model import LaneId, Run, Status

Stops = Callable[[Callable[[Processed], Processed]], None]


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> Stops:
    """Holds that an epoch stops, and nothing of it is staged, when what was processed is reported otherwise."""

    def hold(otherwise: Callable[[Processed], Processed]) -> None:
        alone = Alone(BOTH, ONE)
        roll_back(alone.engine, Run("back", "a person"), to_epoch=1)
        process = attempts._Processor.process

        def reported(processor: attempts._Processor, task: EpochTask) -> Processed:
            return otherwise(process(processor, task))

        with monkeypatch.context() as patch:
            patch.setattr(attempts._Processor, "process", reported)
            with pytest.raises(InvariantViolationError, match="Nothing of it is published"):
                alone.engine.run(Run("again", "again"))
        epoch = alone.engine.adapters.store.unfinished(LaneId("p"))
        assert epoch is not None
        assert epoch.status is Status.PLANNED
        assert alone.wrong() == []

    return hold


@pytest.mark.parametrize("off", [-1, 1])
@pytest.mark.parametrize("name", ["rows_in", "malformed", "decoded", "received", "failed", "processed", "yielded"])
def test_a_wrong_count(stops: Stops, name: str, off: int) -> None:
    stops(lambda made: replace(made, counts=replace(made.counts, **{name: getattr(made.counts, name) + off})))


@pytest.mark.parametrize("off", [-1, 1])
def test_files_with_other_rows_than_were_made(stops: Stops, off: int) -> None:
    stops(lambda made: replace(made, written={table: rows + off for table, rows in made.written.items()}))
