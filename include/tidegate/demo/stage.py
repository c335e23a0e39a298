"""What the demos share: a home that only demos used, and words for people."""

import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from tidegate import services
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.demo.flights import differences, read_table
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.protocol.model import Epoch, LaneId
from tidegate.services import ServiceEvent
from tidegate.wiring import OF_SOURCES, VARIABLES, Endpoints, given_endpoints

DAGS = Path("dags")

MARKER = "made-by-demo"
"""File that says that a demo made the home."""
MADE = (
    *("airflow", "conf", "flights", "kafka", "killed", "lock", "logs", "metastore", "postgres", "produced.jsonl"),
    *("run", "services.json", "warehouse"),
)
"""What demos make in their home, beside the marker."""

FILE_PIPELINES = ("aircraft_log", "carrier_delays")
KAFKA_PIPELINES = ("kafka_aircraft_log", "kafka_carrier_delays")

_POLL_S = 0.5
_PLAIN_EVERY_S = 10.0

_FILE = r"2013-\d\d-[ab]\.csv"
_TABLES = "|".join(FILE_PIPELINES)
_OWN = {
    "flights": rf"{_FILE}|\.{_FILE}\.tmp",
    "warehouse": r"_tidegate|flights\.db|flights_kafka\.db",
    "warehouse/_tidegate": "|".join((*FILE_PIPELINES, *KAFKA_PIPELINES)),
    "warehouse/flights.db": rf"({_TABLES})(_dead)?(__.*)?",
    "warehouse/flights_kafka.db": rf"({_TABLES})(_dead)?(__.*)?",
}
"""What demos make in folders in which others' things may lie: by folder a pattern of names."""


@dataclass
class Stage:
    """One run of a demo in `home`, where it replaces what an earlier demo made, and nothing else."""

    home: Path
    console: Console

    def say(self, text: str) -> None:
        """One line for people."""
        self.console.print(text, highlight=False, soft_wrap=True)

    def report(self, event: ServiceEvent) -> None:
        """The same of what became of a service."""
        self.say(f"   {event.service}: {event.what} {event.detail}")

    def clear(self) -> None:
        """Make the home, or empty one that a demo made. All is checked before anything is stopped or deleted."""
        if not (DAGS / "nycflights.py").exists():
            raise ConfigurationError(f"the demo runs in a checkout of tidegate: there is no {DAGS}/nycflights.py here")
        if given := given_endpoints():
            variables = VARIABLES | OF_SOURCES
            raise ConfigurationError(
                f"the demo brings all services itself: unset {', '.join(variables[name] for name in given)}"
            )
        if others := foreign(self.home):
            raise ConfigurationError(
                f"{self.home} is in use: {', '.join(others[:5])}{', …' if len(others) > 5 else ''} was not made by a "
                "demo, which would delete it. Name another folder: tidegate demo --home FOLDER"
            )
        services.down(self.home, report=self.report)
        for name in MADE:
            path = self.home / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        (self.home / "flights").mkdir(parents=True)
        (self.home / MARKER).touch()

    @property
    def killed_file(self) -> Path:
        """The file that an attempt makes when it is killed as planned."""
        return self.home / "killed"

    def plain(self) -> Callable[[str], None]:
        """Progress where there is no terminal: a line when it has changed, and not too often."""
        told, last = time.monotonic(), ""

        def update(text: str) -> None:
            nonlocal told, last
            if text != last and time.monotonic() - told >= _PLAIN_EVERY_S:
                self.say(f"   {text}")
                told, last = time.monotonic(), text

        return update

    def wait(self, what: str, done: Callable[[], bool], *, timeout_s: float) -> None:
        """Look until it is so; raise UnavailableError when it does not become so in time."""
        deadline = time.monotonic() + timeout_s
        while True:
            with suppress(UnavailableError):  # a service that died is started again
                if done():
                    return
            if time.monotonic() > deadline:
                raise UnavailableError(
                    f"waited {timeout_s:.0f} s for {what}; the logs are in {self.home}/logs and airflow/logs"
                )
            time.sleep(_POLL_S)

    def compared(self, endpoints: Endpoints, table: str, expected: pd.DataFrame, keys: Sequence[str]) -> bool:
        """Say whether Hive's rows of a table are those that are expected; `keys` tell a row from another."""
        found = read_table(endpoints, table, list(expected.columns))
        wrong = differences(expected, found, list(keys))
        self.say(
            f"   {table}: {len(found):,} rows read, {len(expected):,} expected: "
            + (f"[red]{'; '.join(wrong)}[/]" if wrong else "[green]all equal[/]")
        )
        return not wrong

    def summarised(self, endpoints: Endpoints, *, rows_in: int, made: Mapping[str, int]) -> bool:
        """Show what the epochs did; figures that are not the truth are named instead.

        `rows_in` is what each pipeline read in all, `made` what each made, by name.
        """
        table, wrong = Table(*SUMMARY, box=None, pad_edge=False), []
        with checkpoint(endpoints) as store:
            for name, rows in made.items():
                epochs = sealed(store, name)
                wrong += miscounted(name, epochs, rows_in=rows_in, made=rows)
                table.add_row(*summary(name, epochs))
        for text in wrong:
            self.say(f"   [red]{text}[/]")
        if not wrong:
            self.console.print(table)
        return not wrong

    def farewell(self, began: float, *, right: bool) -> int:
        """The last lines; the exit code."""
        url, user, password = services.airflow_login(self.home)
        self.say(f"Airflow runs at [bold]{url}[/] (user {user}, password {password}); `make down` stops everything")
        verdict = "[bold green]every row is right[/]" if right else "[bold red]rows differ[/]"
        self.say(f"[bold]Verdict:[/] {verdict}, after {time.monotonic() - began:.0f} s")
        return 0 if right else 1


