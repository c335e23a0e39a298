"""What reads planned ranges of offsets in the tasks of an epoch."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from confluent_kafka import Consumer, KafkaError, Message

from tidegate.adapters.kafka import clients
from tidegate.adapters.kafka.clients import Heard, at
from tidegate.adapters.kafka.ranges import KafkaDetail, Partition
from tidegate.adapters.kafka.records import RAW, Archived, Received, Records, Shape, decoded
from tidegate.errors import ConfigurationError, SourceGapError
from tidegate.protocol.model import Slice
from tidegate.runtime.decoding import Decoded
from tidegate.runtime.reading import Piece

PIECE_OFFSETS = 250_000
"""A larger range of a partition is read by several tasks."""
BATCH_RECORDS = 16_384
"""Records are decoded when so many of a piece are there, or all of it."""
_MOST_GATHERED = 16 * BATCH_RECORDS
_BYTES_PER_RECORD = 200
"""Nobody tells how large records are: a guess, by which tasks are made of like size."""
_STALL_S = 60.0
"""Without a record or the end of a partition for so long, the attempt is given up."""


@dataclass(frozen=True)
class Offsets:
    """A piece: offsets [start, stop) of a partition, none of them written under a later leader than `leader_epoch`.

    `slice` is the position of its slice. `schemas` are those that its records can have been written with, by number,
    where they are in a registry.
    """

    slice: int
    partition: Partition
    start: int
    stop: int
    leader_epoch: int
    schemas: Mapping[int, str]

    @property
    def piece(self) -> Piece:
        """For `Reader`."""
        topic, number = self.partition
        return Piece(f"{topic}[{number}]", (self.stop - self.start) * _BYTES_PER_RECORD, self)


@dataclass(frozen=True)
class KafkaReader:
    """Implements `Archiving`. A piece is a range of one partition.

    Args:
        subject: the pipeline, for messages.
        shape: what records are read as.
        settings: of the Kafka connection; they may hold a password.
        archives: whether records are to be kept as they come.
    """

    subject: str
    shape: Shape
    settings: Mapping[str, str] = field(repr=False)
    archives: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The columns of the rows."""
        return self.shape.schema

    def pieces(self, slices: Sequence[Slice]) -> tuple[Piece, ...]:
        """The ranges of the slices that are not empty, large ones in parts; see `Reader`.

        Raises ConfigurationError when a slice was planned for another format and lacks the schemas of this one.
        """
        found: list[Piece] = []
        schemas: Mapping[int, str] = {}
        for slice_ in slices:
            detail = self._detail(slice_)
            if detail.pinned.schemas != schemas:  # what is equal is one object, which is shipped to a task once
                schemas = detail.pinned.schemas
            for partition, span in detail.spans():
                for start in range(span.start, span.stop, PIECE_OFFSETS):
                    stop = min(start + PIECE_OFFSETS, span.stop)
                    found.append(Offsets(slice_.position, partition, start, stop, span.leader_epoch, schemas).piece)
        return tuple(found)

    def _detail(self, slice_: Slice) -> KafkaDetail:
        detail = KafkaDetail.of(slice_)
        if self.shape.format.registered and detail.size and not detail.pinned.versions:
            raise ConfigurationError(
                f"{self.subject}: {slice_.key} was planned when its values were not read by a registry's schemas, "
                "so it has none of them: read it in the format that it was planned with, or by Avro(schema=…)"
            )
        return detail

    def read(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Decoded]]:
        """Read and decode all ranges; see `raw`. `Decoded.rows` are offsets."""
        for place, records in self.raw(pieces):
            yield place, self.decoded(pieces[place], records)

    def raw(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Records]]:
        """Read all ranges at once, in the order in which brokers send; see `Reader`.

        A range is read when a record at its last offset or behind it came, or the end of the partition behind it: what
        lies between may be a mark of a transaction, aborted, or compacted away.

        Raises:
            SourceGapError: offsets are gone, or were written anew, since they were planned.
            ConfigurationError: the connection's user may not read.
            UnavailableError: the brokers fell silent.
        """
        if pieces:
            yield from _Pass(self, pieces).records()

    @property
    def raw_schema(self) -> pa.Schema:
        """The columns of a record as it came."""
        return RAW

    def decoded(self, piece: Piece, raw: Records) -> Decoded:
        """Decode records of a range; see `Archiving`."""
        return decoded(self.shape, raw, piece.part.schemas)

    def of_rows(self, rows: pa.RecordBatch) -> Records:
        """Records of an archive."""
        return Archived(rows)

    def told(self, piece: Piece) -> Mapping[str, Any]:
        """A range as JSON; schemas stand in its slice."""
        part: Offsets = piece.part
        return {
            "slice": part.slice,
            "partition": part.partition,
            "start": part.start,
            "stop": part.stop,
            "leader_epoch": part.leader_epoch,
        }

    def retold(self, told: Mapping[str, Any], slices: Mapping[int, Slice]) -> Piece:
        """A range from JSON; see `Archiving`. Raises what `pieces` raises."""
        topic, number = told["partition"]
        schemas = self._detail(slices[told["slice"]]).pinned.schemas
        return Offsets(told["slice"], (topic, number), told["start"], told["stop"], told["leader_epoch"], schemas).piece


