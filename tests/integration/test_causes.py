"""Goal: each cause of a failure, provoked through real Spark, ends under its own kind and says where it lies."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812  (its usual name)

import builders as make
from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.adapters.spark.processor import _collect
from tidegate.adapters.spark.session import opened
from tidegate.cli import application, session
from tidegate.errors import PausedError, TidegateError, UnavailableError, UserFunctionError
from tidegate.ports import EpochReport
from tidegate.protocol.model import LaneId, Run, Status
from tidegate.wiring import VARIABLES, Endpoints, coordinator

pytestmark = pytest.mark.services

SESSION = uuid4().hex[:6]
ROW = pa.schema({"k": pa.string(), "n": pa.int64()})


class Sum(KeyedProcessFunction):
    """Sums; what `does` does besides is one of the causes."""

    n = ValueState(pa.int64(), default=0)

    def __init__(self, does: Callable[[Any], None] = lambda value: None, **holds: Any) -> None:
        self.does = does
        vars(self).update(holds)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        self.does(value)
        self.n.update(self.n.value() + value.n)
        yield {"k": value.k, "n": self.n.value()}


def pipeline(
    name: str, folder: Path, transform: Callable[[Any], Any] | None = None, function: Sum | None = None, **settings: Any
) -> Definition:
    folder.mkdir(exist_ok=True)
    (folder / "a.json").write_text(json.dumps({"k": "a", "n": 0}) + "\n")
    stream = Pipeline(f"{name}_{SESSION}", **settings).source(FileSource(folder, "json", ROW, settle=timedelta(0)))
    stream = stream.transform(transform) if transform else stream
    return stream.key_by("k").process(function or Sum(), output=ROW).sink(HiveTable(f"t.{name}_{SESSION}"))


def run(definition: Definition, endpoints: Endpoints, owner: str = "owner", wait_s: float = 1) -> EpochReport | None:
    with coordinator(definition, endpoints, progress=print, lease_wait_s=wait_s) as engine:
        return engine.run(Run(f"run of {owner}", owner))


def named(what: str, cause: str) -> str:
    return f"{what}_{''.join(filter(str.isalpha, cause.lower()))}"


def udf(rows: Any) -> Any:
    @F.udf("long")
    def refuses(n):  # type: ignore[no-untyped-def]  # Spark warns of hints
        raise ValueError("a UDF's own words")

    return rows.withColumn("n", refuses("n"))


def raises(error: str) -> Callable[[Any], None]:
    def does(value: Any) -> None:
        raise ValueError(error)

    return does


def changing(expression: Callable[[Column], Column]) -> Callable[[DataFrame], DataFrame]:
    """A transform of column n."""
    return lambda rows: rows.withColumn("n", expression(F.col("n")))


HERE = r"test_causes\.py:\d+"
GUIDE = Path(__file__).resolve().parents[2] / "docs/operations.md"
TRANSFORMS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "a division by zero in a transform": (
        lambda rows: rows.withColumn("n", (1 / F.col("n")).cast("long")),
        "user_function",
        HERE,
    ),
    "a cast in a transform of what does not fit": (
        lambda rows: rows.withColumn("n", F.col("k").cast("long")),
        "user_function",
        HERE,
    ),
    "an overflow in a transform": (changing(lambda n: (n + 2**62) * 4), "user_function", HERE),
    "`raise_error` in a transform": (
        changing(lambda n: F.raise_error(F.lit("own words")).cast("long")),
        "user_function",
        "own words",
    ),
    "a UDF that raises": (udf, "user_function", rf"ValueError: a UDF's own words, at .*{HERE} in refuses"),
    "a transform with a column that is not there": (lambda rows: rows.where("kk = 1"), "definition", HERE),
}


@pytest.mark.parametrize("cause", TRANSFORMS)
def test_a_transform_that_fails(tmp_path: Path, endpoints: Endpoints, cause: str) -> None:
    transform, kind, message = TRANSFORMS[cause]
    with pytest.raises(TidegateError, match=message) as raised:
        run(pipeline(named("transform", cause), tmp_path / "in", transform), endpoints)
    assert raised.value.kind == kind
    assert "epoch 1" in str(raised.value) or kind == "definition"
    assert "\tat " not in str(raised.value)


FUNCTIONS: dict[str, tuple[Callable[[], Sum], str, str]] = {
    "a function that raises": (
        lambda: Sum(raises("own words")),
        "user_function",
        r"Sum\.process_element raised ValueError: own words, key \('a',\), row .*a\.json",
    ),
    "a function that cannot be shipped to Spark": (
        lambda: Sum(lock=threading.Lock()),
        "definition",
        "cannot be shipped",
    ),
    "a Python worker that dies": (lambda: Sum(lambda value: os._exit(9)), "unavailable", "a Python worker died"),
}


@pytest.mark.parametrize("cause", FUNCTIONS)
def test_a_function_that_fails(tmp_path: Path, endpoints: Endpoints, cause: str) -> None:
    function, kind, message = FUNCTIONS[cause]
    with pytest.raises(TidegateError, match=message) as raised:
        run(
            pipeline("function_" + "".join(filter(str.isalpha, cause.lower())), tmp_path / "in", function=function()),
            endpoints,
        )
    assert raised.value.kind == kind


TASKS: dict[str, tuple[Exception, str]] = {
    "storage that is full": (OSError(28, "No space left on device"), "unavailable"),
    "storage that workers may not use": (PermissionError(13, "Permission denied"), "configuration"),
    "anything else that a Spark task raises": (KeyError("x"), "internal"),
}


@pytest.mark.parametrize("cause", TASKS)
def test_whatever_a_task_raises_comes_back_under_its_kind(endpoints: Endpoints, cause: str) -> None:
    error, kind = TASKS[cause]

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[int]:
        yield from ()
        raise error

    with opened(endpoints.spark, "a test", f"a test {uuid4()}") as spark, pytest.raises(TidegateError) as raised:
        _collect(spark.range(1), task, int, "a test")
    assert raised.value.kind == kind
    assert "in task" in str(raised.value.__cause__)


def test_the_guide_lists_these_causes_and_their_kinds() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("| Cause | Kind |\n")[2].partition("\n\n")[0]
    listed = dict(re.findall(r"^\| (.+) \| `(\w+)` \|$", table, re.MULTILINE))
    kinds = {cause: kind for cause, (*_, kind, _) in (TRANSFORMS | FUNCTIONS).items()}
    assert listed == kinds | {cause: kind for cause, (_, kind) in TASKS.items()}


# -- what a failure leaves behind -------------------------------------------------------------------------------------


def test_a_run_that_failed_is_not_waited_for(tmp_path: Path, endpoints: Endpoints) -> None:
    """Also when it may be tried again: whoever comes next goes on at once."""
    definition = pipeline("not_waited", tmp_path / "in")
    with pytest.raises(UnavailableError):
        run(definition, replace(endpoints, spark="sc://127.0.0.1:1"), "one")
    report = run(definition, endpoints, "two", wait_s=0)
    assert report is not None
    assert [(e.run.owner, e.status) for e in report.finished] == [("one", Status.SEALED)]


def test_an_epoch_that_keeps_failing_is_paused_until_a_person_resumes_it(
    tmp_path: Path, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = pipeline("paused", tmp_path / "in", function=Sum(raises("own words")), pause_after=2)
    mended = make.with_function(definition, Sum())
    monkeypatch.setattr(session, "definition_of", lambda word, home: mended)
    monkeypatch.setattr(application, "definition_of", lambda word, home: mended)
    for name, variable in VARIABLES.items():
        monkeypatch.setenv(variable, getattr(endpoints, name))

    def call(*words: str) -> str:
        done = CliRunner().invoke(application.tidegate, [*words, definition.name], catch_exceptions=False)
        return done.output

    for _ in range(2):
        with pytest.raises(UserFunctionError):
            run(definition, endpoints)
    said = "2 attempts in a row ended with user_function: .*own words.*tidegate resume"
    with pytest.raises(PausedError, match=said):
        run(definition, endpoints, "another", wait_s=0)
    with pytest.raises(PausedError, match=said):
        call("run")
    assert "paused" in call("plan")
    assert "paused: " in call("epochs")
    assert f"{definition.name} epoch 1 is tried again by the next run" in call("resume")
    assert f"{definition.name} epoch 1 SEALED" in call("run")
    with coordinator(definition, endpoints, progress=print) as engine:
        (epoch,) = engine.adapters.store.epochs(LaneId(definition.name), limit=9)
    assert (epoch.status, epoch.attempts, epoch.failures) == (Status.SEALED, 3, 0)
