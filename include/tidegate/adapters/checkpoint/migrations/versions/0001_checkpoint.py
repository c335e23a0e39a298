"""Pipelines, lanes, epochs, table heads and source logs."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.execute(_PIPELINES)
    op.execute(_EPOCHS)
    op.execute(_HEADS)
    op.execute(_LOG)


_PIPELINES = """
CREATE TABLE pipelines (
  name text PRIMARY KEY,
  fingerprint text NOT NULL,
  buckets int NOT NULL CHECK (buckets > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE lanes (
  pipeline text NOT NULL REFERENCES pipelines (name),
  lane text NOT NULL,
  fence bigint NOT NULL DEFAULT 0,
  lease_owner text,
  lease_expires_at timestamptz,
  PRIMARY KEY (pipeline, lane),
  CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL))
);
"""

_EPOCHS = """
CREATE TABLE epochs (
  pipeline text NOT NULL,
  lane text NOT NULL,
  epoch bigint NOT NULL CHECK (epoch > 0),
  generation int NOT NULL CHECK (generation > 0),
  status text NOT NULL CHECK (status IN ('PLANNED', 'STAGED', 'PUBLISHED', 'SEALED', 'ABANDONED')),
  fence bigint NOT NULL,
  attempts int NOT NULL DEFAULT 1,
  run_key text NOT NULL,
  run_owner text NOT NULL,
  clear_number int NOT NULL,
  logical_date_ms bigint,
  interval_start_ms bigint,
  interval_end_ms bigint,
  fingerprint text NOT NULL,
  offset_start bigint NOT NULL CHECK (offset_start >= 0),
  offset_stop bigint NOT NULL CHECK (offset_stop >= offset_start),
  parent_uri text,
  parent_sha256 text,
  manifest_uri text,
  manifest_sha256 text,
  watermark_in_ms bigint,
  watermark_out_ms bigint,
  counts jsonb,
  planned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  staged_at timestamptz,
  published_at timestamptz,
  sealed_at timestamptz,
  failure_kind text,
  failure_message text,
  PRIMARY KEY (pipeline, lane, epoch, generation),
  FOREIGN KEY (pipeline, lane) REFERENCES lanes (pipeline, lane),
  CHECK (status IN ('PLANNED', 'ABANDONED') OR (manifest_uri IS NOT NULL AND manifest_sha256 IS NOT NULL))
);
-- I1: at most one epoch of a lane is open, so ranges are processed in order.
CREATE UNIQUE INDEX epochs_one_open ON epochs (pipeline, lane) WHERE status IN ('PLANNED', 'STAGED', 'PUBLISHED');
CREATE INDEX epochs_by_run ON epochs (pipeline, lane, run_key);
CREATE INDEX epochs_sealed ON epochs (pipeline, lane, epoch DESC) WHERE status = 'SEALED';
"""

_HEADS = """
CREATE TABLE table_heads (
  table_name text NOT NULL,
  partition_values jsonb NOT NULL,
  location text NOT NULL,
  pipeline text NOT NULL REFERENCES pipelines (name),
  lane text NOT NULL,
  epoch bigint NOT NULL,
  generation int NOT NULL,
  row_count bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (table_name, partition_values)
);
"""

_LOG = """
CREATE TABLE source_log (
  pipeline text NOT NULL REFERENCES pipelines (name),
  position bigint NOT NULL CHECK (position >= 0),
  path text NOT NULL,
  size bigint NOT NULL,
  modified_ns bigint NOT NULL,
  discovered_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, position),
  UNIQUE (pipeline, path)
);
"""
