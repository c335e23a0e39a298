"""The commands for clones: tables as they were behind an earlier epoch, under other names, from the same files."""

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


_EPOCH = click.option(
    "--as-of-epoch", "epoch", type=click.IntRange(min=1), metavar="N", help="A sealed epoch; else the newest."
)
_TIME = click.option(
    "--as-of", "moment", callback=_moment, metavar="TIME", help="In its place a time, UTC unless it says otherwise."
)


def _at_ms(epoch: int | None, moment: datetime | None) -> int | None:
    if epoch is not None and moment is not None:
        raise click.UsageError("--as-of-epoch and --as-of say the same in two ways: give one of them")
    return int(moment.timestamp() * 1000) if moment else None


@click.command(
    help="Let Hive table CLONE show TABLE as it was behind an epoch. No file is copied, and no later epoch, rollback "
    "or clean-up changes what the clone shows until it is dropped. Do not write to it: its files are those of TABLE. "
    f"Repeating the command is harmless.\n\nTABLE and CLONE are database.table. {PIPELINE}"
)
@click.argument("pipeline")
@click.argument("source", metavar="TABLE")
@click.argument("name", metavar="CLONE")
@_EPOCH
@_TIME
@home_option
@json_option
@debug_option
def clone(
    pipeline: str, source: str, name: str, *, epoch: int | None, moment: datetime | None, home: Path, json_wanted: bool
) -> None:
    """Clone; see `help`."""
    from tidegate.engine.clones import Clones  # noqa: PLC0415

    at_ms = _at_ms(epoch, moment)
    with coordinator_of(pipeline, home, f"cloning {source}") as (_, coordinator):
        clones = Clones(coordinator)
        shown = _summary(clones, clones.make(new_run(), source, name, epoch=epoch, at_ms=at_ms))
    if json_wanted:
        as_json(shown)
        return
    click.echo(_sentence(shown))
    say(f"Its files are kept until: tidegate drop-clone {pipeline} {name}")


@click.command(
    help="Let DATABASE show all tables of a pipeline, under their own names, as they were behind one and the same "
    "epoch: for whoever reads several of them together. An epoch is published table by table, so at one moment the "
    f"tables themselves may show two epochs. They are shown by clones: see `tidegate clone`.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@click.argument("database")
@_EPOCH
@_TIME
@home_option
@json_option
@debug_option
def snapshot(
    pipeline: str, database: str, *, epoch: int | None, moment: datetime | None, home: Path, json_wanted: bool
) -> None:
    """Take a snapshot; see `help`."""
    from tidegate.engine.clones import Clones  # noqa: PLC0415

    at_ms = _at_ms(epoch, moment)
    with coordinator_of(pipeline, home, f"cloning the tables of {pipeline}") as (_, coordinator):
        clones = Clones(coordinator)
        made = clones.make_all(new_run(), database, epoch=epoch, at_ms=at_ms)
        shown = [_summary(clones, clone) for clone in made]
    if json_wanted:
        as_json(shown)
        return
    for each in shown:
        click.echo(_sentence(each))
    say(f"Their files are kept until: tidegate drop-snapshot {pipeline} {database}")


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


@click.command("drop-snapshot", help=f"Drop all clones of a pipeline's tables in a database.\n\n{PIPELINE}")
@click.argument("pipeline")
@click.argument("database")
@home_option
@debug_option
def drop_snapshot(pipeline: str, database: str, home: Path) -> None:
    """Drop; see `help`."""
    from tidegate.engine.clones import Clones  # noqa: PLC0415

    with coordinator_of(pipeline, home, f"dropping {database}") as (_, coordinator):
        dropped = Clones(coordinator).drop_all(new_run(), database)
    for each in dropped:
        click.echo(f"{each.table} is dropped")


def _sentence(shown: dict[str, Any]) -> str:
    return (
        f"{shown['clone']} shows {shown['table']} as of epoch {shown['epoch']}: "
        f"{shown['partitions']} partitions, {shown['rows']:,} rows"
    )


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


COMMANDS = (clone, snapshot, clones, drop_clone, drop_snapshot)
