"""DDL through HiveServer2 or the Spark Thrift Server, with PyHive."""

import socket
from collections.abc import Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from pyhive import hive
from pyhive.exc import Error as PyHiveError
from thrift.Thrift import TException
from thrift.transport.TTransport import TTransportException

from tidegate.errors import ConfigurationError, TidegateError, UnavailableError

_CONNECT_TIMEOUT_S = 5.0


def execute(url: str, statements: Sequence[str]) -> None:
    """Run statements that may be repeated.

    Args:
        url: ``hive://[user[:password]@]host:port/database?auth=NONE|NOSASL|LDAP|CUSTOM|KERBEROS``, for Kerberos with
            ``&kerberos_service_name=…``.
        statements: DDL.

    Raises:
        UnavailableError: nothing answers.
        ConfigurationError: the address, the log-in or a right is wrong, or a statement is refused.
    """
    connection = connect(url)
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
    except PyHiveError as e:
        raise _refused(url, e) from e
    except (TException, OSError) as e:
        raise UnavailableError(f"HiveServer2 {address(url)} stopped answering: {e}") from e
    finally:
        connection.close()


def connect(url: str) -> hive.Connection:
    """A PyHive connection; errors as for `execute`."""
    parts = urlsplit(url)
    if parts.scheme != "hive" or not parts.hostname:
        raise ConfigurationError(f"HiveServer2's address must be hive://host:port/database, not {parts.scheme}://…")
    options = {k: v[-1] for k, v in parse_qs(parts.query).items()}
    port = parts.port or 10000
    try:
        socket.create_connection((parts.hostname, port), timeout=_CONNECT_TIMEOUT_S).close()
        return hive.connect(
            host=parts.hostname,
            port=port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            database=unquote(parts.path.strip("/")) or "default",
            auth=options.get("auth", "NONE"),
            kerberos_service_name=options.get("kerberos_service_name"),
        )
    except TTransportException as e:
        raise ConfigurationError(
            f"HiveServer2 {address(url)} closed the connection ({e.message}): check the connection's port and auth"
        ) from e
    except OSError as e:
        raise UnavailableError(f"HiveServer2 {address(url)} does not answer: {e}") from e
    except (PyHiveError, ValueError) as e:
        raise _refused(url, e) from e


def address(url: str) -> str:
    """Host and port, for messages."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 10000}"


def _refused(url: str, error: Exception) -> TidegateError:
    said = getattr(getattr(error.args[0], "status", None), "errorMessage", None) if error.args else None
    text = " ".join(str(said or error).split())[:1000]
    return ConfigurationError(f"HiveServer2 {address(url)} refuses: {text}")
