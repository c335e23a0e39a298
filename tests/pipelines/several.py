"""A pipeline of several sources: it numbers the events of each user in the order in which they come."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.topics import Line
from tidegate import (
    Context,
    Definition,
    FileSource,
    HiveTable,
    KeyedProcessFunction,
    Pipeline,
    Row,
    Stream,
    ValueState,
    wiring,
)
from tidegate.api.sources import Source
from tidegate.ports import Source as Adapter
from tidegate.testing.records import file_of
from tidegate.wiring import Endpoints

SALE = pa.schema({"user": pa.string(), "id": pa.string(), "amount": pa.int64(), "at": pa.timestamp("us", tz="UTC")})
OUT = pa.schema({"user": pa.string(), "n": pa.int64(), "id": pa.string(), "total": pa.int64()})
LATE = timedelta(seconds=10)


class Totals(KeyedProcessFunction):
    """A running number and total of each user; a sale of nothing is refused."""

    n = ValueState(pa.int64(), default=0)
    total = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        if value.amount == 0:
            raise ValueError("a sale of nothing")
        self.n.update(self.n.value() + 1)
        self.total.update(self.total.value() + value.amount)
        yield {"user": value.user, "n": self.n.value(), "id": value.id, "total": self.total.value()}


def folder(uid: str, path: Path | str = "/nowhere", format_: str = "json", **settings: Any) -> FileSource:
    """A folder of sales, which are taken as soon as they are there."""
    return FileSource(f"{path}/{uid}", format_, SALE, uid=uid, settle=timedelta(0), **settings)


def pipeline(*sources: Source, name: str = "sales", timed: bool = True, **settings: Any) -> Definition:
    """The union of the sources, in their order."""
    given = Pipeline(name, buckets=2, **{"dead_letters": f"t.{name}_dead", **settings})
    first, *others = (with_times(given.source(source), timed) for source in sources)
    return completed(first.union(*others) if others else first, name)


def with_times(stream: Stream, timed: bool) -> Stream:
    """The stream with event time."""
    return stream.assign_timestamps("at", max_out_of_orderness=LATE) if timed else stream


def completed(stream: Stream, name: str = "sales") -> Definition:
    """The stream, keyed, counted and written down."""
    return stream.key_by("user").process(Totals(), output=OUT).sink(HiveTable(f"t.{name}"))


class SeveralLine(Line):
    """Epochs of a pipeline of several sources, whatever these are; see `Line`."""

    def __init__(self, definition: Definition, folder: Path, *, kafka: str = "", database: str = "") -> None:
        super().__init__(definition, {}, folder)
        self._endpoints = Endpoints("", "", "", "", "", kafka, database)

    def sources(self) -> dict[str, Adapter]:
        """What a new process reads by, by uid."""
        d = self.definition
        return {uid: wiring._source(source, d, self._endpoints, self.store) for uid, source in d.sources.items()}


def write(folder: FileSource, name: str, *events: Mapping[str, Any] | str) -> Path:
    """Let a file with these events appear."""
    path = Path(folder.path) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file_of(folder, events))
    return path


def expected(*events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the table holds when these came, one after the other: computed from the events alone."""
    counts: dict[str, tuple[int, int]] = {}
    rows = []
    for event in (e for some in events for e in some if e["amount"]):
        n, total = counts.get(event["user"], (0, 0))
        counts[event["user"]] = n, total = n + 1, total + event["amount"]
        rows.append({"user": event["user"], "n": n, "id": event["id"], "total": total})
    return sorted(rows, key=lambda row: (row["user"], row["n"]))
