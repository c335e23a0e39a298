"""Goal: on real services, what a pipeline makes of another one's table is made of each of its rows once."""

import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from crash.forked import Forked
from crash.lab import environment_of
from pipelines import chain, totals
from tidegate.engine.corrections import accept_gap, correct
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import verify
from tidegate.errors import SourceGapError
from tidegate.ports import EpochReport
from tidegate.protocol.model import Kind, Run, Word
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

Rows = list[tuple[Any, ...]]


class Pair:
    """A pipeline that reads a folder, and one that reads its table."""

    def __init__(self, folder: Path, endpoints: Endpoints) -> None:
        self.name = f"chain_{uuid4().hex[:6]}"
        self.endpoints = endpoints
        self.folder = folder / "in"
        self.folder.mkdir()
        self.up = chain.upstream(self.folder, name=f"{self.name}_up", compact_at=3)
        self.down = chain.downstream(name=self.name, table=f"t.{self.name}_up_log", pipeline=f"{self.name}_up")

    def arrive(self, *files: int) -> list[EpochReport]:
        """An epoch of the first one for each file."""
        for number in files:
            rows = [{"user": f"u{n % 3}", "n": n} for n in range(number * 10, number * 10 + 4)]
            (self.folder / f"{number:03d}.json").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        return self.run_up(*files)

    def run_up(self, *files: int) -> list[EpochReport]:
        with coordinator(self.up, self.endpoints, progress=print) as engine:
            found = [engine.run(Run(f"{uuid4()}", "up")) for _ in files]
        assert all(found)
        return [report for report in found if report]

    def run(self, key: str) -> EpochReport | None:
        with coordinator(self.down, self.endpoints, progress=print) as engine:
            return engine.run(Run(key, "test"))

    def kill(self, key: str, *, at: str) -> None:
        environment = {**os.environ, **environment_of(self.endpoints), "TIDEGATE_CRASH_AT": f"{at}@{self.name}"}
        victim = Forked(chain.attempt, self.name, key, environment=environment)
        said, _ = victim.communicate()
        assert victim.returncode == -signal.SIGKILL, said

    def expected(self) -> Rows:
        """What the files say: each row, numbered by user in the order of the files and of their lines."""
        seen: Counter[str] = Counter()
        rows = []
        for file in sorted(self.folder.iterdir()):
            for row in map(json.loads, file.read_text().splitlines()):
                seen[row["user"]] += 1
                rows.append((row["user"], row["n"], seen[row["user"]]))
        return sorted(rows)

    def found(self) -> Rows:
        return totals.read(self.endpoints.hiveserver2, f"t.{self.name}", columns=("user", "n", "seen"))[0]


def test_rows_come_once_through_compactions_kills_and_a_rollback(tmp_path: Path, endpoints: Endpoints) -> None:
    pair = Pair(tmp_path, endpoints)
    pair.arrive(1, 2)
    assert pair.run("first") is not None
    assert pair.found() == pair.expected()

    pair.arrive(3)
    pair.kill("second", at="processed")
    reports = pair.arrive(4, 5)
    assert [e.kind for r in reports for e in r.finished].count(Kind.COMPACTION) >= 1
    again = pair.run("second")
    assert again is not None
    assert again.epoch.attempts > 1
    assert again.epoch.counts is not None
    assert again.epoch.counts.rows_in == 4
    assert pair.run("third") is not None
    assert pair.found() == pair.expected()

    with coordinator(pair.up, endpoints, progress=print) as engine:
        to = reports[0].epoch.epoch
        roll_back(engine, Run("back", "up"), to_epoch=to)
    with pytest.raises(SourceGapError, match="was rolled back, or promoted a lane"):
        pair.run("fourth")
    with coordinator(pair.down, endpoints, progress=print) as engine:
        roll_back(engine, Run("back", "test"), to_epoch=1, allow_gap=True)
        correct(engine, Run("accept", "test"), Word("somebody", "it was rolled back"), accept_gap())
    pair.run_up(5)
    assert pair.run("fifth") is not None
    assert pair.found() == pair.expected()
    with coordinator(pair.down, endpoints, progress=print) as engine:
        assert verify(pair.down, engine.adapters, progress=print, checksums=True) == []
