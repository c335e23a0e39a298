"""Reads `queries.sql`: every statement of the store, by name."""

import re
from importlib.resources import files


def parse(text: str) -> dict[str, bytes]:
    """Split at the lines ``-- name: …``. Bytes, for psycopg takes no text that is made at run time."""
    _, *parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"two queries have the same name: {sorted(names)}")
    return {name: body.strip().encode() for name, body in zip(names, bodies, strict=True)}


QUERIES = parse(files(__package__).joinpath("queries.sql").read_text(encoding="utf-8"))
