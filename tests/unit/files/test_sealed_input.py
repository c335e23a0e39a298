"""Goal: files that the tables have go only when nothing needs them, exactly those that were read, and are still found.

The engine is the real one, over the testing kit's tables and processor in this process.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest

import builders as make
from pipelines import totals
from tidegate import Delete, FileSource, Move, Retention
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.adapters.files.storage import FsStorage
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.corrections import correct, skip
from tidegate.engine.lanes import Lanes
from tidegate.engine.replay import replay
from tidegate.engine.retiring import Retired
from tidegate.engine.rollback import roll_back
from tidegate.errors import ConfigurationError, DefinitionError, FencedError, SourceGapError
from tidegate.ports import Adapters
from tidegate.protocol.model import Rollback, Run, Status, Word
from tidegate.protocol.retiring import done_with
from tidegate.testing.checkpoint import MemoryCheckpointStore
from tidegate.testing.processor import LocalProcessor
from tidegate.testing.sink import MemorySink

AT_ONCE = timedelta(0)
HOUR_MS = 3_600_000


class World:
    """Pipelines over one checkpoint, each with a file in each of its epochs, and what they say."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "in"
        self.archive = home / "archive"
        self.archive.mkdir()
        self.store = MemoryCheckpointStore()
        self.said: list[str] = []

    def engine(self, after: Delete | Move | None, name: str = "p", **settings: Any) -> Coordinator:
        source = {"max_files": 1, "after_sealed": after}
        definition = totals.pipeline(name, self.folder, source=source, buckets=1, **settings)
        return Coordinator(
            definition=definition,
            adapters=Adapters(
                store=self.store,
                connect=lambda: MemoryCheckpointStore(self.store.rows),
                sources={make.SOURCE: FileSourceAdapter(make.folder_of(definition), name)},
                processor=LocalProcessor(None),
                sink=MemorySink(),
                storage=FsStorage(),
            ),
            root=f"file://{self.home}/made",
            clock=time,
            crash=_NoPoints(),
            progress=self.said.append,
        )

    def put(self, *names: str) -> None:
        for number, name in enumerate(names):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            totals.write((self.folder / name).parent, Path(name).name, totals.events(number))

    def there(self, folder: Path | None = None) -> list[str]:
        below = folder or self.folder
        return sorted(str(p.relative_to(below)) for p in below.rglob("*") if p.is_file())


class _NoPoints:
    def reach(self, name: str, *, pipeline: str, epoch: int) -> None:
        pass


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def run(engine: Coordinator, epochs: int = 1) -> None:
    for _ in range(epochs):
        assert engine.run(Run(str(uuid4()), "test")) is not None


def clean(engine: Coordinator, *, dry_run: bool = False) -> Retired:
    return engine.clean(Run(str(uuid4()), "test"), dry_run=dry_run).input


NAMES = ("a/1.json", "a/2.json", "b/3.json")


def test_a_clean_up_deletes_what_is_sealed_and_nothing_else(world: World) -> None:
    engine = world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine, 2)
    (world.folder / "a" / "notes.txt.part").touch()
    size = sum((world.folder / name).stat().st_size for name in NAMES[:2])
    assert clean(engine, dry_run=True) == Retired(2, size)
    assert world.there() == ["a/1.json", "a/2.json", "a/notes.txt.part", "b/3.json"]
    assert clean(engine) == Retired(2, size)
    assert world.there() == ["a/notes.txt.part", "b/3.json"]
    assert clean(engine) == Retired()
    run(engine)
    assert engine.run(Run("idle", "test")) is None
    assert clean(engine).slices == 1
    assert world.there() == ["a/notes.txt.part"]


def test_what_is_kept_by_default(world: World) -> None:
    world.put(*NAMES)
    engine = world.engine(None)
    run(engine, 3)
    assert clean(engine) == Retired()
    assert world.there() == sorted(NAMES)


def test_it_goes_when_it_has_been_sealed_for_long_enough(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = world.engine(Delete(keep_for=timedelta(hours=1)))
    world.put(*NAMES)
    run(engine, 2)
    assert clean(engine) == Retired()
    now = world.store.now_ms()
    monkeypatch.setattr(type(world.store), "now_ms", lambda self: now + HOUR_MS)
    run(engine)
    assert clean(engine).slices == 2
    assert world.there() == ["b/3.json"]


def test_a_replay_says_why_it_cannot_read(world: World) -> None:
    engine = world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine, 3)
    clean(engine)
    with pytest.raises(SourceGapError, match=r"2\.json is gone \(the source deletes what was sealed 0:00:00 ago"):
        replay(engine.definition, engine.adapters, engine.root, 2, progress=print)
    with pytest.raises(SourceGapError, match=r"2\.json is gone \(the source deletes .*--allow-gap"):
        roll_back(engine, Run("back", "test"), to_epoch=1)


