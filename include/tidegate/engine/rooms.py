"""The parts of a run, put together: each knows the pipeline and the world, and what comes before it."""

from collections.abc import Callable
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.engine.cleanup import Cleaner
from tidegate.engine.opening import Opener
from tidegate.engine.publishing import Publisher
from tidegate.engine.sealing import Sealer
from tidegate.engine.staging import Stager
from tidegate.engine.timings import Timings
from tidegate.engine.work import Work
from tidegate.ports import Adapters
from tidegate.protocol.model import Epoch


@dataclass(frozen=True)
class Rooms:
    """One for each span of steps, for one pipeline.

    Args:
        definition: the pipeline.
        adapters: the world.
        root: URI below which attempts write.
        reached: called with the name of each crash point.
        progress: called with one sentence per step.
        timings: of the run.
    """

    definition: Definition
    adapters: Adapters
    root: str
    reached: Callable[[str, Epoch], None]
    progress: Callable[[str], None]
    timings: Timings

    @property
    def opener(self) -> Opener:
        """Step 2."""
        return Opener(self.work, self.publisher, self.timings)

    @property
    def work(self) -> Work:
        """What epochs are computed with."""
        return Work(self.definition, self.adapters, self.root, self.reached, self.progress)

    @property
    def stager(self) -> Stager:
        """Steps 3 to 9."""
        return Stager(self.work, self.publisher, self.root, self.timings)

    @property
    def publisher(self) -> Publisher:
        """Steps 10 to 12."""
        return Publisher(self.definition, self.adapters, self.reached, self.progress)

    @property
    def sealer(self) -> Sealer:
        """Steps 10 to 14."""
        return Sealer(self.work, self.publisher, self.cleaner, self.timings)

    @property
    def cleaner(self) -> Cleaner:
        """Step 14."""
        return Cleaner(self.definition, self.adapters, self.root, self.reached, self.progress)
