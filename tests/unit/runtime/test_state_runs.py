"""Goal: state runs answer as a plain dictionary would, with equal hashes, deletions and any history of merges."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc

from faults.damage import DAMAGES, flipped
from tidegate.errors import DataDamagedError, FormatError, StateIncompatibleError
from tidegate.protocol.merging import tail_to_merge
from tidegate.protocol.model import StateRun
from tidegate.runtime import state_runs
from tidegate.runtime.state_runs import RunWriter, StateReader, check_columns, merge, run_schema

COLUMNS = pa.schema([("k", pa.string()), ("n", pa.int64()), ("l", pa.list_(pa.string()))])
SCHEMA = run_schema(COLUMNS, operator="Totals", key=("k",))
Place = tuple[int, str]
Model = dict[Place, tuple[Any, ...] | None]


def write(
    path: Path, entries: Mapping[Place, tuple[Any, ...] | None], *, rows_per_batch: int = 2, schema: pa.Schema = SCHEMA
) -> StateRun:
    writer = RunWriter(f"file://{path}", schema)
    rows = [(h, v is None, k, *(v or (None, None))) for (h, k), v in sorted(entries.items())]
    for at in range(0, len(rows), rows_per_batch):
        columns = zip(*rows[at : at + rows_per_batch], strict=True)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
        writer.write(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))
    (run,) = writer.close("Totals", 0)
    return run


def look_up(runs: list[StateRun], wanted: list[tuple[int, str]]) -> list[tuple[Any, ...] | None]:
    reader = StateReader(runs, SCHEMA, key_width=1)
    hashes, keys = np.array([h for h, _ in wanted], dtype=np.int64), pa.array([k for _, k in wanted], pa.string())
    stored = reader.get(hashes, [keys])
    answers = dict(zip(stored.found.tolist(), stored.rows.to_pylist(), strict=True))
    return [tuple(answers[i].values()) if i in answers else None for i in range(len(wanted))]


key = st.tuples(st.integers(-3, 3), st.sampled_from("abc"))  # few hashes, so that many keys share one
value = st.none() | st.tuples(st.integers(0, 9), st.lists(st.sampled_from("xy"), max_size=2))
run = st.dictionaries(key, value, min_size=1, max_size=8)


@settings(max_examples=60)
@given(history=st.lists(run, min_size=1, max_size=6), merged=st.integers(0, 6))
def test_any_history_answers_as_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, history: list[Model], merged: int
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    model: Model = {}
    runs = []
    for i, entries in enumerate(history):
        model.update(entries)
        runs.append(write(folder / f"{i}.arrow", entries))
    rest, tail = runs[: len(runs) - merged], runs[max(0, len(runs) - merged) :]
    if tail:
        runs = [*rest, *merge(tail, f"file://{folder}/m.arrow", SCHEMA, key_width=1, drop_deleted=not rest)]
    wanted = sorted((h, k) for h in range(-3, 4) for k in "abc")
    assert look_up(runs, wanted) == [model.get(w) for w in wanted]


def test_a_merge_of_all_runs_forgets_deleted_keys(tmp_path: Path) -> None:
    runs = [write(tmp_path / "1", {(1, "a"): (1, ["x"])}), write(tmp_path / "2", {(1, "a"): None})]
    assert merge(runs, f"file://{tmp_path}/m", SCHEMA, key_width=1, drop_deleted=True) == ()
    assert not (tmp_path / "m").exists()
    assert [r.rows for r in merge(runs, f"file://{tmp_path}/n", SCHEMA, key_width=1, drop_deleted=False)] == [1]


def test_a_merge_works_through_ranges_of_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_runs, "ROWS_PER_MERGE", 3)
    written = [{(h, "a"): (i, None) for h in range(0, 40, i + 1)} for i in range(3)]
    runs = [write(tmp_path / str(i), entries) for i, entries in enumerate(written)]
    one = merge(runs, f"file://{tmp_path}/m", SCHEMA, key_width=1, drop_deleted=True)
    wanted = [(h, "a") for h in range(40)]
    expected = {k: v for entries in written for k, v in entries.items()}
    assert look_up([*one], wanted) == [expected[w] for w in wanted]


def test_state_of_another_type_is_refused(tmp_path: Path) -> None:
    run = write(tmp_path / "1", {(1, "a"): (1, None)})
    columns = COLUMNS.set(1, pa.field("n", pa.float64()))
    with pytest.raises(StateIncompatibleError, match=r"n int64.*declares.*n double"):
        StateReader([run], run_schema(columns, operator="Totals", key=("k",)), key_width=1)


def test_state_by_other_keys_is_refused(tmp_path: Path) -> None:
    """The columns are the same, and none would be found."""
    run = write(tmp_path / "1", {(1, "a"): (1, None)})
    with pytest.raises(StateIncompatibleError, match=r"with the key k; .* with the key k, n\."):
        StateReader([run], run_schema(COLUMNS, operator="Totals", key=("k", "n")), key_width=2)


def said(**changes: Any) -> pa.Schema:
    """Columns of a run that says other things of itself."""
    header = json.loads(SCHEMA.metadata[b"tidegate"]) | changes
    return SCHEMA.with_metadata({b"tidegate": json.dumps(header).encode()})


def test_a_run_says_what_it_is(tmp_path: Path) -> None:
    """To any reader of Arrow too."""
    write(tmp_path / "1", {(1, "a"): (1, None)})
    with pa.memory_map(str(tmp_path / "1")) as file:
        metadata = ipc.open_stream(file).schema.metadata
    assert metadata == {b"tidegate": b'{"format":1,"hash":"xxh64","key":["k"],"operator":"Totals","seed":42}'}


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (said(format=2), "is of format 2"),
        (SCHEMA.remove_metadata(), "says no format: no release wrote it"),
        (said(key=None), "has a value that is none of its format"),
        (said(hash="murmur3"), "finds its keys by murmur3 from 42.* finds them by xxh64 from 42"),
        (said(seed=7), "finds its keys by xxh64 from 7"),
    ],
)
def test_a_run_that_is_not_known_is_refused_by_name(tmp_path: Path, schema: pa.Schema, says: str) -> None:
    run = write(tmp_path / "1", {(1, "a"): (1, None)}, schema=schema)
    for reading in (
        lambda: check_columns(run, SCHEMA),
        lambda: look_up([run], [(1, "a")]),
        lambda: merge([run], f"file://{tmp_path}/m", SCHEMA, key_width=1, drop_deleted=False),
    ):
        with pytest.raises(FormatError, match=f"^the state run file://{tmp_path}/1 {says}.*install the tidegate"):
            reading()


def test_what_a_newer_tidegate_says_more_is_passed_over(tmp_path: Path) -> None:
    run = write(tmp_path / "1", {(1, "a"): (1, None)}, schema=said(added=1, operator="Renamed"))
    assert look_up([run], [(1, "a")]) == [(1, None)]


ENTRIES: dict[Place, tuple[Any, ...]] = {(h, k): (h, [k]) for h in range(-40, 40) for k in "abc"}


def test_a_run_is_an_arrow_stream(tmp_path: Path) -> None:
    write(tmp_path / "1", ENTRIES, rows_per_batch=7)
    with pa.memory_map(str(tmp_path / "1")) as file:
        read = ipc.open_stream(file).read_all()
    assert read.schema == SCHEMA
    assert {(r[state_runs.HASH], r["k"]): (r["n"], r["l"]) for r in read.to_pylist()} == ENTRIES


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_never_an_answer(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """D2, D3."""
    run = write(tmp_path / "1", ENTRIES, rows_per_batch=1000)
    damage(tmp_path / "1")
    with pytest.raises(DataDamagedError, match=r"/1 (is missing|has).*tidegate rollback"):
        look_up([run], sorted(ENTRIES))
    with pytest.raises(DataDamagedError, match=r"/1 (is missing|has).*tidegate rollback"):
        merge([run], f"file://{tmp_path}/m", SCHEMA, key_width=1, drop_deleted=False)


def test_a_bit_that_flips_anywhere_is_found_or_harmless(tmp_path: Path) -> None:
    """Nothing is read of the stream's own beginning and end: that the schema is in front is for other readers."""
    run = write(tmp_path / "1", ENTRIES, rows_per_batch=50)
    written = (tmp_path / "1").read_bytes()
    unread = {*range(len(SCHEMA.serialize())), *range(run.index_at - 8, run.index_at)}

    @settings(max_examples=150)
    @given(bit=st.integers(0, 8 * run.bytes - 1))
    def flip(bit: int) -> None:
        (tmp_path / "1").write_bytes(written)
        flipped(tmp_path / "1", bit=bit)
        try:
            answers = look_up([run], sorted(ENTRIES))
        except DataDamagedError:
            return
        assert answers == [ENTRIES[w] for w in sorted(ENTRIES)]
        assert bit // 8 in unread

    flip()


