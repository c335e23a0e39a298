"""One attempt at an epoch in a process of its own: what a worker runs.

    attempt.py NAME FOLDER RUN_KEY [STOP_AT STOPPED_FILE]

A RUN_KEY back-N goes back to epoch N instead.

Exit codes: 0 done, 3 fenced. With STOP_AT the process makes STOPPED_FILE at that crash point and stops itself
(SIGSTOP), as a worker does whose machine freezes; woken up, it may still meet a crash point that is armed.
"""

import os
import signal
import sys
from pathlib import Path

from pipelines import totals
from tidegate.engine.coordinator import CrashPoints
from tidegate.engine.rollback import roll_back
from tidegate.errors import FencedError
from tidegate.protocol.model import Run
from tidegate.wiring import coordinator, from_environment

FENCED = 3
BACK = "back-"


class Stopping:
    """A crash point that freezes the process instead of killing it, once."""

    def __init__(self, point: str, marker: Path, behind: CrashPoints) -> None:
        self._point = point
        self._marker = marker
        self._behind = behind

    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        if name == self._point and not self._marker.exists():
            self._marker.write_text(f"{pipeline} {epoch}")
            os.kill(os.getpid(), signal.SIGSTOP)
        self._behind.reach(name, pipeline=pipeline, epoch=epoch)


def main(name: str, folder: str, key: str, stop_at: str | None = None, marker: str | None = None) -> int:
    endpoints = from_environment()
    assert endpoints is not None
    with coordinator(
        totals.busy(name, Path(folder), compact_at=2), endpoints, progress=lambda s: print(s, flush=True)
    ) as engine:
        if stop_at and marker:
            engine.crash = Stopping(stop_at, Path(marker), engine.crash)
        try:
            if key.startswith(BACK):
                roll_back(engine, Run(key, key), to_epoch=int(key.removeprefix(BACK)))
            else:
                engine.run(Run(key, key))
        except FencedError as e:
            print(f"fenced: {e}")
            return FENCED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
