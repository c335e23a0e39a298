"""`tidegate give-up`, `tidegate skip` and `tidegate gap`: the ways out of a stop at the source."""

import getpass
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tidegate.cli.output import as_json, say
from tidegate.cli.session import PIPELINE, coordinator_of, debug_option, home_option, json_option, new_run

if TYPE_CHECKING:
    from tidegate.engine.corrections import Plan

_reason = click.option("--reason", required=True, help="Why; it stays on record, with your name and the time.")
_dry_run = click.option("--dry-run", is_flag=True, help="Only say what would change.")
_source = click.option("--source", metavar="UID", help="Which source, where the pipeline has several that it could be.")


@click.command(
    "give-up",
    help="Give up the epoch that is planned and of which nothing is staged: the next run plans it anew, from the same "
    "place. Slices that wait and have changed are taken as they are now, and are cut to the limits that their source "
    "has now. For an epoch that stops at a slice that was mended, or that is too large (lower the source's limits "
    f"first).\n\n{PIPELINE}",
)
@click.argument("pipeline")
@_reason
@_dry_run
@home_option
@json_option
@debug_option
def give_up(pipeline: str, reason: str, home: Path, *, dry_run: bool, json_wanted: bool) -> None:
    """Give up; see `help`."""
    from tidegate.engine import corrections  # noqa: PLC0415

    _correct(pipeline, home, corrections.give_up, reason, dry_run=dry_run, json_wanted=json_wanted)


@click.command(
    help="Go on without slices of a source that cannot be mended, or are gone: no epoch reads them from now on, and "
    "a replay neither. Only slices that are not sealed yet; an epoch that is planned with one of them is given up, and "
    "planned anew. A file that comes back under its old name stays skipped.\n\n"
    f"{PIPELINE}\n\nSLICES are named as errors name them: of a folder, the paths of files."
)
@click.argument("pipeline")
@click.argument("slices", nargs=-1, required=True)
@_source
@_reason
@_dry_run
@home_option
@json_option
@debug_option
def skip(
    pipeline: str,
    slices: tuple[str, ...],
    source: str | None,
    reason: str,
    home: Path,
    *,
    dry_run: bool,
    json_wanted: bool,
) -> None:
    """Skip; see `help`."""
    from tidegate.engine import corrections  # noqa: PLC0415

    _correct(pipeline, home, corrections.skip(slices, source), reason, dry_run=dry_run, json_wanted=json_wanted)


@click.command(
    help="Go on without what a source does not have any more: offsets of Kafka that expired before they were read, or "
    "of a topic that was made again, rows that came late, or what another pipeline took back. Says what is missing and "
    "what would change; with --accept the pipeline goes on behind it, and your word stays on "
    f"record.\n\n{PIPELINE}",
)
@click.argument("pipeline")
@_source
@click.option("--accept", is_flag=True, help="Go on; without it only say what would change.")
@click.option("--reason", default="", help="Why; it stays on record, as you do. Needed with --accept.")
@home_option
@json_option
@debug_option
def gap(pipeline: str, source: str | None, home: Path, *, accept: bool, reason: str, json_wanted: bool) -> None:
    """Accept a gap; see `help`."""
    from tidegate.engine import corrections  # noqa: PLC0415

    if accept and not reason:
        raise click.UsageError("--accept needs --reason, which stays on record")
    _correct(pipeline, home, corrections.accept_gap(source), reason, dry_run=not accept, json_wanted=json_wanted)


def _correct(pipeline: str, home: Path, plan: "Plan", reason: str, *, dry_run: bool, json_wanted: bool) -> None:
    from tidegate.engine.corrections import correct  # noqa: PLC0415
    from tidegate.protocol.model import Word  # noqa: PLC0415
    from tidegate.reports.corrections import correction_sentences, correction_summary  # noqa: PLC0415

    with coordinator_of(pipeline, home, f"correcting {pipeline}") as (definition, coordinator):
        word = Word(f"{_user()}@{socket.gethostname()}", reason)
        found = plan(coordinator) if dry_run else correct(coordinator, new_run(), word, plan)
    summary = correction_summary(definition, found)
    if json_wanted:
        as_json(summary)
        return
    for line in [*(summary["missing"] if dry_run else ()), *correction_sentences(summary)]:
        click.echo(line)
    if dry_run:
        say("Nothing was changed.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return str(os.getuid())


COMMANDS = (give_up, skip, gap)
