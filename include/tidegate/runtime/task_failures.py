"""What goes wrong inside a task, as an error of the tree."""

from tidegate.errors import TidegateError, UnavailableError, unexpected
from tidegate.runtime.object_stores import failed


def classified(error: BaseException, subject: str) -> TidegateError:
    """The error of the tree for any other one. User code's own are UserFunctionErrors before they come here."""
    if isinstance(error, OSError):
        found = failed(error, "use storage in a task")
        return type(found)(f"{subject}: {found}")
    if isinstance(error, MemoryError):
        return UnavailableError(f"{subject}: a task has no memory left: {error}")
    return unexpected(subject, error)
