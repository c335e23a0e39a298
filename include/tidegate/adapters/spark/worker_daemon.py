"""Spark's Python daemon with the epoch's modules imported before it forks workers.

Set ``spark.python.daemon.module=tidegate.adapters.spark.worker_daemon`` and ``spark.python.worker.reuse=false`` on the
server. Every task then runs in a process of its own, which starts in milliseconds: what a user's function does to its
interpreter (a module that it patches, the decimal context, the environment) ends with its task and reaches no other
pipeline (ADR 15).
"""

import gc
import sys
import zipimport

import pandas  # noqa: F401  (pyspark's worker wants it)
import pyarrow.pandas_compat
import pyarrow.parquet  # noqa: F401
import pyspark.worker  # noqa: F401
from pyspark import daemon

import tidegate.adapters.files.reader
import tidegate.adapters.kafka.reader
import tidegate.adapters.spark.reading
import tidegate.runtime.bucket
import tidegate.runtime.upsert  # noqa: F401


def forget_archives() -> None:
    """Drop the importers of archives; one that is needed again is made again, from what is known of its archive.

    Each worker tells all importers to forget what they know. There is one for each package in Spark's ``pyspark.zip``,
    and each then reads the archive's whole directory: together 90 ms of processor time, for nothing.
    """
    for path, importer in list(sys.path_importer_cache.items()):
        if isinstance(importer, zipimport.zipimporter):
            del sys.path_importer_cache[path]


if __name__ == "__main__":
    forget_archives()
    # What is frozen is not copied into a child by its first garbage collection.
    gc.collect()
    gc.freeze()
    daemon.manager()
