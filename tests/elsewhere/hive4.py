"""A real Hive 4: its metastore (on Derby) and HiveServer2 (Tez in local mode) as plain processes, for one command.

    hive4.py JARS HOME COMMAND …

Starts both on free loopback ports, with logs, data and warehouse in the new folder HOME; runs the command with
TIDEGATE_METASTORE_URL, TIDEGATE_HIVESERVER2_URL and TIDEGATE_WAREHOUSE set, which is all that it is told; stops both,
and ends as the command did. JARS holds what `pom.xml` names, as `make hive4` fetches it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

import psutil

from tidegate.adapters.hive import metastore_answers
from tidegate.adapters.hive.server import execute
from tidegate.errors import ConfigurationError, TidegateError, UnavailableError
from tidegate.services import processes
from tidegate.services.java import find_java
from tidegate.services.jvm import port_open
from tidegate.services.model import HOST
from tidegate.wiring import VARIABLES

START_TIMEOUT_S = 300.0
_OPENS = ("lang", "util", "util.regex", "util.concurrent", "util.concurrent.atomic", "net", "nio", "io")
_LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.stdout.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %p %c{1}: %m%n%ex
"""


@contextmanager
def hive4(jars: Path, home: Path) -> Iterator[dict[str, str]]:
    """Both services, and the environment variables that lead to them. Raises TidegateError when one does not start."""
    metastore_port, server_port = free_ports(2)
    metastore, server = f"thrift://{HOST}:{metastore_port}", f"hive://{HOST}:{server_port}/default"
    warehouse = f"file://{home}/warehouse"
    with (
        service(
            "metastore",
            command(jars, home, "metastore", "org.apache.hadoop.hive.metastore.HiveMetaStore"),
            {**metastore_settings(home, metastore_port), "hive.metastore.warehouse.dir": warehouse},
            home,
            healthy=lambda: port_open(metastore_port) and metastore_answers(metastore),
        ),
        service(
            "hiveserver2",
            command(jars, home, "hiveserver2", "org.apache.hive.service.server.HiveServer2"),
            {**server_settings(home, metastore, server_port), "hive.metastore.warehouse.dir": warehouse},
            home,
            healthy=lambda: port_open(server_port) and server_answers(server),
        ),
    ):
        yield {
            VARIABLES["metastore"]: metastore,
            VARIABLES["hiveserver2"]: server,
            VARIABLES["warehouse"]: warehouse,
        }


def metastore_settings(home: Path, port: int) -> dict[str, str]:
    """A metastore of its own on Derby; repeatable reads as docs/operations.md asks for."""
    return {
        "javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={home}/metastore_db;create=true",
        "javax.jdo.option.ConnectionDriverName": "org.apache.derby.jdbc.EmbeddedDriver",
        "datanucleus.schema.autoCreateAll": "true",
        "datanucleus.transactionIsolation": "repeatable-read",
        "metastore.schema.verification": "false",
        "metastore.thrift.bind.host": HOST,
        "metastore.thrift.port": str(port),
        # HiveServer2 asks for notifications as whoever runs this, who is no proxy user
        "metastore.metastore.event.db.notification.api.auth": "false",
        # the other periodic tasks need classes that only Hive's own distribution puts together
        "metastore.task.threads.always": "org.apache.hadoop.hive.metastore.events.EventCleanerTask",
    }


def server_settings(home: Path, metastore: str, port: int) -> dict[str, str]:
    """HiveServer2 that runs its queries in its own process."""
    return {
        "hive.metastore.uris": metastore,
        "hive.server2.thrift.bind.host": HOST,
        "hive.server2.thrift.port": str(port),
        "hive.server2.webui.port": "0",
        "hive.server2.max.start.attempts": "1",
        "hive.server2.enable.doAs": "false",
        "hive.server2.tez.initialize.default.sessions": "false",
        "hive.execution.engine": "tez",
        "hive.exec.scratchdir": f"{home}/scratch",
        "tez.local.mode": "true",
        "tez.local.mode.without.network": "true",
        "tez.runtime.optimize.local.fetch": "true",
        "tez.ignore.lib.uris": "true",
        "tez.staging-dir": f"{home}/tez",
    }


def command(jars: Path, home: Path, name: str, main: str) -> list[str | Path]:
    """How to start one of the two; its configuration is found on the class path."""
    conf = home / "conf" / name
    return [
        find_java(),
        *("-Xmx1g", *(f"--add-opens=java.base/java.{p}=ALL-UNNAMED" for p in _OPENS)),
        *(f"-Dlog4j2.configurationFile={conf}/hive-log4j2.properties", f"-Djava.io.tmpdir={home}/tmp"),
        *(f"-Dderby.stream.error.file={home}/logs/derby.log", "-Dderby.locks.deadlockTimeout=1"),
        *("-cp", os.pathsep.join(str(p) for p in (conf, *sorted(jars.glob("*.jar")))), main),
    ]


@contextmanager
def service(
    name: str, words: Sequence[str | Path], settings: Mapping[str, str], home: Path, healthy: Callable[[], bool]
) -> Iterator[None]:
    """One process, from the moment that it is healthy until the block ends."""
    conf = home / "conf" / name
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    write_xml(conf / "hive-site.xml", {**settings, "hive.async.log.enabled": "false"})
    write_xml(conf / "tez-site.xml", {k: v for k, v in settings.items() if k.startswith("tez.")})
    write_xml(conf / "core-site.xml", {"fs.defaultFS": "file:///"})
    (conf / "hive-log4j2.properties").write_text(_LOG4J, encoding="utf-8")
    started = processes.start(words, home=home, name=name, environment={}, remember=lambda _: None)
    process = psutil.Process(started.pid)
    try:
        began = time.monotonic()
        while not healthy():
            last = f"its last words in {processes.log_file(home, name)}:\n{processes.last_words(home, name)}"
            if not processes.alive(started):
                raise UnavailableError(f"Hive 4's {name} ended while it started; {last}")
            if time.monotonic() - began > START_TIMEOUT_S:
                raise UnavailableError(f"Hive 4's {name} was not healthy after {START_TIMEOUT_S:.0f} s; {last}")
            time.sleep(0.2)
        print(f"Hive 4's {name}: healthy after {time.monotonic() - began:.1f} s", flush=True)
        yield
    finally:
        processes.end([process])


def server_answers(url: str) -> bool:
    """True when HiveServer2 opens a session and reaches its metastore."""
    try:
        execute(url, ["SHOW DATABASES"])
    except TidegateError:
        return False
    return True


def write_xml(file: Path, properties: Mapping[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"<property><name>{k}</name><value>{escape(v)}</value></property>" for k, v in properties.items()]
    file.write_text("<configuration>\n" + "\n".join(lines) + "\n</configuration>\n", encoding="utf-8")


def free_ports(count: int) -> list[int]:
    """Different loopback ports that nobody listens on now."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    try:
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def main(jars: str, home: str, *words: str) -> int:
    if not any(Path(jars).glob("hive-service-4.*.jar")):
        raise ConfigurationError(f"there are no jars of Hive 4 in {jars}: `make hive4` fetches them")
    if Path(home).exists():
        raise ConfigurationError(f"{home} is there already: name a new folder")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # then both are stopped too
    with hive4(Path(jars).resolve(), Path(home).resolve()) as variables:
        return subprocess.run(words, env={**os.environ, **variables}, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except TidegateError as e:
        sys.exit(str(e))
