"""The files of a Hive table's partitions, and when a partition is complete."""

from collections.abc import Callable
from dataclasses import dataclass

from pyarrow import fs

from tidegate.adapters.hive.foreign import ForeignPartition, ForeignTable
from tidegate.adapters.tables.detail import FileState, PartitionDetail
from tidegate.api.tables import HiveTableSource
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.runtime.locations import resolve

_NS = 10**9


@dataclass(frozen=True)
class Listing:
    """Lists partitions.

    Args:
        source: the declaration.
        pipeline: for messages.
        now: the time in seconds since 1970 UTC.
    """

    source: HiveTableSource
    pipeline: str
    now: Callable[[], float]

    def settled(self, table: ForeignTable, partition: ForeignPartition) -> PartitionDetail | None:
        """A partition as it is now; None while it is not complete."""
        found, marked = self.listed(table, partition)
        latest_ns = max([partition.changed_s * _NS, *(f.modified_ns for f in found.files)])
        settled = latest_ns <= (self.now() - self.source.settle.total_seconds()) * _NS
        return found if found.files and marked and settled else None

    def listed(self, table: ForeignTable, partition: ForeignPartition) -> tuple[PartitionDetail, bool]:
        """Its files, and whether the marker is there."""
        system, path = resolve(partition.location)
        try:
            infos = system.get_file_info(fs.FileSelector(path, allow_not_found=True))
        except PermissionError as e:
            raise ConfigurationError(f"{self.pipeline}: no right to list {partition.location}: {e}") from e
        except OSError as e:
            raise UnavailableError(f"{self.pipeline}: {partition.location} cannot be listed: {e}") from e
        visible = [i for i in infos if not i.base_name.startswith((".", "_"))]
        if folders := [i.base_name for i in visible if not i.is_file]:
            raise ConfigurationError(
                f"{self.pipeline}: there is a folder {folders[0]!r} in {partition.location}: only files of a "
                "partition are read"
            )
        files = sorted((FileState(i.base_name, i.size, i.mtime_ns or 0) for i in visible), key=lambda f: f.name)
        marked = self.source.marker is None or any(i.base_name == self.source.marker for i in infos)
        detail = PartitionDetail(self.source.table, table.keys, partition.values, partition.location, tuple(files))
        return detail, marked
