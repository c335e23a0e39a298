"""Readers who never stop looking while epochs are published, and say when they saw a part of one."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pyhive.exc import Error as PyHiveError
from thrift.transport.TTransport import TTransportException

from pipelines import totals
from tidegate.adapters.hive import HiveSink
from tidegate.adapters.hive.server import connect
from tidegate.errors import TidegateError
from tidegate.wiring import Endpoints

_EPOCH = re.compile(r"/epoch=(\d+)/")
_UNREACHABLE = (TidegateError, PyHiveError, TTransportException, OSError)


class Watch:
    """Reads a `totals` pipeline's tables in two threads until it is closed.

    Through the metastore: every epoch of events touches every partition of the upsert table, so all its partitions
    must name the same epoch. Through PyHive: the append table must hold, for some k, all rows of the first k files and
    nothing else.

    `torn` counts readings that were neither; `stale` those that were whole but older than one before, as when a
    superseded publisher had swapped and not yet put things back.
    """

    def __init__(self, endpoints: Endpoints, name: str, source: Path) -> None:
        self._endpoints = endpoints
        self._name = name
        self._ids = _rows_by_file(source)
        self._target = totals.pipeline(name, source).targets[1]
        self._stop = threading.Event()
        self._open = threading.Event()
        self._open.set()
        self.metastore_reads = self.table_reads = self.torn = self.stale = 0
        self.examples: list[str] = []
        self._threads = [threading.Thread(target=t, daemon=True) for t in (self._locations, self._rows)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._open.set()
        for thread in self._threads:
            thread.join()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not hammer a service while it starts."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def _locations(self) -> None:
        newest = 0
        while self._next(0.0):
            sink = HiveSink(self._endpoints.metastore, self._endpoints.hiveserver2, self._endpoints.warehouse)
            try:
                while self._next(0.005):
                    found = sink.locations(self._target)
                    epochs = {int(m.group(1)) for at in found.values() if (m := _EPOCH.search(at))}
                    if len(epochs) > 1:
                        self._seen_torn(f"locations of epochs {sorted(epochs)}")
                    elif epochs:
                        self.metastore_reads += 1
                        self.stale += epochs < {newest}
                        newest = max(newest, *epochs)
            except _UNREACHABLE:
                self._stop.wait(0.2)
            finally:
                sink.close()

    def _rows(self) -> None:
        newest = 0
        while self._next(0.0):
            try:
                connection = connect(self._endpoints.hiveserver2)
            except _UNREACHABLE:
                self._stop.wait(0.2)
                continue
            try:
                while self._next(0.5):
                    cursor = connection.cursor(arraysize=50_000)
                    cursor.execute(f"SELECT id FROM t.{self._name}_log")
                    files = self._whole(sorted(row[0] for row in cursor.fetchall()))
                    if files is None:
                        self._seen_torn("rows of the append table")
                    else:
                        self.table_reads += 1
                        self.stale += files < newest
                        newest = max(newest, files)
            except _UNREACHABLE:
                self._stop.wait(0.2)
            finally:
                _close(connection)

    def _whole(self, ids: list[int]) -> int | None:
        """How many files' rows these are; None when they are not the first k files'."""
        count = self._ids.index(len(ids)) if len(ids) in self._ids else None
        if count is None or len(set(ids)) != len(ids) or any(i // 1000 >= count for i in ids):
            return None
        return count

    def _seen_torn(self, example: str) -> None:
        self.torn += 1
        self.examples.append(example)

    def _next(self, wait_s: float) -> bool:
        self._open.wait()
        return not self._stop.wait(wait_s) if wait_s else not self._stop.is_set()


def _rows_by_file(source: Path) -> list[int]:
    """How many output rows the first k files make, for every k."""
    sums = [0]
    for file in sorted(source.iterdir()):
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        sums.append(sums[-1] + sum(r["amount"] != 0 for r in rows))
    return sums


def _close(connection: Any) -> None:
    try:
        connection.close()
    except _UNREACHABLE:
        return
