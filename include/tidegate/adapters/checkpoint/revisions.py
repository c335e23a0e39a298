"""Which revisions of the checkpoint tables this code works on.

A revision is a number of four digits, the name of a migration. Code works on the tables of its own revision and of the
one before, so that all workers can be changed first and the tables then. It works on newer ones too when their
migrations say so: `tidegate_compatible` holds the oldest revision of code that they leave working, so that the tables
can be changed while older workers are still there.
"""

from tidegate.errors import ConfigurationError, FormatError
from tidegate.protocol.formats import WRITER

REVISION = "0002"
"""The migration that this code is made for: the newest in `migrations/versions`."""
OLDEST = "0001"
"""The one before."""
VERSION_TABLE = "tidegate_revision"
"""Alembic's, under a name of its own, so that the tables can lie beside another program's that uses Alembic too."""
COMPATIBLE_TABLE = "tidegate_compatible"


def refuse(where: str, revision: str, oldest_code: str, writer: str) -> None:
    """Raise when this code cannot work on the tables at `where`.

    Args:
        where: host, port and database.
        revision: the tables'.
        oldest_code: the oldest revision of code that can work on them.
        writer: who brought them to their revision.
    """
    if revision < OLDEST:
        raise ConfigurationError(
            f"the checkpoint tables at {where} are of revision {revision}, {_reader()}: run `tidegate migrate`"
        )
    if oldest_code > REVISION:
        raise newer(where, revision, writer)


def newer(where: str, revision: str | None, writer: str | None) -> FormatError:
    """The error for tables that only a newer tidegate can work on."""
    what = f"of revision {revision}" if revision else "of a revision"
    return FormatError.of(
        f"the checkpoint at {where} is {what} that is newer than this tidegate", writer=writer, reader=_reader()
    )


def unformatted(where: str) -> FormatError:
    """The error for tables that were made before there was a first format."""
    return FormatError.of(
        f"the checkpoint at {where} says no format: no release wrote it", writer=None, reader=_reader()
    )


def _reader() -> str:
    return f"{WRITER} works on revisions {OLDEST} and {REVISION}"
