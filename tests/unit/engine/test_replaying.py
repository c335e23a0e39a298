"""Goal: replaying many epochs costs what their number costs, and not its square."""

import pytest

from model.alone import Alone
from tidegate.engine.lanes import Lanes
from tidegate.protocol.model import Run

DAYS = ("d1", "d2")


def manifests_read(epochs: int, *, runs: int = 1) -> int:
    """By a replay of all epochs on one lane, in so many calls; both tables, one of them merging, get rows in each."""
    alone = Alone(*[DAYS] * epochs)
    alone.calls.clear()
    for number in range(1, runs + 1):
        until = number * epochs // runs
        replayed = [r.epoch.epoch for r in Lanes(alone.engine).replay(Run("again", "o"), "fix", since=1, until=until)]
        assert replayed == list(range((number - 1) * epochs // runs + 1, until + 1))
    return alone.calls.count("read")


@pytest.mark.parametrize("each", [False, True])
def test_a_replay_reads_manifests_in_proportion_to_its_epochs(each: bool) -> None:
    """In one call, and in a call for each epoch, as a backfill does it."""
    few, some, many = (manifests_read(n, runs=n if each else 1) for n in (4, 8, 12))
    assert 0 < few < some
    assert many - some == some - few
