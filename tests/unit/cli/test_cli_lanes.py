"""Goal: `tidegate diff` says what changed in the pipeline, and what a promotion would do to each partition."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tidegate import cli
from tidegate.cli import lanes as commands
from tidegate.engine.lanes import Lanes
from tidegate.ports import Compared
from tidegate.protocol.model import Fork, LaneId

FORK = Fork(LaneId("first", "fix"), base=2, fence=3)
CHANGED = ("operator Same: its code (Same)",)
COMPARED = [Compared("d.first", ("3", "2026-01-01"), rows_now=9, rows_after=8, added=1, removed=2, changed=0)]
Called = Callable[..., Result]


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Called:
    """Run `diff` on a lane that gives these answers."""

    def use(*words: str, changed: tuple[str, ...] = CHANGED, compared: list[Compared] = COMPARED) -> Result:
        @contextmanager
        def opened(pipeline: str, home: Path, what: str) -> Iterator[tuple[None, None]]:
            assert (pipeline, what) == ("first", "comparing fix with live")
            yield None, None

        monkeypatch.setattr(commands, "coordinator_of", opened)
        monkeypatch.setattr(Lanes, "find", lambda _, name: {"fix": FORK}[name])
        monkeypatch.setattr(Lanes, "changed", lambda _, fork: {FORK.lane: changed}[fork.lane])
        monkeypatch.setattr(Lanes, "compare", lambda _, fork: {FORK.lane: compared}[fork.lane])
        return CliRunner().invoke(cli.tidegate, ["diff", "first", "--lane", "fix", "--home", str(tmp_path), *words])

    return use


def test_what_changed_and_what_would_come_of_it(called: Called) -> None:
    done = called()
    assert done.exit_code == 0, done.output
    assert "changed on the lane: operator Same: its code (Same)" in done.stderr
    header, row = (line.split("\t") for line in done.stdout.splitlines())
    assert header == ["TABLE", "PARTITION", "ROWS NOW", "ROWS AFTER", "ADDED", "REMOVED", "CHANGED"]
    assert row == ["d.first", "3/2026-01-01", "9", "8", "1", "2", "0"]


def test_as_json(called: Called) -> None:
    assert json.loads(called("--json").stdout) == {
        "changed": list(CHANGED),
        "partitions": [
            {
                "table": "d.first",
                "values": ["3", "2026-01-01"],
                "rows_now": 9,
                "rows_after": 8,
                "added": 1,
                "removed": 2,
            }
            | {"changed": 0}
        ],
    }


def test_nothing_would_change(called: Called) -> None:
    done = called(changed=(), compared=[])
    assert (done.exit_code, "fix gives what the tables show already." in done.stderr) == (0, True)
    assert "changed on the lane" not in done.stderr
