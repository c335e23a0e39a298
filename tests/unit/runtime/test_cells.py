"""Goal: a cell gives back what will be stored, shares nothing with the function, and can be undone as a whole."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate import Context, KeyedProcessFunction, ListState, MapState, Row, ValueState
from tidegate.api.state import State
from tidegate.api.values import MisfitError
from tidegate.runtime.cells import Handle, cell_of
from tidegate.runtime.entries import Entries


def test_a_default_is_each_keys_own() -> None:
    """C1."""
    given_default = [0]
    cell = cell_of(ValueState(pa.list_(pa.int64()), default=given_default), "xs")
    given_default.append(7)
    for key in range(3):
        cell.load(None)
        values = cell.value()
        values.append(key)
        assert cell.value() == [0]
        cell.update(values)
        assert cell.stored() == [0, key]


def test_what_is_set_is_taken_at_once_or_refused_by_name() -> None:
    """C2, C3, C9."""
    total = cell_of(ValueState(pa.int64(), default=0), "total")
    with pytest.raises(MisfitError, match=r"state 'total': 0\.5 is not int64"):
        total.update(0.5)
    assert (total.value(), total.changed) == (0, False)
    near = cell_of(ValueState(pa.float32()), "near")
    near.update(0.1 + 0.2)
    assert near.value() == 0.30000001192092896
    counts = cell_of(ValueState(pa.map_(pa.string(), pa.int64())), "counts")
    counts.update({"a": 1})
    assert counts.value() == {"a": 1}
    pages, items = cell_of(MapState(pa.string(), pa.int64()), "pages"), cell_of(ListState(pa.string()), "items")
    misfits: tuple[Callable[[], object], ...] = (
        lambda: pages.put(b"a", 1),
        lambda: pages.put("a", "1"),
        lambda: pages.get(1),
        lambda: pages.remove(1),
    )
    for wrong in misfits:
        with pytest.raises(MisfitError, match="state 'pages'"):
            wrong()
    no_lists: tuple[Any, ...] = ("abc", {"abc"}, {"abc": 1}, None, [1])
    for values in no_lists:
        with pytest.raises(MisfitError, match="state 'items'"):
            items.update(values)
    with pytest.raises(MisfitError, match="state 'items'"):
        items.add_all(["a", 1])
    assert (items.get(), pages.is_empty(), items.changed, pages.changed) == ([], True, False, False)
    items.add_all(letter for letter in "ab")
    assert items.get() == ["a", "b"]


NESTED = pa.struct([("xs", pa.list_(pa.int64()))])


def test_what_is_read_is_a_copy() -> None:
    """A change in place changes nothing before it is set, whatever the kind of state."""
    value, items = cell_of(ValueState(NESTED), "value"), cell_of(ListState(NESTED), "items")
    table = cell_of(MapState(pa.string(), NESTED), "table")
    kept = {"xs": [1]}
    value.update(kept)
    items.update([kept])
    table.put("a", kept)
    for read in (kept, value.value(), items.get()[0], table.get("a"), dict(table.items())["a"]):
        read["xs"].append(2)
    assert (value.value(), items.get(), table.get("a")) == ({"xs": [1]}, [{"xs": [1]}], {"xs": [1]})


def test_a_state_that_no_run_bound_cannot_be_used() -> None:
    class Count(KeyedProcessFunction):
        n = ValueState(pa.int64())

        def process_element(self, value: Row, ctx: Context) -> None:
            self.n.update(1)

    with pytest.raises(AttributeError, match="state 'n' has values only where a run calls the function"):
        Count().process_element(Row(), Context())
    assert Count.n.dtype == pa.int64()


small = st.integers(0, 3)
list_changes = st.one_of(
    st.tuples(st.just("add"), small),
    st.tuples(st.just("add_all"), st.lists(small, max_size=2)),
    st.tuples(st.just("update"), st.lists(small, max_size=2)),
    st.tuples(st.just("clear")),
)
map_changes = st.one_of(
    st.tuples(st.just("put"), small, small),
    st.tuples(st.just("remove"), small),
    st.tuples(st.just("clear")),
    st.tuples(st.just("keys")),
)
value_changes = st.one_of(st.tuples(st.just("update"), small), st.tuples(st.just("clear")))


def changed(cell: Handle, changes: list[Any]) -> None:
    for name, *arguments in changes:
        getattr(cell, name)(*arguments)


@pytest.mark.parametrize(
    ("declared", "changes"),
    [
        (ValueState(pa.int64(), default=7), value_changes),
        (ListState(pa.int64()), list_changes),
        (MapState(pa.int64(), pa.int64()), map_changes),
    ],
    ids=["value", "list", "map"],
)
@given(data=st.data())
def test_an_undone_row_leaves_no_trace(declared: State[Any], changes: Any, data: st.DataObject) -> None:
    """C4: rows that stay and rows that are undone, in any order; the order of a map's keys is part of the state."""
    cell, only_kept = cell_of(declared, "cell"), cell_of(declared, "cell")
    for stays, row in data.draw(st.lists(st.tuples(st.booleans(), st.lists(changes, max_size=5)), max_size=6)):
        saved = cell.snapshot()
        changed(cell, row)
        if stays:
            changed(only_kept, row)
        else:
            cell.restore(saved)
        assert cell.changed == only_kept.changed
        if data.draw(st.booleans()):
            assert repr(deepcopy(cell.stored())) == repr(only_kept.stored())
    assert repr(cell.stored()) == repr(only_kept.stored())


