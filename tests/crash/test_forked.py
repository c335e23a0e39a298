"""Goal: a forked attempt is a process like any other: its own environment, exit code, death; and a clean beginning."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crash.forked import Forked


def tell() -> None:
    """What the process finds around it: its environment, the server's threads, and imports that took no time."""
    print(os.environ.get("TIDEGATE_CRASH_AT"), os.environ.get("HOME"))
    threads = [thread.read_text() for thread in Path(f"/proc/{os.getppid()}/task").glob("*/comm")]
    assert threads
    print("gRPC runs in the server", any(name.startswith("grpc") for name in threads))
    print("imported", all(name in sys.modules for name in ("grpc", "pandas", "pyspark.sql.connect.session", "psycopg")))


def end(how: str) -> int:
    print("so far", flush=True)
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "raised":
        raise ValueError("a surprise")
    return 3


def test_the_environment_is_its_own_and_grpc_is_only_imported_before_the_fork() -> None:
    """Its threads would be missing in what is forked."""
    for point in ("staged", "sealed"):
        said, _ = Forked(tell, environment={"TIDEGATE_CRASH_AT": point}).communicate()
        assert said.splitlines() == [f"{point} None", "gRPC runs in the server False", "imported True"]
    assert "TIDEGATE_CRASH_AT" not in os.environ


@pytest.mark.parametrize(("how", "code"), [("ended", 3), ("killed", -signal.SIGKILL), ("raised", 1)])
def test_its_end_is_told_as_of_any_process(how: str, code: int) -> None:
    forked = Forked(end, how, environment=dict(os.environ))
    said, _ = forked.communicate()
    assert forked.returncode == code
    assert said.startswith("so far\n")
    assert ("ValueError: a surprise" in said) is (how == "raised")


def test_threads_that_ask_at_the_same_moment_get_the_same_exit_code() -> None:
    """Whoever starts a process asks all others for theirs, so this is what lines of a soak do to each other."""

    def asked(forked: Forked) -> int:
        while (code := forked.poll()) is None:
            pass
        return code

    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            forked = Forked(end, "ended", environment={})
            assert set(pool.map(asked, [forked] * 8)) == {3}
            forked.communicate()
