"""Sessions on a Spark Connect server: one for each attempt.

Views, functions, settings, observations and cached plans belong to a server session, so what one attempt's transforms
do to theirs reaches no other, and ends with it (ADR 15). The session's id is made of the attempt's own folder: a newer
attempt can end what an older one still runs, and two warehouses on one server never meet.
"""

import socket
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.shell.progress import ProgressHandler

from tidegate.errors import ConfigurationError, UnavailableError

_CONF = {
    "spark.sql.session.timeZone": "UTC",
    # One task per bucket, always: adaptive execution would only add planning time.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16384",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(64 * 1024 * 1024),
    # A date that does not exist is an error, not guessed.
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}
_CONNECT_TIMEOUT_S = 5.0
_RELEASE_TIMEOUT_S = 10.0
_NO_TASK_TIMEOUT_S = 600.0
"""Spark itself waits for executors without end, and says nothing of it."""
_NAMESPACE = uuid.UUID("9c4f1c57-0a8d-4a4c-8a0e-6d1d0b8f3a11")


@contextmanager
def opened(url: str, subject: str, name: str, superseded: Sequence[str] = ()) -> Iterator[SparkSession]:
    """A new session on the server, which ends with the block.

    Args:
        url: ``sc://host:port`` with Spark Connect's own parameters.
        subject: who asks, for messages.
        name: what the session is for: no other may ever have the same.
        superseded: names of sessions of other processes to end, and with them what they run, where there are such.

    Raises:
        UnavailableError: nothing answers there, or what the block computes had no running task for 10 minutes.
        ConfigurationError: the address is not one.
    """
    _probe(url, subject)
    for older in superseded:
        _client(url, older).stop()
    session = _client(url, name)
    watch = _Watch(session)
    try:
        for key, value in _CONF.items():
            session.conf.set(key, value)
        yield session
    except PySparkException as e:
        if not watch.gave_up:
            raise
        raise UnavailableError(
            f"{subject}: Spark ran no task of it for {_NO_TASK_TIMEOUT_S:.0f} s: it has no executors left, or others "
            "keep them all; bring them back, or give it more"
        ) from e
    finally:
        watch.end()
        _end(session)


class _Watch(ProgressHandler):
    """Interrupts a session whose computation waits, and no task of it runs, for too long."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._waiting: threading.Timer | None = None
        self.gave_up = False
        session.registerProgressHandler(self)

    def __call__(self, stages: object, inflight_tasks: int, operation_id: str | None, done: bool) -> None:  # noqa: ARG002
        """Called with what the server says each time that something has changed, at most every 2 s."""
        if done or inflight_tasks:
            self.end()
        elif self._waiting is None:
            self._waiting = threading.Timer(_NO_TASK_TIMEOUT_S, self._give_up)
            self._waiting.daemon = True
            self._waiting.start()

    def _give_up(self) -> None:
        self.gave_up = True
        with suppress(PySparkException):
            self._session.interruptAll()

    def end(self) -> None:
        """Watch no more, until the server says something again."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def _end(session: SparkSession) -> None:
    # Results are given back on other threads: for each that comes behind the session's end the server logs an error.
    wait(session.client._release_futures, timeout=_RELEASE_TIMEOUT_S)
    session.stop()


def _probe(url: str, subject: str) -> None:
    """Fail at once where the client would try again for minutes."""
    parts = urlsplit(url)
    if parts.scheme != "sc" or not parts.hostname:
        raise ConfigurationError(f"{subject}: the Spark address must be sc://host:port, not {parts.scheme}://…")
    host, port = parts.hostname, parts.port or 15002
    try:
        socket.create_connection((host, port), timeout=_CONNECT_TIMEOUT_S).close()
    except OSError as e:
        raise UnavailableError(
            f"{subject}: no Spark Connect server answers at {host}:{port} ({e}); start it, or correct the connection"
        ) from e


def _client(url: str, name: str) -> SparkSession:
    separator = ";" if ";" in url else "/;"
    mine = f"session_id={uuid.uuid5(_NAMESPACE, name)}"
    if ";user_id=" not in url:
        mine += ";user_id=tidegate"
    session = SparkSession.builder.remote(f"{url.rstrip('/')}{separator}{mine}").create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=5, max_backoff=2000)])
    return session
