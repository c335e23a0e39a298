"""The demo on Kafka: flights by transactions, some aborted, one that hangs; the broker and an attempt are killed.

The check is independent: plain Python over what the producer's own log says was committed, and PyHive's answer.
"""

import json
import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pandas as pd
from confluent_kafka.admin import NewTopic
from rich.console import Console
from rich.table import Table

from tidegate import services
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.adapters.kafka import clients
from tidegate.adapters.kafka.cluster import Cluster
from tidegate.adapters.kafka.lag import PartitionLag
from tidegate.demo.flights import load_flights
from tidegate.demo.producing import HANG_AT, PARTITIONS, TOPIC, Flights, Replay, Sent, committed
from tidegate.demo.stage import DAGS, FILE_PIPELINES, KAFKA_PIPELINES, Stage, checkpoint, sealed, total
from tidegate.errors import TidegateError, UnavailableError
from tidegate.reports.lags import lags_of, sealed_slices
from tidegate.wiring import Endpoints, kafka_settings

KILLED = ("kafka_aircraft_log", 3)
"""The attempt that is killed: SIGKILL to its process when all is computed and nothing staged. Its retry reads again."""
BROKER_KILLED_AT = 0.55
"""How much of the flights is written when the broker is killed."""

_HANGS_S = 5.0
"""A transaction that is open for longer is told: others are over sooner."""
_PRODUCE_S = 60.0
"""For the flights of a year."""
_FIND_DAGS_S = 120.0
_SEAL_S = 360.0
"""The same."""
_ANSWER_S = 10.0
_LOG = "produced.jsonl"


def main(years: int) -> int:
    """Run the demo; 0 when both tables are right, 1 when a row differs or a pipeline does not finish.

    The flights of 2013 come for so many years.
    """
    demo = KafkaDemo(Path(os.environ.get("TIDEGATE_HOME", ".tidegate")).resolve(), Console(), years)
    try:
        return demo.run()
    except TidegateError as e:
        demo.say(f"[red]the demo failed ({e.kind}):[/] {e}")
        return 1


