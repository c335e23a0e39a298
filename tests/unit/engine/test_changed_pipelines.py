"""Goal: what has changed in a pipeline is said where people look, and state under a uid that is gone is no start."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import builders as make
from model.alone import Alone
from model.scenarios import BOTH, ONE
from pipelines import totals
from tidegate.api.graph import Port, Sink
from tidegate.api.pipeline import Definition
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lanes import Lanes
from tidegate.engine.manifests import state_for
from tidegate.engine.planning import look_ahead
from tidegate.engine.replay import replay
from tidegate.engine.rollback import roll_back
from tidegate.engine.verify import verify
from tidegate.errors import StateIncompatibleError
from tidegate.protocol.model import Run, Status
from tidegate.protocol.operators import by_operator

ME = Run("again", "a person")
CODE = "operator Totals: its code (DoubleTotals)"


def under(uid: str, definition: Definition) -> Definition:
    """The same pipeline; its operator has another uid."""
    sinks = tuple(Sink(s.target, Port(uid, s.of.tag)) for s in definition.sinks)
    return replace(definition, operators=(replace(definition.operator, uid=uid),), sinks=sinks)


def renamed(alone: Alone) -> Coordinator:
    return replace(alone.engine, definition=under("Sums", alone.engine.definition))


def changed(alone: Alone) -> Coordinator:
    return replace(alone.engine, definition=make.with_function(alone.engine.definition, totals.DoubleTotals()))


GONE = r"has state of the operator 'Totals', .* its uid 'Totals' again, by `\.process\(…\)\.uid\(…\)`"


def test_no_run_starts_from_state_under_a_uid_that_is_gone() -> None:
    """It goes on where it was once the operator has its uid again."""
    alone = Alone(BOTH, ONE)
    roll_back(alone.engine, Run("back", "a person"), to_epoch=1)  # so that there is input again
    with pytest.raises(StateIncompatibleError, match=GONE):
        renamed(alone).run(ME)
    assert [r["status"] for r in alone.tables.epochs.values() if r["manifest_uri"] is None] == [Status.PLANNED]
    assert alone.epoch(ME).status is Status.SEALED
    assert alone.wrong() == []


@pytest.mark.parametrize(
    "start",
    [
        lambda e: look_ahead(e.definition, e.adapters, e.lane_id),
        lambda e: list(Lanes(e).replay(ME, "fix", since=2)),
        lambda e: replay(e.definition, e.adapters, e.root, 2, progress=lambda _: None),
    ],
    ids=["plan", "lane", "verify --replay"],
)
def test_nothing_else_starts_from_it(start: Callable[[Coordinator], Any]) -> None:
    alone = Alone(BOTH, ONE)
    before = alone.durable()
    with pytest.raises(StateIncompatibleError, match=GONE):
        start(renamed(alone))
    assert alone.durable() == before
    assert [*alone.tables.lanes] == ["main"]


def test_an_operator_without_state_may_have_any_uid() -> None:
    empty = make.manifest(operators=by_operator([], ["Totals"], buckets=4))
    definition = totals.pipeline("p", Path("/nowhere"))
    assert state_for(under("Sums", definition), empty) == state_for(definition, None) == ()


def test_a_lane_from_before_the_first_epoch_may_have_any_uid() -> None:
    alone = Alone(BOTH, ONE)
    (first, second) = Lanes(renamed(alone)).replay(ME, "fix", since=1)
    assert [{*r.manifest.operators} for r in (first, second) if r.manifest] == [{"Sums"}, {"Sums"}]


def test_a_manifest_has_the_state_by_operator_and_what_the_pipeline_was() -> None:
    alone = Alone(BOTH)
    report = alone.engine.publish(Run("run-1", "run-1"))
    assert report
    assert report.manifest
    definition, (own,) = alone.engine.definition, report.manifest.operators.values()
    assert (report.manifest.definition, report.manifest.fingerprint) == (definition.described, definition.fingerprint)
    assert (own.buckets, own.state) == (definition.pipeline.buckets, report.manifest.state)


def test_a_plan_says_what_has_changed_since_the_last_sealed_epoch() -> None:
    alone = Alone(BOTH, ONE)
    for engine, says in ((alone.engine, ()), (changed(alone), (CODE,))):
        assert look_ahead(engine.definition, engine.adapters, engine.lane_id).changed == says


def test_verify_says_it_without_calling_it_a_difference() -> None:
    alone = Alone(BOTH, ONE)
    engine, said = changed(alone), list[str]()
    assert verify(engine.definition, engine.adapters, progress=said.append) == []
    assert f"the pipeline has changed since p epoch 2: {CODE}" in said


def test_a_replay_names_it_before_the_differences() -> None:
    alone = Alone(BOTH, ONE)
    engine, said = changed(alone), list[str]()
    found = replay(engine.definition, engine.adapters, engine.root, 2, progress=said.append)
    assert any(CODE in sentence for sentence in said)
    assert found == []  # the modelled processor knows one function only


def test_a_lane_says_what_is_another_than_on_main() -> None:
    alone = Alone(BOTH, ONE)
    for name, engine, says in (("same", alone.engine, ()), ("fix", changed(alone), (CODE,))):
        lanes = Lanes(engine)
        list(lanes.replay(ME, name, since=1, until=1))
        assert lanes.changed(lanes.find(name)) == says
