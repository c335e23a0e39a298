"""What every checkpoint store promises, on a real PostgreSQL: order, fences, idempotence, and what failures mean."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

import builders as make
from contract.story import COUNTS, LANE, RUN, Sql, Story, contents, definition, head, manifest
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.errors import (
    ConfigurationError,
    FencedError,
    InvariantViolationError,
    LeaseHeldError,
    OutcomeUnknownError,
    StateIncompatibleError,
    TidegateError,
    UnavailableError,
)
from tidegate.protocol.model import Epoch, Kind, LaneId, Lease, ManifestRef, Offsets, Run, Status, Word
from tidegate.protocol.recovery import reprocesses
from tidegate.protocol.transitions import Event, Standing, Verdict, apply

if TYPE_CHECKING:
    from contract.conftest import Postgres, Wire


@pytest.fixture
def story(store: PostgresCheckpointStore) -> Story:
    return Story(store)


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions at the same moment in threads; their results or errors, in order."""
    barrier = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(i: int, action: Callable[[], Any]) -> None:
        barrier.wait(30)
        try:
            results[i] = action()
        except TidegateError as e:
            results[i] = e

    threads = [threading.Thread(target=run, args=(i, a)) for i, a in enumerate(actions)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    return results


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
        return story.store.plan(
            lease, run=RUN, fingerprint="f", offsets=offsets, discovered=[], kind=Kind.ROLLBACK, restores=to
        )

    with pytest.raises(InvariantViolationError, match=r"\(1\) ends at 2"):
        back(1, make.stop(second))
    with pytest.raises(InvariantViolationError, match="no sealed epoch 3 to go back to"):
        back(3, 4)
    planned = back(1, make.stop(first))
    assert (planned.epoch, planned.kind, planned.restores) == (3, Kind.ROLLBACK, 1)
    assert (planned.parent, planned.watermark_in_ms) == (first.manifest, first.watermark_out_ms)
    assert story.store.abandon(lease, planned, Word("me", "why")).status is Status.ABANDONED
    nothing = back(0, 0)
    assert (nothing.epoch, nothing.generation, nothing.parent, nothing.watermark_in_ms) == (3, 2, None, None)


# -- pipelines --------------------------------------------------------------------------------------------------------


def test_register_keeps_the_number_of_buckets(store: PostgresCheckpointStore) -> None:
    """State is kept by bucket: another number would look for keys in the wrong place."""
    store.register(definition())
    store.register(definition())
    with pytest.raises(StateIncompatibleError, match=r"orders: .* 4 buckets.* 8"):
        store.register(definition(buckets=8))
    assert [(p.name, p.buckets, p.fingerprint, p.lanes) for p in store.pipelines()] == [
        ("orders", 4, "code of orders", ())
    ]


def test_register_refuses_the_table_of_another_pipeline(story: Story) -> None:
    """Said before anything is computed."""
    story.sealed(story.lease())
    with pytest.raises(ConfigurationError, match=r"copies: table db\.orders belongs to pipeline orders"):
        story.store.register(definition("copies"))
    story.store.register(definition())


def test_pipelines_shows_where_each_lane_stands(story: Story) -> None:
    """Head, what is under way, and who holds the lane."""
    lease = story.lease()
    first = story.sealed(lease)
    second = story.plan(lease)
    Story(story.store, LaneId("billing"))
    billing, orders = story.store.pipelines()
    assert (billing.name, billing.lanes) == ("billing", ())
    (lane,) = orders.lanes
    assert (lane.lane, lane.head, lane.unfinished) == (LANE, first, second)
    assert (lane.fence, lane.lease_owner, lane.leased) == (lease.fence, RUN.owner, True)
    assert lane.lease_expires_ms is not None
    story.store.release(lease)
    (lane,) = story.store.pipelines()[1].lanes
    assert (lane.lease_owner, lane.lease_expires_ms, lane.leased) == (None, None, False)


# -- leases and fences ------------------------------------------------------------------------------------------------


def test_each_lease_has_a_larger_fence(story: Story) -> None:
    """Also after a release: a fence is never given out twice (I4)."""
    fences = []
    for owner in ("a", "a", "b", "a"):
        lease = story.lease(owner)
        fences.append(lease.fence)
        if owner == "b" or len(fences) == 2:
            story.store.release(lease)
    assert fences == sorted(set(fences))


def test_a_held_lane_names_its_holder(story: Story) -> None:
    """And says for how long."""
    story.lease("dag/other", ttl_s=60)
    with pytest.raises(LeaseHeldError, match=r"orders: dag/other .*(59|60)\.\d s"):
        story.lease("dag/mine")


def test_an_expired_lease_is_free_by_the_database_clock(story: Story, sql: Sql) -> None:
    """The waiter needs no clock of its own."""
    old = story.lease("dag/other", ttl_s=0.05)
    sql.execute("SELECT pg_sleep(0.1)")
    assert story.lease("dag/mine").fence > old.fence


def test_renew_extends_and_release_frees_only_the_newest(story: Story, sql: Sql) -> None:
    """A superseded owner can neither extend nor free the lane."""
    old = story.lease(ttl_s=0.05)
    story.store.renew(old, ttl_s=60)
    sql.execute("SELECT pg_sleep(0.1)")
    with pytest.raises(LeaseHeldError):
        story.lease("dag/other")
    new = story.lease()
    story.store.release(old)
    with pytest.raises(LeaseHeldError):
        story.lease("dag/other")
    with pytest.raises(FencedError):
        story.store.renew(old, ttl_s=60)
    story.store.release(new)
    story.lease("dag/other")


def test_a_lane_of_an_unknown_pipeline_is_refused(store: PostgresCheckpointStore) -> None:
    """Registration comes first."""
    with pytest.raises(ConfigurationError, match="Register"):
        store.acquire(LANE, "o", ttl_s=1)


@pytest.mark.parametrize("same_owner", [False, True])
def test_racing_for_a_lane(story: Story, checkpoint_url: str, same_owner: bool) -> None:
    """Different owners: one wins. One owner: everybody gets a fence, no two the same."""
    stores = [PostgresCheckpointStore(checkpoint_url) for _ in range(6)]
    owners = ["same" if same_owner else f"o{i}" for i in range(6)]
    results = together(*(lambda s=s, o=o: s.acquire(LANE, o, ttl_s=60) for s, o in zip(stores, owners, strict=True)))
    for s in stores:
        s.close()
    leases = [r for r in results if isinstance(r, Lease)]
    assert len({lease.fence for lease in leases}) == len(leases) == (6 if same_owner else 1)
    assert all(isinstance(r, (Lease, LeaseHeldError)) for r in results)


@pytest.mark.parametrize("step", ["renew", "plan", "adopt", "stage", "publish", "seal"])
def test_a_superseded_lease_changes_nothing(story: Story, sql: Sql, step: str) -> None:
    """Every write compares the fence (I4)."""
    old = story.lease()
    epoch = story.at(old, {"publish": Status.STAGED, "seal": Status.PUBLISHED}.get(step, Status.PLANNED))
    newer = story.lease()
    before = contents(sql)
    attempts: dict[str, Callable[[], Any]] = {
        "renew": lambda: story.store.renew(old, ttl_s=60),
        "plan": lambda: story.plan(old),
        "adopt": lambda: story.store.adopt(old, epoch),
        "stage": lambda: story.stage(old, epoch),
        "publish": lambda: story.publish(old, epoch),
        "seal": lambda: story.seal(old, epoch),
    }
    with pytest.raises(FencedError, match=rf"orders: attempt {old.fence} .* attempt {newer.fence}"):
        attempts[step]()
    assert contents(sql) == before


def test_a_stage_races_with_a_takeover(story: Story, checkpoint_url: str) -> None:
    """Either the old attempt staged first and the new one adopts STAGED, or it is fenced: never both (I4)."""
    for _ in range(5):
        old = story.lease()
        epoch = story.plan(old)
        with closing(PostgresCheckpointStore(checkpoint_url)) as other:

            def take_over(other: PostgresCheckpointStore = other, epoch: Epoch = epoch) -> Epoch:
                return other.adopt(other.acquire(LANE, RUN.owner, ttl_s=60), epoch)

            staged, adopted = together(lambda e=epoch, o=old: story.stage(o, e), take_over)  # type: ignore[misc]
        assert isinstance(adopted, Epoch)
        if isinstance(staged, Epoch):
            assert (adopted.status, adopted.manifest) == (Status.STAGED, manifest(epoch))
        else:
            assert isinstance(staged, FencedError)
            assert (adopted.status, adopted.manifest) == (Status.PLANNED, None)
        lease = story.lease()
        epoch = story.store.adopt(lease, adopted)
        epoch = epoch if epoch.status is Status.STAGED else story.stage(lease, epoch)
        story.seal(lease, story.publish(lease, epoch))


def test_two_stages_of_one_lease_race(story: Story, checkpoint_url: str) -> None:
    """One makes the change, the other finds it made: the same row."""
    lease = story.lease()
    epoch = story.plan(lease)
    with closing(PostgresCheckpointStore(checkpoint_url)) as other:
        first, second = together(lambda: story.stage(lease, epoch), lambda: Story(other).stage(lease, epoch))
    assert first == second == story.store.unfinished(LANE)


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


ERRORS = {Verdict.FENCED: FencedError, Verdict.ILLEGAL: InvariantViolationError}


@pytest.fixture(scope="module")
def shared(postgres: "Postgres") -> Iterator[tuple[PostgresCheckpointStore, Sql]]:
    """One database for the many cases of the table, each on a lane of its own."""
    url = postgres.url(postgres.create(template="migrated"))
    with closing(PostgresCheckpointStore(url)) as opened, psycopg.connect(url, autocommit=True) as connection:
        yield opened, connection


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("row_fence", [4, 5])
@pytest.mark.parametrize("fence", [5, 3])
def test_verdicts_are_the_protocols(
    shared: tuple[PostgresCheckpointStore, Sql], status: Status, event: Event, row_fence: int, fence: int
) -> None:
    """For each state, event and fence the store does what `transitions.apply` says; a refusal changes nothing."""
    store, sql = shared
    lane = LaneId("orders", f"{status}-{event}-{row_fence}-{fence}")
    story = Story(store, lane)
    lane_fence = 5  # the newest lease; 3 is a superseded one
    epoch = make.epoch(1, status, lane=lane, fence=row_fence, run=RUN, offsets=make.span(0, 1))
    put(sql, epoch, lane_fence=lane_fence)
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
    story: Story, sql: Sql, offsets: Offsets, positions: list[int], says: str
) -> None:
    """And leaves nothing behind, neither epoch nor slice (I1, I8)."""
    lease = story.lease()
    story.sealed(lease)
    before = contents(sql)
    found = [make.slice_(p, f"/new/{p}") for p in positions]
    with pytest.raises(InvariantViolationError, match=f"orders: .*{says}"):
        story.store.plan(lease, run=RUN, fingerprint="f", offsets=offsets, discovered=found)
    assert contents(sql) == before


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
    joining = story.store.plan(lease, run=run, fingerprint="f", offsets=at, discovered=[], kind=Kind.COMPACTION)
    story.seal(lease, story.publish(lease, story.stage(lease, joining)))
    assert story.store.interval_end(LANE) == 7_000
    assert Story(story.store, LaneId("other")).store.interval_end(LaneId("other")) is None


