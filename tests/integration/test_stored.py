"""Goal: a pipeline whose checkpoint and files were written by any earlier format goes on as if nothing had happened."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from golden import story
from golden.stored import FORMATS, moved, root
from golden.write import rows
from tidegate.adapters.checkpoint import migrate
from tidegate.engine.clones import Clones
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import verify
from tidegate.protocol.model import Run, Status
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


@pytest.fixture(params=FORMATS, ids=lambda f: f.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def there(endpoints: Endpoints, tmp_path: Path, folder: Path) -> Iterator[Endpoints]:
    """Its checkpoint and its files, in a database and a folder of their own; Hive knows no table of it yet."""
    server, _, _ = endpoints.checkpoint.rpartition("/")
    with psycopg.connect(endpoints.checkpoint, autocommit=True) as connection:
        connection.execute(b"CREATE DATABASE stored")
    checkpoint = f"{server}/stored"
    with psycopg.connect(checkpoint, autocommit=True) as connection:
        connection.execute(moved(folder, tmp_path).encode())
    yield replace(endpoints, checkpoint=checkpoint, warehouse=f"file://{tmp_path}/warehouse")
    with psycopg.connect(endpoints.checkpoint, autocommit=True) as connection:
        connection.execute(b"DROP DATABASE stored WITH (FORCE)")


def test_it_goes_on(there: Endpoints, tmp_path: Path, folder: Path) -> None:
    """What was staged is published; then state, tables, clones and offsets are those that were written."""
    definition = story.definition(tmp_path / "in")
    with coordinator(definition, there, progress=print) as engine:
        engine.run(Run("run-4", "o"))
        Clones(engine).make(Run("clone", "o"), f"g.{story.NAME}_log", story.CLONE, epoch=2)
        found = rows(there)
        seen = json.dumps(found, indent=1, default=str).replace(str(tmp_path), root(folder))
        assert seen + "\n" == (folder / "expected.json").read_text()
        assert verify(definition, engine.adapters, progress=print, checksums=True) == []

        migrate(there.checkpoint)
        story.arrive(tmp_path / "in", 5)
        report = engine.run(Run("run-5", "o"))
        assert report is not None
        assert report.epoch.status is Status.SEALED
        log = f"g.{story.NAME}_log"
        new = sorted(row for row in rows(there)[log] if row not in found[log] and row[0] in range(50, 60))
        assert [row[:3] for row in new] == [[50, "k0", 9], [51, "k1", 9], [52, "k0", 10], [53, "k1", 10]]
        assert verify(definition, engine.adapters, progress=print, checksums=True) == []
        assert roll_back(engine, Run("back", "o"), to_epoch=2).epoch.status is Status.SEALED
        assert verify(definition, engine.adapters, progress=print, checksums=True) == []
