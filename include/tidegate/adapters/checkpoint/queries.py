"""The SQL of the checkpoint store, by name, from ``queries.sql``."""

import re
from importlib import resources


def _load() -> dict[str, str]:
    text = resources.files(__package__).joinpath("queries.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)[1:]
    return {name: _without_sentence(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _without_sentence(body: str) -> str:
    return "\n".join(line for line in body.strip().splitlines() if not line.startswith("--"))


QUERIES: dict[str, str] = _load()
"""Statement by name. Each has a sentence in the file that says what it is for."""
