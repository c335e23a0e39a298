"""What goes wrong inside a task, as an error of the tree."""

import errno

from tidegate.errors import ConfigurationError, TidegateError, UnavailableError, unexpected

_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def classified(error: BaseException, subject: str) -> TidegateError:
    """The error of the tree for any other one. User code's own are UserFunctionErrors before they come here."""
    if isinstance(error, OSError) and error.errno in _RIGHTS:
        return ConfigurationError(f"{subject}: the tasks may not use storage: {error}")
    if isinstance(error, OSError):
        return UnavailableError(f"{subject}: storage failed: {error}")
    if isinstance(error, MemoryError):
        return UnavailableError(f"{subject}: a task has no memory left: {error}")
    return unexpected(subject, error)
