"""Goal: a new output column comes to tables that have rows, and a table that was dropped comes back whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest

import builders as make
from faults.proxy import Proxy
from pipelines import totals
from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, ValueState
from tidegate import Row as Event
from tidegate.adapters.files.storage import FsStorage
from tidegate.adapters.hive.server import connect, execute
from tidegate.adapters.table_plans import staging
from tidegate.engine.clones import Clones
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lanes import Lanes
from tidegate.engine.planning import look_ahead
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import verify
from tidegate.errors import ConfigurationError, OutcomeUnknownError
from tidegate.ports import TableChange
from tidegate.protocol.model import Kind, Run, Status
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

EVENT = pa.schema({"k": pa.string(), "day": pa.string(), "v": pa.int64()})
OLD = pa.schema({"k": pa.string(), "total": pa.int64(), "day": pa.string()})
NEW = pa.schema({"k": pa.string(), "last": pa.int64(), "total": pa.int64(), "day": pa.string()})
Row = tuple[str, int, int | None, str]


class Total(KeyedProcessFunction):
    """Yields those of (k, total, last, day) that `output` names."""

    total = ValueState(pa.int64(), default=0)

    def __init__(self, output: pa.Schema) -> None:
        self.names = tuple(output.names)

    def process_element(self, value: Event, ctx: Context) -> Iterator[dict[str, Any]]:
        self.total.update(self.total.value() + value.v)
        row = {"k": value.k, "total": self.total.value(), "last": value.v, "day": value.day}
        yield {name: row[name] for name in self.names}


@dataclass
class World:
    """A pipeline with both kinds of tables, whose output may change."""

    folder: Path
    endpoints: Endpoints
    name: str = field(default_factory=lambda: f"changing_{uuid4().hex[:8]}")
    said: list[str] = field(default_factory=list)

    def define(self, output: pa.Schema, **table: Any) -> Definition:
        source = FileSource(self.folder, "json", EVENT, settle=timedelta(0), max_files=1)
        stream = Pipeline(self.name, buckets=1).source(source).key_by("k", "day").process(Total(output), output=output)
        log = HiveTable(f"t.{self.name}_log", compact_at=3, **table)
        latest = HiveTable(f"t.{self.name}_latest", "upsert", ("day",), ("k", "day"), **table)
        return stream.sink(log).sink(latest)

    @contextmanager
    def open(self, definition: Definition, **endpoints: str) -> Iterator[Coordinator]:
        with coordinator(definition, replace(self.endpoints, **endpoints), progress=self.said.append) as engine:
            yield engine

    def arrive(self, number: int, *events: tuple[str, str, int]) -> None:
        rows = [{"k": k, "day": day, "v": v} for k, day, v in events]
        totals.write(self.folder, f"{number:03d}.json", rows)

    def rows(self, table: str, *columns: str) -> list[Any]:
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            cursor.execute(f"SELECT {', '.join(columns or ('k', 'total', 'last', 'day'))} FROM {table}")
            return sorted((tuple(row) for row in cursor.fetchall()), key=str)
        finally:
            connection.close()

    @property
    def tables(self) -> tuple[str, str]:
        return f"t.{self.name}_log", f"t.{self.name}_latest"

    def files(self) -> set[str]:
        """Everything that the pipeline ever wrote."""
        root = f"{self.endpoints.warehouse}/_tidegate/{self.name}"
        return {f.uri for f in FsStorage().walk(root)}

    def drop(self, *tables: str) -> None:
        execute(self.endpoints.hiveserver2, [f"DROP TABLE {table}" for table in tables])

    def names(self) -> list[str]:
        """The tables of Hive whose names begin with the pipeline's."""
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            cursor.execute("SHOW TABLES IN t")
            return sorted(value for row in cursor.fetchall() for value in row if self.name in str(value))
        finally:
            connection.close()


@pytest.fixture
def world(tmp_path: Path, endpoints: Endpoints) -> World:
    return World(tmp_path / "in", endpoints)


def run(engine: Coordinator, key: str = "") -> Status | None:
    key = key or str(uuid4())
    report = engine.run(Run(key, key))
    return report.epoch.status if report else None


def wrong(engine: Coordinator) -> list[str]:
    found = verify(engine.definition, engine.adapters, progress=lambda _: None, checksums=True)
    return [f"{f.subject}: {f.problem}" for f in found]


