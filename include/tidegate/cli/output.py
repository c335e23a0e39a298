"""What the commands print: tables and spinners on a terminal, plain lines in a pipe, JSON when asked for."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

COLOURS = {
    "SEALED": "green",
    "PUBLISHED": "cyan",
    "STAGED": "cyan",
    "PLANNED": "yellow",
    "ABANDONED": "red",
    "healthy": "green",
    "unhealthy": "yellow",
    "crashed": "red",
    "stopped": "dim",
}


def console() -> Console:
    """The terminal, or a pipe of plain text."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def say(text: str) -> None:
    """One line for people, beside the command's result: on standard error, so that a pipe stays clean."""
    click.echo(text, err=True)


def as_json(value: Any) -> None:
    """The whole result as JSON on standard output."""
    click.echo(json.dumps(value, indent=2, default=str))


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[str] = ()) -> None:
    """A table on a terminal; tab-separated lines in a pipe."""
    if not sys.stdout.isatty():
        for row in (headers, *rows):
            click.echo("\t".join("" if cell is None else " ".join(str(cell).split()) for cell in row))
        return
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for header in headers:
        drawn.add_column(header, justify="right" if header in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_cell(cell) for cell in row))
    console().print(drawn)


def _cell(value: Any) -> Text:
    if value is None:
        return Text("–", style="dim")  # noqa: RUF001  (an en dash stands for no value)
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return Text(text, style=COLOURS.get(str(value), ""))


class Progress:
    """Sentences of what goes on: lines that stay, and on a terminal a spinner with the newest one below them."""

    def __init__(self, status: Status | None, *, keep: bool) -> None:
        self._status = status
        self._keep = keep

    def __call__(self, sentence: str) -> None:
        """Take one sentence."""
        if self._status is not None:
            self._status.update(Text(sentence))
        if self._keep:
            click.echo(f"  {sentence}", err=True)


@contextmanager
def progress(what: str, *, keep: bool = True) -> Iterator[Progress]:
    """Show that work goes on. `keep` leaves every sentence on the screen; it is off for long lists of small steps."""
    if not sys.stderr.isatty():
        yield Progress(None, keep=keep)
        return
    with Console(stderr=True).status(Text(what)) as status:
        yield Progress(status, keep=keep)
