"""Reprocessing: past epochs again, with today's code, on a lane beside `main`; then it may take main's place.

A lane starts from the state behind the epoch before its window and replays main's recorded ranges under main's numbers.
Its files lie in folders of their own and no table shows them, while live epochs go on. A promotion is one epoch of main
that puts every partition where the lane has it, in one metastore call per table. A lane that is given up, or whose
process dies, leaves live as it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lease import kept
from tidegate.engine.manifests import read_manifest, state_for
from tidegate.errors import FencedError, RefusedError
from tidegate.ports import Change, Compared, EpochReport
from tidegate.protocol.fingerprint import changes
from tidegate.protocol.lanes import forkable, lane_name, left, line, serves, usable
from tidegate.protocol.ledger import told
from tidegate.protocol.model import (
    Epoch,
    Fork,
    LaneId,
    LaneStatus,
    Lease,
    Manifest,
    Place,
    Promotion,
    Run,
    StagedPartition,
    Status,
)


@dataclass(frozen=True)
class Lanes:
    """The lanes of one pipeline. `main` is the coordinator of its main lane."""

    main: Coordinator

    def all(self) -> list[Fork]:
        """Every forked lane, in the order in which they were made."""
        return self.main.adapters.store.forks(self.main.definition.name)

    def find(self, name: str) -> Fork:
        """The open lane of that name. Raises RefusedError."""
        return usable(self._named(name), name)

    def _named(self, name: str) -> Fork | None:
        return next((f for f in self.all() if f.lane.lane == name), None)

    def replay(
        self, run: Run, name: str, *, since: int, until: int | None = None, reach_back: bool = False
    ) -> Iterator[EpochReport]:
        """Replay main's epochs `since` to `until` (None: its head) on the lane `name`, which is made when it is new.

        Yields a report for each that is sealed. An interrupted replay goes on where it was: what is sealed already is
        not computed again, nor yielded. With `reach_back` an open lane that starts later is given up for one that
        starts here, and one that starts earlier is continued from there.

        Raises:
            RefusedError: no such window, or the lane is over, or starts elsewhere.
            ConfigurationError: the rows would not fit the tables. Nothing is changed then either.
            SourceGapError: a slice of the window is gone or has changed.
            StateIncompatibleError: the code's state has other types, or other uids, than the state before the window.
        """
        lane, epochs = LaneId(self.main.definition.name, lane_name(name)), self.main.history.epochs_of_main()
        base = _before(epochs, since)
        window = line(epochs, base=base, until=until)
        if not window or window[0].epoch != since:
            raise RefusedError(f"{self.main.lane_id}: epoch {since} has no events, or was rolled back")
        self.main.work.archives.check_window(window)
        forkable(epochs, base=base, upsert=bool(self.main.history.merging))
        self.main.adapters.sink.pending(self.main.definition, self.main.adapters.store.heads)
        self._check_state(next((e for e in epochs if e.epoch == base and e.manifest), None))
        fork = self._fork(lane, base, reach_back=reach_back)
        self._reached("forked", fork)
        for epoch in left(fork, self.main.history.replayed(lane), line(epochs, base=fork.base)):
            if until is None or epoch.epoch <= until:
                yield self._replay(run, fork, epoch)

    def _fork(self, lane: LaneId, base: int, *, reach_back: bool) -> Fork:
        there = self._named(lane.lane)
        if there is not None and serves(there, base=base, reach_back=reach_back):
            return there
        heads = self.main.history.forked(base)
        return self.main.adapters.store.fork(lane, base=base, heads=heads, reach_back=reach_back)

    def _check_state(self, base: Epoch | None) -> None:
        if base is not None:
            state = state_for(self.main.definition, read_manifest(self.main.adapters.storage, base.manifest))
            self.main.adapters.processor.check_state(self.main.definition, state)

    def cover(self, run: Run, name: str, epoch: int) -> None:
        """Let the lane reach from before main's `epoch` to behind it, whatever it covers already.

        A lane that starts later is given up and forked anew, so the runs of a backfill may come in any order.
        """
        since, until = epoch, epoch
        fork = self._named(name)
        if fork is not None and fork.status is LaneStatus.OPEN:
            until = max([epoch, *(e.epoch for e in self.main.history.replayed(fork.lane))])
            window = line(self.main.history.epochs_of_main(), base=fork.base)
            if epoch > fork.base and window:
                since = window[0].epoch
            else:
                self.main.progress(f"{fork.lane}: epoch {epoch} comes before the lane: it is forked anew")
        try:
            for report in self.replay(run, name, since=since, until=until, reach_back=True):
                self.main.progress(f"{report.epoch} replayed")
        except (FencedError, RefusedError):
            now, base = self._named(name), _before(self.main.history.epochs_of_main(), since)
            if now is None or now.status is not LaneStatus.OPEN or now.base >= base:
                raise
            self.main.progress(f"{now.lane}: another run lets the lane start earlier: once more from there")
            self.cover(run, name, epoch)

    def again(self, run: Run, own: Epoch) -> str | None:
        """Process one sealed epoch again on a lane of its own: what a cleared run does.

        Returns the lane's name, or None when it gives the same output and state again. Raises RefusedError, and
        gives the lane up, when its output cannot be swapped alone.
        """
        name = lane_of_clear(run, own)
        fork = self._named(name)
        if fork is not None and fork.status is not LaneStatus.OPEN:  # a retry
            return name if fork.status is LaneStatus.PROMOTED else None
        self.cover(run, name, own.epoch)
        fork = self.find(name)
        then, now = (
            read_manifest(self.main.adapters.storage, e.manifest) for e in (own, *self.main.history.replayed(fork.lane))
        )
        try:
            if _made(then) == _made(now):
                self.main.progress(f"{own} gives the same again: nothing is changed")
                self.discard(name)
                return None
            self._allow_output_only(str(own), self.remaining(fork))
        except RefusedError:
            self.discard(name)
            raise
        return name

    def promote_again(self, run: Run, own: Epoch) -> EpochReport | None:
        """Swap in what `again` made; with its state, unless epochs came behind it. None when it is all the same.

        With an upsert table epochs can only have come since `again`: they are replayed too, and the state is taken.
        """
        name = lane_of_clear(run, own)
        of_clear = replace(run, key=f"{run.key}/{name}")
        fork = self._named(name)
        if fork is None or fork.status is LaneStatus.DISCARDED:
            return None
        behind = fork.status is LaneStatus.OPEN and bool(self.remaining(fork))
        return self.promote(of_clear, name, output_only=behind and not self.main.history.merging)

    def _replay(self, run: Run, fork: Fork, epoch: Epoch) -> EpochReport:
        coordinator = replace(self.main, lane=fork.lane.lane)
        again = replace(run, key=f"replay of epoch {epoch.epoch}")

        def plan(lease: Lease) -> Epoch:
            if (now := self.find(fork.lane.lane)).base != fork.base:
                raise RefusedError(f"{fork.lane}: another run has forked the lane anew, behind epoch {now.base}")
            planned = coordinator.adapters.store.plan(
                lease,
                run=again,
                fingerprint=coordinator.definition.fingerprint,
                offsets=epoch.offsets,
                discovered=(),
                number=epoch.epoch,
            )
            coordinator.progress(f"{planned} planned: source positions {told(epoch.offsets)}")
            return planned

        report = coordinator.complete(again, plan)
        assert report is not None  # `plan` gave an epoch
        return report

    def remaining(self, fork: Fork) -> tuple[Epoch, ...]:
        """Main's epochs that the lane has not replayed yet.

        Raises RefusedError when main went back meanwhile, or a promotion replaced what the lane began from.
        """
        history = self.main.history
        epochs = history.epochs_of_main()
        forkable(epochs, base=fork.base, upsert=bool(self.main.history.merging))
        return left(fork, history.replayed(fork.lane), line(epochs, base=fork.base))

    def changes(self, fork: Fork) -> list[Change]:
        """The partitions whose content would be another if the lane were promoted now."""
        history, targets = self.main.history, {t.name: t for t in self.main.definition.all_targets}
        now, promoted = history.now(), history.promoted(fork)
        before = history.partitions((place, now.get(place)) for place, _ in promoted)
        changed = [
            Change(targets[table], values, was, after)
            for ((table, values), _), was, after in zip(promoted, before, history.partitions(promoted), strict=True)
        ]
        return [c for c in changed if _content(c.now) != _content(c.after)]

    def changed(self, fork: Fork) -> tuple[str, ...]:
        """What is another in the pipeline that made the lane's newest epoch than in the one that made it on main."""
        replayed = self.main.history.replayed(fork.lane)[-1:]
        pairs = [
            (read_manifest(self.main.adapters.storage, e.manifest) for e in (of_main, own))
            for own in replayed
            for of_main in self.main.history.epochs_of_main()
            if of_main.epoch == own.epoch and of_main.status is Status.SEALED
        ]
        return tuple(what for then, now in pairs for what in changes(then.definition, now.definition))

    def compare(self, fork: Fork) -> list[Compared]:
        """The rows that a promotion would add, remove and change now, by partition."""
        return self.main.adapters.processor.compare(self.changes(fork))

    def promote(self, run: Run, name: str, *, output_only: bool = False) -> EpochReport | None:
        """Let the lane take main's place: all partitions in one metastore call per table, and its state.

        First it catches up with main, whose lease is only held for the last of that. None when nothing would change:
        the lane is discarded then.

        Args:
            run: who asks. Asking again for the same run finishes what an earlier attempt began.
            name: the lane.
            output_only: leave main's state, and do not catch up. Partitions that later epochs of main have rewritten
                would be lost, so upsert tables allow it only for a lane that has caught up.

        Raises RefusedError, before any change: no such lane, `output_only` is not possible, main was rolled back
        over what the lane replayed, or another lane was promoted over what this one began from.
        """
        done = self.main.adapters.store.of_run(self.main.lane_id, run.key)
        if done is None:
            fork = self.find(name)
            if output_only:
                self._allow_output_only(str(fork.lane), self.remaining(fork))
            else:
                while len(behind := self.remaining(fork)) > 1:
                    self._replay(run, fork, behind[0])
        return self.main.complete(run, lambda lease: self._plan_promotion(lease, run, name, output_only=output_only))

    def _plan_promotion(self, lease: Lease, run: Run, name: str, *, output_only: bool) -> Epoch | None:
        fork, store = self.find(name), self.main.adapters.store
        if output_only:
            self._allow_output_only(str(fork.lane), self.remaining(fork))
        else:
            with kept(self.main.adapters.connect, lease):  # no live epoch comes in between
                for epoch in self.remaining(fork):
                    self._replay(run, fork, epoch)
        if not self.changes(fork) and (output_only or self._same_state(fork)):
            self.discard(name)
            self.main.progress(f"{fork.lane}: the replay gives what the tables show already: nothing is changed")
            return None
        return self.main.rooms.opener.empty(
            lease,
            run,
            behind=store.last_sealed(lease.lane),
            purpose=Promotion(name, fork.base, keeps_state=output_only),
        )

    def _allow_output_only(self, subject: str, behind: Sequence[Epoch]) -> None:
        upsert = self.main.history.merging
        if behind and upsert:
            raise RefusedError(
                f"{subject}: later epochs, up to {behind[-1].epoch}, have rewritten partitions of {upsert[0]} from "
                "what it made, so they must be replayed too: give the run the parameter `lane`, and promote that lane"
            )

    def _same_state(self, fork: Fork) -> bool:
        head, replayed = self.main.adapters.store.last_sealed(self.main.lane_id), self.main.history.replayed(fork.lane)
        if head is None or not replayed:
            return True
        mine, theirs = (read_manifest(self.main.adapters.storage, e.manifest) for e in (head, replayed[-1]))
        return [r.sha256 for r in mine.state] == [r.sha256 for r in theirs.state]

    def discard(self, name: str) -> Fork:
        """Give a lane up: an attempt that works on it is superseded, a clean-up deletes its files."""
        if self._named(name) is None:
            usable(None, name)
        fork = self.main.adapters.store.discard(LaneId(self.main.definition.name, name))
        self._reached("discarded", fork)
        return fork

    def _reached(self, point: str, fork: Fork) -> None:
        self.main.crash.reach(point, pipeline=fork.lane.pipeline, epoch=fork.base)


def lane_of_clear(run: Run, own: Epoch) -> str:
    """The lane on which a cleared run processes its epoch again: another one each time that it is cleared."""
    return f"epoch-{own.epoch}-clear-{run.clear_number}"


def _before(epochs: list[Epoch], since: int) -> int:
    """The epoch that `since` started from: what a lane is forked behind."""
    epoch = next((e for e in epochs if e.epoch == since and e.manifest), None)
    if epoch is None:
        raise RefusedError(f"epoch {since} is not kept, or was never staged")
    parent = next((e for e in epochs if e.manifest == epoch.parent), None) if epoch.parent else None
    if epoch.parent and parent is None:
        raise RefusedError(f"epoch {since} cannot be replayed: the state it started from is not kept any more")
    return parent.epoch if parent else 0


def _made(manifest: Manifest) -> tuple[dict[Place, list[str]], list[str]]:
    """Checksums of what an epoch made: its partitions and its state."""
    return {(p.table, p.values): _content(p) for p in manifest.partitions}, [r.sha256 for r in manifest.state]


def _content(partition: StagedPartition | None) -> list[str]:
    return [f.sha256 for f in partition.files] if partition else []
