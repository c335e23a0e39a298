"""Goal: a session is the connection's own, and ends when no task of it runs for too long."""

from typing import Any, cast

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.connect.client.core import DefaultChannelBuilder
from pyspark.sql.connect.session import SparkSession as Builder

from tidegate.adapters.spark import session
from tidegate.adapters.spark.session import _client, _Watch


@pytest.mark.parametrize(
    ("url", "user", "parameters"),
    [
        ("sc://spark:15002", "tidegate", {}),
        ("sc://spark", "tidegate", {}),
        ("sc://spark:15002/;use_ssl=true;token=t%3Bk", "tidegate", {"use_ssl": "true", "token": "t;k"}),
        ("sc://spark:15002/;user_id=me;x-of-a-proxy=1", "me", {"x-of-a-proxy": "1"}),
    ],
)
def test_what_a_connection_says_reaches_spark(
    monkeypatch: pytest.MonkeyPatch, url: str, user: str, parameters: dict[str, str]
) -> None:
    made: list[DefaultChannelBuilder] = []

    class Client:
        def set_retry_policies(self, policies: object) -> None:
            pass

    class Session:
        client = Client()

    def create(builder: Any) -> Session:
        made.append(DefaultChannelBuilder(builder._options["spark.remote"]))
        return Session()

    monkeypatch.setattr(Builder.Builder, "create", create)
    _client(url, "an attempt")
    [channel] = made
    assert (channel.host, channel.userId) == ("spark", user)
    assert {name: channel.get(name) for name in parameters} == parameters
    assert channel.session_id is not None


class Told:
    """A session that says how far it is."""

    def __init__(self) -> None:
        self.interrupted = 0
        self.watch = _Watch(cast("SparkSession", self))

    def registerProgressHandler(self, handler: Any) -> None:  # noqa: N802  (pyspark's name)
        self.handler = handler

    def interruptAll(self) -> list[str]:  # noqa: N802  (pyspark's name)
        self.interrupted += 1
        return []

    def say(self, inflight: int, *, done: bool = False) -> None:
        self.handler(stages=[], inflight_tasks=inflight, operation_id="1", done=done)


@pytest.mark.parametrize(
    ("said", "gives_up"), [([0], True), ([0, 0], True), ([1], False), ([0, 1], False), ([], False)]
)
def test_a_computation_without_tasks_is_given_up(
    monkeypatch: pytest.MonkeyPatch, said: list[int], gives_up: bool
) -> None:
    monkeypatch.setattr(session, "_NO_TASK_TIMEOUT_S", 0.05)
    told = Told()
    for inflight in said:
        told.say(inflight)
    waiting = told.watch._waiting
    if waiting is not None:
        waiting.join()
    assert (told.watch.gave_up, told.interrupted) == (gives_up, int(gives_up))


@pytest.mark.parametrize("how", ["done", "ended"])
def test_nothing_is_given_up_when_it_is_over(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(session, "_NO_TASK_TIMEOUT_S", 0.05)
    told = Told()
    told.say(0)
    waiting = told.watch._waiting
    assert waiting is not None
    if how == "done":
        told.say(0, done=True)
    else:
        told.watch.end()
    waiting.join()
    assert (told.watch.gave_up, told.interrupted) == (False, 0)
