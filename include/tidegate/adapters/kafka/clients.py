"""Clients of a Kafka cluster, and what their errors mean."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from tidegate.adapters.kafka.ranges import Partition
from tidegate.errors import ConfigurationError, TidegateError, UnavailableError

Settings = Mapping[str, str]
"""Of librdkafka, by its names: ``bootstrap.servers``, and what the brokers ask for; and of a registry. They may hold
passwords."""

REGISTRY_URL = "schema.registry.url"
REGISTRY_USER = "schema.registry.basic.auth.user.info"
"""Where a registry is, and who asks it: what librdkafka does not know among the settings."""

T = TypeVar("T")

OWN: Mapping[str, Any] = {
    "group.id": "tidegate",  # demanded by the client, which joins none: partitions are assigned by hand
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",
    "isolation.level": "read_committed",
    "enable.partition.eof": True,
    "check.crcs": True,
    "fetch.wait.max.ms": 10,  # the end of a range that ends in control records costs one such wait
    "fetch.queue.backoff.ms": 10,
    "fetch.error.backoff.ms": 100,
    "allow.auto.create.topics": False,
}
"""Settings of consumers that exactly once rests on, or speed: a connection's own do not replace them."""

_AUTHENTICATION = {
    KafkaError._AUTHENTICATION,
    KafkaError._SSL,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError.UNSUPPORTED_SASL_MECHANISM,
    KafkaError.ILLEGAL_SASL_STATE,
}
_AUTHORISATION = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
}
UNKNOWN = {
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.UNKNOWN_TOPIC_ID,
    KafkaError._UNKNOWN_TOPIC,
    KafkaError._UNKNOWN_PARTITION,
}
"""Codes that say that there is no such topic or partition."""
LOST = {KafkaError._AUTO_OFFSET_RESET, KafkaError._LOG_TRUNCATION}
"""Codes that say that an offset is not there, or not any more what it was."""


class Heard:
    """What a client said beside its answers: why it cannot connect comes this way alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused: KafkaError | None = None
        self._last: KafkaError | None = None

    def __call__(self, error: KafkaError) -> None:
        """Called by the client."""
        with self._lock:
            self._last = error
            if error.code() in _AUTHENTICATION:
                self._refused = error

    @property
    def worst(self) -> KafkaError | None:
        """A refusal of the credentials, else what was said last."""
        return self._refused or self._last

    @property
    def refused(self) -> KafkaError | None:
        """A refusal of the credentials."""
        return self._refused


def translated(subject: str, error: KafkaError, heard: Heard | None = None) -> TidegateError:
    """The error of tidegate's that Kafka's stands for."""
    worst = heard.worst if heard else None
    for found in (error, worst):
        if found is not None and found.code() in _AUTHENTICATION:
            return ConfigurationError(
                f"{subject}: Kafka refuses the connection: {found.str()}. Correct the login, the password or the "
                "security settings of the Kafka connection"
            )
    if error.code() in _AUTHORISATION:
        return ConfigurationError(
            f"{subject}: Kafka refuses: {error.str()}. Grant the connection's user the rights to describe and to read "
            "the topic"
        )
    said = f"{error.str()}; {worst.str()}" if worst is not None else error.str()
    return UnavailableError(f"{subject}: Kafka does not answer: {said}")


def admin(settings: Settings, heard: Heard) -> AdminClient:
    """A client that asks. Raises ConfigurationError when librdkafka does not take the settings."""
    return _made(lambda: AdminClient(_with(settings, heard)))


def consumer(settings: Settings, heard: Heard, **own: Any) -> Consumer:
    """A consumer that reads what it is assigned; see `admin`."""
    return _made(lambda: Consumer(_with({**settings, **OWN, **own}, heard)))


def _with(settings: Mapping[str, Any], heard: Heard) -> dict[str, Any]:
    own = {name: value for name, value in settings.items() if name not in (REGISTRY_URL, REGISTRY_USER)}
    return {**own, "error_cb": heard, "logger": _SILENT}


def received(of: Consumer, most: int, *, wait_s: float) -> list[Message]:
    """What has come, at most so many, once there is something: `consume` alone waits until there are so many."""
    first = of.poll(wait_s)
    return [] if first is None else [first, *of.consume(most - 1, timeout=0)]


def _made(make: Callable[[], T]) -> T:
    try:
        return make()
    except KafkaException as e:
        raise ConfigurationError(
            f"the Kafka connection has a setting that librdkafka does not take: {e.args[0].str()}"
        ) from e


class _Silent:
    """A logger for librdkafka's lines: what matters in them comes as an error, too."""

    def log(self, *_: Any) -> None:
        """Say nothing."""


_SILENT = _Silent()


def answers(subject: str, futures: Mapping[T, "Future[Any]"], heard: Heard) -> dict[T, Any]:
    """What was answered; what is unknown to the cluster is left out.

    Raises:
        ConfigurationError: the connection or a right.
        UnavailableError: no answer.
    """
    found = {}
    for asked, future in futures.items():
        try:
            found[asked] = future.result()
        except KafkaException as e:
            error: KafkaError = e.args[0]
            if error.code() not in UNKNOWN:
                raise translated(subject, error, heard) from e
    return found


def at(partition: Partition, offset: int = -1001) -> TopicPartition:
    """A partition as the client names it."""
    return TopicPartition(*partition, offset)
