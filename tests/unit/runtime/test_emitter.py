"""Goal: a yielded row is what it was at the yield, of the declared columns and types, or says what is wrong with it."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidegate.api.function import Context, row_type
from tidegate.api.settings import DEAD_LETTER_SCHEMA
from tidegate.api.values import MisfitError
from tidegate.runtime.dead_letters import DeadLetters, as_json
from tidegate.runtime.emitter import Emitter
from tidegate.runtime.output_files import PartitionedWriter

SCHEMA = pa.schema([("k", pa.string()), ("v", pa.int64()), ("xs", pa.list_(pa.int64())), ("p", pa.string())])
ROW = {"k": "a", "v": 1, "xs": [1], "p": "x"}


def emitter() -> Emitter:
    return Emitter(SCHEMA, required={"v": "it is a primary key column of t.x"}, partition_by=frozenset(["p"]))


def run(given: Emitter, *produced: Any) -> None:
    events = zip(produced, [None] * len(produced), strict=True)
    given.run(lambda event, ctx: event, events, Context())


def rows(given: Emitter) -> list[dict[str, Any]]:
    return list(given.batch().to_pylist())


def test_a_row_is_what_it_was_when_it_was_yielded() -> None:
    """C6."""

    def produced() -> Any:
        row = {**ROW, "xs": [0]}
        for n in (3, 2, 1):
            row["v"] = n
            row["xs"].append(n)  # type: ignore[attr-defined]
            yield row

    given = emitter()
    run(given, produced(), None, [ROW], ())
    found = rows(given)
    assert [(row["v"], row["xs"]) for row in found] == [(3, [0, 3]), (2, [0, 3, 2]), (1, [0, 3, 2, 1]), (1, [1])]
    assert rows(given) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"v": 0.5}, "column 'v': 0.5 is not int64"),
        ({"v": None}, "column 'v': null, but it is a primary key column of t.x"),
        ({"v": 2**63}, "column 'v': 9223372036854775808 is not int64: it is out of range"),
        ({"k": "\ud83d"}, r"column 'k': '\ud83d' is not string: it cannot be UTF-8"),
        ({"xs": [1, "x"]}, "column 'xs': element 1: 'x' is not int64"),
        ({"p": ""}, "partition column 'p': '': Hive would read it as null"),
        ({"p": "__HIVE_DEFAULT_PARTITION__"}, "Hive would read it as null"),
        ({"p": "x "}, "ends in a space"),
        ({"p": "x\0y"}, "no folder's name holds U+0000"),
        ({"p": "%" * 90}, "longer than 255 bytes"),
        ({"more": 1}, "a row with undeclared 'more'"),
    ],
    ids=str,
)
def test_what_does_not_fit(change: dict[str, Any], said: str) -> None:
    """C5, C7, V15."""
    given = emitter()
    with pytest.raises(MisfitError) as raised:
        run(given, [ROW, {**ROW, **change}, ROW])
    assert said in str(raised.value)
    assert rows(given) == [ROW]


def test_columns_are_missing_or_others() -> None:
    given = emitter()
    with pytest.raises(MisfitError, match="without 'v', 'p'"):
        run(given, [{"k": "a", "xs": []}])
    with pytest.raises(MisfitError, match="without 'p' and with undeclared 'q'"):
        run(given, [{"k": "a", "v": 1, "xs": [], "q": 1}])


EVENT = row_type(("k", "v"))(("a", 1))


@pytest.mark.parametrize(
    ("produced", "said"),
    [
        (ROW, "the function returned {'k': 'a'"),
        ({}, "the function returned {}"),
        ("rows", "the function returned 'rows'"),
        (EVENT, "the function returned ('a', 1)"),
        (1, "the function returned 1"),
        ([EVENT], "yield value._asdict()"),
        ([None], "the function yielded None, which is no row: yield {'column': value, …}"),
        ([("a", 1)], "the function yielded ('a', 1), which is no row"),
    ],
    ids=str,
)
def test_what_is_no_rows_at_all(produced: Any, said: str) -> None:
    """C8."""
    with pytest.raises(MisfitError) as raised:
        run(emitter(), produced)
    assert said in str(raised.value)


def test_a_generator_ends_before_its_row_is_undone() -> None:
    ended = []

    def produced() -> Any:
        try:
            yield {}
        finally:
            ended.append(True)

    generator = produced()
    with pytest.raises(MisfitError):
        run(emitter(), generator)
    assert ended == [True]


def test_a_partition_that_may_be_null_is() -> None:
    given = emitter()
    run(given, [{**ROW, "p": None}])
    assert rows(given) == [{**ROW, "p": None}]


def test_a_letter_holds_whatever_a_row_and_an_error_hold(tmp_path: Path) -> None:
    writer = PartitionedWriter(f"file://{tmp_path}", DEAD_LETTER_SCHEMA, (), (), "x")
    letters = DeadLetters("p", ["/in/a"], writer)
    letters.refuse("process", "\ud83d\0", 0, (b"x", "\ud83d"), {"m": {1: b"y"}, "s": {"a": 1}})
    letters.flush()
    ((file,),) = writer.close().values()
    (letter,) = pq.read_table(file.path.removeprefix("file://")).to_pylist()
    assert letter["reason"] == r"\ud83d\x00"
    assert letter["row"] == '{"m": [[1, "b\'y\'"]], "s": {"a": 1}}'
    assert as_json(("é",)) == '["\\u00e9"]'
