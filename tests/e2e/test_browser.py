"""Goal: what people do by clicks in Airflow's own pages means for the data what the verbs table says."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

import builders as make
from e2e.stack_of_services import Stack, expected
from tidegate import services
from tidegate.protocol.model import Kind, Status

pytestmark = [
    pytest.mark.airflow,
    pytest.mark.timeout(420),
    pytest.mark.filterwarnings("default"),  # of the packages that run the services in this process
]

SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
RUN_MS = 90_000
"""A page shows the end of a run within this time."""

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "needs Debian's package chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=[*SWITCHES])
        yield found
        found.close()


@pytest.fixture(scope="module")
def page(stack: Stack, browser: Browser) -> Page:
    """Logged in by the form."""
    address, user, password = services.airflow_login(stack.home)
    page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
    page.set_default_timeout(30_000)
    page.goto("/")
    page.get_by_role("textbox", name="Username").fill(user)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Dags", exact=True)).to_be_visible()
    return page


@pytest.fixture(scope="module", autouse=True)
def known(stack: Stack) -> None:
    for dag_id in ("clicked", "filled"):
        stack.airflow.await_dag(dag_id)
    stack.airflow.pause("filled", paused=True)


def test_a_run_is_triggered_by_the_form_with_a_param(stack: Stack, page: Page) -> None:
    for number in (1, 2):
        stack.add("clicked", number)
    page.get_by_role("link", name="Dags", exact=True).click()
    page.locator("a[href='/dags/clicked']").click()  # the first page names the DAG of each asset event, too
    form = trigger_form(page, "clicked")
    form.get_by_role("spinbutton", name="Most slices").fill("1")
    run_id = start(page, form)
    shows(page, "Success")
    assert [(e.run.key, make.stop(e)) for e in stack.epochs("clicked")] == [(run_id, 1)]
    assert stack.rows("clicked") == expected(range(1, 2))


def test_a_cleared_run_whose_epoch_is_sealed_changes_nothing(stack: Stack, page: Page) -> None:
    before = stack.epochs("clicked")
    run_id = before[-1].run.key
    page.goto(f"/dags/clicked/runs/{run_id}")
    page.get_by_role("button", name="Press shift+c to clear", exact=True).click()  # each task's row has its own
    dialog = page.get_by_role("dialog").filter(has_text="Clear Dag Run:")
    expect(dialog.get_by_text("Affected Tasks: 3")).to_be_visible()
    dialog.get_by_role("button", name="Confirm", exact=True).click()
    expect(dialog).to_be_hidden()
    stack.airflow.until(lambda: stack.airflow.tasks("clicked", run_id)["process"] == ("success", 2), "the second try")
    assert stack.airflow.finished("clicked", run_id) == "success"
    shows(page, "Success")
    assert stack.epochs("clicked") == before
    assert stack.rows("clicked") == expected(range(1, 2))


def test_a_run_marked_as_failed_and_deleted_leaves_its_epoch_to_the_next(stack: Stack, page: Page) -> None:
    (stack.root / "hold-clicked").touch()
    page.goto("/dags/clicked")
    left = start(page, trigger_form(page, "clicked"))
    stack.airflow.until(lambda: stack.airflow.tasks("clicked", left)["process"][0] == "success", "task process")
    mark(page, "Failed")
    shows(page, "Failed")
    (stack.root / "hold-clicked").unlink()
    page.get_by_role("button", name="Delete Dag Run", exact=True).click()
    question = page.get_by_role("dialog").filter(has_text="cannot be undone")
    question.get_by_role("button", name="Delete", exact=True).click()
    airflow = stack.airflow
    airflow.until(lambda: left not in [r["dag_run_id"] for r in airflow.runs("clicked")], f"the deletion of {left}")
    assert [(e.run.key, e.status) for e in stack.epochs("clicked")[1:]] == [(left, Status.STAGED)]
    assert stack.rows("clicked") == expected(range(1, 2))


def test_a_backfill_is_created_by_the_form(stack: Stack, page: Page) -> None:
    for number in (1, 2):
        stack.add("filled", number)
    page.goto("/dags/filled")
    form = backfill_form(page, "filled", "2026/01/01", "2026/01/02")
    run_backfill(stack, page, form)
    assert [e.run.key.partition("__")[0] for e in stack.epochs("filled")] == ["backfill"] * 2
    assert stack.rows("filled") == expected(range(1, 3))


def test_the_next_run_finishes_it_and_marked_as_success_publishes_nothing_of_its_own(stack: Stack, page: Page) -> None:
    (stack.root / "poison-clicked").touch()
    stack.add("clicked", 3)
    page.goto("/dags/clicked")
    start(page, trigger_form(page, "clicked"))
    shows(page, "Failed")
    mark(page, "Success")
    shows(page, "Success")
    (stack.root / "poison-clicked").unlink()
    assert [e.status for e in stack.epochs("clicked")] == [Status.SEALED, Status.SEALED, Status.PLANNED]
    assert stack.rows("clicked") == expected(range(1, 3))


def test_a_paused_dag_queues_a_run_until_the_switch_is_turned(stack: Stack, page: Page) -> None:
    page.goto("/dags/clicked")
    switch(page, active=False)
    stack.add("clicked", 4)
    waiting = stack.airflow.trigger("clicked")
    stack.succeeds("canary")
    assert stack.airflow.run("clicked", waiting)["state"] == "queued"
    switch(page, active=True)
    assert stack.airflow.finished("clicked", waiting) == "success"
    assert [e.status for e in stack.epochs("clicked")] == [Status.SEALED] * 4  # what was left, and its own
    assert stack.rows("clicked") == expected(range(1, 5))


def test_a_backfill_by_the_form_fills_a_lane_that_is_promoted_when_a_person_says_so(stack: Stack, page: Page) -> None:
    before = stack.epochs("filled")
    (stack.root / "changed-filled").touch()
    page.goto("/dags/filled")
    form = backfill_form(page, "filled", "2026/01/01", "2026/01/02")
    form.get_by_text("All Runs", exact=True).click()
    form.get_by_text("Override parameters on existing runs").click()
    form.locator("#element_lane").fill("fix")
    run_backfill(stack, page, form)
    assert stack.epochs("filled") == before
    assert stack.rows("filled") == expected(range(1, 3))

    page.goto("/dags/filled_promotion")
    form = trigger_form(page, "filled_promotion")
    form.locator("#element_lane").fill("fix")
    run_id = start(page, form)
    stack.airflow.until(lambda: stack.airflow.asks("filled_promotion", run_id), "the question")
    assert stack.rows("filled") == expected(range(1, 3))
    approve(stack, page, run_id)
    assert stack.airflow.finished("filled_promotion", run_id) == "success"
    assert stack.epochs("filled")[-1].kind is Kind.PROMOTION
    assert stack.rows("filled") == [(name, amount, 10 * total) for name, amount, total in expected(range(1, 3))]


def test_browse_tidegate_leads_to_the_epochs_and_from_there_to_a_run(stack: Stack, page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Browse", exact=True).click()
    page.get_by_role("menuitem", name="tidegate", exact=True).click()
    inside = page.frame_locator("iframe")
    inside.get_by_role("rowheader", name="clicked", exact=True).get_by_role("link").click()
    epochs = stack.epochs("clicked")
    for epoch in epochs:
        row = inside.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(rf"^{epoch.epoch}\b")))
        expect(row.get_by_role("cell").first).to_have_text("sealed")
    inside.get_by_role("link", name=epochs[-1].run.key, exact=True).click()
    expect(page.get_by_role("heading", name=epochs[-1].run.key, exact=True)).to_be_visible()


def test_the_tab_of_the_dag_shows_its_epochs_also_behind_a_promotion(stack: Stack, page: Page) -> None:
    page.goto("/dags/filled")
    page.get_by_role("link", name="Epochs", exact=True).click()
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="filled", exact=True)).to_be_visible()
    expect(inside.get_by_role("cell", name="sealed", exact=True)).to_have_count(3)


def open_dialog(page: Page) -> None:
    button = page.get_by_role("button", name="Trigger Dag")
    expect(button).to_have_count(1)  # the list of DAGs has one in each row
    button.click()


def trigger_form(page: Page, dag_id: str) -> Locator:
    open_dialog(page)
    form = page.get_by_role("dialog").filter(has_text=f"Trigger Dag - {dag_id}")
    expect(form.get_by_role("button", name="Run Parameters")).to_be_visible()
    return form


def start(page: Page, form: Locator) -> str:
    """Press the button; the id of the run that the page then shows."""
    form.get_by_role("button", name="Trigger", exact=True).click()
    expect(form).to_be_hidden()
    shown = page.get_by_role("heading", name="manual__")
    expect(shown).to_be_visible()
    return shown.inner_text()


def shows(page: Page, state: str) -> None:
    """The badge beside the run's name."""
    heading = page.get_by_role("heading", name="manual__")
    badge = heading.locator("xpath=..").get_by_text(state, exact=True)
    expect(badge).to_be_visible(timeout=RUN_MS)


