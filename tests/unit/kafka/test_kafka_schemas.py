"""Goal: what a slice pins of a registry is all that its records can need, and what a registry answers is named.

The server here is a stand-in: it says what a test tells it to. A real registry is in `test_schema_registry.py`.
"""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pyarrow as pa
import pytest

from decoding import avro
from tidegate import Avro, Debezium, KafkaSource
from tidegate.adapters.kafka import registry
from tidegate.adapters.kafka.clients import REGISTRY_URL as URL
from tidegate.adapters.kafka.clients import REGISTRY_USER as USER
from tidegate.adapters.kafka.clients import Heard, admin, consumer
from tidegate.adapters.kafka.ranges import (
    KafkaDetail,
    Live,
    LiveTopic,
    OffsetSpan,
    Partition,
    Pinned,
    TopicSpans,
    left_of,
    mark,
)
from tidegate.adapters.kafka.reader import KafkaReader
from tidegate.adapters.kafka.records import Shape
from tidegate.adapters.kafka.registry import Registry
from tidegate.adapters.kafka.source import KafkaSourceAdapter
from tidegate.api.formats import RowFormat
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.protocol.model import Slice
from tidegate.runtime.decoding import decode_values

PINNED = Pinned({1: '{"é"}', 12: "b"}, {"t-value": {1: 1, 2: 12}})


class Stand:
    """What is registered, as number and text by version by subject, and what was asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.subjects: dict[str, dict[int, tuple[int, str]]] = {}
        self.status, self.body, self.more = 200, b"", dict[str, Any]()
        self.more_of: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.authorization: str | None = None

    def answer(self, path: str) -> tuple[int, bytes]:
        self.asked.append(path)
        if self.body or self.status != 200:
            return self.status, self.body
        path, _, query = path.partition("?")
        assert query == "deleted=true"
        _, _, _, subject, _, *version = path.split("/")
        if subject not in self.subjects:
            return 404, b'{"error_code": 40401, "message": "not found"}'
        of = self.subjects[subject]
        if not version:
            return 200, json.dumps(list(of)).encode()
        number, text = of[int(version[0])]
        return 200, json.dumps(
            {"id": number, "schema": text, "subject": subject, **self.more, **self.more_of.get(subject, {})}
        ).encode()

    def pinned(self, *topics: str, before: Pinned | None = None, **avro: Any) -> Pinned:
        return Registry(Avro(**avro), {URL: f"{self.url}/", USER: "joe:secret"}, "p").pinned(topics, before or Pinned())

    def asks(self) -> list[str]:
        asked, self.asked = [path.removesuffix("?deleted=true").removeprefix("/api") for path in self.asked], []
        return asked


@pytest.fixture
def stand() -> Iterator[Stand]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.authorization = self.headers["Authorization"]
            status, body = found.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Stand(f"http://127.0.0.1:{server.server_port}/api")
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield found
        server.shutdown()


# -- what is pinned ---------------------------------------------------------------------------------------------------


def test_what_is_pinned_is_read_as_it_was_written() -> None:
    given = KafkaDetail({"t": TopicSpans("id", {0: OffsetSpan(1, 5, 0)})}, PINNED)
    text = given.to_json()
    assert text == (
        r'{"format":1,"schemas":{"1":"{\"\u00e9\"}","12":"b"},'
        '"topics":{"t":{"id":"id","partitions":{"0":[1,5,0]}}},"versions":{"t-value":{"1":1,"2":12}}}'
    )
    nothing = KafkaDetail({}, Pinned({}, {"t-value": {}}))  # which is not the same as not to have asked
    for detail in (given, nothing):
        assert KafkaDetail.of(Slice("s", 0, "t@0", detail.to_json())) == detail


def reader(value_format: Any) -> KafkaReader:
    source = KafkaSource("t", value_format, pa.schema({"n": pa.int64()}))
    return KafkaReader("p", Shape(source.row_format, source.schema, source.metadata), {})


def planned(start: int, stop: int, pinned: Pinned) -> Slice:
    detail = KafkaDetail({"t": TopicSpans("id", {0: OffsetSpan(start, stop, 0)})}, pinned)
    return Slice("s", start, f"t@{start}", detail.to_json())


def test_each_range_is_read_by_the_schemas_of_its_slice() -> None:
    """Equal ones are one object: a task is sent each text once."""
    more = Pinned({**PINNED.schemas, 13: "c"}, {"t-value": {1: 1, 2: 12, 3: 13}})
    slices = [planned(0, 0, Pinned()), planned(0, 5, PINNED), planned(5, 9, PINNED), planned(9, 10, more)]
    parts = [piece.part for piece in reader("avro").pieces(slices)]
    assert [part.schemas for part in parts] == [PINNED.schemas, PINNED.schemas, more.schemas]
    assert parts[0].schemas is parts[1].schemas


@pytest.mark.parametrize("value_format", [Avro(), Debezium(inner=Avro())])
def test_a_slice_that_was_planned_for_another_format_is_refused(value_format: Any) -> None:
    """Not one record could be read."""
    with pytest.raises(ConfigurationError, match=r"p: t@3 was planned when .*read it in the format that"):
        reader(value_format).pieces([planned(3, 4, Pinned())])
    schema = '{"type": "record", "name": "R", "fields": []}'
    assert len(reader(Avro(schema=schema)).pieces([planned(3, 4, Pinned())])) == 1


class Brokers:
    """Stand-ins that fail when the registry was asked before them: its schemas would be older than the records."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.end = 0

    def topics(self, _: object) -> dict[str, LiveTopic]:
        assert not self.stand.asked
        return {name: LiveTopic(name, {0: Live(0, end, end, 0)}) for name, end in (("a", self.end), ("b", 0))}

    def offsets_for_time(self, partitions: Any, _: int) -> dict[Partition, int]:
        assert not self.stand.asked
        return {}

    def truncated(self, _: object) -> set[Partition]:
        return set()


