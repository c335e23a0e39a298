"""Every error tidegate raises on purpose, grouped by what the reader does next.

A message says what happened, to which pipeline and epoch, and what to do. `kind` is the stable name kept in the
checkpoint table and in logs: names are added, never changed.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self


class TidegateError(Exception):
    """Root of the tree."""

    kind = "tidegate"


class DefinitionError(TidegateError):
    """The pipeline's declaration is wrong: change the line that the message names. Raised when the DAG is parsed."""

    kind = "definition"


class ConfigurationError(TidegateError):
    """A connection, setting or right is wrong: change the configuration, then try again."""

    kind = "configuration"


class RefusedError(TidegateError):
    """What was asked for cannot be done as things stand, and the message says why. Nothing was changed: ask anew."""

    kind = "refused"


class IntervalError(RefusedError):
    """The run's data interval bounds no new epoch, and says why. Nothing was changed; other runs take what is left."""

    kind = "interval"


class UserFunctionError(TidegateError):
    """The pipeline's own code raised. Names the step, key and source position; nothing was published."""

    kind = "user_function"


class MalformedInputError(TidegateError):
    """A source row could not be read and the pipeline says `on_malformed="fail"`."""

    kind = "malformed_input"


class UnavailableError(TidegateError):
    """A service did not answer. Nothing was lost: the attempt can be repeated as it is."""

    kind = "unavailable"


class LeaseHeldError(UnavailableError):
    """Another run is working on this lane. It is waited for, then this one is tried again."""

    kind = "lease_held"


class FencedError(TidegateError):
    """A newer attempt took over. This one changed nothing that stays; it ends quietly."""

    kind = "fenced"


class OutcomeUnknownError(TidegateError):
    """A durable call was sent and its answer was lost. Delete nothing; the next attempt reads back and decides."""

    kind = "outcome_unknown"


class SourceGapError(TidegateError):
    """Planned source data changed or vanished. A person decides; the pipeline never skips it.

    `missing` says what, where the source can tell: a part of the message.
    """

    kind = "source_gap"
    missing: str = ""


class StateIncompatibleError(TidegateError):
    """The stored state does not fit the declared state: restore the declaration or migrate the state."""

    kind = "state_incompatible"


class FormatError(TidegateError):
    """Something stored has a shape that this tidegate does not know: install the one that wrote it, or a newer one."""

    kind = "unknown_format"

    @classmethod
    def of(cls, problem: str, *, writer: str | None, reader: str) -> Self:
        """The error for one stored thing: `problem` names it and says what is wrong; `writer` is None when unknown."""
        by = f"was written by {writer}" if writer else "does not say who wrote it"
        return cls(
            f"{problem}; it {by}, and {reader}. Nothing was changed: install the tidegate that wrote it, or a newer "
            "one. What no release wrote is read by none: begin anew, with an empty checkpoint database and another "
            "warehouse folder"
        )


class DataDamagedError(TidegateError):
    """A file that tidegate wrote is missing or has other bytes. Put it back, or go back to before it was written.

    `problem` says what is wrong with it, where it is one file: a part of the message.
    """

    kind = "damaged_data"
    problem: str = ""

    @classmethod
    def of(cls, uri: str, problem: str) -> Self:
        """The error for one file: `problem` is what is wrong with it, as the end of a sentence."""
        error = cls(
            f"{uri} {problem}. Put the file back as it was, or `tidegate rollback` to before the epoch that wrote it; "
            "`tidegate verify --checksums` names every damaged file"
        )
        error.problem = problem
        return error


class InvariantViolationError(TidegateError):
    """Something that must never happen was seen. The pipeline halts; run `tidegate verify`."""

    kind = "invariant_violation"


class PausedError(TidegateError):
    """The lane's epoch failed several times in the same way: nobody tries it again before a person resumes it."""

    kind = "paused"


class InternalError(TidegateError):
    """What no other class is meant for: a defect of tidegate's, or of what it stands on. No retry mends it.

    Made by `unexpected`, and raised from the exception whose traceback tells more.
    """

    kind = "internal"


@contextmanager
def of_source(uid: str, *, named: bool) -> Iterator[None]:
    """Let an error say which source it is of. It is not `named` in a pipeline that has no other."""
    try:
        yield
    except TidegateError as e:
        if named:
            e.args = (f"source {uid!r} of {e}",)
        raise


RETRYABLE: tuple[type[TidegateError], ...] = (UnavailableError, OutcomeUnknownError)
"""The errors that a later attempt can mend without a person; all others fail at once."""


def _below(root: type[TidegateError]) -> Iterator[type[TidegateError]]:
    yield root
    for below in root.__subclasses__():
        yield from _below(below)


BY_KIND: dict[str, type[TidegateError]] = {e.kind: e for e in _below(TidegateError)}
"""The classes by kind: for errors that come back as text, as from a Spark task."""


def unexpected(subject: str, error: BaseException) -> InternalError:
    """What to raise from an exception that nobody expected while `subject` was under way; names it and its place."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    said = " ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])
    return InternalError(
        f"{subject}: {said}{place}. Nothing is wrong that tidegate knows of, so this is a defect: nothing was lost; "
        "report it with the traceback that --debug or the task's log shows"
    )
