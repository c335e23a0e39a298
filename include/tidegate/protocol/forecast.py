"""What the next epoch will probably read and make, from what past epochs made of their input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.protocol.model import Manifest, StateRun


@dataclass(frozen=True)
class Size:
    """Rows and bytes; negative when they became fewer."""

    rows: int
    bytes: int


@dataclass(frozen=True)
class Written:
    """What an epoch wrote to one table; for an upsert table with the rows of the partitions that it rewrote."""

    partitions: int
    size: Size


@dataclass(frozen=True)
class Made:
    """What one past epoch made of its input.

    Args:
        rows_in: rows that it read.
        bytes_in: size of its slices; None when that is not known any more.
        tables: what it wrote, by table.
        growth: by how much it changed what is stored as state; None when the state before it is not known any more.
    """

    rows_in: int
    bytes_in: int | None
    tables: Mapping[str, Written]
    growth: Size | None


@dataclass(frozen=True)
class Forecast:
    """What to expect of an epoch. None stands for what nothing is known about.

    Args:
        rows_in: rows to read; `estimated` tells that they follow from the input's bytes instead of having been counted.
        tables: what is written, by table; an estimate.
        growth: by how much the stored state grows, in rows and bytes; an estimate.
        sample: how many past epochs the estimates are from.
    """

    rows_in: int | None
    estimated: bool
    tables: Mapping[str, Written | None]
    growth: Size | None
    sample: int


def made(manifest: Manifest, *, before: Sequence[StateRun] | None, bytes_in: int | None) -> Made:
    """What the epoch of a manifest made. `before` is the state that it started from; None when that is not kept."""
    tables = {
        table: Written(
            partitions=sum(p.table == table for p in manifest.partitions),
            size=_total([(f.rows, f.bytes) for p in manifest.partitions if p.table == table for f in p.files]),
        )
        for table in {p.table for p in manifest.partitions}
    }
    growth = None
    if before is not None:
        old, new = (_total([(r.rows, r.bytes) for r in runs]) for runs in (before, manifest.state))
        growth = Size(new.rows - old.rows, new.bytes - old.bytes)
    return Made(manifest.counts.rows_in, bytes_in, tables, growth)


def forecast(sample: Sequence[Made], *, tables: Sequence[str], bytes_in: int, rows_in: int | None) -> Forecast:
    """Expect of the next epoch what the past ones made per row that they read, and of partitions their average.

    Args:
        sample: past epochs.
        tables: the tables that it may write to.
        bytes_in: size of its input.
        rows_in: rows of its input, when they were counted.
    """
    estimated = rows_in is None
    if rows_in is None:
        sized = [(m.rows_in, m.bytes_in) for m in sample if m.bytes_in is not None]
        rows_in = _share(bytes_in, [rows for rows, _ in sized], [size for _, size in sized])
    grown = [(m.growth, m.rows_in) for m in sample if m.growth is not None]
    return Forecast(
        rows_in=rows_in,
        estimated=estimated and rows_in is not None,
        tables={table: _written(table, sample, rows_in) for table in tables},
        growth=_scaled([growth for growth, _ in grown], [rows for _, rows in grown], rows_in),
        sample=len(sample),
    )


def _written(table: str, sample: Sequence[Made], rows_in: int | None) -> Written | None:
    nothing = Written(0, Size(0, 0))
    past = [m.tables.get(table, nothing) for m in sample]
    size = _scaled([w.size for w in past], [m.rows_in for m in sample], rows_in)
    partitions = _share(1, [w.partitions for w in past], [1] * len(past))
    return None if size is None or partitions is None else Written(partitions, size)


def _scaled(sizes: Sequence[Size], rows: Sequence[int], rows_in: int | None) -> Size | None:
    """The sizes per row, times `rows_in`."""
    if rows_in is None:
        return None
    scaled_rows = _share(rows_in, [s.rows for s in sizes], rows)
    scaled_bytes = _share(rows_in, [s.bytes for s in sizes], rows)
    return None if scaled_rows is None or scaled_bytes is None else Size(scaled_rows, scaled_bytes)


def _share(of: int, parts: Sequence[int], wholes: Sequence[int]) -> int | None:
    """`of` times all parts per all wholes, rounded half up, in exact arithmetic; None when the wholes are nothing."""
    whole = sum(wholes)
    return (2 * of * sum(parts) + whole) // (2 * whole) if whole else None


def _total(sizes: Sequence[tuple[int, int]]) -> Size:
    return Size(sum(rows for rows, _ in sizes), sum(size for _, size in sizes))
