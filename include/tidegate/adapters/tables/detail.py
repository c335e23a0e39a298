"""What makes an epoch of another pipeline, or a partition of a table, a slice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from tidegate.protocol.formats import EPOCH, PARTITION, canonical, read
from tidegate.protocol.model import ManifestRef, PartitionValues, Slice
from tidegate.protocol.partitions import partition_path


@dataclass(frozen=True)
class EpochDetail:
    """Rows that an epoch of another pipeline put into a table, or (without a manifest) only where to go on.

    Args:
        pipeline: the other pipeline.
        table: its table.
        epoch: the `epoch_id` of the rows.
        after: what is joined in them was put into the table by epochs behind this one.
        by: the epoch whose manifest lists the files: itself, or one that moved the rows later; without a manifest the
            newest that was seen.
        manifest: that manifest; None when the slice holds no rows.
        partitions: which of its partitions of the table; None is all of them.
        columns: the table's partition columns.
        upto: the other pipeline's epoch up to which the table had been looked through.
        accepted: epochs of which other rows were read than are shown, which is no gap, by a person's word.
    """

    pipeline: str
    table: str
    epoch: int
    after: int
    by: int
    manifest: ManifestRef | None
    partitions: tuple[PartitionValues, ...] | None
    columns: tuple[str, ...]
    upto: int
    accepted: tuple[int, ...] = ()

    @property
    def seen(self) -> int:
        """The newest epoch of the other pipeline at the look: what it showed then lies behind that."""
        return self.upto if self.manifest else self.by

    @classmethod
    def of(cls, slice_: Slice) -> Self:
        """As it was planned. Raises FormatError, which names the slice, when it is of a format that is not known."""
        return read(EPOCH, slice_.detail.encode(), slice_.key, cls._decoded)

    @classmethod
    def _decoded(cls, found: Mapping[str, Any]) -> Self:
        manifest, partitions = found["manifest"], found["partitions"]
        return cls(
            pipeline=found["pipeline"],
            table=found["table"],
            epoch=found["epoch"],
            after=found["after"],
            by=found["by"],
            manifest=ManifestRef(manifest["uri"], manifest["sha256"]) if manifest else None,
            partitions=None if partitions is None else tuple(map(tuple, partitions)),
            columns=tuple(found["columns"]),
            upto=found["upto"],
            accepted=tuple(found["accepted"]),
        )

    def to_json(self) -> str:
        """Canonical: the same slice gives the same text."""
        return canonical({"format": EPOCH.format, **asdict(self)}).decode()


@dataclass(frozen=True)
class FileState:
    """A file of a partition. `size` is in bytes, `modified_ns` in nanoseconds since 1970 UTC by the storage's clock."""

    name: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class PartitionDetail:
    """A partition as it was found.

    Args:
        table: "database.table".
        columns: the table's partition columns.
        values: of these.
        location: URI of its folder.
        files: all that are not hidden, by name.
    """

    table: str
    columns: tuple[str, ...]
    values: PartitionValues
    location: str
    files: tuple[FileState, ...]

    @classmethod
    def of(cls, slice_: Slice) -> Self:
        """As it was planned. Raises FormatError, which names the slice, when it is of a format that is not known."""
        return read(PARTITION, slice_.detail.encode(), slice_.key, cls._decoded)

    @classmethod
    def _decoded(cls, found: Mapping[str, Any]) -> Self:
        files = tuple(FileState(f["name"], f["size"], f["modified_ns"]) for f in found["files"])
        return cls(found["table"], tuple(found["columns"]), tuple(found["values"]), found["location"], files)

    def to_json(self) -> str:
        """Canonical: the same state gives the same text."""
        return canonical({"format": PARTITION.format, **asdict(self)}).decode()

    @property
    def name(self) -> str:
        """As Hive names it."""
        return partition_path(self.columns, self.values)

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(f.size for f in self.files)
