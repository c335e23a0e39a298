"""The checkpoint schema, step by step."""

REVISION = "0001"
"""The revision that this version of tidegate works with."""


def migrate(url: str) -> None:
    """Bring the checkpoint database to `REVISION`. Two at once are safe: the second waits, then finds nothing to do.

    Raises:
        UnavailableError: the database does not answer.
        ConfigurationError: the log-in, the database or a right is wrong.
    """
    # Heavy, and needed by nobody else: tasks only compare the revision.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import create_engine, text  # noqa: PLC0415
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    from tidegate.adapters.checkpoint.failures import translate  # noqa: PLC0415

    engine = create_engine("postgresql+psycopg://" + url.partition("://")[2], poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", "tidegate.adapters.checkpoint:migrations")
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(7455310)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except DBAPIError as e:
        raise translate(e.orig, url) from e
