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
INSERT INTO public.clones VALUES ('c.golden_log', 'golden', 'g.golden_log', 2, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/clone=c.golden_log/attempt=11/manifest.json', 'e7fef2af26556f9594bb98da472d887d57101711a730178e95d8edb4f9d5aa34', '2026-11-27 08:14:17.348664+00');
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
INSERT INTO public.epochs VALUES ('golden', 'main', 2, 1, 'SEALED', 4, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'd88544e3a541a398a1d1ee3c618696a7e990173be2fc1caa9935f5467151b332', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'eb85c193c8e07575f5baf69868fac66aacf26f387814328487a2d7a58bec28fd', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:13:31.938526+00', '2026-11-27 08:13:40.705276+00', '2026-11-27 08:13:45.609196+00', '2026-11-27 08:13:45.848091+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 1, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'd88544e3a541a398a1d1ee3c618696a7e990173be2fc1caa9935f5467151b332', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:13:20.152014+00', '2026-11-27 08:13:29.161518+00', '2026-11-27 08:13:31.438829+00', '2026-11-27 08:13:31.83594+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 3, 1, 'SEALED', 5, 'COMPACTION', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-3/compaction-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'eb85c193c8e07575f5baf69868fac66aacf26f387814328487a2d7a58bec28fd', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', '7039d70aa7a61257f58000e8939fb7788464d54d1b2934ba2abeb29281e58227', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:13:45.916829+00', '2026-11-27 08:13:47.598589+00', '2026-11-27 08:13:49.959005+00', '2026-11-27 08:13:50.179129+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 4, 1, 'SEALED', 6, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-3', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', '7039d70aa7a61257f58000e8939fb7788464d54d1b2934ba2abeb29281e58227', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=4/gen=1/attempt=5/manifest.json', '5f14f0c4dbcda3dc4be6009de35f05a6977b513fd6baa2bd91f08a03f992efbb', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:13:50.261901+00', '2026-11-27 08:13:54.929503+00', '2026-11-27 08:13:56.216846+00', '2026-11-27 08:13:56.328489+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 5, 1, 'SEALED', 7, 'ROLLBACK', 2, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'back', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'eb85c193c8e07575f5baf69868fac66aacf26f387814328487a2d7a58bec28fd', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '02f1aa243277882926557a55ede5ab7114ac86cef207747ede04eee11a9338ab', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:13:56.430403+00', '2026-11-27 08:13:56.553167+00', '2026-11-27 08:14:00.246462+00', '2026-11-27 08:14:00.769072+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 6, 1, 'SEALED', 8, 'COMPACTION', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'again/compaction-6', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '02f1aa243277882926557a55ede5ab7114ac86cef207747ede04eee11a9338ab', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', '4719ec78c86c5176df5bd5d03cee49784b93f289287c7ed1d703889b5ae7c766', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:01.099862+00', '2026-11-27 08:14:01.742281+00', '2026-11-27 08:14:02.593998+00', '2026-11-27 08:14:02.779418+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 7, 1, 'SEALED', 9, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'again', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', '4719ec78c86c5176df5bd5d03cee49784b93f289287c7ed1d703889b5ae7c766', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=7/gen=1/attempt=8/manifest.json', 'a53c185b4e2f836515a082b2a48af185302d0b2b1410c492585ec465d4e8bcba', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:02.839348+00', '2026-11-27 08:14:05.51331+00', '2026-11-27 08:14:06.442084+00', '2026-11-27 08:14:06.639947+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 1, 1, 'SEALED', 1, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 1', 'o', 0, NULL, NULL, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', '68858464bb028b3cf5fbd2c829956969539ce6f5935232b2bbf46cc32037b3f1', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:07.04099+00', '2026-11-27 08:14:10.409121+00', '2026-11-27 08:14:10.417445+00', '2026-11-27 08:14:10.430275+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 2, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 2', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', '68858464bb028b3cf5fbd2c829956969539ce6f5935232b2bbf46cc32037b3f1', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', 'ca077c1689992789e49dcbefe65ead73922dd319d4a9f98fb55df60e8e53b378', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:10.452542+00', '2026-11-27 08:14:12.800817+00', '2026-11-27 08:14:12.812826+00', '2026-11-27 08:14:12.817002+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 7, 1, 'SEALED', 3, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 7', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', 'ca077c1689992789e49dcbefe65ead73922dd319d4a9f98fb55df60e8e53b378', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', '30a229b13218f885545a49e622028cfea3006ec15f971f6ee49698a10b58be49', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 08:14:12.839234+00', '2026-11-27 08:14:15.219273+00', '2026-11-27 08:14:15.228208+00', '2026-11-27 08:14:15.237041+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 8, 1, 'SEALED', 10, 'PROMOTION', 0, 'fix', 1, 1, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'promote', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', '30a229b13218f885545a49e622028cfea3006ec15f971f6ee49698a10b58be49', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '51f00e05877a4b1ddec9b7146929a9505e480b4f48d88cb35a554acc497aafd5', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:15.380253+00', '2026-11-27 08:14:15.453289+00', '2026-11-27 08:14:16.960815+00', '2026-11-27 08:14:17.045196+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 9, 1, 'STAGED', 12, 'COMPACTION', NULL, NULL, 1, 0, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-4/compaction-9', 'o', 0, NULL, NULL, NULL, 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '51f00e05877a4b1ddec9b7146929a9505e480b4f48d88cb35a554acc497aafd5', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=main/epoch=9/gen=1/attempt=12/manifest.json', 'c0c0ddc41b48e1be780bfd431b982460708ccc5677b5ae6c771ac8fa309a1315', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 08:14:18.309229+00', '2026-11-27 08:14:18.84082+00', NULL, NULL, NULL, NULL, NULL, 'internal', 'golden: RuntimeError: golden 9 ends here (/tmp/h/ledger/tests/golden/story.py:90). Nothing is wrong that tidegate knows of, so this is a defect: nothing was lost; report it with the traceback that --debug or the task''s log shows', 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', NULL);
INSERT INTO public.lanes VALUES ('golden', 'fix', 4, NULL, NULL, 0, 'PROMOTED', '2026-11-27 08:14:06.974354+00');
INSERT INTO public.lanes VALUES ('golden', 'main', 12, NULL, NULL, NULL, 'OPEN', '2026-11-27 08:13:20.114799+00');
INSERT INTO public.manifests VALUES ('golden', 'main', 1, 1, '\x789ccd964b6fe3361080ff4ac1b313f3fd0890e35ef7d2a29762610cc9a1234496b492ec6c10e4bf772839d9a44d8b1cdacdfa60f0a5e1cc7cf3e0038379c6c330b32bb161f1986e719ed895dcb0d41fbb3a7c6019539f31b32bb361059ab60ee9f02dde4fbb7403ddbe2ed01707684b3f1eea8c6f58776cdb5d3db3cc86b14f384d754f6fd888099bd359e4d8df4dbba6fb3eee8f73bd767fb9efdb8cdd2e23ac373eafb430e3342fa2beaff57b5a78dcb0e9b61986b312f70db68bea7503873edd2c824a434a8fc3d87424847907da0aa14c32252595842a805a06eb7408454174dca96473ca28148a60050f5c599365f40152662490ec86d5877bec7084b9e9bbd54b4d47d7b34fbf7ffafcdbaf74b2850e697e00b278c3fa52265cbd3cf5c731e1329a619c17f5a7b91f48ca23293fc08855dbead6653637f50efaf48f07b2a7c57514efe73a124157a7c34cf62ebb57dbed763e0cdbd55917277f3cb5cde9dbf68ec4def4c709b7bbb9c9b827c79ecf6caba6d755cfede2b86bb125d3e8ff1c3034ca30c3f615a6f5e8aec9b45b75bce0f5779183745ae6a2b446adc1796ec1a2d73a4821a5c67a4c5cd2075f8f38b3350c16ef4d37208dad36089ed1198cc9391b2317265889c42971a51c841055b13c1999738abe8808c873d04560b4bc20b0c72fe4fb3e9dc17c904f584d043c3524fc89e40cb1ad01f13ada37ec04ed7161ca04fbf2b8798bb1d2ea47335e138f16efaf335f097b6b82b759c744404552a1f0e88ae3a80c8fd1fe1dab7c8195d0a154566767d148e5734262189c7006bc8e86ebe08d4354dea344da3049a768922d51586be207617de586f7403d17ac9758e9c39f93eb397305395b2a81a604a9b91000ca0b213c149021c0bf734d460b9351266715d5502c1154ce16729685a0daa421c99262042fb8c2800a13d58822b5e450e2cfc0f55dc9fa16d77fcc5713e40fe7daefffd392ac5f30362a80765e51cb54bc68ab349708da506f84549c2c594a10d9704f196b2557d297ec248511289952f828c6af5cf22ec8f4b2f86b4126d58766c0b659baf97a90d5864d9aadd097a7d4d2c5cffca97ad90da3e7007edb2d6f05edfdd3fcd9a92ea1c8a224c9adcce0313aca0ca943cc962a6aceb998a07509044bc86803f842d53124104e8b029efdff11b6d8b81d8fdd39922887e955640c35e3ac7371b178a53102714f322a7e092305cf9b65a2687a5bf16c037756267429458588810b45ed3d3bf4c57b08143b850751bce31e83e59a53a7a7f6629710ba2375e8f535deee0ecf0cefc68616e98627f37ee197e292b3c73f0123d89018');
INSERT INTO public.manifests VALUES ('golden', 'main', 2, 1, '\x789ce5574d6f23370cfd2b85ce4e2cea5b0172dc6b2f2d7a2916062551ce34b6c71d8f930d82fcf75233ceee26d90645916e16a80f8686c3919e48be27ea5ee038d2763f8a0bbd10e998af693c880bb510b93feedaf05e14ca7da1222eec4254ec366d080b714d778755bec2ddba19f88b2d6e6a3f6cdb935c88dd71b359359fe9693ff4990e87f6ce2cc44099ba9bd394437f7b5875bb2fe3fe38b665d7e7eb7e5368b72a84f38a9f2d1b1ce9304e537db1f56b363c2cc4e1badbef4f20ee3ada4cd0db0bdaf7f96a425a3b063dec876ec79388e0d138006db3ad39eb0cba2219159d3731568dc94bafb32bb9106882e84046a99d2d2a8588b9089e90f78de30c927634e0d8f5bb394add8e97171f7efbf0f3afbfb0e70677c4cf5be41d2f445feb81e6281ffae390691a8d38cc731dc67ecf801f18fc1e079ad0564ec0c572b91cb7fbe5bcf5b39b70bcd974379f96b7ec74d51f0fb45c8d5da13587e9e4b36ceb5eb6559753182e61c940f9ff947e1e6d71d7550eebf91f87be61e315c7aeed83e1fd7e3fad3b8fd2ddd846104d4b2c8e576f874a3d43a59705475c3e2985d975d515f66e18cf64fb9d1559222570b9786f428d883278c2a882f55569d7dce09c3ff8f348a3984b6d0ef2152aeb780f200dba0c35ea9cab5352064c59617011424cd93b4c054b91d226b08e80cbc26a54ca17d4d648291e3e727efb7c4afe3bc5a4656ea09b8e2717178d840b3162dab4a27bcaa885b8c1cd71caa950e2e3c3e25b39d6467fef1ccfe466e3dd65917386234907de7b6d553451d754c83b9f92025439457c9156f5555a75adc92b256d0d0e21c968bd29863faea11a4f81d0a1743583933126cf12900295620b5b5455e59dd2fa240c4f927aff1fa0792907afa379148b49af1e235d42b0c690466b00750c080588583a8139e4d0538c12bc4ea438da1931466dab35ce8385a4752bdde3d07d3f8d6bbafa821ba7b3e56b76f08e7f4c7ac04c8f8cd9689341a9766e054881431ead065b92e270bf4a0f8f8ab54b265d0a7b2b9f83a61a9daeccb808158db5a8b5b5d293a99eb34aae82336c29d633297f007ac00f450ff8dfd103fe8e1e36aaef4e8f7efda60d82f98a2a5559cfbe869bc4c43d4020e53ddaacaa89ae5a1bf96c423060f888c1122c70c3c03d125a1512f348bd5783f03424ffa43f68bdf4f3f680a1efbb3d6dbaa97f9d1d456b5119d99cf4e9f230b5dda7fcabe8dd4270034c9f5653776c42787cfea23f999807352be954c140c96bcacac4549ca4264ad546635891d0814a2e62a84c9a9811bc61790ae2ad2bec252da63d2e87e3ee5449095923c15abe261453aa4f35684389eb296795b43cc7818be79b6a5b0ddf266471517aa732796e36341131f175e4fd733b5243e09a94ba4a56dfe065a0e8242b74b6da4a271ad1fe65a40b94aa534a51b2102996218cace389b22785952980ae16491658df3913dad78a7cb280ac9029567cf348bf2cdce791cee85454baf860b251aa26971d5b0297868a25c12b914e526a95f8442cba4699129b15f0edce215335b3356b6edb5d0e542b248894596b4d30aa0499633113596f190edfec86ebd5f6335b6e878e8dbcc2e3f67e92e770cee4fe0bfb2dff59');
INSERT INTO public.manifests VALUES ('golden', 'main', 3, 1, '\x789cc5564b6f1b3710fe2b05cfb296ef87001f8a9c7a68d3436f45200cc9a1bcf16a77bb0f3986e1ffded9959404369a02819b0a90445223ceccf7cd7cb34f0ca6098ffdc47666c3e29cee711ad94e6e58eae676593eb18ca9cb98d98e6f5881bab92ceff171dca73b680f97832334a51b8e975d3b37cd7eb15977fdd0251cc7cb6f0326ac4fd74df730eeebf6cbba9b299aa7e70d1befebbebf583dd6d89c83a01fb0efd21ddb298aa726f7433fd42dfd877907da0aa14c32252595842a805a06eb7408454174dca96473ca28148a60050f5c599365f4015266742165007497d8b003b638c05477edbabdaf5b72cfdebdfff5f79fdffdf1cbfbdfc8ba8116e9ec0814ff8675a58c78c66cece621e1ba9a60985644c7a9eb69f14c09f430e01a7121387755554dc7be3a7494617b73f2f3a9a94f9faa0732baebe611abfd54673cc084179b6af17bbb78ad56286e6545c1de8aea42e6adaa8ed0d605c769fb71ec96d8c8e3542fb950787f3ead7ecfabf8382d2b69b959aca6bbb78b4abd88ca541926a80edbb3fdbee90e67cb7d9d29858f5ddd62bed11179f0c26b89f456390a9ed1144e1c152e9cde522a7fcd38b173b9b09d2768ef401a4b915b0590bc4f5c01b7d15a1f1557e88a465974e408dee9a89d8fe05064fa8cc2278705bd5fea20b2e70fc46a972eb4ff3f482c740d78aae9eea582de3e9cd7e5f22fe15cab692de82bd618bd4922a8e4913be34c31118a0ddefa02c95a22a2485b94775e6825bda6ee94d981f11193f465e9b679a87f5c132c8d37416c968efd3a558ae304cdbcf60393ecc3f3e64b7ffca06a58be1eff73dac50bbfe25bb48b7fa23d7b6fb44605460b50c183c802916455781b2cf55508d4a62a52c72591004250541ada3a6144544abe35edafb3fa0eda05d14e5cf7758f4dbd6afad9902db24dcecf52b98ec7751c5d553338bb613418f0d37e9d1adafbebfe33602e91d4889224b73283c7e81435800e315b8e2ae75c4cd0ba107656c86803f8427886042476a280676fadcbaf115b73ac86b9bde1cbeb2682a7f9680c8dcfac7371b178a53102f7294992d42d0ca4bd9f15587ea5c024b38ef36c03775626742945858854132a50fe0e7df11e82e4aaf0208a77dc63b05c739e8c32dcb2a5fdbe13e92c725131c6c0a94625552804aba91249e125944227b6648e4614618909e54a2195d282179130147873a45f4bd24ba413581968ca39af9396b2444bd229494439ca40b3ef1b4847ce958c92285225f018e9580a7aeab1508c49749a142863499e4b1151044cd4869a666af63c85acd759f740e1d013cf70bf3fd2f5cb431b9d0d351d92876b7a3ff1add872f6fc37f628543a');
INSERT INTO public.manifests VALUES ('golden', 'main', 4, 1, '\x789ce5574d6f1b3710fd2bc59e158bc36f1af031d75e5af45204c2909cb1b796b4ea6a65c730fcdf3b5cc94d6ca769d13a1f400501e2525c72f8debcc7e17d87d3449bddd49dbb45970fe59aa67d77ae175d190edbd6bcef2a95a1529d4730f6ebd68445774d77fb55b9c2ed65eb903736b8e661dcb427b5e8b687f57ad5c6cc4fbb7128b4dfb7ffeca21ba9507f739a721c6ef7ab7efba13d1ca6b6ece5d9e5b0aeb45d55c2e38a7ff6ac71a2fd344ff5a16fb8948e8745b7bfee77bb5310773dade7d0db1fb41bcad5fc12f712f4b81bfbad4cd2c580d60318571c97620a1846b23af96053628339a8608aafa5121882e4412565bcab3ac784a57632a1ec1ba76390b4a511a77ed81e51eab7b27cf7f697b73ffefc938c5ce396e47983b2e3453730efe988f27e388c85e6d684e33423ba9f865d776e1e24f81d8e3447cb42c0f972b99c36bbe571eb6f6ee2e166dddfbc5fdecaa0abe1b0a7e56aea2b5d0a4ca731cbb6ee455b7539c370619612e8052c4ff45fb8e506b73d0bac67bfed87169bac38f56d1f12deaff7f3bac756be9b5a0b926dc4e274f57a51d91751559c70f924158e43577d95d12dc637aa7dde44a0cacc58a8828d352447cc059c89e875d5a10d833379e1f7034ddd31d56686f657a89d973db8ec6a703a54a7ac2d6c5955ef519377c61b008fa09d755abed20abab840983d64636a0aac6df7f04ef81dca89fc6f8449636ea49b5e26efce9b0817dd8479dd92eea9a216dd0dae0f33a79dedde3d2c3ec5b1b1e66b737c14b774de5d5475643837b48b6576c200079f52a28a860d2020ea97b4ea8f68cd8e1154355919e5925121074ea104c910e6ec6dd02813478fa9d814e43754931427a1183d127d235a9fc0f084d4fb2f108d7e168df99b681ecd62f6ab47a42947572099124905171cbb8cec53f451642952c2c2dab3892182353a5a315e5d03ba98a9e8c82d250f63ff2537f5d4e39aafbed0c6e96cf9581db2e3ef531e7094072ba53d1825f607d63b4e0c4a18b1cdbdaab2e5b3f208d68664b46523ea0a72d0190bb6a256ba7a4a04cddba0200188469c505774054dc660545647f51dc803be2b79c0ff4e1ef057f27009beba3c86cb572d10ec475291dccf9585c1ea6a56d947ed4b6c1263394174a6042965174ad44574586dc89a73800cb5589053e85b49e50924ffa43e68b5f4f3f24042dff53b5af773fd7a1cd8b51255223b923e5f1ee6b2fbc4bf4ec12f3a2980e9fd6aae8e6d8c8fcf1ffca788c70017ad84058c94839174b72957afc8d45ad9256b3979f4a0b34f1899c8a482102c30c6eeb5330c9ec109cb798fcbf1b03d6552c628f700278c52b59543e6682c6554b1149d8d3ac35192e7936ecb566e1352572615bc2e144ac9868892029364ff8122c788492bc32a01c7a02225afac52c519a77cd784f62f91ae50d9e49c938ad169830e93b746cc25502b81a4c77355e480c10b1326885850325789ff5392f47d6da45f1ad073a48b4833695343b4c56a519317a3d462998a74aa193e837456cae8ac8522c349e52cdd1ae476e7919d130f90830e8d13018b0b8844131576d646ab6b542555fb5f906ee770969a937dd05ace63a3249b29469f439514d1ec94dc4ac5f1c1278ec5486623c9fdc259496e555f1fe99716f11ce9e063f0be849420db6c92000e721e493d9c7394fae23348274dc8d5c458a0e61aa5ac5664bd8258559104b34859d792a39c77dea456bed79c98ad0ac0996d9d6df156c2913bf478bddafce94bb7632f9db2c2e3f67e5067702615c71ff3b1712d');
INSERT INTO public.manifests VALUES ('golden', 'main', 5, 1, '\x789ce5584b6f1b470cfe2bc59e15ef3c382f033eb43d3640815e8b40e0cc90f6d692565dadec1886ff7bb992dc44cac36d613741e28b6746dc1d921f3f3ef6bec171a4e57a6ccec3acc9db724de3a63937b3a6f4dbd5b4bc6f2a95be526dced5ac61ec1687e535dd6de6e50a57978783252eb81f9687dd6abb58cc2799dd6e3df485369bc36f0315ea6e1e37fded66deaddeadfbad6873ff306b36d7dd7a7d90baeb68b157427ea0755fae9a7327fa7472fdb01eba953cd3c480e0b5b6ae382ec5166d19094cf20152628b39a8608bafa592b6a493d72a29eb5d3539262cb591178a0528efd2b3e6925634e0d8f5abddf6ba5bc9f5cd6fbfbe7efdd38f3fff22b20b5c919c2c51b49f353df386f61edbf4dba1d06e35e230eefcb919fbb52c1e44fd350eb4d397c599e76ddb8ecb757bd98b7dab5737717bb3e86edeb6b72274d56f37d4cec7aed2258e749069a77b2fa65bdb9d232e4c2baa5ee8f600e5856d97b8ea9836e3d91f9b7ed24d6e1cbbc91251eff7fbddbdfb55be1ba795b66027a9f1ea25b5aa38627b79b6979f2fe4d9cd2887771755b59386af1229af4308d69904c972ae147cc8d9683425273c13a93fb73436fb48d9fbf50a8df3a2b665cec118e5387ad4592517a0823ccc91215024f4a83c17ed554a394880e448b5ba2a27864d6d1ede08a47d3920fe45dc304135d04d27af9ea2e7f9b581136ddc13da3c06d22e961f3ded5803ab0235978ab616c8e4954a95ac63e5d0a710b213ee559f114dae49b38aa82ca764887396f76e87ee258d3a8eff897323e6c544d6134b45951b5c6c776c68c4e2370fb3af901e7a4f8f82052c146dcc94d5a2ceb1789d9cd5ae6663337d961e010d28a5b2ad55a44d28d112276f59182700213887d63aa70201079b2279d61ee4a4ba20a4fc0ae8a1bf2a7ae8ef8e1efa53f470c93c373df489d2fa1489fe722f39efeac5811f6afa7b559309602a5b0002c01095474f112019610ed024a63fa00abc471567134288565a08ab18bc0565480822bd02160e86ab305057a762c9ce1b654de41a0cda88d694925e882affce25475c999ab18f81dc5f1e21fc7f02fc24f1dfb7c61c01ac6aa2ac7da92140e484a862204c26bac0c6faa70166e382c882009c5dd6914c08e88a61489e9d4bd27ca0060dd243608d4e7bcc09143a13b3244aa3be542e3c72c98b2743fb54323c55e7a3d930289b6a508801bd16bfb38b820fc56493f46b2146f0501d549d4db290d16026594a792317a54e3d7736fcd0aa7f920d4f88628e89f222d1e04e140dedf4efee8bd7c04a58dfe10edf74159c6c3d021ebe63e08ff8fe6de37ecaf70976c17addad69d1ed86febd6033cdf572f9be58eebe9eecbe561ceaa649c1cf9a6e55e9ed7cf75101627cdcbf4b908574d55c8cf2a662a41c2c15032957af68ead6d9250069d5a7fc997dc2c8443615d401a46f8fcdcbb75e3b1bdb61bb3a54e08c323c68e718a942e590395aa02c75b81493ad3ac3418aee47c710861c94aa3ea9e04da12053b825a2a4b44d62bfcce91ca3d472090825a111838a94bc92d1a538eb946f26fafd474f572d5d61ce39a9189db1e830c98093a90432c8d23aa0e7aac869197c04091b9851462ead58174a8ccfeee90f0bfea9a70b7aa985b68608058ce1ec8b979328a16152cdfa339ece4a1ad32ca362156ea92c95d5195d6cf1282d4e91d362d13a5f2231ebac13157600515ae7a84aaab06b726e459d6189c3f57cf9771b793b747228373c9af7833ad367d214fd05f6e1b9b5');
INSERT INTO public.manifests VALUES ('golden', 'main', 6, 1, '\x789ce5564b8fdb460cfe2bc59cbdd6bc1f06f650e4d4439b1e7a2b028333c3f12a2b4baa1ede2c16fbdf4bc976126c800428b6c9213ed81c8a1e7ee4c7879e184c131efb89edfc86c539dde334b29ddcb0d4cded223eb18ca9cb98d98e6f5881bab988f7f838eed31db4878be2084de986e3e5d4ce4db35f6cd6533f7409c7f1f26cc084f5e97ae81ec67ddd7e92bb99d03c3d6fd8785ff7fdc5eab1c6e60c821e60dfa53bb6b384a726f7433fd42dfd877907da0aa14c32252595842a805a06eb7408454174dca96473ca28148a60050f5c599365f4015266742145007497d8b003b638c05477ed7abcaf5b72cfdebcfdfdcf5fdffcf5dbdb3fc8ba8116497704c2bf615d29239e733676f39070952618a635a3e3d4f5243c53003d0cb8222e94ce5d5555d3b1af0e1d45d8de9cfc7c6aead387ea818ceeba79c46a3fd5190f30e1c5a65afcde2e5eab3515b7a622b0b7a2ba9079ebaa23b475c171dabe1fbb051b799cea251682f7f7d3eaf72cc5c76991a4e566b19aee5e0f957d81ca571926a80edbb3fdbee90e67cb7d9d6f65f5beab5bcc375165af658e0513e8149c8f51706d0226a7b3b3694ba1fc33e3c4cee5b216ee7807d258426e1540f23e7105dc466b7d545ca12b1a65d1912378a7a3a63bc1a1c8f41d854f0e0b7abfd44164cfef88d52e5d68ff319958e81af054d3dd4b05bd3e1cf9028efa169c6b35ad057dcd3597450048ada473decb20ad310e8cc18c865a4d084d54d8844572e7b42335d788280404a53c44ba771eeaefd7044be34d109ba5633f0f95709ca099d77e6092bd7bde7cea8fef540dcbcfe3ff4ebb78e1577c8d76f153d12e8876e2baaf7b6cea75a69f0dd932b6c9f97954aeeb715d47d7a9191c2d215a0cf861bf6e0dedfdf5fc31612ed1a81125496e65068fd1294c5287982d4795732e26685d82052b64b4017c41542181705a14f0ecb5e7f29775b0c6580d737bc397cf4d044ffbd1185a9f59e7e262f14a6304ee53923452b730d0ecfd3881e5671398c6ace33cdbc09d95095d4a5111fd810b15287e87be780f4172557810c53bee3158ae394f46196ed9d27eff31d359e4a2628c817b6fa40203c16a156973a0845248634be6684411969850ae145a175af022128602af9ee92f07edcb4c27b0d4422a3baf9396b2449b2c693c95860c398aaf643a72ae649444912a81c7486a29e8adc742312691362950c6268fa58828688116a3f5b25b3d4f21eb75d73d101c7ae319eef747ba7e796923dd5093923c5cc3fb856fc596b3e77f013a57555d');
INSERT INTO public.manifests VALUES ('golden', 'main', 7, 1, '\x789ce5574d6f23370cfd2b85ce4e2c51df0172dc6b2f2d7a2916062591c9348ec71d8f930d82fcf772c6ce6e3eb6dba24d7717a861c01a5a23917c7c4fd4bdc271a4ebeda8ced242957dbda271a7ce60a16abfdf4cc37bd5a8f68d9a3af30bc5d8ada7a159a82bbadbadea256e2e2683bc718d6bee87ebe9492fd466bf5eafa639f3d376e82bed76d37f6ea106aad4dd1c971cfadbddaadb7c1af7fb71daf6e2f4a25f37daac1ae161c78f96358eb41be7a53ed9fa0b313c2cd4eeaadb6e8f4edc75b49e5d9ffea06d5f2fd55994283a717ad80edd46165129a20bc6585f3dd76aabb18ce42087e872668b25ea686b68b591b16472303a6b1b7c839232d6a66441891bc78393b4a101c7aedf1cb2d46d647bf5ee97773ffefc93cc5ce386e4f91a25e285ea997774c8f2aedf0f95e6d188c338677437f65b75661fc4f92d0e347bcb02c0d972b91cafb7cb43e82737697fb3ee6e3e2c6f65d265bfdfd17235768d2e244dc739cb69dff369d7e59c86f3b01447cfcdf208ff795a5ee3a66349ebe96fbb7ef24d761cbb290e71efd7fb79dfc3a8dc8dd3c86437018be3e5db79155f79d570c4e5b352384c5d754d664f3e9ee8e9731208383bb65543733afb0408821406ef5b8d1aa769e6545ef87d4fa33a94da8cd0ee12c10789c117dfa287d8bc76aeb263dd4240a0e06db0c60434e09d07f9ca2842f591b00453ac6d393238f5f05ef0edeb11fc6f949309b9816e3a595c9d4d245ca811cb7a2abae78c5aa81b5cef674c5554ef1f169fc3d83afbb5313e905b8c77e74d1f1096b4236857a31504b8710956235b76c9946238be82159ec05a3ca3d1cd166db5cf56c71239c71a63f62c2bb908c8ec53c05c5d8ef21b9bcd9ab3408c0189be11accfd2f00cd4fbffc01b78e18dfd0b6f1ec562d6abc74c6b608308ce428c294106e15e44efa991171535c6614da112838ed145316b4744c660b636619175f743f77641f91741c5171a37e9ea2b6e1ccf96a7ec9088bf4f7a98033d20538e225bd184e26a06b4b934d13ecf941ad26bd57b4a8fe85ccc16443959b44f0e3aeb8c6b42376881329949db4c95558c70c4c7642a3403642d26ed20e9ef801ee6bba287f9dfd1c3fc193d7c365f9d1efdc59b3608ee0955a4f64b63936df3ade81212849a109a663941a0503639171f6b826a5c682e1660c1b598569d9153e85b51e5594afe4e7f30f5d22fdb03717ddb6d69ddcdfdeb61a29a5a54f1ec00fa7c7998dbee23fe906358286980e9c36aee8e5d4a8fcf9ff4a78ac618aea003344c54a2a50a6e52304db6b5c63e3bc73960305042c6c444365734d119c6a4debac2cc8b749ae51ce372d86f8e955430c93dc00ba2d45ce3583859470575aa158ad5a73848f17c566dd9c96d42facaac63804ab1d66285e3591b9b25fe488953c20cdab2ce8653d48972d04eebeaadd7414d44fb87996ea6b12da5649d92078b1e7370b6508d34b5406209dc3479c32608123632234ae56ad17fca52be6f9de9d7aafa32d31583e8a46d31b9ea40d8146a104b92d280dc8af942a68bd6160a084496b32e45cc60e4761790bdaf62ad16ad170213b350345365ef5c72d092aeb9b97f936959d115e939394400cfd2744a35534aa1c4262502ecb5dc4a03a2099953b552d94872bff04e8a5bb7b7cff46b897899696ba3c5eaa1e6082e89ac85a9003c6a39a3924f5faae90c84dc6c4ad5b4d292b4d59a5cd026355da5c01c5281564b622f7d7be61804b9ccec74345cd8b559166fc51db9430f57abeb8fba743b7462941d1ec3fb419f9a53e938fe00ab7e6e39');
INSERT INTO public.manifests VALUES ('golden', 'fix', 1, 1, '\x789ccd564d6f23370cfd2b85ce4e2cea5b0172dc6b2f2d7a2916062551f620138f3b33761204f9efe5cc38d9649b1639b49b06464069288a7c8fa4f828701ce9f6308a2b588974cc37340ee24aad44ee8efb497c14857257a8882bbb12159b761259f9861e864ddee17e3b6df0895b6c6bd7df4e2bb912fb63db6e269d7975e8bb4cc3307d332bd153a6e67436d97777c3a6d97f93bbe3385dbbbddc766da1fda6102e37beecb438d230cea6beed755bde785a89e1a6391cce4e3c34d4ceae4f1fe8d0e5dd6ca836ec747fe89b3d1b11a67a570da95c4ccc253970c61b23317b252b180926d9585408d998946ab2544a815a21484bbe18c106396e5c30dcd29e7a1c9b6ebfa0d4ecf97af1e5b72f3ffffa0b6bb6b8275ed7e69e175dad032d200fddb1cf344b23f6e3ecfd30760736f2c4be1fb0a7c9d909d5793536d3157cf4f74736d6d222a5877192209a09731c77f3552d5dadd7ebf1f6b05eb0ba3885e3a96d4ef7eb3b36bbeb8e03ad37635368cbb89e75d693a3d7ece67a86ed1ad61c18ff3fa70b4b05475cbf216951dd3485bf4e2e5ec8e9ef22ca5a9d8798a16686522550e0b3cd95f1abb9c0a406977ce08f238d62498219bb6187caba29049085bca594bd772949b0d129aa48596aed31c6a4ab93d9aa52720a1512922cd154a0e46425144f5f19f92e9f69f91c48c45405746ad8f6338f23a676ca86b7a9be12276c8f33a302c4d7a7d57b0c6ba37f30c34bd1f1e6c375910bbf005e12680d91d14609d1a2b50543098aebc5dbbf90aa5e918a517a1f21792034505846322155572c464215c9410da91820e54248dafa1433ba681385a0e973487d83c247283df7aad7a4f2c1ff25abe7aab55571b931ce5a1653105202d42586623c996aea3fb2ea0055d059c652484b923e5794d943551e1457abcc2a478ae06429c616a6dbb155a981bb6bb1103e9fd50f15ea7bacfe6daddaa87e34abddf65f6dc6e615c3dc7d713a0b39f2e1c4ed956285cc3f97a34e5cacb526a974920193452775e6f713020624e742fd2486df20f2218a79a0f8be15b3e787e6406d333fe28ba2981e6a766ca17c9ea0e6d7fbccbe8a13fb3c05d0fd661e114c74cfeb174c7392da714930b4ca6895195aa9922d502855801078dc4855214a7eee12974a2aa06bac16bdd22e66f19fe7d71ce2ba3feecf7954aa9431ba5ab2c9064063495ac5e03d4f46e04bbec49e53e7dd1661034f5195b20d864c94561a133858b49c4e9e83c562885b44f1a684643deaa463e0b78510b0babc34fe3b768767aefe6673fb42e15ddff026dff01cdd4ff2122ea578fa13ee039025');
INSERT INTO public.manifests VALUES ('golden', 'fix', 2, 1, '\x789ccd564b6fe3460cfe2b85ce4e3cef47801cf7da4b8b5e8a85c121398e1ac77265390f04f9efa524279bc7ee62b10836f5c1e08ca8998fdf4752bc6f6018f86a37346766d194035ef2b09f6cec0edbd1bc6f88b123a6e6cc2f9a0aed6634f5a2b9e4bbfd0a2f60bb1e37e48d2bd8d4aebf1a576ad16c0f9bcd6af49956bbbe43deefc7676ed1f48cdc5e1f8fecbb9bfdaadd7eb1bbc3305ebb3e5d771be2ed8a18e61b9f763630f07e988efab2d7ad65e361d1ec2fdbddee08e2aee5cd047d7cc0bb0e2f26a4b515d0fdae6fb77248e36a0cd5b1417219a9041d5c744e0146a3aa764abbe2339994d0b9526af14c44ba569d94e748ae9103256e186690bce51e86b6dbce2cb55bb9bef9f4d7a7dffffc433c37b06559d7f656165dad7b9e49de77871e79b206e8e7a3f643b713bc0f827d073d4f60abf07fb65c2e87abdd728efce43a1dae37edf5edf2469c2ebac39e97aba1255e0b4b479fe578edb95cba9c4838d74b8129ff47f1c5ba826d5b85d4d37ff6827cba7068c72804dddff7d3b5b355ee86d1d2d98db2c270f16ea0cc2b50664930c0f2451eccaeab96e4e908f1448dbf13a29a92b7d6460617224231b100db183473023bbae95379e1df030fcd9c6733c517607c9010b4721050d76c116b304a2528682085ac532e1803140222a57cd13eb08e2a7a0bc64402eb9d52cdc36711b7c3a3f21f43c9a85bcfd7ad9cdd9c8d05b86806289b31e15e56d3a2b986cd6152b431cde787c5d714b6cefe6285e7ba96cdbb7352b3beec42322e9604ce395f55a61a596b261b3297846f4435cf444db698a45435a178cb0c980a420263a3a44b8d58a5d4b16463485b15aa8f06824ac51226343ed58f11f5050b3f22e9b11d3e17555efc5faaaa67552ba02a55a12e109da700ca051ad565d951297c57d59228a78a4e4a131d9189d28b3324adb42a8a3144efd065071464478598a39282cec9b2293a79f3f1aaea9f55557f4b559fcdaf56b55bbf6b3376cfeb36a0b718b5bca91499126ac85e07aea910668ac6660a19a126d05979e3abcee474162fc5317e94c22f18f92189656679dd8a05f9aeddf1a69de684d9b119670101364b3e0d69d3787354dfe4517d1934f876354d212e87c7f513a758940d4191f6609c3588b928533c69e252b54e49aaa85403a06c0469acae4853acb97a10ba85ece69df3ebed083285b8ec0fdbc73caa4ae51c2aa1d4b3d616a85893538c327ce948780abda4ce575b844f32a855469f1c3bc910e55c9260413eded22e7402729c5932c9512a3e822d36279d3d83861a640e1babec278996ef0616925e23498a11bdb4374fd5f8ec0d6a99192879ed924a16a54472f4da3ba8a0aa8862948efabd897e9bb6af89ce8e4ae5a26aa1ec6cc624a390532145212b4b1cdf213a249b4b31e88c04a1bd4aa291e26243918f6dc2c2b64a25eb123050361463d65494b4fa44a206dba9526f048ecccffde5eaeaa9566efa5636e586c7e87e53a7fa54c6acff00cec41e2f');
INSERT INTO public.manifests VALUES ('golden', 'fix', 7, 1, '\x789ccd574d6f1b3710fd2bc59e152f87df34e063aebdb4e8a508842167686f2d6bd5dd951d23f07fefecaef2613b0d82d4882be84052fc98796ff8f8f4a1c169e29bc3d49c9b4d938fe59aa7b139d79ba6f4c7fddcfcd010979e989a73b7692a76bbb9099be69aefc76db9c2fde53c202b6e7057fbe166eea94db33fee76db79ced23b0c7de1719c7fb39b66e0c2dded69cba1bf1bb7ddfe73bb3f4ef3b1976797fd8e78bf25c6f5c44f233b9c789c96ad3e8ff59732f0b069c6ebee70380571dff16e097dfe810f7db96ace8364d149d0c361e8f6b249636bf0d5b22e6453a1ecc1db60adc212b4aa6015d8ec12e9188bb539d7ec9888a05688ca7120dbc88692374e6b90bce701a7aedfaf28757b39be79fbc7db5f7fff4d66ee70cfd2afdd7be9f4b58ebc823cf6c7a1f0d29a70981640c7a93f082f0f12fb01075e82ad82ff79dbb6d3cda15d337f731b8fb7bbeef67d7b2793aefae3c8ed76ea882f05a5d39c763ef6420e6d17102e742b615e407b225ffa37b8efaa807af6d728912f074edd9c8544f7e787e5d8b595efa7b905c9ceb4e274f56241852741999670c2f6511dac53b71dc9ec39c4376afebc4197520e184c52c1a2e1ac5260cd688362210de76970260bfe3ef2d4ac75b6d0335ea1765e5270d951703a9053d6966aab22ef51b377c61b008fa09d755abed20abab8c028a5928da114aab6cdc33b21b72f27e65f079299b7816f3bd9bb399f2fe0a69930efe6827b7c9b36cd2dee8e0ba34d68de3d6cbec6b0b1e62733bcde6b19bcbf20b5f25b5409a528c5ae1a9b8dca402a1b4c997df52ad33352f517a41aaf336461cc6baa9620a6ecc0a0b6010d94a44b320a3d57e529a0368a8bb111123000faacfceb90fa0885efa1f424875f922a0bff97acc2ca6a15ee0c84c45510cf21a5583916ccce696714e137594d4153f295390005e154866b00c5b9ea508321ad55611353d2843999241ae0648d63ebb22faabe3eabf0a3acc2bfb1ea12fc6c56fbcb171563fb05c354d893a5842567515d48685974b8aaaa41a55223aa623cd4c8198df24849843868641b92e8777e25861f21f25d148b67792ac512f9a13bf0ae5b7cc23ab199bd8004b652be98b4c5de9cd8d752ea9b468c06bfdf2e2ec426ffb1ff09d39295f15e1138d13fa34b49596979f480e4e200c4288e466e10a23201b3789d4c606aaa0e83363e95e685eb0b9ea009ed92623b1cf7a73aa2aa54928b4ec5160ba2db948d4e3104315f10a89ce120a5f3558970518c5ae5e2a2659bd4fca64749165d96c75b9245b29c3851b014b393d7209b24c2ef1801ab171f36dfb21f04dac55a32b1962d49de2ee7c83baada25a70b38c9223ab05145538c117172e02c56545548d10a02bc34d0cfbdde53a093a55ce59ad64cc99a54a2456f958f41c04a92c73780f6d1a49c75b15a9200a7a270244a6c7cc6228639b3a9ce1410ddf5247a1c4202ca8a5c8d246cb0f92f401b5179e4921288c8271fe55997f8a56a0296a4a482d138419b6b285e8444fb100a43d1ecbcd453742f0df4737d780a3444c9db889649815863724c20ae93bc66abb58df40da0516e6324558a513a646f2a65925a62415a7b2b5e45982b19a5f0c4c258ed3450aca483523ab10fab3fbd9370e48fca70bdbdf9244a7743278372c2c7ec7e516770a69a877f0008ac8b8f');
INSERT INTO public.manifests VALUES ('golden', 'main', 8, 1, '\x789cdd595d6f1bcb0dfd2bc53e3bd670be27407e401fda1445df8a0b8333e438dbc892aa0f274190ffdeb3927d6bcb4e7c93ca7111410fb3abd95df29087e4d17e1e78bbd5abd576784de66ca8bbf65eb79be1b53d1bda72b798969f07d1b61495e13576741ee737cbf7fa6973d1def1e2f2e6c415cffb727d7573b4d8cde717d39efdd16abd6cbad9dcfcb6d6a6e3f5edc1f2c3e6625cfc77bddcc19ccf5fce86cdfb71b5bad9f569d4f9c108fca0ab657b37bcceb067c4e3d7abf5b8c03583ef2976afb6892f4d6aa4e893f7865bb2a69337e46b2862736eded7da6b5011a1de299ba049fc801bc2039ee0381b2e75a16bde8ecbc5fef0fdb8c0e387bffdfded5fdefee3cf6fff8acd735e284e5d31cc3f1b96bd6ff400d966b95b37ddafb6bcc6ed1cbcd92e57587c81fd2b5eebdee00e345fcf66b3edd56a76b984838b57d779773d1faf3fce3e60d3bbe56ea3b38bed287ac95bbdd9339b9efba68f1f677b20dea4194c7d43b39b58be71b32b5e8c5d37dbf37f6d96936978e0769c3c8175fffcbc7fec61553f6da715153f0589b7ef4e66141d194533e12dcf2ecf0fdb2f44590e5b2f46c1af9389afccf479554cef315169d41b22662b594a2db48e30f526346da3735cf0ef9d6e8743d6ec43b479c736c4c90532a229686d29c55a0d8512ad76d6669c4b5c4a753d9a16ac48abb9536535527c27add174e5e1cb6f88eeb2dd44ff652099e2b6d6eb11f79e32e944e64cc9fac3f6dce6d53eb36fc1969c83f7ea38786257329390aa6b91722c9193966228b9aab6376a0cf45de8c123c281aa7316f7ddadc7e774eb3e1d26066eb9ce27eadef315865cf37cb7a7c640c36f5fce7e0e55ec91c1f69b71b077a922d281be43522b03d1c6d52624b34b1121c8ec9ea60a19cf114c2baeb51ead31996bb38cd0512ee04fe42a2c624ca814a252322938b63609bbe08d791eaa7c2724cf4e95637bdc93f63c4a15ad393402d4590163020d2af75872cc9d5b8cccaddbd85d4e99bcb3d9e7c45612875cb5d9dce5d45479e8d68f50c5fe3caa3c6c75df8a43ba4b150e28fb89932b2679765a4d496a419b6414e3003f4d955083a480cc0fc6fbd67d378298598dc1454714996cf0c1e28b55b22d8094184250e3a4a46efdf350e53b217976aa1cdb939fb4e751aa70708d72a818e77a76315060936db5ec3363600bce583115b38127d37cb121076d3e06f19a6bab7c6aaa3c74eb47a892be4615e7dd4fa6ca1c976eb638f9e98d9803519a69a935633474e7ab339500b1e35235625caaf2801df60e3b5c4430101f8a56ba97a97b0442a7f0891db5625b7186a3761351d1ac33da9ccf5448893856135f861df75078716e1c5bf3eb32e3e0e93d6ec0e3ff4b72dc68136812e32815ed48dc9a4ac95d3306ae102c2017fe26394ab25262574d2409d4c0e99ec868ed36f5e4c45ad3d4e552ac702daea027055c13d4871a9be92f4f8ee79723df438eaf8a915f961c5fd523a1d89f2cdde7cbcb932a777f872890ea3c5d8b8e818b2bb4b8964e0ddf8806020d197bafc6ba3ae994c0a064ab015285336bc418fd32cafd3e22f79832fd0ff6588897977f4c6e9e3ebc4f69ab7bce9c406dde0d6f8e0d044d842b8d115b31579440980a7295562459572496c63d331583cadaa988a7825d4653b22fa336ef23f2ec85303e55088fcd79b4127af0505bca6dc29c5214884d0902c2a8fa92b2479fe936179b534b2ae84bc6e5696863c589184f5d091f7af5472ae1114dbe2a3551037ef68870370a27509a7769224da37829dc6a85a4a4c25e2132bbe9964c413965d35ca49eb5b23391a5406526cbea1388e2eb0b8d0bf71079f979e1d89c5f786038a2c924339101ab71a5f371ff8ee2b071985e43e0e107eaecdff6ecdfaedcb0c896a9d98c0bd18f17fb9720bec4dbe3df016bd5b8188d0028eb9d6d68d4c6d6800282699628674287ee96d9b8c435a3970bb95e7a605477d4f6e1d9a795bd8bb3f56e71dbb6ba3105d3b734df3c41934a75b6e494843a2569e7bc06051f9ddb43aeb5776d217b144d33fdf183e4081c309c2438cb4883a2685c5e720d50bad51588daa04cdc63d361aa563f0874c8bd55518b5b0a74790882aceb3694601b05789103f96cb26be8c82521733d77361d41b186129d1ae8875df218e8e205135b35bd4af1aeb4ec397a13730258057e7c03e8985da9d5366fe10405931123c823172bb79c5b55d727a2420c4581484aa9905423a1674134d4fd2f40a3233ad6560a41799598ad4fb01f5993b815830c661780b6f684211446c6949a52b31a22f229875303fdb0ce1e034d197e3bf404248877aee642419244abde5a9fe51b4033d898c5b486c2966a745daa20971448dbe8ab89881cca1a12cff9ec6db024b98b4dc6d8a2311dfec4fc0073d657bc7e7f71f5fb88fb613de2249e70ebdd9fcc399d9be1cb7f0001d3fd3f');
INSERT INTO public.manifests VALUES ('golden', 'main', 9, 1, '\x789ce5574d6fdb4610fd2b05cfb2b8df1f067c2872eaa14d0fbd1581303b3b2b33a64895a4641b86ff7b87949c040ae002ad9b028d2eda5d2e77debc37c3997daa609a68b79faa6ba956553ae01d4d6375cd63ec0fdd3c7caa32619f2957d762551568daf3f08e1ec70dde42b73d2feca02dfdb03bcfba43db6ee63dcb6c3ff448e3787e361052737c99f4f7e3a6e93e8ffb03c3797a5e55e35db3df9f773d36d49e40f003daf7785b5d47c6d3b0f9613f341dbf53050fc649a92dda82a851ea02645474dec45834242fbc46973193d424a393220aed6c562944c05cf181ec01cc74acaa2d7534c0d4f4dd32bd6b3a365fbd7bfff3af3fbefbeda7f7bff0ee163ae2b51d30fe55d59732d289b3b13f0c48cb688281cfd3ecced4ef79f0cc0eec61a00571613aafebba9e76fb7adbb387ddd5311c8e6d737ca8ef79d36d7f18a9de4c4da62d4c74de53cf766f66abf542c54da819ec8daccf6ade4851efa06b0a8dd3fae3d8cfe0d8e4d4ccce30bedf9f16c3a7517a9ce69176d2cfbba6dbb783152f61a93ac304f5767d7a61d3f6dbd3d64d936f7cfdb16f3aca5728647190256b480629274aa0928068400b0d7acdbefc71a0a93a05cc2976c75b50d631f64cdeba28d0958285a2a26072f04628744e246f4b422b01b5f0e074c4224dc82e092984745971883d7f60617b3c2bff1f71312b36d0b1e1c3e7287a233ca57938c3f11770f45fa17989a725a65fb8b6b20841c206cf999764e64f454c5e1a17558468852513443285290e0193b660ad0144133d40c996cf3d0ccd37cc8339f92648ed9cb55ffaca408ed01e9694a87cf5e179f53945be5538ccff8fffb6eef2d2ee6bbacbef4b77f93fd65d5dd87df5eba3be2fdd15ebce62ef9b3db5cd52d04f1babb966b3f553995c7aa3a51739574c1523d71dee0ae861b3b40c26ba97f927c6307183e144961694d10a992fa192cd32532a5286204b49450108ed2105342973d7128b05afb48b58bd494d7e2dff1717ebe1d05d89f9779559e2185dc968d070330539691559712ec8d2675cc3c055f753edfdb2f4da905229843618325158614c6067c126a93c3b0bd950a4983d57e4643de8a46390d11248288efba539fdfe26d136144c99141f99d1a3b599fbbaa26cb40aa5652f82e54a2f8246ad75f45672601610854551427af9d6447f9d709744479353a1244acad17027120c38235cf04c56643f5e21da051d535268143b21ad08ac91a0a45d029c138f74b1dcfe26c7cd6e54d9fb287312d99690590dd2ff84688da481f33ecaa8394e82329ef173d478c028388281d33e072a1e1d3248e73d924445d6713c05fbd6447fddc95c122d03fbad0d590e10a335f7fad2669f9de2bb81e24fd52b447317aa43167c9910ca27a74b4e9963899869e54c128e95c3041c78da04a3ac923994acbc102a125f3b9666f29ee1f0ad62b8dbecf8f8f962c46b43c38b6ce1c5bb1fc45aae45f5fc2701746dba');
INSERT INTO public.pipelines VALUES ('golden', '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 2, '2026-11-27 08:13:20.09694+00', '2026-11-27 08:14:18.191885+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["4"]', '2026-11-27 08:14:00.315025+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_dead', '["4"]', '2026-11-27 08:14:00.745329+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["1"]', '2026-11-27 08:14:02.637854+00');
INSERT INTO public.slices VALUES ('golden', 'source', 0, '/tmp/golden-v8uvlivx/in/001.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 08:13:20.152014+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 1, '/tmp/golden-v8uvlivx/in/002.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 08:13:31.938526+00', false, NULL, NULL, NULL);
INSERT INTO public.slices VALUES ('golden', 'source', 2, '/tmp/golden-v8uvlivx/in/003.json', '{"format":1,"modified_ns":1700000000000000000,"size":252}', NULL, 252, NULL, '2026-11-27 08:13:50.261901+00', false, NULL, NULL, NULL);
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["1"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_dead/epoch_id=1', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["2"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_dead/epoch_id=2', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["7"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_dead/epoch_id=7', 'golden', 'main', 8, 1, 1, 1940, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d0"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d1"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["1"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_log/epoch_id=1', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["2"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_log/epoch_id=2', 'golden', 'main', 8, 1, 4, 1592, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["7"]', 'file:///tmp/golden-v8uvlivx/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_log/epoch_id=7', 'golden', 'main', 8, 1, 4, 1591, '2026-11-27 08:14:16.960815+00');
INSERT INTO public.tidegate_compatible VALUES ('0001', 'tidegate 0.1.0');
INSERT INTO public.tidegate_revision VALUES ('0001');
ALTER TABLE ONLY public.clones
    ADD CONSTRAINT clones_pkey PRIMARY KEY (clone);
ALTER TABLE ONLY public.epoch_offsets
    ADD CONSTRAINT epoch_offsets_pkey PRIMARY KEY (pipeline, lane, epoch, generation, source);
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pkey PRIMARY KEY (pipeline, lane, epoch, generation);
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
