"""What every checkpoint store promises about clones."""

from dataclasses import replace

import pytest

from contract.story import LANE, Kept, Story, definition
from tidegate.errors import ConfigurationError, FencedError, RefusedError
from tidegate.protocol.model import Clone, LaneId, ManifestRef

MAY = Clone("db.may", "orders", "db.orders", 1, ManifestRef("file:///clone=db.may/manifest.json", "abc"))


def test_a_clone_is_noted_until_it_is_forgotten(story: Story) -> None:
    """The first note stays: what a repetition wrote meanwhile leads nowhere."""
    lease = story.lease()
    noted = story.store.record_clone(lease, MAY)
    assert replace(noted, made_ms=None) == MAY
    assert noted.made_ms is not None
    again = replace(MAY, manifest=ManifestRef("file:///other", "def"))
    assert story.store.record_clone(lease, again) == noted
    assert story.store.clones("orders") == [noted]
    assert story.store.clones("others") == []
    story.store.forget_clone(lease, "db.may")
    story.store.forget_clone(lease, "db.may")
    assert story.store.clones("orders") == []


@pytest.mark.parametrize("other", [{"epoch": 2}, {"source": "db.others"}])
def test_a_name_is_one_clones(story: Story, kept: Kept, other: dict[str, object]) -> None:
    lease = story.lease()
    story.store.record_clone(lease, MAY)
    before = kept()
    with pytest.raises(RefusedError, match=r"db.may, a clone of db.orders as of epoch 1, is there already"):
        story.store.record_clone(lease, replace(MAY, **other))  # type: ignore[arg-type]
    assert kept() == before


def test_another_pipelines_clone_stays(story: Story) -> None:
    """Neither taken over nor forgotten."""
    noted = story.store.record_clone(story.lease(), MAY)
    story.store.register(definition("others"))
    lease = story.store.acquire(LaneId("others"), "somebody", ttl_s=60)
    with pytest.raises(RefusedError, match="is there already"):
        story.store.record_clone(lease, replace(MAY, pipeline="others"))
    story.store.forget_clone(lease, "db.may")
    assert story.store.clones("orders") == [noted]


def test_a_clone_does_not_have_the_name_of_a_pipelines_table(story: Story, kept: Kept) -> None:
    """Its next epoch would publish into the clone."""
    lease = story.lease()
    story.sealed(lease)
    before = kept()
    with pytest.raises(ConfigurationError, match=r"table db.orders belongs to pipeline orders"):
        story.store.record_clone(lease, replace(MAY, table="db.orders"))
    assert kept() == before


def test_a_superseded_attempt_notes_and_forgets_nothing(story: Story, kept: Kept) -> None:
    """I4 and I6: a clean-up that has begun since does not know the clone."""
    old = story.lease("somebody", ttl_s=0)
    new = story.lease("another")
    story.store.record_clone(new, replace(MAY, table="db.june"))
    before = kept()
    with pytest.raises(FencedError):
        story.store.record_clone(old, MAY)
    with pytest.raises(FencedError):
        story.store.forget_clone(old, "db.june")
    assert kept() == before


def test_a_clean_up_that_was_superseded_by_a_clone_forgets_nothing(story: Story) -> None:
    """I6: it had looked at the clones before."""
    cleaning = story.lease("cleaner", ttl_s=0)
    one = story.sealed(cleaning)
    story.sealed(cleaning)
    story.store.record_clone(story.lease("another"), MAY)
    with pytest.raises(FencedError):
        story.store.forget(cleaning, epochs=[1], positions={})
    assert one in story.store.epochs(LANE, limit=9)
