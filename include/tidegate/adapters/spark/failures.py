"""Spark's failures in tidegate's words, told apart by Spark's own classes: condition, SQLSTATE, gRPC's status.

What Spark says without a class is known by words, and what is not known at all is a defect: it is not taken for
passing, for then it would be tried for ever.
"""

import builtins
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from pickle import PicklingError

from pyspark.errors import (
    AnalysisException,
    ArithmeticException,
    ArrayIndexOutOfBoundsException,
    DateTimeException,
    NumberFormatException,
    PySparkException,
    PythonException,
    SparkNoSuchElementException,
    UnsupportedOperationException,
)
from pyspark.logger import PySparkLogger

import tidegate
from tidegate import errors
from tidegate.errors import (
    ConfigurationError,
    DefinitionError,
    InternalError,
    MalformedInputError,
    SourceGapError,
    TidegateError,
    UnavailableError,
    UserFunctionError,
)

_MOST = 1500
"""Characters of a message; the whole is in its cause."""

_RAISED = "the pipeline's code failed on Spark"
_REFUSED = "Spark refuses the plan"
_AWAY = "Spark could not go on"

_CONDITIONS: dict[str, tuple[type[TidegateError], str]] = {
    "FAILED_READ_FILE.FILE_NOT_EXIST": (SourceGapError, "a planned file is gone"),
    "FAILED_READ_FILE": (MalformedInputError, "a file cannot be read with the declared schema"),
    "CANNOT_READ_FILE": (MalformedInputError, "a file cannot be read with the declared schema"),
    "MALFORMED_CSV_RECORD": (MalformedInputError, "a file cannot be read with the declared schema"),
    "INVALID_CONF_VALUE": (DefinitionError, _REFUSED),
    "OPERATION_CANCELED": (UnavailableError, "the operation was interrupted"),
    "SPARK_JOB_CANCELLED": (UnavailableError, "the operation was interrupted"),
    "RETRIES_EXCEEDED": (UnavailableError, "Spark does not answer"),
    # it was started again between two parts of one answer; a condition of the client's own, without SQLSTATE
    "RESPONSE_ALREADY_RECEIVED": (UnavailableError, _AWAY),
}
"""By the beginning of Spark's condition, the longer ones first."""

_STATES: dict[str, tuple[type[TidegateError], str]] = {
    "08": (UnavailableError, _AWAY),  # connection
    "53": (UnavailableError, _AWAY),  # resources
    "57": (UnavailableError, _AWAY),  # somebody stopped it
    "58": (UnavailableError, _AWAY),  # input and output
    "82": (UnavailableError, _AWAY),  # memory
    "HY": (UnavailableError, _AWAY),  # a session or operation that the server does not know any more
    "21": (UserFunctionError, _RAISED),  # more rows than one
    "22": (UserFunctionError, _RAISED),  # a value: division by zero, a cast, an overflow
    "23": (UserFunctionError, _RAISED),  # a key twice
    "38": (UserFunctionError, _RAISED),  # a function of the user's
    "39": (UserFunctionError, _RAISED),
    "54": (UserFunctionError, _RAISED),  # a limit
    "P0": (UserFunctionError, _RAISED),  # raise_error
    "07": (DefinitionError, _REFUSED),
    "0A": (DefinitionError, _REFUSED),  # not supported
    "3F": (DefinitionError, _REFUSED),
    "42": (DefinitionError, _REFUSED),  # names and types
    "46": (DefinitionError, _REFUSED),
}
"""By the first two characters of the SQLSTATE, which name its class. XX, an error inside Spark, is a defect."""

_CLASSES: tuple[tuple[type[PySparkException], type[TidegateError], str], ...] = (
    (AnalysisException, DefinitionError, _REFUSED),
    (UnsupportedOperationException, DefinitionError, _REFUSED),
    (ArithmeticException, UserFunctionError, _RAISED),
    (ArrayIndexOutOfBoundsException, UserFunctionError, _RAISED),
    (DateTimeException, UserFunctionError, _RAISED),
    (NumberFormatException, UserFunctionError, _RAISED),
    (SparkNoSuchElementException, UserFunctionError, _RAISED),
)
"""By the exception's class: Spark's older conditions have no SQLSTATE."""

_STATUSES: dict[str, tuple[type[TidegateError], str]] = {
    "UNAVAILABLE": (UnavailableError, "Spark does not answer"),
    "DEADLINE_EXCEEDED": (UnavailableError, "Spark does not answer"),
    "CANCELLED": (UnavailableError, "the operation was interrupted"),
    "ABORTED": (UnavailableError, "the operation was interrupted"),
    "RESOURCE_EXHAUSTED": (UnavailableError, _AWAY),
    "UNAUTHENTICATED": (ConfigurationError, "Spark refuses the connection"),
    "PERMISSION_DENIED": (ConfigurationError, "Spark refuses the connection"),
    "UNIMPLEMENTED": (ConfigurationError, "what answers is no Spark Connect server of this version"),
}

