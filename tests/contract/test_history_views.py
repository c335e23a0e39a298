"""What people may rely on when they query the checkpoint database: columns, numbers, and the rights they need."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import errors
from psycopg.rows import dict_row

import builders as make
from contract.story import COUNTS, LANE, RUN, Sql, Story, head, manifest
from tidegate.protocol.formats import WRITER
from tidegate.protocol.model import Lease, Status, Word

if TYPE_CHECKING:
    from database import Postgres

VIEWS = ("clone_overview", "epoch_history", "epoch_ranges", "lane_overview", "partition_origin", "source_corrections")
GUIDE = Path(__file__).parents[2] / "docs/operations.md"


def rows(sql: Sql, query: str) -> list[dict[str, Any]]:
    with sql.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode()).fetchall()


def history(sql: Sql) -> list[dict[str, Any]]:
    return rows(sql, "SELECT * FROM epoch_history ORDER BY lane, epoch, generation")


def test_an_epoch_has_its_numbers_once_they_are_known(story: Story, sql: Sql) -> None:
    """From PLANNED to SEALED; what is not known yet is null, not 0."""
    lease = story.lease()
    planned = story.plan(lease)
    (row,) = history(sql)
    assert {k: row[k] for k in ("pipeline", "lane", "epoch", "generation", "kind", "status", "run", "attempts")} == {
        "pipeline": "orders", "lane": "main", "epoch": 1, "generation": 1, "kind": "EVENTS", "status": "PLANNED",
        "run": "run-1", "attempts": 1,
    }  # fmt: skip
    assert (row["ranges"], row["run_owner"]) == ({"source": [0, 2]}, RUN.owner)
    assert row["logical_date"].timestamp() == 1_700_000_000.123
    assert (row["interval_start"].timestamp(), row["interval_end"].timestamp()) == (0, -0.005)
    unknown = ("rows_in", "rows_out", "rows_out_by_table", "dead_lettered", "keys_changed", "watermark", "sealed_at")
    assert [row[k] for k in (*unknown, "stage_seconds", "total_seconds", "manifest_uri")] == [None] * 10
    counts = make.counts(
        rows_in=9, malformed=1, null_keys=2, failed=3, processed=3, keys_changed=2, rows_out={"db.a": 3, "db.b": 4}
    )
    staged = story.store.stage(
        lease, planned, manifest=manifest(planned), data=b"{}", watermark_ms=1_700_000_000_123, counts=counts
    )
    story.seal(lease, story.publish(lease, staged))
    sql.execute(
        "UPDATE epochs SET staged_at = planned_at + interval '1.5 s', published_at = planned_at + interval '2 s',"
        " sealed_at = planned_at + interval '2.25 s'"
    )
    (row,) = history(sql)
    assert (row["rows_in"], row["rows_out"], row["dead_lettered"], row["keys_changed"]) == (9, 7, 6, 2)
    assert row["rows_out_by_table"] == {"db.a": 3, "db.b": 4}
    assert (row["watermark"].timestamp(), row["watermark_ms"]) == (1_700_000_000.123, 1_700_000_000_123)
    durations = [row[f"{step}_seconds"] for step in ("stage", "publish", "seal", "total")]
    assert durations == [1.5, 0.5, 0.25, 2.25]
    assert (row["status"], row["manifest_uri"]) == ("SEALED", manifest(planned).uri)


def test_an_epoch_without_output_has_0_rows_out(story: Story, sql: Sql) -> None:
    """Known to be none."""
    lease = story.lease()
    epoch = story.plan(lease)
    story.store.stage(
        lease, epoch, manifest=manifest(epoch), data=b"{}", watermark_ms=None, counts=make.counts(rows_in=1, decoded=1)
    )
    (row,) = history(sql)
    assert (row["rows_in"], row["rows_out"], row["rows_out_by_table"], row["watermark_ms"]) == (1, 0, {}, None)


@pytest.mark.parametrize("watermark_ms", [-(2**63), 2**63 - 1, 253_402_300_800_000, -62_135_596_800_001])
def test_a_watermark_beyond_the_calendar_spoils_no_query(story: Story, sql: Sql, watermark_ms: int) -> None:
    """A source may hold any timestamp: the number stays, the time is null."""
    lease = story.lease()
    story.stage(lease, story.plan(lease), watermark_ms=watermark_ms)
    (row,) = history(sql)
    assert (row["watermark"], row["watermark_ms"]) == (None, watermark_ms)


def test_each_generation_and_its_failure_is_a_row(story: Story, sql: Sql) -> None:
    """An abandoned epoch stays to be seen."""
    lease = story.lease()
    epoch = story.plan(lease)
    story.store.fail(lease, kind="user_function", message="no", code="f", pause_after=1)
    (lane,) = _lanes(lease, sql)
    assert lane["paused_at"] is not None
    story.store.abandon(lease, epoch, Word("me", "why"))
    story.store.plan(lease, run=RUN, fingerprint="f", offsets=make.span(0, 2), discovered=[])
    columns = ("epoch", "generation", "status", "failure_kind", "failure_message", "failures")
    seen = [(*(r[c] for c in columns), r["paused_at"] is not None) for r in history(sql)]
    assert seen == [(1, 1, "ABANDONED", "user_function", "no", 1, True), (1, 2, "PLANNED", None, None, 0, False)]
    (lane,) = _lanes(lease, sql)
    assert lane["paused_at"] is None


def test_a_partition_names_the_epoch_it_comes_from_now(story: Story, sql: Sql) -> None:
    """An upsert moves a partition to its newest epoch; values come in the table's order."""
    lease = story.lease()
    query = "SELECT partition, partition_values, epoch, lane, generation, kind, run, rows, bytes, location"
    query += " FROM partition_origin ORDER BY table_name, partition"
    first = story.stage(lease, story.plan(lease))
    both = [head(first, "b", "a/1"), head(first, "c", "ü")]
    story.seal(lease, story.store.publish(lease, first, heads=both))
    second = story.stage(lease, story.plan(lease, run=replace(RUN, key="run-2")))
    story.seal(lease, story.store.publish(lease, second, heads=[head(second, "b", "a/1", rows=5)]))
    common = {"lane": "main", "generation": 1, "kind": "EVENTS"}
    assert rows(sql, query) == [
        {
            "partition": "b/a/1",
            "partition_values": ["b", "a/1"],
            "epoch": 2,
            "run": "run-2",
            "rows": 5,
            "bytes": 45,
            "location": "file:///db.orders/2/b/a/1",
            **common,
        },
        {
            "partition": "c/ü",
            "partition_values": ["c", "ü"],
            "epoch": 1,
            "run": "run-1",
            "rows": 4,
            "bytes": 36,
            "location": "file:///db.orders/1/c/ü",
            **common,
        },
    ]