def test_a_key_has_one_place_in_the_ledger(story: Story, sql: Sql) -> None:
    """Discovered twice, a slice would be processed twice (I1)."""
    lease = story.lease()
    story.sealed(lease)
    before = contents(sql)
    again = [make.slice_(2, "/in/0.csv")]
    with pytest.raises(InvariantViolationError, match=r"orders: .*/in/0\.csv"):
        story.store.plan(lease, run=RUN, fingerprint="f", offsets=make.span(2, 3), discovered=again)
    assert contents(sql) == before


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


# -- lost answers -----------------------------------------------------------------------------------------------------


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


# -- heads ------------------------------------------------------------------------------------------------------------


def test_heads_follow_the_newest_epoch(story: Story) -> None:
    """Publishing sets every head with the status, in one transaction (I2)."""
    lease = story.lease()
    one = story.stage(lease, story.plan(lease))
    odd = ("ü/%", "a,b{}\"'")
    first = [head(one, "a", "1"), head(one, *odd), head(one, table="db.whole")]
    story.seal(lease, story.store.publish(lease, one, heads=first))
    assert story.store.heads("db.orders") == {h.values: h for h in first[:2]}
    assert story.store.heads("db.whole") == {(): first[2]}
    two = story.stage(lease, story.plan(lease))
    moved = head(two, "a", "1", rows=9)
    story.store.publish(lease, two, heads=[moved])
    assert story.store.heads("db.orders", [("a", "1"), ("z", "9")]) == {("a", "1"): moved}
    assert story.store.heads("db.orders", [odd]) == {odd: first[1]}
    assert story.store.heads("db.orders", []) == {}
    assert story.store.heads("db.none") == {}
    assert story.store.heads_of_pipeline("orders") == [moved, first[1], first[2]]
    assert story.store.heads_of_pipeline("others") == []


