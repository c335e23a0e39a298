"""The pieces of an epoch's input: which task reads which, and what it met in them.

Pieces are numbered through all sources, those of an operator's first input first: this is the order of events.

Rows go on, each with its piece and its place in it. Malformed rows and the counts do not: the task writes them below
the attempt's folder, so they do not pass through the transforms, and are counted where they are read.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Self
from uuid import uuid4

import msgspec
import pyarrow as pa

from tidegate.adapters.files.storage import FsStorage
from tidegate.adapters.processing import output_of
from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.errors import InvariantViolationError, MalformedInputError, of_source
from tidegate.ports import EpochTask
from tidegate.protocol import layout
from tidegate.runtime.archive import Keeper
from tidegate.runtime.decoding import Malformed
from tidegate.runtime.events import ORDER, SLICE
from tidegate.runtime.output_files import Written
from tidegate.runtime.reading import Archiving, Piece, Reader
from tidegate.runtime.spec import Output, Report

BYTES_PER_TASK = 4 * 1024 * 1024
"""Less is not worth a task of its own."""
_MOST_BYTES_PER_TASK = 64 * 1024 * 1024


@dataclass(frozen=True)
class Reading:
    """The reading of one source's part of an epoch, as its tasks are given it.

    Args:
        subject: the epoch, for messages.
        source: the uid.
        reader: of the source.
        pieces: in the order of events.
        groups: for each task, its pieces from the first place in `pieces` up to before the second.
        folder: URI of the folder for the tasks' reports.
        dead_letters: where malformed rows go; without it they fail the epoch.
        first: the number of its first piece: those of earlier inputs come before.
        named: whether people must be told which source it is, for the pipeline has others.
        archive: URI of the folder in which all records are kept as they come; None when they are not.
    """

    subject: str
    source: str
    reader: Reader
    pieces: tuple[Piece, ...]
    groups: tuple[tuple[int, int], ...]
    folder: str
    dead_letters: Output | None
    first: int = 0
    named: bool = False
    archive: str | None = None

    @classmethod
    def of(cls, task: EpochTask) -> tuple[Self, ...]:
        """Those of a task: one for each input that has slices, in the order of events. Raises MalformedInputError."""
        d, readings, first = task.definition, list[Self](), 0
        for source in (i.of.uid for i in d.operator.inputs):
            slices = [s for s in task.slices if s.source == source]
            if not slices:
                continue
            reader, named = task.readers[source], len(d.sources) > 1
            with of_source(source, named=named):
                pieces = reader.pieces(slices)
            reading = cls(
                subject=str(task.epoch),
                source=source,
                reader=reader,
                pieces=pieces,
                groups=groups_of(pieces, d.pipeline.buckets),
                folder=f"{layout.reports_in(task.root)}/{source}",
                dead_letters=output_of(task, d.dead_letters) if d.dead_letters else None,
                first=first,
                named=named,
                archive=task.archives.get(source),
            )
            readings.append(reading)
            first += len(pieces)
        return tuple(readings)

    @property
    def places(self) -> tuple[str, ...]:
        """Where the rows of each piece come from, for people."""
        return tuple(map(self.place, self.pieces))

    def place(self, piece: Piece) -> str:
        """The key of its slice, or of a part of it; behind the uid of the source where there are others."""
        return f"{self.source}: {piece.key}" if self.named else piece.key

    def apart(self) -> Self:
        """The same with a task for each piece."""
        groups = tuple((i, i + 1) for i in range(len(self.pieces)))
        return replace(self, groups=groups, folder=f"{self.folder}/apart")

    def read(self, group: int) -> Iterator[pa.RecordBatch]:
        """A task: its rows, in the source's types, with `SLICE` and `ORDER`; when they are drawn, its report is there.

        Raises:
            MalformedInputError: a piece as a whole, or a row where there is no table for those.
            SourceGapError: the data are not there any more as they were planned.
        """
        with of_source(self.source, named=self.named):
            yield from _Group(self, group).rows()

    def reports(self) -> list[Report]:
        """One report for each group, in order. A task may have been repeated: then any of its reports is right.

        They are read by their names: what a listing leaves out would be taken for no rows.
        """
        return [self._report(group) for group in range(len(self.groups))]

    def _report(self, group: int) -> Report:
        try:
            return msgspec.json.decode(FsStorage().read(self.report_of(group)), type=Report)
        except FileNotFoundError:
            raise InvariantViolationError(f"{self.subject}: no task says what it read of group {group}") from None

    def report_of(self, group: int) -> str:
        """URI of a group's report. A task that is repeated writes it again, whole or not at all."""
        return f"{self.folder}/{group:06d}.json"


