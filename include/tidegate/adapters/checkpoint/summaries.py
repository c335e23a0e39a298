"""What people look at first: every pipeline, its lanes, and where they stand."""

from dataclasses import dataclass

from tidegate.protocol.model import Epoch, LaneId, LaneStatus


@dataclass(frozen=True)
class LaneSummary:
    """One lane: its newest fence, who holds it (`leased` by the database's clock), its head, and what is under way.

    `forked_from` is the epoch of main behind which it starts; None for main itself.
    """

    lane: LaneId
    fence: int
    lease_owner: str | None
    lease_expires_ms: int | None
    leased: bool
    head: Epoch | None
    unfinished: Epoch | None
    status: LaneStatus = LaneStatus.OPEN
    forked_from: int | None = None


@dataclass(frozen=True)
class PipelineSummary:
    """One registered pipeline; it has no lanes before its first run."""

    name: str
    fingerprint: str
    buckets: int
    lanes: tuple[LaneSummary, ...]
