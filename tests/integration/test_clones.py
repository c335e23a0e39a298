"""Goal: a clone shows a table as it was behind an epoch, from the same files, whatever becomes of the table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from pipelines import totals
from pipelines.world import World, local
from tidegate import Definition, HiveTable, Retention
from tidegate.adapters.hive.server import execute
from tidegate.api.settings import Target
from tidegate.engine.clones import Clones
from tidegate.engine.lanes import Lanes
from tidegate.engine.rollback import roll_back
from tidegate.errors import DefinitionError, RefusedError
from tidegate.protocol.model import Clone, Head, Kind, Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


@dataclass
class Cloned(World):
    """With the rows of its tables behind each of its epochs."""

    was: dict[int, dict[str, list[Any]]] = field(default_factory=dict)

    def again(self) -> None:
        super().again()
        self.was[self.last.epoch] = {table: self.rows(table) for table in self.tables}

    def clone(self, table: str, **as_of: int) -> Clone:
        """Under the table's own name with the epoch behind it."""
        name = f"c.{table.partition('.')[2]}_{'_'.join(str(v) for v in as_of.values()) or 'now'}"
        return Clones(self.engine).make(Run(str(uuid4()), "a person"), table, name, **as_of)

    def drop(self, table: str) -> None:
        Clones(self.engine).drop(Run(str(uuid4()), "a person"), table)

    def clean(self) -> int:
        return len(self.engine.clean(Run(str(uuid4()), "clean"), dry_run=False).files)

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
    def open_(change: Callable[[Definition], Definition] = lambda d: d, **retention: Any) -> Iterator[Cloned]:
        kept = Retention(**retention)
        made = totals.pipeline(name, tmp_path / "in", compact_at=3, retention=kept, source={"max_files": 1})
        definition = change(made)
        with coordinator(definition, endpoints, progress=print) as engine:
            yield Cloned(tmp_path / "in", endpoints, definition, engine)

    return open_


def test_clones_are_what_the_tables_were_without_a_copy(opened: Any) -> None:
    """Of append and upsert tables, by epoch and by time, before and behind compactions."""
    with opened() as world:
        world.run(6)
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
        with pytest.raises(RefusedError, match="no epoch that is kept was sealed by then: the oldest is 1"):
            world.clone(world.tables[0], at_ms=1)
        newest = world.clone(world.tables[1])
        assert newest.epoch == max(world.was)

        world.run(2)
        assert {name: world.rows(name) for name in made} == made
        assert world.clone(world.tables[1]) == newest  # asked again, it is what it was
        assert world.wrong() == []


def test_clones_outlive_retention_rollbacks_and_promotions(opened: Any) -> None:
    """Until they are dropped: then a clean-up deletes what nothing else leads to."""
    with opened(epochs=2, grace=timedelta(0)) as world:
        world.run(3)
        clones = {world.clone(table).table: world.rows(table) for table in world.tables}
        old = {p.location for name in clones for p in Clones(world.engine).partitions(_named(world, name))}
        world.run(6)
        world.clean()
        with pytest.raises(RefusedError, match="is not kept any more"):
            world.clone(world.tables[0], epoch=3)
        last = max(world.was)
        roll_back(world.engine, Run("back", "a person"), to_epoch=last - 1)
        world.clean()
        assert {name: world.rows(name) for name in clones} == clones
        assert world.wrong() == []
        folders = {local(at) for at in old}
        assert all(folder.is_dir() for folder in folders)

        table = world.rows(world.tables[1])
        for name in clones:
            world.drop(name)
        assert world.clean() > 0
        assert not any(folder.exists() for folder in folders)
        assert (world.rows(world.tables[1]), world.wrong()) == (table, [])
        with pytest.raises(RefusedError, match="has no clone"):
            world.drop(next(iter(clones)))


def test_a_promotion_leaves_a_clone_as_it_was(opened: Any) -> None:
    with opened() as world:
        world.run(3)
        clones = {world.clone(table, epoch=2).table: world.was[2][table] for table in world.tables}
    with opened(totals.changed, epochs=1, grace=timedelta(0)) as world:
        lanes, run = Lanes(world.engine), Run("fix", "a person")
        list(lanes.replay(run, "fix", since=1))
        assert lanes.promote(run, "fix") is not None
        world.clean()
        world.run()
        world.clean()
        assert {name: world.rows(name) for name in clones} == clones
        assert world.wrong() == []


