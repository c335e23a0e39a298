"""Goal: whoever was superseded is refused before it swaps."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelines import totals
from tidegate.engine.publishing import Publisher
from tidegate.errors import FencedError
from tidegate.ports import Adapters
from tidegate.protocol.model import (
    Counts,
    DataFile,
    Epoch,
    Kind,
    LaneId,
    Lease,
    Manifest,
    ManifestRef,
    OffsetRange,
    Run,
    StagedPartition,
    Status,
    checksum,
)


def test_the_last_look_at_the_fence_comes_before_the_swap(tmp_path: Path) -> None:
    """Without it, an attempt that slept behind later epochs would show an older one to every reader."""
    definition = totals.pipeline("p", tmp_path)
    lane, table = LaneId("p"), definition.targets[0].name
    partition = StagedPartition(table, ("1",), "file:///a", (DataFile("file:///a/x", 1, 1, ""),))
    manifest = Manifest(
        "p", lane.lane, 1, 1, 1, "f", 4, OffsetRange(0, 1), Kind.EVENTS, None, (partition,), (), None, Counts()
    ).to_json()
    epoch = Epoch(
        lane=lane,
        epoch=1,
        generation=1,
        status=Status.STAGED,
        fence=1,
        run=Run("r", "r"),
        fingerprint="f",
        offsets=OffsetRange(0, 1),
        manifest=ManifestRef("file:///m", checksum(manifest)),
    )
    swapped: list[Any] = []

    def superseded(lease: Lease, epoch: Epoch) -> None:
        raise FencedError("superseded")

    adapters = SimpleNamespace(
        store=SimpleNamespace(begin_swap=superseded),
        sink=SimpleNamespace(prepare=lambda _: None, publish=lambda *a: swapped.append(a)),
        storage=SimpleNamespace(read=lambda uri: manifest),
    )
    publisher = Publisher(definition, cast("Adapters", adapters), lambda name, epoch: None, print)
    with pytest.raises(FencedError, match="superseded"):
        publisher.publish(Lease(lane, "r", 1), epoch)
    assert swapped == []
