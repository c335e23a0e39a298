"""What Airflow's list of providers says about tidegate. Airflow imports this in every process: keep it light."""

from typing import Any

from tidegate import __version__


def get_provider_info() -> dict[str, Any]:
    """The provider's description, valid against Airflow's provider_info.schema.json."""
    return {
        "package-name": "tidegate",
        "name": "tidegate",
        "description": "Exactly-once, stateful micro-batch epochs into Hive, run by Airflow on PySpark.",
        "versions": [__version__],
        "integrations": [
            {
                "integration-name": "tidegate",
                "external-doc-url": "https://pypi.org/project/tidegate/",
                "tags": ["software"],
            }
        ],
        "operators": [{"integration-name": "tidegate", "python-modules": ["tidegate.orchestration.operators"]}],
    }
