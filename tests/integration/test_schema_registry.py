"""Goal: Avro by a real registry's schemas is read as planned, and nothing but a plan needs the registry."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest

from decoding import avro
from kafka import Kafka, Record
from pipelines.topics import Line, pipeline
from registry import Registry
from tidegate import Avro, Debezium
from tidegate.adapters.kafka.clients import REGISTRY_URL as URL
from tidegate.adapters.kafka.ranges import KafkaDetail
from tidegate.errors import ConfigurationError, UnavailableError

pytestmark = pytest.mark.services

SCHEMA = pa.schema({"user": pa.string(), "n": pa.int64(), "page": pa.string()})


def record(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": "Click", "fields": list(fields)}


USER: dict[str, Any] = {"name": "user", "type": "string"}
N: dict[str, Any] = {"name": "n", "type": "long"}
PAGE: dict[str, Any] = {"name": "page", "type": "string", "default": "home"}
FIRST = record(USER, N)
SECOND = record(USER, N, PAGE)


def click(number: int, n: int | str, schema: dict[str, Any] = FIRST, **rest: Any) -> Record:
    return Record(b"\0" + number.to_bytes(4, "big") + avro(schema, {"user": "u", "n": n, **rest}))


@pytest.fixture
def topic(kafka: Kafka) -> str:
    name = f"clicks-{uuid4().hex[:8]}"
    kafka.create_topic(name)
    return name


def line(kafka: Kafka, registry: Registry | None, topic: str, folder: Path, **settings: Any) -> Line:
    given = {"bootstrap.servers": kafka.broker.bootstrap, **({URL: registry.url} if registry else {})}
    return Line(pipeline(topic, **{"format": Avro(), "schema": SCHEMA, **settings}), given, folder)


def pinned(of: Line) -> list[set[int]]:
    """The numbers of the schemas that each slice has."""
    return [set(KafkaDetail.of(s).pinned.schemas) for s in of.store.rows.slices.values()]


def reasons(of: Line) -> list[str]:
    return [row["reason"] for row in of.dead]


def test_several_schemas_in_one_topic(kafka: Kafka, registry: Registry, topic: str, tmp_path: Path) -> None:
    """A column is what its writer's schema has of it: a default is no value that anybody wrote."""
    of = line(kafka, registry, topic, tmp_path)
    assert of.run() is not None  # there is nothing to read yet, and nothing to ask for
    first = registry.register(f"{topic}-value", FIRST)
    kafka.produce(topic, [click(first, 1)])
    of.run()
    second = registry.register(f"{topic}-value", SECOND)
    kafka.produce(topic, [click(second, 2, SECOND, page="x"), click(first, 3)])
    of.run()
    assert of.numbers == [1, 2, 3]
    assert of.dead == []
    assert pinned(of) == [set(), {first}, {first, second}]


def test_a_field_that_is_renamed_stays_one_column(kafka: Kafka, registry: Registry, topic: str, tmp_path: Path) -> None:
    """Its old name is an alias in the schema that renames it."""
    renamed = record({"name": "who", "type": "string", "aliases": ["user"]}, N)
    first, second = (registry.register(f"{topic}-value", schema) for schema in (FIRST, renamed))
    kafka.produce(topic, [click(first, 1), click(second, 2, renamed, who="u")])
    of = line(kafka, registry, topic, tmp_path)
    of.run()
    assert ([(row["user"], row["n"]) for row in of.rows()], of.dead) == ([("u", 1), ("u", 2)], [])


def test_what_does_not_fit_is_a_dead_letter_with_its_reason(
    kafka: Kafka, registry: Registry, topic: str, tmp_path: Path
) -> None:
    first = registry.register(f"{topic}-value", FIRST)
    texts = record(USER, {"name": "n", "type": "string"})
    other = registry.register(f"{topic}-value", texts)
    key = registry.register(f"{topic}-key", record(N))
    kafka.produce(
        topic,
        [click(first, 1), Record(b"{}"), click(other, "many", texts), click(key, 3), click(first, 4)],
    )
    of = line(kafka, registry, topic, tmp_path)
    of.run()
    assert of.numbers == [1, 4]
    begin, misfit, unknown = reasons(of)
    assert "does not begin with a byte of 0" in begin
    assert "many" in misfit
    assert f"was written with schema {key}, which none of the subjects has" in unknown


def test_subjects_of_another_strategy(kafka: Kafka, registry: Registry, topic: str, tmp_path: Path) -> None:
    """Those of records' names, some of them deleted since, as a registry deletes at first."""
    names = (f"{topic}.Click", f"{topic}.Other")
    first = registry.register(names[0], FIRST)
    second = registry.register(names[0], SECOND)
    third = registry.register(names[1], record(N, USER))
    registry.delete(names[0], 1)
    kafka.produce(topic, [click(first, 1), click(second, 2, SECOND, page="x"), click(third, 3, record(N, USER))])
    of = line(kafka, registry, topic, tmp_path, format=Avro(subjects=names))
    of.run()
    assert of.numbers == [1, 2, 3]


