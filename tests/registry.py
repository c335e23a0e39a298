"""A real schema registry of the tests' own: Apicurio's, asked in Confluent's API."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from kafka import wait_until
from tidegate.services.java import find_java
from tidegate.services.model import HOST, free_ports

_POM = Path(__file__).with_name("registry-pom.xml")


def unpacked() -> Path:
    """The folder of the registry's program in the user's cache, which Maven fills the first time: 146 MB."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidegate"
    cache.mkdir(parents=True, exist_ok=True)
    version = _POM.read_text(encoding="utf-8").partition("<apicurio.version>")[2].partition("<")[0]
    kept, partial = cache / f"apicurio-{version}", cache / f"apicurio-{version}.part"
    with (cache / "apicurio.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            shutil.rmtree(partial, ignore_errors=True)
            fetch = ("mvn", "--quiet", "--batch-mode", "--file", _POM, "dependency:copy-dependencies")
            subprocess.run([*fetch, f"-DoutputDirectory={partial}"], check=True)
            [packed] = partial.iterdir()
            subprocess.run(("tar", "--extract", "--file", packed, "--directory", partial), check=True)
            packed.unlink()
            partial.rename(kept)
    return kept


@dataclass
class Registry:
    """The process. What is registered outlives it."""

    folder: Path
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """What `schema.registry.url` is."""
        return f"http://{HOST}:{self.port}/apis/ccompat/v7"

    def start(self) -> None:
        """Start it; returns when it answers."""
        [program] = unpacked().glob("*-runner.jar")
        options = ("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dquarkus.http.port={self.port}")
        database = f"-DREGISTRY_DATASOURCE_URL=jdbc:h2:file:{self.folder}/data;WRITE_DELAY=0"
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "registry.log").open("ab") as log:
            self.process = subprocess.Popen(
                [find_java(), *options, f"-Dquarkus.http.host={HOST}", database, "-jar", program],
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._answers)

    def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        assert self.process is not None
        words = (self.folder / "registry.log").read_text(encoding="utf-8", errors="replace")[-3000:]
        assert self.process.poll() is None, f"the registry ended:\n{words}"
        try:
            return isinstance(self._asked("/subjects"), list)
        except (URLError, ConnectionError):
            return False

    def register(self, subject: str, schema: Any, **rest: Any) -> int:
        """Add a version to a subject. The number of its schema."""
        return int(self._asked(_versions(subject), {"schema": json.dumps(schema), **rest})["id"])

    def delete(self, subject: str, version: int | None = None, *, for_good: bool = False) -> None:
        """Delete a version, or a subject: softly, as a registry does at first, and then for good."""
        path = _versions(subject) if version is None else f"{_versions(subject)}/{version}"
        path = path.removesuffix("/versions")
        self._asked(path, method="DELETE")
        if for_good:
            self._asked(f"{path}?permanent=true", method="DELETE")

    def _asked(self, path: str, given: Any = None, *, method: str | None = None) -> Any:
        request = Request(f"{self.url}{path}", method=method)
        if given is not None:
            request.data = json.dumps(given).encode()
            request.add_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)


def _versions(subject: str) -> str:
    return f"/subjects/{quote(subject, safe='')}/versions"


@contextmanager
def running(folder: Path) -> Iterator[Registry]:
    """One that answers."""
    made = Registry(folder)
    try:
        made.start()
        yield made
    finally:
        made.kill()
