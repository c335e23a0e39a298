"""Goal: a rollback is refused before it changes anything, ends every doubt that it meets, and skips no input after it.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

from dataclasses import replace

import pytest

import builders as make
from model.alone import Alone
from model.scenarios import BOTH, ONE
from model.systems import METASTORE, SOURCE
from tidegate.engine.rollback import plan_rollback, roll_back
from tidegate.errors import ConfigurationError, RefusedError, SourceGapError, UnavailableError
from tidegate.protocol.model import Kind, Run, Status

BACK = Run("back", "a person")


def test_a_refused_rollback_changes_nothing_and_keeps_nobody_waiting() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    before = alone.durable()
    for to_epoch in (-1, 3, 4):
        alone.calls.clear()
        with pytest.raises(RefusedError):
            roll_back(alone.engine, BACK, to_epoch=to_epoch)
        assert alone.calls[-1] == "fail"
    assert alone.durable() == before


def test_a_source_file_that_has_changed_stops_it_or_the_next_epoch() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    alone.states[SOURCE] = replace(alone.states[SOURCE], changed=(0, 1, 0))
    before = alone.durable()
    with pytest.raises(SourceGapError, match=r"a planned file has changed\. To go back .*`--allow-gap`, .*`allow_gap`"):
        roll_back(alone.engine, BACK, to_epoch=1)
    assert alone.calls[-1] == "fail"
    assert alone.durable() == before
    assert make.stop(roll_back(alone.engine, BACK, to_epoch=1, allow_gap=True).epoch) == 1
    shown = alone.states[METASTORE]
    with pytest.raises(SourceGapError, match="a planned file has changed"):
        alone.engine.run(Run("next", "next"))
    assert alone.states[METASTORE] == shown
    assert alone.wrong() == []


@pytest.mark.parametrize("position", [1, 2])
def test_a_forgotten_source_position_is_never_skipped(position: int) -> None:
    alone = Alone(BOTH, ONE, BOTH, ONE)
    del alone.tables.log[position]
    with pytest.raises(SourceGapError, match=r"\[1, 4\) only 2 are known still.*--allow-gap"):
        roll_back(alone.engine, BACK, to_epoch=1)
    roll_back(alone.engine, BACK, to_epoch=1, allow_gap=True)
    for number in range(1, position):
        alone.engine.run(Run(f"next-{number}", "next"))
    with pytest.raises(SourceGapError, match="only 0 are known still"):
        alone.engine.run(Run("stops", "stops"))
    last = alone.tables.epochs[max(alone.tables.epochs)]
    assert (last["status"], last["offsets"]["source"][0]) == ("PLANNED", position)


def test_a_swap_that_a_sleeper_left_is_mended_before_going_back() -> None:
    """Its partition is not one that the rollback moves, and the next epoch may be hours away."""
    alone = Alone(("d1",), ONE, ONE)
    table = next(t for (t, v), _ in alone.states[METASTORE] if v == ("d1",))
    alone.states[METASTORE] = tuple(
        (place, f"{at}-old" if place == (table, ("d1",)) else at) for place, at in alone.states[METASTORE]
    )
    alone.tables.epochs["main", 1, 1] = {**alone.tables.epochs["main", 1, 1], "publishers": 2}
    assert len(alone.wrong()) == 1
    plan = plan_rollback(alone.engine, 2)
    assert (table, ("d1",)) not in [place for place, _ in plan.changes]
    roll_back(alone.engine, BACK, to_epoch=2)
    assert alone.wrong() == []


def test_what_could_not_be_computed_is_abandoned_and_its_range_comes_again() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    roll_back(alone.engine, Run("back-1", "a person"), to_epoch=1)
    alone.broken = lambda method: method == "read"
    with pytest.raises(UnavailableError):
        alone.engine.run(Run("fails", "fails"))
    alone.broken = lambda method: False
    unfinished = plan_rollback(alone.engine, 3).unfinished
    assert unfinished is not None
    assert unfinished.status is Status.PLANNED
    with pytest.raises(RefusedError, match="the last one"):
        roll_back(alone.engine, BACK, to_epoch=4)
    assert alone.tables.epochs["main", 5, 1]["status"] == "PLANNED"  # a refusal gives nothing up
    done = roll_back(alone.engine, BACK, to_epoch=2).epoch
    assert (done.epoch, done.generation, make.stop(done)) == (5, 2, 2)
    assert alone.tables.epochs["main", 5, 1]["status"] == "ABANDONED"
    again = alone.epoch(Run("fails", "fails"))
    assert (again.epoch, *make.ends(again)) == (6, 2, 3)
    assert alone.wrong() == []


def test_a_staged_epoch_is_finished_first() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    roll_back(alone.engine, Run("back-1", "a person"), to_epoch=2)
    alone.engine.process(Run("slow", "slow"))
    roll_back(alone.engine, BACK, to_epoch=4)
    assert [(r["kind"], r["status"]) for r in alone.tables.epochs.values()][-3:] == [
        ("ROLLBACK", "SEALED"),
        ("EVENTS", "SEALED"),
        ("ROLLBACK", "SEALED"),
    ]
    assert alone.wrong() == []


def test_a_run_that_made_another_epoch_makes_no_rollback() -> None:
    """Two DAGs may have runs of the same name: the rollback must not report the other's epoch as its own."""
    alone = Alone(BOTH, ONE, BOTH)
    with pytest.raises(RefusedError, match=r"run run-3 has made p epoch 3 before, which is of kind EVENTS"):
        roll_back(alone.engine, Run("run-3", "a person"), to_epoch=1)
    done = roll_back(alone.engine, BACK, to_epoch=2)
    before = alone.durable()
    assert roll_back(alone.engine, BACK, to_epoch=2).epoch == done.epoch  # asked again
    with pytest.raises(RefusedError, match="which went back to epoch 2: roll back in a run of its own"):
        roll_back(alone.engine, BACK, to_epoch=1)
    assert alone.durable() == before


