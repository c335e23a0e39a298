"""Goal: whoever looks for a file's maker finds the one whose folder it was written into, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.protocol import layout
from tidegate.protocol.layout import Archive, Attempt, CloneAttempt, Maker, Replay
from tidegate.protocol.model import LaneId

ROOT = "hdfs://name/warehouse/_tidegate"

PIPELINES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
LANES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)
NUMBERS = st.integers(1, 2**62)
ATTEMPTS = st.builds(Attempt, st.builds(LaneId, PIPELINES, LANES), NUMBERS, NUMBERS, NUMBERS)
MAKERS: st.SearchStrategy[Maker] = st.one_of(
    ATTEMPTS,
    st.builds(Archive, ATTEMPTS),
    st.builds(Replay, st.builds(LaneId, PIPELINES, LANES), st.from_regex(r"[0-9a-f]{32}", fullmatch=True)),
    st.builds(
        CloneAttempt, st.builds(LaneId, PIPELINES), st.from_regex(r"[a-z]{1,9}\.[a-z]{1,9}", fullmatch=True), NUMBERS
    ),
)
BELOW = st.sampled_from(  # a table may be partitioned by columns of these names
    [
        layout.manifest_in(""),
        f"{layout.data_in('', 't.log')}/lane=a/epoch=1/gen=1/attempt=9/part",
        f"{layout.changes_in('', 't.log')}/clone=a/attempt=1/part",
        f"{layout.state_in('', 'gen')}/replay=1/run",
        f"{layout.reports_in('')}/0",
        f"{layout.empty_in('')}/.keep",
    ]
)


@given(MAKERS, BELOW)
def test_the_maker_is_found_again(made_by: Maker, below: str) -> None:
    found = layout.maker(ROOT, made_by.lane.pipeline, layout.folder(ROOT, made_by) + below)
    assert found == made_by


@pytest.mark.parametrize(
    "uri",
    [
        f"{ROOT}/p/somebody/elses",
        f"{ROOT}/p/lane=main/epoch=3/notes.txt",
        f"{ROOT}/p/lane=main/epoch=3/gen=1/attempt=x/run",
        f"{ROOT}/p/below/lane=main/epoch=3/gen=1/attempt=4/run",
        f"{ROOT}/p/archive/archive/lane=main/epoch=3/gen=1/attempt=4/run",
        f"{ROOT}/p/archive/replay=1/run",
        f"{ROOT}/other/lane=main/epoch=3/gen=1/attempt=4/run",
        f"{ROOT}2/p/lane=main/epoch=3/gen=1/attempt=4/run",
        "lane=main/epoch=3/gen=1/attempt=4/run",
    ],
)
def test_what_lies_elsewhere_has_no_maker(uri: str) -> None:
    assert layout.maker(ROOT, "p", uri) is None


def test_each_operator_has_a_folder_of_its_own() -> None:
    assert {layout.state_in("at", uid) for uid in ("a", "b")} == {"at/state/a", "at/state/b"}


@given(ATTEMPTS)
def test_a_clean_up_from_before_there_were_archives_knows_no_maker_of_one(attempt: Attempt) -> None:
    """It knew the folders that begin like this, and would delete what its manifests do not list in them."""
    assert str(attempt).startswith("lane=")
    assert not str(Archive(attempt)).startswith(("lane=", "clone="))


@pytest.mark.parametrize(
    ("given_as", "one"),
    [
        ("file:/x/y", "file:///x/y"),
        ("file:///x/y/", "file:///x/y"),
        ("s3://bucket/x", "s3a://bucket/x"),
        ("s3a://bucket/x/", "s3a://bucket/x"),
        ("s3://", "s3a://"),
        ("hdfs://n/s3://x", "hdfs://n/s3://x"),
        ("/s3/x", "/s3/x"),
    ],
)
def test_a_location_has_one_spelling(given_as: str, one: str) -> None:
    assert layout.normal(given_as) == layout.normal(one) == one


@pytest.mark.parametrize(
    ("below", "epoch"),
    [
        ("lane=main/epoch=7", ("main", 7)),
        ("lane=main/epoch=7/gen=1/attempt=3/data", ("main", 7)),
        ("archive/lane=main/epoch=7/gen=1", ("main", 7)),
        ("lane=main", None),
        ("lane=main/epoch=7x", None),
        ("clone=t.c/attempt=3", None),
    ],
)
def test_a_folder_of_one_epoch(below: str, epoch: tuple[str, int] | None) -> None:
    assert layout.epoch_of("s3a://b/root", "p", f"s3a://b/root/p/{below}") == epoch
