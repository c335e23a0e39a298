"""Goal: a stop at the source is left by a person's word, with nothing lost, doubled or forgotten on the way.

The engine, the store's transactions and the sink are the real code over the systems of `tests/model`.
"""

from dataclasses import replace

import pytest

import builders as make
from model.alone import Alone
from model.scenarios import BOTH, ONE
from model.systems import SOURCE, STORAGE
from tidegate.engine.corrections import Correction, correct, give_up, skip
from tidegate.engine.lanes import Lanes
from tidegate.engine.rollback import plan_rollback, roll_back
from tidegate.errors import DataDamagedError, FencedError, RefusedError, SourceGapError, UnavailableError
from tidegate.protocol.model import Counts, Epoch, Kind, Run, Status, Word

WORD = Word("me@here", "cut off")
ME = Run("correct", "a person")
NEXT = Run("next", "next")


def stopped(*, files: tuple[tuple[str, ...], ...] = (BOTH, ONE, BOTH)) -> Alone:
    """Back behind the first epoch, and the next one, of the second file, is PLANNED and no more."""
    alone = Alone(*files)
    roll_back(alone.engine, Run("back", "back"), to_epoch=1)
    alone.broken = lambda method: method == "read"
    with pytest.raises(UnavailableError):
        alone.engine.run(Run("stops", "stops"))
    alone.broken = lambda method: False
    return alone


def changed(alone: Alone, number: int) -> None:
    alone.states[SOURCE] = replace(alone.states[SOURCE], changed=tuple(int(i == number) for i in range(3)))


def given_up(found: Correction) -> Epoch:
    assert found.gives_up is not None
    return found.gives_up


def counts(epoch: Epoch) -> Counts:
    assert epoch.counts is not None
    return epoch.counts


def test_an_epoch_is_given_up_and_takes_the_file_as_it_is_now() -> None:
    alone = stopped()
    changed(alone, 1)
    with pytest.raises(SourceGapError):
        alone.engine.run(NEXT)
    before = alone.durable()
    assert [e.position for e in give_up(alone.engine).slices] == [1]
    assert alone.durable() == before
    found = correct(alone.engine, ME, WORD, give_up)
    assert (given_up(found).epoch, alone.calls[-1]) == (5, "release")
    assert alone.tables.epochs["main", 5, 1]["abandoned_why"] == "cut off"
    assert correct(alone.engine, ME, WORD, give_up) == type(found)(None, ())
    done = alone.epoch(NEXT)
    assert (done.epoch, done.generation, *make.ends(done)) == (5, 2, 1, 2)
    assert counts(done).rows_in == 0  # a changed file of the model has lost its only row
    assert alone.wrong() == []


def test_a_staged_epoch_and_one_that_waits_for_a_file_that_is_gone_are_not_given_up() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    roll_back(alone.engine, Run("back", "back"), to_epoch=1)
    alone.engine.process(Run("slow", "slow"))
    before = alone.durable()
    for plan in (give_up, skip(["/in/1"])):
        with pytest.raises(RefusedError):
            correct(alone.engine, ME, WORD, plan)
        assert alone.durable() == before
        assert alone.calls[-1] == "fail"  # which gives the lease back


def test_a_rollback_that_cannot_go_on_is_given_up_too() -> None:
    """It has no files of its own."""
    alone = Alone(BOTH, ONE, BOTH)
    alone.broken = lambda method: method == "put"
    with pytest.raises(UnavailableError):
        roll_back(alone.engine, Run("back", "back"), to_epoch=1)
    alone.broken = lambda method: False
    changed(alone, 1)
    found = correct(alone.engine, ME, WORD, give_up)
    assert (given_up(found).kind, found.slices) == (Kind.ROLLBACK, ())
    assert alone.wrong() == []


def test_a_skipped_file_is_read_by_no_epoch_and_no_lane_and_counted() -> None:
    alone = stopped()
    found = correct(alone.engine, ME, WORD, skip(["/in/1"]))
    assert (given_up(found).epoch, [s.key for s in found.slices]) == (5, ["/in/1"])
    done = alone.epoch(NEXT)  # of one file: a skipped one does not count towards the cap
    assert (*make.ends(done), counts(done).skipped, counts(done).rows_in) == (1, 3, 1, 2)
    (again,) = Lanes(alone.engine).replay(ME, "again", since=5)
    assert (counts(again.epoch).skipped, counts(again.epoch).rows_in) == (1, 2)
    assert alone.wrong() == []


