"""The laboratory of each test."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from crash.lab import Lab
from tidegate.wiring import Endpoints


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path, endpoints: Endpoints) -> Iterator[Lab]:
    word = "".join(c if c.isalnum() else "_" for c in request.node.name.lower())
    lab = Lab(f"{word.strip('_')[:80]}_{uuid4().hex[:6]}", tmp_path, endpoints)
    yield lab
    lab.end()
