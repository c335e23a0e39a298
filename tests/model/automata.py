"""Systems and attempts as finite automata over small numbers, so that a step that was made once is looked up.

A `World` numbers the states of each system, all calls and all answers. A `Task` is a graph: what an attempt calls next
after which answer. A branch that is not known yet is found by running the real code from its start with the answers
that lead there; it must make the same calls again, which is checked.
"""

from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from model.attempts import Worker, tables_of
from model.systems import CHECKPOINT, CLONE, METASTORE, NAMES, Checkpoint, Metastore, Source, Storage, System
from model.tables import Tables
from tidegate.api.pipeline import Definition
from tidegate.engine.clones import Clones
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.corrections import correct, give_up
from tidegate.engine.lanes import Lanes
from tidegate.engine.rollback import roll_back
from tidegate.errors import RefusedError
from tidegate.protocol.model import MAIN_LANE, Lease, Run, Word

SOURCE_OF_CLONE = "t.p_latest"
"""What the clone shows: every epoch replaces its partitions."""

MOST_CALLS = 2_000
"""An attempt that makes more calls than this while it is alone does not end."""

Point = tuple[int, int, int, int]
"""The number of each system's state."""


class Call(NamedTuple):
    """One call to one system."""

    system: int
    method: str
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        words = [_short(a) for a in self.args] + [f"{k}={_short(v)}" for k, v in self.kwargs]
        return f"{NAMES[self.system]}.{self.method}({', '.join(words)})"


class Answer(NamedTuple):
    """A result, or the error to raise."""

    result: Any
    error: type[Exception] | None = None
    injected: bool = False

    def take(self) -> Any:
        """Give it to the attempt."""
        if self.error is not None:
            raise self.error(self.result)
        return self.result


class World:
    """The systems, and every state, call and answer that was met."""

    def __init__(self, definition: Definition, source: Source) -> None:
        self.source = source
        self.worker = Worker(definition, tables_of(definition))
        self.systems: tuple[System, ...] = (Checkpoint(definition), Metastore(), Storage(), source)
        self.states: tuple[list[Any], ...] = tuple([s.initial] for s in self.systems)
        self._numbers: tuple[dict[Hashable, int], ...] = tuple({s.key(cast("Any", s.initial)): 0} for s in self.systems)
        self.calls: list[Call] = []
        self._calls: dict[str, int] = {}
        self.answers: list[Answer] = []
        self._answers: dict[str, int] = {}
        self._steps: dict[tuple[int, int], tuple[int, int]] = {}
        self.tasks: dict[tuple[str, str], Task] = {}
        self.nodes: list[Node] = []

    def state(self, point: Point, system: int) -> Any:
        """One system's state."""
        return self.states[system][point[system]]

    def tables(self, number: int) -> Tables:
        """A state of the checkpoint database."""
        tables: Tables = self.states[CHECKPOINT][number]
        return tables

    def call(self, call: Call) -> int:
        """The number of a call."""
        key = repr(call)
        if key not in self._calls:
            self._calls[key] = len(self.calls)
            self.calls.append(call)
        return self._calls[key]

    def answer(self, answer: Answer) -> int:
        """The number of an answer."""
        key = repr(answer)
        if key not in self._answers:
            self._answers[key] = len(self.answers)
            self.answers.append(answer)
        return self._answers[key]

    def step(self, state: int, call: int) -> tuple[int, int]:
        """Make a call: the system's next state, and the answer."""
        found = self._steps.get((state, call))
        if found is None:
            made = self.calls[call]
            system = self.systems[made.system]
            before = after = self.states[made.system][state]
            try:
                after, result = system.apply(before, made.method, made.args, dict(made.kwargs))
                answer = Answer(result)
            except Exception as e:  # noqa: BLE001  (whatever the system raises is its answer)
                answer = Answer(str(getattr(e, "message", None) or e), type(e))
            number = state if after is before else self._number(made.system, after)
            found = self._steps[state, call] = number, self.answer(answer)
        return found

    def _number(self, system: int, state: Any) -> int:
        key = self.systems[system].key(state)
        number = self._numbers[system].get(key)
        if number is None:
            number = self._numbers[system][key] = len(self.states[system])
            self.states[system].append(state)
        return number

    def task(self, work: str, run_key: str) -> "Task":
        """The task that does `work` for a run."""
        if (work, run_key) not in self.tasks:
            self.tasks[work, run_key] = Task(self, work, run_key)
        return self.tasks[work, run_key]

    def moved(self, point: Point, call: Call) -> Point:
        """What a call of nobody's, as of a person or of nature, makes of the world."""
        return moved(point, call.system, self.step(point[call.system], self.call(call))[0])


