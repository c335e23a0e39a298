"""A real standalone cluster of Spark of the tests' own, with a Spark Connect server on it, and what a test does to it.

A master and two workers of one core each, from pyspark's own jars, on loopback: each a plain process, and so are the
executors, which are children of their workers.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

from kafka import wait_until
from tidegate.services import jvm
from tidegate.services.java import find_java
from tidegate.services.model import HOST, free_ports

WORKERS = 2
TOKEN = "a;secret=1"
"""The Connect server lets in who has it."""
_SMALL = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass
class Cluster:
    """The processes.

    Args:
        folder: for their logs and files.
        options: Spark's settings of the Connect server, and so of its executors.
    """

    folder: Path
    options: Mapping[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=lambda: free_ports(3))
    processes: dict[str, psutil.Popen] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Address of the Connect server. Without TLS its clients send a token to localhost only."""
        return f"sc://localhost:{self.ports[2]}/;token={quote(TOKEN)}"

    def start(self) -> None:
        """Start all; returns when a first job has run, in each worker an executor."""
        log = self.folder / "log4j2.properties"
        jvm.write_log4j(log)
        log.write_text(f"{log.read_text()}logger.tasks.name = org.apache.spark.scheduler\nlogger.tasks.level = info\n")
        master, ui, _ = self.ports
        self._java("master", "192m", "deploy.master.Master", f"--host {HOST} --port {master} --webui-port {ui}")
        wait_until(lambda: jvm.port_open(ui))
        self._connect()  # all at once; each waits for what it needs of the others
        for number in range(WORKERS):
            self._worker(number)
        wait_until(lambda: self._alive("connect") and jvm.port_open(self.ports[2]))
        wait_until(lambda: all(self.executors(number) for number in range(WORKERS)))
        jvm.warm(self.url)

    def start_worker(self, number: int) -> None:
        """Start a worker again; it has an executor when this returns."""
        self._worker(number)
        wait_until(lambda: self._alive(f"worker-{number}") and bool(self.executors(number)))

    def mend(self) -> None:
        """Start the workers again that a test left dead."""
        for number in range(WORKERS):
            if f"worker-{number}" not in self.processes:
                self.start_worker(number)

    def _worker(self, number: int) -> None:
        host = f"127.0.0.{number + 2}"  # Spark would not compute a task twice on one host
        where = f"--host {host} --webui-port 0 --cores 1 --memory 1g --work-dir {self.folder}/work-{number}"
        self._disk(number).mkdir(exist_ok=True)
        own = {"SPARK_LOCAL_DIRS": str(self._disk(number)), "SPARK_LOCAL_IP": host}
        self._java(f"worker-{number}", "128m", "deploy.worker.Worker", f"{where} {self._master}", own)

    def _disk(self, number: int) -> Path:
        """Where the executors of a worker put what they shuffle."""
        return self.folder / f"disk-{number}"

    def kill_worker(self, number: int) -> None:
        """SIGKILL, with its executor and the Python in that; its disk is gone too: what the loss of a machine is."""
        worker = self.processes.pop(f"worker-{number}")
        _kill([worker, *worker.children(recursive=True)])
        shutil.rmtree(self._disk(number))

    def freeze_worker(self, number: int) -> None:
        """SIGSTOP, with its executor: neither hears or says anything. The Python in that goes on."""
        for process in (*self.executors(number), self.processes[f"worker-{number}"]):
            process.suspend()

    def executors(self, number: int) -> list[psutil.Process]:
        """The executors of a worker."""
        return list(self.processes[f"worker-{number}"].children())

    def worker_of(self, pid: int) -> int:
        """The worker in whose executor a Python process runs."""
        above = {process.pid for process in psutil.Process(pid).parents()}
        return next(n for n in range(WORKERS) if above & {p.pid for p in self.executors(n)})

    def log(self, name: str = "connect") -> str:
        """What a process has said, the Connect server if no other is named."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        """Nothing that was started lives on, frozen or not."""
        for process in list(self.processes.values()):
            with suppress(psutil.NoSuchProcess):
                _kill([process, *process.children(recursive=True)])

    @property
    def _master(self) -> str:
        return f"spark://{HOST}:{self.ports[0]}"

    def _connect(self) -> None:
        options = {
            "spark.ui.enabled": "false",
            "spark.driver.host": HOST,
            "spark.driver.bindAddress": HOST,
            "spark.local.dir": str(self.folder),
            "spark.executor.cores": "1",
            "spark.executor.memory": "512m",
            "spark.executor.extraJavaOptions": " ".join(_SMALL),
            "spark.python.daemon.module": "tidegate.adapters.spark.worker_daemon",
            "spark.python.worker.reuse": "false",
            "spark.connect.authenticate.token": TOKEN,
            "spark.connect.grpc.binding.address": HOST,
            "spark.connect.grpc.binding.port": str(self.ports[2]),
            "spark.sql.catalogImplementation": "in-memory",
            "spark.locality.wait": "0",
            **self.options,
        }
        submit = jvm.spark_submit(self._master, options, "org.apache.spark.sql.connect.service.SparkConnectServer")
        self._run("connect", [*jvm.spark_java(self.folder, "-Xmx640m", *_SMALL), *submit], {})

    def _java(
        self, name: str, memory: str, main: str, arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        java = jvm.spark_java(self.folder, f"-Xmx{memory}", *_SMALL)
        self._run(name, [*java, f"org.apache.spark.{main}", *arguments.split()], environment or {})

    def _run(self, name: str, command: list[str | Path], more: Mapping[str, str]) -> None:
        java = str(find_java().resolve().parents[1])
        environment = {"SPARK_CONF_DIR": str(self.folder), "JAVA_HOME": java, "SPARK_SCALA_VERSION": "2.13"}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = psutil.Popen(
                list(map(str, command)),
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **jvm.spark_environment(), **environment, **more},
                start_new_session=True,
            )

    def _alive(self, name: str) -> bool:
        assert self.processes[name].poll() is None, f"{name} ended:\n{self.log(name)[-3000:]}"
        return True


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=30)


@contextmanager
def running(folder: Path, options: Mapping[str, str]) -> Iterator[Cluster]:
    """A cluster, as long as the block lasts."""
    cluster = Cluster(folder, options)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.end()
