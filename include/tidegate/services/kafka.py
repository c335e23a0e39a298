"""The embedded Kafka: broker and controller in one process, on loopback, from jars that Maven fetches once."""

import fcntl
import os
import re
import secrets
import shutil
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services.java import find_java
from tidegate.services.jvm import port_open, write_log4j
from tidegate.services.model import HOST, Settings

_POM = Path(__file__).with_name("kafka-pom.xml")
_CONTROLLER = "CONTROLLER"
_ANSWER_S = 5.0


def jars(telling: Callable[[str], None]) -> Path:
    """The folder of Kafka's jars: ``TIDEGATE_KAFKA_JARS``, else the user's cache, which Maven fills the first time.

    Two processes may ask at once: one fetches, the other waits. What a killed one leaves is not taken for the jars.
    `telling` is called once before anything is fetched, with what and where to. Durable effect: a folder of 45 MB in
    the cache, ``$XDG_CACHE_HOME`` or ``~/.cache``.

    Raises:
        ConfigurationError: the folder that is named holds no broker, or there is neither a folder nor Maven.
        UnavailableError: Maven could not fetch them.
    """
    if named := os.environ.get("TIDEGATE_KAFKA_JARS"):
        if not any(Path(named).glob("kafka_2.13-*.jar")):
            raise ConfigurationError(f"TIDEGATE_KAFKA_JARS={named} holds no kafka_2.13-….jar: name a Kafka's `libs`")
        return Path(named).resolve()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidegate"
    kept = cache / f"kafka-{version()}"
    if not kept.exists():
        _fetch(kept, telling)
    return kept


def version() -> str:
    """The version of Kafka that is fetched."""
    found = re.search(r"<kafka.version>([^<]+)<", _POM.read_text(encoding="utf-8"))
    assert found is not None  # the file is ours
    return found[1]


def _fetch(kept: Path, telling: Callable[[str], None]) -> None:
    """Fill the folder, which appears when it is whole."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ConfigurationError(
            "the embedded Kafka needs its jars: put Maven's `mvn` on the path, which fetches them once, or name the "
            f"`libs` of an installed Kafka (such as {version()}) in TIDEGATE_KAFKA_JARS"
        )
    partial = kept.with_name(f"{kept.name}.part")
    partial.parent.mkdir(parents=True, exist_ok=True)
    with kept.with_name(f"{kept.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists():
            return
        telling(f"fetching Kafka {version()} into {kept}")
        shutil.rmtree(partial, ignore_errors=True)
        wanted = ("dependency:copy-dependencies", f"-DoutputDirectory={partial}")
        done = subprocess.run(
            [maven, "--quiet", "--batch-mode", "--file", _POM, *wanted], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UnavailableError(f"Maven could not fetch Kafka {version()}:\n{(done.stdout + done.stderr)[-3000:]}")
        partial.rename(kept)


def properties(data: Path, *, port: int, controller_port: int) -> dict[str, str]:
    """One node that is broker and controller, with Kafka's defaults for all but what needs several brokers."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "controller.listener.names": _CONTROLLER,
        "listeners": f"PLAINTEXT://{HOST}:{port},{_CONTROLLER}://{HOST}:{controller_port}",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",  # a name with a typing error is no new topic
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
    }


def write_configuration(folder: Path, given: Mapping[str, str]) -> None:
    """The broker's properties and its log's, for `initialise` and `command`."""
    write_log4j(folder / "log4j2.properties")
    lines = [f"{name}={value}\n" for name, value in given.items()]
    (folder / "server.properties").write_text("".join(lines), encoding="utf-8")


def initialise(data: Path, folder: Path, libraries: Path) -> None:
    """Format the data folder, once, by the configuration in `folder`. A killed attempt is made again."""
    if (data / "meta.properties").exists():  # written last
        return
    cluster = urlsafe_b64encode(b"\0" + secrets.token_bytes(15)).decode().rstrip("=")  # never begins with a dash
    done = subprocess.run(
        [
            *_java(folder, libraries, "-Xmx128m", "-XX:TieredStopAtLevel=1"),
            *("kafka.tools.StorageTool", "format", "-t", cluster, "-c", folder / "server.properties"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UnavailableError(f"Kafka's storage could not be made in {data}: {(done.stdout + done.stderr)[-3000:]}")


def command(folder: Path, libraries: Path, *options: str) -> list[str | Path]:
    """How to start the broker by the configuration in `folder`, with Java's further options."""
    return [*_java(folder, libraries, "-Xmx384m", *options), "kafka.Kafka", folder / "server.properties"]


def _java(folder: Path, libraries: Path, *options: str) -> list[str | Path]:
    return [
        find_java(),
        *(*options, "-XX:+UseSerialGC", f"-Dlog4j2.configurationFile={folder}/log4j2.properties"),
        *("-cp", f"{libraries}/*"),
    ]


def bootstrap(settings: Settings) -> str:
    """The broker's address."""
    return f"{HOST}:{settings.port('kafka')}"


def healthy(address: str) -> bool:
    """True when the broker answers, and leads every partition that it has."""
    from confluent_kafka import KafkaException  # noqa: PLC0415
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    if not port_open(int(address.rpartition(":")[2])):
        return False
    try:
        client = AdminClient({"bootstrap.servers": address, "log_level": 0})
        told = client.list_topics(timeout=_ANSWER_S)
        return bool(told.brokers) and all(
            partition.leader in told.brokers
            for topic in told.topics.values()
            for partition in topic.partitions.values()
        )
    except KafkaException:
        return False
