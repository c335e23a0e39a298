"""One lazily opened connection, explicit transactions, and what each failure means to the caller.

A transaction that fails before COMMIT is sent changed nothing: UnavailableError. When COMMIT was sent and the server
did not say what became of it, the outcome is unknown and stays so until it is read back (I6).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg.rows import DictRow, dict_row

from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.revisions import COMPATIBLE_TABLE, refuse, unformatted
from tidegate.adapters.postgres import Address
from tidegate.errors import (
    ConfigurationError,
    InvariantViolationError,
    OutcomeUnknownError,
    TidegateError,
    UnavailableError,
)

Connection = psycopg.Connection[DictRow]
Cursor = psycopg.Cursor[DictRow]

_RIGHTS = (errors.InsufficientPrivilege, errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName)


class Session:
    """The connection behind a store. Threads may share it: one transaction at a time.

    Args:
        url: ``postgresql://user:password@host:port/database``, or any libpq connection string. Never printed.

    `where` is what can be printed of it: host, port and database.
    """

    def __init__(self, url: str) -> None:
        self._address = Address(url, "the checkpoint URL")
        self._connection: Connection | None = None
        self._checked = False
        self._lock = threading.Lock()

    @property
    def where(self) -> str:
        """See above."""
        return self._address.where

    @contextmanager
    def transaction(self, what: str, *, writes: bool = True) -> Iterator[Cursor]:
        """Run the body in one transaction, which is committed at its end and rolled back when it raises.

        Args:
            what: names pipeline, epoch and change at the beginning of every message.
            writes: a read whose end is lost is merely unavailable; a write's outcome is then unknown.
        """
        with self._lock:
            connection = self._begin(what)
            try:
                with connection.cursor() as cursor:
                    yield cursor
            except (psycopg.Error, UnicodeEncodeError) as e:
                self._discard()
                raise self.explain(what, e) from e
            except BaseException:
                self._roll_back(connection)
                raise
            self._commit(connection, what, writes=writes)

    def close(self) -> None:
        """Close the connection; the next transaction opens a new one."""
        with self._lock:
            self._discard()

    def open(self, what: str) -> Connection:
        """Open a connection that the caller closes."""
        try:
            connection = psycopg.connect(
                **self._address.settings, row_factory=dict_row, autocommit=False, prepare_threshold=None
            )
        except psycopg.Error as e:
            text = self._address.scrubbed(e)
            if self._address.refuses(text):
                raise ConfigurationError(
                    f"{what}: {self.where} refused the connection: {text}. Correct user, password, database or "
                    "rights of the checkpoint connection"
                ) from None
            raise UnavailableError(
                f"{what}: no connection to the checkpoint database at {self.where}: {text}. Nothing was changed; "
                "see that PostgreSQL runs and can be reached, then run again"
            ) from None
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        return connection

    def explain(self, what: str, e: Exception) -> TidegateError:
        """The error that tells the reader of a failed statement what to do. Nothing was changed by it."""
        text = self._address.scrubbed(e)
        if isinstance(e, _RIGHTS):
            return ConfigurationError(
                f"{what}: {self.where}: {text}. Grant the user SELECT, INSERT and UPDATE on the checkpoint tables, "
                "or run `tidegate migrate`"
            )
        if isinstance(e, errors.ForeignKeyViolation):
            return ConfigurationError(f"{what}: {text}. Register the pipeline and take its lane first")
        if isinstance(e, psycopg.IntegrityError):
            return InvariantViolationError(f"{what}: the database refused it: {text}. Run `tidegate verify`")
        if isinstance(e, (psycopg.DataError, UnicodeEncodeError)):
            return ConfigurationError(f"{what}: PostgreSQL cannot store a value: {text}. Rename or shorten it")
        if isinstance(e, (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)):
            return UnavailableError(
                f"{what}: the checkpoint database at {self.where} did not answer as it should: {text}. Nothing was "
                "changed; run again"
            )
        return ConfigurationError(f"{what}: {self.where}: {text}. Nothing was changed")

    def _begin(self, what: str) -> Connection:
        """A connection inside a new transaction. One that died while it was idle is replaced: nothing was sent yet."""
        while True:
            reused = self._connection is not None
            if self._connection is None:
                self._connection = self.open(what)
            try:
                self._connection.execute(QUERIES["begin"])
                if not self._checked:
                    self._check_revision(self._connection)
                return self._connection
            except psycopg.Error as e:
                self._discard()
                if not (reused and isinstance(e, (psycopg.OperationalError, psycopg.InterfaceError))):
                    raise self.explain(what, e) from e
            except BaseException:
                self._discard()
                raise

    def _check_revision(self, connection: Connection) -> None:
        try:
            row = connection.execute(QUERIES["revision"]).fetchone()
        except errors.UndefinedTable as e:
            if COMPATIBLE_TABLE in str(e):
                raise unformatted(self.where) from None
            row = None
        if row is None:
            raise ConfigurationError(f"{self.where} has no checkpoint tables: run `tidegate migrate`")
        refuse(self.where, **row)
        self._checked = True

    def _commit(self, connection: Connection, what: str, *, writes: bool) -> None:
        try:
            connection.commit()
        except psycopg.Error as e:
            self._discard()
            # A server that answers ERROR has rolled back. FATAL or silence may come after the commit took effect.
            if not writes or e.diag.severity_nonlocalized == "ERROR":
                raise self.explain(what, e) from e
            raise OutcomeUnknownError(
                f"{what}: the connection to {self.where} was lost during COMMIT ({self._address.scrubbed(e)}): it may "
                "or may not have taken effect. Delete nothing; run again, which reads back and goes on from there"
            ) from e
        except BaseException:
            self._discard()
            raise

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.rollback()
        except psycopg.Error:
            self._discard()

    def _discard(self) -> None:
        """Close the connection, whatever state it is in; the server rolls back what was not committed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class OverSession:
    """A part of a store: its transactions go over one session, which all parts share."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def close(self) -> None:
        """Give the connection back; the next transaction opens a new one."""
        self._session.close()
