"""Goal: records of Kafka reach Hive through Spark once, though the broker and attempts are killed on the way."""

import json
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from decoding import avro
from kafka import Kafka, Record
from pipelines.topics import pipeline
from registry import Registry
from tidegate import Avro, Definition
from tidegate.adapters.hive.server import connect
from tidegate.adapters.kafka.clients import REGISTRY_URL as URL
from tidegate.engine.replay import replay
from tidegate.errors import UnavailableError
from tidegate.protocol.model import Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

PARTITIONS = 6


def records(numbers: range) -> list[Record]:
    return [
        Record(json.dumps({"user": f"u{n % 97}", "n": n}).encode(), key=b"k%d" % n, partition=n % PARTITIONS)
        for n in numbers
    ]


def rows(endpoints: Endpoints, table: str) -> list[tuple[int, str, int]]:
    with closing(connect(endpoints.hiveserver2)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"SELECT n, user, seen FROM {table} ORDER BY n")
        return [tuple(row) for row in cursor.fetchall()]


def expected(numbers: list[int]) -> list[tuple[int, str]]:
    return [(n, f"u{n % 97}") for n in numbers]


def test_epochs_on_spark_and_hive(kafka: Kafka, endpoints: Endpoints) -> None:
    """And each again, from what the tasks kept of the records, when the topic is gone."""
    name = f"clicks_{uuid4().hex[:8]}"
    kafka.create_topic(name, PARTITIONS)
    definition = pipeline(name, name=name, max_records=3000, archive_input=True)
    given = replace(endpoints, kafka=kafka.broker.bootstrap)
    committed: list[int] = []
    for number in range(8):
        numbers = range(number * 1000, number * 1000 + 1000)
        transaction = kafka.transaction(f"{name}-{number}")
        transaction.send(name, records(numbers))
        if number % 3 == 2:
            transaction.abort()
        else:
            transaction.commit()
            committed += numbers
    epochs = run_all(definition, given)
    assert epochs > 2
    found = rows(endpoints, f"t.{name}")
    assert [(n, user) for n, user, _ in found] == expected(committed)
    for user in {user for _, user, _ in found}:
        assert sorted(seen for _, of, seen in found if of == user) == list(
            range(1, 1 + sum(of == user for _, of, _ in found))
        )
    kafka.delete_topic(name)
    with coordinator(definition, given, progress=print) as engine:
        for epoch in range(1, epochs + 1):
            assert replay(definition, engine.adapters, engine.root, epoch, progress=print) == []


def test_a_registrys_schemas_reach_the_tasks(kafka: Kafka, registry: Registry, endpoints: Endpoints) -> None:
    name = f"clicks_{uuid4().hex[:8]}"
    kafka.create_topic(name, PARTITIONS)
    user, n = ({"name": field, "type": kind} for field, kind in (("user", "string"), ("n", "long")))
    for number, fields in enumerate([(user, n), (n, user)]):
        schema = {"type": "record", "name": "Click", "fields": fields}
        head = b"\0" + registry.register(f"{name}-value", schema).to_bytes(4, "big")
        for of in records(range(number * 50, number * 50 + 50)):
            kafka.produce(name, [replace(of, value=head + avro(schema, json.loads(of.value or b"")))])
    given = {"bootstrap.servers": kafka.broker.bootstrap, URL: registry.url}
    assert run_all(pipeline(name, name=name, format=Avro()), replace(endpoints, kafka=json.dumps(given))) == 1
    assert [(n, user) for n, user, _ in rows(endpoints, f"t.{name}")] == expected(list(range(100)))


def run_all(definition: Definition, endpoints: Endpoints) -> int:
    """Runs until there is no new input. How many there were."""
    count = 0
    with coordinator(definition, endpoints, progress=print) as engine:
        while engine.run(Run(f"run-{uuid4()}", "test")) is not None:
            count += 1
    return count


def test_a_broker_that_is_killed_under_an_epoch(own_kafka: Kafka, endpoints: Endpoints) -> None:
    """The attempt waits for it, or fails and is tried again: it reads what it had planned."""
    name = f"clicks_{uuid4().hex[:8]}"
    own_kafka.create_topic(name, PARTITIONS)
    own_kafka.produce(name, records(range(20_000)))
    definition = pipeline(name, name=name)
    given = replace(endpoints, kafka=own_kafka.broker.bootstrap)
    killed = threading.Event()

    def progress(said: str) -> None:
        print(said)
        if "computing on Spark" in said and not killed.is_set():
            own_kafka.broker.kill()
            killed.set()

    def back() -> None:
        killed.wait()
        own_kafka.broker.start()

    again = threading.Thread(target=back)
    again.start()
    attempts = 0
    report = None
    while report is None:
        attempts += 1
        assert attempts < 5
        try:
            with coordinator(definition, given, progress=progress) as engine:
                report = engine.run(Run("run-1", "test"))
        except UnavailableError as e:
            print(e)
    again.join()
    assert killed.is_set()
    assert [(n, user) for n, user, _ in rows(endpoints, f"t.{name}")] == expected(list(range(20_000)))


def test_a_right_to_describe_but_not_to_read(kafka: Kafka, endpoints: Endpoints, tmp_path: Path) -> None:
    """What a task is refused comes out as an error of configuration, though a task met it on Spark."""
    from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, ResourcePatternType, ResourceType

    from tidegate.errors import ConfigurationError

    name = f"clicks_{uuid4().hex[:8]}"
    kafka.create_topic(name)
    kafka.produce(name, [Record(b"{}")])
    where = (ResourceType.TOPIC, name, ResourcePatternType.LITERAL)
    for user, operation in (("reader", AclOperation.READ), ("nobody", AclOperation.DESCRIBE)):
        acl = AclBinding(*where, f"User:{user}", "*", operation, AclPermissionType.ALLOW)
        kafka.admin.create_acls([acl])[acl].result(30)
    given = replace(endpoints, kafka=json.dumps(kafka.broker.sasl("nobody")))
    with (
        coordinator(pipeline(name, name=name), given, progress=print) as engine,
        pytest.raises(ConfigurationError, match="rights to describe and to read"),
    ):
        engine.run(Run("run-1", "test"))