def test_the_registry_is_asked_behind_the_brokers_and_only_for_topics_with_records(stand: Stand) -> None:
    stand.subjects = {"a-value": {1: (1, "x")}}
    source, brokers = KafkaSource(("a", "b"), Avro(), pa.schema({"n": pa.int64()})), Brokers(stand)
    of = KafkaSourceAdapter(source, "p", {URL: stand.url}, cluster=lambda *_: brokers)  # type: ignore[arg-type]
    (first,) = of.discover(None, lambda _: ())
    assert stand.asks() == []
    brokers.end = 5
    (second,) = of.discover(first, lambda _: (), until_ms=1)
    assert stand.asks() == ["/subjects/a-value/versions", "/subjects/a-value/versions/1"]
    assert of.discover(second, lambda _: ()) == []
    assert stand.asks() == []
    pinned = [KafkaDetail.of(slice_).pinned for slice_ in (first, second)]
    assert pinned == [Pinned(), Pinned({1: "x"}, {"a-value": {1: 1}})]
    stand.subjects, brokers.end = {"a-value": {2: (2, "y")}}, 9
    (third,) = of.discover(second, lambda _: ())
    assert KafkaDetail.of(third).pinned.schemas == {1: "x", 2: "y"}


def test_over_a_gap_it_stays_pinned() -> None:
    planned = KafkaDetail({"t": TopicSpans("one", {0: OffsetSpan(5, 10, 3)})}, PINNED)
    live = {"t": LiveTopic("one", {0: Live(7, 30, 30, 3)})}
    assert left_of(planned, live).pinned == mark(planned, live).pinned == PINNED


def test_all_versions_of_the_topics_subjects_are_pinned(stand: Stand) -> None:
    stand.subjects = {"a-value": {1: (7, "x"), 3: (9, "y")}, "b-value": {1: (7, "x")}, "c-value": {1: (8, "z")}}
    found = stand.pinned("b", "a")
    assert found == Pinned({7: "x", 9: "y"}, {"a-value": {1: 7, 3: 9}, "b-value": {1: 7}})
    assert stand.authorization == "Basic am9lOnNlY3JldA=="
    assert stand.pinned("a", subjects=("c-value",)) == Pinned({8: "z"}, {"c-value": {1: 8}})


def test_only_what_is_new_is_asked_for_again(stand: Stand) -> None:
    stand.subjects = {"a-value": {1: (1, "x"), 2: (2, "y")}, "b-value": {1: (1, "x")}}
    before = stand.pinned("a", "b")
    stand.subjects["a-value"][3] = (5, "z")
    stand.asks()
    found = stand.pinned("a", before=before)
    versions = "/subjects/a-value/versions"
    assert stand.asks() == [versions, f"{versions}/2", f"{versions}/3"]
    assert found == Pinned({1: "x", 2: "y", 5: "z"}, {"a-value": {1: 1, 2: 2, 3: 5}, "b-value": {1: 1}})


