"""The command line: `tidegate`."""

import os
import sys

from tidegate.cli import clones, corrections, lanes
from tidegate.cli.application import tidegate
from tidegate.cli.failures import FAILED, exit_code, failed
from tidegate.cli.rollback import rollback
from tidegate.errors import TidegateError

__all__ = ["main", "tidegate"]

for command in (rollback, *lanes.COMMANDS, *clones.COMMANDS, *corrections.COMMANDS):
    tidegate.add_command(command)


def main() -> None:
    """Run the command that the process was called with; every expected failure is one clear message."""
    try:
        tidegate.main(standalone_mode=True)
    except TidegateError as e:
        if "--debug" in sys.argv or os.environ.get("TIDEGATE_DEBUG"):
            raise
        failed(e)
        sys.exit(exit_code(e))
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
