"""Every interleaving of some processes, with every fault that the budget allows, over the real engine code.

    python tests/model/search.py [--scenario NAME] [--faults N]

A state is where each system and each process stands, which faults are left, and what is still to be put right. States
are visited breadth first, each one once, so a violation is told as one of the shortest stories that lead to it.

A process moves without the others being considered when its next call is independent of all that they may do: it
touches only what nobody else changes. Calls that commute lead to the same states in either order (Godefroid, 1996), and
no invariant looks at the states between. Which calls these are stands in `Scenario.independent`.

Faults at each durable effect: the process dies before or behind it; the call is lost before it took effect, with an
error that says so or not; its answer is lost; a metastore call that timed out takes effect at any later moment; a
group of files is written in part. A lease that is taken while its holder lives is no fault: it may always happen.
"""

import argparse
import random
import sys
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from thrift.transport.TTransport import TTransportException

from model.audit import Auditor, Violation
from model.automata import METHODS_OF_WRITES, Answer, Call, Node, Point, World, moved
from model.scenarios import SCENARIOS, Scenario
from model.systems import CHECKPOINT, METASTORE, SOURCE, STORAGE
from tidegate.errors import OutcomeUnknownError, UnavailableError
from tidegate.protocol.model import MAIN_LANE

GO, DIES_BEFORE, DIES_AFTER, REFUSED, LOST, ANSWER_LOST, DELAYED, IN_PART, DIES_IN_PART, ARRIVES, CHANGES = range(11)
WORDS = (
    "",
    "it dies before that",
    "it dies right after that",
    "the call fails and changes nothing",
    "the call is lost: nothing changed, but nobody can know",
    "it takes effect, but the answer is lost",
    "the call times out, and takes effect later",
    "only a part of it is written, then it fails",
    "only a part of it is written, then it dies",
    "a call that had timed out takes effect",
    "the file changes, or changes back",
)
_LOST = {
    CHECKPOINT: Answer("lost during COMMIT", OutcomeUnknownError, injected=True),
    METASTORE: Answer("timed out", TTransportException, injected=True),
    STORAGE: Answer("could not be written", UnavailableError, injected=True),
}
_CALM = 0.9
_REFUSED = Answer("no connection", UnavailableError, injected=True)


class Actor(NamedTuple):
    """A sequence of processes, one after the other: it stands at a node of its program's task number `task`.

    `late` is True when the process made a swap after it was superseded, and may have to put that right.
    """

    task: int
    node: int
    late: bool


class State(NamedTuple):
    """Everything that decides what can happen next.

    `late`: a superseded process made a swap, and the metastore has not been in place since. `stale`: the process that
    should have put that right was hit by a fault, so the next epoch must. `delayed`: a metastore call still under way,
    and the fence of its sender. `changes`: how often a source file may still change.
    """

    point: Point
    actors: tuple[Actor, ...]
    faults: int
    late: int = 0
    stale: bool = False
    delayed: tuple[int, int] | None = None
    changes: int = 0


class Move(NamedTuple):
    """What happened: an actor's call, or something around them (`actor` is -1)."""

    actor: int
    node: int
    what: int


@dataclass
class Found:
    """What a search came to. `story` is empty when every state satisfies everything."""

    states: int = 0
    moves: int = 0
    ends: int = 0
    worlds: int = 0
    seconds: float = 0.0
    problem: str = ""
    story: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = f"{self.states:,} states, {self.moves:,} moves, {self.ends:,} ends in {self.worlds:,} worlds"
        lines = [f"{counts}, {self.seconds:.1f} s"]
        if self.problem:
            lines += [f"VIOLATION {self.problem}", *(f"  {line}" for line in self.story)]
        return "\n".join(lines)


