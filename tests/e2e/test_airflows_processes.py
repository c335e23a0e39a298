"""Goal: Airflow's processes listen on this machine alone, on ports that `status` names, and are told from dead ones."""

from typing import Any

import psutil
import pytest

from e2e.stack_of_services import DAGS, Stack
from tidegate import services
from tidegate.services import ServiceStatus, processes
from tidegate.services.model import Settings

pytestmark = [pytest.mark.airflow, pytest.mark.filterwarnings("default")]

LOOPBACK = {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


def states(stack: Stack) -> dict[str, ServiceStatus]:
    return {s.name: s for s in services.status(stack.home)}


def test_every_listener_of_every_process_is_on_loopback_and_the_ports_of_airflow_are_in_status(stack: Stack) -> None:
    stack.airflow.await_dag("canary")
    stack.succeeds("canary")
    settings = Settings.load(stack.home)
    assert settings is not None
    found: dict[Any, str] = {}
    for process in processes.family(stack.home, settings.started.values()):
        try:
            sockets = process.net_connections("inet")
        except psutil.NoSuchProcess:
            continue
        found |= {s.laddr: process.name() for s in sockets if s.status == psutil.CONN_LISTEN}
    assert {address.ip for address in found} <= LOOPBACK, found
    ports = {s.port for s in states(stack).values()} - {None}
    assert {settings.port("airflow"), settings.port("airflow_logs")} <= ports <= {address.port for address in found}
    assert 8793 not in {address.port for address in found}


def test_a_log_server_that_dies_is_seen_and_comes_back(stack: Stack) -> None:
    before = states(stack)
    assert {s.state for s in before.values()} == {"healthy"}
    victim = psutil.Process(before["airflow-logs"].pid)
    victim.kill()
    psutil.wait_procs([victim], timeout=60)
    assert states(stack)["airflow-logs"].state == "crashed"
    services.up(stack.home, airflow=True, dags_folder=DAGS, report=print)
    after = states(stack)
    assert {s.state for s in after.values()} == {"healthy"}
    assert [n for n in after if after[n].pid != before[n].pid] == ["airflow-logs"]
