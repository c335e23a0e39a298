"""Goal: what the README and the guides say is true: their code runs, their tables name what exists."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate import errors
from tidegate.adapters.hive.server import connect
from tidegate.engine.crash import POINTS
from tidegate.wiring import VARIABLES, Endpoints

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


def column(page: str, pattern: str) -> list[str]:
    """What `pattern` captures in the rows of a page's tables."""
    return re.findall(pattern, (ROOT / page).read_text(), re.MULTILINE)


def tidegate(endpoints: Endpoints, *words: str) -> str:
    """Run the command line as a person would, on the session's services."""
    given = {variable: getattr(endpoints, name) for name, variable in VARIABLES.items()}
    done = subprocess.run(
        [Path(sys.executable).parent / "tidegate", *words],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.services
def test_the_readme_example_runs(tmp_path: Path, endpoints: Endpoints) -> None:
    (example,) = blocks("README.md", "python")
    (tmp_path / "data").mkdir()
    file = tmp_path / "example.py"
    file.write_text(
        example.replace('"/data/payments"', repr(str(tmp_path / "data")))
        .replace("payments_log", f"payments_{tmp_path.name}")
        .replace('Pipeline("payments")', f'Pipeline("payments_{tmp_path.parent.name.replace("-", "_")}")')
    )
    arrived = tmp_path / "data" / "1.json"
    arrived.write_text('{"user": "a", "amount": 3}\n{"user": "b", "amount": 5}\n{"user": "a", "amount": 4}\n')
    os.utime(arrived, (0, 0))
    tidegate(endpoints, "run", f"{file}:payments")
    assert json.loads(tidegate(endpoints, "verify", "--json", f"{file}:payments")) is not None
    connection = connect(endpoints.hiveserver2)
    try:
        cursor = connection.cursor()
        cursor.execute(f"SELECT user, amount, total FROM shop.payments_{tmp_path.name}")
        assert sorted(cursor.fetchall()) == [("a", 3, 3), ("a", 4, 7), ("b", 5, 5)]
    finally:
        connection.close()


def test_the_guide_declares_a_pipeline_and_its_dag() -> None:
    space: dict[str, object] = {"__name__": "guide"}
    for block in blocks("docs/pipelines.md", "python"):
        exec(compile(block, "pipelines.md", "exec"), space)
    assert {"clicks", "dag"} <= space.keys()


def test_the_page_of_the_test_kit_runs() -> None:
    space: dict[str, object] = {"__name__": "testing"}
    for block in blocks("docs/testing.md", "python"):
        exec(compile(block, "testing.md", "exec"), space)
    assert {"payments", "paid", "cuts"} <= space.keys()


def test_the_page_of_sources_declares_them_and_each_of_its_tests_is_there() -> None:
    space: dict[str, object] = {"__name__": "sources"}
    for block in blocks("docs/sources.md", "python"):
        exec(compile(block, "sources.md", "exec"), space)
    assert "clicks" in space
    text = (ROOT / "docs/sources.md").read_text()
    tests = (ROOT / "tests/integration/test_kafka_epochs.py").read_text()
    named = re.findall(r"`(test_k\d+_\w*)…?`", text)
    assert {re.match(r"test_(k\d+)", name)[1] for name in named} >= {f"k{n}" for n in range(1, 14)} - {"k7", "k10"}  # type: ignore[index]
    for name in named:
        assert f"def {name}" in tests


def test_the_page_of_tables_declares_one() -> None:
    space: dict[str, object] = {"__name__": "sources-database"}
    for block in blocks("docs/sources-database.md", "python"):
        exec(compile(block, "sources-database.md", "exec"), space)
    assert "orders" in space


def test_the_page_of_hive_tables_declares_one_and_a_dag_that_runs_by_its_asset() -> None:
    space: dict[str, object] = {"__name__": "sources-tables"}
    for block in blocks("docs/sources-tables.md", "python"):
        exec(compile(block, "sources-tables.md", "exec"), space)
    assert {"clicks", "payments", "dag"} <= space.keys()


def test_the_readme_has_a_row_for_every_crash_point() -> None:
    assert column("README.md", r"^\| [^|]+ \| `(\w+)` \|") == list(POINTS)


def test_the_runbook_has_a_row_for_every_kind_of_error() -> None:
    """With what Airflow does: retryable kinds retry, all others fail, but for the two that the operators handle."""
    handled = {errors.FencedError: "skipped", errors.LeaseHeldError: "rescheduled"}
    tree = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.TidegateError)]
    said = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))
    expected = {
        e.kind: handled.get(e, "retries" if issubclass(e, errors.RETRYABLE) else "fails")
        for e in tree
        if e is not errors.TidegateError
    }
    assert said == expected


def test_every_make_target_and_command_of_the_readme_exists() -> None:
    text = "\n".join(blocks("README.md", "console"))
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make ([\w-]+)", text, re.MULTILINE)) <= targets
    commands = re.findall(r"^tidegate ([^#\n]+?)\s*(?:#.*)?$", text, re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        words = [w for w in command.split() if not re.search(r"[./]|_log$", w)]
        done = subprocess.run(
            [Path(sys.executable).parent / "tidegate", *words, "--help"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, command


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#]+)\)", page.read_text())]
    assert links
    missing = [(page.name, link) for page, link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []
