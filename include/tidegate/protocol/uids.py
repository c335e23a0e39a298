"""The parts of a pipeline are known by their uids, from epoch to epoch."""

from collections.abc import Collection, Iterable


def undeclared(found: str, kept: Iterable[str], declared: Collection[str], *, how: str) -> str | None:
    """Why parts with the `declared` uids cannot come behind those that were `kept`; None when they can.

    A part under another uid would begin without what the older one has read or remembers.

    Args:
        found: what is there of a part, with the epoch behind which it is: the words before its uid.
        kept: uids under which something is there.
        declared: uids that the pipeline declares.
        how: the call that gives a part its uid.
    """
    lost = sorted(set(kept).difference(declared))
    if not lost:
        return None
    return (
        f"{found} {lost[0]!r}, which the pipeline does not declare any more, but {', '.join(map(repr, declared))}: "
        f"give it its uid {lost[0]!r} again, by `{how}`, or the pipeline a new name"
    )