def test_moved_files_are_replayed_and_read_again_where_they_are(world: World) -> None:
    engine = world.engine(Move(world.archive, AT_ONCE))
    world.put(*NAMES)
    run(engine, 3)
    before = {p: (world.folder / p).read_bytes() for p in NAMES}
    assert clean(engine).slices == 3
    assert (world.there(), world.there(world.archive)) == ([], sorted(NAMES))
    assert {p: (world.archive / p).read_bytes() for p in NAMES} == before
    for epoch in (1, 2, 3):
        assert replay(engine.definition, engine.adapters, engine.root, epoch, progress=print) == []
    roll_back(engine, Run("back", "test"), to_epoch=1)
    assert clean(engine) == Retired()
    run(engine, 2)  # reads them again
    assert [e.counts.rows_in for e in world.store.epochs(engine.lane_id, limit=2) if e.counts] == [40, 40]
    (world.archive / "b" / "3.json").write_text("changed")
    with pytest.raises(SourceGapError, match="has changed"):
        replay(engine.definition, engine.adapters, engine.root, 3, progress=print)


def test_what_was_gone_back_over_stays(world: World) -> None:
    engine = world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine, 3)
    roll_back(engine, Run("back", "test"), to_epoch=1)
    assert clean(engine).slices == 1
    assert world.there() == ["a/2.json", "b/3.json"]
    run(engine, 2)


def test_what_a_lane_may_replay_stays_as_long_as_it_is_open(world: World) -> None:
    engine = world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine, 3)
    assert len(list(Lanes(engine).replay(Run("r", "r"), "fix", since=2, until=2))) == 1
    assert clean(engine).slices == 1
    assert world.there() == ["a/2.json", "b/3.json"]
    Lanes(engine).discard("fix")
    assert clean(engine).slices == 2


@pytest.mark.parametrize("moves", [True, False])
def test_a_file_that_is_not_what_was_read_is_left(world: World, moves: bool) -> None:
    engine = world.engine(Move(world.archive, AT_ONCE) if moves else Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine, 3)
    (world.folder / NAMES[0]).write_text("something else")
    (world.folder / NAMES[1]).rename(world.home / "elsewhere")
    (world.folder / NAMES[1]).symlink_to(world.home / "elsewhere")
    assert clean(engine).slices == 1
    assert world.there() == ["a/1.json", "a/2.json"]
    assert sum("is left where it is: it is not the file that was read" in line for line in world.said) == 2


def test_a_skipped_file_is_left(world: World) -> None:
    engine = world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine)
    correct(engine, Run("s", "s"), Word("me", "why"), skip([str(world.folder / NAMES[1])]))
    run(engine)
    clean(engine)
    assert world.there() == ["a/2.json"]


def test_input_of_another_pipeline_is_refused_by_name(world: World) -> None:
    other, engine = world.engine(None, "other"), world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(other, 1)
    run(engine, 3)
    with pytest.raises(ConfigurationError, match=r"p: input .* stays, for the source 'source' of pipeline other has"):
        clean(engine)
    assert world.there() == sorted(NAMES)
    assert clean(world.engine(Delete(AT_ONCE, regardless_of=("other",)))).slices == 3


def test_input_of_another_source_is_refused_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine)
    monkeypatch.setattr(world.store, "readers", lambda keys: [("p", "other"), ("p", make.SOURCE)])
    with pytest.raises(ConfigurationError, match=r"p: input .* stays, for the source 'other' of pipeline p has"):
        clean(engine)


