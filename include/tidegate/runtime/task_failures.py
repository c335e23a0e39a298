"""What goes wrong inside a Spark task, as a result of it: Spark repeats a task that raises, and tells of it as text.

The task's side knows no pyspark; `failures` is about what Spark itself reports.
"""

import errno
import json
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tidegate.errors import (
    BY_KIND,
    ConfigurationError,
    InternalError,
    TidegateError,
    UnavailableError,
    unexpected,
)

Task = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""What Spark calls once per task. Its results are batches of one column, `result`, of JSON text."""

_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class TaskTraceback(Exception):  # noqa: N818  (only carries a task's traceback as a cause)
    """The traceback of a failure inside a Spark task, as text."""


def reporting(task: Task, subject: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The results of `task`; what it raises is its last one, with the error's kind, message and traceback."""
    try:
        yield from task(batches)
    except (Exception, SystemExit) as e:  # noqa: BLE001  (whatever it is, Spark would only tell its text)
        error = e if isinstance(e, TidegateError) else classified(e, subject)
        trace = "".join(traceback.format_exception(e))
        report = {"error": {"kind": error.kind, "message": str(error), "trace": trace}}
        yield pa.RecordBatch.from_pydict({"result": [json.dumps(report)]})


def raise_reported(results: Sequence[Mapping[str, Any]], subject: str) -> None:
    """Raise the first failure that a task reported, with the task's traceback as its cause."""
    for result in results:
        if error := result.get("error"):
            raise BY_KIND.get(error["kind"], InternalError)(error["message"]) from TaskTraceback(
                f"{subject}, in a Spark task:\n{error['trace']}"
            )


def classified(error: BaseException, subject: str) -> TidegateError:
    """The error of the tree for any other one. User code's own are UserFunctionErrors before they come here."""
    if isinstance(error, OSError) and error.errno in _RIGHTS:
        return ConfigurationError(f"{subject}: Spark's workers may not use storage: {error}")
    if isinstance(error, OSError):
        return UnavailableError(f"{subject}: storage failed: {error}")
    if isinstance(error, MemoryError):
        return UnavailableError(f"{subject}: a Spark worker has no memory left: {error}")
    return unexpected(subject, error)
