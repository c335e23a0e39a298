"""Goal: on a real Airflow every verb keeps the promise: run, kill, retry, clear, backfill; the pages are guarded."""

from datetime import datetime
from typing import Any

import pytest

import builders as make
from e2e.stack_of_services import Stack, expected
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.protocol.model import Kind, LaneId, Status
from tidegate.protocol.purposes import goes_back_to

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.timeout(420),
    pytest.mark.filterwarnings("default"),  # of the packages that run the services in this process
]


def test_scheduled_runs_make_epochs_and_empty_ones_are_skipped(stack: Stack) -> None:
    stack.add("ticking", 1)
    stack.airflow.await_dag("ticking")
    stack.airflow.until(lambda: _sealed(stack, "ticking") == 1, "the first epoch")
    stack.add("ticking", 2)
    stack.airflow.until(lambda: _sealed(stack, "ticking") == 2, "the second epoch")

    def empty() -> str | None:
        runs = stack.airflow.runs("ticking", state="success")
        states = {r["dag_run_id"]: stack.airflow.tasks("ticking", r["dag_run_id"]) for r in runs}
        return next((i for i, t in states.items() if t["publish"][0] == "skipped"), None)

    run_id = stack.airflow.until(empty, "a run without new input")
    stack.airflow.pause("ticking", paused=True)
    assert stack.airflow.tasks("ticking", run_id)["process"][0] == "success"
    assert stack.airflow.xcom("ticking", run_id, "process")["status"] == "NO_INPUT"
    assert stack.rows("ticking") == expected(range(1, 3))
    assert {e.run.key.split("__")[0] for e in stack.epochs("ticking")} == {"scheduled"}
    assert all(e.run.interval_start_ms and e.run.interval_end_ms for e in stack.epochs("ticking"))


@pytest.mark.parametrize(
    ("number", "point", "tries"),
    [
        (1, "manifest_written", {"process": ("success", 2), "publish": ("success", 1)}),
        (2, "swapped", {"process": ("success", 1), "publish": ("success", 2)}),
    ],
)
def test_a_killed_task_is_retried_and_the_run_succeeds(
    stack: Stack, number: int, point: str, tries: dict[str, tuple[str, int]]
) -> None:
    stack.add("manual", number)
    stack.airflow.await_dag("manual")
    stack.arm(f"{point}@manual:{number}")
    run_id = stack.airflow.trigger("manual")
    assert stack.airflow.finished("manual", run_id) == "success"
    stack.disarm()
    assert stack.airflow.tasks("manual", run_id) == tries
    assert stack.airflow.xcom("manual", run_id, "publish")["status"] == "SEALED"
    assert stack.rows("manual") == expected(range(1, number + 1))


def test_clearing_a_sealed_run_changes_nothing(stack: Stack) -> None:
    before, rows = stack.epochs("manual"), stack.rows("manual")
    run_id = before[-1].run.key
    stack.airflow.clear("manual", run_id, only_failed=False)
    assert stack.airflow.finished("manual", run_id) == "success"
    assert stack.epochs("manual") == before
    assert stack.rows("manual") == rows


def test_a_failed_run_says_why_and_clearing_it_finishes_it(stack: Stack) -> None:
    stack.add("manual", 3)
    (stack.root / "poison-manual").touch()
    run_id = stack.airflow.trigger("manual")
    assert stack.airflow.finished("manual", run_id) == "failed"
    # the function's error is not retried: nothing would be different
    assert stack.airflow.tasks("manual", run_id) == {"process": ("failed", 1), "publish": ("upstream_failed", 0)}
    log = stack.airflow.log("manual", run_id, "process", 1)
    assert "user_function: " in log
    assert "poisoned on purpose" in log
    page = stack.airflow.http.get("/tidegate/pipelines/manual").text
    assert "poisoned on purpose" in page
    (stack.root / "poison-manual").unlink()
    stack.airflow.clear("manual", run_id, only_failed=True)
    assert stack.airflow.finished("manual", run_id) == "success"
    assert stack.epochs("manual")[-1].attempts == 2
    assert stack.rows("manual") == expected(range(1, 4))


