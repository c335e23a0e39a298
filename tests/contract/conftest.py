"""A real PostgreSQL for the session, a fresh database for each test, and a wire that can be cut."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Literal, cast

import psycopg
import pytest

from contract.story import Story, contents
from database import Postgres
from tidegate.adapters.checkpoint import PostgresCheckpointStore, migrate
from tidegate.testing.checkpoint import MemoryCheckpointStore


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> Postgres:
    """The server with a database of empty checkpoint tables, `migrated`."""
    postgres.execute("CREATE DATABASE migrated")
    migrate(postgres.url("migrated"))
    return postgres


@pytest.fixture
def checkpoint_url(migrated: Postgres) -> Iterator[str]:
    """A database with empty checkpoint tables."""
    with migrated.database(template="migrated") as url:
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What a store promises, the one in memory promises too; only a test that looks behind it needs PostgreSQL."""
    if {"store", "story"} & set(metafunc.fixturenames):
        behind = {"sql", "checkpoint_url", "postgres", "wire", "of_postgres"} & set(metafunc.fixturenames)
        metafunc.parametrize("kind_of_store", ["postgres"] if behind else ["postgres", "memory"], indirect=True)


@pytest.fixture
def of_postgres() -> None:
    """For a test of what only PostgreSQL does: it keeps no text that is none, and lists what it has for people."""


@pytest.fixture
def kind_of_store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind_of_store: str, request: pytest.FixtureRequest) -> Iterator[PostgresCheckpointStore]:
    """A store without rows. That of PostgreSQL has a method more, which only its own tests call."""
    if kind_of_store == "memory":
        yield cast("PostgresCheckpointStore", MemoryCheckpointStore())
        return
    with closing(PostgresCheckpointStore(request.getfixturevalue("checkpoint_url"))) as opened:
        yield opened


@pytest.fixture
def kept(store: PostgresCheckpointStore, request: pytest.FixtureRequest) -> Callable[[], Any]:
    """Gives everything that the store keeps, to compare."""
    if isinstance(store, MemoryCheckpointStore):
        return store.rows.copy
    sql = request.getfixturevalue("sql")
    return lambda: contents(sql)


@pytest.fixture
def story(store: PostgresCheckpointStore) -> Story:
    """The lane `orders` of the store."""
    return Story(store)


@pytest.fixture
def sql(checkpoint_url: str) -> Iterator["psycopg.Connection[Any]"]:
    """A connection of the test's own to the store's database, each statement by itself."""
    with psycopg.connect(checkpoint_url, autocommit=True) as connection:
        yield connection


@dataclass
class Wire:
    """A TCP address that leads to the server's unix socket, and can be cut at the next COMMIT.

    `cut` = "before": the COMMIT never reaches the server. "after": the server commits, its answer is lost.
    `cuts` counts how often that happened, so that a test can see that its fault was real.
    """

    target: str
    cut: Literal["before", "after"] | None = None
    cuts: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        """Close every socket and wait for the threads."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, run: Any, *args: Any) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self.target)
            lost = threading.Event()
            back = threading.Thread(target=self._answers, args=(server, client, lost), daemon=True)
            back.start()
            with suppress(OSError):
                while data := client.recv(65536):
                    if self.cut and b"COMMIT\0" in data:
                        how, self.cut, self.cuts = self.cut, None, self.cuts + 1
                        if how == "before":
                            break
                        lost.set()
                    server.sendall(data)
            for end in (server, client):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join(10)

    @staticmethod
    def _answers(server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while (data := server.recv(65536)) and not lost.is_set():
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def wire(postgres: Postgres) -> Iterator[Wire]:
    with closing(Wire(postgres.socket)) as opened:
        yield opened
