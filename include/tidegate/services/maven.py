"""Jars that Maven fetches once into the user's cache."""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import ConfigurationError, UnavailableError


@dataclass(frozen=True)
class Jars:
    """A set of jars of one version.

    Args:
        pom: says what to fetch; its property ``version`` is that of the whole.
        version: the name of that property.
        title: for people, without the version.
        name: of the folder in the cache, without the version.
        variable: the environment variable that names a folder with the jars instead.
        sign: a pattern of the one file by which such a folder is known.
        otherwise: what to name in that variable, as the end of a sentence.
    """

    pom: Path
    version: str
    title: str
    name: str
    variable: str
    sign: str
    otherwise: str

    def found(self, telling: Callable[[str], None]) -> Path:
        """The folder of the jars: the one that is named, else the user's cache, which Maven fills the first time.

        Two processes may ask at once: one fetches, the other waits. What a killed one leaves is not taken for the
        jars. `telling` is called once before anything is fetched, with what and where to. Durable effect: a folder in
        the cache, ``$XDG_CACHE_HOME`` or ``~/.cache``.

        Raises:
            ConfigurationError: the folder that is named does not hold them, or there is neither a folder nor Maven.
            UnavailableError: Maven could not fetch them.
        """
        if named := os.environ.get(self.variable):
            if not any(Path(named).glob(self.sign)):
                shown = self.sign.replace("*", "…")
                raise ConfigurationError(f"{self.variable}={named} holds no {shown}: name {self.otherwise}")
            return Path(named).resolve()
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidegate"
        kept = cache / f"{self.name}-{self.of()}"
        if not kept.exists():
            self._fetch(kept, telling)
        return kept

    def of(self) -> str:
        """The version that is fetched."""
        found = re.search(rf"<{self.version}>([^<]+)<", self.pom.read_text(encoding="utf-8"))
        assert found is not None  # the file is ours
        return found[1]

    def _fetch(self, kept: Path, telling: Callable[[str], None]) -> None:
        """Fill the folder, which appears when it is whole."""
        maven = shutil.which("mvn")
        if maven is None:
            raise ConfigurationError(
                f"{self.title} needs its jars: put Maven's `mvn` on the path, which fetches them once, or name "
                f"{self.otherwise} (such as {self.of()}) in {self.variable}"
            )
        partial = kept.with_name(f"{kept.name}.part")
        partial.parent.mkdir(parents=True, exist_ok=True)
        with kept.with_name(f"{kept.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if kept.exists():
                return
            telling(f"fetching {self.title} {self.of()} into {kept}")
            shutil.rmtree(partial, ignore_errors=True)
            wanted = ("dependency:copy-dependencies", f"-DoutputDirectory={partial}")
            done = subprocess.run(
                [maven, "--quiet", "--batch-mode", "--file", self.pom, *wanted],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                words = (done.stdout + done.stderr)[-3000:]
                raise UnavailableError(f"Maven could not fetch {self.title} {self.of()}:\n{words}")
            partial.rename(kept)