def test_a_lane_shows_its_head_what_is_under_way_and_its_lease(story: Story, sql: Sql) -> None:
    """A lane that never sealed an epoch has a row too."""
    (fresh,) = _lanes(story.lease(), sql)
    assert [fresh[k] for k in ("head_epoch", "head_positions", "unfinished_epoch", "leased")] == [
        None,
        None,
        None,
        True,
    ]
    lease = story.lease()
    story.sealed(lease)
    story.plan(lease, run=replace(RUN, key="run-2"))
    (lane,) = _lanes(lease, sql)
    assert (lane["head_epoch"], lane["head_generation"], lane["head_positions"]) == (1, 1, {"source": 2})
    assert lane["head_sealed_at"] is not None
    unfinished = ("unfinished_epoch", "unfinished_generation", "unfinished_status", "unfinished_run")
    assert [lane[k] for k in unfinished] == [2, 1, "PLANNED", "run-2"]
    assert (lane["forked_from"], lane["status"]) == (None, "OPEN")
    assert (lane["fence"], lane["lease_owner"], lane["leased"]) == (lease.fence, RUN.owner, True)
    sql.execute("UPDATE lanes SET lease_expires_at = now() - interval '1 s'")
    (lane,) = _lanes(lease, sql)
    assert (lane["lease_owner"], lane["leased"]) == (RUN.owner, False)
    story.store.release(lease)
    (lane,) = _lanes(lease, sql)
    assert (lane["lease_owner"], lane["lease_expires_at"], lane["leased"]) == (None, None, False)


def test_a_forked_lane_has_a_row_of_its_own(story: Story, sql: Sql) -> None:
    """Its head and lease are not those of main."""
    story.sealed(story.lease())
    sql.execute(
        "INSERT INTO lanes (pipeline, lane, fence, forked_from, status) VALUES ('orders', 'try', 0, 1, 'DISCARDED')"
    )
    columns = ("lane", "status", "forked_from", "head_epoch", "head_positions", "leased")
    found = rows(sql, "SELECT * FROM lane_overview ORDER BY lane")
    assert [tuple(r[c] for c in columns) for r in found] == [
        ("main", "OPEN", None, 1, {"source": 2}, True),
        ("try", "DISCARDED", 1, None, None, False),
    ]


