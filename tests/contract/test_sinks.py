"""Goal: what the sink in memory shows, plans and refuses is what the one over Hive does."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

import builders as make
from pipelines.warehouse import ROWS, Warehouse, locations, nothing, staged_at
from tidegate.errors import ConfigurationError, RefusedError
from tidegate.ports import Sink, TableChange
from tidegate.protocol.model import Clone, Head, PartitionValues
from tidegate.testing.sink import MemorySink
from tidegate.wiring import Endpoints

WIDER = ROWS.append(pa.field("w", pa.int64()))


class InMemory(Warehouse):
    """The same over tables of this process; every sink sees the same ones."""

    def __init__(self, folder: Path) -> None:
        self.endpoints = Endpoints("", "", "", "", warehouse=f"file://{folder}")
        self.database = "sink"
        self.definition = self.define()
        self.log, self.latest = self.definition.targets
        self.tables = MemorySink()

    def sink(self, metastore: str = "", hiveserver2: str = "") -> Sink:
        return self.tables

    def drop(self, table: str) -> None:
        del self.tables.tables[table]

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(params=["memory", pytest.param("hive", marks=pytest.mark.services)])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    memory = request.param == "memory"
    made = InMemory(tmp_path) if memory else Warehouse(request.getfixturevalue("endpoints"))
    yield made
    made.close()


@pytest.fixture
def sink(warehouse: Warehouse) -> Sink:
    """Tables are there."""
    made = warehouse.sink()
    made.prepare(warehouse.definition, nothing)
    return made


def test_tables_are_made_once_and_without_a_word(warehouse: Warehouse) -> None:
    for _ in range(2):
        made = warehouse.sink()
        assert made.pending(warehouse.definition, nothing) == ()
        assert made.prepare(warehouse.definition, nothing) == ()
        assert made.locations(warehouse.log) == {}


def test_what_is_published_is_shown_moved_and_dropped(warehouse: Warehouse, sink: Sink) -> None:
    for target in (warehouse.log, warehouse.latest):
        values: list[PartitionValues] = [("1", "x"), ("1", "y")] if target is warehouse.log else [("x",), ("y",)]
        heads = [warehouse.head(target, v, 1, {"a": 1}) for v in values]
        for _ in range(2):
            sink.publish(target, heads)
            assert sink.locations(target) == locations(heads)
        moved = warehouse.head(target, values[0], 2, {"a": 2})
        sink.publish(target, [moved])
        assert sink.locations(target, values[:1]) == locations([moved])
        assert sink.locations(target) == locations([moved, heads[1]])
        for _ in range(2):
            sink.drop(target, values[:1])
            assert sink.locations(target) == locations(heads[1:])
        assert sink.locations(target, [("no", "such")[-len(values[0]) :]]) == {}


def test_an_epochs_partitions_may_be_looked_at_before(warehouse: Warehouse, sink: Sink) -> None:
    """The target shows nothing of them, and the staging table of the next epoch nothing of this one."""
    for epoch in (1, 2):
        head = warehouse.head(warehouse.log, (str(epoch), "x"), epoch, {"a": 1})
        for _ in range(2):
            sink.stage(warehouse.log, [staged_at(head)], epoch=epoch)
    assert sink.locations(warehouse.log) == {}


def test_columns_are_added_when_that_is_asked_for(warehouse: Warehouse, sink: Sink) -> None:
    with pytest.raises(ConfigurationError, match=r"column w is missing: declare HiveTable\(…, evolve=\"add\"\)"):
        warehouse.sink().prepare(warehouse.define(WIDER), nothing)
    wider = warehouse.define(WIDER, evolve="add")
    changes = tuple(TableChange(t.name, ("w bigint",)) for t in wider.targets)
    assert warehouse.sink().pending(wider, nothing) == changes
    assert warehouse.sink().prepare(wider, nothing) == changes
    assert warehouse.sink().prepare(wider, nothing) == ()


def test_a_table_of_another_pipeline_is_refused(warehouse: Warehouse, sink: Sink) -> None:
    other = warehouse.define(pipeline="other")
    for ask in (sink.pending, sink.prepare):
        with pytest.raises(ConfigurationError, match=r"log belongs to pipeline p_\w+, not to other"):
            ask(other, nothing)


def test_a_table_that_was_dropped_comes_back_whole(warehouse: Warehouse, sink: Sink) -> None:
    heads = [warehouse.head(warehouse.log, ("1", p), 1, {"a": 1}) for p in "xy"]
    sink.publish(warehouse.log, heads)
    warehouse.drop(warehouse.log.name)

    def of_table(table: str) -> Mapping[PartitionValues, Head]:
        return {h.values: h for h in heads if h.table == table}

    restored = (TableChange(warehouse.log.name, restored=2),)
    assert warehouse.sink().pending(warehouse.definition, of_table) == restored
    assert warehouse.sink().prepare(warehouse.definition, of_table) == restored
    assert warehouse.sink().locations(warehouse.log) == locations(heads)


def test_a_table_that_is_not_there_is_not_published_to(warehouse: Warehouse, sink: Sink) -> None:
    head = warehouse.head(warehouse.log, ("1", "x"), 1, {"a": 1})
    warehouse.drop(warehouse.log.name)
    with pytest.raises(ConfigurationError, match="was it dropped"):
        warehouse.sink().publish(warehouse.log, [head])
    assert warehouse.sink().locations(warehouse.log) == {}


def test_a_clone_shows_its_partitions_until_it_is_dropped(warehouse: Warehouse, sink: Sink) -> None:
    clone = Clone(f"{warehouse.database}.may", warehouse.definition.name, warehouse.log.name, 1, make.ref())
    other = Clone(clone.table, clone.pipeline, clone.source, 2, clone.manifest)
    heads = [warehouse.head(warehouse.log, ("1", p), 1, {"a": 1}) for p in "xy"]
    assert sink.shown(clone) is None
    for shown in (heads[:1], heads, heads):
        sink.clone(warehouse.log, clone, [staged_at(h) for h in shown])
        assert sink.shown(clone) == locations(shown)
    with pytest.raises(RefusedError, match="is not the one wanted"):
        sink.shown(other)
    with pytest.raises(RefusedError, match="is not the one wanted"):
        sink.clone(warehouse.log, other, [])
    sink.drop_clone(other)  # left alone
    assert sink.shown(clone) == locations(heads)
    for _ in range(2):
        sink.drop_clone(clone)
        assert sink.shown(clone) is None
    assert sink.locations(warehouse.log) == {}
