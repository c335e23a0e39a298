"""Schemas of Avro that refer to others, as one text each that stands by itself. Data in, data out."""

import json
from collections.abc import Mapping
from typing import Any

from fastavro.repository import AbstractSchemaRepository, SchemaRepositoryError
from fastavro.schema import SchemaParseException, load_schema

_THIS = ""
"""The name here of the schema that refers: no other has it."""
_MOST = 200
"""So many texts are looked up at most: those that refer to each other have no end, and fastavro sees none."""


def whole(schema: str, referred: Mapping[str, str]) -> str:
    """A schema with those in it that it refers to, each where its name comes first.

    Args:
        schema: its text.
        referred: texts by the full names of what they define, those that they refer to themselves among them.

    Raises:
        ValueError: a text is no schema of Avro, or it uses a name that nothing defines.
    """
    try:
        found = load_schema(_THIS, repo=_Texts({**referred, _THIS: schema}), _write_hint=False)
        return json.dumps(found)
    except (SchemaParseException, SchemaRepositoryError, ValueError, TypeError, KeyError, RecursionError) as e:
        raise ValueError(f"{type(e).__name__}: {e}") from None


class _Texts(AbstractSchemaRepository):
    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._left = _MOST

    def load(self, name: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise SchemaRepositoryError(f"more than {_MOST} schemas are referred to, or some refer to each other")
        if name not in self._texts:
            raise SchemaRepositoryError(f"nothing defines {name!r}")
        return json.loads(self._texts[name])
