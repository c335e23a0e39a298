"""Spark's Python daemon with the epoch's modules imported before it forks workers.

Set ``spark.python.daemon.module=tidegate.adapters.spark.worker_daemon`` and ``spark.python.worker.reuse=false`` on the
server. Every task then runs in a process of its own, which starts in milliseconds: what a user's function does to its
interpreter (a module that it patches, the decimal context, the environment) ends with its task and reaches no other
pipeline (ADR 15).
"""

import gc

import pandas  # noqa: F401  (pyspark's worker wants it)
import pyarrow.pandas_compat
import pyarrow.parquet  # noqa: F401
import pyspark.worker  # noqa: F401
from pyspark import daemon

import tidegate.adapters.spark.readers.files
import tidegate.runtime.bucket
import tidegate.runtime.upsert  # noqa: F401

if __name__ == "__main__":
    # What is frozen is not copied into a child by its first garbage collection.
    gc.collect()
    gc.freeze()
    daemon.manager()
