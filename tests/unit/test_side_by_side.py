"""Goal: tests that share services are in one process, in order, however many processes there are."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
NOTES = """
import os
import time
from pathlib import Path

import pytest

import pytest


@pytest.mark.parametrize("number", range(6))
def test_it(number):
    time.sleep(0.02)
    with open("notes", "a") as f:
        print(os.environ["PYTEST_XDIST_WORKER"], Path(__file__).parent.name, number, file=f)
"""


def test_groups_stay_together_and_the_rest_is_spread(tmp_path: Path) -> None:
    for folder in ("contract", "crash", "e2e", "integration", "unit"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"test_{folder}.py").write_text(NOTES)
    done = subprocess.run(
        [*PYTEST, "-n", "2", "-p", "side_by_side", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    notes = [line.split() for line in (tmp_path / "notes").read_text().splitlines()]
    workers = {folder: {worker for worker, where, _ in notes if where == folder} for _, folder, _ in notes}
    assert {folder: len(found) for folder, found in workers.items() if folder != "unit"} == {
        "contract": 1,
        "crash": 1,
        "e2e": 1,
        "integration": 1,
    }
    assert workers["crash"] == workers["e2e"]
    assert set.union(*workers.values()) == {"gw0", "gw1"}
    order = [(where, int(number)) for _, where, number in notes if where in ("crash", "e2e")]
    assert order == [(where, number) for where in ("crash", "e2e") for number in range(6)]


@pytest.mark.parametrize("ours", [True, False], ids=["a run of these tests", "any run"])
def test_a_run_that_begins_shuts_no_folder_of_this_one(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, ours: bool
) -> None:
    """pytest takes everybody else's rights from its root of temporary folders; here a PostgreSQL may need them."""
    base = tmp_path_factory.getbasetemp()
    folders = [folder for folder in (base, *base.parents) if "tidegate-tests-" in str(folder)]
    assert len(folders) > 1
    for folder in folders:
        folder.chmod(0o711)
    (tmp_path / "test_small.py").write_text("def test_it(tmp_path):\n    assert tmp_path.exists()\n")
    test = f"{TESTS}/unit/test_side_by_side.py::test_of_a_run_in_this_run" if ours else f"{tmp_path}/test_small.py"
    done = subprocess.run([*PYTEST, test], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o711}


def test_of_a_run_in_this_run(tmp_path: Path) -> None:
    """The smallest one that makes a temporary folder."""
    assert tmp_path.exists()
