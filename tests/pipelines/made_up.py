"""A pipeline's epochs as another one sees them, made up: rows of the checkpoint, manifests and files, and no engine."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

import builders as make
from tidegate import TidegateSource
from tidegate.adapters.tables.source import TidegateSourceAdapter
from tidegate.protocol.model import (
    Compaction,
    DataFile,
    Epoch,
    Events,
    LaneId,
    ManifestRef,
    PartitionValues,
    Placed,
    Promotion,
    Purpose,
    Rollback,
    Slice,
    StagedPartition,
    checksum,
)

TABLE = "t.log"
ROW = pa.schema({"n": pa.int64(), "epoch_id": pa.int64()})
DEFINITION = {
    "pipeline": {"dead_letters": "t.dead"},
    "sinks": {TABLE: {"mode": "append", "partition_by": []}, "t.last": {"mode": "upsert", "partition_by": []}},
}


@dataclass(frozen=True)
class Part:
    """A partition as the table shows it."""

    placed: Placed
    files: tuple[DataFile, ...]
    rows: tuple[int, ...]


Shown = dict[int, Part]
"""By `epoch_id`."""


class Upstream:
    """Implements what is asked of the checkpoint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[Epoch] = []
        self.behind: dict[int, Shown] = {0: {}}
        self.line: dict[int, tuple[int, ...]] = {0: ()}
        self.promoted: dict[int, set[int]] = {}
        self._made = 0

    @property
    def head(self) -> int:
        return max(self.behind)

    @property
    def shown(self) -> list[int]:
        """The rows that readers see."""
        return sorted(n for part in self.behind[self.head].values() for n in part.rows)

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        return list(reversed(self.rows))[:limit]

    def placed(self, table: str, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, Placed]:
        return {(str(epoch),): part.placed for epoch, part in self.behind[self.head].items()}

    # -- what its epochs do -----------------------------------------------------------------------------------------

    def events(self, rows: int) -> int:
        """An epoch that puts so many new rows into the table, or none."""
        number = self.head + 1
        after = dict(self.behind[self.head])
        if rows:
            after[number] = self._part(number, self._new(rows))
        self._seal(Events(), after, (*self.line[self.head], *([number] if rows else [])), rows)
        return number

    def compact(self, first: int, size: int) -> None:
        """Join `size` neighbouring partitions from the `first`-th on."""
        now = self.behind[self.head]
        joined = sorted(now)[first : first + size]
        if len(joined) < 2:
            return
        rows = [n for epoch in joined for n in now[epoch].rows]
        after = {e: part for e, part in now.items() if e not in joined}
        self._seal(Compaction(), {**after, joined[-1]: self._part(self.head + 1, rows)}, self.line[self.head])

    def roll_back(self, to: int) -> None:
        self._seal(Rollback(to), self.behind[to], self.line[to])

    def promote(self, since: int, chance: random.Random, *, only: int | None = None) -> None:
        """A lane makes the epochs with rows from `since` on anew, or `only` so many of them."""
        replayed = [e for e in self.line[self.head] if e >= since]
        if not replayed:
            return
        base = replayed[0] - 1
        number, after, window = self.head + 1, dict(self.behind[base]), set[int]()
        for place, epoch in enumerate(replayed):
            rows = self._new(chance.randint(0, 2))
            if only is None or place < only:
                window.add(epoch)
                if rows:
                    after[epoch] = self._part(number, rows, name=f"{number}-{epoch}")
            elif epoch in self.behind[epoch]:
                after[epoch] = self.behind[epoch][epoch]
        for earlier in sorted(n for n in self._on_line() if n > base and n in self.promoted):
            for epoch in self.promoted[earlier] - window:  # what it made of others is kept
                made = self.behind[earlier].get(epoch)
                after = {**after, epoch: made} if made else {e: part for e, part in after.items() if e != epoch}
        before = self.behind[self.head]
        self._seal(Promotion("fix", base, keeps_state=only is not None), after, self.line[self.head])
        now = self.behind[number]
        moved = {e for e in before.keys() | now.keys() if _at(before.get(e)) != _at(now.get(e))}
        self.promoted[number] = moved | window

    def _on_line(self) -> set[int]:
        """The epochs that what is shown lies behind."""
        numbers, by_number, now = set[int](), {e.epoch: e for e in self.rows}, self.head
        while now:
            numbers.add(now)
            purpose = by_number[now].purpose
            now = purpose.to if isinstance(purpose, Rollback) else now - 1
        return numbers

    def forget(self, *numbers: int) -> None:
        """Clean-up drops the rows of epochs, and keeps their files."""
        self.rows = [e for e in self.rows if e.epoch not in numbers]

    # -- how it is stored -------------------------------------------------------------------------------------------

    def _new(self, rows: int) -> list[int]:
        self._made += rows
        return list(range(self._made - rows, self._made))

    def _part(self, by: int, rows: Sequence[int], *, name: str | None = None) -> Part:
        folder = self.folder / (name or f"{by}")
        file = make.parquet_file(folder / "f.parquet", pa.table({"n": pa.array(rows, pa.int64())}))
        return Part(
            Placed(f"file://{folder}", ManifestRef(f"file://{self.folder}/{by}.json", "")), (file,), tuple(rows)
        )

    def _seal(self, purpose: Purpose, after: Shown, line: tuple[int, ...], rows: int = 0) -> None:
        number, now = self.head + 1, self.behind[self.head]
        uri = f"file://{self.folder}/{number}.json"
        moved = [e for e in sorted(now.keys() | after.keys()) if _at(now.get(e)) != _at(after.get(e))]
        partitions = [
            StagedPartition(
                TABLE,
                (str(e),),
                after[e].placed.location if e in after else f"file://{self.folder}/empty",
                after[e].files if e in after else (),
                now[e].placed if e in now else None,
            )
            for e in moved
        ]
        data = make.manifest(*partitions, epoch=number, kind=purpose.kind, definition=DEFINITION).to_json()
        (self.folder / f"{number}.json").write_bytes(data)
        ref = ManifestRef(uri, checksum(data))
        settled = {
            e: replace(part, placed=Placed(part.placed.location, ref)) if e in moved else part
            for e, part in after.items()
        }
        self.behind[number], self.line[number] = settled, line
        counts = make.counts(rows_out={TABLE: rows} if rows else {})
        self.rows.append(make.epoch(number, purpose=purpose, manifest=ref, counts=counts))


