"""The operators of a pipeline as the protocol knows them: by uid, with their state."""

from collections.abc import Iterable

from tidegate.protocol.model import OperatorState, StateRun


def by_operator(runs: Iterable[StateRun], uids: Iterable[str], *, buckets: int) -> dict[str, OperatorState]:
    """A state version by operator: those of `uids`, which may have no run, and those that have runs."""
    state: dict[str, list[StateRun]] = {uid: [] for uid in uids}
    for run in runs:
        state.setdefault(run.operator, []).append(run)
    return {uid: OperatorState(buckets, tuple(own)) for uid, own in state.items()}
