"""Goal: nothing is lost, whatever services do: lost answers, full disks, services that are killed under work."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from crash import runner
from crash.lab import Lab, kill_service
from faults.proxy import Proxy
from pipelines import totals
from tidegate import services
from tidegate.errors import RETRYABLE, UnavailableError
from tidegate.protocol.model import Run, Status
from tidegate.wiring import coordinator

pytestmark = pytest.mark.services

SWAPS = ["add_partitions", "alter_partitions_with_environment_context", "get_partitions_by_names"]


@pytest.mark.parametrize("method", SWAPS)
@pytest.mark.parametrize("lose", [Proxy.lose_request, Proxy.lose_response])
def test_a_metastore_call_is_lost_before_or_after_it_took_effect(lab: Lab, method: str, lose: object) -> None:
    """Nobody can tell the two apart: the attempt reads back, or fails retryably and the next one does (I6)."""
    lab.arrive(1)
    assert lab.run_here("run-1") is Status.SEALED
    lab.arrive(2)
    with Proxy.to(lab.endpoints.metastore) as proxy:
        broken = replace(lab.endpoints, metastore=proxy.url)
        with coordinator(lab.definition, broken, progress=print) as engine:
            engine.process(Run("run-2", "run-2"))
            lose(proxy, method)  # type: ignore[operator]
            try:
                engine.publish(Run("run-2", "run-2"))
            except RETRYABLE as e:
                print(f"to be tried again: {e}")
    assert lab.run_here("run-2") is Status.SEALED
    lab.arrive(3)
    assert lab.run_here("run-3") is Status.SEALED
    lab.audit()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 2 MB; needs the right to mount."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no right to mount a small file system: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Write until nothing more goes in."""
    with file.open("wb") as f:
        while True:
            f.write(b"x" * 4096)
            f.flush()


def test_the_disk_fills_up_while_an_epoch_is_staged(lab: Lab, tmp_path: Path) -> None:
    """The epoch stays PLANNED with a retryable error; with room again, the same epoch is finished."""
    with small_disk(tmp_path / "small") as disk:
        lab.endpoints = replace(lab.endpoints, warehouse=f"file://{disk}")
        lab.arrive(1)
        assert lab.run_here("run-1") is Status.SEALED
        lab.arrive(2)
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space left"):
            fill(filler)
        with pytest.raises(UnavailableError, match="No space left"):
            lab.run_here("run-2")
        with coordinator(lab.definition, lab.endpoints, progress=print) as engine:
            unfinished = engine.adapters.store.unfinished(engine.lane_id)
        assert unfinished is not None
        assert (unfinished.status, unfinished.failure_kind) == (Status.PLANNED, "unavailable")
        filler.unlink()
        assert lab.run_here("run-2") is Status.SEALED
        lab.audit()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Services of their own, to be killed."""
    folder = tmp_path_factory.mktemp("mortal")
    try:
        services.up(folder, report=print)
        yield folder
    finally:
        services.down(folder, report=print)


@pytest.mark.parametrize("service", ["postgres", "metastore", "spark"])
def test_a_service_is_killed_under_a_working_runner(home: Path, tmp_path: Path, service: str) -> None:
    """The runner tries again, as Airflow would, until the service is back; then it goes on."""
    lab = Lab(f"mortal_{service}_{uuid4().hex[:6]}", tmp_path, services.endpoints(home))
    lab.definition = totals.busy(lab.name, lab.source)
    for number in range(1, 7):
        lab.arrive(number)
    started = lab.fork(runner.main, "6")
    while '"epoch"' not in started.stdout.readline():
        assert started.poll() is None
    kill_service(home, service)
    services.up(home, report=print)
    output, _ = started.communicate()
    assert started.returncode == 0, output
    lab.audit()