def by_hand() -> Run:
    return Run(str(uuid4()), "a person")


def test_a_new_column_and_everything_that_comes_over_it(world: World) -> None:
    """Epochs, a compaction, a clone of before, a lane and its promotion, a rollback to before."""
    log, latest = world.tables
    world.arrive(1, ("ann", "d1", 1), ("bob", "d1", 2), ("cid", "d2", 3))
    world.arrive(2, ("ann", "d1", 10))
    with world.open(world.define(OLD)) as engine:
        assert [run(engine), run(engine)] == [Status.SEALED] * 2
    world.arrive(3, ("bob", "d1", 20))

    refused = world.define(NEW)
    with world.open(refused) as engine:
        before = world.files()
        line = rf"{__file__}:\d+: {log} does not fit the pipeline {world.name}: column last is missing: .*evolve="
        with pytest.raises(ConfigurationError, match=line):
            look_ahead(refused, engine.adapters, engine.lane_id)
        with pytest.raises(ConfigurationError, match=line):
            run(engine, "third")
        with pytest.raises(ConfigurationError, match=line):
            list(Lanes(engine).replay(by_hand(), "early", since=1))
        assert (world.files(), Lanes(engine).all()) == (before, [])

    evolving = world.define(NEW, evolve="add")
    was = [("ann", 1, None, "d1"), ("ann", 11, None, "d1"), ("bob", 2, None, "d1"), ("cid", 3, None, "d2")]
    with world.open(evolving) as engine:
        changes = tuple(TableChange(table, ("last bigint",)) for table in world.tables)
        assert look_ahead(evolving, engine.adapters, engine.lane_id).tables == changes
        assert run(engine, "third") is Status.SEALED
        assert [text for text in world.said if "gets columns" in text] == [f"{world.name}: {c}" for c in changes]
        assert look_ahead(evolving, engine.adapters, engine.lane_id).tables == ()
        third = ("bob", 22, 20, "d1")
        assert world.rows(log) == sorted([*was, third], key=str)
        assert world.rows(latest) == [("ann", 11, None, "d1"), third, ("cid", 3, None, "d2")]

        world.arrive(4, ("cid", "d2", 30))
        assert run(engine) is Status.SEALED  # behind a compaction over files with and without the column
        epochs = engine.adapters.store.epochs(engine.lane_id, limit=9)
        assert [e.kind for e in epochs[:2]] == [Kind.EVENTS, Kind.COMPACTION]
        fourth = ("cid", 33, 30, "d2")
        assert world.rows(log) == sorted([*was, third, fourth], key=str)
        Clones(engine).make(by_hand(), latest, f"{latest}_then", epoch=2)
        assert world.rows(f"{latest}_then") == [("ann", 11, None, "d1"), ("bob", 2, None, "d1"), ("cid", 3, None, "d2")]
        assert wrong(engine) == []

        lanes, fork_run = Lanes(engine), by_hand()
        assert len(list(lanes.replay(fork_run, "fix", since=1))) == 4
        compared = lanes.compare(lanes.find("fix"))
        assert sum(c.changed for c in compared if c.table == latest) == 1  # ann's; the others had the column
        assert lanes.promote(fork_run, "fix") is not None
        assert world.rows(latest) == [("ann", 11, 10, "d1"), third, fourth]
        first = [("ann", 1, 1, "d1"), ("ann", 11, 10, "d1"), ("bob", 2, 2, "d1"), ("cid", 3, 3, "d2")]
        assert world.rows(log) == sorted([*first, third, fourth], key=str)
        roll_back(engine, by_hand(), to_epoch=2)
        assert world.rows(log) == was
        assert run(engine) is Status.SEALED
        assert world.rows(latest) == [("ann", 11, None, "d1"), third, ("cid", 3, None, "d2")]
        assert wrong(engine) == []


