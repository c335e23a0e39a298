"""`verify`: does the world look as the checkpoint table says?"""

from collections.abc import Callable
from dataclasses import dataclass

from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target
from tidegate.engine.coordinator import Adapters, read_manifest
from tidegate.errors import InvariantViolationError
from tidegate.protocol.model import Epoch, Head, LaneId, Manifest, PartitionValues, StagedPartition, Status
from tidegate.protocol.recovery import repair


@dataclass(frozen=True)
class Finding:
    """One difference: what was looked at, and what is wrong with it."""

    subject: str
    problem: str


def verify(definition: Definition, adapters: Adapters, *, progress: Callable[[str], None]) -> list[Finding]:
    """Compare heads with the metastore, and every file of a head with its manifest. Changes nothing.

    Returns the differences; an empty list means that each target table is exactly what the sealed epochs made. An
    epoch between swap and seal shows as a difference: verify an idle pipeline, or look again after the next seal.
    """
    lane = LaneId(definition.name)
    manifests = _manifests(adapters, adapters.store.epochs(lane, limit=2**31 - 1))
    findings: list[Finding] = []
    for target in definition.all_targets:
        heads = adapters.store.heads(target.name)
        progress(f"{target.name}: {len(heads)} partitions")
        findings += _placement(adapters, target, heads)
        for head in heads.values():
            findings += _files(adapters, head, manifests)
    return findings


def _manifests(adapters: Adapters, epochs: list[Epoch]) -> dict[tuple[int, int], Manifest | str]:
    """Manifests by (epoch, generation); a text says why one cannot be read."""
    found: dict[tuple[int, int], Manifest | str] = {}
    for epoch in epochs:
        if epoch.status in (Status.PUBLISHED, Status.SEALED):
            try:
                found[epoch.epoch, epoch.generation] = read_manifest(adapters.storage, epoch.manifest)
            except InvariantViolationError as e:
                found[epoch.epoch, epoch.generation] = str(e)
    return found


def _placement(adapters: Adapters, target: Target, heads: dict[PartitionValues, Head]) -> list[Finding]:
    found = adapters.sink.locations(target)
    change = repair(heads, found)
    name = target.name
    return [
        *(
            Finding(f"{name} {'/'.join(h.values)}", f"the metastore has {found.get(h.values)}, not {h.location}")
            for h in change.locate
        ),
        *(Finding(f"{name} {'/'.join(v)}", f"no sealed epoch made this partition ({found[v]})") for v in change.drop),
    ]


def _files(adapters: Adapters, head: Head, manifests: dict[tuple[int, int], Manifest | str]) -> list[Finding]:
    subject = f"{head.table} {'/'.join(head.values)}"
    manifest = manifests.get((head.epoch, head.generation))
    if not isinstance(manifest, Manifest):
        return [
            Finding(subject, manifest or f"epoch {head.epoch} generation {head.generation} is not in the checkpoint")
        ]
    staged = [p for p in manifest.partitions if p.table == head.table and p.values == head.values]
    if len(staged) != 1 or staged[0].location != head.location:
        return [Finding(subject, f"the manifest of epoch {head.epoch} does not name {head.location}")]
    return _contents(adapters, subject, staged[0])


def _contents(adapters: Adapters, subject: str, staged: StagedPartition) -> list[Finding]:
    sizes = adapters.storage.sizes(staged.location)
    findings = [
        Finding(subject, f"{path} is not in the manifest")
        for path in sorted(sizes.keys() - {f.path for f in staged.files})
    ]
    for file in staged.files:
        if file.path not in sizes:
            findings.append(Finding(subject, f"{file.path} is missing"))
        elif sizes[file.path] != file.bytes:
            findings.append(Finding(subject, f"{file.path} has {sizes[file.path]} bytes, not {file.bytes}"))
        elif (rows := adapters.storage.rows(file.path)) != file.rows:
            findings.append(Finding(subject, f"{file.path} has {rows} rows, not {file.rows}"))
    return findings