class Counted(int):
    """A key that counts how often it was looked for."""

    looks = 0

    def __hash__(self) -> int:
        Counted.looks += 1
        return int.__hash__(self)


def test_entries_cost_what_is_touched() -> None:
    """C10: with a mark before each change, and half of the changes undone, looks grow with changes, not with size."""
    entries = Entries({})
    for i in range(1000):
        entries.put(Counted(i), i)
    entries.mark()
    entries.remove(Counted(5))  # from here on places are kept
    Counted.looks = 0
    for i in range(1000, 1100):
        entries.mark()
        entries.put(Counted(i), i)
        entries.remove(Counted(i - 990))
        if i % 2:
            entries.undo()
    assert Counted.looks < 100 * 20
    assert [*entries.ordered()][:4] == [0, 1, 2, 3]


def test_lists_grow_in_place() -> None:
    """C10."""
    cell = cell_of(ListState(pa.int64()), "xs")
    cell.add(0)
    held = cell.stored()
    for i in range(1, 10):
        saved = cell.snapshot()
        cell.add(i)
        if i % 2:
            cell.restore(saved)
    assert cell.stored() is held
    assert held == [0, 2, 4, 6, 8]


def test_state_cells_behave_as_flinks() -> None:
    value = cell_of(ValueState(pa.int64(), default=7), "value")
    items, table = cell_of(ListState(pa.int64()), "items"), cell_of(MapState(pa.string(), pa.int64()), "table")
    assert (value.value(), items.get(), table.get("a"), table.is_empty()) == (7, [], None, True)
    value.update(1)
    items.add(1)
    items.add_all([2, 3])
    table.put("a", 1)
    table.put("b", 2)
    table.remove("a")
    assert (value.stored(), items.stored(), table.stored()) == (1, [1, 2, 3], {"b": 2})
    assert (list(table.keys()), table.contains("b"), table.contains("a")) == (["b"], True, False)
    saved = [s.snapshot() for s in (value, items, table)]
    value.clear()
    items.add(9)
    table.put("c", 3)
    for state, snapshot in zip((value, items, table), saved, strict=True):
        state.restore(snapshot)
    assert (value.value(), items.get(), dict(table.items())) == (1, [1, 2, 3], {"b": 2})
    for state in (value, items, table):
        state.clear()
        assert state.changed
        assert state.stored() is None
