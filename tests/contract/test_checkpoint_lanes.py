"""What every checkpoint store promises about forked lanes."""

from dataclasses import replace

import pytest
from psycopg.rows import dict_row

import builders as make
from contract.story import COUNTS, LANE, RUN, Kept, Sql, Story, head, manifest
from tidegate.adapters.checkpoint.changes import move_lane
from tidegate.errors import FencedError, InvariantViolationError, RefusedError
from tidegate.protocol.model import (
    Epoch,
    Fork,
    LaneId,
    LaneStatus,
    Lease,
    Placed,
    Promotion,
    Rollback,
    Run,
    Status,
    Word,
)
from tidegate.protocol.transitions import LaneEvent

FIX = LaneId("orders", "fix")


def replay(story: Story, lease: Lease, epoch: Epoch) -> Epoch:
    """Plan one of main's epochs again on a lane, and seal it."""
    planned = story.store.plan(
        lease,
        run=Run(f"replay {epoch.epoch}", "o"),
        fingerprint="new",
        offsets=epoch.offsets,
        discovered=[],
        number=epoch.epoch,
    )
    staged = story.store.stage(lease, planned, manifest=manifest(planned), data=b"{}", watermark_ms=70, counts=COUNTS)
    return story.store.seal(lease, story.store.publish(lease, staged, heads=[]))


def promote(story: Story, lease: Lease, *, at: int, base: int, keeps_state: bool = False) -> Epoch:
    return story.store.plan(
        lease,
        run=RUN,
        fingerprint="f",
        offsets=make.span(at),
        discovered=[],
        purpose=Promotion("fix", base, keeps_state),
    )


def test_a_lane_replays_mains_ranges_under_mains_numbers(story: Story) -> None:
    """From the state behind its base; main sees nothing of it."""
    lease = story.lease()
    one, two, three = (story.sealed(lease) for _ in range(3))
    assert story.store.fork(FIX, base=1, heads={}) == Fork(FIX, 1, 0)
    fixing = story.store.acquire(FIX, "someone", ttl_s=60)
    again = replay(story, fixing, two)
    assert (again.epoch, again.offsets, again.parent) == (2, two.offsets, one.manifest)
    assert (again.watermark_in_ms, again.fingerprint) == (one.watermark_out_ms, "new")
    further = replay(story, fixing, three)
    assert (further.epoch, further.parent) == (3, again.manifest)
    assert story.store.last_sealed(LANE) == three
    assert story.store.last_sealed(FIX) == further
    assert story.store.forks("orders") == [Fork(FIX, 1, 1)]
    assert story.store.forks("others") == []


def test_a_lane_from_the_beginning_starts_from_nothing(story: Story) -> None:
    """Base 0 is before the first epoch."""
    one = story.sealed(story.lease())
    story.store.fork(FIX, base=0, heads={})
    again = replay(story, story.store.acquire(FIX, "someone", ttl_s=60), one)
    assert (again.parent, again.watermark_in_ms) == (None, None)


def test_a_fork_may_be_repeated_but_not_moved(story: Story) -> None:
    """An open lane keeps its base; one must exist."""
    lease = story.lease()
    story.sealed(lease), story.sealed(lease)
    assert story.store.fork(FIX, base=1, heads={}) == story.store.fork(FIX, base=1, heads={})
    with pytest.raises(RefusedError, match=r"orders@fix: the lane was forked behind epoch 1, not 2"):
        story.store.fork(FIX, base=2, heads={})
    with pytest.raises(InvariantViolationError, match="no sealed epoch 7"):
        story.store.fork(LaneId("orders", "other"), base=7, heads={})


def test_a_fork_that_reaches_back_replaces_a_lane_that_starts_later(story: Story) -> None:
    """In one transaction: who works on that one is superseded, and nobody meets a lane that is over."""
    lease = story.lease()
    one, two = story.sealed(lease), story.sealed(lease)
    story.store.fork(FIX, base=1, heads={}, reach_back=True)
    fixing = story.store.acquire(FIX, "someone", ttl_s=60)
    replay(story, fixing, two)
    further = story.store.fork(FIX, base=0, heads={}, reach_back=True)
    assert (further.base, further.status, story.store.epochs(FIX, limit=9)) == (0, LaneStatus.OPEN, [])
    with pytest.raises(FencedError):
        story.store.renew(fixing, ttl_s=60)
    again = story.store.acquire(FIX, "someone", ttl_s=60)
    assert again.fence > fixing.fence
    assert replay(story, again, one).parent is None
    assert story.store.fork(FIX, base=1, heads={}, reach_back=True).base == 0  # what reaches further back stays
    assert story.store.last_sealed(FIX) is not None
    with pytest.raises(RefusedError, match="forked behind epoch 0, not 1"):
        story.store.fork(FIX, base=1, heads={})


