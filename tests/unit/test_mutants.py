"""Goal: the catalogue of mutants fits the code, and the documentation lists it."""

import re
from pathlib import Path

import pytest

from mutants.catalogue import MUTANTS
from mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_its_text_stands_once_in_the_code(mutant: Mutant) -> None:
    """Else `make mutants` would break nothing, or two things."""
    assert (ROOT / "include" / "tidegate" / mutant.file).read_text().count(mutant.old) == 1
    assert mutant.new != mutant.old


def test_the_page_lists_every_mutant() -> None:
    rows = re.findall(r"^\| (I\d) \| (.+?) \| `(.+?)` \|$", (ROOT / "docs" / "mutants.md").read_text(), re.MULTILINE)
    assert rows == [(m.breaks, m.name, m.file) for m in MUTANTS]