def groups_of(pieces: Sequence[Piece], tasks: int) -> tuple[tuple[int, int], ...]:
    """Pieces side by side for about `tasks` tasks of like size: fewer when there is little, more when there is much."""
    ends = list(accumulate(p.bytes for p in pieces))
    size = ends[-1] if ends else 0
    wanted = max(min(tasks, -(-size // BYTES_PER_TASK)), -(-size // _MOST_BYTES_PER_TASK), 1)
    cuts = sorted({bisect(ends, size * i // wanted) for i in range(1, wanted)} - {0, len(pieces)})
    return tuple(zip([0, *cuts], [*cuts, len(pieces)], strict=True))


class _Group:
    """The running pass over the pieces of one task."""

    def __init__(self, reading: Reading, group: int) -> None:
        self._reading = reading
        self._group = group
        self._part = f"{group:06d}-{uuid4().hex}"
        dead = reading.dead_letters
        self._dead = dead and dead.writer(DEAD_LETTER_SCHEMA, f"read-{self._part}")
        self._first: str | None = None

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Decode, and report at the end."""
        reading, records, rows, malformed = self._reading, 0, 0, 0
        first, behind = reading.groups[self._group]
        pieces, keeper, passed = reading.pieces[first:behind], None, 0
        if reading.archive and isinstance(reading.reader, Archiving):
            keeper = Keeper(reading.reader, pieces, reading.archive, self._part)
        for place, decoded in keeper.read() if keeper else reading.reader.read(pieces):
            records += decoded.records
            passed += decoded.passed
            rows += decoded.batch.num_rows
            malformed += len(decoded.malformed)
            if decoded.malformed:
                self._refuse(reading.place(reading.pieces[first + place]), decoded.malformed)
            if decoded.batch.num_rows:
                yield _placed(decoded.batch, reading.first + first + place, decoded.rows)
        if self._first is not None:
            raise MalformedInputError(
                f"{reading.subject}: {malformed} malformed rows of {records} that this task read, the first in "
                f"{self._first}; mend what writes them, or declare Pipeline(dead_letters='database.table')"
            )
        written = self._dead.close() if self._dead else {}
        table = reading.dead_letters.table if reading.dead_letters else ""
        kept = keeper.close() if keeper else None
        if kept and kept.rows != records + passed:
            raise InvariantViolationError(f"{reading.subject}: {kept.rows} records are kept of {records + passed}")
        files = tuple(Written(table, v, tuple(f)) for v, f in written.items())
        report = Report(records, rows, malformed, files, kept)
        FsStorage().write(reading.report_of(self._group), msgspec.json.encode(report))

    def _refuse(self, place: str, malformed: Sequence[Malformed]) -> None:
        if self._dead:
            letters = [_letter(place, m) for m in malformed]
            self._dead.write(pa.RecordBatch.from_pylist(letters, DEAD_LETTER_SCHEMA))
        elif self._first is None:
            self._first = f"{place}, {_reason(malformed[0])}: {malformed[0].text[:500]!r}"


def _letter(place: str, m: Malformed) -> dict[str, Any]:
    return {
        "step": "read",
        "reason": _reason(m),
        "source": place,
        "row": m.text,
        "position": m.position,
        "raw": m.raw,
    }


def _reason(m: Malformed) -> str:
    return f"{m.place}{'' if m.column is None else f', column {m.column!r}'}: {m.reason}"


def _placed(batch: pa.RecordBatch, number: int, rows: pa.Int64Array) -> pa.RecordBatch:
    numbers = pa.repeat(pa.scalar(number, pa.int32()), batch.num_rows)
    return batch.append_column(SLICE, numbers).append_column(ORDER, rows)
