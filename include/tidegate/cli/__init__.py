"""The command line: `tidegate`."""

import os
import sys

from tidegate.cli import clones, corrections, lanes
from tidegate.cli.application import tidegate
from tidegate.cli.failures import FAILED, exit_code, failed, lacking
from tidegate.cli.rollback import rollback
from tidegate.errors import TidegateError, unexpected

__all__ = ["main", "tidegate"]

for command in (rollback, *lanes.COMMANDS, *clones.COMMANDS, *corrections.COMMANDS):
    tidegate.add_command(command)


def main() -> None:
    """Run the command that the process was called with; every failure is one clear message, unless --debug is given."""
    try:
        tidegate.main(standalone_mode=True)
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except Exception as e:
        if "--debug" in sys.argv or os.environ.get("TIDEGATE_DEBUG"):
            raise
        error = e if isinstance(e, TidegateError) else lacking(e) or unexpected("tidegate", e)
        failed(error)
        sys.exit(exit_code(error))
