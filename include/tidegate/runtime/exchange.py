"""What passes between the process that runs an epoch and its tasks: orders in, results out, each as one JSON text.

An order and a result is a dataclass of plain values, and reaches the other side as one of the same class. What a task
raises is its last result: a runner of tasks would repeat one that raises, and tell of it as text.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import pyarrow as pa

from tidegate.api.values import printable
from tidegate.errors import BY_KIND, InternalError, TidegateError
from tidegate.runtime.task_failures import classified

ORDERS = pa.schema({"order": pa.string()})
RESULTS = pa.schema({"result": pa.string(), "failure": pa.string()})
"""One of the two in each row."""

T = TypeVar("T")
R = TypeVar("R")
Batches = Iterator[pa.RecordBatch]


class TaskTraceback(Exception):  # noqa: N818  (only carries a task's traceback as a cause)
    """The traceback of a failure inside a task, as text."""


@dataclass(frozen=True)
class Failure:
    """An error inside a task: its kind, as in `errors.BY_KIND`."""

    kind: str
    message: str
    trace: str


def orders(given: Sequence[Any]) -> pa.Table:
    """A row of `ORDERS` for each."""
    return pa.table({"order": [_text(order) for order in given]}, ORDERS)


def ordered(batches: Batches, kind: type[T]) -> Iterator[T]:
    """The orders again, in the task."""
    for batch in batches:
        for text in batch.column("order").to_pylist():
            yield msgspec.json.decode(text, type=kind)


def of_each(kind: type[T], work: Callable[[T], R], batches: Batches) -> Iterator[R]:
    """A task that does `work` for each order."""
    return map(work, ordered(batches, kind))


def reporting(task: Callable[[Batches], Iterable[Any]], subject: str, batches: Batches) -> Batches:
    """The results of `task` as batches of `RESULTS`; what it raises is the last of them."""
    try:
        for result in task(batches):
            yield _row(result=_text(result))
    except (Exception, SystemExit) as e:  # noqa: BLE001  (whatever it is, the runner would only tell its text)
        error = e if isinstance(e, TidegateError) else classified(e, subject)
        trace = "".join(traceback.format_exception(e))
        yield _row(failure=_text(Failure(error.kind, printable(str(error)), printable(trace))))


def results(reported: pa.Table, kind: type[T], subject: str) -> list[T]:
    """All results of all tasks.

    Raises:
        TidegateError: a task failed: the first failure, of its class, with the task's traceback as its cause.
    """
    for text in reported.column("failure").drop_null().to_pylist():
        failure = msgspec.json.decode(text, type=Failure)
        error = BY_KIND.get(failure.kind, InternalError)(failure.message)
        raise error from TaskTraceback(f"{subject}, in a task:\n{failure.trace}")
    return [msgspec.json.decode(text, type=kind) for text in reported.column("result").to_pylist()]


def _row(*, result: str | None = None, failure: str | None = None) -> pa.RecordBatch:
    return pa.record_batch({"result": [result], "failure": [failure]}, RESULTS)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
