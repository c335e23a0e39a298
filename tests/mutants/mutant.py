"""What a mutant is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """`old`, which stands once in `file` (below ``include/tidegate``), becomes `new`; `breaks` is the invariant."""

    name: str
    breaks: str
    file: str
    old: str
    new: str
