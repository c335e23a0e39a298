"""Goal: the rows of an epoch are what the last lane that replayed it made of them, however partitions were joined.

The engine is the real one; checkpoint and metastore are in memory.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import builders as make
from pipelines.chain import Reads, upstream
from pipelines.topics import Seen
from tidegate import Context, Row
from tidegate.engine.lanes import Lanes
from tidegate.errors import RefusedError
from tidegate.protocol.model import Kind, Run


class Version(Seen):
    """Moves every number by thousands, and makes nothing of `dropped`."""

    def __init__(self, number: int, dropped: int) -> None:
        self.number = number
        self.dropped = dropped

    def process_element(self, value: Row | SimpleNamespace, ctx: Context) -> Iterator[dict[str, Any]]:
        if value.n != self.dropped:
            for row in super().process_element(value, ctx):
                yield {**row, "n": row["n"] + 1000 * self.number}


class Story:
    """A pipeline whose every event is an epoch, and what its table must show of each."""

    def __init__(self, folder: Path) -> None:
        self.arrived = folder / "arrived"
        self.arrived.mkdir()
        self.line = Reads(upstream(self.arrived, compact_at=2), folder / "made")
        self.shown: dict[int, int | None] = {}
        self.versions = 0

    def arrive(self) -> None:
        n = len(self.shown) + 1
        (self.arrived / f"{n:04d}.json").write_text(f'{{"user": "u{n % 3}", "n": {n}}}\n')
        report = self.line.run()
        assert report is not None
        self.shown[report.epoch.epoch] = n

    def promote(self, first: int, many: int | None, dropped: int) -> None:
        """The output of `many` epochs from the `first` on is made anew; None: of all, with the state."""
        epochs = sorted(self.shown)
        window = epochs[first:] if many is None else epochs[first : first + many]
        if not window:
            return
        self.versions += 1
        number, numbers = self.versions, {e: place for place, e in enumerate(epochs, 1)}
        drops = numbers[window[dropped % len(window)]] if dropped else 0
        here, name = self.line.definition, f"fix-{number}"
        self.line.definition = make.with_function(here, Version(number, drops))
        lanes, run = Lanes(self.line.engine), Run(name, "test")
        until = None if many is None else window[-1]
        try:
            for _ in lanes.replay(run, name, since=window[0], until=until):
                pass
            lanes.promote(run, name, output_only=until is not None)
        except RefusedError as e:
            if "does not know" not in str(e):  # an earlier promotion has changed the state since
                raise
            return
        finally:
            self.line.definition = here
        for epoch in window:
            self.shown[epoch] = None if numbers[epoch] == drops else numbers[epoch] + 1000 * number

    def check(self) -> None:
        wanted = sorted(n for n in self.shown.values() if n is not None)
        for table in ("t.clicks_log", "t.clicks_days"):
            assert sorted(row["n"] for row in self.line.rows(table)) == wanted


ARRIVAL = st.just(("arrive",))
PROMOTION = st.tuples(st.just("promote"), st.integers(0, 6), st.integers(1, 3) | st.none(), st.integers(0, 3))


@given(st.lists(ARRIVAL | PROMOTION, min_size=4, max_size=12))
@example([("arrive",)] * 5 + [("promote", 2, 1, 1), ("promote", 3, 1, 0)])
@example([("arrive",)] * 5 + [("promote", 2, 1, 1), ("promote", 0, 1, 0)])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_lanes_made_stays_and_nothing_comes_back(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        story = Story(Path(folder))
        for what, *given_ in steps:
            getattr(story, what)(*given_)
            story.check()


def test_partitions_were_joined_before_lanes_were_promoted(tmp_path: Path) -> None:
    """Without that the property would say little."""
    story = Story(tmp_path)
    for _ in range(5):
        story.arrive()
    story.promote(2, 1, 1)
    kinds = [e.kind for e in story.line.engine.adapters.store.epochs(story.line.engine.lane_id, limit=99)]
    assert kinds.count(Kind.COMPACTION) > 1
    assert kinds[0] is Kind.PROMOTION
    story.check()
