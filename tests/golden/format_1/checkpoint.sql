SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.clones (
    clone text NOT NULL,
    pipeline text NOT NULL,
    table_name text NOT NULL,
    epoch bigint NOT NULL,
    manifest_uri text NOT NULL,
    manifest_sha256 text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT clones_clone_check CHECK ((clone <> ''::text)),
    CONSTRAINT clones_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT clones_table_name_check CHECK ((table_name <> ''::text))
);
CREATE VIEW public.clone_overview AS
 SELECT clone,
    table_name,
    pipeline,
    epoch,
    made_at,
    manifest_uri
   FROM public.clones c;
CREATE TABLE public.epoch_offsets (
    pipeline text NOT NULL,
    lane text NOT NULL,
    epoch bigint NOT NULL,
    generation integer NOT NULL,
    source text NOT NULL,
    range_start bigint NOT NULL,
    range_stop bigint NOT NULL,
    CONSTRAINT epoch_offsets_check CHECK ((range_start <= range_stop)),
    CONSTRAINT epoch_offsets_range_start_check CHECK ((range_start >= 0)),
    CONSTRAINT epoch_offsets_source_check CHECK ((source <> ''::text))
);
CREATE TABLE public.epochs (
    pipeline text NOT NULL,
    lane text NOT NULL,
    epoch bigint NOT NULL,
    generation integer NOT NULL,
    status text NOT NULL,
    fence bigint NOT NULL,
    kind text NOT NULL,
    restores bigint,
    promotes text,
    keeps_state boolean,
    attempts integer DEFAULT 1 NOT NULL,
    publishers integer DEFAULT 0 NOT NULL,
    fingerprint text NOT NULL,
    run_key text NOT NULL,
    run_owner text NOT NULL,
    run_clear_number integer NOT NULL,
    run_logical_date timestamp with time zone,
    run_interval_start timestamp with time zone,
    run_interval_end timestamp with time zone,
    parent_uri text,
    parent_sha256 text,
    manifest_uri text,
    manifest_sha256 text,
    watermark_in_ms bigint,
    watermark_out_ms bigint,
    counts jsonb,
    planned_at timestamp with time zone NOT NULL,
    staged_at timestamp with time zone,
    published_at timestamp with time zone,
    sealed_at timestamp with time zone,
    abandoned_at timestamp with time zone,
    abandoned_by text,
    abandoned_why text,
    failure_kind text,
    failure_message text,
    failures integer DEFAULT 0 NOT NULL,
    failed_code text,
    paused_at timestamp with time zone,
    CONSTRAINT abandoned_has_word CHECK ((num_nulls(abandoned_at, abandoned_by, abandoned_why) =
CASE status
    WHEN 'ABANDONED'::text THEN 0
    ELSE 3
END)),
    CONSTRAINT epochs_attempts_check CHECK ((attempts >= 1)),
    CONSTRAINT epochs_check CHECK (((parent_uri IS NULL) = (parent_sha256 IS NULL))),
    CONSTRAINT epochs_check1 CHECK (((manifest_uri IS NULL) = (manifest_sha256 IS NULL))),
    CONSTRAINT epochs_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT epochs_failures_check CHECK ((failures >= 0)),
    CONSTRAINT epochs_fence_check CHECK ((fence >= 1)),
    CONSTRAINT epochs_generation_check CHECK ((generation >= 1)),
    CONSTRAINT epochs_kind_check CHECK ((kind = ANY (ARRAY['EVENTS'::text, 'COMPACTION'::text, 'ROLLBACK'::text, 'PROMOTION'::text]))),
    CONSTRAINT epochs_publishers_check CHECK ((publishers >= 0)),
    CONSTRAINT epochs_restores_check CHECK ((restores >= 0)),
    CONSTRAINT epochs_run_clear_number_check CHECK ((run_clear_number >= 0)),
    CONSTRAINT epochs_status_check CHECK ((status = ANY (ARRAY['PLANNED'::text, 'STAGED'::text, 'PUBLISHED'::text, 'SEALED'::text, 'ABANDONED'::text]))),
    CONSTRAINT lanes_replay_events CHECK (((kind = 'EVENTS'::text) OR (lane = 'main'::text))),
    CONSTRAINT published_has_time CHECK (((status <> ALL (ARRAY['PUBLISHED'::text, 'SEALED'::text])) OR (published_at IS NOT NULL))),
    CONSTRAINT purpose_is_whole CHECK ((((restores IS NOT NULL) = (kind = ANY (ARRAY['ROLLBACK'::text, 'PROMOTION'::text]))) AND ((promotes IS NOT NULL) = (kind = 'PROMOTION'::text)) AND ((keeps_state IS NOT NULL) = (kind = 'PROMOTION'::text)))),
    CONSTRAINT sealed_has_time CHECK (((status = 'SEALED'::text) = (sealed_at IS NOT NULL))),
    CONSTRAINT staged_has_manifest CHECK (((status = ANY (ARRAY['PLANNED'::text, 'ABANDONED'::text])) OR ((manifest_uri IS NOT NULL) AND (counts IS NOT NULL) AND (staged_at IS NOT NULL))))
);
CREATE VIEW public.epoch_history AS
 SELECT pipeline,
    lane,
    epoch,
    generation,
    kind,
    status,
    ( SELECT jsonb_object_agg(o.source, jsonb_build_array(o.range_start, o.range_stop)) AS jsonb_object_agg
           FROM public.epoch_offsets o
          WHERE ((o.pipeline = e.pipeline) AND (o.lane = e.lane) AND (o.epoch = e.epoch) AND (o.generation = e.generation))) AS ranges,
    restores,
    promotes,
    run_key AS run,
    run_owner,
    run_logical_date AS logical_date,
    run_interval_start AS interval_start,
    run_interval_end AS interval_end,
    attempts,
    ((counts ->> 'rows_in'::text))::bigint AS rows_in,
        CASE
            WHEN (counts IS NOT NULL) THEN COALESCE(( SELECT (sum((o.value)::bigint))::bigint AS sum
               FROM jsonb_each_text((e.counts -> 'rows_out'::text)) o(key, value)), (0)::bigint)
            ELSE NULL::bigint
        END AS rows_out,
    (counts -> 'rows_out'::text) AS rows_out_by_table,
    ((((counts ->> 'malformed'::text))::bigint + ((counts ->> 'null_keys'::text))::bigint) + ((counts ->> 'failed'::text))::bigint) AS dead_lettered,
    ((counts ->> 'keys_changed'::text))::bigint AS keys_changed,
    ((counts ->> 'skipped'::text))::bigint AS skipped,
        CASE
            WHEN ((watermark_out_ms >= '-62135596800000'::bigint) AND (watermark_out_ms <= '253402300799999'::bigint)) THEN to_timestamp((((watermark_out_ms)::numeric / 1000.0))::double precision)
            ELSE NULL::timestamp with time zone
        END AS watermark,
    watermark_out_ms AS watermark_ms,
    planned_at,
    staged_at,
    published_at,
    sealed_at,
    (EXTRACT(epoch FROM (staged_at - planned_at)))::double precision AS stage_seconds,
    (EXTRACT(epoch FROM (published_at - staged_at)))::double precision AS publish_seconds,
    (EXTRACT(epoch FROM (sealed_at - published_at)))::double precision AS seal_seconds,
    (EXTRACT(epoch FROM (sealed_at - planned_at)))::double precision AS total_seconds,
    abandoned_at,
    abandoned_by,
    abandoned_why,
    failure_kind,
    failure_message,
    failures,
    paused_at,
    fingerprint,
    manifest_uri
   FROM public.epochs e;
CREATE VIEW public.epoch_ranges AS
 SELECT o.pipeline,
    o.lane,
    o.epoch,
    o.generation,
    e.kind,
    e.status,
    o.source,
    o.range_start,
    o.range_stop,
    (o.range_stop - o.range_start) AS slices
   FROM (public.epoch_offsets o
     JOIN public.epochs e USING (pipeline, lane, epoch, generation));
