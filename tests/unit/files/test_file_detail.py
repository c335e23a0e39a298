"""Goal: what a slice keeps of a file is one text for one file, and is not read by a tidegate that does not know it."""

from dataclasses import replace
from pathlib import Path

import pytest

import builders as make
from tidegate.adapters.files.detail import FileDetail
from tidegate.errors import FormatError


def test_a_file_is_kept_as_canonical_json(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("123")
    found = FileDetail.found((tmp_path / "a").stat())
    assert found.to_json() == f'{{"format":1,"modified_ns":{(tmp_path / "a").stat().st_mtime_ns},"size":3}}'
    assert FileDetail.of(replace(make.slice_(), detail=found.to_json())) == found


def test_a_newer_format_is_refused_with_its_name() -> None:
    newer = replace(make.slice_(), detail='{"format":2,"inode":7}')
    with pytest.raises(FormatError, match=r"the detail of the file /in/0 is of format 2"):
        FileDetail.of(newer)
