"""Clones the log as it was behind epoch 1, or drops that clone, in a process of its own.

clone.py NAME FOLDER clone|drop
"""

import sys
from pathlib import Path

from pipelines import totals
from tidegate.engine.clones import Clones
from tidegate.protocol.model import Run
from tidegate.wiring import coordinator, from_environment

OWNER = "run-2"
"""Of the run that comes next: it takes over the lease of a killed process at once."""


def main(name: str, folder: str, work: str) -> None:
    endpoints = from_environment()
    assert endpoints is not None
    with coordinator(totals.busy(name, Path(folder)), endpoints, progress=lambda s: print(s, flush=True)) as engine:
        clones, run = Clones(engine), Run(work, OWNER)
        if work == "clone":
            clones.make(run, f"t.{name}_log", f"c.{name}", epoch=1)
        else:
            clones.drop(run, f"c.{name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
