"""The demo on files: real flights through two pipelines on a real Airflow, one attempt killed, every row checked.

The check is independent: pandas over the raw file on one side, PyHive's answer on the other.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
from rich.console import Console

from tidegate import services
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.demo.flights import load_flights
from tidegate.demo.stage import DAGS, FILE_PIPELINES, Stage, checkpoint, sealed, total
from tidegate.errors import TidegateError, UnavailableError
from tidegate.protocol.ledger import start_of
from tidegate.wiring import Endpoints

KILLED = ("aircraft_log", 4)
"""The attempt that is killed: SIGKILL to its process after STAGED, before anything is published."""

_ARRIVAL_S = 1.0
_TIMEOUT_S = 300.0


def main() -> int:
    """Run the demo; 0 when both tables are right, 1 when a row differs or a pipeline does not finish."""
    demo = Demo(Path(os.environ.get("TIDEGATE_HOME", ".tidegate")).resolve(), Console())
    try:
        return demo.run()
    except TidegateError as e:
        demo.say(f"[red]the demo failed ({e.kind}):[/] {e}")
        return 1


class Demo(Stage):
    """One run of the demo on files."""

    def run(self) -> int:
        """All steps, in order."""
        began = time.monotonic()
        self.say("[bold]1. A clean start:[/] PostgreSQL, Hive metastore, Spark and Airflow on this machine")
        raw = load_flights()
        batches = half_months(raw)
        self.clear()
        endpoints = self._start()
        self.say(f"[bold]2. {len(raw):,} flights of 2013[/] arrive as files; each Airflow run is one epoch")
        with services.watching(self.home, dags_folder=DAGS.resolve(), report=self.report):
            self._stream(endpoints, batches)
        self.say("[bold]3. The check:[/] both tables through PyHive against pandas over the raw file")
        return self.farewell(began, right=self._check(endpoints, raw) & self._epochs(endpoints, raw))

    def _start(self) -> Endpoints:
        pipeline, epoch = KILLED
        os.environ["TIDEGATE_CRASH_AT"] = f"staged@{pipeline}:{epoch}"
        os.environ["TIDEGATE_CRASH_ONCE"] = str(self.killed_file)
        return services.up(self.home, airflow=True, dags_folder=DAGS.resolve(), report=self.report)

    def _stream(self, endpoints: Endpoints, batches: list[tuple[str, pd.DataFrame]]) -> None:
        """Move one file in at a time; wait until every pipeline has sealed them all."""
        total = sum(len(rows) for _, rows in batches)
        with checkpoint(endpoints) as store, self.console.status("") as status:
            progress = _Progress(self, store, total, status.update if self.console.is_terminal else self.plain())
            self._wait("Airflow to find the DAGs", lambda: len(store.pipelines()) >= len(FILE_PIPELINES))
            for name, rows in batches:
                self._arrive(name, rows)
                with suppress(UnavailableError):  # a service that died is started again
                    progress.show()
                time.sleep(_ARRIVAL_S)
            self._wait("both pipelines to seal every file", lambda: progress.show() >= len(batches))
        if not self.killed_file.exists():
            raise UnavailableError("the attempt that was to be killed was never reached: the demo shows nothing")

    def _arrive(self, name: str, rows: pd.DataFrame) -> None:
        folder = self.home / "flights"
        temporary = folder / f".{name}.tmp"
        rows.to_csv(temporary, index=False, na_rep="NA", float_format="%.0f")
        temporary.rename(folder / name)

    def _check(self, endpoints: Endpoints, raw: pd.DataFrame) -> bool:
        log, delays = expected_aircraft_log(raw), expected_carrier_delays(raw)
        right = self.compared(endpoints, "flights.aircraft_log", log, ["tailnum", "flights"])
        return right & self.compared(endpoints, "flights.carrier_delays", delays, ["date", "carrier", "origin"])

    def _epochs(self, endpoints: Endpoints, raw: pd.DataFrame) -> bool:
        made = {"aircraft_log": int(raw["tailnum"].notna().sum()), "carrier_delays": len(raw)}
        return self.summarised(endpoints, rows_in=len(raw), made=made)

    def _wait(self, what: str, done: Callable[[], bool]) -> None:
        self.wait(what, done, timeout_s=_TIMEOUT_S)


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
        done = {name: sealed(self._store, name) for name in FILE_PIPELINES}
        if self._demo.killed_file.exists() and not self._killed:
            self._killed = True
            self._demo.say(
                f"   [yellow]SIGKILL:[/] {pipeline} epoch {number} is staged, its process is gone, nothing published"
            )
        again = next((e for e in done[pipeline] if e.epoch == number), None)
        if self._killed and again is not None and not self._recovered:
            self._recovered = True
            self._demo.say(f"   [green]Airflow retried:[/] {again} is sealed, rolled forward without recomputing")
        rows = min(total(found, "rows_in") for found in done.values())
        files = min(max((start_of(e, "source") for e in found), default=0) for found in done.values())
        self._update(f"{rows:,} of {self._total:,} flights sealed by both pipelines ({files} files)")
        return files


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
