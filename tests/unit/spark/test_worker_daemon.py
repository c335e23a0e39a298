"""Goal: a worker starts without reading Spark's archive again for each package in it."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

CHILD = """
import importlib, sys, zipimport
from tidegate.adapters.spark.worker_daemon import forget_archives
sys.path.insert(0, sys.argv[1])
import package.first
read = []
of_directory = zipimport._read_directory
zipimport._read_directory = lambda archive: read.append(archive) or of_directory(archive)
importlib.invalidate_caches()
print(len(read) > 0)
forget_archives()
read.clear()
importlib.invalidate_caches()
import package.second
print(len(read), package.second.__file__)
"""


def test_archives_are_not_read_again_and_modules_in_them_are_found(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("__init__", "first", "second"):
            archive.writestr(f"package/{name}.py", "")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path / "a.zip")], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["True", f"0 {tmp_path}/a.zip/package/second.py"]
