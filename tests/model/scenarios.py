"""What is searched: which processes run at once over which input."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from model.automata import Node, World
from model.systems import CHECKPOINT, SOURCE, STORAGE, Row, Source
from pipelines import totals
from tidegate import Retention
from tidegate.api.graph import Sink
from tidegate.api.pipeline import Definition
from tidegate.api.settings import Target

Words = tuple[str, str]
"""What a process does, and for which run."""

_PRIVATE = frozenset({"register", "slices", "release", "fail", "now_ms"})
"""Calls to the checkpoint whose answer no other process can change, and which change nothing that another one sees."""

_HARMLESS = frozenset({"unfinished", "of_run", "tail", "known", "renew"})
"""Reads whose answer another process can only change by taking the lane first.

An attempt that is superseded between such a read and its next write is refused at that write, whatever it had read. So
nothing else changes when it reads early; only how it ends may.
"""


def _tasks(*runs: str) -> tuple[Words, ...]:
    """Airflow's two tasks for each run."""
    return tuple((work, run) for run in runs for work in ("process", "publish"))


def _files(*days: tuple[str, ...]) -> tuple[tuple[Row, ...], ...]:
    """A file for each argument, with one event a day; "d0:x" is one of another key."""
    return tuple(
        tuple(
            {"id": 10 * number + i, "key": key or f"k-{day}", "day": day, "amount": number + i + 1}
            for i, (day, _, key) in enumerate(name.partition(":") for name in of_file)
        )
        for number, of_file in enumerate(days)
    )


class _Declared(Definition):
    """A definition that is known by its name."""

    def __repr__(self) -> str:
        return self.name

    def __hash__(self) -> int:
        return hash(self.name)


class _Named(Target):
    """A target that is known by its name."""

    def __repr__(self) -> str:
        return self.name


BOTH = ("d0", "d1")


@dataclass(frozen=True)
class Scenario:
    """Processes that run at once.

    Args:
        programs: for each actor, the processes that it runs one after the other.
        runs: all runs, in the order in which they are completed at the end.
        files: what the source will hold: one file for each run, and one for the run that comes last.
        before: processes that have run alone before.
        faults: how many one history may hold in the default search.
        cleans: whether old epochs are forgotten and their files deleted, at once.
        compact_at: see `HiveTable`.
        changes: how often source file `changing` may change once it is planned.
        thorough: attempts can be interrupted even before reads that cannot matter.
        completes: what is done at the end in place of all runs; how many files show then is what the last epoch says.
        uneven: epochs touch partitions that others do not, so that what an old repair leaves shows no whole epoch.
    """

    programs: tuple[tuple[Words, ...], ...]
    runs: tuple[str, ...]
    files: tuple[tuple[Row, ...], ...] = _files(BOTH, BOTH, BOTH)
    before: tuple[Words, ...] = ()
    faults: int = 1
    cleans: bool = False
    compact_at: int | None = None
    changes: int = 0
    changing: int = 0
    thorough: bool = False
    uneven: bool = False
    completes: tuple[Words, ...] = ()

    def definition(self) -> Definition:
        """The pipeline."""
        settings = {"retention": Retention(epochs=1, grace=timedelta(0))} if self.cleans else {}
        made = totals.pipeline("p", Path("/in"), compact_at=self.compact_at, source={"max_files": 1}, **settings)
        sinks = tuple(Sink(_Named(s.target.table, s.target.schema), s.of) for s in made.sinks)
        return _Declared(made.pipeline, made.sources, made.operators, sinks)

    def world(self) -> World:
        """The systems at first."""
        return World(self.definition(), Source(self.files, len(self.runs)))

    def independent(self, node: Node) -> bool:
        """True when the next call commutes with every call that any other process may make.

        Attempts write files in folders of their own and read files that are never changed once something leads to
        them; only a clean-up deletes. Without a clean-up, then, storage is nobody's concern but the attempt's.
        """
        if node.system == STORAGE:
            return not self.cleans
        if node.system == SOURCE:
            return not self.changes
        if node.system != CHECKPOINT:
            return False
        if node.method in _PRIVATE:
            return True
        return not self.thorough and (node.method in _HARMLESS or (node.method == "heads" and node.computes))


ONE = ("d0",)

