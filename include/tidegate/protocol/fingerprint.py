"""What a pipeline is made of, as a tree of small leaves, and what is another between two of them.

    {"pipeline": {setting: …}, "sources": {uid: {leaf: …}}, "operators": {uid: {leaf: …}}, "sinks": {table: {leaf: …}}}

A leaf is a JSON value for people to read; a mapping of such by name; or, where it is code or may be secret, a SHA-256.
Another tidegate may describe a pipeline by other leaves: only what both trees have is compared.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.protocol.formats import canonical

Described = Mapping[str, Any]
"""The tree, as JSON values."""

_PARTS = {"sources": "source", "operators": "operator", "sinks": "sink"}
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def digest(value: Any) -> str:
    """SHA-256 of a JSON value in hexadecimal: of a whole tree, the pipeline's fingerprint."""
    return hashlib.sha256(canonical(value)).hexdigest()


def changes(found: Described, declared: Described) -> tuple[str, ...]:
    """What is another in `declared` than in `found`, a few words each; nothing when all that both describe is equal."""
    said = list(_changed("pipeline", found.get("pipeline", {}), declared.get("pipeline", {})))
    for part, noun in _PARTS.items():
        if part not in found or part not in declared:
            continue
        before, after = found[part], declared[part]
        for name in sorted({*before, *after}):
            if name in before and name in after:
                said += _changed(f"{noun} {name}", before[name], after[name])
            else:
                said.append(f"{noun} {name}: {'is new' if name in after else 'is gone'}")
    return tuple(said)


def _changed(subject: str, before: Described, after: Described) -> Iterator[str]:
    for leaf in sorted(before.keys() & after.keys()):
        was, now = before[leaf], after[leaf]
        if was == now:
            continue
        if not (isinstance(was, Mapping) and isinstance(now, Mapping)):
            yield f"{subject}: its {leaf}" if _secret(was, now) else f"{subject}: {leaf} {_told(was)} → {_told(now)}"
            continue
        names = [n for n in sorted({*was, *now}) if was.get(n) != now.get(n)]
        if hidden := [n for n in names if _secret(was.get(n), now.get(n))]:
            yield f"{subject}: its {leaf} ({', '.join(hidden)})"
        for name in sorted({*names} - {*hidden}):
            yield f"{subject}: {leaf} {name} {_told(was.get(name))} → {_told(now.get(name))}"


def _secret(was: Any, now: Any) -> bool:
    """True when one of two unequal leaves is a SHA-256, or has one: it tells people nothing."""
    values = [v for value in (was, now) for v in (value if isinstance(value, list) else [value])]
    return any(isinstance(v, str) and _DIGEST.match(v) for v in values)


def _told(value: Any) -> str:
    if value is None:
        return "none"
    return str(tuple(value)) if isinstance(value, list) else str(value)
