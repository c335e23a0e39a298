"""Goal: the embedded Kafka lives as the other services do, and the tests' own broker does what Kafka's users meet."""

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from kafka import COMPACTED, DEADLINE_S, Kafka, Record, wait_until
from tidegate import services
from tidegate.errors import ConfigurationError
from tidegate.services import ServiceEvent, lifecycle
from tidegate.wiring import VARIABLES, Endpoints

pytestmark = pytest.mark.services


# -- the service ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, endpoints: Endpoints) -> Iterator[Path]:
    """A home with a Kafka only: all else is the session's."""
    made = tmp_path_factory.mktemp("home").resolve()
    with pytest.MonkeyPatch.context() as patch:
        for name, variable in VARIABLES.items():
            patch.setenv(variable, getattr(endpoints, name))
        yield made
        services.down(made, report=print)


@pytest.fixture
def bootstrap(home: Path) -> str:
    started = services.up(home, kafka=True, report=print)
    assert started.kafka == services.kafka_bootstrap(home)
    return started.kafka


def states(home: Path) -> dict[str, str]:
    return {status.name: status.state for status in services.status(home)}


def topic_id(bootstrap: str, topic: str) -> str:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    return str(admin.describe_topics(TopicCollection([topic]))[topic].result(DEADLINE_S).topic_id)


def test_it_is_started_on_request_only(home: Path) -> None:
    services.up(home, report=print)
    assert states(home) == {}
    with pytest.raises(ConfigurationError, match="services up --kafka"):
        services.kafka_bootstrap(home)


def test_it_answers_on_loopback_only_and_a_second_up_starts_nothing(home: Path, bootstrap: str) -> None:
    assert states(home) == {"kafka": "healthy"}
    [status] = services.status(home)
    process = psutil.Process(status.pid)
    listening = {c.laddr for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    assert {address.ip for address in listening} <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert {f"127.0.0.1:{address.port}" for address in listening} > {bootstrap}
    events: list[ServiceEvent] = []
    services.up(home, kafka=True, report=events.append)
    assert [(e.service, e.what, e.detail) for e in events] == [("kafka", "healthy", "was running already")]
    assert services.status(home) == [status]


def test_topics_and_records_outlive_it(home: Path, bootstrap: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(DEADLINE_S)
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce("kept", b"value", partition=0)
    assert producer.flush(DEADLINE_S) == 0
    made = topic_id(bootstrap, "kept")
    services.down(home, report=print)
    assert states(home) == {}
    assert services.kafka_bootstrap(home) == bootstrap
    services.up(home, kafka=True, report=print)
    assert topic_id(bootstrap, "kept") == made
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused"})
    assert consumer.get_watermark_offsets(TopicPartition("kept", 0), DEADLINE_S) == (0, 1)
    consumer.close()


def test_one_that_is_killed_is_crashed_and_started_again(home: Path, bootstrap: str) -> None:
    [before] = services.status(home)
    psutil.Process(before.pid).kill()
    wait_until(lambda: lifecycle.dead(home) == ["kafka"])
    assert states(home) == {"kafka": "crashed"}
    events = queue.Queue[ServiceEvent]()
    with services.watching(home, report=events.put):
        while (event := events.get(timeout=DEADLINE_S)).what != "healthy":
            assert event.service == "kafka"
    assert states(home) == {"kafka": "healthy"}
    assert services.kafka_bootstrap(home) == bootstrap


def test_a_topic_that_nobody_made_is_not_made_by_asking(bootstrap: str) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "message.timeout.ms": 2000})
    failed: list[KafkaError | None] = []
    producer.produce("misspelt", b"value", on_delivery=lambda error, _: failed.append(error))
    producer.flush(DEADLINE_S)
    assert [error is None for error in failed] == [False]
    assert "misspelt" not in AdminClient({"bootstrap.servers": bootstrap}).list_topics(timeout=DEADLINE_S).topics


# -- the broker of the tests ------------------------------------------------------------------------------------------


@pytest.fixture
def topic() -> str:
    """A name that nobody has."""
    return f"topic-{uuid4()}"


def values(*words: str) -> list[Record]:
    return [Record(word.encode()) for word in words]


def test_records_come_back_as_they_were_sent(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic, 2)
    headers = [("trace", b"1"), ("trace", b"2")]
    assert kafka.produce(topic, [Record(b"v", b"k", headers, timestamp_ms=86_400_000, partition=1), Record(None)]) == [
        0,
        0,
    ]
    [message] = kafka.read(topic, 1)
    assert (message.value(), message.key(), message.headers()) == (b"v", b"k", headers)
    assert message.timestamp()[1] == 86_400_000
    [other] = kafka.read(topic, 0)
    assert (other.value(), other.key()) == (None, None)


def test_a_topic_gets_partitions_and_configuration(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic, 2, {"max.message.bytes": "2000"})
    with pytest.raises(AssertionError, match="MSG_SIZE_TOO_LARGE"):
        kafka.produce(topic, [Record(b"x" * 3000)])
    kafka.add_partitions(topic, 3)
    assert kafka.produce(topic, [Record(b"v", partition=2)]) == [0]


def test_a_topic_that_is_made_again_is_another(kafka: Kafka, topic: str) -> None:
    first = kafka.create_topic(topic)
    kafka.produce(topic, values("a", "b"))
    kafka.delete_topic(topic)
    second = kafka.create_topic(topic)
    assert second != first
    assert kafka.topic_id(topic) == second
    assert kafka.offsets(topic).end == 0


