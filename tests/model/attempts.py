"""One attempt: the real coordinator, store and sink code over systems that answer call by call.

Everything that an attempt learns, it learns from answers to its calls. So it is a function of these answers, and
running it again with the same ones leads to the same next call; see `automata.Task`.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from pymetastore.hive_metastore.ttypes import (
    FieldSchema,
    NoSuchObjectException,
    Partition,
    StorageDescriptor,
    Table,
)
from thrift.transport.TTransport import TTransportException

import builders as make
from model.systems import CHECKPOINT, METASTORE, SOURCE, STORAGE, Row
from tidegate.adapters.hive import HiveSink
from tidegate.adapters.hive.making import TableMaker
from tidegate.adapters.hive.metastore import Metastore
from tidegate.adapters.hive.sink import CLONE as MARK
from tidegate.adapters.table_plans import OWNER, STAGING_SUFFIX, staging
from tidegate.api.pipeline import Definition
from tidegate.api.schema import hive_type
from tidegate.api.settings import EPOCH_COLUMN, Mode, Target
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.crash import Disarmed
from tidegate.errors import DataDamagedError, UnavailableError
from tidegate.ports import Adapters, CompactionTask, EpochTask, Known, Processed, StoredFile
from tidegate.protocol import layout
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind
from tidegate.protocol.model import (
    MAIN_LANE,
    DataFile,
    Lease,
    PartitionValues,
    Slice,
    StagedPartition,
    StateRun,
    checksum,
)
from tidegate.protocol.partitions import partition_path

ROOT = "mem://attempts"
CHANGED = 1_000
"""What the changed code, with which lanes replay, adds to each total that it gives out."""

_WAREHOUSE = "mock://warehouse"  # a file system that pyarrow keeps in memory

Ask = Callable[..., Any]
"""Sends a call to a system: (system, method, *arguments) → its answer, or its error."""


class _Store:
    """`ports.CheckpointStore`: each method is one call."""

    def __init__(self, ask: Ask, thread: int) -> None:
        self._ask = ask
        self._thread = thread

    def register(self, definition: Definition) -> None:
        self._ask(CHECKPOINT, "register")

    def renew(self, lease: Lease, *, ttl_s: float) -> None:
        if threading.get_ident() == self._thread:  # the keeper renews a lease that no clock here runs down
            self._ask(CHECKPOINT, "renew", lease, ttl_s=ttl_s)

    def close(self) -> None:
        """Nothing is open."""

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._ask(CHECKPOINT, method, *args, **kwargs)


class _Storage:
    """`ports.Storage`: each method is one call."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def write(self, uri: str, data: bytes) -> None:
        self._ask(STORAGE, "put", ((uri, data),))

    def walk(self, location: str) -> Iterator[StoredFile]:
        yield from self._ask(STORAGE, "walk", location)

    def prune(self, location: str, ended: Callable[[str], bool]) -> None:
        """There are no folders."""

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *args: self._ask(STORAGE, method, *args)


