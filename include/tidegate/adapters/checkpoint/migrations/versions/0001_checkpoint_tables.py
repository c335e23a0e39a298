"""The checkpoint tables, and the views on them.

Names of revisions are numbers of four digits: the store compares them as text.
"""

from alembic import op

from tidegate.adapters.checkpoint.migrations.views_0001 import VIEWS
from tidegate.protocol.formats import WRITER

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    # The oldest revision of code that can work on these tables, and who brought them to theirs: always one row.
    "CREATE TABLE tidegate_compatible (oldest_code text NOT NULL, writer text NOT NULL)",
    f"INSERT INTO tidegate_compatible VALUES ('{revision}', '{WRITER}')",  # noqa: S608  (constants of the code)
    """
    CREATE TABLE pipelines (
        name text PRIMARY KEY CHECK (name <> ''),
        fingerprint text NOT NULL,
        buckets integer NOT NULL CHECK (buckets BETWEEN 1 AND 4096),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE lanes (
        pipeline text NOT NULL REFERENCES pipelines (name),
        lane text NOT NULL CHECK (lane <> ''),
        fence bigint NOT NULL CHECK (fence >= 0),
        lease_owner text,
        lease_expires_at timestamptz,
        forked_from bigint CHECK (forked_from >= 0),
        status text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'PROMOTED', 'DISCARDED')),
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (pipeline, lane),
        CHECK (lane <> 'main' OR status = 'OPEN'),
        CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL))
    )
    """,
    """
    CREATE TABLE epochs (
        pipeline text NOT NULL,
        lane text NOT NULL,
        epoch bigint NOT NULL CHECK (epoch >= 1),
        generation integer NOT NULL CHECK (generation >= 1),
        status text NOT NULL CHECK (status IN ('PLANNED', 'STAGED', 'PUBLISHED', 'SEALED', 'ABANDONED')),
        fence bigint NOT NULL CHECK (fence >= 1),
        kind text NOT NULL CHECK (kind IN ('EVENTS', 'COMPACTION', 'ROLLBACK', 'PROMOTION')),
        restores bigint CHECK (restores >= 0),
        promotes text,
        keeps_state boolean,
        attempts integer NOT NULL DEFAULT 1 CHECK (attempts >= 1),
        publishers integer NOT NULL DEFAULT 0 CHECK (publishers >= 0),
        fingerprint text NOT NULL,
        run_key text NOT NULL,
        run_owner text NOT NULL,
        run_clear_number integer NOT NULL CHECK (run_clear_number >= 0),
        run_logical_date timestamptz,
        run_interval_start timestamptz,
        run_interval_end timestamptz,
        parent_uri text,
        parent_sha256 text,
        manifest_uri text,
        manifest_sha256 text,
        watermark_in_ms bigint,
        watermark_out_ms bigint,
        counts jsonb,
        planned_at timestamptz NOT NULL,
        staged_at timestamptz,
        published_at timestamptz,
        sealed_at timestamptz,
        abandoned_at timestamptz,
        abandoned_by text,
        abandoned_why text,
        failure_kind text,
        failure_message text,
        failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
        failed_code text,
        paused_at timestamptz,
        PRIMARY KEY (pipeline, lane, epoch, generation),
        FOREIGN KEY (pipeline, lane) REFERENCES lanes (pipeline, lane),
        CHECK ((parent_uri IS NULL) = (parent_sha256 IS NULL)),
        CHECK ((manifest_uri IS NULL) = (manifest_sha256 IS NULL)),
        CONSTRAINT purpose_is_whole CHECK (
            (restores IS NOT NULL) = (kind IN ('ROLLBACK', 'PROMOTION'))
            AND (promotes IS NOT NULL) = (kind = 'PROMOTION')
            AND (keeps_state IS NOT NULL) = (kind = 'PROMOTION')
        ),
        CONSTRAINT lanes_replay_events CHECK (kind = 'EVENTS' OR lane = 'main'),
        CONSTRAINT staged_has_manifest CHECK (
            status IN ('PLANNED', 'ABANDONED')
            OR (manifest_uri IS NOT NULL AND counts IS NOT NULL AND staged_at IS NOT NULL)
        ),
        CONSTRAINT published_has_time CHECK (status NOT IN ('PUBLISHED', 'SEALED') OR published_at IS NOT NULL),
        CONSTRAINT sealed_has_time CHECK ((status = 'SEALED') = (sealed_at IS NOT NULL)),
        CONSTRAINT abandoned_has_word CHECK (
            num_nulls(abandoned_at, abandoned_by, abandoned_why) = CASE status WHEN 'ABANDONED' THEN 0 ELSE 3 END
        )
    )
    """,
    # I1: a lane works on one epoch at a time, whatever the code above the database believes.
    """
    CREATE UNIQUE INDEX one_unfinished_epoch_per_lane ON epochs (pipeline, lane)
    WHERE status IN ('PLANNED', 'STAGED', 'PUBLISHED')
    """,
    "CREATE INDEX epochs_of_run ON epochs (pipeline, lane, run_key)",
    """
    CREATE TABLE epoch_offsets (
        pipeline text NOT NULL,
        lane text NOT NULL,
        epoch bigint NOT NULL,
        generation integer NOT NULL,
        source text NOT NULL CHECK (source <> ''),
        range_start bigint NOT NULL CHECK (range_start >= 0),
        range_stop bigint NOT NULL,
        PRIMARY KEY (pipeline, lane, epoch, generation, source),
        FOREIGN KEY (pipeline, lane, epoch, generation)
            REFERENCES epochs (pipeline, lane, epoch, generation) ON DELETE CASCADE,
        CHECK (range_start <= range_stop)
    )
    """,
    # A second copy, compressed: one that is lost or damaged in storage is brought back from here.
    """
    CREATE TABLE manifests (
        pipeline text NOT NULL,
        lane text NOT NULL,
        epoch bigint NOT NULL,
        generation integer NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (pipeline, lane, epoch, generation),
        FOREIGN KEY (pipeline, lane, epoch, generation)
            REFERENCES epochs (pipeline, lane, epoch, generation) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE table_heads (
        table_name text NOT NULL CHECK (table_name <> ''),
        partition_values jsonb NOT NULL CHECK (jsonb_typeof(partition_values) = 'array'),
        location text NOT NULL,
        pipeline text NOT NULL,
        lane text NOT NULL,
        epoch bigint NOT NULL,
        generation integer NOT NULL,
        rows bigint NOT NULL CHECK (rows >= 0),
        bytes bigint NOT NULL CHECK (bytes >= 0),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (table_name, partition_values),
        FOREIGN KEY (pipeline, lane, epoch, generation) REFERENCES epochs (pipeline, lane, epoch, generation)
    )
    """,
    "CREATE INDEX heads_of_pipeline ON table_heads (pipeline, lane, epoch, generation)",
    # Where a forked lane has the partitions into which it merges rows. They are copied when it is forked, so that a
    # replay of many epochs does not go through the history of main again for each.
    """
    CREATE TABLE lane_heads (
        pipeline text NOT NULL,
        lane text NOT NULL CHECK (lane <> 'main'),
        table_name text NOT NULL CHECK (table_name <> ''),
        partition_values jsonb NOT NULL CHECK (jsonb_typeof(partition_values) = 'array'),
        location text NOT NULL,
        manifest_uri text NOT NULL,
        manifest_sha256 text NOT NULL,
        PRIMARY KEY (pipeline, lane, table_name, partition_values),
        FOREIGN KEY (pipeline, lane) REFERENCES lanes (pipeline, lane)
    )
    """,
    """
    CREATE TABLE repairs (
        pipeline text NOT NULL REFERENCES pipelines (name),
        table_name text NOT NULL,
        partition_values jsonb NOT NULL CHECK (jsonb_typeof(partition_values) = 'array'),
        began_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (pipeline, table_name, partition_values)
    )
    """,
    """
    CREATE TABLE clones (
        clone text PRIMARY KEY CHECK (clone <> ''),
        pipeline text NOT NULL REFERENCES pipelines (name),
        table_name text NOT NULL CHECK (table_name <> ''),
        epoch bigint NOT NULL CHECK (epoch >= 1),
        manifest_uri text NOT NULL,
        manifest_sha256 text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX clones_of_pipeline ON clones (pipeline)",
    # `detail` is text, which keeps its bytes, and JSON all the same.
    """
    CREATE TABLE slices (
        pipeline text NOT NULL REFERENCES pipelines (name),
        source text NOT NULL CHECK (source <> ''),
        position bigint NOT NULL CHECK (position >= 0),
        key text NOT NULL CHECK (key <> ''),
        detail text NOT NULL CHECK (detail::jsonb ? 'format'),
        rows bigint CHECK (rows >= 0),
        bytes bigint CHECK (bytes >= 0),
        time_ms bigint,
        discovered_at timestamptz NOT NULL DEFAULT now(),
        skipped boolean NOT NULL DEFAULT false,
        noted_at timestamptz,
        noted_by text,
        noted_why text,
        PRIMARY KEY (pipeline, source, position),
        UNIQUE (pipeline, source, key),
        CONSTRAINT noted_has_word CHECK (num_nulls(noted_at, noted_by, noted_why) IN (0, 3)),
        CONSTRAINT skipped_has_word CHECK (NOT skipped OR noted_at IS NOT NULL)
    )
    """,
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for view in VIEWS:
        for statement in view.statements():
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the checkpoint tables are the source of truth: restore a backup instead")
