"""Goal: with `archive_input` a past epoch is computed again whatever became of its topic; without it says why not."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kafka import COMPACTED, Kafka, Record
from pipelines.several import SALE, SeveralLine, pipeline
from pipelines.topics import CLICK, Line, click, clicks, line
from pipelines.world import local
from tidegate import KafkaSource, Retention
from tidegate.engine.lanes import Lanes
from tidegate.engine.verify import verify
from tidegate.errors import DataDamagedError, InternalError, InvariantViolationError, SourceGapError
from tidegate.protocol.model import DataFile, LaneId, Manifest, Run, Status

pytestmark = pytest.mark.services

METADATA = {"k": "key", "at": "timestamp", "place": "offset"}
SCHEMA = pa.schema([*CLICK, ("k", pa.string()), ("at", pa.timestamp("ms", "UTC")), ("place", pa.int64())])
BROKEN = {"bootstrap.servers": "127.0.0.1:1"}
"""Brokers that nobody reaches."""


@pytest.fixture
def topic() -> str:
    return f"clicks-{uuid4().hex[:8]}"


def manifest(of: Line, epoch: int) -> Manifest:
    found = next(e for e in of.store.epochs(LaneId("clicks"), limit=100) if e.epoch == epoch)
    assert found.status is Status.SEALED
    assert found.manifest
    return Manifest.from_json(local(found.manifest.uri).read_bytes())


def archive(of: Line, epoch: int) -> tuple[DataFile, ...]:
    """What is kept of an epoch's input."""
    return manifest(of, epoch).archives["source"]


def replayed(of: Line, name: str = "fix", *, since: int = 1) -> list[int]:
    """Replay on a lane: the numbers of its epochs."""
    return [r.epoch.epoch for r in Lanes(of.engine).replay(Run("again", "test"), name, since=since)]


def promote(of: Line, name: str = "fix") -> None:
    assert Lanes(of.engine).promote(Run(f"promote-{name}", "test"), name)


def expire(kafka: Kafka, topic: str, *partitions: int) -> None:
    """Retention passes all that is there."""
    for partition in partitions or (0,):
        kafka.delete_records(topic, partition, kafka.offsets(topic, partition).last_stable)


