"""Goal: four unlike pipelines that Airflow runs at once are each as if they were alone; each time one is killed.

`make neighbours` runs more epochs.
"""

import os
import random

import pytest

from e2e.stack_of_services import Stack
from pipelines import neighbours
from pipelines.neighbours import NEIGHBOURS
from tidegate.engine.verify import verify
from tidegate.wiring import coordinator

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("default"),  # of the packages that run the services in this process
]

EPOCHS = int(os.environ.get("TIDEGATE_NEIGHBOURS_EPOCHS", "2"))
POINTS = ("planned", "processing", "manifest_written", "staged", "swapped", "read_back")


def test_each_is_as_if_it_were_alone(stack: Stack) -> None:
    chosen = random.Random(os.environ.get("TIDEGATE_SEED", "1"))
    for kind in NEIGHBOURS:
        stack.airflow.await_dag(kind)
    for number in range(1, EPOCHS + 1):
        for kind, neighbour in NEIGHBOURS.items():
            neighbour.arrive(stack.root / kind, number)
        stack.arm(f"{chosen.choice(POINTS)}@{chosen.choice(list(NEIGHBOURS))}:{number}")
        runs = {kind: stack.airflow.trigger(kind) for kind in NEIGHBOURS}
        for kind, run_id in runs.items():
            assert stack.airflow.finished(kind, run_id) == "success", (kind, stack.airflow.tasks(kind, run_id))
        stack.disarm()
    hive = stack.endpoints.hiveserver2
    for kind, neighbour in NEIGHBOURS.items():
        assert neighbours.found(hive, kind) == neighbour.expected(EPOCHS)
        if neighbour.bad:
            assert neighbours.letters(hive, kind) == neighbour.refused(EPOCHS)
        rows_in = [e.counts and e.counts.rows_in for e in stack.epochs(kind)]
        assert rows_in == [neighbour.rows_in(n) for n in range(1, EPOCHS + 1)]
        definition = neighbour.definition(kind, stack.root / kind)
        with coordinator(definition, stack.endpoints, progress=print) as engine:
            assert verify(definition, engine.adapters, progress=print, checksums=True) == []
