"""Test your function and your pipeline in one process: no JVM, no Airflow, no services.

`Harness` is one function with its state; `LocalRun` is a whole pipeline, with the engine and the tasks that also run in
production. Both keep their files in a temporary folder: use them in a `with` statement.
"""

from tidegate.testing.harness import Harness
from tidegate.testing.local_run import LocalRun

__all__ = ["Harness", "LocalRun"]
