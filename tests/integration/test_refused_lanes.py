"""Goal: what lanes are asked for that cannot be is refused, and changes nothing: rows, heads, files, lanes, live."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import builders as make
from integration.test_reprocessing import Live, from_scratch, replayed
from pipelines import totals
from tidegate import ValueState
from tidegate.engine.lanes import Lanes
from tidegate.errors import RefusedError, SourceGapError, StateIncompatibleError, TidegateError
from tidegate.protocol.model import LaneStatus, Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

CHANGED = totals.DoubleTotals()
PROMOTE = Run("promote", "a person")

Look = Callable[[Live], tuple[Any, ...]]


@pytest.fixture
def live(tmp_path: Path, endpoints: Endpoints) -> Live:
    live = Live(tmp_path, endpoints)
    live.run(1, 2, 3)
    return live


def of_main(live: Live) -> tuple[Any, ...]:
    with live.engine(new_code=False) as engine:
        store = engine.adapters.store
        return store.epochs(engine.lane_id, limit=99), store.heads_of_pipeline(live.definition.name), live.rows()


def of_lanes(live: Live) -> tuple[Any, ...]:
    """All lanes with their epochs, and every file that any attempt has written."""
    with live.engine(new_code=False) as engine:
        store = engine.adapters.store
        forks = store.forks(live.definition.name)
        epochs = [store.epochs(fork.lane, limit=99) for fork in forks]
    written = Path(engine.root.removeprefix("file://")) / live.definition.name
    return forks, epochs, sorted(str(file) for file in written.rglob("*") if file.is_file())


@contextmanager
def refused(
    live: Live,
    error: type[TidegateError],
    why: str,
    *,
    unchanged: Sequence[Look] = (of_main, of_lanes),
    function: totals.Totals = CHANGED,
) -> Iterator[Lanes]:
    """The body is refused, and leaves all that is looked at as it was."""
    before = [look(live) for look in unchanged]
    definition = make.with_function(live.definition, function)
    with coordinator(definition, live.endpoints, progress=print) as engine, pytest.raises(error, match=why):
        yield Lanes(engine)
    assert [look(live) for look in unchanged] == before
    live.verified()


@pytest.mark.parametrize(
    "ask",
    [
        lambda lanes: lanes.compare(lanes.find("nowhere")),
        lambda lanes: lanes.promote(PROMOTE, "nowhere"),
        lambda lanes: lanes.promote(PROMOTE, "nowhere", output_only=True),
        lambda lanes: lanes.discard("nowhere"),
    ],
    ids=["diff", "promote", "promote output only", "discard"],
)
def test_a_lane_that_is_not_there(live: Live, ask: Callable[[Lanes], object]) -> None:
    with refused(live, RefusedError, "there is no lane 'nowhere'; `tidegate lanes` lists them") as lanes:
        ask(lanes)


def test_a_replay_whose_input_was_archived_away(live: Live) -> None:
    """Nothing of the lane is left; and one that has begun stays as it was."""
    archived = (live.source / "002.json").rename(live.source.parent / "002.json")
    with refused(live, SourceGapError, r"002\.json is gone") as lanes:
        replayed(lanes.main, since=1)
    with live.engine() as engine:
        assert replayed(engine, since=1, until=1) == [1]
    with refused(live, SourceGapError, r"002\.json is gone") as lanes:
        replayed(lanes.main, since=1)
    with refused(live, SourceGapError, r"002\.json is gone", unchanged=[of_main]) as lanes:
        lanes.promote(PROMOTE, "fix")  # it cannot catch up
    archived.rename(live.source / "002.json")
    with live.engine() as engine:
        assert Lanes(engine).promote(PROMOTE, "fix") is not None
    live.verified()


def test_code_whose_state_has_another_type(live: Live) -> None:
    """A lane cannot start from the state behind its base; from nothing it can."""

    class OtherState(totals.Totals):
        count = ValueState(pa.string())

    why = "count int64.*the pipeline declares .*count string.*Restore the declaration"
    with refused(live, StateIncompatibleError, why, function=OtherState()) as lanes:
        replayed(lanes.main, since=2)


def test_two_lanes_over_the_same_epochs(live: Live, tmp_path: Path, endpoints: Endpoints) -> None:
    """The first is promoted. The second began from the state that this has replaced, and would bring it back."""
    with live.engine() as engine:
        lanes = Lanes(engine)
        for name, since, until in (("first", 1, 2), ("second", 2, 3)):
            assert len(list(lanes.replay(Run(name, name), name, since=since, until=until))) == 2
        assert lanes.promote(PROMOTE, "first") is not None
    assert live.rows() == from_scratch(tmp_path, endpoints, live.source)
    with refused(live, RefusedError, "were reprocessed by epoch 4.*behind epoch 4") as lanes:
        lanes.promote(replace(PROMOTE, key="another"), "second")
    with live.engine() as engine:
        Lanes(engine).discard("second")
        assert [f.status for f in Lanes(engine).all()] == [LaneStatus.PROMOTED, LaneStatus.DISCARDED]