def mark(page: Page, state: str) -> None:
    page.get_by_role("button", name="Mark Dag Run as...", exact=True).click()
    page.get_by_role("menuitem", name=state, exact=True).click()
    dialog = page.get_by_role("dialog").filter(has_text="Mark Dag Run as")
    dialog.get_by_role("button", name="Confirm", exact=True).click()
    expect(dialog).to_be_hidden()


def approve(stack: Stack, page: Page, run_id: str) -> None:
    """Say yes as often as Airflow asks: it asks again when the answer comes before the asking process is gone."""
    airflow, dag_id = stack.airflow, "filled_promotion"

    def over() -> bool:
        if not airflow.asks(dag_id, run_id):
            return airflow.tasks(dag_id, run_id)["approve"][0] == "success"
        page.goto(f"/dags/{dag_id}/runs/{run_id}")
        page.get_by_role("button", name="Required Actions").click()
        question = page.get_by_role("dialog", name="Required Actions")
        expect(question.get_by_text("Let lane fix take the place of filled?")).to_be_visible()
        with page.expect_response(lambda answer: answer.request.method == "PATCH"):
            question.get_by_role("button", name="Approve").click()
        return False

    airflow.until(over, f"the approval of {run_id}", 120)


def switch(page: Page, *, active: bool) -> None:
    """Turn the DAG's switch when the page shows that it stands the other way; the page then shows that it is turned."""
    shown = page.get_by_test_id("toggle-pause")
    expect(shown.get_by_role("checkbox")).to_be_checked(checked=not active)
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        shown.click()
    expect(shown.get_by_role("checkbox")).to_be_checked(checked=active)


def run_backfill(stack: Stack, page: Page, form: Locator) -> None:
    """Press the button when the form has counted the runs; wait until Airflow has noted that they are over.

    Not for the page's banner: it may not be drawn before a short backfill is over.
    """
    expect(form.get_by_text("2 runs will be triggered.")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/backfills")):
        form.get_by_role("button", name="Run Backfill", exact=True).click()
    stack.airflow.await_backfills("filled")


def backfill_form(page: Page, dag_id: str, first: str, last: str) -> Locator:
    open_dialog(page)
    page.get_by_role("dialog").get_by_text("Backfill", exact=True).click()
    form = page.get_by_role("dialog").filter(has_text=f"Run Backfill - {dag_id}")
    for n, day in enumerate((first, last)):
        form.get_by_test_id("datetime-input").nth(n).click()
        field = page.get_by_placeholder("YYYY/MM/DD").locator("visible=true")
        field.fill(day)
        field.press("Enter")
        field.press("Escape")
        expect(field).to_be_hidden()
    return form
