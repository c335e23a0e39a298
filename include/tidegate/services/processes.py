"""Starting processes that outlive their parent, and ending them with all they started."""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil

from tidegate.services.model import Started

MARKER = "TIDEGATE_SERVICE"
_GRACE_S = 15.0
_BIRTH_TOLERANCE_S = 1.0


def start(
    command: Sequence[str | Path],
    *,
    home: Path,
    name: str,
    environment: Mapping[str, str],
    user: str | None = None,
) -> Started:
    """Start a service in a session of its own, its output appended to its log.

    The environment carries a marker, by which `down` finds the process even when its parent was killed before it
    could remember the number.
    """
    log = log_file(home, name)
    log.parent.mkdir(parents=True, exist_ok=True)
    work = home / "run" / name
    work.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(c) for c in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=work if user is None else "/",
            env={**os.environ, **environment, MARKER: f"{home}|{name}"},
            start_new_session=True,
            user=user,
        )
    started = Started(child.pid, psutil.Process(child.pid).create_time())
    _children[child.pid] = child
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
    try:
        process = psutil.Process(started.pid)
        same = abs(process.create_time() - started.born) < _BIRTH_TOLERANCE_S
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


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