@dataclass
class KafkaDemo(Stage):
    """One run of the demo on Kafka, with the flights of so many years."""

    years: int

    def run(self) -> int:
        """All steps, in order."""
        began = time.monotonic()
        self.say("[bold]1. A clean start:[/] Kafka, PostgreSQL, Hive metastore, Spark and Airflow on this machine")
        flights = Flights(load_flights(self.years))
        self.clear()
        endpoints = self._start()
        self.say(
            f"[bold]2. {len(flights):,} flights[/] go into a topic of {PARTITIONS} partitions by transactions; "
            "Airflow runs an epoch of each pipeline every 5 s"
        )
        with services.watching(self.home, dags_folder=DAGS.resolve(), report=self.report):
            replay = self._stream(endpoints, flights)
        done, aborted = replay.counts
        self.say(
            f"[bold]3. The check:[/] both tables through PyHive against plain Python over the producer's log "
            f"({done:,} transactions committed, {aborted:,} aborted)"
        )
        with (self.home / _LOG).open(encoding="utf-8") as lines:
            sent = committed(lines)
        right = self._check(endpoints, flights, sent) & self._epochs(endpoints, flights, sent)
        return self.farewell(began, right=right & self._lag(endpoints))

    # -- steps ----------------------------------------------------------------------------------------------------

    def _start(self) -> Endpoints:
        pipeline, epoch = KILLED
        os.environ["TIDEGATE_CRASH_AT"] = f"processed@{pipeline}:{epoch}"
        os.environ["TIDEGATE_CRASH_ONCE"] = str(self.killed_file)
        endpoints = services.up(self.home, airflow=True, kafka=True, dags_folder=DAGS.resolve(), report=self.report)
        heard = clients.Heard()
        admin = clients.admin(kafka_settings(endpoints.kafka), heard)
        topic = NewTopic(TOPIC, num_partitions=PARTITIONS, replication_factor=1)
        clients.answers("the demo", admin.create_topics([topic]), heard)
        return endpoints

    def _stream(self, endpoints: Endpoints, flights: Flights) -> Replay:
        """Start the producer and the DAGs, kill the broker on the way, and wait until all is sealed."""
        airflow, every = _Airflow(self.home), (*KAFKA_PIPELINES, *FILE_PIPELINES)
        self.wait("Airflow to find the DAGs", lambda: airflow.knows(every), timeout_s=_FIND_DAGS_S)
        for name in every:  # the other demo's have nothing to do here
            airflow.pause(name, paused=name in FILE_PIPELINES)
        address = kafka_settings(endpoints.kafka)["bootstrap.servers"]
        replay = Replay(address, flights, self.home / _LOG, seconds=_PRODUCE_S * self.years)
        replay.start()
        with checkpoint(endpoints) as store, self.console.status("") as status:
            update = status.update if self.console.is_terminal else self.plain()
            story = _Story(self, replay, endpoints, store)

            def done() -> bool:
                if replay.failed is None:
                    update(story.look())
                return replay.failed is not None or (not replay.is_alive() and story.left == 0)

            self.wait("both pipelines to seal all that was committed", done, timeout_s=_SEAL_S * self.years)
        if replay.failed is not None:
            raise replay.failed
        if not self.killed_file.exists():
            raise UnavailableError("the attempt that was to be killed was never reached: the demo shows nothing")
        return replay

    def _check(self, endpoints: Endpoints, flights: Flights, sent: Sequence[Sent]) -> bool:
        log, delays = pd.DataFrame(expected_log(flights, sent)), pd.DataFrame(expected_delays(flights, sent))
        right = self.compared(endpoints, "flights_kafka.aircraft_log", log, ["n"])
        return right & self.compared(endpoints, "flights_kafka.carrier_delays", delays, ["date", "carrier", "origin"])

    def _epochs(self, endpoints: Endpoints, flights: Flights, sent: Sequence[Sent]) -> bool:
        named = sum(flights[s.n]["tailnum"] is not None for s in sent)
        made = dict(zip(KAFKA_PIPELINES, (named, len(sent)), strict=True))
        return self.summarised(endpoints, rows_in=len(sent), made=made)

    def _lag(self, endpoints: Endpoints) -> bool:
        """Show how far behind each partition is; right is not at all."""
        name = KAFKA_PIPELINES[0]
        with checkpoint(endpoints) as store:
            rows = _lags(store, name, Cluster(kafka_settings(endpoints.kafka), name))
        table = Table("topic", "partition", "next offset", "stable", "end", "lag", box=None, pad_edge=False)
        for row in rows:
            table.add_row(row.topic, *(f"{n:,}" for n in (row.partition, row.next, row.stable, row.end, row.lag)))
        self.say(f"[bold]4. The lag[/] of {name}, as on its page in Airflow and by `tidegate lag {name}`")
        self.console.print(table)
        return len(rows) == PARTITIONS and not any(row.lag or row.held or row.gap for row in rows)


