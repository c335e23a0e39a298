"""Goal: the steps build a graph whose parts have names for good, and a graph that cannot be run is refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from tidegate import Context, Definition, FileSource, HiveTable, KeyedProcessFunction, Pipeline, Row, ValueState
from tidegate.api.graph import MAIN_OUTPUT, Port, Sink
from tidegate.api.pipeline import ProcessedStream
from tidegate.errors import DefinitionError

EVENT = pa.schema({"user": pa.string(), "amount": pa.float64()})
OUT = pa.schema({"user": pa.string(), "n": pa.int64()})


class Count(KeyedProcessFunction):
    n = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield {}


class Zähler(Count):  # noqa: PLC2401  (the case itself)
    """Its name is none that a path should have."""


def processed(function: KeyedProcessFunction | None = None) -> ProcessedStream:
    stream = Pipeline("p").source(FileSource("/in", "json", EVENT, uid="orders")).key_by("user")
    return stream.process(function or Count(), output=OUT)


def define() -> Definition:
    return processed().sink(HiveTable("d.t")).sink(HiveTable("d.u"))


def test_the_steps_build_a_graph() -> None:
    found = define()
    (operator,) = found.operators
    assert list(found.sources) == ["orders"]
    assert (operator.uid, [i.of for i in operator.inputs], operator.key) == ("Count", [Port("orders")], ("user",))
    assert operator.state_schema == pa.schema({"user": pa.string(), "n": pa.int64()})
    assert operator.outputs == {MAIN_OUTPUT: OUT}
    assert [(s.target.name, s.of) for s in found.sinks] == [
        ("d.t", Port("Count", "main")),
        ("d.u", Port("Count", "main")),
    ]
    assert (found.function, found.key) == (operator.function, ("user",))


def test_a_uid_is_the_class_of_the_function_unless_it_is_given() -> None:
    named = processed().uid("counts").sink(HiveTable("d.t"))
    assert [o.uid for o in named.operators] == ["counts"]
    assert named.sinks[0].of == Port("counts", "main")
    assert processed(Zähler()).uid("_Z1").sink(HiveTable("d.t")).operator.uid == "_Z1"


def alone(**parts: Any) -> Callable[[], Definition]:
    names = ("pipeline", "sources", "operators", "sinks")
    return lambda: Definition(**{name: parts.get(name, getattr(define(), name)) for name in names})


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (lambda: processed().uid("a/b"), "operator uid 'a/b' is not valid"),
        (lambda: processed().uid("1a"), "operator uid '1a'"),
        (lambda: processed().uid(""), "operator uid ''"),
        (lambda: processed().uid("a\n"), "operator uid"),
        (
            lambda: processed(Zähler()).sink(HiveTable("d.t")),
            r"operator uid 'Zähler' .*`\.process\(…\)\.uid\(\"totals\"\)`",
        ),
        (lambda: processed().uid("orders").sink(HiveTable("d.t")), "'orders' names two of its parts"),
        (alone(operators=()), "pipeline p: it needs exactly one operator as yet; here are none"),
        (
            alone(operators=(processed().operator, processed().uid("other").operator)),
            "exactly one operator as yet; here are Count, other",
        ),
        (alone(sources={}), "operator Count reads orders, which is not there"),
        (
            alone(sinks=(Sink(define().targets[0], Port("Count", "late")),)),
            r"sink d\.t reads Count\.late, which is not there",
        ),
    ],
    ids=["path", "digit", "empty", "line", "class", "source", "no operator", "two", "no source", "no output"],
)
def test_a_mistake_names_its_line(mistake: Callable[[], Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says) as raised:
        mistake()
    assert str(raised.value).startswith(f"{__file__}:")
