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
CREATE TABLE public.tidegate_revision (
    version_num character varying(32) NOT NULL
);
INSERT INTO public.epochs VALUES ('golden', 'main', 2, 1, 'SEALED', 4, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-2', 'o', 0, NULL, NULL, NULL, 1, 2, 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'a008a04dcd24d69328bc68647329406ed11267d2a03d0caafd9a5a8cfda06fc9', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'fe53d1d57ec28bd5399cdda27760dd83468982b982f508164f276d83533338e5', NULL, NULL, '{"failed": 1, "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:41:51.668422+00', '2026-11-27 07:42:08.24483+00', '2026-11-27 07:42:19.16291+00', '2026-11-27 07:42:20.805925+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 1, 1, 'SEALED', 2, 'EVENTS', NULL, NULL, 1, 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-1', 'o', 0, NULL, NULL, NULL, 0, 1, NULL, NULL, 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/manifest.json', 'a008a04dcd24d69328bc68647329406ed11267d2a03d0caafd9a5a8cfda06fc9', NULL, NULL, '{"failed": 1, "decoded": 5, "rows_in": 5, "skipped": 0, "yielded": 4, "received": 5, "rows_out": {"g.golden_log": 4, "g.golden_dead": 1, "g.golden_latest": 4}, "malformed": 0, "null_keys": 0, "processed": 4, "keys_changed": 2}', '2026-11-27 07:41:08.609986+00', '2026-11-27 07:41:43.341117+00', '2026-11-27 07:41:48.6703+00', '2026-11-27 07:41:50.448834+00', NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO public.epochs VALUES ('golden', 'main', 3, 1, 'STAGED', 5, 'COMPACTION', NULL, NULL, 1, 0, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 'run-4/compaction-3', 'o', 0, NULL, NULL, NULL, 2, 2, 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/manifest.json', 'fe53d1d57ec28bd5399cdda27760dd83468982b982f508164f276d83533338e5', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=3/gen=1/attempt=5/manifest.json', 'b38efcc4bbcf629de4a07b7a938e7795c8b650e7cf1bd882ad2ef8ba4f905548', NULL, NULL, '{"failed": 0, "decoded": 0, "rows_in": 0, "skipped": 0, "yielded": 0, "received": 0, "rows_out": {}, "malformed": 0, "null_keys": 0, "processed": 0, "keys_changed": 0}', '2026-11-27 07:42:20.942911+00', '2026-11-27 07:42:23.591543+00', NULL, NULL, NULL, NULL, NULL, 'internal', 'golden: RuntimeError: golden 3 ends here (tests/golden/story.py:90). Nothing is wrong that tidegate knows of, so this is a defect: nothing was lost; report it with the traceback that --debug or the task''s log shows', 1, '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', NULL);
INSERT INTO public.lanes VALUES ('golden', 'main', 5, NULL, NULL, NULL, 'OPEN', '2026-11-27 07:41:08.555784+00');
INSERT INTO public.manifests VALUES ('golden', 'main', 1, 1, '\x789ccd564b6fe3460cfe2f3a3bf1bc1f0172dc6b2f2d7a29160687c37184c8922acb49d345fe7b3992bbbb69d3dd146893f860cc93e27c1f3f929f1a98673a8c737325374d3ae12dcdc7e64a6d1a1c4e7d1d7e6a32e19029375776d31468bb3ae4c3b7f470dce10df4fbbac0370ed095613ad499d834fda9eb76f5cc321ba701e978ac7b66d34c84d4de9d4d4ec3fd71d7f65fc6c369ae9fdd5fee872e53bfcb04eb173faf7430d3715e4c7d591bf6bcf0b8698eb7ed389e9d7868a95b5caf1b340e78b3182a2d3b3d8d53dbb3912678304e4a6dd116448d521720a3a2f326c6a22179e135ba8c99a426199d14516867b34a2102e686bda09e2698dba15fa1697bfe66f3e1e70f3ffcf4236f77d013cf0fc0cfdc344329475aa13dce30cd8ba7c77918f92ebb39c244d5af0ae0329bdb6a98cffff2893def681da587b98e64d4ae9e9af965cbeed576bb9d0fe37685e542de1d7e1ff77ddcdeb3d99be174a4ed6e6e33ed19c2f3996d75efba3ab75d20ba965b7e0fff9f4383471966d83e21643dba6b33ef561f2f44fd5d24c64d9100ad8337c2a72832e452ac32c6e7a4643d262ff9c2af279a9b95f005b2e30d28ebf80d3e045f004490aa04eb43c622d12541c9a305618b2c254ba754c46045819c420eba582ba22328ba79fcc8800f7866e38d30696ac8d35dcbc6ff647286d4d528781ad79be60ebad3c269239b8f8f9be738d646bf36c7abc478f1e13a8b95e19cbc572e0bab581e9e6234187da16478581296bfd1aabea2557b20a59dc9de91559a6925b42a7ae92d0493ac3091d926d2219022deb0683059742549e76c7a235a9fc0f01252cfa9e96b5af9e2fbe4f5acdce4595a469184224c080a34e735122a101963517c9357b446da4c0abdd31c065412e89c1de4ac0a93ead000aa822941904253244d18952fca280125bd075e5f24d6e778fd47bd5afffabc0efbff34257fcdb1e1ec0b4e5b13b3563a817058480beba2201d6594c970e14ccca7e1a42db58cc54bc7099b64f6814a53517a87d8c80bb0425959d0732a363a71b521e2b26e63c81cc4c17e1f1bef5c02093e59c9b90da5416bd1c7ccf98ced72dd424e6136aa08196dd426b340585db244cffd44726f15ff4f20799100b8bffa6bb162d7c776a4ae5dda9bf560537b19f66c15c4d2502e0dce997fe50c4fb83fa2df7650bb4e153ecf3f831ab9af32d19664ad96a1449094038910059a68ea728ad63b45201d67afa29d50da90a7a48bf6b424eaff39c296376ea753ff42955dc2c4c1f36cc7936b3709c199c4d5b4a0b026736544ae97c25821bc5518bce7104da17009d656f2bba328a270c6a66c56799d9196ff0ee9e410bc216383d70683462ecd5166a97302151c7f34722617da67935526cd891c014ae01e8c3239f5ea487f5fb3df429a92286459a34972cdf32564c95d48ca313922cfe54f42b025b28c23f7944995c830700543647ae2da5bdeb33bd301a6dbdde1ac96c73f0083174981');
INSERT INTO public.manifests VALUES ('golden', 'main', 2, 1, '\x789ce5574b6f1b470cfe2f7b96ade1bcc7408eb9f6d2a29722103824c7de5aaf4a2ba7aee1ff5eee4a49e33875fa701d03f5c1981dcd83fc381ff9f1aec36190d576e82edcacab07ba9661df5dd859479bc37a1cde752cb461e1ee22ccba86fd721cc2acbb96dbfd82ae707d394ee88e152edb66b71abfccac5b1f96cbc5b866fadaee3624fbfdf89b9f753b21e96f4e47ee36eff78b7efdc7787318c66b2fcf2f374b96f582058f377e9c59e220fb613aea8fb9cda54edccfbafd75bfdd9e8cb8ed6539993efe20db0d5d4d96b65e8dde6d77fd5a0fe972421f015ca0d0881c816b28de96987c29cd614d26398a4c2ce0044a04538c8b816dcd05893bb542d6b2c3a1dfac8fd0f46bbdb37bfbe3dbef7ef85e7f5ee25af47b85eae6acdbb4b69723b4fb0177c3b4653f6cb66a9b9ab9c59d4c763585fa623e9f0fabedfce8e419dcac7edb5eaecbfcbd2ebada1cf6325f0c3dcba502725a331f2f7b335e359f1c7e0373b54eff9f02ada315aefba6009effbcdf8c06e98d433f1aaf36fd7437dd7b1cd5db611c4171715c355c3d9f55f633abdc9c71c0f983a01f972e7ad6d5a38d6766fc3b036a267b6ba243a761120c4036722841628c05c76570ae1b7e39c8d01d1fd511e32bb421aa0f219bc26c6ca28031a7dc0a672e394969c559c9196a314d6ad6108b6dd6e480986a898532ba50bafb771ad40d9d22fe8d301923b7939b5e0fef2e46bacdba01eb727c690fb933eb6e70799862dad9eeddfdec4b3176debd748c8f34d6c9db376c8e112eb126b4d55668c53bb2057cc83e85ecd81be3e3a3b0da4fc2ea5aabc95a135a8e08d594903cfb5a6dcbcd27c982114d6c04d194529392bd66610eac331a65fe46617d00c383a0defd07d63c4e074f5bf321594ce9ea03d2684c46e335255acf5139932bc51c7d72b6781385016c4c6cd1383684d8b860c04c8da700143df7b0eb5f2ec7dddf7f811ba72af2293bd4e3d7490f38d2c362b35eab92448a9e4433175856be4014094a9927e9a1c4520e99ea98b95a4d7ed9492bd1b508a940431f023a178249e25b72254b6c10bdce704890d22ba007bc2a7ac0ff8e1ef067f408e9e5e9b1b97c5681f029556211c2e20baada8ba9d5e8d9313657a5651f5d0640075e6b5252c73362513655a7fa3194ea1ba84098bd4a6ce02c15575ccb9099bd07f219855b08a21cd759b45fc726ab1c64d1daca9ca48911f25a761528a1e42a608de052295cb88a2629ac1290502573ce8600e85ba5910790fc15ed3476149f4b27357ddb6f65d94f82feb8b01bd5bb5a7624c4d4424dcdc729fe367afdd08e407e5de028f66dfef8fd11d4a29d842fa1d5101ca81e4510ce627231e48b1fa7ab221ead20a842aacd45639d9724d5359764920dcffac21ea78cc9c7f9eeb03eb1ac2ab5ac182d193979a3ead830726b410b54d2fa02e7b8d3c7f345fdcd63ff849a1055844923133c075b08c51a1f8c49c1524e2909d6ac4f2bb900eab72a72d3009bb03fd2eb9f216da54509c96493f5c240cdabfa8b9a23303443c2215729635330be63ab3ea2aac51648f778cca93d3bd28f1feee7487f2d9f3d81745267796c70b4a3f1368b4b64f4fd5099525bc8856cf262b4bc174d6426225ae5a8f7ba81903c3d401afe1ed23512eae12ae093f32a36c8ba5c80c171459ba386579b306b5c62cf96c551ad632dccad69cb2ed1bef89b86330cc6aa8e22b58dbdab29b388f680a168bae498c3536f5aaab68cc153a85013a5961928d8caa5aa384bcd78c01c5a21f025bba64d4951183c129112a1b87f83f4a8d04c05f11e0b2a7888ccd0d83ae7c1823550b326936410d506d4308326fb20c5a8d66b48f9c5dff4d7ebd01348c7ecb376ee9551c435dd82ea765186b2e610e3b3d7003852d8b966aa94293a1debb94eb8403a16a0f76ace6e85bbebc5ea5401ee7f074326213e');
INSERT INTO public.manifests VALUES ('golden', 'main', 3, 1, '\x789cc5574b6f23370cfe2f737662516f05c8a1d8530fedf6d05bb13028927266637b5c7b9c6d1ae4bf97637b1fdda029ba4dd3010c4b1a4afcf8f1a579e8701c65bd1dbbab30ebea816e65dc775776d6d170d84cc3878e850616eeaeccac6bd8afcec35bb9df2fe80637cbf3c21a576dd8adcfb3cd61b55a4c32c7d9763790ecf7e7773b21e9ef3e4e860ffb45bff93c1e0e8ae6e171d6ed6ffbedf62c75dfcbea04425fc876a09beeca299e5ed5efb6bb7ea37bba9cd047001728342247e01a8ab725265f4a735893498e22130b388112c114e362605b7341e26ed62d65233b1cfb4101811ad96f5467f7e6ed0f3f7df7e6e7efdffea8222bdc88aead5141cfbaa1b5bd9c88da8fb81b8fe4edc761ab0385bac59d1cb13525ee6a3e9f8febed7c39a82d9b0bb85bffbe5d6ecafc830add0c87bdcc1763cfb2c451ce32f349d9f5a46a7e34fadace15e135cccf6ebb76f3356efa26fbf1f2fd7e9800a9c6b19f0c504cbf3c1cf59e46f57e9c463e8430498d372f87ca7d852acc19479c2f2f4ff28bd5b03c492e7a5613de0ffd46f8c251038850728ee4638c3506c2d63001170e162fd5945f0f3276a7c0e8aeb2327b833644450e222530142bb9365f4c229b3046038d7d444a959a6d4235b3a4920a27698d1951e58388addde33b75e540675fff3f4c4ceedac95daf674f01f4f2709e86cbdfc0f9184dc778fec87593e0183824219b2b07570a299736a56898b3f331976cabfe5a3019a26f36455d0f4e9f2c41cf3decfad74b82474dbc11eb6a4ad32f4d551c77b83a1cf3a1b3ddbbc7d9e7fc78a56898feeeff73b7c3577ae139b7c35fb91d8dc968bc964beb3916a7bea798a34fce166fa230808d892d1ac786101b170c98a9319ad8a8bcb4db9f5af50d6e0775bbfa7adb6f65d51f0bf949b09baab62a3f95ca63233c369e73d5b4d1eb44bb81fcb6407d03367f9a7f22ac6817f125b41a8283dc0a827016938b215ffcb45c4b48d10a42aca936178d755e9254d75c12d3bd745d7ecad8d1c6f9eeb0b930d37351b53d5a31a8799abc49b518466e2d58ef13570b97b8d3dafba902c3171598a7de891a0f3535696482d7a25d08c51a1f8c49c1524e2909d6dc6a4a2e80da5d4c330db009fb6e4abf6f64da4a8b1292c926abc240cd13c4281a7ea119120eb94a8939e51ac159b511a3292d90eef198537b71a69f96a4af99066a267b6ba243a780142b908d1c4a10ed7d059f613aa9b19c34a0a0166fb3b84446e3878a4658892117ed7d5e4c02ed742e9ba85d8e00bcd70d84e4e94f4cc33f63ba46423ddc879c9ca7ecc8ba5c80c171459ba3bab7305be3127bb62c8e6a9d4a41d66e2b2cd1be7a4cc30506630334526cec5d4d7a0510bde285929939e6f05c4c4b35daed3c850a35516a998182ad5c6a1449cd78c01c5a21f025bb566d2b4a834722d24428eedf301d02075341bcc7824a1e22b3de66ac731e2c5803356b3149065131a0ba1942d3bb4c31c1a486945f3da6e12215575ccba0c47a0fe4330ab710442dd155b4cf301db3cf49696614714db7a09a5d3443596b88f1d9ab031c29ed5c3355ca149d8ef55c275c20d1f1fef641e1ecd6b8bb5dacf5f8e993e3f10feb5b1e06');
INSERT INTO public.pipelines VALUES ('golden', '87a461135c5fcc3c13fae42967499f3ab7073c6dcde13e1961090365d2b89acd', 2, '2026-11-27 07:41:08.456826+00', '2026-11-27 07:42:20.852313+00');
INSERT INTO public.source_log VALUES ('golden', 0, '/tmp/golden-1vmzpgn9/in/001.json', 252, 1700000000000000000, '2026-11-27 07:41:08.609986+00', false, NULL, NULL, NULL);
INSERT INTO public.source_log VALUES ('golden', 1, '/tmp/golden-1vmzpgn9/in/002.json', 252, 1700000000000000000, '2026-11-27 07:41:51.668422+00', false, NULL, NULL, NULL);
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["1"]', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/data/g.golden_dead/epoch_id=1', 'golden', 'main', 1, 1, 1, 1936, '2026-11-27 07:41:48.6703+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["1"]', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=1/gen=1/attempt=1/data/g.golden_log/epoch_id=1', 'golden', 'main', 1, 1, 4, 3146, '2026-11-27 07:41:48.6703+00');
INSERT INTO public.table_heads VALUES ('g.golden_dead', '["2"]', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/data/g.golden_dead/epoch_id=2', 'golden', 'main', 2, 1, 1, 1936, '2026-11-27 07:42:19.16291+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d0"]', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/data/g.golden_latest/day=d0', 'golden', 'main', 2, 1, 2, 1343, '2026-11-27 07:42:19.16291+00');
INSERT INTO public.table_heads VALUES ('g.golden_latest', '["d1"]', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/data/g.golden_latest/day=d1', 'golden', 'main', 2, 1, 2, 1343, '2026-11-27 07:42:19.16291+00');
INSERT INTO public.table_heads VALUES ('g.golden_log', '["2"]', 'file:///tmp/golden-1vmzpgn9/warehouse/_tidegate/golden/lane=main/epoch=2/gen=1/attempt=3/data/g.golden_log/epoch_id=2', 'golden', 'main', 2, 1, 4, 3146, '2026-11-27 07:42:19.16291+00');
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