def test_clearing_an_empty_run_takes_what_has_come_meanwhile(stack: Stack) -> None:
    run_id = stack.airflow.trigger("manual")
    assert stack.airflow.finished("manual", run_id) == "success"
    assert stack.airflow.tasks("manual", run_id) == {"process": ("success", 1), "publish": ("skipped", 0)}
    stack.add("manual", 4)
    stack.airflow.clear("manual", run_id, only_failed=False)
    assert stack.airflow.finished("manual", run_id) == "success"
    assert stack.airflow.tasks("manual", run_id)["publish"][0] == "success"
    assert stack.rows("manual") == expected(range(1, 5))


def test_a_run_waits_for_a_lane_without_a_worker_slot_and_without_a_try(stack: Stack) -> None:
    stack.add("manual", 5)
    store = PostgresCheckpointStore(stack.endpoints.checkpoint)
    lease = store.acquire(LaneId("manual"), "somebody else", ttl_s=600)
    run_id = stack.airflow.trigger("manual")

    def waits() -> bool:
        return stack.airflow.tasks("manual", run_id)["process"][0] == "up_for_reschedule"

    stack.airflow.until(waits, "a rescheduled task")
    store.release(lease)
    store.close()
    assert stack.airflow.finished("manual", run_id) == "success"
    assert stack.airflow.tasks("manual", run_id) == {"process": ("success", 1), "publish": ("success", 1)}
    assert stack.rows("manual") == expected(range(1, 6))


def test_a_dry_run_says_what_would_be_done_and_does_nothing(stack: Stack) -> None:
    airflow, before = stack.airflow, stack.epochs("manual")
    airflow.await_dag("manual")
    wrong = {"logical_date": None, "conf": {"max_slices": 0}}
    assert airflow.http.post("/api/v2/dags/manual/dagRuns", json=wrong).status_code == 400
    run_id = airflow.trigger("manual", dry_run=True, max_slices=1)
    assert airflow.finished("manual", run_id) == "success"
    states = {task: state for task, (state, _) in airflow.tasks("manual", run_id).items()}
    assert states == {"process": "success", "publish": "skipped"}
    plan = airflow.xcom("manual", run_id, "process")
    assert (plan["status"], plan["epoch"], plan["slices"]) == ("DRY_RUN", None, 0)
    assert stack.epochs("manual") == before


def test_a_backfill_a_scheduled_and_a_manual_run_at_once_make_epochs_one_after_the_other(stack: Stack) -> None:
    """Airflow runs the backfill's three and the others together: the lease alone puts them in a row."""
    for number in range(1, 6):
        stack.add("daily", number)
    stack.airflow.await_dag("daily")
    stack.backfill("daily", "2026-03-01", "2026-03-03")
    stack.airflow.trigger("daily")
    stack.airflow.until(lambda: _sealed(stack, "daily") == 5, "five epochs")
    epochs = stack.epochs("daily")
    assert [e.epoch for e in epochs] == [1, 2, 3, 4, 5]
    assert [make.ends(e) for e in epochs] == [(n, n + 1) for n in range(5)]
    kinds = [e.run.key.partition("__")[0] for e in epochs]
    assert sorted(kinds) == ["backfill", "backfill", "backfill", "manual", "scheduled"]
    assert stack.rows("daily") == expected(range(1, 6))


