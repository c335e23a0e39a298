"""Goal: a look at a folder costs what is new, as far as a folder allows, and what is left out is said."""

import os
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import builders as make
from tidegate import FileSource
from tidegate.adapters.files import listing
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.errors import DefinitionError
from tidegate.protocol.model import Slice

NOW = 1_767_225_600  # 2026-01-01
SCHEMA = pa.schema({"k": pa.string()})
DAYS = "day=%Y-%m-%d"


class Folder:
    """A source folder, what its ledger has, and what looks at it cost."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.path = path
        settings = {"settle": timedelta(0), "path_time": DAYS, **settings}
        self.adapter = FileSourceAdapter(FileSource(path, "json", SCHEMA, **settings), "p", now=lambda: NOW)
        self.slices: list[Slice] = []
        self.asked: list[int] = []

    def put(self, *names: str) -> None:
        for name in names:
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            os.utime(file, (1e9, 1e9))

    def known(self, keys: Sequence[str]) -> Collection[str]:
        self.asked.append(len(keys))
        return {s.key for s in self.slices}.intersection(keys)

    @property
    def tail(self) -> Slice | None:
        return self.slices[-1] if self.slices else None

    def look(self) -> list[str]:
        found = self.adapter.discover(self.tail, self.known)
        self.slices += found
        return [str(Path(s.key).relative_to(self.path)) for s in found]

    def told(self) -> tuple[str, ...]:
        return self.adapter.outlook(self.tail, self.known)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """The arguments of the calls of a function of `os`."""

    def count(name: str) -> list[str]:
        calls: list[str] = []
        real = getattr(os, name)

        def call(path: str, *more: Any, **options: Any) -> Any:
            calls.append(str(path))
            return real(path, *more, **options)

        monkeypatch.setattr(os, name, call)
        return calls

    return count


def test_a_known_file_costs_no_look_at_it_and_few_paths_are_held(
    tmp_path: Path, counted: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", 25)
    folder = Folder(tmp_path, path_time=None)
    folder.put(*(f"{number % 7}/{number:03d}.json" for number in range(100)))
    assert len(folder.look()) == 100
    folder.put("3/new.json", "9/new.json")
    folder.asked.clear()
    looked_at = counted("stat")
    assert folder.look() == ["3/new.json", "9/new.json"]
    assert sorted(looked_at) == [f"{tmp_path}/3/new.json", f"{tmp_path}/9/new.json"]
    assert folder.asked == [25, 25, 25, 25, 2]


def test_folders_of_an_earlier_time_than_look_back_allows_are_not_listed(
    tmp_path: Path, counted: Callable[[str], list[str]]
) -> None:
    folder = Folder(tmp_path, look_back=timedelta(days=2))
    folder.put(*(f"day=2025-03-{day:02d}/a" for day in range(1, 11)), "other/day=2025-03-10/b")
    assert len(folder.look()) == 11  # nothing was found before: everything is looked at
    folder.put("day=2025-03-08/late", "day=2025-03-07/too-late", "day=2025-03-11/new", "x/y/day=2025-03-12/new")
    listed = counted("scandir")
    assert folder.look() == ["day=2025-03-08/late", "day=2025-03-11/new", "x/y/day=2025-03-12/new"]
    days = {Path(path).name for path in listed if "day=" in path}
    assert days == {f"day=2025-03-{day:02d}" for day in range(8, 13)}
    folder.put("day=2025-03-10/just-in-time")
    assert len(folder.told()) == 1
    assert folder.told()[0].startswith("1 files are not taken, ")
    assert f"{tmp_path}/day=2025-03-07/too-late. A larger look_back takes them" in folder.told()[0]
    assert (folder.look(), Folder(tmp_path).told()) == (["day=2025-03-10/just-in-time"], ())


@pytest.mark.parametrize("pattern", ["%Y%m%d.json", "day=%Y/%m%d"])
def test_names_that_tell_the_time_are_left_out_one_by_one(tmp_path: Path, pattern: str) -> None:
    """Their folders tell none, so they are listed."""
    name = {"%Y%m%d.json": "{}{}.json", "day=%Y/%m%d": "day={}/{}"}[pattern].format
    folder = Folder(tmp_path, path_time=pattern, look_back=timedelta(days=1))
    folder.put(name("2025", "0310"))
    folder.look()
    folder.put(name("2025", "0308"), name("2025", "0309"))
    folder.asked.clear()
    assert folder.look() == [name("2025", "0309")]
    assert folder.asked == [2]


def test_a_file_of_a_time_to_come_hides_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path, look_back=timedelta(days=1))
    folder.put("day=2999-01-01/wrong")
    folder.look()
    folder.put("day=2025-12-31/a", "day=2025-12-30/b")
    assert folder.look() == ["day=2025-12-31/a"]


@pytest.mark.parametrize("tail", ["/elsewhere/a", "/elsewhere/day=2025-03-01/day=2025-03-02"])
def test_behind_a_file_that_tells_no_time_everything_is_looked_at(tmp_path: Path, tail: str) -> None:
    """As when the pattern was declared, or corrected, for a pipeline that has run."""
    folder = Folder(tmp_path, look_back=timedelta(0))
    folder.slices = [make.slice_(0, tail)]
    folder.put("day=2020-01-01/a")
    assert folder.look() == ["day=2020-01-01/a"]


def test_a_late_file_moves_the_bound_back_and_not_on(tmp_path: Path) -> None:
    folder = Folder(tmp_path, look_back=timedelta(days=2))
    folder.put("day=2025-03-10/a")
    folder.look()
    folder.put("day=2025-03-08/late")
    assert folder.look() == ["day=2025-03-08/late"]
    folder.put("day=2025-03-06/later", "day=2025-03-05/missed")
    assert folder.look() == ["day=2025-03-06/later"]


def test_look_back_needs_a_pattern() -> None:
    for settings in ({}, {"path_time": DAYS, "look_back": timedelta(-1)}):
        with pytest.raises(DefinitionError, match="look_back is a time that is not negative, for a source with path_t"):
            FileSource("/in", "json", SCHEMA, **{"look_back": timedelta(1), **settings})  # type: ignore[arg-type]
