"""Goal: tests that share services are in one process, in order, however many processes there are."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
NOTES = """
import os
import time
from pathlib import Path

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
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "side_by_side", "-p", "no:cacheprovider", "."],
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
