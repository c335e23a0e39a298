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
from tidegate.adapters.checkpoint.revisions import OLDEST, REVISION
from tidegate.errors import ConfigurationError, FormatError, TidegateError, UnavailableError
from tidegate.protocol.formats import WRITER
from tidegate.protocol.model import Slice

if TYPE_CHECKING:
    from database import Postgres


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


def read(url: str) -> Slice | None:
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


def at_revision(sql: "psycopg.Connection[Any]", revision: str, oldest_code: str) -> None:
    """Tables as some other tidegate may have left them."""
    sql.execute("UPDATE tidegate_revision SET version_num = %s", (revision,))
    sql.execute("UPDATE tidegate_compatible SET oldest_code = %s, writer = 'tidegate 9.1.0'", (oldest_code,))


@pytest.mark.parametrize(
    ("revision", "oldest_code"), [("0001", "0001"), ("0002", "0001"), ("9999", "0001"), ("9999", "0002")]
)
def test_revisions_that_fit_are_worked_on(
    checkpoint_url: str, sql: "psycopg.Connection[Any]", revision: str, oldest_code: str
) -> None:
    """The one before the code's own, its own, and newer ones that say so: old and new workers meet in an upgrade."""
    at_revision(sql, revision, oldest_code)
    assert read(checkpoint_url) is None


def test_an_older_revision_is_to_be_migrated(checkpoint_url: str, sql: "psycopg.Connection[Any]") -> None:
    at_revision(sql, "0000", "0000")
    with pytest.raises(
        ConfigurationError, match=r"are of revision 0000, .* works on .* 0001 and 0002: run `tidegate m"
    ):
        read(checkpoint_url)


def test_a_newer_revision_that_does_not_fit_is_refused(checkpoint_url: str, sql: "psycopg.Connection[Any]") -> None:
    at_revision(sql, "9999", "0003")
    with pytest.raises(
        FormatError, match=r"of revision 9999 that is newer.*by tidegate 9\.1\.0, .*install the tidegate"
    ):
        read(checkpoint_url)
    with pytest.raises(FormatError, match=r"of a revision that is newer than this tidegate.*install the tidegate"):
        migrate(checkpoint_url)


def test_tables_from_before_the_first_format_are_refused(checkpoint_url: str, sql: "psycopg.Connection[Any]") -> None:
    """They have revision 0001 too, and other columns."""
    at_revision(sql, "0001", "0001")
    sql.execute("DROP TABLE tidegate_compatible")
    for call in (read, migrate):
        with pytest.raises(FormatError, match=r"says no format: no release wrote it.*begin anew, with an empty"):
            call(checkpoint_url)


def test_the_code_wants_the_newest_migration_and_takes_the_one_before(sql: "psycopg.Connection[Any]") -> None:
    """The constants and the scripts are changed together."""
    assert sql.execute("SELECT version_num FROM tidegate_revision").fetchall() == [(REVISION,)]
    assert sql.execute("SELECT oldest_code, writer FROM tidegate_compatible").fetchall() == [(OLDEST, WRITER)]
    assert int(REVISION) == int(OLDEST) + 1


def structure(url: str) -> list[tuple[Any, ...]]:
    """Every column of every table and view, with its default; and every constraint and index."""
    columns = """
        SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'
    """
    constraints = """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with psycopg.connect(url) as connection:
        return [row for q in (columns, constraints, indexes) for row in connection.execute(q.encode())]


def test_a_migration_only_adds(empty_url: str) -> None:
    """So that code of the revision before goes on working: nothing is renamed, moved, retyped or newly required."""
    migrate(empty_url, to=OLDEST)
    before = structure(empty_url)
    assert before
    migrate(empty_url)
    after = structure(empty_url)
    assert set(before) < set(after)
    added = [row for row in set(after) - set(before) if len(row) == 6]
    assert added
    assert all(nullable == "YES" or default is not None for *_, nullable, default in added)


def test_tasks_do_not_pay_for_migrations() -> None:
    """Only `migrate` imports SQLAlchemy and Alembic."""
    code = "import sys, tidegate.adapters.checkpoint; print({'alembic', 'sqlalchemy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"
