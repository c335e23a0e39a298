"""I7: what went in is what came out, went to the dead letters, or was left out by a transform.

Every number is counted where the rows are, in other code than its neighbours, so that they can contradict each other.
"""

from collections.abc import Mapping, Sequence

from tidegate.protocol.model import Counts


def contradiction(counts: Counts, *, transformed: bool) -> str | None:
    """Why the counts cannot all be right; None when they agree. Rows may only be left out when they are transformed."""
    c = counts
    if c.rows_in != c.malformed + c.decoded:
        return f"{c.rows_in} records were met, but {c.malformed} were malformed and {c.decoded} read"
    if not transformed and c.decoded != c.received:
        return f"{c.decoded} rows were read, but {c.received} came to the function, and no transform is between"
    seen = c.null_keys + c.failed + c.processed
    if c.received != seen:
        return f"{c.received} rows came to the function, but {seen} were processed or refused"
    return None


def lost(counts: Counts, written: Mapping[str, int], *, tables: Sequence[str], dead_letters: str | None) -> str | None:
    """Why `written`, the rows in files by table, are not what was yielded and refused; None when they are.

    `tables` are those that get every row that the function yields.
    """
    expected = dict.fromkeys(tables, counts.yielded)
    if dead_letters is not None:
        expected[dead_letters] = counts.dead_lettered
    for table, rows in expected.items():
        if written.get(table, 0) != rows:
            return f"{rows} rows were made for {table}, but {written.get(table, 0)} are in its files"
    return None
