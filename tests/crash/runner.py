"""A worker that runs epoch after epoch, as a scheduler would have it: to be killed, frozen and woken at any moment.

    runner.py NAME FOLDER FILES

Ends with 0 when so many files are sealed, with 3 when it was fenced. Whatever Airflow would retry is tried again.
Prints one JSON line per run.
"""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import builders as make
from crash.attempt import FENCED
from pipelines import totals
from pipelines.neighbours import NEIGHBOURS
from tidegate import Definition
from tidegate.engine.coordinator import Coordinator
from tidegate.errors import RETRYABLE, FencedError
from tidegate.protocol.model import Epoch, Run
from tidegate.wiring import coordinator, from_environment

OWNER = "soak"
TOTALS = "totals"
"""The pipeline that is watched by readers; the others are `NEIGHBOURS`."""


def definition(name: str, folder: Path) -> Definition:
    """The pipeline of that name."""
    return NEIGHBOURS[name].definition(name, folder) if name in NEIGHBOURS else totals.busy(name, folder)


def rows_in(epochs: Iterable[Epoch]) -> dict[int, int]:
    """The rows that went into each sealed epoch."""
    return {e.epoch: e.counts.rows_in for e in epochs if e.sealed_ms and e.counts}


def main(name: str, folder: str, files: str) -> int:
    endpoints = from_environment()
    assert endpoints is not None
    with coordinator(definition(name, Path(folder)), endpoints, progress=lambda _: None) as engine:
        while True:
            try:
                if run_one(engine) >= int(files):
                    return 0
            except FencedError:
                say(fenced=True)
                return FENCED
            except RETRYABLE as e:
                say(retry=e.kind, message=str(e)[:300])
                time.sleep(0.5)


def run_one(engine: Coordinator) -> int:
    """One run: its key is the epoch that it should make, so that a restarted worker goes on with the same run."""
    last = engine.adapters.store.last_sealed(engine.lane_id)
    report = engine.run(Run(f"after-{last.epoch if last else 0}", OWNER))
    if report is None:
        time.sleep(0.05)
        return make.stop(last)
    # What is killed before it says so is said by the next worker: an epoch's row is soon cleaned up.
    say(epoch=report.epoch.epoch, rows_in=rows_in(engine.adapters.store.epochs(engine.lane_id, limit=9)))
    return make.stop(report.epoch)


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
