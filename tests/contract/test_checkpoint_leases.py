"""Goal: a pipeline is registered as it was, a lane has one owner, and a failure is noted by its own attempt only."""

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from contract.story import LANE, RUN, Kept, Story, definition, manifest, together
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.errors import (
    ConfigurationError,
    FencedError,
    LeaseHeldError,
    StateIncompatibleError,
)
from tidegate.protocol.model import Epoch, LaneId, Lease, Status, Word

# -- pipelines --------------------------------------------------------------------------------------------------------


def test_register_keeps_the_number_of_buckets(store: PostgresCheckpointStore) -> None:
    """State is kept by bucket: another number would look for keys in the wrong place."""
    store.register(definition())
    store.register(definition())
    with pytest.raises(StateIncompatibleError, match=r"orders: .* 4 buckets.* 8"):
        store.register(definition(buckets=8))


@pytest.mark.usefixtures("of_postgres")
def test_registered_pipelines_are_listed(store: PostgresCheckpointStore) -> None:
    store.register(definition())
    assert [(p.name, p.buckets, p.fingerprint, p.lanes) for p in store.pipelines()] == [
        ("orders", 4, "code of orders", ())
    ]


def test_register_refuses_the_table_of_another_pipeline(story: Story) -> None:
    """Said before anything is computed."""
    story.sealed(story.lease())
    with pytest.raises(ConfigurationError, match=r"copies: table db\.orders belongs to pipeline orders"):
        story.store.register(definition("copies"))
    story.store.register(definition())


@pytest.mark.usefixtures("of_postgres")
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


def test_an_expired_lease_is_free_by_the_database_clock(story: Story) -> None:
    """The waiter needs no clock of its own."""
    old = story.lease("dag/other", ttl_s=0.05)
    time.sleep(0.1)
    assert story.lease("dag/mine").fence > old.fence


def test_renew_extends_and_release_frees_only_the_newest(story: Story) -> None:
    """A superseded owner can neither extend nor free the lane."""
    old = story.lease(ttl_s=0.05)
    story.store.renew(old, ttl_s=60)
    time.sleep(0.1)
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
def test_a_superseded_lease_changes_nothing(story: Story, kept: Kept, step: str) -> None:
    """Every write compares the fence (I4)."""
    old = story.lease()
    epoch = story.at(old, {"publish": Status.STAGED, "seal": Status.PUBLISHED}.get(step, Status.PLANNED))
    newer = story.lease()
    before = kept()
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
    assert kept() == before


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


@pytest.mark.usefixtures("of_postgres")
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


def test_a_superseded_attempt_notes_nothing_and_frees_nothing(story: Story, kept: Kept) -> None:
    old = story.lease()
    story.plan(old)
    story.lease()
    before = kept()
    story.store.fail(old, kind="user_function", message="late", code="f", pause_after=1)
    assert kept() == before


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
