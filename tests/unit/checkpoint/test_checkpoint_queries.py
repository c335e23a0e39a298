"""The file of named queries."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from tidegate.adapters.checkpoint import changes
from tidegate.adapters.checkpoint.queries import QUERIES, parse


def test_each_query_has_a_sentence_and_one_statement() -> None:
    """Someone who reads the file alone understands it."""
    for name, body in QUERIES.items():
        lines = body.decode().splitlines()
        assert re.fullmatch(r"-- [A-Z].*", lines[0]), name
        assert sum(line.endswith(";") for line in lines if not line.startswith("--")) == 1, name


def test_no_query_is_left_over() -> None:
    """Each name in the file is used by the code, by its exact name."""
    folder = Path(str(files("tidegate.adapters.checkpoint")))
    code = "".join(p.read_text() for p in folder.glob("*.py"))
    assert [name for name in QUERIES if f'"{name}"' not in code] == []
    assert set(changes.STATEMENTS.values()) <= set(QUERIES)


def test_every_write_to_an_epoch_compares_the_fence() -> None:
    """Compare-and-set stands in the SQL itself, not only in the code before it (I4)."""
    for name in changes.STATEMENTS.values():
        assert re.search(rb"AND fence (=|<) %\(fence\)s", QUERIES[name]), name
        assert b"AND status = " in QUERIES[name], name


def test_a_name_stands_once() -> None:
    """The second of two would silently win."""
    with pytest.raises(ValueError, match="same name"):
        parse("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n")