class _Source:
    """`ports.Source`, one file after the other as `FileSourceAdapter` gives them."""

    def __init__(self, ask: Ask, limit: Limit) -> None:
        self._ask = ask
        self.limit = limit

    def discover(
        self, tail: Slice | None, known: Known, *, limit: Limit = NO_LIMIT, until_ms: int | None = None
    ) -> list[Slice]:
        assert until_ms is None  # the search has no intervals: they bound a range, and nothing after it
        found: Sequence[Slice] = self._ask(SOURCE, "list")
        there = known([s.key for s in found])
        new = (s for s in found if s.key not in there)
        return [replace(s, position=behind(tail) + i) for i, s in enumerate(new)]

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:
        yield from slices

    @property
    def retiring(self) -> None:
        return None

    def check(self, slices: Sequence[Slice]) -> None:
        self._ask(SOURCE, "check", tuple(slices))

    def recut(self, before: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        return []

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        return list(self._ask(SOURCE, "renewed", tuple(slices)))

    def rows(self, slices: Sequence[Slice]) -> int | None:
        return None

    def gone(self, slices: Sequence[Slice]) -> list[Slice]:
        return []

    def named(self, text: str) -> str:
        return text

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        return []

    def outlook(self, tail: Slice | None, known: Any) -> tuple[str, ...]:
        return ()

    def sealed(self, last: Callable[[], Slice | None]) -> str | None:
        return None

    def reader(self) -> Any:
        return None  # the processor here asks for contents by itself


class _Processor:
    """`ports.Processor`: running totals per key and day, into one append and one upsert table."""

    def __init__(self, ask: Ask, storage: _Storage) -> None:
        self._ask = ask
        self._storage = storage

    def process(self, task: EpochTask) -> Processed:
        contents: Sequence[Sequence[Row]] = self._ask(
            SOURCE, "read", task.slices, epoch=task.epoch.epoch, lane=task.epoch.lane.lane
        )
        totals = [total for run in task.parent_state for total in self._load(run)]
        rows, totals = advance([row for content in contents for row in content], totals)
        if task.epoch.lane.lane != MAIN_LANE:
            rows = [row | {"total": row["total"] + CHANGED} for row in rows]
        folder = _Writing(task.root)
        written: dict[str, int] = defaultdict(int)
        for target in task.definition.targets:
            for values, part in _parts(target, task.epoch.epoch, rows).items():
                written[target.name] += len(part)
                upsert = target.mode is Mode.UPSERT
                folder.write(target, values, self._merge(target, values, part, task) if upsert else part)
        state, uid = json.dumps(totals).encode(), task.definition.operator.uid
        at = f"{layout.state_in(task.root, uid)}/0"
        run = make.state_run(0, at, rows=len(totals), size=len(state), sha256=checksum(state), operator=uid)
        folder.objects[run.path] = state
        self._ask(STORAGE, "put", tuple(folder.objects.items()))
        out: dict[str, int] = defaultdict(int)
        for p in folder.partitions:
            out[p.table] += p.rows
        n = len(rows)
        counts = make.counts(
            rows_in=n, decoded=n, received=n, processed=n, yielded=n, keys_changed=n, rows_out=dict(out)
        )
        return Processed(tuple(folder.partitions), (run,), {}, counts, {}, written)

    def check_state(self, definition: Definition, state: Sequence[StateRun]) -> None:
        """It is always of the same types."""

    def compact(self, task: CompactionTask) -> tuple[StagedPartition, ...]:
        folder = _Writing(task.root)
        for joining in task.joinings:
            rows = [row for source in joining.sources for row in self._rows_of(source)]
            folder.write(joining.target, joining.sources[-1].values, rows)
        self._ask(STORAGE, "put", tuple(folder.objects.items()))
        return tuple(folder.partitions)

    def close(self) -> None:
        """Nothing is open."""

    def _merge(self, target: Target, values: PartitionValues, changes: list[Row], task: EpochTask) -> list[Row]:
        old = task.locate(target.name, [values]).get(values)
        kept = {row["key"]: row for row in (self._rows_of(old) if old else [])}
        return list((kept | {row["key"]: row for row in changes}).values())

    def _rows_of(self, partition: StagedPartition) -> list[Row]:
        return [row for file in partition.files for row in self._load(file)]

    def _load(self, file: DataFile | StateRun) -> list[Row]:
        try:
            data = self._storage.read(file.path)
        except FileNotFoundError as e:
            raise DataDamagedError.of(file.path, "is missing") from e
        if checksum(data) != file.sha256:
            raise DataDamagedError.of(file.path, "has other bytes")
        return list(json.loads(data))


@dataclass
class _Writing:
    """The files of one attempt before they are written."""

    root: str
    objects: dict[str, bytes] = field(default_factory=dict)
    partitions: list[StagedPartition] = field(default_factory=list)

    def write(self, target: Target, values: PartitionValues, rows: list[Row]) -> None:
        location = f"{self.root}/data/{target.name}/{partition_path(target.partition_schema.names, values)}"
        data = json.dumps(rows).encode()
        file = make.data_file(f"{location}/part", rows=len(rows), size=len(data), sha256=checksum(data))
        self.objects[file.path] = data
        if "/epoch=1/" in location:  # Spark repeated a task of this epoch
            self.objects[f"{location}/again"] = data
        self.partitions.append(make.partition(target.name, *values, at=location, files=[file]))


def advance(events: Sequence[Row], totals: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The output rows of some events, and the state behind them."""
    state = {(t["key"], t["day"]): t["total"] for t in totals}
    rows = []
    for event in events:
        at = event["key"], event["day"]
        state[at] = state.get(at, 0) + event["amount"]
        rows.append({"id": event["id"], "key": event["key"], "day": event["day"], "total": state[at]})
    return rows, [{"key": k, "day": d, "total": total} for (k, d), total in sorted(state.items())]


def _parts(target: Target, epoch: int, rows: Sequence[Row]) -> dict[PartitionValues, list[Row]]:
    if target.mode is Mode.APPEND:
        return {(str(epoch),): list(rows)} if rows else {}
    days = sorted({row["day"] for row in rows})
    return {(day,): [row for row in rows if row["day"] == day] for day in days}


class _Wire:
    """The metastore's Thrift client: Thrift objects to calls and back.

    The staging tables, of which no step depends, are always empty.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def get_config_value(self, name: str, default: str) -> str:
        """It answers."""
        return default

    def get_partitions_by_names(self, database: str, table: str, names: Sequence[str]) -> list[Partition]:
        if table.endswith(STAGING_SUFFIX):
            return []
        values = tuple(tuple(part.partition("=")[2] for part in name.split("/")) for name in names)
        return _partitions(self._ask(METASTORE, "named", f"{database}.{table}", values))

    def get_table_req(self, request: Any) -> Any:
        """Only clones are asked for: the other tables are known."""
        name = f"{request.dbName}.{request.tblName}"
        identity = self._ask(METASTORE, "table", name)
        if identity is None:
            raise NoSuchObjectException("no such table")
        return SimpleNamespace(table=_external(name, [("day", "string")], [], {MARK: identity}))

    def get_partitions(self, database: str, table: str, limit: int) -> list[Partition]:
        if table.endswith(STAGING_SUFFIX):
            return []
        return _partitions(self._ask(METASTORE, "all", f"{database}.{table}"))

    def add_partitions(self, parts: Sequence[Partition]) -> None:
        table = f"{parts[0].dbName}.{parts[0].tableName}"
        if not table.endswith(STAGING_SUFFIX):
            self._ask(METASTORE, "add", table, _plain(parts))

    def alter_partitions_with_environment_context(
        self, database: str, table: str, parts: Sequence[Partition], context: object
    ) -> None:
        self._ask(METASTORE, "alter", f"{database}.{table}", _plain(parts))

    def drop_partitions_req(self, request: Any) -> None:
        values = tuple(tuple(part.partition("=")[2] for part in name.split("/")) for name in request.parts.names)
        self._ask(METASTORE, "drop", f"{request.dbName}.{request.tblName}", values)


def _plain(parts: Sequence[Partition]) -> tuple[tuple[PartitionValues, str], ...]:
    return tuple((tuple(p.values), p.sd.location) for p in parts)


def _partitions(placed: Sequence[tuple[PartitionValues, str]]) -> list[Partition]:
    return [Partition(values=list(v), sd=StorageDescriptor(location=at), parameters={}) for v, at in placed]


class _Metastore(Metastore):
    """The real client, connected to `_Wire`."""

    def __init__(self, wire: _Wire) -> None:
        super().__init__("thrift://metastore")
        self._wire = wire

    def _connect(self) -> Any:
        return self._wire


class _Sink(HiveSink):
    """The real sink. Its tables are there already, but for clones: they are made once and never change."""

    def __init__(self, ask: Ask, tables: Mapping[str, Table]) -> None:
        super().__init__("thrift://metastore", "hive://unused", _WAREHOUSE)
        self._metastore = _Metastore(_Wire(ask))
        self._tables = _Tables(ask, self._metastore, tables)


class _Tables(TableMaker):
    """The real one, but for the statements that go to HiveServer2."""

    def __init__(self, ask: Ask, metastore: Metastore, tables: Mapping[str, Table]) -> None:
        super().__init__(metastore, "hive://unused", _WAREHOUSE)
        self._ask = ask
        self._tables = dict(tables)

    def make(self, partitioned: Mapping[str, Any], target: Target, properties: Mapping[str, str], **_: Any) -> None:
        for name in partitioned:
            self._statement("make", name, properties[MARK])

    def drop(self, name: str) -> None:
        self._statement("unmake", name)

    def _statement(self, *words: str) -> None:
        """What HiveServer2 does with the metastore; errors as `server.execute` has them."""
        try:
            self._ask(METASTORE, *words)
        except TTransportException as e:
            raise UnavailableError(f"HiveServer2 stopped answering: {e}") from e


def tables_of(definition: Definition) -> dict[str, Table]:
    """All tables of a pipeline, staging tables included, as the metastore describes them."""
    tables = {}
    for target in definition.all_targets:
        keys = [(f.name, hive_type(f.type)) for f in target.partition_schema]
        by_row = [] if target.mode is Mode.APPEND else [(EPOCH_COLUMN, "bigint")]
        for name, partitions in ((target.name, keys), (staging(target), [*by_row, *keys])):
            columns = [(f.name, hive_type(f.type)) for f in target.data_schema]
            tables[name] = _external(name, [*partitions], columns, {OWNER: definition.name})
    return tables


def _external(
    name: str, keys: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]], parameters: Mapping[str, str]
) -> Table:
    database, _, table = name.partition(".")
    return Table(
        dbName=database,
        tableName=table,
        tableType="EXTERNAL_TABLE",
        parameters=dict(parameters),
        partitionKeys=[FieldSchema(name=n, type=t) for n, t in keys],
        sd=StorageDescriptor(location=f"{_WAREHOUSE}/{name}", cols=[FieldSchema(name=n, type=t) for n, t in columns]),
    )


class _Clock:
    """Time stands still: a lease is waited for by not moving the attempt."""

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


@dataclass(frozen=True)
class Worker:
    """Makes attempts at one pipeline."""

    definition: Definition
    tables: Mapping[str, Table]

    def adapters(self, ask: Ask) -> Adapters:
        """All ports over `ask`."""
        source, storage, thread = make.folder_of(self.definition), _Storage(ask), threading.get_ident()
        return Adapters(
            store=_Store(ask, thread),
            connect=lambda: _Store(ask, thread),
            sources={source.uid: _Source(ask, Limit(slices=source.max_files))},
            processor=_Processor(ask, storage),  # type: ignore[arg-type]  # nothing here compares
            sink=_Sink(ask, self.tables),
            storage=storage,
        )

    def coordinator(self, ask: Ask) -> Coordinator:
        """The real coordinator, in a process of its own."""
        return Coordinator(
            definition=self.definition,
            adapters=self.adapters(ask),
            root=ROOT,
            clock=_Clock(),
            crash=Disarmed(),
            progress=lambda _: None,
            lease_wait_s=0.0,
        )
