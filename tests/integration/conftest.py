"""The real metastore and HiveServer2, as the tests of the sink use them."""

from collections.abc import Iterator

import pytest

from faults.proxy import Proxy
from pipelines.warehouse import Warehouse, nothing
from tidegate.wiring import Endpoints


@pytest.fixture
def warehouse(endpoints: Endpoints) -> Iterator[Warehouse]:
    made = Warehouse(endpoints)
    yield made
    made.close()


@pytest.fixture
def ready(warehouse: Warehouse) -> Warehouse:
    """Tables are there."""
    warehouse.sink().prepare(warehouse.definition, nothing)
    return warehouse


@pytest.fixture
def proxy(endpoints: Endpoints) -> Iterator[Proxy]:
    with Proxy.to(endpoints.metastore) as made:
        yield made
