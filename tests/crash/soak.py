"""Many epochs, killed in every way, from one seed; readers watch; an auditor who sees only source and Hive compares.

    python tests/crash/soak.py [--epochs N] [--kills N] [--seed N] [--report FILE]

`make soak` runs 1,000 epochs with at least 300 kills. Every fault comes from the seed; when it strikes depends on the
machine. Exit code 0 means: nothing lost, nothing twice, nothing torn, `verify` clean, every kind of kill met.
"""

import argparse
import json
import os
import random
import shlex
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from crash import runner as work
from crash.attempt import FENCED
from crash.forked import Forked
from crash.lab import environment_of, kill_service
from crash.watch import Watch
from pipelines import totals
from tidegate import services
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.engine.crash import POINTS
from tidegate.engine.verify import verify
from tidegate.protocol.model import Kind, LaneId
from tidegate.wiring import Endpoints, coordinator

NAME = "soak"
SERVICES = ("postgres", "metastore", "spark")
_RUNNER_STARTS_S = 60.0


class Runner(Forked):
    """The worker process, and what it said."""

    def __init__(self, *arguments: str, environment: dict[str, str]) -> None:
        super().__init__(work.main, *arguments, environment=environment)
        self.lines: list[dict[str, object]] = []
        self.sealed = threading.Semaphore(0)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.stdout:
            for line in self.stdout:
                with suppress(ValueError):
                    self.lines.append(json.loads(line))
                    if "epoch" in self.lines[-1]:
                        self.sealed.release()

    def wait(self) -> int | None:
        """Wait for the end, and for the last that it said; the exit code."""
        code = super().wait()
        self._reader.join()
        return code

    def end(self, number: int) -> int | None:
        """Send a signal and wait for the end."""
        self.send_signal(number)
        return self.wait()


