"""Another pipeline's table as a source: each epoch that put rows into it is a slice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from tidegate.adapters.files.storage import FsStorage
from tidegate.adapters.tables.detail import EpochDetail
from tidegate.adapters.tables.files import columns_in, constants_of, local
from tidegate.adapters.tables.following import Following
from tidegate.adapters.tables.reader import EpochsReader, partitions_of
from tidegate.adapters.tables.upstream import Checkpoint, Group, Look
from tidegate.api.tables import TidegateSource
from tidegate.errors import ConfigurationError, DataDamagedError, SourceGapError
from tidegate.ports import Known
from tidegate.protocol.ledger import NO_LIMIT, Limit, behind
from tidegate.protocol.model import Slice

_MARKED = 10
"""Behind so many epochs without rows of the table a slice says how far it was looked through: the other pipeline may
forget them."""


class TidegateSourceAdapter:
    """Implements `ports.Source` for one pipeline's TidegateSource.

    Args:
        source: the declaration.
        pipeline: that reads; for messages.
        checkpoint: the tables that both pipelines have.
        ledger: gives all slices that the source's ledger has.
    """

    def __init__(
        self, source: TidegateSource, pipeline: str, checkpoint: Checkpoint, ledger: Callable[[], Sequence[Slice]]
    ) -> None:
        if source.pipeline == pipeline:
            raise ConfigurationError(
                f"{pipeline}: a pipeline cannot read its own table: correct TidegateSource pipeline"
            )
        self._source = source
        self._pipeline = pipeline
        self._checkpoint = checkpoint
        self._ledger = ledger

    @property
    def retiring(self) -> None:
        """Whose tables they are, their partitions stay; see the port."""
        return None

    @property
    def limit(self) -> Limit:
        """The cap of the settings."""
        return Limit(rows=self._source.max_rows)

    def discover(
        self,
        tail: Slice | None,
        known: Known,
        *,
        limit: Limit = NO_LIMIT,  # noqa: ARG002  (an epoch is never split)
        until_ms: int | None = None,
    ) -> list[Slice]:
        """A slice for each epoch that is new, in the order of what the table shows; see the port.

        One without rows keeps where the source began, and how far it was looked through.

        Raises:
            ConfigurationError: the other pipeline or its table is not there, or cannot be read so.
            SourceGapError: what was read was taken back or made anew, or what comes next is not kept any more.
        """
        if until_ms is not None:
            raise ConfigurationError(
                f"{self._pipeline}: epochs of {self._source.pipeline} tell no time by which an interval could bound "
                "them: declare bound='available', and start runs by the table's asset"
            )
        now, last = self._now(), self._detail(tail) if tail else None
        groups: Sequence[Group]
        if last is None:
            groups, mark = now.first()
        elif now.begins(last):
            groups, mark = now.whole(), False
        else:
            on = now.onwards(last)
            if on.problems:
                raise _gap(self._pipeline, self._source, on.problems)
            groups, mark = on.groups, on.passed >= _MARKED
        if groups:
            return self._slices(groups, behind(tail), now.look, known)
        return [self._mark(behind(tail), now.look, now.look.head)] if mark else []

    def _now(self) -> Following:
        look = Look(self._source, self._pipeline, self._checkpoint)
        return Following(self._source, self._pipeline, look, self._ledger)

    def _detail(self, slice_: Slice) -> EpochDetail:
        detail = EpochDetail.of(slice_)
        if (detail.pipeline, detail.table) != (self._source.pipeline, self._source.table):
            raise ConfigurationError(
                f"{self._pipeline}: the source {self._source.uid!r} has read {detail.table} of {detail.pipeline}: "
                "another table is another source, give it a uid of its own"
            )
        return detail

    # -- slices -----------------------------------------------------------------------------------------------------

    def _slices(self, groups: Sequence[Group], position: int, look: Look, known: Known) -> list[Slice]:
        self._check_columns(look, groups[-1])
        keys = [f"{self._source.table}@{g.epoch}" + ("" if g.whole else f".{g.by}") for g in groups]
        skipped = known(keys)  # and shown again: there is an entry already
        return [
            self._slice(at, f"{key}~{at}" if key in skipped else key, group, look)
            for at, (key, group) in enumerate(zip(keys, groups, strict=True), position)
        ]

    def _slice(self, position: int, key: str, group: Group, look: Look) -> Slice:
        source, files = self._source, [f for p in group.partitions for f in p.files]
        detail = EpochDetail(
            pipeline=source.pipeline,
            table=source.table,
            epoch=group.epoch,
            after=group.after,
            by=group.by,
            manifest=group.manifest,
            partitions=None if group.whole else tuple(p.values for p in group.partitions),
            columns=look.columns(look.manifest(group.manifest)),
            upto=look.head,
        )
        rows, size = sum(f.rows for f in files), sum(f.bytes for f in files)
        return Slice(source.uid, position, key, detail.to_json(), rows=rows, bytes=size)

    def _mark(self, position: int, look: Look, upto: int, *, accepted: tuple[int, ...] = ()) -> Slice:
        source = self._source
        detail = EpochDetail(source.pipeline, source.table, upto, upto, look.head, None, (), (), upto, accepted)
        return Slice(source.uid, position, f"{source.table}@{upto}#{position}", detail.to_json(), rows=0, bytes=0)

    def _check_columns(self, look: Look, newest: Group) -> None:
        """The newest rows have every declared column: what they have not is none of the table, or not yet."""
        file = next(f for p in newest.partitions for f in p.files)
        of_partition = look.columns(look.manifest(newest.manifest))
        try:
            with local(file.path, file.bytes, file.sha256) as path:
                there = columns_in(path)
        except DataDamagedError as e:
            raise _lost(
                self._pipeline, f"{file.path} is not as epoch {newest.by} of {self._source.pipeline} wrote it"
            ) from e
        declared = self._source.schema.names
        if missing := [name for name in declared if name not in there and name not in of_partition]:
            raise ConfigurationError(
                f"{self._pipeline}: {self._source.table} has no column {missing[0]!r} in its newest rows; it has "
                f"{', '.join([*of_partition, *sorted(there)])}: correct TidegateSource schema"
            )

    # -- what was planned -------------------------------------------------------------------------------------------

    def measured(self, slices: Iterable[Slice], *, rows: bool, times: bool) -> Iterator[Slice]:  # noqa: ARG002
        """The same slices: they have their rows since they were found, and tell no times; see the port."""
        return iter(slices)

    def check(self, slices: Sequence[Slice]) -> None:
        """The other pipeline's table shows planned epochs as they were, and their files are there; see the port."""
        now = self._now()
        for slice_ in slices:
            detail = self._detail(slice_)
            if changed := now.changed(detail):
                raise _gap(self._pipeline, self._source, [changed.why])
            if lost := _missing(self._pipeline, detail):
                raise lost
            for partition in partitions_of(self._pipeline, detail):
                constants_of(self._source.schema, detail.columns, partition.values)

    def renewed(self, slices: Sequence[Slice]) -> list[Slice]:
        """None: the rows of an epoch never change; see the port."""
        self.check(slices)
        return []

    def recut(self, before: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:  # noqa: ARG002
        """None: an epoch is never split; see the port."""
        return []

    def bridged(self, tail: Slice | None, waiting: Sequence[Slice]) -> list[Slice]:
        """Lets what waits be planned anew, and what is lost be skipped; see the port.

        When a planned epoch is not shown as it was, it and those behind it are skipped, and a slice without rows says
        behind which epoch to go on: they are found again as they are now. What was read stays as it was read.

        Raises RefusedError when rows that are to be read again are joined with some that were read.
        """
        if tail is None:
            return []
        now = self._now()
        anew = now.anew(self._detail(tail), waiting)
        found = []
        for slice_ in waiting:
            detail = self._detail(slice_)
            again = anew is not None and detail.epoch > anew.at
            if again or now.changed(detail) or _missing(self._pipeline, detail):
                found.append(replace(slice_, skipped=True))
        if anew is not None:
            mark = self._mark(behind(tail), now.look, anew.at, accepted=anew.accepted)
            found.append(replace(mark, skipped=True))
        return found

    def outlook(self, tail: Slice | None, known: Known) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing: every epoch that is sealed is in a slice; see the port."""
        return ()

    def rows(self, slices: Sequence[Slice]) -> int | None:
        """The rows that were planned."""
        return sum(s.rows or 0 for s in slices)

    def gone(self, slices: Sequence[Slice]) -> list[Slice]:
        """All but the last of epochs that the other pipeline has forgotten: it cannot go back or forward to them."""
        if not slices:
            return []
        look = self._now().look
        return [s for s in slices[:-1] if not look.kept(self._detail(s).epoch)]

    def named(self, text: str) -> str:
        """The slice's key, as it is."""
        return text

    def sealed(self, last: Callable[[], Slice | None]) -> str | None:  # noqa: ARG002
        """Nobody is told; see the port."""
        return None

    def reader(self) -> EpochsReader:
        """What reads the files of epochs."""
        return EpochsReader(self._pipeline, self._source)


def _gap(pipeline: str, source: TidegateSource, problems: Sequence[str]) -> SourceGapError:
    return SourceGapError(
        f"{pipeline}: {'; '.join(problems)}. Nothing was skipped, and nothing of it was published. To keep what was "
        f"read and go on as {source.table} is now: `tidegate gap {pipeline} --accept --reason …`. To take back first "
        f"what was read: `tidegate rollback {pipeline} --to-epoch N --allow-gap`, N being the last epoch that read "
        "none of it"
    )


def _lost(pipeline: str, why: str) -> SourceGapError:
    return SourceGapError(
        f"{pipeline}: {why}. Nothing was published. Put the file back, or go on without the rows: "
        f"`tidegate gap {pipeline} --accept --reason …`"
    )


def _missing(pipeline: str, detail: EpochDetail) -> SourceGapError | None:
    """What to raise for a file of a planned epoch that is not there as it was written; None when all are."""
    try:
        partitions = partitions_of(pipeline, detail)
    except SourceGapError as e:
        return _lost(pipeline, f"epoch {detail.by} of {detail.pipeline} cannot be read: {e}")
    for file in (f for p in partitions for f in p.files):
        size = FsStorage().size(file.path)
        if size != file.bytes:
            found = "is gone" if size is None else f"has {size} bytes, not {file.bytes}"
            return _lost(pipeline, f"{file.path}, which epoch {detail.by} of {detail.pipeline} wrote, {found}")
    return None
