"""Goal: the correction DAG asks for a reason, is a dry run unless told, and does what the command line does."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airflow.sdk import BaseOperator, Context
from airflow.serialization.serialized_objects import DagSerialization

import builders as make
from tidegate import Definition, wiring
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.corrections import Correction, Plan
from tidegate.engine.repairing import Repaired
from tidegate.errors import DefinitionError, RefusedError
from tidegate.orchestration import correction, correction_dag
from tidegate.protocol.model import LaneId, Run, Status, Word

DAG_RUN = SimpleNamespace(
    dag_id="sales_correction",
    run_id="manual__x",
    clear_number=0,
    logical_date=None,
    data_interval_start=None,
    data_interval_end=None,
    triggering_user_name="ada",
)
EPOCH = make.epoch(7, Status.PLANNED, lane=LaneId("sales"), offsets=make.span(3, 5))
FOUND = Correction(EPOCH, (make.slice_(4, "/in/b", skipped=True),))
GAPS = {None: FOUND, "till": Correction(None, ())}
FORM = {"what": "give up", "slices": [], "source": "", "reason": "cut off", "dry_run": False}


Execute = Callable[..., tuple[Any, list[Any]]]
"""Executes the task with these params; its answer, and what was made."""


@pytest.fixture
def execute(definition: Definition, monkeypatch: pytest.MonkeyPatch, all_connections: None) -> Execute:
    def run(**params: Any) -> tuple[Any, list[Any]]:
        made: list[object] = []

        def repair(run: Run) -> Repaired:
            made.append(run)
            return Repaired(1, 2)

        def correct(c: Coordinator, run: Run, word: Word, plan: Plan) -> Correction:
            made.append((run, word))
            return plan(c)

        def skip(paths: Sequence[str], source: str | None) -> Plan:
            def planned(c: Coordinator) -> Correction:
                made.append((paths, source))
                return FOUND

            return planned

        engine = SimpleNamespace(definition=definition, repair=repair)

        @contextmanager
        def coordinator(*args: object, **kwargs: object) -> Iterator[SimpleNamespace]:
            yield engine

        monkeypatch.setattr(wiring, "coordinator", coordinator)
        monkeypatch.setattr(correction, "correct", correct)
        monkeypatch.setattr(correction, "give_up", lambda c: FOUND)
        monkeypatch.setattr(correction, "accept_gap", lambda source: lambda c: GAPS[source])
        monkeypatch.setattr(correction, "skip", skip)
        operator = correction_dag(definition).get_task("correct")
        assert isinstance(operator, BaseOperator)
        return operator.execute(cast("Context", {"dag_run": DAG_RUN, "params": FORM | params})), made

    return run


def test_the_dag_is_started_by_hand_and_ready_when_it_is_new(definition: Definition) -> None:
    dag = correction_dag(definition)
    assert [dag.dag_id, dag.schedule, dag.max_active_runs] == ["sales_correction", None, 1]
    assert dag.is_paused_upon_creation is False
    again = DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))
    assert [t.task_type for t in again.tasks] == ["CorrectionOperator"]
    with pytest.raises(DefinitionError, match=r"test_correction_dag\.py:\d+: correction_dag takes a complete pipeline"):
        correction_dag(definition.pipeline)  # type: ignore[arg-type]


def test_the_form_asks_what_and_why_and_is_a_dry_run_unless_told(definition: Definition) -> None:
    params = correction_dag(definition).params
    with pytest.raises(Exception, match="No value passed"):
        params.validate()
    params["what"], params["reason"] = "give up", "cut off"
    assert params.validate() == {**FORM, "dry_run": True}
    for name, wrong in (("what", "rollback"), ("reason", ""), ("slices", "/in/b")):
        with pytest.raises(Exception, match=f"Invalid input for param {name}"):
            params[name] = wrong


def test_an_epoch_is_given_up_by_the_person_who_started_the_run(execute: Execute) -> None:
    summary, made = execute()
    ((run, word),) = made
    assert (run.key, word.why) == ("manual__x", "cut off")
    assert word.by == "ada, by airflow:sales_correction:manual__x"
    assert summary["gives_up"]["epoch"] == 7
    assert summary["says"][0] == "sales: epoch 7 is given up; the next run plans it anew"


def test_slices_are_skipped(execute: Execute) -> None:
    summary, made = execute(what="skip", slices=["/in/b"])
    assert made[1:] == [(["/in/b"], None)]
    assert summary["skipped"] == ["/in/b"]
    assert execute(what="skip", slices=["/in/b"], source="till")[1][1:] == [(["/in/b"], "till")]


def test_a_gap_is_accepted(execute: Execute) -> None:
    summary, ((_, word),) = execute(what="accept a gap")
    assert word.why == "cut off"
    assert summary["skipped"] == ["/in/b"]
    assert execute(what="accept a gap", source="till")[0]["skipped"] == []


def test_what_is_lost_is_brought_back(execute: Execute) -> None:
    summary, made = execute(what="repair")
    assert len(made) == 1
    assert summary["says"] == ["sales: 1 manifests were brought back, 2 partitions repaired"]


@pytest.mark.parametrize("what", ["give up", "repair"])
def test_a_dry_run_changes_nothing(execute: Execute, what: str) -> None:
    summary, made = execute(what=what, dry_run=True)
    assert made == []
    assert "nothing was" in summary["says"][-1]


@pytest.mark.parametrize("params", [{"what": "skip"}, {"what": "give up", "slices": ["/in/b"]}])
def test_slices_go_with_skip_only(execute: Execute, params: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="`slices` are for"):
        execute(**params)
