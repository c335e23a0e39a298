"""Goal: streams of several sources become one, in the order in which they are named; what cannot be one is refused."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tidegate import (
    Context,
    DatabaseSource,
    Definition,
    FileSource,
    HiveTable,
    Json,
    KafkaSource,
    KeyedProcessFunction,
    Pipeline,
    Row,
    Stream,
    ValueState,
)
from tidegate.api.graph import Timestamps
from tidegate.errors import DefinitionError
from tidegate.protocol.fingerprint import changes

AT = pa.timestamp("us", tz="UTC")
SALE = pa.schema({"user": pa.string(), "amount": pa.int64(), "at": AT})
OUT = pa.schema({"user": pa.string(), "n": pa.int64()})
PIPELINE = Pipeline("sales")


class Count(KeyedProcessFunction):
    n = ValueState(pa.int64(), default=0)

    def process_element(self, value: Row, ctx: Context) -> Iterator[dict[str, Any]]:
        yield {}


def folder(uid: str = "shop", schema: pa.Schema = SALE, **settings: Any) -> FileSource:
    return FileSource(f"/in/{uid}", "json", schema, uid=uid, **settings)


def stream(uid: str = "shop", schema: pa.Schema = SALE, pipeline: Pipeline = PIPELINE) -> Stream:
    return pipeline.source(folder(uid, schema))


def defined(found: Stream) -> Definition:
    return found.key_by("user").process(Count(), output=OUT).sink(HiveTable("d.t"))


def order_of(found: Stream) -> list[str]:
    return [str(i.of) for i in found.inputs]


def test_sources_of_all_kinds_become_one_stream_in_the_order_in_which_they_are_named() -> None:
    till = PIPELINE.source(KafkaSource("sales", Json(), SALE, uid="till"))
    old = PIPELINE.source(DatabaseSource("public.sales", SALE, cursor="amount", uid="old"))
    one, nested = stream().union(till, old), stream().union(till.union(old))
    assert order_of(one) == order_of(nested) == ["shop", "till", "old"]
    definition = defined(one)
    assert list(definition.sources) == ["shop", "till", "old"]
    assert [i.schema for i in definition.operator.inputs] == [SALE] * 3
    assert (definition.reads_kafka, definition.reads_database) == (True, True)
    assert order_of(stream()) == ["shop"]  # what was declared stays as it is


def test_steps_before_a_union_are_of_one_source_and_those_behind_it_of_all() -> None:
    wide = pa.schema([*SALE, ("store", pa.string())])
    shop = stream().transform(lambda rows: rows, schema=wide).assign_timestamps("at")
    till = stream("till", wide).assign_timestamps("at", max_out_of_orderness=timedelta(hours=1))
    both = shop.union(till)
    assert [i.timestamps for i in both.inputs] == [Timestamps("at", timedelta(hours=t)) for t in (0, 1)]
    behind = both.transform(lambda rows: rows, schema=SALE).assign_timestamps("at")
    assert [len(i.transforms) for i in behind.inputs] == [2, 1]
    assert behind.inputs[0].transforms[1] is behind.inputs[1].transforms[0]
    assert {i.schema for i in behind.inputs} == {SALE}
    assert {i.timestamps for i in behind.inputs} == {Timestamps("at", timedelta(0))}
    assert defined(behind).operator.transformed
    assert not defined(stream().union(stream("till"))).operator.transformed


def test_columns_may_stand_in_another_order() -> None:
    turned = pa.schema([SALE.field(i) for i in (2, 0, 1)])
    assert defined(stream().union(stream("till", turned))).operator.events == SALE
    assert defined(stream("till", turned).union(stream())).operator.events == turned


def test_the_order_of_inputs_is_part_of_the_pipeline_where_there_are_several() -> None:
    one, other = defined(stream().union(stream("till"))), defined(stream("till").union(stream()))
    assert one.fingerprint != other.fingerprint
    assert "operator Count: inputs ('shop', 'till') → ('till', 'shop')" in changes(one.described, other.described)
    alone = defined(stream())
    assert "inputs" not in alone.described["operators"]["Count"]  # as it was before there could be several
    assert "source till: is new" in changes(alone.described, one.described)


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        ("till", r"ended must be a tuple of uids: \('till',\)"),
        (("a/b",), "ended: uid 'a/b' is not a valid identifier"),
        (("shop",), "the source 'shop' is declared, so it has not ended"),
    ],
)
def test_what_has_ended_is_not_declared(ended: Any, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        defined(stream(pipeline=Pipeline("sales", ended=ended)))
    assert defined(stream(pipeline=Pipeline("sales", ended=("till",)))).fingerprint == defined(stream()).fingerprint


def wrong(given: Any) -> Any:
    return given


def other_type() -> pa.Schema:
    return SALE.set(1, pa.field("amount", pa.float64()))


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (lambda: stream().union(), r"union takes the streams to add, as in shop\.union\(till\)"),
        (lambda: stream().union(stream()), "the source 'shop' is in it already, and an epoch reads a source once"),
        (
            lambda: stream().union(stream("till")).union(stream("till").transform(lambda rows: rows)),
            "the source 'till' is in it already",
        ),
        (
            lambda: stream().union(PIPELINE.source(folder(max_files=3))),
            r"two sources have the uid 'shop': give one another uid, for good, by `uid=…`",
        ),
        (
            lambda: stream().union(stream("till", pipeline=Pipeline("returns"))),
            "streams of one pipeline, not of sales and returns",
        ),
        (
            lambda: stream().union(wrong(stream("till").key_by("user"))),
            "union takes streams, as they are before key_by, not",
        ),
        (
            lambda: stream().union(wrong(folder("till"))),
            "union takes streams, as they are before key_by, not FileSource",
        ),
        (
            lambda: stream().union(stream("till", other_type())),
            r"same columns in every stream, in whatever order, but amount is int64 in shop and double in till\. ",
        ),
        (
            lambda: stream().union(stream("till", pa.schema([*list(SALE)[:2], ("store", pa.string())]))),
            r"but at is timestamp\[us, tz=UTC\] in shop and missing in till; store is missing in shop and string in",
        ),
        (
            lambda: stream().union(stream("till", SALE.set(0, pa.field("user", pa.string(), nullable=False)))),
            "user is string in shop and string not null in till",
        ),
        (
            lambda: stream().assign_timestamps("at").union(stream("till")),
            "shop has timestamps, till has none: call assign_timestamps for both, or once behind it",
        ),
        (lambda: stream().union(stream("till").assign_timestamps("at")), "till has timestamps, shop has none"),
        (
            lambda: (
                stream()
                .assign_timestamps("at")
                .union(stream("till").assign_timestamps("at"))
                .transform(lambda rows: rows, schema=SALE.remove(2))
                .key_by("user")
            ),
            "key_by, after assign_timestamps: unknown column 'at'",
        ),
    ],
    ids=[
        *("nothing", "itself", "twice", "uid", "pipeline", "keyed", "source", "type", "columns", "null"),
        *("times", "no times", "dropped"),
    ],
)
def test_what_cannot_be_one_names_its_line(mistake: Callable[[], Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says) as raised:
        mistake()
    assert str(raised.value).startswith(f"{Path(__file__)}:")
