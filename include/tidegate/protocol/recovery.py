"""What an attempt does next, decided from data alone.

One question per function; the engine asks, then acts. Nothing here does I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tidegate.protocol.model import Epoch, Head, PartitionValues, Run, Status


class Step(StrEnum):
    """The next thing an attempt does with a lane."""

    PROCESS = "process"  # PLANNED: read the recorded range again, from the recorded state
    PUBLISH = "publish"  # STAGED: roll forward, never recompute (I5)
    SEAL = "seal"  # PUBLISHED
    PLAN = "plan"  # nothing unfinished: fix a new range
    DONE = "done"  # this run's epoch is sealed already


NEXT: dict[Status, Step] = {
    Status.PLANNED: Step.PROCESS,
    Status.STAGED: Step.PUBLISH,
    Status.PUBLISHED: Step.SEAL,
    Status.SEALED: Step.DONE,
}


@dataclass(frozen=True)
class Decision:
    """`step`, on `epoch` where there is one; `foreign` when the epoch was left behind by another run."""

    step: Step
    epoch: Epoch | None = None
    foreign: bool = False


def decide(run: Run, *, unfinished: Epoch | None, own: Epoch | None) -> Decision:
    """Decide what the attempt of `run` does.

    Args:
        run: who asks.
        unfinished: the lane's one epoch that is PLANNED, STAGED or PUBLISHED, if any.
        own: the newest epoch that this run planned before, if any.

    An unfinished epoch always comes first, whoever left it: ranges are processed in order (I1).
    """
    if unfinished is not None:
        return Decision(NEXT[unfinished.status], unfinished, foreign=unfinished.run.key != run.key)
    if own is not None and own.status is Status.SEALED:
        return Decision(Step.DONE, own)
    return Decision(Step.PLAN)


def reprocesses(run: Run, own: Epoch | None) -> bool:
    """True when a person cleared the run, or a backfill reprocesses it, after its epoch `own` was sealed."""
    return own is not None and own.status is Status.SEALED and run.clear_number > own.run.clear_number


@dataclass(frozen=True)
class Repair:
    """The change that brings one table of the metastore back to its heads."""

    locate: tuple[Head, ...] = ()
    drop: tuple[PartitionValues, ...] = ()

    @property
    def touched(self) -> tuple[PartitionValues, ...]:
        """The partitions that it changes."""
        return (*(h.values for h in self.locate), *self.drop)


def repair(expected: Mapping[PartitionValues, Head], found: Mapping[PartitionValues, str]) -> Repair:
    """Compare the heads of some partitions with the locations the metastore has for them.

    Args:
        expected: the heads, by partition values.
        found: metastore locations of the same partitions; one that is not in `expected` should not exist.
    """
    return Repair(
        locate=tuple(h for v, h in sorted(expected.items()) if found.get(v) != h.location),
        drop=tuple(sorted(v for v in found if v not in expected)),
    )
