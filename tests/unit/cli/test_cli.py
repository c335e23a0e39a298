"""Goal: every command answers clearly: the right result, one message for a failure, the right exit code."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

import builders as make
import tidegate as package
from tidegate import Definition, errors, services, wiring
from tidegate.adapters import checkpoint
from tidegate.cli import application, main
from tidegate.cli.failures import exit_code
from tidegate.engine import planning, verify
from tidegate.engine.verify import Finding
from tidegate.ports import EpochReport
from tidegate.protocol.forecast import Forecast
from tidegate.protocol.model import Epoch, LaneId, Run, Status
from tidegate.services import ServiceEvent, ServiceStatus

FILE = """
import pyarrow as pa
from tidegate import FileSource, HiveTable, KeyedProcessFunction, Pipeline

class Same(KeyedProcessFunction):
    def process_element(self, value, ctx):
        yield value._asdict()

schema = pa.schema([("a", pa.string())])
first = Pipeline("first").source(FileSource("/in", "csv", schema)).key_by("a").process(Same(), output=schema).sink(
    HiveTable("d.first"))
second = Pipeline("second").source(FileSource("/in", "csv", schema)).key_by("a").process(Same(), output=schema).sink(
    HiveTable("d.second"))
"""

EPOCH = make.epoch(
    2,
    lane=LaneId("first"),
    run=Run("cli-1", "cli:host:1"),
    offsets=make.span(1, 3),
    counts=make.counts(rows_in=1200, processed=1200, rows_out={"d.first": 1200}, keys_changed=7),
    planned_ms=1_000,
    sealed_ms=2_500,
)


Coordinated = Callable[..., list[Run]]
"""Takes the reports that runs get one after the other; the list of what was asked fills as they are."""


@pytest.fixture
def dags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "two.py").write_text(FILE)
    (folder / "unrelated.py").write_text("raise RuntimeError('must not be imported')")
    monkeypatch.setenv("TIDEGATE_DAGS", str(folder))
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    for variable in wiring.VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(services, "endpoints", lambda _: wiring.Endpoints("c", "m", "h", "s", "w"))
    return folder


@pytest.fixture
def coordinator(monkeypatch: pytest.MonkeyPatch) -> Coordinated:
    """A coordinator that answers with the given reports, then with no new input."""

    def use(*reports: EpochReport | BaseException) -> list[Run]:
        left = list(reports)
        runs: list[Run] = []

        def run(asked: Run) -> EpochReport | None:
            runs.append(asked)
            answer = left.pop(0) if left else None
            if isinstance(answer, BaseException):
                raise answer
            return answer

        @contextmanager
        def fake(
            definition: Definition, endpoints: wiring.Endpoints, *, progress: Callable[[str], None]
        ) -> Iterator[SimpleNamespace]:
            progress("step 1")
            yield SimpleNamespace(
                run=run, adapters=None, progress=progress, definition=definition, lane_id=LaneId(definition.name)
            )

        monkeypatch.setattr(wiring, "coordinator", fake)
        return runs

    return use


def call(*words: str) -> Result:
    return CliRunner().invoke(application.tidegate, list(words))


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from tidegate.cli import tidegate; tidegate.main(['--help'], standalone_mode=False);"
        "print(sorted({'airflow', 'pyspark', 'psycopg', 'pandas', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "words",
    [
        [],
        *([name] for name in ("services", "run", "plan", "epochs", "verify", "cleanup", "migrate", "demo")),
        *([name] for name in ("rollback", "resume", "lanes", "lag", "replay", "diff", "promote", "discard")),
    ],
)
def test_every_command_has_help(words: list[str]) -> None:
    done = call(*words, "--help")
    assert done.exit_code == 0
    assert len(done.output) > 150
    assert "see `help`" not in done.output


def test_version() -> None:
    assert call("--version").output.strip() == f"tidegate, version {package.__version__}"


@pytest.mark.parametrize("name", ["first", "{dags}/two.py:first", "two:first"])
def test_run_finds_the_pipeline_by_name_file_and_module(
    dags: Path, coordinator: Coordinated, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(dags)
    runs = coordinator(EpochReport(EPOCH, None, {}))
    done = call("run", name.format(dags=dags))
    assert done.exit_code == 0, done.output
    assert "first epoch 2 SEALED: positions [1, 3), 1200 rows in, 1200 rows out" in done.stdout
    assert "step 1" in done.stderr
    assert runs[0].key.startswith("cli-")
    assert runs[0].owner.endswith(f":{os.getpid()}")


def test_run_until_empty_gives_every_epoch_its_own_run(dags: Path, coordinator: Coordinated) -> None:
    runs = coordinator(*[EpochReport(replace(EPOCH, epoch=n), None, {"plan": 0.1}) for n in (1, 2, 3)])
    done = call("run", "first", "--until-empty", "--json")
    assert [e["epoch"] for e in json.loads(done.stdout)] == [1, 2, 3]
    assert len({r.key for r in runs}) == 4
    assert len(coordinator(EpochReport(EPOCH, None, {}), EpochReport(EPOCH, None, {}))) == 0


def test_run_stops_after_the_given_number(dags: Path, coordinator: Coordinated) -> None:
    runs = coordinator(*[EpochReport(EPOCH, None, {})] * 5)
    assert call("run", "first", "--epochs", "2").exit_code == 0
    assert len(runs) == 2


def test_run_without_input_says_so(dags: Path, coordinator: Coordinated) -> None:
    coordinator()
    done = call("run", "second")
    assert done.exit_code == 0
    assert "No new input." in done.stderr


def test_an_unknown_pipeline_lists_the_known_ones(dags: Path) -> None:
    with pytest.raises(errors.DefinitionError, match=r"no pipeline is named 'third' in .*; there are: first, second"):
        application.tidegate.main(["run", "third"], standalone_mode=False)
    with pytest.raises(errors.DefinitionError, match=r"no pipeline in a variable 'x'; there are: first, second"):
        application.tidegate.main(["run", f"{dags}/two.py:x"], standalone_mode=False)


def test_a_broken_file_is_named(dags: Path) -> None:
    (dags / "broken.py").write_text("import tidegate\n1 / 0\n")
    with pytest.raises(errors.DefinitionError, match=r"broken\.py cannot be imported: ZeroDivisionError"):
        application.tidegate.main(["run", "third"], standalone_mode=False)
    (dags / "broken.py").write_text("import sys, tidegate\nsys.exit(3)\n")
    with pytest.raises(errors.DefinitionError, match=r"broken\.py cannot be imported: SystemExit: 3"):
        application.tidegate.main(["run", "third"], standalone_mode=False)
    with pytest.raises(errors.DefinitionError, match="there is no file"):
        application.tidegate.main(["run", f"{dags}/none.py:x"], standalone_mode=False)
    with pytest.raises(errors.DefinitionError, match="no_such_module cannot be imported"):
        application.tidegate.main(["run", "no_such_module:x"], standalone_mode=False)


def test_epochs_as_lines_and_as_json(dags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SimpleNamespace(epochs=lambda lane, limit: [EPOCH][:limit], close=lambda: None)
    monkeypatch.setattr(checkpoint, "PostgresCheckpointStore", lambda url: store)
    lines = call("epochs", "first").stdout.splitlines()
    assert lines[0].startswith("EPOCH\tKIND\tSTATUS\tRANGES\tROWS IN")
    assert lines[1].startswith("2\tEVENTS\tSEALED\t[1, 3)\t1200\t1200\t7\t0\t0\t1\t1970-01-01 00:00:02\tcli-1")
    found = json.loads(call("epochs", "first", "--json").stdout)
    assert (found[0]["rows_in"], found[0]["duration_s"], found[0]["dag_id"]) == (1200, 1.5, None)


def test_plan_as_lines_and_as_json(dags: Path, coordinator: Coordinated, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator()
    expected = Forecast(5, estimated=False, tables={"d.first": None}, growth=None, sample=0)
    found = make.plan(3, make.span(3, 4), expected, lane=LaneId("first"), slices=1, size=90)
    monkeypatch.setattr(planning, "look_ahead", lambda definition, adapters, lane: found)
    done = call("plan", "first")
    assert (done.exit_code, done.stdout.splitlines()[:2]) == (
        0,
        ["first: epoch 3: source positions [3, 4)", "  input    1 slice, 90 bytes, 5 rows"],
    )
    read = json.loads(call("plan", "first", "--json").stdout)
    assert (read["epoch"], read["ranges"], read["rows_in"]) == (3, {"source": [3, 4]}, 5)


def test_verify_exits_with_1_and_says_what_differs(
    dags: Path, coordinator: Coordinated, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator()
    monkeypatch.setattr(verify, "verify", lambda d, a, **_: [])
    done = call("verify", "first")
    assert (done.exit_code, "exactly what the sealed epochs made" in done.stdout) == (0, True)
    monkeypatch.setattr(verify, "verify", lambda d, a, **_: [Finding("d.first 1", "part-0 is missing")])
    done = call("verify", "first")
    assert (done.exit_code, done.stdout) == (1, "d.first 1: part-0 is missing\n")
    done = call("verify", "first", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (1, [{"subject": "d.first 1", "problem": "part-0 is missing"}])


def test_services_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "status", lambda home: [])
    assert "tidegate services up" in call("services", "status").stderr
    crashed = [ServiceStatus("spark", "crashed", 12, 4000, "/log", "process 12 is gone")]
    monkeypatch.setattr(services, "status", lambda home: crashed)
    done = call("services", "status")
    assert (done.exit_code, "spark\tcrashed\t12\t4000\tprocess 12 is gone" in done.stdout) == (1, True)
    assert json.loads(call("services", "status", "--json").stdout)[0]["state"] == "crashed"


def test_a_row_of_a_table_is_one_line_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    crashed = [ServiceStatus("spark", "crashed", 12, 4000, "/log", "last words: a\n\tat b\n\nc")]
    monkeypatch.setattr(services, "status", lambda home: crashed)
    rows = [line.split("\t") for line in call("services", "status").stdout.splitlines()]
    assert rows[1:] == [["spark", "crashed", "12", "4000", "last words: a at b c"]]


def test_services_up_stays_and_watches_when_told_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    watched = []

    def watch(home: Path, *, dags_folder: Path, report: Callable[[ServiceEvent], None], stop: threading.Event) -> None:
        report(ServiceEvent("spark", "ended", "it is started again now"))
        watched.append((home, dags_folder, stop.is_set()))
        raise KeyboardInterrupt

    monkeypatch.setattr(services, "up", lambda home, **_: None)
    monkeypatch.setattr(services, "watch", watch)
    assert call("services", "up", "--home", str(tmp_path)).exit_code == 0
    assert watched == []
    done = call("services", "up", "--home", str(tmp_path), "--dags", str(tmp_path), "--watch")
    assert (done.exit_code, watched) == (0, [(tmp_path, tmp_path, False)])
    assert "Watching." in done.stderr
    assert "spark: ended — it is started again now" in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.DefinitionError, 2),
        (errors.ConfigurationError, 2),
        (errors.RefusedError, 2),
        (errors.IntervalError, 2),
        (errors.UnavailableError, 75),
        (errors.LeaseHeldError, 75),
        (errors.OutcomeUnknownError, 75),
        (errors.UserFunctionError, 1),
        (errors.MalformedInputError, 1),
        (errors.FencedError, 1),
        (errors.SourceGapError, 1),
        (errors.StateIncompatibleError, 1),
        (errors.InvariantViolationError, 1),
        (errors.PausedError, 1),
        (errors.FormatError, 1),
        (errors.DataDamagedError, 1),
        (errors.InternalError, 1),
    ],
)
def test_exit_codes(error: type[errors.TidegateError], code: int) -> None:
    assert exit_code(error("x")) == code


def test_a_failure_is_one_message_and_debug_shows_the_traceback(
    dags: Path, coordinator: Coordinated, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tidegate", "run", "first"])
    coordinator(errors.UnavailableError("the metastore does not answer"))
    with pytest.raises(SystemExit) as e:
        main()
    assert e.value.code == 75
    assert capsys.readouterr().err.splitlines()[-1] == "error (unavailable): the metastore does not answer"
    monkeypatch.setattr(sys, "argv", ["tidegate", "run", "first", "--debug"])
    coordinator(errors.UnavailableError("again"))
    with pytest.raises(errors.UnavailableError):
        main()


def test_what_nobody_expected_is_one_message_too(
    dags: Path, coordinator: Coordinated, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tidegate", "run", "first"])
    coordinator(KeyError("x"))
    with pytest.raises(SystemExit) as e:
        main()
    assert e.value.code == 1
    told = capsys.readouterr().err
    assert re.search(
        r"^error \(internal\): tidegate: KeyError: 'x' \(.*test_cli\.py:\d+\)\. .* --debug", told, re.MULTILINE
    )
    assert "Traceback" not in told
    monkeypatch.setattr(sys, "argv", ["tidegate", "run", "first", "--debug"])
    coordinator(KeyError("x"))
    with pytest.raises(KeyError):
        main()


def test_an_interrupted_command_prints_no_traceback(
    dags: Path, coordinator: Coordinated, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tidegate", "run", "first"])
    coordinator(KeyboardInterrupt())
    with pytest.raises(SystemExit) as e:
        main()
    assert (e.value.code, "Traceback" in capsys.readouterr().err) == (1, False)


def test_resume(dags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, lanes = [EPOCH, None], []

    def resume(lane: LaneId) -> Epoch | None:
        lanes.append(lane)
        return answers.pop(0)

    store = SimpleNamespace(resume=resume, close=lambda: None)
    monkeypatch.setattr(checkpoint, "PostgresCheckpointStore", lambda url: store)
    assert call("resume", "first").stdout == "first epoch 2 is tried again by the next run\n"
    assert call("resume", "first").stdout == "first is not paused\n"
    assert lanes == [LaneId("first")] * 2


def test_epochs_says_that_one_is_paused(dags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paused = replace(EPOCH, status=Status.PLANNED, failure_kind="user_function", failure_message="no", paused_ms=1)
    store = SimpleNamespace(epochs=lambda lane, limit: [paused], close=lambda: None)
    monkeypatch.setattr(checkpoint, "PostgresCheckpointStore", lambda url: store)
    assert call("epochs", "first").stdout.splitlines()[1].endswith("\tpaused: no")


def test_a_wrong_call_is_exit_code_2() -> None:
    assert call("run").exit_code == 2
    assert call("nonsense").exit_code == 2
    assert (done := call("demo", "--years", "3")).exit_code == 2
    assert "--years goes with --kafka" in done.output
