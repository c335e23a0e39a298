"""Goal: the files of every format that was ever written are read for ever, by what is in them and not by chance."""

import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from golden import story
from golden.stored import BEFORE, FORMATS, manifests, objects, place, statements
from tidegate.errors import FormatError
from tidegate.protocol.model import Kind, Manifest, StateRun
from tidegate.runtime.state_runs import Run, check_columns, run_schema

COLUMNS = run_schema(story.definition(Path("/in")).operator.state_schema, operator="Sums", key=("key",))

MANIFESTS = [pytest.param(f, p, id=f"{f.name}-{name}") for f in FORMATS for name, p in manifests(f).items()]


HASHES = {"k0": -4106883047071750996, "k1": -624868313088425599}
"""Spark's hash of the keys: state is found by it for ever."""
STATE = {
    "k0": {"count": 6, "recent": [30, 32], "days": [("d0", 12), ("d1", 24)]},
    "k1": {"count": 6, "recent": [31, 33], "days": [("d0", 18), ("d1", 30)]},
}


def test_a_format_has_a_manifest_of_every_kind() -> None:
    for folder in FORMATS:
        read = {name: Manifest.from_json(path.read_bytes()) for name, path in manifests(folder).items()}
        assert {m.kind for m in read.values()} == set(Kind)
        assert {"/lane=main/", "/lane=fix/", "/clone=c.golden_log/"} == {
            m.group() for name in read if (m := re.search(r"/(lane|clone)=[^/]+/", name))
        }


@pytest.mark.parametrize(("folder", "path"), MANIFESTS)
def test_a_manifest_is_read_as_it_was_written(folder: Path, path: Path) -> None:
    """All that stands in it stands in what is made of it; and unknown keys change nothing of that."""
    data = path.read_bytes()
    manifest = Manifest.from_json(data)
    stored = json.loads(data)
    again = json.loads(manifest.to_json())
    assert {**again, "writer": stored["writer"], "format": stored["format"]} == stored
    for number, one in enumerate(objects(stored)):
        one[f"added_{number}"] = {"deep": [number]}
    assert Manifest.from_json(json.dumps(stored).encode()) == manifest
    for partition in manifest.partitions:
        for file in partition.files:
            assert place(folder, file.path).stat().st_size == file.bytes


def runs() -> list[tuple[Path, StateRun]]:
    return [
        (folder, run)
        for folder in FORMATS
        for run in {r for p in manifests(folder).values() for r in Manifest.from_json(p.read_bytes()).state}
    ]


def moved(folder: Path, run: StateRun) -> StateRun:
    return StateRun(**{**vars(run), "path": f"file://{place(folder, run.path)}"})


def test_every_state_run_is_read() -> None:
    found = runs()
    assert len(found) > 6
    for folder, run in found:
        opened = Run(moved(folder, run), COLUMNS)
        rows = [row for batch in opened.slice(None, None) for row in batch.to_pylist()]
        assert len(rows) == run.rows
        assert {row["key"]: row["$hash"] for row in rows}.items() <= HASHES.items()


def test_the_newest_state_has_what_the_function_kept() -> None:
    """Of a key, whatever bucket and run it is in: its count, its last events, its sum of each day."""
    for folder in FORMATS:
        newest = max((Manifest.from_json(p.read_bytes()) for p in manifests(folder).values()), key=lambda m: m.epoch)
        state: dict[str, Any] = {}
        for run in newest.state:
            for batch in Run(moved(folder, run), COLUMNS).slice(None, None):
                state |= {row.pop("key"): row for row in batch.drop_columns(["$hash", "$deleted"]).to_pylist()}
        assert state == STATE


def test_the_checkpoint_has_a_copy_of_every_manifest_of_an_epoch() -> None:
    for folder in FORMATS:
        copies = {
            zlib.decompress(bytes.fromhex(content))
            for content in re.findall(r"INSERT INTO public\.manifests VALUES .*'\\x([0-9a-f]+)'\);", statements(folder))
        }
        assert copies == {path.read_bytes() for name, path in manifests(folder).items() if "/clone=" not in name}


# -- before the first format ------------------------------------------------------------------------------------------


def test_a_manifest_from_before_is_refused() -> None:
    data = (BEFORE / "manifest.json").read_bytes()
    with pytest.raises(FormatError, match=r"the manifest file:///m\.json says no format: no release .* begin anew"):
        Manifest.from_json(data, "file:///m.json")


def test_a_state_run_from_before_is_refused() -> None:
    listed = json.loads((BEFORE / "manifest.json").read_bytes())["state"][0]
    path = BEFORE / "run.arrow"
    run = StateRun(**{**listed, "operator": "Sums", "path": f"file://{path}"})
    assert path.stat().st_size == run.bytes
    with pytest.raises(
        FormatError, match=r"the state run file://.*/run\.arrow says no format: no release .* begin anew"
    ):
        check_columns(run, COLUMNS)
