"""How the embedded metastore and Spark reach an object store: Hadoop's S3A, from jars that Maven fetches once.

Endpoint, region and credentials come from AWS's environment variables, which the services inherit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tidegate.protocol.layout import S3, normal
from tidegate.runtime.object_stores import endpoint
from tidegate.services.maven import Jars

_JARS = Jars(
    pom=Path(__file__).with_name("s3a-pom.xml"),
    version="hadoop.version",
    title="Hadoop's S3A",
    name="s3a",
    variable="TIDEGATE_S3A_JARS",
    sign="hadoop-aws-*.jar",
    otherwise="a folder with hadoop-aws and the parts of AWS's SDK that it needs",
)


@dataclass(frozen=True)
class HadoopFiles:
    """What a JVM needs for the files of a warehouse beside pyspark's own jars: settings of Hadoop and a class path."""

    warehouse: str
    settings: dict[str, str]
    jars: tuple[Path, ...] = ()

    @property
    def class_path(self) -> str:
        """What follows pyspark's jars."""
        return "".join(f":{folder}/*" for folder in self.jars)


def files_of(warehouse: str, telling: Callable[[str], None]) -> HadoopFiles:
    """For a warehouse on local or other folders nothing, for one on an object store S3A. Errors as of `Jars.found`."""
    warehouse = normal(warehouse)
    if not warehouse.startswith(S3):
        return HadoopFiles(warehouse, {})
    given = endpoint()
    # Other stores have no host's name for each bucket.
    settings = {"fs.s3a.endpoint": given, "fs.s3a.path.style.access": "true"} if given else {}
    return HadoopFiles(warehouse, settings, (_JARS.found(telling),))


def version() -> str:
    """The version of Hadoop that is fetched, which must be that of pyspark's jars."""
    return _JARS.of()
