"""Goal: what the metastore answers is told apart: refused, unknown, or not a metastore at all."""

from types import SimpleNamespace

import pytest
from pymetastore.hive_metastore.ttypes import Table
from thrift.Thrift import TApplicationException

from tidegate.adapters.hive.metastore import Metastore, Placement
from tidegate.errors import ConfigurationError, OutcomeUnknownError, TidegateError

TABLE = Table(dbName="db", tableName="t", partitionKeys=[], sd=SimpleNamespace(location=""))


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        (TApplicationException.INTERNAL_ERROR, OutcomeUnknownError),
        (TApplicationException.UNKNOWN_METHOD, ConfigurationError),
    ],
)
def test_an_error_inside_the_server_says_nothing_about_the_change(
    monkeypatch: pytest.MonkeyPatch, answer: int, becomes: type[TidegateError]
) -> None:
    """It may have come behind the commit; a method that is not there was never begun."""

    def add_partitions(parts: object) -> None:
        raise TApplicationException(answer, "Internal error processing add_partitions")

    metastore = Metastore("thrift://127.0.0.1:1")
    wire = SimpleNamespace(get_config_value=lambda name, default: default, add_partitions=add_partitions)
    monkeypatch.setattr(metastore, "_connect", lambda: wire)
    with pytest.raises(becomes):
        metastore.add(TABLE, [Placement(("1",), "file:///a", {})])
