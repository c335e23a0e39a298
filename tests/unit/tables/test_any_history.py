"""Goal: whatever an upstream pipeline does, a reader has its rows once, or stops and is led on."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.made_up import Downstream, Upstream
from tidegate.errors import RefusedError, SourceGapError


def act(up: Upstream, chance: random.Random, *, promotions: bool = True) -> None:
    """One epoch of any kind."""
    kind = chance.choice(["events"] * 5 + ["empty", "compact", "back"] + ["promote"] * promotions)
    if kind == "events":
        up.events(chance.randint(1, 3))
    elif kind == "empty":
        up.events(0)
    elif kind == "compact":
        up.compact(chance.randint(0, 3), chance.randint(2, 4))
    elif kind == "back":
        up.roll_back(chance.randint(max(up.head - 4, 0), max(up.head - 1, 0)))
    else:
        up.promote(chance.randint(max(up.head - 4, 0), up.head), chance, only=chance.choice([None, 1, 2]))


def led_on(up: Upstream, down: Downstream) -> None:
    """A person takes back what read rows that are not shown any more, and lets what is shown be read."""
    kept = 0
    while kept < len(down.epochs) and set(down.epochs[kept][1]) <= set(up.shown):
        kept += 1
    down.roll_back(kept)
    for _ in range(5):
        try:
            return down.run()
        except SourceGapError:
            try:
                down.accept()
            except RefusedError:
                down.roll_back(0)
    pytest.fail("no word of a person leads on")


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_rows_are_read_once_or_the_reader_stops(seed: int) -> None:
    chance = random.Random(seed)
    with TemporaryDirectory() as folder:
        up = Upstream(Path(folder))
        down = Downstream(up)
        up.events(2)
        for _ in range(chance.randint(5, 14)):
            act(up, chance)
            if chance.random() < 0.5:
                try:
                    down.run()
                except SourceGapError:
                    if chance.random() < 0.5:
                        continue  # perhaps it goes forward again
                    led_on(up, down)
                assert down.read == up.shown
        try:
            down.run()
        except SourceGapError:
            led_on(up, down)
        assert down.read == up.shown


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_without_promotions_an_accepted_gap_loses_and_doubles_nothing_that_is_shown(seed: int) -> None:
    chance = random.Random(seed)
    with TemporaryDirectory() as folder:
        up = Upstream(Path(folder))
        down = Downstream(up)
        up.events(2)
        for _ in range(chance.randint(5, 14)):
            act(up, chance, promotions=False)
            if chance.random() < 0.5:
                try:
                    down.run()
                except SourceGapError:
                    down.accept()
                    down.run()
                assert len(set(down.read)) == len(down.read)
                assert set(up.shown) <= set(down.read)
