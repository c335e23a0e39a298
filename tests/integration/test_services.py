"""Goal: the embedded services start once, are seen only from this machine, and end all together, however they died."""

import os
import queue
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from tidegate import services
from tidegate.adapters.hive import metastore_answers
from tidegate.adapters.hive.server import connect
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services import ServiceEvent, ServiceStatus, lifecycle, processes
from tidegate.services.model import HOST
from tidegate.wiring import VARIABLES, Endpoints

pytestmark = pytest.mark.services

NAMES = ["postgres", "metastore", "spark"]
LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
UP = """
import sys
from pathlib import Path
from tidegate import services
services.up(Path(sys.argv[1]), report=lambda e: print(e.service, e.what, flush=True))
"""
SAVE_AND_DIE = """
import os
from tidegate.services import processes
start = processes.start
def dying(*args, **kwargs):
    start(*args, **kwargs)
    os.kill(os.getpid(), 9)
processes.start = dying
"""
DIE_AND_FORGET = """
import os
from tidegate.services.model import Settings
save = Settings.save
def dying(settings, home):
    if settings.started:
        os.kill(os.getpid(), 9)
    save(settings, home)
Settings.save = dying
"""


@pytest.fixture(scope="module")
def fixed_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, fixed_port: int) -> Iterator[Path]:
    """One home for the whole module, with its metastore's port fixed from outside."""
    made = tmp_path_factory.mktemp("home").resolve()
    with pytest.MonkeyPatch.context() as patch:
        for variable in VARIABLES.values():
            patch.delenv(variable, raising=False)
        patch.setenv("TIDEGATE_METASTORE_PORT", str(fixed_port))
        patch.setenv("TIDEGATE_SPARK_MEMORY", "1g")
        yield made
        services.down(made, report=print)


@pytest.fixture
def running(home: Path) -> Endpoints:
    """The home's services are up."""
    return services.up(home, report=print)


def free_port() -> int:
    with socket.socket() as s:
        s.bind((HOST, 0))
        return int(s.getsockname()[1])


def states(home: Path) -> dict[str, ServiceStatus]:
    return {s.name: s for s in services.status(home)}


def pids(home: Path) -> dict[str, int | None]:
    return {s.name: s.pid for s in services.status(home)}


def family(home: Path) -> list[psutil.Process]:
    """Every process that names the home, and all that these started: found without tidegate's own memory."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and any(str(home) in word for word in process.cmdline()):
                found.update({p.pid: p for p in (process, *process.children(recursive=True))})
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return list(found.values())


def left(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that still run. A zombie is not running: it waits for whoever adopted it."""
    _, alive = psutil.wait_procs([p for p in processes if not zombie(p)], timeout=0)
    return [p for p in alive if not zombie(p)]


def zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@contextmanager
def starting(home: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    """A process that calls `up`."""
    command = [sys.executable, "-c", code, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


# -- what `up` leaves when it dies ------------------------------------------------------------------------------------


def test_down_finds_everything_after_up_was_killed(home: Path) -> None:
    with starting(home, UP) as caller:
        assert caller.stdout
        said = next(line for line in caller.stdout if line.endswith("healthy\n"))
        caller.kill()
        assert caller.wait() == -signal.SIGKILL
    assert said == "postgres healthy\n"
    before = family(home)
    assert len(before) >= len(NAMES)
    assert set(states(home)) == set(NAMES)
    services.down(home, report=print)
    assert left(before) == []
    assert family(home) == []
    assert {s.state for s in services.status(home)} == {"stopped"}


def test_an_up_that_was_killed_before_it_saved_and_one_behind_that_are_in_nobodys_way(home: Path) -> None:
    """What the first began ends with it; what the second started is the home's own, with the ports that it holds."""
    with starting(home, DIE_AND_FORGET + UP) as caller:
        assert caller.wait() == -signal.SIGKILL
    assert set(pids(home).values()) == {None}
    with starting(home, SAVE_AND_DIE + UP) as caller:
        assert caller.wait() == -signal.SIGKILL
    begun = pids(home)["postgres"]
    assert begun is not None
    services.up(home, report=print)
    assert pids(home)["postgres"] == begun
    assert {s.state for s in services.status(home)} == {"healthy"}


def test_down_finds_the_processes_of_a_home_that_was_deleted(tmp_path: Path, home: Path) -> None:
    started = processes.start(["sleep", "600"], home=tmp_path, name="made", environment={}, remember=lambda _: None)
    services.down(tmp_path, report=print)
    assert not processes.alive(started)


# -- a life -----------------------------------------------------------------------------------------------------------


def test_up_starts_what_answers_and_a_second_up_starts_nothing(home: Path, running: Endpoints, fixed_port: int) -> None:
    assert running.metastore == f"thrift://{HOST}:{fixed_port}"
    assert metastore_answers(running.metastore)
    with psycopg.connect(running.checkpoint) as database:
        assert database.execute("SELECT count(*) FROM epochs").fetchone() == (0,)
    connection = connect(running.hiveserver2)
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1 + 1")
        assert cursor.fetchall() == [(2,)]
    finally:
        connection.close()
    before, files = pids(home), (home / "services.json").read_bytes()
    events: list[ServiceEvent] = []
    assert services.up(home, report=events.append) == running == services.endpoints(home)
    assert [(e.service, e.what, e.detail) for e in events] == [(n, "healthy", "was running already") for n in NAMES]
    assert pids(home) == before
    assert (home / "services.json").read_bytes() == files


def test_two_callers_of_up_start_everything_once(home: Path, running: Endpoints) -> None:
    before = pids(home)
    with starting(home, UP) as one, starting(home, UP) as other:
        for caller in (one, other):
            out, _ = caller.communicate()
            assert caller.returncode == 0
            assert out.split("\n")[:-1] == [f"{name} healthy" for name in NAMES]
    assert pids(home) == before


def test_all_are_healthy(home: Path, running: Endpoints, fixed_port: int) -> None:
    found = states(home)
    assert list(found) == NAMES
    for name, status in found.items():
        assert (status.state, status.detail) == ("healthy", "")
        assert status.pid is not None
        assert psutil.pid_exists(status.pid)
        assert status.log == str(home / "logs" / f"{name}.log")
        assert Path(status.log).exists()
    assert found["metastore"].port == fixed_port


def test_they_listen_on_this_machine_alone(home: Path, running: Endpoints) -> None:
    processes = family(home)
    assert {p.pid for p in processes} >= set(pids(home).values())
    listening: set[tuple[str, int]] = set()
    for process in processes:
        for connection in process.net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN:
                listening.add((connection.laddr.ip, connection.laddr.port))
    assert {ip for ip, _ in listening} <= LOOPBACK
    ports = {port for _, port in listening}
    assert {s.port for s in services.status(home)} <= ports
    assert len(ports) > len(NAMES)  # Spark's other ports were looked at, too


def test_secrets_stand_in_no_command_line(home: Path, running: Endpoints) -> None:
    password = running.checkpoint.partition("@")[0].rpartition(":")[2]
    assert len(password) > 16
    for process in family(home):
        assert password not in " ".join(process.cmdline())
    for log in (home / "logs").iterdir():
        assert password not in log.read_text(encoding="utf-8", errors="replace")


def test_a_killed_metastore_is_seen_and_comes_back_on_its_port(home: Path, running: Endpoints, fixed_port: int) -> None:
    before = pids(home)
    victim = psutil.Process(before["metastore"])
    victim.kill()
    victim.wait()
    crashed = states(home)["metastore"]
    assert (crashed.state, crashed.pid, crashed.port) == ("crashed", victim.pid, fixed_port)
    assert crashed.log == str(home / "logs" / "metastore.log")
    assert f"process {victim.pid} is gone" in crashed.detail
    assert states(home)["postgres"].state == "healthy"
    events: list[ServiceEvent] = []
    assert services.up(home, report=events.append) == running
    assert [e.service for e in events if e.what == "starting"] == ["metastore"]
    after = pids(home)
    assert after.pop("metastore") != before.pop("metastore")
    assert after == before
    assert states(home)["metastore"].state == "healthy"
    assert metastore_answers(f"thrift://{HOST}:{fixed_port}")


def test_what_dies_while_somebody_watches_is_started_again(home: Path, running: Endpoints) -> None:
    before, events = pids(home), queue.Queue[ServiceEvent]()
    with services.watching(home, report=events.put):
        for name in ("postgres", "metastore"):
            psutil.Process(before[name]).kill()
        seen: set[tuple[str, str]] = set()
        while not {("postgres", "healthy"), ("metastore", "healthy")} <= seen:
            event = events.get(timeout=240)
            seen.add((event.service, event.what))
    assert {("postgres", "ended"), ("metastore", "ended")} <= seen
    after = pids(home)
    assert after["spark"] == before["spark"]
    assert {s.state for s in services.status(home)} == {"healthy"}
    with psycopg.connect(running.checkpoint) as database:
        assert database.execute("SELECT count(*) FROM epochs").fetchone() == (0,)


def test_a_frozen_service_is_unhealthy_and_not_crashed(home: Path, running: Endpoints) -> None:
    frozen = psutil.Process(pids(home)["metastore"])
    frozen.suspend()
    try:
        found = states(home)["metastore"]
    finally:
        frozen.resume()
    assert (found.state, found.pid) == ("unhealthy", frozen.pid)


# -- a port that is taken ---------------------------------------------------------------------------------------------


def only(patch: pytest.MonkeyPatch, service: str, others: Endpoints) -> None:
    """Let `up` start one service, and wait for no port to become free; the others are given."""
    patch.setattr(lifecycle, "_PORT_TIMEOUT_S", 0.1)
    for name, variable in VARIABLES.items():
        if name not in (service, "warehouse"):
            patch.setenv(variable, getattr(others, name))


@pytest.mark.parametrize(
    ("service", "port_name"),
    [("checkpoint", "postgres"), ("metastore", "metastore"), ("spark", "connect"), ("spark", "thrift")],
)
def test_a_port_in_use_is_a_clear_error(
    tmp_path: Path, running: Endpoints, monkeypatch: pytest.MonkeyPatch, service: str, port_name: str
) -> None:
    only(monkeypatch, service, running)
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv(f"TIDEGATE_{port_name.upper()}_PORT", str(port))
        try:
            with pytest.raises(
                (UnavailableError, ConfigurationError), match=rf"(?si)\b{port}\b.*in use|in use.*\b{port}\b"
            ):
                services.up(tmp_path, report=print)
        finally:
            services.down(tmp_path, report=print)
    assert family(tmp_path) == []


def test_a_metastore_of_another_home_on_the_port_is_not_taken_for_ones_own(
    tmp_path: Path, running: Endpoints, fixed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers as it should, and writes into another warehouse."""
    only(monkeypatch, "metastore", running)
    try:
        with pytest.raises((UnavailableError, ConfigurationError), match=str(fixed_port)):
            services.up(tmp_path, report=print)
    finally:
        services.down(tmp_path, report=print)


# -- the end ----------------------------------------------------------------------------------------------------------


def test_down_ends_every_process_and_keeps_ports_and_data(home: Path, running: Endpoints) -> None:
    before = family(home)
    assert len(before) > len(NAMES)  # PostgreSQL's children, too
    events: list[ServiceEvent] = []
    seen = queue.Queue[ServiceEvent]()
    with services.watching(home, report=seen.put):
        services.down(home, report=events.append)
        while seen.get(timeout=240).what != "stopped":  # the watch ends, and has started nothing
            pass
    assert [(e.service, e.what) for e in events] == [("all", "stopping"), ("all", "stopped")]
    assert left(before) == []
    assert family(home) == []
    for status in services.status(home):
        assert (status.state, status.pid) == ("stopped", None)
    assert services.endpoints(home) == running
    assert (home / "postgres" / "PG_VERSION").exists()
    assert not metastore_answers(running.metastore)
    services.down(home, report=events.append)
    assert [e.what for e in events] == ["stopping", "stopped", "stopped"]
