"""Four unlike pipelines that give the same names to their own things, and what each makes alone, in plain Python.

`words` reads JSON lines of which some are malformed, and has no transform. `rates` (CSV) and `latest` (Parquet, into an
upsert table) make views and register functions, each its own under the other's names. `spoilt` (gzipped JSON) changes
its session's time zone and rules, and its interpreter. All but `spoilt` would show what that one does, were it shared.
"""

import csv
import functools
import gzip
import io
import json
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Context as Rules
from decimal import Decimal, getcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.adapters.hive.server import connect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Transform = Callable[["DataFrame"], "DataFrame"]
EVENT = pa.schema({"id": pa.int64(), "key": pa.string(), "at": pa.timestamp("us", tz="UTC"), "amount": pa.int64()})
RATED = pa.schema({"id": pa.int64(), "key": pa.string(), "hour": pa.int64(), "amount": pa.int64()})
OUTPUT = pa.schema(
    {
        "id": pa.int64(),
        "key": pa.string(),
        "n": pa.int64(),
        "total": pa.int64(),
        "hour": pa.int64(),
        "sees": pa.string(),
    }
)
ROWS = 30
"""Good rows of a file."""
_BAD = ('{"id": ', '{"id": 1.5, "key": "a"}', '["id"]')
_ZONE = "America/New_York"
_VARIABLE = "TIDEGATE_NEIGHBOUR"
_COMPACT = (" ,", ":")


def sees() -> str:
    """What can be seen of the interpreter."""
    return json.dumps([str(Decimal(1) / 7), os.environ.get(_VARIABLE)])


class Tally(KeyedProcessFunction):
    """Counts and adds up a key's amounts; a negative one raises."""

    count = ValueState(pa.int64(), default=0)
    total = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        if value.amount < 0:
            raise ValueError(f"negative amount {value.amount}")
        self.count.update(self.count.value() + 1)
        self.total.update(self.total.value() + value.amount)
        yield {
            "id": value.id,
            "key": value.key,
            "n": self.count.value(),
            "total": self.total.value(),
            "hour": value.hour if "hour" in value._fields else value.at.hour,
            "sees": sees(),
        }


class Spoiling(Tally):
    """Changes whatever of its interpreter others could see."""

    def open(self) -> None:
        getcontext().prec = 3
        os.environ[_VARIABLE] = "spoilt"
        json.dumps = functools.partial(json.dumps, separators=_COMPACT)


def rated(factor: int, *, placed: bool) -> Transform:
    """A transform with a view and a function of its own; `placed`: rows keep the columns that say where they are."""

    def transform(rows: "DataFrame") -> "DataFrame":
        from pyspark.sql import functions as F  # noqa: N812  (Spark's own convention)

        session = rows.sparkSession
        rates = [(digit, digit * factor) for digit in range(10)]
        session.createDataFrame(rates, "digit long, rate long").createOrReplaceTempView("rates")
        session.udf.register("scored", lambda amount: amount * factor, "long")
        rows = rows.observe("seen", F.count(F.lit(1)).alias("rows"))
        rows = rows.join(F.broadcast(session.table("rates")), F.expr("amount % 10 = digit"))
        # the size of null is null, but -1 by the rules that `spoilt` wants
        amount = F.expr("scored(amount) + rate + coalesce(size(cast(null AS array<int>)), 0)")
        rows = rows.withColumn("hour", F.hour("at").cast("long")).withColumn("amount", amount)
        return rows if placed else rows.select(*RATED.names)

    return transform


def loosened(rows: "DataFrame") -> "DataFrame":
    """A transform that changes the settings of its session: a failing cast becomes null."""
    from pyspark.sql import functions as F  # noqa: N812  (Spark's own convention)

    rows.sparkSession.conf.set("spark.sql.session.timeZone", _ZONE)
    rows.sparkSession.conf.set("spark.sql.ansi.enabled", "false")
    amount = F.expr("coalesce(cast(if(amount % 2 = 0, 'even', string(amount)) AS long), 0)")
    return rows.select("id", "key", F.hour("at").cast("long").alias("hour"), amount.alias("amount"))


