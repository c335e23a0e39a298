"""Goal: a process is known before it does anything, and is told from all others for as long as it runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tidegate.services import processes
from tidegate.services.model import Started

KILLED_BEFORE_IT_REMEMBERS = """
import os, sys
from pathlib import Path
from tidegate.services import processes
def remember(started):
    print(started.pid, flush=True)
    os.kill(os.getpid(), 9)
home = Path(sys.argv[1])
processes.start(["touch", home / "did"], home=home, name="made", environment={}, remember=remember)
"""


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Started]:
    """A service that does nothing for a while."""
    seen: list[Started] = []
    started = processes.start(["sleep", "600"], home=tmp_path, name="sleeper", environment={}, remember=seen.append)
    assert seen == [started]
    yield started
    processes.end(processes.family(tmp_path, [started]))


def test_what_its_starter_could_not_remember_does_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_BEFORE_IT_REMEMBERS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    with suppress(psutil.NoSuchProcess):
        psutil.wait_procs([psutil.Process(int(done.stdout))], timeout=60)
    assert processes.family(tmp_path, []) == []
    assert not (tmp_path / "did").exists()


def test_a_service_that_cannot_be_remembered_does_nothing(tmp_path: Path) -> None:
    def full(_: Started) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        processes.start(["touch", tmp_path / "did"], home=tmp_path, name="made", environment={}, remember=full)
    psutil.wait_procs(processes.family(tmp_path, []), timeout=60)
    assert not (tmp_path / "did").exists()


def test_arguments_and_environment_arrive_as_they_are(tmp_path: Path) -> None:
    words = ["a b", "", "*", "$HOME", "'\"", "-n"]
    code = "import os, sys; print(sys.argv[1:], os.environ['GIVEN'], sys.stdin.read())"
    started = processes.start(
        [sys.executable, "-c", code, *words],
        home=tmp_path,
        name="made",
        environment={"GIVEN": "$x y"},
        remember=lambda _: None,
    )
    processes._children[started.pid].wait(60)
    assert processes.last_words(tmp_path, "made") == f"{words} $x y "
    assert not processes.alive(started)


def test_a_clock_that_is_set_changes_nothing(sleeper: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wall-clock birth times move with the clock."""
    born = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: born(self) + 3600)
    assert processes.alive(sleeper)


def test_another_process_of_the_number_is_not_the_one(sleeper: Started) -> None:
    boot, ticks = sleeper.born.split()
    assert processes.alive(replace(sleeper))
    for other in (f"{boot} {int(ticks) + 1}", f"another-boot {ticks}", ""):
        assert not processes.alive(replace(sleeper, born=other))


def test_what_has_ended_is_not_alive(sleeper: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_children", {})  # as another process sees it: a zombie until its parent looks
    psutil.Process(sleeper.pid).kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.alive(sleeper)
    assert not processes.alive(replace(sleeper, born=""))


def test_last_words_fit_on_one_line(tmp_path: Path) -> None:
    log = processes.log_file(tmp_path, "made")
    assert processes.last_sentence(tmp_path, "made") == ""
    log.parent.mkdir()
    log.write_bytes(b"far away\nfirst\n\n\x1b[31mred\x1b[0m\tTrace:\r\n  at x(\x00)\x07\n\nlast \xff\n\n")
    assert processes.last_sentence(tmp_path, "made") == "first | red Trace: | at x( ) | last \ufffd"
