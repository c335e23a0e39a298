"""Goal: epochs bounded by intervals on real services, with a late file and a compaction on the way."""

from pathlib import Path
from uuid import uuid4

import pytest

import builders as make
from pipelines import totals
from tidegate.engine.verify import verify
from tidegate.errors import IntervalError
from tidegate.protocol.intervals import Bound
from tidegate.protocol.model import Kind, Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

DAY_MS = 86_400_000


def day(end: int) -> Run:
    """The run whose interval is the day number `end` of 1970, counted from 1."""
    return Run(f"day-{end}", "test", interval_start_ms=(end - 1) * DAY_MS, interval_end_ms=end * DAY_MS)


def test_epochs_by_interval(tmp_path: Path, endpoints: Endpoints) -> None:
    folder = tmp_path / "in"
    name = f"daily_{uuid4().hex[:6]}"
    definition = totals.pipeline(name, folder, compact_at=2, source={"path_time": "%Y-%j"})
    for number in range(1, 7):
        totals.write(folder, f"1970-{number:03}.json", totals.events(number))
    with coordinator(definition, endpoints, progress=print) as engine:
        taken = {}
        for end in (2, 1, 6):  # backwards, then on
            report = engine.run(day(end), bound=Bound.INTERVAL)
            taken[end] = report and make.ends(report.epoch)
        assert taken == {2: (0, 2), 1: None, 6: (2, 6)}
        totals.write(folder, "1970-001.late.json", totals.events(9))
        with pytest.raises(IntervalError, match=r"1970-001\.late\.json came late"):
            engine.run(day(3), bound=Bound.INTERVAL)
        assert engine.run(day(7), bound=Bound.INTERVAL) is not None
        kinds = [e.kind for e in engine.adapters.store.epochs(engine.lane_id, limit=9)][::-1]
        assert kinds == [Kind.EVENTS, Kind.EVENTS, Kind.COMPACTION, Kind.EVENTS]
        assert verify(definition, engine.adapters, progress=print, checksums=True) == []
    (folder / "1970-001.late.json").rename(folder / "last.json")  # the oracle goes by name
    assert totals.found(endpoints.hiveserver2, name) == totals.expected(folder)
