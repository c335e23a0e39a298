"""Goal: epochs follow each other without a gap, and each step is taken as the protocol says."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

import builders as make
from contract.story import COUNTS, LANE, RUN, Kept, Sql, Story, head, manifest
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.errors import (
    ConfigurationError,
    FencedError,
    InvariantViolationError,
)
from tidegate.ports import CheckpointStore
from tidegate.protocol.model import Compaction, Epoch, LaneId, Lease, Offsets, Rollback, Run, Status, Word
from tidegate.protocol.recovery import reprocesses
from tidegate.protocol.transitions import Event, Standing, Verdict, apply
from tidegate.testing.checkpoint import MemoryCheckpointStore
from tidegate.testing.checkpoint.rows import Lane, Rows

if TYPE_CHECKING:
    from database import Postgres


# -- the ordinary way -------------------------------------------------------------------------------------------------


def test_two_epochs_follow_each_other(story: Story) -> None:
    """Each epoch starts where the last sealed one ended: offsets, parent and watermark (I1)."""
    lease = story.lease()
    planned = story.plan(lease)
    assert planned == make.epoch(
        1,
        Status.PLANNED,
        lane=LANE,
        fence=lease.fence,
        run=RUN,
        offsets=make.span(0, 2),
        planned_ms=planned.planned_ms,
    )
    assert story.store.unfinished(LANE) == story.store.of_run(LANE, "run-1") == planned
    staged = story.stage(lease, planned)
    assert (staged.manifest, staged.counts, staged.watermark_out_ms) == (manifest(planned), COUNTS, 7)
    published = story.publish(lease, staged)
    first = story.seal(lease, published)
    times = [first.planned_ms, first.staged_ms, first.published_ms, first.sealed_ms]
    assert all(times)
    assert times == sorted(times, key=lambda ms: ms or 0)
    assert story.store.unfinished(LANE) is None
    assert story.store.last_sealed(LANE) == first
    second = story.plan(lease, files=1, run=replace(RUN, key="run-2"))
    assert (second.epoch, second.offsets, second.parent) == (2, make.span(2, 3), manifest(planned))
    assert second.watermark_in_ms == 7
    assert story.store.epochs(LANE, limit=10) == [second, first]
    assert story.store.epochs(LANE, limit=1) == [second]
    assert story.store.of_run(LANE, "run-1") == first
    assert story.store.of_run(LANE, "run-9") is None


def test_discovered_slices_beyond_the_range_wait(story: Story) -> None:
    """The ledger keeps the order of discovery, and an epoch may take less than was found."""
    lease = story.lease()
    found = [make.slice_(i, size=i, modified_ns=2**60 + i) for i in range(5)]
    story.store.plan(lease, run=RUN, fingerprint="f", offsets=make.span(0, 2), discovered=found)
    assert story.store.tail("orders", make.SOURCE) == found[4]
    assert story.store.slices("orders", make.SOURCE, make.positions(1, 4)) == found[1:4]
    assert story.store.known("orders", make.SOURCE, ["/in/4", "/in/5"]) == {"/in/4"}
    assert story.store.known("orders", make.SOURCE, []) == set()
    assert story.store.known("others", make.SOURCE, ["/in/4"]) == set()
    assert story.store.tail("others", make.SOURCE) is None


def test_many_slices_in_one_call(story: Story) -> None:
    """Bulk calls take thousands of slices."""
    found = make.slices(5_000)
    story.store.plan(story.lease(), run=RUN, fingerprint="f", offsets=make.span(0, 5_000), discovered=found)
    assert len(story.store.known("orders", make.SOURCE, [f"/in/{i}" for i in range(2_500, 9_000)])) == 2_500
    assert story.store.slices("orders", make.SOURCE, make.positions(0, 5_000)) == found


def test_an_abandoned_epoch_is_planned_again_as_its_next_generation(story: Story) -> None:
    """Its range is never skipped (I1)."""
    lease = story.lease()
    story.store.abandon(lease, story.plan(lease), Word("me", "why"))
    again = story.store.plan(lease, run=RUN, fingerprint="f", offsets=make.span(0, 2), discovered=[])
    assert (again.epoch, again.generation, again.offsets) == (1, 2, make.span(0, 2))


def test_a_plan_may_start_from_an_earlier_epoch(story: Story) -> None:
    """A rollback takes offsets, parent and watermark from the epoch that it restores, or from nothing at all."""
    lease = story.lease()
    first, second = story.sealed(lease), story.sealed(lease)

    def back(to: int, start: int) -> Epoch:
        offsets = make.span(start)
        return story.store.plan(lease, run=RUN, fingerprint="f", offsets=offsets, discovered=[], purpose=Rollback(to))

    with pytest.raises(InvariantViolationError, match=r"\(1\) ends at 2"):
        back(1, make.stop(second))
    with pytest.raises(InvariantViolationError, match="no sealed epoch 3 to go back to"):
        back(3, 4)
    planned = back(1, make.stop(first))
    assert (planned.epoch, planned.purpose) == (3, Rollback(1))
    assert (planned.parent, planned.watermark_in_ms) == (first.manifest, first.watermark_out_ms)
    assert story.store.abandon(lease, planned, Word("me", "why")).status is Status.ABANDONED
    nothing = back(0, 0)
    assert (nothing.epoch, nothing.generation, nothing.parent, nothing.watermark_in_ms) == (3, 2, None, None)


# -- the protocol's verdicts ------------------------------------------------------------------------------------------


def put(sql: Sql, epoch: Epoch, *, lane_fence: int) -> None:
    """Write a row as it may stand in the table, past the store."""
    moments = {s: s in (Status.STAGED, Status.PUBLISHED, Status.SEALED) for s in Status}
    sql.execute("INSERT INTO lanes VALUES (%s, %s, %s)", (epoch.lane.pipeline, epoch.lane.lane, lane_fence))
    ref = manifest(epoch) if moments[epoch.status] else None
    sql.execute(
        """
        INSERT INTO epochs (pipeline, lane, epoch, generation, status, fence, kind, fingerprint, run_key, run_owner,
            run_clear_number, manifest_uri, manifest_sha256, counts,
            planned_at, staged_at, published_at, sealed_at, abandoned_at, abandoned_by, abandoned_why)
        VALUES (%s, %s, 1, 1, %s, %s, 'EVENTS', 'f', 'r', 'o', 0, %s, %s, '{"format": 1}',
            now(), now(), now(), %s, %s, %s, %s)
        """,
        (
            epoch.lane.pipeline,
            epoch.lane.lane,
            epoch.status,
            epoch.fence,
            ref.uri if ref else None,
            ref.sha256 if ref else None,
            "2026-01-01Z" if epoch.status is Status.SEALED else None,
            *(("2026-01-01Z", "me", "why") if epoch.status is Status.ABANDONED else (None, None, None)),
        ),
    )
    sql.execute(
        "INSERT INTO epoch_offsets VALUES (%s, %s, 1, 1, 'source', 0, 1)", (epoch.lane.pipeline, epoch.lane.lane)
    )


def put_in_memory(rows: Rows, epoch: Epoch, *, lane_fence: int) -> None:
    """The same row."""
    rows.lanes[epoch.lane] = Lane(lane_fence)
    ref = manifest(epoch) if epoch.status in (Status.STAGED, Status.PUBLISHED, Status.SEALED) else None
    rows.epochs[epoch.lane, 1, 1] = replace(epoch, manifest=ref)


ERRORS = {Verdict.FENCED: FencedError, Verdict.ILLEGAL: InvariantViolationError}


@pytest.fixture(scope="module", params=["postgres", "memory"])
def shared(request: pytest.FixtureRequest) -> Iterator[tuple[CheckpointStore, Callable[..., None]]]:
    """One store for the many cases of the table, each on a lane of its own, and a way past it to write a row."""
    if request.param == "memory":
        memory = MemoryCheckpointStore()
        yield memory, partial(put_in_memory, memory.rows)
        return
    migrated: Postgres = request.getfixturevalue("migrated")
    with (
        migrated.database(template="migrated") as url,
        closing(PostgresCheckpointStore(url)) as opened,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        yield opened, partial(put, connection)


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("row_fence", [4, 5])
@pytest.mark.parametrize("fence", [5, 3])
def test_verdicts_are_the_protocols(
    shared: tuple[PostgresCheckpointStore, Callable[..., None]],
    status: Status,
    event: Event,
    row_fence: int,
    fence: int,
) -> None:
    """For each state, event and fence the store does what `transitions.apply` says; a refusal changes nothing."""
    store, write = shared
    lane = LaneId("orders", f"{status}-{event}-{row_fence}-{fence}")
    story = Story(store, lane)
    lane_fence = 5  # the newest lease; 3 is a superseded one
    epoch = make.epoch(1, status, lane=lane, fence=row_fence, run=RUN, offsets=make.span(0, 1))
    write(epoch, lane_fence=lane_fence)
    lease = Lease(lane, "o", fence)
    steps: dict[Event, Callable[[], Epoch]] = {
        Event.ATTEMPT_ADOPTED: lambda: story.store.adopt(lease, epoch),
        Event.FILES_STAGED: lambda: story.stage(lease, epoch),
        Event.PARTITIONS_PUBLISHED: lambda: story.publish(lease, epoch),
        Event.EPOCH_SEALED: lambda: story.seal(lease, epoch),
        Event.EPOCH_ABANDONED: lambda: story.store.abandon(lease, epoch, Word("me", "why")),
    }
    before, heads = store.epochs(lane, limit=9), store.heads("db.orders")
    standing, verdict = apply(Standing(status, row_fence), event, fence=fence)
    if verdict in ERRORS:
        with pytest.raises(ERRORS[verdict], match="orders"):
            steps[event]()
        assert (store.epochs(lane, limit=9), store.heads("db.orders")) == (before, heads)
        return
    found = steps[event]()
    assert (found.status, found.fence) == (standing.status, standing.fence)
    assert store.epochs(lane, limit=9) == [found]
    assert (found == before[0]) is (verdict is Verdict.ALREADY)


def test_a_run_that_was_cleared_before_its_epoch_was_sealed_is_not_to_do_it_again(story: Story) -> None:
    """Its clear number is kept with the epoch; another run that finishes the epoch has its own."""
    epoch = story.plan(story.lease())
    cleared = story.store.adopt(story.lease(), epoch, clear_number=RUN.clear_number + 1)
    assert cleared.run.clear_number == RUN.clear_number + 1
    assert not reprocesses(replace(RUN, clear_number=RUN.clear_number + 1), replace(cleared, status=Status.SEALED))
    assert story.store.adopt(story.lease(), cleared).run == cleared.run


def test_adoption_counts_attempts_and_keeps_the_plan(story: Story) -> None:
    """A new attempt gets the same range and parent (I3)."""
    epoch = story.plan(story.lease())
    lease = story.lease()
    adopted = story.store.adopt(lease, epoch)
    assert adopted == replace(epoch, fence=lease.fence, attempts=2)


def test_the_database_itself_keeps_one_unfinished_epoch(story: Story, sql: Sql) -> None:
    """I1 holds whatever the code above believes."""
    story.plan(story.lease())
    columns = "pipeline, lane, fence, kind, fingerprint, run_key, run_owner, run_clear_number"
    copy = f"INSERT INTO epochs (epoch, generation, status, planned_at, {columns}) SELECT 9, 1, 'PLANNED', now(), "
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_unfinished_epoch_per_lane"):
        sql.execute(f"{copy} {columns} FROM epochs".encode())


@pytest.mark.parametrize(
    "columns",
    [
        "restores = 1",
        "promotes = 'x'",
        "keeps_state = true",
        "kind = 'COMPACTION', keeps_state = false",
        "kind = 'ROLLBACK'",
        "kind = 'ROLLBACK', restores = 1, promotes = 'x'",
        "kind = 'PROMOTION', restores = 1",
        "kind = 'PROMOTION', restores = 1, promotes = 'x'",
        "kind = 'PROMOTION', promotes = 'x', keeps_state = true",
    ],
)
def test_the_database_itself_keeps_a_purpose_whole(story: Story, sql: Sql, columns: str) -> None:
    story.plan(story.lease())
    with pytest.raises(psycopg.errors.CheckViolation, match="purpose_is_whole"):
        sql.execute(f"UPDATE epochs SET {columns}".encode())


def test_the_database_itself_lets_lanes_replay_events_only(story: Story, sql: Sql) -> None:
    story.plan(story.lease())
    sql.execute("INSERT INTO lanes (pipeline, lane, fence, forked_from) VALUES ('orders', 'fix', 1, 0)")
    with pytest.raises(psycopg.errors.CheckViolation, match="lanes_replay_events"):
        sql.execute("UPDATE epochs SET lane = 'fix', kind = 'COMPACTION'")


# -- plans that are refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offsets", "positions", "says"),
    [
        (make.span(1, 2), [2], "starts at 1 in the ledger .* ends at 2"),
        (make.span(3, 4), [2, 3], "starts at 3 in the ledger .* ends at 2"),
        (make.span(2, 4), [3, 4], "position 3 .*'source', but 2 is next"),
        (make.span(2, 3), [1], "position 1 .* 2 is next"),
        (make.span(2, 4), [2, 4], "position 4 .* 3 is next"),
        (make.span(2, 4), [2], "ends at position 4, but the ledger of source 'source' ends at 3"),
    ],
)
def test_a_plan_with_a_gap_or_an_overlap_is_refused(
    story: Story, kept: Kept, offsets: Offsets, positions: list[int], says: str
) -> None:
    """And leaves nothing behind, neither epoch nor slice (I1, I8)."""
    lease = story.lease()
    story.sealed(lease)
    before = kept()
    found = [make.slice_(p, f"/new/{p}") for p in positions]
    with pytest.raises(InvariantViolationError, match=f"orders: .*{says}"):
        story.store.plan(lease, run=RUN, fingerprint="f", offsets=offsets, discovered=found)
    assert kept() == before


def test_how_far_sealed_epochs_of_events_reach_in_intervals(story: Story) -> None:
    """A compaction has its run's interval and says nothing of input; a run may take what a cap left before its own."""
    assert story.store.interval_end(LANE) is None
    for number, (end, reached) in enumerate([(None, None), (0, 0), (7_000, 7_000), (5_000, 7_000)]):
        lease = story.lease()
        epoch = story.plan(lease, run=Run(f"r-{number}", "o", interval_end_ms=end))
        if number == 1:
            assert story.store.interval_end(LANE) is None  # not yet sealed
        story.seal(lease, story.publish(lease, story.stage(lease, epoch)))
        assert story.store.interval_end(LANE) == reached
    lease, at = story.lease(), make.span(make.stop(epoch))
    run = Run("r", "o", interval_end_ms=9_000)
    joining = story.store.plan(lease, run=run, fingerprint="f", offsets=at, discovered=[], purpose=Compaction())
    story.seal(lease, story.publish(lease, story.stage(lease, joining)))
    assert story.store.interval_end(LANE) == 7_000
    assert Story(story.store, LaneId("other")).store.interval_end(LaneId("other")) is None