def test_who_reads_several_tables_reads_a_snapshot(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An epoch is published table by table: at the worst moment the tables show two epochs, a snapshot never does."""
    with opened() as world:
        clones, sink, hive = Clones(world.engine), world.engine.adapters.sink, world.endpoints.hiveserver2
        database, own = f"s_{uuid4().hex[:8]}", [t.name for t in world.definition.all_targets]
        names = [f"{database}.{name.partition('.')[2]}" for name in own]
        of_one_epoch: dict[str, list[bool]] = {"tables": [], "snapshot": []}
        publish = sink.publish

        def look(target: Target, heads: Sequence[Head]) -> None:
            publish(target, heads)
            if target.name == own[0]:  # the first is swapped, the second not yet
                of_one_epoch["tables"].append(_of_one_epoch(*totals.read(hive, *own)))
                of_one_epoch["snapshot"].append(_of_one_epoch(*totals.read(hive, *names)))

        world.run(1)
        for number in (2, 3):
            made = clones.make_all(Run(str(uuid4()), "a person"), database)
            assert {c.table: c.source for c in made} == dict(zip(names, own, strict=True))
            assert {c.epoch for c in made} == {number - 1}
            monkeypatch.setattr(sink, "publish", look)
            world.run()
            monkeypatch.setattr(sink, "publish", publish)
            assert clones.make_all(Run(str(uuid4()), "a person"), database) == made  # asked again, it is what it was
            assert [world.rows(name) for name in names] == [world.was[number - 1][name] for name in own]
            assert _of_one_epoch(*totals.read(hive, *own))
            assert {c.table for c in clones.drop_all(Run(str(uuid4()), "a person"), database)} == set(names)
        assert of_one_epoch == {"tables": [False, False], "snapshot": [True, True]}
        assert clones.all() == []
        with pytest.raises(RefusedError, match=f"has no clone in database '{database}'"):
            clones.drop_all(Run("again", "a person"), database)


def test_a_snapshot_is_of_all_tables_or_of_none(opened: Any) -> None:
    """A name that is taken stops it before any change; one that was begun is finished as of its own epoch."""
    with opened() as world:
        clones, database = Clones(world.engine), f"s_{uuid4().hex[:8]}"
        world.run(1)
        taken = f"{database}.{world.tables[1].partition('.')[2]}"
        statements = [f"CREATE DATABASE {database}", f"CREATE TABLE {taken} (a int) STORED AS PARQUET"]
        execute(world.endpoints.hiveserver2, statements)
        before = world.recorded()
        with pytest.raises(RefusedError, match=f"table {taken} is there already"):
            clones.make_all(Run("first", "a person"), database)
        with pytest.raises(DefinitionError, match=r"database .* is not a valid identifier"):
            clones.make_all(Run("first", "a person"), "a.b")
        with pytest.raises(RefusedError, match="is a table of the pipeline itself"):
            clones.make_all(Run("first", "a person"), "t")
        assert world.recorded() == before
        execute(world.endpoints.hiveserver2, [f"DROP TABLE {taken}"])
        begun = clones.make(Run("second", "a person"), world.tables[0], taken.replace("_latest", "_log"))
        world.run(2)
        assert [c.epoch for c in clones.make_all(Run("third", "a person"), database)] == [1, 1]
        assert begun in clones.all()
        other = HiveTable(f"elsewhere.{world.tables[0].partition('.')[2]}")
        world.engine.definition = world.definition.sink(other)
        with pytest.raises(RefusedError, match="have the same name in different databases"):
            clones.make_all(Run("fourth", "a person"), f"{database}_2")


def test_what_cannot_be_cloned_is_refused_before_any_change(opened: Any) -> None:
    with opened() as world:
        clones, person = Clones(world.engine), Run("refused", "a person")
        log, latest = world.tables
        with pytest.raises(RefusedError, match="has no sealed epoch to show"):
            clones.make(person, log, "c.none")
        world.run(2)
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
            with pytest.raises(RefusedError, match=says):
                clones.make(person, source, name, **as_of)
        for name in ("x", "c.x; DROP TABLE t", "c.`x`"):
            with pytest.raises(DefinitionError):
                clones.make(person, log, name)
        assert (world.recorded(), world.files()) == before
        assert world.rows(mine.table) == world.was[1][log]


def test_what_others_did_to_a_clone_is_seen_and_put_right(opened: Any) -> None:
    """A table that was dropped, or got other partitions, by hand; and one in the clone's place."""
    with opened() as world:
        world.run(2)
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


def _of_one_epoch(log: list[Any], latest: list[Any]) -> bool:
    """True when the rows of the upsert table are the last ones of the log, for each key and day."""
    last = {(row[1], row[5]): row for row in log}  # ids grow
    return sorted(last.values()) == latest


def _named(world: Cloned, table: str) -> Clone:
    return next(c for c in Clones(world.engine).all() if c.table == table)
