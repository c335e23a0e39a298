from functools import partial
from pathlib import Path

import pytest

from decoding import Reader, read_bytes


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Reads `data` as a file: `read(data, schema, format, **settings)`."""
    return partial(read_bytes, tmp_path)