def test_the_rollback_dag_goes_back_and_the_next_run_processes_the_events_again(stack: Stack) -> None:
    airflow = stack.airflow

    def succeeds(dag_id: str, **conf: Any) -> str:
        run_id = airflow.trigger(dag_id, **conf)
        assert airflow.finished(dag_id, run_id) == "success", airflow.tasks(dag_id, run_id)
        return run_id

    airflow.await_dag("undone")
    for number in range(1, 4):
        stack.add("undone", number)
        succeeds("undone")
    refused = airflow.http.post("/api/v2/dags/undone_rollback/dagRuns", json={"logical_date": None, "conf": {}})
    assert refused.status_code == 400  # the form's one required field
    dry = succeeds("undone_rollback", to_epoch=1)
    assert airflow.tasks("undone_rollback", dry) == {"plan": ("success", 1), "rollback": ("skipped", 0)}
    plan = airflow.xcom("undone_rollback", dry, "plan")
    assert (plan["from_epoch"], plan["to_epoch"], plan["positions"]) == (3, 1, {"source": [1, 3]})
    assert "e2e.undone: 0 partitions get earlier files, 2 are removed" in airflow.log("undone_rollback", dry, "plan", 1)
    assert stack.rows("undone") == expected(range(1, 4))

    stack.arm("swapped@undone:4")
    run_id = succeeds("undone_rollback", to_epoch=1, dry_run=False)
    stack.disarm()
    assert airflow.tasks("undone_rollback", run_id) == {"plan": ("success", 1), "rollback": ("success", 2)}
    assert stack.rows("undone") == expected(range(1, 2))
    events = airflow.call("GET", "/assets/events?limit=100&source_dag_id=undone_rollback")["asset_events"]
    assert [(e["extra"]["epoch"], e["extra"]["restores"]) for e in events] == [(4, 1)]
    airflow.clear("undone_rollback", run_id, only_failed=False)
    assert airflow.finished("undone_rollback", run_id) == "success"
    assert len(stack.epochs("undone")) == 4  # done before

    for number in (2, 3):
        succeeds("undone")
        assert stack.rows("undone") == expected(range(1, number + 1))
    failed = airflow.trigger("undone_rollback", to_epoch=99, dry_run=False)
    assert airflow.finished("undone_rollback", failed) == "failed"
    assert airflow.tasks("undone_rollback", failed)["plan"] == ("failed", 1)
    assert "there is no sealed epoch 99" in airflow.log("undone_rollback", failed, "plan", 1)


HOURS = 8


