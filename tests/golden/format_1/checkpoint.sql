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
    offset_start bigint NOT NULL,
    offset_stop bigint NOT NULL,
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
    CONSTRAINT epochs_check CHECK ((offset_start <= offset_stop)),
    CONSTRAINT epochs_check1 CHECK (((parent_uri IS NULL) = (parent_sha256 IS NULL))),
    CONSTRAINT epochs_check2 CHECK (((manifest_uri IS NULL) = (manifest_sha256 IS NULL))),
    CONSTRAINT epochs_check3 CHECK (((restores IS NOT NULL) = (kind = ANY (ARRAY['ROLLBACK'::text, 'PROMOTION'::text])))),
    CONSTRAINT epochs_check4 CHECK (((promotes IS NOT NULL) = (kind = 'PROMOTION'::text))),
    CONSTRAINT epochs_epoch_check CHECK ((epoch >= 1)),
    CONSTRAINT epochs_failures_check CHECK ((failures >= 0)),
    CONSTRAINT epochs_fence_check CHECK ((fence >= 1)),
    CONSTRAINT epochs_generation_check CHECK ((generation >= 1)),
    CONSTRAINT epochs_kind_check CHECK ((kind = ANY (ARRAY['EVENTS'::text, 'COMPACTION'::text, 'ROLLBACK'::text, 'PROMOTION'::text]))),
    CONSTRAINT epochs_offset_start_check CHECK ((offset_start >= 0)),
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
    offset_start AS range_start,
    offset_stop AS range_stop,
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
    h.offset_stop AS head_range_stop,
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
            s.offset_start,
            s.offset_stop,
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
CREATE TABLE public.source_log (
    pipeline text NOT NULL,
    "position" bigint NOT NULL,
    path text NOT NULL,
    size bigint NOT NULL,
    modified_ns bigint NOT NULL,
    discovered_at timestamp with time zone DEFAULT now() NOT NULL,
    skipped boolean DEFAULT false NOT NULL,
    noted_at timestamp with time zone,
    noted_by text,
    noted_why text,
    CONSTRAINT noted_has_word CHECK ((num_nulls(noted_at, noted_by, noted_why) = ANY (ARRAY[0, 3]))),
    CONSTRAINT skipped_has_word CHECK (((NOT skipped) OR (noted_at IS NOT NULL))),
    CONSTRAINT source_log_position_check CHECK (("position" >= 0)),
    CONSTRAINT source_log_size_check CHECK ((size >= 0))
);
CREATE VIEW public.source_corrections AS
 SELECT pipeline,
    "position",
    path,
    skipped,
    noted_at AS corrected_at,
    noted_by AS corrected_by,
    noted_why AS corrected_why,
    size
   FROM public.source_log s
  WHERE (noted_at IS NOT NULL);
