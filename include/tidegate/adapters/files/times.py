"""When a file's data begin: as its path tells, or the event times in its Parquet footer."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.api.files import FileSource
from tidegate.api.path_time import PathTime
from tidegate.errors import ConfigurationError
from tidegate.runtime.locations import open_input
from tidegate.runtime.object_stores import raise_if_of_store

_BEFORE_ALL = -(2**63)
_PER_MS = {"ms": 1, "us": 1_000, "ns": 1_000_000}


class FileTimes:
    """Tells the times of a pipeline's files."""

    def __init__(self, settings: FileSource, pipeline: str) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._path_time = PathTime(settings.path_time) if settings.path_time is not None else None

    def ms(self, path: str, place: str) -> int:
        """When the data of the file of that path begin, which is now at `place`, in milliseconds UTC.

        Raises ConfigurationError when it does not tell.
        """
        if self._settings.event_time is not None:
            return self._first_event(place, self._settings.event_time)
        if self._path_time is None:
            raise ConfigurationError(
                f"{self._pipeline}: epochs that are bounded by data intervals need FileSource.path_time, which says "
                "how a file's path tells the time of its data, or event_time"
            )
        time_ms = self.told(path)
        if time_ms is None:
            raise ConfigurationError(
                f"{self._pipeline}: the path {path} does not tell one time by FileSource.path_time "
                f"{self._settings.path_time!r}; move or rename the file, or correct the pattern"
            )
        return time_ms

    def told(self, path: str) -> int | None:
        """The time that a path tells by `path_time`, in milliseconds UTC; None when it tells none, or several."""
        if self._path_time is None:
            return None
        return self._path_time.ms(path.removeprefix(str(self._settings.path)).lstrip("/"))

    def _first_event(self, path: str, column: str) -> int:
        """The smallest value of a column, from the footer alone; before all times when there is no value."""
        column = self._settings.aliases.get(column, column)
        try:
            with open_input(path) as source:
                footer = pq.read_metadata(source)
            unit = footer.schema.to_arrow_schema().field(column).type.unit
        except (pa.ArrowInvalid, OSError, KeyError, AttributeError) as e:
            if isinstance(e, OSError):
                raise_if_of_store(e, path)
            raise ConfigurationError(
                f"{self._pipeline}: {path} does not tell its time by FileSource.event_time {column!r}: {e}; replace or "
                "remove the file"
            ) from e
        first = []
        for group in map(footer.row_group, range(footer.num_row_groups)):
            (statistics,) = (c.statistics for c in _columns(group) if c.path_in_schema == column)
            if statistics is not None and statistics.has_min_max:
                first.append(statistics.min_raw // _PER_MS[unit])
            elif group.num_rows and (statistics is None or statistics.null_count != group.num_rows):
                raise ConfigurationError(
                    f"{self._pipeline}: the footer of {path} has no statistics of {column!r}, which is "
                    "FileSource.event_time; write it with statistics, as a 64-bit timestamp (Spark: "
                    "spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS)"
                )
        return min(first, default=_BEFORE_ALL)


def _columns(group: pq.RowGroupMetaData) -> Iterator[pq.ColumnChunkMetaData]:
    return map(group.column, range(group.num_columns))
