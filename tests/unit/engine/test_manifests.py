"""Goal: a manifest is read as it was recorded, or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

import builders as make
from faults.damage import DAMAGES
from tidegate.adapters.files.storage import FsStorage
from tidegate.engine.manifests import listed, read_manifest
from tidegate.errors import DataDamagedError
from tidegate.protocol.model import ManifestRef, StagedPartition


def written(path: Path, *partitions: StagedPartition) -> ManifestRef:
    manifest = make.manifest(*partitions)
    path.write_bytes(manifest.to_json())
    return make.ref(manifest, f"file://{path}")


def partition(value: str) -> StagedPartition:
    return make.partition("t", value, at=f"at/{value}")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_manifest_is_named(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    ref = written(tmp_path / "manifest.json")
    damage(tmp_path / "manifest.json")
    with pytest.raises(DataDamagedError, match=r"/manifest\.json (is missing|has).*tidegate rollback"):
        read_manifest(FsStorage(), ref)


def test_another_manifest_in_its_place_is_damage(tmp_path: Path) -> None:
    ref = written(tmp_path / "manifest.json", partition("1"))
    written(tmp_path / "manifest.json", partition("2"))
    with pytest.raises(DataDamagedError, match="has the checksum"):
        read_manifest(FsStorage(), ref)


def test_partitions_are_listed_by_the_manifests_that_placed_them(tmp_path: Path) -> None:
    refs = [
        written(tmp_path / "1", partition("a"), partition("b")),
        written(tmp_path / "2", partition("c")),
    ]
    wanted = {("t", (v,)): make.placed(f"at/{v}", refs[number]) for v, number in (("b", 0), ("c", 1), ("a", 0))}
    assert listed(FsStorage(), wanted.items()) == {("t", (v,)): partition(v) for v in "bca"}
