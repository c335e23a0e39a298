"""What a run's data interval [start, end) means for its epoch, decided from data alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tidegate.protocol.model import Run, Slice

CLOCKS_APART_MS = 60_000
"""An interval may end so much later than the database's clock says: the scheduler, which began the run, has another."""


class Bound(StrEnum):
    """What ends the input of a run's epoch, beside the limits of each source."""

    AVAILABLE = "available"  # what has arrived
    INTERVAL = "interval"  # the end of the run's data interval: everything before it that is left, however old


def unusable(run: Run) -> str | None:
    """Why the run's data interval cannot bound an epoch; None when it can."""
    start, end = run.interval_start_ms, run.interval_end_ms
    if start is None or end is None:
        return (
            f"run {run.key} has no data interval, which bounds the epochs of this DAG. Trigger it with a logical date "
            "(`airflow dags trigger --logical-date …`): its interval is then the last one before that date"
        )
    if start >= end:
        return (
            f"run {run.key} has the empty data interval [{shown(start)}, {shown(end)}). Give epoch_dag a timedelta, "
            "a cron text, or a DeltaDataIntervalTimetable or CronDataIntervalTimetable, whose intervals follow each "
            "other without a gap"
        )
    return None


@dataclass(frozen=True)
class Reach:
    """How far a run's epoch may reach. Times are milliseconds UTC.

    Args:
        until_ms: only input before it is taken; None takes what has arrived.
        sealed_ms: the latest end of a data interval among the sealed epochs, if any.
    """

    until_ms: int | None = None
    sealed_ms: int | None = None

    @property
    def behind(self) -> bool:
        """True when an epoch is sealed that took everything before a time at or after this run's end."""
        return self.until_ms is not None and self.sealed_ms is not None and self.until_ms <= self.sealed_ms

    def too_early(self, now_ms: int) -> str | None:
        """Why the run must not plan yet; None when its interval is over."""
        if self.until_ms is None or self.until_ms <= now_ms + CLOCKS_APART_MS:
            return None
        return (
            f"the run's data interval ends at {shown(self.until_ms)}, and it is {shown(now_ms)}: input of an interval "
            "that is not over belongs to a later run. Trigger it with an earlier logical date"
        )

    def too_late(self, discovered: Sequence[Slice]) -> str | None:
        """Why a run behind the sealed epochs does not take newly found input; None when there is nothing to refuse.

        What a cap left over in the ledger is no news: it may be taken by any run.
        """
        if not self.behind or not discovered:
            return None
        others = f" and {len(discovered) - 1} more" if len(discovered) > 1 else ""
        return (
            f"the run's data interval ends at {shown(self.until_ms)}, but input before {shown(self.sealed_ms)} is "
            f"sealed. {discovered[0].key}{others} came late: the next run of a later interval takes it. "
            "Sealed epochs are not processed again"
        )


def shown(ms: int | None) -> str:
    """A time for people: ISO text in UTC."""
    return "never" if ms is None else (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).isoformat()
