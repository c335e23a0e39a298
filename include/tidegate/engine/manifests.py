"""Reading manifests back."""

from tidegate.errors import InvariantViolationError
from tidegate.ports import Storage
from tidegate.protocol.model import Manifest, ManifestRef, checksum


def read_manifest(storage: Storage, ref: ManifestRef | None) -> Manifest:
    """Read a manifest whose bytes have the recorded checksum; anything else is an InvariantViolationError."""
    if ref is None:
        raise InvariantViolationError("an epoch that is past PLANNED has no manifest")
    try:
        data = storage.read(ref.uri)
    except FileNotFoundError:
        raise InvariantViolationError(
            f"manifest {ref.uri} is gone: restore it, or roll back to an older epoch"
        ) from None
    if checksum(data) != ref.sha256:
        raise InvariantViolationError(
            f"manifest {ref.uri} does not have the checksum {ref.sha256} it was recorded with"
        )
    return Manifest.from_json(data)
