"""Goal: the commands for clones say what a clone shows and until when its files are kept; times are taken as UTC."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders as make
from tidegate import cli
from tidegate.cli import clones as commands
from tidegate.engine import clones as engine
from tidegate.protocol.model import Clone, ManifestRef, Run, StagedPartition

MAY = Clone("c.may", "first", "d.first", 5, ManifestRef("file:///m", "0"), made_ms=1_764_000_000_000)
PARTITIONS = tuple(make.partition("d.first", v, files=[make.data_file(rows=1500, size=80)]) for v in ("1", "2"))

Called = Callable[..., tuple[Result, list[Any]]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Called:
    """Run a command on one clone; what it asked the engine for."""
    asked: list[object] = []

    class Fake:
        def __init__(self, coordinator: object) -> None:
            pass

        def all(self) -> list[Clone]:
            return [MAY]

        def partitions(self, clone: Clone) -> tuple[StagedPartition, ...]:
            return PARTITIONS

        def make(self, run: Run, source: str, table: str, *, epoch: int | None, at_ms: int | None) -> Clone:
            asked.append((source, table, epoch, at_ms))
            return MAY

        def drop(self, run: Run, table: str) -> Clone:
            asked.append(table)
            return MAY

        def make_all(self, run: Run, database: str, *, epoch: int | None, at_ms: int | None) -> list[Clone]:
            asked.append((database, epoch, at_ms))
            return [MAY]

        def drop_all(self, run: Run, database: str) -> list[Clone]:
            asked.append(database)
            return [MAY]

    @contextmanager
    def coordinator_of(pipeline: str, home: object, what: object) -> Iterator[tuple[SimpleNamespace, None]]:
        yield SimpleNamespace(name=pipeline), None

    monkeypatch.setattr(engine, "Clones", Fake)
    monkeypatch.setattr(commands, "coordinator_of", coordinator_of)
    return lambda *words: (CliRunner().invoke(cli.tidegate, words), asked)


@pytest.mark.parametrize(
    ("more", "as_of"),
    [
        ((), (None, None)),
        (("--as-of-epoch", "5"), (5, None)),
        (("--as-of", "2026-05-01"), (None, 1_777_593_600_000)),
        (("--as-of", "2026-05-01T02:00:00+02:00"), (None, 1_777_593_600_000)),
    ],
)
def test_a_clone_says_what_it_shows(
    called: Called, more: tuple[str, ...], as_of: tuple[int | None, int | None]
) -> None:
    done, asked = called("clone", "first", "d.first", "c.may", *more)
    assert done.exit_code == 0
    assert asked == [("d.first", "c.may", *as_of)]
    assert "c.may shows d.first as of epoch 5: 2 partitions, 3,000 rows" in done.output
    assert "tidegate drop-clone first c.may" in done.output


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--as-of", "yesterday"), "'yesterday' is not a time"),
        (("--as-of", "2026-05-01", "--as-of-epoch", "5"), "give one of them"),
        (("--as-of-epoch", "0"), "0 is not in the range"),
    ],
)
def test_what_is_said_wrongly_is_not_done(called: Called, more: tuple[str, ...], says: str) -> None:
    done, asked = called("clone", "first", "d.first", "c.may", *more)
    assert (done.exit_code, asked) == (2, [])
    assert says in done.output


def test_clones_are_listed_and_dropped(called: Called) -> None:
    row = {
        "clone": "c.may", "table": "d.first", "epoch": 5, "partitions": 2, "rows": 3000, "bytes": 160,
        "made_at": "2025-11-24 16:00:00",
    }  # fmt: skip
    done, _ = called("clones", "first", "--json")
    assert json.loads(done.output) == [row]
    done, _ = called("clones", "first")
    assert "c.may\td.first\t5\t2\t3000\t160\t2025-11-24 16:00:00" in done.output
    done, asked = called("drop-clone", "first", "c.may")
    assert (done.output, asked) == ("c.may is dropped\n", ["c.may"])


def test_a_snapshot_is_taken_and_dropped(called: Called) -> None:
    done, asked = called("snapshot", "first", "c", "--as-of-epoch", "5")
    assert (done.exit_code, asked) == (0, [("c", 5, None)])
    assert "c.may shows d.first as of epoch 5: 2 partitions, 3,000 rows" in done.output
    assert "tidegate drop-snapshot first c" in done.output
    done, _ = called("snapshot", "first", "c", "--json")
    assert [row["clone"] for row in json.loads(done.output)] == ["c.may"]
    done, asked = called("drop-snapshot", "first", "c")
    assert (done.output, asked[-1]) == ("c.may is dropped\n", "c")
    done, asked = called("snapshot", "first", "c", "--as-of", "2026-05-01", "--as-of-epoch", "5")
    assert (done.exit_code, len(asked)) == (2, 3)
