"""How long the named parts of a run take, for people and benchmarks."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tidegate.ports import Clock


class Timings:
    """Seconds by name, added up."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Take the time of what is done inside."""
        began = self._clock.monotonic()
        try:
            yield
        finally:
            self._seconds[name] += self._clock.monotonic() - began

    def add(self, name: str, seconds: float) -> None:
        """Add what somebody else has measured."""
        self._seconds[name] += seconds

    def seconds(self) -> Mapping[str, float]:
        """All of them so far."""
        return dict(self._seconds)

    def clear(self) -> None:
        """Start again."""
        self._seconds.clear()
