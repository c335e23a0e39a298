"""The producer of the Kafka demo: flights into a topic by transactions, and its own log of how each of them ended."""

import json
import math
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from tidegate.errors import UnavailableError

TOPIC = "flights"
PARTITIONS = 6
OF_HUNG = (0, 1)
"""The partitions that the transaction which hangs has written to."""

SIZE = 400
"""Flights in one transaction."""
ABORT_EVERY = 10
WAITS_AT = 0.05
"""How much is written before the first epochs are there: what follows is to be seen by epochs."""
HANG_AT = 0.4
HANG_S = 20.0
_CALL_S = 10.0
_PATIENCE_S = 120.0

COMMITTED, ABORTED = "committed", "aborted"


@dataclass(frozen=True)
class Batch:
    """The flights of one transaction, by number.

    Args:
        flights: their numbers, in order.
        aborted_first: they are written and aborted, and then written again.
        hangs: those in the partitions `OF_HUNG` are written by a transaction that is left open while others go on.
    """

    flights: range
    aborted_first: bool
    hangs: bool


def batches(count: int) -> list[Batch]:
    """What is written of `count` flights, in order."""
    starts = range(0, count, SIZE)
    hung = int(len(starts) * HANG_AT)
    return [
        Batch(range(start, min(start + SIZE, count)), number % ABORT_EVERY == ABORT_EVERY - 1, number == hung)
        for number, start in enumerate(starts)
    ]


@dataclass(frozen=True)
class Sent:
    """A flight that was written: its number, its partition, and its offset when the broker told it."""

    n: int
    partition: int
    offset: int | None


@dataclass(frozen=True)
class Ended:
    """A transaction that is over. `number` counts them in the order in which they wrote."""

    number: int
    how: str
    sent: tuple[Sent, ...]

    def to_json(self) -> str:
        """One line of the log."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, line: str) -> "Ended":
        """Such a line, read."""
        found = json.loads(line)
        return cls(found["number"], found["how"], tuple(Sent(**sent) for sent in found["sent"]))


class Flights:
    """The raw flights as objects for JSON: whole numbers are such, and what is not there is null."""

    def __init__(self, raw: pd.DataFrame) -> None:
        self._columns = {str(name): [_plain(v) for v in raw[name].tolist()] for name in raw.columns}
        self._count = len(raw)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, n: int) -> dict[str, Any]:
        return {"n": n, **{name: values[n] for name, values in self._columns.items()}}


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else int(value)


def partition_of(flight: dict[str, Any]) -> int:
    """An aircraft's flights are in one partition, in order; those without an aircraft are spread."""
    key = flight["tailnum"]
    return flight["n"] % PARTITIONS if key is None else zlib.crc32(key.encode()) % PARTITIONS


class ToAbortError(Exception):
    """The transaction cannot be committed any more."""


class Transactions:
    """Transactions of one producer, each of which ends for sure: the broker may be away for a while meanwhile.

    Args:
        bootstrap: the broker's address.
        name: the transactional id.
    """

    def __init__(self, bootstrap: str, name: str) -> None:
        given = {"bootstrap.servers": bootstrap, "transactional.id": name, "linger.ms": 5, "log_level": 0}
        self._producer = Producer({**given, "transaction.timeout.ms": 120_000})
        self._until_done(self._producer.init_transactions)

    def write(self, flights: Sequence[dict[str, Any]]) -> list[Sent]:
        """Begin one, and write. Raises ToAbortError; then `abort` is what is left to do."""
        offsets: dict[int, int | None] = {}

        def told(n: int) -> Callable[[KafkaError | None, Message], None]:
            def note(error: KafkaError | None, message: Message) -> None:
                if error is None:
                    offset = message.offset()
                    offsets[n] = offset if offset is not None and offset >= 0 else None

            return note

        with _translated():
            self._producer.begin_transaction()
            for flight in flights:
                key, value = flight["tailnum"], json.dumps(flight).encode()
                self._producer.produce(
                    TOPIC, value, key and key.encode(), partition_of(flight), on_delivery=told(flight["n"])
                )
                self._producer.poll(0)
            self._producer.flush(_PATIENCE_S)
        if len(offsets) != len(flights):
            raise ToAbortError
        return [Sent(f["n"], partition_of(f), offsets[f["n"]]) for f in flights]

    def commit(self) -> None:
        """Commit it. Raises ToAbortError."""
        self._until_done(self._producer.commit_transaction)

    def abort(self) -> None:
        """Abort it."""
        self._until_done(self._producer.abort_transaction)

    @staticmethod
    def _until_done(call: Callable[[float], None]) -> None:
        """Call again what may be repeated: the client knows which call it was, so nothing is done twice."""
        deadline = time.monotonic() + _PATIENCE_S
        with _translated():
            while True:
                try:
                    return call(_CALL_S)
                except KafkaException as e:
                    if not e.args[0].retriable() or time.monotonic() > deadline:
                        raise


