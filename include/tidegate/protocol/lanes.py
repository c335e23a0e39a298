"""Which epochs of `main` a lane replays, and when it may take its place."""

import re
from collections.abc import Iterable, Sequence

from tidegate.errors import RefusedError
from tidegate.protocol.model import MAIN_LANE, Epoch, Fork, Kind, LaneStatus, Promotion, Status
from tidegate.protocol.purposes import behind

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def lane_name(name: str) -> str:
    """`name`, when a forked lane may have it: it becomes a folder. Raises RefusedError."""
    if name == MAIN_LANE or not _NAME.fullmatch(name):
        raise RefusedError(
            f"{name!r} cannot be a lane's name: take up to 63 small letters, digits, '-' and '_', and not {MAIN_LANE!r}"
        )
    return name


def line(
    epochs: Iterable[Epoch], *, base: int, until: int | None = None, kind: Kind = Kind.EVENTS
) -> tuple[Epoch, ...]:
    """The epochs of one kind behind epoch `base` that make up what the tables show, the oldest first.

    What a rollback went back over is left out.

    Args:
        epochs: all rows of `main` that are kept.
        base: the epoch to start behind; 0 is before the first.
        until: the last epoch that is wanted; None is the lane's head.
        kind: EVENTS are what can be replayed.

    Raises RefusedError when `base` is not among them: it is not kept, was never sealed, or was gone back over.
    """
    sealed = {e.epoch: e for e in epochs if e.status is Status.SEALED}
    found: list[Epoch] = []
    number = max(sealed, default=0)
    while number > base:
        epoch = sealed.get(number)
        if epoch is None:
            raise RefusedError(f"epoch {number} is not kept any more: there is no way back to epoch {base}")
        if epoch.kind is kind and (until is None or number <= until):
            found.append(epoch)
        number = behind(epoch)
    if number != base or (base and base not in sealed):
        raise RefusedError(f"epoch {base} is not part of what the tables show now: it was rolled back, or never was")
    return tuple(reversed(found))


def left(fork: Fork, replayed: Sequence[Epoch], of_main: Sequence[Epoch]) -> tuple[Epoch, ...]:
    """What the lane has still to replay of `of_main`, which is main's `line` behind its base.

    Raises RefusedError when the lane has replayed something else: main was rolled back meanwhile.
    """
    done = [e.epoch for e in replayed]
    if [e.epoch for e in of_main[: len(done)]] != done:
        raise RefusedError(
            f"{fork.lane}: main was rolled back over epochs that this lane has replayed: discard it and start again"
        )
    return tuple(of_main[len(done) :])


def forkable(epochs: Sequence[Epoch], *, base: int, upsert: bool) -> None:
    """Raise RefusedError when the state behind `base` is older than what a promotion made of epochs before it.

    A promotion that kept main's state did not change it, but what it made of an `upsert` table is lost behind it.
    """
    for promotion in line(epochs, base=base, kind=Kind.PROMOTION):
        assert isinstance(promotion.purpose, Promotion)
        since = promotion.purpose.base + 1
        if since <= base and (upsert or not promotion.purpose.keeps_state):
            raise RefusedError(
                f"epochs from {since} on were reprocessed by epoch {promotion.epoch}, which the state behind epoch "
                f"{base} does not know: replay on a lane that starts at epoch {since} or before, or behind epoch "
                f"{promotion.epoch}"
            )


def serves(fork: Fork | None, *, base: int, reach_back: bool) -> bool:
    """True when `fork` is open and starts behind `base`, or (`reach_back`) behind an earlier epoch."""
    if fork is None or fork.status is not LaneStatus.OPEN:
        return False
    return fork.base == base or (reach_back and fork.base < base)


def usable(fork: Fork | None, name: str) -> Fork:
    """The lane, when it is open. Raises RefusedError."""
    if fork is None:
        raise RefusedError(f"there is no lane {name!r}; `tidegate lanes` lists them")
    if fork.status is not LaneStatus.OPEN:
        raise RefusedError(f"{fork.lane}: the lane is {fork.status.lower()}: nothing can be done on it any more")
    return fork
