"""A whole pipeline in one process, epoch by epoch."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.adapters.files.storage import FsStorage
from tidegate.api.files import FileSource
from tidegate.api.pipeline import Definition
from tidegate.api.sources import Source
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.crash import POINTS
from tidegate.engine.manifests import read_manifest
from tidegate.engine.verify import Finding, verify
from tidegate.ports import Adapters, EpochReport
from tidegate.protocol.model import Run
from tidegate.runtime.state_runs import run_schema
from tidegate.testing.checkpoint import MemoryCheckpointStore
from tidegate.testing.contents import Key, states_of, stored, table_rows
from tidegate.testing.processor import LocalProcessor, StandIns, stand_ins_of
from tidegate.testing.records import Record, file_of
from tidegate.testing.sink import MemorySink

Records = Sequence[Record] | Mapping[str, Sequence[Record]]
"""Records of the one source; or of several, by uid."""


class LocalRun:
    """Runs a pipeline's epochs here: the real engine, source, decoder, tasks, files, state runs and manifests.

    In memory are the checkpoint and the tables; an epoch is computed in this process instead of on Spark. The pipeline
    is not changed: a source is read from a folder of this run in place of its own, and a file is taken as soon as it
    is there. Records of Kafka come as files of JSON lines: a row has the columns of `metadata`, too. So do rows of a
    database or a Hive table, by the names of the schema.

    Args:
        definition: the pipeline.
        transform: what stands in for all of the pipeline's Spark transforms: it takes and returns a pyarrow.Table, with
            the source's columns and with those behind the transforms. It is called for each file by itself, and must
            keep the order of the events. Where rows of several sources are transformed, one for each, by uid.

    Raises:
        DefinitionError: the pipeline has transforms and there is no stand-in, or the other way round.
    """

    def __init__(self, definition: Definition, *, transform: StandIns = None) -> None:
        stand_ins_of(definition, transform)
        self._definition = definition
        self._transform = transform
        self._open = ExitStack()
        folder = Path(self._open.enter_context(TemporaryDirectory(prefix="tidegate-")))
        self._sources = {uid: _folder(s, folder / "sources" / uid) for uid, s in definition.sources.items()}
        for source in self._sources.values():
            Path(source.path).mkdir(parents=True)
        self._files = 0
        self._runs = 0
        self._ended = True
        self._points = _Points()
        self._sink = MemorySink()
        store = MemoryCheckpointStore()
        self._engine = Coordinator(
            definition=definition,
            adapters=Adapters(
                store=store,
                connect=lambda: MemoryCheckpointStore(store.rows),
                sources={uid: FileSourceAdapter(s, definition.name) for uid, s in self._sources.items()},
                processor=LocalProcessor(transform),
                sink=self._sink,
                storage=FsStorage(),
            ),
            root=f"file://{folder}/made",
            clock=time,
            crash=self._points,
            progress=lambda _: None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary folder, and those of `once`."""
        self._open.close()

    # -- epochs ---------------------------------------------------------------------------------------------------

    def epoch(
        self, records: Records = (), *, file: str | None = None, crash_at: str | None = None
    ) -> EpochReport | None:
        """Let a file with the records appear, then run an epoch: what a scheduled run does.

        Like such a run it finishes first what an earlier one left behind. Without records no file appears; the call is
        then the retry of the run before, when that one died or failed.

        Args:
            records: rows by the names of the source's schema, written in its format; a text is a line as it stands, for
                what is malformed. Of a pipeline with several sources a mapping, by uid: a file appears for each source
                that has records.
            file: the file's path in the source's folder, for a source that tells time by it; else they are numbered.
            crash_at: die when the epoch reaches this point (`tidegate.engine.crash.POINTS`): what is not durable by
                then is lost, and the next call goes on from there.

        Returns:
            What became of the run's epoch; None when there was nothing new, or it died.

        Raises:
            TidegateError: the epoch failed, as a run would.
            TypeError: it is not said of which source the records are.
            AssertionError: the epoch never reached `crash_at`.
        """
        arrived = {uid: own for uid, own in self._by_source(records).items() if own}
        for uid, own in arrived.items():
            self._files += 1
            source = self._sources[uid]
            path = Path(source.path) / (file or f"{self._files:06d}.{source.dialect.word}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file_of(source, own))
        if arrived or self._ended:
            self._runs += 1
        self._ended = False
        self._points.armed = _point(crash_at)
        try:
            report = self._engine.run(Run(f"run-{self._runs}", "local"))
        except Crash:
            return None
        assert crash_at is None, f"the epoch ended without reaching {crash_at!r}"
        self._ended = True
        return report

    def _by_source(self, records: Records) -> Mapping[str, Sequence[Record]]:
        if not isinstance(records, Mapping):
            if records and len(self._sources) > 1:
                raise TypeError(
                    f"say of which source the records are: {{{', '.join(f'{u!r}: […]' for u in self._sources)}}}"
                )
            return {next(iter(self._sources)): records}
        if unknown := records.keys() - self._sources.keys():
            raise TypeError(f"there is no source {sorted(unknown)[0]!r}, but {', '.join(map(repr, self._sources))}")
        return records

    def once(self, records: Records, *, file: str | None = None) -> "LocalRun":
        """Another run of the same pipeline, which has had all of the records in one epoch."""
        other = self._open.enter_context(LocalRun(self._definition, transform=self._transform))
        other.epoch(records, file=file)
        return other

    # -- what is there now ----------------------------------------------------------------------------------------

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows that readers of a table see, without `epoch_id`: in the order of the columns' values, nulls last.

        So the same rows are equal however the input was cut into epochs. Raises KeyError for what is no table of the
        pipeline.
        """
        targets = {t.name: t for t in self._definition.all_targets}
        if name not in targets:
            raise KeyError(f"{self._definition.name} has no table {name!r}, but {', '.join(targets)}")
        return table_rows(targets[name], self._sink.locations(targets[name]))

    @property
    def dead_letters(self) -> list[dict[str, Any]]:
        """The rows of the dead-letter table, as by `table`; none when the pipeline has no such table."""
        dead = self._definition.dead_letters
        return [] if dead is None else self.table(dead.name)

    def state(self, *key: Any) -> dict[str, Any]:
        """The states of a key behind the last sealed epoch, by name; empty when the key has none."""
        return self.states().get(key, {})

    def states(self) -> dict[Key, dict[str, Any]]:
        """The states of every key that has some, behind the last sealed epoch."""
        of, last = self._definition.operator, self._engine.adapters.store.last_sealed(self._engine.lane_id)
        runs = [r for r in read_manifest(FsStorage(), last.manifest).state if r.operator == of.uid] if last else []
        schema = run_schema(of.state_schema, operator=of.uid, key=of.key)
        return states_of(stored(runs, schema, key=of.key), key=of.key)

    def verify(self) -> list[Finding]:
        """What `tidegate verify --checksums` finds: nothing, when tables, files, state and counts are as recorded."""
        return verify(self._definition, self._engine.adapters, progress=lambda _: None, checksums=True)


class Crash(BaseException):
    """The process dies here. No `except Exception` sees it, and what it left is left as it is."""


def _folder(source: Source, path: Path) -> FileSource:
    """The source as a folder."""
    if isinstance(source, FileSource):
        return replace(source, path=path, settle=timedelta(0), after_sealed=None)
    return FileSource(path, "json", source.schema, settle=timedelta(0), uid=source.uid)


class _Points:
    """Implements `CrashPoints`: one of them may be armed, for one time."""

    armed: str | None = None

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        """Die, when this point is armed."""
        if name == self.armed:
            self.armed = None
            raise Crash(f"{pipeline} epoch {epoch} at {name}")


def _point(name: str | None) -> str | None:
    if name is not None and name not in POINTS:
        raise ValueError(f"there is no crash point {name!r}; the points are {', '.join(POINTS)}")
    return name
