"""Breaks the protocol on purpose, one way at a time, and shows that the tests see each.

    python tests/mutants/run.py [WORD …]

Each mutant of `catalogue` is made in a copy of the repository, where the suites below run until one fails. A mutant
that all of them let pass has survived: exit code 1. With words, only the mutants whose names contain one of them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutants.catalogue import MUTANTS
from mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]
STORE = tuple(
    f"tests/contract/test_checkpoint_{what}.py"
    for what in ("epochs", "leases", "tables", "answers", "lanes", "ledger", "clones", "corrections")
)
ENGINE = ("tests/unit/protocol", "tests/unit/engine", "tests/model")
TASKS = ("tests/unit/files", "tests/unit/kafka", "tests/unit/runtime", "tests/unit/spark")
"""Without JVM. The search has a checkpoint of its own, so what is broken in the real one shows in its contract."""


def main(words: list[str]) -> int:
    chosen = [m for m in MUTANTS if not words or any(w in m.name for w in words)]
    with tempfile.TemporaryDirectory(prefix="tidegate-mutants-") as folder:
        copy = Path(folder) / "tidegate"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".tidegate", "__pycache__", "data"))
        if failed := caught_by(copy, (*STORE, *TASKS, *ENGINE)):
            print(f"{failed} fails without any mutant: mend that first")
            return 1
        survivors = [m for m in chosen if not tell(m, copy)]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants caught")
    return 1 if survivors else 0


def tell(mutant: Mutant, copy: Path) -> bool:
    """Make the mutant, run the suites, put the file back; True when it was caught."""
    file = copy / "include" / "tidegate" / mutant.file
    text = file.read_text()
    if text.count(mutant.old) != 1:
        print(f"{mutant.name}: its text stands {text.count(mutant.old)} times in {mutant.file}")
        return False
    began = time.monotonic()
    file.write_text(text.replace(mutant.old, mutant.new))
    try:
        suite = caught_by(copy, suites(mutant))
    finally:
        file.write_text(text)
    print(f"{mutant.breaks}  {mutant.name}: {suite or 'SURVIVED'} ({time.monotonic() - began:.0f} s)", flush=True)
    return suite is not None


def suites(mutant: Mutant) -> tuple[str, ...]:
    """Where a mutant must show."""
    if mutant.file.startswith("adapters/checkpoint/"):
        return STORE
    return TASKS if mutant.file.startswith(("adapters/reading", "adapters/kafka/", "runtime/")) else ENGINE


def caught_by(copy: Path, suites: tuple[str, ...]) -> str | None:
    """The first of the suites that fails in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "include"), "PYTHONDONTWRITEBYTECODE": "1"}
    for suite in suites:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", suite]
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{suite} did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        if done.returncode:
            return suite
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
