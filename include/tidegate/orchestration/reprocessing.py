"""What a run does whose epoch is sealed already: a person cleared it, or a backfill reprocesses its interval."""

from typing import Any

from tidegate.engine.coordinator import Coordinator
from tidegate.engine.lanes import Lanes
from tidegate.errors import RefusedError
from tidegate.ports import EpochReport
from tidegate.protocol.lanes import line
from tidegate.protocol.model import Epoch, Run
from tidegate.protocol.recovery import reprocesses
from tidegate.reports.epochs import ON_LANE, UNCHANGED, report_summary


def sealed_before(coordinator: Coordinator, run: Run) -> Epoch | None:
    """The run's sealed epoch, when it is to be processed again."""
    own = coordinator.adapters.store.of_run(coordinator.lane_id, run.key)
    return own if reprocesses(run, own) else None


def process_again(coordinator: Coordinator, run: Run, own: Epoch, *, lane: str | None) -> dict[str, Any]:
    """Replay the epoch: on the lane that the run names, to be promoted by a person, or on one of its own.

    Raises RefusedError when it has no lane and its output cannot be swapped alone; and, before any change, when
    it was rolled back.
    """
    lanes = Lanes(coordinator)
    _not_rolled_back(coordinator, own)
    if lane:
        lanes.cover(run, lane, own.epoch)
        return {**_summary(own), "status": ON_LANE, "lane": lane}
    made = lanes.again(run, own)
    return {**_summary(own), "status": ON_LANE if made else UNCHANGED, "lane": made or own.lane.lane}


def process_range(
    coordinator: Coordinator, run: Run, lane: str, *, since: int | None, until: int | None
) -> dict[str, Any]:
    """Replay past epochs on a lane, as the run's parameters say."""
    if since is None:
        raise RefusedError(f"{coordinator.definition.name}: with the parameter `lane` this run needs `from_epoch`")
    rows = 0
    for report in Lanes(coordinator).replay(run, lane, since=since, until=until):
        rows += report.epoch.counts.rows_in if report.epoch.counts else 0
        coordinator.progress(f"{report.epoch} replayed")
    name = coordinator.definition.name
    return {"pipeline": name, "lane": lane, "status": ON_LANE, "rows_in": rows}


def publish_again(coordinator: Coordinator, run: Run, own: Epoch) -> EpochReport | None:
    """Swap in what `process_again` made; None when there is nothing to swap."""
    return Lanes(coordinator).promote_again(run, own)


def _not_rolled_back(coordinator: Coordinator, own: Epoch) -> None:
    try:
        line(coordinator.history.epochs_of_main(), base=own.epoch)
    except RefusedError as e:
        raise RefusedError(
            f"{own} of run {own.run.key} cannot be processed again: {e}. What was rolled back comes again in a later "
            f"epoch, of another run: `tidegate epochs {own.lane.pipeline}` names it. Clear that one instead"
        ) from e


def _summary(own: Epoch) -> dict[str, Any]:
    return report_summary(EpochReport(own, None, {}))
