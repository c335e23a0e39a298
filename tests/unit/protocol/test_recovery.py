"""Goal: an attempt's next step follows from the lane's rows, and a repair names exactly the differences."""

from dataclasses import replace

import pytest

import builders as make
from tidegate.protocol.model import Epoch, Head, Manifest, PartitionValues, Run, Status
from tidegate.protocol.partitions import partition_path
from tidegate.protocol.recovery import Step, decide, repair, reprocesses

MINE, OTHER = Run("mine", "me"), Run("other", "them")


def epoch(status: Status, run: Run = MINE) -> Epoch:
    return make.epoch(3, status, fence=5, run=run, offsets=make.span(0, 2))


@pytest.mark.parametrize(
    ("status", "step"),
    [(Status.PLANNED, Step.PROCESS), (Status.STAGED, Step.PUBLISH), (Status.PUBLISHED, Step.SEAL)],
)
@pytest.mark.parametrize("run", [MINE, OTHER])
def test_an_unfinished_epoch_comes_first(status: Status, step: Step, run: Run) -> None:
    decision = decide(MINE, unfinished=epoch(status, run), own=None)
    assert (decision.step, decision.foreign) == (step, run is OTHER)


def test_a_sealed_run_is_done() -> None:
    assert decide(MINE, unfinished=None, own=epoch(Status.SEALED)).step is Step.DONE


def test_a_sealed_run_still_finishes_what_another_left() -> None:
    decision = decide(MINE, unfinished=epoch(Status.STAGED, OTHER), own=epoch(Status.SEALED))
    assert (decision.step, decision.foreign) == (Step.PUBLISH, True)


@pytest.mark.parametrize("own", [None, epoch(Status.ABANDONED)])
def test_nothing_unfinished_means_a_new_range(own: Epoch | None) -> None:
    assert decide(MINE, unfinished=None, own=own).step is Step.PLAN


@pytest.mark.parametrize(
    ("status", "cleared", "again"),
    [(Status.SEALED, 1, True), (Status.SEALED, 0, False), (Status.STAGED, 1, False), (Status.ABANDONED, 1, False)],
)
def test_a_run_that_was_cleared_behind_its_seal_is_processed_again(status: Status, cleared: int, again: bool) -> None:
    """Before that, the clear is one more attempt."""
    assert reprocesses(replace(MINE, clear_number=cleared), epoch(status)) is again
    assert not reprocesses(replace(MINE, clear_number=cleared), None)


def head(value: str, location: str) -> Head:
    return make.head("d.t", value, at=location, epoch=3, rows=10)


def test_repair_locates_what_is_wrong_or_missing_and_drops_what_is_unknown() -> None:
    expected: dict[PartitionValues, Head] = {("a",): head("a", "/a"), ("b",): head("b", "/b"), ("c",): head("c", "/c")}
    change = repair(expected, {("a",): "/a", ("b",): "/old", ("z",): "/z"})
    assert [h.values for h in change.locate] == [("b",), ("c",)]
    assert change.drop == (("z",),)
    assert change.touched == (("b",), ("c",), ("z",))
    assert repair(expected, {v: h.location for v, h in expected.items()}).touched == ()


def manifest() -> Manifest:
    written = make.data_file("file:///w/x/1.parquet", rows=5, size=99, sha256="ab")
    return make.manifest(
        make.partition("d.t", "3", "x", at="file:///w/x", files=[written]),
        epoch=3,
        attempt=5,
        offsets={**make.span(4, 6), **make.span(1, source="more")},
        state=[make.state_run(1, rows=4, size=88, sha256="cd", index_at=60, index_sha256="ef")],
        counts=make.counts(rows_in=5, processed=5, rows_out={"d.t": 5}),
        watermarks={"source": {"": 17}},
    )


def test_a_manifest_survives_its_own_json() -> None:
    assert Manifest.from_json(manifest().to_json()) == manifest()


def test_equal_manifests_have_equal_bytes() -> None:
    other = replace(manifest(), counts=make.counts(processed=5, rows_in=5, rows_out={"d.t": 5}))
    assert other.to_json() == manifest().to_json()


def test_partition_names_are_hives() -> None:
    assert partition_path(("dt", "c"), ("a/b=c d", "é%")) == "dt=a%2Fb%3Dc d/c=é%25"
