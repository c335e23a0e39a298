"""Goal: a lost answer is told as what it is, a write may be repeated, and a broken connection is replaced."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

import builders as make
from contract.story import COUNTS, LANE, RUN, Sql, Story, contents, together
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.errors import (
    InvariantViolationError,
    OutcomeUnknownError,
    UnavailableError,
)
from tidegate.protocol.model import Epoch, ManifestRef, Status

if TYPE_CHECKING:
    from contract.conftest import Wire


def test_every_write_may_be_repeated(story: Story) -> None:
    """A caller whose answer was lost says the same again and gets the row as it is (I6)."""
    lease = story.lease()
    found = [make.slice_()]
    plan = {"run": RUN, "fingerprint": "f", "offsets": make.span(0, 1), "discovered": found}
    epoch = story.store.plan(lease, **plan)  # type: ignore[arg-type]
    assert story.store.plan(lease, **plan) == epoch  # type: ignore[arg-type]
    staged = story.stage(lease, epoch)
    assert story.stage(lease, epoch) == staged
    published = story.publish(lease, staged)
    assert story.publish(lease, staged) == published
    assert story.stage(lease, epoch) == published
    sealed = story.seal(lease, published)
    assert story.seal(lease, published) == sealed
    other = ManifestRef("file:///other", "0" * 64)
    with pytest.raises(InvariantViolationError, match=r"orders epoch 1: attempt .* staged .*file:///other"):
        story.store.stage(lease, epoch, manifest=other, data=b"", watermark_ms=7, counts=COUNTS)


@pytest.fixture
def far(wire: "Wire", checkpoint_url: str) -> Iterator[PostgresCheckpointStore]:
    """The store behind a wire that can be cut."""
    database = psycopg.conninfo.conninfo_to_dict(checkpoint_url)["dbname"]
    with closing(PostgresCheckpointStore(f"postgresql://postgres@127.0.0.1:{wire.port}/{database}")) as opened:
        yield opened


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("reached", [Status.PLANNED, Status.STAGED, Status.PUBLISHED, Status.SEALED])
def test_a_commit_without_an_answer_is_unknown(
    story: Story, far: PostgresCheckpointStore, wire: "Wire", reached: Status, cut: Any
) -> None:
    """The same connection is cut with and without effect; either way a repeat ends in the same row (I6)."""
    remote = Story(far)
    lease = remote.lease()
    order = [Status.PLANNED, Status.STAGED, Status.PUBLISHED]
    if reached is Status.PLANNED:
        found = [make.slice_()]
        step: Callable[[], Epoch] = lambda: far.plan(  # noqa: E731
            lease, run=RUN, fingerprint="f", offsets=make.span(0, 1), discovered=found
        )
    else:
        epoch = remote.at(lease, order[order.index(reached) - 1] if reached in order else Status.PUBLISHED)
        step = {
            Status.STAGED: lambda: remote.stage(lease, epoch),
            Status.PUBLISHED: lambda: remote.publish(lease, epoch),
            Status.SEALED: lambda: remote.seal(lease, epoch),
        }[reached]
    wire.cut = cut
    with pytest.raises(OutcomeUnknownError, match=r"orders.* lost during COMMIT.* Delete nothing"):
        step()
    assert wire.cuts == 1
    newest = story.store.epochs(LANE, limit=1)
    assert (bool(newest) and newest[0].status is reached) is (cut == "after")
    done = step()
    assert done.status is reached
    assert story.store.epochs(LANE, limit=9) == [done]
    assert len(story.store.heads("db.orders")) == (reached in (Status.PUBLISHED, Status.SEALED))


def test_a_read_whose_end_is_lost_is_only_unavailable(story: Story, far: PostgresCheckpointStore, wire: "Wire") -> None:
    """Nothing can have changed."""
    assert far.tail("orders", make.SOURCE) is None
    wire.cut = "after"
    with pytest.raises(UnavailableError):
        far.tail("orders", make.SOURCE)
    assert wire.cuts == 1
    assert far.tail("orders", make.SOURCE) is None


def kill_backends(sql: Sql) -> int:
    row = sql.execute(
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 10000)) FROM pg_stat_activity "
        "WHERE application_name LIKE 'tidegate %' AND datname = current_database()"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_connection_that_died_idle_is_replaced(story: Story, sql: Sql) -> None:
    """Spark works for minutes; a firewall or a restart may end the idle connection meanwhile."""
    lease = story.lease()
    epoch = story.plan(lease)
    assert kill_backends(sql) == 1
    assert story.stage(lease, epoch).status is Status.STAGED


def test_a_connection_lost_before_commit_changed_nothing(story: Story, sql: Sql, checkpoint_url: str) -> None:
    """It is killed while it waits for the lane's row."""
    lease = story.lease()
    epoch = story.plan(lease)
    before = contents(sql)
    with psycopg.connect(checkpoint_url) as blocker:
        blocker.execute("SELECT * FROM lanes FOR UPDATE")

        def kill() -> None:
            waiting = (
                "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'tidegate %' AND wait_event_type = 'Lock'"
            )
            while not sql.execute(waiting.encode()).fetchone():
                sql.execute("SELECT pg_sleep(0.01)")
            kill_backends(sql)

        staged, _ = together(lambda: story.stage(lease, epoch), kill)
        blocker.rollback()
    assert isinstance(staged, UnavailableError)
    assert "orders epoch 1: stage" in str(staged)
    assert contents(sql) == before
    story.stage(lease, epoch)


def test_one_store_serves_several_threads(story: Story) -> None:
    """The processor looks heads up while the engine works: transactions do not mix."""
    story.sealed(story.lease())
    results = together(*[lambda: [len(story.store.heads("db.orders")) for _ in range(20)]] * 4)
    assert results == [[1] * 20] * 4
