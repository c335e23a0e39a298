"""The two Java services: a Hive metastore, and one Spark server for Spark Connect and HiveServer2's protocol."""

import importlib.util
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4
from xml.sax.saxutils import escape

from tidegate.errors import ConfigurationError, TidegateError
from tidegate.services.java import find_java
from tidegate.services.model import HOST, Settings
from tidegate.services.s3a import HadoopFiles

_OPENS = (
    *("java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util"),
    *("java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs"),
    *("sun.security.action", "sun.util.calendar"),
)
"""Packages that Spark reflects on: the list of Spark's JavaModuleOptions, less the incubating vector module."""


def spark_home() -> Path:
    """The folder of the installed pyspark."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise ConfigurationError("pyspark is not installed")
    return Path(spec.origin).parent


def warehouse(home: Path) -> str:
    """URI of the embedded warehouse."""
    return f"file://{home}/warehouse"


def metastore_command(home: Path, settings: Settings, files: HadoopFiles) -> list[str | Path]:
    """Hive's metastore from pyspark's own jars, on Derby. Writes its configuration."""
    conf = home / "conf" / "metastore"
    _write_xml(
        conf / "hive-site.xml",
        {
            "javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={home}/metastore;create=true",
            "javax.jdo.option.ConnectionDriverName": "org.apache.derby.iapi.jdbc.AutoloadedDriver",
            "datanucleus.schema.autoCreateAll": "true",
            "datanucleus.connectionPoolingType": "DBCP",
            # A listing that is read in several statements must still not straddle a swap (I2).
            "datanucleus.transactionIsolation": "repeatable-read",
            "hive.metastore.schema.verification": "false",
            "hive.metastore.warehouse.dir": files.warehouse,
            "hive.async.log.enabled": "false",
            **files.settings,
        },
    )
    write_log4j(conf / "log4j2.properties")
    return [
        *(find_java(), "-Xmx384m", "-XX:+UseSerialGC", f"-Dderby.stream.error.file={home}/logs/derby.log"),
        # Readers and a swap deadlock now and then (repeatable reads): Derby looks for that after 20 s by default.
        "-Dderby.locks.deadlockTimeout=1",
        *(
            f"-Dlog4j2.configurationFile={conf}/log4j2.properties",
            "-cp",
            f"{conf}:{spark_home()}/jars/*{files.class_path}",
        ),
        *(
            "org.codehaus.janino.SimpleCompiler",
            Path(__file__).with_name("LoopbackMetastore.java"),
            "LoopbackMetastore",
        ),
        *(HOST, str(settings.port("metastore"))),
    ]


def spark_command(home: Path, settings: Settings, metastore: str, files: HadoopFiles) -> list[str | Path]:
    """Spark's Thrift server with the Connect plugin, without spark-submit, so that any Java can run it."""
    conf = home / "conf" / "spark"
    write_log4j(conf / "log4j2.properties")
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.local.dir": str(home / "run" / "spark-local"),
        "spark.speculation": "false",
        "spark.python.daemon.module": "tidegate.adapters.spark.worker_daemon",
        "spark.python.worker.reuse": "false",
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": str(settings.port("connect")),
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": files.warehouse,
        **{f"spark.hadoop.{name}": value for name, value in files.settings.items()},
        "spark.hadoop.hive.metastore.uris": metastore,
        # Both JVMs start at once: Spark asks until the metastore listens.
        "spark.hadoop.hive.metastore.connect.retries": "60",
        "spark.hadoop.hive.server2.thrift.bind.host": HOST,
        "spark.hadoop.hive.server2.thrift.port": str(settings.port("thrift")),
    }
    memory = os.environ.get("TIDEGATE_SPARK_MEMORY", "2g")
    return [
        *spark_java(
            conf,
            *(f"-Xmx{memory}", "-XX:+UseParallelGC", f"-Djava.io.tmpdir={home}/run/spark-local"),
            jars=files.class_path,
        ),
        *spark_submit("local[*]", options, "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"),
    ]


def spark_java(conf: Path, *options: str, jars: str = "") -> list[str | Path]:
    """How to start a program of Spark's: the main class and its arguments follow.

    `conf` has its log's settings, `jars` what more the class path has.
    """
    return [
        find_java(),
        *(*options, "-XX:+IgnoreUnrecognizedVMOptions"),
        *(f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in _OPENS),
        *("-Djdk.reflect.useDirectMethodHandle=false", "-Dio.netty.tryReflectionSetAccessible=true"),
        *(f"-Dlog4j2.configurationFile={conf}/log4j2.properties", "-cp", f"{conf}:{spark_home()}/jars/*{jars}"),
    ]


def spark_submit(master: str, options: Mapping[str, str], main: str) -> list[str]:
    """What follows `spark_java` for a server of Spark's on a master."""
    return [
        *("org.apache.spark.deploy.SparkSubmit", "--master", master),
        *(word for k, v in options.items() for word in ("--conf", f"{k}={v}")),
        *("--class", main, "spark-internal"),
    ]


def spark_environment() -> dict[str, str]:
    """Python workers are this Python, and find what this process finds."""
    return {
        "SPARK_HOME": str(spark_home()),
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "SPARK_LOCAL_IP": HOST,
    }


def port_open(port: int) -> bool:
    """True when something listens on the loopback port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def metastore_healthy(settings: Settings) -> bool:
    """True when the embedded metastore lists its databases."""
    from tidegate.adapters.hive import metastore_answers  # noqa: PLC0415

    port = settings.port("metastore")
    return port_open(port) and metastore_answers(f"thrift://{HOST}:{port}")


def spark_healthy(settings: Settings) -> bool:
    """True when both of Spark's ports answer."""
    return port_open(settings.port("thrift")) and port_open(settings.port("connect"))


def warm(spark_url: str) -> None:
    """Run a small job in Python workers, so that the first epoch does not wait for class loading and imports."""
    from pyspark.errors import PySparkException  # noqa: PLC0415

    from tidegate.adapters.spark.session import opened  # noqa: PLC0415

    try:
        with opened(spark_url, "warming Spark", f"warming {uuid4()}") as session:
            rows = session.range(0, 2000, 1, 4).repartition(4, "id").sortWithinPartitions("id")
            rows.mapInArrow(lambda batches: batches, "id long").toArrow()
    except (TidegateError, PySparkException):
        return  # only speed is lost; the first epoch says what is wrong


def _write_xml(file: Path, properties: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"<property><name>{k}</name><value>{escape(v)}</value></property>" for k, v in properties.items()]
    file.write_text("<configuration>\n" + "\n".join(lines) + "\n</configuration>\n", encoding="utf-8")


def write_log4j(file: Path) -> None:
    """Warnings go to the standard output, which is the service's log."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        "rootLogger.level = warn\nrootLogger.appenderRef.stdout.ref = console\n"
        "appender.console.type = Console\nappender.console.name = console\n"
        "appender.console.layout.type = PatternLayout\n"
        "appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %p %c{1}: %m%n%ex\n",
        encoding="utf-8",
    )
