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
INSERT INTO public.clones VALUES ('c.golden_log', 'golden', 'g.golden_log', 2, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/clone=c.golden_log/attempt=11/manifest.json', '2e0ac19d0b84be1ad461d18b48f307dd85e3b03a03669f8565cd1210ca7e21a4', '2026-11-27 11:23:15.134954+00');
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
INSERT INTO public.epochs VALUES ('golden', 'main', 2, 1, 'SEALED', 4, 'EVENTS', NULL, NULL, NULL, 1, 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'run-2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'cd0aa0e00d5445c9cb9822c7b9f4ab3e55d3e8d06f3a2ab99b3021ad46d6f6ba', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', '5d81787a3f2df707e4722fd37351600e133ff296497a7015e9d0b6870188e6a4', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 11:22:35.262006+00', '2026-11-27 11:22:38.429619+00', '2026-11-27 11:22:42.665546+00', '2026-11-27 11:22:43.125112+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 1, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, NULL, 1, 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'run-1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'cd0aa0e00d5445c9cb9822c7b9f4ab3e55d3e8d06f3a2ab99b3021ad46d6f6ba', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 11:22:20.435211+00', '2026-11-27 11:22:33.513685+00', '2026-11-27 11:22:34.998183+00', '2026-11-27 11:22:35.177603+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 3, 1, 'SEALED', 5, 'COMPACTION', NULL, NULL, NULL, 1, 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'run-3/compaction-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', '5d81787a3f2df707e4722fd37351600e133ff296497a7015e9d0b6870188e6a4', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', 'f10936f2a6fb8e1d56e7048803cbcee83ef675d4eaecde9d96f76de62a66e5e9', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 11:22:43.174681+00', '2026-11-27 11:22:43.752481+00', '2026-11-27 11:22:46.398724+00', '2026-11-27 11:22:46.622345+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 4, 1, 'SEALED', 6, 'EVENTS', NULL, NULL, NULL, 1, 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'run-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', 'f10936f2a6fb8e1d56e7048803cbcee83ef675d4eaecde9d96f76de62a66e5e9', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=4/gen=1/attempt=5/manifest.json', '62d3244c20056793de2ecf9ee6596d408e22d12b84c10b58af3b3f95e81d9909', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 11:22:46.727729+00', '2026-11-27 11:22:48.747333+00', '2026-11-27 11:22:50.774806+00', '2026-11-27 11:22:51.004092+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 5, 1, 'SEALED', 7, 'ROLLBACK', 2, NULL, NULL, 1, 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'back', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', '5d81787a3f2df707e4722fd37351600e133ff296497a7015e9d0b6870188e6a4', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '3a620bdffad163029b5cb27e2bb356785341b6419f4f51d489e987fed6d881aa', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 11:22:51.189395+00', '2026-11-27 11:22:51.259102+00', '2026-11-27 11:22:55.432887+00', '2026-11-27 11:22:56.492349+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 6, 1, 'SEALED', 8, 'COMPACTION', NULL, NULL, NULL, 1, 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'again/compaction-6', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '3a620bdffad163029b5cb27e2bb356785341b6419f4f51d489e987fed6d881aa', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', '13f43fd2732ac9d30e6e31a8cbd8f97b7185a9d506c26bb4e0e3d4949febf233', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 11:22:56.805789+00', '2026-11-27 11:22:57.831075+00', '2026-11-27 11:22:59.86046+00', '2026-11-27 11:23:00.282089+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 7, 1, 'SEALED', 9, 'EVENTS', NULL, NULL, NULL, 1, 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'again', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', '13f43fd2732ac9d30e6e31a8cbd8f97b7185a9d506c26bb4e0e3d4949febf233', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=7/gen=1/attempt=8/manifest.json', 'f519a7ab657b64d13f9d780ebefcce5a8ef68fc0a02ef29304f46de490015e63', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 11:23:00.411358+00', '2026-11-27 11:23:02.135368+00', '2026-11-27 11:23:03.250799+00', '2026-11-27 11:23:03.638021+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 1, 1, 'SEALED', 1, 'EVENTS', NULL, NULL, NULL, 1, 0, 'bcd7652040e65a47cebe4388aed1d400703f08a125300f597472f69a0d7d4f19', 'replay of epoch 1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', 'd5323b7f7415a8e30e6e41f27c2a74fedcccd800ebaaed83620092cc3653fca3', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 11:23:04.217238+00', '2026-11-27 11:23:06.173347+00', '2026-11-27 11:23:06.203832+00', '2026-11-27 11:23:06.217032+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 2, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, NULL, 1, 0, 'bcd7652040e65a47cebe4388aed1d400703f08a125300f597472f69a0d7d4f19', 'replay of epoch 2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', 'd5323b7f7415a8e30e6e41f27c2a74fedcccd800ebaaed83620092cc3653fca3', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '2b24279726b3487bd9c98a242df5d4a84c5cd46df4dc64743d75446b01fe546c', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 11:23:06.285278+00', '2026-11-27 11:23:08.18799+00', '2026-11-27 11:23:08.220837+00', '2026-11-27 11:23:08.27725+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 7, 1, 'SEALED', 3, 'EVENTS', NULL, NULL, NULL, 1, 0, 'bcd7652040e65a47cebe4388aed1d400703f08a125300f597472f69a0d7d4f19', 'replay of epoch 7', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '2b24279726b3487bd9c98a242df5d4a84c5cd46df4dc64743d75446b01fe546c', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'c77fbdacb5275b072481e14264c2638ca82021c45432f736435e4d0cedd254f2', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 11:23:08.396429+00', '2026-11-27 11:23:11.157427+00', '2026-11-27 11:23:11.172223+00', '2026-11-27 11:23:11.202748+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 8, 1, 'SEALED', 10, 'PROMOTION', 0, 'fix', false, 1, 1, 'bcd7652040e65a47cebe4388aed1d400703f08a125300f597472f69a0d7d4f19', 'promote', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'c77fbdacb5275b072481e14264c2638ca82021c45432f736435e4d0cedd254f2', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '95dadd70a21535a26a5f7925bb6607d0305a7cd930fabee909125b38716819d3', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 11:23:11.350617+00', '2026-11-27 11:23:11.43989+00', '2026-11-27 11:23:14.676703+00', '2026-11-27 11:23:15.012599+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 9, 1, 'STAGED', 12, 'COMPACTION', NULL, NULL, NULL, 1, 0, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 'run-4/compaction-9', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '95dadd70a21535a26a5f7925bb6607d0305a7cd930fabee909125b38716819d3', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=main/epoch=9/gen=1/attempt=12/manifest.json', '63f0addeea5735bce35dee900fc952d1fbd474f3d0fae42ccf3625410ea2927a', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 11:23:16.841465+00', '2026-11-27 11:23:17.373296+00', NULL, NULL, NULL, NULL, NULL, 'internal', 'golden: RuntimeError: golden 9 ends here (tests/golden/story.py:102). Nothing is wrong that tidegate knows of, so this is a defect: nothing was lost; report it with the traceback that --debug or the task''s log shows', 1, '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', NULL);
INSERT INTO public.lane_heads VALUES ('golden', 'fix', 'g.golden_latest', '["d0"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'c77fbdacb5275b072481e14264c2638ca82021c45432f736435e4d0cedd254f2');
INSERT INTO public.lane_heads VALUES ('golden', 'fix', 'g.golden_latest', '["d1"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'c77fbdacb5275b072481e14264c2638ca82021c45432f736435e4d0cedd254f2');
INSERT INTO public.lanes VALUES ('golden', 'fix', 4, NULL, NULL, 0, 'PROMOTED', '2026-11-27 11:23:04.110888+00');
INSERT INTO public.lanes VALUES ('golden', 'main', 12, NULL, NULL, NULL, 'OPEN', '2026-11-27 11:22:20.409924+00');
INSERT INTO public.manifests VALUES ('golden', 'main', 1, 1, '\x789ccd574b6fdc3610fe2b86ce1b2fdf0f23e9a5c8b597a4bd04c662440ed7aab5922a69edb881ff7b879276bdeb38850bb4497db0f9d270f83d86f49702c61177dd585cf15511da7d330ec5d59722626823c6e24aaf8a04559d9bb4e0161f864db881669b07c4aad8419dda7e977b6c5534fbbadee43553afebdb80c390e7d4aae8316075b784ecdbfb6153354fed763fe66db797dbb68ed86c22c2bce371a4861187710af534d66e69e071550cb755d72d493c54584fa9e78988a96aaab16a9b1cbeedb087b1eda7237ed8efa6bff9a04ffda274410b6f9c0f20558a4e691bb4622a81534958eb90d9d239c54dd0569bd2488cc8b440ce628a8117b42bdee182e3d0eefb40e18b2a5e54cd68d4ea82f0b918c6be6ab6ab8b084f6dd865f4e7553908ad2bae3e4d7fae570501d4cd18ed2003f78d80cd61706c47a80f9da76d72e001c7919a39bfdc1b09588a771a253c65b2bac8c451afae86f16d455ab99a277e9ac20e173be8de1ebe9b278a5531563b220b76dd1908591eb4e3d8433364d59c4d7eba7e7ca4c9aeeab0ae9a8991721f6e31e3283291103735658e99bd674221e5c12e1f621e9c0e5935b7c399a40e02220427c68b7d37603fd2c76da25ea6ff72c29692807e9c44b329270ee8a09983aeaf76d03f6c1666f2e84cd3f5e373511e3701d265135fb1c957f1af331c333a67407d29a0ae60c085bfd0d6fb5d33fc738911a619917c926a68f3f9f0335193036d9bb6475a90490282acf87d6873cafd0460a6f19ce263843fdbcc5cf1ebc79f8b894decda7033f9986cb8c59e4ed8e478827111922377b95204c193965cda921b1d3c481dc0181bb55142696f1959ab143e2921a405895ce993dc728dc026fb7a32792e5215017e55bcffedfd2f1f3fd0ca1aa6a416d8db94061c9f214a072125e4ea318c6d475172f22f568b534d2ed6f974189d02940f13a8c25bb32a2813fcbc99d254ce1dfac30d086d28251b90479e8260464470585a8941285f46c350c61893f64a256fc070511a0f2e214aaa4cdc2a4e05a9784a7211d7a4ab912027c06bbc5aafd7e3ae5bcfca7cd3f41594b26fd7f7d0e34dbb1f70bd19ab885b3ac6b2669dc17a97a15a4fdcbde36b42977e2fd704b5a653aff366eb7edfbc61f9e74d4a1ee81cc8b84bb962965e41e03a68096094d297d0539d2fe66a3f83770021a9d232168d67d6888036845222a2675c7a82c5a24bce81174c26e679729639f48629c628ba66a6789c9c4276c2e6a8cea3b986899f0cc6dc5ae8e15eb1ff1e2a3218accf4ad5bc7453459acd392ef0c964e98e49124422b0c0954621898214e0c13b1ef3327e491ffcb1c7f188223f41b17412ad5031854841420c0a2c0f0e0406482c45a9c86d20bcd226498f4c215d629a89a485950a328ae494362c36fa419864f9f6785751f0639d81b2c6172afe1dd4fbb97af15c7f5fe2582af9bd399e2f191a7c7817d9c2b02f5d36063162945554ca8c0015782839036de357b49e9a830a1e0a6954b406b5902e06cccf13cb2da944959a29efb4a5a2e01c0aa4091d54287530898aa9d1e50fa2f50c86d790ba5ccea7b4d287ff4f5e17e726c112330a7c8aa84079887477616950d968b4f47fcb2b3d29b98e288235d2fb84a904aaf7066224473265482c816c5c96e03893e8912e062f6c124a3048e5ff81d75799f5255ebfe957edc577e7b5ddfeab25599d704c1a00659d0c414a9694918a09047ad13009215991a210c0a3668e1c6be87e132e452b403a902204ffa3383e83e45524d38bf77941be3e7dca1fdee5abe29e12a3775b7fbbbc5eef7bfa97223f5e0e595fb04b7ec98ac7bf007789c85b');
INSERT INTO public.manifests VALUES ('golden', 'main', 2, 1, '\x789ce5584d73db3610fd2b1e9e150bdf1f9ea4974eaebd24ed25e3d12c8085cc9a225592b2eb7afcdfbb2025dbb29d4cda699cccd4079b00a1c5e2bd7d0f2bdf56308eb8d98ed5995c54b1dbb5e3509ddd560963973055677a5165a89bf2c817d525de0cab7801edba4c8845b5812677fda68cd8a26a774db32a6ba6d1b6ef220e4379a716558f11ebab7dc8bebb1e5675fbf0dcedc6b2edfa74dd3509db55429877bc9f6960c4619c423dcc756b9ab85b54c365bdddee93b8a9b199522f2f12e6baadc7ba6b4bf86e8b3d8c5d3f1df1c36e33fd2d077d1857c1452dbc713e82543939a56dd48aa90c4e6561ad436683738a9ba8ad36c1484cc8b440ce524e9157b42b5ee11ec7a1dbf591c257753aa9dbd1a8c509e173328c7dddae1727091e9e6153d09f579520b4ae3afb34fd395f5404d076c6680305b8cf046c0f9363374273183c6c53020f388ef458f22ba39180a5788fa3c4874c162785381a35f530beada956cee6173f4d6187930d6cdf1e3e37bfa816d5586f882cd86c8f4028e5413b8e3db443a99aa3979fceefeee8e5b6de6253b7132361172fb1e0280a9190560d658e85bd27854295079b728879723a64dd5e0e4725752820427062bcda6d07ec47fa70976954e83f9db0a524a01fa7a2598589033a68e160dbd71be86f567b66caec4cd3f9ddd3a2bcdf04a82edbf4159b3c8b7f5ee098d13902eab682a68601f7fcc5aed96ddae19f9718615a102927a987ae9c0fff246a4aa075dbf5480b0a49409055bf0f5d49b99f002c341e537c1fe1afae3057fdfaf1e76a6213b75dbc98f82319aeb1a713b6259e605cc4ec485d2e882878d6924b1bb8d1d183d4118cb1491b2594f69691b482f05909212d48e44a3fcaad7804b645d793c88b49d504f859f5feb7f7bf7cfc402b1b9892dac3dee53ce0f804513a483fc71ac66e4b0997e45f748bc735b997cea7c3ec643fe1660255786b161565827faea634957387f17001421b4ac946e489e7289811091c062b310ae543320c654a296baf54f6060c17c178701951923371ab381952f590e4beb8a6ba1a097202bcc1b3e572396eb6cbb932dfb47d0d41f6ddf21a7abce876032e57639d704dc7d8af5916b0de15a8961377eff892d0a5dffb6b829ea6532fcb66cb7ed7be61e5e74dce1ee81cc8b8cbc531835710b98e5a0218a5f429f4e4f3d5ecf633780710b20a96b1643cb34644b4310689889e71e909168b2e3b075e309999e7d959e6d01ba618a3e89a1952fbbf2620f1946508c133e7b490a0c11b2503468b0272a619931343cd33374490b4390344c559e6117d865720403c2140be4c000f608540619500c5b4f25a06ee7496dc331d3c7c8180c09814410026993d0b81a6058f321ac85a479a8d923469a2c39c79e01e63d64a39259263d127baac26ab223fc349dcdfacf236d0d6994ce7746f47f70e3a4c222cfbce4ffb12e05eb16f4f07b9282c8feea379e9aa4eb4bae4b8a72885409d8537dc19ab4ce69eca5c685042bb4006a0cb327e4a1ff86387e33d53fc11531c910b29a32545905cac4cc49ab61989fc80293a49c59c81c4414a22a1d8c49c0954b1cc472a024d4c911d7671ef95df0993c25c8f573505bfbf4c2034f8c2b57e05cd6ebea244b9645fe2582af9da1ccf9d044ddebc4b6c669847326926c89b92546068c4891b8bd2908b38939fd1fa588032e740e2653a3b033c30afad4a2a0491c94cc9ff1028b6c9911be67db0991cd2614a9aba4d23b248df89d623188e48bdfd06d93cb7832f6773308be97a3f201d13036048d70d3918f51a744f3921a20dd45d5046a87592e812812d414020b425131c9232c9645212c5ddf5f5eb795cf1d567dad837b28fd54127fe31e5c1677918132d0fa8914550a8055d4c912ef0c405638e19f745795810b49685d21005212cd91c524f24b3e1961a02505a83945a338b2a5be91d92b9d2354e646acbadfd01e4c17f2879f0ff9d3cf8e7e4a1bd78757974ebffb441508f7b69a12df5032a461934f57fd40f5ad05164e50d3573de2b0f5c7145570c24a7b9211215031224b50d4ab0ef25952348bea63f285fb29fb607e78fff7b70f857c0a2baa6c4e8ab627fb9ffc27cddd734412b0e599fb0537e4a47ff1bf4043dbb');
INSERT INTO public.manifests VALUES ('golden', 'main', 3, 1, '\x789cc556db6edb4610fd1583cfb2b5f78b901428f2d4873605da3e058630bb3b6b33a64895a4ecb846febdb31465c97192b64192ea41da9b66cf9c33977da8601c71b31dab955e54b1dbb5e350ad1eaa84b14b98aa155b5419ea661edee0fdb08ed7d05ecd0b1b6872d76fe659bb6b9a753933cdb67d177118e6bd1e23d6b787497737acebf638ee7684e0e1fda21a6eeaed763e755f63b307411b0973ddd663ddb5055fb7c51ec6ae9fc0feb6db4cbf05f2715e0517b5f0c6f90852e5e494b6512ba632389585b50e990dce296ea2b6da04233121d302394b39455ed1ad788b332343b7eb2399afea7456b7a3518b33f2f46c18fbbabd5a9c25388e615378dc9f2a46e85cb57a33fd5c2e2a72753b794be4150a3e61b03d2c8edd08cd6172bca6181e701c6938ccd48d301680a756e211c9e2ac4840b3a61ec61735a9beda6ffc30991dce36b07d71f8df7ea35a5463bd4132bcd93e21a1084d378e3db443d1ffc9e69bcbf7ef69735b6fb1a9db4991b08b37587814454848eb86906351afbabab8ea48e5765dd6e9c21636c589fde2e464ddde4cf61f4f36e4e7b0677052bcda6d07ec47fa73976956e4bf98b82510d08f53d0acc3a401395a34d8f6f506fafbf5ac4c59ddcb7449171eefe9ae4e2e018acb36fd8b4b9ed9bf2c74ecd97942d443054d0d03cefac5aed96ddae1bf8718715a18299ed44357fcc377244d3174d5763dd28122121065d5dba12b90fb89c022e353891f2dfcd515e5aa3f7e7f554d6ae2b68bd7d54a922902803d79d8167b827111b3a3ec724144c1b3965cdac08d8e1ea48e608c4dda28a1b4b78c522b089f9510d28244aef409364ed4635bf27a4a729aded444f8aa7af5fae75f7f7cf5fb4faf7fa1d30d4cc066eabb9c071c3f60959ca16828b1368cdd9606c5818f568cd3b89cd3e7cd61752a41e17e2256786b1615a1c177eb09aa72ee301fae416843906c449e788e821991c061b012a3503e24c350a694b2f64a656fc070118c0797112555276e15a7a2541d41ce0136c5d648b413e90dae96cbe5b8d92ef7d179def63504d977cb3be8f1badb0db85c8f75c22b72633eb32c64bd2c542d27fd5ef225314cdf73d1a7d1e4f5b25cb6ec77ed392b9ff39c3d901fc8b8cba56a06af20721db504304ae90be8a96a57fbdabd27ef404256c132968c67d6888836c62011d1332e3dd162d165e7c00b2633f33c3bcb1c7ac31463645d334319ffc502249eb20c2178e69c16123478a364c0685140ceb4627262a879e6860492366780a838cb3ca2cff01d04101f08203f2e000f608540619500c5b4f25a06ee7496dc331d3c7c4680c09814410026993d0b8196058f321ac85a475a8d92f2d2448739f3c03dc6ac95724a24c7a24fd4b0a67245350da704ff668e6fa0ad33159e8bb9243d56d1614ac272ef7e740801c3f4d796437e804a2fa992c2f2b403ec4faeeb442ebceda89fa5736bbc2234d1a006954d841884000e880658907041aefcb9c3f1511f77a28fa11c8ace452681d19bc3b82099449b150aca1d86e0ac0aca3a8a002a27f44dc2530067744e1a9d02e94345b08b7395fc7f982872f5785b93ed5246bf3e9ce7e1f20f700ed134d5ff03d73a396e1d759a2c52b6cca2a2acca495aa9b961d48da4a4b24045c25bb08c6bf489054335893b475a96cebaebebef970425f146080d9ebe8bca2b6451dd42b3dbb778511e29c7fcf84ed1507eeebfb9eccffbd36764e79f923d2606c090da1055367a8750ff7242441be8e5419050eb24d12566b20401c17b4a41c12129934c3601beb6eccfbdfa02d939c97e79faaa3e3c9117d51ddd4d4fa8fe667e48def5f4ba2f2dec00ec8c5df00b56bdff1b541b927a');
INSERT INTO public.manifests VALUES ('golden', 'main', 4, 1, '\x789ce5584b6fdb4610fe2b06cf8ab5ef8791f452e4da4bd25e024398dd9d555853a44a5276ddc0ffbdb3a4645bb663a46de204a80f16f7c1d999ef9bd7f25305e3889bed589de94515bb5d3b0ed5d9a72a61ec12a6693643dd9447bea82ef07a58c58fd0aecb8458541b6872d76fca882daa76d734abb2671a6dfb2ee2309435b5a87a8c585fee45f6ddd5b0aadbbbe76e379663d7a7ebae49d8ae12c27ce2ed4c03230ee324ea6eae5bd3c4cda21a2eeaed76afc4758dcda47a594898ebb61eebae2de2bb2df63076fd64e2bbdd66fa2d86de8dabe0a216de381f41aa9c9cd2366ac55406a7b2b0d621b3c139c54dd4569b602426645a206729a7c82b3a152f718fe3d0edfa48e2ab3a9dd4ed68d4e284f03919c6be6ed78b930477cfb029e8cfbb8a10da579d7d987ece171501b49d31da4001ee3302dbc3e4d88dd01c0677c714c1038e233d16fdca68246049de7d29f14e93c549218e464d3d8caf6bf295b379e1a749ec70b281edebc37bf342b5a8c67a4364c1667b0442710f3a71eca11d8ad71c2d7e38bfb9a1c56dbdc5a66e2746c22e5e60c151142221ad1ad21c0b7b0f1c853c0f36c588797232b26e2f8623973a38102138315eedb603f623bddc651a15fa4f276c4909e8c7c9695661e2800c2d1c6cfb7a03fdf56acf4c999d693abf79e894b78700f9659bbee09047f2cf0b1c333a47407daaa0a961c03d7fb16b769b76f8e72e469816448a25f5d015fbf04fa2a6085ab75d8fb4a190040459f5fbd01595fb09c042e331c5b712feea0a73d5afef7fae263671dbc58f53cc5218aeb1270bdb224f302e6276145d2e882878d6924b1bb8d1d183d4118cb1491b2594f696516805e1b312425a90c895bea75bc911d896b89e82bc24a99a003fabdefef6f697f7ef68670393527bd8bb9c071c1f204a869027143f1bc66e5b9dc9a2fc93d9e2be4fee43e7c361764a3fe17a0255786b161569827fae2635957387f1f0118436a4928dc813cf51302312380c566214ca876418ca9452d65ea9ec0d182e82f1e032a2a4ccc4ade29490aa3b25f7ce35f9d5489013e00d9e2d97cb71b35dce9ef9aaed6b08b2ef9657d0e3c76e37e07235d609d764c67ecfb280f5a640b59cb87bc397842efddf97097a9aac5e96c396fdae7dc5cadfab9c3d901dc8b8cb256306af20721db504304ae953e829cf5773b69fc13b809055b08c25e3993522a28d314844f48c4b4fb05874d939f082c9cc3ccfce3287de30c51849d7cc50b4ff6b02124f5986103c734e0b091abc513260b42820679a313931d43c734304499b3340549c651ed167780102c40302e4d304f0005608145609504c2baf65e04e67c93dd3c1c3330404c6a4080230c9ec5908342d7894d140d63ad26c941493263acc9907ee3166ad94532239167d52ff850092a842a99c86b4d7d94b46be8fce9960538c4264cda8961b006e7c7651521c001ae05a5128b0f41204a80704e8a7092007b612220a9f3c81c3c97dc8a98465ca8bc8547c86002f107292ce459e42725e6786ca50282516c91d15601029069735751b3e5be353f0392b66790e59a5ea66aa15545070caae5fc970f9c8f00db475a6ac7fbaaf07b7256c98b26039777edabb00f78a7d7b3aa88cc1f2a82198b7aeea44bb8b8e7b8ac00669b247b499c2c4129a42a7a813e3c5d1992ddbf829bdf0c70ec75ba6f83da6b8836453a046d004ae885fa3291e0c256eed02a70c2e892ef2586524050e8bce07491162b421e7b5108829aa475ddc17abef844961aec7cb9a84df5673080d3ed1575d42b39b7b0455ba9ca73826935f9ae3b995a3c9eb3789cd0c47ed859422659eb4828c415bee8c019b03d5158f8f683dca803a0325211998649a72900d367b1bada550ccc1285b8a8176067c54ded2af4dd2b3ec052d1840fc4eb41ec17044eaa76fa0cde342f4bc36876431f55707a47572dc3aeae23251659945c25650eeb35273c3a8d39392ca2e15616fc132aed127160cd57cee1ce5fde2babbbefe96461de7b892571fc5c6fe26713f3ac8e21f333cf81c1e262b99c02a4bfda4d286aead86aeb7d4d2689183f7e2d9f0b08ade9342659935dd80a91f509cde154c50adf6d4c27a4bfd1020e71423da3a1e45e202a504c79470ec07080ffe438507ffdf8507ff5c7868cf5f3c3cbaf5576d10d4bd5021df0f5483bc4c3a85428da0be194462b95c27027aee3d95a6e844e4ca246503c59fa5ae3ad1ad82aad0f70a952348bea43f285f391eb607e7f73fdf1cbec52caa2b528ceeeafdc5fe8bc5555fd304ed38687dc24ef9296589bf019bb8b1e1');
INSERT INTO public.manifests VALUES ('golden', 'main', 5, 1, '\x789ce558db6edc3610fd1543cf1b2fef172329d0e6b1010af4f214188b2139b455ef4a5b49ebc40df2ef1d6ab5d98b732de22448fce015298a9c3967ce21a557150c03aed643756167556c37cdd05717afaa84b14d98aa0b36ab32d4cbe9f206effa45bc86e66aea58c132b7dd6a6a359be57251c68cad75d746ecfbe95e8711ebdb5da37dd12fea667fdd6e288257af67557f53afd7d3a8bb1a97db20e846c25c37f550b74d89af5d630743db8dc1feb1598dbf25e47dbb0a2e6ae18df311a4cac9296da3564c65702a0b6b1d321b9c53dc446db509466242a6057296728abca255f1162744fa76d3459abeaad359dd0c46cdce28d3b37ee8eae66a7696607f0dab82e376549984c65517cfc79fcb5945a9aec76c09bc02c13b266c769d433bc072d7d82f5326ee7118e8b29fa01b6028011ece12f791ccce0a05d45ad6fdf0b826d62fb6377e1aa7edcf56b07ebc7b6e7ba39a5543bd429a78b53e02a1104d2b0e1d347de1ffe8e6f3cbd7afe9e6ba5ee3b26e4646c226de60c1511422212d96143916f6aaabf3ab96586e16a59f166c605592d8768e49d6cdcd38ff9b914bcab3df2238325e6dd63d76033ddc666a15facf476c2908e886b1681661e480122d1cacbb7a05dddd6262a6f46e69baa405f7ebb457078b00d565933e62917bf35f1638b6e81c01f5aa82650d3d4efcc576b95935fda79718615a102999d47d5bf2c397444d99e8aa693ba401852420c8aabffbb684dc8d00161a8f297e33c3bf6d61aefaebcfa7d5c826aedb785d5d689a8a02c08e326cca7c827111b32375b920a2e0594b2e6de046470f524730c6266d9450da5b46d20ac2672584b420912b7d101b27e8b129ba1e454ecd9b9a00bfa87effedd9b35f7e7efa2b8d5dc218d6047c9b738fc309a6940ad542a9b47e68d77451c27fab5f1c56e5249ee7bbded180c2dd08abf0d6cc2a8a055f2ec6409573bb767f0d421b0ac946e489e7289811091c062b310ae543320c654a296baf54f6060c17c178701951923771ab385952b50f722aafb1b206029d205fe2c57c3e1f56ebf9b6361f355d0d4176edfc057478dd6e7a9c2f863ae115a5318d9917b09e14a8e6237b4ff89cf0a5ff93e5d3d598f5bc2c36ef36cd2356fe1ee5ec81f240c65d2e9e19bc82c875d412c028a5cfa123cfaeb6cebd056f074256c132968c67d6888836c62011d1332e3dc162d165e7c00b2633f33c3bcb1c7ac3146334bb6686f4febf09483c651942f0cc392d2468f046c980d1a2809ca9c7e4c450f3cc0d11246dce0051719679449fe10b10204e08906f278007b042a0b04a80625a792d03773a4bee990e1ede4340604c8a200093cc9e8540dd8247190d64ad23f54649aa34d161ce3c708f316ba59c12c9b1e8136d57a35991a3e128ef074b7c054d9dc976ce27437ae3a1fd28c2b2eef66a2a012e957c783ac847617eb2cf50e7dd93c4e625c2473c928099a0ba4d5281a1164f022c4a4315e64c3ea751ff6c70782b3932e740c4329d9d011e98d756251582c82434d20602cd6d72e486791f6c26f5384c49d359c4882c1291430ed8c6c920bf0a0c85aa0e6f6b9aba58e8e78f469d44a33f10cdae9046ebdf214d5e23855264c64c1beb65424195ee118df62629721d2112d9b053917624ed809c8304a3d1f1e43df334efa6ab1f32a9e3fa2f9a1b202cf1f040341d7366d52d2c37dbed9d32be2c16f9cdc9836fe5614cb43ca0461641a116645a91cc9da066cc31e3de2b0f0b82c6b25036cb20848d4e22ed97321b6e69b300a53548a935b3a8b295dea1212b57d493b4e5d67e03f2e0df943cf80f270ffe2e79682f1efe3475c2447bb51db9a8d393491fdbfd5d664befa15982c8749c02178c423a3652d97bf0047119c6ef49451d48454b0fca3a19a3942c2b2315134802f14c42cc56e42404f0a4998b411b3a6e09979315201d4811a37f20a97c1a24475a995e45ee914caf60870c7f49823f28fcc36cc421c129042d3c9d0d9cb18a4ccad32158685042bb40af07fac30467a1adb65911c141d3e18f0e831674a482f1864e72de2b0f5c71456708484e7303744a67408e1bc82805fb5a5e7804c9839ba1fc90199e86f35637cc9c793abf097a3fa0f316a9c6a065f486c1640c11b1ec42c6eaa4103026f48918b026a1a1070c6d759fdd0def67f5316e782214712c9407a9067d12a89d979fbbafbe07962f497bded577bd0b4e5fcdf6c4ab1f98f823bd7fdfbc9feabdd07e79f8d175f7057556bda0b5bb157437d377c6175d4d1d346217d8193be7e7b465fc0728b3eecc');
INSERT INTO public.manifests VALUES ('golden', 'main', 6, 1, '\x789ce5564b6fdb4610fe2b06cfb2b46fee0a498122a71eda14687b0a0c61767756664c912c49d9710dfff7ce5294253b69fa409a1eaa83b42fcde3fb66bedd8702c61177dd58aceda208edbe198762fd50440c6dc458acd9a24850d5f3f006ef874db886663b2feca04e6dbf9b67cdbeae37f9cc34ebfa36e030cc7b3d06ac6e8f93f66ed854cd69dcee298287c74531dc545d379fbaafb03e04411b1153d55463d53639beb6c31ec6b69f82fd69bf9b7e73c8a779e16dd0c219eb024895a255ba0c5a3195c0aa24cad2222bbdb58a9ba04b6dbc91189169819cc514032fc82bdee28cc8d0eefb40e68b2a5e54cd68d4e28232bd18c6be6ab68b8b08a731ec328e8753d9089d2bd6efa69fab4541a97653b6045e86e00f0c36c7c5b11da13e4e4e6eb2e101c79186c30cdd08630ef0dc4a3845b2b8c814d0acae86f15545acaf0f1bdf4c66878b1d74af8eff3b6c148b62ac76488677dd331032d1e471eca11932ffcf36df5d3d3ed26657755857cdc488df871bcc388a4c24c44d4d916366afd82eb72db1dc6cf23a396c609793382c4e4956cdcd64ffe9644d790e070427c68b7d37603fd29fdb44b34cff72c29682807e9c8a66e3270e28d1cc41d7573be8ef37333379f540d315393cf969b7674e80eab2897fc1c947f6af321c07749e01f550405dc180337fa1adf7bb66f8fb25469866447226d5d0e6fcf00351930d6d9bb6473a90490282ac783fb439e47e0230d3f89ce2270bbfb599b9e2979fdf14139bd8b5e1ba581b324501604f1936d99e605c8464a9bbac1741f0a42597a5e7460707520730a68cda28a1b42b19b596172e2921640912b9d267b171821e9bdcd75393d3f4a622c0d7c59bb7dffff8ed9b9fbf7bfb039dae610a6c86be4d69c0f105aa940c5543aeb5616c3b1ae4043ea918e77539b7cfbbe3ea2441fe7e0256b89232a768f0c3660a55597b9c0fd720b4a190ca803cf21404332282455f4a0c42391f0d4319634cda29959c01c385370e6c4294a44ebc549c44a938053917d8545b23c14ea0d7b85ead56e3ae5b1daaf3b2e92bf0b26f5777d0e375bb1f70b519ab885b4a633eb3ca60bdce50ad26fe5ef315214cdfb3e8d368ca7a959dadfa7d73c9f2e73225079407326e53564def1404ae8396004629bd849e54bb3868f701bc230849f992b1681c2b8d085886e025223ac6a523584ab4c95a7082c9c41c4fb664169d618a31b2ae99a18effc704441e93f4de3b66ad16123438a3a4c750a2809468c5a4c850f3c40d1124cb940082e22cf1802ec1572040bc20407e9a00eea1140245a90428a695d3d273ab93e48e69efe0330478c6a4f00230cae498f7b42c7890c140d23ad06a90d49726584c897bee3024ad9455225a165ca40b6b922bd2349c1afc0b25ae5f245eae76d054898467394bd2938a0e531366bf87d1b1040cd35f9a0ef3222abb222585d5f90d7038b9a92271f7bea5fb2c5e261588130fb1f44a49ab0088122a61c11907017149a9fcbac7f1891f7bc68fa11e0ad6062681d19bc3582f99c4322914d43b0cc196caabd25205909cd037114f059cd05a6974f4c40f89601b6695fc6f90c874f5785b91ed2ca35f3e9c8ffbe44fc23956d3a4ff47aca9e105f391da3c722399705e072f480dbca71628ad968a7ba338dd4849f3a8ac4367cb84d1446b396441d8f7d5d76b82dc7823f81acfdf45f915b2286ea1de1fae78911f29a7fef84ad5907feeff75da3fbe9f3e433bff5fd1ce89f6abf357f5f189bc28eec8373da1fa9bf92179d7d3eb3e5f61c7c02ed8922f59f1f83b077592b3');
INSERT INTO public.manifests VALUES ('golden', 'main', 7, 1, '\x789ce558c972db4812fd1505ceb458fbc268f765c2d7bef472712818595599325a24c00640bb350efdfb6481a4244a6a47f78cb788d141ac0d5999efe5067c6c609a70bb9b9a555834b9df77d3d8ac3e3605735fb0342bbb6808da4d1dca457383b7e33abf83eeba2ea845b3850df5c3b6cec4a2e9f69bcdba9e9967bba1cf388e75cf2c9a0133b6ef8f2287fec3b86ebb8771bf9feab5d797d7fda660b72e08871bef573630e138cda21ed6fa6b5eb85b34e34dbbdb1d95b86d7133ab5e370a52dbb553db77557cbfc301a67e984dfc79bf9d7faba10ff326856c55742166d0864a30d6676b8421088694f701854f2118e9b2f5d625a7b1a0b00aa52854b26cf8567c8f471cc77e3f6416dfb4e5a2ed266716178ccfc5380d6d77bdb828f030866d45ff70aa0ae173cdeaedfc73b56818a0dd01a32d54e0fe4260775a9cfa0936a7c9c33555f088d3c4c3aa5f9d4d0c2ccb7b2c253f68b2b8a8c4f16cd38ed30f2dfbcaeab0f1e32c76bcd8c2ee87d373878d66d14ced96c982edee0c84ea1e7ce334403756af39db7c7b7577c79bbb76879bb69b1949fb7c831547558984b2deb0e658d97be228ec79b0ad461c166723dbee663c73a99303318233e3cd7e37e230f1c33df1acd27f3963cb4ac030cd4eb34e33076c68e56037b45b186ed74766eaea81a6abbba74e797f09b05f76e56f5cf24cfe5585e380ce19501f1bd8b430e291bfdc6ff6db6efce72ec6985644aa25edd857fbf04fa6a60abaeefa01f940250918b2e6f7b1af2a0f338095c6738aef25fcbbafcc35bffef2af666613777d7ed7ac3c8b620570600bbb2a4f09a932058eae90545692ac96da27e96c8ea06d06e77cb1ce2863a3171c5a4945324a690f1aa5b18f74ab3902bb1ad77390d724d532e0abe6cd6f6f7efae5673eb98159a923ec3dd188d31344d910f684ea67e3d4ef9a95aecabf982d1efbe43174de9e56e7f4936e675055f46ed1b026f8e77a56d384709a8fef4059c72af98cb248ca4a38552060f21ab332311527509752c84663283a705225172110a2e6cc24bd919c909a07258fce35fbd5c49033e01b5c2d97cb69bb5b1e3cf35537b490f4d02f3fc080effafd88cbf5d416bc66338e679615acd715aae5ccdd6bb96474f9ffb14cf068b67a592f5b0efbee95a87faf8822b01d2864a09a31533490a5cd56033863ec250c9ce79b43b63f807702814cf242141785772aa3cf3969448c42eac8b0780c14024425348928297811303a618460e956388ef6ff9a80220be99452142158a5c142744627cc1e1510f18aa322d04a928e09d29e08201b2948668c045f8100f58400fd32013281570a95370a8cb0265a9d64b0a465143645f804014908ad92022c9aa248899795cc3a3b206b33af66cd31e97240229964c44cd69860540922c762fe170258a249b5723ad6de52d4827d1f4370c9979c95222bb8963b00e92285ac390e001d486b381444f91a04f8270484970930ba448bd9a10030481abc8cecb7591553d889e22708880a818a0e21cb924a8896041ac7a154446677348049959c0259ee362279174b8a44467849894c69eee65ac10505e7ecfa990c77cf0cdf42d71267fdcb633db82f61e39c05ebbd87d1d1056434e2cbd3c1650c96670dc1e1e8ba2d7cbaea78a44871b803e84240684894e89321a774149a2b91b6f598bce407fed8e374cf947cc4940c507ce1a7944bd270d27096e3c171e2b62149cee09ae9628f354e73e0881c62d21c21ce3a765e0f8999e27ad4e763b1fa469854e6067cdfb2f0fb6a0e69832ff455ef61b33ff408be76392f71cc267f6d8e0fad1c2fdebe2ee2c070d41c6b86bb0669c1e46c19ee241599288cb7d2d3335acf32a025e024a493d0c2720ef2c953f4d97b0e454acef85a0c6c7010b3899e7f7d61a7a1a878c301e237a2f50c8633523f7e016d9e17a24f6b734a16737f75429a0baae214cf65b448a7858ac9e6a4b8daa6c425c607ab8d64c025777b64653121620c9eb804941024d47cbf1fdacf67947d62947f92e36a5e7d161bc73789c7d1c1167f9fe1218f0990218c267192e38eb264c33d02da5cac49ecd792db834f858737c647ad0c69b2fc06ccfd8091a680128a6b75e416367aee8700a5e418b13e482e7a52a1d6108451417c07e121bfabf090ff77e121ff2a3c6c945f3d3cfaebcfda209847a1c2becff4c9a88b2d49241714f7cda08aa0fa3a9130cac89cfa1c5496c615e393a2e4b9abe698945c85be55a89c41f277fa83fa95e3697b70f5f8f3cde95bcca2f9c08af1bbfa7073fc62f1616879814f9cb4be1097f292b3c47f00bf1ab6b6');
INSERT INTO public.manifests VALUES ('golden', 'fix', 1, 1, '\x789ccd57db6edb4610fd1583cf8ab5f78b91f4a5cd6b5fd2f6253084d9dd59993545aa24e5c40dfcef9d2529db729cc205dab83620ed8dc39973cecc8ebe54308eb8db8fd5055f55b13bb4e3505d7ca912c62e61aa2ef4aaca5037654807aef176d8c42b68b76541acaa1d34b9eb7765c656557b689a4d3933cdf67d177118ca9e5a553d46ac6f16937df769d8d4edc3b83b8ce5b5dbf36dd7246c3709617ee3fd4a03230ee364ea61addbd2c2ddaa1aaeebfd7e71e2b6c66672bd6c24cc755b8f75d716f3dd1e7b18bb7e0af1c361377d9740cbf74fdd214c71562e245019bdb44a38a1005834019d60998337011457862bc66262da4af4ce9b28a5cd5eaa1cbc36d56a315e0517b5f0c6f908b4979cd2366ac55406a7b2b0d621b3c139c54dd4569b602426645a206729a7c82b0a016f702165e80e7d245fab3a9dd5ed68d4ea8cc03e1bc6be6eb7abb3040f63d8152ae753c5089dab2e3e4e5f97ab8ad0decf80efa0b0f00d83ed7171ec46688e9387d714c3038e230d8b7f6536124b64efb195f8e0c9eaaca880664d3d8c6f6b12dec5bcf1c3647638dbc1feedf1b97983b01ceb1d310fbbfd0908456bf4c6b1877628123cd9fc787977479bfb7a8f4ddd4ef48643bcc682a328aa80b469c8732c5278a23a9231ec4a10f3e21464dd5e0f27fa3caa91109ce4531df603f6233ddc659a15facf276cc909e8c749819b30714081160ef67dbd83fe76b3305356679a2eef9e2afcfe2540226fd30b5ef295fdcb02c78cce09505f2a686a1870e12f76cd61d70eff5c62846941a444520f5d890f3f1335c5d0b6ed7aa403852420c8aadf87aeb8dc4f00161a4f29beb7f0675798ab7efde5c76a6213f75dbc9a8a02e5f4167b8ab02df6424cd668c11443a341d9880195740e30f144696a99cccc01175a3296b5b7ca8a6c3cb06493cadc3ff2ad141c6c4b91982a46a978755b4ac2fbdfdefffccb073ad9c0e454ae3f4f34e401c72780521c2484528986b1db9391e2fbb395e7b12497ccf9785c9d0c84db0953e1ad5955e4087ede4c5e2ae78ef3e10a04551c42c1582694cdd6298fcacb2c8df43242728c73080174d48947a6b5e43a73a99560d2719ba460c968573d38b9686b92d5783545dbe0c57abd1e77fbf52ccc376d5f43907db7fe043d5e758701d79bb14eb8a5309633eb82d53b426a3d31f78eaf095bfa5c6e1c1a4d41afcbbbd6fda17dc3cadf1ba92c73d190ebc62a8e3140f4362549ff392ae5cfa1a72ba39a2f8e19bb2306320417b4753a43d63c5aa18c97546d9d0f96c79c9291dc4b9124905c184f210a1a4661828874c45477539e5032617bafcdfbd41a267a0a16f36861877bc5fe73a428bb607d52a7e6a39b3ad16e7171410f3ca0d33ad01d05ca65f0c288e0340aae2801389663fc9c1ef8e380e33d88fc1188c14924e408ec04823ea20202cf81c00899e524954b34f34a9b2c3d328574836926b216562a2820529a7471c9a1d781a468b7c79b9a6cdfd718a0ebfd996a7f03cd61ae5cbcd4dee718964a7e6786e7fb85166fdf2536f3aba494cac49c815a089bb3cb21503a0ba130678be22b521f67067866ade7940648ed4ba231a072219ba4c123b1898667ea7b28e184712e486d03352dc66b6a7c4810af43ea090a2fa174b9961f934a0ffe2f595db296e8b1c9581fb34195a8cf94c0a8e7d4d4473286d2ff2dab86837032329f124a46bd64ccd4ab5a4ead25a7ea2e59a4ba869e1b9692d289e836161593dc45953477afcfea8b12f53956bf99abda8befcd6ab7fd578bb17ac430e31ae8d60b9cee272e4246409fe92ae3d1442f03256bce810919a8c1091a0c933168cf1d50f7638ccbafc4f009222fa298fadca7a5f8f271037fecc657d527f28bbab5fe7ae9593ff5f443a2f42c47a7cfd8393f67d5dd5f88a4d852');
INSERT INTO public.manifests VALUES ('golden', 'fix', 2, 1, '\x789ccd57db72db3610fd150f9f150bf78b27e94b9bd7bea4ed4bc6a359000b99b544aa2465c7cdf8dfbb20295b729c4c9a69e2c633116e5cec9e73b0587cac601870bb1baa0bb1a862bb6f86bebaf858258c6dc2545de84595a1de94265f54d778d7afe21534eb32405f6c6193db6e5b7a6c5135fbcd6655d68cbd5dd746ecfb32a716558711eb9bd964d7def6abba796cb7fba16cbb3e5fb79b84cd2a214c3b3e8c6c60c07e184d3d8eb56b1ab85f54fd75bddbcd4edcd5b8195d2f130973ddd443dd36c57cbbc30e86b61b437cb7df8ebf25d0f2fb4bbb0f639c950b0954462fad124e2800164d402758e6e04d00c595e18ab19898b612bdf3264a69b3972a07af4db5988d57c1452dbc713e02cd25a7b48d5a3195c1a92cac75c86c704e7113b5d5261889099916c859ca29f28a42c01b9c49e9db7d17c9d7aa4e67753318b53823b0cffaa1ab9bf5e22cc1631bb685ca69553142ebaa8bf7e3cfe5a222b47713e05b282c7cc66073181cda013687cee336c5708fc340cde25fe90dc412d93bb6121f3d599c1515506f53f7c3eb9a8477314dfc349aedcfb6b07b7df86e9a202c877a4bccc376770242d11aed3874d0f445822793ef2fefef697257ef70533723bd611fafb1e0288a2a20ad36e43916293c511dc918b6258869700cb26eaefb137d1ed448088ef2a9f6bb1ebb813e6e33f50afde723b6e40474c3a8c0551839a0400b07bbaede4277b79a9929a3134d97f74f15feb00990c89bf4159b7c62ffb2c031a17302d4c70a3635f438f317dbcd7edbf4ff5e62846941a44452f76d890f3f1035c5d0ba693ba405852420c8aa3ffbb6b8dc8d00161a4f297eb0f0775b98ab7effede76a6413776dbc1af9a333bdc68e226c8abd1093355a30c5d06850366240259d034c3cd131b54c66e6800b2d19cbda5b6545361e58b24965ee8f7c2b09079b9224c68c51325edd9494f0f68fb7bffef68e566e60742ad71f461a728fc31340298e6e32d50fed8efc2dbe3f9b798e25399f9cf787d1319585bb1153e1ad5954e4087e588d5e2ae70efdfe0a04651c42c1582694cdd6298fcacb2c8df43242728c73080174d48947a6b5e43a73a99560d2719ba460c968573d3a396b6b94d5703546bbc18be572396c77cb4998af9aae8620bb76790b1d5eb5fb1e97aba14eb8a630e635cb82d51b426a3932f7862f095bfa7fbe71a83506bd2c7b2dbb7df38a957fafa4b2cc4543ae1bab38c600d1db9424fde5a8943f878eae8c6aba3826ec0e18c8105cd0d6e90c59f36885325e52b6753e581e734a46722f45924072613c8528a819850922d2124367fd9bf1174250160f1682f1a89174a84c0856812737b4a57dad480e1311e1cb6d42295e79ab6d66987554f0fdf1174ff017cfe39fd0f14c2724580a223a1678344221ba949dcc8e7d01ffcc9d0286890596412b5295358ea08e16e80086249ce74a13220aa2b29e4ea82334488c0688d898abfb314f5132c3f1647f2fdd6da1a933259cf339153d64cf7e3c8165dba9350b807bc5be3b199440617972154d4b5775a2d9e2e24c50889269aa38b4a743eca9ba308a15e1a760c07b6eca327e4e1ffcb5c7e181277ec41347e442ca68b3739e592b9300242962001b304527e92465304c19119d65363147750f44e6a3a60a8778a24cd8c6394dbe0c2485b70e6f6ab2fd708d005570cf5ce837b0d94f979328d7eb730c4b257f30c353094183776f129bf8a5f4919d32d6209d1e45e5a193a84cce09450c11ec27a41e1f3e27837074c15136d31211a2a34f1c085958ce36666e540c5e88c42533595b4104bb2089ee28b4cb2f43ea090a5f43e95c791d934a1ffe2f59e513ab94ed598ccc215d612a18e3195061e23d55f92a28efbec86a70c93bbaf78ce751a5242ccfd983e38c5392c568ac56517905c9d00833d65b6604f3241c1138e5de9767957f2babfc73ac6a2f7e34abedfa3f4dc6eaf8dcd2db8f5231d568549324110cd5a69a1bcc6424fa6485f4c9d003325309ebe96d48c59b4f8a7b5ac5d0da9762f80491afa2989e324f53f1e5f11bedf0e05a54b7e41715e4ddf5fc2cb9ede8ad58caa283d367ec9c9fb3eafe1fbe536e53');
INSERT INTO public.manifests VALUES ('golden', 'fix', 7, 1, '\x789ccd57db92dcb611fd952d3e8f7670bf6c597949fc9a173b7951a9b61a4063456b869c901c5da2da7fcf0167f66a59a53896959daa2509828dee730eba1b9f3a5a16de1f96ee4a6fba3c1e8765eeae3e7585f358b8745776d355ea77ed566ebab7fc71bece6f68b869036ad3ed6957c769df9ec4a61b8ebbdd759bb33e1da631f33cb77766d34d9cb97f7736398defe7eb7e78b81f8f4b5bf6e6f266dc151eae0bd369c5fb911d2d3c2faba987b1f10603b79b6e7edb1f0e67273ef6bc5b5d6f2f0ad77ee8977e1c9af9f1c0132de3b486f8d371bf5e5ba0edfab7f198d638bb900a99ca517ba382324422bbc441892a29ba44461a278d10b908eb35c7105dd6dad7a84d4dd1ba6e7336dea590ad8a2ec44c785782b13e5b234ca560aaf23eb0f02904235db6debae434171656b114a5962c3b84c0eff84cca3c1ea70c5fbbbe5cf4c3e2cce602605fcccbd40f379b8b420ff7b46f549e66352398d75dbd5a2faf371dd03e9c00df5363e1370c0e7783cbb8d0eeeee161996678e665c16df3af3d2d6009f61e5bc90f9e6c2e9a0af0b4ebe7e5871ec2bb3abdf8cb6a76bed8d3e187bbef4e2f80e5d2efc13ced0f4f40685ac38acb44c3dc24f8e4e5abd7b7b77879e80fbceb8795de74cc6fb9e1a89a2aa85cefe03937293c531d644cfb16c469700db21fdece4ff479a74620b8caa73b1e669e167c3c563c35fa2f576ce1044dcbaac0ebb47280401b0787a9dfd3f4f1facc4c1b3dd1f4faf6b9c2ef1721887c285fb1c8afecbf6e709cd07902d4a78e763dcd7ce62f8fbbe37e98ff7b8901d386488ba49fc7161f7f0035cdd0cd304e8c098d240264dd2ff3d85c9e56001b8d4f29beb7f0efb131d7fde3e7bf762b9b7c18f39beecac3141ce009110ecd5ecac53bab8411ec2c199f39b1d121101759b04dbdd0550492ca6a21aa8dde78555d24517c3155c647beb584c3434b126bc66819af1f5a4af8f19f3ffefde79f307347ab53b5ffb0d250675e9e018a38208426b379190fc8abcdf7cf669ec7923cef9c5777a36b2a4b1f574c55f46ed3c111fe70bd7a6942b87b9edf9042c6010ace0b657cf5c144365157ed74d4994a1052524a64b32d320b6bb5b4556a6b94d041faa29528ce86eec1c9b3b656592d6fd668777cb5dd6e97fd617b12e68b61ea29e969dcbea789df8cc799b7d74b5ff806619ce76c1b562f81d47665eea5dc025bfc3f571cdcad416fdb5adbe938bc10edef85365e84ece0baf346724e94a32f45e357b331f19226948cee54384ed8dd61a0530ac9fa602b552bb357c6458d6c1b62f232d7529c9651aba2097211b2a4ac709b954b2a638ac35effddf82ba590c593a7e4225b860e8d4bc91b8a70c37aaceb55095c40446cd50429de446f7d155c6d36f4edf157cff0579fc7bf7090153b247904918348323b659843a941d720be807f95c190e02292a8640d54e55d00d4d91336602a2a44692c1031948d8fd8a10168408c8e406caeff0bfe6cad81df2147ac5249c99ab36107814bd23618cd4a839c92adf6d0166615f20eda97480ed5aa6f8fbf7f86bffe3cfe51207109b4159994319c70ad0efa0c0e79cd4bf305fc23a297a9a02981f6838d909b97242b23db910cc16587c16a932f15aaabe4187b45451d497a0ea9bb5deb048a09af99f55be96e4f435f91f02fcfa5e0be7acd6b066ccb9eeece0290d1886f4e060a186d9fb402a7a9d77dc1ece6e299201ba3af4105add108126720db68e29055a2545d9b262ff1c1bf8ebcdcf3241ff12403a1f624b4802ea1910431564606bfde862429b036da88c20659105ac8c85f3a16ec275703f652e3099568cce732f57d2069bc4dfcae87edfb324ee8a03fd350bda3ddf1d41cf8d6de7c8e6144fc27337c6ae130f8f16511277e592a06e2d21a938d03d04c39a4885a59744859ff8ad427c5c7a9249322e954a9a6489066a5c61ef6a425b2524629c286abc2154f4a0bceda041925a33cbb24dcf721f5090a5f43e9b9f37d4c2a3efcbf64559e5895282d2908a1b555067b2b69a5120e86a66d384ff68baca27a97e82a23f322978688e1eaa5e084e35bf5ba285437d6214655084a895e303a4c65d9d8e4b2a8df9f55f97b5995bfc5aa8df2cf6675bcf94393b179c470c9ec8a2991724ad620119361ab5d15554981a624e0f8af9dac811369e1a8a0c4a2972346076385f94ec9f829225f45318e92cf53f1ebc767e4bb03efa67b0fbf70209ade9e8f85ef279cd55b5b74e7f485b89497a2bbfd0faebfe5e3');
INSERT INTO public.manifests VALUES ('golden', 'main', 8, 1, '\x789cdd5949731bbd11fd2baa39cb12f645f53997e49243e254f2e5e472a91a40439e88e430c3a197b8fcdff330a42c6af11ac94ad9728933181068bceed7af7bf4a1a369e2e57aeacea438eef2b05d4d9beeec4357380f854b7786d14afd627f79c9ef37e7f935ad2ef6034b5ad4615ceeef56dbc5e2bccd99efd6e39079b3d93f1b3973ffe6ea6678bb39ef57d7d7c316267cf878dc6d2efbf57a3feb7dcf8b9d117850b8f6ab7eea8755b36f58f348d330cec6fe63bb9c3f9bc9edf34fc336cd167721153295a3f6460565884476898312555274898c344e1a217211d66b8e21baacb5af519b9aa275ddf17ef12e856c55742166c2b3128cf5d91a612a055395f781854f2118e9b2f5d625a7b9b0b08aa528b564d9e108fc86f7f06e86ed98616bd797a37e3539737c04d88e36d3d8af2e8e8f0a5d5fd3b2396537ab2d8279ddd9cbf9e3d57107dcd63374f044c3f3330baeae06a761a2c5d5cdf5366de10d4f132e377b3f4c3435030f57c9d7961c1f357fe26ed16fa6df7ac4d0d9eec11fe66537474b5aff76f5bddd036039f54bc6c2cbf50d105ad460c769a4d5a605d38d872f5f7dfc8887eb7ecd8b7e35bb376df325371c558b0a2ae70b58ce2d14ba8b938b0121b33a6fe3d87045cb7688dde07cc87e7539afff69e602e7dcec109cc3a7dbae373c4ef8f25071d7dc7f32630b23689ce6083c4fb30f70d0e683f5d82f697c7fbef74c1bddb9e91536bcde67b838d88410e4abf20d9bdc59ff55836387ce0da03e74b4e869c37bffe561b15dae36df1f62c0b421d24ed26f86763e7e07d7b4852e56c3c898d09c4480acfbd76668268f3380cd8d375dfc6985ff0ccd73dd3f7fff63377b93d7437edd9d052c050378c409576dbd948b77560923d859323e7362a343202eb280a65ee82a024965b510d5466fbcaa2e9228be982ae3816d12d0f3aa25893963e0f6b25fb594f0b7bfbff8cb8bdffffce2af98bca0d9ae3df243ad1b9e6e818ab32018ce7463c4b0c645b3ffdeec7318967bf6bcbc1a9dd3597a3fe3aaa277c71d8ce177e7b3a52684abfbcd6b52c83a40c279a18caf3e98c826eaaa9d8e3a5309424a4a896cb6456661ad96b64a6d8d123a485fb412c5d9d05d1bb98faf39b426a00ecc177c767a7a3a2dd7a7bbe07cb61a7b4a7a1c4edfd2c8af87ed864fcfa7bef0058eb19f73dac07a5efb77a7b3f79ecb53e08bdf7b01c1d57ce8d3b6d7e9b85d3d13eddf336dbc08d9c174e78de49c28475f8ac64fcdc6c4131a2100dd4e0676d85d61a0530ac9fa602b552bb357c6458d8c1b62f232d7529c9651aba2092123644959e1322b9754c61407beff30fe4a2964f2e429b9c896118bc6a5e40d4598613df6f5aa042e70446c8a82346fa2b7be0aae361b7a7cfcd52dfcd5fdf8170eb28225c9e310398824b3538639941a740de20bf857190c092e22894ad620aabc0b803a7b02095351214a638188a16c7c044b03d040303a826373fd5ff0676b0dec0e3962974a4ad69c0d3b04b8246d83d1ac349c53b2d51eb1855985bc43ec4b24886ad5e3e3ef6fe1afefc73f0a242f81d222933286133eab437c0687dce6a5f902fe11a797a9a03041ec071b116e5e92ac8c8c473204971d06ab4dbe54445d25c7e08a8a3a92f41c52f771d60a080acfd9f5b1cebda4555f91f44ff672f049c13673066cdbeeaef60120a3118f9e8c2062747aa31cd84d3def0b9e3613f70ea288b8b536a11424132a42c9a9142c2b69a03392db3479822ffc7bcbd3273fc9033fa5a0195901f9ac90c22fd01ff9299062f85ad4a24d28b88bc6baaa230b444108562884a9d78690a720918b21efa5ea6920697e1bf94d8fb59b983d90394d597fd89eabb89a65f80a6c54eaa8e25988628db139e6148352d9a7580d6c42de281ac94d006a5294624c5a2849c5b8e22a2a7eacbb1dfbc73cd64d3a34064e8476e49eeaf40d2db6bb4a4bb65af1e750e5ae6e7cc90fea902a296b61d120d9887a23a2197246348d2ec9518cd27d9d2a92592a8d7c564388c27b5d1431549313f9c425070dd147221306393278e18b08701a6511b34543f63854f94e481e9d2ab7edd15fb5e75eaad882823078d255950a2c19d5b2423af2da4a27044bad2be4c2a170212fa4e508a977401ddac2d0f087a6cadd63fd0855d4cfa3ca5da9fb921ffc21556c8c887185786eba0221402d05f1e79055a254bf852a81d0d5245351cf4a2320f7564646d5e06d4892026ba38d286c505ba3c2c8a88a75449a83c8045468e971a8f29d903c3a556edb13be6acfbd54417f11a915fbd627678ad435161f044a34d49d6c817675a166414271abb0d0854050d09889c61ba71f9a2a778ff52354f19fa30a42e7275365f7960583ef9f17b1230a948011ba123a9e8d03f84c39a4262d450748cd1d76dce80d51a4c9a4483ae436380cd16f2514df20dd49340d193e423d5c852b9e94169c5185c92819ddb34be2916aaeef42e1c9b971db9a5f9719fb777c87dcc089ff2fc9b1ef4d241ae81484d0da2a835c9fb452a930b0850078b25f2447f4aa445719fd253ac610315cbd84cfaaf2b5d55ce8e1598718554185aca3176cf11dcbc62697457d7a723c7e3bf23de4f86c33f2cb92e3b3fd888dea27b7ee8be1e2413b7773401478816a36098a91a44a9589639519ff1d0424b172b526a1746aefbb2cda129d938da8cc02b183679fa673bf89c80da6ecdfc1df71f170f16dede6c3bbf76bbdd58dc33c40b779e8dee0b245af292929218a4aaeba88d6872b16c960aa42c1ecda0bb940320a8b2c295141cb885982bd574fd36dde44e4d113a1fb5a22bc6dcebd9910a9cfe85a94d78a002d0a2ec71a5d4a4e25d4e81364c8522c56b8f67e3e1916ac8b8926d6a64afac133e1dd537d4b26bc4593cfb69ac8013fbb4438f4c203749a873429995d3125524ec99a266986ad7655542545cc6087c8dac91a3891168e4a94497b456c3c88629ea8d3bc89c8d3d70bb7cdf9850b865b34696de6abc33fd15ffdbdfdb87b8bbdc7258d97fbbf4abf1d7b0c60c6956147e2449e88eee37f010dbd54a7');
INSERT INTO public.manifests VALUES ('golden', 'main', 9, 1, '\x789ce557596fdb4610fe2b069f656bef43480a1479ea439b024d9f024398dd9db51953a44a524edcc0ffbdb31465cb4eea1e390a341220eea539be6f8ee5fb0ac61137dbb15a71b1a862b76bc7a15abdaf12c62e61aa566c5165a89b79788537c33a5e427b312f6ca0c95dbf9967edae69d6e5cc34dbf65dc46198f77a8c585f1f26dddb615db7f7e36e4726bcbf5d54c355bdddcea76e6a6cf646d046c25cb7f558776db1afdb620f63d74fc6feb2db4ccf62f2fdbc0a2e6ae18df311a4cac9296da3564c65702a0b6b1d321b9c53dc446db509466242a6057296728abc22ad788d332243b7eb2389afea7452b7a3518b13f2f46418fbbabd589c24b81fc3a6e0b83f5584d0b96af57a7a9c2f2a72753b794be01508fe44607b581cbb119ac3e45e4d113ce038d27098a11b612c061e4b89f7962c4e0a05346bea617c5613edabfdc67793d8e16403db6787ffed37aa4535d61b24c19bed03100ad1a471eca11d0aff0f365f9fdfded2e6b6de6253b713236117afb0e0280a9190d60d598e85bdeae2eca22396db755927852d6c8a13fbc5c9c9babd9ae4df9d6cc8cf618fe0c478b5db0ed88ff4e72ed3acd07f36614b46403f4e41b30e1307e468e160dbd71be86fd6333365754fd33929bcd7d35d1c29018acb36fd0d251fc83f2f70ecd17900d4fb0a9a1a069cf98b5db3dbb4c33f0f31c2b420523ca987aef887ef889a22e8a2ed7aa403852420c8aa3743574cee27000b8d0f29be93f07b5798ab7e7df5a29ad8c46d172fab9527516400f6e4615be409c645cc8eb2cb051105cf5a726903373a7a903a82313669a384d2de324aad207c5642480b12b9d247b671821edb92d75392d3f4aa26c057d58b973ffefcfd8b573fbcfc894e3730193643dfe53ce0f808557286a261254b4a745b1a14073e5a318ee3724e9fd787d5a904859b0958e1ad5954640dbe5b4fa62ae70ef3e1128436a5de18cb84b2d93ae5517999a5915e46488e710e21808e3af1c83441a433975a09261db7490a968c76d5bd9173804db13512ec047a83abe572396eb6cb7d749eb67d0d41f6ddf22df478d9ed065caec73ae105b9319f5916b09ee7fadd72a2ef395f12c0f43b177d1a4d4e2f8bae65bf6b4f59f99c4a65998b864c3756718c01a2b72949fae6a8943f839e8a76b52fdd7bec0e18c8105cd0d6e90c59f36885325e52c9753e581e734a46722f4592a005633c8528681885a1e0a1238612fe5fe32f84a0521e2c04e3512328ab4c0856812733b425bd5624878988f026a0a36054de6a9b19661d157c79fcc523fcc5c7f14fe878b622074b4e44c7028f46284497b293d9b127f0cfdc296098586019b4a2a8b2c611d4d102731092709e928e10511095f50ed0111a148c0688d8983f057fd45a91dd2e7ad292816a418c0a0d0538a74ae094c492f521452d2dc5169d4a600dc53ecfcc652dbe3cfef611fef2e3f87b0684a044ba3808a530d0331b8a4f6730a0e5ea09fc3d79cf43d2e4a0154e7b0a37cb8167341e803b67a2a1c5ac834d99a22e8341ca15e1a5076ed185ea766a16d451702aaf9fe2772991b3e3ee71e2b3e506da3a53dd3f9b3bc25d131ba61a5814ef4773084822f2b3d07164967f6c9658522783e57107de1f5dd789d87bd3d17d229d06cf73a016139dc90a920c5e115f562aa765523a9c912fbfed70bc63881f5394902e7b9e459373cce8053a959c554c446358b03a87a83944c92c50fd8e99623d99c038952b93045d476fa93d365d9cdbd47f844561acc7eb9a849746f699ec792a55fec29a433c4d0df82e1d7482942ca362a0a506614067eb850e81b0b694634c838d895a448680e899e7b4299de5c6719f24c9ddf5f557cc83927c2384068f6fa6e51eb8a8aea1d9ed2f59b65c13ef53e46b854379de7c69de3fbc223cc13bffb678e7ff63de3fbc9a3cc1bbf8b67817c4fbf9f10bede1ed7451bd25e5f4f6d25fcdef706f7b7ab12ed797836527ec8c9fb1eaf60f2be7aedd');
INSERT INTO public.pipelines VALUES ('golden', '2012cf8d848b2c21f53137b165c9a35ca667d564245970e10b29f42237a3e145', 2, '2026-11-27 11:22:20.393931+00', '2026-11-27 11:23:16.550604+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["4"]', '2026-11-27 11:22:55.562218+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_dead', '["4"]', '2026-11-27 11:22:56.377829+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["1"]', '2026-11-27 11:22:59.936633+00');
INSERT INTO public.slices VALUES ('golden', 'source', 0, '/tmp/golden-nriab3ro/in/001.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 11:22:20.435211+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 1, '/tmp/golden-nriab3ro/in/002.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 11:22:35.262006+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 2, '/tmp/golden-nriab3ro/in/003.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 11:22:46.727729+00', false, NULL, NULL, NULL);
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["1"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_dead/epoch_id=1', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 11:23:14.676703+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["2"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_dead/epoch_id=2', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 11:23:14.676703+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["7"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_dead/epoch_id=7', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 11:23:14.676703+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d0"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 11:23:14.676703+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d1"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 11:23:14.676703+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["1"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_log/epoch_id=1', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 11:23:14.676703+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["2"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_log/epoch_id=2', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 11:23:14.676703+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["7"]', 'file:///tmp/golden-nriab3ro/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_log/epoch_id=7', 'golden', 'main', 8, 1, 4, 1591, '2026-11-27 11:23:14.676703+00');
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
