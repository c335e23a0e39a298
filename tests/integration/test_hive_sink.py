"""Goal: what readers of Hive see changes whole, or not at all, on a real metastore."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from faults.proxy import Proxy
from pipelines import totals
from pipelines.warehouse import (
    ADD,
    ALTER,
    DROP,
    WRITES,
    Warehouse,
    locations,
    staged_at,
)
from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row
from tidegate.adapters.hive.server import execute
from tidegate.adapters.table_plans import staging
from tidegate.api.settings import Target
from tidegate.errors import OutcomeUnknownError, TidegateError, UnavailableError, UserFunctionError
from tidegate.protocol.layout import normal
from tidegate.protocol.model import PartitionValues, Run, StagedPartition
from tidegate.protocol.partitions import DEFAULT_PARTITION
from tidegate.wiring import coordinator

pytestmark = pytest.mark.services


@pytest.mark.parametrize("kind", ["log", "latest"])
def test_publish_shows_all_partitions_and_repeating_it_changes_nothing(
    ready: Warehouse, proxy: Proxy, kind: str
) -> None:
    target: Target = getattr(ready, kind)
    keys = [("1", p) if kind == "log" else (p,) for p in "abc"]
    heads = [ready.head(target, values, 1, {"x": i}) for i, values in enumerate(keys)]
    sink = ready.sink(proxy.url)
    sink.publish(target, heads)
    assert sink.locations(target) == locations(heads)
    assert sink.locations(target, [keys[0], ("9", "z")[-len(keys[0]) :]]) == locations(heads[:1])
    expected = [("a", "x", 0), ("b", "x", 1), ("c", "x", 2)]
    assert ready.query(f"SELECT p, k, v FROM {target.name}") == expected
    for partition in (before := ready.partitions(target, keys)).values():
        given = {k: v for k, v in partition.parameters.items() if k.startswith("tidegate.")}
        assert given == {"tidegate.epoch": "1", "tidegate.generation": "1", "tidegate.lane": "main"}
    made = [c for c in proxy.calls if c in WRITES]
    assert made == ([ADD] if kind == "log" else [ADD, ALTER])
    sink.publish(target, heads)
    ready.sink(proxy.url).publish(target, list(reversed(heads)))
    assert ready.partitions(target, keys) == before
    assert [c for c in proxy.calls if c in WRITES] == made
    assert ready.query(f"SELECT p, k, v FROM {target.name}") == expected


def test_an_epoch_moves_old_and_new_partitions_in_one_call_that_shows_rows(ready: Warehouse, proxy: Proxy) -> None:
    sink = ready.sink(proxy.url)
    first = [ready.head(ready.latest, (p,), 1, {p: 1}) for p in "abc"]
    sink.publish(ready.latest, first)
    second = [ready.head(ready.latest, (p,), 2, {p: 2}) for p in "bcd"]
    seen: list[dict[PartitionValues, str]] = []
    before = len(proxy.calls)
    proxy.before(ALTER, lambda: seen.append(ready.sink().locations(ready.latest)))
    sink.publish(ready.latest, second)
    assert [c for c in proxy.calls[before:] if c in WRITES] == [ADD, ALTER]
    empty = f"{normal(ready.table(ready.latest.name).sd.location)}/_empty"
    assert seen == [{**locations(first), ("d",): empty}]  # the new partition is there, and shows no row
    assert sink.locations(ready.latest) == {**locations(first), **locations(second)}
    assert ready.query(f"SELECT p, v FROM {ready.latest.name}") == [("a", 1), ("b", 2), ("c", 2), ("d", 2)]
    parameters = ready.partitions(ready.latest, [("a",), ("b",)])
    assert {v[0]: p.parameters["tidegate.epoch"] for v, p in parameters.items()} == {"a": "1", "b": "2"}


def test_statistics_do_not_outlive_the_files_that_they_were_made_of(ready: Warehouse) -> None:
    def statistics() -> set[str]:
        (partition,) = ready.partitions(ready.latest, [("a",)]).values()
        return {k for k in partition.parameters if "numRows" in k or "ACCURATE" in k}

    sink = ready.sink()
    sink.publish(ready.latest, [ready.head(ready.latest, ("a",), 1, {"x": 1})])
    execute(ready.endpoints.hiveserver2, [f"ANALYZE TABLE {ready.latest.name} PARTITION (p) COMPUTE STATISTICS"])
    assert statistics()
    sink.publish(ready.latest, [ready.head(ready.latest, ("a",), 2, {"x": 2, "y": 3})])
    assert not statistics()
    assert ready.query(f"SELECT count(*) FROM {ready.latest.name}") == [(2,)]


def test_a_publish_that_died_between_its_calls_is_finished_by_the_next(ready: Warehouse) -> None:
    """For an append target some partitions exist already: the others must still appear together."""
    heads = [ready.head(ready.log, ("1", p), 1, {"x": 1}) for p in "abc"]
    ready.sink().publish(ready.log, heads[:1])
    ready.sink().publish(ready.log, heads)
    assert ready.sink().locations(ready.log) == locations(heads)
    assert ready.query(f"SELECT p, v FROM {ready.log.name}") == [("a", 1), ("b", 1), ("c", 1)]


@pytest.mark.parametrize("kind", ["log", "latest"])
def test_partitions_that_another_adds_meanwhile(ready: Warehouse, proxy: Proxy, kind: str) -> None:
    """A superseded attempt still runs, and adds one of two partitions between our look and our call."""
    target: Target = getattr(ready, kind)
    heads, stale = (
        [ready.head(target, ("1", p) if kind == "log" else (p,), epoch, {"x": epoch}) for p in "ab"] for epoch in (2, 1)
    )
    proxy.before(ADD, lambda: ready.sink().publish(target, stale[:1]))
    sink = ready.sink(proxy.url)
    with contextlib.suppress(UnavailableError, OutcomeUnknownError):  # then Airflow tries again
        sink.publish(target, heads)
    sink.publish(target, heads)
    assert sink.locations(target) == locations(heads)
    assert ready.query(f"SELECT p, v FROM {target.name}") == [("a", 2), ("b", 2)]


def test_a_partition_that_another_drops_meanwhile(ready: Warehouse, proxy: Proxy) -> None:
    sink = ready.sink(proxy.url)
    heads = [[ready.head(ready.latest, (p,), epoch, {"x": epoch}) for p in "ab"] for epoch in (1, 2)]
    sink.publish(ready.latest, heads[0])
    proxy.before(ALTER, lambda: ready.sink().drop(ready.latest, [("a",)]))
    with pytest.raises(UnavailableError, match="Alter partition operation failed") as raised:
        sink.publish(ready.latest, heads[1])
    assert "connection broke" not in str(raised.value)  # the metastore answered: it is known that nothing changed
    assert ready.query(f"SELECT p, v FROM {ready.latest.name}") == [("b", 1)]
    sink.publish(ready.latest, heads[1])
    assert ready.query(f"SELECT p, v FROM {ready.latest.name}") == [("a", 2), ("b", 2)]


SPECIAL = [
    *("a b", " a", "a/b", "a=b", "100%", "%20", "a%2Fb", "a:b", "2026-01-01 10:00:00", "ünï ☃ 日本", "'", '"', "+&;,"),
    *("#?*[]{}^\\", "\x01\t\x1f\x7f", "a\nb", "A", "a", "a.", "-", "NULL", "..", "(x)", "$a", "~", "`", "<>|"),
]


def test_partition_values_with_special_characters(ready: Warehouse) -> None:
    heads = [ready.head(ready.latest, (p,), 1, {"x": i}) for i, p in enumerate([*SPECIAL, DEFAULT_PARTITION])]
    sink = ready.sink()
    sink.publish(ready.latest, heads)
    assert sink.locations(ready.latest) == locations(heads)
    keys = [h.values for h in heads]
    assert sink.locations(ready.latest, keys) == locations(heads)
    before = ready.partitions(ready.latest, keys)
    sink.publish(ready.latest, heads)
    assert ready.partitions(ready.latest, keys) == before
    found = {row[0]: row[1] for row in ready.query(f"SELECT p, v FROM {ready.latest.name}")}
    wanted: dict[object, object] = {p: i for i, p in enumerate(SPECIAL)}
    assert found == wanted | {None: len(SPECIAL)}
    for p in ("a/b", "a=b", "100%", "%20", "ünï ☃ 日本"):
        rows = ready.query(f"SELECT v FROM {ready.latest.name} WHERE p = %(p)s", {"p": p})
        assert rows == [(SPECIAL.index(p),)]
    sink.drop(ready.latest, keys)
    assert sink.locations(ready.latest) == {}


def by_day(name: str, folder: Path) -> Definition:
    class Days(KeyedProcessFunction):
        def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
            yield {"k": value.k, "day": value.day}

    schema = pa.schema({"k": pa.string(), "day": pa.string()})
    stream = Pipeline(name).source(FileSource(folder, "json", schema, settle=timedelta(0))).key_by("k")
    return stream.process(Days(), output=schema).sink(HiveTable(f"t.{name}", partition_by=("day",)))


def test_a_null_is_hives_default_partition_and_an_empty_value_which_would_be_read_as_null_is_refused(
    tmp_path: Path, warehouse: Warehouse
) -> None:
    definition = by_day(f"days_{warehouse.database}", tmp_path)
    totals.write(tmp_path, "0.json", [{"k": "a", "day": None}, {"k": "b", "day": "d/1"}])
    with coordinator(definition, warehouse.endpoints, progress=print) as engine:
        engine.run(Run("run-0", "owner"))
        totals.write(tmp_path, "1.json", [{"k": "c", "day": ""}])
        with pytest.raises(UserFunctionError, match="partition column 'day': ''"):
            engine.run(Run("run-1", "owner"))
    found = warehouse.query(f"SELECT k, day FROM {definition.targets[0].name}")
    assert found == [("a", None), ("b", "d/1")]


def test_drop_removes_partitions_and_leaves_their_files(ready: Warehouse, proxy: Proxy) -> None:
    heads = [ready.head(ready.latest, (p,), 1, {"x": 1}) for p in "abc"]
    sink = ready.sink(proxy.url)
    sink.publish(ready.latest, heads)
    before = len(proxy.calls)
    sink.drop(ready.latest, [("a",), ("b",), ("never there",)])
    sink.drop(ready.latest, [("a",), ("b",)])
    assert [c for c in proxy.calls[before:] if c in WRITES] == [DROP]
    assert sink.locations(ready.latest) == locations(heads[2:])
    assert ready.query(f"SELECT p FROM {ready.latest.name}") == [("c",)]
    for head in heads:
        assert Path(head.location.removeprefix("file://"), "part-0.parquet").exists()


@pytest.mark.parametrize("kind", ["log", "latest"])
def test_stage_shows_exactly_one_epochs_partitions_in_sql(ready: Warehouse, kind: str) -> None:
    target: Target = getattr(ready, kind)
    sink = ready.sink()

    def staged(epoch: int, days: str, version: int) -> list[StagedPartition]:
        heads = [
            ready.head(target, (str(epoch), p) if kind == "log" else (p,), 10 * epoch + version, {"x": version})
            for p in days
        ]
        return [staged_at(h) for h in heads]

    for epoch, days, version in ((1, "ab", 1), (1, "ab", 1), (1, "bc", 2), (2, "a", 3), (3, "", 4)):
        sink.stage(target, staged(epoch, days, version), epoch=epoch)
        found = ready.query(f"SELECT epoch_id, p, v FROM {staging(target)}")
        assert found == [(epoch, p, version) for p in days]
    assert sink.locations(target) == {}


def test_readers_never_see_a_mixture(ready: Warehouse) -> None:
    """I2 on a real metastore: one call swaps all partitions, and a listing shows either all old or all new."""
    keys = [(p,) for p in "abcdef"]
    versions = [[ready.head(ready.latest, values, epoch) for values in keys] for epoch in (1, 2)]
    ready.sink().publish(ready.latest, versions[0])
    expected = [locations(v) for v in versions]
    done = threading.Event()
    reads: list[dict[PartitionValues, str]] = []
    broken: list[TidegateError] = []
    refused: list[UnavailableError] = []

    def read() -> None:
        sink = ready.sink()
        try:
            while not done.is_set():
                try:
                    reads.append(sink.locations(ready.latest, keys if len(reads) % 2 else None))
                except UnavailableError as e:  # an embedded Derby may give a reader an error, which is no mixture
                    refused.append(e)
        except TidegateError as e:
            broken.append(e)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        writer = ready.sink()
        for number in range(150):
            writer.publish(ready.latest, versions[(number + 1) % 2])
    finally:
        done.set()
        reader.join()
    assert broken == []
    old, new = (sum(r == e for r in reads) for e in expected)
    print(f"{len(reads)} reads: {old} of the first epoch, {new} of the second; {len(refused)} were refused")
    assert len(refused) < len(reads) // 10
    assert [r for r in reads if r not in expected] == []
    assert old > 0
    assert new > 0
