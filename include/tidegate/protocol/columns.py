"""The columns that a pipeline declares, beside those that its table in Hive has.

Names decide, never places: Hive and Spark read Parquet files by the names of their columns.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

Column = tuple[str, str]
"""Name and Hive's type."""


@dataclass(frozen=True)
class Fit:
    """What rows of the declared columns need of a table: `added` are new columns; `wrong` says what rules them out."""

    added: tuple[Column, ...]
    wrong: tuple[str, ...]


def fit(declared: Sequence[Column], found: Sequence[Column], *, evolves: bool, never_null: Collection[str]) -> Fit:
    """Compare the columns of a table's rows.

    Args:
        declared: those of the pipeline's output.
        found: those of the table.
        evolves: the table may get further columns, which are null in the rows that it has.
        never_null: the declared columns of which every row has a value.
    """
    wanted, there = dict(declared), {name for name, _ in found}
    new = tuple((name, type_) for name, type_ in declared if name not in there)
    wrong = [
        f"column {name} is {type_}, not {wanted[name]}: types are not changed, so declare it as it is"
        for name, type_ in found
        if wanted.get(name, type_) != type_
    ]
    wrong += [
        f"column {name} is not declared: columns are neither dropped nor renamed, so declare it too"
        for name, _ in found
        if name not in wanted
    ]
    for name, _ in new:
        if not evolves:
            wrong.append(f'column {name} is missing: declare HiveTable(…, evolve="add") to have it added')
        elif name in never_null:
            wrong.append(f"column {name} cannot be added: every row must have it, but older rows do not")
    return Fit(new, tuple(wrong))
