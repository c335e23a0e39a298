"""Expected failures: their message and their exit code."""

from rich.console import Console
from rich.text import Text

from tidegate.errors import RETRYABLE, ConfigurationError, DefinitionError, TidegateError

FAILED = 1
"""Differences were found, or the epoch failed in a way that repeating does not mend."""
USAGE = 2
"""The call, the definition or the configuration is wrong; click uses the same code."""
TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the same command may succeed later."""


def exit_code(error: TidegateError) -> int:
    """The process's exit code for an error."""
    if isinstance(error, RETRYABLE):
        return TRY_AGAIN
    return USAGE if isinstance(error, DefinitionError | ConfigurationError) else FAILED


def failed(error: TidegateError) -> None:
    """Say what went wrong, once, to people."""
    message = Text.assemble((f"error ({error.kind}): ", "bold red"), (str(error), "red"))
    Console(stderr=True, soft_wrap=True).print(message)
