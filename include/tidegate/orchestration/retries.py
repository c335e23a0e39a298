"""What Airflow does with each error of the tree, in one table.

`FencedError` is not here: the operators turn it into a skipped task (see `operators.py`). An exception outside the
tree is a surprise and follows the task's ordinary retries.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from airflow.sdk import Context, ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule

from tidegate import errors
from tidegate.errors import TidegateError


@dataclass(frozen=True)
class Behaviour:
    """`action`, after `delay` (None: the task's own backoff), and what the log says about it."""

    action: RetryAction
    advice: str
    delay: timedelta | None = None


_RETRY, _FAIL = RetryAction.RETRY, RetryAction.FAIL

BEHAVIOURS: dict[type[TidegateError], Behaviour] = {
    errors.LeaseHeldError: Behaviour(_RETRY, "another run is at work; this one waits for it", timedelta(seconds=10)),
    errors.UnavailableError: Behaviour(_RETRY, "nothing was lost; the next attempt goes on from the checkpoint"),
    errors.OutcomeUnknownError: Behaviour(_RETRY, "the next attempt reads back what happened and goes on from there"),
    errors.DefinitionError: Behaviour(_FAIL, "change the pipeline's declaration, then clear this task"),
    errors.ConfigurationError: Behaviour(_FAIL, "change the configuration, then clear this task"),
    errors.UserFunctionError: Behaviour(_FAIL, "mend the pipeline's function, then clear this task"),
    errors.MalformedInputError: Behaviour(_FAIL, "mend the file or declare dead_letters, then clear this task"),
    errors.SourceGapError: Behaviour(_FAIL, "bring the source file back, then clear this task"),
    errors.StateIncompatibleError: Behaviour(_FAIL, "restore the declared state, then clear this task"),
    errors.InvariantViolationError: Behaviour(_FAIL, "run `tidegate verify` before anything else"),
}
"""Tried in order, so a class stands before its base class."""


class EpochRetryPolicy(ExceptionRetryPolicy):
    """The table as Airflow's retry policy. The reason, which ends the task's log, is the error's message and advice."""

    def __init__(self) -> None:
        rules = [RetryRule(e, action=b.action, retry_delay=b.delay, reason=b.advice) for e, b in BEHAVIOURS.items()]
        super().__init__(rules)

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """Look the exception up; see the base class."""
        decision = super().evaluate(exception, try_number, max_tries, context)
        if isinstance(exception, TidegateError) and decision.reason:
            return replace(decision, reason=f"{explain(exception)} — {decision.reason}")
        return decision


def explain(error: TidegateError) -> str:
    """One line: kind, message and the deepest cause."""
    cause: BaseException = error
    while (deeper := cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)) is not None:
        cause = deeper
    because = "" if cause is error or str(cause) in str(error) else f" (caused by {type(cause).__name__}: {cause})"
    return " ".join(f"{error.kind}: {error}{because}".split())