@contextmanager
def _translated() -> Iterator[None]:
    """What the client raises, as what it means here."""
    try:
        yield
    except KafkaException as e:
        error: KafkaError = e.args[0]
        if error.txn_requires_abort():
            raise ToAbortError from e
        raise UnavailableError(f"the producer cannot go on: {error.str()}") from e


@dataclass(frozen=True)
class _Open:
    """The transaction that hangs, and when it is committed, in seconds of the monotonic clock."""

    of: Transactions
    number: int
    sent: tuple[Sent, ...]
    until_s: float


class Replay(threading.Thread):
    """Writes all flights, at an even pace, and logs every transaction that is over.

    It stops at `WAITS_AT` until `go_on` is set.

    Args:
        bootstrap: the broker's address.
        flights: what is written.
        log: the file of its log, a line for each transaction.
        seconds: how long it writes at least.
    """

    def __init__(self, bootstrap: str, flights: Flights, log: Path, *, seconds: float) -> None:
        super().__init__(name="producer", daemon=True)
        self._address = bootstrap
        self._flights = flights
        self._log = log
        self._pause_s = seconds * SIZE / len(flights)
        self._numbers = iter(range(1_000_000))
        self._ended: list[str] = []
        self._hanging: _Open | None = None
        self.go_on = threading.Event()
        self.share = 0.0
        self.failed: Exception | None = None

    @property
    def counts(self) -> tuple[int, int]:
        """How many transactions were committed and aborted so far."""
        ended = list(self._ended)
        return ended.count(COMMITTED), ended.count(ABORTED)

    @property
    def hangs(self) -> bool:
        """True while a transaction is left open."""
        return self._hanging is not None

    def run(self) -> None:
        """Write; what goes wrong is in `failed`."""
        try:
            self._write()
        except Exception as e:  # noqa: BLE001  (whoever waits for the thread raises it)
            self.failed = e

    def _write(self) -> None:
        plain = Transactions(self._address, "flights")
        due, todo = time.monotonic(), batches(len(self._flights))
        with self._log.open("w", encoding="utf-8") as log:
            for done, batch in enumerate(todo):
                if done == int(len(todo) * WAITS_AT):
                    self.go_on.wait()
                    due = time.monotonic()
                time.sleep(max(0.0, due - time.monotonic()))
                due += self._pause_s
                numbers = list(batch.flights)
                if batch.hangs:
                    numbers = self._hang(numbers)
                if batch.aborted_first:
                    self._transaction(plain, numbers, ABORTED, log)
                while not self._transaction(plain, numbers, COMMITTED, log):
                    pass
                if self._hanging and time.monotonic() >= self._hanging.until_s:
                    self._release(log)
                self.share = (done + 1) / len(todo)
            if self._hanging:
                time.sleep(max(0.0, self._hanging.until_s - time.monotonic()))
                self._release(log)

    def _transaction(self, of: Transactions, numbers: Sequence[int], how: str, log: Any) -> bool:
        """Write a transaction and end it so; False when it had to be aborted."""
        number = next(self._numbers)
        sent: list[Sent] = []
        try:
            sent = of.write([self._flights[n] for n in numbers])
            if how == COMMITTED:
                of.commit()
        except ToAbortError:
            how = ABORTED
        if how == ABORTED:
            of.abort()
        self._note(Ended(number, how, tuple(sent)), log)
        return how == COMMITTED

    def _hang(self, numbers: Sequence[int]) -> list[int]:
        """Write what is in some partitions by a transaction that stays open; the numbers that are left."""
        of = Transactions(self._address, "flights-slow")
        slow = [n for n in numbers if partition_of(self._flights[n]) in OF_HUNG]
        number = next(self._numbers)
        sent = of.write([self._flights[n] for n in slow])
        self._hanging = _Open(of, number, tuple(sent), time.monotonic() + HANG_S)
        return [n for n in numbers if n not in set(slow)]

    def _release(self, log: Any) -> None:
        hung = self._hanging
        assert hung is not None
        try:
            hung.of.commit()
        except ToAbortError as e:
            raise UnavailableError("the broker ended the transaction that hung before it was committed") from e
        self._note(Ended(hung.number, COMMITTED, hung.sent), log)
        self._hanging = None

    def _note(self, ended: Ended, log: Any) -> None:
        log.write(ended.to_json() + "\n")
        log.flush()
        self._ended.append(ended.how)


def committed(lines: Iterable[str]) -> list[Sent]:
    """What a log says was committed, in an order in which every partition has it. Lines are in order of the ends."""
    ended = sorted((Ended.of(line) for line in lines), key=lambda e: e.number)
    return [sent for e in ended if e.how == COMMITTED for sent in e.sent]
