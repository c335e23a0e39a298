"""Goal: the diagrams in the documentation are the tables of transitions."""

import re
from pathlib import Path

from tidegate.protocol.diagram import mermaid, mermaid_of_lanes
from tidegate.protocol.transitions import LANE_TRANSITIONS, TRANSITIONS

PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"


def test_the_page_shows_the_diagrams_of_the_tables() -> None:
    assert re.findall(r"```mermaid\n(.*?)```", PAGE.read_text(), re.DOTALL) == [mermaid(), mermaid_of_lanes()]


def test_every_transition_is_drawn() -> None:
    assert len(re.findall(r" --> \w+: ", mermaid())) == len(TRANSITIONS) + 1
    assert len(re.findall(r" --> \w+: ", mermaid_of_lanes())) == len(LANE_TRANSITIONS) + 1
