"""Goal: rows that are committed to a table are in the tables once; what comes late is found, and never silent."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import builders as make
from pipelines.rows import CLICK, Shop, TableLine, pipeline
from tidegate import DatabaseSource
from tidegate.adapters.database import look, table
from tidegate.engine.corrections import Correction, accept_gap, correct, give_up
from tidegate.errors import ConfigurationError, SourceGapError, UnavailableError
from tidegate.protocol.model import Run, Word

NOW = timedelta(0)
LONG = timedelta(hours=1)


@pytest.fixture
def shop(empty_url: str) -> Iterator[Shop]:
    """A database with a table `clicks`: an id from a sequence, the time of the transaction, and its number."""
    made = Shop(empty_url)
    made.do(
        """CREATE TABLE clicks (
            id bigserial PRIMARY KEY, "user" text, n bigint,
            at timestamptz NOT NULL DEFAULT now(),
            tx xid8 NOT NULL DEFAULT pg_current_xact_id())"""
    )
    yield made
    made.close()


def insert(into: Any, *numbers: int) -> None:
    for n in numbers:
        into.do('INSERT INTO clicks ("user", n) VALUES (%s, %s)', f"u{n % 3}", n)


def line(shop: Shop, folder: Path, **settings: Any) -> TableLine:
    return TableLine(pipeline(**{"settle": NOW, **settings}), shop.url, folder)


def corrected(of: TableLine, plan: Any) -> Correction:
    return correct(of.engine, Run("by-hand", "test"), Word("jo", "a test"), plan)


# -- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cursor", ["id", "at", "tx"])
def test_rows_are_read_once_whatever_the_cursor(shop: Shop, tmp_path: Path, cursor: str) -> None:
    of = line(shop, tmp_path, cursor=cursor)
    assert of.run() is None
    insert(shop, *range(10))
    report = of.run()
    assert report is not None
    assert report.epoch.counts is not None
    assert (report.epoch.counts.rows_in, report.epoch.counts.processed) == (10, 10)
    assert of.run() is None
    insert(shop, *range(10, 15))
    of.run()
    assert of.numbers == list(range(15))
    assert [row["seen"] for row in of.rows() if row["user"] == "u0"] == list(range(1, 6))


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"start": "latest"}, []),
        ({"start": 3}, [2, 3, 4]),
        ({"cursor": "at", "start": datetime(2026, 1, 1, 0, 0, 3, tzinfo=UTC)}, [3, 4]),
        ({"cursor": "at", "start": "latest"}, []),
    ],
)
def test_where_the_first_epoch_begins(shop: Shop, tmp_path: Path, settings: dict[str, Any], first: list[int]) -> None:
    for n in range(5):
        shop.do(
            "INSERT INTO clicks (n, \"user\", at) VALUES (%s, 'u', %s)", n, datetime(2026, 1, 1, 0, 0, n, tzinfo=UTC)
        )
    of = line(shop, tmp_path, **settings)
    of.run()
    assert of.numbers == first
    insert(shop, 9)
    of.run()
    assert of.numbers == [*first, 9]


def test_latest_of_an_empty_table_is_its_beginning(shop: Shop, tmp_path: Path) -> None:
    of = line(shop, tmp_path, start="latest")
    of.run()
    insert(shop, 1)
    of.run()
    assert of.numbers == [1]


def test_what_is_committed_before_the_beginning_is_not_late(shop: Shop, tmp_path: Path) -> None:
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of = line(shop, tmp_path, start="latest")
    of.run()
    insert(shop, 3)
    of.run()
    slow.commit()
    assert of.run() is None
    assert of.numbers == [3]


def test_an_epoch_is_capped_and_rows_of_one_value_stay_together(shop: Shop, tmp_path: Path) -> None:
    transaction = shop.begin()
    insert(transaction, *range(5))  # of one moment
    transaction.commit()
    insert(shop, *range(5, 12))
    of = line(shop, tmp_path, cursor="at", max_rows=3)
    sizes = []
    while report := of.run():
        assert report.epoch.counts is not None
        sizes.append(report.epoch.counts.rows_in)
    assert sizes == [5, 3, 3, 1]
    assert of.numbers == list(range(12))


def test_what_a_cap_leaves_of_settled_integers_does_not_settle_again(shop: Shop, tmp_path: Path) -> None:
    settle = timedelta(seconds=5)
    of = line(shop, tmp_path, settle=settle, max_rows=4)
    insert(shop, *range(10))
    of.run()
    shop.wait(settle)
    insert(shop, 10)
    for _ in range(3):
        of.run()
    assert of.numbers == list(range(10))


def test_a_large_slice_is_read_in_parts_and_in_order(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "PART_ROWS", 7)
    monkeypatch.setattr(table, "FETCHED", 3)
    insert(shop, *range(40))
    of = line(shop, tmp_path)
    assert len(of.readied()) == 6
    of.run()
    assert [row["n"] for row in of.rows() if row["user"] == "u0"] == list(range(0, 40, 3))


def test_rows_of_one_value_have_one_order(shop: Shop, tmp_path: Path) -> None:
    transaction = shop.begin()
    for n in (3, 1, 2):
        transaction.do("INSERT INTO clicks (\"user\", n) VALUES ('u', %s)", n)
    transaction.commit()
    of = line(shop, tmp_path, cursor="at")
    of.run()
    assert [(row["n"], row["seen"]) for row in of.rows()] == [(1, 1), (2, 2), (3, 3)]
    other = line(shop, tmp_path / "other", cursor="at", order_by=("id",))
    other.run()
    assert [(row["n"], row["seen"]) for row in other.rows()] == [(1, 2), (2, 3), (3, 1)]


def test_a_look_sees_one_state_of_the_table(shop: Shop) -> None:
    insert(shop, 1)
    declared = make.source_of(pipeline())
    assert isinstance(declared, DatabaseSource)
    with table.Table(declared, "clicks", shop.url).snapshot() as now:
        before = now.count(None, None)
        insert(shop, 2)
        assert (before, now.count(None, None), now.newest()) == (1, 1, 1)


def test_two_pipelines_read_one_table(shop: Shop, tmp_path: Path) -> None:
    insert(shop, *range(5))
    a = line(shop, tmp_path / "a")
    b = TableLine(pipeline(name="others", settle=NOW, cursor="at"), shop.url, tmp_path / "b")
    a.run()
    insert(shop, 5)
    b.run()
    a.run()
    assert a.numbers == b.numbers == list(range(6))


def test_a_retry_reads_the_rows_that_were_planned(shop: Shop, tmp_path: Path) -> None:
    insert(shop, *range(5))
    of = line(shop, tmp_path)

    def interrupted() -> None:
        insert(shop, 5)
        raise UnavailableError("the machine goes down")

    of.processor.before = interrupted
    with pytest.raises(UnavailableError):
        of.run()
    of.processor.before = lambda: None
    of.run(again=True)
    assert of.numbers == list(range(5))
    of.run()
    assert of.numbers == list(range(6))


def test_a_view_and_a_table_with_odd_names_are_read(shop: Shop, tmp_path: Path) -> None:
    shop.do('CREATE SCHEMA "Shop"')
    shop.do('CREATE TABLE "Shop"."Clicks; --" ("Id" int PRIMARY KEY, r text, n int, "_user" text)')
    shop.do("""INSERT INTO "Shop"."Clicks; --" VALUES (1, 'x', 7, 'u')""")
    odd = line(shop, tmp_path / "odd", table="Shop.Clicks; --", cursor="Id", aliases={"user": "_user"})
    odd.run()
    assert odd.numbers == [7]
    insert(shop, 1)
    shop.do('CREATE VIEW seen AS SELECT id AS row_number, "user" AS who, n FROM clicks')
    of = line(shop, tmp_path, table="seen", cursor="row_number", aliases={"user": "who"})
    of.run()
    assert of.numbers == [1]


def test_intervals_bound_epochs_by_a_moment(shop: Shop, tmp_path: Path) -> None:
    for n in range(5):
        shop.do("INSERT INTO clicks (n, \"user\", at) VALUES (%s, 'u', %s)", n, datetime(2026, 1, 1, n, tzinfo=UTC))
    of = line(shop, tmp_path, cursor="at")
    (found,) = of.source().discover(None, lambda _: ())
    assert (found.rows, found.time_ms) == (5, 1_767_225_600_000)
    of.until(datetime(2026, 1, 1, 3, tzinfo=UTC))
    assert of.numbers == [0, 1, 2]
    of.until(datetime(2026, 1, 1, 5, tzinfo=UTC))
    assert of.numbers == [0, 1, 2, 3, 4]
    with pytest.raises(ConfigurationError, match="cursor that is a timestamp, and 'id' is none"):
        line(shop, tmp_path / "ids").until(datetime(2026, 1, 1, 3, tzinfo=UTC))


def test_an_interval_waits_until_its_rows_are_settled(shop: Shop, tmp_path: Path) -> None:
    of = line(shop, tmp_path, cursor="at", settle=LONG)
    (now,) = shop.do("SELECT now()")[0]
    with pytest.raises(UnavailableError, match="settle for 1:00:00: run again in"):
        of.until(now - timedelta(minutes=1))


# -- the late-commit trap ---------------------------------------------------------------------------------------------


def test_the_trap_without_a_settle_time_is_found_by_the_next_look(shop: Shop, tmp_path: Path) -> None:
    """An id is given out before the commit: the row of a slow transaction comes up below what was read."""
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of = line(shop, tmp_path)
    of.run()
    assert of.numbers == [2]
    slow.commit()
    with pytest.raises(SourceGapError, match=r"1 row came late: behind the beginning and up to 2, .* there were 1"):
        of.run()
    insert(shop, 3)
    with pytest.raises(SourceGapError, match="1 row came late"):
        of.run()
    assert of.numbers == [2]


@pytest.mark.parametrize("cursor", ["id", "at"])
def test_a_commit_within_the_settle_time_is_never_late(shop: Shop, tmp_path: Path, cursor: str) -> None:
    settle = timedelta(seconds=2)
    of = line(shop, tmp_path, cursor=cursor, settle=settle)
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of.run()
    assert of.numbers == []
    slow.commit()
    shop.wait(settle)
    of.run()
    assert of.numbers == [1, 2]
    shop.wait(settle)
    assert of.run() is None


def test_a_transactions_number_knows_no_late_commit(shop: Shop, tmp_path: Path) -> None:
    of = line(shop, tmp_path, cursor="tx", settle=LONG)
    insert(shop, 0)
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of.run()
    assert of.numbers == [0]
    assert any("rows wait until it is over" in note for note in of.plan().notes)
    slow.commit()
    of.run()
    assert of.numbers == [0, 1, 2]


def test_a_transaction_that_is_open_for_longer_than_settle_is_told(shop: Shop, tmp_path: Path) -> None:
    of = line(shop, tmp_path)
    slow = shop.begin()
    insert(slow, 1)
    notes = of.plan().notes
    assert any("is open for" in note and "its rows may come too late to be read" in note for note in notes), notes
    slow.commit()


def test_rows_that_came_late_are_found_behind_a_range_that_is_taken_anew(shop: Shop, tmp_path: Path) -> None:
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of = line(shop, tmp_path)
    of.run()
    insert(shop, 3, 4)
    of.processor.behind = lambda: shop.do("DELETE FROM clicks WHERE n = 3")
    with pytest.raises(SourceGapError, match="but had 2 when they were planned"):
        of.run()
    of.processor.behind = lambda: None
    slow.commit()
    corrected(of, give_up)
    with pytest.raises(SourceGapError, match="1 row came late"):
        of.run()
    corrected(of, accept_gap())
    of.run()
    assert of.numbers == [2, 4]


def test_only_the_newest_rows_are_watched(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "WATCHED_ROWS", 3)
    old, new = shop.begin(), shop.begin()
    insert(old, 0)
    insert(shop, 1, 2, 3)
    insert(new, 4)
    insert(shop, 5)
    of = line(shop, tmp_path)
    of.run()
    old.commit()
    assert of.run() is None
    new.commit()
    with pytest.raises(SourceGapError, match="1 row came late: behind 2 and up to 6"):
        of.run()


def test_rows_that_came_late_are_left_by_a_persons_word(shop: Shop, tmp_path: Path) -> None:
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of = line(shop, tmp_path)
    of.run()
    slow.commit()
    insert(shop, 3)
    found = corrected(of, accept_gap())
    assert [(s.key, s.skipped) for s in found.slices] == [("clicks@1", True)]
    of.run()
    assert of.numbers == [2, 3]
    assert of.run() is None
    assert corrected(of, accept_gap()).slices == ()


def test_rows_that_came_late_are_read_when_they_get_values_behind(shop: Shop, tmp_path: Path) -> None:
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of = line(shop, tmp_path)
    of.run()
    slow.commit()
    shop.do("UPDATE clicks SET id = nextval('clicks_id_seq') WHERE n = 1")
    of.run()
    assert of.numbers == [1, 2]


def test_a_replay_finds_the_same_rows_or_says_that_they_changed(shop: Shop, tmp_path: Path) -> None:
    insert(shop, *range(20))
    of = line(shop, tmp_path)
    of.run()
    insert(shop, *range(20, 30))
    of.run()
    assert of.replayed(1) == of.replayed(2) == []
    shop.do("DELETE FROM clicks WHERE n = 3")
    with pytest.raises(SourceGapError, match=r"has 19 rows .* but had 20"):
        of.replayed(1)
    assert of.replayed(2) == []


# -- what does not go on as it was ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", ["DELETE FROM clicks WHERE n = 1", "UPDATE clicks SET id = 100 WHERE n = 1", "TRUNCATE clicks"]
)
@pytest.mark.parametrize("when", ["before", "behind"])
def test_rows_that_change_after_planning_publish_nothing(shop: Shop, tmp_path: Path, when: str, change: str) -> None:
    insert(shop, *range(4))
    of = line(shop, tmp_path)
    setattr(of.processor, when, lambda: shop.do(change))
    with pytest.raises(SourceGapError, match="but had 4 when they were planned"):
        of.run()
    assert of.numbers == []
    setattr(of.processor, when, lambda: None)
    with pytest.raises(SourceGapError, match="but had 4 when they were planned"):
        of.run(again=True)
    corrected(of, give_up)
    of.run()
    of.run()
    assert of.numbers == ([] if change.startswith("TRUNCATE") else [0, 1, 2, 3] if "UPDATE" in change else [0, 2, 3])


def test_a_row_that_is_away_only_while_it_is_read_is_missed(shop: Shop, tmp_path: Path) -> None:
    """What was there before the reading and behind it proves nothing: the tasks count, too."""
    insert(shop, *range(4))
    of = line(shop, tmp_path)
    of.processor.before = lambda: shop.do("UPDATE clicks SET id = id + 100 WHERE n = 1")
    of.processor.behind = lambda: shop.do("UPDATE clicks SET id = id - 100 WHERE n = 1")
    with pytest.raises(SourceGapError, match=r"has 3 rows .* but had 4"):
        of.run()
    assert of.numbers == []


def test_a_row_that_is_committed_into_a_planned_range_is_not_read_unseen(shop: Shop, tmp_path: Path) -> None:
    slow = shop.begin()
    insert(slow, 1)
    insert(shop, 2)
    of = line(shop, tmp_path)
    of.processor.before = slow.commit
    with pytest.raises(SourceGapError, match=r"has 2 rows .* but had 1"):
        of.run()
    of.processor.before = lambda: None
    corrected(of, give_up)
    of.run()
    assert of.numbers == [1, 2]


def test_a_table_made_again_is_a_gap(shop: Shop, tmp_path: Path) -> None:
    insert(shop, *range(4))
    of = line(shop, tmp_path)
    of.run()
    shop.do("CREATE TABLE others (LIKE clicks INCLUDING ALL)")
    shop.do("DROP TABLE clicks CASCADE")
    shop.do("ALTER TABLE others RENAME TO clicks")
    shop.do("INSERT INTO clicks (id, \"user\", n) VALUES (1, 'u', 9)")
    with pytest.raises(SourceGapError, match="dropped and made again"):
        of.run()
    corrected(of, accept_gap())
    of.run()
    assert of.numbers == [0, 1, 2, 3, 9]


def test_a_table_that_goes_backwards_is_a_gap(shop: Shop, tmp_path: Path) -> None:
    insert(shop, *range(4))
    of = line(shop, tmp_path)
    of.run()
    shop.do("TRUNCATE clicks RESTART IDENTITY")
    assert of.run() is None
    insert(shop, 10)
    with pytest.raises(SourceGapError, match="its largest value is 1 now, and rows up to 4 were read"):
        of.run()
    corrected(of, accept_gap())
    insert(shop, 11)
    of.run()
    assert of.numbers == [0, 1, 2, 3, 11]


def test_old_rows_may_be_deleted(shop: Shop, tmp_path: Path) -> None:
    insert(shop, *range(4))
    of = line(shop, tmp_path)
    of.run()
    shop.do("DELETE FROM clicks WHERE n < 3")
    insert(shop, 4)
    of.run()
    shop.do("DELETE FROM clicks")
    assert of.run() is None
    assert of.numbers == list(range(5))


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"table": "nope"}, "there is no table 'nope'"),
        ({"table": "nope.clicks"}, "there is no table 'nope.clicks'"),
        ({"table": "Clicks"}, "names are exact"),
        ({"cursor": "nope"}, "clicks has no column 'nope'; it has id, user, n, at, tx"),
        ({"order_by": ("nope",)}, "clicks has no column 'nope'"),
        ({"aliases": {"n": "nope"}}, "clicks has no column 'nope'"),
        ({"cursor": "user"}, "cursor 'user' is text: it must be an integer, a timestamp with time zone or xid8"),
        ({"aliases": {"n": "at"}}, "column 'at' of clicks is timestamp with time zone, which is not read as int64"),
        ({"start": datetime(2026, 1, 1, tzinfo=UTC)}, "is no value of id: give an integer"),
        ({"cursor": "at", "start": 1}, "is no value of at: give a moment"),
    ],
)
def test_what_does_not_fit_the_table_is_named(
    shop: Shop, tmp_path: Path, settings: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        line(shop, tmp_path, **settings).run()


def test_rows_without_a_cursor_are_told_at_once(shop: Shop, tmp_path: Path) -> None:
    shop.do("ALTER TABLE clicks ADD changed timestamptz, ADD number bigint")
    insert(shop, 1, 2)
    with pytest.raises(ConfigurationError, match="2 rows of clicks have no number by which they could be read"):
        line(shop, tmp_path, cursor="number").run()
    shop.do("UPDATE clicks SET number = n, changed = CASE n WHEN 1 THEN timestamptz 'infinity' ELSE now() END")
    of = line(shop, tmp_path, cursor="number")
    of.run()
    assert of.numbers == [1, 2]
    with pytest.raises(ConfigurationError, match="1 rows of clicks have no changed"):
        line(shop, tmp_path, cursor="changed").run()


def test_another_cursor_is_not_taken_for_the_one_before(shop: Shop, tmp_path: Path) -> None:
    insert(shop, 1)
    of = line(shop, tmp_path)
    of.run()
    of.change(cursor="n")
    with pytest.raises(ConfigurationError, match=r"was read by id \(integer\) until now, and not by n \(integer\)"):
        of.run()


def test_rights_and_passwords_that_are_missing_are_named(shop: Shop, tmp_path: Path) -> None:
    shop.do("CREATE ROLE reader LOGIN PASSWORD 's3cret'")
    try:
        insert(shop, 1)
        of = line(shop, tmp_path)
        of.url = shop.url.replace("postgres@", "reader:s3cret@")
        with pytest.raises(
            ConfigurationError, match=r"permission denied .*Grant the connection's user SELECT on clicks"
        ):
            of.run()
        shop.do("GRANT SELECT ON clicks TO reader")
        of.run()
        assert of.numbers == [1]
        for url in ("postgresql://nobody:s3cret@", "postgresql://reader:s3cret@x:99999"):
            of.url = shop.url.replace("postgresql://postgres@", url)
            with pytest.raises((ConfigurationError, UnavailableError)) as e:
                of.run()
            assert "s3cret" not in str(e.value)
    finally:
        shop.do("DROP OWNED BY reader")
        shop.do("DROP ROLE reader")


def test_records_have_their_numbers_in_the_part(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "FETCHED", 2)
    shop.do("ALTER TABLE clicks ALTER n TYPE numeric")
    for n in ("0", "1", "2", "3.5", "4"):
        shop.do(f"INSERT INTO clicks (\"user\", n) VALUES ('u', {n})")
    schema = pa.schema({"user": pa.string(), "n": pa.decimal128(5, 0)})
    source = line(shop, tmp_path, schema=schema, output=schema.append(pa.field("seen", pa.int64()))).source()
    reader = source.reader()
    decoded = [d for _, d in reader.read(reader.pieces(source.discover(None, lambda _: ())))]
    assert [n for d in decoded for n in d.rows.to_pylist()] == [0, 1, 2, 4]
    assert [(m.row, m.place) for d in decoded for m in d.malformed] == [(3, "id 4")]


def test_a_row_that_does_not_fit_is_a_dead_letter_with_its_place(shop: Shop, tmp_path: Path) -> None:
    shop.do("ALTER TABLE clicks ALTER n TYPE bigint USING n, ADD day date")
    schema = CLICK.append(pa.field("day", pa.date32()))
    shop.do("INSERT INTO clicks (\"user\", n, day) VALUES ('a', 1, '2026-01-31'), ('b', 2, 'infinity')")
    of = line(shop, tmp_path, schema=schema)
    of.run()
    assert of.numbers == [1]
    (dead,) = of.dead
    assert (dead["step"], dead["source"]) == ("read", "clicks")
    assert dead["reason"] == "id 2, column 'day': 'infinity' is no date (ISO 8601)"
    assert json.loads(dead["row"]) == {"user": "b", "n": 2, "day": "infinity"}
    assert json.loads(dead["position"]) == {"table": "clicks", "cursor": "id", "value": "2"}
