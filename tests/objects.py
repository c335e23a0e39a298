"""An S3-compatible store of the tests' own, as a process on loopback, and what a test does to it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import boto3

from kafka import wait_until
from tidegate.services.jvm import port_open
from tidegate.services.model import HOST, free_ports

KEY, SECRET = "a-key", "a-secret-key"


@dataclass(frozen=True)
class Store:
    """The running store. A test makes a bucket of its own."""

    endpoint: str

    def environment(self, endpoint: str = "") -> dict[str, str]:
        """What a process needs to reach it, perhaps by another address."""
        return {
            "AWS_ENDPOINT_URL": endpoint or self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @contextmanager
    def reached(self, endpoint: str = "", **others: str) -> Iterator[None]:
        """Let this process reach it, perhaps by another address."""
        without = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with patch.dict(os.environ, without | self.environment(endpoint) | others, clear=True):
            yield

    @property
    def client(self) -> Any:
        """One that is not pyarrow's."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def bucket(self, name: str = "") -> str:
        """Make one."""
        name = name or f"b{uuid4().hex[:12]}"
        self.client.create_bucket(Bucket=name)
        return name

    def objects(self, bucket: str, prefix: str = "") -> dict[str, int]:
        """Every object below a prefix: sizes by key."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {found["Key"]: found["Size"] for page in pages for found in page.get("Contents", ())}

    def uploads(self, bucket: str) -> list[str]:
        """Keys of uploads in parts that nobody finished."""
        return [u["Key"] for u in self.client.list_multipart_uploads(Bucket=bucket).get("Uploads", ())]

    def put(self, bucket: str, files: Mapping[str, bytes]) -> None:
        """Write objects."""
        for key, data in files.items():
            self.client.put_object(Bucket=bucket, Key=key, Body=data)


@contextmanager
def running(folder: Path) -> Iterator[Store]:
    """Start one; it keeps what it has in memory, and its log in the folder."""
    (port,) = free_ports(1)
    folder.mkdir(exist_ok=True)
    with (folder / "store.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", HOST, "-p", str(port)],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: _alive(process, folder) and port_open(port))
        yield Store(f"http://{HOST}:{port}")
    finally:
        process.kill()
        process.wait()


def _alive(process: "subprocess.Popen[bytes]", folder: Path) -> bool:
    assert process.poll() is None, (folder / "store.log").read_text(encoding="utf-8")[-3000:]
    return True