_WORDS: tuple[tuple[str, type[TidegateError], str], ...] = (
    (r"OutOfMemoryError|\bMemoryError\b", UnavailableError, "Spark has no memory left"),
    (r"No space left on device|Disk quota exceeded|ENOSPC", UnavailableError, "storage is full"),
    (r"exited unexpectedly", UnavailableError, "a Python worker died, as when it is out of memory"),
    (r"ExecutorLost|FetchFailed|SparkContext (was|has been) shut ?down|TimeoutException", UnavailableError, _AWAY),
    (r"java\.(io\.IOException|net\.\w+Exception|nio\.\S+Exception)", UnavailableError, _AWAY),
)
"""What Spark says without a class."""


for _name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger"):
    # pyspark prints the JVM's stack of every error, which its exception has too
    PySparkLogger.getLogger(_name).setLevel(logging.CRITICAL)


def translate(error: PySparkException | PicklingError, subject: str) -> TidegateError:
    """The error of the tree for one of Spark's; raise it `from` that one, which has the JVM's stack."""
    if isinstance(error, PicklingError):
        return DefinitionError(
            f"{subject}: the pipeline's code cannot be shipped to Spark: {error}. Make what cannot be pickled in open()"
        )
    if isinstance(error, PythonException):
        return _of_python(str(error), subject)
    found = _known(error)
    if found is None:
        return InternalError(f"{subject}: Spark failed in a way that is not known: {said(error)}")
    kind, meaning = found
    return kind(f"{subject}: {meaning}{_place(error)}: {said(error)}")


def _known(error: PySparkException) -> tuple[type[TidegateError], str] | None:
    condition, state = error.getCondition() or "", error.getSqlState() or ""
    for begin in sorted(_CONDITIONS, key=len, reverse=True):
        if condition.startswith(begin):
            return _CONDITIONS[begin]
    if state:
        return _STATES.get(state[:2])
    for of, kind, meaning in _CLASSES:
        if isinstance(error, of):
            return kind, meaning
    status = getattr(error, "getGrpcStatusCode", lambda: None)()  # an error of the client itself has none
    if status is not None and status.name in _STATUSES:
        return _STATUSES[status.name]
    text = f"{error} {getattr(error, 'getStackTrace', str)()}"
    return next(((kind, meaning) for words, kind, meaning in _WORDS if re.search(words, text)), None)


def _place(error: PySparkException) -> str:
    """Where the expression stands that failed, when Spark knows."""
    sites = [c.callSite() for c in error.getQueryContext() if c.contextType().name == "DataFrame"]
    return f" at {sites[0]}" if sites else ""


def said(error: PySparkException) -> str:
    """Spark's message and the deepest cause in one line, without the JVM's stack and what `_place` has."""
    text = str(error).partition("JVM stacktrace:")[0].partition("== DataFrame ==")[0].partition("Driver stacktrace:")[0]
    lines = (line.strip() for line in text.splitlines() if not line.startswith(("\tat ", "Caused by:")))
    text = " ".join(line for line in lines if line)[:_MOST]
    causes = re.findall(r"^Caused by: (.+)$", getattr(error, "getStackTrace", str)() or "", re.MULTILINE)
    return f"{text} ({causes[-1][:_MOST]})" if causes else text


# -- exceptions of Python workers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Raised:
    """The end of a traceback in text: the exception, and the files, lines and functions that led to it."""

    type: str
    message: str
    frames: tuple[tuple[str, str, str], ...]


_FRAME = re.compile(r'^ +File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>\S+)')
_SITE = re.compile(r"/site-packages/(pyspark|tidegate)/")
_OWN = str(Path(tidegate.__file__).parent)


def _of_python(text: str, subject: str) -> TidegateError:
    """For an exception in a worker that no task of ours reported: in a user's UDF, or before a task began."""
    raised = _parsed(text)
    said = f"{raised.type}: {raised.message}"[:_MOST]
    own = {f"{e.__module__}.{e.__name__}": e for e in errors.BY_KIND.values()}.get(raised.type)
    if own is not None:
        return own(raised.message)
    if raised.type == "ModuleNotFoundError" or "Can't get attribute" in raised.message:
        return ConfigurationError(
            f"{subject}: Spark's Python workers cannot import what the function needs (install it there; see "
            f"docs/pipelines.md): {said}"
        )
    if raised.type in ("MemoryError", "pyarrow.lib.ArrowMemoryError"):
        return UnavailableError(f"{subject}: Spark's Python workers have no memory left: {said}")
    users = [f for f in raised.frames if not (_SITE.search(f[0]) or f[0].startswith((_OWN, "<frozen")))]
    if users:
        file, line, name = users[-1]
        return UserFunctionError(f"{subject}: the pipeline's code raised {said}, at {file}:{line} in {name}")
    builtin = getattr(builtins, raised.type, None)
    if isinstance(builtin, type) and issubclass(builtin, OSError):
        return UnavailableError(f"{subject}: storage failed in a Spark worker: {said}")
    return InternalError(f"{subject}: a Spark worker failed in a way that is not known: {said}")


def _parsed(text: str) -> _Raised:
    lines = text.partition("Traceback (most recent call last):")[2].rpartition(" SQLSTATE:")[0].splitlines()
    frames = [(number, found) for number, line in enumerate(lines) if (found := _FRAME.match(line))]
    behind = lines[frames[-1][0] + 1 :] if frames else lines
    end = [line for line in behind if line.strip() and not line.startswith("    ")]
    kind, _, message = " ".join(end).partition(": ")
    return _Raised(kind.strip(), message.strip(), tuple((f["file"], f["line"], f["name"]) for _, f in frames))
