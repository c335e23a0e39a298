"""Goal: on a cluster whose machines are lost under work, an epoch is what it is anywhere else.

A standalone cluster of two workers; beside its address nothing differs from the embedded Spark. A worker is killed with
its executor, which is what the loss of a machine is, at moments when its tasks are known to run.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psutil
import pyarrow as pa
import pytest
from pyspark.errors import PythonException

from cluster import WORKERS, Cluster, running
from crash.lab import Lab
from kafka import wait_until
from pipelines import totals
from pipelines.world import local
from tidegate import Definition, FileSource, HiveTable, Pipeline
from tidegate.adapters import reading
from tidegate.adapters.spark import session
from tidegate.engine.verify import verify
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.protocol.model import Epoch, Run, Status
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

OPTIONS = {
    "spark.speculation": "true",
    "spark.speculation.interval": "100ms",
    "spark.speculation.quantile": "0.5",
    "spark.speculation.minTaskRuntime": "500ms",
    # whoever does not answer is lost soon
    "spark.executor.heartbeatInterval": "1s",
    "spark.network.timeout": "10s",
    "spark.network.timeoutInterval": "1s",
    "spark.shuffle.io.connectionTimeout": "3s",
    "spark.shuffle.io.maxRetries": "1",
    "spark.shuffle.io.retryWait": "1s",
}
"""Spark's settings for the cluster."""


class Held(totals.Totals):
    """Totals, of which the first tasks wait where they begin for as long as a gate is shut."""

    def __init__(self, gate: Path) -> None:
        self.gate = gate

    def open(self) -> None:
        """Say which process waits here."""
        shut = self.gate / "shut"
        for place in range(int(shut.read_text()) if shut.exists() else 0):
            try:
                with (self.gate / f"held-{place}").open("x") as held:
                    held.write(f"{os.getpid()}\n")
            except FileExistsError:
                continue
            while shut.exists():
                time.sleep(0.01)
            return


class Site:
    """A pipeline over a folder, and a gate before its tasks."""

    def __init__(self, name: str, folder: Path, endpoints: Endpoints) -> None:
        self.name = f"{name}_{uuid4().hex[:6]}"
        self.source, self.gate = folder / name / "in", folder / name / "gate"
        self.source.mkdir(parents=True)
        self.gate.mkdir()
        self.endpoints = endpoints
        self.definition = self._definition()
        self._files = 0

    def _definition(self) -> Definition:
        source = FileSource(self.source, "json", totals.EVENT, settle=timedelta(0))
        return (
            Pipeline(self.name, buckets=4, dead_letters=f"t.{self.name}_dead")
            .source(source)
            .key_by("key", "day")
            .process(Held(self.gate), output=totals.OUTPUT)
            .sink(HiveTable(f"t.{self.name}_log"))
            .sink(HiveTable(f"t.{self.name}_latest", mode="upsert", partition_by=("day",), primary_key=("day", "key")))
        )

    def arrive(self, files: int = 2) -> None:
        """Some files, each with a line that nobody can read."""
        for _ in range(files):
            self._files += 1
            events = totals.events(self._files)
            totals.write(self.source, f"{self._files:03d}.json", events)
            with (self.source / f"{self._files:03d}.json").open("a") as file:
                file.write('{"id": \n')

    def shut(self, places: int) -> None:
        """From now on so many tasks wait."""
        for old in self.gate.iterdir():
            old.unlink()
        (self.gate / "shut").write_text(str(places))

    def open(self) -> None:
        (self.gate / "shut").unlink()

    def held(self) -> list[int]:
        """The processes that wait."""
        texts = [f.read_text() for f in sorted(self.gate.glob("held-*"))]
        return [int(t) for t in texts if t.endswith("\n")]

    def run(self) -> Epoch:
        key = f"run-{self._files}"
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            report = engine.run(Run(key, key))
        assert report is not None
        return report.epoch

    def root(self, epoch: Epoch) -> Path:
        """The folder of the attempt that was sealed."""
        assert epoch.manifest is not None
        return local(epoch.manifest.uri).parent

    def audit(self) -> None:
        """The tables hold what all files make, each line that is no event once; nothing else is wrong."""
        wanted, letters = self._expected()
        assert totals.found(self.endpoints.hiveserver2, self.name) == wanted
        [dead] = totals.read(self.endpoints.hiveserver2, f"t.{self.name}_dead", columns=("source",))
        assert sorted(source.rpartition("/")[2] for (source,) in dead) == letters
        with coordinator(self.definition, self.endpoints, progress=print) as engine:
            assert verify(self.definition, engine.adapters, progress=print, checksums=True) == []

    def _expected(self) -> tuple[totals.Tables, list[str]]:
        readable = self.source.parent / "readable"
        readable.mkdir(exist_ok=True)
        for file in self.source.iterdir():
            (readable / file.name).write_text("".join(f"{line}\n" for line in file.read_text().splitlines()[:-1]))
        return totals.expected(readable), sorted(file.name for file in self.source.iterdir())


def counted(epoch: Epoch, files: int) -> bool:
    """True when the epoch counts each line of so many files once."""
    c, lines = epoch.counts, 40 * files
    assert c is not None
    return (c.rows_in, c.malformed, c.decoded, c.received, c.processed) == (lines + files, files, lines, lines, lines)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("cluster"), OPTIONS) as made:
        yield made


