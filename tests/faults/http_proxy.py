"""A wire to an HTTP server that answers in its place, cuts off what is on the way, or loses an answer.

    with HttpProxy.to("http://127.0.0.1:5000") as proxy:
        proxy.arm("PUT", Trouble.LOSE_ANSWER)            # it takes effect, and the client is not told
        proxy.arm("GET", Trouble.SLOW_DOWN, times=2)     # 503, twice
        with store.reached(proxy.url):
            …

Trouble that was armed and never met its request fails the test when the block ends; `storm` meets requests by chance,
from a seed.
"""

import http.client
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Trouble(Enum):
    """What happens to one request."""

    SLOW_DOWN = "it is answered with 503 SlowDown; the server never sees it"
    BROKEN = "it is answered with 500 InternalError; the server never sees it"
    FORBIDDEN = "it is answered with 403 AccessDenied; the server never sees it"
    WRONG_KEY = "it is answered with 403 InvalidAccessKeyId; the server never sees it"
    WRONG_SECRET = "it is answered with 403 SignatureDoesNotMatch; the server never sees it"
    LOSE_REQUEST = "the connection breaks before the server sees it"
    CUT_REQUEST = "the server sees half of its body, then both connections break"
    LOSE_ANSWER = "the server does it and answers; the connection breaks before the answer arrives"
    CUT_ANSWER = "the server does it; the connection breaks in the middle of the answer's body"
    LATE = "the server does it; its answer comes late"


PASSING = (
    *(Trouble.SLOW_DOWN, Trouble.BROKEN, Trouble.LOSE_REQUEST, Trouble.CUT_REQUEST, Trouble.LOSE_ANSWER),
    *(Trouble.CUT_ANSWER, Trouble.LATE),
)
"""What goes by when it is tried again."""

_LATE_S = 0.3

_ANSWERS = {
    Trouble.SLOW_DOWN: (503, "SlowDown"),
    Trouble.BROKEN: (500, "InternalError"),
    Trouble.FORBIDDEN: (403, "AccessDenied"),
    Trouble.WRONG_KEY: (403, "InvalidAccessKeyId"),
    Trouble.WRONG_SECRET: (403, "SignatureDoesNotMatch"),
}


@dataclass
class _Armed:
    method: str
    trouble: Trouble
    path: str
    times: int


class HttpProxy:
    """Passes requests to one server. `calls` are the methods and paths of all that arrived, lost ones included."""

    def __init__(self, host: str, port: int) -> None:
        self.calls: list[tuple[str, str]] = []
        self.met: list[Trouble] = []
        self._server = (host, port)
        self._armed: list[_Armed] = []
        self._chance: Callable[[], Trouble | None] = lambda: None
        self._lock = threading.Lock()
        self.ended = threading.Event()
        self._listener = _Listener(("127.0.0.1", 0), self)
        self._serving = threading.Thread(target=self._listener.serve_forever, args=(0.05,), name="http proxy")

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
        return f"http://127.0.0.1:{self._listener.server_port}"

    def arm(self, method: str, trouble: Trouble, *, path: str = "", times: int = 1) -> None:
        """Let the next requests of a method, whose path and query contain `path`, meet trouble."""
        with self._lock:
            self._armed.append(_Armed(method, trouble, path, times))

    def disarm(self) -> None:
        """Nothing is armed any more."""
        with self._lock:
            self._armed.clear()

    def storm(self, seed: int, *, share: float) -> None:
        """From now on a share of all requests meets some trouble that passes."""
        chance = random.Random(seed)
        self._chance = lambda: chance.choice(PASSING) if chance.random() < share else None

    def calm(self) -> None:
        """No more trouble by chance."""
        self._chance = lambda: None

    def meet(self, method: str, path: str) -> Trouble | None:
        """Note a request, and what happens to it."""
        with self._lock:
            self.calls.append((method, path))
            armed = next((a for a in self._armed if a.method == method and a.path in path), None)
            if armed is None:
                trouble = self._chance()
            else:
                trouble = armed.trouble
                armed.times -= 1
                if not armed.times:
                    self._armed.remove(armed)
            if trouble:
                self.met.append(trouble)
            return trouble

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the server."""
        return http.client.HTTPConnection(*self._server)

    def __enter__(self) -> Self:
        self._serving.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ended.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._serving.join()
        if error is None:
            assert not self._armed, f"these requests never came: {self._armed}; there were {self.calls}"


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], proxy: HttpProxy) -> None:
        super().__init__(address, _Request)
        self.proxy = proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def do(self) -> None:
        trouble = self.server.proxy.meet(self.command, self.path)
        if trouble is Trouble.LOSE_REQUEST:
            self.close_connection = True
            return
        body = self._body()
        if trouble in _ANSWERS:
            status, code = _ANSWERS[trouble]
            said = b"" if self.command == "HEAD" else f"<Error><Code>{code}</Code></Error>".encode()
            self._answer(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(said)))], said)
            return
        connection = self.server.proxy.connect()
        with suppress(OSError, http.client.HTTPException):
            self._pass_on(connection, body, trouble)
        connection.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(pieces)

    def _pass_on(self, connection: http.client.HTTPConnection, body: bytes, trouble: Trouble | None) -> None:
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("expect", "connection", "transfer-encoding", "content-length"):
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[: len(body) // 2] if trouble is Trouble.CUT_REQUEST else body)
        if trouble is Trouble.CUT_REQUEST:
            self.close_connection = True
            return
        answer = connection.getresponse()
        data = answer.read()
        if trouble is Trouble.LATE:
            self.server.proxy.ended.wait(_LATE_S)
        if trouble is Trouble.LOSE_ANSWER:
            self.close_connection = True
            return
        sent = data[: len(data) // 2] if trouble is Trouble.CUT_ANSWER else data
        headers = [(n, v) for n, v in answer.getheaders() if n.lower() not in ("transfer-encoding", "connection")]
        if not any(n.lower() == "content-length" for n, _ in headers):
            headers.append(("Content-Length", str(len(data))))
        self._answer(answer.status, headers, sent)
        if trouble is Trouble.CUT_ANSWER:
            self.close_connection = True

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Not on the test's output."""
