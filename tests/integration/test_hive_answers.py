"""Goal: a lost answer of a real metastore is told as what it is, and a repeat makes it right."""

import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from faults.proxy import Proxy
from pipelines.warehouse import ADD, ALTER, DROP, Warehouse, closed_port, locations, nothing, placed, staged_at
from tidegate.adapters.hive import HiveSink, metastore_answers
from tidegate.adapters.hive.metastore import Metastore
from tidegate.adapters.table_plans import staging
from tidegate.errors import ConfigurationError, OutcomeUnknownError, UnavailableError
from tidegate.protocol.model import PartitionValues, StagedPartition

pytestmark = pytest.mark.services


class Swap:
    """A publish that is about to happen: of new partitions, of a swap, or of both."""

    def __init__(self, ready: Warehouse, kind: str) -> None:
        self.ready = ready
        self.target = ready.log if kind == "new" else ready.latest
        wanted = {"new": "ab", "moved": "ab", "both": "abc"}[kind]
        self.old = [] if kind == "new" else [ready.head(self.target, (p,), 1, {"x": 1}) for p in "ab"]
        self.heads = [ready.head(self.target, ("2", p) if kind == "new" else (p,), 2, {"x": 2}) for p in wanted]
        ready.sink().publish(self.target, self.old)

    def seen(self) -> dict[PartitionValues, str]:
        return self.ready.sink().locations(self.target)

    def rows(self) -> list[tuple[object, ...]]:
        return self.ready.query(f"SELECT p, v FROM {self.target.name}")

    def assert_right(self) -> None:
        assert self.seen() == locations(self.heads)
        assert self.rows() == [(h.values[-1], 2) for h in self.heads]


@pytest.mark.parametrize(("kind", "method"), [("new", ADD), ("moved", ALTER), ("both", ALTER)])
def test_a_lost_answer_to_a_call_that_took_effect_ends_well(
    ready: Warehouse, proxy: Proxy, kind: str, method: str
) -> None:
    swap = Swap(ready, kind)
    proxy.lose_response(method)
    sink = ready.sink(proxy.url)
    sink.publish(swap.target, swap.heads)
    swap.assert_right()
    assert proxy.calls.count(method) == 1
    sink.publish(swap.target, swap.heads)
    swap.assert_right()
    assert proxy.calls.count(method) == 1


@pytest.mark.parametrize(("kind", "method"), [("new", ADD), ("moved", ALTER), ("both", ADD), ("both", ALTER)])
def test_a_call_that_never_arrived_is_unknown_and_a_repeat_makes_it_right(
    ready: Warehouse, proxy: Proxy, kind: str, method: str
) -> None:
    swap = Swap(ready, kind)
    before = swap.rows()
    proxy.lose_request(method)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError, match=urlsplit(proxy.url).netloc):
        sink.publish(swap.target, swap.heads)
    assert swap.rows() == before
    assert proxy.calls.count(method) == 1  # it is not sent a second time by itself
    sink.publish(swap.target, swap.heads)
    swap.assert_right()


def test_a_lost_answer_to_the_first_of_two_calls_is_unknown(ready: Warehouse, proxy: Proxy) -> None:
    swap = Swap(ready, "both")
    before = swap.rows()
    proxy.lose_response(ADD)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError):
        sink.publish(swap.target, swap.heads)
    assert swap.rows() == before
    sink.publish(swap.target, swap.heads)
    swap.assert_right()


@pytest.mark.parametrize("kind", ["new", "moved"])
@pytest.mark.parametrize("took_effect", [True, False])
def test_a_metastore_that_dies_in_the_call_leaves_it_unknown(
    ready: Warehouse, proxy: Proxy, kind: str, took_effect: bool
) -> None:
    """Nothing can be read back: nobody may say that it failed."""
    swap = Swap(ready, kind)
    lose = proxy.lose_response if took_effect else proxy.lose_request
    lose(ADD if kind == "new" else ALTER, refuse_after=True)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError, match="may have taken effect"):
        sink.publish(swap.target, swap.heads)
    assert swap.seen() == locations(swap.heads if took_effect else swap.old)
    with pytest.raises(UnavailableError, match=urlsplit(proxy.url).netloc):
        sink.publish(swap.target, swap.heads)  # still away, and known to have done nothing
    proxy.accept()
    sink.publish(swap.target, swap.heads)
    swap.assert_right()


@pytest.mark.parametrize("lose", [Proxy.lose_request, Proxy.lose_response])
@pytest.mark.parametrize("method", ["get_table_req", "get_partitions_by_names", "get_config_value"])
def test_a_lost_call_that_changes_nothing_is_made_again(
    ready: Warehouse, proxy: Proxy, lose: Callable[[Proxy, str], None], method: str
) -> None:
    swap = Swap(ready, "moved")
    lose(proxy, method)
    ready.sink(proxy.url).publish(swap.target, swap.heads)
    swap.assert_right()
    assert proxy.calls.count(ALTER) == 1


