"""Taking a lane, keeping it while work goes on, and giving it back."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tidegate.errors import FencedError, LeaseHeldError, TidegateError
from tidegate.ports import Clock, LaneStore
from tidegate.protocol.model import LaneId, Lease

LEASE_TTL_S = 30.0
"""A lane whose owner died is free after so long. The owner renews three times in it."""

_POLL_S = 0.5


def acquire(
    store: LaneStore, lane: LaneId, owner: str, *, wait_s: float, clock: Clock, progress: Callable[[str], None]
) -> Lease:
    """Take the lane, waiting up to `wait_s` for another run to finish. Raises LeaseHeldError after that."""
    deadline = clock.monotonic() + wait_s
    told = False
    while True:
        try:
            return store.acquire(lane, owner, ttl_s=LEASE_TTL_S)
        except LeaseHeldError as e:
            if clock.monotonic() >= deadline:
                raise
            if not told:
                progress(f"waiting up to {wait_s:.0f} s: {e}")
                told = True
            clock.sleep(_POLL_S)


@contextmanager
def kept(connect: Callable[[], LaneStore], lease: Lease) -> Iterator[None]:
    """Renew `lease` from a thread with a connection of its own while the body runs.

    When the body fails because a newer attempt took over, FencedError is raised from that failure: a superseded
    attempt's errors are not the pipeline's. A renewal that cannot reach the database is tried again at the next turn:
    the fence, not the lease, keeps the table right.
    """
    stop = threading.Event()
    fenced: list[FencedError] = []

    def renew() -> None:
        store = connect()
        try:
            while not stop.wait(LEASE_TTL_S / 3):
                try:
                    store.renew(lease, ttl_s=LEASE_TTL_S)
                except FencedError as e:
                    fenced.append(e)
                    return
                except Exception:  # noqa: BLE001, S112  (a thread's exception would reach nobody)
                    continue
        finally:
            store.close()

    keeper = threading.Thread(target=renew, name="tidegate-lease", daemon=True)
    keeper.start()
    try:
        yield
    except Exception as e:
        if not isinstance(e, FencedError) and (fenced or _superseded(connect, lease)):
            raise FencedError(
                f"{lease.lane}: attempt {lease.fence} was superseded by a newer one while it worked"
            ) from e
        raise
    finally:
        stop.set()
        keeper.join()


def _superseded(connect: Callable[[], LaneStore], lease: Lease) -> bool:
    store = connect()
    try:
        store.renew(lease, ttl_s=LEASE_TTL_S)
    except FencedError:
        return True
    except TidegateError:
        return False
    finally:
        store.close()
    return False
