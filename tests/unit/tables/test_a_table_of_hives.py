"""Goal: partitions of a Hive table are read once, as they were found, and what changes is never read in silence."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.chain import RawTable, Reads, of_hive
from tidegate.adapters.tables.partitions import HiveTableSourceAdapter
from tidegate.api.tables import HiveTableSource
from tidegate.engine.corrections import correct, give_up
from tidegate.errors import ConfigurationError, MalformedInputError, SourceGapError, UnavailableError
from tidegate.protocol.model import Run, Slice, Word

USER = pa.schema({"user": pa.string(), "n": pa.int64(), "day": pa.date32()})


@pytest.fixture
def raw(tmp_path: Path) -> RawTable:
    return RawTable(tmp_path / "raw")


def reads(raw: RawTable, tmp_path: Path, **settings: Any) -> Reads:
    return Reads(of_hive(**settings), tmp_path / "made", raw=raw)


def test_a_partition_is_read_once(raw: RawTable, tmp_path: Path) -> None:
    line = reads(raw, tmp_path)
    raw.write("2026-01-02", 3)
    raw.write("2026-01-01", 1)
    raw.write("2026-01-01", 2, file="b")
    report = line.run()
    assert report is not None
    assert report.epoch.offsets["source"].size == 2
    assert line.run() is None
    raw.write("2026-01-03", 4)
    line.run()
    assert line.numbers == [1, 2, 3, 4]
    assert line.replayed(1) == []


def test_partition_columns_have_declared_types(raw: RawTable, tmp_path: Path) -> None:
    raw.write("2026-01-02", 3, 4)
    line = reads(raw, tmp_path, schema=USER)
    (found,) = line.source().discover(None, lambda _: ())
    reader = line.source().reader()
    ((_, decoded),) = reader.read(reader.pieces([found]))
    assert decoded.batch.column("day").cast(pa.string()).to_pylist() == ["2026-01-02"] * 2
    assert decoded.batch.schema == USER


@pytest.mark.parametrize(("day", "problem"), [("yesterday", "'yesterday'"), ("2026-02-30", "2026-02-30")])
def test_a_value_that_does_not_fit_stops_and_can_be_skipped(
    raw: RawTable, tmp_path: Path, day: str, problem: str
) -> None:
    raw.write(day, 1)
    line = reads(raw, tmp_path, schema=USER)
    with pytest.raises(MalformedInputError, match=rf"partition day={day}, column 'day': .*{problem}.*tidegate skip"):
        line.run()


def test_a_null_partition_is_null(raw: RawTable, tmp_path: Path) -> None:
    raw.write("__HIVE_DEFAULT_PARTITION__", 1)
    line = reads(raw, tmp_path, schema=USER)
    (found,) = line.source().discover(None, lambda _: ())
    reader = line.source().reader()
    ((_, decoded),) = reader.read(reader.pieces([found]))
    assert decoded.batch.column("day").to_pylist() == [None]


def test_columns_are_found_as_hive_finds_them(raw: RawTable, tmp_path: Path) -> None:
    """Whatever letters the file has; one that is younger than the file is null."""
    raw.columns = ("user", "n", "more")
    raw.write("d", columns={"User": ["a"], "N": pa.array([7], pa.int64())})
    schema = pa.schema({"user": pa.string(), "n": pa.int64(), "more": pa.string()})
    line = reads(raw, tmp_path, schema=schema)
    (found,) = line.source().discover(None, lambda _: ())
    reader = line.source().reader()
    ((_, decoded),) = reader.read(reader.pieces([found]))
    assert decoded.batch.to_pylist() == [{"user": "a", "n": 7, "more": None}]
    raw.write("d", columns={"User": ["a"], "user": ["b"], "USER": ["c"], "N": pa.array([7], pa.int64())})
    raw.write("e", columns={"User": ["a"], "USER": ["c"], "N": pa.array([7], pa.int64())})
    (*_, ambiguous) = line.source().discover(None, lambda _: ())
    with pytest.raises(MalformedInputError, match="more than one column 'user': USER, User"):
        list(reader.read(reader.pieces([ambiguous])))


def source_at(raw: RawTable, now: float, **settings: Any) -> HiveTableSourceAdapter:
    declared = HiveTableSource("raw.clicks", USER, **{"settle": timedelta(seconds=60), **settings})
    return HiveTableSourceAdapter(declared, "p", raw, lambda: (), now=lambda: now)


def found_at(raw: RawTable, now: float, **settings: Any) -> list[str]:
    return [s.key for s in source_at(raw, now, **settings).discover(None, lambda _: ())]


def test_a_partition_is_complete_when_it_has_not_changed_for_a_while(raw: RawTable) -> None:
    path = raw.write("d", 1)
    os.utime(path / "a.parquet", (1000, 1000))
    assert found_at(raw, 1059.9) == []
    assert found_at(raw, 1060) == ["day=d"]
    raw.changed_s = 1030  # files that were moved there keep their times
    assert found_at(raw, 1060) == []
    assert found_at(raw, 1090) == ["day=d"]
    assert found_at(raw, 1090, marker="_SUCCESS") == []
    (path / "_SUCCESS").touch()
    assert found_at(raw, 1090, marker="_SUCCESS") == ["day=d"]
    (path / "a.parquet").unlink()
    assert found_at(raw, 1090) == []  # nothing is there yet


def test_a_folder_in_a_partition_is_refused(raw: RawTable) -> None:
    (raw.write("d", 1) / "HIVE_UNION_SUBDIR_1").mkdir()
    with pytest.raises(ConfigurationError, match="there is a folder 'HIVE_UNION_SUBDIR_1' in file://"):
        found_at(raw, time.time())


def test_a_partition_that_changes_after_it_was_read_stops(raw: RawTable, tmp_path: Path) -> None:
    line = reads(raw, tmp_path)
    raw.write("d1", 1)
    line.run()
    raw.write("d1", 2, file="late")
    raw.write("d2", 3)
    with pytest.raises(SourceGapError, match=r"raw\.clicks are not as they were read or planned: day=d1\."):
        line.run()
    assert line.accept() == ["day=d1~1"]
    line.until_empty()
    assert line.numbers == [1, 3]
    raw.write("d1", 4, file="later")
    line.change(changed="again")
    line.until_empty()
    assert line.numbers == [1, 1, 2, 3, 4]


def test_a_partition_that_changes_while_it_is_read_is_not_published(raw: RawTable, tmp_path: Path) -> None:
    line = reads(raw, tmp_path)
    raw.write("d1", 1)
    line.processor.behind = lambda: raw.write("d1", 2, file="late")
    with pytest.raises(SourceGapError, match=r"day=d1 of raw\.clicks has changed: 1 of its files, the first is late"):
        line.run()
    line.processor.behind = lambda: None
    with pytest.raises(SourceGapError):
        line.run(again=True)
    assert line.numbers == []
    correct(line.engine, Run("give-up", "test"), Word("somebody", "it is complete now"), give_up)
    line.run(again=True)
    assert line.numbers == [1, 2]


def test_what_is_found_again_before_it_was_read_is_read_once(raw: RawTable, tmp_path: Path) -> None:
    line = reads(raw, tmp_path, changed="again", max_partitions=1)
    raw.write("d1", 1)
    raw.write("d2", 2)
    line.run()
    raw.write("d2", 3, file="late")
    with pytest.raises(SourceGapError, match=r"planned partition day=d2 .* give-up"):
        line.run()
    correct(line.engine, Run("give-up", "test"), Word("somebody", "it is complete now"), give_up)
    line.until_empty()
    assert line.numbers == [1, 2, 3]


def test_what_is_planned_and_has_changed_is_taken_as_it_is_by_a_word(raw: RawTable, tmp_path: Path) -> None:
    line = reads(raw, tmp_path, max_partitions=1)
    raw.write("d1", 1)
    raw.write("d2", 2)
    line.run()
    raw.write("d2", 3, file="late")
    with pytest.raises(SourceGapError, match=r"not as they were read or planned: day=d2\."):
        line.run()
    assert line.accept() == ["day=d2"]
    line.until_empty()
    assert line.numbers == [1, 2, 3]


def test_a_task_reads_no_file_that_was_touched(raw: RawTable, tmp_path: Path) -> None:
    path = raw.write("d", 1)
    line = reads(raw, tmp_path)
    (found,) = line.source().discover(None, lambda _: ())
    reader = line.source().reader()
    os.utime(path / "a.parquet", (2, 2))
    with pytest.raises(SourceGapError, match="is not there as it was planned"):
        list(reader.read(reader.pieces([found])))


def test_a_file_without_a_column_that_is_never_null_is_malformed(raw: RawTable, tmp_path: Path) -> None:
    raw.columns = ("user", "n", "more")
    raw.write("d", 1)
    schema = pa.schema([*USER, pa.field("more", pa.string(), nullable=False)])
    line = reads(raw, tmp_path, schema=schema.remove(2))
    (found,) = line.source().discover(None, lambda _: ())
    reader = line.source().reader()
    with pytest.raises(MalformedInputError, match="has no column 'more', which the schema says is never null"):
        list(reader.read(reader.pieces([found])))


def test_what_may_still_change_is_not_taken_by_a_word(raw: RawTable) -> None:
    path = raw.write("d", 1)
    os.utime(path / "a.parquet", (1000, 1000))
    (found,) = source_at(raw, 1060).discover(None, lambda _: ())
    os.utime(path / "a.parquet", (1050, 1050))
    with pytest.raises(UnavailableError, match=r"partition day=d of raw\.clicks may not be complete"):
        source_at(raw, 1060).renewed([found])


def test_a_dropped_partition_matters_only_while_it_is_planned(raw: RawTable, tmp_path: Path) -> None:
    line = reads(raw, tmp_path)
    raw.write("d1", 1)
    line.run()
    del raw.partitions["d1"]
    raw.write("d2", 2)
    line.processor.before = raw.drop
    with pytest.raises(SourceGapError, match=r"day=d2/a\.parquet of raw\.clicks is not there as it was planned"):
        line.run()
    line.processor.before = lambda: None
    with pytest.raises(SourceGapError, match="is gone: put it back as it was, or go on without it: `tidegate skip"):
        line.run(again=True)
    assert line.accept() == ["day=d2"]
    line.until_empty()
    assert line.numbers == [1]


def test_caps_end_an_epoch(raw: RawTable, tmp_path: Path) -> None:
    for n in range(5):
        raw.write(f"d{n}", n)
    assert reads(raw, tmp_path, max_partitions=2).until_empty() == 3


def test_a_column_that_hive_does_not_have_is_refused(raw: RawTable, tmp_path: Path) -> None:
    raw.columns = ("user",)
    with pytest.raises(ConfigurationError, match=r"raw\.clicks has no column 'n', but user, day: correct"):
        reads(raw, tmp_path).run()


def test_another_table_under_the_same_uid_is_refused(raw: RawTable, tmp_path: Path) -> None:
    line = reads(raw, tmp_path)
    raw.write("d1", 1)
    line.run()
    line.change(table="raw.other")
    with pytest.raises(ConfigurationError, match=r"has read raw\.clicks: another table is another source"):
        line.run()


def test_an_interval_bounds_nothing(raw: RawTable) -> None:
    with pytest.raises(ConfigurationError, match="tell no time"):
        source_at(raw, 0).discover(None, lambda _: (), until_ms=1)


def test_slices_of_dropped_partitions_may_be_forgotten(raw: RawTable) -> None:
    raw.write("d1", 1)
    raw.write("d2", 2)
    found: list[Slice] = source_at(raw, 100).discover(None, lambda _: ())
    assert source_at(raw, 100).gone(found) == []
    del raw.partitions["d1"]
    assert source_at(raw, 100).gone(found) == found[:1]
    raw.partitions.clear()
    assert source_at(raw, 100).gone(found) == []
