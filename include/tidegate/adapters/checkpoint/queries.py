"""Reads `queries.sql`: every statement of the store, by name."""

import re
from importlib.resources import files

OFFSETS = """(
    SELECT jsonb_object_agg(o.source, jsonb_build_array(o.range_start, o.range_stop)) FROM epoch_offsets AS o
    WHERE (o.pipeline, o.lane, o.epoch, o.generation)
        = (epochs.pipeline, epochs.lane, epochs.epoch, epochs.generation)
) AS offsets"""
"""What `:offsets` stands for: source → [start, stop] of a row of epochs."""


def parse(text: str) -> dict[str, bytes]:
    """Split at the lines ``-- name: …``. Bytes, for psycopg takes no text that is made at run time."""
    _, *parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"two queries have the same name: {sorted(names)}")
    return {name: body.strip().replace(":offsets", OFFSETS).encode() for name, body in zip(names, bodies, strict=True)}


QUERIES = parse(files(__package__).joinpath("queries.sql").read_text(encoding="utf-8"))
