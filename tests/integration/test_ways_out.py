"""Goal: from each stop that needs a person the commands that the error names lead on to a sealed epoch, on record.

Each test is a walk: a run stops, its message names the way, the way is gone, a run seals. All by the command line.
"""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from crash.lab import environment_of
from tidegate import cli
from tidegate.adapters.hive.server import connect
from tidegate.errors import TidegateError
from tidegate.wiring import Endpoints

pytestmark = pytest.mark.services

FILE = """
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from tidegate import FileSource, HiveTable, KeyedProcessFunction, Pipeline, ValueState

KV = pa.schema({{"k": pa.string(), "v": pa.int64()}})


class Total(KeyedProcessFunction):
    total = ValueState(pa.int64(), default=0)

    def process_element(self, value, ctx):
        if value.v < {least}:
            raise ValueError("too little")
        self.total.update(self.total.value() + value.v)
        yield {{"k": value.k, "v": self.total.value()}}


pipeline = (
    Pipeline("{name}", buckets=1, dead_letters={dead_letters!r})
    .source(FileSource(Path({folder!r}), "json", KV, settle=timedelta(0), max_files={max_files}))
    .key_by("k")
    .process(Total(), output=KV)
    .sink(HiveTable("t.{name}"))
)
"""


class Walk:
    """One pipeline in a folder, used as a person would."""

    def __init__(self, folder: Path, endpoints: Endpoints) -> None:
        self.name = f"ways_{uuid4().hex[:8]}"
        self.folder, self.endpoints = folder, endpoints
        self.source = folder / "in"
        self.source.mkdir()
        self.declare()

    def declare(self, *, least: int = 0, dead_letters: str | None = None, max_files: int = 1) -> None:
        text = FILE.format(
            name=self.name, folder=str(self.source), least=least, dead_letters=dead_letters, max_files=max_files
        )
        (self.folder / "pipeline.py").write_text(text)

    def write(self, name: str, *rows: tuple[str, int]) -> Path:
        file = self.source / name
        file.write_text("".join(json.dumps({"k": k, "v": v}) + "\n" for k, v in rows))
        return file

    def call(self, command: str, *words: str) -> str:
        """The output of a command that does what it should."""
        done = self._invoke(command, *words)
        assert done.exit_code == 0, (done.output, done.exception)
        return str(done.output)

    def stops(self, *command: str) -> TidegateError:
        done = self._invoke(*(command or ("run",)))
        assert isinstance(done.exception, TidegateError), (done.output, done.exception)
        return done.exception

    def _invoke(self, command: str, *words: str) -> Any:
        pipeline = f"{self.folder / 'pipeline.py'}:pipeline"
        return CliRunner(env=environment_of(self.endpoints)).invoke(cli.tidegate, [command, pipeline, *words])

    def epochs(self) -> list[dict[str, Any]]:
        return list(reversed(json.loads(self.call("epochs", "--json"))))

    def rows(self, table: str = "", columns: str = "k, v") -> list[tuple[Any, ...]]:
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            cursor.execute(f"SELECT {columns} FROM t.{self.name}{table}")
            return sorted(map(tuple, cursor.fetchall()))
        finally:
            connection.close()

    def is_whole(self) -> None:
        assert "exactly what the sealed epochs made" in self.call("verify")


@pytest.fixture
def walk(tmp_path: Path, endpoints: Endpoints) -> Walk:
    return Walk(tmp_path, endpoints)


def test_a_file_that_could_not_be_read_is_mended_in_place(walk: Walk) -> None:
    walk.write("1.json", ("a", 1))
    walk.call("run")
    broken = walk.source / "2.json"
    broken.write_text('{"k": "a", "v": 1}\n{"k": "b", "v"')
    assert walk.stops().kind == "malformed_input"
    walk.write("2.json", ("a", 1), ("b", 2))
    walk.call("run")
    assert walk.rows() == [("a", 1), ("a", 2), ("b", 2)]
    history = [(e["epoch"], e["generation"], e["status"]) for e in walk.epochs()]
    assert history == [(1, 1, "SEALED"), (2, 1, "ABANDONED"), (2, 2, "SEALED")]
    assert f"malformed_input, and {broken} was changed since" in walk.epochs()[1]["given_up"]
    walk.is_whole()


def test_a_planned_file_that_changed_is_taken_by_a_persons_word(walk: Walk) -> None:
    """And a rollback meets no file again that was given up."""
    walk.write("1.json", ("a", 1))
    walk.write("2.json", ("a", -1))
    walk.call("run")
    assert walk.stops().kind == "user_function"
    walk.write("2.json", ("a", 2), ("b", 2))
    stop = walk.stops()
    assert (stop.kind, f"tidegate give-up {walk.name} --reason" in str(stop)) == ("source_gap", True)
    dry = walk.call("give-up", "--reason", "mended", "--dry-run")
    assert "epoch 2 is given up" in dry
    assert walk.epochs()[-1]["status"] == "PLANNED"
    assert f"{walk.source}/2.json is taken as it is now" in walk.call("give-up", "--reason", "mended")
    assert "nothing to give up" in walk.call("give-up", "--reason", "again")
    assert "given up by " in walk.call("epochs")
    walk.call("run")
    assert walk.rows() == [("a", 1), ("a", 3), ("b", 2)]
    walk.call("rollback", "--to-epoch", "0")
    walk.call("run", "--until-empty")
    assert walk.rows() == [("a", 1), ("a", 3), ("b", 2)]
    walk.is_whole()


