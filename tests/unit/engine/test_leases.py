"""Goal: a run that ends keeps nobody waiting for its lease, however it ends; what failed is noted at its epoch.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

from typing import Any

import pytest

from model.alone import Alone
from model.scenarios import BOTH, ONE
from tidegate.engine.rollback import roll_back
from tidegate.errors import (
    ConfigurationError,
    InternalError,
    InvariantViolationError,
    LeaseHeldError,
    MalformedInputError,
    OutcomeUnknownError,
    SourceGapError,
    StateIncompatibleError,
    UnavailableError,
    UserFunctionError,
)
from tidegate.protocol.model import LaneId, Lease, Run, Status

ERRORS: list[tuple[type[BaseException], type[BaseException], str | None]] = [
    *(
        (error, error, error.kind)
        for error in (
            ConfigurationError,
            InvariantViolationError,
            MalformedInputError,
            OutcomeUnknownError,
            SourceGapError,
            StateIncompatibleError,
            UnavailableError,
            UserFunctionError,
        )
    ),
    (KeyError, InternalError, "internal"),
    (KeyboardInterrupt, KeyboardInterrupt, None),
    (SystemExit, SystemExit, None),
]
"""What a call raises, what the run then ends with, and what is noted."""

FAILS, OTHER = Run("fails", "fails"), Run("other", "other")


class Leasing(Alone):
    """Leases do not run out here, and calls fail with the errors in `errors`, by method."""

    def __init__(self, *days: tuple[str, ...]) -> None:
        self.held: dict[LaneId, Lease] = {}
        self.errors: dict[str, BaseException] = {}
        self.noted: list[str] = []
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
        if method == "fail":
            self.noted.append(kwargs["kind"])
        if method in ("release", "fail") and self.held.get(args[0].lane) == args[0]:
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


@pytest.mark.parametrize(("error", "told", "noted"), ERRORS)
@pytest.mark.parametrize("method", ["read", "check", "known", "begin_swap", "publish"])
def test_a_run_that_failed_gives_its_lease_back(
    alone: Leasing, error: type[BaseException], told: type[BaseException], noted: str | None, method: str
) -> None:
    """While its epoch is planned, computed, checked, swapped or published; the next run finishes what there is."""
    alone.errors = {method: error("it went wrong")}
    with pytest.raises(told, match="it went wrong"):
        alone.engine.run(FAILS)
    assert (alone.held, alone.noted) == ({}, [noted] if noted else [])
    alone.errors = {}
    report = alone.engine.run(OTHER)
    assert (alone.held, alone.wrong()) == ({}, [])
    assert report is None or report.epoch.status is Status.SEALED


def test_a_run_that_is_tried_again_finds_its_epoch_sealed_by_another(alone: Leasing) -> None:
    alone.errors = {"read": UnavailableError("Spark is away")}
    with pytest.raises(UnavailableError):
        alone.engine.run(FAILS)
    alone.errors = {}
    report = alone.engine.run(OTHER)
    assert report is not None
    assert report.finished == (report.epoch,)
    report = alone.engine.run(FAILS)
    assert report is not None
    assert (report.epoch.status, report.epoch.run.key, alone.wrong()) == (Status.SEALED, FAILS.key, [])


@pytest.mark.parametrize(("error", "told", "noted"), ERRORS)
def test_a_rollback_a_clean_up_and_a_repair_give_it_back_too(
    alone: Leasing, error: type[BaseException], told: type[BaseException], noted: str | None
) -> None:
    alone.errors = dict.fromkeys(["begin_swap", "begin_repair", "heads", "forks"], error("it went wrong"))
    for fails in (
        lambda: roll_back(alone.engine, FAILS, to_epoch=0),
        lambda: alone.engine.clean(FAILS, dry_run=True),
        lambda: alone.engine.repair(FAILS),
    ):
        with pytest.raises(told, match="it went wrong"):
            fails()
        assert alone.held == {}


def test_a_defect_is_told_with_its_place_and_cause(alone: Leasing) -> None:
    alone.errors = {"read": KeyError("no such thing")}
    with pytest.raises(InternalError, match=r"p: KeyError: 'no such thing' \(.*test_leases\.py:\d+\)") as raised:
        alone.engine.run(FAILS)
    assert isinstance(raised.value.__cause__, KeyError)


def test_an_error_is_told_even_when_it_can_not_be_noted(alone: Leasing) -> None:
    """The lease runs out by itself; the reason why the run failed would be lost."""
    alone.errors = {"read": UserFunctionError("the function raised"), "fail": UnavailableError("no answer")}
    with pytest.raises(UserFunctionError, match="the function raised"):
        alone.engine.run(FAILS)
    alone.errors = {"read": KeyboardInterrupt(), "release": UnavailableError("no answer")}
    alone.held.clear()
    with pytest.raises(KeyboardInterrupt):
        alone.engine.run(FAILS)
