"""Processes of their own that start at once: forked from a server that has imported what a worker needs.

Airflow's workers are forked so too. Imports are all that the server does: no connection is open when it forks.
"""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    ["tidegate.wiring", "tidegate.adapters.spark.processor", "pyspark.sql.connect.session", "pytest"]
)
_ONE_ASKS = threading.Lock()
"""An exit code can be read once, and whoever starts a process asks all that live for theirs: of two threads that ask
at the same moment one would get 255."""


class Forked:
    """Runs `main` with its arguments; speaks as `subprocess.Popen` does, with both outputs in one.

    Args:
        main: a function that another process can import; what it returns is the exit code, None is 0.
        arguments: for `main`.
        environment: all of the process's environment.
    """

    def __init__(self, main: Callable[..., int | None], *arguments: str, environment: dict[str, str]) -> None:
        said, telling = _SERVER.Pipe(duplex=False)
        self._process = _SERVER.Process(target=_work, args=(main, telling, arguments, environment))
        with _ONE_ASKS:
            self._process.start()
        telling.close()
        with said:
            self.stdout = os.fdopen(os.dup(said.fileno()))

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        with _ONE_ASKS:
            return self._process.exitcode

    returncode = property(poll)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None and self._process.pid:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    def communicate(self) -> tuple[str, None]:
        """Wait for the end; all that it said."""
        with self.stdout:
            said = self.stdout.read()
        self.wait()
        return said, None

    def wait(self) -> int | None:
        """Wait for the end; the exit code."""
        wait([self._process.sentinel])
        return self.poll()


def _work(
    main: Callable[..., int | None], telling: Connection, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for output in (1, 2):
        os.dup2(telling.fileno(), output)
    telling.close()
    sys.stdout = sys.stderr = os.fdopen(1, "w")
    sys.exit(main(*arguments))
