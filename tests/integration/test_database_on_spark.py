"""Goal: rows of a table reach Hive through Spark once, each value as it was."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa
import pytest

from pipelines.rows import Shop, pipeline
from tidegate.adapters.database import look
from tidegate.adapters.hive.server import connect
from tidegate.engine.corrections import correct, give_up
from tidegate.engine.verify import verify
from tidegate.errors import SourceGapError
from tidegate.ports import EpochReport
from tidegate.protocol.model import Run, Word
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


@pytest.fixture
def given(endpoints: Endpoints) -> Iterator[Endpoints]:
    """The services, and a database beside the checkpoint's."""
    name = f"shop_{uuid4().hex[:8]}"
    with psycopg.connect(endpoints.checkpoint, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield replace(endpoints, database=endpoints.checkpoint.rpartition("/")[0] + f"/{name}")
    with psycopg.connect(endpoints.checkpoint, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def rows(endpoints: Endpoints, query: str) -> list[tuple[Any, ...]]:
    with closing(connect(endpoints.hiveserver2)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def test_epochs_on_spark_and_hive(given: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "PART_ROWS", 400)
    name = f"clicks_{uuid4().hex[:8]}"
    shop = Shop(given.database)
    shop.do(
        """CREATE TABLE clicks (
            id bigserial PRIMARY KEY, "user" text, n int, tx xid8 NOT NULL DEFAULT pg_current_xact_id())"""
    )
    definition = pipeline(name=name, cursor="tx", max_rows=3000, order_by=("id",))

    def run(key: str) -> EpochReport | None:
        with coordinator(definition, given, progress=print) as engine:
            return engine.run(Run(key, "test"))

    fill = "INSERT INTO clicks (\"user\", n) SELECT 'u' || n %% 97, n FROM generate_series(%s::int, %s::int) AS n"
    shop.do(fill, 0, 1999)
    assert run("first") is not None
    slow = shop.begin()
    slow.do(fill, 2000, 2499)
    shop.do(fill, 2500, 2999)
    assert run("held") is None
    slow.commit()
    assert run("second") is not None
    assert run("none") is None
    found = rows(given, f"SELECT n, user, seen FROM t.{name} ORDER BY n")
    assert [(n, user) for n, user, _ in found] == [(n, f"u{n % 97}") for n in range(3000)]
    assert sorted(seen for _, user, seen in found if user == "u5") == list(range(1, 32))
    with coordinator(definition, given, progress=print) as engine:
        assert verify(definition, engine.adapters, progress=print, checksums=True) == []
    shop.close()


def test_a_row_that_goes_while_it_is_read_publishes_nothing(given: Endpoints) -> None:
    """What a task finds missing stops the epoch, under its own name."""
    name = f"clicks_{uuid4().hex[:8]}"
    shop = Shop(given.database)
    shop.do('CREATE TABLE clicks (id bigint PRIMARY KEY, "user" text, price numeric)')
    shop.do("INSERT INTO clicks SELECT n, 'u', n + 0.25 FROM generate_series(1, 10) AS n")
    schema = pa.schema({"user": pa.string(), "n": pa.decimal128(10, 2)})
    output = pa.schema({"user": pa.string(), "n": pa.decimal128(10, 2), "seen": pa.int64()})
    definition = pipeline(
        name=name, schema=schema, output=output, aliases={"n": "price"}, order_by=(), settle=timedelta(0)
    )

    def deleting(said: str) -> None:
        print(said)
        if "computing on Spark" in said:
            shop.do("DELETE FROM clicks WHERE id = 3")

    with (
        coordinator(definition, given, progress=deleting) as engine,
        pytest.raises(SourceGapError, match=r"has 9 rows with id .* but had 10"),
    ):
        engine.process(Run("first", "test"))
    with coordinator(definition, given, progress=print) as engine:
        correct(engine, Run("by-hand", "test"), Word("jo", "a test"), give_up)
        shop.do("UPDATE clicks SET price = 0.125 WHERE id = 10")
        engine.run(Run("second", "test"))
    found = rows(given, f"SELECT n, seen FROM t.{name} ORDER BY seen")
    assert found == [(Decimal(n) + Decimal("0.25"), i + 1) for i, n in enumerate([1, 2, 4, 5, 6, 7, 8, 9])]
    ((reason,),) = rows(given, f"SELECT reason FROM t.dead_{name}")
    assert reason == "id 10, column 'n': '0.125' has more than 2 decimal places"
    shop.close()
