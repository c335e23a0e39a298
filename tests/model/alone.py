"""The real engine over modelled systems, one call after the other: for tests of single stories."""

from collections.abc import Callable
from typing import Any

from model.scenarios import Scenario
from model.systems import CHECKPOINT, Row
from model.tables import Tables
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.verify import verify
from tidegate.errors import UnavailableError
from tidegate.protocol.model import Epoch, Run


def _file(number: int, days: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple({"id": 10 * number + i, "key": f"k-{d}", "day": d, "amount": 1} for i, d in enumerate(days))


class Alone:
    """A pipeline with an epoch for each file, one call after the other, and all its calls."""

    def __init__(self, *days: tuple[str, ...], scenario: type[Scenario] = Scenario) -> None:
        runs = tuple(f"run-{n}" for n in range(1, len(days) + 1))
        self.world = scenario(
            programs=(), runs=runs, files=tuple(_file(*numbered) for numbered in enumerate(days))
        ).world()
        self.states = [system.initial for system in self.world.systems]
        self.calls: list[str] = []
        self.broken: Callable[[str], bool] = lambda method: False
        for run in runs:
            self.engine.run(Run(run, run))

    @property
    def engine(self) -> Coordinator:
        return self.world.worker.coordinator(self._ask)

    @property
    def tables(self) -> Tables:
        tables: Tables = self.states[CHECKPOINT]
        return tables

    def _ask(self, system: int, method: str, *args: Any, **kwargs: Any) -> Any:
        self.calls.append(method)
        if self.broken(method):
            raise UnavailableError(f"{method} has no answer")
        self.states[system], result = self.world.systems[system].apply(self.states[system], method, args, kwargs)
        return result

    def durable(self) -> tuple[Any, ...]:
        """Everything but the lanes' fences, which each lease makes grow."""
        return ({k: v for k, v in vars(self.tables).items() if k != "lanes"}, *self.states[1:])

    def epoch(self, run: Run) -> Epoch:
        """What the run makes, when there is something to make."""
        report = self.engine.run(run)
        assert report is not None
        return report.epoch

    def wrong(self) -> list[Any]:
        engine = self.engine
        return verify(engine.definition, engine.adapters, progress=lambda _: None, checksums=True)
