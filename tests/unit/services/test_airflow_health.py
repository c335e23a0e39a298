"""Goal: a process of Airflow that runs and gives no sign of life is not called healthy."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tidegate.services.airflow import PROCESSES
from tidegate.services.model import HOST, Settings


class ApiServer:
    """Answers what it is told to."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer((HOST, 0), Handler)
        self.settings = Settings.new()
        ports = {**self.settings.ports, "airflow": self.server.server_port, "airflow_logs": self.server.server_port}
        self.settings = replace(self.settings, ports=ports)

    def healthy(self) -> dict[str, bool]:
        return {name: process.healthy(self.settings) for name, process in PROCESSES.items()}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    made = ApiServer()
    thread = Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_each_is_as_the_api_server_has_heard_of_it(api: ApiServer) -> None:
    said = {"metadatabase": "healthy", "scheduler": "healthy", "dag_processor": "unhealthy", "triggerer": None}
    api.body = json.dumps({name: {"status": status} for name, status in said.items()}).encode()
    assert api.healthy() == {
        "airflow-api-server": True,
        "airflow-scheduler": True,
        "airflow-dag-processor": False,
        "airflow-logs": True,
    }


def test_a_server_that_fails_is_not_healthy(api: ApiServer) -> None:
    api.status = 503
    assert set(api.healthy().values()) == {False}


def test_none_is_healthy_when_nobody_answers() -> None:
    settings = Settings.new()
    assert not any(process.healthy(settings) for process in PROCESSES.values())
