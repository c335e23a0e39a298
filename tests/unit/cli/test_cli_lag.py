"""Goal: `tidegate lag` shows the lag behind what is sealed, by partition."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders as make
from pipelines.topics import pipeline
from tidegate import Definition, wiring
from tidegate.adapters.kafka.ranges import KafkaDetail, Live, LiveTopic, OffsetSpan, TopicSpans
from tidegate.adapters.kafka.source import KafkaSourceAdapter
from tidegate.cli import application
from tidegate.protocol.model import LaneId, OffsetRange, Slice

LIVE = {"clicks": LiveTopic("id", {0: Live(0, 10, 10, 1), 1: Live(0, 5, 1_205, 1)})}
READ = KafkaDetail({"clicks": TopicSpans("id", {0: OffsetSpan(0, 4, 1), 1: OffsetSpan(0, 5, 1)})})


class Store:
    """One sealed epoch, which took slices 0 and 1; a third slice waits."""

    def last_sealed(self, lane: LaneId) -> Any:
        assert lane == LaneId("clicks")
        return make.epoch(offsets={"source": OffsetRange(0, 2)})

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        assert (pipeline, source, offsets) == ("clicks", "source", OffsetRange(1, 2))
        return [Slice("source", 1, "clicks@1", READ.to_json())]


def cluster(*_: Any) -> Any:
    return SimpleNamespace(topics=lambda _: LIVE, first_times=lambda *_, **__: {("clicks", 1): 1_767_225_600_000})


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    (tmp_path / "dag.py").write_text("from pipelines.topics import pipeline\nclicks = pipeline('clicks')\n")

    @contextmanager
    def fake(definition: Definition, endpoints: wiring.Endpoints, *, progress: Any) -> Iterator[SimpleNamespace]:
        source: Any = make.source_of(pipeline("clicks"))
        adapters = SimpleNamespace(
            store=Store(), sources={"source": KafkaSourceAdapter(source, "clicks", {}, cluster=cluster)}
        )
        yield SimpleNamespace(adapters=adapters)

    monkeypatch.setattr(wiring, "coordinator", fake)
    monkeypatch.setattr(wiring, "from_environment", lambda: wiring.Endpoints("c", "m", "h", "s", "w", "k"))

    def called(*words: str) -> Result:
        done = CliRunner().invoke(application.tidegate, ["lag", f"{tmp_path}/dag.py:clicks", *words])
        assert done.exit_code == 0, done.output
        return done

    return called


def test_each_partition_is_a_row(call: Any) -> None:
    lines = [line.split("\t") for line in call().output.splitlines()]
    header = [
        "SOURCE",
        "TOPIC",
        "PARTITION",
        "NEXT OFFSET",
        "STABLE OFFSET",
        "END OFFSET",
        "LAG",
        "HELD",
        "HELD SINCE",
        "GAP",
    ]
    assert lines == [
        header,
        ["source", "clicks", "0", "4", "10", "10", "6", "0", "", ""],
        ["source", "clicks", "1", "5", "5", "1205", "0", "1200", "2026-01-01 00:00:00", ""],
    ]


def test_the_same_as_json(call: Any) -> None:
    first, second = json.loads(call("--json").output)
    assert (first["lag"], first["held"], first["held_since"]) == (6, 0, None)
    assert (second["partition"], second["held"]) == (1, 1200)
