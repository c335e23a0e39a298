-- name: revision
-- The schema's Alembic revision.
SELECT version_num FROM tidegate_version

-- name: register_pipeline
-- Make or refresh a pipeline's row; the number of buckets is fixed by the first registration.
INSERT INTO pipelines (name, fingerprint, buckets) VALUES (%(name)s, %(fingerprint)s, %(buckets)s)
ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, updated_at = now()
RETURNING buckets

-- name: make_lane
-- The lane's row, once.
INSERT INTO lanes (pipeline, lane) VALUES (%(pipeline)s, %(lane)s) ON CONFLICT DO NOTHING

-- name: acquire_lane
-- Take a lane that is free, expired by the database's clock, or held by the same owner; the fence grows.
UPDATE lanes
SET fence = fence + 1, lease_owner = %(owner)s, lease_expires_at = clock_timestamp() + make_interval(secs => %(ttl_s)s)
WHERE pipeline = %(pipeline)s AND lane = %(lane)s
  AND (lease_owner IS NULL OR lease_owner = %(owner)s OR lease_expires_at <= clock_timestamp())
RETURNING fence

-- name: lane_holder
-- Who holds a lane, and for how many seconds more.
SELECT lease_owner, extract(epoch FROM lease_expires_at - clock_timestamp())::float8 AS seconds_left
FROM lanes WHERE pipeline = %(pipeline)s AND lane = %(lane)s

-- name: lock_lane
-- The lane's newest fence; the row stays locked until the transaction ends, so a write cannot slip between.
SELECT fence FROM lanes WHERE pipeline = %(pipeline)s AND lane = %(lane)s FOR UPDATE

-- name: renew_lane
-- Extend the lease.
UPDATE lanes SET lease_expires_at = clock_timestamp() + make_interval(secs => %(ttl_s)s)
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND fence = %(fence)s

-- name: release_lane
-- Give the lane free, if this lease is still its newest.
UPDATE lanes SET lease_owner = NULL, lease_expires_at = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND fence = %(fence)s

-- name: unfinished_epoch
-- The lane's one epoch that is not yet sealed.
SELECT * FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status IN ('PLANNED', 'STAGED', 'PUBLISHED')

-- name: epoch_of_run
-- The newest epoch that a run planned.
SELECT * FROM epochs WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND run_key = %(run_key)s
ORDER BY epoch DESC, generation DESC LIMIT 1

-- name: last_sealed_epoch
-- The lane's head.
SELECT * FROM epochs WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status = 'SEALED'
ORDER BY epoch DESC, generation DESC LIMIT 1

-- name: newest_epochs
-- The newest epochs first.
SELECT * FROM epochs WHERE pipeline = %(pipeline)s AND lane = %(lane)s
ORDER BY epoch DESC, generation DESC LIMIT %(limit)s

-- name: one_epoch
-- One epoch's row.
SELECT * FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s

-- name: append_log
-- Add one discovered file to the source log.
INSERT INTO source_log (pipeline, position, path, size, modified_ns)
VALUES (%(pipeline)s, %(position)s, %(path)s, %(size)s, %(modified_ns)s)

-- name: log_end
-- One past the last position of a source log.
SELECT coalesce(max(position) + 1, 0) AS log_end FROM source_log WHERE pipeline = %(pipeline)s

-- name: log_range
-- The entries of a range, in order.
SELECT position, path, size, modified_ns FROM source_log
WHERE pipeline = %(pipeline)s AND position >= %(start)s AND position < %(stop)s ORDER BY position

-- name: known_paths
-- Those of some paths that are in the log.
SELECT path FROM source_log WHERE pipeline = %(pipeline)s AND path = ANY(%(paths)s)

-- name: plan_epoch
-- Fix a range as the next epoch.
INSERT INTO epochs (pipeline, lane, epoch, generation, status, fence, run_key, run_owner, clear_number, logical_date_ms,
  interval_start_ms, interval_end_ms, fingerprint, offset_start, offset_stop, parent_uri, parent_sha256, watermark_in_ms)
VALUES (%(pipeline)s, %(lane)s, %(epoch)s, 1, 'PLANNED', %(fence)s, %(run_key)s, %(run_owner)s, %(clear_number)s,
  %(logical_date_ms)s, %(interval_start_ms)s, %(interval_end_ms)s, %(fingerprint)s, %(offset_start)s, %(offset_stop)s,
  %(parent_uri)s, %(parent_sha256)s, %(watermark_in_ms)s)
RETURNING *

-- name: adopt_epoch
-- AttemptAdopted: a newer attempt takes over an unfinished epoch.
UPDATE epochs SET fence = %(fence)s, attempts = attempts + 1
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
  AND status IN ('PLANNED', 'STAGED', 'PUBLISHED') AND fence < %(fence)s
RETURNING *

-- name: stage_epoch
-- FilesStaged: the manifest is complete; from here only roll forward.
UPDATE epochs SET status = 'STAGED', manifest_uri = %(manifest_uri)s, manifest_sha256 = %(manifest_sha256)s,
  watermark_out_ms = %(watermark_out_ms)s, counts = %(counts)s, staged_at = clock_timestamp(),
  failure_kind = NULL, failure_message = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
  AND status = %(source)s AND fence = %(fence)s
RETURNING *

-- name: publish_epoch
-- PartitionsPublished: the metastore shows the epoch.
UPDATE epochs SET status = 'PUBLISHED', published_at = clock_timestamp(), failure_kind = NULL, failure_message = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
  AND status = %(source)s AND fence = %(fence)s
RETURNING *

-- name: seal_epoch
-- EpochSealed: the next epoch starts from here.
UPDATE epochs SET status = 'SEALED', sealed_at = clock_timestamp()
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
  AND status = %(source)s AND fence = %(fence)s
RETURNING *

-- name: record_failure
-- Why the newest attempt failed.
UPDATE epochs SET failure_kind = %(kind)s, failure_message = %(message)s
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
  AND fence = %(fence)s

-- name: set_head
-- The location a partition should have; only the pipeline that owns it may move it.
INSERT INTO table_heads (table_name, partition_values, location, pipeline, lane, epoch, generation, row_count)
VALUES (%(table)s, %(values)s, %(location)s, %(pipeline)s, %(lane)s, %(epoch)s, %(generation)s, %(rows)s)
ON CONFLICT (table_name, partition_values) DO UPDATE
SET location = excluded.location, lane = excluded.lane, epoch = excluded.epoch, generation = excluded.generation,
  row_count = excluded.row_count, updated_at = now()
WHERE table_heads.pipeline = excluded.pipeline
RETURNING pipeline

-- name: all_heads
-- Every head of a table.
SELECT * FROM table_heads WHERE table_name = %(table)s

-- name: some_heads
-- The heads of some partitions, given as JSON arrays of values.
SELECT * FROM table_heads WHERE table_name = %(table)s AND partition_values = ANY(%(values)s::jsonb[])

-- name: pipelines
-- Every pipeline with its main lane, for people.
SELECT p.name, p.buckets, l.lane, l.lease_owner,
  extract(epoch FROM l.lease_expires_at - clock_timestamp())::float8 AS lease_seconds_left
FROM pipelines p LEFT JOIN lanes l ON l.pipeline = p.name ORDER BY p.name, l.lane
