"""Goal: what is wired is what was declared."""

from pathlib import Path

from pipelines import totals
from tidegate.protocol.ledger import Limit
from tidegate.wiring import Endpoints, coordinator

NOWHERE = Endpoints("postgresql://db/x", "thrift://hms:9083", "hive://hs2:10000/default", "sc://spark:1", "file:///wh")


def test_a_source_is_wired_under_its_uid(tmp_path: Path) -> None:
    definition = totals.pipeline("p", tmp_path, source={"max_files": 2, "uid": "orders"})
    with coordinator(definition, NOWHERE, progress=print) as engine:
        assert engine.definition is definition  # the code's fingerprint stays what it is
        assert {uid: s.limit for uid, s in engine.adapters.sources.items()} == {"orders": Limit(slices=2)}
