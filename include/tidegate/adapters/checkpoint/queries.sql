-- Every statement of the checkpoint store. A write to epochs comes after `lock_lane` in the same transaction.
-- `:offsets` stands for the ranges of a row of epochs, by source; see `queries.py`.

-- name: begin
-- First in every transaction: nobody waits or holds locks for long, even when this process is stopped half-way.
SELECT
    set_config('lock_timeout', '20s', true),
    set_config('idle_in_transaction_session_timeout', '60s', true);

-- name: revision
-- The migration that the tables are at, the oldest code that it leaves working, and who made it.
SELECT r.version_num AS revision, c.oldest_code, c.writer FROM tidegate_revision AS r, tidegate_compatible AS c;

-- name: register_pipeline
-- Make or refresh the pipeline's row; no row comes back when its number of buckets is another.
INSERT INTO pipelines AS p (name, fingerprint, buckets)
VALUES (%(name)s, %(fingerprint)s, %(buckets)s)
ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint, updated_at = now()
WHERE p.buckets = excluded.buckets
RETURNING name;

-- name: pipeline
-- One pipeline.
SELECT name, fingerprint, buckets FROM pipelines WHERE name = %(name)s;

-- name: pipelines
-- All pipelines.
SELECT name, fingerprint, buckets FROM pipelines ORDER BY name;

-- name: foreign_table
-- A table among those given in which another pipeline has heads.
SELECT table_name, pipeline FROM table_heads
WHERE table_name = ANY(%(tables)s) AND pipeline <> %(pipeline)s
LIMIT 1;

-- name: acquire_lane
-- Take the lane with the next fence, unless another owner's lease runs on (I4). The row is locked in either case.
-- The clock is read when the row is ours: waiting for it must not eat the lease.
INSERT INTO lanes AS l (pipeline, lane, fence, lease_owner, lease_expires_at)
VALUES (%(pipeline)s, %(lane)s, 1, %(owner)s, clock_timestamp() + make_interval(secs => %(ttl_s)s))
ON CONFLICT (pipeline, lane) DO UPDATE SET
    fence = l.fence + 1,
    lease_owner = excluded.lease_owner,
    lease_expires_at = clock_timestamp() + make_interval(secs => %(ttl_s)s)
WHERE l.lease_owner IS NULL
    OR l.lease_owner = excluded.lease_owner
    OR l.lease_expires_at <= clock_timestamp()
RETURNING fence;

-- name: lease_left
-- Who holds the lane, and for how many seconds more.
SELECT lease_owner, extract(epoch FROM lease_expires_at - clock_timestamp())::float8 AS seconds_left
FROM lanes WHERE pipeline = %(pipeline)s AND lane = %(lane)s;

-- name: lock_lane
-- The newest fence of the lane; nobody can take the lane or write to it until this transaction ends (I4).
SELECT fence, lease_owner FROM lanes WHERE pipeline = %(pipeline)s AND lane = %(lane)s FOR UPDATE;

-- name: lane
-- A lane and where it was forked.
SELECT pipeline, lane, fence, forked_from, status FROM lanes WHERE pipeline = %(pipeline)s AND lane = %(lane)s;

-- name: forks
-- The forked lanes of a pipeline.
SELECT pipeline, lane, fence, forked_from, status FROM lanes
WHERE pipeline = %(pipeline)s AND forked_from IS NOT NULL
ORDER BY created_at, lane;

-- name: fork_lane
-- Make a lane, or use the name of one that is over again. The fence is never given out again (I4).
INSERT INTO lanes AS l (pipeline, lane, fence, forked_from)
VALUES (%(pipeline)s, %(lane)s, 0, %(base)s)
ON CONFLICT (pipeline, lane) DO UPDATE SET
    fence = l.fence + 1, forked_from = excluded.forked_from, status = %(target)s, created_at = now(),
    lease_owner = NULL, lease_expires_at = NULL
WHERE l.status = ANY(%(sources)s)
RETURNING pipeline, lane, fence, forked_from, status;

