"""Goal: a run that fails for good keeps nobody waiting for its lease; one that Airflow tries again keeps its place.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

from typing import Any

import pytest

from model.alone import Alone
from model.scenarios import BOTH, ONE
from tidegate.engine.rollback import roll_back
from tidegate.errors import (
    RETRYABLE,
    ConfigurationError,
    InvariantViolationError,
    LeaseHeldError,
    MalformedInputError,
    OutcomeUnknownError,
    SourceGapError,
    StateIncompatibleError,
    TidegateError,
    UnavailableError,
    UserFunctionError,
)
from tidegate.protocol.model import LaneId, Lease, Run, Status

FOR_GOOD = [
    ConfigurationError,
    InvariantViolationError,
    MalformedInputError,
    SourceGapError,
    StateIncompatibleError,
    UserFunctionError,
]
FAILS, OTHER = Run("fails", "fails"), Run("other", "other")


class Leasing(Alone):
    """Leases do not run out here, and calls fail with the errors in `errors`, by method."""

    def __init__(self, *days: tuple[str, ...]) -> None:
        self.held: dict[LaneId, Lease] = {}
        self.errors: dict[str, TidegateError] = {}
        super().__init__(*days)

    def _ask(self, system: int, method: str, *args: Any, **kwargs: Any) -> Any:
        if error := self.errors.get(method):
            raise error
        if method == "acquire":
            lane, owner = args
            if lane in self.held and self.held[lane].owner != owner:
                raise LeaseHeldError(f"{self.held[lane].owner} is working on this lane")
            self.held[lane] = super()._ask(system, method, *args, **kwargs)
            return self.held[lane]
        if method == "release" and self.held.get(args[0].lane) == args[0]:
            del self.held[args[0].lane]
        return super()._ask(system, method, *args, **kwargs)

    def back_to_one(self) -> None:
        """There is input again behind it."""
        roll_back(self.engine, Run("back-1", "a person"), to_epoch=1)


@pytest.fixture
def alone() -> Leasing:
    leasing = Leasing(BOTH, ONE)
    leasing.back_to_one()
    assert leasing.held == {}
    return leasing


@pytest.mark.parametrize("error", FOR_GOOD)
@pytest.mark.parametrize("method", ["read", "check", "known_paths", "publish"])
def test_a_run_that_failed_for_good_gives_its_lease_back(
    alone: Leasing, error: type[TidegateError], method: str
) -> None:
    """While its epoch is planned, computed, checked or published. The next run finishes what there is of it."""
    alone.errors = {method: error("no retry mends it")}
    with pytest.raises(error, match="no retry mends it"):
        alone.engine.run(FAILS)
    assert alone.held == {}
    alone.errors = {}
    alone.engine.run(OTHER)
    assert (alone.held, alone.wrong()) == ({}, [])


@pytest.mark.parametrize("error", [UnavailableError, OutcomeUnknownError])
@pytest.mark.parametrize("method", ["read", "check", "known_paths", "publish"])
def test_a_run_that_will_be_tried_again_keeps_its_lease(
    alone: Leasing, error: type[TidegateError], method: str
) -> None:
    """Others wait for it, so it finishes its own epoch."""
    alone.errors = {method: error("try again")}
    with pytest.raises(RETRYABLE, match="try again"):
        alone.engine.run(FAILS)
    alone.errors = {}
    with pytest.raises(LeaseHeldError):
        alone.engine.run(OTHER)
    report = alone.engine.run(FAILS)
    assert report is not None
    assert report.epoch.status is Status.SEALED
    assert (alone.held, alone.wrong()) == ({}, [])


@pytest.mark.parametrize("error", FOR_GOOD)
def test_a_rollback_a_clean_up_and_a_repair_give_it_back_too(alone: Leasing, error: type[TidegateError]) -> None:
    alone.errors = dict.fromkeys(["begin_swap", "begin_repair", "heads", "forks"], error("no retry mends it"))
    for fails in (
        lambda: roll_back(alone.engine, FAILS, to_epoch=0),
        lambda: alone.engine.clean(FAILS, dry_run=True),
        lambda: alone.engine.repair(FAILS),
    ):
        with pytest.raises(error, match="no retry mends it"):
            fails()
        assert alone.held == {}


def test_an_error_is_told_even_when_the_lease_cannot_be_given_back(alone: Leasing) -> None:
    """The lease runs out by itself; the reason why the run failed would be lost."""
    alone.errors = {"read": UserFunctionError("the function raised"), "release": UnavailableError("no answer")}
    with pytest.raises(UserFunctionError, match="the function raised"):
        alone.engine.run(FAILS)
