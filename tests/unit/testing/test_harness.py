"""Goal: a function behaves in the harness as in a task, for many keys, over epochs and crashes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.totals import EVENT, OUTPUT, Totals
from tidegate import Context, KeyedProcessFunction, MapState, Row, ValueState
from tidegate.errors import DefinitionError, UserFunctionError
from tidegate.testing import Harness

UTC_US = pa.timestamp("us", tz="UTC")


@pytest.fixture
def harness() -> Iterator[Harness]:
    with Harness(Totals(), key=("key", "day"), schema=EVENT, output=OUTPUT) as made:
        yield made


def event(number: int, key: str = "a", amount: int = 1) -> dict[str, Any]:
    return {"id": number, "key": key, "day": "d", "amount": amount}


def counted(harness: Harness) -> list[tuple[int, str, int]]:
    return [(row["id"], row["key"], row["n"]) for row in harness.output]


def test_each_event_is_answered_at_once_and_keys_come_in_any_order(harness: Harness) -> None:
    """A key that comes again goes on from what it left, whatever came between."""
    assert (harness.output, harness.states()) == ([], {})
    for number, key in enumerate("abbaaca"):
        harness.process(**event(number, key))
        assert counted(harness)[-1][:2] == (number, key)
    assert [(k, n) for _, k, n in counted(harness)] == [
        ("a", 1), ("b", 1), ("b", 2), ("a", 2), ("a", 3), ("c", 1), ("a", 4),
    ]  # fmt: skip
    assert harness.state("a", "d") == {"count": 4, "recent": [3, 4, 6], "days": {"d": 4}}
    assert harness.state("b", "d")["count"] == 2
    assert harness.state("z", "d") == {}


def test_an_epoch_gives_its_rows_and_its_state_is_stored(harness: Harness) -> None:
    harness.process_all([event(1), event(2, "b")])
    rows = harness.epoch()
    assert [row["id"] for row in rows] == [1, 2]
    assert harness.output == []
    assert harness.state("a", "d") == {"count": 1, "recent": [1], "days": {"d": 1}}
    harness.process(**event(3))
    assert counted(harness) == [(3, "a", 2)]
    assert set(harness.states()) == {("a", "d"), ("b", "d")}
    for number in range(4, 12):  # runs are merged on the way
        harness.epoch()
        harness.process(**event(number))
    assert harness.state("a", "d")["count"] == 10


def test_a_crash_goes_back_to_the_last_epoch(harness: Harness) -> None:
    harness.process(**event(1))
    harness.epoch()
    harness.process_all([event(2), event(3, "b")])
    harness.crash()
    assert (harness.output, harness.state("b", "d")) == ([], {})
    harness.process(**event(2))
    assert counted(harness) == [(2, "a", 2)]
    harness.epoch()
    harness.crash()  # nothing is under way
    assert harness.state("a", "d")["count"] == 2


def test_state_that_is_cleared_is_gone(harness: Harness) -> None:
    """Under way, and behind the epoch."""
    harness.process(**event(1))
    harness.epoch()
    harness.process_all([event(2, amount=0), event(3, "b")])
    assert harness.states().keys() == {("b", "d")}
    harness.process(**event(4))
    assert counted(harness)[-1] == (4, "a", 1)
    harness.crash()
    harness.process(**event(5, amount=0))
    harness.epoch()
    assert harness.states() == {}


def test_what_the_function_raises_ends_the_epoch(harness: Harness) -> None:
    """As in a run: nothing of the epoch is published."""
    harness.process(**event(1))
    harness.epoch()
    harness.process(**event(2))
    with pytest.raises(
        UserFunctionError, match=r"harness epoch 2: Totals\.process_element raised ValueError: neg"
    ) as e:
        harness.process(**event(3, amount=-1))
    assert isinstance(e.value.__cause__, ValueError)
    assert (harness.output, harness.state("a", "d")["count"]) == ([], 1)


def test_refused_events_are_kept_on_request_and_leave_no_trace() -> None:
    with Harness(Totals(), key=("key", "day"), schema=EVENT, output=OUTPUT, dead_letters=True) as harness:
        harness.process_all([event(1), event(2, amount=-5), {"id": 3, "day": "d", "amount": 1}, event(4)])
        assert counted(harness) == [(1, "a", 1), (4, "a", 2)]
        assert [(letter["step"], letter["key"]) for letter in harness.dead_letters] == [
            ("process", '["a", "d"]'),
            ("key", None),
        ]
        harness.epoch()
        assert harness.dead_letters == []


class Named(KeyedProcessFunction):
    """Says what it sees, and keeps a map of decimals."""

    seen = MapState(pa.string(), pa.decimal128(10, 2))
    opened = 0

    def open(self) -> None:
        self.opened += 1

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        self.seen.put(value.name, Decimal("1.50"))
        yield {
            "at": ctx.timestamp(),
            "key": ctx.current_key()[0],
            "seen": dict(self.seen.items()),
            "opened": self.opened,
        }


NAMED: dict[str, Any] = {
    "key": "k",
    "schema": pa.schema({"k": pa.int64(), "name": pa.string(), "at": UTC_US}),
    "output": pa.schema(
        {
            "at": pa.int64(),
            "key": pa.int64(),
            "seen": pa.map_(pa.string(), pa.decimal128(10, 2)),
            "opened": pa.int64(),
        }
    ),
}


def test_event_time_is_the_contexts_and_maps_are_dictionaries() -> None:
    before_1970 = datetime(1969, 12, 31, 23, 59, 59, 999_900, tzinfo=UTC)
    function = Named()
    with Harness(function, **NAMED, timestamps="at") as harness:
        harness.process(k=1, name="x", at=before_1970)
        harness.process(k=1, name="y", at=before_1970 + timedelta(seconds=1))
        harness.epoch()
        harness.process(k=1, name="z")
        assert harness.output == [
            {"at": None, "key": 1, "seen": {n: Decimal("1.50") for n in "xyz"}, "opened": 1},
        ]
        assert harness.state(1) == {"seen": {n: Decimal("1.50") for n in "xyz"}}
        harness.crash()
        harness.process(k=2, name="x", at=before_1970)
        assert harness.output[0]["at"] == -1
    assert function.opened == 0


def test_a_mistake_in_the_test_is_told() -> None:
    with Harness(Named(), **NAMED) as harness:
        with pytest.raises(TypeError, match="no column 'nmae': k, name, at"):
            harness.process(k=1, nmae="x")
        with pytest.raises((TypeError, ValueError)):
            harness.process(k="text", name="x")
        assert harness.output == []
    with pytest.raises(DefinitionError, match="unknown column 'kk'"):
        Harness(Named(), **{**NAMED, "key": "kk"})
    with pytest.raises(DefinitionError, match="'name' is string, not a timestamp"):
        Harness(Named(), **NAMED, timestamps="name")


def test_its_folder_goes_with_it() -> None:
    with Harness(Totals(), key="key", schema=EVENT, output=OUTPUT) as harness:
        harness.process(**event(1))
        harness.epoch()
        folder = Path(harness._folder.name)
        assert list(folder.rglob("*.arrow"))
    assert not folder.exists()


# -- every cut --------------------------------------------------------------------------------------------------------


def test_every_cut_of_a_few_events_and_a_sample_of_many(harness: Harness) -> None:
    events = [event(number, "ab"[number % 2], amount=number % 3) for number in range(6)]
    harness.process(**event(9))
    assert harness.every_split(events) == 2**5
    assert harness.every_split(events * 2, most=10) == 10
    assert harness.every_split([]) == 1
    assert counted(harness) == [(9, "a", 1)]


class Forgetful(KeyedProcessFunction):
    """Keeps in an attribute what must last."""

    kept = ValueState(pa.int64())
    total = 0

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        self.total += value.amount
        if value.id == 2:
            yield {"total": self.total}


def test_what_is_kept_in_an_attribute_is_found_out() -> None:
    output = pa.schema({"total": pa.int64()})
    with (
        Harness(Forgetful(), key="key", schema=EVENT, output=output) as harness,
        pytest.raises(AssertionError, match=r"behind event 1 give other rows .*'total': 1.*, not .*'total': 2"),
    ):
        harness.every_split([event(1), event(2), event(3)])


@pytest.mark.parametrize("amounts", [[1, -1, 2], [-1], [0, 0, 1]])
def test_refused_events_are_the_same_for_every_cut(amounts: list[int]) -> None:
    with Harness(Totals(), key="key", schema=EVENT, output=OUTPUT, dead_letters=True) as harness:
        assert harness.every_split([event(i, amount=amount) for i, amount in enumerate(amounts)])
