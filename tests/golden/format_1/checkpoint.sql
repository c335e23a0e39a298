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
    CONSTRAINT epochs_check2 CHECK (((restores IS NOT NULL) = (kind = ANY (ARRAY['ROLLBACK'::text, 'PROMOTION'::text])))),
    CONSTRAINT epochs_check3 CHECK (((promotes IS NOT NULL) = (kind = 'PROMOTION'::text))),
    CONSTRAINT epochs_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT epochs_failures_check CHECK ((failures >= 0)),
    CONSTRAINT epochs_fence_check CHECK ((fence >= 1)),
    CONSTRAINT epochs_generation_check CHECK ((generation >= 1)),
    CONSTRAINT epochs_kind_check CHECK ((kind = ANY (ARRAY['EVENTS'::text, 'COMPACTION'::text, 'ROLLBACK'::text, 'PROMOTION'::text]))),
    CONSTRAINT epochs_publishers_check CHECK ((publishers >= 0)),
    CONSTRAINT epochs_restores_check CHECK ((restores >= 0)),
    CONSTRAINT epochs_run_clear_number_check CHECK ((run_clear_number >= 0)),
    CONSTRAINT epochs_status_check CHECK ((status = ANY (ARRAY['PLANNED'::text, 'STAGED'::text, 'PUBLISHED'::text, 'SEALED'::text, 'ABANDONED'::text]))),
    CONSTRAINT published_has_time CHECK (((status <> ALL (ARRAY['PUBLISHED'::text, 'SEALED'::text])) OR (published_at IS NOT NULL))),
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
INSERT INTO public.clones VALUES ('c.golden_log', 'golden', 'g.golden_log', 2, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/clone=c.golden_log/attempt=11/manifest.json', 'd17ac8e92d4060eaa2aabead92e40ad6c432c35f1767fda2553f215e414ca30b', '2026-11-27 08:14:56.406123+00');
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
INSERT INTO public.epochs VALUES ('golden', 'main', 2, 1, 'SEALED', 4, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'cc5412f0e892d6d6211d47aa82a2c42e5426185162c42801e97bd3e04a81e1d5', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', '4b7255e2c5ebebed06dfc04ce20f372eb30eb5945e0e827f9eb7c7dc848e7285', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:33.298552+00', '2026-11-27 08:14:36.357249+00', '2026-11-27 08:14:38.391823+00', '2026-11-27 08:14:38.643998+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 1, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'cc5412f0e892d6d6211d47aa82a2c42e5426185162c42801e97bd3e04a81e1d5', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:17.518038+00', '2026-11-27 08:14:30.693627+00', '2026-11-27 08:14:32.772333+00', '2026-11-27 08:14:33.244108+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 3, 1, 'SEALED', 5, 'COMPACTION', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-3/compaction-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', '4b7255e2c5ebebed06dfc04ce20f372eb30eb5945e0e827f9eb7c7dc848e7285', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', 'd1b2a5a2f6d9210241ba88ab26a53edca4b5c11fd3c73e91027fc7f7f40252dc', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:38.685065+00', '2026-11-27 08:14:39.427204+00', '2026-11-27 08:14:40.532113+00', '2026-11-27 08:14:40.683557+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 4, 1, 'SEALED', 6, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', 'd1b2a5a2f6d9210241ba88ab26a53edca4b5c11fd3c73e91027fc7f7f40252dc', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=4/gen=1/attempt=5/manifest.json', '8e0c69758637d208ab997f953f697283d2daa068cc05671c5463b2f037625fad', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:40.79689+00', '2026-11-27 08:14:42.636297+00', '2026-11-27 08:14:43.341182+00', '2026-11-27 08:14:43.549333+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 5, 1, 'SEALED', 7, 'ROLLBACK', 2, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'back', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', '4b7255e2c5ebebed06dfc04ce20f372eb30eb5945e0e827f9eb7c7dc848e7285', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', 'eee2697863e47cb70a9f57e6a814a1eeb7958319e6c7521e4fc32d40d2c54c41', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:43.62555+00', '2026-11-27 08:14:43.672568+00', '2026-11-27 08:14:45.12247+00', '2026-11-27 08:14:45.663334+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 6, 1, 'SEALED', 8, 'COMPACTION', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'again/compaction-6', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', 'eee2697863e47cb70a9f57e6a814a1eeb7958319e6c7521e4fc32d40d2c54c41', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', '5975ed01e49ea80cc28f896eedea5355e4f356edd155e8e16c0a26be96be31dd', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:45.832411+00', '2026-11-27 08:14:46.545487+00', '2026-11-27 08:14:47.451584+00', '2026-11-27 08:14:47.607533+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 7, 1, 'SEALED', 9, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'again', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', '5975ed01e49ea80cc28f896eedea5355e4f356edd155e8e16c0a26be96be31dd', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=7/gen=1/attempt=8/manifest.json', '1ca08e0e966e398869bd4036b610cf7c3fa9bbfb38aa99a5256b895924d8053b', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:47.692208+00', '2026-11-27 08:14:49.521609+00', '2026-11-27 08:14:50.093757+00', '2026-11-27 08:14:50.321414+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 1, 1, 'SEALED', 1, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', 'e7a9ecdfc67820188eaf6b6820675e47fff0b05ee5030f76698d7c7200844600', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:50.497241+00', '2026-11-27 08:14:52.498996+00', '2026-11-27 08:14:52.505507+00', '2026-11-27 08:14:52.508054+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 2, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', 'e7a9ecdfc67820188eaf6b6820675e47fff0b05ee5030f76698d7c7200844600', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '9678aa4c33822b65bf6fa6c97a3de218ef48e838a69340a395dd29390a03870e', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:52.522304+00', '2026-11-27 08:14:53.994276+00', '2026-11-27 08:14:54.001754+00', '2026-11-27 08:14:54.004243+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 7, 1, 'SEALED', 3, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 7', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '9678aa4c33822b65bf6fa6c97a3de218ef48e838a69340a395dd29390a03870e', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc894e980b6d69db11d59ed66312b015d06cb848744b17b442629ea1206ac78d', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:54.016113+00', '2026-11-27 08:14:55.519419+00', '2026-11-27 08:14:55.523568+00', '2026-11-27 08:14:55.525929+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 8, 1, 'SEALED', 10, 'PROMOTION', 0, 'fix', 1, 1, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'promote', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc894e980b6d69db11d59ed66312b015d06cb848744b17b442629ea1206ac78d', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', 'bbde45c63e86f99a57d368834b8f40ec6aa512f15fc74373cf49c3f9adef29ae', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:55.594039+00', '2026-11-27 08:14:55.641065+00', '2026-11-27 08:14:56.268724+00', '2026-11-27 08:14:56.302015+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 9, 1, 'STAGED', 12, 'COMPACTION', NULL, NULL, 1, 0, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-4/compaction-9', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', 'bbde45c63e86f99a57d368834b8f40ec6aa512f15fc74373cf49c3f9adef29ae', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=main/epoch=9/gen=1/attempt=12/manifest.json', 'f41c6caa3f609b36ab80efd9216f496ce20db6c32db4a1561e3397a3a206ffa1', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:56.758846+00', '2026-11-27 08:14:57.046338+00', NULL, NULL, NULL, NULL, NULL, 'internal', 'golden: RuntimeError: golden 9 ends here (tests/golden/story.py:90). Nothing is wrong that tidegate knows of, so this is a defect: nothing was lost; report it with the traceback that --debug or the task''s log shows', 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', NULL);
INSERT INTO public.lane_heads VALUES ('golden', 'fix', 'g.golden_latest', '["d0"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc894e980b6d69db11d59ed66312b015d06cb848744b17b442629ea1206ac78d');
INSERT INTO public.lane_heads VALUES ('golden', 'fix', 'g.golden_latest', '["d1"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', 'fc894e980b6d69db11d59ed66312b015d06cb848744b17b442629ea1206ac78d');
INSERT INTO public.lanes VALUES ('golden', 'fix', 4, NULL, NULL, 0, 'PROMOTED', '2026-11-27 08:14:50.486565+00');
INSERT INTO public.lanes VALUES ('golden', 'main', 12, NULL, NULL, NULL, 'OPEN', '2026-11-27 08:14:17.504819+00');
INSERT INTO public.manifests VALUES ('golden', 'main', 1, 1, '\x789ccd56c96ee34610fd95a0cfb2d9fb62c0c7b9e69220976020545757cb84295121293b86e17f4f91943df6c4097c48664604845eababdeabed51c034d1fe38892bb511f984b7348de24a6f04f6a7c33c7c1485b02f54c495db880a6d370ff9f02d3d8c5bbc81c36e5ee01b7be86a3fece799dc88c3a9ebb6f39965761c7aa4719cf7ec460c84d4de9d450efdfdb86d0f5fc6fd699a9fdd5deefaaed0615b08d6175f563a98689c16515fd6fa1d2f3c6dc478db1e8f67251e5aea16d5e70d3af678b308aa2d2b3d1c87f6c042440c60bd52c6a1ab880695a94056271f6c4ad5400e3218f4050b29432a79259334de159d63022c8205b2ddb062b8a3030d30b5fd6145a93df0f3e2d36f9f7efef5173ed9c18178be07b67823fa5a475a511efbd380b48c2618a645fd71ea8f2ce589953fc240b3b633accb6c6ae737f8eaef8f6c4f47eb283f4cf348253b830e13dbbbec5e354d33ed8fcd0ad685f5a3c4eec137f72cf6a63f8dd46ca7b6d08e813d9f69664daf673d9b05b86bd5b069fc7f76181e1598a07943d37a74db16de9d75bc90f3efc227493e52ca9aa1360cadac183d84e47d2851fbf998bae40b7f9c6812ab1b2ce88d37a09d671b2066ab83b55489d1cf36c5a25d55a442b685a256d2ca20b5cb496275d51950413b0067420da5a078faccd8f77826e63b6122e640a0bb96853f333941ee668778ebed1b7107dd69e15428f1f969f31ec7c69a6fcdf11a78bcf8705de499e15c522916f8cb969ccc2694caf444e9744e24ff46ab7e45ab0940da785b8227a74d2c48e8740a2a3888363bc944bb406462244dbce1d06276e86b56debbfc9d687d03c347483d27acd7b4f2c51f93d773e472fc985225a482deba142185582526d0068d4ff0afbca2b3ca15d218bce11c4a358329c54329ba32a91e2da0ae983344250d2532844987aaad9650f38fc0eb8782f53d5eff315e5dd2df9cd77ef79fa664fb8a636712d8100d974c23abf5c64a4dc0ae220d600dba16ad4115272347acd7d2e8584bd06022188d98be17c76f20f910c9dc597c9d9059f5637ba4ae5daaf97a50cc059b355b495f5aa9a58a9ff9e7ece53782db01fa73bbf40a36c6e7f90ba801491555514baf0b44ca812343db948b97c42154aa4bd6d6e4c12b9d390c63e5ec9890cb9d5515a2f8ff3d6cb1b1194e87b327692ec4296208dc31b10e2a7a0f9cb525073f65e7dc250cec3cefa6896ab9b792857d31788d1410b321a22495496c7fa05823271ef69d2a93aa3148f658cfa55ea2334efac585ee591deebe86dbedfe85c3fba1e5457ee1d9bc9fe4a5ba94e2e92f7a5a86b5');
INSERT INTO public.manifests VALUES ('golden', 'main', 2, 1, '\x789ce5574d6f1b3710fd2b05cfb2c5ef0f0339e6da4b8b5e8a40189233f6d69256dd5dc5350cfff70e77e5d88e93a028dc38407d30c81177f8661edf707827609a707798c48559897c2cd7388de242af44e98ffb36bc13154b5fb18a0bb71204ddb60dd54a5ce3edb82957b0bf6c06fe62075bea875d9bc995d81fb7db4d5b33cf0e435f701cdb6f7625062cd87d3cb91cfa9b71d3ed1fc7fd716adb5e9e5ff6db8afb4d455876fc64d9c284e334bb7ab4f5976cb85f89f1ba3b1c4e206e3bdcced0db0f78e8cbd58c943a063d1c866ecf4e440c60bd52c61547a598a20c015a9d7cb02991811c6430c5d752511954c92b99a4f1aeea1c13942ad821c70dd30212f738c0d4f5fb254bdd9eb717ef7f7bfff3afbff0ca2dec91e73be08857a2271a71c9f2d81f8782f3688261f1354efd8101df33f8030c38a32526e062bd5e4fbbc37a09fdccfa5196edad5fdff0a2abfe38e27a3375152f394da735ebb6efbbb6eb7a4ec33bb566a0fcff443f8f76b0ef88d37afec7d8376cbce3d4b53818deef77f3becb28df4e6da4926dc4c274f57aa8f467a8ccbac204eb67476159bae92aaf6e18cf64fb3bb3292787a916a268732db13099ce4a80584ccaba2d53e7fcc19f479cc472d496245f81769e63603695f7a8c029a7f8bbc2d4fb5a8d65271210c049678c2f1053d4508384604349bc8b41578c12f71f98dfbe9cc87fa39c34e606fcd8b17371d144b81213e46d3b74cf15b5121f617b9c39155a7cb85f7d896363cdf7e67811371b6fdf55b9309ca40c31c962b14a5b35c51422b0387d4d9e8cb12f68d54f68354439682d1d450f2acbe482ad36677643366044f0203d15e5654a39f0a9c9116b75952d9a747d235a9fa5e119a977ff019a97e5e0db681e8ac55caf1e32ddf4a634498c49575fbd56aadac002d4a08bd5e8acf62a3a4e2bcfa2549842ae06a585a85055c77e8f43f7fd6a5cabab2fb471ba5b9eaa8323fe31e5a1167944524ec6580d5f4756cb04d1049e6850529702ee9bf208a02d97c66c6aad59eb50a2414ade9057212902eb1c18e39c0c68299814d193f2962dd50515c20f200ff543c943fdefe4a1be260f97f47797477ff9aa0d827d2215d22eb840969bc4ecb28aa84300573459be869c4bc926505659be62a0362221738f044ec74c4d986f25956729f927fd41eba53f6f0f18faa13be0b69bfbd765a1682d2a235b489f1f0f73db7de25fa7e057821b60fc6b3377c736c687f963fd297cb615152dbdae10310783453359d54b6c45895cb2962b1278a5b3e7e24688261550c172798ae2b54fd84b59cc31ae87e3fe7492b47694620981df088c4145ef2145c7c5366076ce9dc3c087e78bd5962cbf2664f549069639066e360c2226a94ce2f8b91da1182169694872f58d41464c5e7285e62ed3492f9ad0fe65a6abaa6472ce89ef0aa70d3860f82623a3d640c4164f55a2e3887c6d77081137c15649520513c1ab67fae5c1fd3cd3609451fcc6b205d14a5618d4e24982e5c74734317c23d3594aa3b306ac8692cc99cd5af1ebce034bb5b095db7be37c8948a4b24a58c8591badae519654ed2cd61b86c32fbbe17ab3fba4969ba16323eff010de4ff25c9db3b8ff0632e7f289');
INSERT INTO public.manifests VALUES ('golden', 'main', 3, 1, '\x789cc5564b6f1b3710fe2b05cfb276f82605f850e4d4439b1e7a2b0261480ee58da55d757765d730fcdf3bbb9293c0465220705309d00eb923ce37dfbcf828709ae8709cc4c6ae443ae55b9a46b1512b91fb53378b8fa250ee0b15b18195a8d8ee2fe22d3d8cdb7c83ddeeb271c07ded87c365d59df6fbedacb3ac8e439f691c2fef06cad4de3d2ffafb71db769fe5fec4681e9f5662bc6d8fc78bd6434bfb33087e41c73edf888d663c2d9b1f8e43dbf17f44f0689c94da665b73d659ea8a645474dec45835260f5e67577221a9494627218276b6a81422e622f840f600f92cb9123bea68c0a9edbb6579db766c5ebc7bffebef3fbffbe397f7bfb1f61e3be2bd0332fe95e86b1de9ccd9d89f864c8b34e1302d8c8e537f64e1891d38e2400be2ca746e9aa6990ec766d7b387dd957123e4fd836bee59e9a63f8dd46ca7b6d00e27bae834b3ddebd96ab35071ad1a067b2d9b4b30af7573c0aead344eeb8f633f63638b533bfbc2f0fe7c5cec9ea5f430cd92726067ade9e6ed50e917a86c5370c266b73eeb6ff7fdeeacb96d0bbbf0b16f3b2a5740c6871ab4318a0c6a8ae425c55441eb22419a35bbf2d78926714e17b1094ced0d2aeb18b9d38839840c1ac125e742d2a0c95743aa9a0484c19bc4e727f4240bff2619b2a74a21cc7990c4d3078e6a9f2f61ff7f9898c335d05dcb67cf19f4f6705ea7cbbfc079cea625a19fb936c92b6b49654b89bf055ca9194c2605557b454c3d251b8d25a0a07c8d947cf6250713c8ab60f9dcd3d0feb822980b6fc2b49f2bf64b5719c71dee4f4b3d08253e3cad3ed7c70fca86f9f1f09f875dbeb02bbf1576f9b5b0e76c8d5495631a5571c529298bf18841a1ca5cb3d6282783956e5e05e0daf5a96802834172cdbd79d85f7bf51d61971c768ef5b13dd2be5d7afa5951cc6d9b8d9f5be5321e9771f4dc35a3772bc18381fede2e53c384f0bcfe4498cfecb6ac59815305035781a6ac4c4cc501e9524ae52231353a745225173154221d334a6f64c520deba2fbf666cf1b1194edd15cc9f2ba56c8ddc183dcf4ec6208373188305c5bd32596bd73870effdd481d5171d98dbac07282e82e70c209f73d2441441eac8fe7be2de1e302ad015a2acc143a0e8c00064ab2d383197df77325d64a93aa5142104ab345a64f83a11a356582befb85a802c7be43812dad7cae3c248a83253acf8e64cbf6e492f99462db5e4bb07b74d326063c4925d0534329aa083ff06d30940aba4908aae1152e26d25f9d6e3b05a9b79376bd4d6e540b5ca2423e56a8d094695003916b3ccba7b86c3379ee1767be0e3e74b1bef0d2d6fb28567f77e82b55c8378fa07937b4adb');
INSERT INTO public.manifests VALUES ('golden', 'main', 4, 1, '\x789ce5574d6fdc3610fd2b85ce1b6bf84d1af031d75e5af452048b213963abde5d6d256d5cc3f07fef48bb4e623b4d8bd68903d47b30458dc837f366868f770d4e136df75373ee564d3e946b9ac6e65caf9ad21f76f3f0aea954fa4a75b160ec36f350ad9a6bba1dd7e50a7797f3847cb1c50df7c3767e8255b33b6c36ebd96679da0f7da1719cdfd9553350a1eefd69c9a1bf19d7ddeee3b83f4cf3b6976797fda6d26e5d098f3b7e98d9e044e3b42cf571aebf9489fb55335e77fbfd09c46d479b05fafc82f67db95a3ee24e400ffba1dbc9224d0c68bd52c615c7a598a20c23599d7cb029b1c11c2098e26ba9a40ca9e4152430de559d63c2521b5950fcc6e908927634e0d4f5bb6394ba9d6cdfbcfde5ed8f3fff24961bdc913c6f513c5e353df348c7288ffd6128b48c261ca625a2e3d4ef9b73732fe0f738d082968580f3b66da7edbe3dbafec6fa11cae6d6b7376274d51f466ad75357e952c274b269e77d2fe65ddb250c17a615a017aa3dd17fe1da2dee3a96b09efd36f63336d971ea663f04deaf77cbbec751be9de6914a762616a7ab9743659fa1aa3861fb28158ea6ebae8af58cf10dcc7f6fb4a3044e43ad0856991239bae46bcc88de6ba3673375261ffc7ea0a939a6dac2d07885da79f101512bce54947345055f0239532d33cb2aa6a4225c3bcb3e448398a01a9d4d064a584d95370ccdfd3be1b72f27f25f2926337303bdef64f1e67c2ec2553361decc49f7b8a256cd7bdc1c164e1bdbbcbb5f7d8e6363cdb7e6f858dc32797b51e1c8b0d64e69176bf2ec6cd6256a9dac75c6294f840a9ed1aa3fa1353b16932a5c1970c940c88153282124c79cbd0d1a995df4988a4d41fe876a1270d2f2c223d12bd1fa280c8f48bdfb0a68f41334e66fd03c348ba55f3d44dae6a09d235d1c65f955f0950bd8421ad8044dd9006597ac23a0a88505cac2432dd1460a3a3a59f730745fd3a9c73d6eeeabcf6ae374b67c5a1de2f1f7591eea581e4627c586222407764e5d562c1d0aac415743b65f2c8f606d48465b36ec749083ce58652b6ad0d55322555360559094921a7121aaa2abd2640c46b03abe56d77b1486efaa3cd4ffae3cd45f95874bea9b97477ff9a202c17e522a92fbb9b24aa6ba9a21fba87d89a82bb09c203a5352296517e4782acafa6a43d69c83caaa16abe4147aad527914927fa20f662dfd541e08f47db7a74db7e8d7a361334b544176247db93c2cb2fbc4bf4ec1af1a11c0f4c77a51c736c687e78ffda7488f515c34785d314ace1b2adaa65c3d90a9b5b29484e5e4d12b9d7dc2c844261554c14a9b8bcd4b67987a124ed52e3eb6c361f79049da718aa220e48e201854f4221ea2032d92313be7ce7090e4f96cb765690200d527085e170aa564432489a94c12ff034956464c1a0c8334f5182052f260018ac81df0cd5c68ff32d255553639e704313a2d67030a7c238237d02c8164c6730572e29117264c604694cc05e9ff94247d5f3ad2cf1bd0d348a3514689ee96264956d49b88ede219d0cae5239a18be10e90c200a5d2355c309729669ade476e79145dfcb6c31689c1430314b89262aa22d6db4ba4628a9daff126959d166d19c72595872c5806433c5e8b3b4f3a2353b905ba947543e712c46321bc9a37256921beacb47fa798b781a6907314b41c995c6472b7990397a49ba580591dc80d517229d34215713635135d728b21ac87a50b1429104b34859d79223bbec4de2e053cd89d94290eb16dbbab4c51b812377e8e17abdfdd0976e864e26658707f77e803375268ae34fceed6353');
INSERT INTO public.manifests VALUES ('golden', 'main', 5, 1, '\x789ce5584d6fdb4610fd2b05cf8ab9df1f067c687b6c8002bd1681303b3b63b3964495a2e21a86ff7b8794dcc44a1ab785dd04892f5eae46dc37f3f6edbcd55d03e348ebedd89cc74553f6784de3ae39378b06fbfd661ade3595b0af549b73b56818bad571784db7bb255ec1e6f238b18615f7c3faf8b4d9af56cb29667eda0e3dd26e77fc6c20a4eeedc3437fb35b769b77e37e2f68eeee17cdeebadb6e8f51b71dad0e20e403daf678d59c7bc1d3c9f2c376e836f29d264570416bebd133a2456d19c8991ca2cb992d94a8a2c550b192b6a473d02a2b1b7c352565c0dac80b25039077e94573491b1a60ecfacdfc78dd6d64f9e6979f5fbffee1fb1f7f92d8156c4866d620e8174dcfbca343c576fd7e409a47230ce35ccfddd86f65702ff0b730d08c97a598e76ddb8eeb6d7bd94b7e9b572eec14ae6e437b234157fd7e47ed72ec2a5dc248c798765af7625ab59d0b71615a817aa1db239517b65dc3a663da8d67bfedfa099bac3876532602efd7bb79ddc3a8dc8ed3485b67a7a8f1ea25515518a1bd3c3bc42f57f2dddd2893b71755b513c25759a998b2424755b96a38e59840a80b3507b6d69d49d4ef7b1a9bc34e39d4f50a8c0f02db3297688cf29c02e8a2b28faeba52e435ec222582002a30eaa0722e5136484954abaf3263d8d4e6fe8d50dae391f1cf528689aa81de76f2ea69f73c3f1a7782c63f81e66123cd7bf9a1d28914861c7d0a3656a312949c23676f59664db2d55490522744e543d4e85db04283b23118cf30c96c3f742f99d4e3fd3f696e84b29ac47a92a940790babfdac8646327e73bff802e5a10ff248acbd4aa95a39ac9c511992d4df26035a1944f09f944704e39452c5d65a8b31119325ce4138d3316b06e73d58ebbd8ae438da9c28b00e4e66aa8f3ac62f401efa8b9287fee6e4a1ff4e1e3e9be796873e01ad4f99e82f0f91cbae5e1cf5a1a6bf57212b0a897231e206ac747fc5281d21e610624d264c61fa03a9b8f7a4e2ade82b262b16c22a16769c32240211af00c8d17035a2b92a5ac4e28351d624aed1804d604588f985a4f2ef4af2482b9319fb18c9fde52386ff4f829f14fefbd998f70976b9644fb9227372a56242e9e5de29808456687f9a60363efac84e082ebee8442646f068d889cff03e6797413bedc443404d5e0791b0bcdf9b54783a793fd759f8a8242f7e18daa70ec353381f3d0dab2e063c18161367a451395d20c9996802784b15c1158f5a73b5182d6589106b1659d851c69b8acf7d1a7e98d53f390d4f84621e0be54576833f011adbe9dfed67ef8195a0bee3dd7dd55d70caf511f1ee1b26fe91debf6ede4ff53ed12e5c6fbb2dadbaf9d27f086ca67bbd2c7e6896f3af27f3af15c7be69720c8ba6db54fa6339ffa8e0527a787e67cc9174d58c4605294da222c7201a697235289adc3afbec9c587508da9420ae9f896c46d0d1896f4fcdcb5baf39c776d86f8e1dd8085339618c2607c1a053089093975b48a4e2bd3f83419aee47af21ec4a54aa8a4913be91a2dcc22d1165a56d96fce59eced21db2982a56722d495189950b4aae2ee8ad57a199e4f71f2b5d75655b4ac97289f2c64a5712f8b690a036c02c3381ab222f19853a5dae9801d069c51a29333c7ba53f6cf8a79506abadce0202899c12670215032b703abb6453fc44a58b12632abd97aae5ac4a9169a3d16200b13828b368c1fa80899875d19990bd73c9999a14e6ea669373237086350cd7cbf55f36f266e86452567848ef3b75a6cfc414fd0954549e9c');
INSERT INTO public.manifests VALUES ('golden', 'main', 6, 1, '\x789ce5564b6fdb4610fe2bc59e6571df0f013e1439f5d0a687de8a40989d9d95194ba44a52760dc3ffbd434a4a02074881c24d0fd5419a1d8e76be797dc36701d34487e324367125f209ef691ac546af04f6a76e169f4521ec0b15b1912b51a1dd5fc47b7a1ab77807ddeea238c0bef6c3e172ea4efbfd76b6594ec7a1471ac7cbb38190da87eba17f1cb76df759ee4f8ce6f96525c6fbf678bc583db5b43f83e00774ecf14e6c3ce369d9fd701cda8eff236200eb95320e5d4534a84c05b23af96053aa067290c1a02f58481952c92b99a4f1aee81c1360117c2147007c975a891d7534c0d4f6dd72bc6f3b762fdebdfff9d71fdffdf6d3fb5fd87a0f1db1ee008c7f25fa5a473ae76cec4f03d2224d304c4b46c7a93fb2f0c2011c61a00571e5746e9aa6990ec766d77384dd8df5a3c4fd936f1ed9e8ae3f8dd46ca7b6d00e26bad834b3dfdbd96bb3a4e2d6350cf656359762de86e6005d5b699cd61fc77ec6c61ea7768e85e1fdfebcf83d4bf9699a25eda59bada6bbb743e55fa18a4d81099addfa6cbfddf7bbb3e5b62db7baf9d8b71d951bac1abd2300285c368a39c6aab2222d9dd22aa43587f2c78926716e97a571c73bd0ce33726f0030469406a4cfdec76ca4a1502de96ab32488c1661b628640aaf077561103558a71ee832c5e3e70557bbc94fdbfc9c45cae811e5abe7beea0b787a35fc1317f07e7da4d4b435f734d44daa710bd211b90670b5275813c44654111e5905c342a91c7e0b4225bd1e86265d1e82c5ac5f79e86f6fb0dc13c7813e4fd3cb15f86ca381e607f5ae64168f1e165f5793ebe5337cc3f4fff7ad9d52bbfea5b6557ffabb22b2e3bd7fad81e69df2e9c7e3614336db3f333552eeb71594757d64c8197102f06fa73bb6c0d1be3f5fc296101996a54452dbd2e1039418650db948b97644a29d5256b6bf2e095ce3e41ac442621a860558528de9a97bfee8325c66638753772fedc68ed6a62620cbc3b19838ade438a4e6ae6caec9c5bc3c0dcfb8981f5170ccc341ba42c3ec9e0355240cc865b26496512c71f28d618216969aa4caac62023252fad94e88c935ecce3f70f335d54a926e79c648c4e1b70c0f04d2646ada156d6f85a24398ec873254ca895d78555b22aa454e1cd33fd35d1bece3418c5b3c22090c84a971214f4558255c94613c337329da5343a6ba0626a9239b35a2b7eebf1509d43d6a201e33c46aaf3024d84d5591bad2e51622a76d9758f0c87df7886fbed81af9f5fda5837b4ac640fd7f07e906bb596e2e52f87784b6a');
INSERT INTO public.manifests VALUES ('golden', 'main', 7, 1, '\x789ce5574d6f1b3710fd2b05cf8ac5e1370df8986b2f2d7a29026148ced85bcb5a75b58a6b18feef9d5dc9492c2769d1ba7180ea222e973b9c79336ff878af701ce9663baaf3b450655faf69dca973b350b5df6fa6e1bd6a54fb464d9dfb8562ecd6d31016ea9aee76ab7a859bcb6942beb8c135f7c3cdf4a4176ab35faf57d39af9693bf49576bbe99d5ba8812a75ef8f2687fe76b7ea361fc7fd7e9cb6bd3cbbecd78d36ab4678d8f1c3cc1a47da8db3a98f73fda54c3c2cd4eebadb6e8f4edc75b49e5d9f5ed0b6af57ea3c4a149d383d6c876e2346548ae80280f5d573adb68265246772882e67b658a28eb686561b8125c80174d636f8664aca589b128312378e07276943038e5dbf39a0d46d647bf5f697b73ffefc93ac5ce386e4f90625e285ea9977744079d7ef874af368c4619c11dd8dfd569ddb07717e8b03cddeb224e07cb95c8e37dbe521f4372eec745ddf85e5ad2cbaeaf73b5aaec6aed1a5c0745cb39cf6bd98765dce305c84a5387a01cb63fa2fd2f206371d0bac67bfedfac937d971eca638c4bd5fefe77d0fa372374e23c86e4a2c8e572fe7557ce655c311974f4ae1b074d535593df9f8464fbf37a541f2096cb226394c3ae7901c396d92495e373b2d8333f9e0f73d8dea506a73867657687c9018100d70a10ade5788a146f2b639660e2dd99aabe4da3b0e3159c42c164db14553c6669bbc61ad1ede497efb7a4cfe2b6132656ea0f79d1857e71309176ac4b29e8aee29a316ea3daef7734e5554ef1e169fcbb175f65be7f8406e99bcbb68fa90612ea1869453c01a5d342d372cb916c46aa135e66769359fa4b578469074156db5cf56c71239c71a63f62c86c51e327bb19dabcb51fe63b3597336f22220d12ba5f5090c4f927aff1f78634ebcb17fe1cd63b398fbd523d24464c204a12517abb44dccec23054ce010888a409e2c64126e7903e4b85ad39c6e4688551d88ddfdd0bd5c50fe24a878d2e3a6befa8c1bc7b3e5537648c4df273de0408f244c489e480bac0e6328d50afc00883a558fe1abf488cec56c8d63cbde4439e8ac03d7d068d30265829623434502108ef898a09a0686ac951eeb4c7aadaef70486ef8a1ef0bfa3077c891e3ec337a7477ff9a202c17d4215a9fdd218b26dbe155d4232a126344db39c20a650869c8b8f35990a2e34178be112a14093ecc929f45a547902c9dfd10793963e9507e2fab6dbd2ba9bf5eb61a19a24aa787648fa7c799865f731ff26c7b0502280e98fd5ac8e5d4a8fcf1ffb4f951e035c8d0ea661121658aac6e5d28226dbe478f7d939ce01039812322626b2b92244078c49bd7485c1099cb09c635c0efbcdb1928cf19c932808b923880f90828807a9212392b178efcf7090e2f96cb76527bcd72d641d83a9146b2d56fa42d660b3c41f29714a988db6ac33708a3a510eda695dbdf53aa88968ff10e9068d6d2925eb94bcb1e851dcb72278234d12486602374d5e220a92091b99456139d0d2ff294bf9be34d2cfbbea29d268411aa238514998eab388ed1a58a393cb47b2297e05e9a2b5287483d42c675d8a4c1b90db5d40167d2fb3d5a2f5426062168a66aaec9d4bceb4a46b6eeedf202d165d11cd299785b956ac966aa6944289ad566358fa0db580082173aa562a1be51c00efa4b8757b79a49fb78853a4858172c9912b50f0c989b696d2206966a955af455cc05790ce86909b4da9422b2d89acd6e48286d47495027348c5b45a12fb126ce618722b99d9e928d72d766d6e8bb7e28edca187ebd5cd87be743b7432293b3c86f7833e8333511c7f023b3f6325');
INSERT INTO public.manifests VALUES ('golden', 'fix', 1, 1, '\x789ccd564d6fe4360cfd2b85ce938ca86f05c871afbdb4e8a5580c28899a1871eca9ed493608f2df4bdb936cb24d8b1cba9b0d0601255324f51e49f141e034d1cd611217b011e998af691ac585da88dc1fbb597c1085725fa8880bbb11159b761659f99aeec75dbec26e3f6ff0891b6c6b3fdccc2bb911ddb16d77b3ceb23a0c7da6719cbf998d182853737b3239f477e3aee9becafd719addeecff77d5ba8db15c2d5e3f34e8b138dd362eaeb5ebfe78dc78d18af9bc3e114c47d43ed12fafc810e7dbe5a0cd586831e0e43d3b11161aa77d590cac5c45c920367bc3112b357b2829160928d4585908d49a9264ba514a81582b4e48b116c90ef8d2b867bea68c0a9e9bb15a5a663f7e2d31f9f7efdfd37d66cb1235ed7e60b2ffa5a475a411efbe3906991261ca625fa71ea0f6ce491633fe04073b033aacb6a6a66177cf4cf0736d6d22aa5fb6996209a19739cae16572d5d6cb7dbe9e6b05db13a336e94b9bd77db3b367bd51f47daeea6a6d09e713de96ce7402f39cced02db256cf962fcff942e2c159c70fb8aa45575d714fe3a877826e7bf33af22430599b42203c6875a29261b5c49d95785b31a9cf381bf8e3489350916ecc62b54d6f1153024a39813aa043226134351b602814fa65050208df452d91465aeb65a8de09545b4da575f4a168f9f19f93e9f68f91848c45c0574dbb0ed271e274ced9c0daf537d236eb13d2e8c0a109f1f376f31ac8dfec10caf45c79bf79745aefc3a8f9435d528b5378a4244ac1a989100d669e9ff41aa7a496a94de47481e080d1496914c48d5158b9150457250432a0648b91092b63ec58c2edac40e347d0ca9af50780fa5a75ef592543ef853b27aaa5a08a1e668bd0f5c57265704b2a6649dc16ae952fd4f561da00a3acb580a6949d2f379993d54e54149ad6556395204274b31b630ddce93911ab8bb160be1e3597d57a1bec5eabfd6aa8dea47b3daefffd7666c5e302cc162cd26418e0954aa84142b64feb91c75e262ad3549a5930c982c3aa933bf9f1030203917ea0731fc0a917751cc03c5b7ad98233f34076a9be5115f15c5fc5073602be5cb04b5bcde27f6559cd9e72980beec9611c144f7b47ec63427a91d970443ab8c5699a1952ad9c2bd3455e082e47123313bc88d1613974a2aa06bac16bdd22e66f1ddf36bb9e2763876a73c8260ad56ba24ac1cb1c989635629a810a574d1c0390e9c3a6fb6081b788aaa946d3064a2b4dc64025f162da793e7cb6231c42da2785342b21e75d23140b48480d5e5b5f1df71383c730dd7bb9b670aef868637d9c3d3ed7e91e7702ec5e3df5acb8626');
INSERT INTO public.manifests VALUES ('golden', 'fix', 2, 1, '\x789ccd564d6fdc3610fd2b85ce6b8bdf1f067cccb59716bd14c162c819ae556ba5ada4b56318feef1d496b27b69320088cb83a0824351a3ebe37339cfb0aa689f687a9ba509b2a1df3354de332cefdb19b87f71552ee91b0bab09baa40d3ce43b9a9aee96edce62be876f302ffb187b6f4c37e9e894dd51ddb763bdb2cb3c3d0671ac7f99bd95403656a6e4e2e87fe76dc36dde7717f9ce66d77e7bbbe45eab648b0eef8b4d2c244e3b4b8fabcd6ef78e161538dd7cde1700271d750bb409f3fd0a1cf570bd2d230e8e130341d3ba94cf1ae1852194dcc989c74c61b23207b258a34429a6423aa10b2312995640911652932084b1e4dc50ef9dc30ad20a9a301a6a6ef56969a8eb7af3efcf5e1f73fff60cb163ae279693ef1a42f65a495e4b13f0e9996d104c3ea6a9cfa03e37d60ec071868015b98ff8bbaaea7fda15e4f7e66dc28727be7ea5b36baea8f23d5dba941da314b279b7adef69237ad17122e65cd30f97d129f477be89ac2a49eff3332f265c3a9994fc1e8febe5fb65d47e96e9a47329a595698aede0c947a014ad50813d4cfe26035dd36c85f678867627ece62f20a11724c451beb74ca3690d71eb4320e02cc66f29c7ff8f74853b5c6d94af11528ebf8082944e91c49b0d24a0190352487a8e7401040005658ad5d86108302f402bcf139e66c35d9ac65f5f091c5edf349f9f7a164d66da09b867d571773026eaa09523b07dcf36cda5437d01e17452b557d7cd87c4d616df42f5678cd6b5ebcbb44b1ea4b9655701e84406b4c042852eb684342524e29f74a54f585a84127158428ca2596892087c40282d2be84507c2e9cea3945a5506ae18af50a9c0849630e59d950de47d4672cfc88a4a772f8a5a8fce3ff5255f9a8aa48c261e437194f96130a5d8c8e8b6eb4329befaa9a02c650b271912d1195e75a1c2148216777d9796bb28906d0f18a703e7ae1948841934a3258f5feaaca9f55557e4b551bd5af56b5dfbd6931365fe6ade3b29abd84a438ef5572c57158382a9cf639a2573a72b8642801641456d922231a19d94a90f7efa5f033467e4862ee595e9662467e680ed4364b9fb01a56732fc0c056c997266d696f4eeaab38abcf8d067dda2e5d8889ee71fec4694e423b27505a5046abccf208952c4aa454a40c81b32815052058a9c4bd4ee2a25862b1c07433d9d51bc7d7eb166439623d1cbb531c71ae5aad3426288c980b35635629a81039aba391e73070e87cb544f0fd904a210e3c438623441813f8b06093e4722103a0a1481c490643b21c9949c720a32590501cf7617396fd24d17c6fe4f9766297987db6169dc5a26cb42a4bab0183952688a0b3e69bcc73bf61a080282c8a12d2cbb726fa75d8be245af0a588c54b4e356d5c8e600a055f6c2aa41d19fb1da25dd03125958de243482b02262d286997f8b20d39912e9cc932b9ccd55ea1f75162e2abbc046435482f997acb70b87f1eaeb7fba75cb91d1a5ee41d1e4ff79b3897e7a27af80fe971143e');
INSERT INTO public.manifests VALUES ('golden', 'fix', 7, 1, '\x789ccd574d6f1b3710fd2bc59e158bc36f1af031d75e5af45204c27066686f2d6b556915c708fcdf3bbb523e6ca746901a717522b95c72e6bd99b74f1f3b1c47b9d98eddb95b74f540d732eebb73bbe868386ca6e1c78e850616eecec3a26bd8afa7212cba6bb9dbafe80a3797d382be7183eb36ec6ea69959749bc37abd9af6ccb3ed6e20d9efa7677ed1ed84a47f7f3a7237dcee57fde6cb78388cd3b5976797c39a65b362c1e38d9f57d638ca7e9c8ffab2365ceac2fda2db5ff7dbed2988bb5ed673e8d303d90e74d59d27cda2d7a077db5dbfd1433adf526c5e2cb12fc43542f4c97b8394ac69e00df81a0adb9cc9fb5a5b0dc2ccd01a641324b1eff440cd1bc76390b2911d8efdb039a2d46ff4faeeed1f6f7ffdfd37ddb9c68de8bcf51f7432b4b69723c8fbe1b023994723eec619d0fd386c95977b8d7d8b3b99836d8afff972b91c6fb6cb63e66f7cdc1b5adfc5e5ad6eba1a0e7b59aec69ee552513aed594ed75ee8a5cb19840bbbd4302f6079225fe737b8e99b827af6d75e239f2f1cfb290b8deecf8ff3b5c751bd1ba711143fd18ae3d58b05951e05e5968c232e1fd4c171ebaa67dd3d85f8c64cbf3716bd546f6aae26f82c21bb682be5988843f4ce4ddbe04c5ff8fb206377acb3999efd15da103505440bad0a410804295292e0d8b7d6226747850a52f02da6ec108b6167abab460ab2637dd24c77ff4ec91de8c4fceb4032f1b693f7bd9edd9d4f0db8e846aceba9e01e76d3a27b8febc3cc6897ba77f78b6f31ecbcfbc90c1ffb5a17ef2ed81cf965ca592ab9928a780bb578d41e0c1688185da227a4daaf489daa00aa4588969b67c8a50670687d4207542c1567304a3391135a67849ccf5040003056135f87d407287c0fa52739fc9a547df17fc92a1c5905291a4875500379e311b5dd32b758300b1aaccfb25a92e5129b48024ecaa92eb704466ab3a925c7d61a12974bb18cb568e51809fa4e101f6a24d35e9f55f85156e1df580d057e36abc3e58b8ab1ff8a612689ec5935b7d6e003143d31b8d84cb3600ab58c865c84a6ca80ce44e402d5258be25309c6d75762f80122df45b17a96c752ac916ffbadacfbd9271c37769317d0c08e94cf266db63727f6ad96faa253a3211f56b30bf1257e9a7fc694aa71311a86a0fae72c51a9c6d6c0c0da380039aba3d10e42342e6155af53195c2b2d60b22e16ea5eb8bee0119ab09c535cee0e9b531d410ec159c7159b46eca96accb6669b8b31b17838c39d96ce37252264fd4834a190bdf862b4267cd6643154b0499345f652a470f29c6bd0af417545853f0802b6a83e6ceab21f043ae44695450d42614a1402c7c0cd8612acba0b879c03f86cd45538a7e21420786c689a92620d247869a09f7abdc7401b42155f9550b6ce47b53abe494e2dd4262eaa6a3e0374ccaed46ac95b4d0282c95cf5335a5daca81f6eaae25a7004aabb91558f532ac0d5706899950d71ff0568a72a8f42a5808a7c89593feb5c3c3793908ad10a4617146d6989a20a898d299100590991bc16d74b03fd541f9e54b4c50acd1be718bccd98118a24c959ff825866fb0cd0a8dd98d9103963538dae7165ad25254813f3756a084715b5f0d4c278ab068973639b8cb14562f2b324de6a38fa476577bdbaf92c4ab7bb5e17f5864fd9fd62cee04cfdec3fe10f8366');
INSERT INTO public.manifests VALUES ('golden', 'main', 8, 1, '\x789cdd59db6e23bb11fc95609ebd169b771af007e421d920c85b706034d94d5bb12c29baec1e63e17f4f8d2ce7f8b6de4b2c3b58cb0f9c19ceb0ba9bd55d3df365e0cd46af969be184ccd150b7ed5237ebe1c41e0d6db19d8fc32f83685b88ca7082199da7b3fdf052afd767ed82e7e7fb13573ceb8bd5d5fe68be9dcdcec639bba3e56ad174bdde5f5b69d3e9a7bb83c5e7f5d974fec778b1059c2f3747c3fa72ba5cee675d4f75760b021774b96817c349069e29965f2d57d339ee197c4fb17bb54d7c695223459fbc37dc92359dbc215f43119b73f3bed65e838a08f54ed9044de2073c1016f0e88ea3e15ce7bae2cd7431df1d5e4ee7587ef8dbdf3ffee5e33ffefcf1af983ce3b9e2d41503fed1b0e87dadb72e5b2fb6aba6bbd18657789c83359bc512831be05ff24a77803bbc7932994c3657cbc9f90206ce3ff8b8366d761d279f31e962b15debe46c33153de78deee74cc6754ffbf4f7c9ce11a76902a8a734d9c7f2d44dae783eedbade1cff6bbd18a161c1cd74b404e8fef965b7eceda85e6fc611153f06893717af068a1e81a289f08627e7c7b7d3cf44596ea79e4d055747881fccf8f721d98288505367d5934fb9772d35e428b5a56e799c46c7b8e1df5bdd0cb7bb6617a2f505db106102e7ea2d42af5dc994ea4b161b3a29a5ea45b325e34d3236d4625a0f3d38a664037370a9279136dcfc86e82eda3efaefe392316e2bfd34c5b3c79df44a70c6cdfad378eef6d56e67df39bbb5e0c976a3b95889122d91f8c49c2ddbe6ad066f23e540713c425cb5a42a4e8de78c8848c073b7abe921cd7a488791811baeb391ba0f6c05904f3cdbeea831d0f0dbcdd1db50c53e026c5f8c83bd4f95529315e1566a773e44575bc89a5c62677de4fc1d54a9b9508c4a1c2890616e8e6b147163de34ace08409cec5c6b920a0920c279f5a41d09d86e6e83054f941971c9c2a8ff1b86fe279962a1ee10a01052a68c54f4c94de8c6f8afae492d5ea8ca244f9a060934dbd684d2d49cb1e51b5f9d5a9f2d4ac9fa18a7d3baa3c2d752fc521dda78a65afd59b9aab097067c82edada724c4d42f4ce7d4755614bbd6aa3101aa5d8920627bef71e253b50a23032618f293be662c4d9eaaad1c2e2c0d0d0cd61a8f2832e3938551ee3c9dfc4f32c55a8b1c9a04141727225e758aa78e322541d6a766aae7319359ccb7076e180bb90ca42b15ea0e65c7d6daa3c35eb67a892be4615e7dd1b5365865bd71b9cbc3e15734b14249aacb5b9928a7a4bb578868b83a5d6845d6a4fd861efb163a41355cba8f3d2bd50866423c71652c0512bb61567386a47ce4b6c91e89af3990a240071ac26be0f3b1e78e1ddb9f118cdafcb8c5b4b1f700316ff5f9263df9b40b70248755443f310af8cf49fa5c7c259a194ea8be42890692576d54492400d9cee8950ec3baa7c7262ad41bb930b1434d702021a0db827a80f3536d3df9f1c876f477e841c5f6d467e59727cb51f01f6376edd678bf357eddcfd3da2180adc9bafa818956cedca5a3a35fc471490aa36f65e8d85b0ca5c0347e31a043365f43a1a633e10517ecc230f9832be077b2ec48bf3ef6b375f3fbcdfeaad1e18f30adde6fdf0e688beb125e26a8d115b23f26720a8825ca51549d61589a571cf4cc584f1a54d114f05b38ca664dfa7db7ce8918327c2f8ad44f818ceb39910f523a0c324f545399bd66ceeb9445588d2e0d085faee425411b4339a955066d8c68acc59d591c86b67c2a7567d4f267c4493afb69ac8016f2d11ee47e1153acdfb3491a651bca0a1ac35f840054f0c2e76d32d99d2c00ed35ca40eb5cece449642d525cbea1388e2eb3bc985071e797fbdf018ce2f2c181ed1646c33b10396d3a5cea6bb6f14b71387f1330416bfa5ceee6bcfeeebca9e45b68cc5663a17fdfd6cf711c4977877fcc7ebde0aef4483b481deced9866a606c0d4202354b9433a142a3d6b34161a819b55cc8f5d20323bb23b70f07572b3b1327abed7ccf47ca2138eba4720762df2a30db9a6d2ec6c4e2e99857a0e0b3ba3d64c4be2bea9c471e35e096cf309603c44982b12c5e8ba2706137d4804258b187a80465e21e9b0e63b6fa494787dc5b15b578a4b4d4429018a4db50826d141c4b0ee4b3c9ae39878e2150f0dcd97404c51a4af4da8e7e5a251f3bda34464784be46acf3d06becbbe6d403649c8b68655e7074cc0e341bbf10c0080a26cbee5d2878c82de78692d4211c08cd501434492915926a24f42c8886baffc5d10e7a95b59542e8bc4accd627295eba49903a063b985d80b715d9202221db9852536a56436c9e766f650f5c799eec68cb953ad29413f27614bf543469cebe8f0acdbee068061bb3400e3863538dae4b15ec25040886f93a1202929ab1f19ccfde064b92bbd8648c2d1a93df9596cf80b3bae2d5e5d9d57f25eee7d51427b1c29d757f32c7746c869bff007121e40c');
INSERT INTO public.manifests VALUES ('golden', 'main', 9, 1, '\x789ce5574b6fdc460cfe2b85ceb635ef87011f8a9c7a68d3436f45b0e0901c5bf1aeb495b4490cc3ffbd94769d0436e002ad9b02cd5e9633a2861ff99122e7be8179e6dd7e6e2eb5396bca016f799e9a4b917138f48b78df10e3404ccda53a6b2a74db9378cb77d3066fa0bf3e6dec605b8771775af587ed76b3e8acabfd38204fd3e9d9c8c8dd87c7c5f071da74fd177938089cfb87b366baedf6fb93d65dc7db230879c0fb016f9acb2c783a313feec7ae97779a14c105adad475f112d6a5b819dc921ba9cab851255b4180889b5659d835659d9e0c9949401a99103c50358c271d65c73cf23ccddd0afcbdbae17f3cd9bb73ffffae39bdf7e7afb8b686fa167d9db81e03f6b865a273ec66c1a0e23f22acd30ca7956dc9987bd080fe2c01e465e115709e765dbb6f36edf5e0fe2617feec2a4707b17da8fa274331c266e3773477c0d339f74dac5eed562b55d4371955a017ba5db139b575ab53be8bbcad37cf17e1a16706272ee166704dfeff7abe1a354eee645b241c7456bbe793d58f9292cd312ccd05e5f1c5fd86c87eba3eaa6a3abd8be1fba9ee95cb821a51d86a8aa536812c5483685882492a30bf1e58f03cfcd31618eb93bdd80f141b013471fb2c2502b56ce8693a3149d3218822ad1d7825e035a1521d88c55bb44a128ad940e6424c51ede09b1039e98ff8f62b13036f2874e0e5fb2e895f0d4eed3094e7c02c7fe159ac77c5a73fa31d6a5103b8fc1720a3567f0c25348c9ba928439c600e0b5a95aca313a2bb5575d465b3310579381e5dcc3d87dc33a588a6f86b25daaf66b5f05c807d81ed6926862f3eee1ec4b897cab7458feeffe6ddef553bb2ff1aebf2fdef5ff9877f3c4ee8b5f1ff37df16e8477217bdfed79dbad0dfda8d82c3d5bac1fdbe43a1badb3c8a9639a9ca5efc854c09f36ebc8e072785c7f8e181619308222edc1386b107351a678d2c4a56a9d92aeb55403a06c8492d01592a925570fd1d890b179959efc52fdaf2eb6e3a13f57cbef5c27efadb154a00a62874530cb7c6452562a64a72f6094aefbb9f77edd7a7d2aa556469f1cbbacbc722e89b3e08b36519c05729c3993f4f0547c045b6c4e3a7b060d35c8bcb494dfdf0cb44f15253b8d1c4918d17b92b9ae1a9fbd41ed2d50f2d2e955b268adcdd16befa0820c18d618a5a37eed403f2fb8a7815608896ad48a8c750133b8ca29565f2adb2065f642a043b2b91483ce8813daab44c52a2e3614c094b0b0ad5ec6df1264d8cd4686a6aca928f23591b0c1f69f04da225b60cc59679b7348c645ca8eaacc5398956430582fd1e61a31a0800c31226b34ec033a49aed70ef4f349e659461b285abe4fd692762641029d39724aae4643645e0834483526527299502696602b15925c1282c431579682b0584012cfbae48c379a522513953299e5dab10e931f058edc2ac6dbcd4e8e5f2e46b23776b229161ebdfb415de80bd53cfc094027632a');
INSERT INTO public.pipelines VALUES ('golden', '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 2, '2026-11-27 08:14:17.457532+00', '2026-11-27 08:14:56.715845+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["4"]', '2026-11-27 08:14:45.160678+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_dead', '["4"]', '2026-11-27 08:14:45.513061+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["1"]', '2026-11-27 08:14:47.483249+00');
INSERT INTO public.slices VALUES ('golden', 'source', 0, '/tmp/golden-46s0cly6/in/001.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 08:14:17.518038+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 1, '/tmp/golden-46s0cly6/in/002.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 08:14:33.298552+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 2, '/tmp/golden-46s0cly6/in/003.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 08:14:40.79689+00', false, NULL, NULL, NULL);
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["1"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_dead/epoch_id=1', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 08:14:56.268724+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["2"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_dead/epoch_id=2', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 08:14:56.268724+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["7"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_dead/epoch_id=7', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 08:14:56.268724+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d0"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 08:14:56.268724+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d1"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 08:14:56.268724+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["1"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_log/epoch_id=1', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 08:14:56.268724+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["2"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_log/epoch_id=2', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 08:14:56.268724+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["7"]', 'file:///tmp/golden-46s0cly6/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_log/epoch_id=7', 'golden', 'main', 8, 1, 4, 1591, '2026-11-27 08:14:56.268724+00');
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
