"""tidegate inside Airflow: DAGs, operators, connections, the plugin page.

Names are imported when they are first used, so that Airflow's look at the provider and the plugin costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate.orchestration.assets import table_asset
    from tidegate.orchestration.connections import Connections
    from tidegate.orchestration.correction import correction_dag
    from tidegate.orchestration.dag import epoch_dag
    from tidegate.orchestration.promotion import promotion_dag
    from tidegate.orchestration.rollback import rollback_dag
    from tidegate.protocol.intervals import Bound

__all__ = ["Bound", "Connections", "correction_dag", "epoch_dag", "promotion_dag", "rollback_dag", "table_asset"]

_HOMES = {
    "Bound": "tidegate.protocol.intervals",
    "Connections": "tidegate.orchestration.connections",
    "correction_dag": "tidegate.orchestration.correction",
    "epoch_dag": "tidegate.orchestration.dag",
    "promotion_dag": "tidegate.orchestration.promotion",
    "rollback_dag": "tidegate.orchestration.rollback",
    "table_asset": "tidegate.orchestration.assets",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
