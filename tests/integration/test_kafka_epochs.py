"""Goal: what committed transactions wrote to Kafka is in the tables once, whatever becomes of topics; K1 to K13."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, Producer, TopicPartition

from kafka import COMPACTED, Kafka, Record, wait_until
from pipelines.topics import CLICK, Line, click, clicks, line, pipeline
from tidegate.adapters.kafka.source import KafkaSourceAdapter
from tidegate.api.kafka import HEADERS
from tidegate.engine.corrections import Correction, accept_gap, correct, give_up
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import Finding
from tidegate.errors import ConfigurationError, MalformedInputError, SourceGapError, UnavailableError
from tidegate.protocol.intervals import Bound
from tidegate.protocol.model import Counts, Run, Word

pytestmark = pytest.mark.services


@pytest.fixture
def topic() -> str:
    return f"clicks-{uuid4().hex[:8]}"


def counted(of: Line) -> Counts:
    """What the next epoch counts."""
    report = of.run()
    assert report is not None
    assert report.epoch.counts is not None
    return report.epoch.counts


def stable(kafka: Kafka, topic: str, offset: int, partition: int = 0) -> None:
    wait_until(lambda: kafka.offsets(topic, partition).last_stable >= offset)


def test_committed_records_are_read_once_and_aborted_ones_never(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 3)
    kafka.produce(topic, clicks(range(30), partitions=3))
    of = line(kafka, topic, tmp_path)
    counts = counted(of)
    assert (counts.rows_in, counts.processed) == (30, 30)
    assert of.numbers == list(range(30))
    assert of.run() is None
    aborted, committed = kafka.transaction(f"a-{topic}"), kafka.transaction(f"c-{topic}")
    aborted.send(topic, clicks(range(100, 110)))
    committed.send(topic, clicks(range(30, 40)))
    aborted.abort()
    committed.commit()
    stable(kafka, topic, 32)
    assert of.run() is not None
    assert of.numbers == list(range(40))
    assert [row["seen"] for row in of.rows() if row["user"] == "u0"] == list(range(1, 15))


def test_columns_beside_the_value(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    schema = pa.schema(
        [
            *CLICK,
            ("k", pa.string()),
            ("at", pa.timestamp("us", "UTC")),
            ("where", pa.string()),
            ("part", pa.int32()),
            ("place", pa.int64()),
            ("heads", HEADERS),
        ]
    )
    metadata = {"k": "key", "at": "timestamp", "where": "topic", "part": "partition", "place": "offset"}
    kafka.produce(
        topic,
        [
            click(1, partition=1, timestamp_ms=1_700_000_000_123, headers=[("trace", b"\xff"), ("trace", b"2")]),
            click(2, partition=1, key=b"\xff"),
        ],
    )
    of = line(kafka, topic, tmp_path, schema=schema, metadata=metadata | {"heads": "headers"})
    source = of.adapters.sources["source"]
    (slice_,) = source.discover(None, lambda _: ())
    reader = source.reader()
    (found,) = [decoded for _, decoded in reader.read(reader.pieces([slice_]))]
    assert found.batch.to_pylist() == [
        {
            "user": "u1",
            "n": 1,
            "k": "k1",
            "at": datetime(2023, 11, 14, 22, 13, 20, 123_000, UTC),
            "where": topic,
            "part": 1,
            "place": 0,
            "heads": [{"key": "trace", "value": b"\xff"}, {"key": "trace", "value": b"2"}],
        }
    ]
    assert [(m.place, m.column, m.reason) for m in found.malformed] == [("offset 1", "k", "the key is not UTF-8")]
    assert found.records == 2


def test_what_cannot_be_decoded_is_a_dead_letter_with_its_bytes(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    bad = Record(b'{"user": "u", "n": "x"}', key=b"\x00", headers=[("h", b"v")], timestamp_ms=1_700_000_000_000)
    kafka.produce(topic, [click(1), bad, Record(b"\xfe\xff"), click(2)])
    of = line(kafka, topic, tmp_path)
    assert of.run() is not None
    assert of.numbers == [1, 2]
    first, second = of.dead
    assert (first["step"], first["source"], first["raw"]) == ("read", f"{topic}[0]", bad.value)
    assert "offset 1" in first["reason"]
    assert json.loads(first["position"]) == {
        "topic": topic,
        "partition": 0,
        "offset": 1,
        "timestamp_ms": 1_700_000_000_000,
        "key_base64": "AA==",
        "headers": [{"key": "h", "value_base64": "dg=="}],
    }
    assert second["raw"] == b"\xfe\xff"


# -- where it begins, and how much it takes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "numbers"),
    [
        ("earliest", [0, 1, 2, 3, 4]),
        ("latest", []),
        (datetime(2023, 11, 14, 22, 13, 22, tzinfo=UTC), [2, 3, 4]),
        (datetime(2023, 11, 14, 22, 13, 22, 1, tzinfo=UTC), [3, 4]),
    ],
)
def test_where_the_first_epoch_begins(kafka: Kafka, topic: str, tmp_path: Path, start: Any, numbers: list[int]) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, [click(n, timestamp_ms=1_700_000_000_000 + 1000 * n) for n in range(5)])
    of = line(kafka, topic, tmp_path, start=start)
    of.run()
    assert of.numbers == numbers
    kafka.produce(topic, [click(9)])
    of.run()
    assert of.numbers == ([*numbers, 9] if start != "latest" else [9])


def test_given_offsets_are_where_it_begins(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, clicks(range(10), partitions=2))
    of = line(kafka, topic, tmp_path, start={topic: {1: 3}})
    of.run()
    assert of.numbers == [0, 2, 4, 6, 7, 8, 9]
    with pytest.raises(ConfigurationError, match=rf"{topic}\[1\] the offset 9, but it has 0 to 5"):
        line(kafka, topic, tmp_path, start={topic: {1: 9}}).run()


def test_an_epoch_is_capped_and_shared_fairly(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 3)
    kafka.produce(topic, [*clicks(range(100)), click(200, partition=1), *clicks(range(300, 330))])
    kafka.produce(topic, [click(n, partition=2) for n in range(400, 420)])
    of = line(kafka, topic, tmp_path, max_records=31)
    assert counted(of).rows_in == 31
    assert len([n for n in of.numbers if n < 100]) == 15
    assert len([n for n in of.numbers if n >= 400]) == 15
    while of.run():
        pass
    assert of.numbers == [*range(100), 200, *range(300, 330), *range(400, 420)]


# -- K1 to K13 --------------------------------------------------------------------------------------------------------


def test_k1_a_topic_made_again_is_a_gap_though_it_has_more_records(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(5)))
    of = line(kafka, topic, tmp_path)
    of.run()
    kafka.delete_topic(topic)
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(50, 90)))
    with pytest.raises(SourceGapError, match="deleted and made again"):
        of.run()
    assert of.numbers == list(range(5))


def test_k1_a_topic_made_again_while_it_is_read_is_not_published(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(5)))
    of = line(kafka, topic, tmp_path)

    def again() -> None:
        kafka.delete_topic(topic)
        kafka.create_topic(topic)
        kafka.produce(topic, clicks(range(50, 90)))

    of.processor.before = again
    with pytest.raises(SourceGapError, match="deleted and made again"):
        of.run()
    assert of.numbers == []


def test_k2_retention_past_the_head_says_how_much_is_missing(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, clicks(range(10), partitions=2))
    of = line(kafka, topic, tmp_path)
    of.run()
    kafka.produce(topic, clicks(range(10, 30), partitions=2))
    kafka.delete_records(topic, 1, 12)
    with pytest.raises(SourceGapError, match=rf"{topic}\[1\] from offset 5 on: 7 offsets are missing"):
        of.run()
    assert of.numbers == list(range(10))


@pytest.mark.parametrize("when", ["before", "behind"])
def test_k4_offsets_that_expire_after_planning_publish_nothing(
    kafka: Kafka, topic: str, tmp_path: Path, when: str
) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(10)))
    of = line(kafka, topic, tmp_path)
    setattr(of.processor, when, lambda: kafka.delete_records(topic, 0, 4))
    with pytest.raises(SourceGapError):
        of.run()
    with pytest.raises(SourceGapError, match="4 offsets are missing, for the partition begins at offset 4 now"):
        of.run(again=True)
    assert of.numbers == []


def test_k5_sparse_offsets_are_neither_repeated_nor_lost(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, config=COMPACTED)
    kafka.produce(topic, [click(n, key=f"k{n % 4}".encode()) for n in range(40)])
    left = kafka.compact(topic)
    assert len(left) == 5
    of = line(kafka, topic, tmp_path, max_records=7)
    while of.run():
        pass
    assert of.numbers == [36, 37, 38, 39]
    assert len(of.dead) == 1  # the filler of the helper


def test_k6_a_range_of_control_records_only_seals_without_rows(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(3)))
    of = line(kafka, topic, tmp_path)
    of.run()
    aborted = kafka.transaction(f"a-{topic}")
    aborted.send(topic, clicks(range(10, 20)))
    aborted.abort()
    stable(kafka, topic, 14)
    assert counted(of).rows_in == 0
    assert of.run() is None
    assert of.numbers == [0, 1, 2]


def test_k8_partitions_that_are_added_while_an_epoch_is_planned(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(4)))
    of = line(kafka, topic, tmp_path)

    def broken() -> None:
        raise ConnectionError("the process dies here")

    of.processor.before = broken
    with pytest.raises(Exception, match="the process dies here"):
        of.run()
    of.processor.before = lambda: None
    kafka.add_partitions(topic, 3)
    Kafka(kafka.broker).produce(topic, [click(7, partition=2), click(8, partition=1)])
    of.run(again=True)
    assert of.numbers == [0, 1, 2, 3]
    of.run()
    assert of.numbers == [0, 1, 2, 3, 7, 8]


def test_k9_two_pipelines_read_all_of_one_topic(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, clicks(range(10), partitions=2))
    one, two = (line(kafka, topic, tmp_path / name, name=name) for name in ("one", "two"))
    one.run()
    two.run()
    assert one.numbers == two.numbers == list(range(10))


def test_a_consumer_group_shows_what_the_tables_have_and_is_never_read(
    kafka: Kafka, topic: str, tmp_path: Path
) -> None:
    group = f"g-{topic}"
    kafka.create_topic(topic, 2)
    kafka.produce(topic, clicks(range(10), partitions=2))
    of = line(kafka, topic, tmp_path, consumer_group=group)
    of.run()
    assert committed(kafka, group, topic) == [5, 5]
    kafka.produce(topic, clicks(range(10, 13), partitions=2))
    of.run()
    assert committed(kafka, group, topic) == [7, 6]
    roll_back(of.engine, Run("back", "test"), to_epoch=1)
    assert committed(kafka, group, topic) == [5, 5]
    of.run()
    assert of.numbers == list(range(13))
    with kafka.consumer(**{"group.id": group}) as member:
        member.subscribe([topic])
        wait_until(lambda: member.poll(0.5) is not None or bool(member.assignment()))
        kafka.produce(topic, clicks(range(13, 15), partitions=2))
        of.run()  # the group is at work: its offsets are its own
    assert of.numbers == list(range(15))


def committed(kafka: Kafka, group: str, topic: str) -> list[int]:
    places = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
    asked = kafka.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, places)])
    (told,) = [future.result(30) for future in asked.values()]
    return [p.offset for p in sorted(told.topic_partitions, key=lambda p: p.partition)]


def test_k11_a_transaction_that_hangs_holds_the_range_and_is_told(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(3)))
    hanging = kafka.transaction(f"h-{topic}")
    hanging.send(topic, clicks(range(3, 5)))
    kafka.produce(topic, clicks(range(5, 9)))
    of = line(kafka, topic, tmp_path)
    of.run()
    assert of.numbers == [0, 1, 2]
    assert of.run() is None
    (note,) = of.plan().notes
    assert re.fullmatch(
        rf"{topic}\[0\] is held at offset 3 since 20.*UTC by a transaction that is not over; 6 offsets wait behind it",
        note,
    )
    hanging.commit()
    stable(kafka, topic, 10)
    of.run()
    assert of.numbers == list(range(9))


def test_k12_a_replay_behind_a_compaction_sees_that_records_are_gone(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, config=COMPACTED)
    kafka.produce(topic, [click(n, key=f"k{n % 4}".encode()) for n in range(20)])
    of = line(kafka, topic, tmp_path)
    of.run()
    assert of.replayed(1) == []
    kafka.compact(topic)
    found = of.replayed(1)
    assert found == [Finding("the source", "has 4 records of it now, not 20: what was computed cannot be compared")]


def test_k13_a_partition_that_lost_its_end_is_a_gap(own_kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """What an unclean election does to a follower, a lost disk does to a single broker."""
    own_kafka.create_topic(topic)
    own_kafka.produce(topic, clicks(range(10)))
    of = line(own_kafka, topic, tmp_path)
    of.run()
    own_kafka.broker.stop()
    for log in (own_kafka.broker.folder / "data").glob(f"{topic}-0/*"):
        if log.name != "partition.metadata":
            log.unlink()
    own_kafka.broker.start()
    with pytest.raises(SourceGapError, match="10 offsets are missing, for the partition ends at offset 0 now"):
        of.run()
    own_kafka.produce(topic, clicks(range(100, 120)))
    with pytest.raises(SourceGapError, match="written anew under a later leader"):
        of.run()
    accept(of)
    of.run()
    assert of.numbers == [*range(10), *range(110, 120)]
    own_kafka.broker.kill()
    own_kafka.broker.start()
    own_kafka.produce(topic, clicks(range(200, 201)))
    of.run()  # another leader alone is no gap
    assert of.numbers[-1] == 200


def test_the_lag_of_each_partition(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, clicks(range(6), partitions=2))
    of = line(kafka, topic, tmp_path)
    source = of.adapters.sources["source"]
    assert isinstance(source, KafkaSourceAdapter)

    def told() -> list[tuple[int, int, int, int]]:
        rows = source.lag(of.store.tail("clicks", "source"))
        assert [(row.topic, row.partition, row.gap) for row in rows] == [(topic, 0, None), (topic, 1, None)]
        assert [row.held_ms is not None for row in rows] == [row.held > 0 for row in rows]
        return [(row.next, row.lag, row.held, row.end) for row in rows]

    assert told() == [(0, 3, 0, 3), (0, 3, 0, 3)]
    of.run()
    assert told() == [(3, 0, 0, 3), (3, 0, 0, 3)]
    kafka.produce(topic, clicks(range(10, 14, 2), partitions=2))
    hanging = kafka.transaction(f"h-{topic}")
    hanging.send(topic, [click(20, partition=1)])
    assert told() == [(3, 2, 0, 5), (3, 0, 1, 4)]
    hanging.abort()
    stable(kafka, topic, 5, partition=1)
    assert told() == [(3, 2, 0, 5), (3, 2, 0, 5)]
    of.run()
    assert told() == [(5, 0, 0, 5), (5, 0, 0, 5)]
    assert of.numbers == [0, 1, 2, 3, 4, 5, 10, 12]


def test_topics_by_pattern_and_one_that_comes_later(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    first, second = f"{topic}-a", f"{topic}-b"
    kafka.create_topic(first)
    kafka.produce(first, clicks(range(3)))
    of = line(kafka, re.compile(f"{topic}-."), tmp_path, start="latest")
    of.run()
    kafka.create_topic(second)
    kafka.produce(second, clicks(range(10, 12)))
    kafka.produce(first, clicks(range(20, 22)))
    of.run()
    assert of.numbers == [10, 11, 20, 21]


def test_a_topic_that_is_not_there(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"Kafka has no topic '{topic}'"):
        line(kafka, topic, tmp_path).run()


def test_a_wrong_password_is_named(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    of = Line(pipeline(topic), kafka.broker.sasl("reader", "wrong"), tmp_path)
    with pytest.raises(ConfigurationError, match="Correct the login, the password"):
        of.run()
    kafka.produce(topic, clicks(range(2)))
    right = Line(pipeline(topic), kafka.broker.sasl("reader"), tmp_path)
    right.run()
    assert right.numbers == [0, 1]


# -- the way on over a gap --------------------------------------------------------------------------------------------


def accept(of: Line) -> Correction:
    return correct(of.engine, Run("person", "test"), Word("joe", "they are lost"), accept_gap())


def test_an_epoch_that_is_too_large_is_given_up_and_cut_to_smaller_limits(
    kafka: Kafka, topic: str, tmp_path: Path
) -> None:
    def too_large() -> None:
        raise UnavailableError("no memory is left")

    kafka.create_topic(topic, 2)
    kafka.produce(topic, clicks(range(100), partitions=2))
    of = line(kafka, topic, tmp_path)
    of.processor.before = too_large
    with pytest.raises(UnavailableError):
        of.run()
    of.processor.before = lambda: None
    of.change(max_records=30)
    found = correct(of.engine, Run("person", "test"), Word("joe", "too large"), give_up)
    assert [s.key for s in found.recut] == [f"{topic}@0"]
    assert [counted(of).rows_in for _ in range(4)] == [30, 30, 30, 10]
    assert of.numbers == list(range(100))
    assert of.run() is None
    assert correct(of.engine, Run("person", "test"), Word("joe", "again"), give_up) == Correction(None, ())


def test_k3_a_gap_is_gone_over_by_a_word_that_stays_on_record(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, clicks(range(10), partitions=2))
    of = line(kafka, topic, tmp_path)
    of.run()
    assert accept(of).slices == ()
    kafka.produce(topic, clicks(range(10, 30), partitions=2))
    kafka.delete_records(topic, 1, 12)
    found = accept(of)
    (slice_,), (missing,) = found.slices, found.missing
    assert f"{topic}[1] from offset 5 on: 7 offsets are missing" in missing
    assert accept(of) == Correction(None, ())
    assert f"{slice_.key} is skipped, by joe: they are lost" in of.plan().notes
    counts = counted(of)
    assert (counts.rows_in, counts.skipped) == (13, 1)
    assert of.numbers == [*range(11), *(n for n in range(11, 30) if n % 2 == 0 or n >= 25)]
    assert of.run() is None


def test_k3_a_planned_epoch_goes_on_with_what_is_left(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(10)))
    of = line(kafka, topic, tmp_path)
    of.processor.before = lambda: kafka.delete_records(topic, 0, 4)
    with pytest.raises(SourceGapError):
        of.run()
    of.processor.before = lambda: None
    found = accept(of)
    assert found.gives_up is not None
    assert ["4 offsets are missing" in missing for missing in found.missing] == [True]
    assert [s.skipped for s in found.slices] == [False]
    of.run()
    assert of.numbers == list(range(4, 10))


def test_k3_a_topic_that_was_made_again_is_read_from_its_beginning(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(5)))
    of = line(kafka, topic, tmp_path)
    of.run()
    kafka.delete_topic(topic)
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(50, 60)))
    accept(of)
    of.run()
    assert of.numbers == [*range(5), *range(50, 60)]


# -- what is large, and what is all wrong -----------------------------------------------------------------------------


def test_a_record_of_ten_megabytes(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, config={"max.message.bytes": "20000000"})
    large = json.dumps({"user": "x" * 10_000_000, "n": 1}).encode()
    producer = Producer({"bootstrap.servers": kafka.broker.bootstrap, "message.max.bytes": 20_000_000})
    producer.produce(topic, large, partition=0)
    assert producer.flush(60) == 0
    kafka.produce(topic, [click(2)])
    of = line(kafka, topic, tmp_path)
    of.run()
    assert of.numbers == [1, 2]
    assert max(len(row["user"]) for row in of.rows()) == 10_000_000


def test_a_topic_with_a_thousand_partitions(own_kafka: Kafka, topic: str, tmp_path: Path) -> None:
    own_kafka.create_topic(topic, 1000)
    own_kafka.produce(topic, clicks(range(1500), partitions=1000))
    of = line(own_kafka, topic, tmp_path, max_records=1200)
    while of.run():
        pass
    assert of.numbers == list(range(1500))


def test_a_decoder_that_fails_on_every_record_loses_none(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    kafka.produce(topic, [Record(b"no json", partition=n % 2) for n in range(50)])
    of = line(kafka, topic, tmp_path)
    counts = counted(of)
    assert (counts.rows_in, counts.malformed, counts.processed) == (50, 50, 0)
    assert len(of.dead) == 50
    strict = line(kafka, topic, tmp_path / "strict", name="strict")
    strict.definition = replace(strict.definition, pipeline=replace(strict.definition.pipeline, dead_letters=None))
    with pytest.raises(MalformedInputError, match=rf"50 malformed rows of 50 .*, the first in {topic}\[0\], offset 0"):
        strict.run()


def test_an_interval_ends_before_the_first_record_behind_it(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic, 2)
    at = 1_700_000_000_000
    kafka.produce(topic, [click(n, partition=n % 2, timestamp_ms=at + 1000 * n) for n in range(10)])
    of = line(kafka, topic, tmp_path)
    for number, (end, numbers) in enumerate([(0, 0), (4, 4), (5, 5), (20, 10)]):
        run = Run(f"run-{number}", "test", interval_start_ms=at - 1, interval_end_ms=at + 1000 * end)
        of.engine.run(run, bound=Bound.INTERVAL)
        assert of.numbers == list(range(numbers))
