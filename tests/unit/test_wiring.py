"""Goal: a run's own cap only ever lowers the source's."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines import totals
from tidegate.wiring import Endpoints, coordinator

NOWHERE = Endpoints("postgresql://db/x", "thrift://hms:9083", "hive://hs2:10000/default", "sc://spark:1", "file:///wh")


@pytest.mark.parametrize(
    ("own", "given", "taken"), [(None, None, 4), (None, 3, 3), (2, 3, 2), (3, 2, 2), (2, None, 2), (None, 9, 4)]
)
def test_max_files(tmp_path: Path, own: int | None, given: int | None, taken: int) -> None:
    for number in range(4):
        totals.write(tmp_path, f"{number}.json", [])
        os.utime(tmp_path / f"{number}.json", (0, 0))
    definition = totals.pipeline("p", tmp_path, source={"max_files": own})
    empty: Any = SimpleNamespace(log_end=lambda _: 0, known_paths=lambda _, paths: set(), log=lambda *_: [])
    with coordinator(definition, NOWHERE, progress=print, max_files=given) as engine:
        planned = engine.adapters.source.plan(empty, start=0)
        assert engine.definition is definition  # the code's fingerprint stays what it is
    assert planned.offsets.stop == taken
    assert len(planned.discovered) == 4
