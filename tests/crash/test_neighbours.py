"""Goal: pipelines side by side on one Spark server are each as if they were alone, whatever the others do, and killed.

Every pipeline is run by `tidegate run`, in processes of its own. `make neighbours` runs more epochs.
"""

import itertools
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from crash.forked import Forked
from crash.lab import environment_of
from pipelines import neighbours
from pipelines.neighbours import NEIGHBOURS, Neighbour
from tidegate.wiring import Endpoints

pytestmark = [pytest.mark.services, pytest.mark.timeout(1200)]

EPOCHS = int(os.environ.get("TIDEGATE_NEIGHBOURS_EPOCHS", "4"))
KILLS = -(-EPOCHS // 5)
"""Of each pipeline."""
SEED = os.environ.get("TIDEGATE_SEED", "1")
PIPELINE = """
from pathlib import Path

from pipelines.neighbours import NEIGHBOURS

pipeline = NEIGHBOURS[{kind!r}].definition({name!r}, Path({folder!r}))
"""


def command_line(*words: str) -> None:
    """`tidegate` with these words; nobody has to wait half a minute for the lease of a killed run."""
    from tidegate.cli import main
    from tidegate.engine import lease, staging

    for module in (lease, staging):
        vars(module)["LEASE_TTL_S"] = 5.0
    sys.argv = ["tidegate", *words]
    main()


class House:
    """Where one of the pipelines lives."""

    def __init__(self, neighbour: Neighbour, folder: Path, endpoints: Endpoints) -> None:
        self.neighbour = neighbour
        self.name = f"{neighbour.kind}_{uuid4().hex[:6]}"
        self.endpoints = endpoints
        self.kills = 0
        self._file = folder / f"{self.name}.py"
        self._started: list[Forked] = []
        source = folder / neighbour.kind
        for number in range(1, EPOCHS + 1):
            neighbour.arrive(source, number)
        self._file.write_text(PIPELINE.format(kind=neighbour.kind, name=self.name, folder=str(source)))

    def start(self, command: str, *words: str) -> Forked:
        given = {**os.environ, **environment_of(self.endpoints)}
        self._started.append(Forked(command_line, command, f"{self._file}:pipeline", *words, environment=given))
        return self._started[-1]

    def done(self, command: str, *words: str) -> str:
        said, _ = (process := self.start(command, *words)).communicate()
        assert process.returncode == 0, f"{self.name}: {said}"
        return said

    def live(self, begin: threading.Barrier) -> None:
        """Run until nothing is left to do, killed at random moments on the way."""
        chosen = random.Random(f"{SEED} {self.neighbour.kind}")
        begin.wait()
        for _ in range(KILLS):
            victim = self.start("run", "--until-empty")
            said = list(itertools.islice(victim.stdout, chosen.randint(0, EPOCHS // KILLS - 3)))  # a line per epoch
            time.sleep(chosen.uniform(0, 1))
            victim.send_signal(signal.SIGKILL)
            said.append(victim.communicate()[0])
            assert victim.returncode in (0, -signal.SIGKILL), f"{self.name}: {''.join(said)}"
            self.kills += victim.returncode != 0
        self.done("run", "--until-empty")

    def audit(self) -> None:
        """Everything is as the oracle has it: rows, dead letters, the rows that went into each epoch, and `verify`."""
        hive = self.endpoints.hiveserver2
        assert neighbours.found(hive, self.name) == self.neighbour.expected(EPOCHS)
        if self.neighbour.bad:
            assert neighbours.letters(hive, self.name) == self.neighbour.refused(EPOCHS)
        epochs = json.loads(self.done("epochs", "--json", "--limit", "1000"))
        assert [(e["epoch"], e["status"], e["rows_in"]) for e in reversed(epochs)] == [
            (n, "SEALED", self.neighbour.rows_in(n)) for n in range(1, EPOCHS + 1)
        ]
        self.done("verify", "--checksums")

    def end(self) -> None:
        for process in self._started:
            process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.fixture
def houses(tmp_path: Path, endpoints: Endpoints) -> Iterator[list[House]]:
    made = [House(neighbour, tmp_path, endpoints) for neighbour in NEIGHBOURS.values()]
    yield made
    for house in made:
        house.end()


def test_each_is_as_if_it_were_alone(houses: list[House]) -> None:
    begin = threading.Barrier(len(houses))
    with ThreadPoolExecutor(len(houses)) as pool:
        list(pool.map(lambda house: house.live(begin), houses))
    assert sum(house.kills for house in houses) >= len(houses) * KILLS // 2
    for house in houses:
        house.audit()
