"""Goal: a lane replays exactly what the tables show behind its base, in order, and notices when main went back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as make
from tidegate.errors import RefusedError
from tidegate.protocol.lanes import forkable, lane_name, left, line, serves, usable
from tidegate.protocol.model import Compaction, Epoch, Events, Fork, LaneId, LaneStatus, Promotion, Purpose, Rollback


def epoch(number: int, purpose: Purpose | None = None) -> Epoch:
    return make.epoch(number, purpose=purpose or Events())


def numbers(epochs: tuple[Epoch, ...]) -> list[int]:
    return [e.epoch for e in epochs]


MAIN = [
    epoch(1),
    epoch(2),
    epoch(3, Compaction()),
    epoch(4),
    epoch(5, Rollback(2)),
    epoch(6),
    epoch(7, Promotion("x", 0, keeps_state=False)),
    epoch(8),
]


@pytest.mark.parametrize(
    ("base", "until", "shown"),
    [
        (0, None, [1, 2, 6, 8]),
        (1, None, [2, 6, 8]),
        (2, 6, [6]),
        (5, None, [6, 8]),
        (7, None, [8]),
        (8, None, []),
        (0, 1, [1]),
    ],
)
def test_the_line_leaves_out_what_was_rolled_back(base: int, until: int | None, shown: list[int]) -> None:
    """And what has no events of its own."""
    assert numbers(line(MAIN, base=base, until=until)) == shown


def test_a_rollback_to_before_the_first_epoch() -> None:
    assert numbers(line([epoch(1), epoch(2, Rollback(0)), epoch(3)], base=0)) == [3]


@pytest.mark.parametrize("base", [3, 4, 9])
def test_a_base_that_is_not_shown_is_refused(base: int) -> None:
    """It was gone back over, or never was."""
    with pytest.raises(RefusedError, match=f"epoch {base} is not part of what the tables show"):
        line(MAIN, base=base)


def test_a_line_that_was_forgotten_in_between_is_refused() -> None:
    with pytest.raises(RefusedError, match="epoch 3 is not kept any more"):
        line([epoch(2), epoch(4)], base=2)


@given(st.lists(st.booleans(), min_size=1, max_size=20), st.data())
def test_every_line_is_what_a_reader_remembers(steps: list[bool], data: st.DataObject) -> None:
    """The oracle keeps a stack of what is shown: events push, a rollback pops."""
    main: list[Epoch] = []
    shown: list[int] = []
    remembered: dict[int, list[int]] = {0: []}
    for number, back in enumerate(steps, start=1):
        if back:
            to = data.draw(st.sampled_from(sorted(remembered)))
            main.append(epoch(number, Rollback(to)))
            shown = list(remembered[to])
        else:
            main.append(epoch(number))
            shown = [*shown, number]
        remembered[number] = list(shown)
    assert numbers(line(main, base=0)) == shown


@pytest.mark.parametrize(
    ("base", "forked", "keeps_state", "upsert", "allowed"),
    [
        (2, 1, False, False, False),  # the state behind 2 was replaced by the lane's
        (2, 1, True, False, True),  # only output was: it is kept beside the new window
        (2, 1, True, True, False),  # in an upsert table that cannot be told apart
        (2, 2, False, True, True),  # all that it made is made again
        (4, 1, False, True, True),  # the state behind it knows it
    ],
)
def test_a_state_that_an_earlier_promotion_has_replaced_is_refused(
    base: int, forked: int, keeps_state: bool, upsert: bool, allowed: bool
) -> None:
    main = [*map(epoch, (1, 2, 3)), epoch(4, Promotion("x", forked, keeps_state)), epoch(5)]
    if allowed:
        forkable(main, base=base, upsert=upsert)
    else:
        with pytest.raises(RefusedError, match=f"starts at epoch {forked + 1} or before, or behind epoch 4"):
            forkable(main, base=base, upsert=upsert)


FORK = Fork(LaneId("p", "fix"), base=1, fence=3)


def test_a_lane_goes_on_where_it_was() -> None:
    of_main = line(MAIN, base=1)
    assert numbers(left(FORK, [], of_main)) == [2, 6, 8]
    assert numbers(left(FORK, of_main[:2], of_main)) == [8]
    assert left(FORK, of_main, of_main) == ()


def test_a_lane_that_replayed_what_was_rolled_back_is_refused() -> None:
    with pytest.raises(RefusedError, match="p@fix: main was rolled back over epochs"):
        left(FORK, [epoch(2), epoch(4)], line(MAIN, base=1))
    with pytest.raises(RefusedError, match="main was rolled back"):
        left(FORK, line(MAIN, base=1), line(MAIN, base=1, until=6))


@pytest.mark.parametrize(
    ("base", "reach_back", "serving"),
    [(2, False, True), (2, True, True), (3, False, False), (3, True, True), (1, False, False), (1, True, False)],
)
def test_a_lane_serves_who_starts_where_it_did_or_later(base: int, reach_back: bool, serving: bool) -> None:
    fork = Fork(LaneId("p", "fix"), 2, 1)
    assert serves(fork, base=base, reach_back=reach_back) is serving
    for over in (LaneStatus.PROMOTED, LaneStatus.DISCARDED):
        assert not serves(Fork(fork.lane, 2, 1, over), base=base, reach_back=reach_back)
    assert not serves(None, base=base, reach_back=reach_back)


def test_only_open_lanes_are_usable() -> None:
    assert usable(FORK, "fix") is FORK
    with pytest.raises(RefusedError, match="there is no lane 'fix'"):
        usable(None, "fix")
    with pytest.raises(RefusedError, match="p@fix: the lane is promoted"):
        usable(Fork(FORK.lane, 1, 3, LaneStatus.PROMOTED), "fix")


@pytest.mark.parametrize("name", ["fix-1", "0", "a" * 63])
def test_names_of_lanes(name: str) -> None:
    assert lane_name(name) == name


@pytest.mark.parametrize("name", ["main", "", "Fix", "a/b", "..", "-a", "a" * 64, "lane=x", "é"])
def test_names_that_no_folder_may_have(name: str) -> None:
    with pytest.raises(RefusedError, match="cannot be a lane's name"):
        lane_name(name)
