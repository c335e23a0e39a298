"""Goal: whoever was superseded is refused before it swaps, and does not undo what the newer attempt is about to do."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import builders as make
from pipelines import totals
from tidegate.engine.publishing import Publisher
from tidegate.errors import FencedError
from tidegate.ports import Adapters
from tidegate.protocol.model import Epoch, LaneId, Lease, Run, Status

LANE = LaneId("p")


class _Store:
    """A checkpoint whose lane a newer attempt took, just before the swap or just after it."""

    def __init__(self, newest: Epoch | None, *, swapped: bool) -> None:
        self.newest, self.swapped = newest, swapped

    def begin_swap(self, lease: Lease, epoch: Epoch) -> None:
        if not self.swapped:
            raise FencedError("superseded before the swap")

    def publish(self, lease: Lease, epoch: Epoch, **heads: object) -> Epoch:
        raise FencedError("superseded after the swap")

    def unfinished(self, lane: LaneId) -> Epoch | None:
        return self.newest

    def heads(self, table: str, values: object) -> dict[Any, Any]:
        return {}

    def begin_repair(self, pipeline: str, table: str, values: object) -> None:
        """Noted."""


def _publish(folder: Path, newest: Status | None, *, swapped: bool) -> list[str]:
    """Publish an epoch of one partition while another attempt has it as `newest`; what the sink was told."""
    definition = totals.pipeline("p", folder)
    table = definition.targets[0].name
    manifest = make.manifest(make.partition(table, "1", at="file:///a"))
    epoch = make.epoch(1, Status.STAGED, run=Run("r", "r"), manifest=make.ref(manifest))
    told: list[str] = []
    sink = SimpleNamespace(
        prepare=lambda *_: (),
        publish=lambda target, heads: told.append("swap"),
        locations=lambda target, values: {("1",): "file:///a"},
        drop=lambda target, values: told.append("drop"),
    )
    adapters = SimpleNamespace(
        store=_Store(replace(epoch, status=newest, fence=2) if newest else None, swapped=swapped),
        sink=sink,
        storage=SimpleNamespace(read=lambda uri: manifest.to_json()),
    )
    publisher = Publisher(definition, cast("Adapters", adapters), lambda name, epoch: None, print)
    with pytest.raises(FencedError, match="superseded"):
        publisher.publish(Lease(LANE, "r", 1), epoch)
    return told


def test_the_last_look_at_the_fence_comes_before_the_swap(tmp_path: Path) -> None:
    """Without it, an attempt that slept behind later epochs would show an older one to every reader."""
    assert _publish(tmp_path, Status.STAGED, swapped=False) == []


@pytest.mark.parametrize("newest", [Status.PUBLISHED, None])
def test_a_swap_that_came_too_late_is_undone(tmp_path: Path, newest: Status | None) -> None:
    """The heads say by now what is right."""
    assert _publish(tmp_path, newest, swapped=True) == ["swap", "drop"]


def test_a_swap_that_the_newer_attempt_has_before_it_stays(tmp_path: Path) -> None:
    """It is the same one (I5). Undone, it would hide a partition from readers who see the others already (I2)."""
    assert _publish(tmp_path, Status.STAGED, swapped=True) == ["swap"]
