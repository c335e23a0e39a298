"""Goal: a state version knows its operators, and an epoch its watermark."""

import builders as make
from tidegate.protocol.operators import by_operator


def test_runs_lie_under_their_operators() -> None:
    old, new, other = make.state_run(0, "a"), make.state_run(0, "b"), make.state_run(1, "c", operator="Sums")
    found = by_operator([old, other, new], ["Totals", "Empty"], buckets=8)
    assert {uid: own.state for uid, own in found.items()} == {"Totals": (old, new), "Empty": (), "Sums": (other,)}
    assert {own.buckets for own in found.values()} == {8}
    assert make.manifest(state=[old, other, new]).state == (other, old, new)


def test_an_epochs_watermark_is_the_earliest_of_its_sources() -> None:
    watermarks = {"orders": {"0": 9, "1": 5}, "users": {"": 7}}
    assert make.manifest(watermarks=watermarks).watermark_ms == 5
    assert make.manifest(watermarks={"orders": {}}).watermark_ms is None
    assert make.manifest(watermarks=watermarks | {"till": {}}).watermark_ms is None  # it may be at any time
    assert make.manifest(watermarks={}).watermark_ms is None
