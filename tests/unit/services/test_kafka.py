"""Goal: Kafka's jars are fetched once, whole or not at all, and whoever has no way to them is told both."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate import services
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services import kafka
from tidegate.services.model import PORTS, Settings

KAFKA = f"kafka-{kafka.version()}"
FETCHES = """
for word; do case $word in -DoutputDirectory=*) folder=${word#*=};; esac; done
echo fetched >> "$XDG_CACHE_HOME/calls"
mkdir -p "$folder" && touch "$folder/kafka_2.13-4.jar"
"""
FAILS = FETCHES.replace("kafka_2.13-4", "half-a") + 'echo "[ERROR] no route to the repository"; exit 1'
ASK = "from tidegate.services import kafka; print(kafka.jars(lambda _: None))"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a path with nothing on it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("TIDEGATE_KAFKA_JARS", raising=False)
    return tmp_path


def maven(cache: Path, script: str) -> None:
    """Let this be `mvn`."""
    (cache / "bin").mkdir(exist_ok=True)
    program = cache / "bin" / "mvn"
    program.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def calls(cache: Path) -> int:
    return len((cache / "calls").read_text().splitlines())


def test_the_jars_are_fetched_once(cache: Path) -> None:
    maven(cache, FETCHES)
    told: list[str] = []
    found = kafka.jars(told.append)
    assert found == cache / "tidegate" / KAFKA
    assert [file.name for file in found.iterdir()] == ["kafka_2.13-4.jar"]
    assert kafka.jars(told.append) == found
    assert calls(cache) == 1
    assert told == [f"fetching Kafka {kafka.version()} into {found}"]


def test_two_that_ask_at_once_fetch_once(cache: Path) -> None:
    """The first one's Maven goes on only when the second has begun to wait for it."""
    maven(cache, f"mkfifo {cache}/gate; read -r go < {cache}/gate\n{FETCHES}")
    askers = [subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lock = cache / "tidegate" / f"{KAFKA}.lock"
    while not lock.exists() or sum(_has_open(asker.pid, lock) for asker in askers) < 2:
        assert [asker.poll() for asker in askers] == [None, None]
    (cache / "gate").write_text("go\n")
    assert {asker.communicate()[0].strip() for asker in askers} == {str(cache / "tidegate" / KAFKA)}
    assert calls(cache) == 1


def _has_open(pid: int, file: Path) -> bool:
    opened = Path(f"/proc/{pid}/fd")
    try:
        return any(fd.samefile(file) for fd in opened.iterdir() if fd.exists())
    except FileNotFoundError:  # it was closed meanwhile
        return False


def test_what_a_killed_fetch_left_is_not_taken(cache: Path) -> None:
    partial = cache / "tidegate" / f"{KAFKA}.part"
    partial.mkdir(parents=True)
    (partial / "half-a.jar").touch()
    maven(cache, FETCHES)
    assert [file.name for file in kafka.jars(print).iterdir()] == ["kafka_2.13-4.jar"]


def test_a_fetch_that_fails_says_why_and_the_next_may_succeed(cache: Path) -> None:
    maven(cache, FAILS)
    with pytest.raises(UnavailableError, match=r"could not fetch Kafka.*\n.*no route to the repository"):
        kafka.jars(print)
    maven(cache, FETCHES)
    assert [file.name for file in kafka.jars(print).iterdir()] == ["kafka_2.13-4.jar"]


def test_without_maven_both_ways_are_told_before_anything_is_started(cache: Path) -> None:
    home = cache / "home"
    with pytest.raises(ConfigurationError, match=r"`mvn` on the path.*TIDEGATE_KAFKA_JARS"):
        services.up(home, kafka=True, report=print)
    assert not home.exists()


def test_a_folder_of_jars_is_taken_as_it_is(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    libs = cache / "libs"
    libs.mkdir()
    monkeypatch.setenv("TIDEGATE_KAFKA_JARS", str(libs))
    with pytest.raises(ConfigurationError, match=rf"TIDEGATE_KAFKA_JARS={libs} holds no kafka_2.13-"):
        kafka.jars(print)
    (libs / "kafka_2.13-4.9.9.jar").touch()
    assert kafka.jars(print) == libs


def test_a_home_that_never_had_one_says_how_to_have_one(tmp_path: Path) -> None:
    for settings in (None, Settings.new()):
        if settings is not None:
            settings.save(tmp_path)
        with pytest.raises(ConfigurationError, match=r"no Kafka was started in .*: run `tidegate services up --kafka`"):
            services.kafka_bootstrap(tmp_path)
        assert "kafka" not in {status.name for status in services.status(tmp_path)}


def test_a_home_from_before_kafka_keeps_its_ports_and_gets_those_that_it_lacks(tmp_path: Path) -> None:
    whole = Settings.new()
    before = {name: port for name, port in whole.ports.items() if not name.startswith("kafka")}
    Settings(before, whole.secrets).save(tmp_path)
    found = Settings.load(tmp_path)
    assert found is not None
    assert {name: found.ports[name] for name in before} == before
    assert set(found.ports) == set(PORTS)
    found.save(tmp_path)
    assert Settings.load(tmp_path) == found
