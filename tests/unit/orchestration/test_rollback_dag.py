"""Goal: the rollback DAG asks for what it needs, shows before it does, and is as safe to repeat as an epoch."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airflow.sdk import Asset, BaseOperator, Context
from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException
from airflow.serialization.serialized_objects import DagSerialization

import builders as make
from tidegate import Definition, wiring
from tidegate.engine.rollback import RollbackPlan
from tidegate.errors import ConfigurationError, DefinitionError, FencedError, LeaseHeldError
from tidegate.orchestration import rollback, rollback_dag
from tidegate.ports import EpochReport
from tidegate.protocol.model import LaneId, Rollback

DAG_RUN = SimpleNamespace(
    dag_id="sales_rollback",
    run_id="manual__x",
    clear_number=0,
    logical_date=None,
    data_interval_start=None,
    data_interval_end=None,
)
LAST = make.epoch(6, lane=LaneId("sales"), offsets=make.span(5, 6))
PLAN = RollbackPlan(None, (LAST,), (((("shop.sales"), ("d",)), None),), make.span(0, 6), (9, 0), None)
DONE = EpochReport(make.epoch(7, lane=LaneId("sales"), purpose=Rollback(0)), None, {})
FORM = {"to_epoch": 0, "allow_gap": True, "dry_run": False}


Execute = Callable[..., SimpleNamespace]
"""Executes a task of the DAG with an engine that answers as told; what it did."""


@pytest.fixture
def execute(definition: Definition, monkeypatch: pytest.MonkeyPatch, all_connections: None) -> Execute:
    def run(task_id: str, answer: object, **params: Any) -> SimpleNamespace:
        asked: list[tuple[tuple[object, ...], dict[str, object]]] = []

        def asks(*args: object, **kwargs: object) -> object:
            asked.append((args, kwargs))
            if isinstance(answer, Exception):
                raise answer
            return answer

        @contextmanager
        def coordinator(
            given: Definition, endpoints: wiring.Endpoints, *, progress: object, lease_wait_s: float
        ) -> Iterator[str]:
            assert (given, lease_wait_s <= 2) == (definition, True)
            yield "the coordinator"

        monkeypatch.setattr(wiring, "coordinator", coordinator)
        monkeypatch.setattr(rollback, "plan_rollback" if task_id == "plan" else "roll_back", asks)
        operator = rollback_dag(definition).get_task(task_id)
        assert isinstance(operator, BaseOperator)
        skipped: list[str] = []
        pushed: dict[str, object] = {}
        monkeypatch.setattr(type(operator), "skip", lambda self, ti, tasks: skipped.extend(t.task_id for t in tasks))
        events: dict[Asset, SimpleNamespace] = defaultdict(lambda: SimpleNamespace(extra={}))
        ti = SimpleNamespace(xcom_push=lambda key, value: pushed.update({key: value}))
        context = {"dag_run": DAG_RUN, "ti": ti, "outlet_events": events, "params": FORM | params}
        result = operator.execute(cast("Context", context))
        return SimpleNamespace(result=result, skipped=skipped, events=events, asked=asked, pushed=pushed)

    return run


def test_the_dag_is_started_by_hand_and_ready_when_it_is_new(definition: Definition) -> None:
    dag = rollback_dag(definition)
    assert [dag.dag_id, dag.schedule, dag.max_active_runs] == ["sales_rollback", None, 1]
    assert dag.is_paused_upon_creation is False
    assert dag.get_task("plan").downstream_task_ids == {"rollback"}
    assert dag.get_task("rollback").retries == 3
    assert [a.name for a in dag.get_task("rollback").outlets] == ["shop.sales", "shop.rejects"]
    again = DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))
    assert {t.task_type for t in again.tasks} == {"PlanRollbackOperator", "RollbackOperator"}
    assert again.get_task("rollback").has_retry_policy


def test_the_form_asks_for_the_epoch_and_is_a_dry_run_unless_told(definition: Definition) -> None:
    params = rollback_dag(definition).params
    with pytest.raises(Exception, match="No value passed"):
        params.validate()
    params["to_epoch"] = 3
    assert params.validate() == {"to_epoch": 3, "allow_gap": False, "dry_run": True}
    for wrong in (-1, "3", 1.5, None):
        with pytest.raises(Exception, match="Invalid input for param to_epoch"):
            params["to_epoch"] = wrong


def test_a_person_can_be_asked_in_between(definition: Definition) -> None:
    dag = rollback_dag(definition, approve=True, dag_id="other", retries=1, default_args={"owner": "shop"})
    assert dag.dag_id == "other"
    assert dag.get_task("plan").downstream_task_ids == {"approve"}
    assert dag.get_task("approve").downstream_task_ids == {"rollback"}
    assert (dag.get_task("rollback").retries, dag.get_task("rollback").owner) == (1, "shop")
    assert dag.params["dry_run"] is False
    DagSerialization.to_dict(dag)


def test_mistakes_name_the_line(definition: Definition) -> None:
    with pytest.raises(DefinitionError, match=r"test_rollback_dag\.py:\d+: rollback_dag takes a complete pipeline"):
        rollback_dag(definition.pipeline)  # type: ignore[arg-type]


def test_the_plan_is_logged_and_left_in_xcom(execute: Execute, capsys: pytest.CaptureFixture[str]) -> None:
    done = execute("plan", PLAN)
    assert (done.result["from_epoch"], done.result["to_epoch"], done.result["positions"]) == (6, 0, {"source": [0, 6]})
    assert done.asked == [(("the coordinator", 0), {"allow_gap": True})]
    assert (done.skipped, done.pushed) == ([], {})
    assert "shop.sales: 0 partitions get earlier files, 1 are removed" in capsys.readouterr().out


def test_a_dry_run_ends_with_the_plan(execute: Execute) -> None:
    done = execute("plan", PLAN, dry_run=True)
    assert done.skipped == ["rollback"]
    assert done.pushed == {"return_value": done.result}


def test_it_goes_back_for_its_run_and_announces_every_table(
    execute: Execute, capsys: pytest.CaptureFixture[str]
) -> None:
    done = execute("rollback", DONE)
    ((_, run), more) = done.asked[0]
    assert (run.key, run.owner) == ("manual__x", "airflow:sales_rollback:manual__x")
    assert more == {"to_epoch": 0, "allow_gap": True}
    assert done.result["epoch"] == 7
    extra = {"pipeline": "sales", "epoch": 7, "generation": 1, "lane": "main", "restores": 0, "partitions": 0}
    assert {a.name: e.extra for a, e in done.events.items()} == {"shop.sales": extra, "shop.rejects": extra}
    said = capsys.readouterr().out
    assert "sales: tables, state and source positions are those of epoch 0; this rollback is epoch 7" in said
    assert "To go forward again: `to_epoch` 6" in said


def test_a_busy_pipeline_is_waited_for_and_a_newer_attempt_is_left_alone(execute: Execute) -> None:
    with pytest.raises(AirflowRescheduleException):
        execute("rollback", LeaseHeldError("sales: somebody is working on this lane"))
    with pytest.raises(AirflowSkipException, match="the newer one finishes the epoch"):
        execute("rollback", FencedError("superseded by 4"))


@pytest.mark.parametrize("task_id", ["plan", "rollback"])
def test_a_refusal_is_one_readable_line(execute: Execute, capsys: pytest.CaptureFixture[str], task_id: str) -> None:
    with pytest.raises(ConfigurationError):
        execute(task_id, ConfigurationError("epoch 3 cannot be gone back to"))
    assert "configuration: epoch 3 cannot be gone back to" in capsys.readouterr().out