def test_files_of_any_name_are_read_once_and_can_be_named(walk: Walk) -> None:
    walk.declare(dead_letters=f"t.{walk.name}_dead")
    names = (
        "a b", "k=v", "100%20", "#?x=1&y", "it's", '"\\', "new\nline", "e\u0301", "\u00e9", "\U0001f680", "*" * 250,
    )  # fmt: skip
    for number, name in enumerate(names):
        walk.write(f"{name}.json", (name, number))
    walk.write("bad\n'one'.json", ("bad", -1))
    walk.write("skip\n'me'.json", ("skipped", 1))
    walk.call("run")  # finds them all, and takes one
    walk.declare(dead_letters=f"t.{walk.name}_dead", max_files=99)
    assert "12 slices" in walk.call("plan")
    skipped = f"$'{walk.source}/skip\\012\\'me\\'.json'"
    assert f"{skipped} is skipped from now on" in walk.call(
        "skip", f"{walk.source}/skip\n'me'.json", "--reason", "its name"
    )
    walk.call("run")
    assert walk.rows() == sorted((name, number) for number, name in enumerate(names))
    assert walk.rows("_dead", "source") == [(f"{walk.source}/bad\n'one'.json",)]
    assert "No new input" in walk.call("run")
    verified = walk.call("verify")
    assert f"{skipped} is skipped, by " in verified
    assert "exactly what the sealed epochs made" in verified


def test_a_file_that_was_renamed_or_cannot_be_mended_is_skipped(walk: Walk) -> None:
    """An epoch counts it, a replay skips it too, and nothing else of the range is lost."""
    walk.declare(max_files=3)
    for number in (1, 3):
        walk.write(f"{number}.json", ("a", number))
    broken = walk.source / "2.json"
    broken.write_text("{")
    assert walk.stops().kind == "malformed_input"
    broken.rename(walk.source / "2-mended.json")
    walk.write("2-mended.json", ("a", 2))
    stop = walk.stops()
    assert (stop.kind, f"tidegate skip {walk.name} {broken} --reason" in str(stop)) == ("source_gap", True)
    assert walk.stops("give-up", "--reason", "gone").kind == "source_gap"
    walk.call("skip", str(broken), "--reason", "another name")
    assert "1 slice skipped" in walk.call("plan")
    walk.call("run", "--until-empty")
    assert walk.rows() == [("a", 1), ("a", 4), ("a", 6)]
    sealed = [e for e in walk.epochs() if e["status"] == "SEALED"]
    assert sum(e["skipped"] for e in sealed) == 1
    assert f"{broken} is skipped, by " in walk.call("verify")
    assert walk.stops("skip", str(walk.source / "1.json"), "--reason", "late").kind == "refused"

    walk.write("2.json", ("a", 99))  # it stays skipped
    assert "No new input" in walk.call("run")
    walk.call("replay", "--lane", "again", "--from-epoch", "1")
    assert "gives what the tables show already" in walk.call("promote", "--lane", "again")
    walk.is_whole()


def test_behind_a_skipped_file_alone_is_an_empty_epoch(walk: Walk) -> None:
    cut = walk.source / "1.json.gz"
    cut.write_bytes(b"\x1f\x8b\x08\x00")
    walk.write("2.json", ("a", 1))
    walk.stops()
    walk.call("skip", str(cut), "--reason", "cut off at its sender")
    walk.call("run", "--until-empty")
    assert walk.rows() == [("a", 1)]
    walk.is_whole()


def test_a_lost_manifest_is_brought_back_and_lost_state_is_gone_back_over(walk: Walk) -> None:
    for number in (1, 2, 3):
        walk.write(f"{number}.json", ("a", number), (f"only in {number}", 1))
    walk.call("run", "--epochs", "3")
    attempts = Path(walk.endpoints.warehouse.removeprefix("file://")) / "_tidegate" / walk.name / "lane=main"
    (manifest,) = attempts.glob("epoch=3/*/*/manifest.json")
    manifest.unlink()
    walk.write("4.json", ("a", 4))
    for stopped in (("run",), ("rollback", "--to-epoch", "2")):
        stop = walk.stops(*stopped)
        assert (stop.kind, "--repair" in str(stop)) == ("damaged_data", True)
    assert "1 manifests were brought back" in walk.call("verify", "--repair")
    walk.call("run")
    assert [r for r in walk.rows() if r[0] == "a"] == [("a", 1), ("a", 3), ("a", 6), ("a", 10)]

    for state in attempts.glob("epoch=4/*/*/state/*/*"):
        state.unlink()
    walk.write("5.json", ("a", 5))
    walk.stops()
    walk.call("rollback", "--to-epoch", "3")
    walk.call("run", "--until-empty")
    assert [r for r in walk.rows() if r[0] == "a"] == [("a", 1), ("a", 3), ("a", 6), ("a", 10), ("a", 15)]
    walk.is_whole()


def test_dead_letters_go_through_the_mended_function(walk: Walk) -> None:
    dead = f"t.{walk.name}_dead"
    walk.declare(least=2, dead_letters=dead)
    for number in (1, 2, 3):
        walk.write(f"{number}.json", ("a", number), ("b", 1))
    walk.call("run", "--until-empty")
    assert [e["dead_lettered"] for e in walk.epochs()] == [2, 1, 1]
    walk.declare(least=0, dead_letters=dead)
    walk.call("replay", "--lane", "mended", "--from-epoch", "1")
    walk.call("promote", "--lane", "mended")
    assert walk.rows() == [("a", 1), ("a", 3), ("a", 6), ("b", 1), ("b", 2), ("b", 3)]
    assert walk.rows("_dead", "reason") == []
    walk.is_whole()
