"""Rows that could not be read, into the dead-letter table."""

from collections.abc import Iterator
from dataclasses import asdict
from uuid import uuid4

import pyarrow as pa

from tidegate.adapters.spark.bucket import MALFORMED, BucketResult, Output
from tidegate.adapters.spark.output_files import PartitionedWriter
from tidegate.api.settings import DEAD_LETTER_SCHEMA

REASON = "the row does not fit the source's schema"


def write_malformed(output: Output, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The function that Spark calls once: rows with `MALFORMED` text and `file_path` in, one result out."""
    writer = PartitionedWriter(output.root, DEAD_LETTER_SCHEMA, (), output.prefix, f"malformed-{uuid4().hex}")
    for batch in batches:
        rows = [
            {"step": "read", "reason": REASON, "file": file, "key": None, "row": text}
            for text, file in zip(batch[MALFORMED].to_pylist(), batch["file_path"].to_pylist(), strict=True)
        ]
        if rows:
            writer.write(pa.RecordBatch.from_pylist(rows, DEAD_LETTER_SCHEMA))
    files = [(output.table, list(values), [asdict(f) for f in found]) for values, found in writer.close().items()]
    yield BucketResult(bucket=-1, files=files).batch()
