"""The files of each format as they were written, and a copy of them that works in another place."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from golden import story

HERE = Path(__file__).parent
FORMATS = sorted(HERE.glob("format_*"))
BEFORE = HERE / "before"
"""What was written before the first format."""


_NAMED = ("rows_out", "offsets", "operators", "watermarks", "definition", "archives")
"""Objects whose keys are names."""


def root(folder: Path) -> str:
    """The folder in which everything lay when it was written."""
    return (folder / "root").read_text().strip()


def place(folder: Path, uri: str) -> Path:
    """Where a file is now."""
    return folder / uri.removeprefix(f"file://{root(folder)}/")


def manifests(folder: Path) -> dict[str, Path]:
    """Every manifest, by its path."""
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("manifest.json"))}


def statements(folder: Path) -> str:
    """What brings the checkpoint's tables and rows into an empty database."""
    return (folder / "checkpoint.sql").read_text()


def objects(found: Any) -> list[dict[str, Any]]:
    """Every object within a stored one, but for those whose keys are names: of these what stands under the names."""
    if isinstance(found, list):
        return [o for item in found for o in objects(item)]
    if not isinstance(found, dict):
        return []
    within = [o for name, item in found.items() if name not in _NAMED for o in objects(item)]
    named = (item for name in ("offsets", "operators", "archives") for item in found.get(name, {}).values())
    return [found, *within, *(o for item in named for o in objects(item))]


def moved(folder: Path, target: Path) -> str:
    """Copy files and folders to `target`, as if they had been written there; the statements for the checkpoint.

    Manifests name files, and one another with their checksums, so they are written anew, each behind those it names.
    The checkpoint's copies of them are left out.
    """
    lines = (line for line in statements(folder).splitlines() if not line.startswith("INSERT INTO public.manifests "))
    sql = "\n".join(lines).replace(root(folder), str(target))
    for name in ("in", "warehouse"):
        shutil.copytree(folder / name, target / name)
    for file in (target / "in").iterdir():
        os.utime(file, (story.WRITTEN_S, story.WRITTEN_S))
    texts = {path: path.read_text().replace(root(folder), str(target)) for path in manifests(target).values()}
    was = {path: hashlib.sha256((folder / path.relative_to(target)).read_bytes()).hexdigest() for path in texts}
    for path in _behind_what_they_name(texts, was):
        now = hashlib.sha256(texts[path].encode()).hexdigest()
        path.write_text(texts[path])
        sql = sql.replace(was[path], now)
        texts = {p: text.replace(was[path], now) for p, text in texts.items()}
    return sql


def _behind_what_they_name(texts: dict[Path, str], was: dict[Path, str]) -> Iterator[Path]:
    left = dict(was)
    while left:
        path = next(p for p in left if not any(sha in texts[p] for q, sha in left.items() if q != p))
        del left[path]
        yield path
