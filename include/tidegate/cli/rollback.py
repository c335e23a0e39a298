"""`tidegate rollback`: back to an earlier epoch, and forward again."""

from pathlib import Path

import click

from tidegate.cli.output import as_json, say
from tidegate.cli.session import PIPELINE, coordinator_of, debug_option, home_option, json_option, new_run


@click.command(
    help="Bring tables, state and source position back together to what they were behind an earlier epoch. That is an "
    "epoch of its own and loses nothing: a rollback to a later epoch goes forward again, as long as Retention keeps "
    f"both. Pause the pipeline's DAG first: its next run processes the source again.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@click.option(
    "--to-epoch", type=click.IntRange(min=0), required=True, help="A sealed epoch; 0 is before the first.", metavar="N"
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option(
    "--allow-gap", is_flag=True, help="Go back even when a slice that must then be read again is gone or has changed."
)
@home_option
@json_option
@debug_option
def rollback(pipeline: str, to_epoch: int, home: Path, *, dry_run: bool, allow_gap: bool, json_wanted: bool) -> None:
    """Go back; see `help`."""
    from tidegate.engine.rollback import plan_rollback, roll_back  # noqa: PLC0415
    from tidegate.reports.epochs import report_summary  # noqa: PLC0415
    from tidegate.reports.rollbacks import (  # noqa: PLC0415
        forward_again,
        rollback_sentences,
        rollback_summary,
        rolled_back_sentence,
    )

    with coordinator_of(pipeline, home, f"rolling back {pipeline}") as (_, coordinator):
        if dry_run:
            planned = rollback_summary(plan_rollback(coordinator, to_epoch, allow_gap=allow_gap))
            if json_wanted:
                as_json(planned)
            else:
                click.echo("\n".join(rollback_sentences(planned)))
                say("Nothing was changed.")
            return
        report = roll_back(coordinator, new_run(), to_epoch=to_epoch, allow_gap=allow_gap)
    if json_wanted:
        as_json(report_summary(report) | {"to_epoch": to_epoch, "forward": forward_again(report.epoch)})
        return
    click.echo(rolled_back_sentence(report.epoch, to_epoch))
    say(f"To go forward again: tidegate rollback {pipeline} --to-epoch {forward_again(report.epoch)}")
