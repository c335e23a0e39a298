"""Goal: what is kept of Kafka's records gives the same rows again, by the same decoder, without a broker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from confluent_kafka import Message

import builders as make
from tidegate import Debezium, KafkaSource
from tidegate.adapters.kafka.ranges import KafkaDetail, OffsetSpan, TopicSpans
from tidegate.adapters.kafka.reader import KafkaReader
from tidegate.adapters.kafka.records import Received, Shape
from tidegate.adapters.reading import Reading
from tidegate.api.kafka import HEADERS
from tidegate.errors import DataDamagedError, FormatError, InvariantViolationError
from tidegate.protocol.formats import ARCHIVE
from tidegate.protocol.model import DataFile, Slice
from tidegate.runtime import archive
from tidegate.runtime.archive import ArchiveReader, Keeper
from tidegate.runtime.decoding import Decoded
from tidegate.runtime.reading import Archiving, Piece
from tidegate.runtime.spec import Output

SCHEMA = pa.schema(
    {
        "n": pa.int64(),
        "k": pa.string(),
        "at": pa.timestamp("us", "UTC"),
        "topic": pa.string(),
        "part": pa.int32(),
        "place": pa.int64(),
        "heads": HEADERS,
    }
)
METADATA = {
    "k": "key",
    "at": "timestamp",
    "topic": "topic",
    "part": "partition",
    "place": "offset",
    "heads": "headers",
}


@dataclass(frozen=True)
class Listed(KafkaReader):
    """Gets these messages from no broker: each time some of one piece."""

    came: tuple[tuple[int, tuple[Message, ...]], ...] = ()

    def raw(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Received]]:
        assert pieces
        yield from ((place, Received(messages)) for place, messages in self.came)


def message(partition: int, offset: int, value: bytes | None, **rest: object) -> Message:
    given = {"key": b"k", "headers": [], "timestamp": (1, offset), **rest}
    return Message(topic="t", partition=partition, offset=offset, value=value, **given)  # type: ignore[arg-type]


CAME = (
    (1, (message(1, 7, b'{"n": 7}', headers=[("h", b"\xff"), ("h", None)]), message(1, 9, b"x", key=None))),
    (0, (message(0, 3, b'{"n": 3}', timestamp=(0, -1)), message(0, 4, None, headers=[("odd", b"")]))),
    (1, (message(1, 12, b'{"n": 12}', key=b"\xff"),)),
    (1, (message(1, 13, b'{"n": 13}'),)),
)


def reader(came: tuple[tuple[int, tuple[Message, ...]], ...] = CAME) -> Listed:
    source = KafkaSource("t", "json", SCHEMA, metadata=METADATA)
    return Listed("p", Shape(source.row_format, source.schema, source.metadata), {}, True, came)


def slice_() -> Slice:
    spans = {0: OffsetSpan(3, 6, 1), 1: OffsetSpan(7, 20, 2), 2: OffsetSpan(5, 5, 0)}
    return Slice(make.SOURCE, 4, "t@4", KafkaDetail({"t": TopicSpans("id", spans)}).to_json())


def kept(of: Listed, folder: Path) -> tuple[list[tuple[int, Decoded]], DataFile]:
    keeper = Keeper(of, of.pieces([slice_()]), f"file://{folder}/source", "000000-a")
    decoded = list(keeper.read())
    return decoded, keeper.close()


def flat(found: Sequence[tuple[int, Decoded]]) -> list[object]:
    """Rows, places and malformed ones of each piece, in order; how they were split does not matter."""
    return [
        [(place, row) for place, d in found for row in zip(d.rows.to_pylist(), d.batch.to_pylist(), strict=True)],
        [(place, replace(m, row=0)) for place, d in found for m in d.malformed],
        sum(d.records for _, d in found),
    ]


def reading(of: Listed, folder: Path) -> Reading:
    pieces = of.pieces([slice_()])
    dead = Output("t.dead", f"file://{folder}/dead", (), ())
    return Reading(
        subject="p epoch 1",
        source="source",
        reader=of,
        pieces=pieces,
        groups=((0, len(pieces)),),
        folder=f"file://{folder}/read",
        dead_letters=dead,
        archive=f"file://{folder}/source",
    )


def test_a_task_reports_what_it_kept(tmp_path: Path) -> None:
    """Of a null that is passed over, too, which is no row and not malformed."""
    source = KafkaSource("t", Debezium(), SCHEMA, metadata=METADATA)
    given = replace(reader(), shape=Shape(source.row_format, source.schema, source.metadata))
    of = reading(given, tmp_path)
    assert sum(batch.num_rows for batch in of.read(0)) == 0
    (report,) = of.reports()
    assert (report.records, report.rows, report.malformed) == (5, 0, 5)
    assert report.archive
    assert (report.archive.rows, report.archive.path.rpartition("/")[0]) == (6, f"file://{tmp_path}/source")


def test_a_record_that_is_counted_and_not_kept_is_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Received.rows
    monkeypatch.setattr(Received, "rows", lambda of: whole(of).slice(1))
    of = reading(reader(), tmp_path)
    with pytest.raises(InvariantViolationError, match="p epoch 1: 2 records are kept of 6"):
        list(of.read(0))
    with pytest.raises(InvariantViolationError, match="no task says what it read"):
        of.reports()


def test_it_reads_in_two_steps() -> None:
    of = reader()
    assert isinstance(of, Archiving)
    pieces = of.pieces([slice_()])
    assert flat(list(of.read(pieces))) == flat([(p, of.decoded(pieces[p], raw)) for p, raw in of.raw(pieces)])


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_what_was_kept_is_decoded_as_what_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Keys, headers and moments that are none, too; and in the same order."""
    monkeypatch.setattr(archive, "GROUP_ROWS", rows)
    then, file = kept(reader(), tmp_path)
    again = ArchiveReader(replace(reader(), came=()), (file,))
    pieces = again.pieces([slice_()])
    assert [(p.key, p.bytes) for p in pieces] == [(p.key, p.bytes) for p in reader().pieces([slice_()])]
    assert again.schema == SCHEMA
    assert flat(list(again.read(pieces))) == flat(then)
    assert file.rows == 6


