"""Goal: the tasks of the reading stage decode each piece once, place its rows, and count what they met."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as make
from tidegate import Json
from tidegate.adapters import reading
from tidegate.adapters.files.places import Places
from tidegate.adapters.files.reader import FileReader
from tidegate.adapters.reading import BYTES_PER_TASK, groups_of
from tidegate.adapters.spark.reading import SparkReading, read_pieces
from tidegate.api.formats import RowFormat
from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.errors import InvariantViolationError, MalformedInputError
from tidegate.runtime.decoding.model import WHOLE
from tidegate.runtime.events import ORDER, SLICE
from tidegate.runtime.reading import Piece
from tidegate.runtime.spec import Output, Report

SCHEMA = pa.schema({"id": pa.int64()})
DEAD = ("t.dead", ("1",))
FILES = {"a.json": '{"id": 1}\n{"id": 2}\n{"id": \n{"id": "x"}\n', "b.json": '{"id": 3}\n', "c.json": '[]\n{"id": 4}\n'}


def given_files(folder: Path, *, tasks: Sequence[tuple[int, int]], dead: bool = True) -> SparkReading:
    reader = FileReader(RowFormat(Json(), SCHEMA), Places("/"))
    slices = []
    for number, (name, text) in enumerate(FILES.items()):
        (folder / name).write_text(text)
        slices.append(make.slice_(number, str(folder / name), size=len(text)))
    letters = Output("t.dead", f"file://{folder}/dead", (), (("epoch_id", "1"),))
    return SparkReading(
        "p epoch 1",
        "source",
        reader,
        reader.pieces(slices),
        tuple(tasks),
        f"file://{folder}/read",
        letters if dead else None,
    )


def task(of: SparkReading, *groups: int) -> list[tuple[int, int, int]]:
    """What Spark calls with the groups' numbers; the rows with their piece and place."""
    numbers = pa.RecordBatch.from_pydict({"id": list(groups)})
    return [
        (row[SLICE], row[ORDER], row["id"]) for batch in read_pieces(of, iter([numbers])) for row in batch.to_pylist()
    ]


@pytest.mark.parametrize("tasks", [[(0, 3)], [(0, 1), (1, 3)], [(0, 1), (1, 2), (2, 3)]])
def test_every_row_has_its_place_and_every_record_is_counted(tmp_path: Path, tasks: list[tuple[int, int]]) -> None:
    given = given_files(tmp_path, tasks=tasks)
    rows = [row for group in range(len(tasks)) for row in task(given, group)]
    assert rows == [(0, 0, 1), (0, 1, 2), (1, 0, 3), (2, 1, 4)]
    reports = given.reports()
    assert len(reports) == len(tasks)
    assert [sum(getattr(r, n) for r in reports) for n in ("records", "rows", "malformed")] == [7, 4, 3]
    written = [f for r in reports for table, values, found in r.files for f in found if (table, values) == DEAD]
    assert sum(f.rows for f in written) == 3
    letters = [row for f in written for row in pq.ParquetFile(f.path.removeprefix("file://")).read().to_pylist()]
    assert [(r["step"], Path(r["source"]).name, r["row"]) for r in letters] == [
        ("read", "a.json", '{"id":'),
        ("read", "a.json", '{"id": "x"}'),
        ("read", "c.json", "[]"),
    ]
    assert set(letters[0]) == set(DEAD_LETTER_SCHEMA.names)


def test_of_several_sources_pieces_are_numbered_on_and_named(tmp_path: Path) -> None:
    later = replace(given_files(tmp_path, tasks=[(0, 1), (1, 3)]), first=5, named=True)
    rows = [row for group in range(2) for row in task(later, group)]
    assert rows == [(5, 0, 1), (5, 1, 2), (6, 0, 3), (7, 1, 4)]
    assert later.places == tuple(f"source: {tmp_path}/{name}" for name in FILES)
    letters = [f.path.removeprefix("file://") for r in later.reports() for w in r.files for f in w.files]
    named = {row["source"] for path in letters for row in pq.ParquetFile(path).read().to_pylist()}
    assert named == {f"source: {tmp_path}/a.json", f"source: {tmp_path}/c.json"}
    one = replace(later, dead_letters=None, groups=((0, 1),))
    with pytest.raises(MalformedInputError, match=r"source 'source' of p epoch 1: 2 malformed .* in source: /.*/a"):
        task(one, 0)


def test_a_repeated_task_is_counted_once(tmp_path: Path) -> None:
    given = given_files(tmp_path, tasks=[(0, 1), (1, 3)])
    for group in (0, 1, 1, 0):
        task(given, group)
    assert [(r.records, r.rows, r.malformed) for r in given.reports()] == [(4, 2, 2), (3, 2, 1)]


def test_a_task_that_reported_nothing_is_missed(tmp_path: Path) -> None:
    given = given_files(tmp_path, tasks=[(0, 1), (1, 3)])
    task(given, 0)
    with pytest.raises(InvariantViolationError, match="p epoch 1: no task says what it read of group 1"):
        given.reports()


def test_without_dead_letters_the_first_malformed_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(MalformedInputError, match=r"p epoch 1: 3 malformed rows of 7 .* first in .*/a.json, line 3"):
        task(given_files(tmp_path, tasks=[(0, 3)], dead=False), 0)


def test_apart_each_piece_has_a_task_and_a_report_of_its_own(tmp_path: Path) -> None:
    given = given_files(tmp_path, tasks=[(0, 3)])
    task(given, 0)
    apart = given.apart()
    assert apart.groups == ((0, 1), (1, 2), (2, 3))
    for group in range(3):
        task(apart, group)
    assert [r.records for r in apart.reports()] == [4, 1, 2]
    assert [r.records for r in given.reports()] == [7]


def test_no_files_are_no_rows(tmp_path: Path) -> None:
    reader = FileReader(RowFormat(Json(), SCHEMA), Places("/"))
    given = SparkReading("p epoch 1", "source", reader, (), groups_of((), 4), f"file://{tmp_path}", None)
    assert task(given, 0) == []
    assert given.reports() == [Report()]


@given(st.lists(st.integers(0, 30 * BYTES_PER_TASK), max_size=40), st.integers(1, 16))
def test_groups_cover_all_pieces_in_order(sizes: list[int], tasks: int) -> None:
    pieces = [Piece(str(i), size, WHOLE) for i, size in enumerate(sizes)]
    groups = groups_of(pieces, tasks)
    assert groups[0][0] == 0
    assert groups[-1][1] == len(pieces)
    assert all(before[1] == after[0] for before, after in pairwise(groups))
    assert all(start < stop for start, stop in groups) or not pieces
    most = max(tasks, -(-sum(sizes) // reading._MOST_BYTES_PER_TASK))
    assert len(groups) <= most


def test_little_is_read_by_one_task_and_much_by_all() -> None:
    def groups(count: int, size: int) -> list[int]:
        found = groups_of([Piece(str(i), size, WHOLE) for i in range(count)], 4)
        return [stop - start for start, stop in found]

    assert groups(100, 1000) == [100]
    assert groups(8, BYTES_PER_TASK) == [2, 2, 2, 2]
    assert groups(2, BYTES_PER_TASK) == [1, 1]