def test_nothing_goes_once_another_attempt_has_the_lane(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = world.engine(Delete(AT_ONCE))
    world.put(*NAMES)
    run(engine)

    def superseded(*_: Any, **__: Any) -> None:
        raise FencedError("p: another attempt")

    monkeypatch.setattr(world.store, "renew", superseded)
    with pytest.raises(FencedError):
        clean(engine)
    assert world.there() == sorted(NAMES)


def test_epochs_clean_up_now_and_then_and_seal_whatever_it_says(world: World) -> None:
    """Files of the very epoch may go with it."""
    retention, other = Retention(epochs=20), world.engine(None, "other")
    world.put(*NAMES, "4.json", "5.json")
    run(other, 1)
    run(world.engine(Delete(AT_ONCE), retention=retention), 2)
    assert any("stays, for the source 'source' of pipeline other" in line for line in world.said)
    engine = world.engine(Delete(AT_ONCE, regardless_of=("other",)), retention=retention)
    run(engine, 2)
    assert world.there() == ["b/3.json"]
    assert "p: 4 slices of input went" in " ".join(world.said)
    run(engine)


# -- moving -----------------------------------------------------------------------------------------------------------


def test_nothing_is_overwritten(world: World) -> None:
    engine = world.engine(Move(world.archive, AT_ONCE))
    world.put(*NAMES)
    run(engine, 3)
    (world.archive / "a").mkdir()
    (world.archive / "b").mkdir()
    (world.archive / NAMES[0]).write_text("older")
    (world.archive / NAMES[1]).symlink_to(world.folder / NAMES[1])
    os.mkfifo(world.archive / NAMES[2])
    assert clean(engine) == Retired()
    assert world.there() == sorted(NAMES)
    assert (world.archive / NAMES[0]).read_text() == "older"
    assert sum("already" in line for line in world.said) == 3


@pytest.mark.parametrize("at", ["rename", "close"])
def test_a_clean_up_that_dies_in_the_middle_is_repeated(world: World, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    engine = world.engine(Move(world.archive, AT_ONCE))
    world.put(*NAMES)
    run(engine, 3)
    real: Callable[..., None] = getattr(os, at)
    left = [2]

    def dies(*arguments: Any) -> None:
        if any(str(world.archive) in str(a) for a in arguments) or at == "close":
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, at, dies)
        with pytest.raises(KeyboardInterrupt):
            clean(engine)
    assert replay(engine.definition, engine.adapters, engine.root, 2, progress=print) == []
    assert clean(engine).slices == 2
    assert (world.there(), world.there(world.archive)) == ([], sorted(NAMES))
    assert replay(engine.definition, engine.adapters, engine.root, 2, progress=print) == []


def test_where_files_cannot_go_is_said_before_anything_is_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put(*NAMES)
    with pytest.raises(ConfigurationError, match=r"cannot be moved to .*gone: .*No such file.*make or mount it"):
        run(world.engine(Move(world.home / "gone")))
    (world.home / "alias").symlink_to(world.folder / "a")
    with pytest.raises(ConfigurationError, match=r"alias, which lies in, or around, the source's folder"):
        run(world.engine(Move(world.home / "alias")))
    with pytest.raises(ConfigurationError, match=r"/proc, which is on another file system than the source's"):
        run(world.engine(Move("/proc")))
    assert world.store.unfinished(make.LANE) is None


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (lambda: Move("/in/archive"), "lie in each other"),
        (lambda: Move("/"), "lie in each other"),
        (lambda: Move("archive"), "absolute path"),
        (lambda: Move("s3://bucket/archive"), "absolute path of a mounted folder"),
        (lambda: Delete(timedelta(-1)), "must not be negative"),
        (lambda: Delete(regardless_of=cast("Any", "p")), "a tuple of names"),
        (lambda: "delete", r"Delete\(…\) or Move\(…\)"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(after: Callable[[], Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        FileSource("/in", "json", totals.EVENT, after_sealed=after())


# -- the ledger -------------------------------------------------------------------------------------------------------


def test_the_ledger_forgets_files_that_went_and_none_comes_twice(world: World) -> None:
    """All before the kept epochs went; a newer one that is there shows that it is no mount that is missing."""
    retention = Retention(epochs=1, grace=timedelta(0), age=timedelta(days=9))
    engine = world.engine(Delete(AT_ONCE), compact_at=2, retention=retention)
    names = [f"{number}.json" for number in range(6)]
    world.put(*names)
    run(engine, 5)
    clean(engine)
    assert world.there() == ["5.json"]
    clean(engine)
    kept = world.store.slices("p", "source", make.positions(0, 9))
    assert kept[0].position > 0
    while engine.run(Run(str(uuid4()), "test")):
        pass
    assert make.stop(world.store.last_sealed(make.LANE)) == len(names)


@pytest.mark.parametrize(
    ("offsets", "forked", "before"),
    [
        ([(0, 3), (3, 5)], [], 5),
        ([(0, 3), (3, 5)], [1], 3),
        ([(0, 3), (3, 5)], [0], 0),
        ([], [], 0),
    ],
)
def test_up_to_where_input_is_done_with(offsets: list[tuple[int, int]], forked: list[int], before: int) -> None:
    epochs = [make.epoch(n, offsets=make.span(*o), sealed_ms=n) for n, o in enumerate(offsets, start=1)]
    assert done_with("source", epochs, forked_behind=forked, keeps_ms=0, now_ms=9) == before
    assert done_with("new", epochs, forked_behind=forked, keeps_ms=0, now_ms=9) == 0


def test_what_is_to_be_gone_back_over_is_not_done_with() -> None:
    sealed = [make.epoch(n, offsets=make.span(*o), sealed_ms=n) for n, o in ((1, (0, 3)), (2, (3, 5)))]
    for status, before in ((Status.PLANNED, 3), (Status.STAGED, 3), (Status.ABANDONED, 5)):
        back = make.epoch(3, status, offsets=make.span(3), purpose=Rollback(1))
        assert done_with("source", [*sealed, back], forked_behind=[], keeps_ms=0, now_ms=9) == before
    young = make.epoch(3, offsets=make.span(3), purpose=Rollback(1), sealed_ms=3)
    assert done_with("source", [*sealed, young], forked_behind=[], keeps_ms=0, now_ms=9) == 3
    assert done_with("source", [*sealed, young], forked_behind=[], keeps_ms=8, now_ms=9) == 3
    assert done_with("source", sealed, forked_behind=[], keeps_ms=8, now_ms=9) == 3
