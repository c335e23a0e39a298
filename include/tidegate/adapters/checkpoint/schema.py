"""Makes and upgrades the checkpoint tables."""

from importlib.resources import as_file, files
from typing import Any

from psycopg.rows import tuple_row

from tidegate.adapters.checkpoint.connection import Session
from tidegate.errors import ConfigurationError

_LOCK = 0x7469_6465_6761_7465  # "tidegate": one migration at a time

VERSION_TABLE = "tidegate_revision"
"""A name of its own, so that the tables can lie beside another program's that uses Alembic too."""


def migrate(url: str) -> None:
    """Bring the tables in the connection's default schema to the newest revision.

    It is one transaction behind an advisory lock: two at once are safe, a failed one leaves nothing behind, and
    repeating it is harmless. Raises ConfigurationError when the user may not create tables, or when a newer tidegate
    made them.
    """
    # Tasks import this package, but only a migration needs these.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415
    from sqlalchemy import create_engine, exc, text  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    session, what = Session(url), "tidegate migrate"

    def plain() -> Any:
        connection = session.open(what)
        connection.row_factory = tuple_row  # type: ignore[assignment]  # what SQLAlchemy reads
        return connection

    engine = create_engine("postgresql+psycopg://", creator=plain, poolclass=NullPool)
    try:
        with as_file(files(__package__) / "migrations") as scripts, engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            config = Config()
            config.set_main_option("script_location", str(scripts).replace("%", "%%"))
            config.attributes["connection"] = connection
            config.attributes["version_table"] = VERSION_TABLE
            command.upgrade(config, "head")
    except exc.DBAPIError as e:
        raise session.explain(what, e.orig if isinstance(e.orig, Exception) else e) from e
    except CommandError as e:
        raise ConfigurationError(f"{what}: {e}. A newer tidegate made these tables: install that one") from e
    finally:
        engine.dispose()
