"""Goal: each purpose means the same to everybody who asks, and no row means two."""

from typing import Any

import pytest

import builders as make
from tidegate.adapters.checkpoint.rows import purpose_of, purpose_values
from tidegate.protocol.model import Compaction, Events, Kind, Promotion, Purpose, Rollback
from tidegate.protocol.purposes import TRAITS, behind, goes_back_to, keeps_state, reads_sources, takes_lane

PURPOSES: list[tuple[Purpose, dict[str, Any]]] = [
    (Events(), {"reads": True, "behind": 6, "state": True, "back": None, "lane": None}),
    (Compaction(), {"reads": False, "behind": 6, "state": True, "back": None, "lane": None}),
    (Rollback(3), {"reads": False, "behind": 3, "state": True, "back": 3, "lane": None}),
    (Rollback(0), {"reads": False, "behind": 0, "state": True, "back": 0, "lane": None}),
    (Promotion("x", 2, keeps_state=False), {"reads": False, "behind": 6, "state": False, "back": 2, "lane": "x"}),
    (Promotion("x", 0, keeps_state=True), {"reads": False, "behind": 6, "state": True, "back": 0, "lane": "x"}),
]


@pytest.mark.parametrize(("purpose", "means"), PURPOSES, ids=lambda v: str(v) if not isinstance(v, dict) else "")
def test_what_a_purpose_means(purpose: Purpose, means: dict[str, Any]) -> None:
    assert {
        "reads": reads_sources(purpose.kind),
        "behind": behind(make.epoch(7, purpose=purpose)),
        "state": keeps_state(purpose),
        "back": goes_back_to(purpose),
        "lane": takes_lane(purpose),
    } == means


def test_every_kind_has_traits_and_a_purpose() -> None:
    assert set(TRAITS) == set(Kind) == {purpose.kind for purpose, _ in PURPOSES}


@pytest.mark.parametrize("purpose", [purpose for purpose, _ in PURPOSES], ids=str)
def test_a_row_holds_a_purpose_whole(purpose: Purpose) -> None:
    values = purpose_values(purpose)
    assert purpose_of({name: str(v) if name == "kind" else v for name, v in values.items()}) == purpose
