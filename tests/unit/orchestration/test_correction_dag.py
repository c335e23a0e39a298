"""Goal: the correction DAG asks for a reason, is a dry run unless told, and does what the command line does."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from airflow.serialization.serialized_objects import DagSerialization

import builders as make
from tidegate import wiring
from tidegate.engine.corrections import Correction
from tidegate.engine.repairing import Repaired
from tidegate.errors import DefinitionError, RefusedError
from tidegate.orchestration import correction, correction_dag
from tidegate.protocol.model import LaneId, Status

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
FORM = {"what": "give up", "slices": [], "reason": "cut off", "dry_run": False}


@pytest.fixture
def execute(definition, monkeypatch, all_connections):
    def run(**params):
        made = []
        engine = SimpleNamespace(definition=definition, repair=lambda run: made.append(run) or Repaired(1, 2))

        @contextmanager
        def coordinator(*args, **kwargs):
            yield engine

        monkeypatch.setattr(wiring, "coordinator", coordinator)
        monkeypatch.setattr(correction, "correct", lambda c, run, word, plan: made.append((run, word)) or plan(c))
        monkeypatch.setattr(correction, "give_up", lambda c: FOUND)
        monkeypatch.setattr(correction, "skip", lambda paths: lambda c: made.append(paths) or FOUND)
        operator = correction_dag(definition).get_task("correct")
        return operator.execute({"dag_run": DAG_RUN, "params": FORM | params}), made

    return run


def test_the_dag_is_started_by_hand_and_ready_when_it_is_new(definition):
    dag = correction_dag(definition)
    assert (dag.dag_id, dag.schedule, dag.max_active_runs) == ("sales_correction", None, 1)
    assert dag.is_paused_upon_creation is False
    again = DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))
    assert [t.task_type for t in again.tasks] == ["CorrectionOperator"]
    with pytest.raises(DefinitionError, match=r"test_correction_dag\.py:\d+: correction_dag takes a complete pipeline"):
        correction_dag(definition.pipeline)


def test_the_form_asks_what_and_why_and_is_a_dry_run_unless_told(definition):
    params = correction_dag(definition).params
    with pytest.raises(Exception, match="No value passed"):
        params.validate()
    params["what"], params["reason"] = "give up", "cut off"
    assert params.validate() == {"what": "give up", "slices": [], "reason": "cut off", "dry_run": True}
    for name, wrong in (("what", "rollback"), ("reason", ""), ("slices", "/in/b")):
        with pytest.raises(Exception, match=f"Invalid input for param {name}"):
            params[name] = wrong


def test_an_epoch_is_given_up_by_the_person_who_started_the_run(execute):
    summary, made = execute()
    ((run, word),) = made
    assert (run.key, word.why) == ("manual__x", "cut off")
    assert word.by == "ada, by airflow:sales_correction:manual__x"
    assert summary["gives_up"]["epoch"] == 7
    assert summary["says"][0] == "sales: epoch 7 is given up; the next run plans it anew"


def test_slices_are_skipped(execute):
    summary, made = execute(what="skip", slices=["/in/b"])
    assert made[1:] == [["/in/b"]]
    assert summary["skipped"] == ["/in/b"]


def test_what_is_lost_is_brought_back(execute):
    summary, made = execute(what="repair")
    assert len(made) == 1
    assert summary["says"] == ["sales: 1 manifests were brought back, 2 partitions repaired"]


@pytest.mark.parametrize("what", ["give up", "repair"])
def test_a_dry_run_changes_nothing(execute, what):
    summary, made = execute(what=what, dry_run=True)
    assert made == []
    assert "nothing was" in summary["says"][-1]


@pytest.mark.parametrize("params", [{"what": "skip"}, {"what": "give up", "slices": ["/in/b"]}])
def test_slices_go_with_skip_only(execute, params):
    with pytest.raises(RefusedError, match="`slices` are for"):
        execute(**params)
