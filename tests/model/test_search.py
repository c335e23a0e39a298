"""Goal: no interleaving, crash or lost answer breaks an invariant: searched in full, and walked at random far.

The engine, the store's transactions and the sink are the real code; PostgreSQL, the metastore, storage and Spark are
modelled, each as a system of its own. `make model` searches further, for minutes. `TIDEGATE_SEED=N` walks one history
again.
"""

import os

import pytest

from model.scenarios import LONG, SCENARIOS, history
from model.search import search, walk

SEEDS = [int(os.environ["TIDEGATE_SEED"])] if "TIDEGATE_SEED" in os.environ else range(1, 13)
EPOCHS = 20
MOST = 400_000
"""States of one scenario that are visited here, nearest first; `make model` visits all."""


@pytest.mark.parametrize("name", [n for n in SCENARIOS if n not in LONG])
def test_every_history(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = search(SCENARIOS[name], SCENARIOS[name].faults, most=MOST)
    with capsys.disabled():
        print(f"\n{name}: {found}")
    assert not found.problem, found
    assert found.states > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_history(seed: int) -> None:
    found = walk(history(EPOCHS), seed)
    assert not found.problem, f"TIDEGATE_SEED={seed} pytest {__file__}\n{found}"
    assert found.moves > EPOCHS
