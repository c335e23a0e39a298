"""Goal: a file of any legal name is found and read, and people can name it to a shell."""

import gzip
import subprocess
import unicodedata
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tidegate import FileSource
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.protocol.spelling import spelled
from tidegate.testing.records import file_of

ROW = pa.schema({"k": pa.string(), "n": pa.int64()})
NAMES = (
    "a b", " ", "~", "-", "--reason", "k=v", "100%", "%20", "%2F", "a#b", "a?b=c&d", "*", "[ab]", "{a,b}", "$HOME",
    "`id`", "it's", '"quoted"', "a\\b", "a\\nb", "new\nline", "tab\t", "\x01", "\x7f", "a:b", "file:", "s3:", "a,b",
    "a;b", "!", "|", unicodedata.normalize("NFC", "café"), unicodedata.normalize("NFD", "café"), "日本",
    "👩\u200d🚀", "\u202eabc", "\ufeff", "é" * 100,
)  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "json.gz", "json", "parquet"])
def test_a_file_of_any_name_is_found_and_read(tmp_path: Path, ending: str) -> None:
    source = FileSource(tmp_path, ending.partition(".")[0], ROW, settle=timedelta(0))
    adapter = FileSourceAdapter(source, "p")
    names = [f"{name}.{ending}" for name in NAMES] + ["x" * (254 - len(ending)) + f".{ending}"]
    for number, name in enumerate(names):
        file = tmp_path / (name if number % 2 else f"plain {name}.d") / name if len(name) < 200 else tmp_path / name
        file.parent.mkdir(exist_ok=True)
        data = file_of(source, [{"k": name, "n": number}])
        file.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    found = adapter.discover(None, lambda _: ())
    adapter.check(found)
    reader = adapter.reader()
    pieces = reader.pieces(found)
    read = {pieces[place].key: decoded.batch.to_pylist() for place, decoded in reader.read(pieces)}
    assert sorted(row["k"] for rows in read.values() for row in rows) == sorted(names)
    assert all(key.endswith(f"/{row['k']}") for key, rows in read.items() for row in rows)
    assert adapter.discover(found[-1], lambda keys: keys) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_takes_back_what_people_are_shown(name: str) -> None:
    key = f"/in/{name}"
    assert spelled(key).isprintable()
    back = subprocess.run(["bash", "-c", f"printf %s {spelled(key)}"], capture_output=True, check=True)
    assert back.stdout.decode() == key
