"""Goal: histories of an upstream pipeline in which a reader once lost or doubled rows."""

import random
from pathlib import Path

import pytest

from pipelines.made_up import Downstream, Upstream
from tidegate.errors import RefusedError, SourceGapError

CHANCE = random.Random(0)


@pytest.fixture
def up(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path)


def led_on(down: Downstream) -> None:
    with pytest.raises(SourceGapError):
        down.run()
    down.accept()
    down.run()


def test_what_is_joined_does_not_stand_for_epochs_that_were_rolled_back(up: Upstream) -> None:
    up.events(1)
    up.events(1)
    up.roll_back(1)
    up.events(1)
    up.compact(0, 2)  # epochs 1 and 4: not 2, which lies between
    down = Downstream(up)
    down.run()
    assert down.read == up.shown == [0, 2]
    up.roll_back(2)
    led_on(down)
    assert down.read == [0, 1, 2]


def test_undoing_a_promotion_brings_rows_back_that_it_had_replaced(up: Upstream) -> None:
    for _ in range(3):
        up.events(1)
    up.promote(2, CHANCE)
    down = Downstream(up)
    down.run()
    assert down.read == up.shown
    up.roll_back(3)
    with pytest.raises(SourceGapError):
        down.run()
    down.roll_back(0)
    down.accept()
    down.run()
    assert down.read == up.shown == [0, 1, 2]


def test_rows_that_a_promotion_gives_an_epoch_without_any_are_read(up: Upstream) -> None:
    up.events(1)
    up.events(1)
    down = Downstream(up)
    down.run()
    empty, full = _Rows(0), _Rows(2)
    up.events(1)
    up.promote(3, empty)
    down.run()
    assert down.read == up.shown == [0, 1]
    up.promote(3, full)
    down.run()
    assert down.read == up.shown
    assert len(up.shown) == 4


def test_between_two_promotions_each_epoch_is_as_the_last_one_left_it(up: Upstream) -> None:
    """What a compaction between them joined is not read twice."""
    up.events(1)
    down = Downstream(up)
    down.run()
    for _ in range(3):
        up.events(1)
    up.promote(2, _Rows(1), only=1)
    up.compact(0, 2)
    up.events(1)
    up.promote(7, _Rows(1))
    down.run()
    assert down.read == up.shown
    assert len(up.shown) == 5


def test_an_accepted_difference_is_that_one_and_no_later_one(up: Upstream) -> None:
    for _ in range(2):
        up.events(1)
    down = Downstream(up)
    down.run()
    up.events(1)
    up.roll_back(1)
    led_on(down)
    assert down.read == [0, 1]
    up.promote(1, _Rows(1))
    with pytest.raises(SourceGapError, match="shows other rows of its epoch 1 than"):
        down.run()


def test_rows_that_are_joined_with_some_that_were_read_are_not_read_again_by_a_word(up: Upstream) -> None:
    for _ in range(4):
        up.events(1)
    up.compact(0, 2)
    up.compact(1, 2)
    down = Downstream(up)
    down.plan()
    down.epochs.append((1, [0, 1]))  # of two slices the first
    up.roll_back(3)
    with pytest.raises(SourceGapError):
        down.run()
    with pytest.raises(RefusedError, match="joined with others that were read: roll back to before all of them"):
        down.accept()
    down.roll_back(0)
    down.accept()
    down.run()
    assert down.read == up.shown == [0, 1, 2]


def test_a_word_counts_for_the_promotions_that_there_were(up: Upstream) -> None:
    """Else each look would ask for it again."""
    for rows in (2, 1, 2, 0):
        up.events(rows)
    up.promote(1, _Rows(1), only=2)
    up.compact(0, 2)
    down = Downstream(up)
    down.run()
    up.promote(3, _Rows(2))
    with pytest.raises(SourceGapError):
        down.run()
    down.roll_back(0)
    for _ in range(2):  # what waits is found again in two steps at most
        down.accept()
    down.run()
    assert down.read == up.shown


def test_what_a_promotion_made_of_an_epoch_does_not_stand_for_those_before_it(up: Upstream) -> None:
    for _ in range(4):
        up.events(1)
    up.promote(3, _Rows(0), only=1)
    up.compact(0, 2)
    up.promote(4, _Rows(1))
    down = Downstream(up)
    down.run()
    assert down.read == up.shown
    up.promote(3, _Rows(1), only=1)
    down.run()
    assert down.read == up.shown


def test_what_waits_and_cannot_be_told_any_more_is_left_out_by_a_word(up: Upstream) -> None:
    down = Downstream(up)
    up.events(1)
    down.run()
    up.events(1)
    down.plan()
    for _ in range(3):
        up.events(1)
    up.forget(3)
    with pytest.raises(SourceGapError, match="does not keep its epoch 3 any more"):
        down.run()
    down.accept()
    down.run()
    assert down.read == [0, 3, 4]


class _Rows(random.Random):
    """Always so many."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def randint(self, a: int, b: int) -> int:
        return self._rows
