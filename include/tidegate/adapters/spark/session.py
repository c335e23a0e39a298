"""Sessions on a Spark Connect server.

Spark starts Python workers anew for each server session, which costs about two seconds of imports. All epochs of a
server therefore share one session per day: its workers stay warm. Attempts are told apart by operation tags, so a
newer attempt can interrupt what an older one still runs. Nobody closes the session: the server forgets it when it has
been idle for an hour, and then refuses its id; the next epochs use an id of their hour, which cannot have expired.
"""

import socket
import time
import uuid
from urllib.parse import urlsplit

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy

from tidegate.adapters.spark.failures import translate
from tidegate.errors import ConfigurationError, UnavailableError

_CONF = {
    "spark.sql.session.timeZone": "UTC",
    # One task per bucket, always: adaptive execution would only add planning time.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16384",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(64 * 1024 * 1024),
    # A date that does not exist is malformed, not guessed.
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}
_CONNECT_TIMEOUT_S = 5.0
_NAMESPACE = uuid.UUID("9c4f1c57-0a8d-4a4c-8a0e-6d1d0b8f3a11")
_HOUR_S, _DAY_S = 3600, 86_400


def connect(url: str, subject: str) -> SparkSession:
    """Join the server's shared session.

    Args:
        url: ``sc://host:port`` with Spark Connect's own parameters.
        subject: who asks, for messages.

    Raises:
        UnavailableError: nothing answers there.
        ConfigurationError: the address is not one, or what answers is not Spark Connect.
    """
    _probe(url, subject)
    now = int(time.time())
    try:
        return _join(url, f"day {now // _DAY_S}")
    except PySparkException as e:
        if "INVALID_HANDLE" not in str(e):
            raise translate(e, subject) from e
    try:
        return _join(url, f"hour {now // _HOUR_S}")
    except PySparkException as e:
        raise translate(e, subject) from e


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


def _join(url: str, name: str) -> SparkSession:
    separator = ";" if ";" in url else "/;"
    session_id = uuid.uuid5(_NAMESPACE, name)
    builder = SparkSession.builder.remote(f"{url.rstrip('/')}{separator}session_id={session_id};user_id=tidegate")
    session = builder.create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=5, max_backoff=2000)])
    session.release_session_on_close = False
    for key, value in _CONF.items():
        if session.conf.get(key, None) != value:
            session.conf.set(key, value)
    return session
