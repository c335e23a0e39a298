"""Writes the files of a format: run once, when a format is new, and never again after its release.

    python tests/golden/write.py tests/golden/format_1

`warehouse/` and `in/` are as they were written, `checkpoint.sql` is a dump, `root` the folder in which they lay, and
`expected.json` the rows of the tables once the epoch that was left staged is finished.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import psycopg

from golden import story
from tidegate import services
from tidegate.adapters.checkpoint import migrate
from tidegate.adapters.hive.server import connect
from tidegate.protocol.model import Run
from tidegate.services.postgres import binaries
from tidegate.wiring import Endpoints, coordinator

PASSING = ("*.crc", "changes", "read")
"""What nothing leads to once an epoch is staged."""
TABLES = (f"g.{story.NAME}_log", f"g.{story.NAME}_latest", f"g.{story.NAME}_dead", story.CLONE)


def rows(endpoints: Endpoints) -> dict[str, list[list[object]]]:
    """What readers see, by table."""
    connection = connect(endpoints.hiveserver2)
    try:
        cursor = connection.cursor()
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(([*row] for row in cursor.fetchall()), key=repr)
        return found
    finally:
        connection.close()


def main(folder: Path, *, to: str = "0001") -> None:
    root = Path(tempfile.mkdtemp(prefix="golden-"))
    home = root / "home"
    services.up(home, report=print)
    try:
        given = services.endpoints(home)
        with psycopg.connect(given.checkpoint, autocommit=True) as connection:
            connection.execute("CREATE DATABASE golden")
        checkpoint = given.checkpoint.rpartition("/")[0] + "/golden"
        endpoints = replace(given, checkpoint=checkpoint, warehouse=f"file://{root}/warehouse")
        migrate(checkpoint, to=to)
        definition = story.definition(root / "in")
        with (
            coordinator(definition, endpoints, progress=print) as engine,
            coordinator(story.changed(definition), endpoints, progress=print) as engine_of_lane,
        ):
            story.tell(engine, engine_of_lane, root / "in")
            shutil.rmtree(folder, ignore_errors=True)
            for name in ("in", "warehouse"):
                shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns(*PASSING))
            dump = [
                str(binaries() / "pg_dump"),
                "--inserts",
                "--no-owner",
                "--no-privileges",
                "--no-comments",
                checkpoint,
            ]
            done = subprocess.run(dump, check=True, capture_output=True, text=True)
            said = done.stdout.replace(f"{Path(__file__).parents[2]}/", "")  # an error names the line of its defect
            lines = [line for line in said.splitlines() if line and not line.startswith(("--", "\\", "SET "))]
            (folder / "checkpoint.sql").write_text("\n".join(lines) + "\n")
            (folder / "root").write_text(f"{root}\n")
            engine.run(Run("run-4", "o"))
        (folder / "expected.json").write_text(json.dumps(rows(endpoints), indent=1, default=str) + "\n")
    finally:
        services.down(home, report=print)
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
