"""Skips the first source file, in a process of its own.

correct.py NAME FOLDER
"""

import sys
from pathlib import Path

from pipelines import totals
from tidegate.engine.corrections import correct, skip
from tidegate.protocol.model import Run, Word
from tidegate.wiring import coordinator, from_environment


def main(name: str, folder: str) -> None:
    endpoints = from_environment()
    assert endpoints is not None
    first = min(Path(folder).iterdir())
    with coordinator(totals.busy(name, Path(folder)), endpoints, progress=lambda s: print(s, flush=True)) as engine:
        correct(engine, Run("skip", "run-1"), Word("a person", "cut off"), skip([str(first)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
