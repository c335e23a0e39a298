"""Steps 10 to 14: from STAGED or PUBLISHED to SEALED, and the clean-up behind it."""

from dataclasses import dataclass

from tidegate.engine.cleanup import Cleaner
from tidegate.engine.manifests import read_manifest
from tidegate.engine.publishing import Publisher
from tidegate.engine.timings import Timings
from tidegate.engine.work import Work
from tidegate.errors import ConfigurationError
from tidegate.protocol.model import MAIN_LANE, Epoch, Lease, Status


@dataclass(frozen=True)
class Sealer:
    """Rolls the epochs of one pipeline forward. Reads no input and runs no user code (I5).

    Args:
        work: knows the tables.
        publisher: swaps and reads back.
        cleaner: cleans up.
        timings: of the run.
    """

    work: Work
    publisher: Publisher
    cleaner: Cleaner
    timings: Timings

    def roll_forward(self, lease: Lease, epoch: Epoch) -> Epoch:
        """Leave an adopted epoch SEALED; FencedError when a newer attempt has it."""
        store = self.work.adapters.store
        with self.timings.of("publish"):
            if epoch.lane.lane != MAIN_LANE:  # nobody sees what a lane makes until it is promoted
                merging = self.work.history.merging
                placements = read_manifest(self.work.adapters.storage, epoch.manifest).placements() if merging else ()
                epoch = store.publish(lease, epoch, heads=[h for h in placements if h.table in merging])
            elif epoch.status is Status.STAGED:
                epoch = self.publisher.publish(lease, epoch)
            else:
                self.publisher.read_back(epoch)
        with self.timings.of("seal"):
            sealed = store.seal(lease, epoch)  # 13
        self.work.reached("sealed", sealed)
        self.work.progress(f"{sealed} sealed")
        if sealed.lane.lane == MAIN_LANE:
            for problem in self.work.ledger.sealed(sealed.offsets):
                self.work.progress(problem)
        return sealed

    def clean_when_due(self, lease: Lease, sealed: Epoch) -> None:
        """Clean up each time that a tenth of the epochs to keep was added."""
        if sealed.epoch % max(1, self.work.definition.pipeline.retention.epochs // 10) == 0:
            with self.timings.of("clean"):
                self.cleaner.clean(lease)  # 14
                try:
                    self.cleaner.retire(lease, dry_run=False)
                except ConfigurationError as e:  # the epoch is sealed all the same
                    self.work.progress(str(e))
