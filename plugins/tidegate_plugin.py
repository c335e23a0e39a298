"""Registers tidegate's pages where the package is on the path but not installed.

An installed tidegate registers them through its entry point; a second registration would mount the pages twice.
"""

from importlib.metadata import entry_points

if not any(e.value == "tidegate.orchestration.plugin:TidegatePlugin" for e in entry_points(group="airflow.plugins")):
    from tidegate.orchestration.plugin import TidegatePlugin

    __all__ = ["TidegatePlugin"]
