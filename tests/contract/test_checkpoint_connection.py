"""What a wrong or missing connection means, and how the checkpoint tables come to be, on a real PostgreSQL."""

import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

import builders as make
from tidegate.adapters.checkpoint import PostgresCheckpointStore, migrate
from tidegate.adapters.checkpoint.connection import REVISION
from tidegate.errors import ConfigurationError, TidegateError, UnavailableError

if TYPE_CHECKING:
    from conftest import Postgres


@pytest.fixture
def locked(postgres: "Postgres") -> Iterator[str]:
    """A user who must give a password, and has no rights."""
    hba = postgres.folder / "pg_hba.conf"
    kept = hba.read_text()
    postgres.execute("CREATE ROLE locked LOGIN PASSWORD 'sesame'")
    hba.write_text("local all locked scram-sha-256\n" + kept)
    postgres.execute("SELECT pg_reload_conf()")
    while _lets_in(f"postgresql://locked@/postgres?host={postgres.folder}"):
        pass  # the server reads the file in its own time
    yield "locked"
    hba.write_text(kept)
    postgres.execute("SELECT pg_reload_conf()")
    postgres.execute("DROP ROLE locked")


def _lets_in(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def failure(url: str, call: Callable[[str], Any]) -> tuple[TidegateError, str]:
    """The error of a call, and all that a log would show of it."""
    with pytest.raises(TidegateError) as caught:
        call(url)
    return caught.value, "".join(traceback.format_exception(caught.value))


def read(url: str) -> int:
    with closing(PostgresCheckpointStore(url)) as opened:
        return opened.tail("orders", make.SOURCE)


@pytest.mark.parametrize("call", [read, migrate])
def test_wrong_settings_are_named_without_the_password(
    postgres: "Postgres", checkpoint_url: str, locked: str, call: Callable[[str], Any]
) -> None:
    """A wrong setting cannot be mended by a retry; an absent server can."""
    database = psycopg.conninfo.conninfo_to_dict(checkpoint_url)["dbname"]
    at = f"@/{database}?host={postgres.folder}"
    wrong = {
        f"postgresql://locked:t0p-secret{at}": "authentication failed",
        f"postgresql://locked{at}": "password",
        f"postgresql://nobody:t0p-secret{at}": "does not exist",
        f"postgresql://postgres:t0p-secret@/nowhere?host={postgres.folder}": "does not exist",
        "postgresql://u:t0p/secret@host/db": "percent-encode",
        "postgresql://u:99/t0p-secret@host/db": "percent-encode",
        "postgresql://u:t0p-secret@more@host/db": "percent-encode",
        "postgres+psycopg://u:t0p-secret@host/db": "cannot be read",
    }
    for url, says in wrong.items():
        error, shown = failure(url, call)
        assert type(error) is ConfigurationError, url
        assert says in str(error)
        assert "t0p-secret" not in shown
        assert "secret@" not in shown
    for url in (f"postgresql://u:t0p-secret@127.0.0.1:1/{database}", "postgresql://u:t0p-secret@nohost.invalid:99/db"):
        error, shown = failure(url, call)
        assert type(error) is UnavailableError
        assert ":1/" in str(error) or "nohost.invalid:99/db" in str(error)
        assert "t0p-secret" not in shown


def test_missing_rights_are_a_configuration_error(postgres: "Postgres", checkpoint_url: str, locked: str) -> None:
    """The user may log in and no more."""
    database = psycopg.conninfo.conninfo_to_dict(checkpoint_url)["dbname"]
    url = f"postgresql://locked:sesame@/{database}?host={postgres.folder}"
    for call in (read, migrate):
        error, shown = failure(url, call)
        assert type(error) is ConfigurationError
        assert "permission denied" in str(error)
        assert "sesame" not in shown


# -- migrations -------------------------------------------------------------------------------------------------------


def test_migrations_may_be_repeated_and_raced(empty_url: str) -> None:
    """Operators and services may all run them at start."""
    with pytest.raises(ConfigurationError, match="run `tidegate migrate`"):
        read(empty_url)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(migrate, [empty_url] * 4)) == [None] * 4
    migrate(empty_url)
    assert read(empty_url) is None


@pytest.mark.parametrize(("revision", "says"), [("0000", "needs 0001: run"), ("9999", "newer than")])
def test_another_revision_is_refused(
    checkpoint_url: str, sql: "psycopg.Connection[Any]", revision: str, says: str
) -> None:
    """Old code must not write to new tables, nor new code to old ones."""
    sql.execute("UPDATE tidegate_revision SET version_num = %s", (revision,))
    with pytest.raises(ConfigurationError, match=f"{says}.*`tidegate migrate`"):
        read(checkpoint_url)
    with pytest.raises(ConfigurationError, match="install"):
        migrate(checkpoint_url)


def test_the_code_wants_the_newest_migration(sql: "psycopg.Connection[Any]") -> None:
    """The constant and the scripts are changed together."""
    assert sql.execute("SELECT version_num FROM tidegate_revision").fetchall() == [(REVISION,)]


def test_tasks_do_not_pay_for_migrations() -> None:
    """Only `migrate` imports SQLAlchemy and Alembic."""
    code = "import sys, tidegate.adapters.checkpoint; print({'alembic', 'sqlalchemy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"
