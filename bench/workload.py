"""The benchmark's events, and an exact oracle for its job.

Set S: one batch of 1,000,000 events over 100,000 keys; sets C and J: the same as CSV and as JSON lines, without the
payload. Set E: one event for each of 1,000,000 keys, then 20 epochs of 50,000 events. K: the records of a topic, S at
any size as JSON. Keys are Zipf-distributed; about 2 % of the events repeat the `event_id` of an earlier event of their
key, nine of ten within the last five. Event times grow strictly, and all events of a key are in one file (or
partition), in order. Amounts are multiples of 0.25, so running sums are exact; 96 bytes of payload are read by nobody.

The job: per key, drop an event whose id is one of the last 10 accepted ids; else put out running count and sum.
"""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from job import WINDOW, day_and_hour

FILES = 4
PARTITIONS = 6
TEXTS = {"C": "csv", "J": "json"}
"""The sets that are S in another format."""
_SKEW = 0.8
_REPEATS = 0.02
_FIRST_MS = 1_767_304_800_000  # 2026-01-01T22:00Z: the six hours cross midnight
_SPAN_MS = 6 * 3600 * 1000


def write_sets(root: Path) -> None:
    """Write all sets below `root`, once; the same bytes of data each time."""
    if not (root / "S" / "done").exists():
        rng = np.random.default_rng(7)
        _write(root / "S" / "0000", _events(rng, _zipf(rng, 1_000_000, 100_000), total=1_000_000))
        (root / "S" / "done").touch()
    for name, ending in TEXTS.items():
        if not (root / name / "done").exists():
            _write_texts(root / "S" / "0000", root / name / "0000", ending)
            (root / name / "done").touch()
    if not (root / "E" / "done").exists():
        rng = np.random.default_rng(7)
        keys = np.concatenate([rng.permutation(1_000_000), _zipf(rng, 1_000_000, 1_000_000)])
        events = _events(rng, keys, total=len(keys))
        _write(root / "E" / "0000", events[:1_000_000])
        for epoch in range(20):
            _write(root / "E" / f"{epoch + 1:04d}", events[1_000_000 + epoch * 50_000 :][:50_000])
        (root / "E" / "done").touch()


def write_topic(root: Path, total: int) -> Path:
    """Write the records of a topic, and what either work must make of them, once. The folder.

    In it ``values.parquet`` (value: bytes, partition), in order, and ``running.parquet`` and ``through.parquet``.
    """
    folder = root / f"K{total}"
    if (folder / "done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    events = _events(rng, _zipf(rng, total, total // 10), total=total).drop("payload", "file")
    events.select(
        pl.struct(events.columns).struct.json_encode().cast(pl.Binary).alias("value"),
        (pl.col("key").str.slice(1).cast(pl.Int64) % PARTITIONS).alias("partition"),
    ).write_parquet(folder / "values.parquet")
    hour = pl.from_epoch("event_time", "ms")
    placed = events.with_columns(hour.dt.strftime("%Y-%m-%d").alias("dt"), hour.dt.strftime("%H").alias("hour"))
    placed.write_parquet(folder / "through.parquet")
    kept, counts, sums = [], [], []
    state: dict[str, tuple[list[float], deque[str]]] = {}
    for number, (event_id, key, amount) in enumerate(events.select("event_id", "key", "amount").iter_rows()):
        if (after := _accepted(state, event_id, key, amount)) is not None:
            kept.append(number)
            counts.append(after[0])
            sums.append(after[1])
    running = placed[kept].with_columns(pl.Series("running_count", counts, pl.Int64), pl.Series("running_sum", sums))
    running.write_parquet(folder / "running.parquet")
    (folder / "done").touch()
    return folder


def _zipf(rng: np.random.Generator, count: int, keys: int) -> np.ndarray:
    weights = np.cumsum(np.arange(1, keys + 1, dtype=np.float64) ** -_SKEW)
    ranks = np.searchsorted(weights / weights[-1], rng.random(count))
    return np.random.default_rng(12345).permutation(keys)[np.minimum(ranks, keys - 1)]


def _events(rng: np.random.Generator, keys: np.ndarray, *, total: int) -> pl.DataFrame:
    ids = _with_repeats(rng, keys, np.arange(total))
    return pl.DataFrame(
        {
            "key": keys,
            "id": ids,
            "event_time": _FIRST_MS + np.arange(total) * max(1, _SPAN_MS // total),
            "amount": rng.integers(1, 2000, total) * 0.25,
        }
    ).select(
        pl.format("e{}", pl.col("id").cast(pl.String).str.zfill(10)).alias("event_id"),
        pl.format("u{}", pl.col("key").cast(pl.String).str.zfill(8)).alias("key"),
        "event_time",
        "amount",
        pl.concat_str([pl.col("id").hash(seed).cast(pl.String).str.zfill(24) for seed in range(4)]).alias("payload"),
        (pl.col("key") % FILES).alias("file"),
    )


def _with_repeats(rng: np.random.Generator, keys: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Give some events the id of an earlier event of the same key, 1 to 5 or 15 to 20 events back."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]]
    n = len(keys)
    position = np.arange(n) - np.maximum.accumulate(np.where(starts, np.arange(n), 0))
    back = np.where(rng.random(n) < 0.9, rng.integers(1, 6, n), rng.integers(15, 21, n))
    chosen = np.flatnonzero((rng.random(n) < _REPEATS) & (position >= back))
    moved = ids[order]
    moved[chosen] = ids[order][chosen - back[chosen]]
    result = np.empty_like(ids)
    result[order] = moved
    return result


def _write(folder: Path, events: pl.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in range(FILES):
        events.filter(pl.col("file") == file).drop("file").write_parquet(folder / f"part-{file}.parquet")


def _write_texts(source: Path, folder: Path, ending: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.glob("*.parquet")):
        events, target = pl.read_parquet(file).drop("payload"), folder / f"{file.stem}.{ending}"
        if ending == "csv":
            events.write_csv(target)
        else:
            events.write_ndjson(target)


def expected(folders: Iterator[Path]) -> pl.DataFrame:
    """What the job must put out for all events of the folders, computed event by event in event-time order."""
    events = pl.concat([pl.read_parquet(folder / "*.parquet") for folder in folders]).sort("event_time")
    state: dict[str, tuple[list[float], deque[str]]] = {}
    rows = []
    for event_id, key, event_time, amount in events.select("event_id", "key", "event_time", "amount").iter_rows():
        if (after := _accepted(state, event_id, key, amount)) is not None:
            rows.append((event_id, key, event_time, amount, *after, *day_and_hour(event_time)))
    columns = ["event_id", "key", "event_time", "amount", "running_count", "running_sum", "dt", "hour"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _accepted(
    state: dict[str, tuple[list[float], deque[str]]], event_id: str, key: str, amount: float
) -> tuple[int, float] | None:
    """Count and sum behind an event; None when it repeats another."""
    totals, recent = state.setdefault(key, ([0, 0.0], deque(maxlen=WINDOW)))
    if event_id in recent:
        return None
    totals[0] += 1
    totals[1] += amount
    recent.append(event_id)
    return int(totals[0]), totals[1]