CREATE TABLE public.tidegate_compatible (
    oldest_code text NOT NULL,
    writer text NOT NULL
);
CREATE TABLE public.tidegate_revision (
    version_num character varying(32) NOT NULL
);
INSERT INTO public.clones VALUES ('c.golden_log', 'golden', 'g.golden_log', 2, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/clone=c.golden_log/attempt=11/manifest.json', 'fa710fc8b2abb5bada4d9c19f66aaf2946b16966b3569158ca1b425171324b25', '2026-11-27 07:38:37.903695+00');
INSERT INTO public.epochs VALUES ('golden', 'main', 2, 1, 'SEALED', 4, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-2', 'o', 0, NULL, NULL, NULL, 1, 2, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'a55de7f8ee1f4884e49946d5f0d9693c3a92416db523cf081a572e33aa61df5d', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'd0591a13c3d276bf9b58a6a61541578980dbbbdb64ba5f48ba3ce8f225415a91', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:37:02.991514+00', '2026-11-27 07:37:14.024959+00', '2026-11-27 07:37:22.598126+00', '2026-11-27 07:37:24.106142+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 1, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-1', 'o', 0, NULL, NULL, NULL, 0, 1, NULL, NULL, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'a55de7f8ee1f4884e49946d5f0d9693c3a92416db523cf081a572e33aa61df5d', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:36:24.902569+00', '2026-11-27 07:36:56.056646+00', '2026-11-27 07:37:01.45814+00', '2026-11-27 07:37:02.649164+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 3, 1, 'SEALED', 5, 'COMPACTION', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-3/compaction-3', 'o', 0, NULL, NULL, NULL, 2, 2, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'd0591a13c3d276bf9b58a6a61541578980dbbbdb64ba5f48ba3ce8f225415a91', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', '339750f6c6215d0a48852e23a5ec01a9e037f148c53805a0944b7b82905e709a', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 07:37:24.240872+00', '2026-11-27 07:37:27.346093+00', '2026-11-27 07:37:31.286166+00', '2026-11-27 07:37:32.359186+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 4, 1, 'SEALED', 6, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-3', 'o', 0, NULL, NULL, NULL, 2, 3, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', '339750f6c6215d0a48852e23a5ec01a9e037f148c53805a0944b7b82905e709a', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=4/gen=1/attempt=5/manifest.json', '05df9ee71bad4b1b3bf0e2a18a1ae7b70eb4deeb158c7915cc268471d48fa6bb', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:37:32.594327+00', '2026-11-27 07:37:39.517901+00', '2026-11-27 07:37:42.713149+00', '2026-11-27 07:37:43.554921+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 5, 1, 'SEALED', 7, 'ROLLBACK', 2, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'back', 'o', 0, NULL, NULL, NULL, 2, 2, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'd0591a13c3d276bf9b58a6a61541578980dbbbdb64ba5f48ba3ce8f225415a91', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '9400392b827a5e4f399e1b6e966027918fa4c7f99f8f228acedcbd99d0a56951', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 07:37:44.22529+00', '2026-11-27 07:37:44.636844+00', '2026-11-27 07:37:49.970608+00', '2026-11-27 07:37:52.382057+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 6, 1, 'SEALED', 8, 'COMPACTION', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'again/compaction-6', 'o', 0, NULL, NULL, NULL, 2, 2, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=5/gen=1/attempt=7/manifest.json', '9400392b827a5e4f399e1b6e966027918fa4c7f99f8f228acedcbd99d0a56951', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', 'ef115a2fbe04e07f73bb1bfd825e49a78ba8c478a08604554e664e28711ef246', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 07:37:52.879169+00', '2026-11-27 07:37:54.881507+00', '2026-11-27 07:37:58.457187+00', '2026-11-27 07:37:59.223135+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 7, 1, 'SEALED', 9, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'again', 'o', 0, NULL, NULL, NULL, 2, 3, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=6/gen=1/attempt=8/manifest.json', 'ef115a2fbe04e07f73bb1bfd825e49a78ba8c478a08604554e664e28711ef246', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=7/gen=1/attempt=8/manifest.json', '4a9728399b10582de5f75a4b6352ab4f657e9711f613604278d2b008f5492e50', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:37:59.398705+00', '2026-11-27 07:38:05.607628+00', '2026-11-27 07:38:08.787997+00', '2026-11-27 07:38:09.557263+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 1, 1, 'SEALED', 1, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 1', 'o', 0, NULL, NULL, NULL, 0, 1, NULL, NULL, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', 'a37aba2c5c9b4b75fa7597a7bb6b0dca814db1b706cb5efa21ffcc639a184a42', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:38:10.698572+00', '2026-11-27 07:38:16.973444+00', '2026-11-27 07:38:16.996383+00', '2026-11-27 07:38:17.000361+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 2, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 2', 'o', 0, NULL, NULL, NULL, 1, 2, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/manifest.json', 'a37aba2c5c9b4b75fa7597a7bb6b0dca814db1b706cb5efa21ffcc639a184a42', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '784bb7f59050e83fd031db296be3abdf0e75389b0436bf2677c167f2d8913027', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:38:17.489433+00', '2026-11-27 07:38:25.125167+00', '2026-11-27 07:38:25.131342+00', '2026-11-27 07:38:25.139064+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'fix', 7, 1, 'SEALED', 3, 'EVENTS', NULL, NULL, 1, 0, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'replay of epoch 7', 'o', 0, NULL, NULL, NULL, 2, 3, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/manifest.json', '784bb7f59050e83fd031db296be3abdf0e75389b0436bf2677c167f2d8913027', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', '2d82c8d9b8957dbb31c1369ebb82234b5738772a2a56ab56bf1168142bccd665', NULL, NULL, '{"failed": 1, "format": 1, "writer": "tidegate 0.1.0", "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:38:25.23724+00', '2026-11-27 07:38:30.71349+00', '2026-11-27 07:38:30.738588+00', '2026-11-27 07:38:30.740945+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 8, 1, 'SEALED', 10, 'PROMOTION', 0, 'fix', 1, 1, '4f76f4e2cd49cdb61647440ac720f14014b59d288c44bbfb5eddd1ff1805e7d4', 'promote', 'o', 0, NULL, NULL, NULL, 3, 3, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/manifest.json', '2d82c8d9b8957dbb31c1369ebb82234b5738772a2a56ab56bf1168142bccd665', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '5089db22370df5688401bbba8fd484de1decc6a3db058fe5a6101e850b95d052', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 07:38:30.987004+00', '2026-11-27 07:38:31.164914+00', '2026-11-27 07:38:37.457728+00', '2026-11-27 07:38:37.678586+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 9, 1, 'STAGED', 12, 'COMPACTION', NULL, NULL, 1, 0, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-4/compaction-9', 'o', 0, NULL, NULL, NULL, 3, 3, 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=8/gen=1/attempt=10/manifest.json', '5089db22370df5688401bbba8fd484de1decc6a3db058fe5a6101e850b95d052', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=main/epoch=9/gen=1/attempt=12/manifest.json', 'da73c2bc1cc4c197f39de31645bc04bb97f3bb543f47e0d0ed4636f0f5e4a109', NULL, NULL, '{"failed": 0, "format": 1, "writer": "tidegate 0.1.0", "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 07:38:40.267544+00', '2026-11-27 07:38:42.030787+00', NULL, NULL, NULL, NULL, NULL, 'internal', 'golden: RuntimeError: golden 9 ends here (/tmp/h/formats/tests/golden/story.py:90). Nothing is wrong that tidegate knows of, so this is a defect: nothing was lost; report it with the traceback that --debug or the task''s log shows', 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', NULL);
INSERT INTO public.lanes VALUES ('golden', 'fix', 4, NULL, NULL, 0, 'PROMOTED', '2026-11-27 07:38:10.52814+00');
INSERT INTO public.lanes VALUES ('golden', 'main', 12, NULL, NULL, NULL, 'OPEN', '2026-11-27 07:36:24.84064+00');
INSERT INTO public.manifests VALUES ('golden', 'main', 1, 1, '\x789ccd564d6f1b3710fd2b05cfb2c56f720cf8986b2f2d7a290261480ee58525adbabb8a6b04feef1deeca4e9cba890bb44e7410f8314bcebc37337c1f054e13ed8f93b8522b914ef996a6515ce995c8fde9d0861f45a1dc172ae2caad44c56ed7866c7c4bf7e326dfe061db16f88b3dee6a3fecdb4caec4e1b4db6d9acd3c3b0e7da6716c7b762506cad47d381f39f477e3a63b7c1af7a7a95dbbbddcf6bb42874d215c6e7c5ad9e144e3341ff569addff2c2c34a8cb7ddf17876e2bea3ddec7adba0639f6fe6836ac74e0fc7a13bf0212206b45e29e3b2ab399bac4c45b21a7cb000d5600a3298ec4b2ea40c29f04a8234de159d22602e820fe4b871c1704b071a70eafac3825277e0ebc5bbdfdefdfceb2f6cb9c303f17c8f1cf14af4b58eb4a03c4e384cb3d3e3d41ff95bf6f8880335171b96f36ceadac16cfffb470e6247cb28dd4f6da4c0f866357190f3eed57abd9ef6c7f582d0451715ed47dcaceff8d89bfe34d27a337585b68ce6d966dddcbb6ecead67b4aed59ae3e1ff7396f0a8e084eb67dc2ca69baef06ef3f142b6df852e99728de42155ab8d871c13186364c3d49ad0ccd4257ff0c78926b1703f4336dea0769e63504c424207c52bed094a96c513f2668e6462d61051834ea01c5364a503302eb1356a9b6588513cbc67c0fb7c66e33b61225af6d3878e0f7f6472c2b46b59f03cc557e203ee4e33a74289f70fab973836d6bc35c74bb5f1e2fd75910bc3053322382ca1a2adcac56292243425db2a63497fa3557f46ab09489c0fb6044f4e9bd8f2c469082a388c36396921ba404c71244dbce1b2cdc9655f93f2dea5ef44eb33185e43eab94b7d4e2b7ff863f27aae5ce702638f24938956934dd26680920c39ef6c885fe5353bab5c219d8337dc38a9264e08aec6527465527db69875cd296154d21090a10c3a546db5c49a7e045e5f55ac2ff1fa8ff5eac2dbf3da6fffd396fc39c7b695b937ce4231da24943e5732d279906440814a96dfd0c47c5aa5ab320a6a509e52205542a42a1a4a3f2036ea02ac2e925c0c46654b25413641a928911fa11a4afc3636c1fb840a43728a7b5b56363b970314ee67aa669f64e616e6400396ecc0d8c20512815485c0d222f9ef95ffcf20795501b0d4faf2b162d78fdd9176dd2c6f1643d1b40c7bb614c4ac2d678173e65f8362f8581fd19f9b593c59e51fe74fa0fa6452b42865485163ac5169e9a40157c09b0a3ea9140d771623bdb632067e45184c560b5682611120feff0c9b635c0fa7c32babec12074e9e17150f60c89c831158c7480f1c1177ce28c91696a205c0b535e2c751716c85ac826088620c1ab2e54b96f23a23adfe1dd296135d7b8c5ccc11253feda104720e5cccaa6041ed9d33d5295ec044b9a4126c0a6c9f1337769fdf1ce96fd7ec5790c622c16b268853ca807506bdb2ac295db496373c59a89a586e80299c76c4ef335aab4a61d119acb173b1deb13b2cfc87dbcdfea95aee868e17f986c7f07e9297ea528a87bf00417f4a92');
INSERT INTO public.manifests VALUES ('golden', 'main', 2, 1, '\x789ce5584d6f1b3710fd2bc59e658bc3e1a7811c73eda5452f45200c39437b6b49ab4aabb886e1ffde59496ee23875fae13a01ea83bd4b51e4f0cdbcc737beeb681c65b519bb0b9c75655faf65dc751776d6d561bf9e1eef3a963ab07077e1675da37e393dc2acbb96dbdda25ed1fa721ad06fac68d986ed6a7a33b36ebd5f2e17d39cc3db663b54d9eda6cfdcacdb4a95fefd69c9ed70b35bf4eb0fcfc37e9cb6bd3cbf1c962ceb050b1d77fc636449a3ecc6c3521fc6864b1db89f75bbeb7eb3390571dbcbf210faf4816c867a7588b4f51af476b3edd7ba489722b90080befa562b56c046e26c0ed1e5dc904a34116be0ca02289003986c3078b62565aadce9827a6e1a8f41ca5ab634f6c3fa8852bfd6edbbb73fbdfdfec71f74e692d6a2ef2bd213cfbaa1b59d1c51de8db43daeb01b878d86a9116f682b87109ba27e319fcfc7d5667e3cef599f40563b5acc6f74d2d5b0dfc97c31f62c978acd69ce7cdaeccdb4d5fc70f63730d7e8f4f729e7fab4a275df14cbf35f76c31490ee38f653f01ad3cf77877d8f4fe5769c9e206398668d572f1795fd242a9c338d347f94ffe3d445cf3a7b8af1cc4c3f67068bf5e2b140b10e6bcd0e6a713144689912e0340dcef50bbfee65ec8ef575c4f88aac0f53f2215544d20c9b607cf3688d946aa9b90856cb40c834cfc54249250848f31682c7e64a64b164bbfb779ad4a19e32fe95309932b795f7bd2ede5d4ccc9b752395e554698f6934ebded3727fc86967bb77f7b3cfe5181dbe768e8f8cd6c1db376c8e190ecd9790195342eb847d36d1e9df9843f119b13e49abfd28add85a89d66a4653202826fbe8d895625bd2cc4a120a6442ab104cce252aef4b1266cf3a629be5af94d647303c4aeadd7f10cd5339783e9a07b138c8d503d2e43d4b6c49049a4bc9898aa60bec9be11c3256a46c1d042ede626d2601f9684529470158a9a5ebeeb7fdeb69dcfdfd67b871ba503e66879ef8dba4071ce9d13c64275e6c91e02a50261b0d6243f02194129fa54724eb541a0b32abb6d958134acb015b8098a191f39e10bd37515c8b98938406c1e908fb08317e03f4806f8a1ef0bfa307fc193d7c7c7d7a0c972f6a103ea64ac85229bb4c6afc426c253846a686455a7201130021386417f5e089349db116542be973710d7237a1f40d620367985a4556c9206657834f2512d840a965412bf0656c92da4116bd5b99a33431529d5ebb0a94d4a8905309803167ce7c10292ae2a992bae7944c05a85f4b461e41f257bcd3d45c7c6a9d34f44dbf91657f30f4c789dde4de35b223210eddd4a10f39e5df6650f8b42390df1687764199fff0fea1e00a96e4c8985892d56424501b63307b9e045add8f5a51ac8ed4b0aa88a7a87aac9d4990ec4c461353f7d215f654320e679c6ff7eb13cb2c57a9aa712197e62c865c53518b86666a9f1cc673da6af17cd67f678a557c4ad9976c826aa1da6d938ca85b9b0a27fb694c7cd4d6cba8e37690238aa4146dae4e3739d2eb9f21cd19730e6af59b56bf4f59ac0b2d26f5f5456f5471311b9b7c31e0136226b14cde46676d21f045f0c5917e5ab89f22fd253d7b0669cc684b71245a3041090e91a218bd74a25ef0889ca3de3d6213b95a62706a28a07a665248a2cf921e210d7f0f69a7edf4a42cc68744863846150cefb34f159898ace28f93a3f14945a272e1a80d96ced7c3510df5d56b1aceb2b36cb4322342d5b6a3e48a112019d2a3b4c8e919a4894d0e56a9a0e4c5ec3cea5dee52b53e39a71f04f500cd4a08dac6b0125cd4509273c09c134587eedf206daa6e57a75696458c8b4ed59d180d24d6ee49acba43972c62d0fc3a6881421297b872d2fcbb585ebda6bf7c0f3d8774a9c6695bde7cccaa96561b3b560509502115bd8f5a62634b96668c8242194bd4b276d37f7a32aa7c1c2ea01b0d67bba2edf562f5c70d70b3ed7550777838de77e61cce4d77ff3bc5aa21bf');
INSERT INTO public.manifests VALUES ('golden', 'main', 3, 1, '\x789cc5574b6f1b470cfe2bc59e6d6b389c170df850e4d4439b1e7a2b028133c3b13796b4ea6a95d430fcdfcb95e4248d51174d5d5717cd831a921fc98fd47dc7d324ebedd45dfab32eefcbad4cbbeed29e7565d86fe6e57d57a50c556a7769cebac6fdeab4bc95bbddb2dcf0e6fa74b0e6551bc6f569b7d9af56cb59e6b0db8e4391ddee74374a91fec3e366f8b85bf69bcfeb61afd6dc3f9c75bbdb7ebb3d49ddf5b23a1aa117b21dca4d77896a4fafeac7edd86ff4375d8aec0200fae25b2958001b8bb314a2236ac8399a8825d452055080021832187cb5391197dae983ea01eb5b70d65dcb46469efa6173d8def61b55dfbd79fbe3cfdfbff9e587b73fa9f48a37a2676b56fbcfbaa1b59d1c31db4d3c4e071c77d3b0d5855abde5510e6636c5f072b1584cebede27a50b736e77d0259ef78b9f8a84237c37e278be5d457b9e6494e328b59d9d5ac6a71f0ffca2ed4c22b589c2278858b356ffa26bbe9e2fd6e980d528d533f3ba036fd7a7fd07b5ce5bb695e39effd2c35ddbc9c55f895557e5179e2c5f5c5517eb91aae8f92cbbeaa0bef877e23f5bcd4142a0258f2d6d910886c351e7d8e3126ebe1425df96d2f5377cc91ee3229b2376c7d50cb41847c05b29272736462b1914330d0aa0b5c622ecd362939558914a94669ad566695f72236770fef34944339c5faff41620ed7281f7a7d7b4ea09737e769bafc8d398fd974c8e747ac352a040c58b0da1872a3ec13070ee01df89828999a73ae39b8ccbeb994198ba466ed7ccf04faee7eec5faf081eb4f026ceabb94cbf7455edf8c0abfda11e3adbbd7b38fb5c1faf940df3d7dd7f1e76f84a2f3c1776f8abb0b3f75a3c2d8980063539514275a1fa662a05d26c60b20e42cdde62692601fb68059135336af3f5a5c3fed4ab6f083b68d835d6db7e2babfe40e447c16e666d557ea4ca434f3cf4a0136b5a02e575ed06f2fbf2d02ad4f1c7fd27c042c69c1c1b1373b29c5a026bbc41e5290ad82864c8098b6334c13a936284a85d290839436862ea5e9a979f2276f07131ee37e766fe9cdb5aa4688803298b5a0c545226443473eb74182f7854eefdc4c0f0050313c7223e25f2994cd05430cd9b64c455cd934ae4e733f151dbae89551c50449194a2a5e254493797df37225d09890237d74af03e9158175a54aeb7d9151017c9d8e4b3019f1089c556f6363a6b3383cf822f8ef4534afa1a6983d97af1a849601d96420e4a76314468c409f019a491d0e6ec58346182a085c8518cd65c8c7a8595a2969ed8c4aee4181c1343f1daec1492e849d29f90867f86b4d351ca064ec687c4866b8cda4abd279f0a54ae6c157f6c1ef480b3949a6b7439aabc3ac7259457cf693827a77384666644284e6aa68211201956575aace919a4b91a0a564b418b17c979542a73a9589f9cd38ba014d8ac84e009ab16b8a0d32a71502b258e0eddbf41da14555782f1ad8a18175d53782b1a48d5391d59c007972c62d0f83a68da7f93b8a4736dd2f8bb985f3da7e11c53d3990075e2aed56925268d3cccd9d248d354e039a473312e6867f191942d752c93aa0c12a040ca62a4a56a6c2669c628284c98a3a6b59ba77c42a58fc3fcf651cdd1d17dbc5daef5f9f9df879e8dbd1eaa8647f7be33177061ba873f00f8a81ecb');
INSERT INTO public.manifests VALUES ('golden', 'main', 4, 1, '\x789ce5584d731cb90dfd2ba93e8f3404097ea94ac7bde692542ea92d15488252c7a399c94ccb8ecba5ff9ed73df2da92bd72126b6557451775b3d94de0017878980f834c93deeea7e1c2af867257dfe8741c2eec6aa8bbbbed7cf961685a774ddbb2a3cbb8992f6935bcd1f7c7ab7a23dbeb79016fdccaa6ef0eb7f39d590ddbbbcde66adeb3dced0fbbaac7e3fc8c57c341ab8e6f1f3e79d8bd3b5e8ddb4fd7bbbb693ef6fafc7ab769babd6a2aa7137f5bd9c8a4c769f9d4a7b5dd3516ee57c3f1cdb8df3f18f17ed4cd62fafc40f7bb7ab3bcd447187dd81fc62d3e32a4281c889cafbed7ea2ab92eca3687c8397727259ae86a68b52939a51cc864e3826fb6a42cb50df820fc96e964a46ef520d3b8db9e501ab7387ef8e56fbffcf9af7fc1ce8d6c15f7b7028f57c3aef7a39e503e4e7298161c8fd36e3f5c3858bc97832e2676a07eb15eafa7dbfdfae4efd998486f8f72b57e874d37bbbba3aeafa6b1e935b079d8b39e0fbb9c8f5a2fbe5fba35acbba4f543cc2ffdfa56b6630796e7ff38ee668370e234cec6c3a6bf7f58ce3d5d95f7d37c45d98579d774f37256f11756359964fd28fea7ad5763c3eed9c63333ff9d2152417326ae91d8514fb1a46aa36b35dae02acfdbe81c2ffcf34ea7e1945f4b588e37627d800fac35646b8a4fa584528573b58a1428de355f7b1675da5c8ca9890f2db92c38a41b0a2425d76687fb5f11d45d7d88f80fc2648edc41df8ef8f8703157de6a98a46ce64c7b5c46abe1ad6cee96980e3cfc7abffa5a8c1dbbd78ef1a9a2b1f8feb29953844b221f5226d5a85ca494da122e1c2a929a70fc22acf6b3b016df854c73c538e3b333b1c49e638d31fbde4be068a5779f82e4ca39e27f6c2e9b9e2d1e0451fd41617d04c3a3a07ef803acb14fac71dfb0e623592c74f511e9067c49c855d76c0ca5679412200ce4997c4c3999564a69c0bc88ef9c8ab8aaa95b3b3f974cf8eedd61fc239d7acc71f7f75fa98d8786f27975c0e39fb33ce8541e9514d0ba46a5190e1e407761654a564c6fb93f5b1e91396667b9bbee6d4477734cdcc41adbc0a74a2dc74e55940835822852b58dac3a27c9b04de627280ffaa9ca83feefca837eaf3c7c7cfdf2d85dbfa840f8bc5442cba19ac0812db4a12bad1ac801b6a137ed684822123d02c64153743db410a513f63647c5681e66947e426ce82c3bb880165963636e2596caf0a33adf3c944f4bdfc62687d6957b045d241b6c8a6cd043219d191249b9010e43390668aca8c6d7a226b196dee2dc911dfd281a7904c97fa29de6e1e2a97482e9fb71af9b7111f4a78dc3acde61d9a92096696a99431ee26f33013e4c04faafab655c600a1fef3f255c7125b11820042e4f3d9135deb8ec9188aee750a82464ae38132c9b1423454c26c87236b3d049c34b67183d8193d68b8febc3ddf6a1ca6cab5a510c2197ced6855c53c9ce39338f4fece2b91c903c5fd5df5962559f52f6251b287136dd9b34270f86af96b39fd7d4478c5e2636f4b71c9d6a4ad142b9e1905379fd6f48b7ec720ed2b9d7e0d1411545dca1f4d516467b458b3436f962d0041d84bf5acc0016a56f8b902fea5e1ce92fc9f929d2c615ebd53b248165576b66aa856388845125917b066987865f0a8b2261823a4b515094ae76f47f040b354ce2d526e15a6260c942d5b7268024faace97b90266f13b256c07f4401b333391b91d41ec9223162de46ff831b9a5c4aea08646144b391d949e35f1ee92f29e229d2dfea1ccf20edc182cdce88da104885bb98d2bc3a11c4a0fb6ae12535631a4108a41c8c753e0004cb4549fa23a4e9bf439ac1be3640a6617612232dc616d5fbec53c5d40489874c87e8232c48d1da4a8b5c22f6238da486faeaec813ec4b619700072a3b2368cd52e1225237005bd253d83b434938305e980265d66ef8027234c3e31e34150cedd6a0818011ba85421dd85995acb49223bfe1ea44dc57135188f2eaa8623a20c809da18476aa6a31bd72b20e099e85a943f3412da486291695c6b1bc3a7bd0994b7dd62548edd6189c9710799ab3a5671082d27348978a3143a9fb98d197ac266de0ea409512da3aa45033b664edc60014e4798920109e7f53cb0e44fd3d48374dde0402c9599d592e749c56d873a81c2304584e5c55c9c3981ebb22fe2835eb3dd7a4bafc40f7baecf16d6df50cd2164ef8dca0998a8bc182a16d89e4b0a0bea480be4828ee824f05032eefb8accda22d189282aa5f44d53b9873b895c39babdbdf54cdbbc388459cf0d1bd3f99733ac72cf76f32d3fbc4');
INSERT INTO public.manifests VALUES ('golden', 'main', 5, 1, '\x789ce559df6f23b711fe578a7db62d0e67c8210df821ed630314e86b11184372686f2c4baab4beab71f0ffde5949ce9d9dd44ed2f3dd21f18b76296a39f3cd8fef9bf58741a6496f37d370ce2743b9ab373aed86737f32d4f5dd6abefc3034adeba66d38772743977179bcbcd1fbdd65bd96d5d571e156967dbdbd3ddeadee96cbcb79cffe6eb35d57dded8edf6db5eaf8eef166fd7e7739ae3e5eafefcc9a0f0f27c3ee66dc6c8ebbee475d1e8cb02f74b3aed7c379307b463b7ebbd98e2bfbcd9058280260a8a1d78a15b08b92cf9129e78e52d831d6d86a5340851cc1658731345f5296da067ba07920f62c3819ae74a55b99c6f56a7f7b33aeecf8e19ffff8fefbbf7ef7b7bfdbdea5acd4566ec5ac3f19d6bdeff480d86e92edb4477137ad377661366f64ab7b23bb2178be582ca6dbcde26a6d4ead4ec7047abb93cbc57bdb74bdbedbe9e2721a9b5ec9a4c73d8bf9b08bf9a8c5defb0bbf30fb2e60718cdf052e6e653576dd4d673feed6b34176e234cee69b4dfffab03ff77055eea7f90a9070de355dbfa5554d26595c9d1df65f2eedb7bbc916ef2f9a5bcc169ec61e4acc0d53424fda42764cf6c939969011eb99edfaf79d4ec3213d0eb05e8b0fd1ccc6de0b7bef424f51a0b81c981a95e27beac49a54a2b8d82b44977361cb8a92b4b5d06cc577df86871f2c8eeb7a0cf35781610ed556df8df6e839793ebf35f4cc9af08a358f89b44fe547a45d683dab32143180a160e94ebd40121065ab2c2dd4540b84543943a8d5c7440c8d5297588a3df76e3bbea5534ff3ffc16a6e92b29c2bf499a766ca3b59deedab61308f7f7838f906cb030ee5d10364d2a0be68a40a92c5b343ec08211aacfc6279b07872ce156cad15efb926d49e23f60816a32e14822086e058a933e6a4b143245b698181f91b280ff8a6ca03fe74e501ffab3c027ff6f2806746c3f348acaf0e3b2fc77671ac0f37ff9dfa56b5764bdf5c3a798cb9a662e4816ea67d429eb7c18ba542c519596020a3228fc558a376451762768a1932149ad9c34927f01d107267885a58a171d23ecc287d83d8c06926df9c86c408d588b5e48a0c909c9832eadcd2ebd8b0751acb632e01a87105aa2158163747d6446a2cae5663f1ecb3b46a9c4dad174959a16736a955e21bb591df06c9933e32abd35f2a80f5d593ecff92c9ff6a53fcd41bff69f23b2c3e68406b3b9eb0d64c500b71640b8024c0d7031cb356c994c53471e45e22356cd2b1684f1431010802612336c79348362a29682a3b642b0bc86f9dfcbf171b38c5d42b36e34b698d6a0ca9b0808f92ac5ba357781d9b04199b9ab06c8db5abd34aa6390d28ad6c904b89809c73cb6dcfd0523448151b2c527215a07e2d0e7d02c99b9328be46a2cfcdf9451645cc1c5c8f357a08cd3a544ac1ab47095a9d691f75c81d28d580c9050399a870493ebba0ecb27c6e16fdb957bf86459f3511ffb489bc4936846786f262feb8ffeadaa9a9b48f71a73fb47a9a7d7d1278fa1307fe49bdffb1e3febcdee7b05bac37e34697e3fe0dd161e330bf0eb2c30f4262ffaa6dff6aebc89b3e83d1ceb86afa9fcbfd1b2882f878ff91a80da244e2dcdcf58cc41278171ce6d0e6a92e47c330612541176df24b6c439c29b0a8995c46c769787b59baf771b1bd5bfd4a697e265b23dd9fa8173ea1de2c5c4db8a61c4a76319b473db8e4941acd849bc3bca6c124b8f9d6942033aaa6c43e57b2430eb2e4f721dd32e61c4ded9bc00dc1d4aca7d839351bc46d0c57e2ec7c0ac5596a1a6b89fa26c133796f4a3914c5cf8ef4cf09ff39d2afe9c01790c68cbe14b2a2038e268c80858d6c6b67b6afb06506e3609f846ae148624ab186d6c420e190353d411a7e1bd26473c8acc86cd64ae2a4319bd00a215bcd439326def0c7f935484826ae6a2b8d8df56dbf392735d62f9ed3af8f542f202dcde5e8ad14ac7831534089b3a0f12111d917512977af31da1cd5acc015c9aa84a0b59c8409e9ff41da996e32c45ce8d6541d31992a96860e52235235cd152979c468f125e85162524aadb664f1272e5f3ca75fd7ef2f215daaa3685368e06cddd26bd2661d244285544cc7f7d49c2f59bb73068a642c6c694df33f0f6c862d792fdcdf9b39db5bd9de5cdefe3436bedf8eb668273cbaf7177706676e78f82fa09b30a4');
INSERT INTO public.manifests VALUES ('golden', 'main', 6, 1, '\x789ce5574b6fe4360cfe2b85cf93580feac10039147beaa1dd1e7a2b16034aa2126f66c653db933408f2df4b7b26fbc80229daa6e9a1b9449219f1e3c78fa4f2d0d034f1763f351771d5a443bee1696c2eccaac9fd61372f1f9ac2b92f5c9a0bb56a2a759bd3f286efc775bea6ddd5e9604b9bda0fdbd36e77d86cd6b3cdb2db0f7de6713c7d1b387377fbb4e9efc675b7fbbcee0f82e6e171d58c37dd7e7fb2baef787304211f78dfe7ebe6c20b9e4edc0ffba1dbc9df34311078adadcbaee66cb3b695180cfa0088d5520a2ad8ec4b2eac2d6bf45aa1b2de159322522e8d5c281190dca557cd15ef78a0a9eb77cbf6a6db89fbe6ddfb1f7ffefedd2f3fbcff49ac37b46339db92e05f357dad231f391b271aa685c771eaf7b210d47b1a78815985c38bb66da7edbebdea25acdd5917356f475ab7776274dd1f466ed75357f88a263ed9b4b3b3cbd955bbc47fe95a4178a9db53062f43bba55d57799cce3f8efd0c483c4edd1c8060faf561f17b5ca5fb695e81736eb69aae5f0f957f862ab685266aafce8ff6eb4d7f75b45c77e5d2b41ffb6ec7e50c48c7aa950336091228320cc5b2c50831840ae712ca6f079e9aa34616b58ed7649c17e49a195dd16838a60aa8423681bc57ba16f09443cad554ce29160e18b004aeb514121fd1b1386c1e3f482afb7ccaf57fc3c49cae816f3bb97b16d0ebc331cfe0d83f83f3a4a645cf4f5c23286551ea4528760cd522b24e9e51f83601258b04395429b7588d8994b9e454108b22e7d169b9f730746f57048f527813a5cd5ca65f862a386e697358eaa131cd87c7d5e7fa782335ccbfeefff5b4eb677ef54b69d7ffabb46b49bbe47adfed79d32d8dfc68d8cc5d5b9c1f5be53213971974ea9a06b5f4759906fcfb7a1915a0fdd3fe13613ed91481940ac219c51ab5514e287405bdade8934ed16620abbc01253d4e07994a422828b42ac4e6b5fbf2b73a58626c87c3ee4ccd3f67a664ce35b247e9a2c67acc31a1b556cda3136c38a7417aefa70eacbfe8c04821b38b115d42e55122aa4e45253d5c06afc8c0cd67ec828c5d150a83c66099630c06338893662ebfbfc9744111a3a70a357be722b2015f83f47a99245933045426baa4b48bd622b129e44c0063126997d8be3ad3df36dae74c2b9b8c63674504066cce083a27083ee88a14b57d81698bd6a404c42218cfd6e8408195cd3504f9640b062d052a150839050f84a4b39361279404871cbf625aff35a6419e52c65354ce475254429051ea1cba9875a14246f8b7d56939a0c4b9a4122005b197e028fbfce69ad66708a6285166b03a039784d906ada32209a586125f609a8a426fa414a4782d82b3e435c46c5c04900f9e01ab61ef1dda2205ce16a44a409782910258f8274cab2ceeb257ae16660501aad05bacd2b100c893453b0fd158eb25bfa0ab271f19a2bc6ba3e41f427a734deb331b6bb6c5ca8bbb14904a8c92793daba5a2c894f54b4ca7acc0b3ae2ea0744b799671910ee275d631b1e21a8b3209b92a25a410da1444d630bff2d14afb58de6f7702479eeec3cd7a2bd7cfff7dc8d9d0c9a178780aef3b75aecf55f3f80734841f65');
INSERT INTO public.manifests VALUES ('golden', 'main', 7, 1, '\x789ce5584d731bb911fd2ba93953221adf50958e7bcd25a95c525bac06d09066cdaf90433b2e97fe7b1e86f4da921d3989b5b2aba28b664010e87eddaffb353f0c3c4db2d94fc34d5c0cf954dec8741c6ef46228bbd3b63f7e18aa945d953adcb8c5d0785cf7475a0c6fe4fd7155ee797bd717f08d0dafdbeeb0e96f6a316c4febf5aaef99dff6875d91e3b17f6617c3418a8c6f2f471e76ef8eab71fbe979779afab577d777bb7595edaa0a9f6ffc7d65cd931ca7f9a84f6bbb3b2c3c2c86e39b71bfbf18f17e94f56c7aff40f6bb723fdc047831c2e8c3fe306e71c810035b4f645c71ad1453c83416ab930f36a5663807154cf1b5542123943ca9a48c7755e798b8d40107c26f9ece46ca560e3c8dbbed19a5718beb875ffef6cb9ffffa17ec5cf356f0be6178bc1876ad1de58cf271e2c334e3789c76fbe1c6c0e23d1f6436b101f59be572396df6cbb3bf576324d91c79b57c874df7bbd35196ab69ac72076c2e7b96fdb2db7ed572f6fdd62f61dd2d2d2f31bf8dcb0d6fc7062caf7f3beeba41b8711abbf1b0e9ef1fe67bcf4ff9fdd49f2819df774df72f6755f8c2aaca132f1fc5ffbc753556ecee365ea9fe77655596ca859cd7640b02a988a5965c0ac5123df76d748d2ffce324d370ceaf392cc77bd6cec3072bc527adb28b39fb5cd8a6a20529909da9aeb4c462a49a106265e76b34895b0c4d9127cea9543d3cfc8aa0eeca25e23f08931eb983bc1d71f870d399b71826ceeb9e698f69b418def2fa34c77408c3af0f8bafc5d858f3da313e331a8bef6fabba44b8807b6c2bc8962da796b2a6e239d8a2822555bf08abfe2cacd935c61e9395512e19157268299410926b2d7b1b34b7e69021a9d814f03f5493544b1a1f7816f941617d04c3a3a07ef803acd14fac31dfb0e663b198cbd547a49355ca2494421dd8896d2625a1ec2579af7448141bdb02f0538b4debc8a5f3b3a6541508951ce1dcd3617c39a7dc13a7c2931af7f0f0156e5c1acae7ec80c73f273de84c0f9b59abe4c53228d18acb5671e518e7e615b279961ec1da908c46b49ad301ddcd58b21507ea8ac809d5141a15162270c485484557d2620c476575543f013de8a7a207fddfd183fe1d3d5c787d7aecee5e54207c4e155f932fca5b6f35b4a1c9b528c801ab7dabd262a71f0787d8592f3198e6ab0fdc087baba1ac240d1da59f101bbaaa964381da912ac9466b33406a2aba48704e9c7c1b9be46b434e07948ba8bd8e01c9de12a4b38544125b0187a2143c345610e54a1615ade45643efc8867e54197904c97fa29dfa70f1543ac1f4fdb897f5380bfaf3c6a1ab77587626c43c4dcd73c825fe3a11e0c34420ff5ccde38225fff1fd53c26593a3650584a2e6d8100ee550431c12d1b4e433e5688a65a3bcb62a86400193092a8a555de8c4e1a5338c9ec049cbd9c7e5e1b4bdb04cd7220564f02937ab8d4f25e6648c517d7cb2265cf301c9f355fd9d9083e2624c2e2705256e55732af6e4c1f0853ae8fa9ab880d14b852a16e96444620c1aca0d979ce9f5bf215d13aab1e786f6e99d8b4940e206a52f3adb42e8a249e9e8b242133410fea2310368505f672697c5bc38d25f769ca7482b93b513679004da9a5292a5926df08130aa4432cf206dd0f03394b42061bc184d81414a531afa3f82050e133a145a902d3978286ea6e26a6540125c92f83d4893d31159cba87f441eb333191d90d40ec9c22140b278dbdd906862144328168a2529ee4e2af7f2487f59229e22fdadcef10cd20e55b0ea8ea8f69e846d6395ab138c3388417345c34baa4a55624f31410918e70182b65988db23a4e9bf43daa2fa6a0f99e67c6428c2106a10e7928b852a04a246a643f41116384ba9b9069b03f6238db8f8f2ead583aed030aa420d406e142b1563b5094451315c416f89cf20cd980ebd46d1419934c93a033c6d2cdaa19de103a8e3d4b4788f1110dab809a43b5b4bb5a608d56cecf720ad0aae2b5e3908015116221cf056a328566b453432c7466d90e0892d35cf1e6a21d65223980685feead583ae4c6c5d976044a8d5a2e645449e7ab6b4848220f41cd2b928481c6a2e24f4252d512a6ab527d0016d1d52a82a9d9334a5000af23c071410db7f534b0685fa7b90ae129df28422a7a55739df705bb6cefa624380004bd116117230a68526883fa8a69d036f45e61fe85eb77a7c5b5b3d83b486132e5568a66c82d7a8d03a0732581097a3475f24903b1b57bd422d6f782c55a32da040e19a388baa7730e7b0e1c39bd5e67755f3ee306211377c74ef4fea9aae31cbfd0b4b2afd01');
INSERT INTO public.manifests VALUES ('golden', 'fix', 1, 1, '\x789ccd564b6fdc3610fe2b85ce6b2f871cbe0ce4986b2f2d7a2982c5901cae05cbabada4b56304feef1d499b87d334498bd6ce1e167c0c47c3effb6638ef1a9a26be3d4ecd156c9a74ca373c8dcd95de34b93f1de6e1bba670ee0b97e6ca6e9a4a6d370fc5f8861fc65dbea6c37e5e9013b7d4d57eb89d676ad31c4e5db79b6d96d971e8338fe3bc879b66e0ccedddd9e5d0df8fbbf6f071dc9fa6f9b3fbcb7ddf153eec0ad3fac50f2b1d4d3c4e8bab8f6bfd5e161e37cd78d31e8fe7201e5aee96d0e70d3ef6f97a71545b097a380eed419c3458bdabc83a178cb924070e3da2a2ecb5aa800a30d95874081931a59a2c9752a05608cab22fd88843b937ad18eef9c0034d6d7f58516a0ff2f9e6f56faf7ffef517b1ece8c032afed5b99f4b58ebc823c4e344c4bcce3d41fe5a8047ca481e708672897d9d4ce7ec5fef777e2a1e375941ea67904d1b8d96aba5efc777cb5dd6ea7dbe37605e8a20dc0b723edb6f7e2f6ba3f8dbcdd4d6de1bd8079b6d9ced1bd92d8b60b56af602bb791ffb346645468a2ed136656d35d5b64770ef142cdbf0be59c07e7a0724a581493579e018c8a85acf56936834b39f0c789a766657e016cbc266d9d5c0150c74482bc03ed3896ac8a6392cd1cd884ac63201d758a609357a86c8cc626b1268d59f9109ac73702779fcf5cbc0c24cd2c7dbe6bc5f77b1e274add2c81a7fade3477d49d16461b68de3c6ebec4b041f3cc0caf99268b0faf8a5af975c545e3ab362a1954511119cd11889800adc3bf90aa3f2195a2f23e42f2c08450644c8c2155572c451642592413524160ed424846a41233b968138760f865487d82c2f7507a2e509f922a077f4856cf59eb8c7610a5b445b448d50549b110bd2d046c4d0e5f65d501e960b2e47661a358f95c49650f557bd0ca1895758ea211a74a415b846ee719950129a9c5c20ba5ea1314fe2dab7f9babd63f3babfdfe3f2dc69f322cc63169c06c12470e503164c835f8289516c0630e29e49a590a4240b93c85184cb5b6320595b09941faf1a0810b8ad17a559d1419427966884a2824e54d023796d4b7a1110157f233b0d9a2066333854c851417a7c067d0d9b1afe444efaed422b9116d0652018ad225be90f89f20f25dea9706ebf3574a223fb647eedaa5a9590d9bb98591c0d66c583acaa5af39b32f6f76d834d215f1dbddd232a1c6f7f38f72f3b64aabe551399393b206a56058119d0dc65aa94809413a33842cefbf411bbcf3d99a02bae6244d43f3bfeb6bb9e276381dbe33c52e6910e97cb1d1113db86c8a02ad898de8cf615006451a852ba2e162752dd65b938c2f2a65adb5d381bc743ab2e1d6dc3a030dff0ce89a8ca98e8d3131567459148f92d0ca5913a5f54249f71abd4af3038c3a279b6b214a456e07d211c7e706fadb09fb15a09d8f284d8aa02a0d85a4df0c6af435104863592b46674464e42c581b7d4c41fafd12222b2dcb51e52553ef251c69f6879bdded875cb91f5a59942fbcbfdd4fea122e55f3f82753524717');
INSERT INTO public.manifests VALUES ('golden', 'fix', 2, 1, '\x789ccd57cb6e1b3714fd9562d6b2455e5ebe0c64996d372dba2902818f4b7b6a5952a5511c23f0bff7cc8c93d849eaa4a961470b81e4f07179ce7d1cbeefd230c8d56ee8ce68d1e563b994e130b5cbf6b8199befbb2a655ba5766776d1b5d4afc7a65e7497727358958bb4391f07b0e22aaddb767f35f6d4a2db1cd7ebd53867eaedf6db2287c3f88d17dd5e8af46fefb6dc6faf0fab7ef3a9bd3d0ee3b1e7a7e7db7595cdaa4a9a4ffc38b24e831c8669ab4f63db730cdc2ebac365bfdbdd1971d3cb7a327dfc20bb6db9982c6d3d8cdeeff6fd069b74dcbc6b2c542ac752b3d38e3db34ac5936a9a95e66c63a5100a73ce2d5ba9b5ead67450567ce50e1be2de69988d948decd3d06f37334afd06c777afff78fdebefbf61e63a6d04fdd6bf4367dbda4166900f43dacf1b1c86ed0e56c2e05ddacb646103e867cbe572b8da2de7eb9ef441cbd521ad96d79874b13d1e64b91afa2ae780e66ece723ceb154e5a4e377fa597b00dff778ca37595367d0392a77f1d60ee74e0d08fa6c3a43fdf4fc7cead7c338c2d1d8d1b670d174f66147d66142d6b1ad2f201f9f3d4555ff17534f1448dbf93146d4b9ea5956a189665265b185cdaac73621ea7e9532cf8fb2843373bd78cf04522eb7085a0433126296f9453b659434a72a1d4d86b4ac29254b33593ce213bd1d22c69674de3ecab50a2eef60d18dd963bba5f069291b7bdbcedb177773646dda21b525e8f5ef6308416dddbb43e4e8c76d4bdb95d7c8d61c3e699199e83198337afaa9af9ad88aa5a4d8b44814df1c1231a358973923947fa8254ba4faac914946ae4b23522a9845c5248647c0ba1f9d210df059b50d5a0bd594fc9a9904d2da1900ded65487d80c2f7507a9703ef938a853f25ab7a665507f262b894aa0c0757c1aad12e05d12aba9acba3ace6506368855dd405be411e0938a6a09556594971de72e1c8a93a8c28e7a3578e540c4628eb605f28541fa0f0a3acea7f63d5fa6767757bfea4c9f83ec3da278428ca6f44980b962082b564a3323e98d282b7f01f4ed42248adde8a484e19218db4dd42ee46907e3e68f4496e541c9940396a46ddc8282f21db605ce0863cf56d688c874649ce18962002d541362a516c23219d51632704f7776c15fbda0c659fbdd5c672d6a9b27d21e77f80c877793f34dce7550a96effa9dacfb4937cd13bb5125c1b0391a26d13ac9bd3bf629525874105ef26e35a93226fed0bfe76eb641cd7956ce94acac61e7c5360e20c65a2d36b386f8638d5a81fc698377be58530177c939d9ee89fdeb4b75365d71b93f6eee424c39e7b573ba49ce5c9524afbc6814b15893b53e9fa63d5ce7ab42a7a5e88aa94a13648d4935380e48c2546395c66ca45a6ad57a6bb2f155410311390ac927627c70736cfd18d0d26a6ac8c34caa386485ac50806344498ab6385128c4a8044ea7463919693e93715145047e83d2a2a706fa4bb7fd1ce86fe5b2478036902e58ec24b94a19c62586bec472073993211b8b12a7a169509b6a40908ed58955101431638b7f00b4fe6f40b76c4c73628c891129a1d8a438a04242b1463c60d86469288bd945f836956c0b9849b9c28d345e37f1b93d5a03e868bd6a2e969490c3628267d6e41b354906e63f02342a3ce4b986fb26384bd0a3f74628bca4813dfc263a232311565b1b7dcc016fb71a22dc0dc35195ff037451a621fe821270d8146932d6d7c0853ce1b15c8a2bde19856e89634ed6396ba411f2d114368a9fdba3bf5d821e019a3d418dc374541fd41fe56a4575a16a72ad2d86a85d46ae88b1149250f132a2066556b9217e6db432d59e6b988317f2fe7275f531fb5fef7b0ce2840fb7fb459dea53d5ddfe03e765430b');
INSERT INTO public.manifests VALUES ('golden', 'fix', 7, 1, '\x789ccd57cb721b3710fc95d49e2971066fa8ca475f73492a97948b350006d2c614c9902b3fcae57f4f2fa93896ecc88eadd8e66901621783ee999ec69b41a649af77d370611743b9a9cf753a0c176631d4edcd667e7c3334addba66db8f08ba1cbb89e1f79313cd7d78755bd92cde53c8137ae65ddb7fbeb79448b6173b35eafe635c7d16ebfad7a38ccffb9c5b0d7aae38bdb4feeb72f0fab71f3cff3f6669ab7bd3cbfdcae9b6e564de5b4e3bb99b54c7a988e9ffa676e7b8989b78be1f07cdced6e83783deafa18fafc87eeb6f56ab88838c588a0f7bbfdb8c14706d763e84e4d6d2ed7560207179d23a9d1506747ec8acfcda4549d2ba517afad35ee9d13798dcd0df820ce2dd32948dde85ea671bb39a1346eb0fdf0f4b7a73ffffa0b56ae65a318f7f11506dbde0f7a02f930c97e3ac27898b63bb0818077b2d763841da05f2c97cbe97ab73c1df76c4cacd707592d5f62d1d5f6e6a0cbd53436bd0434b76b96f35e4fb0d3f278f2276689d89ef0f296718caf6533762079fec701e11e379cc6397484f4fb9be3b6a7a7f27a9a9f38db30af9aae1e2da8782f28bb6c32c9f20ef9a7a5abb161f51ce219cdbf339b9db39a7cce629dd32e2686d69ca14a55428df3323ec70b7fdee8349c92ebc8c9e14a8c0f33f35a4336547c2a25942ae0df68655bbc6dbef62c6ab5d91853131f5ab2597a8a9d38b014a48a19de3e03a3db7a4bf7f78164e66daf2f467c7bb898ab6e314c52d67396dd2da1c5f042d637474687383c7bbbf818c3d6d96fccf0a99831f9fa49a313bfd6d8525b4edd5b763eda5444525689c668e7e83e20d5bc47aa0da67031c2c1b4ee1aa75c3c5b312e8ae59a4dcd962468a7d0a2184b5aad4b9c599925140adf87d43b287c0ea5b71af83ea978f18764954fac16a86af594d5b8595e59bc5752e3514e59bbf9b054df673547d372e8aa915b04a798ee91494b37b147db0cca5e6dcad934d4a6cd91d4e31dafce9750a97f7f56f94b59e57f631595f1ad59dd5e3eaa18df61b8a0ea4962a2145d8cc6f5e493af85f1a8ea7af354838857e8424e145453b23e1b578c0bd6e56106e9c78386cf2466b51e894f569d7192a3e5c89e359053e4eba7a1313e8a920dc97787a3b700190c866295aa0c55a302002214525d0c4a51c88badc03319723ec9774afe3b887c56f6c3c3ddef52887c37ee743d1e7dd369e130bb240476aa86a3693ddabd5bf64d366931c078e9abd5d19501f5bfc7ef30e5e83bdc5c7414001579eb4254e08ba40359acbe3886f9735c4b867efa1443acf0056c7a2d45fcf0c8f9c5f7d0e4e5f188cbfdcde6b6c42884c82170d7525c23b4438a685a9632ec898fe55cf6489d8f1a9d2e3954db888d81a79196824b641d24b5699f0bb77983028bde161b1b956a8c0926091aa4c31fe1545b5f06b4f606db34a73eead7195fe09f5cce6849d95764ab312d4582a5eaa688d51e91b72113ba74e91dc5fdd8407f6883ef032dd9778910b1daa02b3614445d5159ddc35888730f006d5b6c7839a884660a82136785f07a6816e9165b250dec6c35602d95e8e15592a3a485a011357e0dd0b6e52a6dbead303222865a73f0d9c7e821a7d6e23ed3b3e1946615312494a556321150fbea4ff798ff5931ef03fda9a6f100d09c424dad2ac2b20186dd27f47a14a7b5496a28365069b38fb75dd25c1c35c37120e7610415369fee00cdff0de85ef0d9a0d6da9cbb0bd50bb9949882474ae7e66cd10e0352428688985a70956822a5a15e19d7c8fcada5032d28230fa8072488b8a059200148916eba8a45f80f001d62762a0c9d105465e2592672ec09fe5a05059a83d539e33d7b18ae5c122ec90dad880ca633d5af01ba92ed10ba448a62e964402f1235b96ae006b5d68a1c09963044aa3b4f5c0a43af91d3b63a4b8f9ed19f920e3e831dad61eebb681aaea9291d7d19f74bf46ed7a99b078076d1a00811ba85343ac5f5a4156821b2b835189ecca1409473aeb8a3a6e64a34bd77645b8750a2ccf56b80f6ce2457526abd9a104023ba0a4c87d3069cc97a149a41f350829fce5c6d654f226825a161c8fd5b4bc7a74dd583190d6936aa8ca250ee26359b5c60125ba2ce1dd687ac396a30dc1847477342b76c401e6242548e6eea25c2d95fcbfef9eafa9d9f79b91f31891dfe3edd4f74cee7909abf00836016c5');
INSERT INTO public.manifests VALUES ('golden', 'main', 8, 1, '\x789cdd59db6e1bcb11fc9580cfb2d9d3d37333e00fc843e220c85b7020f4ccf4c88c25522129fb1886ff3db5949c234ab668cbba1c584fbbda596e4f755775f5eea7996eb77676be9dbd727434ab17ed9d6d37b3577c346bab8be574f869d6adadbaf5d92bac18ba38bd3a7c671f37c7edad2e4faefe71a6a763b53ebb3a5b5e9c9e1e4f6b7667e7eb55b3cde6eadada9a2dde7f39597dd81c2f967f1caf2e10cea7cf47b3cdbbc5f9f9d5aa8f0b3bbd0c0217ec7cd5dece5e65c4b3c0e3d7e7ebc512f7cc64a438c4b87529add7e8a22411d296988613725243e99c7313a975d460bd773786cb142c7599e107b1039de0389a9dd8d2d6ba5dac96bbd3778b251e3ffbc73fdffcedcdbffefae6ef587caa4bc3bfce14e11fcd56636cec12b2cd56d7f8118f3d6c57e73840d0e7bab65d940310be9acfe7dbb3f3f9c90abb5abe586467671b3d9e7fc0a2b7ab8b8dcd8fb78b6e27bab5ab35f3e961afc7e2f7f96ef7afd31cf1bd76f3ab04bef6f3335d2e866db62fffb3594df1e081dbc5143e42faf7a7dd632f8feac7ed74e48a8fd3aaeddb070bcadd08cacdbb6e757ef2f272f97137ed974b8f171d57a7105fd0f4f782624c2e4637ac56e9649a2899739e4ad710529d96b997b8e1bf17b69d5d96ca2e2f9bb7ca21620b4eb8544582a3e368a537ead114175b369f1b97ac5cb816176a22a1508a0f15ab95a551ca79f6f937a474d5ae52fe3c904c795bdbfb057e7b2aa4070a67aad07bc7f3a5ae7685fd056ce4a45b1ad9cc0dc9594c4a91d8c3a05e62f1cd6b6171b1d7c0be0dca4e4362f35e35ba3e42c7ef5eac178fb9ad7d3a7c0603b75a4f27beeeed1581bcd7d38b1d35666ef6dbe7a3a7a10adf0898efcc035fa78a963034898dd6bd20b22aa87181f485eaaa8a1ca64a76b92117943c450a237826ab8d754872ac26a6841c557635d768ce466017831f525337567e1caafc20248f4e959bf1f883f17c952a1d52e3d481139d53aca3d490358207415c48b964eab556b42b817a814c557db33c98a7eb5adc4353e5f6b6ee43157e3aaadc6e7577e5215da78a2f22de32b45ebd80318a0cf42e4c8d9ac6960e5345acc5c2849cd51a6b53380bb6e67c0dbe87368a9ab7ee53ca6853b1675f74e434c845a71526e491a8f283903c3a556ec6930fc6f355aa8896c4c0b054472173b7305250a9d107d62a238664253937a2f39184813a57a23c8214b6400f4d95dbdbba0f55d2b7a8e2c53f31554e71eb668b7f7e7cdde992289e7d6dbd0043ef24240ffdd15ce0bf986db824b7d8c1d7d8e123a3e7b0bac87d487719e2e63c1c5552ef5ae1563c69b441b127654fd6bc64571c9c9dc64af179d8b187c2b373e36634bf2e332e77bac70decf84f498eabd9a4627e6c818ab14c83245c6c30320e90f762836fb78eebe440c660868759723d811af8f7480e4e6b701a096e006d08934929dcd12b7c496401f704935063a3f1fce478fc71e447c8f1cd61e49725c737e711e8f4138feea7ab93079ddcaf13058b0b860d69be5ab13c4d94cd35f8a882b1dca107b55c731bcda8509e4c331a54f62384619aa9ca6c02e9cf078dc3a45642a2114b53956845b5c327a6c108dc07a5c3d0f4e030eb4dc0b620ec7c689a9b7625eb915c6a8e5bc41cae913ca6edd1dbc074d89c62e2ee04f9799e971afb88ec89c8f45ef06bd5bf3af9be49fce1d37b68ecdcdbcc030ce27b950f9f9446453789d10cb70c8eceaaa78a0b7ea240e064a23c8a37ee299859d59ad13e9846ae8f5cf9f785c6bd408f6b917d9edeb74937ae4352c610e5639641830f43e3938ca4d17bb16c46015db7909104b8cae178804f2c4da20492d487e79a6a82f90c529d7609cff38e621f91476f9ff150fbbc19ce57fb277cbe0ba8b10a788d266f5251c0a3e7c98b1445e2203ac81f5405ed3304b118c538a3a5c204497ce8fe797b57dfd33f6f28c8375f503c3c4d0e5aaaeb597880f7137b26b3627e23e48872929458460e39b4ea706826a3076a51351826bc92092a93b30787a4227150ad475690fb4283de998af900ef4dde84278be75d72c1194ad060990f43c3300a46509c30647acb1631d046a6d4b499c37c4a3088a8ea02985244dd2b05f5ad4eaa852acffa4cfe7b0f91e737e037c3f9851df80d0599dedba002ce17e776bad87de9bb5c389b3eebe1e197aab2fb66bafb4679c5222e9c8f668b65b7df8f779f1251bd5fceaf35fe306a1d4928a2e4287889c9a6b7bf689101451eaa382724aea1817a54638aa905dfd1f85aad1a668fee71775b9caf2f96df69f35fea1a14fcea3b5478d2d87c27c7ace6e181a364f2027bda6d4c02d80343a852f0d5a74eb53173e4ac495970215e6ad4fd80b6d175e44942a083f067955c9452bc78f864b09eb9e744d1e9e0aade4602ff63a1020b360644f2a181be6d206e027dc855de01b4efa9e3e6681ac12f04a7e295707bec1ee5967a238b4e7c63642dc32e717559285b25686d4b3f03b4ef9872faf489dda122526cadc480f12705b425efb5a551d8e53ca9319352d1d68813a00e2d5c7e7c7fe4ce7313e843cdf70ea05d8e2df78659d57cf43584c92a819cde676db142e36a9f3e11f8a17922472ba40e35ef95e1a81aed01ed7e0ce851f1b3d1bc87dcc20537cc91823199624049972e18a24749686e0522c2ad86060a68ede0abe39ccb534bc7e131f80ea0632a62eaa0130a566637c9444923ab439183a0257a9b2a3eb8104a2a358bd48e964ee82aa350fb19a01bf901a1cb6420cb20467a51a8591a2774b8d61a6a247ac2294a1d6388836b865ea3a67d134f0f5ed187a4e3f0d47507d092182444e818b83072119880818a51c5bdc33816172b44b994d6d872979a788c816a1b104ad0dc7e06e8209ca5e6dc47e318914674159837b10e9cc907108dd13ca621508a6bbeb940aa6825b1e3d48da7968ec3e6f4ce8a8634b3990329cc0dcedd67898ed4d76453870db1c02b5964d71db68ee6846ed9813cc484a8ee5ce90784b33ed3f5bbe3b3ffbf53f9b05ee09f78c297ddfd855eba97909aff01a73926db');
INSERT INTO public.manifests VALUES ('golden', 'main', 9, 1, '\x789ce5584d6f1b3710fd2bc59e6d8be4f0d3800f454e3db4e9a1b7221086e4d0de58d2aad22a8961f8bff7ad2427a9032868e3ba40e38b492e3f866fdecc1beabee37194e57aec2eb539ebf2aedccab8ed2ed12ec36e3535efbb2a65a852bb4b75d635ee17c7e6addc6de7e58657d7c781252fdab0591e7babdd62319fe6ec7bebcd5064bb3d7edb4891fedd636778bf9df7ab4fed610773ee1fcebaed6dbf5e1f67ddf5b23818810fb21eca4d7799604f8fe337eb4dbfc29a2e06b65e6b72c5b552a8686a2cd6241f6c4a8d380715a8f85aaa68129dbc56499177d5e498b8d40e1be2063cc171d65dcb4a363cf6c36adfbded5738be7bf5fae75f7f7cf5db4faf7fc1ec05af04634b86fd67ddd0da560e986d47de6017c225c6618d06ac5ef346f666366078399bcdc6e57a763de05aabf33e6a596e793e7b8f4937c36e2bb3f9d857b9e6518e7366d36157d351b3fdfdafe20c165ee9d9d185575acd96bcea9b6cc78bb7db61b208478efd740318f5fbfdfee0432bdf8d53cb3b4bd3acf1e6f9cc4a4fcd32b3ca23cfae2f0e0be68be1fa3075ded7ab307b3bf42ba9e74d154bd6292e94acb898aa4a997da31482b2ce5de02e7fec64ec0e2c3910767bc3c679d8ee2a8932d5198f55cdc5d01a1c1f52b42d7ba3a555d6ce712d25db62a36aca7033e4945465c18feee10dbc3994a3bbff232c268f6de45d8fcd27123d933dadff7034273c3187be66cd239ff694fe88b58273b23114546dcec76895ce39736cd5468bd042c2289ea966e56213c708332dd1a99c5c55ce60dfdda67fc1387840f08d9c1753a87e7e5718f28e17bb7d4874a17bf370f629445e8a0ed3ffbb7fdbeffae9b9a7fcaebf2fbfebffb1dfcd93734f661ff37df9ddc0ef70f6ba5fcba2dfabf861623749364e3fc8e4be20da172047c534c9c4b30ea5807c98efeb046bec63ff23623ab896730b56792a4085ac0fe29a8d2e92735a5cb65a5b6575c94943f462f0a138aadab402605df72c9a7c2afef7579c6d76ab7335fd9d2bef83f65e37c9d956258c4a495049a954d9b9902f7803d5fda4bd9f496fe3e40b55a58d6121aed1435fc99a9aaa346b49a0caadbae02853a82a17638c3791031b8b0fbe9bc2ef1f023de97a8b04a957c55be3b2d21ea51e594aae785404a6c6a0bc86d6672669211bf2492552b9359bcd7303fd65c03d059a936b1cacb452c926f21956171b7c735967b6f604d05443c5622feca782550b5b6285e5be12e8166a51e2b5a562e0b5988333592356a364252889c3b7004d3515aeda66a7c188e04b49de251782b3211071092d191d6304cb8d62856aba28d45f0a7e70a1dae706facb4ae629d0a822c1bde85262b2c09b4df0b54e4451857d092780d6d197588bc02cf2949d8bc60982932872f199bcca15c384d7459c82a324c51a9c27366253517f015aff3da05bc6b65e88082f16eb8b636563d4ca3b503a554b595a0a2afb8424624a760521c0b9225eb58931bd74ead0603478a09a0741f0fa92c44801a048334d9860fe09a07d40a9cfd00fb03aa9a8a73491428bac41720468f22413e31d6af714528ed6e61a13e21ac349956f01ba286a487451098205cf01b817448db6986026412be08827852ea88e7709244f235f83d384878a7a76467f2d75e8f3dc4cf186a2816840764d6e36c40c49f178e5a8664e006d834110c274426ab4a2100919b9102caeb5a598b487befb944a3112abcdc1b4d6c0b686448930976f01da59136d8eb1b662bc871ba12ac6210556e0acc821d00cc4439443f0e8e9d58e4720434a7c4557b7974e1d60744848986efa6d00ca623905d24143b7bdb2924c3dc968a46623a21114a29b8995a2453dc494834c0aeb7c9214046fd2aa71758813d4b202792413a5f2fe1dfa1ee66c96bcb99d2fb1fdf4430ac6363d0671c2e3ed7e5017fa02a9e64f20d5a166');
INSERT INTO public.pipelines VALUES ('golden', '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 2, '2026-11-27 07:36:24.796825+00', '2026-11-27 07:38:40.000366+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["4"]', '2026-11-27 07:37:50.337661+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_dead', '["4"]', '2026-11-27 07:37:52.055007+00');
INSERT INTO public.repairs VALUES ('golden', 'g.golden_log', '["1"]', '2026-11-27 07:37:58.659306+00');
INSERT INTO public.source_log VALUES ('golden', 0, '/tmp/golden-i81emsa_/in/001.json', 252, 1700000000000000000, '2026-11-27 07:36:24.902569+00', false, NULL, NULL, NULL);
INSERT INTO public.source_log VALUES ('golden', 1, '/tmp/golden-i81emsa_/in/002.json', 252, 1700000000000000000, '2026-11-27 07:37:02.991514+00', false, NULL, NULL, NULL);
INSERT INTO public.source_log VALUES ('golden', 2, '/tmp/golden-i81emsa_/in/003.json', 252, 1700000000000000000, '2026-11-27 07:37:32.594327+00', false, NULL, NULL, NULL);
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["1"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_dead/epoch_id=1', 'golden', 'main', 8, 1, 1, 1936, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["2"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_dead/epoch_id=2', 'golden', 'main', 8, 1, 1, 1936, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["7"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_dead/epoch_id=7', 'golden', 'main', 8, 1, 1, 1936, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d0"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d0', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d1"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_latest/day=d1', 'golden', 'main', 8, 1, 2, 1343, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["1"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=1/gen=1/attempt=1/data/g.golden_log/epoch_id=1', 'golden', 'main', 8, 1, 4, 3146, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["2"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=2/gen=1/attempt=2/data/g.golden_log/epoch_id=2', 'golden', 'main', 8, 1, 4, 3146, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["7"]', 'file:///tmp/golden-i81emsa_/warehouse/_tidegate/golden/lane=fix/epoch=7/gen=1/attempt=3/data/g.golden_log/epoch_id=7', 'golden', 'main', 8, 1, 4, 3146, '2026-11-27 07:38:37.457728+00');
INSERT INTO public.tidegate_compatible VALUES ('0001', 'tidegate 0.1.0');
INSERT INTO public.tidegate_revision VALUES ('0001');
ALTER TABLE ONLY public.clones
    ADD CONSTRAINT clones_pkey PRIMARY KEY (clone);
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
ALTER TABLE ONLY public.source_log
    ADD CONSTRAINT source_log_pipeline_path_key UNIQUE (pipeline, path);
ALTER TABLE ONLY public.source_log
    ADD CONSTRAINT source_log_pkey PRIMARY KEY (pipeline, "position");
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
ALTER TABLE ONLY public.epochs
    ADD CONSTRAINT epochs_pipeline_lane_fkey FOREIGN KEY (pipeline, lane) REFERENCES public.lanes(pipeline, lane);
ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pipeline_fkey FOREIGN KEY (pipeline) REFERENCES public.pipelines(name);
ALTER TABLE ONLY public.manifests
    ADD CONSTRAINT manifests_pipeline_lane_epoch_generation_fkey FOREIGN KEY (pipeline, lane, epoch, generation) REFERENCES public.epochs(pipeline, lane, epoch, generation) ON DELETE CASCADE;
ALTER TABLE ONLY public.repairs
    ADD CONSTRAINT repairs_pipeline_fkey FOREIGN KEY (pipeline) REFERENCES public.pipelines(name);
ALTER TABLE ONLY public.source_log
    ADD CONSTRAINT source_log_pipeline_fkey FOREIGN KEY (pipeline) REFERENCES public.pipelines(name);
ALTER TABLE ONLY public.table_heads
    ADD CONSTRAINT table_heads_pipeline_lane_epoch_generation_fkey FOREIGN KEY (pipeline, lane, epoch, generation) REFERENCES public.epochs(pipeline, lane, epoch, generation);