@pytest.mark.parametrize(
    "now",
    [
        {1: (11, "p"), 2: (12, "q")},
        {1: (11, "p")},
        {1: (11, "p"), 2: (12, "q"), 3: (13, "r")},
        {1: (1, "p"), 2: (2, "q")},
    ],
)
def test_a_subject_that_was_made_again_is_asked_for_anew(stand: Stand, now: dict[int, tuple[int, str]]) -> None:
    """Or it is of another registry. Numbers that are not given again stay what they were: records may have them."""
    stand.subjects = {"a-value": {1: (1, "x"), 2: (2, "y")}}
    before = stand.pinned("a")
    stand.subjects = {"a-value": now}
    found = stand.pinned("a", before=before)
    assert found.versions == {"a-value": {version: number for version, (number, _) in now.items()}}
    assert found.schemas == {1: "x", 2: "y", **dict(now.values())}


def test_a_version_that_is_gone_stays_pinned(stand: Stand) -> None:
    stand.subjects = {"a-value": {1: (1, "x"), 2: (2, "y"), 3: (3, "z")}}
    before = stand.pinned("a")
    del stand.subjects["a-value"][1]
    stand.asks()
    assert stand.pinned("a", before=before).schemas == {1: "x", 2: "y", 3: "z"}
    assert len(stand.asks()) == 2


def test_names_are_quoted(stand: Stand) -> None:
    stand.subjects = {"a%2Fb%3Fc%20d": {1: (1, "x")}}
    assert stand.pinned(subjects=("a/b?c d",)).schemas == {1: "x"}


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (401, b"", ConfigurationError, rf"refuses \(HTTP 401\): correct {USER}.* read the subject 'a-value'"),
        (403, b"", ConfigurationError, r"refuses \(HTTP 403\)"),
        (404, b'{"error_code": 40401}', ConfigurationError, r"has no subject 'a-value': register .*Avro\(subjects=…\)"),
        (404, b'{"error_code": 404}', ConfigurationError, rf"like a schema registry \(HTTP 404\): correct {URL}"),
        (404, b"<html>", ConfigurationError, "like a schema registry"),
        (404, b"[]", ConfigurationError, "like a schema registry"),
        (302, b"", ConfigurationError, r"like a schema registry \(HTTP 302\)"),
        (200, b"<html>", ConfigurationError, "does not answer like a schema registry: correct"),
        (200, b'{"a": 1}', ConfigurationError, "does not answer like a schema registry"),
        (200, b'["1"]', ConfigurationError, "does not answer like a schema registry"),
        (200, b"[1]", ConfigurationError, "does not answer like a schema registry"),
        (429, b"", UnavailableError, "does not answer now: HTTP 429"),
        (500, b"", UnavailableError, "does not answer now: HTTP 500"),
    ],
)
def test_an_answer_that_is_none_is_named(
    stand: Stand, status: int, body: bytes, error: type[Exception], said: str
) -> None:
    stand.status, stand.body = status, body
    with pytest.raises(error, match=f"^p: .*{said}") as raised:
        stand.pinned("a")
    assert "secret" not in str(raised.value)
    assert len(stand.asks()) <= 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"schemaType": "PROTOBUF"}, "version 1 of the subject 'a-value' is of type PROTOBUF, not AVRO"),
        ({"references": [{"name": "R"}]}, "does not answer like a schema registry"),
    ],
)
def test_a_schema_that_is_not_read_is_named(stand: Stand, more: dict[str, Any], said: str) -> None:
    stand.subjects, stand.more = {"a-value": {1: (1, "x")}}, more
    with pytest.raises(ConfigurationError, match=said):
        stand.pinned("a")


MONEY = {"type": "record", "name": "Money", "namespace": "shop", "fields": [{"name": "in", "type": "Currency"}]}
CURRENCY = {"type": "enum", "name": "Currency", "namespace": "shop", "symbols": ["EUR"]}
ORDER = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "fields": [
        {"name": "paid", "type": ["null", "Money"], "aliases": ["payed"]},
        {"name": "left", "type": {"type": "array", "items": "shop.Money"}},
    ],
}


