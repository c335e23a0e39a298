"""Spark's Python daemon with the epoch's modules imported before it forks workers.

Set ``spark.python.daemon.module=tidegate.adapters.spark.worker_daemon`` on the server: a new worker then starts in
milliseconds, where it would first import pandas and pyarrow. Spark ends workers that were idle for a minute, so
without this every epoch of a slower schedule pays for the imports.
"""

import pandas  # noqa: F401  (pyspark's worker wants it)
import pyarrow.parquet  # noqa: F401
from pyspark import daemon

import tidegate.adapters.spark.bucket
import tidegate.adapters.spark.upsert  # noqa: F401

if __name__ == "__main__":
    daemon.manager()
