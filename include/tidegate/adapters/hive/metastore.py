"""The metastore's Thrift API: tables, and partitions in one call each.

A call that was sent and not answered raises OutcomeUnknownError, never "failed": it may have taken effect (I6).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pymetastore.hive_metastore import ThriftHiveMetastore
from pymetastore.hive_metastore.ttypes import (
    AlreadyExistsException,
    DropPartitionsRequest,
    EnvironmentContext,
    GetTableRequest,
    MetaException,
    NoSuchObjectException,
    Partition,
    RequestPartsSpec,
    Table,
)
from thrift.protocol.TBinaryProtocol import TBinaryProtocolAccelerated
from thrift.protocol.TProtocol import TProtocolException
from thrift.Thrift import TApplicationException, TException
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TTransportException

from tidegate.errors import ConfigurationError, OutcomeUnknownError, TidegateError, UnavailableError
from tidegate.protocol.layout import normal
from tidegate.protocol.model import PartitionValues
from tidegate.protocol.partitions import partition_path

TIMEOUT_S = 60.0
_NAMES_PER_CALL = 1000
_ANY_SETTING = "hive.metastore.uris"
"""Asking for a setting shows that the metastore is there; nothing is looked up in its database."""
_NO_STATISTICS = EnvironmentContext(properties={"DO_NOT_UPDATE_STATS": "true"})
_STATISTICS = ("COLUMN_STATS_ACCURATE", "numFiles", "numRows", "rawDataSize", "totalSize", "spark.sql.statistics.")
"""How the names begin of what ANALYZE TABLE notes at a partition."""

T = TypeVar("T")


@dataclass(frozen=True)
class Placement:
    """Where one partition should be, and parameters that say who put it there."""

    values: PartitionValues
    location: str
    parameters: Mapping[str, str]


class Metastore:
    """A connection, opened when first needed and again after it broke."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme != "thrift" or not parts.hostname:
            raise ConfigurationError(f"the metastore's address must be thrift://host:port, not {url!r}")
        self._host, self._port = parts.hostname, parts.port or 9083
        self._timeout_s = timeout_s
        self._transport: TBufferedTransport | None = None
        self._client: Any = None

    def __str__(self) -> str:
        return f"metastore {self._host}:{self._port}"

    def databases(self) -> list[str]:
        """All databases."""
        return list(self._read(lambda c: c.get_all_databases()))

    def table(self, database: str, name: str) -> Table | None:
        """A table, None when there is none. Asked with a request: Hive 4 has no ``get_table`` any more."""
        try:
            return self._read(lambda c: c.get_table_req(GetTableRequest(database, name)).table)
        except _MissingError:
            return None

    def locations(self, table: Table, values: Sequence[PartitionValues] | None = None) -> dict[PartitionValues, str]:
        """Locations of all partitions, or of those given that exist."""
        found = self.every(table) if values is None else self.partitions(table, values).values()
        return {tuple(p.values): normal(p.sd.location) for p in found}

    def partitions(self, table: Table, values: Sequence[PartitionValues]) -> dict[PartitionValues, Partition]:
        """Those of the given partitions that exist."""
        columns = [k.name for k in table.partitionKeys]
        found: dict[PartitionValues, Partition] = {}
        for at in range(0, len(values), _NAMES_PER_CALL):
            names = [partition_path(columns, v) for v in values[at : at + _NAMES_PER_CALL]]
            found.update({tuple(p.values): p for p in self._named(table, names)})
        return found

    def _named(self, table: Table, names: Sequence[str]) -> list[Partition]:
        try:
            return list(self._read(lambda c: c.get_partitions_by_names(table.dbName, table.tableName, list(names))))
        except _UndeclaredError as e:  # what Hive 4 answers when there is no such table
            raise _MissingError(f"{self} cannot look into {table.dbName}.{table.tableName}: was it dropped?") from e

    def every(self, table: Table) -> list[Partition]:
        """All partitions, from one call."""
        return list(self._read(lambda c: c.get_partitions(table.dbName, table.tableName, -1)))

    def add(self, table: Table, placements: Sequence[Placement]) -> bool:
        """Add partitions in one metastore transaction (I2). False when one of them exists: then nothing was added."""
        parts = [_partition(table, p) for p in placements]
        try:
            self._write("adding partitions", lambda c: c.add_partitions(parts))
        except _ExistsError:
            return False
        return True

    def alter(self, table: Table, old: Mapping[PartitionValues, Partition], placements: Sequence[Placement]) -> None:
        """Point existing partitions at their new locations in one metastore transaction (I2).

        Statistics of the old files go: Hive may answer ``count(*)`` from them. The table's columns come: of a partition
        Hive reads those columns only that it had when it was added.
        """
        parts = []
        for placement in placements:
            part = deepcopy(old[placement.values])
            part.sd.location, part.sd.cols = placement.location, deepcopy(table.sd.cols)
            kept = {k: v for k, v in (part.parameters or {}).items() if not k.startswith(_STATISTICS)}
            part.parameters = {**kept, **placement.parameters}
            parts.append(part)
        self._write(
            "moving partitions",
            lambda c: c.alter_partitions_with_environment_context(table.dbName, table.tableName, parts, _NO_STATISTICS),
        )

    def drop(self, table: Table, values: Sequence[PartitionValues]) -> None:
        """Remove partitions, never their files, in one call. Those that are not there are left out."""
        columns = [k.name for k in table.partitionKeys]
        there = self.partitions(table, values)
        if not there:
            return
        request = DropPartitionsRequest(
            dbName=table.dbName,
            tblName=table.tableName,
            parts=RequestPartsSpec(names=[partition_path(columns, v) for v in there]),
            deleteData=False,
            ifExists=True,
            needResult=False,
        )
        self._write("dropping partitions", lambda c: c.drop_partitions_req(request))

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()
        self._transport = self._client = None

    # -- calls ----------------------------------------------------------------------------------------------------

    def _connect(self) -> Any:
        if self._client is None:
            socket = TSocket(self._host, self._port)
            socket.setTimeout(self._timeout_s * 1000)
            self._transport = TBufferedTransport(socket)
            try:
                self._transport.open()
            except TTransportException as e:
                self.close()
                raise UnavailableError(f"{self} does not answer: {e.message}; nothing was changed") from e
            self._client = ThriftHiveMetastore.Client(TBinaryProtocolAccelerated(self._transport))
        return self._client

    def _read(self, call: Callable[[Any], T]) -> T:
        """A call that changes nothing: a connection that broke meanwhile is opened again, once."""
        for last in (False, True):
            try:
                with self._translated():
                    return call(self._connect())
            except OutcomeUnknownError as e:
                if last:
                    raise UnavailableError(f"{self} does not answer: {e}") from e
        raise AssertionError("not reached")

    def _write(self, doing: str, call: Callable[[Any], T]) -> T:
        """A call that changes something. It is sent once: a connection that a restart cut off is opened first."""
        self._read(lambda c: c.get_config_value(_ANY_SETTING, ""))
        try:
            with self._translated():
                return call(self._connect())
        except OutcomeUnknownError as e:
            raise OutcomeUnknownError(f"{self}: {doing}: {e}; it may have taken effect") from e

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except AlreadyExistsException as e:
            raise _ExistsError(str(e.message)) from e
        except NoSuchObjectException as e:
            raise _MissingError(f"{self}: {e.message}") from e
        except MetaException as e:
            raise _refused(str(self), str(e.message)) from e
        except TApplicationException as e:
            self.close()
            if e.type == TApplicationException.MISSING_RESULT:
                raise _UndeclaredError(f"{self} refuses, with an error that only newer clients can read: {e}") from e
            if e.type == TApplicationException.INTERNAL_ERROR:  # of the server, at any point of the call
                raise OutcomeUnknownError(f"an error inside it: {e}") from e
            raise ConfigurationError(f"{self} does not speak the metastore's protocol: {e}") from e
        except (TTransportException, TProtocolException, OSError, EOFError) as e:
            self.close()
            raise OutcomeUnknownError(f"the connection broke or timed out ({e})") from e
        except TException as e:  # an answer that the method declares: the metastore rolled back
            raise UnavailableError(f"{self} refuses: {getattr(e, 'message', e)}; nothing was changed") from e


class _ExistsError(TidegateError):
    kind = "exists"


class _MissingError(ConfigurationError):
    pass


class _UndeclaredError(ConfigurationError):
    pass


def _refused(where: str, message: str) -> TidegateError:
    if "ermission" in message or "AccessControl" in message or "not allowed" in message:
        return ConfigurationError(f"{where} refuses: {message}; grant the right, then try again")
    return UnavailableError(f"{where}: {message}")


def _partition(table: Table, placement: Placement) -> Partition:
    sd = deepcopy(table.sd)
    sd.location = placement.location
    return Partition(
        values=list(placement.values),
        dbName=table.dbName,
        tableName=table.tableName,
        sd=sd,
        parameters=dict(placement.parameters),
    )


def metastore_answers(url: str) -> bool:
    """True when a metastore lists its databases there."""
    metastore = Metastore(url, timeout_s=5)
    try:
        metastore.databases()
    except TidegateError:
        return False
    finally:
        metastore.close()
    return True
