"""The checkpoint table on PostgreSQL: the store, and the migrations that make its tables."""

from tidegate.adapters.checkpoint.schema import migrate
from tidegate.adapters.checkpoint.store import PostgresCheckpointStore
from tidegate.adapters.checkpoint.summaries import LaneSummary, PipelineSummary

__all__ = ["LaneSummary", "PipelineSummary", "PostgresCheckpointStore", "migrate"]
