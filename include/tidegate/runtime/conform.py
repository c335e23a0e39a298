"""Rows of files that were written before a column was added to their table."""

import pyarrow as pa


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """The batch with the columns of `schema`, in their order; those that it does not have are null."""
    there = set(batch.schema.names)
    columns = [
        batch.column(f.name).cast(f.type) if f.name in there else pa.nulls(batch.num_rows, f.type) for f in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
