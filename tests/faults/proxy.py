"""A wire to a Thrift server that can be cut just before a request, or just after the server has answered it.

The two cuts look alike to the client, and differ in what is true afterwards: that is the whole difficulty of I6.

    with Proxy.to("thrift://127.0.0.1:9083") as proxy:
        sink = HiveSink(proxy.url, …)
        proxy.lose_response("add_partitions")   # it takes effect, and the client is not told
        sink.publish(…)
        assert proxy.calls.count("add_partitions") == 1

A fault that was armed and never met its call fails the test when the block ends.
"""

import re
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_HEADER = re.compile(rb"(?:.{4})?\x80\x01\x00[\x01\x04]", re.DOTALL)
"""The start of a strict binary call, after the four bytes of a frame's length where the transport is framed."""


class Fault(Enum):
    """What happens to one call."""

    LOSE_REQUEST = "the server never sees it; the connection breaks"
    LOSE_RESPONSE = "the server does it and answers; the connection breaks before the answer arrives"
    WITHHOLD_RESPONSE = "the server does it and answers; the client waits, on an open connection, for nothing"
    PAUSE = "something else happens first; then the call goes its way"


@dataclass(frozen=True)
class _Armed:
    method: str
    fault: Fault
    refuse_after: bool = False
    meanwhile: Callable[[], object] = lambda: None


class Proxy:
    """Passes bytes between clients and one server, and meets calls by their method's name.

    Works on Thrift's strict binary protocol, framed or not (what `TBinaryProtocol` writes), not inside SASL. It relies
    on Thrift's habit of one call at a time on a connection: whatever follows an answer begins a call.

    `calls` are the methods of all calls that arrived here, in order, those that were then lost included.
    """

    def __init__(self, host: str, port: int) -> None:
        self.calls: list[str] = []
        self._server = (host, port)
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._open: set[_Wire] = set()
        self._refusing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._accepting = threading.Thread(target=self._accept, name="proxy")

    @classmethod
    def to(cls, url: str) -> Self:
        """A proxy in front of the server of a URL."""
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        return cls(parts.hostname, parts.port)

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"thrift://127.0.0.1:{self._listener.getsockname()[1]}"

    def lose_request(self, method: str, *, refuse_after: bool = False) -> None:
        """Break the connection when the next call of `method` arrives; the server never sees it.

        With `refuse_after`, nobody gets through from then on, until `accept`.
        """
        self._arm(_Armed(method, Fault.LOSE_REQUEST, refuse_after))

    def lose_response(self, method: str, *, refuse_after: bool = False) -> None:
        """Let the next call of `method` take effect, and break the connection when the server answers."""
        self._arm(_Armed(method, Fault.LOSE_RESPONSE, refuse_after))

    def withhold_response(self, method: str) -> None:
        """Let the next call of `method` take effect, and leave the client waiting until its own timeout."""
        self._arm(_Armed(method, Fault.WITHHOLD_RESPONSE))

    def before(self, method: str, meanwhile: Callable[[], object]) -> None:
        """Do something when the next call of `method` has arrived and before the server sees it."""
        self._arm(_Armed(method, Fault.PAUSE, meanwhile=meanwhile))

    def refuse(self) -> None:
        """Break all connections, and every new one at once, until `accept`."""
        with self._lock:
            self._refusing = True
            wires = list(self._open)
        for wire in wires:
            wire.cut()

    def accept(self) -> None:
        """Let clients through again."""
        with self._lock:
            self._refusing = False

    def close(self) -> None:
        """Break all connections and stop."""
        self.refuse()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        with self._lock:
            wires = list(self._open)
        for wire in wires:
            wire.join()

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if error is None:
            assert not self._armed, f"these calls never came: {self._armed}; there were {self.calls}"

    # -- inside ---------------------------------------------------------------------------------------------------

    def _arm(self, fault: _Armed) -> None:
        with self._lock:
            self._armed.append(fault)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            if self._refusing:
                client.close()
                continue
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            wire = _Wire(self, client, server)
            with self._lock:
                self._open.add(wire)
                late = self._refusing
            wire.start()
            if late:
                wire.cut()

    def _met(self, method: str) -> _Armed | None:
        """Note a call, and take the first fault that waits for it."""
        with self._lock:
            self.calls.append(method)
            found = next((f for f in self._armed if f.method == method), None)
            if found:
                self._armed.remove(found)
            return found

    def _gone(self, wire: "_Wire") -> None:
        with self._lock:
            self._open.discard(wire)


class _Wire:
    """One client's connection: a thread each way."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client, self._server = client, server
        self._begins = True
        self._fault: _Armed | None = None
        self._threads = [threading.Thread(target=self._requests), threading.Thread(target=self._responses)]
        self._running = len(self._threads)
        self._lock = threading.Lock()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait for the end."""
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        """Break both sides; each thread notices."""
        for side in (self._client, self._server):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def _requests(self) -> None:
        head = b""
        with suppress(OSError):
            while data := self._client.recv(1 << 16):
                if self._begins:
                    head += data
                    method = _method(head)
                    if method is None:
                        continue  # the name has not arrived whole
                    data, head, self._begins = head, b"", False
                    if method and not self._goes_through(method):
                        break
                self._server.sendall(data)
        self._ended()

    def _goes_through(self, method: str) -> bool:
        self._fault = fault = self._proxy._met(method)
        if fault is None:
            return True
        fault.meanwhile()
        if fault.fault is Fault.LOSE_REQUEST:
            if fault.refuse_after:
                self._proxy.refuse()
            return False
        return True

    def _responses(self) -> None:
        with suppress(OSError):
            while data := self._server.recv(1 << 16):
                self._begins = True
                fault = self._fault
                if fault and fault.fault is Fault.WITHHOLD_RESPONSE:
                    continue
                if fault and fault.fault is Fault.LOSE_RESPONSE:
                    if fault.refuse_after:
                        self._proxy.refuse()
                    break
                self._client.sendall(data)
        self._ended()

    def _ended(self) -> None:
        self.cut()
        with self._lock:
            self._running -= 1
            last = self._running == 0
        if last:
            self._client.close()
            self._server.close()
            self._proxy._gone(self)


def _method(head: bytes) -> str | None:
    """The method's name in the first bytes of a call; None when more bytes are needed, "" when it is no such call."""
    if len(head) < 12:
        return None if head[:1] in (b"\x80", b"\x00") else ""
    found = _HEADER.match(head)
    if not found:
        return ""
    (length,) = struct.unpack_from(">i", head, found.end())
    name = head[found.end() + 4 :][:length]
    return name.decode() if len(name) == length else None
