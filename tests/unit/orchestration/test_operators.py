"""Goal: what each task does and says for every outcome of the coordinator."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airflow.sdk import Asset, BaseOperator, Context
from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException

import builders as make
from tidegate import Definition, wiring
from tidegate.engine.planning import EpochPlan
from tidegate.errors import FencedError, LeaseHeldError, RefusedError, UnavailableError
from tidegate.orchestration import epoch_dag, operators
from tidegate.orchestration.operators import ProcessEpochOperator, PublishEpochOperator, run_of
from tidegate.ports import EpochReport
from tidegate.protocol.forecast import Forecast
from tidegate.protocol.intervals import Bound
from tidegate.protocol.ledger import NO_LIMIT, Limit
from tidegate.protocol.model import Epoch, LaneId, Run, Status
from tidegate.reports.plans import plan_summary

INTERVAL = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH = make.epoch(
    7,
    Status.STAGED,
    lane=LaneId("sales"),
    fence=3,
    run=Run("scheduled__x", "airflow:sales:scheduled__x"),
    offsets=make.span(10, 12),
    counts=make.counts(rows_in=5, processed=5, keys_changed=2, rows_out={"shop.sales": 4, "shop.rejects": 1}),
)
MANIFEST = make.manifest(
    *(make.partition("shop.sales", "7", f"{n:03}", files=()) for n in reversed(range(102))),
    make.partition("shop.rejects", "7", files=()),
    epoch=7,
    offsets=make.span(10, 12),
    pipeline="sales",
    attempt=3,
)
SEALED = replace(EPOCH, status=Status.SEALED, manifest=make.ref(MANIFEST, "file:///m.json"))


class FakeCoordinator:
    """Answers as told; `sealed` is the lane's head."""

    def __init__(self, definition: Definition, answer: object, sealed: EpochReport | None = None) -> None:
        self.definition, self.answer, self.sealed = definition, answer, sealed
        self.runs: list[Run] = []
        self.bounds: list[Bound | None] = []
        self.limits: list[Limit] = []
        self.resumed: list[LaneId] = []
        self.adapters = SimpleNamespace(store=SimpleNamespace(of_run=lambda lane, key: None, resume=self.resume))
        self.lane_id = LaneId("sales")

    def resume(self, lane: LaneId) -> Epoch:
        self.resumed.append(lane)
        return EPOCH

    def process(self, run: Run, *, bound: Bound | None, limit: Limit) -> object:
        self.bounds.append(bound)
        self.limits.append(limit)
        return self.publish(run)

    def head(self) -> EpochReport | None:
        return self.sealed

    def publish(self, run: Run) -> object:
        self.runs.append(run)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


Execute = Callable[..., SimpleNamespace]
"""Executes one of the two operators with a coordinator that answers as told; what it did."""


@pytest.fixture
def execute(definition: Definition, monkeypatch: pytest.MonkeyPatch, all_connections: None) -> Execute:
    def run(
        operator_class: type[ProcessEpochOperator | PublishEpochOperator],
        answer: object,
        sealed: EpochReport | None = None,
        definition: Definition = definition,
        settings: dict[str, Any] | None = None,
        **params: Any,
    ) -> SimpleNamespace:
        fake = FakeCoordinator(definition, answer, sealed)

        @contextmanager
        def coordinator(
            given: Definition, endpoints: wiring.Endpoints, *, progress: object, lease_wait_s: float
        ) -> Iterator[FakeCoordinator]:
            assert lease_wait_s <= 2  # a waiting task gives its worker slot back
            assert given is definition
            assert endpoints.spark == "sc://spark:15002"
            yield fake

        monkeypatch.setattr(wiring, "coordinator", coordinator)
        dag = epoch_dag(definition, **(settings or {}))
        operator = dag.get_task("process" if operator_class is ProcessEpochOperator else "publish")
        assert isinstance(operator, BaseOperator)
        skipped: list[str] = []
        monkeypatch.setattr(operator_class, "skip", lambda self, ti, tasks: skipped.extend(t.task_id for t in tasks))
        events: dict[Asset, SimpleNamespace] = defaultdict(lambda: SimpleNamespace(extra={}))
        pushed: dict[str, Any] = {}
        ti = SimpleNamespace(xcom_push=lambda key, value: pushed.update({key: value}))
        context = {"dag_run": DAG_RUN, "ti": ti, "outlet_events": events, "params": {**dag.params, **params}}
        result = operator.execute(cast("Context", context))
        return SimpleNamespace(
            result=result,
            skipped=skipped,
            events=events,
            runs=fake.runs,
            bounds=fake.bounds,
            pushed=pushed,
            limits=fake.limits,
            resumed=fake.resumed,
        )

    return run


