"""Goal: what a person says of slices is kept with their word, together with the epoch that is given up.

Only what no epoch that stays has read can be corrected, whoever asks.
"""

from dataclasses import replace

import pytest

import builders as make
from contract.story import COUNTS, RUN, Kept, Sql, Story, contents, manifest
from tidegate.errors import FencedError, InvariantViolationError
from tidegate.protocol.model import Epoch, Status, Word

WORD = Word("me@here", "cut off")


def test_an_epoch_is_given_up_and_its_slices_corrected_together(story: Story) -> None:
    lease = story.lease()
    planned = story.plan(lease, files=3)
    first, second, third = story.store.slices("orders", make.SOURCE, make.positions(0, 3))
    now = make.slice_(0, first.key, size=99, modified_ns=2**60, time_ms=-(2**63))
    slices = (now, replace(second, skipped=True))
    for _ in range(2):  # the answer to the first may be lost
        story.store.correct(lease, WORD, gives_up=planned, slices=slices)
    (given_up,) = story.store.epochs(story.lane, limit=9)
    assert (given_up.status, given_up.given_up) == (Status.ABANDONED, WORD)
    assert given_up.given_up_ms is not None
    found = story.store.slices("orders", make.SOURCE, make.positions(0, 3))
    assert found == [
        replace(now, noted_ms=found[0].noted_ms, word=WORD),
        replace(second, skipped=True, noted_ms=found[1].noted_ms, word=WORD),
        third,
    ]
    assert story.store.corrected("orders") == found[:2]
    assert story.store.corrected("others") == []
    again = story.store.plan(lease, run=RUN, fingerprint="f", offsets=make.span(0, 3), discovered=[])
    assert (again.epoch, again.generation) == (1, 2)
    assert all(s.noted_ms is not None and s.noted_ms <= (again.planned_ms or 0) for s in found[:2])


@pytest.mark.parametrize("status", [Status.PLANNED, Status.STAGED, Status.PUBLISHED, Status.SEALED])
def test_what_an_epoch_has_that_stays_is_not_corrected(story: Story, kept: Kept, status: Status) -> None:
    """A PLANNED one stays when it is not given up."""
    lease = story.lease()
    epoch = story.at(lease, status)
    (first, _) = story.store.slices("orders", make.SOURCE, epoch.offsets[make.SOURCE])
    before = kept()
    with pytest.raises(InvariantViolationError, match=r"orders epoch 1 is .* cannot be corrected any more"):
        story.store.correct(lease, WORD, gives_up=None, slices=[replace(first, skipped=True)])
    assert kept() == before


def test_a_superseded_attempt_corrects_nothing(story: Story, kept: Kept) -> None:
    old = story.lease()
    planned = story.plan(old)
    story.lease()
    before = kept()
    with pytest.raises(FencedError):
        story.store.correct(old, WORD, gives_up=planned, slices=[])
    assert kept() == before


def test_a_manifest_is_kept_until_its_epoch_is_forgotten(story: Story, sql: Sql) -> None:
    lease = story.lease()

    def stage(epoch: Epoch, content: bytes) -> Epoch:
        return story.store.stage(lease, epoch, manifest=manifest(epoch), data=content, watermark_ms=None, counts=COUNTS)

    planned = story.plan(lease)
    assert story.store.kept_manifest(planned) is None
    content = b'{"a": 1}' * 1000
    staged = stage(planned, content)
    stage(planned, content)
    assert story.store.kept_manifest(staged) == content
    sealed = story.seal(lease, story.store.publish(lease, staged, heads=[]))
    story.sealed(lease)
    story.store.forget(lease, epochs=[1], positions={})
    assert story.store.kept_manifest(sealed) is None
    assert len(contents(sql)["manifests"]) == 1
