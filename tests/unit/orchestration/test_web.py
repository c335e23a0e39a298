"""Goal: the pages show only what the user may read, escape everything, and hold below any mount path."""

import asyncio
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI, HTTPException

import builders as make
from tidegate.adapters.checkpoint import LaneSummary, PipelineSummary
from tidegate.adapters.kafka.ranges import KafkaDetail, Live, LiveTopic, OffsetSpan, TopicSpans
from tidegate.errors import UnavailableError
from tidegate.orchestration.web import overview
from tidegate.orchestration.web.format import moment, number, seconds, segment, spans
from tidegate.protocol.model import (
    Clone,
    Epoch,
    LaneId,
    LaneStatus,
    ManifestRef,
    OffsetRange,
    Promotion,
    Rollback,
    Run,
    Slice,
    Status,
    Word,
)
from tidegate.services.model import free_ports

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what Airflow's server imports warns of what that imports
    from tidegate.orchestration.web import app as web
    from tidegate.orchestration.web.access import get_user

COUNTS = make.counts(rows_in=1_000_000, processed=999_990, failed=10, rows_out={"d.t": 5}, keys_changed=7)
SEALED = make.epoch(
    lane=LaneId("sales"),
    run=Run("manual__2026-01-01T00:00:00+00:00", "airflow:sales_dag:manual__2026-01-01T00:00:00+00:00"),
    offsets=make.span(0, 1234),
    manifest=ManifestRef("hdfs://far/manifest.json", "00"),
    counts=COUNTS,
    planned_ms=1_000,
    sealed_ms=63_000,
)
FAILED = replace(
    SEALED,
    epoch=2,
    status=Status.PLANNED,
    counts=None,
    manifest=None,
    sealed_ms=None,
    failure_kind="user_function",
    failure_message="<script>alert(1)</script>",
)
CLI_ONLY = replace(SEALED, lane=LaneId("by_hand"), run=Run("cli-1", "cli:host:9"))
BACK = replace(CLI_ONLY, epoch=2, purpose=Rollback(0))
TAKEN = replace(CLI_ONLY, epoch=3, purpose=Promotion("<fix>", 0, keeps_state=False))


LANES = tuple(
    LaneSummary(LaneId("sales", name), 1, None, None, False, SEALED, None, status, 1_234)
    for name, status in (("fix-<b>", LaneStatus.OPEN), ("older", LaneStatus.PROMOTED))
)
MAY = Clone("audit.may", "d.<t>", "d.t", 4_321, ManifestRef("hdfs://far/m", "00"), made_ms=63_000)
CORRECTED = [
    make.slice_(7, "/in/<7>.csv", skipped=True, noted_ms=63_000, word=Word("me", "cut <off>")),
    make.slice_(8, "/in/8.csv", noted_ms=63_000, word=Word("me", "mended")),
]


class FakeStore:
    """Two pipelines: one run by Airflow, one by the command line."""

    def pipelines(self) -> list[PipelineSummary]:
        def lane(head: Epoch, unfinished: Epoch | None, owner: str | None) -> LaneSummary:
            return LaneSummary(head.lane, 1, owner, 2**42, owner is not None, head, unfinished)

        return [
            PipelineSummary("by_hand", "f", 4, (lane(CLI_ONLY, None, None),)),
            PipelineSummary("new", "f", 8, ()),
            PipelineSummary("sales", "f", 4, (lane(SEALED, FAILED, "airflow:sales_dag:x"), *LANES)),
        ]

    def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
        return {"sales": [FAILED, SEALED], "by_hand": [TAKEN, BACK, CLI_ONLY], "new": []}[lane.pipeline][:limit]

    def clones(self, pipeline: str) -> list[Clone]:
        return [MAY] if pipeline == "sales" else []

    def corrected(self, pipeline: str) -> list[Slice]:
        return CORRECTED if pipeline == "sales" else []

    def last_sealed(self, lane: LaneId) -> Epoch | None:
        return {"sales": SEALED, "by_hand": CLI_ONLY}.get(lane.pipeline)

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        return [make.slice_(offsets.start, source=source)]

    def close(self) -> None:
        pass


class OfKafka(FakeStore):
    """The source is a topic of two partitions."""

    def slices(self, pipeline: str, source: str, offsets: OffsetRange) -> list[Slice]:
        spans = {0: OffsetSpan(0, 1_000, 1), 1: OffsetSpan(0, 5, 1)}
        return [Slice(source, offsets.start, "t@1", KafkaDetail({"<t>": TopicSpans("id", spans)}).to_json())]


class Browser:
    """Asks the application itself, without a server."""

    def __init__(self, app: FastAPI, root: str) -> None:
        self.transport, self.root = httpx.ASGITransport(app, root_path=root), root

    def get(self, path: str, method: str = "GET") -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport, base_url="http://airflow") as client:
                return await client.request(method, self.root + path)

        return asyncio.run(ask())


