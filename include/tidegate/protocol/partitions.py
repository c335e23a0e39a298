"""Partition names as Hive spells them."""

from collections.abc import Sequence

DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
"""Hive's partition value for null."""

_ESCAPED = frozenset("\"#%'*/:=?\\\x7f{[]^") | frozenset(map(chr, range(1, 0x20)))
"""Characters that Hive writes as %XX: `FileUtils.charToEscape` in hive-common."""


def escape(text: str) -> str:
    """A partition column or value as it stands in a partition name."""
    return "".join(f"%{ord(c):02X}" if c in _ESCAPED else c for c in text)


def partition_path(columns: Sequence[str], values: Sequence[str]) -> str:
    """The partition's name, which is also its folder: ``dt=2026-01-01/hour=10``.

    A location that holds such a name is a Hadoop path, not a URL: the %XX in it are part of the name.
    """
    return "/".join(f"{escape(c)}={escape(v)}" for c, v in zip(columns, values, strict=True))