-- name: move_lane
-- Say what became of a lane: a compare-and-set on its status. An attempt that works on it is superseded (I4).
UPDATE lanes SET status = %(target)s, fence = fence + 1, lease_owner = NULL, lease_expires_at = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status = ANY(%(sources)s)
RETURNING pipeline, lane, fence, forked_from, status;

-- name: forget_lane
-- Drop the epochs and the heads of a lane that is over.
WITH heads AS (DELETE FROM lane_heads WHERE pipeline = %(pipeline)s AND lane = %(lane)s)
DELETE FROM epochs WHERE pipeline = %(pipeline)s AND lane = %(lane)s;

-- name: renew_lane
-- Extend the lease.
UPDATE lanes SET
    lease_owner = %(owner)s,
    lease_expires_at = clock_timestamp() + make_interval(secs => %(ttl_s)s)
WHERE pipeline = %(pipeline)s AND lane = %(lane)s;

-- name: release_lane
-- Give the lane free, if the lease is its newest. The fence stays: it must never be given out again (I4).
UPDATE lanes SET lease_owner = NULL, lease_expires_at = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND fence = %(fence)s;

-- name: lanes
-- All lanes and their leases.
SELECT *, coalesce(lease_expires_at > clock_timestamp(), false) AS leased FROM lanes ORDER BY pipeline, lane;

-- name: epoch
-- One epoch.
SELECT *, :offsets FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s;

-- name: sealed_epoch
-- The sealed epoch of that number.
SELECT *, :offsets FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND status = 'SEALED'
ORDER BY generation DESC LIMIT 1;

-- name: unfinished
-- The lane's one epoch that is under way; a unique index keeps it one (I1).
SELECT *, :offsets FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status IN ('PLANNED', 'STAGED', 'PUBLISHED');

-- name: of_run
-- The newest epoch that a run planned.
SELECT *, :offsets FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND run_key = %(run_key)s
ORDER BY epoch DESC, generation DESC LIMIT 1;

-- name: last_sealed
-- The lane's head.
SELECT *, :offsets FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status = 'SEALED'
ORDER BY epoch DESC, generation DESC LIMIT 1;

-- name: interval_end
-- How far sealed epochs of events reach in data intervals. Not the newest epoch's: a run of an earlier interval may have
-- taken what a cap left over.
SELECT max(run_interval_end) AS interval_end FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status = 'SEALED' AND kind = 'EVENTS';

-- name: epochs
-- The newest epochs.
SELECT *, :offsets FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s
ORDER BY epoch DESC, generation DESC LIMIT %(limit)s;

-- name: all_heads_of_lanes
-- Every lane's last sealed epoch.
SELECT DISTINCT ON (pipeline, lane) *, :offsets FROM epochs
WHERE status = 'SEALED'
ORDER BY pipeline, lane, epoch DESC, generation DESC;

-- name: all_unfinished
-- Every lane's epoch that is under way.
SELECT *, :offsets FROM epochs WHERE status IN ('PLANNED', 'STAGED', 'PUBLISHED');

-- name: plan_epoch
-- Fix the next ranges (I1). An epoch that was abandoned is planned again as its next generation, never skipped.
WITH planned AS (
    INSERT INTO epochs (
        pipeline, lane, epoch, generation, status, fence, kind, restores, promotes, keeps_state,
        fingerprint,
        run_key, run_owner, run_clear_number, run_logical_date, run_interval_start, run_interval_end,
        parent_uri, parent_sha256, watermark_in_ms, planned_at
    )
    SELECT
        %(pipeline)s, %(lane)s, %(epoch)s, coalesce(max(e.generation), 0) + 1, 'PLANNED', %(fence)s, %(kind)s,
        %(restores)s::bigint, %(promotes)s::text, %(keeps_state)s::boolean, %(fingerprint)s,
        %(run_key)s, %(run_owner)s, %(run_clear_number)s,
        %(run_logical_date)s::timestamptz, %(run_interval_start)s::timestamptz, %(run_interval_end)s::timestamptz,
        %(parent_uri)s::text, %(parent_sha256)s::text, %(watermark_in_ms)s::bigint, now()
    FROM epochs AS e
    WHERE e.pipeline = %(pipeline)s AND e.lane = %(lane)s AND e.epoch = %(epoch)s
    RETURNING *
), ranges AS (
    INSERT INTO epoch_offsets (pipeline, lane, epoch, generation, source, range_start, range_stop)
    SELECT p.pipeline, p.lane, p.epoch, p.generation, r.key, (r.value ->> 0)::bigint, (r.value ->> 1)::bigint
    FROM planned AS p CROSS JOIN jsonb_each(%(offsets)s) AS r
)
SELECT *, %(offsets)s AS offsets FROM planned;