@pytest.fixture
def on_cluster(endpoints: Endpoints, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Endpoints:
    """The session's services, but for Spark; each file is a task's."""
    cluster.mend()
    monkeypatch.setattr(reading, "BYTES_PER_TASK", 1)
    return replace(endpoints, spark=cluster.url)


@pytest.fixture
def meanwhile() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def test_a_wrong_token_is_refused(on_cluster: Endpoints, tmp_path: Path) -> None:
    site = Site("stranger", tmp_path, replace(on_cluster, spark=on_cluster.spark.replace("secret", "guess")))
    site.arrive()
    with pytest.raises(ConfigurationError, match="epoch 1: Spark refuses the connection"):
        site.run()


def test_a_module_can_be_sent_along(cluster: Cluster, tmp_path: Path) -> None:
    """By whoever has the session, as a transform does; no other session sees it."""
    (tmp_path / "sent_along.py").write_text("def twice(n): return 2 * n\n")

    def doubled(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import sent_along  # type: ignore[import-not-found]

        for batch in batches:
            yield pa.record_batch({"id": [sent_along.twice(n) for n in batch["id"].to_pylist()]})

    for sent in (True, False):
        with session.opened(cluster.url, "a test", f"sends along: {sent} {uuid4()}") as spark:
            if sent:
                spark.addArtifacts(str(tmp_path / "sent_along.py"), pyfile=True)
            rows = spark.range(0, 4, 1, 4).repartition(4, "id").mapInArrow(doubled, "id long")
            if sent:
                assert sorted(row["id"] for row in rows.toArrow().to_pylist()) == [0, 2, 4, 6]
            else:
                with pytest.raises(PythonException, match="No module named 'sent_along'"):
                    rows.toArrow()


def test_a_worker_is_lost_in_the_middle_of_an_epoch_and_another_pipeline_waits(
    on_cluster: Endpoints, cluster: Cluster, tmp_path: Path, meanwhile: ThreadPoolExecutor
) -> None:
    """What its tasks had read and shuffled is made again, for some tasks: their first outputs do not count."""
    one, other = Site("one", tmp_path, on_cluster), Lab(f"other_{uuid4().hex[:6]}", tmp_path / "other", on_cluster)
    one.arrive()
    assert counted(one.run(), 2)
    one.arrive()
    other.arrive(1)
    one.shut(WORKERS)
    ended = meanwhile.submit(one.run)
    wait_until(lambda: len(one.held()) == WORKERS)
    waiting = other.start("run-1")
    lost = cluster.worker_of(one.held()[0])
    assert cluster.worker_of(one.held()[1]) != lost
    cluster.kill_worker(lost)
    one.open()
    epoch = ended.result()
    assert epoch.status is Status.SEALED
    assert counted(epoch, 2)
    output, _ = waiting.communicate()
    assert waiting.returncode == 0, output
    for site in (one, other):
        site.audit()
    assert "FetchFailed" in cluster.log()
    # a task that ran twice has one report all the same
    assert sorted(f.name for f in (one.root(epoch) / "read").rglob("*.json")) == ["000000.json", "000001.json"]
    # between epochs: the next one begins with what is left, the one behind it with both again
    one.arrive()
    assert counted(one.run(), 2)
    cluster.start_worker(lost)
    one.arrive()
    assert counted(one.run(), 2)
    one.audit()


def test_a_task_that_is_slow_is_computed_twice(on_cluster: Endpoints, cluster: Cluster, tmp_path: Path) -> None:
    """By `spark.speculation`: the epoch ends though its first attempt never does. Its files do not count."""
    site = Site("slow", tmp_path, on_cluster)
    site.arrive()
    site.shut(1)
    epoch = site.run()
    assert len(site.held()) == 1
    assert counted(epoch, 2)
    site.audit()
    site.open()


def test_a_task_that_nobody_waits_for_any_more_wakes_up_behind_its_epoch(
    on_cluster: Endpoints, cluster: Cluster, tmp_path: Path, meanwhile: ThreadPoolExecutor
) -> None:
    """Its machine stood still; Spark computed it again elsewhere, and the epoch is read by then."""
    site = Site("late", tmp_path, on_cluster)
    site.arrive()
    site.shut(1)
    ended = meanwhile.submit(site.run)
    wait_until(lambda: bool(site.held()))
    [late] = site.held()
    number = cluster.worker_of(late)
    cluster.freeze_worker(number)  # it hears from nobody that its task is to end
    epoch = ended.result()
    assert counted(epoch, 2)
    site.audit()
    site.open()
    wait_until(lambda: quiet(psutil.Process(late)))
    site.audit()
    cluster.kill_worker(number)
    cluster.start_worker(number)


def test_no_worker_is_left(
    on_cluster: Endpoints,
    cluster: Cluster,
    tmp_path: Path,
    meanwhile: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Spark would wait without a word; the attempt ends, and with workers the same epoch is finished."""
    monkeypatch.setattr(session, "_NO_TASK_TIMEOUT_S", 3.0)
    site = Site("alone", tmp_path, on_cluster)
    site.arrive()
    site.shut(WORKERS)
    ended = meanwhile.submit(site.run)
    wait_until(lambda: len(site.held()) == WORKERS)
    for number in range(WORKERS):
        cluster.kill_worker(number)
    with pytest.raises(UnavailableError, match="epoch 1: Spark ran no task of it for 3 s: it has no executors left"):
        ended.result()
    for number in range(WORKERS):
        cluster.start_worker(number)
    site.open()
    epoch = site.run()
    assert (epoch.status, epoch.attempts) == (Status.SEALED, 2)
    assert counted(epoch, 2)
    site.audit()


def quiet(process: psutil.Process) -> bool:
    before = process.cpu_times()
    time.sleep(0.5)
    return process.cpu_times() == before
