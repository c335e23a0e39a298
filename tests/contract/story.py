"""A lane that is driven step by step, for the tests of what a checkpoint store promises."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import psycopg

import builders as make
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.api.pipeline import Definition
from tidegate.errors import TidegateError
from tidegate.protocol.ledger import behind
from tidegate.protocol.model import Epoch, Head, LaneId, Lease, ManifestRef, Run, Status

Sql = psycopg.Connection[Any]
Kept = Callable[[], Any]

LANE = LaneId("orders")
RUN = Run("run-1", "dag/run-1", 2, logical_date_ms=1_700_000_000_123, interval_start_ms=0, interval_end_ms=-5)
COUNTS = make.counts(rows_in=5, malformed=1, decoded=4, received=4, processed=4, yielded=4, rows_out={"db.orders": 4})
TABLES = ("pipelines", "lanes", "epochs", "epoch_offsets", "manifests", "table_heads", "repairs", "clones", "slices")


def definition(name: str = "orders", *, buckets: int = 4, tables: tuple[str, ...] = ("db.orders",)) -> Definition:
    return cast(
        "Definition",
        SimpleNamespace(
            name=name,
            pipeline=SimpleNamespace(buckets=buckets),
            fingerprint=f"code of {name}",
            all_targets=tuple(SimpleNamespace(name=t) for t in tables),
        ),
    )


def manifest(epoch: Epoch) -> ManifestRef:
    return ManifestRef(f"file:///{epoch.lane}/{epoch.epoch}/{epoch.fence}/manifest.json", f"{epoch.epoch:064x}")


def head(epoch: Epoch, *values: str, table: str = "db.orders", rows: int = 4) -> Head:
    location = f"file:///{table}/{epoch.epoch}/{'/'.join(values)}"
    return make.head(
        table,
        *values,
        at=location,
        lane=epoch.lane,
        epoch=epoch.epoch,
        generation=epoch.generation,
        rows=rows,
        size=9 * rows,
    )


@dataclass
class Story:
    """Drives one lane step by step."""

    store: PostgresCheckpointStore
    lane: LaneId = LANE

    def __post_init__(self) -> None:
        self.store.register(definition(self.lane.pipeline, tables=()))

    def lease(self, owner: str = RUN.owner, *, ttl_s: float = 60) -> Lease:
        return self.store.acquire(self.lane, owner, ttl_s=ttl_s)

    def plan(self, lease: Lease, *, files: int = 2, run: Run = RUN) -> Epoch:
        end = behind(self.store.tail(self.lane.pipeline, make.SOURCE))
        found = [make.slice_(end + i, f"/in/{end + i}.csv", size=10 + i, modified_ns=1_000 + i) for i in range(files)]
        last = self.store.last_sealed(self.lane)
        offsets = make.span(make.stop(last), end + files)
        return self.store.plan(lease, run=run, fingerprint="f", offsets=offsets, discovered=found)

    def stage(self, lease: Lease, epoch: Epoch, *, watermark_ms: int | None = 7) -> Epoch:
        return self.store.stage(
            lease, epoch, manifest=manifest(epoch), data=b"{}", watermark_ms=watermark_ms, counts=COUNTS
        )

    def publish(self, lease: Lease, epoch: Epoch) -> Epoch:
        return self.store.publish(lease, epoch, heads=[head(epoch, f"day-{epoch.epoch}")])

    def seal(self, lease: Lease, epoch: Epoch) -> Epoch:
        return self.store.seal(lease, epoch)

    def sealed(self, lease: Lease) -> Epoch:
        return self.seal(lease, self.publish(lease, self.stage(lease, self.plan(lease))))

    def at(self, lease: Lease, status: Status) -> Epoch:
        epoch = self.plan(lease)
        for step, reached in (
            (self.stage, Status.STAGED),
            (self.publish, Status.PUBLISHED),
            (self.seal, Status.SEALED),
        ):
            if epoch.status is status:
                break
            epoch = step(lease, epoch)
            assert epoch.status is reached
        return epoch


def contents(sql: Sql) -> dict[str, list[Any]]:
    return {table: sql.execute(f"SELECT * FROM {table} ORDER BY 1, 2".encode()).fetchall() for table in TABLES}


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions at the same moment in threads; their results or errors, in order."""
    barrier = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(i: int, action: Callable[[], Any]) -> None:
        barrier.wait(30)
        try:
            results[i] = action()
        except TidegateError as e:
            results[i] = e

    threads = [threading.Thread(target=run, args=(i, a)) for i, a in enumerate(actions)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    return results
