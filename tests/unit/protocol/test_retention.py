"""Goal: nothing is forgotten or deleted that a table, a replay, a reader, or an attempt under way may need."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as make
from tidegate.protocol.layout import maker
from tidegate.protocol.model import DataFile, Epoch, Manifest, Rollback, Status
from tidegate.protocol.retention import Reachable, collectable, ended, retained

NOW = 1_000_000
WAREHOUSE = "file:///w/_tidegate"
ROOT = f"{WAREHOUSE}/p/lane=main"
OLD = make.placed(f"{ROOT}/old/9", make.ref(uri=f"{ROOT}/old/manifest.json"))


def epoch(number: int, status: Status = Status.SEALED, sealed_ms: int = 0) -> Epoch:
    sealed: dict[str, Any] = {"sealed_ms": sealed_ms} if status is Status.SEALED else {}
    return make.epoch(number, status, fence=number, offsets=make.span(number, number + 1), **sealed)


def keep(epochs: list[Epoch], **changes: object) -> set[int]:
    policy: dict[str, object] = {"named_by_heads": set(), "most": 3, "age_ms": 10**9, "grace_ms": 0, "now_ms": NOW}
    return retained(epochs, **(policy | changes))  # type: ignore[arg-type]


TEN = [epoch(n, sealed_ms=n * 1000) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, {8, 9, 10}),
        ({"named_by_heads": {1, 4}}, {1, 4, 8, 9, 10}),
        ({"most": 100, "age_ms": NOW - 6000}, {6, 7, 8, 9, 10}),
        ({"most": 100, "age_ms": 0}, {10}),
        ({"grace_ms": NOW - 5000}, {5, 6, 7, 8, 9, 10}),
        ({"most": 1}, {10}),
    ],
)
def test_which_epochs_stay(changes: dict[str, object], kept: set[int]) -> None:
    assert keep(TEN, **changes) == kept
    assert keep(TEN[::-1], **changes) == kept


@pytest.mark.parametrize("status", [Status.PLANNED, Status.STAGED, Status.PUBLISHED])
def test_an_unfinished_epoch_stays_and_takes_no_place(status: Status) -> None:
    assert keep([*TEN, epoch(11, status)]) == {8, 9, 10, 11}


def test_an_abandoned_epoch_goes() -> None:
    assert keep([*TEN, epoch(11, Status.ABANDONED)]) == {8, 9, 10}


@pytest.mark.parametrize(
    ("status", "kept"), [(Status.PLANNED, {4, 5, 6, 7, 8, 9, 10, 11}), (Status.ABANDONED, {8, 9, 10})]
)
def test_what_an_unfinished_rollback_goes_back_over_stays(status: Status, kept: set[int]) -> None:
    """Its retry needs them; else it could never be finished, and no epoch of the lane either."""
    assert keep([*TEN, replace(epoch(11, status), purpose=Rollback(4))]) == kept


KEPT = f"{WAREHOUSE}/p/archive/lane=main/epoch=9/gen=1/attempt=9/source/read"


def manifest() -> Manifest:
    at = f"{ROOT}/epoch=9/gen=1/attempt=9"
    return make.manifest(
        make.partition("d.t", "9", at=f"{at}/data/9", previous=OLD),
        epoch=9,
        archives={"source": (DataFile(KEPT, 1, 1, "aa"),)},
        state=[make.state_run(path=f"{ROOT}/epoch=2/gen=1/attempt=2/state/run")],
    )


def test_what_a_lane_was_forked_behind_stays() -> None:
    """The state that it starts from, and all that a promotion goes back over; 0 is before the first."""
    epochs = [epoch(n, sealed_ms=1) for n in range(1, 8)]
    assert keep(epochs, most=2) == {6, 7}
    assert keep(epochs, most=2, forked_from=3) == {3, 4, 5, 6, 7}
    assert keep(epochs, most=2, forked_from=0) == set(range(1, 8))


URI = f"{ROOT}/epoch=9/gen=1/attempt=9/manifest.json"


@pytest.mark.parametrize(
    "uri",
    [
        URI,
        f"{ROOT}/epoch=9/gen=1/attempt=9/data/9/a",
        f"{ROOT}/epoch=2/gen=1/attempt=2/state/run",
        f"{ROOT}/old/9/whatever",
        OLD.manifest.uri,
    ],
)
def test_what_a_kept_manifest_leads_to_is_reachable(uri: str) -> None:
    """Itself, its files, its state from an older epoch, and what its swap replaced."""
    assert uri in Reachable([(URI, manifest())])
    assert uri.replace("file:///", "file:/") in Reachable([(URI, manifest())]), "the same file, spelled otherwise"
    assert uri not in Reachable([])


def test_archived_input_is_kept_for_epochs_that_are_replayed_and_not_for_their_rows() -> None:
    assert KEPT in Reachable([(URI, manifest())], replayable={9})
    assert KEPT not in Reachable([(URI, manifest())], replayable={8})
    assert KEPT not in Reachable([(URI, manifest())])
    assert KEPT.replace("read", "stray") not in Reachable([(URI, manifest())], replayable={9})


STRAY = f"{ROOT}/epoch=3/gen=1/attempt=5/data/x"


@pytest.mark.parametrize(
    ("uri", "changes", "goes"),
    [
        (STRAY, {}, True),
        (STRAY, {"modified_ms": NOW - 10}, False),
        (STRAY, {"oldest_running_fences": {"main": 5}}, False),
        (STRAY, {"oldest_running_fences": {"main": 6}}, True),
        (STRAY.replace("lane=main", "lane=fix"), {}, False),
        (STRAY.replace("lane=main", "lane=fix"), {"oldest_running_fences": {"fix": 6}}, True),
        (STRAY, {"reachable": Reachable([(STRAY, manifest())])}, False),
        (f"{ROOT}/epoch=3/gen=1/attempt=5/state/run", {}, True),
        (f"{ROOT}/replay=0abc/data/x", {}, True),
        (f"{ROOT}/replay=0abc/data/x", {"modified_ms": NOW - 10}, False),
        (f"{WAREHOUSE}/p/clone=c.may/attempt=5/manifest.json", {}, True),
        (f"{WAREHOUSE}/p/clone=c.may/attempt=5/manifest.json", {"modified_ms": NOW - 10}, False),
        (KEPT, {}, True),
        (KEPT, {"modified_ms": NOW - 10}, False),
        (KEPT, {"oldest_running_fences": {"main": 9}}, False),
        (KEPT, {"oldest_running_fences": {"main": 10}}, True),
        (KEPT, {"reachable": Reachable([(STRAY, manifest())], replayable={9})}, False),
        (f"{ROOT}/somebody/elses", {}, False),
        (f"{ROOT}/epoch=3/notes.txt", {}, False),
    ],
)
def test_which_files_go(uri: str, changes: dict[str, object], goes: bool) -> None:
    usual: dict[str, object] = {
        "modified_ms": 0,
        "reachable": Reachable([]),
        "oldest_running_fences": {"main": 100},
        "grace_ms": 1000,
        "now_ms": NOW,
    }
    assert collectable(uri, maker(WAREHOUSE, "p", uri), **(usual | changes)) is goes  # type: ignore[arg-type]


@given(st.integers(1, 30), st.integers(1, 30), st.sets(st.integers(1, 30)), st.integers(0, 40_000))
def test_kept_rows_are_bounded_and_never_without_the_last(count: int, most: int, named: set[int], grace: int) -> None:
    epochs = [replace(epoch(n), sealed_ms=NOW - (count - n) * 1000) for n in range(1, count + 1)]
    kept = keep(epochs, most=most, named_by_heads=named, grace_ms=grace)
    assert count in kept
    assert len(kept - named) <= max(most, grace // 1000 + 1)


@pytest.mark.parametrize(
    ("below", "over"),
    [
        ("lane=main/epoch=7", True),
        ("lane=main/epoch=7/gen=2/attempt=9/data", True),
        ("lane=main/epoch=8", False),
        ("lane=other/epoch=8", True),
        ("lane=unknown/epoch=1", False),
        ("lane=main", False),
        ("", False),
        ("clone=t.c/attempt=3", True),
        ("clone=t.c", False),
        ("lane=main/replay=x", False),
    ],
)
def test_where_nobody_writes_any_more(below: str, over: bool) -> None:
    folder = f"s3a://b/root/p/{below}".rstrip("/")
    assert ended("s3a://b/root", "p", folder, {"main": 7, "other": 8}) is over
