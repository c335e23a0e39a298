"""Going back to an earlier epoch: which epochs are undone, and where each partition then lies."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from tidegate.errors import RefusedError
from tidegate.protocol.model import Epoch, Manifest, ManifestRef, Place, Placed, Status


def undone(epochs: Iterable[Epoch], *, to: int) -> tuple[Epoch, ...]:
    """The epochs behind epoch `to` (0: all) that the heads show, the newest first; the newest may not be sealed yet.

    Args:
        epochs: all rows of the lane that are kept.
        to: the epoch whose tables, state and offsets are wanted.

    Raises RefusedError when that epoch, or one behind it, is not kept any more, or never was.
    """
    shown = {e.epoch: e for e in epochs if e.status in (Status.PUBLISHED, Status.SEALED)}
    head, last = max(shown, default=0), max((n for n, e in shown.items() if e.status is Status.SEALED), default=0)
    if not 0 <= to <= last:
        raise RefusedError(f"there is no sealed epoch {to}: the last one is {last}")
    missing = [n for n in range(max(to, 1), head + 1) if n not in shown]
    if missing:
        oldest = max(missing) + 1
        raise RefusedError(
            f"epoch {to} cannot be gone back to: epoch {missing[-1]} is not kept any more (see Retention); "
            f"the oldest that can is {oldest}"
        )
    return tuple(shown[n] for n in range(head, to, -1))


def newest_at(epochs: Iterable[Epoch], at_ms: int) -> int:
    """The number of the newest epoch that was sealed at `at_ms` (UTC) or before: what readers then saw.

    Raises RefusedError when none of the kept ones was.
    """
    sealed = [(e.epoch, e.sealed_ms) for e in epochs if e.status is Status.SEALED and e.sealed_ms is not None]
    found = max((n for n, sealed_ms in sealed if sealed_ms <= at_ms), default=None)
    if found is None:
        raise RefusedError(
            "no epoch that is kept was sealed by then" + (f": the oldest is {min(sealed)[0]}" if sealed else "")
        )
    return found


def undo(placed: Mapping[Place, Placed], manifests: Iterable[Manifest]) -> dict[Place, Placed]:
    """Where the partitions lay before the epochs of these manifests, the newest first."""
    before = dict(placed)
    for manifest in manifests:
        for partition in manifest.partitions:
            place = partition.table, partition.values
            if partition.previous is None:
                before.pop(place, None)
            else:
                before[place] = partition.previous
    return before


def redo(placed: Mapping[Place, Placed], manifests: Iterable[tuple[ManifestRef, Manifest]]) -> dict[Place, Placed]:
    """Where the partitions lie behind the epochs of these manifests, the oldest first."""
    after = dict(placed)
    for ref, manifest in manifests:
        for partition in manifest.partitions:
            place = partition.table, partition.values
            if partition.files:
                after[place] = Placed(partition.location, ref)
            else:
                after.pop(place, None)
    return after


def reapplied(
    placed: Mapping[Place, Placed],
    ref: ManifestRef,
    manifest: Manifest,
    *,
    since: int,
    base: int,
    window: Collection[int],
    tables: Collection[str],
) -> dict[Place, Placed]:
    """Where partitions lie when what an earlier promotion made of epochs is put over them again.

    Its manifest lists what it changed then. Compactions had joined partitions by that time, so that it also put back
    others than its own, and did not list those of its own that it left empty. So of its epochs there is what it lists,
    and nothing else; what it lists of others is wanted only where they are joined with its own here, too.

    Args:
        placed: the partitions as they lie without the promotion, behind epoch `base` as they were then, each with the
            rows of what was joined by then; behind that each with those of one epoch.
        ref: of `manifest`.
        manifest: that of the promotion. One from before `until` was noted is taken to have made all that it lists.
        since: the epoch behind which its lane was forked.
        base: see `placed`.
        window: epochs that are replayed now, so what it made of them is not wanted.
        tables: those whose partitions begin with the number of an epoch; what it lists of others is not wanted.
    """
    listed = {int(p.values[0]) for p in manifest.partitions if p.table in tables}
    made = listed if manifest.until is None else range(since + 1, manifest.until + 1)

    def own(place: Place) -> bool:
        table, values = place
        return table in tables and int(values[0]) in made and int(values[0]) not in window

    def joined(place: Place) -> bool:
        table, values = place
        return table in tables and since < base and int(values[0]) <= base

    kept = {place: at for place, at in placed.items() if not own(place)}
    wanted = [p for p in manifest.partitions if own((p.table, p.values)) or joined((p.table, p.values))]
    return redo(kept, [(ref, replace(manifest, partitions=tuple(wanted)))])


def changes(now: Mapping[Place, Placed], wanted: Mapping[Place, Placed]) -> list[tuple[Place, Placed | None]]:
    """The partitions that lie elsewhere in `wanted`, in order; None for those that are not in it."""
    return [
        (place, wanted.get(place))
        for place in sorted(now.keys() | wanted.keys())
        if _location(now.get(place)) != _location(wanted.get(place))
    ]


def tables(changed: Sequence[tuple[Place, Placed | None]]) -> dict[str, tuple[int, int]]:
    """How many partitions of each table are placed, and how many removed."""
    counts: dict[str, tuple[int, int]] = {}
    for (table, _), placed in changed:
        there, gone = counts.get(table, (0, 0))
        counts[table] = (there, gone + 1) if placed is None else (there + 1, gone)
    return counts


def _location(placed: Placed | None) -> str | None:
    return None if placed is None else placed.location
