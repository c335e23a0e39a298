"""A pipeline as a graph: sources, operators that read them or one another, and sinks, each under a name for good.

The steps of `api.pipeline` build it. Nothing here runs, and nothing asks the world.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from tidegate.api.function import KeyedProcessFunction
from tidegate.api.settings import Target

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MAIN_OUTPUT = "main"
"""The tag of the rows that a function yields."""


class Port(NamedTuple):
    """What events or rows come out of: a source, which has the tag "", or an output of an operator."""

    uid: str
    tag: str = ""

    def __str__(self) -> str:
        return f"{self.uid}.{self.tag}" if self.tag else self.uid


@dataclass(frozen=True)
class Transform:
    """A DataFrame → DataFrame step and the line that declares it."""

    fn: "Callable[[DataFrame], DataFrame]"
    line: str


@dataclass(frozen=True)
class Timestamps:
    """Which column is event time, and how late an event may come."""

    column: str
    max_out_of_orderness: timedelta

    def __str__(self) -> str:
        return f"{self.column}, out of order by {self.max_out_of_orderness}"


@dataclass(frozen=True)
class Input:
    """Events on their way from `of` into an operator. `schema` are their columns behind the transforms."""

    of: Port
    schema: pa.Schema
    transforms: tuple[Transform, ...] = ()
    timestamps: Timestamps | None = None


@dataclass(frozen=True)
class Operator:
    """A function that is called for the events of its inputs, key by key.

    Args:
        uid: names its state, for good.
        inputs: what it reads, in the order in which it gets the events of an epoch; all have the same columns.
        key: the columns by which events are grouped.
        function: the user's.
        outputs: the columns of the rows that it yields, by tag.
    """

    uid: str
    inputs: tuple[Input, ...]
    key: tuple[str, ...]
    function: KeyedProcessFunction
    outputs: Mapping[str, pa.Schema]

    @property
    def events(self) -> pa.Schema:
        """The columns of the events that the function gets."""
        return self.inputs[0].schema

    @property
    def transformed(self) -> bool:
        """Whether rows of any input go through transforms."""
        return any(i.transforms for i in self.inputs)

    @property
    def timed(self) -> bool:
        """Whether events have times: those of all inputs, or of none."""
        return self.inputs[0].timestamps is not None

    @property
    def state_schema(self) -> pa.Schema:
        """Columns of the stored state: the key columns, then one per declared state."""
        states = self.function.states()
        return pa.schema([*(self.events.field(c) for c in self.key), *((n, s.dtype) for n, s in states.items())])


@dataclass(frozen=True)
class Sink:
    """The table `target` gets the rows that come out of `of`."""

    target: Target
    of: Port
