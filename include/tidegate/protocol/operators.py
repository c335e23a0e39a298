"""The operators of a pipeline as the protocol knows them: by uid, with their state."""

from collections.abc import Collection, Iterable

from tidegate.protocol.model import Manifest, OperatorState, StateRun


def by_operator(runs: Iterable[StateRun], uids: Iterable[str], *, buckets: int) -> dict[str, OperatorState]:
    """A state version by operator: those of `uids`, which may have no run, and those that have runs."""
    state: dict[str, list[StateRun]] = {uid: [] for uid in uids}
    for run in runs:
        state.setdefault(run.operator, []).append(run)
    return {uid: OperatorState(buckets, tuple(own)) for uid, own in state.items()}


def undeclared(parent: Manifest | None, uids: Collection[str]) -> str | None:
    """Why operators of the declared `uids` cannot start from the state of `parent`; None when they can.

    An operator under another uid would begin without what the older one has kept.
    """
    lost = [uid for uid, own in sorted(parent.operators.items()) if own.state and uid not in uids] if parent else []
    if not parent or not lost:
        return None
    return (
        f"{parent.pipeline}: there is state of the operator {lost[0]!r} behind epoch {parent.epoch}, which the "
        f"pipeline does not declare any more, but {', '.join(map(repr, uids))}: give it its uid again, "
        f'`.process(…).uid("{lost[0]}")`, or the pipeline a new name'
    )
