"""Ways to break the protocol: each is one change of the text of one file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """`old`, which stands once in `file` (below ``include/tidegate``), becomes `new`; `breaks` is the invariant."""

    name: str
    breaks: str
    file: str
    old: str
    new: str


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "record the swap without making it",
        "I2",
        "engine/publishing.py",
        "            sink.publish(target, of_target)  # 10\n",
        "            pass\n",
    ),
    Mutant(
        "seal a STAGED epoch",
        "I2",
        "engine/coordinator.py",
        "            elif epoch.status is Status.STAGED:\n                epoch = self._publisher.publish",
        "            elif epoch.status is None:\n                epoch = self._publisher.publish",
    ),
    Mutant(
        "seal what another attempt published without reading it back",
        "I4",
        "engine/coordinator.py",
        "                self._publisher.read_back(epoch)\n",
        "                pass\n",
    ),
    Mutant(
        "publish partition by partition",
        "I2",
        "adapters/hive/sink.py",
        "            self._metastore.alter(table, there, moved)\n",
        "            for one in moved:\n                self._metastore.alter(table, there, [one])\n",
    ),
    Mutant(
        "add partitions where they are, not empty, before the one call",
        "I2",
        "adapters/hive/sink.py",
        "[Placement(p.values, empty, p.parameters) for p in new]",
        "new",
    ),
    Mutant(
        "take a lost answer for success",
        "I6",
        "adapters/hive/sink.py",
        "            if any(found.get(p.values) != normal(p.location) for p in wanted):\n                raise\n",
        "            print(found)\n",
    ),
    Mutant(
        "drop the partitions when the answer was lost",
        "I6",
        "adapters/hive/sink.py",
        "            if any(found.get(p.values) != normal(p.location) for p in wanted):\n                raise\n",
        "            self.drop(target, list(found))\n            raise\n",
    ),
    Mutant(
        "do not compare the fence when writing",
        "I4",
        "adapters/checkpoint/changes.py",
        '    if row["fence"] != lease.fence:\n',
        '    if row["fence"] is None:\n',
    ),
    Mutant(
        "give the same fence out twice",
        "I4",
        "adapters/checkpoint/queries.sql",
        "    fence = l.fence + 1,\n",
        "    fence = l.fence,\n",
    ),
    Mutant(
        "take a lane whose holder lives",
        "I4",
        "adapters/checkpoint/queries.sql",
        "    OR l.lease_expires_at <= clock_timestamp()\n",
        "    OR l.lease_expires_at IS NOT NULL\n",
    ),
    Mutant(
        "adopt with an equal fence",
        "I4",
        "protocol/transitions.py",
        "        if fence <= standing.fence:\n",
        "        if fence < standing.fence:\n",
    ),
    Mutant(
        "swap without a last look at the fence",
        "I4",
        "engine/publishing.py",
        "        store.begin_swap(lease, epoch)\n",
        "",
    ),
    Mutant(
        "leave a superseded swap as it is",
        "I4",
        "engine/publishing.py",
        "                self._restore(manifest.touched())\n            raise\n",
        "                pass\n            raise\n",
    ),
    Mutant(
        "do not look for superseded swaps before the next epoch",
        "I4",
        "engine/publishing.py",
        "        self._restore(touched | self.adapters.store.repairs(lane))\n",
        "        self._restore(self.adapters.store.repairs(lane))\n",
    ),
    Mutant(
        "do not look for interrupted repairs before the next epoch",
        "I4",
        "engine/publishing.py",
        "        self._restore(touched | self.adapters.store.repairs(lane))\n",
        "        self._restore(touched)\n",
    ),
    Mutant(
        "repair without noting it first",
        "I4",
        "engine/publishing.py",
        "                self.adapters.store.begin_repair(self.definition.name, target.name, change.touched)\n",
        "",
    ),
    Mutant(
        "undo the swap that a newer attempt is about to make",
        "I2",
        "engine/publishing.py",
        "            if not self._still_to_publish(epoch):\n",
        "            if epoch:\n",
    ),
    Mutant(
        "plan anew on a retry",
        "I1",
        "protocol/recovery.py",
        "    if unfinished is not None:\n",
        "    if unfinished is not None and unfinished.status is not Status.PLANNED:\n",
    ),
    Mutant(
        "plan again for a run whose epoch is sealed",
        "I1",
        "protocol/recovery.py",
        "    if own is not None and own.status is Status.SEALED:\n",
        "    if own is not None and own.status is Status.ABANDONED:\n",
    ),
    Mutant(
        "let a range start anywhere",
        "I1",
        "adapters/checkpoint/store.py",
        "            if offsets.start != expected:\n",
        "            if offsets.start < 0:\n",
    ),
    Mutant(
        "compute again after STAGED",
        "I5",
        "protocol/recovery.py",
        "    Status.STAGED: Step.PUBLISH,\n",
        "    Status.STAGED: Step.PROCESS,\n",
    ),
    Mutant(
        "ignore the parent's state version",
        "I3",
        "engine/work.py",
        "                parent_state=state,\n",
        "                parent_state=(),\n",
    ),
    Mutant(
        "leave the files of repeated tasks in the folder",
        "I2",
        "engine/coordinator.py",
        "                self.adapters.storage.delete(stray)\n",
        "                len(stray)\n",
    ),
    Mutant(
        "do not check the source after computing",
        "I8",
        "engine/coordinator.py",
        "                self.adapters.source.check(self.work.entries(epoch.offsets))  # 5\n",
        "                self.work.entries(epoch.offsets)\n",
    ),
    Mutant(
        "publish without setting the heads",
        "I4",
        "adapters/checkpoint/store.py",
        "                set_heads(cursor, epoch, heads)\n",
        "                len(heads)\n",
    ),
    Mutant(
        "clean up what a running attempt writes",
        "I6",
        "protocol/retention.py",
        "    return int(attempt.group(2)) < oldest_running_fences.get(attempt.group(1), 0)\n",
        "    return int(attempt.group(2)) < 10**9\n",
    ),
    Mutant(
        "clean up what retained manifests replaced",
        "I6",
        "protocol/retention.py",
        "                    self._folders.add(partition.previous.location)\n",
        "",
    ),
    Mutant(
        "forget an unfinished epoch",
        "I6",
        "adapters/checkpoint/queries.sql",
        " AND e.status IN ('SEALED', 'ABANDONED')\n",
        "\n",
    ),
    Mutant(
        "roll back to the last epoch's state",
        "I3",
        "adapters/checkpoint/changes.py",
        "        return sealed_epoch(cursor, main, restores)\n",
        "        return last\n",
    ),
    Mutant(
        "keep partitions that were not there in the epoch to go back to",
        "I2",
        "engine/work.py",
        "        gone = [place for place, placed in changed if placed is None]\n",
        "        gone: list[Place] = []\n",
    ),
    Mutant(
        "undo the oldest epoch first",
        "I2",
        "protocol/rebasing.py",
        "    return tuple(sealed[n] for n in range(head, to, -1))\n",
        "    return tuple(sealed[n] for n in range(to + 1, head + 1))\n",
    ),
    Mutant(
        "go back over epochs that are not kept",
        "I2",
        "protocol/rebasing.py",
        "    if missing:\n",
        "    if not sealed:\n",
    ),
    Mutant(
        "go back without looking at the source",
        "I8",
        "engine/rollback.py",
        "            main.adapters.source.check(main.work.entries(offsets))\n",
        "            main.work.entries(offsets)\n",
    ),
    Mutant(
        "take the source positions that are known still for all of them",
        "I8",
        "engine/work.py",
        "        if len(entries) != offsets.stop - offsets.start:\n",
        "        if entries and not offsets.stop:\n",
    ),
    Mutant(
        "skip the epoch that could not be computed, do not abandon it",
        "I1",
        "engine/rollback.py",
        "store.abandon(lease, store.adopt(lease, epoch))",
        "store.seal(lease, store.adopt(lease, epoch))",
    ),
    Mutant(
        "take what the run made before for this rollback",
        "I1",
        "engine/rollback.py",
        "    if (own.kind, own.restores) != (Kind.ROLLBACK, to_epoch):\n",
        "    if own.status is Status.ABANDONED:\n",
    ),
    Mutant(
        "do not look for superseded swaps before going back",
        "I4",
        "engine/coordinator.py",
        "        self._publisher.mend(lease.lane)  # the next epoch of events, which does it too, may be hours away\n",
        "",
    ),
    Mutant(
        "clean up what an unfinished rollback goes back over",
        "I6",
        "protocol/retention.py",
        "        keep |= {e.epoch for e in sealed if e.epoch >= back}\n",
        "        keep |= {back}\n",
    ),
)