def test_an_epoch_without_output_publishes_no_heads(story: Story) -> None:
    """All rows may be filtered out."""
    lease = story.lease()
    epoch = story.stage(lease, story.plan(lease), watermark_ms=None)
    assert story.store.publish(lease, epoch, heads=[]).status is Status.PUBLISHED


def test_a_head_of_another_pipeline_is_never_replaced(story: Story, sql: Sql) -> None:
    """Not even in part: the whole publish is refused."""
    story.sealed(story.lease())
    thief = Story(story.store, LaneId("copies"))
    lease = thief.lease()
    epoch = thief.stage(lease, thief.plan(lease))
    before = contents(sql)
    with pytest.raises(ConfigurationError, match=r"copies epoch 1: table db\.orders belongs to pipeline orders"):
        story.store.publish(lease, epoch, heads=[head(epoch, "day-0"), head(epoch, "day-1"), head(epoch, "day-2")])
    assert contents(sql) == before


def test_heads_must_be_of_the_epoch(story: Story) -> None:
    """A manifest of another epoch was read: nothing may follow from it."""
    lease = story.lease()
    epoch = story.stage(lease, story.plan(lease))
    with pytest.raises(InvariantViolationError, match=r"orders epoch 1: .* is not this epoch's"):
        story.store.publish(lease, epoch, heads=[replace(head(epoch, "a"), epoch=2)])


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


