"""Goal: a damaged file stops what would read it, by name; it never becomes the truth, and a stated way leads on."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq
import pytest

from faults.damage import cut_off, flipped, removed
from pipelines import totals
from pipelines.world import World, local
from tidegate.engine.replay import replay
from tidegate.engine.rollback import roll_back
from tidegate.errors import DataDamagedError
from tidegate.ports import Change
from tidegate.protocol.model import Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


@pytest.fixture
def world(tmp_path: Path, endpoints: Endpoints) -> Iterator[World]:
    definition = totals.pipeline(f"damaged_{uuid4().hex[:6]}", tmp_path / "in", compact_at=4, pause_after=None)
    with coordinator(definition, endpoints, progress=print) as engine:
        yield World(tmp_path / "in", endpoints, definition, engine)


@contextmanager
def damaged(path: Path, damage: Callable[[Path], object]) -> Iterator[None]:
    """A file, or a folder, that is put back afterwards."""
    kept = path.with_name(f".{path.name}.kept")
    (shutil.copytree if path.is_dir() else shutil.copy2)(path, kept)
    damage(path)
    yield
    if path.is_file():
        path.unlink()
    kept.rename(path)


def half_the_rows(path: Path) -> None:
    """Valid Parquet, as of somebody who mended something."""
    rows = pq.ParquetFile(path).read()
    pq.write_table(rows.slice(0, rows.num_rows // 2), path)


def test_no_damage_becomes_the_truth(world: World) -> None:
    """D1 to D3: the epoch stops each time with nothing published, `verify` names the file; put back, it is finished."""
    world.run(2)
    first = {run.bucket: local(run.path) for run in world.manifest.state}
    world.run()
    upserted = local(world.partitions("_latest")[0].files[0].path)
    run = max(world.manifest.state, key=lambda r: r.rows)
    last = world.last.manifest
    assert last is not None
    world.arrive()
    heads = [world.engine.adapters.store.heads(t.name) for t in world.definition.targets]
    for path, damage in (
        (upserted, removed),
        (upserted, half_the_rows),
        (upserted, flipped),
        (upserted.parent, shutil.rmtree),
        (local(run.path), removed),
        (local(run.path), cut_off),
        (local(run.path), flipped),
        (local(run.path), lambda path: shutil.copy2(first[run.bucket], path)),
        (local(last.uri), removed),
        (local(last.uri), cut_off),
    ):
        with damaged(path, damage):
            with pytest.raises(DataDamagedError, match=rf"{re.escape(str(path))}.*tidegate rollback"):
                world.again()
            assert heads == [world.engine.adapters.store.heads(t.name) for t in world.definition.targets]
            assert any(str(path) in finding for finding in world.wrong())
    shutil.copy2(upserted, upserted.with_name("copy.parquet"))
    assert any("copy.parquet is not in the manifest" in finding for finding in world.wrong())
    world.again()  # a new folder takes that one's place, and what is not in the manifest is not read
    assert world.is_right()
    assert world.wrong() == []


def test_what_is_compacted_compared_or_computed_again_is_looked_at(world: World) -> None:
    world.run(4)
    logged = local(world.partitions("_log")[0].files[0].path)
    upserted = world.partitions("_latest")[0]
    assert upserted.previous is not None
    (earlier,) = local(upserted.previous.location).glob("*.parquet")
    change = Change(world.definition.targets[1], upserted.values, upserted, None)
    adapters = world.engine.adapters
    world.arrive()
    for path, work in (
        (logged, world.again),  # four partitions are joined first
        (earlier, lambda: replay(world.definition, adapters, world.engine.root, 4, progress=print)),
        (local(upserted.files[0].path), lambda: adapters.processor.compare([change])),
    ):
        for damage in (removed, flipped):
            with damaged(path, damage), pytest.raises(DataDamagedError, match=re.escape(str(path))):
                work()
    world.again()
    assert world.is_right()
    assert world.wrong() == []


def test_a_rollback_leads_on_without_the_file(world: World) -> None:
    """The way that the message names: to before the epoch that wrote the file; its input comes again."""
    world.run(3)
    run = max(world.manifest.state, key=lambda r: r.rows)
    removed(local(run.path))
    removed(local(world.partitions("_latest")[0].files[0].path))
    world.arrive()
    with pytest.raises(DataDamagedError, match="to before the epoch that wrote it"):
        world.again()
    found = re.search(r"/epoch=(\d+)/", run.path)
    assert found is not None
    written = int(found[1])
    roll_back(world.engine, Run("back", "test"), to_epoch=written - 1)
    for _ in range(2):
        world.engine.run(Run(f"on-{uuid4()}", "test"))
    assert world.is_right()
    assert world.wrong() == []
