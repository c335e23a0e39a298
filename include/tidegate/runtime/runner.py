"""How a pass over a bucket and what calls the user's function meet."""

from typing import Protocol

import numpy as np
import pyarrow as pa

from tidegate.runtime.events import Misfits
from tidegate.runtime.state_runs import Stored


class Runner(Protocol):
    """Gives a function the events of one bucket, and takes what it yields and what state it changes.

    Batches come sorted by key hash and key, events of a key in order; a key's events may go on in the next batch. For
    each batch `prepare` is called until it has no misfits, then `run`. What the function raises ends the pass with a
    UserFunctionError, or makes a dead letter where the pipeline keeps them; then that event leaves no trace in rows
    and state.
    """

    def open(self) -> None:
        """Ready the function; called once, before the first batch. Raises UserFunctionError."""

    def prepare(self, batch: pa.RecordBatch) -> Misfits:
        """Take in a batch of `BucketSpec.events` and tidegate's own columns; or name the rows that `run` cannot."""

    def run(self, starts: np.ndarray, stored: Stored) -> None:
        """Handle the batch. `starts` are the places of each key's first event in it, `stored` is the state by key.

        Of the first key, when its events began in an earlier batch, the state is at hand already.
        """

    def end(self) -> None:
        """No batch follows."""

    def rows(self, least: int) -> pa.RecordBatch | None:
        """The rows that were yielded, in order, given out once; None while there are fewer than `least`."""

    def changes(self, least: int) -> pa.RecordBatch | None:
        """The changed keys with their state, ascending by hash, given out once; None while fewer than `least`."""

    @property
    def place(self) -> str:
        """Which key is at hand, for people."""
