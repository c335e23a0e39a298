"""How far back a look at a folder goes, by the times that paths tell, and what lies behind that."""

from collections.abc import Callable
from datetime import timedelta

from tidegate.adapters.files.listing import Listing
from tidegate.adapters.files.times import FileTimes
from tidegate.api.files import FileSource
from tidegate.ports import Known
from tidegate.protocol.model import Slice
from tidegate.protocol.spelling import spelled


class LookBack:
    """By a source's `look_back`. `now` gives seconds since 1970 UTC."""

    def __init__(self, settings: FileSource, times: FileTimes, *, now: Callable[[], float]) -> None:
        self._span = settings.look_back
        self._times = times
        self._now = now

    def since(self, tail: Slice | None) -> int | None:
        """The time before which files are not looked for behind the ledger's last slice, in milliseconds UTC.

        It is no later than now allows: a file whose path tells a time to come hides nothing. None looks for all, as
        behind a file that tells no time.
        """
        if self._span is None or tail is None:
            return None
        newest = self._times.told(tail.key)
        if newest is None:
            return None
        return min(newest, int(self._now() * 1000)) - self._span // timedelta(milliseconds=1)

    def left(self, listing: Listing, tail: Slice | None, known: Known) -> str | None:
        """What is said of files that no look finds; None when there are none. Lists the whole folder."""
        since_ms = self.since(tail)
        if since_ms is None:
            return None
        times = ((path, self._times.told(path)) for path, _ in listing.new(known))
        late = sorted(path for path, time_ms in times if time_ms is not None and time_ms < since_ms)
        if not late:
            return None
        return (
            f"{len(late)} files are not taken, for their paths tell a time of more than look_back ({self._span}) "
            f"before the newest: {spelled(late[0])}{', …' if late[1:] else ''}. A larger look_back takes them"
        )
