"""Real services for the tests that want them, started once a session in a folder of their own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from side_by_side import pytest_xdist_make_scheduler  # noqa: F401  (a hook)
from tidegate import services
from tidegate.services import ServiceEvent
from tidegate.wiring import Endpoints

# Nothing here is timed: a slow machine is no failure.
settings.register_profile("tidegate", deadline=None)
settings.load_profile("tidegate")

collect_ignore = ["elsewhere"]
"""Not part of `pytest tests`: needs Hive 4, and `make hive4` brings it."""

SERVICES_HOME = "TIDEGATE_TEST_HOME"
"""Name a folder here to keep the services running between test sessions; with `-n`, of each process below it."""

TEMPORARY = "PYTEST_DEBUG_TEMPROOT"
"""Where pytest makes its folders."""


def pytest_configure(config: pytest.Config) -> None:
    """Give this run temporary folders of its own, kept when a test failed.

    pytest has one root for all runs of a user and shuts it to everybody else each time that one begins: a PostgreSQL of
    another run, which runs as a user of its own when its caller is root, loses its files at that moment.
    """
    if not hasattr(config, "workerinput"):
        own = tempfile.mkdtemp(prefix="tidegate-tests-", dir=os.environ.get(TEMPORARY))
        os.environ[TEMPORARY] = own


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remove the folders of a run without failures."""
    if not hasattr(session.config, "workerinput") and exitstatus == pytest.ExitCode.OK:
        session.config.add_cleanup(lambda: shutil.rmtree(os.environ[TEMPORARY], ignore_errors=True))


@pytest.fixture(scope="session")
def services_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose PostgreSQL, metastore and Spark are up; all of it is stopped at the end."""
    kept = os.environ.get(SERVICES_HOME)
    home = Path(kept, os.environ.get("PYTEST_XDIST_WORKER", "")) if kept else tmp_path_factory.mktemp("services")

    def report(event: ServiceEvent) -> None:
        print(f"{event.service}: {event.what} {event.detail}")

    try:
        services.up(home, report=report)
        yield home
    finally:
        if not kept:
            services.down(home, report=report)


@pytest.fixture(scope="session")
def endpoints(services_home: Path) -> Endpoints:
    """Where the session's services are."""
    return services.endpoints(services_home)