SCENARIOS: dict[str, Scenario] = {
    "two attempts at one epoch": Scenario(
        programs=(_tasks("run-1"), _tasks("run-1")), runs=("run-1",), files=_files(BOTH, BOTH), faults=0
    ),
    "two epochs and their retries": Scenario(
        programs=(_tasks("run-1", "run-2"),), runs=("run-1", "run-2"), files=_files(ONE, BOTH, BOTH), faults=2
    ),
    "a publisher that sleeps behind the next epoch": Scenario(
        programs=((("publish", "run-1"),), (("publish", "run-1"), *_tasks("run-2"))),
        runs=("run-1", "run-2"),
        files=_files(ONE, ONE, ONE),
        before=(("process", "run-1"),),
        faults=0,
    ),
    "a publisher that sleeps in its read-back behind the next epoch": Scenario(
        programs=((("publish", "run-1"),), _tasks("run-2")),
        runs=("run-1", "run-2"),
        files=_files(BOTH, BOTH, ONE),
        before=(("process", "run-1"),),
        faults=1,
        uneven=True,
    ),
    "two attempts at one swap": Scenario(
        programs=((("publish", "run-1"),), (("publish", "run-1"),)),
        runs=("run-1",),
        files=_files(BOTH, BOTH),
        before=(("process", "run-1"),),
        faults=1,
    ),
    "a file changes while its epoch is computed": Scenario(
        programs=(_tasks("run-1"),), runs=("run-1",), files=_files(BOTH, BOTH), faults=1, changes=1
    ),
    "a rollback and its retries": Scenario(
        programs=((("rollback", "back"), ("rollback", "back")),),
        runs=("run-1", "run-2"),
        files=_files(BOTH, BOTH, ONE),
        before=_tasks("run-1", "run-2"),
        faults=2,
        completes=(("rollback", "back"),),
    ),
    "a rollback while an epoch is under way": Scenario(
        programs=((("rollback", "back"),), _tasks("run-3")),
        runs=("run-1", "run-2", "run-3"),
        files=_files(BOTH, BOTH, BOTH, ONE),
        before=_tasks("run-1", "run-2"),
        faults=0,
        uneven=True,
        completes=(("rollback", "back"), *_tasks("run-3")),
    ),
    "an epoch is given up while it is computed": Scenario(
        programs=(_tasks("run-1"), (("give up", "word"),)), runs=("run-1",), files=_files(BOTH, BOTH), faults=0
    ),
    "an epoch is given up, with retries": Scenario(
        programs=((("process", "run-1"), ("give up", "word"), ("give up", "word"), *_tasks("run-1")),),
        runs=("run-1",),
        files=_files(BOTH, BOTH),
        faults=2,
    ),
    "a lane is replayed and promoted, with retries": Scenario(
        programs=((("replay", "fix"), ("replay", "fix"), ("promote", "fix"), ("promote", "fix")),),
        runs=("run-1", "run-2"),
        files=_files(BOTH, ("d0:x",), BOTH),
        before=_tasks("run-1", "run-2"),
        faults=1,
        completes=(("promote", "fix"),),
    ),
    "a live epoch while a lane is promoted": Scenario(
        programs=((("promote", "fix"),), _tasks("run-3")),
        runs=("run-1", "run-2", "run-3"),
        files=_files(ONE, ONE, ONE, ONE),
        before=(*_tasks("run-1", "run-2"), ("replay", "fix")),
        faults=0,
        uneven=True,
        completes=(("promote", "fix"), *_tasks("run-3")),
    ),
    "two runs of a backfill fill a lane, the later one first": Scenario(
        programs=((("cover 2", "run-2"),), (("cover 1", "run-1"),)),
        runs=("run-1", "run-2"),
        files=_files(ONE, ONE, ONE),
        before=_tasks("run-1", "run-2"),
        faults=0,
        completes=(("cover 2", "run-2"), ("cover 1", "run-1"), ("promote", "fix")),
    ),
    "a lane is discarded while it is replayed": Scenario(
        programs=((("replay", "fix"), ("replay", "fix")), (("discard", "fix"),)),
        runs=("run-1", "run-2"),
        files=_files(BOTH, BOTH, ONE),
        before=_tasks("run-1", "run-2"),
        faults=1,
        completes=(("discard", "fix"), ("replay", "fix"), ("promote", "fix")),
    ),
    "a clone is made, dropped and made again, with retries": Scenario(
        programs=((("clone", "copy"), ("drop", "copy"), ("drop", "copy"), ("clone", "copy"), ("clone", "copy")),),
        runs=("run-1", "run-2", "run-3"),
        files=_files(BOTH, BOTH, BOTH, ONE),
        before=_tasks("run-1", "run-2"),
        faults=2,
        cleans=True,
        completes=(("clone", "copy"), *_tasks("run-3")),
    ),
    "a clone is dropped while it is made": Scenario(
        programs=((("clone", "copy"),), (("drop", "copy"),)),
        runs=("run-1",),
        files=_files(BOTH, ONE),
        before=_tasks("run-1"),
        faults=0,
        completes=(("clone", "copy"),),
    ),
    "a live epoch and its clean-up while a table is cloned": Scenario(
        programs=((("clone", "copy"),), _tasks("run-3")),
        runs=("run-1", "run-2", "run-3"),
        files=_files(BOTH, BOTH, BOTH, ONE),
        before=_tasks("run-1", "run-2"),
        faults=1,
        cleans=True,
        completes=(("clone", "copy"), *_tasks("run-3")),
    ),
    "a compaction and a clean-up": Scenario(
        programs=(_tasks("run-3"),),
        runs=("run-1", "run-2", "run-3"),
        files=_files(ONE, ONE, ONE, ONE),
        before=_tasks("run-1", "run-2"),
        faults=1,
        cleans=True,
        compact_at=2,
    ),
    "two attempts at one epoch, each with a fault anywhere": Scenario(
        programs=(_tasks("run-1"), _tasks("run-1")), runs=("run-1",), files=_files(BOTH, BOTH), faults=1
    ),
    "two workers, each with a run of its own": Scenario(
        programs=(_tasks("run-1"), _tasks("run-2")), runs=("run-1", "run-2"), files=_files(ONE, ONE, ONE), faults=0
    ),
    "two workers, both with both runs": Scenario(
        programs=(_tasks("run-1", "run-2"), _tasks("run-1", "run-2")),
        runs=("run-1", "run-2"),
        files=_files(ONE, ONE, ONE),
        faults=0,
    ),
}
LONG = tuple(SCENARIOS)[-3:]
"""Those that take minutes: `make model` searches them too."""


def history(epochs: int) -> Scenario:
    """Two workers that both run every epoch, with much going wrong: for walks, not for searches."""
    runs = tuple(f"run-{n}" for n in range(1, epochs + 1))
    return Scenario(
        programs=(_tasks(*runs), _tasks(*runs)),
        runs=runs,
        files=_files(*((BOTH, ONE)[n % 3 == 2] for n in range(epochs + 1))),
        faults=epochs,
        thorough=True,
    )