def test_a_backfill_by_interval_takes_a_long_history_in_order(stack: Stack) -> None:
    """Several runs are active at once: whichever comes first takes all that is before the end of its interval."""
    stack.add("hourly", 1, "2025-12-31T07.csv")  # older than the first interval
    for hour in range(HOURS):
        stack.add("hourly", hour + 2, f"2026-01-01T{hour:02}.csv")
    stack.add("hourly", HOURS + 3, "2026-01-01T10.csv")  # it waits for its own interval, though it is there
    stack.airflow.await_dag("hourly")
    stack.backfill("hourly", "2026-01-01T00:00", f"2026-01-01T{HOURS - 1:02}:00", "--max-active-runs", "3")
    stack.airflow.until(lambda: len(stack.airflow.runs("hourly", state="success")) == HOURS, "the runs", 300)
    epochs = stack.epochs("hourly")
    for run in stack.airflow.runs("hourly"):
        states = {task: state for task, (state, _) in stack.airflow.tasks("hourly", run["dag_run_id"]).items()}
        assert states["process"] == "success"
        if run["dag_run_id"] in {e.run.key for e in epochs}:
            assert states["publish"] == "success"
        else:  # it announces another run's epoch when it sealed that one on the way
            assert states["publish"] in ("skipped", "success")
    # an epoch goes on where the last one ended, up to the end of its run's interval: one file an hour, and one before
    first_ms = datetime.fromisoformat("2026-01-01T00:00+00:00").timestamp() * 1000
    assert [make.ends(e)[0] for e in epochs] == [0, *(make.stop(e) for e in epochs[:-1])]
    ends_ms = [e.run.interval_end_ms for e in epochs if e.run.interval_end_ms is not None]
    assert [make.stop(e) for e in epochs] == [1 + (end_ms - first_ms) // 3_600_000 for end_ms in ends_ms]
    assert make.stop(epochs[-1]) == HOURS + 1
    assert stack.rows("hourly") == expected(range(1, HOURS + 2))


def test_late_input_is_refused_behind_the_head_and_taken_by_the_next_interval(stack: Stack) -> None:
    stack.add("hourly", HOURS + 2, "2026-01-01T03-late.csv")
    before = stack.epochs("hourly")
    for logical_date, says in (("2026-01-01T05:30:00Z", "T03-late.csv came late"), (None, "has no data interval")):
        run_id = stack.airflow.trigger("hourly", logical_date)
        assert stack.airflow.finished("hourly", run_id) == "failed"
        assert stack.airflow.tasks("hourly", run_id)["process"] == ("failed", 1)
        log = stack.airflow.log("hourly", run_id, "process", 1)
        assert "interval: hourly: " in log
        assert says in log
    assert stack.epochs("hourly") == before
    run_id = stack.airflow.trigger("hourly", "2026-01-01T09:30:00Z")  # the interval from 8 to 9
    assert stack.airflow.finished("hourly", run_id) == "success"
    assert stack.rows("hourly") == expected(range(1, HOURS + 3))


def test_a_backwards_backfill_by_interval_loses_nothing(stack: Stack) -> None:
    stack.airflow.await_backfills("hourly")
    stack.backfill("hourly", "2026-01-01T09:00", "2026-01-01T11:00", "--run-backwards")
    stack.airflow.await_backfills("hourly")
    runs = stack.airflow.runs("hourly")
    assert [r["state"] for r in runs if r["run_type"] == "backfill"] == ["success"] * (HOURS + 3)
    assert stack.rows("hourly") == expected(range(1, HOURS + 4))


def reworked(stack: Stack, last: int, *changed: int) -> None:
    """Readers see the changed code's rows of these files, and the old code's of all others up to the last one."""
    of_file = [expected(range(1, n + 1)) for n in range(last + 1)]
    rows = [
        (name, amount, total * (10 if n in changed else 1))
        for n in range(1, last + 1)
        for name, amount, total in set(of_file[n]) - set(of_file[n - 1])
    ]
    assert stack.rows("reworked") == sorted(rows)


def test_a_cleared_run_is_processed_again_with_todays_code(stack: Stack) -> None:
    """Its own epoch's output is swapped; what came behind it stays, and so does the state."""
    for number in range(1, 6):
        stack.add("reworked", number)
    stack.airflow.await_dag("reworked")
    stack.backfill("reworked", "2026-01-01", "2026-01-05", "--max-active-runs", "1")
    stack.airflow.await_backfills("reworked")
    first = stack.epochs("reworked")
    assert [e.epoch for e in first] == [1, 2, 3, 4, 5]
    (stack.root / "changed-reworked").touch()
    run_id = first[1].run.key
    stack.arm("swapped@reworked:6")
    stack.airflow.clear("reworked", run_id, only_failed=False)
    assert stack.airflow.finished("reworked", run_id) == "success", stack.airflow.tasks("reworked", run_id)
    stack.disarm()
    last = stack.epochs("reworked")[-1]
    assert (last.epoch, last.kind, goes_back_to(last.purpose)) == (6, Kind.PROMOTION, 1)
    assert last.parent == first[-1].manifest
    reworked(stack, 5, 2)


def test_a_backfill_reprocesses_on_a_lane_that_is_compared_and_promoted(stack: Stack) -> None:
    """Live goes on meanwhile, and nobody sees the lane before."""
    lane = ("--reprocess-behavior", "completed", "--dag-run-conf", '{"lane": "fix"}')
    stack.backfill("reworked", "2026-01-03", "2026-01-04", *lane)
    stack.add("reworked", 6)
    live = stack.airflow.trigger("reworked")
    stack.airflow.await_backfills("reworked")
    assert stack.airflow.finished("reworked", live) == "success"
    reworked(stack, 6, 2, 6)
    assert "fix\tOPEN" in stack.tidegate("lanes", "reworked")
    assert "e2e.reworked\t3\t2\t2\t2\t2\t0" in stack.tidegate("diff", "reworked", "--lane", "fix")
    run_id = stack.airflow.trigger("reworked_promotion", lane="fix")
    question = stack.airflow.approve("reworked_promotion", run_id)
    assert "Let lane fix take the place of reworked?" in question
    assert "e2e.reworked: " in question
    assert " rows added, " in question
    reworked(stack, 6, 2, 6)  # nothing is swapped before a person says so
    assert stack.airflow.finished("reworked_promotion", run_id) == "success"
    assert stack.airflow.xcom("reworked_promotion", run_id, "promote")["status"] == "SEALED"
    reworked(stack, 6, 2, 3, 4, 5, 6)
    assert "exactly what the sealed epochs made" in stack.tidegate("verify", "reworked", "--checksums")


def test_pages_need_a_login_and_show_the_epochs(stack: Stack) -> None:
    airflow = stack.airflow
    for path in ("pipelines", "pipelines/manual", "dags/manual", "api/pipelines", "api/pipelines/manual", "nothing"):
        refused = airflow.anonymous.get(f"/tidegate/{path}")
        assert refused.status_code in (401, 404), path
        assert "manual" not in refused.text.replace(path, "")
    assert airflow.anonymous.get("/tidegate/pipelines").status_code == 401
    listed = airflow.http.get("/tidegate/pipelines")
    assert listed.status_code == 200
    assert all(name in listed.text for name in ("ticking", "manual", "undone", "daily", "hourly", "reworked"))
    # a browser sends the cookie that Airflow's own pages set
    cookie = airflow.anonymous.get("/tidegate/pipelines", headers={"Cookie": f"_token={airflow.token}"})
    assert cookie.status_code == 200
    for path in ("pipelines/manual", "dags/manual"):
        page = airflow.http.get(f"/tidegate/{path}")
        assert page.status_code == 200
        assert page.text.count('class="status SEALED"') == 5
        assert "/dags/manual/runs/manual__" in page.text
    found = airflow.http.get("/tidegate/api/pipelines/manual").json()
    assert [(e["epoch"], e["status"], e["partitions"]) for e in found["epochs"]] == [
        (n, "SEALED", 1) for n in (5, 4, 3, 2, 1)
    ]
    assert airflow.http.get("/tidegate/pipelines/nothing").status_code == 404
    assert "has run no tidegate pipeline" in airflow.http.get("/tidegate/dags/other").text
    views = [v for p in airflow.call("GET", "/plugins")["plugins"] for v in p["external_views"]]
    assert {v["destination"] for v in views if "tidegate" in v["href"]} == {"nav", "dag"}
    assert airflow.call("GET", "/plugins/importErrors")["total_entries"] == 0


def test_every_epoch_was_announced_to_airflows_assets(stack: Stack) -> None:
    events = stack.airflow.call("GET", "/assets/events?limit=100&source_dag_id=manual")["asset_events"]
    assert {e["extra"]["epoch"] for e in events} == {1, 2, 3, 4, 5}
    assert {(e["extra"]["pipeline"], e["extra"]["lane"], e["extra"]["rows_in"]) for e in events} == {
        ("manual", "main", 2)
    }
    touched = {(e["extra"]["epoch"], *e["extra"]["table"]["partition_names"]) for e in events}
    assert touched == {(n, f"epoch_id={n}") for n in range(1, 6)}


def test_warm_runs_and_what_their_time_goes_into(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """The times are printed for people; a busy machine says little."""
    lines = []
    for number in range(6, 9):
        stack.add("manual", number)
        run_id = stack.airflow.trigger("manual")
        assert stack.airflow.finished("manual", run_id) == "success"
        run = stack.airflow.run("manual", run_id)
        parts = {t: stack.airflow.xcom("manual", run_id, t)["timings"] for t in ("process", "publish")}
        began, ended = (datetime.fromisoformat(run[k]) for k in ("queued_at", "end_date"))
        seconds = (ended - began).total_seconds()
        lines.append(f"{seconds:.2f} s: tasks {stack.airflow.durations('manual', run_id)}, steps {parts}")
    with capsys.disabled():
        print("\nqueued to success, whole epochs:", *lines, sep="\n  ")
    assert stack.rows("manual") == expected(range(1, 9))


def _sealed(stack: Stack, pipeline: str) -> int:
    return sum(e.status is Status.SEALED for e in stack.epochs(pipeline))
