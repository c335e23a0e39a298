"""Goal: the promotion DAG shows what it would change, asks, and is as safe to repeat as an epoch."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self, cast

import pytest
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Asset, BaseOperator, Context
from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException
from airflow.serialization.serialized_objects import DagSerialization

import builders as make
from tidegate import Definition, wiring
from tidegate.errors import ConfigurationError, DefinitionError, LeaseHeldError
from tidegate.orchestration import promotion, promotion_dag
from tidegate.ports import Compared, EpochReport
from tidegate.protocol.model import LaneId, Promotion, Run

DAG_RUN = SimpleNamespace(
    dag_id="sales_promotion",
    run_id="manual__x",
    clear_number=0,
    logical_date=None,
    data_interval_start=None,
    data_interval_end=None,
)
TAKEN = Promotion("fix", 0, keeps_state=False)
DONE = EpochReport(make.epoch(7, lane=LaneId("sales"), offsets=make.span(9), purpose=TAKEN), None, {})
DIFFERENCES = [Compared("shop.sales", (f"d{n}",), 5, 6, 2, 1, 3) for n in range(150)]


class FakeLanes:
    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[object] = []

    def __call__(self, main: object) -> Self:
        assert main == "the coordinator"
        return self

    def find(self, name: str) -> str:
        return f"fork {name}"

    def compare(self, fork: str) -> object:
        return self._take(fork)

    def changed(self, fork: str) -> tuple[str, ...]:
        return (f"operator totals: its code, on {fork}",)

    def promote(self, run: Run, name: str, *, output_only: bool) -> object:
        return self._take((run.key, name, output_only))

    def _take(self, asked: object) -> object:
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


Execute = Callable[..., SimpleNamespace]
"""Executes a task of the DAG with lanes that answer as told; what it did."""


@pytest.fixture
def execute(definition: Definition, monkeypatch: pytest.MonkeyPatch, all_connections: None) -> Execute:
    def run(task_id: str, answer: object, **params: Any) -> SimpleNamespace:
        @contextmanager
        def coordinator(
            given: Definition, endpoints: wiring.Endpoints, *, progress: object, lease_wait_s: float
        ) -> Iterator[str]:
            assert (given, lease_wait_s <= 2) == (definition, True)
            yield "the coordinator"

        lanes = FakeLanes(answer)
        monkeypatch.setattr(wiring, "coordinator", coordinator)
        monkeypatch.setattr(promotion, "Lanes", lanes)
        operator = promotion_dag(definition).get_task(task_id)
        assert isinstance(operator, BaseOperator)
        events: dict[Asset, SimpleNamespace] = defaultdict(lambda: SimpleNamespace(extra={}))
        context = {
            "dag_run": DAG_RUN,
            "outlet_events": events,
            "params": {"lane": "fix", "output_only": False} | params,
        }
        return SimpleNamespace(result=operator.execute(cast("Context", context)), events=events, asked=lanes.asked)

    return run


def test_a_person_is_asked_between_comparison_and_swap(definition: Definition) -> None:
    dag = DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(promotion_dag(definition)))))
    assert {t.task_id: sorted(t.downstream_task_ids) for t in dag.tasks} == {
        "compare": ["approve"],
        "approve": ["promote"],
        "promote": [],
    }
    assert dag.params["output_only"] is False
    assert promotion_dag(definition, approve=False, dag_id="x").get_task("compare").downstream_task_ids == {"promote"}
    with pytest.raises(DefinitionError, match="promotion_dag takes a complete pipeline"):
        promotion_dag(definition.pipeline)  # type: ignore[arg-type]


def test_the_person_sees_what_the_comparison_says(definition: Definition) -> None:
    """As a list, a line each."""
    asks = promotion_dag(definition).get_task("approve")
    assert isinstance(asks, ApprovalOperator)
    left = {"compare": {"says": ["2 partitions would change", "shop.sales: 3 rows added"]}}
    ti = SimpleNamespace(xcom_pull=lambda task_ids: left[task_ids])
    assert (
        asks.render_template(asks.body, cast("Context", {"ti": ti}))
        == "- 2 partitions would change\n- shop.sales: 3 rows added\n"
    )


def test_the_comparison_is_logged_and_left_in_xcom(execute: Execute, capsys: pytest.CaptureFixture[str]) -> None:
    done = execute("compare", DIFFERENCES)
    assert done.asked == ["fork fix"]
    assert done.result["tables"] == {"shop.sales": {"added": 300, "removed": 150, "changed": 450}}
    assert (done.result["partitions"], len(done.result["first"])) == (150, 100)
    assert "shop.sales: 300 rows added, 150 removed, 450 changed" in capsys.readouterr().out
    assert done.result["says"][:3] == [
        "changed on the lane: operator totals: its code, on fork fix",
        "150 partitions would change", "shop.sales: 300 rows added, 150 removed, 450 changed",
    ]  # fmt: skip
    assert len(done.result["says"]) == 13  # ten partitions
    assert execute("compare", []).result["tables"] == {}
    assert "what the tables show already" in capsys.readouterr().out


def test_the_promotion_is_its_runs_and_announces_every_table(execute: Execute, definition: Definition) -> None:
    done = execute("promote", DONE, output_only=True)
    assert done.asked == [("manual__x", "fix", True)]
    assert (done.result["epoch"], done.result["status"]) == (7, "SEALED")
    assert {asset.name for asset in done.events} == {t.name for t in definition.all_targets}
    assert {e.extra["kind"] for e in done.events.values()} == {"PROMOTION"}


def test_nothing_to_change_is_a_skip(execute: Execute) -> None:
    with pytest.raises(AirflowSkipException, match="fix gives what the tables show already"):
        execute("promote", None)


def test_a_busy_pipeline_is_waited_for_and_a_refusal_is_readable(
    execute: Execute, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AirflowRescheduleException):
        execute("promote", LeaseHeldError("somebody is at work"))
    with pytest.raises(ConfigurationError):
        execute("promote", ConfigurationError("there is no lane 'fix'"))
    assert "configuration: there is no lane 'fix'" in capsys.readouterr().out
