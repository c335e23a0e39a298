"""Goal: the checkpoint of every format ever written is worked on as it is, and brought to the newest revision."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from golden import story
from golden.stored import BEFORE, FORMATS, statements
from tidegate.adapters.checkpoint import PostgresCheckpointStore, migrate
from tidegate.adapters.checkpoint.revisions import REVISION
from tidegate.errors import FormatError
from tidegate.protocol.model import Kind, LaneId, Run, Status

MAIN = LaneId(story.NAME)


def restored(url: str, folder: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements(folder).encode())


def everything(url: str) -> list[Any]:
    """All that the store can tell."""
    with closing(PostgresCheckpointStore(url)) as store:
        lanes = [MAIN, *(f.lane for f in store.forks(story.NAME))]
        epochs = [e for lane in lanes for e in store.epochs(lane, limit=99)]
        return [
            store.pipelines(),
            store.forks(story.NAME),
            epochs,
            [store.kept_manifest(e) for e in epochs],
            store.heads_of_pipeline(story.NAME),
            [store.placed(t.name) for t in story.definition(Path("/in")).all_targets],
            store.clones(story.NAME),
            [store.slices(story.NAME, uid, taken) for e in epochs for uid, taken in e.offsets.items()],
            store.unfinished(MAIN),
        ]


@pytest.mark.parametrize("folder", FORMATS, ids=lambda f: f.name)
def test_a_stored_checkpoint_is_read_and_migrated(empty_url: str, folder: Path) -> None:
    restored(empty_url, folder)
    before = everything(empty_url)
    assert {e.kind for e in before[2]} == set(Kind)
    assert (before[-1].status, before[-1].lane) == (Status.STAGED, MAIN)
    assert all(e.counts for e in before[2])
    migrate(empty_url)
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT version_num FROM tidegate_revision").fetchall() == [(REVISION,)]
        planned = connection.execute("SELECT DISTINCT planned_by FROM epoch_history").fetchall()
        assert planned == [(None,)]
    assert everything(empty_url) == before


@pytest.mark.parametrize("migrated", [False, True])
@pytest.mark.parametrize("folder", FORMATS, ids=lambda f: f.name)
def test_a_stored_checkpoint_goes_on(empty_url: str, folder: Path, migrated: bool) -> None:
    """The epoch that was left staged is sealed, and another one planned."""
    restored(empty_url, folder)
    if migrated:
        migrate(empty_url)
    with closing(PostgresCheckpointStore(empty_url)) as store:
        lease = store.acquire(MAIN, "o", ttl_s=30)
        staged = store.unfinished(MAIN)
        assert staged is not None
        adopted = store.adopt(lease, staged)
        sealed = store.seal(lease, store.publish(lease, adopted, heads=()))
        planned = store.plan(
            lease,
            run=Run("next", "o"),
            fingerprint="f",
            offsets={uid: replace(taken, start=taken.stop) for uid, taken in sealed.offsets.items()},
            discovered=(),
        )
        assert (planned.epoch, planned.parent) == (sealed.epoch + 1, sealed.manifest)


def test_a_checkpoint_from_before_the_first_format_is_refused(empty_url: str) -> None:
    restored(empty_url, BEFORE)
    with closing(PostgresCheckpointStore(empty_url)) as store, pytest.raises(FormatError, match="no release wrote it"):
        store.unfinished(MAIN)
    with pytest.raises(FormatError, match=r"no release wrote it.*begin anew, with an empty checkpoint database"):
        migrate(empty_url)
