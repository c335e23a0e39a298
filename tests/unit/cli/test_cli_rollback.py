"""Goal: `tidegate rollback` says what it would do, does it, and says how to go forward again."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders as make
from tidegate import Definition, cli, errors, services, wiring
from tidegate.engine import rollback as going_back
from tidegate.engine.rollback import RollbackPlan
from tidegate.ports import EpochReport
from tidegate.protocol.model import Epoch, LaneId, Rollback, Run, Status

FILE = """
import pyarrow as pa
from tidegate import FileSource, HiveTable, KeyedProcessFunction, Pipeline

class Same(KeyedProcessFunction):
    def process_element(self, value, ctx):
        yield value._asdict()

schema = pa.schema([("a", pa.string())])
first = Pipeline("first").source(FileSource("/in", "csv", schema)).key_by("a").process(Same(), output=schema).sink(
    HiveTable("d.first"))
"""


def epoch(number: int, status: Status = Status.SEALED, **more: Any) -> Epoch:
    return make.epoch(number, status, lane=LaneId("first"), offsets=make.span(3), **more)


Asked = tuple[str, tuple[object, ...], dict[str, object]]
"""What was called, and with what."""
Called = Callable[..., tuple[Result, list[Asked]]]
COORDINATOR = object()
PLACED = make.placed("file:///w/2")
PLAN = RollbackPlan(
    restored=epoch(4),
    undone=(epoch(6), epoch(5)),
    changes=((("d.first", ("5",)), None), (("d.first", ("6",)), None), (("d.last", ("x",)), PLACED)),
    offsets=make.span(3, 9),
    state_rows=(120, 80),
    unfinished=None,
)
DONE = EpochReport(epoch(7, purpose=Rollback(4)), None, {})


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Called:
    """Run the command with a coordinator that answers as told; what it was asked."""
    (tmp_path / "one.py").write_text(FILE)
    monkeypatch.setenv("TIDEGATE_DAGS", str(tmp_path))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    for variable in wiring.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(services, "endpoints", lambda _: wiring.Endpoints("c", "m", "h", "s", "w"))
    asked: list[Asked] = []

    def use(answer: object, *words: str, plain: bool = True) -> tuple[Result, list[Asked]]:
        def answers(name: str) -> Callable[..., object]:
            def asks(*args: Any, **kwargs: Any) -> object:
                asked.append((name, args, kwargs))
                if isinstance(answer, Exception):
                    raise answer
                return answer

            return asks

        @contextmanager
        def fake(definition: Definition, endpoints: wiring.Endpoints, *, progress: object) -> Iterator[object]:
            yield COORDINATOR

        monkeypatch.setattr(wiring, "coordinator", fake)
        monkeypatch.setattr(going_back, "roll_back", answers("roll_back"))
        monkeypatch.setattr(going_back, "plan_rollback", answers("plan_rollback"))
        asked.clear()
        if plain:
            return CliRunner().invoke(cli.tidegate, ["rollback", "first", *words]), asked
        monkeypatch.setattr(sys, "argv", ["tidegate", "rollback", "first", *words])
        cli.main()
        pytest.fail("the command did not end its process")

    return use


def test_a_dry_run_says_what_would_change_and_asks_for_nothing_else(called: Called) -> None:
    done, asked = called(PLAN, "--to-epoch", "4", "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "first: from epoch 6 back to epoch 4, over 2 epochs",
        "d.first: 0 partitions get earlier files, 2 are removed",
        "d.last: 1 partitions get earlier files, 0 are removed",
        "state: 120 rows in files now, 80 then",
        "afterwards source positions [3, 9) are processed again",
    ]
    assert done.stderr.strip() == "Nothing was changed."
    assert asked == [("plan_rollback", (COORDINATOR, 4), {"allow_gap": False})]
    done, _ = called(PLAN, "--to-epoch", "4", "--dry-run", "--json")
    assert json.loads(done.stdout) == {
        "pipeline": "first",
        "from_epoch": 6,
        "to_epoch": 4,
        "undone": [6, 5],
        "unfinished": None,
        "tables": {"d.first": {"placed": 0, "removed": 2}, "d.last": {"placed": 1, "removed": 0}},
        "state_rows": [120, 80],
        "positions": {"source": [3, 9]},
    }


@pytest.mark.parametrize(
    ("status", "fate"), [(Status.PLANNED, "is abandoned"), (Status.STAGED, "is finished first, and undone too")]
)
def test_a_dry_run_says_what_becomes_of_an_epoch_under_way(called: Called, status: Status, fate: str) -> None:
    plan = RollbackPlan(None, PLAN.undone, (), make.span(9), (1, 0), epoch(7, status))
    done, _ = called(plan, "--to-epoch", "0", "--dry-run")
    lines = done.stdout.splitlines()
    assert lines[0] == "first: from epoch 6 back to epoch 0, over 2 epochs"
    assert lines[1] == f"epoch 7, which is {status}, {fate}"
    assert lines[-1] == "afterwards no source position is left"


def test_it_goes_back_and_says_how_to_go_forward_again(called: Called) -> None:
    done, asked = called(DONE, "--to-epoch", "4", "--allow-gap")
    assert done.exit_code == 0, done.output
    assert done.stdout == ("first: tables, state and source positions are those of epoch 4; this rollback is epoch 7\n")
    assert done.stderr.strip() == "To go forward again: tidegate rollback first --to-epoch 6"
    ((name, (_, run), more),) = asked
    assert isinstance(run, Run)
    assert (name, more) == ("roll_back", {"to_epoch": 4, "allow_gap": True})
    assert run.key.startswith("cli-")
    done, _ = called(DONE, "--to-epoch", "4", "--json")
    found = json.loads(done.stdout)
    assert {k: found[k] for k in ("epoch", "status", "to_epoch", "forward")} == {
        "epoch": 7,
        "status": "SEALED",
        "to_epoch": 4,
        "forward": 6,
    }


@pytest.mark.parametrize(
    ("error", "code"), [(errors.ConfigurationError, 2), (errors.SourceGapError, 1), (errors.LeaseHeldError, 75)]
)
def test_a_refusal_is_one_message(
    called: Called, capsys: pytest.CaptureFixture[str], error: type[errors.TidegateError], code: int
) -> None:
    with pytest.raises(SystemExit) as e:
        called(error("epoch 3 is not kept any more"), "--to-epoch", "3", plain=False)
    assert e.value.code == code
    assert capsys.readouterr().err.splitlines()[-1] == f"error ({error.kind}): epoch 3 is not kept any more"


@pytest.mark.parametrize("words", [(), ("--to-epoch", "-1"), ("--to-epoch", "x")])
def test_a_wrong_call_asks_nothing(called: Called, words: tuple[str, ...]) -> None:
    done, asked = called(DONE, *words)
    assert (done.exit_code, asked) == (2, [])
