"""Goal: state runs answer as a plain dictionary would, with equal hashes, deletions and any history of merges."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.adapters.spark import state_runs
from tidegate.adapters.spark.state_runs import RunWriter, StateReader, merge, run_schema
from tidegate.errors import StateIncompatibleError
from tidegate.protocol.merging import tail_to_merge

SCHEMA = run_schema(pa.schema([("k", pa.string()), ("n", pa.int64()), ("l", pa.list_(pa.string()))]))
Model = dict[tuple[int, str], tuple[Any, ...] | None]


def write(path: Path, entries: Model, *, rows_per_batch: int = 2) -> str:
    writer = RunWriter(f"file://{path}", SCHEMA)
    rows = [(h, v is None, k, *(v or (None, None))) for (h, k), v in sorted(entries.items())]
    for at in range(0, len(rows), rows_per_batch):
        columns = zip(*rows[at : at + rows_per_batch], strict=True)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
        writer.write(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))
    writer.close()
    return writer.uri


def look_up(uris: list[str], wanted: list[tuple[int, str]]) -> list[tuple[Any, ...] | None]:
    reader = StateReader(uris, SCHEMA, key_width=1)
    return reader.get(np.array([h for h, _ in wanted], dtype=np.int64), [pa.array([k for _, k in wanted], pa.string())])


key = st.tuples(st.integers(-3, 3), st.sampled_from("abc"))  # few hashes, so that many keys share one
value = st.none() | st.tuples(st.integers(0, 9), st.lists(st.sampled_from("xy"), max_size=2))
run = st.dictionaries(key, value, min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(history=st.lists(run, min_size=1, max_size=6), merged=st.integers(0, 6))
def test_any_history_answers_as_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, history: list[Model], merged: int
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    model: Model = {}
    uris = []
    for i, entries in enumerate(history):
        model.update(entries)
        uris.append(write(folder / f"{i}.arrow", entries))
    rest, tail = uris[: len(uris) - merged], uris[max(0, len(uris) - merged) :]
    if tail:
        one = merge(tail, f"file://{folder}/m.arrow", SCHEMA, key_width=1, drop_deleted=not rest)
        uris = [*rest, one.uri] if one.rows else rest
    wanted = sorted((h, k) for h in range(-3, 4) for k in "abc")
    assert look_up(uris, wanted) == [model.get(w) for w in wanted]


def test_a_merge_of_all_runs_forgets_deleted_keys(tmp_path: Path) -> None:
    uris = [write(tmp_path / "1", {(1, "a"): (1, ["x"])}), write(tmp_path / "2", {(1, "a"): None})]
    assert merge(uris, f"file://{tmp_path}/m", SCHEMA, key_width=1, drop_deleted=True).rows == 0
    assert not (tmp_path / "m").exists()
    assert merge(uris, f"file://{tmp_path}/n", SCHEMA, key_width=1, drop_deleted=False).rows == 1


def test_a_merge_works_through_ranges_of_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_runs, "ROWS_PER_BATCH", 3)
    runs = [{(h, "a"): (i, None) for h in range(0, 40, i + 1)} for i in range(3)]
    uris = [write(tmp_path / str(i), entries) for i, entries in enumerate(runs)]
    one = merge(uris, f"file://{tmp_path}/m", SCHEMA, key_width=1, drop_deleted=True)
    wanted = [(h, "a") for h in range(40)]
    expected = {k: v for entries in runs for k, v in entries.items()}
    assert look_up([one.uri], wanted) == [expected[w] for w in wanted]


def test_state_of_another_type_is_refused(tmp_path: Path) -> None:
    uri = write(tmp_path / "1", {(1, "a"): (1, None)})
    other = run_schema(pa.schema([("k", pa.string()), ("n", pa.float64()), ("l", pa.list_(pa.string()))]))
    with pytest.raises(StateIncompatibleError, match=r"n int64.*declares.*n double"):
        StateReader([uri], other, key_width=1)


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
