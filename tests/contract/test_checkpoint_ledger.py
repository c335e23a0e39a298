"""Goal: every source has a ledger of its own, in which positions are given once, and every epoch a range of each."""

from dataclasses import replace
from typing import Any

import pytest

import builders as make
from contract.story import RUN, Kept, Sql, Story, contents
from tidegate.errors import InvariantViolationError
from tidegate.protocol.model import Epoch, Lease, Offsets, Word

TWO = {"a": make.positions(0, 2), "b": make.positions(0, 1)}


def plan(story: Story, lease: Lease, offsets: Offsets, **more: Any) -> Epoch:
    return story.store.plan(lease, run=RUN, fingerprint="f", offsets=offsets, **{"discovered": [], **more})


def sealed(story: Story, lease: Lease) -> Epoch:
    found = [*make.slices(3, source="a"), *make.slices(1, source="b")]
    return story.seal(lease, story.publish(lease, story.stage(lease, plan(story, lease, TWO, discovered=found))))


def test_an_epoch_has_a_range_of_each_source(story: Story) -> None:
    """Both kinds of slices have position 0 and key /in/0: a ledger is a source's own."""
    lease = story.lease()
    assert sealed(story, lease).offsets == TWO
    assert story.store.last_sealed(story.lane) == story.store.epochs(story.lane, limit=1)[0]
    assert story.store.slices("orders", "a", make.positions(1, 9)) == make.slices(2, start=1, source="a")
    assert story.store.tail("orders", "b") == make.slice_(0, source="b")
    assert story.store.known("orders", "b", ["/in/0", "/in/1"]) == {"/in/0"}
    after = {"a": make.positions(2, 3), "b": make.positions(1, 2), "new": make.positions(0)}
    planned = plan(story, lease, after, discovered=[make.slice_(1, source="b")])
    assert planned.offsets == after
    assert plan(story, lease, after) == planned  # its answer was lost
    story.store.correct(lease, Word("me", "why"), gives_up=planned, slices=[make.slice_(2, source="a", skipped=True)])
    (corrected,) = story.store.corrected("orders")
    assert (corrected.source, corrected.position, corrected.skipped) == ("a", 2, True)


@pytest.mark.parametrize(
    ("offsets", "says"),
    [
        ({"a": make.positions(2)}, "has no range in the ledger of source 'b', but .* ends at 1"),
        ({"a": make.positions(2), "b": make.positions(0)}, "starts at 0 in the ledger of source 'b', but .* ends at 1"),
        (
            {"a": make.positions(2), "b": make.positions(1), "new": make.positions(1)},
            "starts at 1 in the ledger of source 'new', but .* ends at 0",
        ),
        (
            {"a": make.positions(2), "b": make.positions(1, 2)},
            "ends at position 2, but the ledger of source 'b' ends at 1",
        ),
    ],
)
def test_no_source_is_left_out_or_goes_on_elsewhere(story: Story, kept: Kept, offsets: Offsets, says: str) -> None:
    """I1 holds for each source by itself."""
    lease = story.lease()
    sealed(story, lease)
    before = kept()
    with pytest.raises(InvariantViolationError, match=f"orders: a plan {says}"):
        plan(story, lease, offsets)
    assert kept() == before


def test_slices_are_found_by_their_keys_and_ledgers_by_theirs(story: Story) -> None:
    lease = story.lease()
    sealed(story, lease)
    keys = ["/in/2", "/in/0", "/in/9"]
    assert story.store.entries("orders", "a", keys) == [make.slice_(n, source="a") for n in (0, 2)]
    assert story.store.entries("orders", "none", keys) == []
    assert story.store.readers(keys) == [("orders", "a"), ("orders", "b")]
    assert story.store.readers(["/in/2"]) == [("orders", "a")]
    assert story.store.readers([]) == []


def test_the_last_slice_of_a_source_is_not_forgotten(story: Story) -> None:
    """What is found next would get its position, though epochs have read it (I1)."""
    lease = story.lease()
    sealed(story, lease)
    story.store.forget(lease, epochs=[], positions={"a": [0, 1, 2], "b": []})
    assert story.store.slices("orders", "a", make.positions(0, 9)) == [make.slice_(2, source="a")]
    assert story.store.slices("orders", "b", make.positions(0, 9)) == [make.slice_(0, source="b")]


@pytest.mark.parametrize("detail", ["{}", '{"size":1}', "[1]"])
def test_a_detail_is_json_with_a_format(story: Story, sql: Sql, detail: str) -> None:
    """A later tidegate must know what it reads."""
    lease, before = story.lease(), contents(sql)
    with pytest.raises(InvariantViolationError):
        plan(story, lease, make.span(0, 1), discovered=[replace(make.slice_(), detail=detail)])
    assert contents(sql)["slices"] == before["slices"]


def test_the_ranges_of_an_epoch_are_forgotten_with_it(story: Story, sql: Sql) -> None:
    lease = story.lease()
    sealed(story, lease)
    planned = plan(story, lease, {"a": make.positions(2, 3), "b": make.positions(1)})
    story.seal(lease, story.store.publish(lease, story.stage(lease, planned), heads=[]))
    assert len(contents(sql)["epoch_offsets"]) == 4
    story.store.forget(lease, epochs=[2], positions={})
    assert [row[:5] for row in contents(sql)["epoch_offsets"]] == [
        ("orders", "main", 1, 1, "a"), ("orders", "main", 1, 1, "b"),
    ]  # fmt: skip
