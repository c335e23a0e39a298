"""The views that people query, as migration 0001 makes them: their names and columns are kept.

A view reads its tables with its owner's rights, so that a reader needs SELECT on the view only.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """`columns` are name → (expression, comment), so that none goes without a comment; `source` follows FROM."""

    name: str
    comment: str
    columns: dict[str, tuple[str, str]]
    source: str

    def statements(self) -> Iterator[str]:
        """What makes the view and its comments."""
        columns = ", ".join(f"{expression} AS {name}" for name, (expression, _) in self.columns.items())
        yield f"CREATE OR REPLACE VIEW {self.name} AS SELECT {columns} FROM {self.source}"  # noqa: S608  (constants of this file)
        yield f"COMMENT ON VIEW {self.name} IS '{self.comment}'"
        for name, (_, comment) in self.columns.items():
            yield f"COMMENT ON COLUMN {self.name}.{name} IS '{comment}'"


def _seconds(start: str, stop: str) -> str:
    return f"extract(epoch FROM {stop} - {start})::float8"


def _count(name: str) -> str:
    return f"(e.counts ->> '{name}')::bigint"


def _ranges(epoch: str, value: str) -> str:
    return (
        f"(SELECT jsonb_object_agg(o.source, {value}) FROM epoch_offsets AS o"  # noqa: S608  (constants of this file)
        " WHERE (o.pipeline, o.lane, o.epoch, o.generation)"
        f" = ({epoch}.pipeline, {epoch}.lane, {epoch}.epoch, {epoch}.generation))"
    )


# Beyond the years 1 to 9999 PostgreSQL or its clients cannot tell the time, and one such row would end every query.
_WATERMARK = (
    "CASE WHEN e.watermark_out_ms BETWEEN -62135596800000 AND 253402300799999"
    " THEN to_timestamp(e.watermark_out_ms / 1000.0) END"
)
_ROWS_OUT = "(SELECT sum(o.value::bigint)::bigint FROM jsonb_each_text(e.counts -> 'rows_out') AS o)"

_JOINED = (
    "(SELECT string_agg(v.value, '/' ORDER BY v.ordinality)"
    " FROM jsonb_array_elements_text(h.partition_values) WITH ORDINALITY AS v)"
)

EPOCH_HISTORY = View(
    "epoch_history",
    "One row per generation of an epoch, from the time it is planned until clean-up forgets it",
    {
        "pipeline": ("e.pipeline", "the pipeline"),
        "lane": ("e.lane", "the line of epochs; main is live"),
        "epoch": ("e.epoch", "number within the lane, from 1"),
        "generation": ("e.generation", "how often this number was planned; more than 1 after an epoch was abandoned"),
        "kind": ("e.kind", "EVENTS, COMPACTION, ROLLBACK or PROMOTION"),
        "status": ("e.status", "PLANNED, STAGED, PUBLISHED, SEALED or ABANDONED"),
        "ranges": (
            _ranges("e", "jsonb_build_array(o.range_start, o.range_stop)"),
            "the positions of its slices, as a JSON object: source to first position and one past the last",
        ),
        "restores": ("e.restores", "the epoch that a ROLLBACK or PROMOTION goes back to; 0 is before the first"),
        "promotes": ("e.promotes", "the lane whose output a PROMOTION takes"),
        "run": ("e.run_key", "the run that planned it; Airflow''s run id"),
        "run_owner": ("e.run_owner", "who that was; airflow, dag id and run id, or cli, host and process"),
        "logical_date": ("e.run_logical_date", "the Airflow run''s logical date"),
        "interval_start": ("e.run_interval_start", "start of the Airflow run''s data interval"),
        "interval_end": ("e.run_interval_end", "end of the Airflow run''s data interval"),
        "attempts": ("e.attempts", "how many attempts worked on it"),
        "rows_in": (_count("rows_in"), "rows read; null until STAGED"),
        "rows_out": (
            f"CASE WHEN e.counts IS NOT NULL THEN coalesce({_ROWS_OUT}, 0) END",
            "rows in the files that an EVENTS epoch wrote, all tables; null until STAGED",
        ),
        "rows_out_by_table": ("e.counts -> 'rows_out'", "the same by table, as a JSON object; null until STAGED"),
        "dead_lettered": (
            f"{_count('malformed')} + {_count('null_keys')} + {_count('failed')}",
            "rows that went to the dead-letter table; null until STAGED",
        ),
        "keys_changed": (_count("keys_changed"), "keys whose state changed; null until STAGED"),
        "skipped": (_count("skipped"), "slices of its ranges that were not read, by a person''s word"),
        "watermark": (
            _WATERMARK,
            "event time up to which input is complete; null without event time, or outside the years 1 to 9999",
        ),
        "watermark_ms": ("e.watermark_out_ms", "the same in milliseconds since 1970 UTC"),
        "planned_at": ("e.planned_at", "when its range was fixed"),
        "staged_at": ("e.staged_at", "when its files were complete"),
        "published_at": ("e.published_at", "when readers could see it"),
        "sealed_at": ("e.sealed_at", "when it was final"),
        "stage_seconds": (_seconds("e.planned_at", "e.staged_at"), "from planned to staged, failed attempts included"),
        "publish_seconds": (_seconds("e.staged_at", "e.published_at"), "from staged to published"),
        "seal_seconds": (_seconds("e.published_at", "e.sealed_at"), "from published to sealed"),
        "total_seconds": (_seconds("e.planned_at", "e.sealed_at"), "from planned to sealed"),
        "abandoned_at": ("e.abandoned_at", "when it was given up"),
        "abandoned_by": ("e.abandoned_by", "who gave it up"),
        "abandoned_why": ("e.abandoned_why", "and why"),
        "failure_kind": ("e.failure_kind", "why its newest attempt failed; null when it went on since"),
        "failure_message": ("e.failure_message", "what its newest attempt said when it failed"),
        "failures": ("e.failures", "how many of its newest attempts in a row failed in the same way"),
        "paused_at": ("e.paused_at", "since when no run tries it again before a person resumes the pipeline"),
        "fingerprint": ("e.fingerprint", "SHA-256 over the pipeline''s settings, schemas and code when it was planned"),
        "manifest_uri": ("e.manifest_uri", "where the manifest lies, the list of its files and state"),
    },
    "epochs AS e",
)

EPOCH_RANGES = View(
    "epoch_ranges",
    "One row per source of an epoch in epoch_history, with the slices of it that the epoch takes",
    {
        "pipeline": ("o.pipeline", "the pipeline"),
        "lane": ("o.lane", "the line of epochs; main is live"),
        "epoch": ("o.epoch", "number within the lane"),
        "generation": ("o.generation", "how often this number was planned"),
        "kind": ("e.kind", "EVENTS, COMPACTION, ROLLBACK or PROMOTION; all but EVENTS have empty ranges"),
        "status": ("e.status", "PLANNED, STAGED, PUBLISHED, SEALED or ABANDONED"),
        "source": ("o.source", "uid of the source"),
        "range_start": ("o.range_start", "first position in the ledger of the source"),
        "range_stop": ("o.range_stop", "one past the last position"),
        "slices": ("o.range_stop - o.range_start", "how many slices these are, skipped ones too"),
    },
    "epoch_offsets AS o JOIN epochs AS e USING (pipeline, lane, epoch, generation)",
)

PARTITION_ORIGIN = View(
    "partition_origin",
    "One row per partition of a target table, with the epoch that it comes from now",
    {
        "table_name": ("h.table_name", "database.table"),
        "partition": (
            _JOINED,
            "the partition''s values, in the order of the table''s partition columns, with / between them",
        ),
        "partition_values": ("h.partition_values", "the same as a JSON array of text"),
        "pipeline": ("h.pipeline", "the pipeline that the table belongs to"),
        "lane": ("h.lane", "the lane of the epoch"),
        "epoch": ("h.epoch", "the epoch that put the partition where it is"),
        "generation": ("h.generation", "the generation of the epoch"),
        "kind": ("e.kind", "what that epoch was; EVENTS, COMPACTION, ROLLBACK or PROMOTION"),
        "run": ("e.run_key", "the run that planned that epoch"),
        "placed_at": ("h.updated_at", "when it was put there"),
        "rows": ("h.rows", "rows in the partition"),
        "bytes": ("h.bytes", "size of its files in bytes"),
        "location": ("h.location", "the folder that holds its files"),
    },
    "table_heads AS h JOIN epochs AS e USING (pipeline, lane, epoch, generation)",
)

LANE_OVERVIEW = View(
    "lane_overview",
    "One row per lane of a pipeline, with where it stands and who works on it",
    {
        "pipeline": ("l.pipeline", "the pipeline"),
        "lane": ("l.lane", "the line of epochs; main is live"),
        "status": ("l.status", "OPEN, PROMOTED or DISCARDED; main is always OPEN"),
        "forked_from": ("l.forked_from", "the epoch of main that the lane starts behind; 0 is nothing, null is main"),
        "created_at": ("l.created_at", "when the lane was made"),
        "head_epoch": ("h.epoch", "the newest sealed epoch"),
        "head_generation": ("h.generation", "its generation"),
        "head_sealed_at": ("h.sealed_at", "when it was sealed"),
        "head_positions": (
            _ranges("h", "o.range_stop"),
            "the positions behind it, at which the lane goes on, as a JSON object by source",
        ),
        "unfinished_epoch": ("u.epoch", "the epoch that is under way, or that a dead run left behind"),
        "unfinished_generation": ("u.generation", "its generation"),
        "unfinished_status": ("u.status", "PLANNED, STAGED or PUBLISHED"),
        "unfinished_run": ("u.run_key", "the run that planned it"),
        "paused_at": ("u.paused_at", "since when no run tries it again before a person resumes the pipeline"),
        "fence": ("l.fence", "the newest fence; an attempt with an older one can change nothing"),
        "lease_owner": ("l.lease_owner", "who took the lane last and did not give it back"),
        "lease_expires_at": ("l.lease_expires_at", "when that lease ends unless it is renewed"),
        "leased": (
            "coalesce(l.lease_expires_at > clock_timestamp(), false)",
            "whether the lease runs now, by the clock of the database",
        ),
    },
    "lanes AS l"
    " LEFT JOIN LATERAL (SELECT * FROM epochs AS s WHERE s.pipeline = l.pipeline AND s.lane = l.lane"
    " AND s.status = 'SEALED' ORDER BY s.epoch DESC, s.generation DESC LIMIT 1) AS h ON true"
    " LEFT JOIN epochs AS u ON u.pipeline = l.pipeline AND u.lane = l.lane"
    " AND u.status IN ('PLANNED', 'STAGED', 'PUBLISHED')",
)

CLONE_OVERVIEW = View(
    "clone_overview",
    "One row per clone, a Hive table that shows a target table as it was behind an epoch",
    {
        "clone": ("c.clone", "database.table of the clone"),
        "table_name": ("c.table_name", "database.table of what it shows"),
        "pipeline": ("c.pipeline", "the pipeline that the table belongs to"),
        "epoch": ("c.epoch", "the epoch of main; clean-up may have forgotten it since"),
        "made_at": ("c.made_at", "when the clone was begun"),
        "manifest_uri": ("c.manifest_uri", "where the manifest lies, the list of its partitions and files"),
    },
    "clones AS c",
)

SOURCE_CORRECTIONS = View(
    "source_corrections",
    "One row per slice that a person had taken as it became, or left out",
    {
        "pipeline": ("s.pipeline", "the pipeline"),
        "source": ("s.source", "uid of the source"),
        "position": ("s.position", "its place in the ledger of the source"),
        "key": ("s.key", "the slice; of a folder, the path of a file"),
        "skipped": ("s.skipped", "true when it is not read; false when it was changed and is taken as it then was"),
        "corrected_at": ("s.noted_at", "when; epochs that were planned before have read it as it was"),
        "corrected_by": ("s.noted_by", "who said so"),
        "corrected_why": ("s.noted_why", "and why"),
        "bytes": ("s.bytes", "its size in bytes; null when the source does not tell"),
    },
    "slices AS s WHERE s.noted_at IS NOT NULL",
)

VIEWS = (EPOCH_HISTORY, EPOCH_RANGES, PARTITION_ORIGIN, LANE_OVERVIEW, CLONE_OVERVIEW, SOURCE_CORRECTIONS)