Client = Callable[..., Browser]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Logged in, with the right to read the given DAGs (None: DAGs at all)."""

    def make(*dags: str | None, user: bool = True, store: type[FakeStore] = FakeStore, root: str = "") -> Browser:
        app = web.application()

        def anonymous() -> None:
            raise HTTPException(401, "Not authenticated")

        def somebody() -> SimpleNamespace:
            return SimpleNamespace(name="viewer")

        app.dependency_overrides[get_user] = somebody if user else anonymous
        monkeypatch.setattr(web, "PostgresCheckpointStore", lambda url: store())
        monkeypatch.setattr(web, "checkpoint_url", lambda: "postgresql://db/tidegate")

        def may_read(user: object, dag_id: str | None) -> bool:
            if dag_id and "\0" in dag_id:
                raise ValueError("A string literal cannot contain NUL (0x00) characters.")  # as psycopg does
            return dag_id in dags

        monkeypatch.setattr(web, "may_read", may_read)
        around = FastAPI()
        around.mount("/tidegate", app)
        return Browser(around, root)

    return make


def test_nothing_without_a_login(client: Client) -> None:
    for path in ("", "pipelines", "pipelines/sales", "dags/sales_dag", "api/pipelines", "api/pipelines/sales"):
        answer = client("sales_dag", None, user=False).get(f"/tidegate/{path}")
        assert answer.status_code == 401, path
        assert "alert" not in answer.text
    assert answer.json() == {"detail": "Not authenticated"}


def test_only_readable_pipelines_are_listed(client: Client) -> None:
    assert [p["pipeline"] for p in client("sales_dag").get("/tidegate/api/pipelines").json()] == ["sales"]
    assert [p["pipeline"] for p in client(None).get("/tidegate/api/pipelines").json()] == ["by_hand", "new"]
    assert client().get("/tidegate/pipelines").text.count("<tbody>") == 0


def test_an_unreadable_pipeline_is_as_good_as_none(client: Client) -> None:
    hidden = client(None).get("/tidegate/pipelines/sales")
    unknown = client(None).get("/tidegate/pipelines/none")
    assert hidden.status_code == unknown.status_code == 404
    assert (
        hidden.text.replace("sales", "none").split("<main>")[1].split("<script")[0]
        == (unknown.text.split("<main>")[1].split("<script")[0])
    )
    assert client(None).get("/tidegate/dags/sales_dag").status_code == 403


@pytest.mark.parametrize("owner", ["airflow:sales_dag_rollback:x", "cli:host:9"])
def test_a_pipeline_stays_with_its_dag_when_something_else_rolled_it_back_or_promoted_a_lane(
    client: Client, owner: str
) -> None:
    head = replace(SEALED, epoch=2, purpose=Rollback(0), run=Run("x", owner))

    class RolledBack(FakeStore):
        def pipelines(self) -> list[PipelineSummary]:
            return [PipelineSummary("sales", "f", 4, (LaneSummary(head.lane, 1, None, None, False, head, None),))]

        def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
            return [head, SEALED][:limit]

    browser = client("sales_dag", store=RolledBack)
    assert [p["dag_id"] for p in browser.get("/tidegate/api/pipelines").json()] == ["sales_dag"]
    assert browser.get("/tidegate/api/pipelines/sales").json()["dag_id"] == "sales_dag"
    assert "[0, 1,234)" in browser.get("/tidegate/dags/sales_dag").text


def test_the_page_of_a_pipeline(client: Client) -> None:
    answer = client("sales_dag").get("/tidegate/pipelines/sales")
    assert answer.status_code == 200
    text = answer.text
    for shown in ("[0, 1,234)", "1,000,000", "1 min 2 s", 'class="status SEALED">sealed', "airflow:sales_dag:x"):
        assert shown in text, shown
    assert 'href="/dags/sales_dag/runs/manual__2026-01-01T00%3A00%3A00%2B00%3A00"' in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "http://" not in text
    assert "https://" not in text
    nonce = answer.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    assert text.count(f'nonce="{nonce}"') == 2
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_person_gave_up_and_corrected_is_shown(client: Client) -> None:
    class Given(FakeStore):
        def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
            given_up = replace(FAILED, status=Status.ABANDONED, given_up_ms=1, given_up=Word("me", "a <late> file"))
            return [given_up, replace(SEALED, counts=replace(COUNTS, skipped=3))]

    browser = client("sales_dag", store=Given)
    text = browser.get("/tidegate/pipelines/sales").text
    for shown in (
        "given up by me: a &lt;late&gt; file",
        "3 skipped",
        "/in/&lt;7&gt;.csv",
        "cut &lt;off&gt;",
        "taken as",
    ):
        assert shown in text
    found = browser.get("/tidegate/api/pipelines/sales").json()
    assert [(c["position"], c["skipped"], c["why"]) for c in found["corrections"]] == [
        (7, True, "cut <off>"),
        (8, False, "mended"),
    ]


def test_a_paused_pipeline_says_why_and_how_it_goes_on(client: Client) -> None:
    failed = replace(FAILED, failures=3, paused_ms=1_000)

    class Paused(FakeStore):
        def pipelines(self) -> list[PipelineSummary]:
            return [PipelineSummary("sales", "f", 4, (LaneSummary(failed.lane, 1, None, None, False, SEALED, failed),))]

        def epochs(self, lane: LaneId, *, limit: int) -> list[Epoch]:
            return [failed, SEALED]

    browser = client("sales_dag", store=Paused)
    page = browser.get("/tidegate/pipelines/sales").text
    assert "3 attempts in a row ended with user_function: &lt;script&gt;" in page
    assert "`tidegate resume sales`" in page
    assert '<span class="failed">paused</span>' in page
    assert '<span class="failed">paused</span>' in browser.get("/tidegate/pipelines").text
    assert "3 attempts in a row" in browser.get("/tidegate/api/pipelines").json()[0]["paused"]
    assert ">paused<" not in client("sales_dag").get("/tidegate/pipelines/sales").text


def test_open_lanes_and_clones_are_shown_when_there_are_any(client: Client) -> None:
    text = client("sales_dag").get("/tidegate/pipelines/sales").text
    for shown in ("Open lanes", "fix-&lt;b&gt;", "1,234", "Clones", "audit.may", "4,321"):
        assert shown in text, shown
    assert "older" not in text  # it is over
    found = client("sales_dag").get("/tidegate/api/pipelines/sales").json()
    assert found["open_lanes"] == [
        {"lane": "fix-<b>", "forked_behind_epoch": 1234, "replayed_to_epoch": 1, "under_way_epoch": None}
    ]
    assert found["clones"] == [
        {"clone": "audit.may", "table": "d.t", "epoch": 4321, "made_at": "1970-01-01T00:01:03+00:00"}
    ]
    text = client(None).get("/tidegate/pipelines/by_hand").text
    assert "Open lanes" not in text
    assert "Clones" not in text


def test_epochs_without_events_say_what_they_are(client: Client) -> None:
    page = client(None).get("/tidegate/pipelines/by_hand").text
    assert "rollback to 0" in page
    assert "promotion of &lt;fix&gt;" in page
    assert page.count("<br>") == 2


def test_the_lag_of_each_partition_is_shown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    live = {"<t>": LiveTopic("id", {0: Live(0, 5_321, 5_321, 1), 1: Live(9, 9, 2_009, 1)})}
    asked: list[object] = []

    def cluster(*given: object, timeout_s: float) -> SimpleNamespace:
        asked.extend((*given, timeout_s))
        return SimpleNamespace(topics=lambda _: live, first_times=lambda *_, **__: {("<t>", 1): 63_000})

    monkeypatch.setattr(overview, "Cluster", cluster)
    monkeypatch.setenv("AIRFLOW_CONN_KAFKA_DEFAULT", '{"conn_type": "kafka", "extra": {"bootstrap.servers": "b:9092"}}')
    browser = client("sales_dag", store=OfKafka)
    text = browser.get("/tidegate/pipelines/sales").text
    assert asked == [{"bootstrap.servers": "b:9092"}, "sales", 2.0]
    assert "<h2>Lag</h2>" in text
    assert "&lt;t&gt;" in text
    assert '<td class="n">4,321</td>' in text
    assert "2,000 offsets since 1970-01-01 00:01:03" in text
    assert "4 offsets are missing, for the partition begins at offset 9 now" in text
    first, second = browser.get("/tidegate/api/pipelines/sales").json()["lag"]["partitions"]
    assert (first["source"], first["partition"], first["lag"], second["held"]) == ("source", 0, 4_321, 2_000)


def test_a_page_stands_without_brokers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = client("sales_dag", store=OfKafka)
    without = browser.get("/tidegate/pipelines/sales")
    assert without.status_code == 200
    assert "there is no Airflow connection &#39;kafka_default&#39;" in without.text
    port = free_ports(1)[0]
    given = f'{{"conn_type": "kafka", "extra": {{"bootstrap.servers": "127.0.0.1:{port}"}}}}'
    monkeypatch.setenv("AIRFLOW_CONN_KAFKA_DEFAULT", given)
    began = time.monotonic()
    away = browser.get("/tidegate/pipelines/sales")
    assert away.status_code == 200
    assert "Unknown now.</strong> sales: Kafka does not answer" in away.text
    assert time.monotonic() - began < 6  # two seconds, and what a busy machine adds
    assert browser.get("/tidegate/api/pipelines/sales").json()["epochs"]


def test_json_has_the_same_numbers(client: Client) -> None:
    found = client("sales_dag").get("/tidegate/api/pipelines/sales?limit=1").json()
    assert (found["head"], found["status"], found["failure"]) == (1, "PLANNED", "<script>alert(1)</script>")
    assert [e["epoch"] for e in found["epochs"]] == [2]
    assert client("sales_dag").get("/tidegate/api/pipelines/sales?limit=0").status_code == 422


def test_the_tab_of_a_dag(client: Client) -> None:
    assert "Source positions" in client("sales_dag").get("/tidegate/dags/sales_dag").text
    assert "has run no tidegate pipeline yet" in client("other").get("/tidegate/dags/other").text


PATHS = ["pipelines", "pipelines/sales", "dags/sales_dag", "api/pipelines", "api/pipelines/sales"]


@pytest.mark.parametrize("name", ["%00", "a%00b", "%00/x", "x/y", "", "%2e%2e%2fetc", "a b", "%ff", "x" * 251])
def test_what_is_not_there_is_not_found(client: Client, name: str) -> None:
    """Whatever stands in the address: never a failure of the server's."""
    browser = client("sales_dag")
    for kind in ("pipelines", "api/pipelines"):
        if name:
            assert browser.get(f"/tidegate/{kind}/{name}").status_code == 404
    found = browser.get(f"/tidegate/dags/{name}")
    assert found.status_code == 404
    assert found.headers["content-type"].startswith("text/html")
    assert "<main>" in found.text


