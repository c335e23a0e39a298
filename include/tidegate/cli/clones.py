"""The commands for clones: a table as it was behind an earlier epoch, under another name, from the same files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tidegate.cli.output import as_json, say, table
from tidegate.cli.session import PIPELINE, coordinator_of, debug_option, home_option, json_option, new_run


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a time such as 2026-11-25T09:30 or 2026-11-25T09:30:00+01:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command(
    help="Let Hive table CLONE show TABLE as it was behind an epoch. No file is copied, and no later epoch, rollback "
    "or clean-up changes what the clone shows until it is dropped. Do not write to it: its files are those of TABLE. "
    f"Repeating the command is harmless.\n\nTABLE and CLONE are database.table. {PIPELINE}"
)
@click.argument("pipeline")
@click.argument("source", metavar="TABLE")
@click.argument("name", metavar="CLONE")
@click.option(
    "--as-of-epoch", "epoch", type=click.IntRange(min=1), metavar="N", help="A sealed epoch; else the newest."
)
@click.option(
    "--as-of", "moment", callback=_moment, metavar="TIME", help="In its place a time, UTC unless it says otherwise."
)
@home_option
@json_option
@debug_option
def clone(
    pipeline: str, source: str, name: str, *, epoch: int | None, moment: datetime | None, home: Path, json_wanted: bool
) -> None:
    """Clone; see `help`."""
    from tidegate.engine.clones import Clones  # noqa: PLC0415

    if epoch is not None and moment is not None:
        raise click.UsageError("--as-of-epoch and --as-of say the same in two ways: give one of them")
    with coordinator_of(pipeline, home, f"cloning {source}") as (_, coordinator):
        at_ms = int(moment.timestamp() * 1000) if moment else None
        shown = _summary(
            Clones(coordinator), Clones(coordinator).make(new_run(), source, name, epoch=epoch, at_ms=at_ms)
        )
    if json_wanted:
        as_json(shown)
        return
    click.echo(
        f"{name} shows {source} as of epoch {shown['epoch']}: {shown['partitions']} partitions, {shown['rows']:,} rows"
    )
    say(f"Its files are kept until: tidegate drop-clone {pipeline} {name}")


@click.command(help=f"List the clones of a pipeline's tables.\n\n{PIPELINE}")
@click.argument("pipeline")
@home_option
@json_option
@debug_option
def clones(pipeline: str, home: Path, *, json_wanted: bool) -> None:
    """List clones; see `help`."""
    from tidegate.engine.clones import Clones  # noqa: PLC0415

    with coordinator_of(pipeline, home, f"looking at the clones of {pipeline}") as (_, coordinator):
        found = Clones(coordinator)
        rows = [_summary(found, clone) for clone in found.all()]
    if json_wanted:
        as_json(rows)
        return
    headers = ("CLONE", "TABLE", "EPOCH", "PARTITIONS", "ROWS", "BYTES", "MADE (UTC)")
    table(headers, [tuple(row.values()) for row in rows], right=headers[2:6])
    if not rows:
        say("There are no clones. Make one with: tidegate clone")


@click.command("drop-clone", help=f"Drop a clone. The table that it shows stays as it is.\n\n{PIPELINE}")
@click.argument("pipeline")
@click.argument("name", metavar="CLONE")
@home_option
@debug_option
def drop_clone(pipeline: str, name: str, home: Path) -> None:
    """Drop; see `help`."""
    from tidegate.engine.clones import Clones  # noqa: PLC0415

    with coordinator_of(pipeline, home, f"dropping {name}") as (_, coordinator):
        Clones(coordinator).drop(new_run(), name)
    click.echo(f"{name} is dropped")


def _summary(found: Any, clone: Any) -> dict[str, Any]:
    partitions = found.partitions(clone)
    return {
        "clone": clone.table,
        "table": clone.source,
        "epoch": clone.epoch,
        "partitions": len(partitions),
        "rows": sum(p.rows for p in partitions),
        "bytes": sum(f.bytes for p in partitions for f in p.files),
        "made_at": f"{datetime.fromtimestamp(clone.made_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}",
    }


COMMANDS = (clone, clones, drop_clone)
