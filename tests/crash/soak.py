"""Many epochs of unlike pipelines side by side, killed and frozen from one seed; readers watch; an auditor compares.

    python tests/crash/soak.py [--epochs N] [--faults N] [--seed N] [--report FILE]

`make soak` runs 1,000 epochs, with 300 kills and freezes unless all input is through before. Every fault comes from the
seed; when it strikes depends on the machine. The auditor sees only source and Hive, and believes no figure: the rows
that went into the epochs must be those of the input. Exit code 0 means: nothing lost, nothing twice, nothing torn, all
sums right, `verify` clean.
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
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import builders as make
from crash import runner as work
from crash.attempt import FENCED
from crash.forked import Forked
from crash.lab import environment_of, kill_service
from crash.watch import Watch
from pipelines import neighbours, totals
from pipelines.neighbours import NEIGHBOURS
from tidegate import services
from tidegate.engine.crash import POINTS
from tidegate.engine.verify import verify
from tidegate.protocol.ledger import behind
from tidegate.protocol.model import Kind, LaneId
from tidegate.wiring import Endpoints, coordinator

PIPELINES = (work.TOTALS, *NEIGHBOURS)
SERVICES = ("postgres", "metastore", "spark")
FREEZE = "SIGSTOP, then SIGCONT behind a newer worker"
EPOCHS_TO_A_POINT = 5
"""So many epochs a worker may seal on its way to the point at which it dies."""


class Runner(Forked):
    """The worker process, and what it said."""

    def __init__(self, *arguments: str, environment: dict[str, str]) -> None:
        super().__init__(work.main, *arguments, environment=environment)
        self.lines: list[dict[str, Any]] = []
        self.words: list[str] = []
        self._sealed = threading.Semaphore(0)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.stdout:
            for line in self.stdout:
                try:
                    self.lines.append(json.loads(line))
                except ValueError:
                    self.words.append(line)
                    continue
                if "epoch" in self.lines[-1]:
                    self._sealed.release()

    def seals(self) -> None:
        """Wait until it has sealed one more epoch, or has ended."""
        while self.poll() is None and not self._sealed.acquire(timeout=0.5):
            pass

    def wait(self) -> int | None:
        """Wait for the end, and for the last that it said; the exit code."""
        code = super().wait()
        self._reader.join()
        return code

    def end(self, number: int) -> int | None:
        """Send a signal and wait for the end."""
        self.send_signal(number)
        return self.wait()


@dataclass(frozen=True)
class Audit:
    """What became of a pipeline, in numbers that must agree."""

    epochs: int
    files: int
    kills_and_freezes: int
    retries: int
    rows_in: int
    rows_of_the_input: int
    rows_out: int
    dead_letters: int
    lost: int
    doubled: int
    findings: int

    @property
    def right(self) -> bool:
        """Nothing is lost, doubled or counted otherwise."""
        return self.rows_in == self.rows_of_the_input and not (self.lost or self.doubled or self.findings)


class Line:
    """One pipeline and its workers, whose faults come from a seed of its own."""

    def __init__(self, soak: "Soak", name: str, *, files: int, faults: int, seed: int) -> None:
        self.soak = soak
        self.name = name
        self.files, self.faults = files, faults
        self.random = random.Random(f"{seed} {name}")
        self.source = soak.home / "source" / name
        self.definition = work.definition(name, self.source)
        self.counts: Counter[str] = Counter()
        self.retries: Counter[str] = Counter()
        self.rows_in: dict[int, int] = {}
        self.done = False
        for number in range(1, files + 1):
            if name in NEIGHBOURS:
                NEIGHBOURS[name].arrive(self.source, number)
            else:
                totals.write(self.source, f"{number:05d}.json", totals.events(number - 1))

    def live(self) -> None:
        """Strike until all faults are done, and let a worker finish what is left."""
        while not (self.done or self.soak.failed) and self.counts.total() < self.faults:
            self.fault()
            self.soak.say(f"{self.name}: {len(self.rows_in)} epochs, {self.counts.total()} kills and freezes")
        while not (self.done or self.soak.failed):
            self.ended(self.start())
        self.soak.say(f"{self.name}: done after {len(self.rows_in)} epochs, {self.counts.total()} kills and freezes")

    # -- workers ------------------------------------------------------------------------------------------------------

    def start(self, **environment: str) -> Runner:
        given = {**os.environ, **environment_of(self.soak.endpoints), **environment}
        return Runner(self.name, str(self.source), str(self.files), environment=given)

    def ended(self, runner: Runner) -> int | None:
        """Wait for a runner's end and take over what it said; its exit code."""
        code = runner.wait()
        for line in runner.lines:
            if "retry" in line:
                self.retries[line["retry"]] += 1
            self.rows_in |= {int(epoch): rows for epoch, rows in line.get("rows_in", {}).items()}
        if code not in (0, FENCED, -signal.SIGKILL, -signal.SIGTERM):
            raise AssertionError(f"{self.name}: a worker ended with {code}: {''.join(runner.words)}")
        self.done |= code == 0
        return code

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
        """The worker kills itself where it next reaches a named point; some are not on the way of this pipeline."""
        point = self.random.choice(POINTS)
        once = self.source.with_suffix(".fired")
        once.unlink(missing_ok=True)
        runner = self.start(TIDEGATE_CRASH_AT=point, TIDEGATE_CRASH_ONCE=str(once))
        for _ in range(EPOCHS_TO_A_POINT):
            runner.seals()
        runner.send_signal(signal.SIGTERM)
        code = self.ended(runner)
        if code == -signal.SIGKILL and once.exists():
            self.counts[f"SIGKILL at {point}"] += 1

    def kill_at_a_moment(self) -> None:
        runner = self.start()
        runner.seals()
        time.sleep(self.random.uniform(0, 1.5))
        runner.send_signal(signal.SIGKILL)
        if self.ended(runner) == -signal.SIGKILL:
            self.counts["SIGKILL at a random moment"] += 1

    def freeze(self) -> None:
        """A worker freezes; another goes on; the first wakes up and must end as fenced, or be idle."""
        frozen = self.start()
        frozen.seals()
        time.sleep(self.random.uniform(0, 1.5))
        frozen.send_signal(signal.SIGSTOP)
        other = self.start()
        for _ in range(self.random.randint(1, 3)):
            other.seals()
        frozen.send_signal(signal.SIGCONT)
        # It takes the lane back when it comes to its next run: then it is the other one that is superseded.
        self._one_ends(frozen, other)
        self.counts[FREEZE] += 1
        for runner in (frozen, other):
            runner.send_signal(signal.SIGKILL)
            self.counts["SIGKILL of the last worker after that"] += self.ended(runner) == -signal.SIGKILL

    def _one_ends(self, *runners: Runner) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and all(runner.poll() is None for runner in runners):
            time.sleep(0.05)

    def kill_a_service(self) -> None:
        """A service dies under all working runners, comes back, and the same runners go on."""
        name = self.random.choice(SERVICES)
        runner = self.start()
        runner.seals()
        time.sleep(self.random.uniform(0, 1.0))
        self.soak.restart(name)
        self.counts[f"SIGKILL of {name}"] += 1
        runner.seals()
        runner.send_signal(signal.SIGTERM)
        self.ended(runner)

    # -- the end ------------------------------------------------------------------------------------------------------

    def audit(self) -> Audit:
        """Compare what Hive and the checkpoint hold with what the source says."""
        hive = self.soak.endpoints.hiveserver2
        right: Sequence[list[tuple[Any, ...]]]
        there: Sequence[list[tuple[Any, ...]]]
        if neighbour := NEIGHBOURS.get(self.name):
            right = [neighbour.expected(self.files), neighbour.refused(self.files)]
            there = [neighbours.found(hive, self.name), neighbours.letters(hive, self.name) if neighbour.bad else []]
            given = sum(neighbour.rows_in(n) for n in range(1, self.files + 1))
            out, dead = len(there[0]), len(there[1])
        else:
            right, there = totals.expected(self.source), totals.found(hive, self.name)
            given = sum(len(f.read_text().splitlines()) for f in self.source.iterdir())
            out, dead = sum(len(table) for table in there), 0
        with coordinator(self.definition, self.soak.endpoints, progress=lambda _: None) as engine:
            findings = verify(self.definition, engine.adapters, progress=lambda _: None, checksums=True)
            epochs = engine.adapters.store.epochs(LaneId(self.name), limit=10**6)
            files = behind(engine.adapters.store.tail(self.name, make.source_of(self.definition).uid))
        self.rows_in |= work.rows_in(epochs)
        self.soak.problems += [f"{self.name}: {f.subject}: {f.problem}" for f in findings]
        self.soak.compactions += sum(e.kind is Kind.COMPACTION for e in epochs)
        return Audit(
            epochs=max(e.epoch for e in epochs),
            files=files,
            kills_and_freezes=self.counts.total(),
            retries=self.retries.total(),
            rows_in=sum(self.rows_in.values()),
            rows_of_the_input=given,
            rows_out=out,
            dead_letters=dead,
            lost=sum((Counter(r) - Counter(t)).total() for r, t in zip(right, there, strict=True)),
            doubled=sum((Counter(t) - Counter(r)).total() for r, t in zip(right, there, strict=True)),
            findings=len(findings),
        )


