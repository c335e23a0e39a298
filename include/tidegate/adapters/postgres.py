"""Where a PostgreSQL is, read strictly, and what it says without the password."""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tidegate.errors import ConfigurationError
from tidegate.protocol.formats import WRITER

DEFAULTS: dict[str, Any] = {
    "connect_timeout": 10,
    "application_name": WRITER,  # by which the checkpoint's tables know who planned an epoch
    "client_encoding": "utf8",
    # A peer that vanished without a word is noticed in about a minute, not in two hours.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

_REFUSED = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",
    "permission denied",
    "is not permitted to log in",
    "not currently accepting connections",
    "invalid ",  # an option of the URL that libpq does not know or cannot read
)
"""libpq gives no SQLSTATE for a refused connection, so its words tell a wrong setting from a server that is away."""


class Address:
    """A connection string. `where` is what can be printed of it: host, port and database.

    Args:
        url: ``postgresql://user:password@host:port/database``, or any libpq connection string. Never printed.
        name: what messages call it, as "the checkpoint URL".

    Raises ConfigurationError when it cannot be read.
    """

    def __init__(self, url: str, name: str) -> None:
        try:
            settings = conninfo_to_dict(url)
        except psycopg.Error:
            raise ConfigurationError(
                f"{name} cannot be read: give postgresql://user:password@host:port/database, with the "
                "special characters of the password percent-encoded"
            ) from None
        host, port, database = (str(settings.get(k) or "") for k in ("host", "port", "dbname"))
        misread = url.startswith(("postgresql://", "postgres://")) and "@" in host + database
        if misread or not all(p.isdigit() or not p for p in port.split(",")):
            # libpq would take the end of an unencoded password for the address, and print it.
            raise ConfigurationError(
                f"{name} does not read as postgresql://user:password@host:port/database: percent-encode "
                "the special characters of the password (@ is %40, / is %2F), and give the port as a number"
            )
        self.settings: dict[str, Any] = {**DEFAULTS, **settings}
        self.where = f"{host or 'local socket'}:{port or 5432}/{database}"

    def refuses(self, text: str) -> bool:
        """Whether libpq's words about a connection mean that a setting is wrong, in place of a server that is away."""
        return any(words in text for words in _REFUSED)

    def scrubbed(self, text: object) -> str:
        """One line, without the password."""
        password = self.settings.get("password")
        line = " ".join(str(text).split()).rstrip(".")
        return line.replace(str(password), "***") if password else line
