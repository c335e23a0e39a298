"""Goal: a clone shows a table as it was behind an epoch, from the same files, whatever becomes of the table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import psycopg
import pytest

from pipelines import totals
from tidegate import Definition, Retention
from tidegate.adapters.hive.server import connect, execute
from tidegate.engine.clones import Clones
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lanes import Lanes
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import verify
from tidegate.errors import ConfigurationError, DefinitionError
from tidegate.protocol.model import Clone, Kind, Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


@dataclass
class World:
    """One pipeline, and the rows of its tables behind each of its epochs."""

    folder: Path
    endpoints: Endpoints
    definition: Definition
    engine: Coordinator
    was: dict[int, dict[str, list[Any]]] = field(default_factory=dict)

    @property
    def tables(self) -> tuple[str, str]:
        log, latest = (t.name for t in self.definition.all_targets)
        return log, latest

    def run(self, *numbers: int) -> None:
        for number in numbers:
            totals.write(self.folder / "in", f"{number:03d}.json", totals.events(number))
            assert self.engine.run(Run(f"run-{number}-{uuid4()}", "run")) is not None
            self.remember()

    def remember(self) -> None:
        last = self.engine.adapters.store.last_sealed(self.engine.lane_id)
        assert last is not None
        self.was[last.epoch] = {table: self.rows(table) for table in self.tables}

    def rows(self, table: str) -> list[Any]:
        """What HiveServer2 answers, partition columns included."""
        connection = connect(self.endpoints.hiveserver2)
        try:
            cursor = connection.cursor()
            cursor.execute(f"SELECT * FROM {table}")
            return sorted(tuple(row) for row in cursor.fetchall())
        finally:
            connection.close()

    def clone(self, table: str, **as_of: int) -> Clone:
        """Under the table's own name with the epoch behind it."""
        name = f"c.{table.partition('.')[2]}_{'_'.join(str(v) for v in as_of.values()) or 'now'}"
        return Clones(self.engine).make(Run(str(uuid4()), "a person"), table, name, **as_of)

    def drop(self, table: str) -> None:
        Clones(self.engine).drop(Run(str(uuid4()), "a person"), table)

    def clean(self) -> int:
        return len(self.engine.clean(Run(str(uuid4()), "clean"), dry_run=False).files)

    def wrong(self) -> list[str]:
        found = verify(self.definition, self.engine.adapters, progress=lambda _: None, checksums=True)
        return [f"{f.subject}: {f.problem}" for f in found]

    def files(self) -> set[str]:
        """Every file of every attempt, by path."""
        root = Path(unquote(self.engine.root.removeprefix("file://"))) / self.definition.name
        return {str(path) for path in root.rglob("*") if path.is_file()}

    def recorded(self) -> dict[str, list[Any]]:
        with psycopg.connect(self.endpoints.checkpoint) as connection:
            return {
                table: connection.execute(
                    f"SELECT * FROM {table} WHERE pipeline = %s ORDER BY 1, 2, 3", (self.definition.name,)
                ).fetchall()
                for table in ("epochs", "table_heads", "clones")
            }


@pytest.fixture
def opened(tmp_path: Path, endpoints: Endpoints) -> Callable[..., Any]:
    name = f"cloned_{uuid4().hex[:8]}"

    @contextmanager
    def open_(change: Callable[[Definition], Definition] = lambda d: d, **retention: Any) -> Iterator[World]:
        kept = Retention(**retention)
        made = totals.pipeline(name, tmp_path / "in", compact_at=3, retention=kept, source={"max_files": 1})
        definition = change(made)
        with coordinator(definition, endpoints, progress=print) as engine:
            yield World(tmp_path, endpoints, definition, engine)

    return open_


def test_clones_are_what_the_tables_were_without_a_copy(opened: Any) -> None:
    """Of append and upsert tables, by epoch and by time, before and behind compactions."""
    with opened() as world:
        world.run(*range(1, 7))
        epochs = world.engine.adapters.store.epochs(world.engine.lane_id, limit=99)
        assert Kind.COMPACTION in {e.kind for e in epochs}
        before = world.files()
        made: dict[str, list[Any]] = {}
        for number in sorted(world.was):
            for table in world.tables:
                clone = world.clone(table, epoch=number)
                assert (clone.source, clone.epoch) == (table, number)
                made[clone.table] = world.rows(clone.table)
                assert made[clone.table] == world.was[number][table]
        assert all(path.endswith("/manifest.json") and "/clone=" in path for path in world.files() - before)

        (third,) = (e for e in epochs if e.epoch == 3)
        assert third.sealed_ms is not None
        by_time = world.clone(world.tables[0], at_ms=third.sealed_ms)
        assert (by_time.epoch, world.rows(by_time.table)) == (3, world.was[3][world.tables[0]])
        with pytest.raises(ConfigurationError, match="no epoch that is kept was sealed by then: the oldest is 1"):
            world.clone(world.tables[0], at_ms=1)
        newest = world.clone(world.tables[1])
        assert newest.epoch == max(world.was)

        world.run(7, 8)
        assert {name: world.rows(name) for name in made} == made
        assert world.clone(world.tables[1]) == newest  # asked again, it is what it was
        assert world.wrong() == []


