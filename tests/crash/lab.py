"""A pipeline of its own in a folder of its own, run in this process or in others, and audited from outside.

The auditor reads the source files and the Hive tables, never tidegate's own tables.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from pipelines import totals
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import verify
from tidegate.protocol.model import Epoch, Run, Status
from tidegate.services.model import Settings
from tidegate.wiring import VARIABLES, Endpoints, coordinator

TESTS = Path(__file__).parents[1]
COMPACT_AT = 2


class Lab:
    """A pipeline of its own in a folder of its own, run here or in other processes."""

    def __init__(self, name: str, folder: Path, endpoints: Endpoints) -> None:
        self.name = name
        self.source = folder / "in"
        self.folder = folder
        self.endpoints = endpoints
        self.definition = totals.busy(name, self.source, compact_at=COMPACT_AT)

    def arrive(self, number: int) -> None:
        totals.write(self.source, f"{number:03d}.json", totals.events(number))

    def run_here(self, key: str) -> Status | None:
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            report = engine.run(Run(key, key))
        return report.epoch.status if report else None

    def back_here(self, to_epoch: int) -> Epoch:
        key = f"back-{to_epoch}"
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            return roll_back(engine, Run(key, key), to_epoch=to_epoch).epoch

    def start(self, key: str, *more: str, **environment: str) -> subprocess.Popen[str]:
        """One attempt; see `attempt.py`."""
        return self.start_script(TESTS / "crash" / "attempt.py", key, *more, **environment)

    def start_script(self, script: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """A process that gets the pipeline's name, its source folder and the arguments."""
        given = {variable: getattr(self.endpoints, name) for name, variable in VARIABLES.items()}
        return subprocess.Popen(
            [sys.executable, str(script), self.name, str(self.source), *arguments],
            env={**os.environ, **given, **environment, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent / 'include'}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def found(self) -> totals.Tables:
        return totals.found(self.endpoints.hiveserver2, self.name)

    def audit(self, expected: totals.Tables | None = None) -> None:
        """The tables hold what all files make, or what was found before; and nothing else is wrong."""
        assert self.found() == (expected or totals.expected(self.source))
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            assert verify(self.definition, engine.adapters, progress=print, checksums=True) == []


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for an event that another process makes; give up when that process ends."""
    while not what():
        if process.poll() is not None:
            raise AssertionError(f"the process ended first:\n{process.communicate()[0]}")
        time.sleep(0.05)


def kill_service(home: Path, name: str) -> None:
    """SIGKILL one of a home's services, and wait until it is gone."""
    settings = Settings.load(home)
    assert settings is not None
    process = psutil.Process(settings.started[name].pid)
    process.kill()
    process.wait()