CREATE TABLE public.lane_heads (
    pipeline text NOT NULL,
    lane text NOT NULL,
    table_name text NOT NULL,
    partition_values jsonb NOT NULL,
    location text NOT NULL,
    manifest_uri text NOT NULL,
    manifest_sha256 text NOT NULL,
    CONSTRAINT lane_heads_lane_check CHECK ((lane <> 'main'::text)),
    CONSTRAINT lane_heads_partition_values_check CHECK ((jsonb_typeof(partition_values) = 'array'::text)),
    CONSTRAINT lane_heads_table_name_check CHECK ((table_name <> ''::text))
);
CREATE TABLE public.lanes (
    pipeline text NOT NULL,
    lane text NOT NULL,
    fence bigint NOT NULL,
    lease_owner text,
    lease_expires_at timestamp with time zone,
    forked_from bigint,
    status text DEFAULT 'OPEN'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT lanes_check CHECK (((lane <> 'main'::text) OR (status = 'OPEN'::text))),
    CONSTRAINT lanes_check1 CHECK (((lease_owner IS NULL) = (lease_expires_at IS NULL))),
    CONSTRAINT lanes_fence_check CHECK ((fence >= 0)),
    CONSTRAINT lanes_forked_from_check CHECK ((forked_from >= 0)),
    CONSTRAINT lanes_lane_check CHECK ((lane <> ''::text)),
    CONSTRAINT lanes_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'PROMOTED'::text, 'DISCARDED'::text])))
);
CREATE VIEW public.lane_overview AS
 SELECT l.pipeline,
    l.lane,
    l.status,
    l.forked_from,
    l.created_at,
    h.epoch AS head_epoch,
    h.generation AS head_generation,
    h.sealed_at AS head_sealed_at,
    ( SELECT jsonb_object_agg(o.source, o.range_stop) AS jsonb_object_agg
           FROM public.epoch_offsets o
          WHERE ((o.pipeline = h.pipeline) AND (o.lane = h.lane) AND (o.epoch = h.epoch) AND (o.generation = h.generation))) AS head_positions,
    u.epoch AS unfinished_epoch,
    u.generation AS unfinished_generation,
    u.status AS unfinished_status,
    u.run_key AS unfinished_run,
    u.paused_at,
    l.fence,
    l.lease_owner,
    l.lease_expires_at,
    COALESCE((l.lease_expires_at > clock_timestamp()), false) AS leased
   FROM ((public.lanes l
     LEFT JOIN LATERAL ( SELECT s.pipeline,
            s.lane,
            s.epoch,
            s.generation,
            s.status,
            s.fence,
            s.kind,
            s.restores,
            s.promotes,
            s.keeps_state,
            s.attempts,
            s.publishers,
            s.fingerprint,
            s.run_key,
            s.run_owner,
            s.run_clear_number,
            s.run_logical_date,
            s.run_interval_start,
            s.run_interval_end,
            s.parent_uri,
            s.parent_sha256,
            s.manifest_uri,
            s.manifest_sha256,
            s.watermark_in_ms,
            s.watermark_out_ms,
            s.counts,
            s.planned_at,
            s.staged_at,
            s.published_at,
            s.sealed_at,
            s.abandoned_at,
            s.abandoned_by,
            s.abandoned_why,
            s.failure_kind,
            s.failure_message,
            s.failures,
            s.failed_code,
            s.paused_at
           FROM public.epochs s
          WHERE ((s.pipeline = l.pipeline) AND (s.lane = l.lane) AND (s.status = 'SEALED'::text))
          ORDER BY s.epoch DESC, s.generation DESC
         LIMIT 1) h ON (true))
     LEFT JOIN public.epochs u ON (((u.pipeline = l.pipeline) AND (u.lane = l.lane) AND (u.status = ANY (ARRAY['PLANNED'::text, 'STAGED'::text, 'PUBLISHED'::text])))));