class Soak:
    """One run of all pipelines side by side."""

    def __init__(self, home: Path, *, epochs: int, faults: int, seed: int) -> None:
        self.home = home
        self.began = time.monotonic()
        self.problems: list[str] = []
        self.compactions = 0
        self.failed = False
        self._restarting = threading.Lock()
        share = {"files": -(-epochs // len(PIPELINES)), "faults": -(-faults // len(PIPELINES))}
        self.lines = [Line(self, name, **share, seed=seed) for name in PIPELINES]

    def run(self) -> "Result":
        """All pipelines to their end, then the audit."""
        self.endpoints: Endpoints = services.up(self.home, report=lambda e: print(f"{e.service}: {e.what} {e.detail}"))
        watched = self.lines[0]
        pool = ThreadPoolExecutor(len(self.lines))
        with Watch(self.endpoints, watched.name, watched.source) as self.watch, pool:
            for living in as_completed([pool.submit(line.live) for line in self.lines]):
                self.failed |= living.exception() is not None  # the first that fails ends them all
                living.result()
        seconds = time.monotonic() - self.began
        return Result({line.name: line.audit() for line in self.lines}, self, round(seconds))

    def restart(self, name: str) -> None:
        """Kill a service, and start it again, while no other is restarted."""
        with self._restarting, self.watch.paused():
            kill_service(self.home, name)
            services.up(self.home, report=lambda _: None)

    def say(self, text: str) -> None:
        """Progress, for people."""
        print(f"{time.monotonic() - self.began:6.0f} s: {text}", flush=True)


@dataclass(frozen=True)
class Result:
    """What the auditor found."""

    audits: dict[str, Audit]
    soak: Soak
    seconds: int

    @property
    def right(self) -> bool:
        """Nothing lost, nothing twice, nothing torn, all sums right."""
        return all(a.right for a in self.audits.values()) and not self.soak.watch.torn

    def markdown(self, command: str, seed: int) -> str:
        """The report that is committed."""
        names = [f.name for f in fields(Audit)]
        sums = {name: sum(getattr(a, name) for a in self.audits.values()) for name in names}
        rows = [(kind, asdict(a)) for kind, a in self.audits.items()] + [("**all**", sums)]
        watch = self.soak.watch
        faults: Counter[str] = sum((line.counts for line in self.soak.lines), Counter())
        retries: Counter[str] = sum((line.retries for line in self.soak.lines), Counter())
        more = {
            "seconds": self.seconds,
            "kills": faults.total() - faults[FREEZE],
            "freezes": faults[FREEZE],
            **{f"{'freezes' if kind == FREEZE else 'kills'}: {kind}": n for kind, n in sorted(faults.items())},
            **{f"retries: {kind}": n for kind, n in sorted(retries.items())},
            f"reads of {work.TOTALS} through the metastore": watch.metastore_reads,
            f"reads of {work.TOTALS} through PyHive": watch.table_reads,
            "torn": watch.torn,
            "stale": watch.stale,
            "compactions among the kept epochs": self.soak.compactions,
        }
        lines = [
            "# Soak",
            "",
            f"Command: `{command}`, seed {seed}. Pipelines side by side, each in processes of its own.",
            "",
            f"| pipeline | {' | '.join(name.replace('_', ' ') for name in names)} |",
            f"| --- |{' ---: |' * len(names)}",
            *(f"| {kind} | {' | '.join(f'{values[name]:,}' for name in names)} |" for kind, values in rows),
            *("", "| | |", "| --- | ---: |"),
            *(f"| {name} | {count:,} |" for name, count in more.items()),
            *(f"- {problem}" for problem in self.soak.problems),
        ]
        return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--epochs", type=int, default=1000, help="source files of all pipelines, one per epoch (default 1000)"
    )
    parser.add_argument("--faults", type=int, default=300, help="kills and freezes, while there is input (default 300)")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TIDEGATE_SEED", "1")))
    parser.add_argument("--report", type=Path, help="write the report there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tidegate-soak-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        try:
            result = Soak(home, epochs=arguments.epochs, faults=arguments.faults, seed=arguments.seed).run()
        finally:
            services.down(home, report=lambda _: None)
    report = result.markdown(f"python {shlex.join(sys.argv)}", arguments.seed)
    print(report)
    if arguments.report:
        arguments.report.parent.mkdir(parents=True, exist_ok=True)
        arguments.report.write_text(report)
    return 0 if result.right else 1


if __name__ == "__main__":
    sys.exit(main())