def test_a_column_that_a_person_added(world: World) -> None:
    """Nothing needs to be declared then; but both tables must have it."""
    _, latest = world.tables
    definition = make.with_targets(world.define(NEW), world.define(NEW).targets[1])
    world.arrive(1, ("ann", "d1", 1), ("bob", "d1", 2))
    world.arrive(2, ("bob", "d1", 20))
    with world.open(make.with_targets(world.define(OLD), world.define(OLD).targets[1])) as engine:
        assert run(engine) is Status.SEALED
    execute(world.endpoints.hiveserver2, [f"ALTER TABLE {latest} ADD COLUMNS (last BIGINT)"])
    with world.open(definition) as engine:
        with pytest.raises(ConfigurationError, match=f"{latest}__staging does not fit .*: column last is missing"):
            run(engine, "second")
        execute(world.endpoints.hiveserver2, [f"ALTER TABLE {latest}__staging ADD COLUMNS (last BIGINT)"])
        assert run(engine, "second") is Status.SEALED
    assert world.rows(latest) == [("ann", 1, None, "d1"), ("bob", 22, 20, "d1")]


def test_tables_that_were_dropped_come_back_whole_with_the_next_epoch(world: World, endpoints: Endpoints) -> None:
    log, latest = world.tables
    definition = world.define(OLD)
    stagings = [staging(t) for t in definition.targets]
    for number in (1, 2, 3):
        world.arrive(number, ("ann", f"d{number}", number))
    all_rows = [("ann", 1, "d1"), ("ann", 2, "d2"), ("ann", 3, "d3")]
    with world.open(definition) as engine:
        assert [run(engine), run(engine)] == [Status.SEALED] * 2
    world.drop(log, latest, *stagings)
    kept = sorted(n.partition(".")[2] for n in (log, latest, *stagings))

    wider = world.define(pa.schema({**{f.name: f.type for f in OLD}, "k": pa.int64()}))
    with world.open(wider) as engine, pytest.raises(ConfigurationError, match=f"{log} does not fit .*k is string, not"):
        run(engine, "third")
    assert world.names() == []

    with Proxy.to(endpoints.metastore) as proxy, world.open(definition, metastore=proxy.url) as engine:
        proxy.lose_request("add_partitions")
        with pytest.raises(OutcomeUnknownError):
            run(engine, "third")
        assert world.names() == []  # no part of a table
    with Proxy.to(endpoints.metastore) as proxy, world.open(definition, metastore=proxy.url) as engine:
        changes = tuple(TableChange(table, restored=2) for table in (log, latest))
        assert look_ahead(definition, engine.adapters, engine.lane_id).tables == changes
        seen: list[list[str]] = []
        proxy.before("add_partitions", lambda: seen.append(world.names()))
        assert run(engine, "third") is Status.SEALED
        assert not set(seen[0]) & set(kept)  # a reader finds no table before it is whole
        assert [text for text in world.said if "made again" in text] == [f"{world.name}: {c}" for c in changes]
        assert world.names() == kept
        assert world.rows(log, *OLD.names) == world.rows(latest, *OLD.names) == all_rows
        assert wrong(engine) == []

    world.arrive(4, ("ann", "d4", 4))
    with world.open(definition) as engine:
        engine.process(Run("fourth", "fourth"))  # and then the process dies
    world.drop(*stagings)
    with world.open(definition) as engine:
        assert run(engine, "fourth") is Status.SEALED
    all_rows.append(("ann", 4, "d4"))

    world.drop(latest)
    with world.open(definition) as engine:  # without waiting for an epoch
        engine.repair(by_hand())
        assert (world.rows(latest, *OLD.names), wrong(engine)) == (all_rows, [])


def test_a_dropped_table_whose_files_or_folders_are_others_is_not_made_again(world: World) -> None:
    log, latest = world.tables
    definition = world.define(OLD)
    world.arrive(1, ("ann", "d1", 1))
    with world.open(definition) as engine:
        assert run(engine) is Status.SEALED
        (head,) = engine.adapters.store.heads(latest).values()
    world.drop(latest, staging(definition.targets[1]))
    by_key = replace(definition.targets[1].table, partition_by=("k",))
    moved = world.define(OLD)
    moved = make.with_targets(moved, moved.targets[0], replace(moved.targets[1], table=by_key))
    says = f"{latest} .*its partition columns are not k"
    with world.open(moved) as engine, pytest.raises(ConfigurationError, match=says):
        look_ahead(moved, engine.adapters, engine.lane_id)
    for file in FsStorage().sizes(head.location):
        FsStorage().delete(file)
    says = f"{latest} was dropped from Hive, and .* cannot be read"
    with world.open(definition) as engine, pytest.raises(ConfigurationError, match=says):
        look_ahead(definition, engine.adapters, engine.lane_id)
    assert latest.partition(".")[2] not in world.names()
    assert len(world.rows(log, *OLD.names)) == 1
