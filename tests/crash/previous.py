"""One attempt by a worker that was not changed yet: as `attempt.py`, by code of the revision before."""

from crash import attempt
from tidegate.adapters import postgres
from tidegate.adapters.checkpoint import revisions, rows
from tidegate.protocol import formats, model

WRITER = "tidegate 0.0.1"


def main(*arguments: str) -> int:
    """What that code does otherwise: it says another name, and knows no revision but its own."""
    revisions.REVISION = revisions.OLDEST
    for module in (formats, revisions):
        vars(module)["WRITER"] = WRITER
    postgres.DEFAULTS["application_name"] = WRITER
    assert vars(rows)["stamped"] is vars(model)["stamped"] is formats.stamped
    return attempt.main(*arguments)