def test_large_records_are_kept_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "GROUP_BYTES", 1)
    _, file = kept(reader(), tmp_path)
    assert pq.ParquetFile(file.path.removeprefix("file://")).metadata.num_row_groups == len(CAME)


def test_a_part_of_the_pieces_may_be_read(tmp_path: Path) -> None:
    """What another task reads is left out."""
    then, file = kept(reader(), tmp_path)
    again = ArchiveReader(reader(()), (file,))
    pieces = again.pieces([slice_()])
    assert flat(list(again.read(pieces[1:]))) == flat([(0, d) for place, d in then if place == 1])
    assert list(again.read([])) == []


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    then, file = kept(reader(), tmp_path / "a")
    _, other = kept(reader(), tmp_path / "b")
    again = ArchiveReader(reader(()), (file, other))
    pieces = again.pieces([slice_()])
    assert flat(list(again.read(pieces))) == flat([*then, *((2 + place, d) for place, d in then)])


def test_pieces_without_a_record_are_kept_too(tmp_path: Path) -> None:
    """The tasks of a replay are then the same."""
    then, file = kept(reader(()), tmp_path)
    assert (then, file.rows) == ([], 0)
    again = ArchiveReader(reader(()), (file,))
    pieces = again.pieces([slice_()])
    assert len(pieces) == 2
    assert list(again.read(pieces)) == []


def test_what_was_damaged_gives_no_record(tmp_path: Path) -> None:
    _, file = kept(reader(), tmp_path)
    again, path = ArchiveReader(reader(()), (file,)), Path(file.path.removeprefix("file://"))
    pieces, data = again.pieces([slice_()]), path.read_bytes()
    path.write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
    with pytest.raises(DataDamagedError, match=r"a.parquet, of the archived input, has the checksum .*/source: then"):
        list(again.read(pieces))
    path.write_bytes(bytes(len(data)))
    with pytest.raises(DataDamagedError, match="of the archived input, has no footer of a Parquet file"):
        again.pieces([slice_()])
    path.unlink()
    with pytest.raises(DataDamagedError, match="of the archived input, is missing"):
        again.pieces([slice_()])


def test_an_archive_of_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ARCHIVE", replace(ARCHIVE, format=2))
    _, file = kept(reader(), tmp_path)
    monkeypatch.undo()
    with pytest.raises(FormatError, match=r"the archived input file://.* is of format 2"):
        ArchiveReader(reader(()), (file,)).pieces([slice_()])
