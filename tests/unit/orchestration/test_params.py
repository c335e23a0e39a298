"""Goal: a run's params are in the trigger form, checked by Airflow, and checked again by the task."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import ParamValidationError
from airflow.serialization.serialized_objects import DagSerialization

from tidegate import Definition
from tidegate.errors import RefusedError
from tidegate.orchestration import epoch_dag, promotion_dag
from tidegate.orchestration.params import RunParams, params_of

DEFAULTS = {"dry_run": False, "resume": False, "max_slices": None, "lane": None, "from_epoch": None, "to_epoch": None}


def context(given: Mapping[str, Any]) -> Context:
    """That of a task whose run has these params."""
    return cast("Context", {"params": given})


@pytest.mark.parametrize(
    ("given", "params"),
    [
        ({}, RunParams()),
        ({"dry_run": True, "max_slices": 3}, RunParams(dry_run=True, max_slices=3)),
        ({"resume": True}, RunParams(resume=True)),
        ({"dry_run": False, "max_slices": None, "own": 1}, RunParams()),
        ({"lane": "fix", "from_epoch": 3}, RunParams(lane="fix", from_epoch=3)),
        ({"lane": ""}, RunParams()),
    ],
)
def test_params_of_a_run(given: dict[str, Any], params: RunParams) -> None:
    assert params_of(context(given)) == params


def test_an_operator_in_a_dag_without_params() -> None:
    assert params_of(cast("Context", {})) == RunParams()


@pytest.mark.parametrize(
    "given",
    [
        {"dry_run": "false"},
        {"dry_run": 0},
        {"dry_run": None},
        {"resume": "yes"},
        {"max_slices": 0},
        {"max_slices": -1},
        {"max_slices": True},
        {"max_slices": 1.5},
        {"max_slices": "1"},
        {"from_epoch": 0},
        {"to_epoch": "9"},
    ],
)
def test_anything_else_is_refused_by_airflow_and_by_the_task(definition: Definition, given: dict[str, Any]) -> None:
    ((name, value),) = given.items()
    with pytest.raises(RefusedError, match=f"param {name} must be"):
        params_of(context(given))
    if value is not True:  # JSON Schema's integer is not Python's: only the task tells True from 1
        params = epoch_dag(definition).params
        with pytest.raises(ParamValidationError):
            params[name] = value


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"lane": "../x"}, "cannot be a lane's name"),
        ({"from_epoch": 3}, "need a lane"),
        ({"to_epoch": 3}, "need a lane"),
    ],
)
def test_a_range_needs_a_lane_with_a_name(given: dict[str, Any], why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        params_of(context(given))


def lane_fields(definition: Definition) -> list[Param]:
    return [dag(definition).params.get_param("lane") for dag in (epoch_dag, promotion_dag)]


@pytest.mark.parametrize("name", ["No Lane", "../x", "main", "-x", "ä", "x" * 64])
def test_a_wrong_lane_is_refused_at_the_form_and_by_the_task(definition: Definition, name: str) -> None:
    """At the form it is refused before a run is made, and before a backfill clears one."""
    for field in lane_fields(definition):
        with pytest.raises(ParamValidationError):
            field.resolve(name)
    with pytest.raises(RefusedError, match="cannot be a lane's name"):
        params_of(context({"lane": name}))


@pytest.mark.parametrize("name", ["fix", "main-2", "0_a-b", "x" * 63])
def test_a_lane_that_the_task_takes_passes_the_form(definition: Definition, name: str) -> None:
    assert [field.resolve(name) for field in lane_fields(definition)] == [name, name]
    assert params_of(context({"lane": name})).lane == name


def test_they_are_in_the_trigger_form(definition: Definition) -> None:
    stored = json.loads(json.dumps(DagSerialization.to_dict(epoch_dag(definition))))
    schemas = {name: param["schema"]["__var"] for name, param in stored["dag"]["params"]}
    assert schemas["dry_run"]["type"] == "boolean"
    assert (schemas["max_slices"]["type"], schemas["max_slices"]["minimum"]) == (["null", "integer"], 1)
    again = DagSerialization.from_dict(stored).params
    assert {name: again[name] for name in again} == DEFAULTS


def test_a_dag_may_have_params_of_its_own_and_other_defaults(definition: Definition) -> None:
    params = epoch_dag(definition, params={"colour": Param("red"), "max_slices": 5}).params
    assert {name: params[name] for name in params} == DEFAULTS | {"max_slices": 5, "colour": "red"}