-- name: adopt_epoch
-- Hand the unfinished epoch to a newer attempt (I4).
UPDATE epochs SET
    fence = %(fence)s,
    attempts = attempts + %(retries)s,
    run_clear_number = greatest(run_clear_number, %(clear_number)s)
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
    AND status = ANY(%(sources)s) AND fence < %(fence)s
RETURNING *, :offsets;

-- name: stage_epoch
-- Name the one manifest of this epoch: from here only roll forward (I5). An earlier attempt's failure is history now.
UPDATE epochs SET
    status = %(target)s,
    manifest_uri = %(manifest_uri)s,
    manifest_sha256 = %(manifest_sha256)s,
    watermark_out_ms = %(watermark_out_ms)s,
    counts = %(counts)s,
    staged_at = now(),
    failure_kind = NULL,
    failure_message = NULL,
    failures = 0,
    failed_code = NULL,
    paused_at = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
    AND status = %(source)s AND fence = %(fence)s
RETURNING *, :offsets;

-- name: keep_manifest
-- Keep a second copy of an epoch's manifest; nothing happens when it is there already.
INSERT INTO manifests (pipeline, lane, epoch, generation, content)
VALUES (%(pipeline)s, %(lane)s, %(epoch)s, %(generation)s, %(content)s)
ON CONFLICT (pipeline, lane, epoch, generation) DO NOTHING;

-- name: kept_manifest
-- The second copy of an epoch's manifest.
SELECT content FROM manifests
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s;

-- name: begin_swap
-- One more attempt is about to swap (I4): with more than one, an older one may be asleep just before its swap.
UPDATE epochs SET publishers = publishers + 1
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
    AND status = 'STAGED' AND fence = %(fence)s
RETURNING *, :offsets;

-- name: suspects
-- Sealed epochs of the last hour whose swap more than one attempt began, the newest first.
SELECT *, :offsets FROM epochs
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status = 'SEALED' AND publishers > 1
    AND sealed_at > now() - interval '1 hour'
ORDER BY epoch DESC, generation DESC LIMIT 100;

-- name: begin_repair
-- A partition is about to be brought to its head (I4): whoever does that may fall asleep before the call.
INSERT INTO repairs (pipeline, table_name, partition_values) VALUES (%(pipeline)s, %(table)s, %(values)s)
ON CONFLICT (pipeline, table_name, partition_values) DO UPDATE SET began_at = now();

-- name: repairs
-- Partitions that a repair of the last hour began to change.
SELECT table_name, partition_values FROM repairs
WHERE pipeline = %(pipeline)s AND began_at > now() - interval '1 hour';

-- name: forget_repairs
-- Drop the notes of repairs that nobody asks for any more.
DELETE FROM repairs WHERE pipeline = %(pipeline)s AND began_at <= now() - interval '1 hour';

-- name: publish_epoch
-- Say that the partitions are visible; the heads are set in the same transaction (I2).
UPDATE epochs SET status = %(target)s, published_at = now()
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
    AND status = %(source)s AND fence = %(fence)s
RETURNING *, :offsets;

-- name: seal_epoch
-- Make the epoch final: the next one starts from here (I1).
UPDATE epochs SET
    status = %(target)s,
    sealed_at = now(),
    failure_kind = NULL,
    failure_message = NULL,
    failures = 0,
    failed_code = NULL,
    paused_at = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
    AND status = %(source)s AND fence = %(fence)s
RETURNING *, :offsets;

-- name: abandon_epoch
-- Give up an epoch of which nothing was staged: its range is planned again, as the next generation.
UPDATE epochs SET status = %(target)s, abandoned_at = now(), abandoned_by = %(by)s, abandoned_why = %(why)s
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s
    AND status = %(source)s AND fence = %(fence)s