def foreign(home: Path) -> list[str]:
    """What a demo would delete in `home`, though no demo made it; paths from `home`."""
    found = [name for name in MADE if (home / name).exists() or (home / name).is_symlink()]
    if not (home / MARKER).exists():
        return found
    return [name for name in found if (home / name).is_symlink()] + [
        f"{folder}/{entry.name}"
        for folder, pattern in _OWN.items()
        if (home / folder).is_dir()
        for entry in sorted((home / folder).iterdir())
        if not re.fullmatch(pattern, entry.name)
    ]


def sealed(store: PostgresCheckpointStore, pipeline: str) -> list[Epoch]:
    """The pipeline's sealed epochs, the newest first."""
    return [e for e in store.epochs(LaneId(pipeline), limit=10_000) if e.sealed_ms]


def miscounted(name: str, epochs: Sequence[Epoch], *, rows_in: int, made: int) -> list[str]:
    """What a pipeline's epochs say they read and made, in words, where that is not the truth."""
    return [
        f"{name}: its epochs say {found:,} rows {what}, but it was {right:,}"
        for what, count, right in (("in", "rows_in", rows_in), ("made", "yielded", made))
        if (found := total(epochs, count)) != right
    ]


def total(epochs: Sequence[Epoch], count: str) -> int:
    """The sum of one of the epochs' counts."""
    return sum(getattr(e.counts, count) for e in epochs if e.counts)


SUMMARY = ("pipeline", "epochs", "rows in", "rows made", "retries", "median s")


def summary(name: str, epochs: Sequence[Epoch]) -> tuple[str, ...]:
    """One row of a table with the columns `SUMMARY`: what a pipeline's sealed epochs did."""
    took = pd.Series([(e.sealed_ms - e.planned_ms) / 1000 for e in epochs if e.sealed_ms and e.planned_ms])
    counts = (f"{total(epochs, count):,}" for count in ("rows_in", "yielded"))
    repeated = sum(e.attempts - 1 for e in epochs)
    return name, str(len(epochs)), *counts, str(repeated), f"{took.median():.1f}"


@contextmanager
def checkpoint(endpoints: Endpoints) -> Iterator[PostgresCheckpointStore]:
    """The checkpoint tables of a demo's home."""
    store = PostgresCheckpointStore(endpoints.checkpoint)
    try:
        yield store
    finally:
        store.close()
