"""Which past epochs, and which files of theirs, are still needed."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from tidegate.protocol.layout import Archive, Attempt, CloneAttempt, Maker, epoch_of, maker, normal
from tidegate.protocol.model import Epoch, Manifest, Status
from tidegate.protocol.purposes import goes_back_to


def retained(
    epochs: Sequence[Epoch],
    *,
    named_by_heads: set[int],
    most: int,
    age_ms: int,
    grace_ms: int,
    now_ms: int,
    forked_from: int | None = None,
) -> set[int]:
    """Numbers of the epochs whose rows and manifests stay.

    Args:
        epochs: all rows of the lane.
        named_by_heads: epochs that a table head names: their files are the table.
        most: the newest so many stay, unless they are too old.
        age_ms: sealed longer ago than this is too old.
        grace_ms: one that was sealed within it stays in any case, and so do the files that it replaced.
        now_ms: the database's time.
        forked_from: the oldest epoch behind which a lane was forked: it and all later ones stay.

    The last sealed epoch, which the next one starts from, and an unfinished one always stay; and with one that goes
    back to an earlier epoch all that it goes back over, until it is sealed.
    """
    ordered = sorted(epochs, key=lambda e: (e.epoch, e.generation), reverse=True)
    sealed = [e for e in ordered if e.status is Status.SEALED]
    unfinished = [e for e in ordered if e.status not in (Status.SEALED, Status.ABANDONED)]
    keep = named_by_heads | {e.epoch for e in (*unfinished, *sealed[:1])}
    for back in (goes_back_to(e.purpose) for e in unfinished):
        if back is not None:
            keep |= {e.epoch for e in sealed if e.epoch >= back}
    if forked_from is not None:
        keep |= {e.epoch for e in ordered if e.epoch >= forked_from}
    for place, epoch in enumerate(sealed):
        since = now_ms - (epoch.sealed_ms or now_ms)
        if since <= grace_ms or (place < most and since <= age_ms):
            keep.add(epoch.epoch)
    return keep


class Reachable:
    """The files that manifests of retained epochs, and of clones, lead to.

    They are the manifests' own, their state, their partitions and what these replaced; and the archived input of epochs
    with the numbers `replayable`, which are not all whose rows are in a table. Another spelling of a location is the
    same location: a warehouse whose address is written otherwise than before loses nothing.
    """

    def __init__(self, manifests: Iterable[tuple[str, Manifest]], replayable: Collection[int] = ()) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        for uri, manifest in manifests:
            self._files |= {normal(uri), *(normal(run.path) for run in manifest.state)}
            if manifest.epoch in replayable:
                self._files |= {normal(file.path) for files in manifest.archives.values() for file in files}
            for partition in manifest.partitions:
                self._folders.add(normal(partition.location))
                if partition.previous:
                    self._folders.add(normal(partition.previous.location))
                    self._files.add(normal(partition.previous.manifest.uri))

    def __contains__(self, uri: str) -> bool:
        uri = normal(uri)
        return uri in self._files or uri.rpartition("/")[0] in self._folders


def collectable(
    uri: str,
    maker: Maker | None,
    *,
    modified_ms: int,
    reachable: Reachable,
    oldest_running_fences: Mapping[str, int],
    grace_ms: int,
    now_ms: int,
) -> bool:
    """True when a file may be deleted: an attempt, replay or clone made it, nothing leads to it, and nobody writes it.

    An attempt with its lane's oldest running fence or a larger one may be at work, or its outcome be unknown (I6).
    """
    if now_ms - modified_ms <= grace_ms or uri in reachable:
        return False
    attempt = maker.attempt if isinstance(maker, Archive) else maker
    if isinstance(attempt, Attempt):
        return attempt.fence < oldest_running_fences.get(attempt.lane.lane, 0)
    return maker is not None


def ended(root: str, pipeline: str, folder: str, sealed: Mapping[str, int]) -> bool:
    """True when nobody will write into a folder any more.

    Args:
        root: URI below which attempts write.
        pipeline: whose folder it is.
        folder: its URI.
        sealed: the last sealed epoch of each lane. No attempt is made at it again, nor at one before it.
    """
    if epoch := epoch_of(root, pipeline, folder):
        lane, number = epoch
        return number <= sealed.get(lane, 0)
    return isinstance(maker(root, pipeline, f"{folder}/"), CloneAttempt)
