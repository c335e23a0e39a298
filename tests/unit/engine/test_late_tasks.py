"""Goal: a task that is computed again elsewhere, and still runs, adds nothing for Hive behind its epoch."""

from pathlib import Path
from typing import Any

import pytest

from pipelines import totals
from pipelines.world import local
from tidegate.errors import FencedError
from tidegate.protocol import layout
from tidegate.runtime.formats import TableFile
from tidegate.testing import LocalRun

KINDS = ("_log/", "_latest/", "_dead/", "/part-read-", "/joined-")


def test_every_file_of_a_table_is_told_where_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs, dead letters, rewritten partitions and joined ones: until the attempt's folder is closed."""
    told: dict[str, str | None] = {}
    make = TableFile.__init__

    def spy(self: TableFile, uri: str, schema: object, *, closed: str | None = None, **more: Any) -> None:
        told[uri] = closed
        make(self, uri, schema, closed=closed, **more)

    monkeypatch.setattr(TableFile, "__init__", spy)
    definition = totals.pipeline("late", tmp_path / "in", compact_at=2, dead_letters="t.late_dead")
    with LocalRun(definition) as run:
        for number in (1, 2):
            run.epoch([*totals.events(number), '{"id": ', {**totals.events(9)[0], "amount": -1}])
        assert run.epoch(totals.events(3)) is not None
        roots = {uri: next(f for f in local(uri).parents if f.name.startswith("attempt=")) for uri in told}
        assert told == {uri: layout.closed_in(f"file://{root}") for uri, root in roots.items()}
        assert all(any(kind in uri for uri in told) for kind in KINDS)
        assert all((root / "closed").exists() for root in roots.values())
        for uri, closed in [*told.items()]:
            with pytest.raises(FencedError):
                TableFile(f"{uri}.late", totals.OUTPUT, closed=closed)
        assert run.verify() == []