class Orphans:
    """Files of attempts that ended before they were STAGED: nothing leads there, so nobody will look."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._without: dict[tuple[int, int, tuple[str, int]], int] = {}

    def forgotten(self, point: Point, node: Node) -> Point:
        """The same without the files of the attempt that ended at `node`."""
        for mine in sorted(node.fences.items()):
            key = point[CHECKPOINT], point[STORAGE], mine
            if key not in self._without:
                parts = f"/lane={mine[0]}/", f"/attempt={mine[1]}/"
                rows = self.world.tables(point[CHECKPOINT]).epochs.values()
                stays = any(all(part in (row["manifest_uri"] or "") for part in parts) for row in rows)
                call = Call(STORAGE, "forget", parts, ())
                self._without[key] = point[STORAGE] if stays else self.world.moved(point, call)[STORAGE]
            point = moved(point, STORAGE, self._without[key])
        return point


class Engine:
    """The moves of a scenario's states."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.world: World = scenario.world()
        self.auditor = Auditor(self.world)
        self.programs = [[self.world.task(*words) for words in program] for program in scenario.programs]
        self._alike = len(set(scenario.programs)) == 1
        self._alone: dict[tuple[Point, bool], Point] = {}
        self._orphans = Orphans(self.world)

    def start(self, faults: int) -> State:
        """Nobody has begun."""
        point: Point = (0, 0, 0, 0)
        for words in self.scenario.before:
            point = self.alone(point, *words)
        actors = tuple(Actor(0, program[0].root.number, late=False) for program in self.programs)
        state = State(point, actors, faults, changes=self.scenario.changes)
        for i in range(len(actors)):
            state = self._rest(state, i)
        return state

    # -- moves --------------------------------------------------------------------------------------------------------

    def moves(self, state: State) -> Iterator[tuple[Move, State | Violation]]:
        """Everything that may happen next, with the state behind it or what is wrong then."""
        for move, change in self.choices(state):
            try:
                yield move, self._ordered(change())
            except Violation as e:
                yield move, e

    def _ordered(self, state: State) -> State:
        """Actors with the same program may change places: what they are called makes no difference."""
        return state._replace(actors=tuple(sorted(state.actors))) if self._alike else state

    def choices(self, state: State) -> Iterator[tuple[Move, Callable[[], State]]]:
        """Everything that may happen next; the call makes it so, or raises Violation."""
        alive = [(i, node) for i in range(len(state.actors)) if (node := self.node(state, i)) is not None]
        first = next(((i, node) for i, node in alive if self.scenario.independent(node)), None)
        for i, node in alive if first is None else [first]:
            for what in self._choices(state, node):
                yield Move(i, node.number, what), partial(self._move, state, i, what)
        if first is None and state.delayed:
            yield Move(-1, state.delayed[0], ARRIVES), lambda: self._arrives(state)
        if first is None and state.changes and self.scenario.changing in self.world.tables(state.point[CHECKPOINT]).log:
            yield Move(-1, 0, CHANGES), lambda: self._file_changes(state)

    def node(self, state: State, i: int) -> Node | None:
        """Where an actor stands; None at the end of its program."""
        actor = state.actors[i]
        return self.world.nodes[actor.node] if actor.task < len(self.programs[i]) else None

    def _choices(self, state: State, node: Node) -> list[int]:
        writes = node.method in METHODS_OF_WRITES.get(node.system, ())
        if not writes or not state.faults:
            return [GO]
        choices = [GO, DIES_BEFORE, DIES_AFTER, REFUSED, ANSWER_LOST]
        if node.system == CHECKPOINT:
            choices.append(LOST)
        if node.system == METASTORE:
            choices += [LOST] if state.delayed else [LOST, DELAYED]
        if node.method == "put" and len(self.world.calls[node.call].args[0]) > 1:
            choices += [IN_PART, DIES_IN_PART]
        return choices

    def _move(self, state: State, i: int, what: int) -> State:
        node = self.node(state, i)
        assert node is not None
        answer = -1
        if what in (GO, DIES_AFTER, ANSWER_LOST):
            state, answer = self._effect(state, i, node, node.call)
        elif what in (IN_PART, DIES_IN_PART):
            put = self.world.calls[node.call]
            half = put._replace(args=(put.args[0][: len(put.args[0]) // 2],))
            state, _ = self._effect(state, i, node, self.world.call(half))
        elif what == DELAYED:
            state = state._replace(delayed=(node.call, node.fence))
        if what != GO:
            state = state._replace(faults=state.faults - 1)
            answer = self.world.answer(_REFUSED if what in (REFUSED, IN_PART) else _LOST[node.system])
        if what in (DIES_BEFORE, DIES_AFTER, DIES_IN_PART):
            return self._rest(self._ended(state, i, hit=True), i)
        return self._answered(state, i, node, answer)

    def _answered(self, state: State, i: int, node: Node, answer: int) -> State:
        after = node.task.after(node, answer, state.point)
        actors = list(state.actors)
        actors[i] = actors[i]._replace(node=after.number)
        return self._rest(state._replace(actors=tuple(actors)), i)

    def _rest(self, state: State, i: int) -> State:
        """Let an actor go on to where it can meet others or faults."""
        while (node := self.node(state, i)) is not None:
            if node.outcome:
                self._judge(state, node)
                state = self._ended(state, i, hit=node.hit)
                continue
            reads = node.method not in METHODS_OF_WRITES.get(node.system, ())
            if not reads or not self.scenario.independent(node):
                return state
            state, answer = self._effect(state, i, node, node.call)
            after = node.task.after(node, answer, state.point)
            actors = list(state.actors)
            actors[i] = actors[i]._replace(node=after.number)
            state = state._replace(actors=tuple(actors))
        return state

    def _ended(self, state: State, i: int, *, hit: bool) -> State:
        """The process is no more; the actor stands before its program's next one."""
        actor, program = state.actors[i], self.programs[i]
        task = actor.task + 1
        root = program[task].root.number if task < len(program) else 0
        actors = list(state.actors)
        actors[i] = Actor(task, root, late=False)
        point = state.point
        if not self.scenario.cleans:
            point = self._orphans.forgotten(point, self.world.nodes[actor.node])
        return state._replace(point=point, actors=tuple(actors), stale=state.stale or (hit and actor.late))

    def _effect(self, state: State, i: int, node: Node, call: int) -> tuple[State, int]:
        """Make the call, and look at what it changed."""
        point, system = state.point, node.system
        if system == SOURCE and node.method == "read":
            self.auditor.reads_input(node, point)
        if node.method == "delete":
            self.auditor.deletes(node, point, late=bool(state.late))
        after, answer = self.world.step(point[system], call)
        if after == point[system]:
            return state, answer
        state = state._replace(point=moved(point, system, after))
        if system == METASTORE and node.fence != self.world.tables(point[CHECKPOINT]).fence(MAIN_LANE):
            actors = list(state.actors)
            actors[i] = actors[i]._replace(late=True)
            state = state._replace(actors=tuple(actors), late=max(state.late, 1 + (node.method == "drop")))
        return self._looked_at(state, point, system), answer

    def _looked_at(self, state: State, before: Point, system: int) -> State:
        if system == CHECKPOINT:
            self.auditor.change(before[system], state.point[system], state.point)
        if state.late and self.auditor.in_place(state.point) and not self.auditor.swapping(state.point):
            state = state._replace(late=0)
        if system != SOURCE and not (state.late and self.scenario.uneven) and state.late < 2:
            self.auditor.readers(state.point, late=bool(state.late))
        return state

    def _arrives(self, state: State) -> State:
        assert state.delayed is not None
        call, fence = state.delayed
        before = state.point
        after, _ = self.world.step(before[METASTORE], call)
        state = state._replace(delayed=None)
        if after == before[METASTORE]:
            return state
        superseded = fence != self.world.tables(before[CHECKPOINT]).fence(MAIN_LANE)
        state = state._replace(
            point=moved(before, METASTORE, after), late=2 if superseded else state.late, stale=state.stale or superseded
        )
        return self._looked_at(state, before, METASTORE)

    def _file_changes(self, state: State) -> State:
        call = Call(SOURCE, "change", (self.scenario.changing,), ())
        return state._replace(point=self.world.moved(state.point, call), changes=state.changes - 1)

    def _judge(self, state: State, node: Node) -> None:
        """An attempt may end well, be superseded, or be hit by a fault and say so; nothing else."""
        tables = self.world.tables(state.point[CHECKPOINT])
        allowed = {
            "returned": True,
            "FencedError": node.superseded(tables),
            # a clone also meets the drop of the one before it, when that call takes effect late
            "UnavailableError": node.hit or len(self.programs) > 1 or node.task.name.startswith("clone"),
            "OutcomeUnknownError": node.hit,
            "SourceGapError": self.scenario.changes > 0,
            "RefusedError": "the lane is discarded" in node.message,
        }
        if not allowed.get(node.outcome, False):
            attempt = f"{node.task.name} (attempt {node.fence} of {tables.fence(MAIN_LANE)})"
            raise Violation(f"{attempt} ended with {node.outcome}: {node.message}")

    # -- the end ------------------------------------------------------------------------------------------------------

    def alone(self, point: Point, *words: str) -> Point:
        """One process from its beginning to its end, without faults and without others. It must end well."""
        state = State(point, (), 0)
        node = self.world.task(*words).root
        while not node.outcome:
            before = state.point
            if node.method == "delete":
                self.auditor.deletes(node, before, late=True)
            after, answer = self.world.step(before[node.system], node.call)
            state = state._replace(point=moved(before, node.system, after))
            if after != before[node.system] and node.system == CHECKPOINT:
                self.auditor.change(before[CHECKPOINT], after, state.point)
            node = node.task.after(node, answer, state.point)
        if node.outcome != "returned":
            raise Violation(f"{node.task.name} after all others ended with {node.outcome}: {node.message}")
        return state.point

    def finish(self, state: State) -> None:
        """When all is over, fresh attempts must complete every run; then the next epoch leaves nothing to mend."""
        calm = not state.stale and state.delayed is None
        if (state.point, calm) in self._alone:
            return
        if calm:
            self.auditor.noted(state.point)
        point = self._source_as_planned(state.point)
        for words in self.scenario.completes or [(w, r) for r in self.scenario.runs for w in ("process", "publish")]:
            point = self.alone(point, *words)
        files = self.world.state(point, SOURCE).arrived
        if self.scenario.completes:
            files = self.auditor.done(point)
        if calm:
            if not self.auditor.in_place(point):
                raise Violation("I4: the metastore is not as the heads say, though no process died in a swap")
            self.auditor.finished(point, files=files)
        point = self.world.moved(point, Call(SOURCE, "arrive", (), ()))
        point = self.alone(point, "process", "run-next")
        point = self.alone(point, "publish", "run-next")
        if not self.auditor.in_place(point):
            raise Violation("I4: the next epoch has not mended what a superseded swap left")
        self.auditor.finished(point, files=files + 1)
        self.auditor.verified(point)
        self._alone[state.point, calm] = point

    def _source_as_planned(self, point: Point) -> Point:
        """A person puts a changed file back."""
        if self.world.state(point, SOURCE).changed[self.scenario.changing]:
            return self.world.moved(point, Call(SOURCE, "change", (self.scenario.changing,), ()))
        return point

    # -- stories ------------------------------------------------------------------------------------------------------

    def tell(self, move: Move) -> str:
        """A move in words."""
        if move.actor < 0:
            return WORDS[move.what] + (f": {self.world.calls[move.node]}" if move.what == ARRIVES else "")
        node = self.world.nodes[move.node]
        attempt = f", attempt {node.fence}" if node.fence else ""
        words = f"{node.task.name}{attempt}: {self.world.calls[node.call]}"
        return f"{words} — {WORDS[move.what]}" if move.what else words


def search(scenario: Scenario, faults: int, *, most: int | None = None) -> Found:
    """Visit every state that can be reached with at most so many faults; stop at the first violation."""
    began = time.monotonic()
    engine, found = Engine(scenario), Found()
    start = engine.start(faults)
    seen: dict[State, int] = {start: 0}
    parents, moves = array("q", [-1]), [Move(-1, 0, GO)]
    ahead = deque([(0, start)])
    while ahead and not found.problem:
        number, state = ahead.popleft()
        ended = True
        for move, after in engine.moves(state):
            ended = False
            found.moves += 1
            if isinstance(after, Violation):
                _tell(found, engine, after, [*_path(number, parents, moves), move])
                break
            if after not in seen:
                seen[after] = len(parents)
                ahead.append((len(parents), after))
                parents.append(number)
                moves.append(move)
        if ended:
            found.ends += 1
            try:
                engine.finish(state)
            except Violation as e:
                _tell(found, engine, e, _path(number, parents, moves))
        if most is not None and len(parents) > most:
            break
    found.states, found.seconds = len(parents), time.monotonic() - began
    found.worlds = len(engine._alone)
    return found


def walk(scenario: Scenario, seed: int) -> Found:
    """One long history: every choice comes from the seed. Nine in ten moves are made without a fault."""
    began = time.monotonic()
    rng, engine, found = random.Random(seed), Engine(scenario), Found()
    path: list[Move] = []
    try:
        state = engine.start(scenario.faults)
        while choices := list(engine.choices(state)):
            calm = [c for c in choices if c[0].what in (GO, ARRIVES)]
            move, change = rng.choice(calm if calm and rng.random() < _CALM else choices)
            path.append(move)
            state = change()
        found.ends = 1
        engine.finish(state)
    except Violation as e:
        _tell(found, engine, e, path)
    found.states = found.moves = len(path)
    found.worlds, found.seconds = 1, time.monotonic() - began
    return found


def _path(number: int, parents: "array[int]", moves: list[Move]) -> list[Move]:
    path = []
    while parents[number] >= 0:
        path.append(moves[number])
        number = parents[number]
    return path[::-1]


def _tell(found: Found, engine: Engine, violation: Violation, path: list[Move]) -> None:
    found.problem = str(violation)
    found.story = [engine.tell(move) for move in path]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), help="only this one")
    parser.add_argument("--faults", type=int, help="at most so many in one history (default: the scenario's)")
    arguments = parser.parse_args()
    wrong = False
    for name, scenario in SCENARIOS.items():
        if arguments.scenario in (None, name):
            faults = scenario.faults if arguments.faults is None else arguments.faults
            found = search(scenario, faults)
            print(f"{name}, {faults} faults: {found}", flush=True)
            wrong |= bool(found.problem)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