def test_envelopes_of_debezium(kafka: Kafka, registry: Registry, topic: str, tmp_path: Path) -> None:
    row = record(USER, N)
    envelope = {
        "type": "record",
        "name": "Envelope",
        "fields": [
            {"name": "before", "type": ["null", row]},
            {"name": "after", "type": ["null", "Click"]},
            {"name": "op", "type": "string"},
        ],
    }
    number = registry.register(f"{topic}-value", envelope)
    change = avro(envelope, {"before": None, "after": {"user": "u", "n": 5}, "op": "c"})
    kafka.produce(topic, [Record(b"\0" + number.to_bytes(4, "big") + change)])
    of = line(kafka, registry, topic, tmp_path, format=Debezium(inner=Avro()))
    of.run()
    assert of.numbers == [5]


# -- what can be wrong with a registry --------------------------------------------------------------------------------


def test_without_a_registry_the_first_plan_says_so(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"names no registry: add {URL}"):
        line(kafka, None, topic, tmp_path).plan()


def test_a_subject_that_is_not_there(kafka: Kafka, registry: Registry, topic: str, tmp_path: Path) -> None:
    of = line(kafka, registry, topic, tmp_path)
    kafka.produce(topic, [click(1, 1)])
    with pytest.raises(ConfigurationError, match=f"has no subject '{topic}-value'"):
        of.run()
    of.settings = {**of.settings, URL: registry.url.replace("v7", "v77")}
    with pytest.raises(ConfigurationError, match=r"does not answer like a schema registry \(HTTP 404\)"):
        of.run()
    assert of.store.rows.slices == {}


def test_schemas_that_are_not_read(kafka: Kafka, registry: Registry, topic: str, tmp_path: Path) -> None:
    json_schema = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}
    registry.register(f"{topic}-json", json_schema, schemaType="JSON")
    kafka.produce(topic, [click(1, 1)])
    with pytest.raises(ConfigurationError, match=f"version 1 of the subject '{topic}-json' is of type JSON, not AVRO"):
        line(kafka, registry, topic, tmp_path, format=Avro(subjects=(f"{topic}-json",))).run()


def test_a_schema_may_refer_to_others(kafka: Kafka, registry: Registry, topic: str, tmp_path: Path) -> None:
    number = {"type": "record", "name": "Number", "fields": [{"name": "of", "type": "long"}]}
    registry.register(f"{topic}-number", number)
    fields = [{"name": "user", "type": "string"}, {"name": "number", "type": "Number"}]
    out = {"type": "record", "name": "Out", "fields": fields}
    refers = [{"name": "Number", "subject": f"{topic}-number", "version": 1}]
    registered = registry.register(f"{topic}-value", out, references=refers)
    inlined = {**out, "fields": [fields[0], {"name": "number", "type": number}]}
    value = avro(inlined, {"user": "u", "number": {"of": 5}})
    kafka.produce(topic, [Record(b"\0" + registered.to_bytes(4, "big") + value)])
    schema = pa.schema({"user": pa.string(), "number": pa.struct({"of": pa.int64()})})
    source = line(kafka, registry, topic, tmp_path, schema=schema).source()
    (slice_,) = source.discover(None, lambda _: ())
    reader = source.reader()
    (found,) = [decoded for _, decoded in reader.read(reader.pieces([slice_]))]
    assert found.batch.to_pylist() == [{"user": "u", "number": {"of": 5}}]


def test_only_a_plan_needs_the_registry(kafka: Kafka, own_registry: Registry, topic: str, tmp_path: Path) -> None:
    """It is killed behind the planning of an epoch: retry and replay work, the next plan waits for it."""
    first = own_registry.register(f"{topic}-value", FIRST)
    second = own_registry.register(f"{topic}-value", SECOND)
    kafka.produce(topic, [click(first, 1), click(second, 2, SECOND, page="x")])
    of = line(kafka, own_registry, topic, tmp_path)

    def dies() -> None:
        own_registry.kill()
        raise RuntimeError("the process dies here")

    of.processor.before = dies
    with pytest.raises(Exception, match="the process dies here"):
        of.run()
    of.processor.before = lambda: None
    of.run(again=True)
    assert of.numbers == [1, 2]
    assert of.replayed(1) == []
    assert of.run() is None
    kafka.produce(topic, [click(second, 3, SECOND, page="y")])
    with pytest.raises(UnavailableError, match=f"does not answer: .*refused.*correct {URL}"):
        of.run()
    assert (of.numbers, len(pinned(of))) == ([1, 2], 1)
    own_registry.start()
    of.run()
    assert of.numbers == [1, 2, 3]
    own_registry.delete(f"{topic}-value", for_good=True)
    assert of.replayed(2) == []
    again = own_registry.register(f"{topic}-value", SECOND)
    assert again not in (first, second)
    kafka.produce(topic, [click(again, 4, SECOND, page="z"), click(first, 5)])
    of.run()
    assert (of.numbers, of.dead) == ([1, 2, 3, 4, 5], [])
