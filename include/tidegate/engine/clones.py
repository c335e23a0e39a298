"""Clones: Hive tables that show a pipeline's tables as they were behind an epoch, from the same files.

1 take main's lease           2 find the partitions as of the epoch     3 write them into a manifest of the clone's own
4 note the clone              5 make its table, show the partitions     6 look whether it is still noted

From 4 on no clean-up deletes what the clone shows (I6). A process that dies before leaves a manifest that nothing leads
to; one that dies later a note: asking again goes on from there, and dropping the clone takes it back. 6 is for one that
was asleep while the clone was dropped: a table without a note would show files until a clean-up deletes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tidegate.api.schema import identifier, table_name
from tidegate.api.settings import Target
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.manifests import read_manifest
from tidegate.errors import FencedError, RefusedError
from tidegate.protocol import layout
from tidegate.protocol.model import (
    Clone,
    Counts,
    Epoch,
    Lease,
    ManifestRef,
    Run,
    StagedPartition,
    Status,
    checksum,
)
from tidegate.protocol.rebasing import newest_at


@dataclass(frozen=True)
class Clones:
    """The clones of one pipeline's tables. `main` is the coordinator of its main lane."""

    main: Coordinator

    def all(self) -> list[Clone]:
        """Every clone, by name."""
        return self.main.adapters.store.clones(self.main.definition.name)

    def partitions(self, clone: Clone) -> tuple[StagedPartition, ...]:
        """What a clone shows, by its manifest."""
        return read_manifest(self.main.adapters.storage, clone.manifest).partitions

    def make(self, run: Run, source: str, table: str, *, epoch: int | None = None, at_ms: int | None = None) -> Clone:
        """Let Hive table `table` show `source` as it was behind an epoch, without copying a file.

        Live waits meanwhile, for some metastore calls. The clone never changes, whatever becomes of `source`. Repeating
        it is harmless.

        Args:
            run: who asks.
            source: one of the pipeline's tables, ``database.table``.
            table: the clone, ``database.table``; its database is made when it is missing.
            epoch: a sealed epoch; left out, the newest, or that of the clone when it was begun before.
            at_ms: in place of `epoch`: a time in milliseconds UTC, for the newest epoch that was sealed by then.

        Raises RefusedError, before any change: no such table or epoch, the epoch is not kept any more, or the
        name is taken.
        """
        self._target(source)
        with self.main.exclusive(run) as lease:  # 1
            return self._make(lease, {table: source}, epoch, at_ms)[0]

    def make_all(self, run: Run, database: str, *, epoch: int | None = None, at_ms: int | None = None) -> list[Clone]:
        """A snapshot: let `database` show all tables, under their own names, as of one and the same epoch.

        An epoch is published table by table, so whoever reads several of them can meet two epochs; not so here.
        Otherwise as `make`. Raises RefusedError too when two of the tables differ in their database only.
        """
        identifier(database, "database")
        sources = [t.name for t in self.main.definition.all_targets]
        wanted = {f"{database}.{source.partition('.')[2]}": source for source in sources}
        if len(wanted) < len(sources):
            raise RefusedError(
                f"tables of {self.main.definition.name} have the same name in different databases "
                f"({', '.join(sources)}): clone them one by one"
            )
        with self.main.exclusive(run) as lease:
            return self._make(lease, wanted, epoch, at_ms)

    def drop(self, run: Run, table: str) -> Clone:
        """Drop a clone: its table first, then the note that keeps its files. Repeating it until it is done is harmless.

        Raises RefusedError when the pipeline has no such clone.
        """
        with self.main.exclusive(run) as lease:
            return self._drop(lease, [c for c in self.all() if c.table == table], repr(table))[0]

    def drop_all(self, run: Run, database: str) -> list[Clone]:
        """Drop all clones of the pipeline's tables in a database, as `drop` does. The database stays."""
        with self.main.exclusive(run) as lease:
            of_database = [c for c in self.all() if c.table.partition(".")[0] == database]
            return self._drop(lease, of_database, f"in database {database!r}")

    def _drop(self, lease: Lease, clones: Sequence[Clone], wanted: str) -> list[Clone]:
        if not clones:
            raise RefusedError(f"{self.main.definition.name} has no clone {wanted}: see `tidegate clones`")
        for clone in clones:
            self.main.adapters.sink.drop_clone(clone)
            self._reached("clone_dropped", clone)
            self.main.adapters.store.forget_clone(lease, clone.table)
            self.main.adapters.sink.drop_clone(clone)  # an attempt asleep in step 5 may have made it meanwhile
        return list(clones)

    def _make(self, lease: Lease, wanted: Mapping[str, str], epoch: int | None, at_ms: int | None) -> list[Clone]:
        """Make the clones `wanted` (clone → source) of one epoch, which is chosen here. All is checked before any."""
        own = [t.name for t in self.main.definition.all_targets]
        for table in wanted:
            table_name(table)
            if table in own:
                raise RefusedError(f"{table} is a table of the pipeline itself: give the clone another name")
        noted = {c.table: c for c in self.all() if c.table in wanted}
        number = self._number(epoch, at_ms, next(iter(noted.values()), None))
        clones = []
        for table, source in wanted.items():
            clone = noted.get(table) or Clone(table, self.main.definition.name, source, number, ManifestRef("", ""))
            if (clone.source, clone.epoch) != (source, number):
                raise RefusedError(f"{clone}, is there already: take another name, or drop that clone first")
            self.main.adapters.sink.shown(clone)
            clones.append(clone)
        return [self._show(clone if clone.table in noted else self._note(lease, clone)) for clone in clones]

    def _show(self, clone: Clone) -> Clone:
        sink = self.main.adapters.sink
        sink.clone(self._target(clone.source), clone, self.partitions(clone))  # 5
        self._reached("cloned", clone)
        if all(c.table != clone.table for c in self.all()):  # 6
            sink.drop_clone(clone)
            raise FencedError(f"{clone}, was dropped while this attempt made it: nothing of it is left")
        return clone

    def _target(self, source: str) -> Target:
        targets = {t.name: t for t in self.main.definition.all_targets}
        if source not in targets:
            raise RefusedError(f"{source!r} is no table of {self.main.definition.name}, which has {', '.join(targets)}")
        return targets[source]

    def _number(self, epoch: int | None, at_ms: int | None, noted: Clone | None) -> int:
        if epoch is not None:
            return epoch
        if at_ms is not None:
            return newest_at(self.main.history.epochs_of_main(), at_ms)
        if noted is not None:
            return noted.epoch
        last = self.main.adapters.store.last_sealed(self.main.lane_id)
        return last.epoch if last else 0

    def _note(self, lease: Lease, wanted: Clone) -> Clone:
        partitions = self.main.history.as_of(wanted.epoch, wanted.source)  # 2
        behind = self._sealed(wanted.epoch)
        maker = layout.CloneAttempt(lease.lane, wanted.table, lease.fence)
        uri = layout.manifest_in(layout.folder(self.main.root, maker))
        manifest = self._write_manifest(uri, lease, behind, partitions)  # 3
        noted = self.main.adapters.store.record_clone(lease, replace(wanted, manifest=manifest))  # 4
        self._reached("clone_recorded", noted)
        return noted

    def _sealed(self, number: int) -> Epoch:
        epochs = self.main.history.epochs_of_main()
        found = next((e for e in epochs if e.epoch == number and e.status is Status.SEALED), None)
        if found is None:
            raise RefusedError(f"{self.main.lane_id} has no sealed epoch to show")
        return found

    def _write_manifest(
        self, uri: str, lease: Lease, behind: Epoch, partitions: Sequence[StagedPartition]
    ) -> ManifestRef:
        """That of the epoch, with all partitions of the table in place of its own, and without its state."""
        of_epoch = read_manifest(self.main.adapters.storage, behind.manifest)
        alone = tuple(replace(p, previous=None) for p in partitions)
        data = replace(
            of_epoch, attempt=lease.fence, partitions=alone, operators={}, counts=Counts(), archives={}
        ).to_json()
        self.main.adapters.storage.write(uri, data)
        return ManifestRef(uri, checksum(data))

    def _reached(self, point: str, clone: Clone) -> None:
        self.main.crash.reach(point, pipeline=clone.pipeline, epoch=clone.epoch)
