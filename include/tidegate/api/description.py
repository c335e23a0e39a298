"""The parts of a pipeline as leaves of `protocol.fingerprint`: text, and SHA-256 of code and of what may be secret.

The same declaration gives the same leaves in every process: no address in memory, no name that a loader gives a module
and no order of a set is in them.
"""

from typing import Any

import pyarrow as pa

from tidegate.api.code import Code
from tidegate.api.graph import Operator, Sink, Transform
from tidegate.api.sources import Source
from tidegate.protocol.fingerprint import digest


def of_source(source: Source) -> dict[str, Any]:
    """What its bytes mean. Which of them an epoch takes is in the epoch."""
    meaning = {name: list(v) if isinstance(v, tuple) else v for name, v in source.meaning().items()}
    return {**meaning, "columns": _columns(source.schema)}


def of_operator(operator: Operator) -> dict[str, Any]:
    """What it reads, by input, and what it makes of it. Of the function's attributes only that they are others."""
    inputs, code = {str(i.of): i for i in operator.inputs}, Code()
    code.add(type(operator.function))
    settings = {name: digest(code.text_of(value)) for name, value in sorted(vars(operator.function).items())}
    order = {"inputs": list(inputs)} if len(inputs) > 1 else {}
    return {
        **order,
        "events": {of: _columns(i.schema) for of, i in inputs.items()},
        "transforms": {of: [_transform(t) for t in i.transforms] for of, i in inputs.items()},
        "timestamps": {of: i.timestamps and str(i.timestamps) for of, i in inputs.items()},
        "key": list(operator.key),
        "code": {name: digest(text) for name, text in code.pieces().items()},
        "settings": settings,
        "state": _columns(operator.state_schema),
        "output": {tag: _columns(schema) for tag, schema in operator.outputs.items()},
    }


def of_sink(sink: Sink) -> dict[str, Any]:
    """Which rows go there, and how."""
    table = sink.target.table
    return {
        "of": str(sink.of),
        "mode": str(sink.target.mode),
        "partition_by": list(table.partition_by),
        "primary_key": list(table.primary_key),
    }


def _transform(transform: Transform) -> str:
    code = Code()
    return digest([code.add(transform.fn), code.pieces()])


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{f.name} {f.type}" + ("" if f.nullable else " not null") for f in schema)
