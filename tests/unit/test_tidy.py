"""Goal: the house's rules of size, naming and privacy hold in every file of the project."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE_LINES_MAX = 500
TEST_MODULE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
CLASS_LINES_MAX = 250
METHODS_MAX = 20
BANNED_MODULES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines()]


def modules() -> list[Path]:
    return tracked("*.py")


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def classes(path: Path) -> list[ast.ClassDef]:
    return [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.ClassDef)]


def methods(found: ast.ClassDef) -> list[str]:
    """What counts as a method: every function in the class's own body, properties and private ones too.

    Not what Python itself asks for (`__init__` and the like), and not what is inherited.
    """
    names = (n.name for n in found.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return [name for name in names if not (name.startswith("__") and name.endswith("__"))]


def test_there_is_something_to_look_at() -> None:
    assert len(modules()) > 40


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert path.stem not in BANNED_MODULES
    most = TEST_MODULE_LINES_MAX if ROOT / "tests" in path.parents else MODULE_LINES_MAX
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno >= FUNCTION_LINES_MAX]
    assert not long


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_classes_stay_small(path: Path) -> None:
    """One that grows beyond this does several jobs: give them rooms."""
    long = [c.name for c in classes(path) if (c.end_lineno or 0) - c.lineno >= CLASS_LINES_MAX]
    wide = [c.name for c in classes(path) if len(methods(c)) > METHODS_MAX]
    assert not long + wide


def test_no_two_test_modules_have_one_name() -> None:
    """pytest collects either alone and refuses both together, so only the whole run would see it."""
    names = [p.stem for p in tracked("tests/**/test_*.py") if not (p.parent / "__init__.py").exists()]
    assert sorted(names) == sorted(set(names))


def test_no_download_address_and_no_foreign_path() -> None:
    """A lock with addresses, or a path of somebody's machine, would bind the project to a place."""
    wrong = re.compile(r"https?://\S*(\.whl|\.jar|\.tgz|\.tar\.gz|/simple|/maven2)|(?<![.\w])/(work|farm|home/\w+)/")
    hits = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked()
        if path.suffix in {".py", ".md", ".txt", ".toml", ".yaml", ".yml", ".in", ".sql", ".json", ""}
        and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wrong.search(line)
    ]
    assert not hits


def test_named_queries_say_what_they_are_for() -> None:
    text = (ROOT / "include/tidegate/adapters/checkpoint/queries.sql").read_text(encoding="utf-8")
    blocks = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 20
    for name, body in zip(blocks[::2], blocks[1::2], strict=True):
        assert re.match(r"-- \S.{5,}", body), f"query {name} has no sentence"
