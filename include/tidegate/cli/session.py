"""What commands share: their options, and the way from the word PIPELINE to a coordinator."""

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tidegate.cli.output import progress

if TYPE_CHECKING:
    from tidegate.api.pipeline import Definition
    from tidegate.engine.coordinator import Coordinator
    from tidegate.wiring import Endpoints

PIPELINE = """PIPELINE is path/to/file.py:variable, package.module:variable, or the name of a pipeline in ./dags
(another folder: TIDEGATE_DAGS)."""

json_option = click.option("--json", "json_wanted", is_flag=True, help="Print the result as JSON.")
debug_option = click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of a failure.")


def home_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--home` to a command."""
    option = click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="TIDEGATE_HOME",
        default=Path(".tidegate"),
        show_default=True,
        help="Folder of the embedded services. Also: TIDEGATE_HOME.",
    )
    return option(command)


@contextmanager
def coordinator_of(pipeline: str, home: Path, what: str) -> "Iterator[tuple[Definition, Coordinator]]":
    """The pipeline that a word names, and its coordinator; `what` goes on is shown to people meanwhile."""
    from tidegate import wiring  # noqa: PLC0415

    definition = definition_of(pipeline, home)
    endpoints = endpoints_of(home)
    with (
        progress(what) as told,
        wiring.coordinator(definition, endpoints, progress=told) as coordinator,
    ):
        yield definition, coordinator


def definition_of(pipeline: str, home: Path) -> "Definition":
    """The pipeline that a word names; raises DefinitionError."""
    from tidegate.cli import discovery  # noqa: PLC0415

    # a DAG file imports Airflow, which leaves its settings file behind: not in the user's home
    os.environ.setdefault("AIRFLOW_HOME", str(home.resolve() / "airflow"))
    return discovery.find(pipeline)


def endpoints_of(home: Path) -> "Endpoints":
    """The services that the environment names, and for the others the embedded ones of `home`."""
    from tidegate import wiring  # noqa: PLC0415

    given = wiring.from_environment()
    if given is not None:
        return given
    from tidegate import services as embedded  # noqa: PLC0415

    return embedded.endpoints(home)


def new_run() -> Any:
    """A run of this process."""
    from tidegate.protocol.model import Run  # noqa: PLC0415

    return Run(key=f"cli-{uuid.uuid4()}", owner=f"cli:{socket.gethostname()}:{os.getpid()}")