def test_an_unknown_lane_cannot_be_worked_on(story: Story, kept: Kept) -> None:
    """A name that was mistyped makes no lane."""
    before = kept()
    with pytest.raises(RefusedError, match="there is no lane 'fix'"):
        story.store.acquire(FIX, "someone", ttl_s=60)
    assert kept() == before


def test_who_works_on_a_discarded_lane_is_superseded(story: Story) -> None:
    """The name can be used again: nothing of the old lane is there, and its fences are never given out again."""
    one = story.sealed(story.lease())
    story.store.fork(FIX, base=0, heads={})
    fixing = story.store.acquire(FIX, "someone", ttl_s=60)
    replay(story, fixing, one)
    assert story.store.discard(FIX).status is LaneStatus.DISCARDED
    assert story.store.discard(FIX).status is LaneStatus.DISCARDED
    with pytest.raises(FencedError):
        replay(story, fixing, one)
    with pytest.raises(RefusedError, match="the lane is discarded"):
        story.store.acquire(FIX, "someone", ttl_s=60)
    anew = story.store.fork(FIX, base=1, heads={})
    assert (anew.base, anew.status) == (1, LaneStatus.OPEN)
    assert story.store.epochs(FIX, limit=9) == []
    assert story.store.acquire(FIX, "someone", ttl_s=60).fence > fixing.fence


@pytest.mark.parametrize("keeps_state", [False, True])
def test_a_promotion_starts_from_the_lane_and_ends_it(story: Story, keeps_state: bool) -> None:
    """With the lane's state and watermark, or with main's; in one transaction nobody can add to the lane any more."""
    lease = story.lease()
    one, two = story.sealed(lease), story.sealed(lease)
    story.store.fork(FIX, base=1, heads={})
    fixing = story.store.acquire(FIX, "someone", ttl_s=60)
    again = replay(story, fixing, two)
    start = two if keeps_state else again
    promotion = promote(story, lease, at=make.stop(two), base=1, keeps_state=keeps_state)
    assert (promotion.epoch, promotion.purpose) == (3, Promotion("fix", 1, keeps_state))
    assert (promotion.parent, promotion.watermark_in_ms) == (start.manifest, start.watermark_out_ms)
    assert [f.status for f in story.store.forks("orders")] == [LaneStatus.PROMOTED]
    with pytest.raises(FencedError):
        story.store.renew(fixing, ttl_s=60)
    with pytest.raises(RefusedError, match="being promoted"):
        story.store.fork(FIX, base=1, heads={})
    assert promote(story, lease, at=make.stop(two), base=1, keeps_state=keeps_state) == promotion  # its answer was lost
    assert one.status is Status.SEALED


def test_a_lane_that_has_not_caught_up_does_not_bring_its_state(story: Story, kept: Kept) -> None:
    """Main's events behind the window would be lost (I1)."""
    lease = story.lease()
    one, two = story.sealed(lease), story.sealed(lease)
    story.store.fork(FIX, base=0, heads={})
    replay(story, story.store.acquire(FIX, "someone", ttl_s=60), one)
    before = kept()
    with pytest.raises(InvariantViolationError, match="a plan starts at 4 in the ledger of source 'source'"):
        promote(story, lease, at=make.stop(two), base=0)
    assert kept() == before


def test_a_lane_with_an_unfinished_epoch_is_not_promoted(story: Story, kept: Kept) -> None:
    """What it is about to make would be missing."""
    lease = story.lease()
    one = story.sealed(lease)
    story.store.fork(FIX, base=0, heads={})
    fixing = story.store.acquire(FIX, "someone", ttl_s=60)
    story.store.plan(fixing, run=RUN, fingerprint="f", offsets=one.offsets, discovered=[], number=1)
    before = kept()
    with pytest.raises(RefusedError, match="an epoch of the lane is unfinished"):
        promote(story, lease, at=make.stop(one), base=0)
    assert kept() == before