@dataclass(frozen=True)
class Neighbour:
    """One of the pipelines.

    Args:
        kind: its word, which begins its tables' names too.
        write: the bytes of a file of these events.
        transform: see `Pipeline.transform`.
        amount: what the transform makes of an amount.
        zone: the session's.
        sees: what its function sees of its interpreter.
        bad: malformed lines, a row without a key and one that raises stand in every file.
    """

    kind: str
    file_format: str
    suffix: str
    write: Callable[[list[dict[str, Any]], list[str]], bytes]
    transform: Transform | None = None
    amount: Callable[[int], int] = int
    zone: str = "UTC"
    function: type[Tally] = Tally
    sees: str = sees()
    bad: bool = False
    upsert: bool = False

    def definition(self, name: str, folder: Path, **settings: Any) -> Definition:
        """The pipeline: one file per epoch, into ``n.<name>``, its dead letters into ``n.<name>_dead``."""
        source = FileSource(folder, self.file_format, EVENT, max_files=1, settle=timedelta(0))
        dead = f"n.{name}_dead" if self.bad else None
        stream = Pipeline(name, buckets=2, dead_letters=dead, **settings).source(source)
        if self.transform:
            stream = stream.transform(self.transform, schema=RATED)
        upsert: dict[str, Any] = (
            {"mode": "upsert", "partition_by": ("key",), "primary_key": ("key",)} if self.upsert else {}
        )
        return stream.key_by("key").process(self.function(), output=OUTPUT).sink(HiveTable(f"n.{name}", **upsert))

    def arrive(self, folder: Path, number: int) -> None:
        """Let file `number`, from 1, appear whole."""
        folder.mkdir(parents=True, exist_ok=True)
        bad = [*_BAD[: number % len(_BAD) + 1]] if self.bad else []
        hidden = folder / f".{number:05}"
        hidden.write_bytes(self.write(self._events(number), bad))
        hidden.rename(folder / f"{number:05}.{self.suffix}")

    def rows_in(self, number: int) -> int:
        """How many records file `number` has."""
        return len(self._events(number)) + (number % len(_BAD) + 1 if self.bad else 0)

    def expected(self, files: int) -> list[tuple[Any, ...]]:
        """The rows of the table behind so many files."""
        seen: dict[str, list[int]] = defaultdict(list)
        rows: list[tuple[Any, ...]] = []
        latest: dict[str, tuple[Any, ...]] = {}
        for number in range(1, files + 1):
            for e in self._events(number):
                if e["key"] is None or e["amount"] < 0:
                    continue
                of_key = seen[e["key"]]
                of_key.append(self.amount(e["amount"]))
                hour = e["at"].astimezone(ZoneInfo(self.zone)).hour
                rows.append((e["id"], e["key"], len(of_key), sum(of_key), hour, self.sees))
                latest[e["key"]] = rows[-1]
        return sorted(latest.values() if self.upsert else rows)

    def refused(self, files: int) -> list[tuple[str, str]]:
        """Step and source of every dead letter."""
        steps = {n: [*["read"] * (n % len(_BAD) + 1), "key", "process"] for n in range(1, files + 1) if self.bad}
        return sorted((step, f"{n:05}.{self.suffix}") for n, of_file in steps.items() for step in of_file)

    def _events(self, number: int) -> list[dict[str, Any]]:
        chosen = random.Random(f"{self.kind} {number}")
        first = datetime(2026, 1, 1, tzinfo=UTC)
        made = [
            {
                "id": number * 1000 + i,
                "key": f"k{chosen.randrange(9)}",
                "at": first + timedelta(minutes=chosen.randrange(500_000)),
                "amount": chosen.randrange(1000),
            }
            for i in range(ROWS + number % 7)
        ]
        if self.bad:
            made[3]["key"] = None
            made[5]["amount"] = -1
        return made


def as_json(events: Iterable[dict[str, Any]], bad: list[str]) -> bytes:
    lines = [json.dumps({**e, "at": e["at"].isoformat()}) for e in events]
    lines[7:7] = bad
    return "".join(f"{line}\n" for line in lines).encode()


def as_gzip(events: Iterable[dict[str, Any]], bad: list[str]) -> bytes:
    return gzip.compress(as_json(events, bad))


def as_csv(events: Iterable[dict[str, Any]], _: list[str]) -> bytes:
    text = io.StringIO()
    rows = csv.DictWriter(text, EVENT.names)
    rows.writeheader()
    rows.writerows({**e, "at": e["at"].isoformat()} for e in events)
    return text.getvalue().encode()


def as_parquet(events: list[dict[str, Any]], _: list[str]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(events, EVENT), file)
    return file.getvalue()


NEIGHBOURS = {
    n.kind: n
    for n in (
        Neighbour("words", "json", "json", as_json, bad=True),
        Neighbour("rates", "csv", "csv", as_csv, rated(10, placed=False), lambda a: a * 10 + a % 10 * 10),
        Neighbour(
            "latest",
            "parquet",
            "parquet",
            as_parquet,
            rated(1000, placed=True),
            lambda a: a * 1000 + a % 10 * 1000,
            upsert=True,
        ),
        Neighbour(
            "spoilt",
            "json",
            "json.gz",
            as_gzip,
            loosened,
            lambda a: a if a % 2 else 0,
            zone=_ZONE,
            function=Spoiling,
            sees=json.dumps([str(Rules(prec=3).divide(1, 7)), "spoilt"], separators=_COMPACT),
        ),
    )
}


def found(hiveserver2: str, name: str) -> list[tuple[Any, ...]]:
    """The rows of a pipeline's table, read through PyHive as anybody would."""
    return _select(hiveserver2, f"SELECT {', '.join(f'`{c}`' for c in OUTPUT.names)} FROM n.{name}")


def letters(hiveserver2: str, name: str) -> list[tuple[str, str]]:
    """Step and source of every dead letter of a pipeline that has a table of them."""
    rows = _select(hiveserver2, f"SELECT step, source FROM n.{name}_dead")
    return sorted((step, source.rpartition("/")[2]) for step, source in rows)


def _select(hiveserver2: str, query: str) -> list[tuple[Any, ...]]:
    connection = connect(hiveserver2)
    try:
        cursor = connection.cursor(arraysize=50_000)
        cursor.execute(query)
        return sorted(tuple(row) for row in cursor.fetchall())
    finally:
        connection.close()
