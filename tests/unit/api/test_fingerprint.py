"""Goal: a fingerprint follows what the code of a pipeline is made of, and nothing else, in every process."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate import Definition
from tidegate.protocol.fingerprint import changes

TEXT = '''
"""A pipeline."""
import functools
import logging
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt as root

import pyarrow as pa

from tidegate import FileSource, HiveTable, KeyedProcessFunction, ListState, Pipeline, ValueState

EVENT = pa.schema({"user": pa.string(), "amount": pa.int64(), "at": pa.timestamp("us", tz="UTC")})
OUT = pa.schema({"user": pa.string(), "day": pa.string(), "n": pa.int64()})
RATE = 2
WORDS = {"a", "b", "c", "d", "e"}
FIRST = 0
PAGE = "x"
UNUSED = 1
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Price:
    cents: int


class Rates:
    def __init__(self) -> None:
        self.by_word = {"a": 1}

    def of(self, word: str) -> int:
        return self.by_word[word]


RATES = Rates()


def unrelated() -> int:
    return UNUSED


def traced(fn):
    @functools.wraps(fn)
    def call(*args):
        return fn(*args)

    return call


@functools.lru_cache
def rate(word: str) -> int:
    return RATE * deeper(word)


def deeper(word: str) -> int:
    return len(word)


def visible(rows):
    return rows.filter(rows.user != hidden())


def hidden() -> str:
    return "nobody"


def only(page: str):
    return lambda rows, least=1: rows.filter((rows.user == page) & (rows.amount > least))


class Base(KeyedProcessFunction):
    def helped(self) -> int:
        return 5


class Totals(Base):
    n = ValueState(pa.int64(), default=FIRST)

    def __init__(self) -> None:
        self.limit = 10
        self.words = frozenset(WORDS)
        self.lock = object()
        self.price = Price(3)
        self.pick = functools.partial(max, 1)

    @traced
    def process_element(self, value, ctx):
        log.info("at %s", __name__)
        if value.user in WORDS:
            yield {"n": rate(value.user) + self.helped() + RATES.of("a") + root(4)}


PIPELINE = Pipeline("p", buckets=4, dead_letters=None)
DEFINITION = (
    PIPELINE.source(FileSource("/in", "json", EVENT))
    .transform(visible)
    .transform(only(PAGE))
    .assign_timestamps("at", max_out_of_orderness=timedelta(seconds=0))
    .key_by("user")
    .process(Totals(), output=OUT)
    .uid("totals")
    .sink(HiveTable("d.t", mode="upsert", partition_by=("day",), primary_key=("user", "day")))
)
'''
Load = Callable[..., Definition]


@pytest.fixture
def load(tmp_path: Path, request: pytest.FixtureRequest) -> Load:
    """The pipeline of the text, in which some pieces are others, as a loader of DAG files takes it."""
    count = iter(range(9))

    def load(*pairs: tuple[str, str]) -> Definition:
        text = TEXT
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / f"m{next(count)}" / "pipeline.py"
        path.parent.mkdir()
        path.write_text(text)
        name = f"loaded_{path.parent.name}_{abs(hash(str(tmp_path)))}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        request.addfinalizer(lambda: sys.modules.pop(name))
        spec.loader.exec_module(module)
        assert isinstance(module.DEFINITION, Definition)
        return module.DEFINITION

    return load


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("return len(word)", "return 2 * len(word)", "its code (deeper)"),
        ("return RATE *", "return -RATE *", "its code (rate)"),
        ("RATE = 2", "RATE = 3", "its code (rate: RATE)"),
        ('"c", "d", "e"}', '"c", "d", "f"}', "its code (Totals: WORDS), its settings (words)"),
        ("FIRST = 0", "FIRST = 1", "its code (Totals: FIRST)"),
        ("import sqrt as root", "import ceil as root", "its code (Totals: root)"),
        ("return 5", "return 6", "its code (Base)"),
        ("        return fn(*args)", "        return fn(*args) or None", "its code (traced)"),
        ("self.by_word[word]", "self.by_word.get(word)", "its code (Rates)"),
        ("    cents: int", "    cents: float", "its code (Price)"),
        ("if value.user in", "if value.user not in", "its code (Totals)"),
        ("self.limit = 10", "self.limit = 11", "its code (Totals), its settings (limit)"),
        ("partial(max, 1)", "partial(max, 2)", "its code (Totals), its settings (pick)"),
        ('return "nobody"', 'return "somebody"', "its transforms (source)"),
        ("rows.filter(rows.user != hidden())", "rows", "its transforms (source)"),
        ("rows.amount > least", "rows.amount >= least", "its transforms (source)"),
        ('PAGE = "x"', 'PAGE = "y"', "its transforms (source)"),
        ("least=1", "least=2", "its transforms (source)"),
        ("seconds=0", "seconds=9", "timestamps source at, out of order by 0:00:00 → at, out of order by 0:00:09"),
        ('.key_by("user")', '.key_by("user", "amount")', None),
        ("pa.int64(), default=FIRST", "pa.int32(), default=FIRST", None),
    ],
)
def test_what_the_code_is_made_of_is_seen(load: Load, old: str, new: str, says: str | None) -> None:
    pairs = [(old, new)]
    if "key_by" in old:
        pairs.append(('primary_key=("user", "day")', 'primary_key=("user", "amount", "day")'))
        pairs.append(('"day": pa.string(), "n"', '"day": pa.string(), "amount": pa.int64(), "n"'))
    before, after = load(), load(*pairs)
    found = changes(before.described, after.described)
    assert before.fingerprint != after.fingerprint
    if says is not None:
        assert ", ".join(found).replace("operator totals: ", "") == says
    elif "key_by" in old:
        assert "operator totals: key ('user',) → ('user', 'amount')" in found
        assert "sink d.t: primary_key ('user', 'day') → ('user', 'amount', 'day')" in found
    else:
        assert "operator totals: state user string, n int64 → user string, n int32" in found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("buckets=4", "buckets=8", "pipeline: buckets 4 → 8"),
        ("dead_letters=None", 'dead_letters="d.x"', "pipeline: dead_letters none → d.x"),
        ('"amount": pa.int64(), "at"', '"amount": pa.int32(), "at"', None),
        ('"/in", "json"', '"/in", "parquet"', "source source: format json → parquet"),
        ('"n": pa.int64()})', '"n": pa.int32()})', None),
        ('.uid("totals")', '.uid("sums")', None),
        ('partition_by=("day",)', 'partition_by=("day", "user")', "partition_by ('day',) → ('day', 'user')"),
        ('"d.t"', '"d.u"', None),
    ],
)
def test_settings_and_schemas_are_told_as_text(load: Load, old: str, new: str, says: str | None) -> None:
    before, after = load(), load((old, new))
    found = "; ".join(changes(before.described, after.described))
    assert before.fingerprint != after.fingerprint
    expected = {
        '"amount": pa.int64(), "at"': "source source: columns user string, amount int64, at timestamp[us, tz=UTC] → ",
        '"n": pa.int64()})': "output main user string, day string, n int64 → user string, day string, n int32",
        '.uid("totals")': "operator sums: is new; operator totals: is gone; sink d.t: of totals.main → sums.main",
        '"d.t"': "sink d.t: is gone; sink d.u: is new",
    }
    assert (says or expected[old]) in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("UNUSED = 1", "UNUSED = 2"),
        ("return UNUSED", "return -UNUSED"),
        ('"""A pipeline."""', '"""Another text.\n\nIt is longer."""'),
        ("import functools\n", "import functools\nimport json\n"),
        ("getLogger(__name__)", 'getLogger("elsewhere")'),
    ],
)
def test_what_is_unrelated_is_not_seen(load: Load, old: str, new: str) -> None:
    before, after = load(), load((old, new))
    assert changes(before.described, after.described) == ()
    assert before.fingerprint == after.fingerprint


def test_another_process_finds_the_same(load: Load, tmp_path: Path) -> None:
    """Under another name of the module, with sets in another order and objects at other addresses."""
    definition = load()
    script = "import json, pipeline; print(json.dumps(pipeline.DEFINITION.described))"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path / "m0",
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == definition.described


def test_it_is_json_that_comes_back_as_it_was(load: Load) -> None:
    described = load().described
    assert json.loads(json.dumps(described)) == described
    assert "0x" not in json.dumps(described)


def test_code_without_text_counts_by_what_it_was_compiled_to() -> None:
    """As in a shell: constants too, which byte code alone has not."""

    def made(amount: str) -> str:
        space: dict[str, object] = {"__name__": "typed"}
        code = compile(TEXT.replace("return 5", f"return {amount}"), "<typed>", "exec")
        exec(code, space)
        definition = space["DEFINITION"]
        assert isinstance(definition, Definition)
        return definition.fingerprint

    assert made("5") == made("5") != made("6")