def test_a_position_that_is_skipped_without_a_word_is_found() -> None:
    """I7 does not take the epoch's own number for it."""
    alone = stopped()
    correct(alone.engine, ME, WORD, skip(["/in/1"]))
    alone.engine.run(NEXT)
    alone.tables.log[1] = {**alone.tables.log[1], "skipped": False}
    (finding,) = alone.wrong()
    assert finding.problem == "1 slices were skipped, 0 were to be"


def test_an_older_attempt_at_what_was_given_up_is_fenced() -> None:
    alone = stopped()
    old = alone.engine
    lease = old.adapters.store.acquire(old.lane_id, "stops", ttl_s=1)
    epoch = old.adapters.store.unfinished(old.lane_id)
    assert epoch is not None
    adopted = old.adapters.store.adopt(lease, epoch)
    correct(alone.engine, ME, WORD, give_up)
    with pytest.raises(FencedError):
        old.adapters.store.abandon(lease, adopted, WORD)
    assert alone.tables.epochs["main", 5, 1]["status"] == str(Status.ABANDONED)


def test_going_forward_again_meets_no_corrected_file_twice() -> None:
    """The epochs that were gone back over have read it as it was."""
    alone = stopped()
    correct(alone.engine, ME, WORD, skip(["/in/1"]))
    roll_back(alone.engine, Run("forward", "forward"), to_epoch=3)
    assert alone.engine.run(NEXT) is None
    assert alone.wrong() == []
    last = alone.engine.adapters.store.last_sealed(alone.engine.lane_id)
    assert last is not None
    assert last.epoch == 5


def test_a_rollback_is_refused_whose_state_is_not_whole_and_says_how_far_back_it_is() -> None:
    alone = Alone(BOTH, ONE, BOTH)
    state = next(uri for uri in alone.states[STORAGE] if "/epoch=2/" in uri and "/state/" in uri)
    alone.states[STORAGE] = {**alone.states[STORAGE], state: alone.states[STORAGE][state].replace(b"1", b"7")}
    before = alone.durable()
    with pytest.raises(RefusedError, match=rf"{state}, a part of .* The newest one whose state is whole is 1$"):
        roll_back(alone.engine, ME, to_epoch=2)
    assert alone.durable() == before
    first = next(uri for uri in alone.states[STORAGE] if "/epoch=1/" in uri and "/state/" in uri)
    alone.states[STORAGE] = {u: d for u, d in alone.states[STORAGE].items() if u != first}
    with pytest.raises(RefusedError, match=r"whole is 0$"):
        plan_rollback(alone.engine, 1)
    roll_back(alone.engine, ME, to_epoch=0)
    assert make.stop(alone.epoch(NEXT)) == 1


def test_a_lost_manifest_is_brought_back_byte_by_byte_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Alone(BOTH, ONE)
    before = alone.states[STORAGE]
    last = alone.tables.epochs["main", 2, 1]["manifest_uri"]
    kept = {e: before[row["manifest_uri"]] for (_, e, _), row in alone.tables.epochs.items()}

    def lost(content: bytes | None) -> None:
        alone.states[STORAGE] = {u: d for u, d in before.items() if u != last}
        if content is not None:
            alone.states[STORAGE][last] = content

    for content in (None, b"{}"):
        lost(content)
        with pytest.raises(DataDamagedError, match="--repair"):
            roll_back(alone.engine, ME, to_epoch=1)
        with pytest.raises(DataDamagedError, match="is not in the checkpoint as it was written, either"):
            alone.engine.repair(ME)
        engine = alone.engine
        monkeypatch.setattr(engine.adapters.store, "kept_manifest", lambda epoch: b"[]")
        with pytest.raises(DataDamagedError, match="is not in the checkpoint as it was written, either"):
            engine.repair(ME)
        monkeypatch.setattr(engine.adapters.store, "kept_manifest", lambda epoch: kept[epoch.epoch])
        assert engine.repair(ME).manifests == 1
        assert alone.states[STORAGE] == before
        assert engine.repair(ME).manifests == 0