def test_an_abandoned_promotion_gives_the_lane_back(story: Story) -> None:
    """A rollback that comes in between must not cost the replay."""
    lease = story.lease()
    one = story.sealed(lease)
    story.store.fork(FIX, base=0, heads={})
    replay(story, story.store.acquire(FIX, "someone", ttl_s=60), one)
    promotion = promote(story, lease, at=make.stop(one), base=0)
    assert story.store.abandon(lease, promotion, Word("me", "why")).status is Status.ABANDONED
    assert [f.status for f in story.store.forks("orders")] == [LaneStatus.OPEN]
    assert promote(story, lease, at=make.stop(one), base=0).generation == 2


def test_forgetting_a_lane_leaves_main(story: Story) -> None:
    """Its epochs go, the row that knows its fence stays."""
    lease = story.lease()
    one = story.sealed(lease)
    story.store.fork(FIX, base=0, heads={})
    replay(story, story.store.acquire(FIX, "someone", ttl_s=60), one)
    story.store.forget(lease, epochs=[], positions={}, lanes=[FIX])
    assert story.store.epochs(FIX, limit=9) == []
    assert story.store.epochs(LANE, limit=9) == [one]


def test_a_lane_knows_what_it_was_forked_with_and_what_it_made(story: Story) -> None:
    lease = story.lease()
    one, two = story.sealed(lease), story.sealed(lease)
    before = story.store.placed("db.orders", [("day-1",)])[("day-1",)]
    story.store.fork(FIX, base=1, heads={("db.orders", ("day-1",)): before})
    fixing = story.store.acquire(FIX, "someone", ttl_s=60)
    planned = story.store.plan(fixing, run=RUN, fingerprint="new", offsets=two.offsets, discovered=[], number=two.epoch)
    staged = story.store.stage(fixing, planned, manifest=manifest(planned), data=b"{}", watermark_ms=70, counts=COUNTS)
    put = head(staged, "day-2")
    story.store.publish(fixing, staged, heads=[put])
    wanted = [("day-1",), ("day-2",), ("day-3",)]
    assert story.store.placed_on_lane(FIX, "db.orders", wanted) == {
        ("day-1",): before,
        ("day-2",): Placed(put.location, manifest(planned)),
    }
    assert story.store.placed("db.orders", wanted)[("day-2",)].manifest == two.manifest  # main knows nothing of it
    assert one.manifest == before.manifest


def test_going_back_starts_from_the_restored_epoch(story: Story) -> None:
    """Its manifest, watermark and offsets; the heads know by which manifest they were set."""
    lease = story.lease()
    one, two = story.sealed(lease), story.sealed(lease)
    assert {v: p.manifest for v, p in story.store.placed("db.orders").items()} == {
        ("day-1",): one.manifest,
        ("day-2",): two.manifest,
    }
    assert list(story.store.placed("db.orders", [("day-2",), ("none",)])) == [("day-2",)]
    back = story.store.plan(
        lease,
        run=replace(RUN, key="back"),
        fingerprint="f",
        offsets=make.span(make.stop(one)),
        discovered=[],
        purpose=Rollback(1),
    )
    assert (back.epoch, back.purpose, back.parent) == (3, Rollback(1), one.manifest)
    staged = story.stage(lease, back)
    story.seal(lease, story.store.publish(lease, staged, heads=[head(staged, "day-1")]))
    assert make.ends(story.plan(lease, files=0))[0] == make.stop(one)


def test_a_change_of_a_lane_is_a_compare_and_set(story: Story, sql: Sql) -> None:
    """Whoever looked before another promoted it does not discard it; what was said already changes nothing."""
    lease = story.lease()
    one, two = story.sealed(lease), story.sealed(lease)
    story.store.fork(FIX, base=1, heads={})
    replay(story, story.store.acquire(FIX, "someone", ttl_s=60), two)
    promote(story, lease, at=make.stop(two), base=one.epoch)
    (promoted,) = story.store.forks("orders")
    with sql.cursor(row_factory=dict_row) as cursor:
        with pytest.raises(RefusedError, match="the lane is promoted: LaneDiscarded cannot follow"):
            move_lane(cursor, FIX, LaneEvent.DISCARDED)
        assert move_lane(cursor, FIX, LaneEvent.PROMOTED) == promoted
    assert story.store.forks("orders") == [promoted]
