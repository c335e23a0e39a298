"""Goal: a source's slices are what the ledger and the engine take them for, whatever they are; on real servers."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest

import builders as make
from kafka import Kafka, Record
from pipelines.chain import Chain, RawTable
from pipelines.rows import Shop
from pipelines.topics import CLICK
from tidegate import DatabaseSource, FileSource, HiveTableSource, KafkaSource, TidegateSource
from tidegate.adapters.database.source import DatabaseSourceAdapter
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.adapters.kafka.source import KafkaSourceAdapter
from tidegate.adapters.tables.partitions import HiveTableSourceAdapter
from tidegate.adapters.tables.source import TidegateSourceAdapter
from tidegate.errors import SourceGapError
from tidegate.ports import Source
from tidegate.protocol.ledger import Limit, choose
from tidegate.protocol.model import Slice

pytestmark = pytest.mark.services

PER_ARRIVAL = 6


class World(Protocol):
    """Where events come from; `slices` are those that were found."""

    slices: list[Slice]

    def source(self, *, most: int | None = None) -> Source:
        """What a new process sees of it; of `most` rows in one epoch."""

    def arrive(self, *numbers: int) -> None:
        """Let events come."""

    def lose(self) -> None:
        """Lose the first of them."""


class Folder:
    slices: list[Slice]

    def __init__(self, path: Path) -> None:
        self._path = path

    def source(self, *, most: int | None = None) -> Source:
        settings = FileSource(self._path, "json", CLICK, settle=timedelta(0), max_rows=most, uid=make.SOURCE)
        return FileSourceAdapter(settings, "p")

    def arrive(self, *numbers: int) -> None:
        file = self._path / f"{numbers[0]:06d}.json"
        file.write_text("".join(f"{json.dumps({'user': f'u{n}', 'n': n})}\n" for n in numbers))
        os.utime(file, (0, 0))

    def lose(self) -> None:
        min(self._path.iterdir()).unlink()


class Topic:
    slices: list[Slice]

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._topic = f"contract-{uuid4().hex[:8]}"
        kafka.create_topic(self._topic, 2)

    def source(self, *, most: int | None = None) -> Source:
        settings = KafkaSource(self._topic, "json", CLICK, max_records=most, uid=make.SOURCE)
        return KafkaSourceAdapter(settings, "p", {"bootstrap.servers": self._kafka.broker.bootstrap})

    def arrive(self, *numbers: int) -> None:
        values = [json.dumps({"user": f"u{n}", "n": n}).encode() for n in numbers]
        self._kafka.produce(self._topic, [Record(v, partition=i % 2) for i, v in enumerate(values)])

    def lose(self) -> None:
        self._kafka.delete_records(self._topic, 0, 1)


class Table:
    slices: list[Slice]

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        shop.do('CREATE TABLE clicks (id xid8 NOT NULL DEFAULT pg_current_xact_id(), "user" text, n bigint)')

    def source(self, *, most: int | None = None) -> Source:
        settings = DatabaseSource("clicks", CLICK, "id", order_by=("n",), max_rows=most, uid=make.SOURCE)
        return DatabaseSourceAdapter(settings, "p", self._shop.url)

    def arrive(self, *numbers: int) -> None:
        for n in numbers:  # each in a transaction of its own: rows of one value of the cursor stay together
            self._shop.do('INSERT INTO clicks ("user", n) VALUES (%s, %s)', f"u{n}", n)

    def lose(self) -> None:
        self._shop.do("DELETE FROM clicks WHERE n = (SELECT min(n) FROM clicks)")


class Upstream:
    """The table of another pipeline, which has an epoch for each arrival."""

    slices: list[Slice]

    def __init__(self, folder: Path) -> None:
        self._chain = Chain(folder)
        self._folder = folder

    def source(self, *, most: int | None = None) -> Source:
        settings = TidegateSource("t.clicks_log", CLICK, pipeline="clicks", max_rows=most, uid=make.SOURCE)
        return TidegateSourceAdapter(settings, "p", self._chain.up.engine.adapters.store, lambda: ())

    def arrive(self, *numbers: int) -> None:
        self._chain.arrive(*numbers)

    def lose(self) -> None:
        min(self._folder.glob("up/made/**/data/t.clicks_log/**/*.parquet")).unlink()


class Days:
    """A table of Hive's, which gets a partition with each arrival."""

    slices: list[Slice]

    def __init__(self, folder: Path) -> None:
        self._raw = RawTable(folder)
        self._days = 0

    def source(self, *, most: int | None = None) -> Source:
        per_epoch = None if most is None else 1
        settings = HiveTableSource("d.t", CLICK, settle=timedelta(0), max_partitions=per_epoch, uid=make.SOURCE)
        return HiveTableSourceAdapter(settings, "p", self._raw, lambda: self.slices, now=time.time)

    def arrive(self, *numbers: int) -> None:
        self._days += 1
        self._raw.write(f"{self._days:03d}", *numbers)

    def lose(self) -> None:
        del self._raw.partitions["001"]