class Soak:
    """One run."""

    def __init__(self, home: Path, *, epochs: int, kills: int, seed: int) -> None:
        self.home = home
        self.epochs, self.kills = epochs, kills
        self.random = random.Random(seed)
        self.source = home / "source"
        self.counts: Counter[str] = Counter()
        self.retries: Counter[str] = Counter()
        self.rows_in = 0
        self.runner: Runner | None = None
        self.definition = totals.busy(NAME, self.source)

    # -- workers ------------------------------------------------------------------------------------------------------

    def start(self, **environment: str) -> Runner:
        given = {**os.environ, **environment_of(self.endpoints), **environment}
        self.runner = Runner(NAME, str(self.source), str(self.epochs), environment=given)
        return self.runner

    def collect(self, runner: Runner) -> None:
        """Take over what an ended runner said."""
        for line in runner.lines:
            if "retry" in line:
                self.retries[str(line["retry"])] += 1

    def sealed_files(self) -> int:
        with self.store() as store:
            last = store.last_sealed(LaneId(NAME))
        return last.offsets.stop if last else 0

    def store(self) -> "_Store":
        return _Store(self.endpoints.checkpoint)

    # -- faults -------------------------------------------------------------------------------------------------------

    def fault(self) -> None:
        """Strike once."""
        kinds: dict[str, tuple[Callable[[], None], int]] = {
            "point": (self.kill_at_a_point, 50),
            "moment": (self.kill_at_a_moment, 30),
            "freeze": (self.freeze, 10),
            "service": (self.kill_a_service, 10),
        }
        names = list(kinds)
        chosen = self.random.choices(names, [weight for _, weight in kinds.values()])[0]
        kinds[chosen][0]()

    def kill_at_a_point(self) -> None:
        """The worker kills itself where it next reaches a named point."""
        point = self.random.choice(POINTS)
        once = self.home / "fired"
        once.unlink(missing_ok=True)
        runner = self.start(TIDEGATE_CRASH_AT=point, TIDEGATE_CRASH_ONCE=str(once))
        code = runner.wait()
        self.collect(runner)
        if code == -signal.SIGKILL and once.exists():
            self.counts[f"SIGKILL at {point}"] += 1

    def kill_at_a_moment(self) -> None:
        runner = self.start()
        runner.sealed.acquire(timeout=_RUNNER_STARTS_S)
        time.sleep(self.random.uniform(0, 1.5))
        if runner.end(signal.SIGKILL) == -signal.SIGKILL:
            self.counts["SIGKILL at a random moment"] += 1
        self.collect(runner)

    def freeze(self) -> None:
        """A worker freezes; another goes on; the first wakes up and must end as fenced, or be idle."""
        frozen = self.start()
        frozen.sealed.acquire(timeout=_RUNNER_STARTS_S)
        time.sleep(self.random.uniform(0, 1.5))
        frozen.send_signal(signal.SIGSTOP)
        other = self.start()
        for _ in range(self.random.randint(1, 3)):
            other.sealed.acquire(timeout=_RUNNER_STARTS_S)
        frozen.send_signal(signal.SIGCONT)
        # It takes the lane back when it comes to its next run: then it is the other one that is superseded.
        ended = self._first_to_end(frozen, other)
        self.counts["SIGSTOP, then SIGCONT behind a newer worker"] += 1
        if ended is not None and ended.wait() not in (0, FENCED):
            raise AssertionError(f"a superseded worker ended with {ended.returncode}")
        for runner in (frozen, other):
            if runner.poll() is None:
                runner.end(signal.SIGKILL)
                self.counts["SIGKILL of the last worker after that"] += 1
            self.collect(runner)

    def _first_to_end(self, *runners: Runner) -> Runner | None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for runner in runners:
                if runner.poll() is not None:
                    return runner
            time.sleep(0.05)
        return None

    def kill_a_service(self) -> None:
        """A service dies under a working runner, comes back, and the same runner goes on."""
        name = self.random.choice(SERVICES)
        runner = self.start()
        runner.sealed.acquire(timeout=_RUNNER_STARTS_S)
        time.sleep(self.random.uniform(0, 1.0))
        kill_service(self.home, name)
        self.counts[f"SIGKILL of {name}"] += 1
        with self.watch.paused():
            services.up(self.home, report=lambda _: None)
        while runner.poll() is None and not runner.sealed.acquire(timeout=0.5):
            pass
        runner.end(signal.SIGTERM)
        self.collect(runner)

    # -- the whole ----------------------------------------------------------------------------------------------------

    def run(self) -> dict[str, object]:
        began = time.monotonic()
        self.endpoints: Endpoints = services.up(self.home, report=lambda e: print(f"{e.service}: {e.what} {e.detail}"))
        for number in range(self.epochs):
            totals.write(self.source, f"{number:05d}.json", totals.events(number))
        with Watch(self.endpoints, NAME, self.source) as self.watch:
            while sum(self.counts.values()) < self.kills and self.sealed_files() < self.epochs:
                self.fault()
                print(
                    f"{time.monotonic() - began:6.0f} s: {self.sealed_files()} files, {sum(self.counts.values())} kills"
                )
            self.start().wait()
        return self.audit(time.monotonic() - began)

    def audit(self, seconds: float) -> dict[str, object]:
        """Compare what Hive holds with what the source says."""
        expected, found = totals.expected(self.source), totals.found(self.endpoints.hiveserver2, NAME)
        lost = duplicated = 0
        for right, there in zip(expected, found, strict=True):
            lost += (Counter(right) - Counter(there)).total()
            duplicated += (Counter(there) - Counter(right)).total()
        with coordinator(self.definition, self.endpoints, progress=lambda _: None) as engine:
            findings = verify(self.definition, engine.adapters, progress=lambda _: None, checksums=True)
            rows = engine.adapters.store.epochs(LaneId(NAME), limit=10**6)
            heads = engine.adapters.store.heads_of_pipeline(NAME)
            log_end = engine.adapters.store.log_end(NAME)
        files = sum(1 for f in (self.home / "warehouse" / "_tidegate").rglob("*") if f.is_file())
        return {
            "seconds": round(seconds),
            "epochs": max(e.epoch for e in rows),
            "source files": log_end,
            "rows in": sum(len(f.read_text().splitlines()) for f in self.source.iterdir()),
            "rows out": [len(t) for t in found],
            "kills": dict(sorted(self.counts.items())),
            "retries": dict(sorted(self.retries.items())),
            "lost": lost,
            "duplicated": duplicated,
            "reads through the metastore": self.watch.metastore_reads,
            "reads through PyHive": self.watch.table_reads,
            "torn": self.watch.torn,
            "stale": self.watch.stale,
            "verify": [f"{f.subject}: {f.problem}" for f in findings],
            "left at the end": {
                "rows of epochs": len(rows),
                "compactions among them": sum(e.kind is Kind.COMPACTION for e in rows),
                "partitions": len(heads),
                "files": files,
            },
        }


class _Store:
    """A store that is closed again."""

    def __init__(self, url: str) -> None:
        self._store = PostgresCheckpointStore(url)

    def __enter__(self) -> PostgresCheckpointStore:
        return self._store

    def __exit__(self, *exc: object) -> None:
        self._store.close()


def markdown(command: str, seed: int, result: dict[str, object]) -> str:
    """The report that is committed."""
    lines = ["# Soak", "", f"Command: `{command}`, seed {seed}.", "", "| | |", "| --- | --- |"]
    for name, value in result.items():
        if isinstance(value, dict):
            lines += [f"| {name}: {key} | {count:,} |" for key, count in value.items()]
            lines += [f"| **{name}, all** | **{sum(value.values()):,}** |"] if name in ("kills", "retries") else []
        else:
            lines.append(f"| {name} | {value if not isinstance(value, int) else f'{value:,}'} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=1000, help="source files, one per epoch (default 1000)")
    parser.add_argument("--kills", type=int, default=300, help="at least so many (default 300)")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TIDEGATE_SEED", "1")))
    parser.add_argument("--report", type=Path, help="write the report there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tidegate-soak-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        try:
            result = Soak(home, epochs=arguments.epochs, kills=arguments.kills, seed=arguments.seed).run()
        finally:
            services.down(home, report=lambda _: None)
    report = markdown(f"python {shlex.join(sys.argv)}", arguments.seed, result)
    print(report)
    if arguments.report:
        arguments.report.parent.mkdir(parents=True, exist_ok=True)
        arguments.report.write_text(report)
    clean = not (result["lost"] or result["duplicated"] or result["torn"] or result["verify"])
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
