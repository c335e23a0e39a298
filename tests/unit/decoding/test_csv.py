"""Goal: CSV is read by RFC 4180 and its declared dialect; what is neither is malformed and invents no row."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoding import Reader, Reading
from tidegate import Csv
from tidegate.errors import MalformedInputError
from tidegate.runtime.decoding import csv_records, delimited
from tidegate.runtime.decoding.csv_records import Records, at_once, one_by_one
from tidegate.runtime.decoding.streams import Text

KV = {"k": pa.string(), "v": pa.string()}
KN = {"k": pa.string(), "v": pa.int64()}


def pairs(found: Reading) -> list[tuple[object, object]]:
    return [(r["k"], r["v"]) for r in found.rows]


def test_v1_doubled_quotes_and_backslashes(read: Reader) -> None:
    text = 'k,v\nu1,"he said ""hi"""\nu2,"C:\\temp, old\\"\nu3,"5"" pipe, black"\n"plain, too",""""\n'
    assert pairs(read(text, KV, "csv")) == [
        ("u1", 'he said "hi"'),
        ("u2", "C:\\temp, old\\"),
        ("u3", '5" pipe, black'),
        ("plain, too", '"'),
    ]


def test_v2_a_line_break_in_quotes_is_part_of_the_field(read: Reader) -> None:
    found = read('k,v\nann,"send it to\n12 Main St, Oslo"\nbob,"a\r\nb"\nx,bad,row\n', KV, "csv")
    assert pairs(found) == [("ann", "send it to\n12 Main St, Oslo"), ("bob", "a\r\nb")]
    assert found.reasons == [("line 6", None, "has 3 fields, not 2")]


@pytest.mark.parametrize(
    ("text", "place", "reason", "kept"),
    [
        ('a,"open\nb,2\n', "line 2", "has a quote that is never closed", []),
        ('a,"shut"x\nb,2\n', "line 2", "has text behind a closing quote", [("b", "2")]),
        ('a,"shut" \nb,2\n', "line 2", "has text behind a closing quote", [("b", "2")]),
        ('b,2\na,5" pipe\n', "line 3", "has a quote inside a field that does not begin with one", [("b", "2")]),
        ('b,2\na,x"y"\n', "line 3", "has a quote inside a field that does not begin with one", [("b", "2")]),
        ("b,2\na\rc,1\n", "line 3", "has a carriage return that no line feed follows", [("b", "2")]),
        ("a\nb,2\n", "line 2", "has 1 fields, not 2", [("b", "2")]),
        ("b,2\na,,\n", "line 3", "has 3 fields, not 2", [("b", "2")]),
        ('b,2\na,"x', "line 3", "has a quote that is never closed", [("b", "2")]),
    ],
)
def test_v3_a_record_that_is_none_is_malformed(
    read: Reader, text: str, place: str, reason: str, kept: list[tuple[str, str]]
) -> None:
    found = read("k,v\n" + text, KV, "csv")
    assert found.reasons == [(place, None, reason)]
    assert pairs(found) == kept
    assert found.malformed[0].text in text


def test_v4_text_of_another_encoding_is_malformed_or_declared(read: Reader) -> None:
    data = "k,v\nMüller,1\nMöller,10\nok,3\n".encode("latin-1")
    found = read(data, KN, "csv")
    assert pairs(found) == [("ok", 3)]
    assert found.reasons == [("line 2", "k", r"'M\xfcller' is not UTF-8"), ("line 3", "k", r"'M\xf6ller' is not UTF-8")]
    assert [m.text for m in found.malformed] == [r"M\xfcller,1", r"M\xf6ller,10"]
    assert pairs(read(data, KN, Csv(encoding="latin-1"))) == [("Müller", 1), ("Möller", 10), ("ok", 3)]


def test_a_byte_that_the_declared_encoding_lacks_spoils_its_row_only(read: Reader) -> None:
    found = read(b"k,v\nM\xfcller,1\nx\x81y,2\n", KN, Csv(encoding="cp1252"))
    assert pairs(found) == [("Müller", 1)]
    assert [m.text for m in found.malformed] == [r"x\x81y,2"]
    assert pairs(read("k,v\nä,1\n".encode("utf-16"), KN, Csv(encoding="utf-16"))) == [("ä", 1)]
    with pytest.raises(MalformedInputError, match="is not utf-16"):
        read("k,v\nä,1\n".encode("utf-16") + b"\x00", KN, Csv(encoding="utf-16"))


def test_marks_line_ends_and_empty_lines(read: Reader) -> None:
    assert pairs(read("\ufeff\r\nk,v\r\n\r\na,1\r\n\nb,2", KN, "csv")) == [("a", 1), ("b", 2)]
    assert pairs(read("", KN, "csv")) == pairs(read("k,v\n", KN, "csv")) == pairs(read("k,v", KN, "csv")) == []


def test_null_is_an_unquoted_field(read: Reader) -> None:
    text = 'k,v\n,""\nNA,"NA"\n'
    assert pairs(read(text, KV, "csv")) == [(None, ""), ("NA", "NA")]
    assert pairs(read(text, KV, Csv(nulls=("NA",)))) == [("", ""), (None, "NA")]
    assert pairs(read(text, KV, Csv(nulls=()))) == [("", ""), ("NA", "NA")]
    found = read('k,v\na,""\n', KN, "csv")
    assert found.reasons == [("line 2", "v", "'' is no integer (int64)")]


def test_an_escape_character_and_no_quotes(read: Reader) -> None:
    """As Hive and MySQL write it."""
    dialect = Csv(delimiter="\t", quote=None, escape="\\", nulls=("\\N",))
    text = 'k\tv\na\\\tb\t\\N\n\\\\N\tx"y\nl\\\nm\t"\nend\tx\\'
    found = read(text, KV, dialect)
    assert pairs(found) == [("a\tb", None), ("\\N", 'x"y'), ("l\nm", '"')]
    assert [place for place, _, _ in found.reasons] == ["line 6"]
    quoted = read('k,v\n"a\\"b","c""d"\n\\"e,\\,\n', KV, Csv(escape="\\"))
    assert pairs(quoted) == [('a"b', 'c"d'), ('"e', ",")]


def test_names_in_the_header(read: Reader) -> None:
    schema = {"order_total": pa.int64(), "at": pa.string()}
    aliases = {"order_total": "Order Total", "at": "@timestamp"}
    assert read("more,@timestamp,Order Total\n1,x,12\n", schema, "csv", aliases=aliases).rows == [
        {"order_total": 12, "at": "x"}
    ]
    for header, said in (
        ("orderTotal,at", "the header has no column 'order_total'; it has orderTotal, at"),
        ("order_total,at,at", "the header has more than one column 'at'"),
        ('order_total,"at', "the header has a quote that is never closed"),
    ):
        with pytest.raises(MalformedInputError, match=said):
            read(f"{header}\n1,x,2\n", schema, "csv")


def test_a_file_without_a_header(read: Reader) -> None:
    assert pairs(read("a,1\nb,2\n", KN, Csv(header=False))) == [("a", 1), ("b", 2)]


def test_v5_a_decimal_comma_is_declared(read: Reader) -> None:
    schema = {"k": pa.decimal128(10, 2), "v": pa.float64()}
    found = read("k;v\n19,99;1,5e3\n1.234,50;1\n1.5;1\n1;1.5\n", schema, Csv(delimiter=";", decimal=","))
    assert [(str(r["k"]), r["v"]) for r in found.rows] == [("19.99", 1500.0)]
    assert [c for _, c, _ in found.reasons] == ["k", "k", "v"]


def test_null_where_a_column_is_not_nullable(read: Reader) -> None:
    schema = pa.schema([pa.field("k", pa.string(), nullable=False), pa.field("v", pa.int64())])
    found = read("k,v\n,1\na,\n", schema, "csv")
    assert pairs(found) == [("a", None)]
    assert found.reasons == [("line 2", "k", "is null")]


def test_a_record_without_end_stops_the_file(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "RECORD_BYTES_MAX", 1 << 20)
    with pytest.raises(MalformedInputError, match="record at line 3 has more than 1048576 bytes"):
        read('k,v\na,1\nb,"' + "x\n" * (1 << 22), KV, "csv")


# -- the two scanners -------------------------------------------------------------------------------------------------

DIALECTS = st.sampled_from([Csv(), Csv(delimiter=";", quote="'"), Csv(quote=None)])
TEXTS = st.text(alphabet="a,;\"'\r\n", max_size=24).map(str.encode)


def told(found: Records) -> object:
    cells = found.cells.to_pylist()
    return (
        [
            (cells[f : f + w], found.literal[f : f + w].tolist(), start, stop, line)
            for f, w, start, stop, line in zip(
                *(a.tolist() for a in (found.first, found.width, found.start, found.stop, found.line)), strict=True
            )
        ],
        found.used,
        found.lines,
    )


@given(block=TEXTS, dialect=DIALECTS, final=st.booleans())
def test_both_scanners_find_the_same(block: bytes, dialect: Csv, final: bool) -> None:
    """And the one that cannot name faults finds none exactly where there are none."""
    block += b"\n" if final and block and not block.endswith(b"\n") else b""
    slow, fast = one_by_one(block, dialect, final=final), at_once(block, dialect, final=final)
    if fast is None:
        assert one_by_one(block, dialect, final=True).faults
    else:
        assert not slow.faults
        assert told(fast) == told(slow)


@given(block=TEXTS, dialect=DIALECTS, cut=st.integers(0, 24))
def test_where_a_block_ends_does_not_matter(block: bytes, dialect: Csv, cut: int) -> None:
    block += b"\n" if block and not block.endswith(b"\n") else b""
    whole = one_by_one(block, dialect, final=True)
    first = csv_records.scan(block[:cut], dialect, final=False)
    rest = one_by_one(block[first.used :], dialect, final=True)

    def texts(found: Records, base: int) -> list[bytes]:
        return [block[base + a : base + b] for a, b in zip(found.start.tolist(), found.stop.tolist(), strict=True)]

    assert texts(first, 0) + texts(rest, first.used) == texts(whole, 0)
    faults = sorted([*first.faults.values(), *rest.faults.values()])
    assert faults == sorted(whole.faults.values())


def test_blocks_join_at_any_size(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "k,v\n" + "".join(f'{i},"{"ä" * (i % 7)}\n"\r\n' for i in range(300)) + "x,y\n"
    wanted = read(text, KV, "csv").rows
    assert len(wanted) == 301
    for size in (1, 7, 64, 1000):
        monkeypatch.setattr(delimited, "_block_bytes", lambda source, size=size: size)
        monkeypatch.setattr(Text, "block", small(Text.block, size))
        assert read(text, KV, "csv").rows == wanted


def small(block: Callable[..., bytes], chunk: int) -> Callable[..., bytes]:
    """Text.block with chunks of a few bytes, so that blocks really end anywhere."""

    def cut(text: object, size: int) -> bytes:
        if not hasattr(text, "sliced"):
            chunks = text._chunks  # type: ignore[attr-defined]
            text._chunks = (p[i : i + chunk] for p in chunks for i in range(0, len(p), chunk))  # type: ignore[attr-defined]
            text.sliced = True  # type: ignore[attr-defined]
        return block(text, size)

    return cut


def test_v16_two_thousand_columns(read: Reader) -> None:
    names = [f"c{i}" for i in range(2000)]
    text = ",".join(names) + "\n" + ",".join(map(str, range(2000))) + "\n"
    found = read(text, dict.fromkeys(names, pa.int64()), "csv")
    assert list(found.rows[0].values()) == list(np.arange(2000))