RETURNING *, :offsets;

-- name: record_failure
-- Note why an attempt failed, how often in a row, and whether that pauses the epoch.
UPDATE epochs SET
    failure_kind = %(kind)s,
    failure_message = %(message)s,
    failures = %(failures)s,
    failed_code = %(code)s,
    paused_at = CASE WHEN %(paused)s THEN now() END
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND epoch = %(epoch)s AND generation = %(generation)s;

-- name: resume_lane
-- Let the lane's paused epoch be tried again, as if it had never failed; what it failed of stays to be read.
UPDATE epochs SET failures = 0, failed_code = NULL, paused_at = NULL
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND status IN ('PLANNED', 'STAGED', 'PUBLISHED')
    AND paused_at IS NOT NULL
RETURNING *, :offsets;

-- name: set_head
-- Say where a partition lies from now on; nothing happens to a head of another pipeline.
INSERT INTO table_heads AS h (
    table_name, partition_values, location, pipeline, lane, epoch, generation, rows, bytes
)
VALUES (
    %(table)s, %(values)s, %(location)s, %(pipeline)s, %(lane)s, %(epoch)s, %(generation)s, %(rows)s, %(bytes)s
)
ON CONFLICT (table_name, partition_values) DO UPDATE SET
    location = excluded.location,
    lane = excluded.lane,
    epoch = excluded.epoch,
    generation = excluded.generation,
    rows = excluded.rows,
    bytes = excluded.bytes,
    updated_at = now()
WHERE h.pipeline = excluded.pipeline;

-- name: remove_head
-- The partition is to be no more.
DELETE FROM table_heads
WHERE table_name = %(table)s AND partition_values = %(values)s AND pipeline = %(pipeline)s;

-- name: heads
-- All heads of a table.
SELECT * FROM table_heads WHERE table_name = %(table)s ORDER BY partition_values;

-- name: heads_of_values
-- The heads of some partitions of a table.
SELECT * FROM table_heads
WHERE table_name = %(table)s AND partition_values = ANY(%(values)s::jsonb[])
ORDER BY partition_values;

-- name: clones
-- A pipeline's clones.
SELECT * FROM clones WHERE pipeline = %(pipeline)s ORDER BY clone;

-- name: clone
-- One clone, whosever it is.
SELECT * FROM clones WHERE clone = %(clone)s;

-- name: record_clone
-- Note a clone before Hive shows it (I6); nothing happens when the name is taken.
INSERT INTO clones (clone, pipeline, table_name, epoch, manifest_uri, manifest_sha256)
VALUES (%(clone)s, %(pipeline)s, %(table)s, %(epoch)s, %(manifest_uri)s, %(manifest_sha256)s)
ON CONFLICT (clone) DO NOTHING;

-- name: forget_clone
-- Hive does not show the clone any more: its files may go.
DELETE FROM clones WHERE clone = %(clone)s AND pipeline = %(pipeline)s;

-- name: placed
-- Where the partitions of a table lie, and the manifests that put them there.
SELECT h.partition_values, h.location, e.manifest_uri, e.manifest_sha256
FROM table_heads AS h JOIN epochs AS e USING (pipeline, lane, epoch, generation)
WHERE h.table_name = %(table)s AND (%(values)s::jsonb[] IS NULL OR h.partition_values = ANY(%(values)s::jsonb[]))
ORDER BY h.partition_values;

-- name: set_lane_head
-- Say where a lane has a partition from now on.
INSERT INTO lane_heads (
    pipeline, lane, table_name, partition_values, location, manifest_uri, manifest_sha256
)
VALUES (
    %(pipeline)s, %(lane)s, %(table)s, %(values)s, %(location)s, %(manifest_uri)s, %(manifest_sha256)s
)
ON CONFLICT (pipeline, lane, table_name, partition_values) DO UPDATE SET
    location = excluded.location,
    manifest_uri = excluded.manifest_uri,
    manifest_sha256 = excluded.manifest_sha256;

