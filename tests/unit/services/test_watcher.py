"""Goal: what dies is started again, later and later when it keeps dying, and never behind a person's `down`."""

import threading
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from tidegate.errors import UnavailableError
from tidegate.services import ServiceEvent, lifecycle, watcher
from tidegate.services.watcher import Fall


def test_the_pauses_grow_and_end_when_it_stood_for_a_while() -> None:
    fall, pauses = Fall(1, 100.0), []
    for _ in range(10):
        pauses.append(fall.due_s - fall.at_s)
        fall = fall.next(fall.due_s + 5)
    assert pauses == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert fall.next(fall.due_s + 61) == Fall(1, fall.due_s + 61)


class Home:
    """Services that die when the script says so, on a clock that moves by a second with each look."""

    def __init__(self, script: list[Collection[str] | None], fails: int = 0) -> None:
        self.script, self.fails = script, fails
        self.now = 0.0
        self.restarted: list[tuple[float, str]] = []
        self.events: list[ServiceEvent] = []
        self.stop = threading.Event()

    def monotonic(self) -> float:
        return self.now

    def dead(self, _: Path) -> list[str] | None:
        self.now += 1
        found = self.script.pop(0)
        if not self.script:
            self.stop.set()
        return None if found is None else list(found)

    def restart(self, _: Path, name: str, *, dags_folder: Path | None, report: Callable[[ServiceEvent], None]) -> None:
        self.restarted.append((self.now, name))
        if self.fails:
            self.fails -= 1
            raise UnavailableError("it ended while it started")


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Home], Home]:
    def run(home: Home) -> Home:
        monkeypatch.setattr(lifecycle, "dead", home.dead)
        monkeypatch.setattr(lifecycle, "restart", home.restart)
        monkeypatch.setattr(watcher, "monotonic", home.monotonic)
        monkeypatch.setattr(watcher, "_LOOK_EVERY_S", 0.0)
        watcher.watch(tmp_path, report=home.events.append, stop=home.stop)
        return home

    return run


def test_what_dies_is_started_again_at_once(watched: Callable[[Home], Home]) -> None:
    home = watched(Home([[], ["spark", "postgres"], [], []]))
    assert home.restarted == [(2, "spark"), (2, "postgres")]
    assert [(e.service, e.what) for e in home.events] == [("postgres", "ended"), ("spark", "ended")]
    assert home.events[0].detail.startswith("it is started again now; last words:")


def test_what_keeps_dying_waits_longer_each_time_and_holds_up_nobody_else(watched: Callable[[Home], Home]) -> None:
    home = watched(Home([*[["spark"]] * 6, ["metastore", "spark"], *[["spark"]] * 3], fails=9))
    assert home.restarted == [(1, "spark"), (3, "spark"), (6, "spark"), (7, "metastore")]
    assert [e.detail for e in home.events if e.what == "failed"] == ["it ended while it started"] * 4


def test_a_down_ends_the_watch(watched: Callable[[Home], Home]) -> None:
    home = watched(Home([[], None, ["spark"]]))
    assert home.restarted == []
    assert [(e.service, e.what) for e in home.events] == [("all", "stopped")]
