"""Goal: what was read or kept under a uid that is gone is no start, and the way out is named."""

from tidegate.protocol.uids import undeclared


def test_a_part_under_another_uid_is_not_what_was_kept() -> None:
    reason = undeclared("p epoch 3 has read the source", {"b": 1, "orders": 2}, ["b", "more"], how="uid=…")
    assert reason == (
        "p epoch 3 has read the source 'orders', which the pipeline does not declare any more, but 'b', 'more': "
        "give it its uid 'orders' again, by `uid=…`, or the pipeline a new name"
    )


def test_parts_may_be_new_and_in_any_order() -> None:
    assert undeclared("p epoch 3 has", [], ["b"], how="uid=…") is None
    assert undeclared("p epoch 3 has", ["b", "a"], ["more", "a", "b"], how="uid=…") is None
