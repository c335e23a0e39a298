"""One function in one process: events in, rows, state and dead letters out."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from random import Random
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from tidegate.adapters.processing import spec_of
from tidegate.api.files import FileSource
from tidegate.api.function import KeyedProcessFunction
from tidegate.api.pipeline import Definition, Pipeline
from tidegate.api.settings import HiveTable
from tidegate.errors import TidegateError
from tidegate.ports import EpochTask
from tidegate.protocol.model import Epoch, LaneId, Run, StateRun, Status
from tidegate.runtime.bucket import BucketTask
from tidegate.runtime.events import PLACED
from tidegate.runtime.output_files import PartitionedWriter
from tidegate.runtime.spec import Output
from tidegate.runtime.state_runs import run_schema
from tidegate.testing.contents import Key, rows_of, states_of, stored
from tidegate.testing.live_state import LiveState
from tidegate.testing.placing import keyed

Event = Mapping[str, Any]
_NAME = "harness"


class Harness:
    """Calls a KeyedProcessFunction as a task does: the same checks, the same state, stored and read in the same way.

    Events are handled one by one as they are given, of any number of keys. Those since the last `epoch` are an epoch
    under way. When the function raises, or yields what is no row of `output`, the error is raised as in a run, and the
    epoch is lost as by `crash`; with `dead_letters` the event goes there instead and leaves no trace.

    Give the columns as they come to the function: behind the pipeline's transforms.

    Args:
        function: never changed itself: each epoch has a copy, on which `open` is called.
        key: the `key_by` columns.
        schema: the columns of events.
        output: the columns of the rows that the function yields.
        timestamps: the column of event time, as for `assign_timestamps`; without it `ctx.timestamp()` is None.
        dead_letters: whether refused events are kept.

    Raises:
        DefinitionError: what a pipeline would not be allowed to declare.
    """

    def __init__(
        self,
        function: KeyedProcessFunction,
        *,
        key: str | tuple[str, ...],
        schema: pa.Schema,
        output: pa.Schema,
        timestamps: str | None = None,
        dead_letters: bool = False,
    ) -> None:
        columns = (key,) if isinstance(key, str) else key
        pipeline = Pipeline(_NAME, buckets=1, dead_letters=f"{_NAME}.dead" if dead_letters else None)
        stream = pipeline.source(FileSource(f"/{_NAME}", "json", schema))
        stream = stream if timestamps is None else stream.assign_timestamps(timestamps)
        processed = stream.key_by(*columns).process(function, output=output)
        self._begin(processed.sink(HiveTable(f"{_NAME}.output")))

    def _begin(self, definition: Definition) -> None:
        self._definition = definition
        operator = definition.operator
        self._run_schema = run_schema(operator.state_schema, operator=operator.uid, key=operator.key)
        self._folder = TemporaryDirectory(prefix="tidegate-")
        self._runs: tuple[StateRun, ...] = ()
        self._epochs = 0
        self._pass: _Pass | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary folder."""
        self._folder.cleanup()

    # -- events ---------------------------------------------------------------------------------------------------

    def process(self, **event: Any) -> None:
        """Handle one event. A column that is not given is null.

        Raises:
            TypeError, ValueError: a value is not of its column's type, or there is no such column.
            UserFunctionError: the event is refused, and there are no dead letters.
        """
        self.process_all([event])

    def process_all(self, events: Iterable[Event]) -> None:
        """Handle events one by one, in order; see `process`."""
        (stream,) = self._definition.operator.inputs
        schema = stream.schema
        for event in events:
            if unknown := event.keys() - set(schema.names):
                raise TypeError(f"the events have no column {sorted(unknown)[0]!r}: {', '.join(schema.names)}")
            row = pa.RecordBatch.from_pylist([dict(event)], pa.schema([f.with_nullable(True) for f in schema]))
            for column, dtype in zip(PLACED.names, PLACED.types, strict=True):
                row = row.append_column(column, pa.array([0], dtype))
            try:
                task = self._under_way().task
                task.feed(keyed(self._definition, stream, row))
                task.settle()
            except TidegateError:
                self.crash()
                raise

    def epoch(self) -> list[dict[str, Any]]:
        """End the epoch and return its rows. State is stored and, from here on, what was stored is read back."""
        rows = self.output
        if self._pass is not None:
            self._runs = self._pass.task.finish().state
            self._epochs += 1
            self._pass = None
        return rows

    def crash(self) -> None:
        """Lose what is not of an ended epoch: events, rows, dead letters, and what they did to state."""
        self._pass = None

    def _under_way(self) -> "_Pass":
        if self._pass is None:
            number = self._epochs + 1
            self._pass = _Pass(self._definition, self._runs, f"file://{self._folder.name}/{number}", number)
        return self._pass

    # -- what came out --------------------------------------------------------------------------------------------

    @property
    def output(self) -> list[dict[str, Any]]:
        """The rows since the last epoch ended, in the order of their yields."""
        return [] if self._pass is None else list(self._pass.rows)

    @property
    def dead_letters(self) -> list[dict[str, Any]]:
        """The refused events since the last epoch ended: the rows of the dead-letter table."""
        return [] if self._pass is None else list(self._pass.letters)

    def state(self, *key: Any) -> dict[str, Any]:
        """The states of a key, by name, None where there is none; empty when the key has no state at all."""
        return self.states().get(key, {})

    def states(self) -> dict[Key, dict[str, Any]]:
        """The states of every key that has some."""
        key, put = self._definition.key, None if self._pass is None else self._pass.state.rows()
        return states_of(stored(self._runs, self._run_schema, key=key, put=put), key=key)

    # -- every cut ------------------------------------------------------------------------------------------------

    def every_split(self, events: Iterable[Event], *, most: int = 64, seed: int = 0) -> int:
        """Check that it makes no difference where epochs end: the same rows, dead letters and state for every cut.

        Each cut is tried from an empty state, in a harness of its own; this one is left alone.

        Args:
            events: in order.
            most: try every cut when there are not more (of n events there are 2 ** (n - 1)), else so many, drawn at
                random, and the one behind each event among them.
            seed: of what is drawn.

        Returns:
            How many cuts were tried.

        Raises:
            AssertionError: names a cut that makes a difference, and both outcomes.
        """
        given = list(events)
        expected = self._outcome(given, ())
        cuts = _cuts(len(given), most, seed)
        for cut in cuts:
            found = self._outcome(given, cut)
            for what, one, other in zip(("rows", "dead letters", "states"), expected, found, strict=True):
                assert repr(one) == repr(other), (
                    f"epochs that end behind event {', '.join(map(str, cut))} give other {what} than one epoch: "
                    f"{other}, not {one}"
                )
        return len(cuts)

    def _outcome(self, events: list[Event], cut: tuple[int, ...]) -> tuple[Any, Any, Any]:
        rows: list[dict[str, Any]] = []
        letters: list[dict[str, Any]] = []
        other = copy(self)
        other._begin(self._definition)
        with other:
            for start, stop in pairwise((0, *cut, len(events))):
                other.process_all(events[start:stop])
                letters += other.dead_letters
                rows += other.epoch()
            return rows, letters, other.states()