def test_a_table_that_is_not_declared_any_more_is_not_left_behind() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    before, definition = alone.durable(), alone.engine.definition
    engine = replace(alone.engine, definition=make.with_targets(definition, definition.targets[0]))
    with pytest.raises(ConfigurationError, match=rf"wrote to {definition.targets[1].name}, which .* declare it again"):
        roll_back(engine, BACK, to_epoch=1)
    assert alone.durable() == before


@pytest.mark.parametrize("to_epoch", [0, 1])
def test_a_rollback_that_starts_elsewhere_than_behind_its_epoch_is_found(to_epoch: int) -> None:
    """Before the first epoch there is neither input nor state."""
    alone = Alone(BOTH, ONE, BOTH)
    roll_back(alone.engine, BACK, to_epoch=to_epoch)
    assert alone.wrong() == []
    right, before = alone.tables.epochs["main", 4, 1], alone.tables.epochs["main", 3, 1]
    moved = {"offsets": {"source": [3, 3]}}
    another_state = {"parent_uri": before["manifest_uri"], "parent_sha256": before["manifest_sha256"]}
    for wrong, said in ((moved, "starts at 3 in the ledger of source 'source'"), (another_state, "starts from ")):
        alone.tables.epochs["main", 4, 1] = {**right, **wrong}
        (finding,) = alone.wrong()
        assert finding.subject == "p epoch 4"
        assert finding.problem.startswith(said)


def test_the_plan_says_what_will_happen_and_changes_nothing() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    before = alone.durable()
    plan = plan_rollback(alone.engine, 1)
    assert alone.durable() == before
    assert plan.restored is not None
    assert plan.restored.epoch == 1
    assert [e.epoch for e in plan.undone] == [3, 2]
    assert (plan.offsets, plan.unfinished) == (make.span(1, 3), None)
    assert plan.state_rows == (2, 2)
    assert plan_rollback(alone.engine, 0).state_rows == (2, 0)
    done = roll_back(alone.engine, BACK, to_epoch=1)
    assert done.manifest is not None
    assert done.manifest.kind is Kind.ROLLBACK
    assert {(p.table, p.values) for p in done.manifest.partitions} == {place for place, _ in plan.changes}