def moved(point: Point, system: int, state: int) -> Point:
    """`point` with another state of one system."""
    return (*point[:system], state, *point[system + 1 :])  # type: ignore[return-value]


@dataclass(eq=False)
class Node:
    """Where an attempt stands: before its next call, knowing what it knows, or at its end.

    `parent` and `answer` are the way on which it was found first. `hit` is True when one of the answers was a fault.
    `fences` are the attempt's, once it has them, by lane. `computes` is True from its epoch's adoption or plan until it
    is staged, or until its swap begins.
    """

    number: int
    task: "Task"
    parent: "Node | None"
    answer: int
    hit: bool = False
    fences: dict[str, int] = field(default_factory=dict)
    computes: bool = False
    call: int = -1
    system: int = -1
    method: str = ""
    outcome: str = ""
    message: str = ""
    next: dict[int, "Node"] = field(default_factory=dict)

    @property
    def fence(self) -> int:
        """The attempt's fence on the main lane."""
        return self.fences.get(MAIN_LANE, 0)

    def superseded(self, tables: Tables) -> bool:
        """True when a newer attempt took one of the lanes that it has."""
        return any(tables.fence(lane) != fence for lane, fence in self.fences.items())


class _Diverged(BaseException):
    """The same answers led to another call."""


class Task:
    """What one process does for one run: one of `WORK`."""

    def __init__(self, world: World, work: str, run_key: str) -> None:
        self.world = world
        self.name = f"{work} {run_key}"
        self.run = Run(run_key, run_key)
        self.work = WORK[work]
        self.root = self.node(None, -1)
        self._follow([self.root], (0, 0, 0, 0))

    def after(self, node: Node, answer: int, point: Point) -> Node:
        """Where the attempt stands when its call gets this answer. `point` is only used to look ahead from there."""
        if answer not in node.next:
            path = [node]
            while path[-1].parent is not None:
                path.append(path[-1].parent)
            self._follow(path[::-1], point, answer)
        return node.next[answer]

    def node(self, parent: Node | None, answer: int) -> Node:
        """A new node behind an answer."""
        node = Node(len(self.world.nodes), self, parent, answer)
        if parent is not None:
            got = self.world.answers[answer]
            node.hit = parent.hit or got.injected
            lease = got.result
            node.fences = parent.fences | ({lease.lane.lane: lease.fence} if isinstance(lease, Lease) else {})
            node.computes = parent.method in _ENTRIES or (parent.computes and parent.method not in _COMPUTED)
            parent.next[answer] = node
        self.world.nodes.append(node)
        return node

    def _follow(self, path: list[Node], point: Point, answer: int = -1) -> None:
        """Run the attempt along `path`, give it one more answer, and go on as if it were alone from there."""
        tape = _Tape(self.world, path, list(point), answer)
        outcome, message = "returned", ""
        try:
            self.work(self.world.worker.coordinator(tape.ask), self.run)
        except Exception as e:  # noqa: BLE001  (every end of an attempt is judged later)
            outcome, message = type(e).__name__, str(e)
        tape.end(outcome, message)


