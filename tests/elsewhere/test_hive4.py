"""Goal: everything works on a real Hive 4, which the connection settings name and nothing else mentions."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from crash.lab import TESTS, Lab
from crash.watch import Watch
from pipelines import totals
from tidegate.adapters.hive.server import connect
from tidegate.adapters.table_plans import columns_of, ddl
from tidegate.protocol.model import Kind, Status
from tidegate.runtime.formats import STORED_AS, SUFFIX, TableFile
from tidegate.wiring import VARIABLES, Endpoints, coordinator, given_endpoints

pytestmark = pytest.mark.services

FILES = 6


def query(endpoints: Endpoints, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement."""
    connection = connect(endpoints.hiveserver2)
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return sorted(map(tuple, cursor.fetchall()))
    finally:
        connection.close()


def made(rows: pa.Table, folder: Path) -> list[str]:
    """Statements that make the table `edges` of these rows."""
    with TableFile(f"{folder}/rows/part{SUFFIX}", rows.schema) as file:
        file.write(rows)
        file.close()
    columns = ddl(columns_of(rows.schema))
    place = f"STORED AS {STORED_AS} LOCATION 'file://{folder}/rows'"
    return ["DROP TABLE IF EXISTS edges", f"CREATE EXTERNAL TABLE edges ({columns}) {place}"]


def run_all(lab: Lab) -> list[Kind]:
    """Run until there is nothing new; what the epochs were, in order."""
    number = 0
    while lab.run_here(f"run-{number}") is Status.SEALED:
        number += 1
    with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
        return [e.kind for e in reversed(engine.adapters.store.epochs(engine.lane_id, limit=100))]


def test_these_tests_talk_to_hive_4(endpoints: Endpoints) -> None:
    assert {"metastore", "hiveserver2", "warehouse"} == set(given_endpoints())
    assert str(query(endpoints, "SELECT version()")[0][0]).startswith("4.0.1 ")


def test_epochs_and_compactions(lab: Lab) -> None:
    for number in range(FILES):
        lab.arrive(number)
    kinds = Counter(run_all(lab))
    print(f"epochs: {dict(kinds)}")
    assert kinds[Kind.EVENTS] == FILES
    assert kinds[Kind.COMPACTION] > 0
    lab.audit()


def test_sums_that_hive_computes_itself(lab: Lab) -> None:
    """Tez reads the files; nothing comes from statistics that were made of an earlier epoch's files."""
    log, latest = f"t.{lab.name}_log", f"t.{lab.name}_latest"
    for number in range(4):  # every epoch brings new keys, and every other one a compaction
        for event in (events := totals.events(number)):
            event["key"] += f"_{event['id'] // 1000 % 3}"
        if number:
            query(lab.endpoints, *(f"ANALYZE TABLE {t} COMPUTE STATISTICS" for t in (log, latest)), "SELECT 1")
        totals.write(lab.source, f"{number}.json", events)
        run_all(lab)
    for table, rows in zip((log, latest), totals.expected(lab.source), strict=True):
        assert query(lab.endpoints, f"SELECT count(*) FROM {table}") == [(len(rows),)]
        sums = Counter[str]()
        for *_, total, _, day in rows:
            sums[day] += total
        assert query(lab.endpoints, f"SELECT day, sum(total) FROM {table} GROUP BY day") == sorted(sums.items())


@pytest.mark.parametrize("settings", [{}, {"vectorized.execution.enabled": "false"}, {"fetch.task.conversion": "none"}])
def test_values_at_the_edges_of_their_types(endpoints: Endpoints, tmp_path: Path, settings: dict[str, str]) -> None:
    """As Hive reads them by itself, row by row, and in a task."""
    days = [date(1, 1, 1), date(1582, 10, 4), date(1582, 10, 10), date(1969, 12, 31), date(9999, 12, 31)]
    columns = {
        "day": pa.array(days),
        "at": pa.array([datetime.combine(day, time.max, UTC) for day in days], pa.timestamp("us", tz="UTC")),
        "n": pa.array([-(2**63), 2**63 - 1, 2**53 + 1, 0, None], pa.int64()),
        "price": pa.array([Decimal(sign + "9" * 28 + "." + "9" * 10) for sign in ("-", "", "-", "", "-")]),
        "share": pa.array([5e-324, 1.7976931348623157e308, -0.0, float("-inf"), 0.1]),
    }
    table = pa.table(columns)
    found = query(
        endpoints,
        *(f"SET hive.{name}={value}" for name, value in settings.items()),
        *made(table, tmp_path),
        "SELECT cast(day AS string), cast(at AS string), n, price, share FROM edges",
    )
    at = [when.replace(tzinfo=None).isoformat(" ") for when in columns["at"].to_pylist()]
    assert found == list(
        zip(map(str, days), at, *(columns[c].to_pylist() for c in ("n", "price", "share")), strict=True)
    )


