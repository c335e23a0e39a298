"""A pipeline of its own in a folder of its own, run in this process or in others, and audited from outside.

The auditor reads the source files and the Hive tables, never tidegate's own tables.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from crash import attempt
from crash.forked import Forked
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
        self._started: list[Forked | subprocess.Popen[str]] = []

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

    def start(self, key: str, *more: str, **environment: str) -> Forked:
        """One attempt; see `attempt.py`."""
        return self.fork(attempt.main, key, *more, **environment)

    def start_plain(self, key: str, **environment: str) -> subprocess.Popen[str]:
        """The same by `python attempt.py`, imports and all."""
        path = f"{TESTS}{os.pathsep}{TESTS.parent / 'include'}"
        started = subprocess.Popen(
            [sys.executable, attempt.__file__, self.name, str(self.source), key],
            env={**self._environment(environment), "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(started)
        return started

    def fork(self, main: Callable[..., int | None], *arguments: str, **environment: str) -> Forked:
        """A process that gets the pipeline's name, its source folder and the arguments."""
        forked = Forked(main, self.name, str(self.source), *arguments, environment=self._environment(environment))
        self._started.append(forked)
        return forked

    def kill(self, main: Callable[..., int | None], *arguments: str, at: str, epoch: int) -> str:
        """Run a process until it dies at a crash point of an epoch (0: of none); what it said."""
        once = self.folder / f"fired-{'-'.join(arguments)}"
        environment = {"TIDEGATE_CRASH_AT": f"{at}@{self.name}:{epoch}", "TIDEGATE_CRASH_ONCE": str(once)}
        victim = self.fork(main, *arguments, **environment)
        output, _ = victim.communicate()
        assert victim.returncode == -signal.SIGKILL, output
        assert once.exists(), f"{at} was never reached:\n{output}"
        return output

    def finish(self, main: Callable[..., int | None], *arguments: str) -> None:
        """Run a process to its good end."""
        done = self.fork(main, *arguments)
        output, _ = done.communicate()
        assert done.returncode == 0, output

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        return {**os.environ, **environment_of(self.endpoints), **more}

    def end(self) -> None:
        """Nothing that was started lives on, frozen or not."""
        for process in self._started:
            process.send_signal(signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()

    def found(self) -> totals.Tables:
        return totals.found(self.endpoints.hiveserver2, self.name)

    def audit(self, expected: totals.Tables | None = None) -> None:
        """The tables hold what all files make, or what was found before; and nothing else is wrong."""
        assert self.found() == (expected or totals.expected(self.source))
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            assert verify(self.definition, engine.adapters, progress=print, checksums=True) == []


def environment_of(endpoints: Endpoints) -> dict[str, str]:
    """The variables from which another process reads the endpoints."""
    return {variable: getattr(endpoints, name) for name, variable in VARIABLES.items()}


def wait_for(what: Callable[[], bool], process: Forked) -> None:
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
