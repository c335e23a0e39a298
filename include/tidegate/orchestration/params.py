"""The params of one run: what a person can say when triggering it."""

from dataclasses import dataclass
from typing import Any

from airflow.sdk import Context, Param

from tidegate.errors import ConfigurationError


@dataclass(frozen=True)
class RunParams:
    """Checked params.

    Args:
        dry_run: only say what the run would do.
        max_files: take at most so many files; the source's own cap holds too.
    """

    dry_run: bool = False
    max_files: int | None = None


def declared() -> dict[str, Param]:
    """The params as Airflow shows and checks them in the trigger form."""
    return {
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="Only say what the epoch would do; change nothing."
        ),
        "max_files": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            title="Most files",
            description="In this run take at most so many source files; empty: as the pipeline says.",
        ),
    }


def params_of(context: Context) -> RunParams:
    """The run's params. Raises ConfigurationError: a DAG may declare them anew, so Airflow's check is not enough."""
    given: Any = context.get("params") or {}
    dry_run, max_files = given.get("dry_run", False), given.get("max_files")
    if not isinstance(dry_run, bool):
        raise ConfigurationError(f"param dry_run must be true or false, not {dry_run!r}: trigger the run again")
    if max_files is not None and (isinstance(max_files, bool) or not isinstance(max_files, int) or max_files < 1):
        raise ConfigurationError(
            f"param max_files must be null or an integer from 1, not {max_files!r}: trigger the run again"
        )
    return RunParams(dry_run, max_files)
