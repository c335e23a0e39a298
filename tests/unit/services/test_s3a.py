"""Goal: the JVMs of the embedded services get what they need for a warehouse in a bucket, and nothing for another."""

import re
from pathlib import Path

import pytest

from tidegate.errors import ConfigurationError
from tidegate.runtime.object_stores import ENDPOINTS
from tidegate.services import jvm, s3a
from tidegate.services.model import Settings


@pytest.fixture(autouse=True)
def jars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of jars, and no store in the environment."""
    for name in ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TIDEGATE_S3A_JARS", str(tmp_path))
    (tmp_path / "hadoop-aws-3.5.0.jar").touch()
    return tmp_path


def test_a_warehouse_on_a_disk_needs_nothing(jars: Path) -> None:
    (jars / "hadoop-aws-3.5.0.jar").unlink()
    files = s3a.files_of("file:///x", print)
    assert (files.settings, files.class_path) == ({}, "")


@pytest.mark.parametrize("given_as", ["s3://bucket/x", "s3a://bucket/x/"])
def test_a_bucket_needs_jars(jars: Path, given_as: str) -> None:
    files = s3a.files_of(given_as, print)
    assert files.warehouse == "s3a://bucket/x"
    assert files.class_path == f":{jars}/*"
    assert "fs.s3a.endpoint" not in files.settings
    (jars / "hadoop-aws-3.5.0.jar").unlink()
    with pytest.raises(ConfigurationError, match=rf"TIDEGATE_S3A_JARS={jars} holds no hadoop-aws-….jar"):
        s3a.files_of(given_as, print)


def test_both_jvms_reach_the_store_that_the_environment_names(
    jars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://store:9000")
    files = s3a.files_of("s3://bucket/x", print)
    command = [*map(str, jvm.spark_command(tmp_path, Settings.new(), "thrift://m:1", files))]
    for setting in ("fs.s3a.endpoint=http://store:9000", "fs.s3a.path.style.access=true"):
        assert f"spark.hadoop.{setting}" in command
    assert "spark.sql.warehouse.dir=s3a://bucket/x" in command
    assert any(word.endswith(f"/jars/*:{jars}/*") for word in command)
    command = [*map(str, jvm.metastore_command(tmp_path, Settings.new(), files))]
    assert any(word.endswith(f"/jars/*:{jars}/*") for word in command)
    written = (tmp_path / "conf" / "metastore" / "hive-site.xml").read_text()
    assert "<name>fs.s3a.endpoint</name><value>http://store:9000</value>" in written


def test_the_version_is_that_of_pysparks_hadoop() -> None:
    (own,) = (jvm.spark_home() / "jars").glob("hadoop-client-api-*.jar")
    assert re.findall(r"\d+\.\d+\.\d+", own.name) == [s3a.version()]