@pytest.mark.parametrize("limit", ["", "abc", "0", "-1", "501", "1.5", "9" * 40, "%00", "<b>"])
@pytest.mark.parametrize("path", ["pipelines/sales", "dags/sales_dag"])
def test_a_bad_parameter_gets_a_page_that_names_it(client: Client, path: str, limit: str) -> None:
    found = client("sales_dag").get(f"/tidegate/{path}?limit={limit}")
    assert (found.status_code, found.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "<p>limit: Input should be" in found.text
    assert client("sales_dag", user=False).get(f"/tidegate/{path}?limit={limit}").status_code == 401


def test_a_bad_parameter_of_the_api_is_named_in_json(client: Client) -> None:
    found = client("sales_dag").get("/tidegate/api/pipelines/sales?limit=x")
    assert found.status_code == 422
    assert found.json()["detail"].startswith("limit: Input should be a valid integer")


@pytest.mark.parametrize("path", ["", *PATHS, "pipelines/none", "dags/sales_dag?limit=x", "nowhere"])
def test_head_is_answered_as_get(client: Client, path: str) -> None:
    browser = client("sales_dag")
    asked, read = browser.get(f"/tidegate/{path}", method="HEAD"), browser.get(f"/tidegate/{path}")
    assert asked.status_code == read.status_code
    assert (
        asked.headers["content-type" if read.content else "location"]
        == read.headers["content-type" if read.content else "location"]
    )


@pytest.mark.parametrize("path", PATHS)
def test_nothing_can_be_sent(client: Client, path: str) -> None:
    found = client("sales_dag").get(f"/tidegate/{path}", method="POST")
    assert (found.status_code, sorted(found.headers["allow"].split(", "))) == (405, ["GET", "HEAD"])


def test_links_hold_below_a_base_path(client: Client) -> None:
    text = client("sales_dag", root="/airflow").get("/tidegate/pipelines/sales").text
    assert 'href="/airflow/tidegate/pipelines"' in text
    assert 'href="/airflow/dags/sales_dag/runs/' in text


def test_a_database_that_does_not_answer_is_said_so(client: Client) -> None:
    class Broken(FakeStore):
        def pipelines(self) -> list[PipelineSummary]:
            raise UnavailableError("checkpoint database db:5432 does not answer")

    answer = client("sales_dag", store=Broken).get("/tidegate/pipelines")
    assert (answer.status_code, "db:5432 does not answer" in answer.text) == (503, True)
    answer = client("sales_dag", store=Broken).get("/tidegate/api/pipelines")
    assert (answer.status_code, answer.json()["detail"]) == (503, "checkpoint database db:5432 does not answer")


def test_formats() -> None:
    assert spans({"source": [0, 1234]}) == "[0, 1,234)"
    assert spans({"a": [0, 2], "b": [3, 3]}) == "a [0, 2), b [3, 3)"
    assert [number(n) for n in (None, 0, 1234567)] == ["–", "0", "1,234,567"]  # noqa: RUF001
    assert [seconds(s) for s in (0.51, 61, 3_725, 90_000)] == ["0.5 s", "1 min 1 s", "1 h 2 min", "1 d 1 h"]
    assert moment("2026-01-01T10:00:01.5+00:00") == "2026-01-01 10:00:01"
    assert segment("a/b c+d") == "a%2Fb%20c%2Bd"
