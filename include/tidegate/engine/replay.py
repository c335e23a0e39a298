"""`verify --replay`: compute a past epoch again and compare it bit for bit (I3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from tidegate.api.pipeline import Definition
from tidegate.engine.archives import Archives
from tidegate.engine.ledger import Ledger
from tidegate.engine.manifests import listed, read_manifest, state_for
from tidegate.engine.verify import Finding
from tidegate.errors import RefusedError
from tidegate.ports import Adapters, EpochTask
from tidegate.protocol import layout
from tidegate.protocol.corrections import as_read
from tidegate.protocol.fingerprint import changes
from tidegate.protocol.model import Epoch, LaneId, Manifest, PartitionValues, StagedPartition, StateRun
from tidegate.protocol.purposes import reads_sources


def replay(
    definition: Definition, adapters: Adapters, root: str, number: int, *, progress: Callable[[str], None]
) -> list[Finding]:
    """Compute epoch `number` again from its recorded ranges and state, in a folder that is removed afterwards.

    What is kept of its input is read in place of the source.

    Returns the differences between what it made then and what it makes now, and before them what has changed in the
    pipeline; an empty list means the same bytes.

    Raises:
        RefusedError: the epoch, or what it started from, is not kept any more; or it is a compaction.
        SourceGapError: a slice of its ranges changed or is gone.
        StateIncompatibleError: what it started from has state of an operator that is not declared any more.
        DataDamagedError: what it started from, or its manifest or its kept input, is not as it was written.
    """
    epoch, manifest = _recorded(definition, adapters, number)
    parent = read_manifest(adapters.storage, epoch.parent) if epoch.parent else None
    state = state_for(definition, parent)
    ledger = Ledger(definition.name, adapters.store, adapters.sources)
    slices = as_read(epoch, ledger.known(epoch.offsets))
    archives = Archives(definition, adapters)
    archived = archives.of(epoch)
    archives.check(epoch, slices, archived)
    changed = "; ".join(changes(manifest.definition, definition.described))
    if changed:
        progress(f"{epoch}: the pipeline has changed since then, so differences may come from that: {changed}")
    folder = layout.folder(root, layout.Replay(epoch.lane, uuid4().hex))
    before = {(p.table, p.values): p.previous for p in manifest.partitions if p.previous}

    def locate(table: str, values: Sequence[PartitionValues]) -> Mapping[PartitionValues, StagedPartition]:
        wanted = (((table, v), before[table, v]) for v in values if (table, v) in before)
        return {v: partition for (_, v), partition in listed(adapters.storage, wanted).items()}

    try:
        again = adapters.processor.process(
            EpochTask(
                definition=definition,
                epoch=replace(epoch, fence=0),
                slices=slices,
                readers=archives.readers(archived),
                parent_state=state,
                parent_watermarks=parent.watermarks if parent else {},
                root=folder,
                locate=locate,
                progress=progress,
            )
        )
        now, then = again.counts.rows_in, manifest.counts.rows_in
        if now != then and definition.sources.keys() - archived.keys():
            said = f"has {now:,} records of it now, not {then:,}: what was computed cannot be compared"
            return [Finding("the source", said)]
        found = [
            *_differences("partition", _partitions(manifest.partitions), _partitions(again.partitions)),
            *_differences("state of", _state(manifest.state), _state(again.state)),
        ]
        return [Finding("pipeline", f"has changed since then: {changed}"), *found] if found and changed else found
    finally:
        for file in adapters.storage.walk(folder):
            adapters.storage.delete(file.uri)
        adapters.storage.prune(folder, lambda _: True)


def _recorded(definition: Definition, adapters: Adapters, number: int) -> tuple[Epoch, Manifest]:
    epochs = adapters.store.epochs(LaneId(definition.name), limit=2**31 - 1)
    epoch = next((e for e in epochs if e.epoch == number and e.manifest), None)
    if epoch is None:
        raise RefusedError(f"{definition.name}: epoch {number} is not kept, or was never staged")
    if not reads_sources(epoch.kind):
        raise RefusedError(f"{epoch} is a {epoch.kind.lower()}: it has no events to replay")
    if epoch.parent and all(e.manifest != epoch.parent for e in epochs):
        raise RefusedError(f"{epoch} cannot be replayed: the state it started from is not kept any more")
    return epoch, read_manifest(adapters.storage, epoch.manifest)


def _partitions(partitions: Sequence[StagedPartition]) -> dict[str, list[str]]:
    """Checksums of the files by partition, in the order of their buckets."""
    return {f"{p.table} {'/'.join(p.values)}": [f.sha256 for f in p.files] for p in partitions}


def _state(runs: Sequence[StateRun]) -> dict[str, list[str]]:
    state: dict[str, list[str]] = {}
    for run in runs:
        state.setdefault(f"{run.operator} in bucket {run.bucket}", []).append(run.sha256)
    return state


def _differences(what: str, then: dict[str, list[str]], now: dict[str, list[str]]) -> list[Finding]:
    return [
        Finding(f"{what} {name}", f"was {then.get(name, 'not there')}, is {now.get(name, 'not there')}")
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    ]
