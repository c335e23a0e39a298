"""Which plans move rows between partitions, by lines as Spark prints them."""

import pytest

from tidegate.adapters.spark.dataframe import _MOVES_ROWS


@pytest.mark.parametrize(
    ("line", "operator"),
    [
        ("Coalesce 1", "Coalesce"),
        (":- Union", "Union"),
        ("+- *(2) Union", "Union"),
        ("   +- Exchange RoundRobinPartitioning(3), REPARTITION_BY_NUM", "Exchange"),
        ("+- BroadcastExchange HashedRelationBroadcastMode(List(input[0]))", None),
        ("+- *(1) Filter NOT (concat(c#1, id#2) = European Union)", None),
    ],
)
def test_operators_and_not_texts_are_looked_at(line: str, operator: str | None) -> None:
    found = _MOVES_ROWS.search(f"== Physical Plan ==\n{line}")
    assert (found and found[1]) == operator