class _Story:
    """Says once what happens, kills the broker when it is time, and shows how far the slower pipeline is."""

    def __init__(self, demo: KafkaDemo, replay: Replay, endpoints: Endpoints, store: PostgresCheckpointStore) -> None:
        self._demo = demo
        self._replay = replay
        self._store = store
        self._cluster = Cluster(kafka_settings(endpoints.kafka), "the demo", timeout_s=_ANSWER_S)
        self._told: set[str] = set()
        self.left: int | None = None

    def look(self) -> str:
        """Look at everything; how far it is, in words. Sets `left`: how many offsets no sealed epoch has."""
        self._broker()
        self._attempt()
        epochs = [sealed(self._store, name) for name in KAFKA_PIPELINES]
        if all(epochs):
            self._replay.go_on.set()
        found = [_lags(self._store, name, self._cluster) for name in KAFKA_PIPELINES]
        if self._replay.hangs:
            before_ms = (time.time() - _HANGS_S) * 1000
            for row in (row for rows in found for row in rows if row.held_ms is not None and row.held_ms < before_ms):
                self._once(f"{row.topic}[{row.partition}]", f"[yellow]a transaction hangs:[/] {row.hold}")
        elif self._replay.share > HANG_AT:
            self._once("released", "the transaction that hung is [green]committed[/]: what waited can be read")
        self.left = max(sum(row.lag + row.held for row in rows) for rows in found) if all(found) else None
        rows = min(total(of, "rows_in") for of in epochs)
        done, aborted = self._replay.counts
        waits = "" if self.left is None else f", {self.left:,} offsets wait"
        return (
            f"{self._replay.share:.0%} produced ({done:,} transactions committed, {aborted:,} aborted); {rows:,} "
            f"flights sealed by both pipelines{waits}"
        )

    def _broker(self) -> None:
        if self._replay.share >= BROKER_KILLED_AT and "broker" not in self._told:
            pid = next(s.pid for s in services.status(self._demo.home) if s.name == "kafka")
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                self._once("broker", "[yellow]SIGKILL:[/] the broker, in the middle of a transaction")

    def _attempt(self) -> None:
        pipeline, number = KILLED
        if not self._demo.killed_file.exists():
            return
        self._once(
            "killed", f"[yellow]SIGKILL:[/] {pipeline} epoch {number} is computed, its process is gone, nothing staged"
        )
        if again := next((e for e in sealed(self._store, pipeline) if e.epoch == number), None):
            self._once("again", f"[green]Airflow retried:[/] {again} is sealed, from the same offsets")

    def _once(self, what: str, text: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._demo.say(f"   {text}")


class _Airflow:
    """The REST API of a home's Airflow: as much of it as starts and stops DAGs."""

    def __init__(self, home: Path) -> None:
        self._address, user, password = services.airflow_login(home)
        answer = self._call("POST", "/auth/token", {"username": user, "password": password}, {})
        self._headers = {"Authorization": f"Bearer {answer['access_token']}"}

    def knows(self, dags: Iterable[str]) -> bool:
        """True when it has found these DAGs."""
        found = self._call("GET", "/api/v2/dags?limit=100", None, self._headers)["dags"]
        return {*dags} <= {dag["dag_id"] for dag in found}

    def pause(self, dag: str, *, paused: bool) -> None:
        """Pause a DAG, or unpause it."""
        self._call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": paused}, self._headers)

    def _call(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json", **headers}
        asked = Request(f"{self._address}{path}", data=data, headers=given, method=method)  # noqa: S310  (loopback)
        try:
            with urlopen(asked, timeout=_ANSWER_S) as answer:  # noqa: S310
                return json.load(answer)
        except OSError as e:
            raise UnavailableError(f"Airflow does not answer {method} {path}: {e}") from e


# -- the independent computation ------------------------------------------------------------------------------------


def _lags(store: PostgresCheckpointStore, pipeline: str, cluster: Cluster) -> list[PartitionLag]:
    """Of a pipeline's one source every partition."""
    return [row for rows in lags_of(sealed_slices(store, pipeline), cluster).values() for row in rows]


def expected_log(flights: Flights, sent: Iterable[Sent]) -> list[dict[str, Any]]:
    """What the append table must hold: of each committed flight of a named aircraft one row."""
    before: dict[str, tuple[int, int, str, datetime]] = {}
    rows = []
    for s in sent:
        f = flights[s.n]
        if f["tailnum"] is None:
            continue
        departure = datetime.fromisoformat(f["time_hour"]) + timedelta(minutes=f["minute"])
        count, miles, dest, departed = before.get(f["tailnum"], (0, 0, None, None))
        rows.append(
            {
                **{name: f[name] for name in ("n", "tailnum", "carrier", "flight", "origin", "dest")},
                "departure": departure,
                "flights": count + 1,
                "miles": miles + f["distance"],
                "previous_dest": dest,
                "continues": None if dest is None else dest == f["origin"],
                "minutes_since": None if departed is None else (departure - departed) // timedelta(minutes=1),
                "kafka_partition": s.partition,
                "kafka_offset": s.offset,
            }
        )
        before[f["tailnum"]] = (count + 1, miles + f["distance"], f["dest"], departure)
    return rows


def expected_delays(flights: Flights, sent: Iterable[Sent]) -> list[dict[str, Any]]:
    """What the upsert table must hold: one row for each day, carrier and origin of committed flights."""
    days: dict[tuple[date, str, str], list[int | None]] = {}
    for s in sent:
        f = flights[s.n]
        days.setdefault((date(f["year"], f["month"], f["day"]), f["carrier"], f["origin"]), []).append(f["dep_delay"])
    rows = []
    for (day, carrier, origin), delays in days.items():
        departed = [delay for delay in delays if delay is not None]
        rows.append(
            {
                "date": day,
                "carrier": carrier,
                "origin": origin,
                "flights": len(delays),
                "cancelled": len(delays) - len(departed),
                "mean_delay": sum(departed) / len(departed) if departed else None,
                "worst_delay": max(departed, default=None),
            }
        )
    return rows