class _Tape:
    """Gives an attempt the answers of a known path, then one more, then those of a world that it lets change."""

    def __init__(self, world: World, path: list[Node], point: list[int], answer: int) -> None:
        self._world = world
        self._path = path
        self._point = point
        self._answer = answer
        self._asked = 0
        self._node = path[0]
        self._given = 0

    def ask(self, system: int, method: str, *args: Any, **kwargs: Any) -> Any:
        call = self._world.call(Call(system, method, args, tuple(sorted(kwargs.items()))))
        self._asked += 1
        if self._asked <= len(self._path):
            return self._again(call)
        node = self._arrive()
        self._describe(node, call)
        if self._asked > MOST_CALLS:
            raise AssertionError(f"more than {MOST_CALLS} calls")
        return self._take(node, call)

    def _again(self, call: int) -> Any:
        """A call on the known path."""
        node = self._path[self._asked - 1]
        if node.call < 0:
            self._describe(node, call)
        if node.call != call:
            raise _Diverged(f"{self._world.calls[call]} where {self._world.calls[node.call]} came before")
        if self._asked < len(self._path):
            self._given = self._path[self._asked].answer
            return self._world.answers[self._given].take()
        return self._take(node, call)

    def _take(self, node: Node, call: int) -> Any:
        if self._answer < 0:
            self._point[node.system], self._answer = self._world.step(self._point[node.system], call)
        self._node, self._given, self._answer = node, self._answer, -1
        return self._world.answers[self._given].take()

    def _describe(self, node: Node, call: int) -> None:
        node.call, node.system, node.method = call, self._world.calls[call].system, self._world.calls[call].method

    def _arrive(self) -> Node:
        return self._node.task.node(self._node, self._given)

    def end(self, outcome: str, message: str) -> None:
        if self._asked < len(self._path):
            raise _Diverged(f"it ended where it went on before: {outcome} {message}")
        node = self._arrive()
        node.outcome, node.message = outcome, message


def _work(name: str) -> Callable[[Coordinator, Run], Any]:
    return lambda coordinator, run: getattr(coordinator, name)(run)


def _discard(coordinator: Coordinator, run: Run) -> None:
    """Give the lane up, if it is there and open."""
    with suppress(RefusedError):
        Lanes(coordinator).discard("fix")


def _give_up(coordinator: Coordinator, run: Run) -> object:
    with suppress(RefusedError):  # it is staged already
        return correct(coordinator, run, Word("a person", "why"), give_up)
    return None


def _drop(coordinator: Coordinator, run: Run) -> None:
    """Drop the clone, if it is there."""
    with suppress(RefusedError):
        Clones(coordinator).drop(run, CLONE)


WORK: Mapping[str, Callable[[Coordinator, Run], Any]] = {
    "process": _work("process"),
    "publish": _work("publish"),
    "repair": _work("repair"),
    "rollback": lambda coordinator, run: roll_back(coordinator, run, to_epoch=1),
    "replay": lambda coordinator, run: list(Lanes(coordinator).replay(run, "fix", since=1)),
    "cover 1": lambda coordinator, run: Lanes(coordinator).cover(run, "fix", 1),
    "cover 2": lambda coordinator, run: Lanes(coordinator).cover(run, "fix", 2),
    "promote": lambda coordinator, run: Lanes(coordinator).promote(run, "fix"),
    "clone": lambda coordinator, run: Clones(coordinator).make(run, SOURCE_OF_CLONE, CLONE),
    "drop": _drop,
    "discard": _discard,
    "give up": _give_up,
    "clean": lambda coordinator, run: coordinator.clean(run, dry_run=False),
}
"""What a process may be told to do."""

_ENTRIES = frozenset({"adopt", "plan"})
_COMPUTED = frozenset({"stage", "begin_swap"})

METHODS_OF_WRITES: Mapping[int, frozenset[str]] = {
    CHECKPOINT: frozenset(
        {
            "acquire",
            "release",
            "adopt",
            "plan",
            "stage",
            "begin_swap",
            "begin_repair",
            "publish",
            "seal",
            "abandon",
            "correct",
            "fork",
            "discard",
            "fail",
            "forget",
            "record_clone",
            "forget_clone",
        }
    ),
    METASTORE: frozenset({"add", "alter", "drop", "make", "unmake"}),
    2: frozenset({"put", "delete"}),
}
"""The durable effects."""


def _short(value: Any) -> str:
    text = f"{len(value)} bytes" if isinstance(value, bytes) else str(value)
    return text if len(text) <= 90 else text[:87] + "…"