def _lanes(lease: Lease, sql: Sql) -> list[dict[str, Any]]:
    assert lease.lane == LANE
    return rows(sql, "SELECT * FROM lane_overview")


def test_an_epoch_has_a_row_for_each_of_its_sources(story: Story, sql: Sql) -> None:
    lease = story.lease()
    offsets = {"a": make.positions(0, 2), "b": make.positions(0)}
    found = make.slices(2, source="a")
    story.store.plan(lease, run=RUN, fingerprint="f", offsets=offsets, discovered=found)
    common = {"pipeline": "orders", "lane": "main", "epoch": 1, "generation": 1, "kind": "EVENTS", "status": "PLANNED"}
    assert rows(sql, "SELECT * FROM epoch_ranges ORDER BY source") == [
        {**common, "source": "a", "range_start": 0, "range_stop": 2, "slices": 2},
        {**common, "source": "b", "range_start": 0, "range_stop": 0, "slices": 0},
    ]
    assert history(sql)[0]["ranges"] == {"a": [0, 2], "b": [0, 0]}


def test_a_slice_has_a_row_once_a_person_said_something_of_it(story: Story, sql: Sql) -> None:
    lease = story.lease()
    planned = story.plan(lease)
    skipped = make.slice_(1, "/in/1.csv", size=11, skipped=True)
    story.store.correct(lease, Word("me", "cut off"), gives_up=planned, slices=[skipped])
    (row,) = rows(sql, "SELECT * FROM source_corrections")
    assert row.pop("corrected_at") is not None
    assert row == {
        "pipeline": "orders", "source": "source", "position": 1, "key": "/in/1.csv", "skipped": True,
        "corrected_by": "me", "corrected_why": "cut off", "bytes": 11,
    }  # fmt: skip


def test_every_view_and_column_is_described_and_in_the_guide(sql: Sql) -> None:
    """What the database says, and in which order the guide lists it."""
    query = """
        SELECT c.relname AS view, obj_description(c.oid) AS about,
            array_agg(a.attname::text ORDER BY a.attnum) AS names,
            count(col_description(c.oid, a.attnum)) AS described
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
        GROUP BY c.oid, c.relname ORDER BY c.relname
    """
    found = rows(sql, query)
    assert tuple(r["view"] for r in found) == VIEWS
    text = GUIDE.read_text(encoding="utf-8")
    for row in found:
        assert row["about"]
        assert row["described"] == len(row["names"])
        (listed,) = re.findall(rf"^\| `{row['view']}` \|[^|]*\|(.*)\|$", text, re.MULTILINE)
        assert re.findall(r"`(\w+)`", listed) == row["names"]


@pytest.fixture
def reader(sql: Sql, checkpoint_url: str, postgres: "Postgres") -> Iterator[Sql]:
    """Somebody with the rights that the guide grants, and no others."""
    grants, *_ = queries()
    sql.execute(grants.encode())
    with psycopg.connect(checkpoint_url, autocommit=True) as connection:
        connection.execute("SET ROLE tidegate_reader")
        yield connection
    sql.execute("DROP OWNED BY tidegate_reader")
    postgres.execute("DROP ROLE tidegate_reader")


def queries() -> list[str]:
    """The guide's SQL."""
    return re.findall(r"```sql\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_guides_queries_answer_a_reader_of_the_views(story: Story, reader: Sql) -> None:
    """With SELECT on the views only: the tables behind them stay closed."""
    lease = story.lease()
    story.sealed(lease)
    story.plan(lease, run=replace(RUN, key="run-2"))
    story.store.fail(lease, kind="unavailable", message="away", code="f", pause_after=None)
    speed, failures, origins, idle, writers = [[tuple(r.values()) for r in rows(reader, q)] for q in queries()[1:]]
    ((pipeline, epochs, rows_in, refused, seconds, attempts),) = speed
    assert (pipeline, epochs, rows_in, refused, attempts) == ("orders", 1, COUNTS.rows_in, COUNTS.dead_lettered, 1)
    assert seconds >= 0
    assert failures == [("orders", "main", 2, "run-2", 1, "unavailable", "away")]
    assert origins == [("db.orders", "day-1", 1, "EVENTS", "run-1", 4, "source", 0, 2)]
    assert idle == [("orders", "main", 2, str(Status.PLANNED), "run-2")]
    assert sorted(writers, key=repr) == [(WRITER, WRITER, 1), (WRITER, None, 1)]
    for table in ("epochs", "lanes", "table_heads", "slices", "pipelines"):
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute(f"SELECT * FROM {table}".encode())
