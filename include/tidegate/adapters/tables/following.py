"""How another pipeline went on behind what was read of it: what is new, what was taken back or made anew."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from tidegate.adapters.tables.detail import EpochDetail
from tidegate.adapters.tables.upstream import ForgottenError, Group, Look, Meeting, chosen
from tidegate.api.tables import TidegateSource
from tidegate.errors import ConfigurationError, RefusedError, SourceGapError
from tidegate.protocol.model import Epoch, Slice

_NAMED_MOST = 10
"""An error names at most so many epochs."""


@dataclass(frozen=True)
class Onwards:
    """How another pipeline went on behind what was read.

    Args:
        at: up to which of its epochs nothing is compared: what was read of them is what its table shows.
        passed: how many epochs come behind that.
        groups: the rows that its table shows of these, and that were not read.
        problems: why what was read behind `at` is not what is shown now; as sentences.
    """

    at: int
    passed: int
    groups: tuple[Group, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """What is shown behind an epoch, beside what was read.

    Args:
        passed: how many epochs come behind it.
        fresh: the rows that were not read.
        differ: the epochs whose rows were read, and are not shown so.
        shown: all epochs whose rows are shown.
    """

    passed: int
    fresh: tuple[Group, ...]
    differ: frozenset[int]
    shown: frozenset[int]


@dataclass(frozen=True)
class Anew:
    """What a person accepts: to go on behind epoch `at`, and that of the epochs `accepted` other rows were read."""

    at: int
    accepted: tuple[int, ...]


@dataclass(frozen=True)
class Changed:
    """Why a planned epoch is not what the table shows, and behind which epoch the table can be looked through anew."""

    why: str
    at: int | None


@dataclass(frozen=True)
class Following:
    """Compares what was read, or is planned, with one look at the other pipeline.

    Args:
        source: the declaration.
        pipeline: that reads; for messages.
        look: at the other one.
        ledger: gives all slices that the source's ledger has.
    """

    source: TidegateSource
    pipeline: str
    look: Look
    ledger: Callable[[], Sequence[Slice]]

    def first(self) -> tuple[list[Group], bool]:
        """What the first look takes, and whether it keeps where it began although that is nothing."""
        start = self.source.start
        if start == "earliest":
            return self.whole(), False
        if start == "latest":
            return [], True
        assert isinstance(start, int)
        try:
            met = self.look.meeting(start)
        except ForgottenError as e:
            raise ConfigurationError(
                f"{self.pipeline}: {self.source.pipeline} does not keep its epoch {e.number} any more, so nobody can "
                f"begin behind its epoch {start}: correct TidegateSource start"
            ) from e
        if met.at != start:
            raise ConfigurationError(
                f"{self.pipeline}: epoch {start} of {self.source.pipeline} was rolled back, or never was: correct "
                "TidegateSource start"
            )
        return self._shown(start, met.new), False

    def whole(self) -> list[Group]:
        """All rows that the table shows."""
        return self.look.shown(self.look.head, after=0)

    def onwards(self, last: EpochDetail, *, unread: Sequence[Slice] = ()) -> Onwards:
        """What comes behind the last slice, and what became of what is read or planned up to it; `unread` is not."""
        try:
            met, since = self.look.meeting(last.upto), self.look.meeting(last.seen)
        except ForgottenError as e:
            why = (
                f"{self.source.pipeline} does not keep its epoch {e.number} any more, and its table was looked through "
                f"up to epoch {last.upto}: what its epochs put there since cannot be told apart any more"
            )
            return Onwards(e.at, 0, (), (why,))
        at = min(met.at, self._as_before(since))
        compared = self._compared(at, [] if at >= last.seen else self._read(unread))
        problems = self._told(compared.differ - set(last.accepted), compared)
        return Onwards(at, compared.passed, compared.fresh, problems)

    def _compared(self, at: int, read: Sequence[EpochDetail]) -> Compared:
        new = self.look.meeting(at).new
        groups, read = self._shown(at, new), [d for d in read if d.epoch > at]
        shown = {(g.epoch, g.paths) for g in groups}
        covered = [self._covered(d) for d in read]
        return Compared(
            passed=len(new),
            fresh=tuple(g for g in groups if not any(g.epoch in of_one for of_one in covered)),
            differ=frozenset(d.epoch for d in read if (d.epoch, self._paths(d)) not in shown),
            shown=frozenset(g.epoch for g in groups),
        )

    def _as_before(self, met: Meeting) -> int:
        """Up to which epoch the table shows the rows that it showed."""
        remade = [first - 1 for e in (*met.undone, *met.new) if (first := self.look.remade_from(e)) is not None]
        return min([met.at, *remade])

    def _read(self, unread: Sequence[Slice] = ()) -> list[EpochDetail]:
        """What was read, or (without `unread`) is planned, and not skipped."""
        waiting = {s.position for s in unread}
        details = [EpochDetail.of(s) for s in self.ledger() if not s.skipped and s.position not in waiting]
        return [d for d in details if d.manifest]

    def _covered(self, read: EpochDetail) -> range:
        """The epochs whose rows may be in a slice that was read, of those that come in what is shown now."""
        try:
            at = self.look.meeting(read.upto).at
        except ForgottenError:
            at = read.epoch
        return range(read.after + 1, min(read.epoch, at) + 1)

    def _told(self, differ: Set[int], compared: Compared) -> tuple[str, ...]:
        upstream, table = self.source.pipeline, self.source.table
        problems = []
        if gone := sorted(differ - compared.shown):
            problems.append(
                f"{upstream} was rolled back, or promoted a lane: {table} does not show the rows of its {_named(gone)} "
                "any more, which are read or planned"
            )
        if remade := sorted(differ & compared.shown):
            problems.append(
                f"{upstream} promoted a lane, or undid that: {table} shows other rows of its {_named(remade)} than are "
                "read or planned"
            )
        return tuple(problems)

    def _paths(self, detail: EpochDetail) -> frozenset[str]:
        """Its files; none when the other pipeline has deleted the manifest, so nothing that it shows now is in it."""
        try:
            manifest = self.look.manifest(detail.manifest)
        except SourceGapError:
            return frozenset()
        partitions = chosen(manifest, detail.table, detail.partitions)
        return frozenset(f.path for p in partitions for f in p.files)

    def _shown(self, at: int, new: Sequence[Epoch]) -> list[Group]:
        """What the epochs `new`, which come behind epoch `at`, put into the table, as it shows it now."""
        made = [self.look.made(e) for e in new if self.look.puts(e)]
        found, bound = list[Group](), self.look.head
        for promotion in reversed(new):
            first = self.look.remade_from(promotion)
            if first is None or first > bound:
                continue
            base = max(first - 1, at)  # behind it, and up to the promotion, the table is as that left it
            later = [g for g in made if promotion.epoch < g.epoch <= bound]
            anew = [g for g in self.look.shown(promotion.epoch, after=base) if g.epoch <= bound]
            found, bound = [*anew, *later, *found], base
        return [*(g for g in made if g.epoch <= bound), *found]

    def begins(self, last: EpochDetail) -> bool:
        """Whether nothing was read, so that the table is read whole as at first."""
        return last.upto == 0 and not self._read()

    def changed(self, detail: EpochDetail) -> Changed | None:
        """How what was planned is not what the table shows; None when it is."""
        if detail.manifest is None:
            return None
        upstream = self.source.pipeline
        try:
            met = self.look.meeting(detail.upto)
        except ForgottenError as e:
            why = (
                f"{upstream} does not keep its epoch {e.number} any more, so nobody can tell whether the rows of its "
                f"epoch {detail.epoch} are as they were"
            )
            return Changed(why, None)
        if detail.epoch > (at := self._as_before(met)):
            why = (
                f"{upstream} was rolled back over epoch {detail.epoch}, or a promotion made or undid its rows, which "
                "are planned"
            )
            return Changed(why, min(at, detail.after))
        return None

    def anew(self, tail: EpochDetail, waiting: Sequence[Slice]) -> Anew | None:
        """How to go on when what was read, or waits, is not what is shown; None when it is.

        Raises RefusedError when rows that are to be read again are joined with some that were read.
        """
        on = self.onwards(tail, unread=waiting)
        details = [EpochDetail.of(s) for s in waiting]
        changed = [c.at for c in map(self.changed, details) if c and c.at is not None]
        if not on.problems and not changed:
            return None
        at, joined = min([on.at, *changed]), [d for d in details if d.after < d.epoch - 1]
        while inside := [d for d in joined if d.after < at < d.epoch]:
            at = min(d.after for d in inside)
        read = {d.upto for d in self._read(waiting) if d.after < d.epoch - 1}
        if any(d.epoch > at and d.upto in read for d in joined):
            raise RefusedError(
                f"{self.pipeline}: rows of {self.source.table} that are to be read again are joined with others that "
                f"were read: roll back to before all of them first: `tidegate rollback {self.pipeline} --to-epoch 0 "
                "--allow-gap`"
            )
        return Anew(at, tuple(sorted(self._compared(at, self._read(waiting)).differ)))


def _named(numbers: Sequence[int]) -> str:
    """Epochs for people."""
    named = ", ".join(map(str, numbers[:_NAMED_MOST]))
    more = f" and {len(numbers) - _NAMED_MOST} more" if len(numbers) > _NAMED_MOST else ""
    return f"{'epoch' if len(numbers) == 1 else 'epochs'} {named}{more}"
