"""Goal: while tidegate is upgraded, old and new workers work on one checkpoint, before and after it is migrated."""

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crash import attempt, previous
from crash.lab import Lab, wait_for
from faults.leases import run_out
from tidegate.adapters.checkpoint import migrate
from tidegate.adapters.checkpoint.revisions import OLDEST
from tidegate.protocol.formats import WRITER

pytestmark = pytest.mark.services


@pytest.fixture
def older(lab: Lab) -> Lab:
    """Its checkpoint is at the revision before the newest, in a schema of its own."""
    with psycopg.connect(lab.endpoints.checkpoint, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {lab.name}".encode())
    checkpoint = f"{lab.endpoints.checkpoint}?options=-csearch_path%3D{lab.name}"
    lab.endpoints = replace(lab.endpoints, checkpoint=checkpoint)
    migrate(checkpoint, to=OLDEST)
    return lab


def asked(lab: Lab, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(lab.endpoints.checkpoint) as connection:
        return connection.execute(query.encode()).fetchall()


def test_old_and_new_workers_meet(older: Lab, tmp_path: Path) -> None:
    """Workers are changed one after the other; the checkpoint is migrated when it suits, under an old one at work."""
    old, new = previous.main, attempt.main
    older.arrive(1)
    older.finish(old, "run-1")
    older.arrive(2)
    older.kill(old, "run-2", at="staged", epoch=2)
    older.finish(new, "run-2")  # rolls forward what the old one staged
    older.arrive(3)
    older.kill(new, "run-3", at="processed", epoch=4)  # epoch 3 joined partitions of the first two
    older.finish(old, "run-3")  # computes again what the new one planned
    assert asked(older, "SELECT version_num FROM tidegate_revision") == [(OLDEST,)]

    older.arrive(4)
    frozen = tmp_path / "frozen"
    sleeper = older.fork(old, "run-4", "planned", str(frozen))
    wait_for(frozen.exists, sleeper)
    migrate(older.endpoints.checkpoint)
    sleeper.send_signal(signal.SIGCONT)
    said, _ = sleeper.communicate()
    assert sleeper.returncode == 0, said

    older.arrive(5)
    older.kill(new, "run-5", at="swapped", epoch=7)  # epoch 6 joined partitions too
    older.finish(old, "run-5")
    older.arrive(6)
    older.kill(old, "run-6", at="planned", epoch=8)
    run_out(older.endpoints.checkpoint, older.name)
    older.finish(new, "scheduled")
    older.audit()

    found = asked(
        older, "SELECT epoch, kind, planned_by, staged_by FROM epoch_history WHERE status = 'SEALED' ORDER BY 1"
    )
    assert [(planned, staged) for _, kind, planned, staged in found if kind == "EVENTS"] == [
        (None, previous.WRITER),
        (None, previous.WRITER),
        (None, previous.WRITER),
        (None, previous.WRITER),
        (WRITER, WRITER),
        (previous.WRITER, WRITER),
    ]
