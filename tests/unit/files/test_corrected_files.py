"""Goal: a changed file is found as it is now, once it is complete, and a skipped one costs an epoch nothing."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

import builders as make
from ledgers import MemoryLedger
from tidegate import FileSource
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.engine.ledger import Ledger
from tidegate.errors import SourceGapError, UnavailableError
from tidegate.ports import LedgerStore
from tidegate.protocol.model import Slice

NOW = 1e9 + 60
NAMES = ("2020-01-01.json", "2020-01-02.json", "2020-01-03.json")


def put(file: Path, text: str = "{}\n", at: float = 1e9) -> None:
    file.write_text(text)
    os.utime(file, (at, at))


@pytest.fixture
def adapter(tmp_path: Path) -> FileSourceAdapter:
    for name in NAMES:
        put(tmp_path / name)
    settings: dict[str, Any] = {"settle": timedelta(seconds=5), "max_files": 1, "path_time": "%Y-%m-%d"}
    return FileSourceAdapter(
        FileSource(tmp_path, "json", pa.schema({"k": pa.string()}), **settings), "p", now=lambda: NOW
    )


@pytest.fixture
def planned(tmp_path: Path) -> list[Slice]:
    return [make.slice_(n, str(tmp_path / name), size=3, modified_ns=10**18) for n, name in enumerate(NAMES)]


def test_changed_files_are_found_as_they_are_now(
    tmp_path: Path, adapter: FileSourceAdapter, planned: list[Slice]
) -> None:
    assert adapter.renewed(planned) == []
    put(tmp_path / NAMES[1], "{}\n{}\n", at=1e9 + 50)
    assert adapter.renewed(planned) == [make.slice_(1, planned[1].key, size=6, modified_ns=(10**9 + 50) * 10**9)]
    put(tmp_path / NAMES[1], at=1e9 + 57)  # somebody may still be writing it
    with pytest.raises(UnavailableError, match=rf"{NAMES[1]} was changed 3\.0 s ago and may not be complete.* 5 s"):
        adapter.renewed(planned)
    (tmp_path / NAMES[1]).unlink()
    with pytest.raises(SourceGapError, match=rf"{NAMES[1]} is gone: .*`tidegate skip p .*{NAMES[1]} --reason …`"):
        adapter.renewed(planned)


def test_a_skipped_file_counts_for_no_cap_and_is_asked_for_no_time(
    adapter: FileSourceAdapter, planned: list[Slice]
) -> None:
    planned[0] = replace(planned[0], skipped=True, key="/gone/without a time")
    store = MemoryLedger()
    store.entries = planned
    ledger = Ledger("p", cast("LedgerStore", store), {make.SOURCE: adapter})
    assert ledger.offer(None).offsets == make.span(0, 2)
    until_ms = 1_577_836_800_000  # before the second file's time, 2020-01-02Z
    assert ledger.offer(None, until_ms=until_ms).offsets == make.span(0, 1)
