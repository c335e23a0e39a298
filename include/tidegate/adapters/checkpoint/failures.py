"""PostgreSQL's failures in tidegate's words, without passwords."""

from urllib.parse import urlsplit

import psycopg
from psycopg import errors as pg

from tidegate.errors import ConfigurationError, TidegateError, UnavailableError

_WRONG_SETTING = (
    pg.InvalidPassword,
    pg.InvalidAuthorizationSpecification,
    pg.InvalidCatalogName,
    pg.InsufficientPrivilege,
    pg.UndefinedTable,
)


def address(url: str) -> str:
    """Host, port and database of a URL, for messages."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"


def translate(error: BaseException | None, url: str) -> TidegateError:
    """The error of the tree for one of psycopg's."""
    where = f"checkpoint database {address(url)}"
    text = " ".join(str(error).split())
    if isinstance(error, _WRONG_SETTING) or "authentication failed" in text or "does not exist" in text:
        return ConfigurationError(
            f"{where}: {text}; correct the connection or the rights (`tidegate migrate` makes tables)"
        )
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | pg.DeadlockDetected):
        return UnavailableError(f"{where} does not answer: {text}; nothing was lost, try again when it is back")
    return ConfigurationError(f"{where}: {type(error).__name__}: {text}")