def _at(part: Part | None) -> str | None:
    return part.placed.location if part else None


class Downstream:
    """Implements a pipeline that reads it: a ledger, and epochs with the rows that they read."""

    def __init__(self, upstream: Upstream, **settings: Any) -> None:
        self.upstream = upstream
        self.settings = settings
        self.ledger: list[Slice] = []
        self.epochs: list[tuple[int, list[int]]] = []

    @property
    def source(self) -> TidegateSourceAdapter:
        """What a new process reads by."""
        declared = TidegateSource(TABLE, ROW, pipeline="up", **self.settings)
        return TidegateSourceAdapter(declared, "p", self.upstream, lambda: self.ledger)

    @property
    def read(self) -> list[int]:
        """The rows of all epochs."""
        return sorted(n for _, rows in self.epochs for n in rows)

    @property
    def waiting(self) -> list[Slice]:
        return self.ledger[self.epochs[-1][0] if self.epochs else 0 :]

    def plan(self) -> None:
        tail = self.ledger[-1] if self.ledger else None
        keys = {s.key for s in self.ledger}
        self.ledger += self.source.discover(tail, lambda wanted: keys & set(wanted))
        assert [s.position for s in self.ledger] == list(range(len(self.ledger)))
        assert len({s.key for s in self.ledger}) == len(self.ledger)

    def run(self) -> None:
        """An epoch with all that waits."""
        self.plan()
        slices = [s for s in self.waiting if not s.skipped]
        source = self.source
        source.check(slices)
        reader, rows = source.reader(), list[int]()
        for slice_ in slices:
            found = [n for _, d in reader.read(reader.pieces([slice_])) for n in d.batch.column("n").to_pylist()]
            assert len(found) == slice_.rows
            rows += found
        self.epochs.append((len(self.ledger), rows))

    def roll_back(self, epochs: int) -> None:
        """To behind so many epochs."""
        del self.epochs[epochs:]

    def accept(self) -> None:
        tail = self.ledger[-1] if self.ledger else None
        for slice_ in self.source.bridged(tail, [s for s in self.waiting if not s.skipped]):
            if slice_.position < len(self.ledger):
                self.ledger[slice_.position] = slice_
            else:
                self.ledger.append(slice_)
        assert len({s.key for s in self.ledger}) == len(self.ledger)
