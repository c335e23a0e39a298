"""Goal: what is wired is what was declared."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import totals
from pipelines.chain import downstream
from pipelines.rows import pipeline
from tidegate.errors import ConfigurationError
from tidegate.protocol.ledger import Limit
from tidegate.wiring import Endpoints, coordinator

NOWHERE = Endpoints("postgresql://db/x", "thrift://hms:9083", "hive://hs2:10000/default", "sc://spark:1", "file:///wh")


def test_a_source_is_wired_under_its_uid(tmp_path: Path) -> None:
    definition = totals.pipeline("p", tmp_path, source={"max_files": 2, "uid": "orders"})
    with coordinator(definition, NOWHERE, progress=print) as engine:
        assert engine.definition is definition  # the code's fingerprint stays what it is
        assert {uid: s.limit for uid, s in engine.adapters.sources.items()} == {"orders": Limit(slices=2)}


TABLE = pipeline(cursor="id", max_rows=7)


def test_a_table_is_read_from_its_database() -> None:
    with coordinator(TABLE, replace(NOWHERE, database="postgresql://u:p@db/shop"), progress=print) as engine:
        assert {uid: s.limit for uid, s in engine.adapters.sources.items()} == {"source": Limit(rows=7)}
        assert "u:p" not in repr(engine.adapters.readers)


def test_a_table_of_another_pipeline_needs_no_endpoint_of_its_own() -> None:
    with coordinator(downstream(max_rows=7), NOWHERE, progress=print) as engine:
        assert {uid: s.limit for uid, s in engine.adapters.sources.items()} == {"source": Limit(rows=7)}


@pytest.mark.parametrize(
    ("url", "problem"),
    [("", "set TIDEGATE_DATABASE to postgresql://"), ("postgresql://u:s3@cret@db/shop", "percent-encode")],
)
def test_a_database_that_is_not_given_is_told(url: str, problem: str) -> None:
    with (
        pytest.raises(ConfigurationError, match=problem) as e,
        coordinator(TABLE, replace(NOWHERE, database=url), progress=print),
    ):
        pass
    assert "s3" not in str(e.value)