def test_a_partition_begins_behind_what_was_deleted(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, values("a", "b", "c"))
    kafka.delete_records(topic, 0, 2)
    assert vars(kafka.offsets(topic)) == {"begin": 2, "end": 3, "last_stable": 3}
    assert [message.value() for message in kafka.read(topic)] == [b"c"]


def test_what_is_committed_is_read_and_what_is_aborted_is_not(kafka: Kafka, topic: str) -> None:
    """Each ends with a record that nobody is given: offsets are sparse."""
    kafka.create_topic(topic)
    one, other = kafka.transaction(f"{topic}-1"), kafka.transaction(f"{topic}-2")
    assert one.send(topic, values("a", "b")) == [0, 1]
    one.commit()
    assert other.send(topic, values("x")) == [3]
    other.abort()
    assert kafka.produce(topic, values("c")) == [5]
    assert [(m.offset(), m.value()) for m in kafka.read(topic)] == [(0, b"a"), (1, b"b"), (5, b"c")]
    assert [m.offset() for m in kafka.read(topic, committed=False)] == [0, 1, 3, 5]
    assert vars(kafka.offsets(topic)) == {"begin": 0, "end": 6, "last_stable": 6}


def test_a_transaction_that_hangs_holds_the_last_stable_offset(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, values("a"))
    hanging = kafka.transaction(topic)
    hanging.send(topic, [Record(b"b"), Record(b"c", partition=1)])
    kafka.produce(topic, values("d"))
    assert vars(kafka.offsets(topic)) == {"begin": 0, "end": 3, "last_stable": 1}
    assert [m.value() for m in kafka.read(topic)] == [b"a"]
    hanging.commit()
    assert vars(kafka.offsets(topic)) == {"begin": 0, "end": 4, "last_stable": 4}
    assert [m.value() for m in kafka.read(topic)] == [b"a", b"b", b"d"]
    assert [m.value() for m in kafka.read(topic, 1)] == [b"c"]


def test_a_transaction_that_nobody_ends_is_aborted_by_the_broker(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic)
    hanging = kafka.transaction(topic, timeout_ms=1000)
    hanging.send(topic, values("a"))
    wait_until(lambda: kafka.offsets(topic).last_stable == 2)
    assert kafka.read(topic) == []
    with pytest.raises(KafkaException):
        hanging.commit()


def test_compaction_leaves_the_last_record_of_each_key(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic, 1, COMPACTED)
    kafka.produce(topic, [Record(bytes([n]), key) for n, key in enumerate((b"a", b"b", b"a", b"c", b"b"))])
    assert kafka.compact(topic) == [2, 3, 4, 5]
    assert [(m.offset(), m.key()) for m in kafka.read(topic)] == [(2, b"a"), (3, b"c"), (4, b"b"), (5, b"filler")]
    assert vars(kafka.offsets(topic)) == {"begin": 0, "end": 6, "last_stable": 6}


def test_a_broker_that_was_killed_comes_back_with_its_data(kafka: Kafka, topic: str) -> None:
    made = kafka.create_topic(topic)
    hanging = kafka.transaction(topic)
    kafka.produce(topic, values("a"))
    hanging.send(topic, values("b"))
    kafka.broker.kill()
    with pytest.raises(KafkaException):
        AdminClient({"bootstrap.servers": kafka.broker.bootstrap, "log_level": 0}).list_topics(timeout=1)
    kafka.broker.start()
    assert kafka.topic_id(topic) == made
    assert [m.value() for m in kafka.read(topic)] == [b"a"]
    hanging.commit()
    assert [m.value() for m in kafka.read(topic)] == [b"a", b"b"]
    kafka.produce(topic, values("c"))
    first, second, third = (m.leader_epoch() for m in kafka.read(topic))
    assert first == second
    assert first is not None
    assert third is not None
    assert third > first  # the leader is another, though nothing is lost


# -- who may do what --------------------------------------------------------------------------------------------------


def allow(kafka: Kafka, topic: str, user: str, operation: AclOperation) -> None:
    """From now on this user may do this, and nobody else anything."""
    where = (ResourceType.TOPIC, topic, ResourcePatternType.LITERAL)
    acl = AclBinding(*where, f"User:{user}", "*", operation, AclPermissionType.ALLOW)
    kafka.admin.create_acls([acl])[acl].result(DEADLINE_S)


def test_a_user_is_known_by_a_password(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic)
    right = AdminClient({**kafka.broker.sasl("nobody")})
    assert topic in right.list_topics(timeout=DEADLINE_S).topics
    told: list[KafkaError] = []
    settings: dict[str, Any] = {**kafka.broker.sasl("reader", "wrong"), "error_cb": told.append, "log_level": 0}
    wrong = AdminClient(settings)
    with pytest.raises(KafkaException):
        wrong.list_topics(timeout=2)
    wrong.poll(0)
    assert KafkaError._AUTHENTICATION in {error.code() for error in told}


def test_an_access_list_shuts_the_others_out(kafka: Kafka, topic: str) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, values("a"))
    allow(kafka, topic, "reader", AclOperation.READ)
    allow(kafka, topic, "nobody", AclOperation.DESCRIBE)
    place = TopicPartition(topic, 0, 0)
    with kafka.consumer(**kafka.broker.sasl("reader")) as consumer:
        consumer.assign([place])
        [message] = consumer.consume(1, DEADLINE_S)
        assert (message.error(), message.value()) == (None, b"a")
    with kafka.consumer(**kafka.broker.sasl("nobody")) as consumer:
        consumer.assign([place])
        [message] = consumer.consume(1, DEADLINE_S)
        error = message.error()
        assert error is not None
        assert error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
