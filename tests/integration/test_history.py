"""Goal: past epochs can be computed again bit for bit, and after many epochs what is kept is bounded and whole."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

import builders as make
from pipelines import totals
from tidegate import Context, Definition, Retention, Row
from tidegate.engine.replay import replay
from tidegate.engine.verify import verify
from tidegate.errors import RefusedError, SourceGapError
from tidegate.protocol.model import Kind, Run
from tidegate.wiring import Endpoints, coordinator

pytestmark = pytest.mark.services


class Totals(totals.Totals):
    """Gives other rows for the same events. Its name is that of the other, for state runs say whose they are."""

    def process_element(self, value: Row | SimpleNamespace, ctx: Context) -> Iterator[dict[str, Any]]:
        for row in super().process_element(value, ctx) or ():
            yield row | {"total": row["total"] + 1}


def run(definition: Definition, endpoints: Endpoints, count: int) -> None:
    folder = Path(make.folder_of(definition).path)
    with coordinator(definition, endpoints, progress=print) as engine:
        for number in range(count):
            totals.write(folder, f"{number:03d}.json", totals.events(number))
            assert engine.run(Run(f"run-{number}", "test")) is not None


def test_a_replay_gives_the_same_bytes_or_says_what_differs(tmp_path: Path, endpoints: Endpoints) -> None:
    definition = totals.pipeline(f"replayed_{uuid4().hex[:6]}", tmp_path / "in")
    run(definition, endpoints, 6)  # state runs are merged on the way
    with coordinator(definition, endpoints, progress=print) as engine:
        root = engine.root
        for number in (1, 3, 6):
            assert replay(definition, engine.adapters, root, number, progress=print) == []
        changed = make.with_function(definition, Totals())
        findings = replay(changed, engine.adapters, root, 6, progress=print)
        assert [f.subject for f in findings if f.subject.split()[0] != "partition"] == ["pipeline"]
        assert "operator Totals: its code" in findings[0].problem
        folder = Path(root.removeprefix("file://")) / definition.name / "lane=main"
        assert not list(folder.glob("replay=*"))
        with pytest.raises(RefusedError, match="epoch 9 is not kept"):
            replay(definition, engine.adapters, root, 9, progress=print)
        (tmp_path / "in" / "002.json").unlink()
        with pytest.raises(SourceGapError, match=r"002\.json is gone"):
            replay(definition, engine.adapters, root, 3, progress=print)


def test_what_is_kept_is_bounded_and_whole(tmp_path: Path, endpoints: Endpoints) -> None:
    """Compaction and clean-up run by themselves; tables equal the oracle all the time, and dry runs change nothing."""
    definition = totals.pipeline(
        f"bounded_{uuid4().hex[:6]}",
        tmp_path / "in",
        compact_at=4,
        retention=Retention(epochs=4, grace=timedelta(0)),
    )
    folder = tmp_path / "in"
    kept = []
    with coordinator(definition, endpoints, progress=print) as engine:
        for number in range(16):
            totals.write(folder, f"{number:03d}.json", totals.events(number))
            engine.run(Run(f"run-{number}", "test"))
            if number in (3, 12):
                (folder / f"{number - 3:03d}.json").rename(tmp_path / f"{number}.archived")  # long processed
            epochs = engine.adapters.store.epochs(engine.lane_id, limit=1000)
            files = list(engine.adapters.storage.walk(f"{engine.root}/{definition.name}"))
            kept.append((len(epochs), len(engine.adapters.sink.locations(definition.targets[0])), len(files)))
        assert max(k[0] for k in kept) <= 4 + 4 + 3
        assert max(k[1] for k in kept) <= 4 + 4
        assert max(k[2] for k in kept[10:]) <= 2 * max(k[2] for k in kept[:10])
        assert any(e.kind is Kind.COMPACTION for e in epochs)
        would = engine.clean(Run("dry", "test"), dry_run=True)
        assert engine.clean(Run("again", "test"), dry_run=True) == would
        assert verify(definition, engine.adapters, progress=print, checksums=True) == []
        log = engine.adapters.store.known(
            definition.name, make.SOURCE, [str(folder / "000.json"), str(folder / "001.json")]
        )
        assert log == {str(folder / "001.json")}  # the archived file is forgotten, the one that is still there is not
    for archived, number in (("3.archived", 0), ("12.archived", 9)):
        (tmp_path / archived).rename(folder / f"{number:03d}.json")
    assert totals.found(endpoints.hiveserver2, definition.name) == totals.expected(folder)
