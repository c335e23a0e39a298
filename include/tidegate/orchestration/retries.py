"""What Airflow does with each error of the tree, in one table.

`FencedError` and `LeaseHeldError` are not here: the operators turn them into a skipped and a rescheduled task (see
`operators.py`). An exception outside the tree is a surprise and follows the task's ordinary retries.
"""

from dataclasses import dataclass, replace

from airflow.sdk import Context, ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule

from tidegate import errors
from tidegate.errors import TidegateError


@dataclass(frozen=True)
class Behaviour:
    """`action`, and what the log says about it. A retry comes after the task's own backoff."""

    action: RetryAction
    advice: str


_RETRY, _FAIL = RetryAction.RETRY, RetryAction.FAIL

BEHAVIOURS: dict[type[TidegateError], Behaviour] = {
    errors.UnavailableError: Behaviour(_RETRY, "nothing was lost; the next attempt goes on from the checkpoint"),
    errors.OutcomeUnknownError: Behaviour(_RETRY, "the next attempt reads back what happened and goes on from there"),
    errors.DefinitionError: Behaviour(_FAIL, "change the pipeline's declaration, then clear this task"),
    # before its base class: the first that fits is taken
    errors.IntervalError: Behaviour(_FAIL, "nothing was changed, and no input is lost: another run takes it"),
    errors.RefusedError: Behaviour(_FAIL, "nothing was changed: start a run that asks for what the message allows"),
    errors.ConfigurationError: Behaviour(_FAIL, "change the configuration, then clear this task"),
    errors.UserFunctionError: Behaviour(
        _FAIL, "mend the pipeline's function or declare dead_letters, then clear this task"
    ),
    errors.MalformedInputError: Behaviour(
        _FAIL, "mend the slice in place, skip it (`tidegate skip`) or declare dead_letters, then clear this task"
    ),
    errors.SourceGapError: Behaviour(
        _FAIL, "bring the slice back, or give the epoch up (`tidegate give-up`), then clear this task"
    ),
    errors.StateIncompatibleError: Behaviour(_FAIL, "restore the declared state, then clear this task"),
    errors.FormatError: Behaviour(_FAIL, "install the tidegate that wrote it, or a newer one, then clear this task"),
    errors.DataDamagedError: Behaviour(_FAIL, "put the file back or go back before it, then clear this task"),
    errors.InvariantViolationError: Behaviour(_FAIL, "run `tidegate verify` before anything else"),
    errors.PausedError: Behaviour(_FAIL, "mend what it failed of, then trigger this DAG with `resume`"),
    errors.InternalError: Behaviour(_FAIL, "a defect: report it with this log; clear this task to try again"),
}


class EpochRetryPolicy(ExceptionRetryPolicy):
    """The table as Airflow's retry policy. The reason, which ends the task's log, is the error's message and advice."""

    def __init__(self) -> None:
        rules = [RetryRule(e, action=b.action, reason=b.advice) for e, b in BEHAVIOURS.items()]
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