def refers(name: str, subject: str) -> dict[str, Any]:
    return {"references": [{"name": name, "subject": subject, "version": 1}]}


def test_what_a_schema_refers_to_is_pinned_within_it(stand: Stand) -> None:
    stand.subjects = {
        "a-value": {1: (3, json.dumps(ORDER))},
        "money": {1: (2, json.dumps(MONEY))},
        "currency": {1: (1, json.dumps(CURRENCY))},
    }
    stand.more_of = {"a-value": refers("shop.Money", "money"), "money": refers("shop.Currency", "currency")}
    pinned = stand.pinned("a")
    assert pinned.versions == {"a-value": {1: 3}}
    assert set(pinned.schemas) == {3}
    value = {"paid": {"in": "EUR"}, "left": [{"in": "EUR"}, {"in": "EUR"}]}
    row = pa.struct({"in": pa.string()})
    schema = pa.schema({"paid": row, "left": pa.list_(row)})
    datum = b"\0\0\0\0\3" + avro(json.loads(pinned.schemas[3]), value)
    found = decode_values(RowFormat.declared("S", Avro(), schema, {}, records=True), [datum], pinned.schemas)
    assert found.batch.to_pylist() == [value]
    assert stand.pinned("a", before=pinned) == pinned


def test_a_schema_that_refers_to_nothing_that_is_there_is_named(stand: Stand) -> None:
    stand.subjects = {"a-value": {1: (3, json.dumps(ORDER))}, "money": {1: (2, json.dumps(MONEY))}}
    stand.more_of = {"a-value": refers("shop.Money", "money")}
    with pytest.raises(
        ConfigurationError, match=r"version 1 of the subject 'a-value' is not complete .*shop\.Currency"
    ):
        stand.pinned("a")
    stand.more_of = {"a-value": refers("shop.Money", "gone")}
    with pytest.raises(ConfigurationError, match="has no subject 'gone'"):
        stand.pinned("a")


def test_schemas_that_refer_to_each_other_have_an_end(stand: Stand) -> None:
    stand.subjects = {
        "a-value": {1: (3, json.dumps(ORDER))},
        "money": {1: (2, json.dumps({**MONEY, "fields": [{"name": "in", "type": "shop.Order"}]}))},
    }
    stand.more_of = {"a-value": refers("shop.Money", "money"), "money": refers("shop.Order", "a-value")}
    with pytest.raises(ConfigurationError, match="is not complete"):
        stand.pinned("a")


def test_a_registry_that_is_silent_is_given_up(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is taken, and nothing comes."""
    monkeypatch.setattr(registry, "ANSWER_S", 0.05)
    began = time.monotonic()
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        stand.url = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(UnavailableError, match=f"does not answer: .*timed out.*correct {URL}"):
            stand.pinned("a")
    with pytest.raises(UnavailableError, match=r"does not answer: .*refused"):
        stand.pinned("a")
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "url",
    [
        "registry:8081",
        "ftp://r",
        "http://",
        "http://joe:secret@r:1",
        "http://a:1,http://b:1",
        "http://[x",
        "http://r?x",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{URL} of the Kafka connection must be one address") as raised:
        Registry(Avro(), {URL: url}, "p").pinned(["a"], Pinned())
    assert "secret" not in str(raised.value)


def test_a_connection_without_a_registry() -> None:
    with pytest.raises(ConfigurationError, match=f"names no registry: add {URL} to its settings"):
        Registry(Avro(), {}, "p").pinned((), Pinned())
    assert Registry(None, {}, "p").pinned(["a"], PINNED) is PINNED


def test_the_brokers_clients_are_not_given_the_registrys_settings() -> None:
    """They take no setting that they do not know."""
    given = {"bootstrap.servers": "127.0.0.1:1"}
    for make in (admin, consumer):
        with pytest.raises(ConfigurationError, match=r"schema\.registry\.of\.another\.kind"):
            make({**given, "schema.registry.of.another.kind": "x"}, Heard())
    admin({**given, URL: "http://r", USER: "u:p"}, Heard())
    consumer({**given, URL: "http://r", USER: "u:p"}, Heard()).close()