def test_a_repair_is_remembered_for_an_hour(story: Story, sql: Sql) -> None:
    """Each time anew; whoever begins it may be superseded, so no fence is compared."""
    lease, odd = story.lease(), ("ü/%", "a,b{}\"'")
    for values in ([odd], [("a", "1"), odd]):
        story.store.begin_repair("orders", "db.orders", values)
    Story(story.store, LaneId("copies")).store.begin_repair("copies", "db.copies", [("a",)])
    assert story.store.repairs(LANE) == {("db.orders", odd), ("db.orders", ("a", "1"))}
    sql.execute("UPDATE repairs SET began_at = now() - interval '61 minutes' WHERE pipeline = 'orders'")
    story.store.begin_repair("orders", "db.orders", [odd])
    assert story.store.repairs(LANE) == {("db.orders", odd)}
    story.store.forget(lease, epochs=[], positions={})
    assert len(contents(sql)["repairs"]) == 2


# -- failures ---------------------------------------------------------------------------------------------------------


def failed(story: Story, lease: Lease, kind: str = "user_function", *, message: str = "no", code: str = "f") -> Epoch:
    """The unfinished epoch after an attempt that failed; it is paused after three."""
    story.store.fail(lease, kind=kind, message=message, code=code, pause_after=3)
    found = story.store.unfinished(LANE)
    assert found is not None
    return found


def adopted(story: Story, epoch: Epoch) -> Lease:
    """The lease of a next attempt, by another owner."""
    lease = story.lease("another")
    story.store.adopt(lease, epoch)
    return lease


def test_a_failure_is_kept_until_the_epoch_is_staged(story: Story) -> None:
    """Any text can be stored; success makes it history."""
    lease = story.lease()
    epoch = failed(story, lease, message="bad \0 byte \udcff " + "x" * 9_999) if story.plan(lease) else None
    assert epoch is not None
    assert (epoch.status, epoch.failure_kind, epoch.attempts) == (Status.PLANNED, "user_function", 1)
    assert epoch.failure_message is not None
    assert epoch.failure_message.startswith("bad \N{REPLACEMENT CHARACTER} byte ")
    assert len(epoch.failure_message) <= 4_000
    staged = story.stage(adopted(story, epoch), epoch)
    assert (staged.failure_kind, staged.failure_message, staged.failures, staged.failed_code) == (None, None, 0, None)


def test_a_failure_gives_the_lane_free_and_is_noted_at_the_attempts_own_epoch_only(story: Story) -> None:
    lease = story.lease()
    story.plan(lease)
    epoch = failed(story, lease)
    other = story.lease("another")  # at once
    assert failed(story, other, "unavailable") == epoch  # it had adopted nothing
    story.lease("a third")


def test_a_superseded_attempt_notes_nothing_and_frees_nothing(story: Story, sql: Sql) -> None:
    old = story.lease()
    story.plan(old)
    story.lease()
    before = contents(sql)
    story.store.fail(old, kind="user_function", message="late", code="f", pause_after=1)
    assert contents(sql) == before


def test_an_epoch_that_fails_in_the_same_way_is_paused_until_it_is_resumed(story: Story) -> None:
    lease = story.lease()
    epoch = story.plan(lease)
    assert story.store.resume(LANE) is None
    seen = []
    for _ in range(3):
        after = failed(story, lease)
        seen.append((after.failures, after.paused_ms is not None))
        lease = adopted(story, epoch)
    assert seen == [(1, False), (2, False), (3, True)]
    resumed = story.store.resume(LANE)
    assert resumed is not None
    assert (resumed.failures, resumed.paused_ms, resumed.failure_message) == (0, None, "no")
    assert failed(story, lease).failures == 1
    assert story.store.resume(LANE) is None


@pytest.mark.parametrize("ends", ["abandoned", "sealed"])
def test_a_pause_ends_with_its_epoch(story: Story, ends: str) -> None:
    """Given up, or rolled forward by a person's rollback: the next epoch has not failed yet."""
    lease = story.lease()
    epoch = story.plan(lease)
    if ends == "sealed":
        story.stage(lease, epoch)
    story.store.fail(lease, kind="configuration", message="no", code="f", pause_after=1)
    lease = adopted(story, epoch)
    if ends == "abandoned":
        story.store.abandon(lease, epoch, Word("me", "why"))
    else:
        assert story.seal(lease, story.publish(lease, epoch)).paused_ms is None
    assert story.store.resume(LANE) is None


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