def test_a_key_has_one_place_in_the_ledger(story: Story, kept: Kept) -> None:
    """Discovered twice, a slice would be processed twice (I1)."""
    lease = story.lease()
    story.sealed(lease)
    before = kept()
    again = [make.slice_(2, "/in/0.csv")]
    with pytest.raises(InvariantViolationError, match=r"orders: .*/in/0\.csv"):
        story.store.plan(lease, run=RUN, fingerprint="f", offsets=make.span(2, 3), discovered=again)
    assert kept() == before


@pytest.mark.usefixtures("of_postgres")
def test_a_key_that_is_not_text_is_named(story: Story) -> None:
    """A file name of stray bytes cannot be stored; the person renames it."""
    bad = [make.slice_(0, "/in/\udcff.csv")]
    with pytest.raises(ConfigurationError, match=r"orders: .*udcff"):
        story.store.plan(story.lease(), run=RUN, fingerprint="f", offsets=make.span(0, 1), discovered=bad)
    assert story.store.known("orders", make.SOURCE, ["/in/a.csv"]) == set()


def test_a_plan_is_refused_while_an_epoch_is_unfinished(story: Story) -> None:
    """Ranges are processed in order (I1)."""
    story.plan(story.lease())
    lease = story.lease()
    with pytest.raises(InvariantViolationError, match="orders epoch 1 of run run-1 is still PLANNED"):
        story.store.plan(lease, run=RUN, fingerprint="f", offsets=make.span(0, 2), discovered=[])


