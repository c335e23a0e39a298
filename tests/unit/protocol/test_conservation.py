"""Goal: no count of an epoch can be wrong by itself without a contradiction, and no file without its rows (I7)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as make
from tidegate.protocol.conservation import contradiction, lost
from tidegate.protocol.model import Counts

# 100 records, 7 of them malformed; the transforms leave 13 out; 2 have no key, 3 fail, 75 give 150 rows
RIGHT = make.counts(
    rows_in=100, malformed=7, decoded=93, received=80, null_keys=2, failed=3, processed=75, yielded=150, keys_changed=9
)
WRITTEN = {"t.log": 150, "t.latest": 150, "t.dead": 12}


def problem(counts: Counts, written: dict[str, int] = WRITTEN, *, transformed: bool = True) -> str | None:
    return contradiction(counts, transformed=transformed) or lost(
        counts, written, tables=["t.log", "t.latest"], dead_letters="t.dead"
    )


def test_right_counts_agree() -> None:
    assert problem(RIGHT) is None
    assert problem(make.counts(), {}, transformed=False) is None


@pytest.mark.parametrize("off", [-1, 1])
@pytest.mark.parametrize(
    "name", ["rows_in", "malformed", "decoded", "null_keys", "failed", "processed", "received", "yielded"]
)
def test_one_wrong_count_contradicts_the_others(name: str, off: int) -> None:
    wrong = replace(RIGHT, **{name: getattr(RIGHT, name) + off})
    assert problem(wrong)


@given(st.sampled_from(sorted(WRITTEN)), st.integers(-12, 12).filter(bool))
def test_a_table_with_rows_too_few_or_too_many(table: str, off: int) -> None:
    said = problem(RIGHT, {**WRITTEN, table: WRITTEN[table] + off})
    assert said == f"{WRITTEN[table]} rows were made for {table}, but {WRITTEN[table] + off} are in its files"


def test_a_table_without_files_has_no_rows() -> None:
    assert problem(RIGHT, {t: n for t, n in WRITTEN.items() if t != "t.dead"})


@pytest.mark.parametrize("received", [92, 94])
def test_without_a_transform_nothing_is_left_out_and_nothing_made(received: int) -> None:
    counts = replace(RIGHT, received=received, processed=received - 5)
    assert problem(counts) is None
    assert problem(counts, transformed=False) == (
        f"93 rows were read, but {received} came to the function, and no transform is between"
    )


def test_without_dead_letters_none_are_looked_for() -> None:
    assert lost(replace(RIGHT, malformed=0), {"t.log": 150}, tables=["t.log"], dead_letters=None) is None