DAG_RUN = SimpleNamespace(
    dag_id="sales",
    run_id="scheduled__x",
    clear_number=2,
    logical_date=INTERVAL,
    data_interval_start=INTERVAL,
    data_interval_end=None,
)


def test_the_run_is_airflows_run() -> None:
    ms = int(INTERVAL.timestamp() * 1000)
    assert run_of(cast("Context", {"dag_run": DAG_RUN})) == Run(
        "scheduled__x", "airflow:sales:scheduled__x", 2, ms, ms, None
    )


def test_process_leaves_numbers_in_xcom(execute: Execute) -> None:
    done = execute(ProcessEpochOperator, EpochReport(EPOCH, None, {"plan": 0.12345}))
    assert done.result == {
        "pipeline": "sales",
        "lane": "main",
        "epoch": 7,
        "generation": 1,
        "status": "STAGED",
        "ranges": {"source": [10, 12]},
        "rows_in": 5,
        "rows_out": 5,
        "keys_changed": 2,
        "dead_lettered": 0,
        "partitions": 0,
        "attempts": 1,
        "timings": {"plan": 0.123},
        "finished": [],
        "given_up": [],
    }
    assert done.skipped == []


@pytest.mark.parametrize("bound", Bound)
def test_process_says_what_bounds_the_run(execute: Execute, timed: Definition, bound: Bound) -> None:
    done = execute(ProcessEpochOperator, EpochReport(EPOCH, None, {}), definition=timed, settings={"bound": bound})
    assert done.bounds == [bound]
    assert [r.interval_start_ms for r in done.runs] == [INTERVAL.timestamp() * 1000]


def test_no_new_input_skips_publish(execute: Execute) -> None:
    done = execute(ProcessEpochOperator, None, sealed=EpochReport(SEALED, MANIFEST, {}))
    # Airflow's skip ends the task before its value is pushed
    assert done.pushed == {"return_value": {"pipeline": "sales", "lane": "main", "status": "NO_INPUT"}}
    assert done.skipped == ["publish"]


def test_an_epoch_of_a_dead_run_that_was_finished_on_the_way_is_still_announced(execute: Execute) -> None:
    finished = EpochReport(SEALED, MANIFEST, {}, finished=(SEALED,))
    done = execute(ProcessEpochOperator, finished)
    assert done.result["finished"] == [{"epoch": 7, "generation": 1, "kind": "EVENTS", "run": SEALED.run.key}]
    assert done.skipped == []
    announced = execute(PublishEpochOperator, None, sealed=finished)
    assert [e.extra["epoch"] for e in announced.events.values()] == [7, 7]
    assert [e.extra["table"]["partitions"] for e in announced.events.values()] == [102, 1]


def test_publish_announces_every_table(execute: Execute) -> None:
    done = execute(PublishEpochOperator, EpochReport(SEALED, MANIFEST, {}))
    extra = {"pipeline": "sales", "lane": "main", "epoch": 7, "generation": 1, "kind": "EVENTS"}
    extra |= {"rows_in": 5, "rows_out": 5, "keys_changed": 2, "dead_lettered": 0, "partitions": 103}
    sales = [f"epoch_id=7/day={n:03}" for n in range(100)]
    assert {asset.name: event.extra for asset, event in done.events.items()} == {
        "shop.sales": extra
        | {"table": {"name": "shop.sales", "rows_out": 4, "partitions": 102, "partition_names": sales}},
        "shop.rejects": extra
        | {"table": {"name": "shop.rejects", "rows_out": 1, "partitions": 1, "partition_names": ["epoch_id=7"]}},
    }


