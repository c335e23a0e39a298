"""Goal: of two descriptions of a pipeline, what is another is said, each leaf by its name, and nothing else is."""

from copy import deepcopy
from typing import Any

import pytest

from tidegate.protocol.fingerprint import changes, digest

OLD, NEW = digest("old"), digest("new")
DESCRIBED: dict[str, Any] = {
    "pipeline": {"name": "p", "buckets": 4, "dead_letters": None},
    "sources": {"orders": {"format": "csv", "columns": "id int64", "aliases": {"id": "ID"}}},
    "operators": {
        "totals": {
            "code": {"Totals": OLD, "rate": OLD},
            "settings": {"limit": OLD},
            "key": ["user"],
            "state": "user string, n int64",
            "transforms": {"orders": [OLD]},
            "timestamps": {"orders": None},
        }
    },
    "sinks": {"shop.totals": {"of": "totals.main", "partition_by": ["day"]}},
}


def changed(*path: str, to: Any) -> dict[str, Any]:
    """The description with another value at `path`."""
    found = deepcopy(DESCRIBED)
    at = found
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = to
    return found


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        (changed("pipeline", "buckets", to=8), "pipeline: buckets 4 → 8"),
        (changed("pipeline", "dead_letters", to="d.t"), "pipeline: dead_letters none → d.t"),
        (changed("sources", "orders", "columns", to="id int32"), "source orders: columns id int64 → id int32"),
        (changed("sources", "orders", "aliases", to={"id": "Id"}), "source orders: aliases id ID → Id"),
        (changed("sources", "orders", "aliases", to={}), "source orders: aliases id ID → none"),
        (changed("sources", "users", to={}), "source users: is new"),
        (changed("operators", "totals", "code", "rate", to=NEW), "operator totals: its code (rate)"),
        (changed("operators", "totals", "code", "more", to=NEW), "operator totals: its code (more)"),
        (changed("operators", "totals", "code", to={}), "operator totals: its code (Totals, rate)"),
        (changed("operators", "totals", "settings", "limit", to=NEW), "operator totals: its settings (limit)"),
        (changed("operators", "totals", "key", to=["user", "day"]), "operator totals: key ('user',) → ('user', 'day')"),
        (
            changed("operators", "totals", "state", to="n int64"),
            "operator totals: state user string, n int64 → n int64",
        ),
        (changed("operators", "totals", "transforms", "orders", to=[]), "operator totals: its transforms (orders)"),
        (
            changed("operators", "totals", "timestamps", "orders", to="at"),
            "operator totals: timestamps orders none → at",
        ),
        (changed("operators", to={}), "operator totals: is gone"),
        (
            changed("sinks", "shop.totals", "partition_by", to=["day", "hour"]),
            "sink shop.totals: partition_by ('day',) → ('day', 'hour')",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_leaf_is_told(declared: dict[str, Any], says: str) -> None:
    assert changes(DESCRIBED, declared) == (says,)
    assert digest(declared) != digest(DESCRIBED)


def test_nothing_is_told_of_equals_and_all_of_it_of_unequals() -> None:
    assert changes(DESCRIBED, deepcopy(DESCRIBED)) == ()
    other = changed("pipeline", "buckets", to=8)
    other["operators"] = {"sums": {}}
    assert changes(DESCRIBED, other) == (
        "pipeline: buckets 4 → 8",
        "operator sums: is new",
        "operator totals: is gone",
    )


@pytest.mark.parametrize("found", [{}, {"pipeline": {}}, {"operators": {"totals": {"more": 1}}}], ids=str)
def test_what_another_tidegate_describes_otherwise_is_no_change(found: dict[str, Any]) -> None:
    assert changes(found, DESCRIBED) == changes(DESCRIBED, found) == ()
