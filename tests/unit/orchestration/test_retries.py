"""Goal: every error of the tree has exactly one, intended behaviour in Airflow."""

import re
from operator import attrgetter
from pathlib import Path

import pytest
from airflow.sdk import RetryAction

from tidegate import errors
from tidegate.errors import BY_KIND, TidegateError
from tidegate.orchestration.retries import BEHAVIOURS, EpochRetryPolicy, explain

RUNBOOK = Path(__file__).resolve().parents[3] / "docs/operations.md"
RETRIED: set[type[TidegateError]] = {errors.UnavailableError, errors.OutcomeUnknownError}
OPERATORS = {errors.FencedError, errors.LeaseHeldError}
"""What the operators handle themselves."""

FAILED: set[type[TidegateError]] = {
    errors.DefinitionError,
    errors.ConfigurationError,
    errors.RefusedError,
    errors.IntervalError,
    errors.UserFunctionError,
    errors.MalformedInputError,
    errors.SourceGapError,
    errors.StateIncompatibleError,
    errors.FormatError,
    errors.DataDamagedError,
    errors.InvariantViolationError,
    errors.PausedError,
    errors.InternalError,
}


def test_every_error_is_in_the_table() -> None:
    assert set(BY_KIND.values()) - {TidegateError} - OPERATORS == RETRIED | FAILED == set(BEHAVIOURS)


def test_every_kind_has_its_entry_in_the_runbook() -> None:
    """With what Airflow does, as the table of behaviours has it."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \| (.+) \|$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE)
    told = {kind: airflow for kind, airflow, *_ in rows}
    done = {RetryAction.RETRY: "retries", RetryAction.FAIL: "fails"}
    expected = {e.kind: done[b.action] for e, b in BEHAVIOURS.items()}
    assert told == expected | {"fenced": "skipped", "lease_held": "rescheduled"}


@pytest.mark.parametrize("error", sorted(RETRIED, key=attrgetter("kind")))
def test_retried(error: type[TidegateError]) -> None:
    decision = EpochRetryPolicy().evaluate(error("no answer"), 1, 3)
    assert decision.action is RetryAction.RETRY
    assert isinstance(error("x"), errors.RETRYABLE)


@pytest.mark.parametrize("error", sorted(FAILED, key=attrgetter("kind")))
def test_failed_at_once(error: type[TidegateError]) -> None:
    decision = EpochRetryPolicy().evaluate(error("wrong"), 1, 3)
    assert decision.action is RetryAction.FAIL
    assert decision.reason
    # its own advice, not that of a base class that stands before it
    assert decision.reason == f"{error.kind}: wrong — {BEHAVIOURS[error].advice}"


def test_a_surprise_follows_the_ordinary_retries() -> None:
    assert EpochRetryPolicy().evaluate(KeyError("x"), 1, 3).action is RetryAction.DEFAULT


def test_the_deepest_cause_is_named_in_one_line() -> None:
    error = errors.UnavailableError("staging failed")
    error.__cause__ = OSError("disk\nfull")
    assert explain(error) == "unavailable: staging failed (caused by OSError: disk full)"


def test_the_policy_can_be_serialised() -> None:
    assert EpochRetryPolicy().serialize()["rules"][0]["exception"] == "tidegate.errors.UnavailableError"
