"""The checkpoint database as one system: the real store's code over tables in memory.

Only the statements of `queries.sql` are modelled, one function each; what a store method does with them, and what it
makes of a refused change, is `PostgresCheckpointStore` itself. A method is one transaction, so it is one step.

Three things are left out on purpose. A held lease may be taken at any moment, since it may have run out by then: its
holder may be dead or merely slow. Times stand still at one moment that is later than every change, so that all that
waits for age is old enough. And what no decision reads is not kept, so that it does not make many states of one: the
number of attempts, more than two publishers, who was the last to adopt what is sealed, the copies of manifests. Nor is
it kept why an attempt failed: an epoch that is paused for it would only be left as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from tidegate.adapters.checkpoint.queries import QUERIES
from tidegate.adapters.checkpoint.rows import from_ms
from tidegate.adapters.checkpoint.store import PostgresCheckpointStore
from tidegate.protocol.model import MAIN_LANE

Row = dict[str, Any]

NOW_MS = 1_000_000
_NAMES = {text: name for name, text in QUERIES.items()}
_UNFINISHED = ("PLANNED", "STAGED", "PUBLISHED")


@dataclass
class Tables:
    """All rows. A row is never changed in place, so a copy of the dictionaries is a copy of the database."""

    lanes: dict[str, Row] = field(default_factory=dict)
    epochs: dict[tuple[str, int, int], Row] = field(default_factory=dict)
    heads: dict[tuple[str, tuple[str, ...]], Row] = field(default_factory=dict)
    lane_heads: dict[tuple[str, str, tuple[str, ...]], Row] = field(default_factory=dict)
    log: dict[int, Row] = field(default_factory=dict)
    clones: dict[str, Row] = field(default_factory=dict)
    repairs: frozenset[tuple[str, tuple[str, ...]]] = frozenset()

    def copy(self) -> Self:
        return type(self)(
            dict(self.lanes),
            dict(self.epochs),
            dict(self.heads),
            dict(self.lane_heads),
            dict(self.log),
            dict(self.clones),
            self.repairs,
        )

    @property
    def main(self) -> list[Row]:
        """The epochs of the main lane."""
        return [row for (lane, _, _), row in self.epochs.items() if lane == MAIN_LANE]

    def fence(self, lane: str) -> int:
        """The newest fence of a lane."""
        return self.lanes[lane]["fence"] if lane in self.lanes else 0

    def key(self) -> str:
        """Equal databases have equal keys."""
        tables = (self.lanes, self.epochs, self.heads, self.lane_heads, self.log, self.clones)
        return repr((*(sorted(of_table.items()) for of_table in tables), sorted(self.repairs)))


class Store(PostgresCheckpointStore):
    """The real store on tables in memory."""

    def __init__(self, tables: Tables) -> None:
        self._session = _Session(tables)  # type: ignore[assignment]


class _Session:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @contextmanager
    def transaction(self, what: str, *, writes: bool = True) -> Iterator["_Cursor"]:
        yield _Cursor(self._tables)

    def close(self) -> None:
        """Nothing is open."""


class _Cursor:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: list[Row] = []
        self.rowcount = 0

    def execute(self, query: bytes, values: Mapping[str, Any] | None = None) -> Self:
        self._rows = STATEMENTS[_NAMES[query]](self._tables, values or {})
        return self

    def executemany(self, query: bytes, many: Sequence[Mapping[str, Any]]) -> None:
        self.rowcount = sum(len(STATEMENTS[_NAMES[query]](self._tables, values)) for values in many)

    def fetchone(self) -> Row | None:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Row]:
        return self._rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)


STATEMENTS: dict[str, Callable[[Tables, Mapping[str, Any]], list[Row]]] = {}


def _statement(fn: Callable[[Tables, Mapping[str, Any]], list[Row]]) -> Callable[..., list[Row]]:
    STATEMENTS[fn.__name__] = fn
    return fn


# -- pipelines and lanes ----------------------------------------------------------------------------------------------


@_statement
def foreign_table(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return []


@_statement
def register_pipeline(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [{"name": v["name"]}]


@_statement
def acquire_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    found = t.lanes.get(v["lane"], {"fence": 0, "forked_from": None, "status": "OPEN"})
    t.lanes[v["lane"]] = {**found, "fence": found["fence"] + 1}
    return [t.lanes[v["lane"]]]


@_statement
def lock_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [{**row, "lease_owner": "somebody"} for row in lane(t, v)]


@_statement
def lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [{**t.lanes[v["lane"]], "pipeline": v["pipeline"], "lane": v["lane"]}] if v["lane"] in t.lanes else []


@_statement
def forks(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    named = ({**row, "pipeline": v["pipeline"], "lane": name} for name, row in sorted(t.lanes.items()))
    return [row for row in named if row["forked_from"] is not None]


@_statement
def fork_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    if v["lane"] in t.lanes and t.lanes[v["lane"]]["status"] not in v["sources"]:
        return []
    fence = t.fence(v["lane"]) + (v["lane"] in t.lanes)
    t.lanes[v["lane"]] = {"fence": fence, "forked_from": v["base"], "status": "OPEN"}
    return lane(t, v)


@_statement
def move_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    if t.lanes[v["lane"]]["status"] not in v["sources"]:
        return []
    t.lanes[v["lane"]] = {**t.lanes[v["lane"]], "fence": t.fence(v["lane"]) + 1, "status": str(v["target"])}
    return lane(t, v)


@_statement
def forget_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    for epoch in [e for e in t.epochs if e[0] == v["lane"]]:
        del t.epochs[epoch]
    for head in [h for h in t.lane_heads if h[0] == v["lane"]]:
        del t.lane_heads[head]
    return []


@_statement
def renew_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return []


@_statement
def release_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return []


# -- epochs -----------------------------------------------------------------------------------------------------------


def _of(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [row for (lane, _, _), row in t.epochs.items() if lane == v["lane"]]


def _newest(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda r: (r["epoch"], r["generation"]), reverse=True)


@_statement
def epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    row = t.epochs.get((v["lane"], v["epoch"], v["generation"]))
    return [row] if row else []


@_statement
def sealed_epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _newest([r for r in _of(t, v) if r["status"] == "SEALED" and r["epoch"] == v["epoch"]])[:1]


@_statement
def unfinished(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [r for r in _of(t, v) if r["status"] in _UNFINISHED]


@_statement
def of_run(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _newest([r for r in _of(t, v) if r["run_key"] == v["run_key"]])[:1]


@_statement
def last_sealed(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _newest([r for r in _of(t, v) if r["status"] == "SEALED"])[:1]


@_statement
def epochs(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _newest(_of(t, v))[: v["limit"]]


@_statement
def plan_epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    if unfinished(t, v):
        raise AssertionError("the unique index allows one unfinished epoch per lane")
    generation = 1 + max((g for lane, e, g in t.epochs if (lane, e) == (v["lane"], v["epoch"])), default=0)
    row = {**v, "generation": generation, "status": "PLANNED", "attempts": 1, "publishers": 0}
    row["offsets"] = v["offsets"].obj
    row["planned_at"] = from_ms(v["epoch"])
    row["failures"] = 0
    for name in (
        "failed_code", "paused_at",
        "manifest_uri", "manifest_sha256", "watermark_out_ms", "counts", "staged_at", "published_at", "sealed_at",
        "failure_kind", "failure_message", "abandoned_at", "abandoned_by", "abandoned_why",
    ):  # fmt: skip
        row[name] = None
    return _write(t, row)


def _write(t: Tables, row: Row) -> list[Row]:
    t.epochs[row["lane"], row["epoch"], row["generation"]] = row
    return [row]


def _change(t: Tables, v: Mapping[str, Any], **more: Any) -> list[Row]:
    """The compare-and-set on status and fence."""
    return [
        _write(t, {**row, "status": v["target"], **more})[0]
        for row in epoch(t, v)
        if (row["status"], row["fence"]) == (v["source"], v["fence"])
    ]


@_statement
def adopt_epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [
        _write(t, {**row, "fence": v["fence"], "run_clear_number": max(row["run_clear_number"], v["clear_number"])})[0]
        for row in epoch(t, v)
        if row["status"] in v["sources"] and row["fence"] < v["fence"]
    ]


@_statement
def stage_epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _change(
        t,
        v,
        manifest_uri=v["manifest_uri"],
        manifest_sha256=v["manifest_sha256"],
        watermark_out_ms=v["watermark_out_ms"],
        counts=v["counts"].obj,
        staged_at=from_ms(v["epoch"]),
    )


@_statement
def begin_swap(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [
        _write(t, {**row, "publishers": min(2, row["publishers"] + 1)})[0]
        for row in epoch(t, v)
        if (row["status"], row["fence"]) == ("STAGED", v["fence"])
    ]


@_statement
def suspects(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _newest([r for r in _of(t, v) if r["status"] == "SEALED" and r["publishers"] > 1])[:100]


@_statement
def begin_repair(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    t.repairs |= {(v["table"], tuple(v["values"].obj))}
    return [dict(v)]


@_statement
def repairs(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [{"table_name": table, "partition_values": list(values)} for table, values in sorted(t.repairs)]


@_statement
def forget_repairs(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return []


@_statement
def publish_epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _change(t, v, published_at=from_ms(v["epoch"]))


@_statement
def seal_epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _change(t, v, sealed_at=from_ms(v["epoch"]), fence=0)


@_statement
def abandon_epoch(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return _change(t, v, abandoned_at=from_ms(v["epoch"]), abandoned_by=v["by"], abandoned_why=v["why"])


@_statement
def keep_manifest(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return []


@_statement
def kept_manifest(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return []


@_statement
def record_failure(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return []


@_statement
def forget_epochs(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    named = {(h["lane"], h["epoch"], h["generation"]) for h in t.heads.values()}
    for key, row in list(t.epochs.items()):
        if (
            key[0] == v["lane"]
            and row["status"] in ("SEALED", "ABANDONED")
            and row["epoch"] in v["epochs"]
            and key not in named
        ):
            del t.epochs[key]
    return []


# -- heads ------------------------------------------------------------------------------------------------------------


@_statement
def set_head(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    values = tuple(v["values"].obj)
    row = {k: v[k] for k in ("location", "pipeline", "lane", "epoch", "generation", "rows", "bytes")}
    t.heads[v["table"], values] = {"table_name": v["table"], "partition_values": list(values), **row}
    return [row]


@_statement
def remove_head(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    t.heads.pop((v["table"], tuple(v["values"].obj)), None)
    return []


@_statement
def heads(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [row for (table, _), row in sorted(t.heads.items()) if table == v["table"]]


@_statement
def heads_of_values(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    wanted = [list(w.obj) for w in v["values"]]
    return [row for row in heads(t, v) if row["partition_values"] in wanted]


@_statement
def placed(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    rows = heads(t, v) if v["values"] is None else heads_of_values(t, v)
    names = ("manifest_uri", "manifest_sha256")
    keys = [(row["lane"], row["epoch"], row["generation"]) for row in rows]
    return [{**row, **{n: t.epochs[key][n] for n in names}} for row, key in zip(rows, keys, strict=True)]


@_statement
def set_lane_head(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    values = tuple(v["values"].obj)
    row = {k: v[k] for k in ("location", "manifest_uri", "manifest_sha256")}
    t.lane_heads[v["lane"], v["table"], values] = {"partition_values": list(values), **row}
    return []


@_statement
def placed_on_lane(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    wanted = ((v["lane"], v["table"], tuple(w.obj)) for w in v["values"])
    return [t.lane_heads[key] for key in wanted if key in t.lane_heads]


@_statement
def heads_of_pipeline(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [row for _, row in sorted(t.heads.items())]


# -- clones -----------------------------------------------------------------------------------------------------------


@_statement
def clones(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [row for _, row in sorted(t.clones.items())]


@_statement
def clone(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [t.clones[v["clone"]]] if v["clone"] in t.clones else []


@_statement
def record_clone(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    named = {k: v[k] for k in ("clone", "pipeline", "epoch", "manifest_uri", "manifest_sha256")}
    t.clones.setdefault(v["clone"], named | {"table_name": v["table"], "made_at": from_ms(v["epoch"])})
    return []


@_statement
def forget_clone(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    t.clones.pop(v["clone"], None)
    return []


# -- ledger and clock -------------------------------------------------------------------------------------------------


@_statement
def clock(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [{"now_ms": NOW_MS}]


@_statement
def append_slice(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    row = {k: v[k] for k in ("source", "position", "key", "detail", "rows", "bytes", "time_ms")}
    row |= {"skipped": False, "noted_at": None, "noted_by": None, "noted_why": None}
    if v["position"] in t.log or any(r["key"] == v["key"] for r in t.log.values()):
        raise AssertionError("positions and keys are unique in the ledger")
    t.log[v["position"]] = row
    return [row]


@_statement
def known(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [{"key": r["key"]} for r in t.log.values() if r["key"] in v["keys"]]


@_statement
def slices(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [row for position, row in sorted(t.log.items()) if v["start"] <= position < v["stop"]]


@_statement
def tail(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [t.log[max(t.log)]] if t.log else []


@_statement
def forget_slices(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    for position in v["positions"]:
        if position != max(t.log, default=None):
            t.log.pop(position, None)
    return []


@_statement
def correct_slice(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    latest = max(e for _, e, _ in t.epochs)  # an epoch's number is the time at which it is planned
    noted = {"noted_at": from_ms(latest), "noted_by": v["by"], "noted_why": v["why"]}
    row = {**t.log[v["position"]], **{k: v[k] for k in ("detail", "rows", "bytes", "time_ms", "skipped")}}
    t.log[v["position"]] = row | noted
    return [row]


@_statement
def corrected(t: Tables, v: Mapping[str, Any]) -> list[Row]:
    return [row for _, row in sorted(t.log.items()) if row["noted_at"]]