class _Partition:
    """The ranges that are left to read of one partition, in order."""

    def __init__(self) -> None:
        self.ranges: list[tuple[Offsets, int]] = []

    def place(self, offset: int) -> int | None:
        """The piece that has an offset, when one has it; ranges before it are read."""
        while self.ranges and offset >= self.ranges[0][0].stop:
            self.ranges.pop(0)
        return self.ranges[0][1] if self.ranges and offset >= self.ranges[0][0].start else None


class _Pass:
    """The running pass over some pieces."""

    def __init__(self, reader: KafkaReader, pieces: Sequence[Piece]) -> None:
        self._reader = reader
        self._parts: list[Offsets] = [piece.part for piece in pieces]
        self._heard = Heard()
        self._left: dict[Partition, _Partition] = {}
        for place, part in sorted(enumerate(self._parts), key=lambda p: (p[1].partition, p[1].start)):
            self._left.setdefault(part.partition, _Partition()).ranges.append((part, place))
        self._gathered: dict[int, list[Message]] = {}
        self._count = 0

    def records(self) -> Iterator[tuple[int, Records]]:
        consumer = clients.consumer(self._reader.settings, self._heard)
        try:
            consumer.assign([at(p, of.ranges[0][0].start) for p, of in self._left.items()])
            told = time.monotonic()
            while self._left:
                messages = clients.received(consumer, BATCH_RECORDS, wait_s=0.5)
                if messages:
                    told = time.monotonic()
                elif time.monotonic() > told + _STALL_S or self._heard.refused:
                    raise self._silent()
                self._take(messages, consumer)
                yield from self._full()
            yield from self._flushed(list(self._gathered))
        finally:
            consumer.close()

    def _take(self, messages: Sequence[Message], consumer: Consumer) -> None:
        left, gathered = self._left, self._gathered
        for message in messages:
            partition, offset = (message.topic(), message.partition()), message.offset()
            if (of := left.get(partition)) is None:  # type: ignore[arg-type]
                continue
            error = message.error()
            if error is None:
                place = of.place(offset)  # type: ignore[arg-type]
                if place is not None:
                    gathered.setdefault(place, []).append(message)
                    self._count += 1
                    of.place(offset + 1)  # type: ignore[operator]
            elif error.code() == KafkaError._PARTITION_EOF:
                of.place(offset)  # type: ignore[arg-type]
            elif error.code() in clients.LOST | clients.UNKNOWN:
                raise self._gap(of, error.str())
            elif not error.retriable():
                raise clients.translated(self._reader.subject, error, self._heard)
            if not of.ranges:
                del left[partition]  # type: ignore[arg-type]
                consumer.incremental_unassign([at(partition)])  # type: ignore[arg-type]

    def _full(self) -> Iterator[tuple[int, Records]]:
        """Pieces of which many records wait; all when many wait in all."""
        most = BATCH_RECORDS if self._count <= _MOST_GATHERED else 1
        yield from self._flushed([p for p, messages in self._gathered.items() if len(messages) >= most])

    def _flushed(self, places: Sequence[int]) -> Iterator[tuple[int, Records]]:
        for place in places:
            messages, part = self._gathered.pop(place), self._parts[place]
            self._count -= len(messages)
            written = messages[-1].leader_epoch()
            if written is not None and written > part.leader_epoch >= 0:
                raise self._rewritten(part, written)
            yield place, Received(messages)

    def _gap(self, of: _Partition, said: str) -> SourceGapError:
        part = of.ranges[0][0]
        topic, number = part.partition
        return SourceGapError(
            f"{self._reader.subject}: offsets {part.start:,} to {part.stop:,} of {topic}[{number}] are not all "
            f"there any more ({said}). Nothing was published; the next attempt says how many are missing"
        )

    def _rewritten(self, part: Offsets, epoch: int) -> SourceGapError:
        topic, number = part.partition
        return SourceGapError(
            f"{self._reader.subject}: offsets {part.start:,} to {part.stop:,} of {topic}[{number}] were planned under "
            f"leader epoch {part.leader_epoch}, and some are of leader epoch {epoch} now: the partition went backwards "
            "and was written anew (an unclean election, or a disk that was lost). Nothing was published. Go on with "
            f"what is there: `tidegate gap {self._reader.subject} --accept --reason …`"
        )

    def _silent(self) -> Exception:
        error = KafkaError(KafkaError._TIMED_OUT)
        (topic, number), of = next(iter(self._left.items()))
        subject = f"{self._reader.subject}: {topic}[{number}] from offset {of.ranges[0][0].start:,} on"
        return clients.translated(subject, error, self._heard)