def _cuts(events: int, most: int, seed: int) -> list[tuple[int, ...]]:
    """Places behind events, between the first and the last."""
    places = range(1, events)
    if 2 ** len(places) <= most:
        return [cut for size in range(len(places) + 1) for cut in combinations(places, size)]
    random = Random(seed)  # noqa: S311  (no secret)
    return [tuple(places), *(tuple(p for p in places if random.random() < 0.5) for _ in range(most - 1))]


class _Pass:
    """An epoch under way: the task, and what it handed on."""

    def __init__(self, definition: Definition, runs: tuple[StateRun, ...], root: str, number: int) -> None:
        epoch = Epoch(LaneId(_NAME), number, 1, Status.PLANNED, 1, Run(_NAME, _NAME), "", {})
        task = EpochTask(definition, epoch, (), {}, runs, {}, root, locate=lambda *_: {})
        spec = spec_of(task, dict.fromkeys(definition.sources, (_NAME,)))
        self.rows: list[dict[str, Any]] = []
        self.letters: list[dict[str, Any]] = []
        letters = spec.dead_letters and _Kept(**vars(spec.dead_letters), rows=self.letters)
        outputs = tuple(_Kept(**vars(output), rows=self.rows) for output in spec.outputs)
        spec = replace(spec, outputs=outputs, dead_letters=letters)
        self.state = LiveState.of(spec, 0)
        self.task = BucketTask(spec, 0, self.state)


@dataclass(frozen=True)
class _Kept(Output):
    """A table whose rows are kept here, and not in files."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def writer(self, schema: pa.Schema, part: str) -> PartitionedWriter:
        made = _Keeper(self.root, schema, self.partition_by, self.prefix, part)
        made.kept = self.rows
        return made


class _Keeper(PartitionedWriter):
    kept: list[dict[str, Any]]

    def write(self, batch: pa.RecordBatch) -> None:
        self.kept += rows_of(batch)
