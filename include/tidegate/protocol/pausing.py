"""When an epoch that keeps failing is left alone until a person resumes it."""

from tidegate.errors import BY_KIND, RETRYABLE, PausedError, TidegateError
from tidegate.protocol.model import Epoch

_SAID = 500


def failures(epoch: Epoch, *, kind: str, code: str) -> int:
    """How many attempts at `epoch` in a row failed in the same way, with the newest.

    The same way is the same kind by the same code. Not the same message: which of several bad rows Spark meets first
    is chance. What passes by itself says nothing of the epoch, so it counts as none.

    Args:
        epoch: as it was before the newest attempt failed.
        kind: how that ended.
        code: the pipeline's fingerprint in that attempt.
    """
    if issubclass(BY_KIND.get(kind, TidegateError), RETRYABLE):
        return 0
    return epoch.failures + 1 if (epoch.failure_kind, epoch.failed_code) == (kind, code) else 1


def refuse_paused(epoch: Epoch | None) -> None:
    """Raise PausedError when nobody may try the unfinished `epoch` before a person resumes it."""
    if epoch is not None and epoch.paused_ms is not None:
        raise PausedError(f"{epoch} is paused: {reason(epoch)}")


def reason(epoch: Epoch) -> str:
    """Why a paused epoch is, and what to do."""
    return (
        f"{epoch.failures} attempts in a row ended with {epoch.failure_kind}: "
        f"{(epoch.failure_message or '')[:_SAID]}. Mend that, then run `tidegate resume {epoch.lane.pipeline}`, or "
        "trigger its DAG with `resume`"
    )
