"""Starting processes that outlive their parent, and ending them with all they started."""

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tidegate.services.model import Started

MARKER = "TIDEGATE_SERVICE"
_GRACE_S = 15.0
_GATE = 'read -r go && exec "$@" < /dev/null'
"""The shell that becomes the service once it is told to, and ends when whoever started it is gone before that."""
_UNPRINTABLE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x1f\x7f]")


def start(
    command: Sequence[str | Path],
    *,
    home: Path,
    name: str,
    environment: Mapping[str, str],
    remember: Callable[[Started], None],
    user: str | None = None,
) -> Started:
    """Start a service in a session of its own, its output appended to its log.

    It does nothing before `remember` has returned: a parent that is killed before it could write the number down
    leaves nothing that runs. The environment carries a marker, by which `down` finds what the service starts.
    """
    log = log_file(home, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    work = home / "run" / name
    work.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            ["/bin/sh", "-c", _GATE, name, *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=work if user is None else "/",
            env={**os.environ, **environment, MARKER: f"{home}|{name}"},
            start_new_session=True,
            user=user,
        )
    assert child.stdin is not None  # a pipe was asked for
    with suppress(BrokenPipeError), child.stdin as gate:  # one that is gone already is seen by its absence
        _children[child.pid] = child
        started = Started(child.pid, _born(child.pid))
        remember(started)
        gate.write(b"go\n")
    return started


_children: dict[int, subprocess.Popen[bytes]] = {}


def log_file(home: Path, name: str) -> Path:
    """Where a service's output goes."""
    return home / "logs" / f"{name}.log"


def alive(started: Started) -> bool:
    """True while the very process that was started runs."""
    child = _children.get(started.pid)
    if child is not None and child.poll() is not None:
        return False
    return started.born != "" and started.born == _born(started.pid)


def _born(pid: int) -> str:
    """When a process began, by a clock that nobody sets; empty for one that is gone or a zombie."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        state, *fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].decode("ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if state in "ZX" else f"{boot} {fields[18]}"  # proc_pid_stat(5), field 22


def last_sentence(home: Path, name: str) -> str:
    """The end of a service's log, on one line."""
    lines = (" ".join(_UNPRINTABLE.sub(" ", line).split()) for line in last_words(home, name).splitlines())
    return " | ".join([line for line in lines if line][-4:])


def last_words(home: Path, name: str, lines: int = 12) -> str:
    """The end of a service's log."""
    try:
        with log_file(home, name).open("rb") as f:
            f.seek(max(0, f.seek(0, os.SEEK_END) - 8192))
            return "\n".join(f.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def family(home: Path, started: Iterable[Started]) -> list[psutil.Process]:
    """Every process of this home: those remembered, those with its marker, their descendants and session mates.

    Postgres and Airflow overwrite their environment to show a title, hence the several ways to find them.
    """
    roots = {s.pid for s in started if alive(s)}
    marker = f"{home}|"
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        try:
            if process.pid in roots or process.environ().get(MARKER, "").startswith(marker):
                found[process.pid] = process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    sessions = {_session(pid) for pid in found} - {_session(os.getpid()), None}
    for process in psutil.process_iter():
        if _session(process.pid) in sessions:
            found[process.pid] = process
    for process in list(found.values()):
        try:
            found.update({child.pid: child for child in process.children(recursive=True)})
        except psutil.NoSuchProcess:
            continue
    found.pop(os.getpid(), None)
    return list(found.values())


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def end(processes: Sequence[psutil.Process]) -> None:
    """Ask, wait, then kill."""
    for process in processes:
        try:
            process.terminate()
        except psutil.NoSuchProcess:
            continue
    _, stubborn = psutil.wait_procs(processes, timeout=_GRACE_S)
    for process in stubborn:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(stubborn, timeout=_GRACE_S)
