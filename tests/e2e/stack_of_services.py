"""A real Airflow on real services, with the pipelines of `dags/`, and what a person does with them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from e2e.airflow_client import AirflowClient
from pipelines.neighbours import NEIGHBOURS
from tidegate import services
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.adapters.hive.server import connect
from tidegate.protocol.model import Epoch, LaneId
from tidegate.wiring import VARIABLES, Endpoints

DAGS = Path(__file__).parent / "dags"
REPOSITORY = Path(__file__).parents[2]
PIPELINES = (
    *("ticking", "manual", "undone", "daily", "hourly", "reworked"),
    *("died", "deleted", "run_failed", "run_done", "publish_failed", "publish_done", "process_done"),
    *("paused", "cancelled", "capped", "approved", "typed"),
    *("clicked", "filled", "history", "seconds"),
    *NEIGHBOURS,
)


@dataclass
class Stack:
    """Everything real, and the folder that the pipelines read."""

    home: Path
    root: Path
    endpoints: Endpoints
    airflow: AirflowClient

    def add(self, pipeline: str, number: int, name: str | None = None) -> None:
        """One more source file with two rows, moved in whole."""
        text = f"name,amount\na,{number}\nb,{10 * number}\n"
        file = self.root / pipeline / (name or f"{number:03}.csv")
        hidden = file.with_name(f".{file.name}")
        hidden.write_text(text)
        hidden.rename(file)

    def succeeds(self, dag_id: str, **conf: Any) -> str:
        """Start a run with these params and wait for its good end; its id."""
        run_id = self.airflow.trigger(dag_id, **conf)
        assert self.airflow.finished(dag_id, run_id) == "success", self.airflow.tasks(dag_id, run_id)
        return run_id

    def backfill(self, dag_id: str, first: str, last: str, *more: str) -> None:
        """`airflow backfill create`, as a person calls it."""
        self.command("backfill", "create", "--dag-id", dag_id, "--from-date", first, "--to-date", last, *more)

    def command(self, *words: str, code: int = 0) -> str:
        """Airflow's command line, as a person calls it; what it printed."""
        done = subprocess.run(
            [Path(sys.executable).with_name("airflow"), *words],
            env={**os.environ, **services.airflow_environment(self.home, DAGS)},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        return said

    def tidegate(self, *words: str) -> str:
        """The command line, as a person calls it; what it printed."""
        given = {variable: getattr(self.endpoints, name) for name, variable in VARIABLES.items()}
        done = subprocess.run(
            [Path(sys.executable).with_name("tidegate"), *words],
            env={**os.environ, **given, "TIDEGATE_DAGS": str(DAGS), "TIDEGATE_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def epochs(self, pipeline: str) -> list[Epoch]:
        """Oldest first."""
        store = PostgresCheckpointStore(self.endpoints.checkpoint)
        try:
            return store.epochs(LaneId(pipeline), limit=100)[::-1]
        finally:
            store.close()

    def rows(self, pipeline: str) -> list[tuple[str, int, int]]:
        """What a reader of Hive sees."""
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            cursor.execute(f"SELECT name, amount, total FROM e2e.{pipeline}")
            return sorted((r[0], r[1], r[2]) for r in cursor.fetchall())
        finally:
            connection.close()

    def arm(self, point: str) -> None:
        """The next task that reaches the point dies there, once."""
        (self.root / "fired").unlink(missing_ok=True)
        (self.root / "arm").write_text(point)

    def disarm(self) -> None:
        """A point that never fired fails the test."""
        (self.root / "arm").unlink()
        assert (self.root / "fired").exists()


def expected(numbers: range) -> list[tuple[str, int, int]]:
    """The oracle: running totals over the files in order."""
    rows, totals = [], {"a": 0, "b": 0}
    for number in numbers:
        for name, amount in (("a", number), ("b", 10 * number)):
            totals[name] += amount
            rows.append((name, amount, totals[name]))
    return sorted(rows)


@contextmanager
def running(base: Path) -> Iterator[Stack]:
    """Everything, started below `base`, and stopped at the end."""
    home, root = base / "home", base / "input"
    for name in PIPELINES:
        (root / name).mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIDEGATE_E2E_ROOT", str(root))
        path = (str(REPOSITORY / "include"), str(REPOSITORY / "tests"), os.environ.get("PYTHONPATH", ""))
        patch.setenv("PYTHONPATH", os.pathsep.join(path))
        patch.chdir(REPOSITORY)
        try:
            endpoints = services.up(home, airflow=True, dags_folder=DAGS, report=print)
            client = AirflowClient(*services.airflow_login(home))
            yield Stack(home, root, endpoints, client)
            client.close()
        finally:
            services.down(home, report=print)
