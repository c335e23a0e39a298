"""The commands that reprocess the past: a lane beside live, compared with it, then put in its place or given up."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tidegate.cli.output import as_json, say, table
from tidegate.cli.session import PIPELINE, coordinator_of, debug_option, home_option, json_option, new_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.engine.lanes import Lanes

_lane = click.option("--lane", "name", required=True, help="The lane's name: small letters, digits, '-' and '_'.")


@contextmanager
def _lanes(pipeline: str, home: Path, what: str) -> "Iterator[Lanes]":
    from tidegate.engine.lanes import Lanes  # noqa: PLC0415

    with coordinator_of(pipeline, home, what) as (_, coordinator):
        yield Lanes(coordinator)


@click.command(help=f"List a pipeline's lanes: past epochs that are processed again beside live.\n\n{PIPELINE}")
@click.argument("pipeline")
@home_option
@json_option
@debug_option
def lanes(pipeline: str, home: Path, *, json_wanted: bool) -> None:
    """List lanes; see `help`."""
    with _lanes(pipeline, home, f"looking at the lanes of {pipeline}") as found:
        rows: list[dict[str, Any]] = [
            {
                "lane": fork.lane.lane,
                "status": str(fork.status),
                "forked_behind_epoch": fork.base,
                "replayed_epochs": [e.epoch for e in found.main.history.replayed(fork.lane)],
            }
            for fork in found.all()
        ]
    if json_wanted:
        as_json(rows)
        return
    shown = [(r["lane"], r["status"], r["forked_behind_epoch"], _span(r["replayed_epochs"])) for r in rows]
    table(("LANE", "STATUS", "FORKED BEHIND EPOCH", "REPLAYED"), shown, right=("FORKED BEHIND EPOCH",))
    if not rows:
        say("There are no lanes. Make one with: tidegate replay")


@click.command(
    help="Process past epochs again, with today's code, on a lane of their own. Live goes on, and no table shows the "
    "lane before it is promoted. Repeating the command goes on where it was interrupted, and adds later epochs.\n\n"
    f"{PIPELINE}"
)
@click.argument("pipeline")
@_lane
@click.option("--from-epoch", "since", type=click.IntRange(min=1), required=True, help="The first epoch.")
@click.option("--to-epoch", "until", type=click.IntRange(min=1), help="The last epoch; else up to the newest.")
@home_option
@json_option
@debug_option
def replay(pipeline: str, name: str, since: int, until: int | None, home: Path, *, json_wanted: bool) -> None:
    """Replay; see `help`."""
    from tidegate.reports.epochs import report_summary, sentence  # noqa: PLC0415

    done: list[dict[str, Any]] = []
    with _lanes(pipeline, home, f"replaying {pipeline} on {name}") as found:
        for report in found.replay(new_run(), name, since=since, until=until):
            done.append(report_summary(report))
            if not json_wanted:
                click.echo(sentence(done[-1]))
    if json_wanted:
        as_json(done)
    elif not done:
        say("Nothing was left to replay.")
    else:
        say(f"Compare it with: tidegate diff {pipeline} --lane {name}")


@click.command(
    help="Compare what the tables show with what they would show if a lane were promoted now: rows added, removed and "
    f"changed, by partition; and say what is another in the pipeline that made the lane.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@_lane
@home_option
@json_option
@debug_option
def diff(pipeline: str, name: str, home: Path, *, json_wanted: bool) -> None:
    """Compare; see `help`."""
    with _lanes(pipeline, home, f"comparing {name} with live") as found:
        fork = found.find(name)
        changed, differences = found.changed(fork), found.compare(fork)
    if json_wanted:
        as_json({"changed": changed, "partitions": [vars(d) for d in differences]})
        return
    for what in changed:
        say(f"changed on the lane: {what}")
    rows = [(d.table, "/".join(d.values), d.rows_now, d.rows_after, d.added, d.removed, d.changed) for d in differences]
    headers = ("TABLE", "PARTITION", "ROWS NOW", "ROWS AFTER", "ADDED", "REMOVED", "CHANGED")
    table(headers, rows, right=headers[2:])
    if not rows:
        say(f"{name} gives what the tables show already.")


@click.command(
    help="Let a lane take the place of live: all its partitions at once, and its state. It first catches up with the "
    f"epochs that came meanwhile. When nothing would change, it says so and discards the lane.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@_lane
@click.option(
    "--output-only",
    is_flag=True,
    help="Swap the window's partitions and keep live's state; for append tables, or a lane that has caught up.",
)
@home_option
@json_option
@debug_option
def promote(pipeline: str, name: str, home: Path, *, output_only: bool, json_wanted: bool) -> None:
    """Promote; see `help`."""
    from tidegate.reports.epochs import report_summary  # noqa: PLC0415
    from tidegate.reports.lanes import promotion_sentence  # noqa: PLC0415

    with _lanes(pipeline, home, f"promoting {name}") as found:
        report = found.promote(new_run(), name, output_only=output_only)
    if json_wanted:
        as_json(report_summary(report) if report else None)
    else:
        click.echo(promotion_sentence(name, report))


@click.command(help=f"Give a lane up. Live stays as it is; a later clean-up deletes the lane's files.\n\n{PIPELINE}")
@click.argument("pipeline")
@_lane
@home_option
@debug_option
def discard(pipeline: str, name: str, home: Path) -> None:
    """Discard; see `help`."""
    with _lanes(pipeline, home, f"discarding {name}") as found:
        found.discard(name)
    click.echo(f"{name} is discarded")


def _span(epochs: list[int]) -> str | None:
    return f"{epochs[0]} to {epochs[-1]}" if epochs else None


COMMANDS = (lanes, replay, diff, promote, discard)
