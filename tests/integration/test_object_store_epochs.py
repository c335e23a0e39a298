"""Goal: on an S3-compatible store epochs are exactly once, through kills, trouble of the store, rollback and clean-up.

Metastore, Spark's workers and the coordinator reach the store through one proxy, by the environment alone.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from crash import attempt
from crash.lab import Lab
from faults.http_proxy import HttpProxy, Trouble
from objects import SECRET, Store
from pipelines import totals
from tidegate import Retention, services
from tidegate.adapters.hive.metastore import Metastore
from tidegate.engine.manifests import read_manifest
from tidegate.errors import RETRYABLE, ConfigurationError, UnavailableError
from tidegate.protocol.model import Run, Status
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services

PREFIX = "ware house/é=%41+#"


@dataclass(frozen=True)
class World:
    store: Store
    proxy: HttpProxy
    bucket: str
    home: Path
    endpoints: Endpoints

    def keys(self, pipeline: str) -> list[str]:
        """Keys of a pipeline's objects, those that look like folders included."""
        return list(self.store.objects(self.bucket, f"{PREFIX}/_tidegate/{pipeline}/"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, object_store: Store) -> Iterator[World]:
    """Services whose warehouse is in a bucket. It is given as most write it, and named as Hadoop does everywhere."""
    home, bucket = tmp_path_factory.mktemp("on-s3"), object_store.bucket(f"tide.gate-{uuid4().hex[:6]}")
    settings = {"TIDEGATE_WAREHOUSE": f"s3://{bucket}/{PREFIX}/", "TIDEGATE_SPARK_MEMORY": "1g"}
    with HttpProxy.to(object_store.endpoint) as proxy, object_store.reached(proxy.url, **settings):
        try:
            endpoints = services.up(home, report=lambda e: print(e.service, e.what, e.detail))
            yield World(object_store, proxy, bucket, home, endpoints)
        finally:
            proxy.calm()
            services.down(home, report=lambda _: None)


@pytest.fixture
def lab(world: World, tmp_path: Path) -> Iterator[Lab]:
    made = Lab(f"on_s3_{uuid4().hex[:6]}", tmp_path, world.endpoints)
    yield made
    made.end()


def test_epochs_live_through_kills_rollback_and_cleanup(world: World, lab: Lab) -> None:
    for number in range(2):
        lab.arrive(number)
        assert lab.run_here(f"r{number}") is Status.SEALED
    lab.audit()
    before = lab.found()
    lab.arrive(2)
    lab.kill(attempt.main, "killed", at="processed", epoch=3)
    assert lab.found() == before, "what a killed attempt has written shows nowhere"
    assert lab.run_here("again") is Status.SEALED
    lab.audit()
    assert lab.back_here(2).epoch == 5, "the fourth is a compaction"
    assert lab.found() == before
    with closing(Metastore(world.endpoints.metastore)) as metastore:
        log = metastore.table("t", f"{lab.name}_log")
        assert log is not None
        assert log.sd.location == f"s3a://{world.bucket}/{PREFIX}/t.db/{lab.name}_log"
        assert all(where.startswith(f"s3a://{world.bucket}/{PREFIX}/") for where in metastore.locations(log).values())
    clean_up(world, lab)
    assert lab.found() == before
    assert lab.run_here("after") is Status.SEALED
    lab.audit()
    logs = b"".join(file.read_bytes() for file in (world.home / "logs").iterdir())
    assert SECRET.encode() not in logs


def test_files_of_a_bucket_are_read_in_the_tasks(world: World, tmp_path: Path) -> None:
    """Under any name, while the store has trouble; the oracle has the same files on a disk."""
    name, names = f"from_s3_{uuid4().hex[:6]}", ["0 a/é=%41.json", "1#?+.json", "2.json"]
    for number, key in enumerate(names):
        totals.write(tmp_path, f"{number}.json", totals.events(number))
        world.store.put(world.bucket, {f"in put/{key}": (tmp_path / f"{number}.json").read_bytes()})
    definition = totals.pipeline(name, f"s3://{world.bucket}/in put", source={"max_files": 2})
    world.proxy.arm("GET", Trouble.CUT_ANSWER, path="/in%20put/0%20a/")
    world.proxy.arm("GET", Trouble.SLOW_DOWN, path="/in%20put/1")
    with coordinator(definition, world.endpoints, progress=print) as engine:
        assert [engine.run(Run(f"r{n}", "test")) is not None for n in range(3)] == [True, True, False]
    assert totals.found(world.endpoints.hiveserver2, name) == totals.expected(tmp_path)


def clean_up(world: World, lab: Lab) -> None:
    """Only what manifests of kept epochs lead to is left, and nothing that looks like an empty folder of an epoch."""
    short = replace(lab.definition.pipeline, retention=Retention(epochs=1, grace=timedelta(0)))
    with coordinator(replace(lab.definition, pipeline=short), world.endpoints, progress=print) as engine:
        engine.clean(Run("clean", "test"), dry_run=False)
        epochs = engine.adapters.store.epochs(engine.lane_id, limit=100)
        files, folders = set(), set()
        for ref in (e.manifest for e in epochs if e.manifest):
            manifest = read_manifest(engine.adapters.storage, ref)
            files |= {ref.uri, *(run.path for run in manifest.state)}
            for partition in manifest.partitions:
                folders.add(partition.location)
                if partition.previous:
                    folders.add(partition.previous.location)
                    files.add(partition.previous.manifest.uri)
    left = [f"s3a://{world.bucket}/{key}" for key in world.keys(lab.name)]
    objects = [uri for uri in left if not uri.endswith("/")]
    assert [uri for uri in objects if uri not in files and uri.rpartition("/")[0] not in folders] == []
    empty = [uri for uri in left if uri.endswith("/") and not any(o.startswith(uri) for o in objects)]
    assert [uri for uri in empty if "/epoch=" in uri] == []
    assert world.store.uploads(world.bucket) == []


def test_trouble_of_the_store_ends_in_right_tables_or_in_nothing_new(world: World, lab: Lab) -> None:
    """First what no trying again mends, by name, then by chance all that goes by."""
    lab.arrive(0)
    lab.run_here("first")
    for number, (method, trouble, path, error) in enumerate(
        [
            ("PUT", Trouble.FORBIDDEN, "/state/", ConfigurationError),
            ("PUT", Trouble.SLOW_DOWN, "manifest.json", UnavailableError),
        ]
    ):
        before = lab.found()
        lab.arrive(1 + number)
        world.proxy.arm(method, trouble, path=path, times=1000)
        with pytest.raises(error, match="AWS Error"):
            lab.run_here(f"refused-{number}")
        world.proxy.disarm()
        assert lab.found() == before
    world.proxy.arm("PUT", Trouble.LOSE_ANSWER, path="manifest.json")
    lab.run_here("after")
    lab.audit()
    for seed in range(2):
        before = lab.found()
        lab.arrive(10 + seed)
        after = totals.expected(lab.source)
        world.proxy.storm(seed, share=0.04)
        met = len(world.proxy.met)
        for again in range(6):
            try:
                lab.run_here(f"storm-{seed}")
                break
            except RETRYABLE as e:
                print(f"seed {seed}, try {again}: {e}")
                world.proxy.calm()
                assert lab.found() in (before, after)
                world.proxy.storm(seed * 100 + again, share=0.04)
        world.proxy.calm()
        assert len(world.proxy.met) > met, "no storm"
        lab.audit(after)
