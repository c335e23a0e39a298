"""Goal: what people do by hand to runs and backfills loses and doubles nothing: the next run finishes what is left."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

import builders as make
from e2e.stack_of_services import Stack, expected
from tidegate.protocol.model import Kind, Rollback, Status

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.timeout(420),
    pytest.mark.filterwarnings("default"),  # of the packages that run the services in this process
]


@pytest.fixture(scope="module", autouse=True)
def history(stack: Stack) -> None:
    """Its runs catch up while other tests wait."""
    for n in range(5):
        stack.add("history", n + 1, f"2026-01-01T00-00-{10 * n + 3:02}.csv")
    stack.airflow.await_dag("history")


# pipeline: the task that a person marks by hand, None for the whole run, and as what
MARKS = {
    "run_failed": (None, "failed"),
    "run_done": (None, "success"),
    "publish_failed": ("publish", "failed"),
    "publish_done": ("publish", "success"),
}
STAGED = ("died", "deleted", *MARKS)
LEFT = (*STAGED, "process_done")


@pytest.fixture(scope="module")
def left(stack: Stack) -> dict[str, tuple[str, str]]:
    """By pipeline: a run that ended while its epoch was not sealed, and the run after it.

    All at once: each second run waits until the lease of the first is over.
    """
    airflow = stack.airflow
    for name in LEFT:
        stack.add(name, 1)
        airflow.await_dag(name)
    for name in STAGED[1:]:
        hold(stack, name)
    (stack.root / "poison-process_done").touch()
    stack.arm("swapping@died:1")
    first = {name: airflow.trigger(name) for name in LEFT}
    end_early(stack, first)
    for name in STAGED:
        assert [e.status for e in stack.epochs(name)] == [Status.STAGED], name
        assert stack.rows(name) == []
    assert [e.status for e in stack.epochs("process_done")] == [Status.PLANNED]
    (stack.root / "poison-process_done").unlink()
    for name in LEFT:
        stack.add(name, 2)
    second = {name: airflow.trigger(name) for name in LEFT}
    for name, run_id in second.items():
        assert airflow.finished(name, run_id, timeout_s=180) == "success", name
    return {name: (first[name], second[name]) for name in LEFT}


def end_early(stack: Stack, runs: dict[str, str]) -> None:
    """One dies and is deleted, one is marked as failed and deleted, the others are marked by hand."""
    airflow = stack.airflow
    assert airflow.finished("died", runs["died"]) == "failed"
    stack.disarm()
    assert airflow.tasks("died", runs["died"]) == {"process": ("success", 1), "publish": ("failed", 1)}
    assert airflow.finished("process_done", runs["process_done"]) == "failed"
    airflow.mark("process_done", runs["process_done"], "success", "process")

    def processed(name: str) -> bool:
        return airflow.tasks(name, runs[name])["process"][0] == "success"

    for name in STAGED[1:]:
        airflow.until(partial(processed, name), f"process of {name}")
    # Airflow deletes no run that is running
    assert airflow.http.delete(f"/api/v2/dags/deleted/dagRuns/{runs['deleted']}").status_code == 409
    airflow.mark("deleted", runs["deleted"], "failed")
    for name in ("died", "deleted"):
        airflow.call("DELETE", f"/dags/{name}/dagRuns/{runs[name]}")
    for name, (task, state) in MARKS.items():
        airflow.mark(name, runs[name], state, task)
    for name in STAGED[1:]:
        release(stack, name)
    for name, (_, state) in MARKS.items():
        assert airflow.finished(name, runs[name]) == state, name
    assert airflow.finished("process_done", runs["process_done"]) == "success"
    assert airflow.tasks("process_done", runs["process_done"])["publish"][0] == "skipped"


@pytest.mark.parametrize("name", LEFT)
def test_an_epoch_whose_run_was_ended_early_is_finished_by_the_next_run(
    stack: Stack, left: dict[str, tuple[str, str]], name: str
) -> None:
    assert sealed_by(stack, name) == list(left[name])
    assert [make.ends(e) for e in stack.epochs(name)] == [(0, 1), (1, 2)]
    assert stack.rows(name) == expected(range(1, 3))


def test_deleting_a_run_whose_epoch_is_sealed_takes_nothing_back(
    stack: Stack, left: dict[str, tuple[str, str]]
) -> None:
    airflow, before = stack.airflow, stack.epochs("deleted")
    airflow.call("DELETE", f"/dags/deleted/dagRuns/{left['deleted'][1]}")
    empty = stack.succeeds("deleted")
    assert airflow.xcom("deleted", empty, "process")["status"] == "NO_INPUT"
    assert stack.epochs("deleted") == before
    assert stack.rows("deleted") == expected(range(1, 3))


def test_nothing_starts_in_a_paused_dag_and_unpausing_finishes_what_was_left(stack: Stack) -> None:
    airflow = stack.airflow
    stack.add("paused", 1)
    airflow.await_dag("paused")
    airflow.until(lambda: len(sealed_by(stack, "paused")) == 1, "a scheduled epoch")
    hold(stack, "paused")
    stack.add("paused", 2)
    airflow.until(lambda: stack.epochs("paused")[-1].status is Status.STAGED, "an epoch between its tasks")
    airflow.pause("paused", paused=True)
    waiting = airflow.trigger("paused")
    release(stack, "paused")
    stack.add("paused", 3)
    runs = airflow.runs("paused", limit=100)
    stack.succeeds("canary")
    stack.succeeds("canary")
    assert airflow.run("paused", waiting)["state"] == "queued"
    assert [r["dag_run_id"] for r in airflow.runs("paused", limit=100)] == [r["dag_run_id"] for r in runs]
    assert [e.status for e in stack.epochs("paused")] == [Status.SEALED, Status.STAGED]
    airflow.pause("paused", paused=False)
    assert airflow.finished("paused", waiting) == "success"
    airflow.until(lambda: len(sealed_by(stack, "paused")) == 3, "the epoch of a run after the pause")
    airflow.pause("paused", paused=True)
    assert stack.rows("paused") == expected(range(1, 4))


def test_a_cancelled_backfill_leaves_whole_epochs_and_can_be_created_again(stack: Stack) -> None:
    airflow, days = stack.airflow, ("2026-01-01", "2026-01-03")
    for number in range(1, 4):
        stack.add("cancelled", number)
    airflow.await_dag("cancelled")
    hold(stack, "cancelled")
    begun = airflow.backfill("cancelled", *days, max_active_runs=1)
    airflow.until(lambda: [e.status for e in stack.epochs("cancelled")] == [Status.STAGED], "the first run's epoch")

    # a second backfill meanwhile
    runs = ids(stack, "cancelled")
    words = ("--dag-id", "cancelled", "--from-date", days[0], "--to-date", "2026-02-01")
    assert "running backfill" in stack.command("backfill", "create", *words, code=1)
    assert refusal(stack, "cancelled", "2026-02-01") == (409, "There is already a running backfill for dag cancelled")
    assert ids(stack, "cancelled") == runs

    airflow.call("PUT", f"/backfills/{begun}/cancel")
    release(stack, "cancelled")
    states = [airflow.finished("cancelled", run_id) for run_id in runs]
    assert states == ["success", "failed", "failed"]  # what runs may end; what waits is failed
    assert stack.rows("cancelled") == expected(range(1, 2))
    airflow.clear("cancelled", runs[2], only_failed=False)
    stack.succeeds("canary")
    assert airflow.run("cancelled", runs[2])["state"] == "queued"  # Airflow starts no run of a cancelled backfill
    airflow.mark("cancelled", runs[2], "failed")
    airflow.backfill("cancelled", *days, reprocess_behavior="failed", max_active_runs=1)
    airflow.await_backfills("cancelled")
    assert sealed_by(stack, "cancelled") == runs
    assert stack.rows("cancelled") == expected(range(1, 4))


def test_a_cancelled_reprocessing_leaves_live_alone_and_its_lane_is_resumed(stack: Stack) -> None:
    airflow, days = stack.airflow, ("2026-01-01", "2026-01-03")
    before = stack.epochs("cancelled")
    (stack.root / "changed-cancelled").touch()
    conf: dict[str, Any] = {"max_active_runs": 1, "dag_run_conf": {"lane": "fix"}}
    begun = airflow.backfill("cancelled", *days, reprocess_behavior="completed", **conf)
    airflow.until(lambda: airflow.runs("cancelled", state="success"), "the first run")
    airflow.call("PUT", f"/backfills/{begun}/cancel")
    states = [airflow.finished("cancelled", run_id) for run_id in ids(stack, "cancelled")]
    assert (states[0], states[-1]) == ("success", "failed")
    assert stack.epochs("cancelled") == before
    assert stack.rows("cancelled") == expected(range(1, 4))
    assert "fix\tOPEN" in stack.tidegate("lanes", "cancelled")

    airflow.backfill("cancelled", *days, reprocess_behavior="failed", **conf)
    airflow.await_backfills("cancelled")
    assert stack.rows("cancelled") == expected(range(1, 4))
    run_id = airflow.trigger("cancelled_promotion", lane="fix")
    airflow.approve("cancelled_promotion", run_id)
    assert airflow.finished("cancelled_promotion", run_id) == "success"
    assert stack.epochs("cancelled")[-1].kind is Kind.PROMOTION
    assert stack.rows("cancelled") == [(name, amount, 10 * total) for name, amount, total in expected(range(1, 4))]


def test_an_epoch_inside_a_promoted_window_is_not_processed_again_by_itself(stack: Stack) -> None:
    """A cleared run keeps the conf of its backfill, and with it the lane; another backfill takes it away."""
    airflow, day = stack.airflow, "2026-01-03"
    before = stack.epochs("cancelled")
    run_id = ids(stack, "cancelled")[2]
    airflow.clear("cancelled", run_id, only_failed=False)
    assert airflow.finished("cancelled", run_id) == "failed"
    assert airflow.run("cancelled", run_id)["conf"] == {"lane": "fix"}
    airflow.backfill("cancelled", day, day, reprocess_behavior="failed", dag_run_conf={})
    airflow.await_backfills("cancelled")  # Airflow notes later than its last run that it is over
    assert airflow.finished("cancelled", run_id) == "failed"
    assert airflow.run("cancelled", run_id)["conf"] == {}
    tries = airflow.tasks("cancelled", run_id)["process"][1]
    assert "were reprocessed by epoch 4" in airflow.log("cancelled", run_id, "process", tries)
    assert stack.epochs("cancelled") == before


def test_a_wrong_lane_is_refused_before_anything_changes(stack: Stack) -> None:
    airflow = stack.airflow
    airflow.await_dag("cancelled")
    before, runs = stack.epochs("cancelled"), airflow.runs("cancelled")
    for dag_id in ("cancelled", "cancelled_promotion"):
        wrong = {"logical_date": None, "conf": {"lane": "No Lane", "from_epoch": 1}}
        refused = airflow.http.post(f"/api/v2/dags/{dag_id}/dagRuns", json=wrong)
        assert refused.status_code == 400
        assert "No Lane" in refused.text
    status, says = refusal(stack, "cancelled", "2026-01-03", dag_run_conf={"lane": "No Lane"})
    assert status == 422
    assert "No Lane" in says
    assert airflow.runs("cancelled") == runs

    airflow.backfill("cancelled", "2026-01-04", "2026-01-04", dag_run_conf={"lane": "new"})
    airflow.await_backfills("cancelled")
    run_id = airflow.runs("cancelled")[-1]["dag_run_id"]
    assert airflow.tasks("cancelled", run_id)["process"] == ("failed", 1)
    assert "needs `from_epoch`" in airflow.log("cancelled", run_id, "process", 1)
    assert stack.epochs("cancelled") == before

    unknown = airflow.trigger("cancelled_promotion", lane="nowhere")
    assert airflow.finished("cancelled_promotion", unknown) == "failed"
    states = {task: state for task, (state, _) in airflow.tasks("cancelled_promotion", unknown).items()}
    assert states == {"compare": "failed", "approve": "upstream_failed", "promote": "upstream_failed"}
    log = airflow.log("cancelled_promotion", unknown, "compare", 1)
    assert "refused: " in log
    assert "nowhere" in log
    assert stack.epochs("cancelled") == before


def test_a_run_can_take_fewer_files_or_replay_a_range_on_a_lane(stack: Stack) -> None:
    airflow = stack.airflow
    for number in range(1, 4):
        stack.add("capped", number)
    airflow.await_dag("capped")
    stack.succeeds("capped", max_slices=2)
    stack.succeeds("capped")
    before = stack.epochs("capped")
    assert [make.ends(e) for e in before] == [(0, 2), (2, 3)]
    assert stack.rows("capped") == expected(range(1, 4))

    (stack.root / "changed-capped").touch()
    run_id = stack.succeeds("capped", lane="fix", from_epoch=1, to_epoch=1)
    assert airflow.xcom("capped", run_id, "process")["status"] == "ON_LANE"
    assert airflow.tasks("capped", run_id)["publish"][0] == "skipped"
    assert "fix\tOPEN" in stack.tidegate("lanes", "capped")
    stack.tidegate("discard", "capped", "--lane", "fix")
    assert stack.epochs("capped") == before
    assert stack.rows("capped") == expected(range(1, 4))


def test_a_rollback_asks_first(stack: Stack) -> None:
    airflow = stack.airflow
    airflow.await_dag("approved")
    for number in (1, 2):
        stack.add("approved", number)
        stack.succeeds("approved")
    before = stack.epochs("approved")
    rejected = airflow.trigger("approved_rollback", to_epoch=1)
    question = airflow.approve("approved_rollback", rejected, "Reject")
    assert "Bring approved back to epoch 1?" in question
    assert "approved: from epoch 2 back to epoch 1, over 1 epochs" in question
    assert airflow.finished("approved_rollback", rejected) == "success"
    assert airflow.tasks("approved_rollback", rejected)["rollback"][0] == "skipped"
    assert stack.epochs("approved") == before

    run_id = airflow.trigger("approved_rollback", to_epoch=1)
    airflow.approve("approved_rollback", run_id)
    assert airflow.finished("approved_rollback", run_id) == "success"
    assert stack.epochs("approved")[-1].purpose == Rollback(1)
    assert stack.rows("approved") == expected(range(1, 2))


def test_catching_up_by_interval_makes_one_epoch_per_interval(stack: Stack) -> None:
    """Ten seconds each, from the first interval of the history on, without a gap."""
    stack.airflow.until(lambda: len(stack.airflow.runs("history", state="success")) == 5, "the runs", 120)
    epochs = stack.epochs("history")
    assert sealed_by(stack, "history") == ids(stack, "history")
    assert [make.ends(e) for e in epochs] == [(n, n + 1) for n in range(5)]
    first_ms = round(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
    intervals = [(e.run.interval_start_ms, e.run.interval_end_ms) for e in epochs]
    assert intervals == [(first_ms + 10_000 * n, first_ms + 10_000 * (n + 1)) for n in range(5)]
    assert stack.rows("history") == expected(range(1, 6))


def test_epochs_of_a_few_seconds_end_where_their_intervals_end(stack: Stack) -> None:
    """The files are there before their time: each waits for the interval that it belongs to."""
    begin_s = datetime.now(UTC).timestamp() // 5 * 5 + 5
    times = [begin_s + 5 * n + 2 for n in range(4)]
    for n, time_s in enumerate(times):
        stack.add("seconds", n + 1, f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%dT%H-%M-%S}.csv")
    stack.airflow.await_dag("seconds")

    def all_taken() -> bool:
        epochs = stack.epochs("seconds")
        return bool(epochs) and epochs[-1].status is Status.SEALED and make.stop(epochs[-1]) == 4

    stack.airflow.until(all_taken, "the four files", 120)
    stack.airflow.pause("seconds", paused=True)
    epochs = stack.epochs("seconds")
    assert [make.ends(e)[0] for e in epochs] == [0, *(make.stop(e) for e in epochs[:-1])]
    ends_s = [e.run.interval_end_ms / 1000 for e in epochs if e.run.interval_end_ms is not None]
    assert [make.stop(e) for e in epochs] == [sum(time_s < end_s for time_s in times) for end_s in ends_s]
    assert stack.rows("seconds") == expected(range(1, 5))


def test_the_command_line_does_the_same(stack: Stack) -> None:
    """A paused DAG takes backfills and runs into its queue, and says nothing; they start when it is unpaused."""
    airflow = stack.airflow
    for number in range(1, 4):
        stack.add("typed", number)
    airflow.await_dag("typed")
    stack.command("dags", "pause", "typed", "--yes")
    days = ("--dag-id", "typed", "--from-date", "2026-01-01", "--to-date", "2026-01-02")
    listed = stack.command("backfill", "create", *days, "--dry-run")
    assert all(day in listed for day in days[3::2])
    assert airflow.runs("typed") == []
    stack.backfill("typed", *days[3::2])
    stack.command("dags", "trigger", "typed", "--run-id", "by-hand", "--conf", '{"max_slices": 1}')
    stack.succeeds("canary")
    assert [r["state"] for r in airflow.runs("typed")] == ["queued"] * 3
    assert stack.epochs("typed") == []
    stack.command("dags", "unpause", "typed", "--yes")
    assert {airflow.finished("typed", run_id) for run_id in ids(stack, "typed")} == {"success"}
    before = stack.epochs("typed")
    assert sorted(sealed_by(stack, "typed")) == sorted(ids(stack, "typed"))
    assert stack.rows("typed") == expected(range(1, 4))
    stack.command("tasks", "clear", "typed", "--start-date", "2026-01-01", "--end-date", "2026-01-01", "--yes")
    airflow.until(lambda: len(airflow.runs("typed", state="success")) == 3, "the cleared run")
    assert stack.epochs("typed") == before
    assert stack.rows("typed") == expected(range(1, 4))


@pytest.mark.parametrize("day", ["2025-12-01", "2026-11-01"])
def test_outside_the_dates_of_the_dag_airflow_runs_no_task(stack: Stack, day: str) -> None:
    stack.airflow.await_dag("typed")
    before = stack.epochs("typed")
    run_id = stack.airflow.trigger("typed", f"{day}T00:00:00Z")
    assert stack.airflow.finished("typed", run_id) == "success"
    assert stack.airflow.tasks("typed", run_id) == {}
    assert stack.epochs("typed") == before


def hold(stack: Stack, name: str) -> None:
    (stack.root / f"hold-{name}").touch()


def release(stack: Stack, name: str) -> None:
    (stack.root / f"hold-{name}").unlink()


def sealed_by(stack: Stack, name: str) -> list[str]:
    """The runs whose epochs are sealed, oldest epoch first."""
    return [e.run.key for e in stack.epochs(name) if e.status is Status.SEALED]


def ids(stack: Stack, name: str) -> list[str]:
    """The runs, oldest first."""
    return [r["dag_run_id"] for r in stack.airflow.runs(name)]


def refusal(stack: Stack, dag_id: str, last: str, **more: object) -> tuple[int, str]:
    """How Airflow refuses a backfill: the status and its words."""
    dates = {"from_date": "2026-01-01T00:00:00Z", "to_date": f"{last}T00:00:00Z"}
    answer = stack.airflow.http.post("/api/v2/backfills", json={"dag_id": dag_id, **dates, **more})
    return answer.status_code, str(answer.json()["detail"])
