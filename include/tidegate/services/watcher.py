"""Starting again what dies, as long as somebody stays and watches."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tidegate.errors import TidegateError
from tidegate.services import lifecycle, processes
from tidegate.services.model import Report, ServiceEvent

_LOOK_EVERY_S = 1.0
_STEADY_S = 60.0
_LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True)
class Fall:
    """A death of a service: its number in a row, and when it was seen, in seconds of a monotonic clock."""

    number: int
    at_s: float

    @property
    def due_s(self) -> float:
        """When the service is started again: at once the first time, later and later when it keeps dying."""
        return self.at_s + (0.0 if self.number == 1 else min(2.0 ** (self.number - 2), _LONGEST_PAUSE_S))

    def next(self, now_s: float) -> "Fall":
        """The next death. One that stood for a while after its start begins anew."""
        return Fall(1 if now_s - self.due_s > _STEADY_S else self.number + 1, now_s)


def watch(home: Path, *, dags_folder: Path | None = None, report: Report, stop: threading.Event) -> None:
    """Start again what dies, until `stop` is set or a `down` stops the services. A start that fails is repeated.

    Only what ends is started again; a service that does not answer is left to a person.
    """
    falls: dict[str, Fall] = {}
    fallen: set[str] = set()
    while not stop.wait(_LOOK_EVERY_S):
        found = lifecycle.dead(home)
        if found is None:
            report(ServiceEvent("all", "stopped", "there is nothing to watch any more"))
            return
        dead, now = set(found), monotonic()
        for name in sorted(dead - fallen):
            falls[name] = falls[name].next(now) if name in falls else Fall(1, now)
            pause = falls[name].due_s - now
            when = f"in {pause:.0f} s" if pause else "now"
            words = processes.last_sentence(home.resolve(), name)
            report(ServiceEvent(name, "ended", f"it is started again {when}; last words: {words}"))
        fallen = dead
        for name in [name for name in found if falls[name].due_s <= now]:
            try:  # one by one: none is held up by another that does not start
                lifecycle.restart(home, name, dags_folder=dags_folder, report=report)
            except TidegateError as e:
                report(ServiceEvent(name, "failed", str(e)))
            fallen.discard(name)


@contextmanager
def watching(home: Path, *, dags_folder: Path | None = None, report: Report) -> Iterator[None]:
    """`watch` in a thread, as long as the body runs."""
    stop = threading.Event()
    thread = threading.Thread(
        target=watch, args=(home,), kwargs={"dags_folder": dags_folder, "report": report, "stop": stop}, daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
