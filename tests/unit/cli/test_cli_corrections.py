"""Goal: `tidegate give-up`, `skip` and `gap` need a reason, say what they change, and only that in a dry run."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders as make
from tidegate import cli
from tidegate.cli import corrections as commands
from tidegate.engine import corrections
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.corrections import Correction
from tidegate.protocol.model import LaneId, Run, Status, Word
from tidegate.reports.corrections import correction_sentences, correction_summary

EPOCH = make.epoch(7, Status.PLANNED, lane=LaneId("sales"), offsets=make.span(3, 5), failure_message="no")
FOUND = Correction(EPOCH, (make.slice_(3, "/in/a"), make.slice_(4, "/in/b", skipped=True)), missing=("7 are gone",))

GAPS: dict[str | None, Callable[[Any], Correction]] = {
    None: lambda _: FOUND,
    "till": lambda _: Correction(None, (make.slice_(9, "/in/c", source="till", skipped=True),)),
}

Call = Callable[..., tuple[Result, list[Any]]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command with a coordinator that nobody asks; what was planned and what was made."""
    made: list[object] = []

    def correct(c: Coordinator, run: Run, word: Word, plan: corrections.Plan) -> Correction:
        made.append(word)
        return plan(c)

    def skip(paths: Sequence[str], source: str | None) -> corrections.Plan:
        def planned(c: Coordinator) -> Correction:
            made.append((paths, source))
            return FOUND

        return planned

    @contextmanager
    def coordinator_of(pipeline: str, home: object, what: object) -> Iterator[tuple[SimpleNamespace, str]]:
        yield SimpleNamespace(name="sales", sources={"source": None}), "the coordinator"

    monkeypatch.setattr(commands, "coordinator_of", coordinator_of)
    monkeypatch.setattr(corrections, "correct", correct)
    monkeypatch.setattr(corrections, "give_up", lambda c: FOUND)
    monkeypatch.setattr(corrections, "accept_gap", lambda source: GAPS[source])
    monkeypatch.setattr(corrections, "skip", skip)
    return lambda *words: (CliRunner().invoke(cli.tidegate, words), made)


def test_a_correction_says_what_it_did_and_is_said_by_somebody(call: Call) -> None:
    done, made = call("give-up", "sales", "--reason", "mended")
    assert done.output.splitlines() == [
        "sales: epoch 7 is given up; the next run plans it anew",
        "/in/a is taken as it is now",
        "/in/b is skipped from now on",
    ]
    ((word),) = made
    assert word.why == "mended"
    assert "@" in word.by


def test_a_dry_run_makes_nothing(call: Call) -> None:
    done, made = call("skip", "sales", "/in/../in/b", "--reason", "cut", "--dry-run", "--json")
    assert json.loads(done.stdout) == {
        "pipeline": "sales",
        "gives_up": {"epoch": 7, "kind": "EVENTS", "failure": "no"},
        "renewed": ["/in/a"],
        "recut": [],
        "skipped": ["/in/b"],
        "missing": ["7 are gone"],
    }
    assert made == [(("/in/../in/b",), None)]
    assert "Nothing was changed." in call("give-up", "sales", "--reason", "x", "--dry-run")[0].output


@pytest.mark.parametrize(
    "words", [("give-up", "sales"), ("skip", "sales", "/in/b"), ("skip", "sales", "--reason", "x")]
)
def test_a_reason_and_slices_are_asked_for(call: Call, words: tuple[str, ...]) -> None:
    done, made = call(*words)
    assert (done.exit_code, made) == (2, [])


def test_a_gap_is_only_shown_unless_it_is_accepted_for_a_reason(call: Call) -> None:
    done, made = call("gap", "sales")
    assert (done.exit_code, made) == (0, [])
    assert done.output.startswith("7 are gone\n")
    assert "/in/b is skipped from now on" in done.output
    assert "Nothing was changed." in done.output
    assert (call("gap", "sales", "--accept")[0].exit_code, made) == (2, [])
    done, ((word),) = call("gap", "sales", "--accept", "--reason", "retention")
    assert (done.exit_code, word.why) == (0, "retention")
    assert "Nothing was changed." not in done.output
    assert "7 are gone" not in done.output


def test_slices_that_are_cut_are_said(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    again = make.slice_(4, "clicks@4")
    cut = Correction(EPOCH, (make.slice_(3, "/in/a"), again), (again,))
    monkeypatch.setattr(corrections, "give_up", lambda c: cut)
    done, _ = call("give-up", "sales", "--reason", "too large", "--dry-run")
    assert "/in/a is taken as it is now\nclicks@4 is cut anew, within the limits" in done.output


def test_the_source_is_said(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    _, made = call("skip", "sales", "b", "--source", "till", "--reason", "cut", "--dry-run")
    assert made == [(("b",), "till")]
    assert "/in/c is skipped" in call("gap", "sales", "--source", "till")[0].output


def test_of_several_sources_a_slice_is_named_with_its_own() -> None:
    several: Any = SimpleNamespace(name="sales", sources={"source": None, "till": None})
    summary = correction_summary(several, GAPS["till"](None))
    assert summary["skipped"] == ["till: /in/c"]
    assert correction_sentences(summary) == ["till: /in/c is skipped from now on"]


def test_nothing_to_correct_is_said(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "give_up", lambda c: Correction(None, ()))
    done, _ = call("give-up", "sales", "--reason", "again")
    assert (done.exit_code, "nothing to give up" in done.output) == (0, True)
