"""Spark's failures in tidegate's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.errors import AnalysisException, PySparkException

from tidegate.errors import (
    ConfigurationError,
    DataDamagedError,
    DefinitionError,
    MalformedInputError,
    SourceGapError,
    StateIncompatibleError,
    TidegateError,
    UnavailableError,
    UserFunctionError,
)

_REPORTED: dict[str, type[TidegateError]] = {
    e.kind: e for e in (UserFunctionError, StateIncompatibleError, DataDamagedError, UnavailableError, DefinitionError)
}


class TaskTraceback(Exception):  # noqa: N818  (only carries a task's traceback as a cause)
    """The traceback of a failure inside a Spark task, as text."""


def raise_reported(results: Sequence[Mapping[str, Any]], subject: str) -> None:
    """Raise the first failure that a task reported, with the task's traceback as its cause."""
    for result in results:
        error = result.get("error")
        if error:
            raise _REPORTED.get(error["kind"], UnavailableError)(error["message"]) from TaskTraceback(
                f"{subject}, in a Spark task:\n{error['trace']}"
            )


_MARKS: tuple[tuple[str, type[TidegateError], str], ...] = (
    ("DataDamagedError", DataDamagedError, "a file is not as it was written"),
    ("FILE_NOT_EXIST", SourceGapError, "a planned file is gone"),
    ("FileNotFoundException", SourceGapError, "a planned file is gone"),
    ("CSV header does not conform", MalformedInputError, "a file's header does not fit the declared schema"),
    ("CSV_HEADER", MalformedInputError, "a file's header does not fit the declared schema"),
    ("FAILED_READ_FILE", MalformedInputError, "a file cannot be read with the declared schema"),
    ("CANNOT_READ_FILE", MalformedInputError, "a file cannot be read with the declared schema"),
    (
        "ModuleNotFoundError",
        ConfigurationError,
        "Spark's Python workers cannot import what the function needs (install it there; see docs/pipelines.md)",
    ),
    ("OPERATION_CANCELED", UnavailableError, "the operation was interrupted"),
    ("ENOSPC", UnavailableError, "storage is full"),
)


def translate(error: PySparkException, subject: str) -> TidegateError:
    """The error of the tree for one of Spark's. What is not known is taken for passing: the attempt is repeated."""
    text = str(error)
    if isinstance(error, AnalysisException):
        return DefinitionError(f"{subject}: Spark refuses the plan: {_first_lines(text)}")
    for mark, kind, meaning in _MARKS:
        if mark in text:
            return kind(f"{subject}: {meaning}: {_first_lines(text)}")
    return UnavailableError(f"{subject}: Spark failed: {_first_lines(text)}")


def _first_lines(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("\tat "))[:1500]