def test_clones_outlive_retention_rollbacks_and_promotions(opened: Any) -> None:
    """Until they are dropped: then a clean-up deletes what nothing else leads to."""
    with opened(epochs=2, grace=timedelta(0)) as world:
        world.run(1, 2, 3)
        clones = {world.clone(table).table: world.rows(table) for table in world.tables}
        old = {p.location for name in clones for p in Clones(world.engine).partitions(_named(world, name))}
        world.run(*range(4, 10))
        world.clean()
        with pytest.raises(ConfigurationError, match="is not kept any more"):
            world.clone(world.tables[0], epoch=3)
        last = max(world.was)
        roll_back(world.engine, Run("back", "a person"), to_epoch=last - 1)
        world.clean()
        assert {name: world.rows(name) for name in clones} == clones
        assert world.wrong() == []
        folders = {Path(unquote(at.removeprefix("file://"))) for at in old}
        assert all(folder.is_dir() for folder in folders)

        table = world.rows(world.tables[1])
        for name in clones:
            world.drop(name)
        assert world.clean() > 0
        assert not any(folder.exists() for folder in folders)
        assert (world.rows(world.tables[1]), world.wrong()) == (table, [])
        with pytest.raises(ConfigurationError, match="has no clone"):
            world.drop(next(iter(clones)))


def test_a_promotion_leaves_a_clone_as_it_was(opened: Any) -> None:
    with opened() as world:
        world.run(1, 2, 3)
        clones = {world.clone(table, epoch=2).table: world.was[2][table] for table in world.tables}
    with opened(totals.changed, epochs=1, grace=timedelta(0)) as world:
        lanes, run = Lanes(world.engine), Run("fix", "a person")
        list(lanes.replay(run, "fix", since=1))
        assert lanes.promote(run, "fix") is not None
        world.clean()
        world.run(4)
        world.clean()
        assert {name: world.rows(name) for name in clones} == clones
        assert world.wrong() == []


def test_what_cannot_be_cloned_is_refused_before_any_change(opened: Any) -> None:
    with opened() as world:
        clones, person = Clones(world.engine), Run("refused", "a person")
        log, latest = world.tables
        with pytest.raises(ConfigurationError, match="has no sealed epoch to show"):
            clones.make(person, log, "c.none")
        world.run(1, 2)
        mine, taken = world.clone(log, epoch=1), f"c.taken_{uuid4().hex[:8]}"
        execute(world.endpoints.hiveserver2, [f"CREATE TABLE {taken} (a int) STORED AS PARQUET"])
        before = world.recorded(), world.files()
        for source, name, as_of, says in (
            ("t.nowhere", "c.x", {}, rf"'t.nowhere' is no table of .*, which has {log}, {latest}"),
            (log, latest, {}, "is a table of the pipeline itself"),
            (log, f"{latest}__staging", {}, "is there already, and is not the one wanted"),
            (log, taken, {}, rf"table {taken} is there already, and is not the one wanted: {taken}, a clone of {log}"),
            (log, mine.table, {"epoch": 2}, f"a clone of {log} as of epoch 1, is there already"),
            (latest, mine.table, {"epoch": 1}, f"a clone of {log} as of epoch 1, is there already"),
            (log, "c.x", {"epoch": 3}, "there is no sealed epoch 3: the last one is 2"),
            (log, "c.x", {"epoch": 0}, "has no sealed epoch to show"),
        ):
            with pytest.raises(ConfigurationError, match=says):
                clones.make(person, source, name, **as_of)
        for name in ("x", "c.x; DROP TABLE t", "c.`x`"):
            with pytest.raises(DefinitionError):
                clones.make(person, log, name)
        assert (world.recorded(), world.files()) == before
        assert world.rows(mine.table) == world.was[1][log]


def test_what_others_did_to_a_clone_is_seen_and_put_right(opened: Any) -> None:
    """A table that was dropped, or got other partitions, by hand; and one in the clone's place."""
    with opened() as world:
        world.run(1, 2)
        log, _ = world.tables
        mine = world.clone(log, epoch=2)
        for statement in (f"DROP TABLE {mine.table}", f"ALTER TABLE {mine.table} DROP PARTITION (epoch_id = 1)"):
            execute(world.endpoints.hiveserver2, [statement])
            assert world.wrong() == [f"{mine.table}: the metastore does not show {mine}: make it again, or drop it"]
            assert world.clone(log, epoch=2) == mine
            assert world.rows(mine.table) == world.was[2][log]
        statements = [f"DROP TABLE {mine.table}", f"CREATE TABLE {mine.table} (a int) STORED AS PARQUET"]
        execute(world.endpoints.hiveserver2, statements)
        assert [f for f in world.wrong() if "is there already, and is not the one wanted" in f]
        world.drop(mine.table)  # the table that is not ours stays
        assert world.rows(mine.table) == []
        assert world.wrong() == []


def _named(world: World, table: str) -> Clone:
    return next(c for c in Clones(world.engine).all() if c.table == table)
