"""Real services for the tests that want them, started once a session in a folder of their own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from side_by_side import pytest_xdist_make_scheduler  # noqa: F401  (a hook)
from tidegate import services
from tidegate.services import ServiceEvent
from tidegate.wiring import Endpoints

if TYPE_CHECKING:
    from database import Postgres
    from kafka import Kafka
    from objects import Store
    from registry import Registry

# Nothing here is timed: a slow machine is no failure.
settings.register_profile("tidegate", deadline=None)
settings.load_profile("tidegate")

collect_ignore = ["elsewhere"]
"""Not part of `pytest tests`: needs Hive 4, and `make hive4` brings it."""

OWN = pytest.StashKey[str]()
"""The folder that was made for this run."""

SERVICES_HOME = "TIDEGATE_TEST_HOME"
"""Name a folder here to keep the services running between test sessions; with `-n`, of each process below it."""


@pytest.hookimpl(tryfirst=True)  # before pytest looks at the option
def pytest_configure(config: pytest.Config) -> None:
    """Give this run temporary folders of its own, kept when a test failed.

    pytest has one root for all runs of a user and shuts it to everybody else each time that one begins, within a test
    too: a PostgreSQL that runs as a user of its own, for its caller is root, loses its files at that moment.
    """
    if not hasattr(config, "workerinput") and config.option.basetemp is None:
        own = tempfile.mkdtemp(prefix="tidegate-tests-")
        config.option.basetemp = f"{own}/run"
        config.stash[OWN] = own


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remove the folders of a run without failures."""
    own = session.config.stash.get(OWN, None)
    if own is not None and exitstatus == pytest.ExitCode.OK:
        session.config.add_cleanup(lambda: shutil.rmtree(own, ignore_errors=True))


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


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Kafka]":
    """A real broker, which all tests of the session share: a test makes topics of its own."""
    yield from _running(tmp_path_factory.mktemp("kafka"))


@pytest.fixture
def own_kafka(tmp_path: Path) -> "Iterator[Kafka]":
    """A real broker for one test, which may kill it."""
    yield from _running(tmp_path / "kafka")


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Store]":
    """A real S3-compatible store, which all tests of the session share: a test makes a bucket of its own."""
    from objects import running

    with running(tmp_path_factory.mktemp("objects")) as made:
        yield made


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Registry]":
    """A real schema registry, which all tests of the session share: a test has subjects of its own."""
    from registry import running

    with running(tmp_path_factory.mktemp("registry")) as made:
        yield made


@pytest.fixture
def own_registry(tmp_path: Path) -> "Iterator[Registry]":
    """A real schema registry for one test, which may kill it."""
    from registry import running

    with running(tmp_path / "registry") as made:
        yield made


def _running(folder: Path) -> "Iterator[Kafka]":
    from kafka import Broker, Kafka

    folder.mkdir(exist_ok=True)
    broker = Broker(folder)
    try:
        broker.start()
        yield Kafka(broker)
    finally:
        broker.kill()


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Postgres]":
    """A real PostgreSQL, which all tests of the session share."""
    from database import started

    with started() as server:
        yield server


@pytest.fixture
def empty_url(postgres: "Postgres") -> Iterator[str]:
    """A database without tables."""
    with postgres.database() as url:
        yield url
