"""Makes and upgrades the checkpoint tables."""

from importlib.resources import as_file, files
from typing import Any

from psycopg.rows import tuple_row

from tidegate.adapters.checkpoint.connection import Session
from tidegate.adapters.checkpoint.revisions import COMPATIBLE_TABLE, VERSION_TABLE, newer, unformatted

_LOCK = 0x7469_6465_6761_7465  # "tidegate": one migration at a time


def migrate(url: str, *, to: str = "head") -> None:
    """Bring the tables in the connection's default schema to the newest revision, or to an older one.

    It is one transaction behind an advisory lock: two at once are safe, a failed one leaves nothing behind, and
    repeating it is harmless. Raises ConfigurationError when the user may not create tables, FormatError when a newer
    tidegate made them, or none that was released.
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
            made = text("SELECT to_regclass(:revision) IS NOT NULL AND to_regclass(:compatible) IS NULL")
            if connection.execute(made, {"revision": VERSION_TABLE, "compatible": COMPATIBLE_TABLE}).scalar():
                raise unformatted(session.where)
            config = Config()
            config.set_main_option("script_location", str(scripts).replace("%", "%%"))
            config.attributes["connection"] = connection
            config.attributes["version_table"] = VERSION_TABLE
            command.upgrade(config, to)
    except exc.DBAPIError as e:
        raise session.explain(what, e.orig if isinstance(e.orig, Exception) else e) from e
    except CommandError as e:
        raise newer(session.where, None, None) from e
    finally:
        engine.dispose()
