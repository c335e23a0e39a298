"""Measures whole epochs: checkpoint table, Spark, state, Hive publish and seal, on the embedded services.

    python bench/epoch.py [S] [C] [J] [E] [--repeat N]

Set S: 1,000,000 events over 100,000 keys in one epoch, `--repeat` times from an empty state; C and J: the
same from CSV and JSON lines. Set E: an epoch that
fills 1,000,000 keys, then 20 epochs of 50,000 events. Every output row is compared with an oracle that computes event
by event. Prints medians and ranges, the time of each step, and the peak memory of all service processes (PSS, which
counts shared pages once). "Others" is the mean number of cores that the rest of the machine used: a figure from a
busy machine says little.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import psutil

from job import pipeline
from tidegate import Definition, services
from tidegate.ports import EpochReport
from tidegate.protocol.model import Run
from tidegate.services import processes
from tidegate.services.model import Settings
from tidegate.wiring import Endpoints, coordinator
from workload import TEXTS, expected, write_sets

DATA = Path(__file__).parent / "data"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["S", "C", "J", "E"], help="all by default")
    parser.add_argument("--repeat", type=int, default=3, help="runs of sets S, C and J (default 3)")
    arguments = parser.parse_args()
    write_sets(DATA)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        try:
            endpoints = services.up(home, report=lambda e: print(f"  {e.service}: {e.what} {e.detail}", flush=True))
            exact = True
            for name, file_format in {"S": "parquet", **TEXTS}.items():
                if name in arguments.sets:
                    exact &= one_epoch(name, file_format, home, endpoints, arguments.repeat)
            if "E" in arguments.sets:
                exact &= set_e(home, endpoints)
        finally:
            services.down(home, report=lambda _: None)
    return 0 if exact else 1


def one_epoch(name: str, file_format: str, home: Path, endpoints: Endpoints, repeat: int) -> bool:
    """Set S, C or J, each time as a new pipeline; the first warms the services and is not counted."""
    print(f"set {name}: 1,000,000 events, 100,000 keys, one epoch, from {file_format}")
    walls, exact = [], True
    for number in range(repeat + 1):
        folder = f"{name.lower()}{number}"
        definition = pipeline(folder, home / folder, file_format)
        shutil.copytree(DATA / name / "0000", home / folder)
        with measured(home) as usage:
            wall, report = run_epoch(definition, endpoints)
        exact &= check(endpoints, definition, [DATA / "S" / "0000"]) if number == repeat else True
        show("  cold" if number == 0 else "  warm", wall, report, usage)
        walls += [wall] if number else []
    print(
        f"  warm: median {statistics.median(walls):.2f} s, range {min(walls):.2f} to {max(walls):.2f}, n={len(walls)}"
    )
    return exact


def set_e(home: Path, endpoints: Endpoints) -> bool:
    """Set E: files arrive epoch by epoch."""
    print("set E: 1,000,000 keys, then 20 epochs of 50,000 events")
    definition = pipeline("e", home / "e")
    walls = []
    for number in range(21):
        name = f"{number:04d}"
        shutil.copytree(DATA / "E" / name, home / "e" / name)
        with measured(home) as usage:
            wall, report = run_epoch(definition, endpoints)
        show("  base" if number == 0 else f"  {number:4d}", wall, report, usage)
        walls += [wall] if number else []
    halves = statistics.median(walls[:10]), statistics.median(walls[10:])
    print(f"  steady: median {statistics.median(walls):.2f} s, range {min(walls):.2f} to {max(walls):.2f}")
    print(f"  median of the first ten {halves[0]:.2f} s, of the last ten {halves[1]:.2f} s")
    return check(endpoints, definition, sorted(p for p in (DATA / "E").iterdir() if p.is_dir()))


def run_epoch(definition: Definition, endpoints: Endpoints) -> tuple[float, dict[str, float]]:
    """One epoch with a coordinator of its own, as each Airflow task has; seconds of the whole and of its steps."""
    key = uuid.uuid4().hex
    time.sleep(2.1)  # the source leaves files alone for two seconds
    began = time.monotonic()
    with coordinator(definition, endpoints, progress=lambda _: None) as engine:
        run = Run(key, key)
        timings = {**_timings(engine.process(run)), **_timings(engine.publish(run))}
    return time.monotonic() - began, timings


def _timings(report: EpochReport | None) -> dict[str, float]:
    if report is None:
        raise SystemExit("there was no new input")
    return dict(report.timings_s)


def check(endpoints: Endpoints, definition: Definition, folders: list[Path]) -> bool:
    """Compare the published files with the oracle, row by row."""
    want = expected(iter(folders)).sort("event_time")
    with coordinator(definition, endpoints, progress=lambda _: None) as engine:
        target = definition.targets[0]
        parts = [
            pl.read_parquet(f"{location.removeprefix('file://')}/*.parquet", hive_partitioning=False).with_columns(
                pl.lit(values[1]).alias("dt"), pl.lit(values[2]).alias("hour")
            )
            for values, location in engine.adapters.sink.locations(target).items()
        ]
    got = pl.concat(parts).select(want.columns).sort("event_time")
    exact = want.equals(got)
    print(f"  {len(got):,} rows, {'every one exact' if exact else f'WRONG: the oracle has {len(want):,}'}")
    return exact


@contextmanager
def measured(home: Path) -> Iterator[dict[str, float]]:
    """Peak PSS of this process and the services in MB, and the mean cores that others used."""
    usage = {"peak_mb": 0.0, "others": 0.0}
    stop = threading.Event()

    def watch() -> None:
        settings = Settings.load(home)
        started = settings.started.values() if settings else ()
        own = [psutil.Process(), *processes.family(home, started)]
        before, began = (psutil.cpu_times(), _cpu(own)), time.monotonic()
        while not stop.wait(0.25):
            usage["peak_mb"] = max(usage["peak_mb"], _pss_mb(own))
            own = [psutil.Process(), *processes.family(home, started)]
        total = _busy(psutil.cpu_times()) - _busy(before[0])
        usage["others"] = max(0.0, (total - (_cpu(own) - before[1])) / (time.monotonic() - began))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield usage
    finally:
        stop.set()
        watcher.join()


def _busy(times: object) -> float:
    return float(sum(times) - times.idle - times.iowait)  # type: ignore[call-overload,attr-defined]


def _cpu(own: list[psutil.Process]) -> float:
    seconds = 0.0
    for process in own:
        try:
            seconds += sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return seconds


def _pss_mb(own: list[psutil.Process]) -> float:
    total = 0
    for process in own:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 2**20


def show(label: str, wall: float, timings: dict[str, float], usage: dict[str, float]) -> None:
    parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in timings.items() if seconds >= 0.005)
    print(
        f"{label} {wall:5.2f} s, peak {usage['peak_mb']:.0f} MB, others {usage['others']:.1f} cores: {parts}",
        flush=True,
    )


if __name__ == "__main__":
    os.chdir(Path(__file__).parent)
    sys.exit(main())
