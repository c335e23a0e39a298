"""Named places at which a process can be ended on purpose, and the way a test or the demo arms one.

``TIDEGATE_CRASH_AT=<point>[@<pipeline>[:<epoch>]]`` ends the process with SIGKILL, as a power cut would: no handler
runs, nothing is flushed. ``TIDEGATE_CRASH_ONCE=<file>`` is made just before, and an armed point whose file is there
does not fire again; a test that finds no file knows that its point was never reached.
"""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import ConfigurationError

POINTS: tuple[str, ...] = (
    "leased",
    "planned",
    "processing",
    "processed",
    "manifest_written",
    "staged",
    "exposed",
    "swapping",
    "swapped",
    "published",
    "read_back",
    "sealed",
    "forgotten",
    "swept",
)
"""Every named point of an epoch, in the order in which it reaches them: `coordinator`, `publishing`, `cleanup`."""

BESIDE: tuple[str, ...] = ("forked", "discarded", "clone_recorded", "cloned", "clone_dropped", "corrected")
"""The points of what is no epoch, in `lanes`, `clones` and `corrections`. Their epoch is the one behind which it
starts, or that is given up."""


@dataclass(frozen=True)
class Armed:
    """One armed crash point: fires for one pipeline and epoch, or for any when they are None."""

    point: str
    pipeline: str | None
    epoch: int | None
    once: Path | None

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        """End this process when the point is armed for this pipeline and epoch."""
        if name != self.point or self.pipeline not in (None, pipeline) or self.epoch not in (None, epoch):
            return
        if self.once is not None:
            try:
                self.once.touch(exist_ok=False)
            except FileExistsError:
                return
        os.kill(os.getpid(), signal.SIGKILL)


class Disarmed:
    """No crash point is armed."""

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        """Go on."""


def from_environment() -> Armed | Disarmed:
    """The crash point that the environment arms. Raises ConfigurationError for a name that does not exist."""
    text = os.environ.get("TIDEGATE_CRASH_AT")
    if not text:
        return Disarmed()
    point, _, where = text.partition("@")
    pipeline, _, epoch = where.partition(":")
    known = (*POINTS, *BESIDE)
    if point not in known:
        raise ConfigurationError(f"TIDEGATE_CRASH_AT names {point!r}; the crash points are {', '.join(known)}")
    once = os.environ.get("TIDEGATE_CRASH_ONCE")
    return Armed(point, pipeline or None, int(epoch) if epoch else None, Path(once) if once else None)
