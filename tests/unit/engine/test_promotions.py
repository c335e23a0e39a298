"""Goal: what one lane put in place stays when another lane is promoted after it.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

import json

import builders as make
from model.alone import Alone
from model.attempts import CHANGED
from model.scenarios import ONE, Scenario
from model.systems import METASTORE, STORAGE, files_in
from tidegate.api.pipeline import Definition
from tidegate.engine.lanes import Lanes
from tidegate.protocol.model import Kind, Run


class AppendOnly(Scenario):
    """Its lanes can be promoted with their output alone."""

    def definition(self) -> Definition:
        made = super().definition()
        return make.with_targets(made, made.targets[0])


def changed(alone: Alone) -> set[str]:
    """The epochs whose partition shows rows of the changed code, which lanes run."""
    stored = alone.states[STORAGE]
    return {
        values[0]
        for (_, values), location in alone.states[METASTORE]
        if all(row["total"] >= CHANGED for uri in files_in(stored, location) for row in json.loads(stored[uri]))
    }


def test_a_promotion_keeps_what_an_earlier_one_made_of_other_epochs() -> None:
    """Main goes back over the earlier promotion to where the later lane was forked, and must come forward again."""
    alone = Alone(ONE, ONE, ONE, scenario=AppendOnly)
    lanes, seen = Lanes(alone.engine), []
    for number in (1, 3, 2):
        list(lanes.replay(Run(f"replay {number}", "a person"), f"fix-{number}", since=number, until=number))
        report = lanes.promote(Run(f"promote {number}", "a person"), f"fix-{number}", output_only=True)
        assert report is not None
        assert report.epoch.kind is Kind.PROMOTION
        seen.append(changed(alone))
        assert alone.wrong() == []
    assert seen == [{"1"}, {"1", "3"}, {"1", "2", "3"}]