CREATE TABLE public.manifests (
    pipeline text NOT NULL,
    lane text NOT NULL,
    epoch bigint NOT NULL,
    generation integer NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE public.table_heads (
    table_name text NOT NULL,
    partition_values jsonb NOT NULL,
    location text NOT NULL,
    pipeline text NOT NULL,
    lane text NOT NULL,
    epoch bigint NOT NULL,
    generation integer NOT NULL,
    rows bigint NOT NULL,
    bytes bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT table_heads_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT table_heads_partition_values_check CHECK ((jsonb_typeof(partition_values) = 'array'::text)),
    CONSTRAINT table_heads_rows_check CHECK ((rows >= 0)),
    CONSTRAINT table_heads_table_name_check CHECK ((table_name <> ''::text))
);
CREATE VIEW public.partition_origin AS
 SELECT h.table_name,
    ( SELECT string_agg(v.value, '/'::text ORDER BY v.ordinality) AS string_agg
           FROM jsonb_array_elements_text(h.partition_values) WITH ORDINALITY v(value, ordinality)) AS partition,
    h.partition_values,
    h.pipeline,
    h.lane,
    h.epoch,
    h.generation,
    e.kind,
    e.run_key AS run,
    h.updated_at AS placed_at,
    h.rows,
    h.bytes,
    h.location
   FROM (public.table_heads h
     JOIN public.epochs e USING (pipeline, lane, epoch, generation));
CREATE TABLE public.pipelines (
    name text NOT NULL,
    fingerprint text NOT NULL,
    buckets integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pipelines_buckets_check CHECK (((buckets >= 1) AND (buckets <= 4096))),
    CONSTRAINT pipelines_name_check CHECK ((name <> ''::text))
);
CREATE TABLE public.repairs (
    pipeline text NOT NULL,
    table_name text NOT NULL,
    partition_values jsonb NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT repairs_partition_values_check CHECK ((jsonb_typeof(partition_values) = 'array'::text))
);
CREATE TABLE public.slices (
    pipeline text NOT NULL,
    source text NOT NULL,
    "position" bigint NOT NULL,
    key text NOT NULL,
    detail text NOT NULL,
    rows bigint,
    bytes bigint,
    time_ms bigint,
    discovered_at timestamp with time zone DEFAULT now() NOT NULL,
    skipped boolean DEFAULT false NOT NULL,
    noted_at timestamp with time zone,
    noted_by text,
    noted_why text,
    CONSTRAINT noted_has_word CHECK ((num_nulls(noted_at, noted_by, noted_why) = ANY (ARRAY[0, 3]))),
    CONSTRAINT skipped_has_word CHECK (((NOT skipped) OR (noted_at IS NOT NULL))),
    CONSTRAINT slices_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT slices_detail_check CHECK (((detail)::jsonb ? 'format'::text)),
    CONSTRAINT slices_key_check CHECK ((key <> ''::text)),
    CONSTRAINT slices_position_check CHECK (("position" >= 0)),
    CONSTRAINT slices_rows_check CHECK ((rows >= 0)),
    CONSTRAINT slices_source_check CHECK ((source <> ''::text))
);
CREATE VIEW public.source_corrections AS
 SELECT pipeline,
    source,
    "position",
    key,
    skipped,
    noted_at AS corrected_at,
    noted_by AS corrected_by,
    noted_why AS corrected_why,
    bytes
   FROM public.slices s
  WHERE (noted_at IS NOT NULL);
CREATE TABLE public.tidegate_compatible (
    oldest_code text NOT NULL,
    writer text NOT NULL
);
CREATE TABLE public.tidegate_revision (
    version_num character varying(32) NOT NULL
);
INSERT INTO public.clones VALUES ('c.golden_log', 'golden', 'g.golden_log', 2, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/clone=c.golden_log/attempt=11/manifest.json', '4f2bed747ae6a8a8b302b73c175fe06a4cf4b5af1c0fc52be16078004c9ee55d', '2026-11-27 10:52:59.557077+00');
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 1, 1, 'source', 0, 1);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 2, 1, 'source', 1, 2);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 3, 1, 'source', 2, 2);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 4, 1, 'source', 2, 3);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 5, 1, 'source', 2, 2);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 6, 1, 'source', 2, 2);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 7, 1, 'source', 2, 3);
INSERT INTO public.epoch_offsets VALUES ('golden', 'fix', 1, 1, 'source', 0, 1);
INSERT INTO public.epoch_offsets VALUES ('golden', 'fix', 2, 1, 'source', 1, 2);
INSERT INTO public.epoch_offsets VALUES ('golden', 'fix', 7, 1, 'source', 2, 3);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 8, 1, 'source', 3, 3);
INSERT INTO public.epoch_offsets VALUES ('golden', 'main', 9, 1, 'source', 3, 3);
INSERT INTO public.epochs VALUES ('golden', 'main', 2, 1, 'SEALED', 4, 'EVENTS', NULL, NULL, NULL, 1, 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'run-2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', '90593282d3999c7dbe5e51a35bf0798b89a59ce4eb917d7487746a20df47f040', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'e00945e5bb8e29480100f89e0d3fd97de36ed5d9c7d0f5047ef6b6b34455558f', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 10:52:04.849915+00', '2026-11-27 10:52:13.054931+00', '2026-11-27 10:52:18.861241+00', '2026-11-27 10:52:19.41919+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 1, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, NULL, 1, 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'run-1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', '90593282d3999c7dbe5e51a35bf0798b89a59ce4eb917d7487746a20df47f040', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 10:51:46.596711+00', '2026-11-27 10:52:00.561054+00', '2026-11-27 10:52:04.316285+00', '2026-11-27 10:52:04.787575+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 3, 1, 'SEALED', 5, 'COMPACTION', NULL, NULL, NULL, 1, 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'run-3/compaction-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'e00945e5bb8e29480100f89e0d3fd97de36ed5d9c7d0f5047ef6b6b34455558f', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', '967f0787fa62ee1c933d91267b24f81a96901fee0d31d2ebee4765b384d2aa76', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 10:52:19.476822+00', '2026-11-27 10:52:21.293685+00', '2026-11-27 10:52:25.348625+00', '2026-11-27 10:52:25.908188+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 4, 1, 'SEALED', 6, 'EVENTS', NULL, NULL, NULL, 1, 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'run-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', '967f0787fa62ee1c933d91267b24f81a96901fee0d31d2ebee4765b384d2aa76', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=4/gen=1/attempt=5/manifest.json', '66de615551310574baf02a8db500501da93f0573757ca3cb258dcba73f89d9e3', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 10:52:26.010478+00', '2026-11-27 10:52:30.81461+00', '2026-11-27 10:52:32.950555+00', '2026-11-27 10:52:33.483643+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 5, 1, 'SEALED', 7, 'ROLLBACK', 2, NULL, NULL, 1, 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'back', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'e00945e5bb8e29480100f89e0d3fd97de36ed5d9c7d0f5047ef6b6b34455558f', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '5d002ffc437743cf24a4d71c932b32208ddc1d6c3da3ab6a7b59b491d65fbc69', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 10:52:33.677533+00', '2026-11-27 10:52:33.7772+00', '2026-11-27 10:52:36.707572+00', '2026-11-27 10:52:38.17741+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 6, 1, 'SEALED', 8, 'COMPACTION', NULL, NULL, NULL, 1, 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'again/compaction-6', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '5d002ffc437743cf24a4d71c932b32208ddc1d6c3da3ab6a7b59b491d65fbc69', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', 'b06c6d257c557e5600ac4a0bf0f5717bfe0957e2127c291075d4d8ec02cd20b2', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 10:52:38.528418+00', '2026-11-27 10:52:39.669485+00', '2026-11-27 10:52:41.892845+00', '2026-11-27 10:52:42.65904+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 7, 1, 'SEALED', 9, 'EVENTS', NULL, NULL, NULL, 1, 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'again', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', 'b06c6d257c557e5600ac4a0bf0f5717bfe0957e2127c291075d4d8ec02cd20b2', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=7/gen=1/attempt=8/manifest.json', '19ce719138ef086cc61bbaa7691b4a1d8914ecd6d671e4ba2286aeef3e5bfd91', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 10:52:42.79351+00', '2026-11-27 10:52:46.666345+00', '2026-11-27 10:52:48.252852+00', '2026-11-27 10:52:48.737948+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 1, 1, 'SEALED', 1, 'EVENTS', NULL, NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', '292363d97bb69c09fb1ae64ba6d7557463cfc36c620be4d05711e5cee81373ef', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 10:52:49.268311+00', '2026-11-27 10:52:51.102955+00', '2026-11-27 10:52:51.113211+00', '2026-11-27 10:52:51.129216+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 2, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', '292363d97bb69c09fb1ae64ba6d7557463cfc36c620be4d05711e5cee81373ef', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '8913e4e2746c4a1b0c9a090fb9bbe1a0b29563a5a54a1d3959c68fd71b91cdf4', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 10:52:51.174752+00', '2026-11-27 10:52:54.834707+00', '2026-11-27 10:52:54.853555+00', '2026-11-27 10:52:54.869402+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 7, 1, 'SEALED', 3, 'EVENTS', NULL, NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 7', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '8913e4e2746c4a1b0c9a090fb9bbe1a0b29563a5a54a1d3959c68fd71b91cdf4', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc09150295e9a44080de730f7381e412a9838c82dd799179503460b71fbf874c', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 10:52:54.945233+00', '2026-11-27 10:52:57.291143+00', '2026-11-27 10:52:57.299776+00', '2026-11-27 10:52:57.304975+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 8, 1, 'SEALED', 10, 'PROMOTION', 0, 'fix', false, 1, 1, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'promote', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc09150295e9a44080de730f7381e412a9838c82dd799179503460b71fbf874c', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '6ff5276fdfa712733f21a221e3db222ea691093c53fbb8ef51bde6e0d7513899', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 10:52:57.393963+00', '2026-11-27 10:52:57.468069+00', '2026-11-27 10:52:59.275409+00', '2026-11-27 10:52:59.461282+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 9, 1, 'STAGED', 12, 'COMPACTION', NULL, NULL, NULL, 1, 0, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 'run-4/compaction-9', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '6ff5276fdfa712733f21a221e3db222ea691093c53fbb8ef51bde6e0d7513899', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=main/epoch=9/gen=1/attempt=12/manifest.json', 'dd3d44ca195cee99ef8459d0f55301410efb1218733e52c91e6b3f1b9c12307a', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 10:53:00.745276+00', '2026-11-27 10:53:01.754365+00', NULL, NULL, NULL, NULL, NULL, 'internal', 'golden: RuntimeError: golden 9 ends here (tests/golden/story.py:102). Nothing is wrong that tidegate knows of, so this is a defect: nothing was lost; report it with the traceback that --debug or the task''s log shows', 1, '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', NULL);
INSERT INTO public.lane_heads VALUES ('golden', 'fix', 'g.golden_latest', '["d0"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc09150295e9a44080de730f7381e412a9838c82dd799179503460b71fbf874c');
INSERT INTO public.lane_heads VALUES ('golden', 'fix', 'g.golden_latest', '["d1"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc09150295e9a44080de730f7381e412a9838c82dd799179503460b71fbf874c');
INSERT INTO public.lanes VALUES ('golden', 'fix', 4, NULL, NULL, 0, 'PROMOTED', '2026-11-27 10:52:49.198834+00');
INSERT INTO public.lanes VALUES ('golden', 'main', 12, NULL, NULL, NULL, 'OPEN', '2026-11-27 10:51:46.549158+00');
INSERT INTO public.manifests VALUES ('golden', 'main', 1, 1, '\x789ccd564d6fe4360cfd2b85ce938c447d07c871afbdb4e8a5580c28899a18f1d853db933408f2df4bdb936cb24d8b1cdadd9dc38092688a7c8fa4f828709ae8709cc495da8874cab7348de20a3622f7a76e161f45a1dc172ae2ca6e44c5a69d4556bea58771976fb0dbcf1bfcc501dbda0f87792537a23bb5ed6ed65956c7a1cf348ef399d988813235776793437f3fee9aee8bdc9fa6f9dafde5be6f0b75bb42b8def8b2d3e244e3b498fab2d7ef79e36923c6dbe6783c3bf1d050bbb83e1fd0b1cf378ba1dab0d3c371683a3622acae566905153c4429ad293e396d35a418732ac5aba411959326481bbc2a144c8c943dd8602b9260831c37ae18eea9a301a7a6ef56949a8eaf179f7efbf4f3afbfb0668b1df1fa801cf146f4b58eb4a23cf6a721d3224d384c8bfbe3d41fd9ca133b7fc481666f675897d5d4cc77f0a7bf3f723c2dad527a9866494533838e13c7bb9c5e6db7dbe970dcae605ddca4bbb0c301b7f76cf6a63f8db4dd4d4da13d037bd6d9ce9e5ecf7e6e17e0aed59643e3ff73c2b05470c2ed1b9a56d55d53f874f6f142cebf0b2319c10c4e51aa26500dd6e4584d4c1ab48d85663575c91ffc71a249ac69b0a037de2058c73124f0c9829194a2cad22a07909c2f987d346cd13127c5e65c5555e89249a662aedae8e4a49654bc78faccd8f7f94ccc77c244cc8540770d1b7f6672c2d4ce09f136db37e20edbd3c2a950e2f3d3e63d8e39bc6fcdf15a78bcf9705de4ca30900aa1284b9a1db241a60811c14bc535a5c1d0df688557b46a8f04da71c539b2a043c9942d44afbcc56092952606eb89740804c407369b9c6c763529e76cfa4eb4be81e123a49e1bd66b5af9c31f93d773e5065db8ef018093de00d79757c648ef12211896ff95d76c8db285207ba763ac5413ea521c9602954975d9703ba839250c4a6a8aa42947f0150c48ace947e0f543c5fa1eafff58af36c237e7b5dfffa72dd9bce2d8ea88c6079db3d6b21aa78d044263a364c3d5432d00a88a95812bd681d4106af1803aa0869ce3f7e2f80d241f2299278baf1b32bb7e6c8ed436cb6bbe2a8af9c166cf56d297516a79c5cffc73f7721bc1e300fdb95b660513c2f3fa05549f491555334807050325cf95014c4b7192b8844ab5fce0d5e8d0297e012386cadd316654dea88a41fcff19b6c4b81d4edd3993a4521e1242b4998c461735d7380f780eb43659c1250e9c3cefb6896a9297b2b8c87d0532f99c9326a228958e1cbfa75043c0c8b953655435781928f21c2665b6da4ab7a4d03dbbc3d3d770bb3bbc70783f34bcc9373c87f793bc5497523cfd05d52a8aea');
INSERT INTO public.manifests VALUES ('golden', 'main', 2, 1, '\x789ce5574d6f1b3710fd2b05cf8ac5afe187811c73eda5452f45200cc9197b6b49abae56760dc3ffbdb3bb7213c76950146e12a03e18dc11977c338fefedf041e138d2ee30aa4bb752e5546f683caa4bbb52b53feda7e1836a54fb464d5dc24a3176db696856ea86ee8f9b7a8dfbab29206fec70cbfdb09b9ef44aed4fdbed669a333f1d86bed2f138fde6576aa04added79c9a1bf3b6ebafd87717f1aa76daf2eaefa6da3fda6112e3bfe15d9e248c7715eea43acbf92c0e34a1d6fbac3e10ce2bea3ed0c7dfa810e7dbd9e917227a087c3d0ed6511058ec13863d9469bb506df62090e9c2d39d7d25a34c5219aa07dd290a269947cce54a385048ca46441c91bc70524ed69c0b1ebf74b95babd6cafdefdf2eec79f7f92995bdc933cef50325ea99ef9484b958ffd69a8348f461c96b58e637f10c08f02fe8003cd685908b85cafd7e3eeb05e527f735d6ed306075cdfc9a4ebfe74a4f566ec1a5d4999ce73d6d3be6fa75dd77319de9ab50095ff67fa65b4c37dc752d68bdf8efd844d761cbb290f81f7ebc3bcef322af7e33432d94fc4e278fd7aa8ec27a8dcbae188eb67476199bae99acc9e30bed1d3df1bebac8660010d676fbc4de89148fbc8de812d7a9a662ee485df4f34aae5a82d45be460b4172d09181906d2ad03867d605b018ab3163721c02dba61d55d42997c054814b32a46b4801628da01edf0bbf7d3d93ff8d6a323137d06d278babcb49842b3562d94e87eeb9a256ea16b7a7995365d5fbc7d5e73876de7d6d8e17714bf0fe6dd30bc3e82121d46228a2881073ce49174e48d1564f2f69b51fd1ea984bb47238380534456788bef9522c27f6911261401db88ac0732e916b2d895a832611f184f68d687d568667a43efc07685edac197d13c99c5ec574f95ce1ab2b3c9362704d5d80a018141078575cca9a48c902b792ad9c4167d8ad107b4ba090facfdb4ee69e8be9ec74dbefa421be76fcbc7ea908cbf4f7998b33cb271e27c3557cbbe91cbda0315ebd9278cd6f117e511d17ab1c6e25a6bc5da589323ce410ccfc46c58a407e81c808ee439ba9c28b009e2a9d0209a18bf037998ef4a1ee67f270ff377f2806cbfba3cfaab576d10fc4752610b11647aadae4031896c8cf25912d1e5c00039fb8c4696964f0cb6042660911e09413a0ad191d5df4a2acf4af24ffa83a997feb43d10e887ee40db6eee5f97896a6a5105d942fa7c7998dbee33ff36c7b052d200d31f9bb93bf6293d3d7ff09f4aa619ae5607db305189d263599f4b0b9a265362c8de8b236130b604e9c598c4e22a9ae8c59e927aed13f65216738eebe1b43f9f246d4cb4056d0651abc320aa96ceb152b0cef96aec050e72783eebb6ec4bd4ba85ac63b095a2341b8e88b2362e4bfed28e704a98ad76acc57d53d489b2dc3cb4aee040073509ed5f56ba99c6ae9492754a601d0266f1f1221719b2c82c91c04d8b2589bf0b132e3223566f349b4a99f1d52bfdf2e07e5a6928ae722d194acb9e924d54a574858df4e906587fa1d2456bb9c159a4e6585e11bac09aea6a40916a95687562bda1266236c5c87d8ec1fbe46d4bbae6e667b1de091cb9d90d379bdd5f6ab91b3a09ca0e4fe9fda02fcc8588fb4f3f0bf981');
INSERT INTO public.manifests VALUES ('golden', 'main', 3, 1, '\x789cc5564b6fdb4610fe2bc59e6571f6bd2bc08722a71edaf4d05b1108fb9891184ba44a51760dc3ffbd434a4a021b4981c04d79906697c39d6fe69bc73e89348eb83f8c626517229fca1d8e47b1520b51fa5337894fa262e92b56b18285a0d4ee2ee21d3e1ed7659bbacd65639f76d40ffbcbaa3bed76eb49675e1d86bee0f178793760c1f6febae81f8eebb6fb2cf72746f3f4bc10c7bbf670b8683db6b83b83e01778e8cb56ac34e369d9fc7018da8ebf115693955a2a525e45006baacf4e5bad728c25d7ea65d629490726800d5e560c26462c5ed96029a1e003d983c467c985d86087431adbbe9b97776dc7e6c5bbf7bffefef3bb3f7e79ff1b6bef5287bcb74f8c7f217aa2239e6376ec4f43c1591ad330ce113d8efd81856776e090069c11138773d534cdb83f349b9e3dec6eb6f93eacd3909a0756daf6a72336ebb1adb849235e749ac9eeed64b5994371ab1a067b2b9b0b99b7bad9a7ae253c8ecb8fc77ec2c616c776f285e1fdf934db3d4bf9719c24e5c04e5ae3f6ed50e917a86c53d3989acdf2acbfdef59bb3e6baadecc2c7beedb0de585b95464dc99a622c7aa6ca3a6d9c342a83ad72c9aefc75c2519cd345ac0287769b94758cdc31bf2584023a81cbce85ac41a327838a4c064cc19b6c7cc8c9a3acfc9b65281e0943d0ced62c9e3f30ab7db9d0feff4462a26bc0fb96cf9e32e8ede1bc4e977f8173cda639a1afb14680c804d99c03aac8252501284484aaa9465f513bacb6c6e22b9005c361664ab236c6f21388cf3d0ded8f2b82a9f0c6947753c57ee92ae3b84fbbd35c0f42890fcf8bcff5f183b261fa7bfccf69972fecca6fd12ebf467b041bb50aaaea18276e33720ec8a46d26f031e410938d050de6287df526786f5c5250c97802036f4dfb6bafbe8376c9b433d787f680bb76eee9674531b56d367e6e95f3789cc7d1b56b46ef16820703febd9ea78609e1bafe14305fb8d5482a0a9caa2960f61a8b32315707a86bad64a331145d725265175320441d4b92de484a41bc755f7e1db1d9c766387537303d3720a55739a96899489d1c134e9687b6535a9b22d5320ddc7b3f7560f54507e636eb01aa8be09d2ae84bc91a1123481dd97f8f814248518126889282878091273240b1da821353f97d67a4abaca473ce1142b04a279ba2333af38047958878c75105ce56928e99d09e88c7859140b260a4f4e6917edd925e46da665da8e468738d06830a5838749924269296e01b91ce007cb35109b9dff2274c9755b2e8e21259e6adeaa2b92a5d094824b3e47b0e59638251354089d5ccb3ee81e1f08d67b85beff9f8e9d2c67b43cb9b6ce1eade4fb0944b10cfff00d41f4f71');
INSERT INTO public.manifests VALUES ('golden', 'main', 4, 1, '\x789ce557cb6e233710fc9560ce5a8bef87011ff79a4b825c8285d06477db134b1a6534b26318fef73447f2eedade6c82c4fb00321771280ed9acea2a36ef3b9826daeca6eedc2fba72a8d734edbb73b3e8ea70d8b6e67d875407249c4730f4ebd6d48bee9aeef6ab7a05dbcbd6215f6c60cdc3b8696f6ad16d0febf5aa8d99df76e35069bf6fffb9453752a5fee634e538dcee57fdf6437b384c6dd9cbb3cb618db45d21c171c5f73d6b98683fcd537de81b2ea5e361d1edaffbddee14c45d4feb39f4f607ed867a357fc4bd043deec67e2b9374deb2d7561b36d164a5bcc35882f5d6949c6b418cba58001d944bcaa7a89192cb996a343e7906ea6442d9374cc720694b234cfdb03da2d46f65f9eeed2f6f7ffcf92719b9862dc9fb0664c78b6e60ded311e5fd70182bcdad09c66946743f0dbbeedc3e48f03b18698e968580f3e572396d76cbe3d6df5c959bb4821196b732e86a38ec69b99a7aa44b81e93466d9d6bd68ab2e67182eec5202bdd0cb13fd177eb9816dcf02ebd96ffba1c5262b4e7ddb8784f7ebfdbceeb155eea6d6d2d9356261ba7abda8dc8ba81026583e4985e3d0558f32bac5f846b5e70d4472d6389f2d92032ad940aa5859912aaeb26ec3f4997cf0fb81a6ee986a3343fb2b303ec81ed080ad88409630f89213077246938dc5115817a3335529703a50a8ca66130331161342cd984cf7f04ef81dea89fc6f8449636ea49b5e26efce9b0817dd0465dd92eea9a216dd0dac0f33a79debde3d2c3ec5b175f66b737c14b774de5da03a320c00953980661f9c1162bdb33944f0988b4d065ed06a3ea2b58846b5425b9455921d2a96c839d618b3672ec14503cc3e05c8d5e528bf116d562cec1a0840f48d687d02c31352efbf4034e65934f66fa279348bd9af1e9126a5b2f3e44b4964b2b8a5568a5326019f3147241b0885b31a51b1572e1287128a75cecb9358e63d8cfd97dcd4538f6bbefa421ba7b3e56375c88ebf4f79e893018a0a3c01a55aadf349179d1893b6823db3f6f9b3f288cec52cc6c9720a9a18ad4ca11d8251060365d2421ceb0aa4b568c4c7a4ab416dc85a48ca99a4be0379e8ef4a1efa7f270ffd57f2f0597f75790c97af5a20b88fa422b95f90b54ce0b1a8129209358111b6e4043185b2ceb9f85893a9da0574b1182e523d6aac4ecb29f4ada4f204927f521fb45afa797920a1effa1dadfbb97e3d0eec5a892a911d499f2f0f73d97de2dfe418169d14c0f4c76aae8e5d4a8fef1ffca78ac768ae46058390a8444bd5b85c3028b288c83e3bc73940d0a6840c89896caea0a3d30ca97bed0cd3cfe0d4cb798fcbf1b03d6592d23a9a0226fb2a290541ec93bd5c6982b1d6556dce6094e4f9a4dbb22b51290c59c5602ac55a8b25a2acb414340623254e09b2519655d69ca24a94e5e6a154f5d6abd035a1fd4ba45123db524a56297963c1430ece16b9c8502b81a427302af29a7510266c6496bacb6925fe4f59d2f7b5917e6940cf91f6c556ae25fb82d9513289aa40575813c8c1c6ea334817a5e4066780c45de513a1cb1b5d6d0dc05e784339e8c07a1130c91959b4dce7d83b979cc1a4a49c77ff056999d115a9393944633c4bd129d94c298512b15623d9a2e4561adaa53273aa56321b48ca5bef24b915be3ed22f2de239d2e26b2c49a6c41a456dbe8ae6acad2a357743399d3e837436c206da94aac68249ca6a9925289d505549b0e6b5066b49ece55a9d39868c450a13a7a2e6c20e675bbc9570e40e3d5eaf36ef7de976eca5535678dcde0fea4c9f49c5f127daf26d31');
INSERT INTO public.manifests VALUES ('golden', 'main', 5, 1, '\x789ce5584d6f1b3710fd2bc59e152f39fc36e043db630314e8b508842139636f2d69d5d5caae61e4bf77762537b192c66d613741e28bb9d42cf9661edfcc70ef1b1c475a6fc7e63c2c9abc2fd734ee9a735834a5df6fa6e17d53a9f4956a73ae160d63b73a0eafe96eb72c57b8b93c4eac71c5fdb03e3e6df6abd572b2999fb6435f68b73bfe3650a1eee6e1a1bfdd2dbbcdbb71bf1734f76f17cdeebadb6e8f56771dad0e20e407daf6e5aa397782a793ed87edd06de49dc61976da686008909472b686ec8d3390532ab9d6a0b341d45ed9a85c0cba52b4295109e0a263a44616140f50d6d28be6923634e0d8f59bf9f1badbc8f6cd2f3fbf7efdc3f73ffe24b62bdc90ccac51d02f9a9e79478788edfafd50681e8d388c733c7763bf95c15b81bfc58166bc2cc13c6fdb765c6fdbcb5efcdbbcbaca37718903b6b76274d5ef77d42ec7aed2258e74b469a77d2fa65ddb391017d00ad40bdd1ea9bc30ed1a371dd36e3cfb6dd74fd864c7b19b3c1178bfdecffb1e46f96e9c46da5833598d572f89aae288ede5d9c17eb9927777a34cde5d54d54e085fa175115dc99a020a4598528a2a73440a502ce933b1fa7d4f6373382987b85e21382fb00d730e00ca71f4a8b34a2ed86a73068e6c0345428fca7311fa53ca814bc9916a755566e4c4d4e6ed1ba1b42f47c63f4b1826aa06bae964e9e9f43c3f1a7b82c63d81e6e120cd67f921d2de57f2dab9496b4aa29c911560acd989e694ae980ccbbc092e1434258bba6ac9180cc754131959773f742fe9d4e3f33f696ec4bc9ac47ae2a940b9c1d57e5643231ebf79bbf802e5a18ff248da78702515605bc924651d65b06c230630fc49790404ab94caa6d69a014289863879c35e87a459a4e7d018e75420cbc1a4489eb5b732535dd0217c01f2d05f943cf437270ffd77f270099e5b1efa04b43e65a2bf3c582ebb7a71d4879afe5e5939e358c06bca220ce2e86c496c5336605caa34997d5849ec7b527126a10dd194628c62eb8d55402290a464610ec0150075752a96ec3c2803916b0034110d94925e482aff2e248fb43235631f23b9bf7cc4f0ff49f093c27fdf1b789f603052e4250fa2e664b585881689940d2cd90ab27a9a600627e2632b04679775240841fa0ec9aac9b37329d9845a96961e026b74da634e56a18398255182fa5cb9f051485e3c199aa792e1299c8f66c3e403ab1003a307225d92313569f0612a5c5163f2496916feaad1152813d9e05d36d156400cfeb9b3e1875efd936c782214782c9417390dee046868a77f779fbd0656c2fa8e77fb5557c1c9d747c4db6f98f8477affba793fd5fb44bb70bdedb6b4eae64bffc1b099eef5b2f9a158ce5f4fe6af15c7ba0929f845d36d2afdb19c3f2ad8181f9edf35e68574d55c4079a81829074305a45fa95ed1d4adb34bd64aab8e5e43f609a3644b930aea60a56f8fcdcbb75eb38fedb0df1c2bb0d23a404648ae9035e893017654c88331b66838c3418aee47af216c7350aa4ad20f1e0a05b9851b22921a6092f82ff7748e11933455ace45a12838a94bc92ab4b71c629df4cf2fb8f91aebab2c9392715a303834e8a8f35994a20406699f15c15392d171f61c20466c462b5625d28313e7ba43f2cf8a791964258b8e4e4724d9622442a12bacc9a90b563f5894867258d6906a46a585e11ba1ce8628a4769718acc1683c6f9222d32ebac131576d6460b35aa92aa9d9b9c5b8133ac71b85eaeff6a236f874e26658707f7be5367fa4c9aa23f019db8ac14');
INSERT INTO public.manifests VALUES ('golden', 'main', 6, 1, '\x789ce5564b6fdb4610fe2bc59e6571df0f033e1439f5d0a687de8a4098dd9d91184ba44a52760dc3ffbd434a4a02074881c24d0fd5819a5d0e77be996f1efb2c609af0709cc46d5c897c2af7388de256af44e94fdd2c3e8b8aa5af58c5ad5c0982767f11eff169dc941d74dbcbc601f6d40f87cbaa3bedf79b5967591d87bee0385ede0d58b07db82efac771d3769fe5fec4689e5f5662bc6f8fc78bd6538bfb33087e81c7beecc4ad673c2d9b1f8e43dbf137c21972ca284d3ae824a5b335646f9cd139a5926b0d2a1b00e5a58dd2c5a02a469b1296a05d740428f840f600f82cb5125bec7080a9edbb6579df766c5ebc7bfff3af3fbefbeda7f7bfb0f61e3ae4bd0330fe95e889463cc76cec4f43c1459a609896888e537f64e1851d38c2800b62e270de364d331d8ecdb6670fbb9b5d7e881b18a07964a55d7f1ab1d94c6dc52d4c78d16966bb77b3d56609c59d6b18ec9d6a2e64de85e6005d4b384eeb8f633f63638b533bfbc2f07e7f5eec9ea5fc34cd92f6d2cd5ad3eeed50f957a86253618266bb3eeb6ff6fdf6acb969eb9d6e3ef66d87f546a28cde655f3245ab98a09c7352500d2a6fa4556b76e58f134ee29c2e4be28e3bd0ce3372cffc96188b34207df63e66230d06b2a8c966891083cd36c40c0155e56756b104248cd17857b378f9c0acf6e542fb7f138999ae011f5a3e7bcea0b787a35fc1317f07e79a4d4b425f63edaa949aa85813823585b4052e385512d79bd15ac65a8baabe980a06b2e758bb946de22d47b9f8c4e79e86f6fb15c15c7813e4fd5cb15fbaca381e607f5aea4168f1e165f5b93ebe5336cc7f4fff3aedea955df52ddad5ff8a76c5b433d7c7f688fb76e9e9674531b76d367e6e95cb785cc6d1b56ba6c043880703feb959a6868df1bafe14b050b8d5282a5a7a5d21620e068be6be56bd44536b2597aca5e4c12b9d7d824888261550c12a8228deba2f7f9d078b8fcd70ea6ee4fcbb914a059d412757d01af0cc2d391eda5e1b638bd26b18b8f77eeac0fa8b0ecc6d3648597d92c1eb82a1946c1031496512fb1f30528c90b4342493a21864c4c41359cae28c935ecce5f70f235d5525338f0b19a3d3061c246f4de6018f1a8878c75395e81429cf4c9840c4e3c22a49aa602278f3487fdd685f47da652ea19293cb35598c3a229788cca410483992df887496924b4e035643fc09d3e5b42aa67820c7bc55530c18e74b44229515df73c8591badae519654ed32eb1e190edf7886fbcd818f9f2f6dbc37b4bcc916aeeefd20d76a2dc5cb5ff4c4517e');
INSERT INTO public.manifests VALUES ('golden', 'main', 7, 1, '\x789ce5574d6f1b470cfd2bc59e156bbe3f04f8986b2f2d7a2902813324edad65adba5ad9350cfff772567212db495ab46e12a0baecec6876867c8f8f43de77304d74bd9bba555a74e550af68da772bb3e8ea70d8b6e17d87540724ec567ed131f49b36d48bee8aeef6eb7a09db8b36215f5cc38687f1babda945b73d6c36ebb6667edb8d43a5fdbefde716dd4895fa9bd396e370bb5ff7db0fe3e130b5632fce2e860dd2768d04c713dfcf6c60a2fd346ff5616eb890898745b7bfea77bb9311773d6d66d3db1fb41bea65b78ae2452f468fbbb1dfca269db7ecb5d5864d345929ef309660bd3525e75a10a32e164007e592f2296aa4e472a61a8d4f9e813ad950fc86e968246d6984a91fb64794faad1cdfbdfde5ed8f3fff242b37b02579bf06f178d10dcc7b3aa2bc1f0e63a57934c138cd88eea761d7adec8318bf8391666b5908582d97cbe97ab73cbafee6b2dca4358cb0bc954597c3614fcbf5d4235d084ca735cb76ee793b7539c3701e9662e8b95e9ee83f4fcb6bd8f62cb09efdb61f9a6d72e2d4373fc4bc5fefe7738fa37237b591ceae110bd3e5eb59155f588530c1f249281c97ae7b94d5cdc637aafdde98822a918ea578ed4cf0c9720e39bacc90ad3cdb327d261ffc7ea0a93b86daccd0fe128c0fe2031ab01511c812065f72e240ce68b2b13802eb6274a62a054e070a55d96c6220c66242a81993e91ede09bf433d91ff8d3069cc8d74d3cbe6ddaa8970d14d50362de89e2a6ad1ddc0e63073dac5eeddc3e2531c5b67bf36c74771cbe4dd39aa23c3de1b4c3160d1b5bae263f28a6b50daebac6a28f505ade6235a8b68542bb44559e5b355b144ceb1c6983d73092e1a60f62940ae2e477946b459b1b06b2000d137a2f5090c4f48bdff0fac31cfacb17f61cd63b298f3d523d21e9532ccd559918aad6c1c482ed5354b2ab5c6a8845835866a112c1401baf85c5c9629cfa5862cfb1ec6fef59cf2cf9c8acf725ccbab2fb471ba5b3e568778fc7dca431fe551bc95e407464bea72853cf8a873d4a958eba38af4457944e7a210e4586e4113a3add669876094c1409934e6c8ba02692d1a11e9e96a501bb216927226a9ef401efabb9287fedfc9437f4e1e3eebaf2e8fe1e2550b04f7915424f60bb2ce163d16554232a12630a8586e105328eb9ce576aac954ed02ba580c17a91e3556a7e516fa56527902c9dfa90f5a2dfdbc3c10d377fd8e36fd5cbf1e1776ad4415cb8ea4cfcdc35c769ff837398645270530fdb19eab6397d2e3fb87fc5325c768ae46058390a8444bd5b85c3028b288c83e3b275441d0a6840c89896caea0a3d30ca97bed08d3cfe0d4cbd9c7e578d89e2249691d4d01937d2567218880d94b4b138cb5ae6a7306a304cf27b32dbb1295c290550ca652acb55822ca4adb2cfe474a9c1264a32cabac394509d92c9d8752d55baf42d784f60f91468d6c4b2959a5e48d050f39385ba491a15602c94c6054e435eb204cd8c80c2091ab24ff93a8e4d5917e99559f23ed8be4c95ab22f981d259348f2a02aac095814a5be8074514af2aa0142d1b92a429737bada1a80bdf08672d181f522606216894a3fc7deb9e4a4d25452cebb7f83b4ece88ad49c1ca2319ea5e89468a694428958ab916851d29586d654664ed54a640305d0de49702b7c7da45fa688e748b75040e7c9390c4e2380694d0d55c8ad780efc05a4b31136d0a624b757c12465b52227d5794229ce9d7540c5602d89bdb4d59963c85832b35351736187735abc1573a4871eafd6d7eff3d2edd8cba49cf0e8de0fea4c9f49c5f1276d316b29');
INSERT INTO public.manifests VALUES ('golden', 'fix', 1, 1, '\x789ccd564d6fe4360cfd2b85ce938ca86f05c871afbdb4e8a5580c28899a31e2d853db936c10e4bf97b627d9cd362d7268379dc38092298a7c8fa4f828709ae8f638892bd88874ca37348de24a6d44ee4fdd2c3e8a42b92f54c495dd888a4d3b8bac7c430fe32e1fb0dbcf1b7ce216dbda0fb7f34a6e44776adbddacb3ac8e439f691ce76f662306cad4dc9d4d0efdfdb86bbaaf727f9ae66bf797fbbe2dd4ed0ae17ae3cb4e8b138dd362eaeb5ebfe78da78d186f9ae3f1ecc44343ede2fafc818e7d3e2c866ac34e0fc7a1e9d88830d5bb6a48e562622ec98133de1889d92b59c14830c9c6a242c8c6a45493a5520ad40a415af2c50836c871e38ae19e3a1a706afa6e45a9e9f87af1e9b74f3ffffa0b6bb6d811af6bf385177dad23ad208ffd69c8b448130ed3e2fd38f54736f2c4be1f71a0d9d919d5653535f3157cf4f74736d6d22aa5876996209a19739c0ecb552d5d6db7dbe9f6b85db1ba38a4bbb0c301b7f76cf6d09f46daeea6a6d09e713deb6c6747afd9cded02db356c3930fe3fa70b4b0527dcbe226955dd3585bfce2e5ec8f977e153cac66a8b16acc11a422da57a44e314290035abc1251ff8e34493589360c16e3ca0b28e4348ca27ab8ca414214b0b4ea9e47c6186a231815ca1506cce152aa04b26998ab96aa393935a52f1e2e93323dfe7332d1f038998ab80ee1ab6fdcce384a99db3e175aa6fc41db6a7855101e2f3d3e62d8639ba1fccf05a74bcf9705de4ca6fc9ba7a0815a38d261519f897132495d083297f25557d432a46e97d84e481d0406119c984545db1180955240735a46280940b2169eb53cce8a24d1482a68f21f5150aefa1f4dcabbe25950ffe2f593d576d4e4c6a2e04525be34ac0a4147a1f02825719ea3fb2ea0055d059c652886b4ffa5c51660f557950526b99558e14c1c9528c2d4cb7f364a406eeaec542f87856df55a86fb1fab7b56aa3fad1acf6fb7fb5199b6f189660b1669320c7042a55428a15b8f96697a34e5cacb526a974929c3916b905677e3f216040722ed40f62f81522efa298078aef5b317b7e6c8ed436cb23be2a8af9a166c756ca97096a79bdcfecab38b3cf53007dd92d238289ee79fd82694e523b2e09865619ad32432b55b2050aa50a10028f1ba92a44a93d262e955440d7582d7aa55dcce23fcfaf25c4ed70eace79848a3c37048319c8b0bb085693f2dee7c83d5cfb4b1c3875de6c1136f0145529db60c8446925bfe11c2c5a4e27cfc16231c42da2785342b21e75d23140b48480d5e5b5f1dfb33b3c730d37bbdb170aef878637f986e7e87e92977029c5d39fd6ad8d0c');
INSERT INTO public.manifests VALUES ('golden', 'fix', 2, 1, '\x789ccd564b6f1b470cfe2bc59e6569de0f033ee6da4b8b5e8a4020391c7b6b49abae56760cc3ffbddc5dc5f1230982c088ab8330333b33fcf87d2487f70d0c036ff743736e160d1ee99a87c334a6eeb81b87f74d61ea0a97e6dc2f9a0aed661cea4573cd7787355dc1ee725c90135bd8d4aedf8e33b56876c7cd663dee9966fbbe233e1cc66f6ed1f44cdcde9caeecbbdbc3badd7d1977c761347bb9bcec368577ebc2305b7c5cd9c0c08761baeacb5a77290b0f8be670ddeef72710772d6f26e8e307de77743521adad80eef77dbb934b1a5763a88e0d1597a960d0c145e7145034aa6aa7b4439f8b49899c43ace8b994a26bd549798ec53572a1f80dc30c9277dcc3d076bb99a57627e69b0f7f7df8fdcf3f64e706762cf3da7e924957eb8167920fddb1279e4603f4f35587a1db0bde07c1be879e27b055f83f5fad56c376bf9a3d3fbbc29bb4861e56b7b2e9aa3b1e78b51edac297c2d269cf6a347b2146571309177a2530e5ff24be8cb6b06bab90bafce720c82783433b7a21e8febe9fccce23bc1bc691ce6e941586ab3703655e8032ab0203ac9ec5c1bc75dd16f93a423c53e3efcc87589d66a36b11e5aa475b3867ab52d58c19fcb84d2fe5c0bf471e9a39ce668aafc0f8202ea8583d4335097da93957851e501b051992ad215453946502953286cae42b26cd8a420a3e52f4cdc34711b7a393f2ef43c9a85bcf37addcdd9c8f09b86806c0cd1870cfb369d1dcc0e63829da98e6e3c3e26b0a5b677fb1c2735ecbe2dd4551b3be8992454c35a980ce2360468b8e4124625bc8bf12d53c11558e9aa4543501bd65064a4890c0d85853aa91aaa43a6136a668ab42f5d1405049828712199feafb88fa8c851f91f4540e9f8a2a07ff97aaea59d5a021fbc0217b2f95d7738a3962ce4593c92e54faaeaa984a4e955cc89a5c29264a2d962cd54a2b544c217a472e3b2841565490ab55302a27cb0675f2e6fd55d53fabaafe96aa3e9b5fad6a77f9a6c5d83dcddb40de52d48046a962a4e04aa4e8c03561a15ca2b1b9844c5013e8acbcf155e7e274965d8a637c2f859f31f243124bcff2b2140bf27dbbe74d3bf509f3c666ec0504d82cf9d4a44dedcd497d9347f5a5d1e04feba90b71397c9e3f724aa86c08aa680fc6594394511979ec7461ac5aa7245984d500281b01a5d741298a35570f42b790ddbc717cbd6e41261757fd71778a23301c456007a4d9095cd052c44d8c9172c26ae3127a099daf96089fa4511b5fe9e4d8498428e792380b5e9ef428ce42719c5922c91579f02358b439e92c1d80861aa40f1bb3ec2789967783b048ad9120a548de97202d85f1d91b120fa024af5d52c992b53647afbd830aaa8a2846e9a8df9ae8d761fb9268ef9c249b4d451a5ca7759676d7c94b0b92800e49d177880ec9664443ce8813daab54d02a461b501edb44c8b64a266b0c144a3625c6ac0baae26b2aa206db29536f058ef4cffdf57afb982bb77d2b8b62e1b377bfa9a55eaae6e13f98621b36');
INSERT INTO public.manifests VALUES ('golden', 'fix', 7, 1, '\x789ccd574d6f1c370cfd2bc59c375e51a2be0cf8986b2f2d7a2982052552f6d4eb9dedecac9d20f07f2f67d6f9b09306416ac4dd93a49144f23d927afbbea369929bfdd49dbb55578ef55aa643776e575d1d8ebb79f8be63a9030b77e77ed535eab7f31056ddb5bc3b6cea15ed2ee7053d7143db368c37f3ccacbadd71bbddcc7b96d97e1caa1c0ef3375c75a354e96f1fae1c87bbc3a6df7d1a0fc769367b7976396c59761b163a59fcb8b2a5490ed372d5a7b5e15217ee57dde1badfef1f9c78d7cb76717dfe20fba15e75e751a3e8d5e9713ff63bbda4c3164343b19531572e0102464443355ad3000d60f1996d4a15b19456bc3033b406c978898c9d5ea871d37472527632d2d40fbb134afd4ecd77afff78fdebefbfe9ce2ded44e7ad7fab93a1b5839c403e0cc7b1ca329a689c16400fd3b0575eeed5f73d8db238db14fff3f57a3dddecd7a7c85f5d95dbb4a191d677bae96a381e64bd997a964b45e961cf7a367ba146d70b081776ad6e5ec0fa817c9ddfd0ae6f0aead95f07f57c3138f57314eadd9fef17b3a7517937cd23c838d34ad3d5b339159f38e5d64c13ad1fe5c169eba667dd3dbbf8caccbf57a992319ec191ad6843ca6c6c082842ad66f075de06677ae0efa34cdd29cf167a0e57647dd010d892abcc244e38f892530b8216c4c582420e63445b8d218420a11a976d0cd2b8a8999a39d9eefe8d923bd407e65f069299b7516e7bbdbb3b9f0b70d54d54b673c23daea655774bdbe3c26817bb37f7abaf31ecd0fd64864f75ad8bef2ed89cf89d6bcd81894e6c40d76c0ab1daaa5487e2b8b0fd8254fb19a92ed802c51204cb0d19522e7ece118ce4a0665bb333a4349ac091ac33521d26c82000148a092f43ea2314be87d28776f839a97af07fc92a9c582593284049945346c0967cb1cd718ad25a6ea97e93d51c2de7d0442270544e75b94530529a8d2d3ab6d654712967cb54b2cbd188d7335ed0172dddf6f2acc28fb20affc6aacff0b3591d2e9fb519e3e7cdb84a60e44cb5148f1e32a178179a69164cae2d91a92e404b52c899409ca1b8684930666fb0bc10c38f10f92e8a55b33c6dc5eaf9bedfcbb65f74c26963376b0175ec44f922d21679f3c0bed5545f752a34e4ed66512198c387f9474c6b312e04c3e0b5ff395b6b2ec616a589b57000525245a31544645ca4a25aa728835a8c9ea27521d7ee99f30b9ea009eb25c4f578dc3de41159898900a982a0ba4be0f5158831d69c4a73f18c464d9dafb6089f54a835a93ea160369a13983458f2056cd4608951b2648ec8a9787d0d8acbdaf8bd10500baac3e62afb41a07d6ab5b058bd926bacdeab9ee0667df6b66a04c4c90326935c754e9b93078fd4c83425c51a88f0dc407fa9f59e02ed116b049758052e02e82399b150a10884a59afa0da04372b994b9ce3508f02671d167b4b850a8aa602ee29a7715b4ef06d67e1c63062e867d4bac6c88fb2f403bedf2243567d0269f43d2679d337233916a369ac1e4bca22d2dd6a08dc406cd1c816ac5878a90fc7303fd657f780a74729a71684d284858ed9c93d8d03b1f549519c66f004d3c13646a75c6c6129c4a4fd65c12455a85916a958cae2a69ba8209adb7c0a9b18dc6d82c21e2d212efd41dfda3325e6f6e3e36a5bbb1d745b5f021ba5fcc199c99eefe1fcc8788a1');
INSERT INTO public.manifests VALUES ('golden', 'main', 8, 1, '\x789cdd59db6e1bc911fd95609e65b1bbbafa66c01f90878d83206fc142a8eaaa961851244352f61a86ff3d3524bd9128595a39a4b5309fe6d2335db753750ee7f3409b8dde2c37c35befce06be6dd7ba590f6fe16c688bdbf978f879106d0b5119deda8a4ed3d9fef05a3fad2fda15cd2ff7176e68d617ab9bfdd9fc7636bb18d76ccf96ab45d3f57a7f6fa54da71fbe9e2c3eae2fa6f3ff1d2f6ecd9ccf5fce86f5f574b9dcaffa34d5d9ce08bba1cb45bb1ade16b3676adbaf96abe9dc9e19b0e7d451a109d6269c7cc28ce8a86570dda3f3c8b10a94d210993b471511dfbb2f2e6a161cec85e6018de1381b2e75ae2bda4c17f3ede9f5746edb0f7fffc7fb5fdefff3afefff668b673457bb744366fed9b0e87dadbb90ad17b7aba6dba30dadec75c1bcd92c9676f0c5ec5fd24ab706778be6dbc964b2b9594e2e17e6e0fccd157f2817b4a2c9475b74b5b85debe4623315bda48deed74cc67ddff5e96f936d20dee58999face4ff6b97c172637349f765d6fceffbd5e8ca6d9869be9e88959f7afcfdb6d7747fc69331ef98a639268737534a3fc81517e22b4a1c9e5f96ef98528c96ee9c554ecee68e21b37fede64e68631448a3e22f552ba48cf449840c17b1897f9737be03fb7ba197655b34dd1fa8a2026738121730474cad537177d02e094c50aa122164da245626bdd774f8991b153eb010327179c4a1ebefc6ad95db47df65f272463de56fa616aef1e2be948e68cc5faddf67cadab6d657f0d7675b1062820a1d6dab2b0468d9e42e4ee722d5c2ac5da14c76464c95872c644e0a463ee0e9dbdf776353da55bf7e1302270433c1ba17bcf5733e403cd6eb7d018fcf0eb97b31f03153830189ecc03dc854a4cb9a3375474b146d72307d15a832bdd5bb8293e0f15977b54ea50384aafb53b8ec41e1c552aa1a7d4415cd046ae544e5d5bec5cbcba964a8ab9e5781aa8bc30242787caa13de1597b1e858a3a57d1d0c15c142a16e79deba5aa93d0a566d19054a28c28b2643accda13270e88d17ea51f1b2a0fddfa1ea8c08f83cac351f7541ef25da814ab6117c5078286904a150729a15af1b7ea637b1e2a02149a08695049916be94911bc86cca814d0fa1a34e7087dd2d45ca890937661dba65529701aa8bc30242787caa13de5597b1e858ab791917df5a1687725b5963c33514ed5339297523d6a9324297b4526809248b507439761c91f1b2a0fddfa1ea8e46f41c5c8c70f86cacc1e5d6fece2a777e2764019e970f02e078584c16642ca0d9a61c65a90b0c00374c01d748404ec19c8c8964d76f1362fe20836cc147cabd06c2c91e1c125c90446b35ac06209563f7230975e071df7a2f0ead838b4e6e745c6ced37bd8308fff94e0d86b13634064912e544b458fbd44861ea4d88ceeb597f624386a06a9469f2c71920d1a76b9676ffaa443ee3908806b1a4aad20c435d4ec34da335131b28d92fefae038bd1c790938be29467e5a707c538fc40a3f58bacf16974755ee78578ef8687c0cd92686a910ee4a5abb37a5de8c4305b6c1d43b3b086c6834a5627abd71acbe50214da99c08282f8bc83da48cff833d96e2c5e51f939bc74fef73daea9e3347509b77d36b888ca1654f0cce0998a24c351a5dee85c53872865025d566a543beba685dd257415f6d95d39c4f44a15f16919337c2f45c233c34e7d14e6894aa250113e931668dc984494372dc2d71d9678396ab76033c18c9abc6faa2a0146d0e9a80633876277ce8d51fe9840730f9a6d4b41ef0a329c2dd2c1c4169de8589344d968d4a8d3962f495506348963af0ae3643876b21f95e9429b84436b8386420c56c40417e25ba702f22afcf170ecdf98909c3014c46996915b09c2e7536dd7ea3d82d1cc6cf10b6f90e3adbaf3ddbaf2b7b14411d87cd742efadbc5f62308d6f4f5fcf780357621252736a80103341bd40ed8ca5d8ccd7a5f8ab709dd81c8854c5c6c961b128c2147b2ee6ebd7d38395bd9ba3859ddcef77824d06cf304a95906cd5cf2d1146eceb9d5c23de4735a19041fe5edb130f7f15fcf828a36901c623167291a39c9e62c096a551b5cd63a399ad2e5504dd446254f3d351dc66ef59d818ea53716057ba5b4b18b4b8ad221d608cd3c2029d1637125b4104c31ec2817b96e4901e7b33f76a01f4ec9c34047449beda1484344efab3133430c93cd7be4e6da13814e2554e6b15f9a133eba221c4c1e85c4d44a69aca11b71f03cce34134939572fec24f622960d0dff4fa083492fd256ab37e5555301cc5251bacbd4aab30a2663b4361a7b36126a4626ab1cf50d6ca836f4251e3bd00ffbec61a04bb08a4370c95a1436186b12fb48bc932839c127024d3226c8b5161c644ea10b8bd5925aa421a191868a46a9c90a2f604188602db00b64e7a06acab81d2d1fcd9cd50dadae2f6e7ea7b81f5753bb683b7cf5ee2feedc9fbbe1cb7f01506ef760');
INSERT INTO public.manifests VALUES ('golden', 'main', 9, 1, '\x789ce5574d6f1b470cfd2bc59e6def0ce7db800f454e3db4e9a1b72210381c8eb5b1b4abae564e0cc3ffbddc959c040ae002ad9b028d2ee28c66878fef9122f7b1c169e2ed6e6aae355c34f940773ced9b6bb16938f4b3f9d814a6a17069aed54553b1db9ccc3b7ed8af688dfded69638b9b3a8cdbd3aa3f6c36abf9ccb2da8d03f17e7ffa6d64e2eefe79317cd8afbafeb33d1c04cee3d345b3bfeb76bbd3a9878e374710f203ef065a37d749f074e27edc8d5d2fcf34ce54a78d860a019252ce9690bd7106724a944b093a1b44ed958dcac5a00b479b125300175d456ee4428900673a2e9a5bee79c4a91bfa6579d7f5e2be79f3f6e75f7f7cf3db4f6f7f91d31bec59f6b628f82f9aa1d63d1f39db0f879178b1261ce53e23e14cc34e8c27096087232f88abd079ddb6edb4ddb5b78344d85faef37d5ce188ed0739b41e0e7b6e575357f816273e9d6967bf37b3d776a1e226b602f646b727356fb46ab7d87795f7d3d5fbfd3083139753370723f87e7f5c1c1fadfc30cd96f13acca7a6f5ebc14ae7b0a02d38617b7b757c60b5196e8f47575db909edfba1ebb95c1a66b439822f2a58e49a9d13d98cadcc2682715712cb1f079e9a63c21c7377bf46705eb0170ece2745be56aa9c40342e315805e4bdcac1d54c4e231915d09b4455db587c565a29ed0b488a3dbd1361073a29ff1f71312b36f27d2797cf59f44a786af7f104279cc1317f85e6399f969c7ee65a3876107c2d158386604c058d009a4dc900c0e89356c9901466ce91a53a7361cfaa04a9d39892dc7b18bb6f580773f14d983773d57e19ab00b9c7cd6129892634ef9e2e3e97c8b74a87f9fbe1dfd65d9ffb7d4977fd7de9aeffc7bac399df17ff7de0fbd21d4477117bd7ed78d32d0dfd78b0997bb6783fb6c965365a669153c78494a4efc854c01f57cbc860937f5e7f628cb232d2778a7608d60051ca0ab22b327be4aa758cbad65c015199803992cd459b9aaac300c6276a5ea527bf54ff4b88ed78e82fd5fcb944e010515b24cd56e0a2768621844029e66ac2158ed2753ff5de2f5baf8b39d7cae4a2659b9453d64609165d96649160b1584e9c4a908e9c5d40934d8a3a39468dd5cbbc3497dfdf24dac52a231e835c59289073c5bb52c12507241160894e3abd8a868c3149f2d159aca8aa88024a07fdda447f5d70e7443b6b29485914b2d66a9db24b366396ca92e98714bd40b48f26e50c644182d04ec5928de26c7c468a9132cb206c48674fbe242821245db22aaec6226ab0f927441b62834c29e96452f2116c28c9962af3142525198cc609db5c037912905e328735013b4f5647f7da447f3dc99c131d8d649c05e5b3454b30e7a4add619e70ba32af605a2b1cc0229927111e677895a72915c62611abccdca276b4844931d1b2d38d025d602412948ec835d86c90f0247de2ac6bbd556ae9f5f8c646fec64533c3c47f783bad257aa79fa1366836772');
INSERT INTO public.pipelines VALUES ('golden', '53f51312f27290054d7b63532b99cbdd71b3aa1604805871de8499ec72585fae', 2, '2026-11-27 10:51:46.539847+00', '2026-11-27 10:53:00.549494+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["4"]', '2026-11-27 10:52:36.790442+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_dead', '["4"]', '2026-11-27 10:52:37.986537+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["1"]', '2026-11-27 10:52:42.04885+00');
INSERT INTO public.slices VALUES ('golden', 'source', 0, '/tmp/golden-hbv8_ara/in/001.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 10:51:46.596711+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 1, '/tmp/golden-hbv8_ara/in/002.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 10:52:04.849915+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 2, '/tmp/golden-hbv8_ara/in/003.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 10:52:26.010478+00', false, NULL, NULL, NULL);
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["1"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_dead/epoch_id=1', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["2"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_dead/epoch_id=2', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["7"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_dead/epoch_id=7', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d0"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d1"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["1"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_log/epoch_id=1', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["2"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_log/epoch_id=2', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["7"]', 'file:///tmp/golden-hbv8_ara/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_log/epoch_id=7', 'golden', 'main', 8, 1, 4, 1591, '2026-11-27 10:52:59.275409+00');
INSERT INTO public.tidegate_compatible VALUES ('0001', 'tidegate 0.1.0');
INSERT INTO public.tidegate_revision VALUES ('0001');
ALTER TABLE ONLY public.clones
    ADD CONSTRAINT clones_pkey PRIMARY KEY (clone);
ALTER TABLE ONLY public.epoch_offsets
    ADD CONSTRAINT epoch_offsets_pkey PRIMARY KEY (pipeline, lane, epoch, generation, source);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pkey PRIMARY KEY (pipeline, lane, epoch, generation);
ALTER TABLE ONLY public.lane_heads
    ADD CONSTRAINT lane_heads_pkey PRIMARY KEY (pipeline, lane, table_name, partition_values);
ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (pipeline, lane);
ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_pkey PRIMARY KEY (pipeline, lane, epoch, generation);
ALTER TABLE ONLY public.pipelines
    ADD CONSTRAINT pipelines_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.repairs
    ADD CONSTRAINT repairs_pkey PRIMARY KEY (pipeline, table_name, partition_values);
ALTER TABLE ONLY public.slices
    ADD CONSTRAINT slices_pipeline_source_key_key UNIQUE (pipeline, source, key);
ALTER TABLE ONLY public.slices
    ADD CONSTRAINT slices_pkey PRIMARY KEY (pipeline, source, "position");
ALTER TABLE ONLY public.table_heads
    ADD CONSTRAINT table_heads_pkey PRIMARY KEY (table_name, partition_values);
ALTER TABLE ONLY public.tidegate_revision
    ADD CONSTRAINT tidegate_revision_pkc PRIMARY KEY (version_num);
CREATE INDEX clones_of_pipeline ON public.clones USING btree (pipeline);
CREATE INDEX epochs_of_run ON public.epochs USING btree (pipeline, lane, run_key);
CREATE INDEX heads_of_pipeline ON public.table_heads USING btree (pipeline, lane, epoch, generation);
CREATE UNIQUE INDEX one_unfinished_epoch_per_lane ON public.epochs USING btree (pipeline, lane) WHERE (status = ANY (ARRAY['PLANNED'::text, 'STAGED'::text, 'PUBLISHED'::text]));
ALTER TABLE ONLY public.clones
    ADD CONSTRAINT clones_pipeline_fkey FOREIGN KEY (pipeline) REFERENCES public.pipelines(name);
ALTER TABLE ONLY public.epoch_offsets
    ADD CONSTRAINT epoch_offsets_pipeline_lane_epoch_generation_fkey FOREIGN KEY (pipeline, lane, epoch, generation) REFERENCES public.epochs(pipeline, lane, epoch, generation) ON DELETE CASCADE;
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pipeline_lane_fkey FOREIGN KEY (pipeline, lane) REFERENCES public.lanes(pipeline, lane);
ALTER TABLE ONLY public.lane_heads
    ADD CONSTRAINT lane_heads_pipeline_lane_fkey FOREIGN KEY (pipeline, lane) REFERENCES public.lanes(pipeline, lane);
ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pipeline_fkey FOREIGN KEY (pipeline) REFERENCES public.pipelines(name);
ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_pipeline_lane_epoch_generation_fkey FOREIGN KEY (pipeline, lane, epoch, generation) REFERENCES public.epochs(pipeline, lane, epoch, generation) ON DELETE CASCADE;
ALTER TABLE ONLY public.repairs
    ADD CONSTRAINT repairs_pipeline_fkey FOREIGN KEY (pipeline) REFERENCES public.pipelines(name);
ALTER TABLE ONLY public.slices
    ADD CONSTRAINT slices_pipeline_fkey FOREIGN KEY (pipeline) REFERENCES public.pipelines(name);
ALTER TABLE ONLY public.table_heads
    ADD CONSTRAINT table_heads_pipeline_lane_epoch_generation_fkey FOREIGN KEY (pipeline, lane, epoch, generation) REFERENCES public.epochs(pipeline, lane, epoch, generation);
