"""What people look at first: every pipeline, its lanes, and where they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.adapters.checkpoint.rows import Row, to_ms
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


def summarised(
    pipelines: Sequence[Row], lanes: Sequence[Row], heads: Mapping[LaneId, Epoch], unfinished: Mapping[LaneId, Epoch]
) -> list[PipelineSummary]:
    """Rows of `pipelines` and `lanes` with the lanes' epochs, in the order of the pipelines."""
    of_pipeline: dict[str, list[LaneSummary]] = {row["name"]: [] for row in pipelines}
    for row in lanes:
        lane = LaneId(row["pipeline"], row["lane"])
        summary = LaneSummary(
            lane=lane,
            fence=row["fence"],
            lease_owner=row["lease_owner"],
            lease_expires_ms=to_ms(row["lease_expires_at"]),
            leased=row["leased"],
            head=heads.get(lane),
            unfinished=unfinished.get(lane),
            status=LaneStatus(row["status"]),
            forked_from=row["forked_from"],
        )
        of_pipeline.setdefault(lane.pipeline, []).append(summary)
    return [
        PipelineSummary(row["name"], row["fingerprint"], row["buckets"], tuple(of_pipeline[row["name"]]))
        for row in pipelines
    ]