# -- what may have to be mended ---------------------------------------------------------------------------------------


def test_an_epoch_that_two_attempts_began_to_swap_is_suspect_for_an_hour(story: Story, sql: Sql) -> None:
    """The first may be asleep before its call; one that swaps alone leaves nothing to look after."""
    lease = story.lease()
    for attempts in (1, 2):
        epoch = story.stage(lease, story.plan(lease))
        for _ in range(attempts):
            lease = story.lease()
            epoch = story.store.adopt(lease, epoch)
            story.store.begin_swap(lease, epoch)
        assert story.store.suspects(LANE) == []
        story.seal(lease, story.publish(lease, epoch))
    assert [(e.epoch, e.publishers) for e in story.store.suspects(LANE)] == [(2, 2)]
    sql.execute("UPDATE epochs SET sealed_at = now() - interval '61 minutes'")
    assert story.store.suspects(LANE) == []


# -- clean-up ---------------------------------------------------------------------------------------------------------


def test_only_epochs_that_are_over_and_no_head_names_are_forgotten(story: Story) -> None:
    """Whatever the caller believes: an unfinished epoch and the files of a table cannot be forgotten."""
    lease = story.lease()
    for number in (1, 2):
        epoch = story.stage(lease, story.plan(lease))
        story.store.seal(lease, story.store.publish(lease, epoch, heads=[head(epoch, f"day-{number}")] * (number == 1)))
    story.plan(lease)
    story.store.forget(lease, epochs=[1, 2, 3], positions={})
    assert [(e.epoch, e.status) for e in story.store.epochs(LANE, limit=9)] == [
        (3, Status.PLANNED),
        (1, Status.SEALED),
    ]
