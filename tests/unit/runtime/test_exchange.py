"""Goal: orders reach a task and results come back as they were; what a task raises comes back as what it is."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import pyarrow as pa
import pytest

from tidegate.errors import BY_KIND, TidegateError, UserFunctionError
from tidegate.protocol.model import DataFile, ManifestRef, Placed, StagedPartition
from tidegate.runtime.exchange import RESULTS, Batches, Failure, TaskTraceback, of_each, orders, reporting, results
from tidegate.runtime.output_files import Written


@dataclass(frozen=True)
class Order:
    """Every shape that orders have."""

    name: str
    key: tuple[str, ...]
    files: tuple[DataFile, ...]
    schema: bytes
    at: int | None = None


@dataclass
class Result:
    """Every shape that results have."""

    made: StagedPartition
    files: list[Written]
    seconds: dict[str, float]


FILES = (DataFile("file:///a b/ü\n", 2**62, 1, "0"), DataFile("", 0, 0, ""))
ORDERS = [Order('ü\0"', ("a", ""), FILES, b"\0\xff"), Order("", (), (), b"", at=-1)]


def work(order: Order) -> Result:
    made = StagedPartition(order.name, order.key, "", order.files, Placed("/old", ManifestRef("/m", "0")))
    return Result(made, [Written(order.name, order.key, order.files)], {"x": 0.1})


def ran(task: partial[Iterator[Result]]) -> pa.Table:
    return pa.Table.from_batches(reporting(task, "p epoch 1", iter(orders(ORDERS).to_batches())), RESULTS)


def test_orders_and_results_reach_the_other_side_as_they_were() -> None:
    asked: list[Order] = []

    def noted(order: Order) -> Result:
        asked.append(order)
        return work(order)

    assert results(ran(partial(of_each, Order, noted)), Result, "p") == [work(order) for order in ORDERS]
    assert asked == ORDERS


def test_no_result_is_none() -> None:
    assert results(pa.Table.from_batches([], RESULTS), Result, "p") == []


# -- what a task raises -----------------------------------------------------------------------------------------------


def report(error: BaseException) -> TidegateError:
    """What is raised for a task that gives one result and then raises."""

    def task(batches: Batches) -> Iterator[int]:
        yield 1
        raise error

    reported = pa.Table.from_batches(reporting(task, "p epoch 1", iter(())), RESULTS)
    assert reported.column("result").to_pylist() == ["1", None]
    with pytest.raises(TidegateError) as raised:
        results(reported, int, "p epoch 1")
    assert isinstance(raised.value.__cause__, TaskTraceback)
    assert "in task" in str(raised.value.__cause__)
    return raised.value


@pytest.mark.parametrize("error", sorted(BY_KIND.values(), key=attrgetter("kind")))
def test_an_error_of_the_tree_keeps_its_kind(error: type[TidegateError]) -> None:
    told = report(error("what it says"))
    assert (told.kind, str(told)) == (error.kind, "what it says")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/w/x"), "unavailable"),
        (OSError("AWS Error NETWORK_CONNECTION"), "unavailable"),
        (PermissionError(errno.EACCES, "Permission denied", "/w/x"), "configuration"),
        (OSError(errno.EROFS, "Read-only file system", "/w/x"), "configuration"),
        (MemoryError(), "unavailable"),
        (pa.ArrowMemoryError("malloc"), "unavailable"),
        (KeyError("x"), "internal"),
        (SystemExit(3), "internal"),
    ],
)
def test_any_other_error_has_a_kind_and_says_what_was_under_way(error: BaseException, kind: str) -> None:
    told = report(error)
    assert told.kind == kind
    assert str(told).startswith("p epoch 1: ")


def test_a_message_that_is_no_utf8_comes_back_too() -> None:
    assert str(report(UserFunctionError("half \ud83d"))) == "half \\ud83d"


def test_a_defect_says_where_it_is_and_what_was_at_hand() -> None:
    error = KeyError("x")
    error.add_note("in bucket 3, key ('a',)")
    told = str(report(error))
    assert "KeyError: 'x' in bucket 3, key ('a',) (" in told
    assert "test_exchange.py:" in told


def test_the_first_failure_is_raised_and_an_unknown_kind_is_a_defect() -> None:
    def failed(*kinds: str) -> pa.Table:
        failures = [Failure(kind, kind, "") for kind in kinds]
        return pa.table({"result": ["1", *[None] * len(kinds)], "failure": [None, *map(encoded, failures)]}, RESULTS)

    def encoded(failure: Failure) -> str:
        (text,) = orders([failure]).column("order").to_pylist()
        return str(text)

    with pytest.raises(UserFunctionError):
        results(failed("user_function", "configuration"), int, "p")
    with pytest.raises(TidegateError, match="later") as raised:
        results(failed("later"), int, "p")
    assert raised.value.kind == "internal"
