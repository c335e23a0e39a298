"""Goal: what the next person is told to run is there, and what stands in two places is the same."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

import tidegate

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "SECURITY.md", "docs/stability.md", ".ci/run"])
def test_every_target_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = re.findall(r"`(?:\w+=\S+ )*make ([a-z0-9 -]+)`|^(?:nice )?make ([a-z0-9 -]+)", text, re.MULTILINE)
    named = {word for words in commands for word in "".join(words).split()}
    assert named
    assert named <= TARGETS


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "SECURITY.md", "CHANGELOG.md", "docs/stability.md"])
def test_every_file_that_a_page_links_to_is_there(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_a_commit_is_checked_by_the_locked_programs() -> None:
    """A hook that is fetched would have a version of its own."""
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}
    programs = [shlex.split(hook["entry"])[0] for repo in repos for hook in repo["hooks"]]
    check = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(BIN)", ".venv/bin")
    assert [program for program in programs if f"\t{program}" not in check] == []


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT["project"]
    said = [p for p in (ROOT / "include").rglob("*.py") if f'"{tidegate.__version__}"' in p.read_text(encoding="utf-8")]
    assert said == [ROOT / PROJECT["tool"]["hatch"]["version"]["path"]]


def test_each_python_that_is_declared_is_tested() -> None:
    """All that `requires-python` lets in, and no other: by `make test` on the first, by `make py312` on the others."""
    declared = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if "Python :: 3." in c]
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.13"
    assert declared == ["3.11", "3.12"]
    assert {f"py{version.replace('.', '')}" for version in declared[1:]} <= TARGETS
    assert "make py312" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_a_plain_install_asks_for_what_the_package_asks_for() -> None:
    """`requirements.txt` is for an Airflow that is there already: the package's own needs and the extra's."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = {*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["airflow"]}
    assert {line for line in lines if line and not line.startswith("#")} == wanted