-- name: placed_on_lane
-- Where a lane has some partitions of a table, and the manifests that put them there.
SELECT partition_values, location, manifest_uri, manifest_sha256 FROM lane_heads
WHERE pipeline = %(pipeline)s AND lane = %(lane)s AND table_name = %(table)s
    AND partition_values = ANY(%(values)s::jsonb[])
ORDER BY partition_values;

-- name: heads_of_pipeline
-- All heads that a pipeline set.
SELECT * FROM table_heads WHERE pipeline = %(pipeline)s ORDER BY table_name, partition_values;

-- name: forget_epochs
-- Drop the rows of epochs that nothing needs any more; one that a head names stays, whatever the caller believes.
DELETE FROM epochs AS e
WHERE e.pipeline = %(pipeline)s AND e.lane = %(lane)s AND e.status IN ('SEALED', 'ABANDONED')
    AND e.epoch = ANY(%(epochs)s)
    AND NOT EXISTS (
        SELECT FROM table_heads AS h
        WHERE (h.pipeline, h.lane, h.epoch, h.generation) = (e.pipeline, e.lane, e.epoch, e.generation)
    );

-- name: forget_slices
-- Drop slices of a source; its last one stays, for the next one comes behind it (I1).
DELETE FROM slices
WHERE pipeline = %(pipeline)s AND source = %(source)s AND position = ANY(%(positions)s)
    AND position < (SELECT max(position) FROM slices WHERE pipeline = %(pipeline)s AND source = %(source)s);

-- name: clock
-- The database's time in milliseconds.
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms;

-- name: append_slice
-- Give a discovered slice its place in the ledger of its source, for good (I8).
INSERT INTO slices (pipeline, source, position, key, detail, rows, bytes, time_ms)
VALUES (
    %(pipeline)s, %(source)s, %(position)s, %(key)s, %(detail)s, %(rows)s, %(bytes)s, %(time_ms)s
);

-- name: known
-- Those of the keys that slices of a source have.
SELECT key FROM slices WHERE pipeline = %(pipeline)s AND source = %(source)s AND key = ANY(%(keys)s);

-- name: entries
-- The slices of a source that have one of the keys.
SELECT * FROM slices
WHERE pipeline = %(pipeline)s AND source = %(source)s AND key = ANY(%(keys)s)
ORDER BY position;

-- name: readers
-- The ledgers that have one of the keys: each is asked by its own part of the index.
SELECT pipeline, source FROM (SELECT DISTINCT pipeline, source FROM epoch_offsets) AS ledgers
WHERE EXISTS (
    SELECT FROM slices
    WHERE (slices.pipeline, slices.source) = (ledgers.pipeline, ledgers.source) AND key = ANY(%(keys)s)
)
ORDER BY pipeline, source;

-- name: correct_slice
-- A person's word on a slice: it is taken as it is now, or skipped; its place stays (I1, I8). One that leads over a gap
-- is appended.
INSERT INTO slices (
    pipeline, source, position, key, detail, rows, bytes, time_ms, skipped, noted_at, noted_by, noted_why
)
VALUES (
    %(pipeline)s, %(source)s, %(position)s, %(key)s, %(detail)s, %(rows)s, %(bytes)s, %(time_ms)s, %(skipped)s,
    now(), %(by)s, %(why)s
)
ON CONFLICT (pipeline, source, position) DO UPDATE SET
    detail = excluded.detail, rows = excluded.rows, bytes = excluded.bytes, time_ms = excluded.time_ms,
    skipped = excluded.skipped, noted_at = excluded.noted_at, noted_by = excluded.noted_by,
    noted_why = excluded.noted_why;

-- name: corrected
-- The discovered slices about which a person has said something.
SELECT * FROM slices WHERE pipeline = %(pipeline)s AND noted_at IS NOT NULL ORDER BY source, position;

-- name: slices
-- The slices in a range of a source's ledger.
SELECT * FROM slices
WHERE pipeline = %(pipeline)s AND source = %(source)s AND position >= %(start)s AND position < %(stop)s
ORDER BY position;

-- name: tail
-- The last slice of a source's ledger.
SELECT * FROM slices WHERE pipeline = %(pipeline)s AND source = %(source)s ORDER BY position DESC LIMIT 1;
