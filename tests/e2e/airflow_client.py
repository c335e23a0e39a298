"""Airflow's REST API as the end-to-end test needs it. Every wait polls and has a deadline."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

POLL_S = 0.25
T = TypeVar("T")


class AirflowClient:
    """Talks to one api-server as one user."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self.anonymous = httpx.Client(base_url=address, timeout=60, follow_redirects=False)
        token = self.until(lambda: self._token(user, password), "a token", 60)
        self.http = httpx.Client(base_url=address, timeout=60, headers={"Authorization": f"Bearer {token}"})
        self.token = token

    def close(self) -> None:
        """Close the connections."""
        self.anonymous.close()
        self.http.close()

    def _token(self, user: str, password: str) -> str | None:
        try:
            answer = self.anonymous.post("/auth/token", json={"username": user, "password": password})
        except httpx.TransportError:
            return None
        return answer.json()["access_token"] if answer.is_success else None

    def call(self, method: str, path: str, **body: Any) -> Any:
        """One call below ``/api/v2``; fails the test with the server's words."""
        answer = self.http.request(method, f"/api/v2{path}", json=body or None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def await_dag(self, dag_id: str) -> None:
        """Wait until the DAG processor has found it, then unpause it."""
        self.until(lambda: self.http.get(f"/api/v2/dags/{dag_id}").is_success, f"DAG {dag_id}", 90)
        self.pause(dag_id, paused=False)

    def pause(self, dag_id: str, *, paused: bool) -> None:
        """Pause or unpause."""
        self.call("PATCH", f"/dags/{dag_id}", is_paused=paused)

    def trigger(self, dag_id: str, logical_date: str | None = None, **conf: Any) -> str:
        """Start a run with these params; its id."""
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", logical_date=logical_date, conf=conf)["dag_run_id"])

    def await_backfills(self, dag_id: str, timeout_s: float = 120) -> None:
        """Wait until Airflow has noted that they are over: it allows one at a time."""

        def over() -> bool:
            found = self.call("GET", f"/backfills?dag_id={dag_id}")["backfills"]
            return bool(found) and all(b["completed_at"] for b in found)

        self.until(over, f"the end of the backfill of {dag_id}", timeout_s)

    def runs(self, dag_id: str, **query: Any) -> list[dict[str, Any]]:
        """The DAG's runs, oldest first."""
        answer = self.http.get(f"/api/v2/dags/{dag_id}/dagRuns", params={"order_by": "run_after", **query})
        return list(answer.json()["dag_runs"])

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """One run."""
        return dict(self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}"))

    def finished(self, dag_id: str, run_id: str, *, timeout_s: float = 90) -> str:
        """Wait for the end of a run; its state."""
        ended = ("success", "failed")
        return self.until(
            lambda: state if (state := str(self.run(dag_id, run_id)["state"])) in ended else None,
            f"the end of {run_id}",
            timeout_s,
        )

    def tasks(self, dag_id: str, run_id: str) -> dict[str, tuple[str, int]]:
        """State and try number by task."""
        found = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {t["task_id"]: (t["state"], t["try_number"]) for t in found}

    def durations(self, dag_id: str, run_id: str) -> dict[str, float]:
        """Seconds by task."""
        found = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {t["task_id"]: round(t["duration"], 2) for t in found}

    def log(self, dag_id: str, run_id: str, task_id: str, attempt: int) -> str:
        """The log of one try, as text."""
        answer = self.http.get(
            f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{attempt}",
            params={"full_content": "true"},
        )
        return answer.text

    def clear(self, dag_id: str, run_id: str, *, only_failed: bool) -> None:
        """Clear the tasks of a run, as a person does in the UI."""
        self.call("POST", f"/dags/{dag_id}/dagRuns/{run_id}/clear", dry_run=False, only_failed=only_failed)

    def mark(self, dag_id: str, run_id: str, state: str, task_id: str | None = None) -> None:
        """Mark a run, or one task of it, as success or failed."""
        run = f"/dags/{dag_id}/dagRuns/{run_id}"
        if task_id:
            self.call("PATCH", f"{run}/taskInstances/{task_id}", new_state=state)
        else:
            self.call("PATCH", run, state=state)

    def backfill(self, dag_id: str, first: str, last: str, **more: Any) -> int:
        """Create a backfill; its id."""
        dates = {"from_date": f"{first}T00:00:00Z", "to_date": f"{last}T00:00:00Z"}
        return int(self.call("POST", "/backfills", dag_id=dag_id, **dates, **more)["id"])

    def asks(self, dag_id: str, run_id: str) -> bool:
        """Whether task `approve` waits for an answer."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"
        waits = self.tasks(dag_id, run_id)["approve"][0] == "awaiting_input"
        return waits and not self.call("GET", path)["response_received"]

    def approve(self, dag_id: str, run_id: str, answer: str = "Approve") -> str:
        """Answer when task `approve` asks, as a person does in the UI, until it is done; what it showed."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"
        shown: dict[str, Any] = {}

        def over() -> bool:
            state = self.tasks(dag_id, run_id)["approve"][0]
            # Airflow asks again when the answer comes before the asking process is gone
            if state == "awaiting_input":
                shown.update(self.call("GET", path))
                if not shown["response_received"]:
                    self.call("PATCH", path, chosen_options=[answer])
            return bool(state == "success")

        self.until(over, f"the approval of {run_id}", 120)
        return f"{shown['subject']}\n{shown['body']}"

    def xcom(self, dag_id: str, run_id: str, task_id: str) -> Any:
        """What a task left."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        answer = self.http.get(f"/api/v2{path}", params={"deserialize": "true"})
        return answer.json()["value"]

    @staticmethod
    def until(condition: Callable[[], T | None], what: str, timeout_s: float = 90) -> T:
        """Poll until `condition` gives something true; that is returned."""
        deadline = time.monotonic() + timeout_s
        while not (found := condition()):
            assert time.monotonic() < deadline, f"waited {timeout_s} s for {what}"
            time.sleep(POLL_S)
        return found
