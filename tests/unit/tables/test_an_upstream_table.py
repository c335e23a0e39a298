"""Goal: a pipeline that reads another one's table has its rows once, whatever becomes of the table meanwhile."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.chain import Chain, Reads, downstream
from pipelines.made_up import Downstream, Upstream
from tidegate import Retention, TidegateSource
from tidegate.adapters.tables.source import TidegateSourceAdapter
from tidegate.errors import ConfigurationError, SourceGapError


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    return Chain(tmp_path)


def test_each_epoch_is_a_slice_and_its_rows_come_once(chain: Chain) -> None:
    chain.arrive(1, 2, 3)
    chain.arrive(4)
    report = chain.down.run()
    assert report is not None
    assert report.epoch.counts is not None
    assert report.epoch.counts.rows_in == 4
    assert chain.read == [1, 2, 3, 4]
    assert chain.down.run() is None
    chain.arrive(5, 6)
    assert chain.down.until_empty() == 1
    assert chain.read == chain.shown == [1, 2, 3, 4, 5, 6]


def test_what_was_compacted_meanwhile_is_read_by_its_epochs(tmp_path: Path) -> None:
    chain = Chain(tmp_path, up={"compact_at": 3})
    chain.arrive(1)
    chain.down.run()
    for n in range(2, 9):
        chain.arrive(n)
    report = chain.down.run()
    assert report is not None
    assert report.epoch.offsets["source"].size == 7
    assert chain.read == chain.shown == list(range(1, 9))


def test_a_table_that_was_compacted_before_is_read_whole(tmp_path: Path) -> None:
    chain = Chain(tmp_path, up={"compact_at": 3})
    for n in range(1, 9):
        chain.arrive(n)
    chain.down.run()
    assert chain.read == chain.shown == list(range(1, 9))
    chain.arrive(9)
    chain.down.run()
    assert chain.read == list(range(1, 10))


def test_a_rollback_of_unread_epochs_is_no_gap(chain: Chain) -> None:
    first = chain.arrive(1)
    chain.down.run()
    chain.arrive(2)
    chain.arrive(3)
    chain.up.back(first)
    assert chain.down.run() is None
    chain.up.until_empty()
    chain.down.until_empty()
    assert chain.read == chain.shown == [1, 2, 3]


def test_a_rollback_of_read_epochs_stops_until_a_person_decides(chain: Chain) -> None:
    first = chain.arrive(1)
    chain.down.run()
    chain.arrive(2)
    chain.arrive(3)
    chain.down.run()
    chain.up.back(first)
    for _ in range(2):
        with pytest.raises(SourceGapError, match=r"t\.clicks_log does not show the rows of its epochs 2, 3 any more"):
            chain.down.run()
    assert chain.read == [1, 2, 3]
    with pytest.raises(SourceGapError, match="allow the gap"):
        chain.down.back(1)
    chain.down.back(1, allow_gap=True)
    assert chain.read == [1]
    with pytest.raises(SourceGapError, match="was rolled back"):
        chain.down.run()
    chain.down.accept()
    assert chain.down.until_empty() == 0 or chain.read == [1]
    chain.up.until_empty()
    chain.down.until_empty()
    assert chain.read == chain.shown == [1, 2, 3]


def test_going_forward_again_goes_on_as_if_nothing_was(chain: Chain) -> None:
    chain.arrive(1)
    last = chain.arrive(2)
    chain.down.run()
    chain.up.back(1)
    with pytest.raises(SourceGapError):
        chain.down.run()
    chain.up.back(last)
    assert chain.down.run() is None
    chain.arrive(3)
    chain.down.run()
    assert chain.read == chain.shown == [1, 2, 3]


def test_an_accepted_rollback_keeps_what_was_read(chain: Chain) -> None:
    chain.arrive(1)
    chain.arrive(2)
    chain.down.run()
    chain.up.back(1)
    assert chain.down.accept() == ["t.clicks_log@1#2"]
    chain.arrive(3)  # and 2 again
    chain.up.until_empty()
    chain.down.until_empty()
    assert chain.shown == [1, 2, 3]
    assert chain.read == [1, 2, 2, 3]


def test_a_promotion_over_read_epochs_stops_and_can_be_followed(chain: Chain) -> None:
    for n in (1, 2, 3):
        chain.arrive(n)
        chain.down.run()
    chain.up.promote(2)
    assert chain.shown == [1, 1002, 1003]
    with pytest.raises(SourceGapError, match=r"t\.clicks_log shows other rows of its epochs 2, 3 than"):
        chain.down.run()
    chain.down.back(1, allow_gap=True)
    chain.down.accept()
    chain.down.until_empty()
    assert chain.read == chain.shown
    chain.arrive(4)
    chain.down.run()
    assert chain.read == chain.shown == [1, 4, 1002, 1003]


def test_a_promotion_of_unread_epochs_is_read_as_it_made_them(tmp_path: Path) -> None:
    chain = Chain(tmp_path, up={"compact_at": 4})
    chain.arrive(1)
    chain.down.run()
    for n in (2, 3, 4, 5):
        chain.arrive(n)
    chain.up.promote(2, until=3)
    chain.arrive(6)
    chain.down.until_empty()
    assert chain.read == chain.shown == [1, 4, 5, 6, 1002, 1003]


def test_an_epoch_that_is_planned_when_it_is_taken_back_is_never_published(chain: Chain) -> None:
    chain.arrive(1)
    chain.arrive(2)
    chain.down.processor.behind = lambda: chain.up.back(1)
    with pytest.raises(SourceGapError, match="rolled back over epoch 2"):
        chain.down.run()
    chain.down.processor.behind = lambda: None
    with pytest.raises(SourceGapError):
        chain.down.run(again=True)
    assert chain.read == []
    chain.down.accept()
    chain.down.until_empty()
    assert chain.read == chain.shown == [1]


def test_an_attempt_that_died_is_repeated_with_the_same_rows(chain: Chain) -> None:
    chain.arrive(1)
    chain.arrive(2)
    chain.down.processor.before = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        chain.down.run()
    chain.arrive(3)
    chain.down.processor.before = lambda: None
    report = chain.down.run(again=True)
    assert report is not None
    assert report.epoch.offsets["source"].size == 2
    assert chain.read == [1, 2]
    assert chain.down.replayed(1) == []


def test_partition_columns_are_columns_of_the_rows(tmp_path: Path) -> None:
    schema = pa.schema({"user": pa.string(), "n": pa.int64(), "epoch_id": pa.int64()})
    chain = Chain(tmp_path, table="t.clicks_days", schema=schema)
    chain.arrive(1, 2, 3)
    (first,) = chain.down.source().discover(None, lambda _: ())
    reader = chain.down.source().reader()
    batches = [d.batch for _, d in reader.read(reader.pieces([first]))]
    rows = pa.Table.from_batches(batches).to_pylist()
    assert rows == [{"user": f"u{n % 3}", "n": n, "epoch_id": 1} for n in (3, 1, 2)]


def test_dead_letters_are_a_table_too(tmp_path: Path) -> None:
    schema = pa.schema({"row": pa.string(), "step": pa.string()})
    chain = Chain(tmp_path)
    store = chain.up.engine.adapters.store
    source = TidegateSourceAdapter(TidegateSource("t.clicks_dead", schema, "clicks"), "p", store, lambda: ())
    (chain._arrived / "bad.json").write_text("nonsense\n")
    chain.up.run()
    (found,) = source.discover(None, lambda _: ())
    ((_, decoded),) = source.reader().read(source.reader().pieces([found]))
    assert decoded.batch.to_pylist() == [{"row": "nonsense", "step": "read"}]
    (chain._arrived / "worse.json").write_text("more\nof it\n")
    chain.up.run()
    assert [s.rows for s in source.discover(found, lambda _: ())] == [2]


def test_a_lost_file_is_a_gap_that_can_be_accepted(chain: Chain, tmp_path: Path) -> None:
    chain.arrive(1)
    chain.down.run()
    chain.arrive(2)
    chain.arrive(3)
    next(tmp_path.glob("up/made/**/epoch=2/**/data/t.clicks_log/**/*.parquet")).unlink()
    with pytest.raises(SourceGapError, match=r"seen: file://.*epoch=2/.*, which epoch 2 of clicks wrote, is gone"):
        chain.down.run()
    assert chain.down.accept() == ["t.clicks_log@2"]
    chain.down.until_empty()
    assert chain.read == [1, 3]


def test_a_file_with_other_bytes_is_never_read(chain: Chain, tmp_path: Path) -> None:
    chain.arrive(1)
    file = next(tmp_path.glob("up/made/**/data/t.clicks_log/**/*.parquet"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(SourceGapError, match=r"f?\.parquet is not as epoch 1 of clicks wrote it"):
        chain.down.run()


def test_what_the_other_one_has_forgotten_is_a_gap(tmp_path: Path) -> None:
    soon = Retention(epochs=1, age=timedelta(0), grace=timedelta(0))
    chain = Chain(tmp_path, up={"compact_at": 2, "retention": soon})
    chain.arrive(1)
    chain.down.run()
    for n in range(2, 8):
        chain.arrive(n)
    with pytest.raises(SourceGapError, match=r"clicks does not keep its epoch \d+ any more, and its table was looked"):
        chain.down.run()
    chain.down.accept()
    chain.down.until_empty()
    assert chain.read[0] == 1
    assert chain.read[-1] == 7
    assert len(chain.read) < 7
    whole = Reads(downstream(name="anew"), tmp_path / "anew", chain.up)
    whole.run()
    assert whole.numbers == chain.shown


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"pipeline": "clocks"}, "no epochs of a pipeline 'clocks'"),
        ({"table": "t.clicks"}, r"clicks has no table t\.clicks, but t\.clicks_days, t\.clicks_dead, t\.clicks_log"),
        ({"schema": pa.schema({"user": pa.string(), "m": pa.int64()})}, "has no column 'm' in its newest rows; it has"),
        ({"start": 7}, "clicks does not keep its epoch 7 any more, so nobody can begin behind its epoch 7"),
    ],
)
def test_what_cannot_be_read_so_is_told(tmp_path: Path, settings: dict[str, Any], problem: str) -> None:
    chain = Chain(tmp_path, **settings)
    chain.arrive(1)
    with pytest.raises(ConfigurationError, match=problem):
        chain.down.source().discover(None, lambda _: ())


def test_a_pipeline_cannot_read_its_own_table(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot read its own table"):
        Chain(tmp_path, name="clicks").down.source()


def test_another_table_under_the_same_uid_is_refused(chain: Chain) -> None:
    chain.arrive(1)
    chain.down.run()
    chain.down.change(table="t.clicks_days")
    with pytest.raises(ConfigurationError, match=r"has read t\.clicks_log of clicks: another table is another source"):
        chain.down.run()


def test_latest_and_a_number_begin_later(tmp_path: Path) -> None:
    chain = Chain(tmp_path, start="latest")
    chain.arrive(1)
    second = Reads(downstream(name="second", start=1), tmp_path / "second", chain.up)
    chain.down.run()
    assert second.run() is None
    chain.arrive(2)
    chain.down.run()
    second.run()
    assert chain.read == second.numbers == [2]


def test_an_epoch_ends_with_the_one_that_reaches_the_cap(tmp_path: Path) -> None:
    chain = Chain(tmp_path, max_rows=3)
    for n in range(4):
        chain.arrive(2 * n, 2 * n + 1)
    assert chain.down.until_empty() == 2
    assert chain.read == chain.shown


def test_a_reader_may_be_far_behind(tmp_path: Path) -> None:
    """More epochs than are asked for at first."""
    up = Upstream(tmp_path)
    down = Downstream(up)
    up.events(1)
    down.run()
    for _ in range(150):
        up.events(0)
    up.events(1)
    down.run()
    assert down.read == [0, 1]


def test_epochs_without_rows_of_the_table_are_kept_in_mind(tmp_path: Path) -> None:
    """So that they may be forgotten."""
    up = Upstream(tmp_path)
    down = Downstream(up, start="latest")
    up.events(1)
    for _ in range(3):
        down.run()
        for _ in range(9):
            up.events(0)
        down.run()
        up.events(0)
    assert [(s.key, s.rows) for s in down.ledger] == [("t.log@1#0", 0), ("t.log@11#1", 0), ("t.log@21#2", 0)]
    up.forget(*range(2, 20))
    down.run()
    up.events(1)
    down.run()
    assert down.read == [1]
