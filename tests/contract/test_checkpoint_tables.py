"""Goal: heads follow the newest epoch of their own pipeline, and a repair is remembered."""

from dataclasses import replace

import pytest

from contract.story import LANE, Kept, Sql, Story, contents, head
from tidegate.errors import (
    ConfigurationError,
    InvariantViolationError,
)
from tidegate.protocol.model import LaneId, Status


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


def test_a_head_of_another_pipeline_is_never_replaced(story: Story, kept: Kept) -> None:
    """Not even in part: the whole publish is refused."""
    story.sealed(story.lease())
    thief = Story(story.store, LaneId("copies"))
    lease = thief.lease()
    epoch = thief.stage(lease, thief.plan(lease))
    before = kept()
    with pytest.raises(ConfigurationError, match=r"copies epoch 1: table db\.orders belongs to pipeline orders"):
        story.store.publish(lease, epoch, heads=[head(epoch, "day-0"), head(epoch, "day-1"), head(epoch, "day-2")])
    assert kept() == before


def test_heads_must_be_of_the_epoch(story: Story) -> None:
    """A manifest of another epoch was read: nothing may follow from it."""
    lease = story.lease()
    epoch = story.stage(lease, story.plan(lease))
    with pytest.raises(InvariantViolationError, match=r"orders epoch 1: .* is not this epoch's"):
        story.store.publish(lease, epoch, heads=[replace(head(epoch, "a"), epoch=2)])


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
