"""Replays or promotes a lane with changed code, in a process of its own.

reprocess.py NAME FOLDER replay|promote|discard
"""

import sys
from pathlib import Path

from pipelines import totals
from tidegate.engine.lanes import Lanes
from tidegate.protocol.model import Run
from tidegate.wiring import coordinator, from_environment


def main(name: str, folder: str, work: str) -> None:
    endpoints = from_environment()
    assert endpoints is not None
    definition = totals.changed(totals.busy(name, Path(folder), compact_at=2))
    with coordinator(definition, endpoints, progress=lambda s: print(s, flush=True)) as engine:
        run = Run(work, work)
        if work == "replay":
            list(Lanes(engine).replay(run, "fix", since=1))
        elif work == "promote":
            Lanes(engine).promote(run, "fix")
        else:
            Lanes(engine).discard("fix")


if __name__ == "__main__":
    main(*sys.argv[1:])
