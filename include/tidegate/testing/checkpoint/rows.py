"""The rows of a checkpoint in memory, and transactions over them."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tidegate.protocol.model import (
    MAIN_LANE,
    Clone,
    Epoch,
    Fork,
    Head,
    LaneId,
    LaneStatus,
    Lease,
    Place,
    Placed,
    Slice,
    Status,
)
from tidegate.protocol.refusals import lane_unmoved, newest, of_lane, unchanged
from tidegate.protocol.transitions import Event, LaneEvent, Standing, Verdict, apply, apply_to_lane, lane_target

UNFINISHED = (Status.PLANNED, Status.STAGED, Status.PUBLISHED)
EpochKey = tuple[LaneId, int, int]
"""Lane, epoch and generation."""


@dataclass(frozen=True)
class Lane:
    """A lane: its newest fence, who holds it until when, and for a forked one where it starts and what became of it."""

    fence: int = 0
    owner: str | None = None
    expires_ms: int = 0
    base: int | None = None
    status: LaneStatus = LaneStatus.OPEN


@dataclass
class Rows:
    """Everything that a checkpoint keeps. A copy of the dictionaries is a copy of the checkpoint."""

    pipelines: dict[str, tuple[str, int]] = field(default_factory=dict)
    lanes: dict[LaneId, Lane] = field(default_factory=dict)
    epochs: dict[EpochKey, Epoch] = field(default_factory=dict)
    manifests: dict[EpochKey, bytes] = field(default_factory=dict)
    heads: dict[Place, Head] = field(default_factory=dict)
    lane_heads: dict[tuple[LaneId, Place], Placed] = field(default_factory=dict)
    repairs: dict[tuple[str, Place], int] = field(default_factory=dict)
    clones: dict[str, Clone] = field(default_factory=dict)
    slices: dict[tuple[str, str, int], Slice] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()

    def copy(self) -> "Rows":
        """The same rows, which later changes do not reach."""
        return Rows(*(dict(getattr(self, f.name)) for f in fields(self)))


class OverRows:
    """What the parts of the store have in common."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def close(self) -> None:
        """Nothing is open."""

    def now_ms(self) -> int:
        """The machine's clock."""
        return time.time_ns() // 1_000_000

    @contextmanager
    def _transaction(self) -> Iterator[Rows]:
        """All of the block's changes, or none when it raises; nobody else is at work meanwhile."""
        with self.rows.lock:
            before = self.rows.copy()
            try:
                yield self.rows
            except BaseException:
                vars(self.rows).update({f.name: getattr(before, f.name) for f in fields(before)})
                raise

    # -- what transactions look up --------------------------------------------------------------------------------

    def _of(self, lane: LaneId) -> list[Epoch]:
        """The lane's epochs, newest first."""
        found = [(number, generation, e) for (of, number, generation), e in self.rows.epochs.items() if of == lane]
        return [e for _, _, e in sorted(found, key=lambda row: row[:2], reverse=True)]

    def _unfinished(self, lane: LaneId) -> Epoch | None:
        return next((e for e in self._of(lane) if e.status in UNFINISHED), None)

    def _sealed(self, lane: LaneId, number: int | None = None) -> Epoch | None:
        """The lane's last sealed epoch, or that of a number."""
        wanted = (e for e in self._of(lane) if e.status is Status.SEALED and number in (None, e.epoch))
        return next(wanted, None)

    def _fork(self, lane: LaneId) -> Fork | None:
        row = self.rows.lanes.get(lane)
        return None if row is None or row.base is None else Fork(lane, row.base, row.fence, row.status)

    # -- what they change -----------------------------------------------------------------------------------------

    def _lock(self, lease: Lease) -> Lane:
        """The lane, of which `lease` is the newest: else FencedError (I4)."""
        row = self.rows.lanes.get(lease.lane)
        newest(lease, fence=row.fence if row else None, owner=row.owner if row else None)
        assert row is not None
        return row

    def _advance(self, event: Event, lease: Lease, epoch: Epoch, **changes: Any) -> tuple[Epoch, Verdict]:
        """Make one change by compare-and-set; when nothing changed, let the protocol say why."""
        of_lane(lease, epoch)
        self._lock(lease)
        key = (epoch.lane, epoch.epoch, epoch.generation)
        found = self.rows.epochs.get(key)
        if found is not None:
            standing, verdict = apply(Standing(found.status, found.fence), event, fence=lease.fence)
            if verdict is Verdict.ACCEPTED:
                changed = replace(found, status=standing.status, fence=standing.fence, **changes)
                self.rows.epochs[key] = changed
                return changed, verdict
        return unchanged(epoch, found, event, lease), Verdict.ALREADY

    def _move_lane(self, lane: LaneId, event: LaneEvent) -> Fork:
        """Say what became of a lane by compare-and-set; an attempt that works on it is superseded (I4)."""
        row, found = self.rows.lanes.get(lane), self._fork(lane)
        if row is None or found is None or apply_to_lane(found.status, event) is not Verdict.ACCEPTED:
            return lane_unmoved(lane, found, event)
        status, fence = lane_target(event), row.fence + 1
        self.rows.lanes[lane] = replace(row, status=status, fence=fence, owner=None, expires_ms=0)
        return replace(found, status=status, fence=fence)

    def _forget_lane(self, lane: LaneId) -> None:
        for key in [k for k in self.rows.epochs if k[0] == lane]:
            self._forget_epoch(key)
        for on_lane in [k for k in self.rows.lane_heads if k[0] == lane]:
            del self.rows.lane_heads[on_lane]

    def _forget_epoch(self, key: EpochKey) -> None:
        del self.rows.epochs[key]
        self.rows.manifests.pop(key, None)

    def _set_lane_heads(self, lane: LaneId, heads: Mapping[Place, Placed]) -> None:
        self.rows.lane_heads.update({(lane, place): placed for place, placed in heads.items()})

    def _foreign(self, tables: list[str], pipeline: str) -> Head | None:
        """A head that another pipeline has in one of the tables."""
        return next((h for h in self.rows.heads.values() if h.table in tables and h.pipeline != pipeline), None)


def is_main(lane: LaneId) -> bool:
    """True for the live lane."""
    return lane.lane == MAIN_LANE
