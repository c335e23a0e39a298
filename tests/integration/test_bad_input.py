"""Goal: whatever is wrong outside is a clear error or a defined result, and nothing is lost: the next try finishes."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builders as make
from pipelines import totals
from pipelines.warehouse import closed_port
from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.adapters.hive.server import connect
from tidegate.errors import (
    ConfigurationError,
    DefinitionError,
    MalformedInputError,
    SourceGapError,
    StateIncompatibleError,
    TidegateError,
    UnavailableError,
    UserFunctionError,
)
from tidegate.ports import EpochReport
from tidegate.protocol.model import Run, Status
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

SESSION = uuid4().hex[:6]
"""Ends all names, so that services can be kept from one test session to the next."""


class Count(KeyedProcessFunction):
    """Counts events of a key."""

    n = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        self.n.update(self.n.value() + 1)
        yield {"k": value.k, "n": self.n.value(), "at": ctx.timestamp()}


OUTPUT = pa.schema({"k": pa.string(), "n": pa.int64(), "at": pa.int64()})
UTC = pa.timestamp("us", tz="UTC")


def counting(name: str, folder: Path, file_format: str, *, stamped: bool = False, **settings: Any) -> Definition:
    name = f"{name}_{SESSION}"
    if "dead_letters" in settings:
        settings["dead_letters"] = f"{settings['dead_letters']}_{SESSION}"
    schema = pa.schema({"k": pa.string(), "t": UTC if stamped else pa.string()})
    folder.mkdir(exist_ok=True)
    stream = Pipeline(name, **settings).source(FileSource(folder, file_format, schema, settle=timedelta(0)))
    stream = stream.assign_timestamps("t") if stamped else stream
    return stream.key_by("k").process(Count(), output=OUTPUT).sink(HiveTable(f"t.{name}"))


def run(definition: Definition, endpoints: Endpoints, key: str = "run") -> EpochReport | None:
    with coordinator(definition, endpoints, progress=print, lease_wait_s=1) as engine:
        return engine.run(Run(key, "owner"))


def sealed(definition: Definition, endpoints: Endpoints, key: str = "run") -> EpochReport:
    report = run(definition, endpoints, key)
    assert report is not None
    assert report.epoch.status is Status.SEALED
    return report


def rows(endpoints: Endpoints, table: str, columns: str) -> list[tuple[object, ...]]:
    connection = connect(endpoints.hiveserver2)
    try:
        cursor = connection.cursor()
        cursor.execute(f"SELECT {columns} FROM {table}_{SESSION}")
        return sorted(map(tuple, cursor.fetchall()))
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("service", "address"),
    [
        ("checkpoint", "postgresql://u:secret@127.0.0.1:{port}/tidegate"),
        ("metastore", "thrift://127.0.0.1:{port}"),
        ("spark", "sc://127.0.0.1:{port}"),
        ("hiveserver2", "hive://127.0.0.1:{port}/default"),
    ],
)
def test_a_service_that_does_not_answer(tmp_path: Path, endpoints: Endpoints, service: str, address: str) -> None:
    name = f"down_{service}"
    definition = counting(name, tmp_path / "in", "csv")
    (tmp_path / "in" / "a.csv").write_text("k,t\na,1\n")
    port = closed_port()
    with pytest.raises(UnavailableError, match=str(port)) as raised:
        run(definition, replace(endpoints, **{service: address.format(port=port)}))
    assert "secret" not in str(raised.value)
    assert sealed(definition, endpoints).epoch.epoch == 1
    assert rows(endpoints, f"t.{name}", "k, n") == [("a", 1)]


@pytest.mark.parametrize(
    ("service", "address"),
    [
        ("metastore", "hive://127.0.0.1:9083"),
        ("spark", "http://127.0.0.1:15002"),
        ("hiveserver2", "thrift://127.0.0.1:10000"),
    ],
)
def test_an_address_of_the_wrong_kind(tmp_path: Path, endpoints: Endpoints, service: str, address: str) -> None:
    definition = counting(f"kind_{service}", tmp_path / "in", "csv")
    (tmp_path / "in" / "a.csv").write_text("k,t\na,1\n")
    with pytest.raises(ConfigurationError, match="must be"):
        run(definition, replace(endpoints, **{service: address}))


def test_a_source_folder_that_is_not_there(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("no_folder", tmp_path / "in", "csv")
    (tmp_path / "in").rmdir()
    with pytest.raises(ConfigurationError, match="cannot be listed"):
        run(definition, endpoints)


def test_a_warehouse_without_the_right_to_write(tmp_path: Path, endpoints: Endpoints) -> None:
    """Hive's own refusal is passed on. The file system is read-only, which stops even root."""
    definition = counting("no_right", tmp_path / "in", "csv")
    (tmp_path / "in" / "a.csv").write_text("k,t\na,1\n")
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(warehouse)], check=True)
    try:
        there = replace(endpoints, warehouse=f"file://{warehouse}")
        with pytest.raises(ConfigurationError, match=rf"HiveServer2 .* refuses: .*{warehouse}"):
            run(definition, there)
        subprocess.run(["mount", "-o", "remount,rw", str(warehouse)], check=True)
        assert sealed(definition, there).epoch.epoch == 1
        assert rows(endpoints, "t.no_right", "k, n") == [("a", 1)]
    finally:
        subprocess.run(["umount", "--lazy", str(warehouse)], check=True)


