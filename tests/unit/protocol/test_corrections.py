"""Goal: only what no epoch that stays has read can be corrected, and a word counts for what is planned behind it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

import builders as make
from tidegate.errors import RefusedError, SourceGapError
from tidegate.protocol.corrections import as_read, covered, givable, last_read, mendable, skipped_by, skipping
from tidegate.protocol.model import LaneId, Rollback, Status, Word

LANE = LaneId("p")
EPOCH = make.epoch(2, Status.PLANNED, offsets=make.span(1, 3), planned_ms=50, failure_kind="malformed_input")
FILES = tuple(make.slices(5))
SAID: dict[str, Any] = {"word": Word("me", "why"), "noted_ms": 50}


@pytest.mark.parametrize("status", [Status.STAGED, Status.PUBLISHED])
def test_a_staged_epoch_is_not_given_up(status: Status) -> None:
    assert givable(None) is None
    assert givable(EPOCH) is EPOCH
    with pytest.raises(RefusedError, match=f"is {status}: from there it is only rolled forward"):
        givable(replace(EPOCH, status=status))


@pytest.mark.parametrize(
    "other",
    [
        {"failure_kind": None},
        {"failure_kind": "source_gap"},
        {"status": Status.STAGED},
        {"purpose": Rollback(0)},
        {"lane": LaneId("p", "fix")},
    ],
)
def test_a_changed_file_is_mended_only_when_it_could_not_be_read(other: dict[str, Any]) -> None:
    assert mendable(EPOCH)
    assert not mendable(replace(EPOCH, **other))


def test_what_is_planned_can_still_be_given_up_and_what_is_staged_is_read() -> None:
    last = replace(EPOCH, epoch=1, status=Status.SEALED, offsets=make.span(0, 1))
    assert (last_read(None, None), last_read(None, EPOCH), last_read(last, EPOCH)) == (None, None, last)
    staged = replace(EPOCH, status=Status.STAGED)
    assert last_read(last, staged) is staged
    assert covered(EPOCH, FILES[3:]) is None
    assert covered(EPOCH, make.slices(5, source="another")) is None
    assert covered(EPOCH, FILES[:2]) is EPOCH
    assert covered(None, FILES) is None


def keys(*named: str, sources: Sequence[str] = ("source",)) -> list[dict[str, str]]:
    return [dict.fromkeys(sources, name) for name in named]


def test_of_several_sources_the_one_that_has_a_slice_is_meant() -> None:
    others = make.slices(3, start=4, source="another")
    both, waiting = ("source", "another"), (*FILES[1:5], *others)
    found = skipping(LANE, keys("/in/6", "/in/2", sources=both), waiting)
    assert found == (replace(others[2], skipped=True), replace(FILES[2], skipped=True))
    with pytest.raises(
        RefusedError, match=r"several sources: 'source' \(/in/4\), 'another' \(/in/4\)\. .*--source source"
    ):
        skipping(LANE, keys("/in/4", sources=both), waiting)
    assert skipping(LANE, keys("/in/4", sources=["another"]), waiting) == (replace(others[0], skipped=True),)
    with pytest.raises(RefusedError, match=r"/in/9 is none of the 7 .*: source: /in/1, .*and 2 more\. "):
        skipping(LANE, keys("/in/9", sources=both), waiting)


def test_a_skipped_file_is_named_exactly_and_skipped_once() -> None:
    waiting = (*FILES[1:4], replace(FILES[4], skipped=True))
    found = skipping(LANE, keys("/in/3", "/in/1", "/in/3", "/in/4"), waiting)
    assert found == (replace(FILES[3], skipped=True), replace(FILES[1], skipped=True))
    with pytest.raises(RefusedError, match=r"/in/0 is none of the 4 .*: /in/1, /in/2, /in/3, /in/4\. "):
        skipping(LANE, keys("/in/0"), waiting)
    with pytest.raises(RefusedError, match=r"none of the 0 planned .* sealed yet\. "):
        skipping(LANE, keys("/in/0"), [])


@pytest.mark.parametrize(("noted_ms", "read"), [(49, False), (50, False), (51, True)])
def test_an_epoch_skips_what_was_skipped_before_it_was_planned(noted_ms: int, read: bool) -> None:
    entry = replace(FILES[1], skipped=True, word=Word("me", "why"), noted_ms=noted_ms)
    assert as_read(EPOCH, [entry, FILES[2]]) == ((entry, FILES[2]) if read else (FILES[2],))
    assert skipped_by(EPOCH, [entry, replace(entry, position=3)]) == (0 if read else 1)


def test_an_epoch_that_read_a_file_before_it_was_changed_is_not_computed_again_from_the_changed_one() -> None:
    assert as_read(EPOCH, [replace(FILES[1], **SAID)]) == (replace(FILES[1], **SAID),)
    with pytest.raises(SourceGapError, match="has read /in/1 as it was before"):
        as_read(EPOCH, [replace(FILES[1], **{**SAID, "noted_ms": 51})])