def test_nested_nulls_and_empty_lists(endpoints: Endpoints, tmp_path: Path) -> None:
    """In a task, with the setting that docs/not-promised.md names."""
    columns = {
        "n": pa.array([0, 1, 2]),
        "items": pa.array([[], [1, None], None], pa.list_(pa.int64())),
        "prices": pa.array([[], [("a", 1), ("b", None)], None], pa.map_(pa.string(), pa.int64())),
        "of": pa.array(
            [{"x": 1, "y": None}, {"x": None, "y": None}, None], pa.struct({"x": pa.int64(), "y": pa.string()})
        ),
    }
    found = query(
        endpoints,
        "SET hive.vectorized.complex.types.enabled=false",
        "SET hive.fetch.task.conversion=none",
        *made(pa.table(columns), tmp_path),
        "SELECT n, size(items), items[1], size(prices), prices['b'], `of` IS NULL, `of`.x FROM edges",
    )
    assert found == [
        (0, 0, None, 0, None, False, 1),
        (1, 2, None, 2, None, False, None),
        (2, -1, None, -1, None, True, None),
    ]


def test_dead_letters(lab: Lab) -> None:
    lab.definition = totals.pipeline(lab.name, lab.source, dead_letters=f"t.{lab.name}_dead")
    events = [{"id": i, "key": "k", "day": "d", "amount": amount} for i, amount in enumerate((1, -5, 2))]
    totals.write(lab.source, "1.json", events)
    assert lab.run_here("run-1") is Status.SEALED
    assert query(lab.endpoints, f"SELECT id, n, total FROM t.{lab.name}_log") == [(0, 1, 1), (2, 2, 3)]
    letters = query(lab.endpoints, f"SELECT step, reason, key FROM t.{lab.name}_dead")
    assert letters == [("process", "ValueError: negative amount -5", '["k", "d"]')]


def test_readers_see_whole_epochs_only(lab: Lab) -> None:
    """Through the metastore and through HiveServer2, while epochs of events and compactions are published."""
    lab.definition = totals.pipeline(lab.name, lab.source, compact_at=2, source={"max_files": 1})
    for number in range(FILES):
        lab.arrive(number)
    with Watch(lab.endpoints, lab.name, lab.source) as watch:
        assert Kind.COMPACTION in run_all(lab)
    print(f"{watch.metastore_reads} listings, {watch.table_reads} queries, {watch.torn} torn, {watch.stale} stale")
    assert (watch.torn, watch.stale) == (0, 0), watch.examples
    assert watch.metastore_reads > 0
    assert watch.table_reads > 0
    lab.audit()


def test_the_command_line_needs_environment_variables_only(lab: Lab, tmp_path: Path) -> None:
    lab.arrive(1)
    lab.arrive(2)
    file = tmp_path / "pipelines_here.py"
    file.write_text(
        "from pathlib import Path\nfrom pipelines import totals\n"
        f"numbers = totals.busy({lab.name!r}, Path({str(lab.source)!r}), compact_at=2)\n"
    )
    given = {variable: getattr(lab.endpoints, name) for name, variable in VARIABLES.items()}

    def tidegate(*words: str) -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name("tidegate"), *words],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS), **given},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        print(done.stdout, done.stderr)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    pipeline = f"{file}:numbers"
    tidegate("migrate")
    tidegate("run", pipeline, "--until-empty")
    tidegate("verify", pipeline, "--checksums")
    tidegate("verify", pipeline, "--replay", "2")
    assert [e["status"] for e in json.loads(tidegate("epochs", pipeline, "--json"))][:2] == ["SEALED", "SEALED"]
    lab.audit()