def test_an_older_run_in_place_of_one_is_damage_even_when_it_has_the_same_size(tmp_path: Path) -> None:
    """D2."""
    run = write(tmp_path / "1", ENTRIES)
    older = write(tmp_path / "0", {place: (n + 1, kept) for place, (n, kept) in ENTRIES.items()})
    assert older.bytes == run.bytes
    (tmp_path / "0").replace(tmp_path / "1")
    with pytest.raises(DataDamagedError, match="/1 has another index"):
        look_up([run], sorted(ENTRIES)[:1])


def test_only_what_a_look_up_reads_is_checked(tmp_path: Path) -> None:
    """So an epoch that touches few keys does not pay for the whole state."""
    run = write(tmp_path / "1", ENTRIES, rows_per_batch=24)
    (first,) = look_up([run], [(-40, "a")])
    flipped(tmp_path / "1")
    assert look_up([run], [(-40, "a")]) == [first]
    assert look_up([run], [(39, "c")]) == [(39, ["c"])]
    with pytest.raises(DataDamagedError, match=r"from \d+ to \d+"):
        look_up([run], [(-1, "c"), (0, "a")])


def test_large_batches_are_cut_into_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_runs, "BLOCK_BYTES", 500)
    run = write(tmp_path / "1", ENTRIES, rows_per_batch=1000)
    with pa.memory_map(str(tmp_path / "1")) as file:
        sizes = [batch.nbytes for batch in ipc.open_stream(file)]
    assert len(sizes) > 10
    assert max(sizes) < 1000
    assert look_up([run], sorted(ENTRIES)) == [ENTRIES[w] for w in sorted(ENTRIES)]


@pytest.mark.parametrize(
    ("sizes", "newest"),
    [([], 0), ([5], 0), ([1, 1, 1], 0), ([1, 1, 1, 1], 4), ([9, 1, 1, 1], 0), ([9, 1, 1, 1, 1], 4), ([3, 1, 1, 1], 4)],
)
def test_merge_plan(sizes: list[int], newest: int) -> None:
    assert tail_to_merge(sizes, minimum=4) == newest


def test_runs_stay_few_and_each_key_is_seldom_rewritten() -> None:
    sizes: list[int] = []
    written = longest = 0
    for _ in range(1000):
        sizes.append(1)
        n = tail_to_merge(sizes, minimum=4)
        if n:
            sizes[-n:] = [sum(sizes[-n:])]
            written += sizes[-1]
        longest = max(longest, len(sizes))
    assert longest <= 14
    assert written <= 10 * 1000
