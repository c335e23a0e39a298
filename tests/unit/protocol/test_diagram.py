"""Goal: the diagram in the documentation is the table of transitions."""

import re
from pathlib import Path

from tidegate.protocol.diagram import mermaid
from tidegate.protocol.transitions import TRANSITIONS

PAGE = Path(__file__).parents[3] / "docs" / "protocol.md"


def test_the_page_shows_the_diagram_of_the_table() -> None:
    (shown,) = re.findall(r"```mermaid\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert shown == mermaid()


def test_every_transition_is_drawn() -> None:
    assert len(re.findall(r" --> \w+: ", mermaid())) == len(TRANSITIONS) + 1
