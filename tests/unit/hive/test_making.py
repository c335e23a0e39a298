"""Goal: two attempts that make the same table at one moment both go on; a refusal for good is told."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines import totals
from tidegate.adapters.hive import server
from tidegate.adapters.hive.making import TableMaker
from tidegate.adapters.hive.metastore import Metastore
from tidegate.errors import ConfigurationError

TWICE = "MetaException: duplicate key value in a unique or primary key constraint identified by 'UNIQUETABLE'"
RIGHT = "Permission denied: user=nobody, access=WRITE"


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What HiveServer2 refuses statements with, one after the other; then it runs them."""
    answers: list[str] = []

    def execute(url: str, statements: Sequence[str]) -> None:
        assert all(" IF NOT EXISTS " in statement for statement in statements)
        if answers:
            raise ConfigurationError(answers.pop(0))

    monkeypatch.setattr(server, "execute", execute)
    return answers


def make(tmp_path: Path) -> None:
    definition = totals.pipeline("making", tmp_path)
    target = definition.targets[0]
    maker = TableMaker(Metastore("thrift://127.0.0.1:1"), "hive://127.0.0.1:1/default", "file:///warehouse")
    maker.make({target.name: [("epoch_id", "bigint")]}, target, {})


def test_a_table_that_another_made_meanwhile_is_there(tmp_path: Path, refusing: list[str]) -> None:
    refusing.append(TWICE)
    make(tmp_path)
    assert refusing == []


def test_what_is_refused_twice_is_told(tmp_path: Path, refusing: list[str]) -> None:
    refusing.extend([RIGHT, RIGHT])
    with pytest.raises(ConfigurationError, match="access=WRITE"):
        make(tmp_path)