@pytest.fixture(params=["folder", "kafka", "database", "tidegate", "hive"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "folder":
        yield Folder(tmp_path)
    elif request.param == "kafka":
        yield Topic(request.getfixturevalue("kafka"))
    elif request.param == "tidegate":
        yield Upstream(tmp_path)
    elif request.param == "hive":
        yield Days(tmp_path)
    else:
        with closing(Shop(request.getfixturevalue("empty_url"))) as shop:
            yield Table(shop)


class Ledger:
    """The slices that were found, each by another process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.slices: list[Slice] = []
        world.slices = self.slices

    def look(self, *, most: int | None = None) -> list[Slice]:
        tail, there = self.slices[-1] if self.slices else None, {s.key for s in self.slices}
        found = self.world.source(most=most).discover(tail, lambda keys: there & set(keys), limit=Limit(rows=most))
        self.slices += found
        return found


def read(source: Source, slices: list[Slice]) -> list[int]:
    """What the tasks of an epoch read, in the order of events."""
    reader = source.reader()
    pieces = reader.pieces(slices)
    rows: list[tuple[int, int, Any]] = []
    for place, decoded in reader.read(pieces):
        assert decoded.records == decoded.batch.num_rows == len(decoded.rows)
        numbers = decoded.batch.column("n").to_pylist()
        rows += [(place, at, n) for at, n in zip(decoded.rows.to_pylist(), numbers, strict=True)]
    return [n for _, _, n in sorted(rows)]


def test_slices_come_behind_each_other_and_have_all_events_once(world: World) -> None:
    ledger = Ledger(world)
    for number in range(3):
        world.arrive(*range(number * PER_ARRIVAL, (number + 1) * PER_ARRIVAL))
        assert ledger.look()
        assert [s for s in ledger.look() if read(world.source(), [s])] == []
    assert [s.position for s in ledger.slices] == list(range(len(ledger.slices)))
    assert len({s.key for s in ledger.slices}) == len(ledger.slices)
    assert sorted(read(world.source(), ledger.slices)) == list(range(3 * PER_ARRIVAL))


def test_a_slice_is_read_the_same_whatever_came_later(world: World) -> None:
    ledger = Ledger(world)
    world.arrive(*range(PER_ARRIVAL))
    (found,) = ledger.look()
    before = read(world.source(), [found])
    world.arrive(*range(50, 60))
    ledger.look()
    source = world.source()
    source.check([found])
    assert source.renewed([found]) == []
    assert read(source, [found]) == before
    assert sorted(before) == list(range(PER_ARRIVAL))
    assert source.rows([found]) in (None, PER_ARRIVAL)


def test_what_waits_is_cut_to_smaller_limits_and_nothing_is_lost(world: World) -> None:
    ledger = Ledger(world)
    for number in range(3):
        world.arrive(*range(number * PER_ARRIVAL, (number + 1) * PER_ARRIVAL))
        ledger.look()
    source, first, waiting = world.source(most=2), ledger.slices[0], ledger.slices[1:]
    anew = {s.position: s for s in source.recut(first, waiting)}
    assert anew.keys() <= {s.position for s in waiting}
    ledger.slices = [anew.get(s.position, s) for s in ledger.slices]
    while ledger.look(most=2):
        pass
    events = [read(world.source(), [s]) for s in ledger.slices]
    assert sorted(n for slice_ in events for n in slice_) == list(range(3 * PER_ARRIVAL))
    assert source.recut(first, ledger.slices[1:]) == []
    if anew:  # a source that splits its input
        assert all(len(slice_) <= 2 for slice_ in events[1:])


def test_its_detail_is_canonical_json_with_a_format_and_its_source_is_named(world: World) -> None:
    world.arrive(1)
    (found,) = Ledger(world).look()
    detail = json.loads(found.detail)
    assert detail["format"] == 1
    assert json.dumps(detail, sort_keys=True, separators=(",", ":")) == found.detail
    assert found.source == make.SOURCE
    assert world.source().named(found.key) == found.key


def test_what_is_gone_is_a_gap(world: World) -> None:
    world.arrive(*range(PER_ARRIVAL))
    (found,) = Ledger(world).look()
    world.lose()
    with pytest.raises(SourceGapError, match="p: "):
        world.source().check([found])


def test_an_epoch_takes_at_most_what_it_may_and_nothing_is_left_for_ever(world: World) -> None:
    ledger, taken = Ledger(world), list[Slice]()
    for number in range(4):
        world.arrive(*range(number * 2, number * 2 + 2))
    for _ in range(20):
        ledger.look(most=2)
        waiting = ledger.slices[len(taken) :]
        source = world.source(most=2)
        epoch = choose(source.measured(waiting, rows=True, times=False), source.limit)
        assert len(read(source, epoch)) <= 2
        taken += epoch
    assert sorted(read(world.source(), taken)) == list(range(8))


def test_slices_that_were_processed_may_be_forgotten_but_the_next_look_goes_on(world: World) -> None:
    ledger = Ledger(world)
    for number in range(3):
        world.arrive(number)
        ledger.look()
    gone = world.source().gone(ledger.slices)
    assert ledger.slices[-1] not in gone
    world.arrive(9)
    assert read(world.source(), ledger.look()) == [9]


def test_nothing_leads_over_a_gap_that_is_not_there(world: World) -> None:
    ledger = Ledger(world)
    world.arrive(1, 2)
    ledger.look()
    assert world.source().bridged(ledger.slices[-1], ledger.slices) == []
    assert world.source().bridged(None, []) == []
    assert all("left" in note for note in world.source().outlook(ledger.slices[-1], lambda keys: keys))
