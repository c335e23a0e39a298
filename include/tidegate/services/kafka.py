"""The embedded Kafka: broker and controller in one process, on loopback, from jars that Maven fetches once."""

import secrets
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

from tidegate.errors import UnavailableError
from tidegate.services.java import find_java
from tidegate.services.jvm import port_open, write_log4j
from tidegate.services.maven import Jars
from tidegate.services.model import HOST, Settings

_CONTROLLER = "CONTROLLER"
_ANSWER_S = 5.0


_JARS = Jars(
    pom=Path(__file__).with_name("kafka-pom.xml"),
    version="kafka.version",
    title="Kafka",
    name="kafka",
    variable="TIDEGATE_KAFKA_JARS",
    sign="kafka_2.13-*.jar",
    otherwise="the `libs` of an installed Kafka",
)


def jars(telling: Callable[[str], None]) -> Path:
    """The folder of Kafka's jars, 45 MB in the cache; see `Jars.found`."""
    return _JARS.found(telling)


def version() -> str:
    """The version of Kafka that is fetched."""
    return _JARS.of()


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