def test_an_outlet_that_is_no_table_of_the_pipeline_has_the_epoch_only(
    definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = epoch_dag(definition).get_task("publish")
    assert isinstance(operator, PublishEpochOperator)
    events: dict[Asset, SimpleNamespace] = defaultdict(lambda: SimpleNamespace(extra={}))
    operator.outlets = [Asset("other"), *operator.outlets]
    monkeypatch.setattr(operator, "_coordinated", lambda work: EpochReport(SEALED, MANIFEST, {}))
    operator.execute(cast("Context", {"dag_run": DAG_RUN, "outlet_events": events}))
    found = {asset.name: "table" in event.extra for asset, event in events.items()}
    assert found == {"other": False, "shop.sales": True, "shop.rejects": True}


def test_a_superseded_attempt_is_skipped_not_failed(execute: Execute) -> None:
    for operator in (ProcessEpochOperator, PublishEpochOperator):
        with pytest.raises(AirflowSkipException, match="superseded by 4; nothing is left to do here"):
            execute(operator, FencedError("superseded by 4"))


def test_a_lane_that_another_run_holds_is_looked_at_again_later(
    execute: Execute, capsys: pytest.CaptureFixture[str]
) -> None:
    for operator in (ProcessEpochOperator, PublishEpochOperator):
        with pytest.raises(AirflowRescheduleException) as raised:
            execute(operator, LeaseHeldError("sales: airflow:sales:manual__1 is working on this lane"))
        assert raised.value.reschedule_date > datetime.now(UTC)
        assert "manual__1 is working on this lane; this run looks again in 5 s" in capsys.readouterr().out


def test_publish_of_an_epoch_without_files_is_skipped(execute: Execute) -> None:
    planned = replace(EPOCH, status=Status.PLANNED, counts=None)
    with pytest.raises(AirflowSkipException, match="the next run finishes it"):
        execute(PublishEpochOperator, EpochReport(planned, None, {}))


def test_publish_of_a_run_without_epoch_is_skipped(execute: Execute) -> None:
    with pytest.raises(AirflowSkipException, match="no epoch to publish"):
        execute(PublishEpochOperator, None)


def test_a_failure_is_one_readable_line(execute: Execute, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnavailableError):
        execute(ProcessEpochOperator, UnavailableError("metastore thrift://hms:9083 does not answer"))
    assert "unavailable: metastore thrift://hms:9083 does not answer" in capsys.readouterr().out


def test_a_dry_run_says_the_plan_and_skips_publish(
    execute: Execute, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = Forecast(3, estimated=False, tables={}, growth=None, sample=0)
    plan = make.plan(8, make.span(12, 15), expected, lane=LaneId("sales"), slices=3, size=30)
    asked: list[tuple[Any, ...]] = []

    def look_ahead(*given: Any, **more: Any) -> EpochPlan:
        asked.append((*given, more))
        return plan

    monkeypatch.setattr(operators, "look_ahead", look_ahead)
    done = execute(ProcessEpochOperator, AssertionError("processed"), dry_run=True, max_slices=3)
    ((definition, _, lane, more),) = asked
    assert (definition.name, lane, more) == ("sales", LaneId("sales"), {"limit": Limit(slices=3), "until_ms": None})
    assert done.runs == []
    assert done.skipped == ["publish"]
    assert done.result == done.pushed["return_value"] == {**plan_summary(plan), "status": "DRY_RUN"}
    assert "sales: epoch 8: source positions [12, 15)" in capsys.readouterr().out


def test_publish_of_a_dry_run_is_skipped(execute: Execute) -> None:
    """Also when somebody clears it by itself: the last epoch must not be announced again."""
    with pytest.raises(AirflowSkipException, match="a dry run has nothing to publish"):
        execute(
            PublishEpochOperator, AssertionError("published"), sealed=EpochReport(SEALED, MANIFEST, {}), dry_run=True
        )


def test_a_run_can_resume_the_pipeline_first(execute: Execute, capsys: pytest.CaptureFixture[str]) -> None:
    report = EpochReport(EPOCH, None, {})
    assert execute(ProcessEpochOperator, report).resumed == []
    assert execute(ProcessEpochOperator, report, resume=True).resumed == [LaneId("sales")]
    assert "sales epoch 7 is resumed" in capsys.readouterr().out


def test_a_run_can_take_fewer_slices(execute: Execute) -> None:
    assert execute(ProcessEpochOperator, EpochReport(EPOCH, None, {}), max_slices=2).limits == [Limit(slices=2)]
    assert execute(ProcessEpochOperator, EpochReport(EPOCH, None, {})).limits == [NO_LIMIT]
    with pytest.raises(RefusedError, match="max_slices must be null or an integer from 1, not 0"):
        execute(ProcessEpochOperator, EpochReport(EPOCH, None, {}), max_slices=0)
