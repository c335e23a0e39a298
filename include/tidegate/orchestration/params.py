"""The params of one run: what a person can say when triggering it."""

from dataclasses import dataclass
from typing import Any

from airflow.sdk import Context, Param

from tidegate.errors import RefusedError
from tidegate.protocol.lanes import lane_name

LANE_PATTERN = "^((?!main$)[a-z0-9][a-z0-9_-]{0,62})?$"
"""What `lane_name` takes, or nothing: a wrong name is refused at the form, and before a backfill clears a run."""


@dataclass(frozen=True)
class RunParams:
    """Checked params.

    Args:
        dry_run: only say what the run would do.
        resume: first let the epoch of a paused pipeline be tried again.
        max_slices: take at most so many slices of a source; its own limit holds too.
        lane: in place of a new epoch, process past epochs again on this lane.
        from_epoch: with a lane, the first of them; a run that was cleared knows its own.
        to_epoch: with a lane, the last of them; None is the newest.
    """

    dry_run: bool = False
    resume: bool = False
    max_slices: int | None = None
    lane: str | None = None
    from_epoch: int | None = None
    to_epoch: int | None = None


def declared() -> dict[str, Param]:
    """The params as Airflow shows and checks them in the trigger form."""
    return {
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="Only say what the epoch would do; change nothing."
        ),
        "resume": Param(
            False,
            type="boolean",
            title="Resume",
            description="Go on with a paused pipeline: what its epoch failed of is mended.",
        ),
        "max_slices": _count(
            "Most slices",
            "In this run take at most so many slices of each source (of a folder: files); empty: as the pipeline says.",
        ),
        "lane": Param(
            None,
            type=["null", "string"],
            pattern=LANE_PATTERN,
            title="Lane",
            description="Process past epochs again on this lane; no table shows them before it is promoted.",
        ),
        "from_epoch": _count("From epoch", "With a lane: the first epoch. A cleared run knows its own."),
        "to_epoch": _count("To epoch", "With a lane: the last epoch; empty: the newest."),
    }


def _count(title: str, description: str) -> Param:
    return Param(None, type=["null", "integer"], minimum=1, title=title, description=description)


def params_of(context: Context) -> RunParams:
    """The run's params. Raises RefusedError: a DAG may declare them anew, so Airflow's check is not enough."""
    given: Any = context.get("params") or {}
    lane = given.get("lane") or None
    said = {name: given.get(name, False) for name in ("dry_run", "resume")}
    for name, value in said.items():
        if not isinstance(value, bool):
            raise RefusedError(f"param {name} must be true or false, not {value!r}: trigger the run again")
    numbers = {name: given.get(name) for name in ("max_slices", "from_epoch", "to_epoch")}
    for name, number in numbers.items():
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise RefusedError(f"param {name} must be null or an integer from 1, not {number!r}: trigger the run again")
    if lane is None and (numbers["from_epoch"] or numbers["to_epoch"]):
        raise RefusedError("params from_epoch and to_epoch need a lane: trigger the run again with one")
    return RunParams(**said, lane=None if lane is None else lane_name(str(lane)), **numbers)
