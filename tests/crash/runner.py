"""A worker that runs epoch after epoch, as a scheduler would have it: to be killed, frozen and woken at any moment.

    runner.py NAME FOLDER FILES

Ends with 0 when so many files are sealed, with 3 when it was fenced. Whatever Airflow would retry is tried again.
Prints one JSON line per run.
"""

import json
import sys
import time
from pathlib import Path

from crash.attempt import FENCED
from pipelines import totals
from tidegate.engine.coordinator import Coordinator
from tidegate.errors import RETRYABLE, FencedError
from tidegate.protocol.model import Run
from tidegate.wiring import coordinator, from_environment

OWNER = "soak"


def main(name: str, folder: str, files: str) -> int:
    endpoints = from_environment()
    assert endpoints is not None
    with coordinator(totals.busy(name, Path(folder)), endpoints, progress=lambda _: None) as engine:
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
        return last.offsets.stop if last else 0
    counts = report.epoch.counts
    assert counts is not None
    say(epoch=report.epoch.epoch, files=report.epoch.offsets.stop, attempts=report.epoch.attempts, rows=counts.rows_in)
    return report.epoch.offsets.stop


def say(**words: object) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
