"""Stores that speak S3: which file system reaches one, how a location is spelled, and what a store's errors mean.

Endpoint, region and credentials are those of the process, by AWS's own environment variables, files and roles; nothing
of them is in a location, a manifest or a task.
"""

import errno
import os
import re
from functools import cache

from pyarrow import fs

from tidegate.errors import ConfigurationError, TidegateError, UnavailableError

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
"""The variables that name a store other than AWS's own; the first that is set counts."""
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_SILENCE_S = 10.0
"""A request is tried again when no byte came for so long; the time to begin one is `_CONNECT_S`."""
_CONNECT_S = 5.0
_TRIES = 5
"""Of one request, about 5 s in all when it is refused at once, as by ``503 SlowDown``."""

_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_SAID = re.compile(r"AWS Error (?P<code>\w+)(?: \(HTTP status (?P<status>\d+)\))?")
_CREDENTIALS = "give this process AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role, that may do this"
_WRONG = {
    "NO_SUCH_BUCKET": f"make the bucket, or correct the location or {ENDPOINTS[1]}",
    "ACCESS_DENIED": _CREDENTIALS,
    "INVALID_ACCESS_KEY_ID": _CREDENTIALS,
    "SIGNATURE_DOES_NOT_MATCH": _CREDENTIALS,
    "INVALID_CLIENT_TOKEN_ID": _CREDENTIALS,
    "MISSING_AUTHENTICATION_TOKEN": _CREDENTIALS,
    "UNRECOGNIZED_CLIENT": _CREDENTIALS,
    "REQUEST_TIME_TOO_SKEWED": "set this machine's clock",
}
"""What is no use to try again, by Arrow's word for it."""
_WRONG_STATUSES = {
    "301": f"set {_REGIONS[0]} to the bucket's region",
    "400": f"correct {_REGIONS[0]} or {ENDPOINTS[1]}, or renew a token that has expired",
    "401": _CREDENTIALS,
    "403": _CREDENTIALS,
}


def endpoint() -> str | None:
    """The store that this process's environment names; None for AWS's own."""
    return next((given for name in ENDPOINTS if (given := os.environ.get(name))), None)


def s3(bucket: str) -> fs.S3FileSystem:
    """The file system that has a bucket. Raises ConfigurationError for a name that holds more than a bucket's."""
    if not bucket or "@" in bucket or ":" in bucket:
        raise ConfigurationError(
            "a location on an object store is s3a://bucket/folder, without user, password and port: those are in the "
            f"environment, as AWS_ACCESS_KEY_ID and {ENDPOINTS[1]}"
        )
    given = endpoint()
    with_region = given is not None or any(os.environ.get(name) for name in _REGIONS)
    return _client(given, None if with_region else bucket)


@cache
def _client(endpoint_url: str | None, of_bucket: str | None) -> fs.S3FileSystem:
    """One for all that is reached alike. Without endpoint and region, a bucket's region is asked for.

    A small object is one request that takes effect or not, for its stream is opened only when it is written.
    """
    return fs.S3FileSystem(
        endpoint_override=endpoint_url,
        region=fs.resolve_s3_region(of_bucket) if of_bucket else None,
        request_timeout=_SILENCE_S,
        connect_timeout=_CONNECT_S,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
        allow_delayed_open=True,
    )


def failed(error: OSError, doing: str) -> TidegateError:
    """The error of the tree for one of a file system, local or not; raise it `from` that one. `doing`: read what?"""
    if error.errno in _RIGHTS:
        return ConfigurationError(f"no right to {doing}: {error}")
    said = _SAID.search(str(error))
    wrong = said and (_WRONG.get(said["code"]) or _WRONG_STATUSES.get(said["status"] or ""))
    if wrong:
        return ConfigurationError(f"cannot {doing}: {error}. To correct it: {wrong}")
    return UnavailableError(f"cannot {doing}: {error}; nothing refers to what was not finished, try again")


def of_store(error: Exception) -> bool:
    """True for what a store answered, or that it did not: nothing was read, so nothing can be said of what it holds."""
    return isinstance(error, OSError) and _SAID.search(str(error)) is not None


def raise_if_of_store(error: OSError, path: str) -> None:
    """Raise what `failed` makes of an error of a store's, that nobody takes it for one of the file's."""
    if of_store(error):
        raise failed(error, f"read {path}") from error


def unread(error: OSError) -> bool:
    """True when a store's answer could not be read, since it is longer than what was asked for, as of a tiny object.

    pyarrow does not know then that it was a ``503``, and does not try again.
    """
    return "Failed to flush response stream" in str(error)
