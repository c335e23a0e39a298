"""Where a pipeline's files lie in storage: written here, and read back here.

    ROOT/PIPELINE/lane=LANE/epoch=N/gen=N/attempt=FENCE/   what one attempt at an epoch makes: `Attempt`
    ROOT/PIPELINE/lane=LANE/replay=NAME/                   an epoch computed again to compare, then removed: `Replay`
    ROOT/PIPELINE/clone=TABLE/attempt=FENCE/               what one attempt at a clone makes: `CloneAttempt`
    ROOT/PIPELINE/archive/lane=main/epoch=N/gen=N/attempt=FENCE/UID/    its input as it came, by source: `Archive`

In each of these folders, but for the archive's:

    manifest.json            what was made
    data/TABLE/KEY=VALUE/…   the partitions that Hive shows
    changes/TABLE/…          rows of an upsert table before they are merged with what is there
    state/UID/…              state runs of an operator
    closed                   no task may add a file for Hive any more
    read/…                   what tasks report of the rows that they read
    empty/                   the location of partitions that are no more

ROOT never moves: manifests, heads and Hive's own table hold whole locations.
"""

import re
from dataclasses import dataclass

from tidegate.protocol.model import Epoch, LaneId


@dataclass(frozen=True)
class Attempt:
    """One attempt at an epoch. Nobody else writes into its folder."""

    lane: LaneId
    epoch: int
    generation: int
    fence: int

    @classmethod
    def at(cls, epoch: Epoch) -> "Attempt":
        """The newest attempt at an epoch."""
        return cls(epoch.lane, epoch.epoch, epoch.generation, epoch.fence)

    def __str__(self) -> str:
        return f"lane={self.lane.lane}/epoch={self.epoch}/gen={self.generation}/attempt={self.fence}"


@dataclass(frozen=True)
class Replay:
    """One computation of a past epoch that changes nothing; `name` is its own."""

    lane: LaneId
    name: str

    def __str__(self) -> str:
        return f"lane={self.lane.lane}/replay={self.name}"


@dataclass(frozen=True)
class CloneAttempt:
    """One attempt at the manifest of the clone `table`."""

    lane: LaneId
    table: str
    fence: int

    def __str__(self) -> str:
        return f"clone={self.table}/attempt={self.fence}"


S3 = "s3a://"
"""How locations on object stores begin: Hadoop's word, which Hive and Spark know without being told."""


def normal(location: str) -> str:
    """One spelling for a location.

    Java writes ``file:/x`` where others write ``file:///x``, and what is ``s3a://`` for Hadoop is ``s3://`` for others.
    """
    if location.startswith("file:"):
        location = "file:///" + location[5:].lstrip("/")
    elif location.startswith("s3://"):
        location = S3 + location[5:]
    return location if location == S3 else location.rstrip("/")


@dataclass(frozen=True)
class Archive:
    """The input of one attempt at an epoch, as it came.

    It lies beside the attempt's folder: a tidegate from before there were archives, whose clean-up knows only what
    manifests listed then, takes these files for nothing that it may delete.
    """

    attempt: Attempt

    @property
    def lane(self) -> LaneId:
        """The attempt's."""
        return self.attempt.lane

    def __str__(self) -> str:
        return f"{_ARCHIVE}{self.attempt}"


Maker = Attempt | Replay | CloneAttempt | Archive
"""Who made a file. As text its folder, below the pipeline's."""

_ARCHIVE = "archive/"
_EPOCH = re.compile(r"(?:archive/)?lane=([^/]+)/epoch=(\d+)(?:/|$)")
_ATTEMPT = re.compile(r"lane=([^/]+)/epoch=(\d+)/gen=(\d+)/attempt=(\d+)/")
_REPLAY = re.compile(r"lane=([^/]+)/replay=([^/]+)/")
_CLONE = re.compile(r"clone=([^/]+)/attempt=(\d+)/")


def of_pipeline(root: str, pipeline: str) -> str:
    """The folder of all that a pipeline has below `root`."""
    return f"{root}/{pipeline}"


def folder(root: str, maker: Maker) -> str:
    """The folder into which `maker` writes."""
    return f"{of_pipeline(root, maker.lane.pipeline)}/{maker}"


def epoch_of(root: str, pipeline: str, folder: str) -> tuple[str, int] | None:
    """Lane and number of the epoch that everything in `folder` is of; None when that is not of one epoch."""
    found = _EPOCH.match(folder.removeprefix(f"{of_pipeline(root, pipeline)}/"))
    return (found[1], int(found[2])) if found else None


def maker(root: str, pipeline: str, uri: str) -> Maker | None:
    """Who made the pipeline's file `uri`; None when it lies in no folder that `folder` gives."""
    below = uri.removeprefix(f"{of_pipeline(root, pipeline)}/")
    if below == uri:
        return None
    if found := _ATTEMPT.match(below.removeprefix(_ARCHIVE)):
        lane, *numbers = found.groups()
        attempt = Attempt(LaneId(pipeline, lane), *map(int, numbers))
        return Archive(attempt) if below.startswith(_ARCHIVE) else attempt
    if found := _REPLAY.match(below):
        return Replay(LaneId(pipeline, found[1]), found[2])
    if found := _CLONE.match(below):
        return CloneAttempt(LaneId(pipeline), found[1], int(found[2]))
    return None


def manifest_in(folder: str) -> str:
    """The manifest of what was made in a folder."""
    return f"{folder}/manifest.json"


def data_in(folder: str, table: str) -> str:
    """Where a table's partitions lie."""
    return f"{folder}/data/{table}"


def changes_in(folder: str, table: str) -> str:
    """Where the rows for an upsert table lie before they are merged."""
    return f"{folder}/changes/{table}"


def state_in(folder: str, operator: str) -> str:
    """Where the state runs of an operator lie."""
    return f"{folder}/state/{operator}"


def reports_in(folder: str) -> str:
    """Where tasks leave what they read."""
    return f"{folder}/read"


def closed_in(folder: str) -> str:
    """What is there when no task may add files to `data` any more."""
    return f"{folder}/closed"


def empty_in(folder: str) -> str:
    """The location of partitions that are no more."""
    return f"{folder}/empty"