def test_a_connection_that_a_restart_cut_is_opened_again_before_a_change(ready: Warehouse, proxy: Proxy) -> None:
    swap = Swap(ready, "moved")
    sink = ready.sink(proxy.url)
    assert sink.locations(swap.target) == locations(swap.old)
    proxy.refuse()
    proxy.accept()
    sink.publish(swap.target, swap.heads)
    swap.assert_right()
    proxy.refuse()
    proxy.accept()
    sink.drop(swap.target, [("a",)])
    assert set(swap.seen()) == {("b",)}


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_drop_is_unknown_and_a_repeat_makes_it_right(ready: Warehouse, proxy: Proxy, took_effect: bool) -> None:
    swap = Swap(ready, "moved")
    (proxy.lose_response if took_effect else proxy.lose_request)(DROP)
    sink = ready.sink(proxy.url)
    with pytest.raises(OutcomeUnknownError, match="dropping partitions"):
        sink.drop(swap.target, [("a",)])
    assert (("a",) in swap.seen()) is not took_effect
    sink.drop(swap.target, [("a",)])
    assert swap.seen() == locations(swap.old[1:])


@pytest.mark.parametrize("took_effect", [True, False])
@pytest.mark.parametrize("method", [ADD, DROP])
def test_a_lost_staging_call_is_unknown_and_a_repeat_makes_it_right(
    ready: Warehouse, proxy: Proxy, method: str, took_effect: bool
) -> None:
    def staged(epoch: int) -> list[StagedPartition]:
        return [staged_at(ready.head(ready.latest, ("a",), epoch, {"x": epoch}))]

    sink = ready.sink(proxy.url)
    sink.stage(ready.latest, staged(1), epoch=1)
    (proxy.lose_response if took_effect else proxy.lose_request)(method)
    with pytest.raises(OutcomeUnknownError):
        sink.stage(ready.latest, staged(2), epoch=2)
    sink.stage(ready.latest, staged(2), epoch=2)
    assert ready.query(f"SELECT epoch_id, p, v FROM {staging(ready.latest)}") == [(2, "a", 2)]


def test_an_answer_that_does_not_come_in_time_is_unknown(ready: Warehouse, proxy: Proxy) -> None:
    """The connection stays open, and silent."""
    swap = Swap(ready, "moved")
    table, impatient = ready.table(swap.target.name), Metastore(proxy.url, timeout_s=1)
    try:
        proxy.withhold_response(DROP)
        with pytest.raises(OutcomeUnknownError, match="may have taken effect"):
            impatient.drop(table, [("a",)])
        assert impatient.locations(table) == locations(swap.old[1:])  # on a new connection
        proxy.withhold_response("get_partitions")
        assert impatient.locations(table) == locations(swap.old[1:])
    finally:
        impatient.close()


# -- no metastore there -----------------------------------------------------------------------------------------------


def test_a_metastore_that_cannot_be_reached(ready: Warehouse) -> None:
    address = f"127.0.0.1:{closed_port()}"
    sink = ready.sink(f"thrift://{address}")
    calls: list[Callable[[], object]] = [
        lambda: sink.prepare(ready.definition, nothing),
        lambda: sink.publish(ready.latest, [placed(ready.latest.name, ("a",), "file:///nowhere")]),
        lambda: sink.locations(ready.latest),
        lambda: sink.drop(ready.latest, [("a",)]),
    ]
    for call in calls:
        with pytest.raises(UnavailableError, match=f"metastore {address} does not answer"):
            call()
    assert not metastore_answers(f"thrift://{address}")


@pytest.mark.parametrize("service", ["checkpoint", "spark", "hiveserver2"])
def test_another_kind_of_server_on_the_port(ready: Warehouse, service: str) -> None:
    address = urlsplit(getattr(ready.endpoints, service)).netloc.rpartition("@")[2]
    with pytest.raises((ConfigurationError, UnavailableError), match=f"metastore {address}"):
        ready.sink(f"thrift://{address}").prepare(ready.definition, nothing)
    assert not metastore_answers(f"thrift://{address}")


def test_a_server_that_speaks_thrift_and_is_no_metastore(ready: Warehouse) -> None:
    """It answers, politely, that it has no such method: nothing to wait for, so not UnavailableError."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                head = client.recv(1 << 16)
                length = int.from_bytes(head[4:8], "big")
                name_and_number = head[4 : 8 + length + 4]
                message = b"\x0b\x00\x01\x00\x00\x00\x02no\x08\x00\x02\x00\x00\x00\x01\x00"
                client.sendall(b"\x80\x01\x00\x03" + name_and_number + message)

        server = threading.Thread(target=answer)
        server.start()
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(ConfigurationError, match=f"metastore {address} does not speak the metastore's protocol"):
            ready.sink(f"thrift://{address}").prepare(ready.definition, nothing)
        server.join()


@pytest.mark.parametrize("url", ["127.0.0.1:9083", "http://127.0.0.1:9083", "thrift://", "thrift://:9083", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match="must be thrift://host:port"):
        HiveSink(url, "hive://localhost", "file:///nowhere")
