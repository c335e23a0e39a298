"""Live epochs every ten seconds while a real backfill reprocesses the past with changed code, and is promoted.

    python tests/e2e/reprocess_while_live.py [--intervals N] [--kills] [--seed N]

A backfill makes one epoch for each of N past days. Then the code changes: a second backfill reprocesses all of them on
a lane, while a run is triggered every ten seconds for a file that has just come, and a reader asks Hive again and again
whether it sees the whole window as the old code made it, or the whole as the new one did. With --kills a task dies at
a random crash point as soon as the last one that died was seen to. At the end the table must be what the new code makes
from scratch, and `verify` must be clean. Exit code 0 means all of that.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pyhive.exc import OperationalError

from e2e.stack_of_services import Stack, expected, running
from tidegate.engine.crash import POINTS
from tidegate.protocol.model import Status

NAME = "reworked"
LIVE_S = 10.0
FACTOR = 10
TRIES = 4
"""Of a task, by default."""


class Live(threading.Thread):
    """A new file and a run for it every ten seconds."""

    def __init__(self, stack: Stack, first: int) -> None:
        super().__init__(daemon=True)
        self.stack, self.next, self.over = stack, first, threading.Event()
        self.runs: list[str] = []

    def run(self) -> None:
        while not self.over.wait(LIVE_S):
            self.stack.add(NAME, self.next)
            self.next += 1
            self.runs.append(self.stack.airflow.trigger(NAME))


class Reader(threading.Thread):
    """Reads the table again and again; `torn` are the reads that saw a part of something."""

    def __init__(self, stack: Stack, window: int) -> None:
        super().__init__(daemon=True)
        self.stack, self.window, self.over = stack, window, threading.Event()
        self.reads: Counter[str] = Counter()
        self.torn: list[str] = []

    def run(self) -> None:
        while not self.over.wait(0.2):
            try:
                seen = self.stack.rows(NAME)
            except OperationalError:  # the embedded metastore could not list the partitions; nothing was seen
                self.reads["refused"] += 1
                continue
            files = Counter(amount if name == "a" else amount // 10 for name, amount, _ in seen)
            old = set(expected(range(1, len(files) + 1)))
            factors = {
                FACTOR if (name, amount, total) not in old else 1
                for name, amount, total in seen
                if (amount if name == "a" else amount // 10) <= self.window
            }
            wrong = set(files) != set(range(1, len(files) + 1)) or set(files.values()) != {2} or len(factors) != 1
            if wrong:
                self.torn.append(f"{sorted(files.items())}, {factors}")
            else:
                self.reads["the new window" if FACTOR in factors else "the old window"] += 1


class Killer(threading.Thread):
    """Arms a random crash point as soon as the last one has fired."""

    def __init__(self, stack: Stack, seed: int) -> None:
        super().__init__(daemon=True)
        self.stack, self.random, self.over = stack, random.Random(seed), threading.Event()
        self.kills: Counter[str] = Counter()

    def run(self) -> None:
        points = [p for p in POINTS if p not in ("forgotten", "swept")]
        while not self.over.is_set():
            point = self.random.choice(points)
            self.stack.arm(f"{point}@{NAME}")
            while not (self.stack.root / "fired").exists():
                if self.over.wait(0.2):
                    (self.stack.root / "arm").unlink()
                    return
            self.kills[point] += 1
            self.over.wait(self.random.uniform(1, 8))


def reprocess(stack: Stack, intervals: int, killer: Killer | None) -> list[str]:
    """The whole story; what is wrong at its end."""
    first, last = datetime(2026, 1, 1), datetime(2026, 1, 1) + timedelta(days=intervals - 1)  # noqa: DTZ001
    days = f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"
    for number in range(1, intervals + 1):
        stack.add(NAME, number)
    stack.airflow.await_dag(NAME)
    stack.backfill(NAME, *days, "--max-active-runs", "2")
    stack.airflow.await_backfills(NAME, 60 + 30 * intervals)
    print(f"{len(stack.epochs(NAME))} epochs of {intervals} past intervals", flush=True)

    (stack.root / f"changed-{NAME}").touch()
    live, reader = Live(stack, intervals + 1), Reader(stack, intervals)
    threads = [live, reader, *([killer] if killer else [])]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    lane = ("--reprocess-behavior", "completed", "--dag-run-conf", '{"lane": "fix"}', "--max-active-runs", "2")
    stack.backfill(NAME, *days, *lane)
    stack.airflow.await_backfills(NAME, 120 + 90 * intervals)
    print(f"reprocessed on a lane after {time.monotonic() - began:.0f} s", flush=True)
    if killer:
        killer.over.set()
        killer.join()
    print(stack.tidegate("promote", NAME, "--lane", "fix"), flush=True)
    live.over.set()
    live.join()
    states = Counter(stack.airflow.finished(NAME, run_id) for run_id in live.runs)
    reader.over.set()
    reader.join()
    print(f"live runs: {dict(states)}; reads: {dict(reader.reads)}, {len(reader.torn)} torn", flush=True)
    if killer:
        print(f"kills: {killer.kills.total()}, {dict(sorted(killer.kills.items()))}", flush=True)

    right = sorted((name, amount, FACTOR * total) for name, amount, total in expected(range(1, live.next)))
    epochs = stack.epochs(NAME)
    failed = {
        run_id: stack.airflow.tasks(NAME, run_id)
        for run_id in (r["dag_run_id"] for r in stack.airflow.runs(NAME, state="failed", limit=100))
    }
    for run_id, tasks in failed.items():
        print(f"{run_id} failed: {tasks}", flush=True)
    wrong = {
        "torn": reader.torn[:1],
        "no read of the old window": not reader.reads["the old window"],
        "no read of the new window": not reader.reads["the new window"],
        "rows": stack.rows(NAME) != right,
        "unfinished": [str(e) for e in epochs if e.status not in (Status.SEALED, Status.ABANDONED)],
        # a run whose tries were all killed leaves its epoch to the next one
        "failed runs": [i for i, tasks in failed.items() if not (killer and ("failed", TRIES) in tasks.values())],
        "verify": "exactly what the sealed epochs made" not in stack.tidegate("verify", NAME, "--checksums"),
    }
    return [f"{what}: {found}" for what, found in wrong.items() if found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--intervals", type=int, default=50, help="past days, one epoch each (default 50)")
    parser.add_argument("--kills", action="store_true", help="kill tasks at random crash points")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tidegate-reprocess-", ignore_cleanup_errors=True) as folder,
        running(Path(folder)) as stack,
    ):
        killer = Killer(stack, arguments.seed) if arguments.kills else None
        wrong = reprocess(stack, arguments.intervals, killer)
    print("\n".join(wrong) or "the table is what the changed code makes from scratch; nobody saw a part of it")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
