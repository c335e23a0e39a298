"""Goal: undoing manifests, the newest first, gives the heads of any earlier epoch; what is not kept is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as make
from tidegate.errors import RefusedError
from tidegate.protocol.model import Epoch, Manifest, ManifestRef, Place, Placed, Run, Status
from tidegate.protocol.rebasing import changes, newest_at, tables, undo, undone

Heads = dict[Place, Placed]
PLACES: list[Place] = [("d.log", ("1", "x")), ("d.log", ("2", "x")), ("d.latest", ("x",)), ("d.latest", ("y",))]

TOUCHED = st.dictionaries(st.sampled_from(PLACES), st.booleans(), max_size=len(PLACES))
"""What an epoch touches: True where it puts files, False where it leaves none."""


def ref(epoch: int) -> ManifestRef:
    return ManifestRef(f"file:///w/{epoch}/manifest.json", str(epoch))


def published(heads: Heads, epoch: int, wanted: dict[Place, str | None]) -> tuple[Manifest, Heads]:
    """An epoch that puts each place at a location, or empties it, and the heads behind it."""
    partitions, after = [], dict(heads)
    for (table, values), location in wanted.items():
        at = location or f"file:///w/{epoch}/empty"
        files = None if location else ()
        partitions.append(make.partition(table, *values, at=at, files=files, previous=heads.get((table, values))))
        if location:
            after[table, values] = make.placed(at, ref(epoch))
        else:
            after.pop((table, values), None)
    return make.manifest(*partitions, epoch=epoch), after


def where(heads: Heads) -> dict[Place, str]:
    return {place: placed.location for place, placed in heads.items()}


@given(st.lists(st.one_of(TOUCHED, st.integers(0, 100)), min_size=1, max_size=12))
def test_undoing_any_history_gives_the_heads_that_were(history: list[dict[Place, bool] | int]) -> None:
    """Epochs put and empty partitions, or (a number) go back to an earlier epoch as `Work` does."""
    remembered: list[Heads] = [{}]
    manifests: list[Manifest] = []
    for epoch, step in enumerate(history, start=1):
        now = remembered[-1]
        if isinstance(step, int):
            wanted = undo(now, manifests[step % epoch :][::-1])
            assert where(wanted) == where(remembered[step % epoch])
            change = {place: placed.location if placed else None for place, placed in changes(now, wanted)}
        else:
            change = {
                place: f"file:///w/{epoch}/{'-'.join(place[1])}" if files else None
                for place, files in step.items()
                if files or place in now
            }
        made, after = published(now, epoch, change)
        manifests.append(made)
        remembered.append(after)
    for to, heads in enumerate(remembered):
        before = undo(remembered[-1], manifests[to:][::-1])
        assert where(before) == where(heads)
        # a manifest that is named lists the partition at that location: its files are found there
        listed = {ref(m.epoch): {(p.table, p.values): p.location for p in m.partitions} for m in manifests}
        assert all(listed[placed.manifest][place] == placed.location for place, placed in before.items())


def test_only_what_lies_elsewhere_changes() -> None:
    same, moved, gone, back = PLACES
    now = {same: make.placed("/a", ref(9)), moved: make.placed("/b", ref(2)), gone: make.placed("/c", ref(3))}
    wanted = {same: make.placed("/a", ref(1)), moved: make.placed("/d", ref(1)), back: make.placed("/e", ref(1))}
    changed = changes(now, wanted)
    assert changed == [(gone, None), (back, wanted[back]), (moved, wanted[moved])]
    assert tables(changed) == {"d.latest": (1, 1), "d.log": (1, 0)}
    assert changes(now, now) == []


def epoch(number: int, status: Status = Status.SEALED, generation: int = 1) -> Epoch:
    return make.epoch(number, status, generation=generation)


KEPT = [epoch(n) for n in (2, 4, 5, 6, 7)]


@pytest.mark.parametrize(("to", "numbers"), [(7, ()), (6, (7,)), (4, (7, 6, 5))])
def test_the_newest_is_undone_first(to: int, numbers: tuple[int, ...]) -> None:
    under_way = [epoch(8, Status.STAGED), epoch(7, Status.ABANDONED, generation=2)]
    assert tuple(e.epoch for e in undone([*KEPT, *under_way], to=to)) == numbers
    assert undone([*KEPT[::-1], *under_way], to=to) == undone([*under_way, *KEPT], to=to)


def test_everything_can_be_undone_while_everything_is_kept() -> None:
    assert [e.epoch for e in undone([epoch(1), epoch(2)], to=0)] == [2, 1]
    assert undone([], to=0) == ()


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (8, "no sealed epoch 8: the last one is 7"),
        (-1, "no sealed epoch -1"),
        (3, r"epoch 3 cannot be gone back to: epoch 3 is not kept any more .* the oldest that can is 4"),
        (2, "epoch 3 is not kept any more .* the oldest that can is 4"),
        (0, "the oldest that can is 4"),
    ],
)
def test_what_is_not_kept_is_refused(to: int, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        undone([*KEPT, epoch(8, Status.PLANNED)], to=to)


def test_what_is_published_is_undone_before_it_is_sealed() -> None:
    """The heads show it already; but nothing can be brought back to it yet."""
    published = epoch(8, Status.PUBLISHED)
    assert [e.epoch for e in undone([*KEPT, published], to=6)] == [8, 7]
    with pytest.raises(RefusedError, match="no sealed epoch 8: the last one is 7"):
        undone([*KEPT, published], to=8)


def test_the_newest_epoch_at_a_time() -> None:
    at = [replace(epoch(n), sealed_ms=n * 100) for n in (4, 5, 6)]
    unsealed = [epoch(7, Status.PUBLISHED), replace(epoch(5, Status.ABANDONED), sealed_ms=None)]
    assert [newest_at([*at, *unsealed], ms) for ms in (400, 499, 500, 10_000)] == [4, 4, 5, 6]
    with pytest.raises(RefusedError, match="no epoch that is kept was sealed by then: the oldest is 4"):
        newest_at(at, 399)
    with pytest.raises(RefusedError, match=r"no epoch that is kept was sealed by then$"):
        newest_at(unsealed, 10_000)


def test_an_abandoned_generation_does_not_count() -> None:
    later = replace(epoch(3, generation=2), run=Run("again", "r"))
    assert undone([epoch(2), epoch(3, Status.ABANDONED), later], to=2) == (later,)