def test_a_table_of_other_columns_and_a_table_of_others(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("taken", tmp_path / "in", "csv")
    (tmp_path / "in" / "a.csv").write_text("k,t\na,1\n")
    sealed(definition, endpoints)
    other = counting("taker", tmp_path / "in", "csv")
    taken = HiveTable(definition.targets[0].name)
    other = make.with_targets(other, *(replace(t, table=taken) for t in other.targets))
    with pytest.raises(ConfigurationError, match=rf"belongs to pipeline {definition.name}"):
        run(other, endpoints)
    wider = replace(definition.targets[0], schema=pa.schema([*OUTPUT, ("more", pa.string())]))
    (tmp_path / "in" / "b.csv").write_text("k,t\na,1\n")
    with pytest.raises(ConfigurationError, match="column more is missing"):
        run(make.with_targets(definition, wider), endpoints, "run-2")


def test_malformed_rows_fail_the_epoch_or_become_dead_letters(tmp_path: Path, endpoints: Endpoints) -> None:
    strict = counting("strict", tmp_path / "in", "json")
    (tmp_path / "in" / "a.json").write_text('{"k": "a"}\n{"k": \nnonsense\n{"k": "b"}\n')
    with pytest.raises(MalformedInputError, match=r"2 malformed rows.*a\.json"):
        run(strict, endpoints)
    lenient = counting("lenient", tmp_path / "in", "json", dead_letters="t.lenient_dead")
    report = sealed(lenient, endpoints)
    assert report.epoch.counts is not None
    assert (report.epoch.counts.rows_in, report.epoch.counts.malformed, report.epoch.counts.processed) == (4, 2, 2)
    assert rows(endpoints, "t.lenient", "k, n") == [("a", 1), ("b", 1)]
    assert [r for _, r in rows(endpoints, "t.lenient_dead", "step, `row`")] == ["nonsense", '{"k":']


def test_a_malformed_column_that_the_transform_leaves_out(tmp_path: Path, endpoints: Endpoints) -> None:
    """Spark parses only what is used; a row is malformed all the same, counted once and kept once."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text('{"k": "a", "t": 1}\n{"k": "b", "t": "no number"}\n')
    schema = pa.schema({"k": pa.string(), "t": pa.int64()})
    definition = (
        Pipeline(f"left_out_{SESSION}", dead_letters=f"t.left_out_dead_{SESSION}")
        .source(FileSource(tmp_path / "in", "json", schema, settle=timedelta(0)))
        .transform(lambda df: df.select("k"), schema=pa.schema({"k": pa.string()}))
        .key_by("k")
        .process(Count(), output=OUTPUT)
        .sink(HiveTable(f"t.left_out_{SESSION}"))
    )
    report = sealed(definition, endpoints)
    assert report.epoch.counts is not None
    assert (report.epoch.counts.malformed, report.epoch.counts.processed, report.epoch.counts.filtered) == (1, 1, 0)
    assert rows(endpoints, "t.left_out", "k, n") == [("a", 1)]
    assert len(rows(endpoints, "t.left_out_dead", "step, `row`")) == 1


def test_a_header_that_does_not_fit(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("header", tmp_path / "in", "csv")
    (tmp_path / "in" / "a.csv").write_text("kk,t\na,1\n")
    with pytest.raises(MalformedInputError, match="header"):
        run(definition, endpoints)


def test_a_parquet_file_that_is_none_or_lacks_a_column(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("parquet", tmp_path / "in", "parquet")
    (tmp_path / "in" / "a.parquet").write_text("not parquet")
    with pytest.raises(MalformedInputError, match="not a Parquet file"):
        run(definition, endpoints)
    lacking = counting("parquet2", tmp_path / "in2", "parquet")
    pq.write_table(pa.table({"k": ["a"]}), tmp_path / "in2" / "a.parquet")
    with pytest.raises(MalformedInputError, match="no column 't'"):
        run(lacking, endpoints)


def test_timestamps_of_other_zones_are_the_same_moment_in_utc(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("zones", tmp_path / "in", "csv", stamped=True)
    (tmp_path / "in" / "a.csv").write_text(
        "k,t\na,2013-01-01T05:00:00-05:00\nb,2013-01-01T10:00:00Z\nc,2013-01-01 10:00:00\n"
    )
    sealed(definition, endpoints)
    assert {at for _, at in rows(endpoints, "t.zones", "k, `at`")} == {1357034400000}


def test_a_parquet_timestamp_without_zone_is_refused(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("naive", tmp_path / "in", "parquet", stamped=True)
    pq.write_table(pa.table({"k": ["a"], "t": pa.array([0], pa.timestamp("us"))}), tmp_path / "in" / "a.parquet")
    with pytest.raises(MalformedInputError, match="without a zone"):
        run(definition, endpoints)


def test_a_null_key(tmp_path: Path, endpoints: Endpoints) -> None:
    text = '{"k": "a", "t": "1"}\n{"t": "2"}\n'
    strict = counting("nullkey", tmp_path / "in", "json")
    (tmp_path / "in" / "a.json").write_text(text)
    with pytest.raises(UserFunctionError, match="null in key column k"):
        run(strict, endpoints)
    lenient = counting("nullkey2", tmp_path / "in", "json", dead_letters="t.nullkey2_dead")
    report = sealed(lenient, endpoints)
    assert report.epoch.counts is not None
    assert (report.epoch.counts.null_keys, report.epoch.counts.processed) == (1, 1)
    assert [json.loads(str(r)) for (r,) in rows(endpoints, "t.nullkey2_dead", "`row`")] == [{"k": None, "t": "2"}]


def test_a_key_of_a_megabyte_keeps_its_state(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("bigkey", tmp_path / "in", "json")
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.json").write_text(json.dumps({"k": "x" * 2**20}) + "\n")
        sealed(definition, endpoints, name)
    assert rows(endpoints, "t.bigkey", "length(k), n") == [(2**20, 1), (2**20, 2)]


def test_no_input_opens_no_epoch_and_an_empty_file_is_an_empty_epoch(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("empty", tmp_path / "in", "json")
    assert run(definition, endpoints) is None
    (tmp_path / "in" / "a.json").write_text("")
    report = sealed(definition, endpoints)
    assert report.manifest is not None
    assert (report.epoch.epoch, report.manifest.partitions) == (1, ())
    (tmp_path / "in" / "b.json").write_text('{"k": "a"}\n')
    sealed(definition, endpoints, "run-2")
    assert rows(endpoints, "t.empty", "k, n, epoch_id") == [("a", 1, 2)]


def test_a_function_that_raises(tmp_path: Path, endpoints: Endpoints) -> None:
    events = [{"id": i, "key": "k", "day": "d0", "amount": a} for i, a in enumerate((1, -5, 2))]
    totals.write(tmp_path / "in", "a.json", events)
    strict = totals.pipeline(f"raises_{SESSION}", tmp_path / "in")
    with pytest.raises(UserFunctionError, match=r"ValueError: negative amount -5.*'k'.*a\.json") as raised:
        run(strict, endpoints)
    assert "process_element" in str(raised.value.__cause__)
    lenient = totals.pipeline(f"raises2_{SESSION}", tmp_path / "in", dead_letters=f"t.raises2_dead_{SESSION}")
    report = sealed(lenient, endpoints)
    assert report.epoch.counts is not None
    assert (report.epoch.counts.failed, report.epoch.counts.processed) == (1, 2)
    assert [r[:4] for r in totals.found(endpoints.hiveserver2, f"raises2_{SESSION}")[0]] == [
        (0, "k", 1, 1),
        (2, "k", 2, 3),
    ]
    (letter,) = rows(endpoints, "t.raises2_dead", "step, reason, key")
    assert letter == ("process", "ValueError: negative amount -5", '["k", "d0"]')


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_a_planned_file_that_is_gone_or_changed(tmp_path: Path, endpoints: Endpoints, change: str) -> None:
    definition = counting(f"gap_{change}", tmp_path / "in", "json")
    file = tmp_path / "in" / "a.json"
    file.write_text('{"k": "a"}\n')
    with pytest.raises(UnavailableError):
        run(definition, replace(endpoints, spark=f"sc://127.0.0.1:{closed_port()}"))  # planned, not computed
    before = file.stat()
    file.unlink() if change == "gone" else file.write_text('{"k": "a"}\n{"k": "b"}\n')
    with pytest.raises(SourceGapError, match=r"a\.json"):
        run(definition, endpoints)
    file.write_text('{"k": "a"}\n')
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert sealed(definition, endpoints).epoch.epoch == 1


def test_state_of_another_type_and_other_buckets(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = counting("evolve", tmp_path / "in", "json")
    (tmp_path / "in" / "a.json").write_text('{"k": "a"}\n')
    sealed(definition, endpoints)

    class Other(Count):
        n = ValueState(pa.float64(), default=0.0)

    (tmp_path / "in" / "b.json").write_text('{"k": "a"}\n')
    changed = make.with_function(definition, Other())
    with pytest.raises(StateIncompatibleError, match="n int64"):
        run(changed, endpoints, "run-2")
    with pytest.raises(StateIncompatibleError, match="buckets"):
        run(counting("evolve", tmp_path / "in", "json", buckets=8), endpoints, "run-2")
    sealed(definition, endpoints, "run-2")
    assert rows(endpoints, "t.evolve", "k, n") == [("a", 1), ("a", 2)]


def test_a_transform_that_is_wrong_names_its_line(tmp_path: Path, endpoints: Endpoints) -> None:
    def pipeline(name: str, transform: object) -> Definition:
        source = FileSource(tmp_path, "json", pa.schema({"k": pa.string()}), settle=timedelta(0))
        stream = Pipeline(name).source(source).transform(transform)  # type: ignore[arg-type]
        return stream.key_by("k").process(Count(), output=OUTPUT).sink(HiveTable(f"t.{name}"))

    (tmp_path / "a.json").write_text('{"k": "a"}\n')
    wrong: dict[str, tuple[object, type[TidegateError]]] = {
        "unknown": (lambda df: df.where("kk = 1"), DefinitionError),
        "dropped": (lambda df: df.selectExpr("1 AS x"), DefinitionError),
        "raising": (lambda df: 1 / 0, UserFunctionError),
    }
    for name, (transform, error) in wrong.items():
        with pytest.raises(error, match=r"test_bad_input\.py:\d+"):
            run(pipeline(f"transform_{name}_{SESSION}", transform), endpoints)
