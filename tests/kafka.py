"""A real Kafka broker of the tests' own, and what a test does to it."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    NewPartitions,
    NewTopic,
    OffsetSpec,
)

from tidegate.services import kafka
from tidegate.services.model import HOST, free_ports

T = TypeVar("T")
DEADLINE_S = 60.0

USERS = {"admin": "admin-secret", "reader": "reader-secret", "nobody": "nobody-secret"}
"""Those who may log in at the SASL listener. The admin may do everything; the others what no ACL forbids."""


@dataclass(frozen=True)
class Record:
    """What is produced; a `timestamp_ms` of 0 is now."""

    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp_ms: int = 0
    partition: int = 0


@dataclass(frozen=True)
class Offsets:
    """One partition: its first offset, the one behind its last, and the one up to which no transaction is open."""

    begin: int
    end: int
    last_stable: int


@dataclass
class Broker:
    """The process: a plain listener for everybody, and one that asks for a user and a password (SASL/PLAIN).

    Access is checked, and everything is allowed that no ACL forbids; whoever comes by the plain listener may do all.
    """

    folder: Path
    ports: list[int] = field(default_factory=lambda: free_ports(3))
    process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Address of the plain listener."""
        return f"{HOST}:{self.ports[0]}"

    def sasl(self, user: str, password: str | None = None) -> dict[str, str]:
        """A client's settings for the other listener; the right password unless another is given."""
        return {
            "bootstrap.servers": f"{HOST}:{self.ports[2]}",
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "PLAIN",
            "sasl.username": user,
            "sasl.password": USERS[user] if password is None else password,
        }

    def start(self) -> None:
        """Start it, or start it again on the data that are there; returns when it answers."""
        libraries = kafka.jars(print)
        kafka.write_configuration(self.folder, self._properties())
        kafka.initialise(self.folder / "data", self.folder, libraries)
        with (self.folder / "broker.log").open("ab") as log:
            self.process = subprocess.Popen(
                kafka.command(self.folder, libraries, "-XX:TieredStopAtLevel=1"),  # it starts in half the time
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(lambda: self._alive() and kafka.healthy(self.bootstrap))

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """An orderly end."""
        self._end(signal.SIGTERM)

    def _end(self, sent: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(sent)
            self.process.wait()
            self.process = None

    def _alive(self) -> bool:
        assert self.process is not None
        words = (self.folder / "broker.log").read_text(encoding="utf-8", errors="replace")[-3000:]
        assert self.process.poll() is None, f"the broker ended:\n{words}"
        return True

    def _properties(self) -> dict[str, str]:
        plain, controller, sasl = self.ports
        made = kafka.properties(self.folder / "data", port=plain, controller_port=controller)
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        users = " ".join(f'user_{name}="{password}"' for name, password in USERS.items())
        return made | {
            "listeners": f"{made['listeners']},SASL://{HOST}:{sasl}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": f"{module} required {users};",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "true",
            "super.users": "User:admin;User:ANONYMOUS",
            # A test waits for the cleaner, and for nothing else.
            "log.cleaner.backoff.ms": "50",
            "log.initial.task.delay.ms": "0",
            "transaction.abort.timed.out.transaction.cleanup.interval.ms": "200",
        }


class Transaction:
    """One that is open: it hangs for as long as nobody ends it, or until the broker loses patience."""

    def __init__(self, kafka: "Kafka", name: str, timeout_ms: int) -> None:
        self._kafka = kafka
        self._places: set[tuple[str, int]] = set()
        settings = {"bootstrap.servers": kafka.broker.bootstrap, "transactional.id": name, "linger.ms": 0}
        self._producer = Producer(settings | {"transaction.timeout.ms": timeout_ms})
        self._producer.init_transactions(DEADLINE_S)
        self._producer.begin_transaction()

    def send(self, topic: str, records: Sequence[Record]) -> list[int]:
        """Append records, which are in the log when this returns. Their offsets."""
        self._places |= {(topic, record.partition) for record in records}
        return _send(self._producer, topic, records)

    def commit(self) -> None:
        """Commit; the markers are in the log when this returns."""
        self._end(self._producer.commit_transaction)

    def abort(self) -> None:
        """Abort; the markers are in the log when this returns."""
        self._end(self._producer.abort_transaction)

    def _end(self, how: Callable[[float], None]) -> None:
        """The broker answers before it has written the markers, one in each partition."""
        before = {place: self._kafka.offsets(*place).end for place in self._places}
        how(DEADLINE_S)
        wait_until(lambda: all(self._kafka.offsets(*place).end > end for place, end in before.items()))


class Kafka:
    """A broker, seen by those who use it."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.admin = AdminClient({"bootstrap.servers": broker.bootstrap, "log_level": 0})

    # -- topics

    def create_topic(self, topic: str, partitions: int = 1, config: Mapping[str, str] | None = None) -> str:
        """Make a topic that was not there. Its id."""
        made = NewTopic(topic, num_partitions=partitions, replication_factor=1, config=dict(config or {}))
        _done(self.admin.create_topics([made]))
        wait_until(lambda: self._knows(topic, partitions))  # the controller answers before the broker knows
        return self.topic_id(topic)

    def _knows(self, topic: str, partitions: int) -> bool:
        told = self.admin.list_topics(timeout=DEADLINE_S).topics.get(topic)
        return told is not None and [p.leader for p in told.partitions.values()] == [1] * partitions

    def topic_id(self, topic: str) -> str:
        """What tells a topic from another of the same name."""
        [(_, asked)] = self.admin.describe_topics(TopicCollection([topic])).items()
        return str(asked.result(DEADLINE_S).topic_id)

    def add_partitions(self, topic: str, total: int) -> None:
        """Let a topic have so many."""
        _done(self.admin.create_partitions([NewPartitions(topic, total)]))
        wait_until(lambda: self._knows(topic, total))

    def delete_topic(self, topic: str) -> None:
        """Delete it; it is unknown when this returns."""
        _done(self.admin.delete_topics([topic]))
        wait_until(lambda: topic not in self.admin.list_topics(timeout=DEADLINE_S).topics)

    def delete_records(self, topic: str, partition: int, before: int) -> None:
        """What retention does: the partition begins at `before` now."""
        _done(self.admin.delete_records([TopicPartition(topic, partition, before)]))

    def compact(self, topic: str, partition: int = 0) -> list[int]:
        """Append one record, which closes the segment, and wait for the cleaner. The offsets that are left.

        The topic is one with `COMPACTED` as its configuration. Of each key the last record stays.
        """
        before = self.read(topic, partition)
        keys: dict[Any, Any] = {message.key(): message.offset() for message in before}
        newest = max(message.timestamp()[1] for message in before)
        [filler] = self.produce(topic, [Record(b"", b"filler", timestamp_ms=newest + 60_000, partition=partition)])
        left = sorted({**keys, b"filler": filler}.values())
        wait_until(lambda: [message.offset() for message in self.read(topic, partition)] == left)
        return left

    # -- records

    def produce(self, topic: str, records: Sequence[Record]) -> list[int]:
        """Append records, outside of any transaction. Their offsets."""
        return _send(
            Producer({"bootstrap.servers": self.broker.bootstrap, "linger.ms": 0, "log_level": 0}), topic, records
        )

    def transaction(self, name: str, *, timeout_ms: int = 60_000) -> Transaction:
        """Begin one. A second one of the same name ends the first."""
        return Transaction(self, name, timeout_ms)

    def offsets(self, topic: str, partition: int = 0) -> Offsets:
        """What the broker says. A client that saw it die would say for a while yet that nobody leads the partition."""
        place = TopicPartition(topic, partition)
        admin = AdminClient({"bootstrap.servers": self.broker.bootstrap})

        def told(spec: OffsetSpec, isolation: IsolationLevel) -> int:
            [asked] = admin.list_offsets({place: spec}, isolation_level=isolation).values()
            return int(asked.result(DEADLINE_S).offset)

        return Offsets(
            told(OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED),
            told(OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED),
            told(OffsetSpec.latest(), IsolationLevel.READ_COMMITTED),
        )

    def read(self, topic: str, partition: int = 0, *, committed: bool = True) -> list[Message]:
        """Every record of a partition that a consumer of that isolation is given now."""
        with self.consumer(**{"isolation.level": f"read_{'' if committed else 'un'}committed"}) as consumer:
            consumer.assign([TopicPartition(topic, partition, self.offsets(topic, partition).begin)])
            found: list[Message] = []
            while (message := consumer.poll(DEADLINE_S)) is not None:
                error = message.error()
                if error is None:
                    found.append(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    return found
                else:
                    raise KafkaException(error)
            raise AssertionError(f"{topic} said nothing for {DEADLINE_S:.0f} s")

    @contextmanager
    def consumer(self, **settings: Any) -> Iterator[Consumer]:
        """One that belongs to no group, tells where a partition ends, and never jumps."""
        made = Consumer(
            {
                "bootstrap.servers": self.broker.bootstrap,
                "group.id": "unused",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 10,
                **settings,
            }
        )
        try:
            yield made
        finally:
            made.close()


COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": "1000",
    "min.cleanable.dirty.ratio": "0.001",
    "min.compaction.lag.ms": "0",
    "delete.retention.ms": "0",
}
"""A topic's configuration: `Kafka.compact` has an effect at once."""


def _send(producer: Producer, topic: str, records: Sequence[Record]) -> list[int]:
    offsets: dict[int, Any] = {}
    failed: list[KafkaError] = []

    def told(number: int) -> Callable[[KafkaError | None, Message], None]:
        def note(error: KafkaError | None, message: Message) -> None:
            if error is not None:
                failed.append(error)
            else:
                offsets[number] = message.offset()

        return note

    for number, r in enumerate(records):
        producer.produce(
            topic,
            r.value,
            r.key,
            r.partition,
            headers=list(r.headers),
            timestamp=r.timestamp_ms,
            on_delivery=told(number),
        )
        producer.poll(0)
    assert producer.flush(DEADLINE_S) == 0
    assert not failed, failed
    return [offsets[number] for number in range(len(records))]


def _done(asked: Mapping[Any, Future[T]]) -> list[T]:
    return [future.result(DEADLINE_S) for future in asked.values()]


def wait_until(true: Callable[[], bool]) -> None:
    """Look again until it is so; fail when it never is."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, "it did not become so"
        time.sleep(0.05)
