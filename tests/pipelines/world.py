"""The pipeline of `totals` on real services: files arrive, epochs run, and what they made is looked at."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipelines import totals
from tidegate import Definition
from tidegate.engine.coordinator import Coordinator
from tidegate.engine.verify import verify
from tidegate.protocol.model import Epoch, Manifest, Run, StagedPartition
from tidegate.wiring import Endpoints


def local(uri: str) -> Path:
    """Where a file or folder of the warehouse lies."""
    return Path(unquote(uri.removeprefix("file://")))


@dataclass
class World:
    """One pipeline over `folder`, whose epochs are run here."""

    folder: Path
    endpoints: Endpoints
    definition: Definition
    engine: Coordinator

    def run(self, count: int = 1) -> None:
        """So many epochs, one new file each."""
        for _ in range(count):
            self.arrive()
            self.again()

    def arrive(self) -> None:
        number = self._arrived + 1
        totals.write(self.folder, f"{number:03d}.json", totals.events(number))

    def again(self) -> None:
        """The run of the newest file, which may have been tried before."""
        assert self.engine.run(Run(f"run-{self._arrived}", "test")) is not None

    @property
    def _arrived(self) -> int:
        return len(list(self.folder.glob("*.json")))

    @property
    def last(self) -> Epoch:
        """The newest sealed epoch."""
        last = self.engine.adapters.store.last_sealed(self.engine.lane_id)
        assert last is not None
        return last

    @property
    def manifest(self) -> Manifest:
        """That of the newest epoch."""
        assert self.last.manifest is not None
        return Manifest.from_json(local(self.last.manifest.uri).read_bytes())

    def partitions(self, table: str) -> list[StagedPartition]:
        """Those that the newest epoch wrote, of the table whose name ends so."""
        return [p for p in self.manifest.partitions if p.table.endswith(table)]

    @property
    def tables(self) -> tuple[str, str]:
        log, latest = (t.name for t in self.definition.all_targets)
        return log, latest

    def rows(self, table: str) -> list[Any]:
        """What HiveServer2 answers, partition columns included."""
        return totals.read(self.endpoints.hiveserver2, table, columns=("*",))[0]

    def is_right(self) -> bool:
        """True when the tables hold what the oracle computes."""
        return totals.found(self.endpoints.hiveserver2, self.definition.name) == totals.expected(self.folder)

    def wrong(self) -> list[str]:
        """What `verify` says, for people."""
        found = verify(self.definition, self.engine.adapters, progress=print, checksums=True)
        return [f"{f.subject}: {f.problem}" for f in found]

    def files(self) -> set[str]:
        """Every file of every attempt, by path."""
        root = local(self.engine.root) / self.definition.name
        return {str(path) for path in root.rglob("*") if path.is_file()}
