"""Goal: the processor in this process makes of every input what the one on Spark makes of it, to the byte."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import builders as make
from pipelines import kinds, several, totals
from tidegate import Definition, FileSource
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.adapters.spark.processor import SparkProcessor
from tidegate.errors import DataDamagedError, StateIncompatibleError, UserFunctionError
from tidegate.ports import Change, CompactionTask, Compared, EpochTask, Joining, Processed, Processor
from tidegate.protocol.model import DataFile, PartitionValues, StagedPartition, Status
from tidegate.testing.processor import LocalProcessor
from tidegate.testing.records import file_of

Partitions = dict[tuple[str, PartitionValues], StagedPartition]


@pytest.fixture(params=["local", pytest.param("spark", marks=pytest.mark.services)])
def processor(request: pytest.FixtureRequest) -> Processor:
    if request.param == "local":
        return LocalProcessor()
    return SparkProcessor(request.getfixturevalue("endpoints").spark)


class Line:
    """One processor's epochs of a pipeline, each from what the one before made."""

    def __init__(self, processor: Processor, definition: Definition, folder: Path) -> None:
        self.processor = processor
        self.definition = definition
        self.folder = folder
        self.made: list[Processed] = []
        self.shown: Partitions = {}

    def task(self) -> EpochTask:
        """The next epoch: it reads the file of its number."""
        number = len(self.made) + 1
        sources = {uid: FileSourceAdapter(s, self.definition.name) for uid, s in folders_of(self.definition).items()}
        return EpochTask(
            definition=self.definition,
            epoch=make.epoch(number, Status.PLANNED),
            slices=tuple(s for of in sources.values() for s in of.discover(None, lambda _: ())[number - 1 : number]),
            readers={uid: source.reader() for uid, source in sources.items()},
            parent_state=self.made[-1].state if self.made else (),
            parent_watermarks=self.made[-1].watermarks if self.made else {},
            root=f"file://{self.folder}/{number}-{uuid4().hex}",
            locate=lambda table, values: {v: self.shown[table, v] for v in values if (table, v) in self.shown},
        )

    def run(self) -> Processed:
        made = self.processor.process(self.task())
        self.made.append(made)
        self.shown |= {(p.table, p.values): p for p in made.partitions}
        return made


def told(made: Processed) -> tuple[Any, ...]:
    """What must be the same, wherever it was computed: rows by the bytes of their files, and state by its."""
    rows = {(p.table, p.values): sorted((f.sha256, f.rows) for f in p.files) for p in made.partitions}
    state = [(r.bucket, r.rows, r.bytes, r.sha256, r.index_at, r.index_sha256) for r in made.state]
    return rows, state, made.counts, made.watermarks, made.written


def folders_of(definition: Definition) -> dict[str, FileSource]:
    return {uid: source for uid, source in definition.sources.items() if isinstance(source, FileSource)}


def arrive(definition: Definition, *files: Sequence[dict[str, Any]]) -> None:
    """The same files in the folder of each source."""
    for source in folders_of(definition).values():
        folder = Path(source.path)
        folder.mkdir(parents=True, exist_ok=True)
        for number, records in enumerate(files):
            (folder / f"{number:03d}.{source.dialect.word}").write_bytes(file_of(source, records))


# -- the same bytes ---------------------------------------------------------------------------------------------------

MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)
few = {
    "name": st.sampled_from(["", "a", "ü"]),
    "number": st.sampled_from([-1, 7]),
    "yes": st.booleans(),
    "price": st.sampled_from([Decimal("1.50"), Decimal("-123456789012345678901234.50")]),
    "at": st.sampled_from([MOMENT, datetime(1960, 1, 1, microsecond=1_000, tzinfo=UTC)]),
    "raw": st.sampled_from([b"", b"\0\xff"]),
    "day": st.sampled_from([date(2026, 1, 1), date(1900, 1, 1)]),
    "seen": st.timedeltas(timedelta(0), timedelta(hours=1)).map(MOMENT.__add__),
    "amount": st.integers(-1, 9),
}
EVENTS = st.lists(
    st.fixed_dictionaries({name: st.none() | values if name == "raw" else values for name, values in few.items()}),
    max_size=40,
).map(lambda events: [e | {"name": e["name"] or "b"} for e in events])


