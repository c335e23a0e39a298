"""Reading manifests back, and what they say of partitions."""

from collections.abc import Iterable, Mapping

from tidegate.api.pipeline import Definition
from tidegate.errors import DataDamagedError, InvariantViolationError, StateIncompatibleError
from tidegate.ports import Storage
from tidegate.protocol.model import Manifest, ManifestRef, Place, Placed, StagedPartition, StateRun, checksum
from tidegate.protocol.uids import undeclared

_BROUGHT_BACK = "`tidegate verify PIPELINE --repair` writes a manifest again, from the checkpoint"


def read_manifest(storage: Storage, ref: ManifestRef | None) -> Manifest:
    """Read a manifest whose bytes have the recorded checksum; anything else is a DataDamagedError.

    Raises FormatError when it is whole, and this tidegate cannot read it.
    """
    if ref is None:
        raise InvariantViolationError("an epoch that is past PLANNED has no manifest")
    try:
        data = storage.read(ref.uri)
    except FileNotFoundError:
        raise DataDamagedError.of(ref.uri, f"is missing: {_BROUGHT_BACK}") from None
    if (found := checksum(data)) != ref.sha256:
        raise DataDamagedError.of(ref.uri, f"has the checksum {found}, not {ref.sha256}: {_BROUGHT_BACK}")
    return Manifest.from_json(data, ref.uri)


def state_for(definition: Definition, parent: Manifest | None) -> tuple[StateRun, ...]:
    """The state runs that the pipeline's operators start from behind an epoch; None is before the first.

    Raises StateIncompatibleError when there is state of an operator that is not declared any more.
    """
    if not parent:
        return ()
    found = f"{parent.pipeline} epoch {parent.epoch} has state of the operator"
    kept = (uid for uid, own in parent.operators.items() if own.state)
    if reason := undeclared(found, kept, [o.uid for o in definition.operators], how=".process(…).uid(…)"):
        raise StateIncompatibleError(reason)
    return parent.state


def listed(storage: Storage, placed: Iterable[tuple[Place, Placed]]) -> dict[Place, StagedPartition]:
    """Partitions with their files, by the manifests that put them where they lie; each is read once."""
    manifests: dict[ManifestRef, Mapping[Place, StagedPartition]] = {}
    found = {}
    for place, at in placed:
        if at.manifest not in manifests:
            partitions = read_manifest(storage, at.manifest).partitions
            manifests[at.manifest] = {(p.table, p.values): p for p in partitions}
        found[place] = manifests[at.manifest][place]
    return found