def test_k12_with_an_archive_a_replay_behind_a_compaction_is_equal(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """And needs no broker."""
    kafka.create_topic(topic, config=COMPACTED)
    kafka.produce(topic, [click(n, key=f"k{n % 4}".encode()) for n in range(20)])
    of = line(kafka, topic, tmp_path, schema=SCHEMA, metadata=METADATA, archive_input=True)
    of.run()
    assert sum(file.rows for file in archive(of, 1)) == manifest(of, 1).counts.rows_in == 20
    kafka.compact(topic)
    assert of.replayed(1) == []
    of.settings = BROKEN
    assert of.replayed(1) == []


def test_k12_a_lane_that_meets_fewer_records_is_refused(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """It would lose rows without a word. Where a record is read in another way now, counts cannot be compared."""
    kafka.create_topic(topic, config=COMPACTED)
    kafka.produce(topic, [click(n, key=f"k{n % 4}".encode()) for n in range(20)])
    of = line(kafka, topic, tmp_path)
    of.run()
    of.change(archive_input=True)
    assert replayed(of, "whole") == [1]
    assert not kept_files(tmp_path)
    kafka.compact(topic)
    with pytest.raises(SourceGapError, match=r"clicks@fix epoch 1 .* has 4 records of it now, not 20, .* later epochs"):
        replayed(of)
    of.change(format="debezium")
    assert replayed(of) == [1]


def test_all_of_a_record_is_kept(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """Of aborted ones nothing."""
    kafka.create_topic(topic, 2)
    kafka.produce(topic, [Record(b"\xff", key=None, partition=1, headers=[("h", b"\x00")], timestamp_ms=1_700_000_000)])
    aborted = kafka.transaction(f"a-{topic}")
    aborted.send(topic, [click(1)])
    aborted.abort()
    kafka.produce(topic, [Record(b"", key=b"k", partition=0, timestamp_ms=1_800_000_000)])
    of = line(kafka, topic, tmp_path, archive_input=True)
    of.run()
    (file,) = archive(of, 1)
    rows = pq.read_table(local(file.path)).to_pylist()
    by_partition = {row["partition"]: row for row in rows}
    assert len(rows) == 2
    assert by_partition[1] | {"timestamp": None} == {
        "piece": 1,
        "topic": topic,
        "partition": 1,
        "offset": 0,
        "timestamp": None,
        "key": None,
        "headers": [{"key": "h", "value": b"\x00"}],
        "value": b"\xff",
    }
    assert by_partition[1]["timestamp"].timestamp() == 1_700_000
    assert (by_partition[0]["offset"], by_partition[0]["key"], by_partition[0]["value"]) == (2, b"k", b"")
    assert of.replayed(1) == []


def test_behind_retention_a_lane_and_verify_read_the_archive(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """Dead letters and records of several partitions come in the same order again."""
    kafka.create_topic(topic, 3)
    of = line(kafka, topic, tmp_path, archive_input=True)
    for epoch in range(2):
        kafka.produce(topic, clicks(range(30 * epoch, 30 * epoch + 30), partitions=3))
        kafka.produce(topic, [Record(b"bad %d" % n, partition=n % 3) for n in range(9)])
        of.run()
    kafka.delete_topic(topic)
    assert [of.replayed(1), of.replayed(2)] == [[], []]
    before = (of.rows(), of.dead)
    assert replayed(of) == [1, 2]
    assert not list((tmp_path / "made/clicks/archive").glob("lane=fix*"))
    fork = Lanes(of.engine).find("fix")
    assert Lanes(of.engine).changes(fork) == []
    assert Lanes(of.engine).promote(Run("promote", "test"), "fix") is None
    assert (of.rows(), of.dead) == before


def test_a_mended_decoder_reads_what_was_kept(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """For records are kept as they came: what was a dead letter is a row now."""
    kafka.create_topic(topic)
    kafka.produce(topic, [Record(json.dumps({"who": "u", "n": n}).encode()) for n in range(3)])
    strict = pa.schema([pa.field("user", pa.string(), nullable=False), ("n", pa.int64())])
    of = line(kafka, topic, tmp_path, schema=strict, archive_input=True)
    of.run()
    assert (of.numbers, len(of.dead)) == ([], 3)
    expire(kafka, topic)
    of.change(aliases={"user": "who"})
    replayed(of)
    promote(of)
    assert (of.numbers, of.dead) == ([0, 1, 2], [])
    assert any("has changed since then" in finding.problem for finding in of.replayed(1))


def test_without_an_archive_it_is_said_what_is_gone(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """And from where on there is one, when it was switched on later; what was kept serves when it is switched off."""
    kafka.create_topic(topic)
    of = line(kafka, topic, tmp_path)
    kafka.produce(topic, clicks(range(5)))
    of.run()
    expire(kafka, topic)
    gone = r"cannot be computed again: the source no longer has its records: .*from offset 0 on: 5 offsets are missing"
    with pytest.raises(SourceGapError, match=rf"clicks epoch 1 {gone}.* With archive_input=True in the source"):
        of.replayed(1)
    with pytest.raises(SourceGapError, match=rf"clicks epochs 1 to 1 {gone}.* With archive_input=True in the source"):
        replayed(of)
    of.change(archive_input=True)
    with pytest.raises(SourceGapError, match=r"What is read is kept since archive_input=True: later epochs can be"):
        of.replayed(1)
    kafka.produce(topic, clicks(range(5, 10)))
    of.run()
    expire(kafka, topic)
    with pytest.raises(SourceGapError, match=r"since archive_input=True: epochs from 2 on can be replayed"):
        of.replayed(1)
    of.change(archive_input=False)
    assert of.replayed(2) == []
    assert replayed(of, since=2) == [2]


def test_an_attempt_that_dies_leaves_its_archive_to_a_clean_up(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """The manifest has that of the attempt that staged."""
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(5)))
    of = line(kafka, topic, tmp_path, archive_input=True)
    of.definition = replace(of.definition, pipeline=replace(of.definition.pipeline, retention=at_once(epochs=1)))

    def dies() -> None:
        raise RuntimeError("killed")

    of.processor.behind = dies
    with pytest.raises(InternalError, match="killed"):
        of.run()
    (left,) = kept_files(tmp_path)
    of.processor.behind = lambda: None
    of.run(again=True)
    (file,) = archive(of, 1)
    assert kept_files(tmp_path) - {left} == {local(file.path)}
    of.engine.clean(Run("clean", "test"), dry_run=False)
    assert kept_files(tmp_path) == {local(file.path)}
    assert of.replayed(1) == []


def test_what_is_kept_is_what_the_manifest_lists(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """Files of repeated tasks go, and an epoch whose file is not there is not staged."""
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(5)))
    of = line(kafka, topic, tmp_path, archive_input=True)

    def lost() -> None:
        for file in kept_files(tmp_path):
            file.unlink()

    def repeated() -> None:
        for file in kept_files(tmp_path):
            file.with_name("read-000000-again.parquet").write_bytes(b"")

    of.processor.behind = lost
    with pytest.raises(InvariantViolationError, match="is not there as it was written: found None bytes"):
        of.run()
    of.processor.behind = repeated
    of.run(again=True)
    assert kept_files(tmp_path) == {local(file.path) for file in archive(of, 1)}


def at_once(*, epochs: int) -> Retention:
    return Retention(epochs=epochs, grace=timedelta(0))


def kept_files(folder: Path) -> set[Path]:
    return set((folder / "made/clicks/archive").rglob("*.parquet"))


def test_input_is_kept_as_long_as_epochs_are_for_replay(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """Not as long as their rows are in a table; then the source is read as if there had been none."""
    kafka.create_topic(topic)
    of = line(kafka, topic, tmp_path, archive_input=True)
    for n in range(3):
        kafka.produce(topic, [click(n)])
        of.run()
    files = [local(file.path) for epoch in (1, 2, 3) for file in archive(of, epoch)]
    assert kept_files(tmp_path) == set(files)
    of.definition = replace(of.definition, pipeline=replace(of.definition.pipeline, retention=at_once(epochs=1)))
    planned = of.engine.clean(Run("look", "test"), dry_run=True)
    assert {local(file.uri) for file in planned.archived} == set(files[:2])
    assert "of which 2 of archived input" in str(planned)
    assert kept_files(tmp_path) == set(files)
    of.engine.clean(Run("clean", "test"), dry_run=False)
    assert kept_files(tmp_path) == {files[2]}
    assert of.numbers == [0, 1, 2]
    assert list(verify(of.definition, of.adapters, progress=print, checksums=True)) == []
    assert of.replayed(1) == []
    expire(kafka, topic)
    with pytest.raises(SourceGapError, match=r"clicks epoch 1 .* epochs from 3 on can be replayed"):
        of.replayed(1)
    assert of.replayed(3) == []


def test_an_open_lane_keeps_what_it_has_to_replay(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    of = line(kafka, topic, tmp_path, archive_input=True)
    for n in range(3):
        kafka.produce(topic, [click(n)])
        of.run()
    expire(kafka, topic)
    of.definition = replace(of.definition, pipeline=replace(of.definition.pipeline, retention=at_once(epochs=1)))
    lanes = Lanes(of.engine)
    assert [r.epoch.epoch for r in lanes.replay(Run("again", "test"), "fix", since=2, until=2)] == [2]
    of.engine.clean(Run("clean", "test"), dry_run=False)
    assert replayed(of, since=2) == [3]
    lanes.discard("fix")
    of.engine.clean(Run("clean again", "test"), dry_run=False)
    assert kept_files(tmp_path) == {local(file.path) for file in archive(of, 3)}


def test_of_several_sources_each_is_kept_by_itself(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    """What is kept of one is read, the other is asked again."""
    kept, plain = (
        KafkaSource(f"{topic}-{uid}", "json", SALE, uid=uid, archive_input=uid == "kept") for uid in ("kept", "plain")
    )
    of = SeveralLine(pipeline(kept, plain, name="clicks", timed=False), tmp_path, kafka=kafka.broker.bootstrap)
    for source in (kept, plain):
        kafka.create_topic(source.named, 2)
    for n in range(2):
        sale = {"user": "u", "amount": 1, "at": "2026-11-27T00:00:00Z"}
        for source in (kept, plain)[n:]:
            values = [json.dumps({**sale, "id": f"{source.uid}-{n}-{i}"}).encode() for i in range(4)]
            kafka.produce(source.named, [Record(v, partition=i % 2) for i, v in enumerate(values)])
        of.run()
    found = {n: {uid: sum(f.rows for f in files) for uid, files in manifest(of, n).archives.items()} for n in (1, 2)}
    assert found == {1: {"kept": 4}, 2: {"kept": 0}}
    kafka.delete_topic(kept.named)
    assert [of.replayed(1), of.replayed(2)] == [[], []]
    assert replayed(of) == [1, 2]
    expire(kafka, plain.named, 0, 1)
    with pytest.raises(SourceGapError, match=r"clicks epoch 2 cannot be .*plain\[0\] from offset"):
        of.replayed(2)


def test_a_damaged_archive_is_named_and_without_it_the_source_is_read(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    kafka.produce(topic, clicks(range(5)))
    of = line(kafka, topic, tmp_path, archive_input=True)
    of.run()
    (file,) = archive(of, 1)
    path = local(file.path)
    data = path.read_bytes()
    path.write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
    with pytest.raises(DataDamagedError, match=rf"{path.name}, of the archived input, has the checksum .*/source: "):
        of.replayed(1)
    (found,) = verify(of.definition, of.adapters, progress=print, checksums=True)
    assert (found.subject, "has the checksum" in found.problem) == ("input of source", True)
    path.write_bytes(data[:-1])
    with pytest.raises(
        DataDamagedError, match=rf"{path.name}, of the archived input, has .* remove file://.*/source: "
    ):
        replayed(of)
    (found,) = verify(of.definition, of.adapters, progress=print)
    assert f"has {len(data) - 1} bytes" in found.problem
    path.unlink()
    assert of.replayed(1) == []
    expire(kafka, topic)
    with pytest.raises(SourceGapError, match="no longer has its records"):
        of.replayed(1)


def test_an_epoch_without_a_record_is_replayed_from_its_archive(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    kafka.create_topic(topic)
    aborted = kafka.transaction(f"a-{topic}")
    aborted.send(topic, clicks(range(3)))
    aborted.abort()
    of = line(kafka, topic, tmp_path, archive_input=True)
    of.run()
    assert [file.rows for file in archive(of, 1)] == [0]
    kafka.delete_topic(topic)
    assert of.replayed(1) == []