@pytest.mark.services
@given(files=st.lists(EVENTS, min_size=2, max_size=3))
@settings(
    max_examples=4,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_rows_state_and_counts_are_the_same_here_and_on_spark(
    endpoints: Any, tmp_path_factory: pytest.TempPathFactory, files: list[list[dict[str, Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("same")
    definition = kinds.pipeline(folder / "in")
    arrive(definition, *files)
    spark = Line(SparkProcessor(endpoints.spark), definition, folder / "spark")
    local = Line(LocalProcessor(), definition, folder / "local")
    for _ in files:
        assert told(local.run()) == told(spark.run())


@pytest.mark.services
def test_several_sources_are_in_one_order_here_and_on_spark(endpoints: Any, tmp_path: Path) -> None:
    definition = several.pipeline(*(several.folder(uid, tmp_path) for uid in ("shop", "till", "bank")))
    sale = {"user": "a", "id": "1", "amount": 1, "at": MOMENT}
    arrive(definition, [sale, sale | {"id": "2", "user": "b"}, sale | {"id": "3", "amount": 0}], [sale | {"id": "4"}])
    spark = Line(SparkProcessor(endpoints.spark), definition, tmp_path / "spark")
    local = Line(LocalProcessor(), definition, tmp_path / "local")
    for _ in range(2):
        made = spark.run()
        assert told(local.run()) == told(made)
        assert made.watermarks.keys() == {"shop", "till", "bank"}


# -- what every processor promises ------------------------------------------------------------------------------------


@pytest.fixture
def line(processor: Processor, tmp_path: Path) -> Line:
    """Two files of `totals`, none of them processed."""
    definition = totals.pipeline("totals", tmp_path / "in", dead_letters="t.dead")
    arrive(definition, totals.events(1), totals.events(2))
    return Line(processor, definition, tmp_path)


def test_the_same_task_gives_the_same_in_new_files(line: Line) -> None:
    """I3."""
    line.run()
    task = line.task()
    one, other = (line.processor.process(replace(task, root=f"{task.root}-{n}")) for n in range(2))
    assert told(one) == told(other)
    assert not paths(one) & paths(other)
    assert all(Path(path).is_file() for path in paths(one) | paths(other))


def paths(made: Processed) -> set[str]:
    files = [f.path for p in made.partitions for f in p.files] + [r.path for r in made.state if "/1-" not in r.path]
    return {path.removeprefix("file://") for path in files}


def test_what_the_function_raises_names_event_and_key(processor: Processor, tmp_path: Path) -> None:
    definition = totals.pipeline("totals", tmp_path / "in")
    arrive(definition, [*totals.events(1, 3), {"id": 9, "key": "a", "day": "d", "amount": -1}])
    with pytest.raises(UserFunctionError, match=r"p epoch 1: Totals\.process_element .*key \('a', 'd'\)"):
        Line(processor, definition, tmp_path).run()


def test_state_of_other_columns_is_refused_before(line: Line) -> None:
    made = line.run()
    line.processor.check_state(line.definition, made.state)
    other = kinds.pipeline(line.folder / "in")
    with pytest.raises(StateIncompatibleError, match="the pipeline declares"):
        line.processor.check_state(other, [replace(run, operator=other.operator.uid) for run in made.state])


@pytest.mark.parametrize("what", ["state", "rows"])
def test_what_was_damaged_is_not_read(line: Line, what: str) -> None:
    """I9."""
    made = line.run()
    latest = next(p for p in made.partitions if p.table == "t.totals_latest")
    for path in {"state": [r.path for r in made.state], "rows": [latest.files[0].path]}[what]:
        file = Path(path.removeprefix("file://"))
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    with pytest.raises(DataDamagedError):
        line.run()


def test_partitions_are_joined_in_order(line: Line) -> None:
    log = next(t for t in line.definition.targets if t.name == "t.totals_log")
    of_log = [next(p for p in line.run().partitions if p.table == log.name) for _ in range(2)]
    task = CompactionTask(make.epoch(3), (Joining(log, tuple(of_log)),), f"file://{line.folder}/joined")
    (joined,) = line.processor.compact(task)
    assert (joined.table, joined.values) == (log.name, ("2",))
    assert rows(joined.files) == rows([f for p in of_log for f in p.files])


def rows(files: Sequence[DataFile]) -> list[dict[str, Any]]:
    tables = [pq.read_table(f.path.removeprefix("file://"), partitioning=None) for f in files]
    return [row for table in tables for row in table.to_pylist()]


def test_rows_are_compared(line: Line) -> None:
    line.run(), line.run()
    log, latest, _ = line.definition.all_targets
    of_log, before, after = (partition(line, *of) for of in ((0, log.name), (0, latest.name), (1, latest.name)))
    changes = [Change(log, of_log.values, of_log, None), Change(latest, before.values, before, after)]
    removed, changed = line.processor.compare(changes)
    assert removed == Compared(log.name, ("1",), of_log.rows, 0, 0, of_log.rows, 0)
    now, then = ({row["key"]: row for row in rows(p.files)} for p in (before, after))
    same = [key for key in now if now[key] != then[key]]
    assert changed == Compared(latest.name, before.values, len(now), len(then), len(then) - len(now), 0, len(same))
    assert same
    assert line.processor.compare([]) == []


def partition(line: Line, epoch: int, table: str) -> StagedPartition:
    return next(p for p in line.made[epoch].partitions if p.table == table)
