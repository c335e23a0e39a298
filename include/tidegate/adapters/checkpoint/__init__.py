"""The checkpoint tables in PostgreSQL."""

from tidegate.adapters.checkpoint.migrations import migrate
from tidegate.adapters.checkpoint.store import LaneSummary, PostgresCheckpointStore

__all__ = ["LaneSummary", "PostgresCheckpointStore", "migrate"]
