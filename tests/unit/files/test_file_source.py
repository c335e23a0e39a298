"""Goal: a folder becomes a ledger of slices in which no finished file is missed, doubled or read half-written."""

import gzip
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import builders as make
from ledgers import MemoryLedger
from tidegate import FileSource
from tidegate.adapters.files import source
from tidegate.adapters.files.listing import HIDDEN, UNFINISHED
from tidegate.adapters.files.source import FileSourceAdapter
from tidegate.engine.ledger import Ledger, Offer
from tidegate.errors import ConfigurationError, MalformedInputError, SourceGapError, TidegateError
from tidegate.ports import LedgerStore
from tidegate.protocol.model import Slice

SCHEMA = pa.schema({"k": pa.string(), "t": pa.timestamp("us", tz="UTC")})
NOBODY = 65534


class Log(MemoryLedger):
    """One pipeline's ledger, and how far sealed epochs have read it."""

    def __init__(self) -> None:
        super().__init__()
        self.sealed = 0

    def taken(self, offer: Offer) -> list[str]:
        """Keep what was offered, as a sealed epoch does, and return the names of its files."""
        self.entries += offer.discovered
        assert [e.position for e in self.entries] == list(range(len(self.entries)))
        (taken,) = offer.offsets.values()
        assert taken.start == self.sealed
        self.sealed = taken.stop
        return [Path(e.key).name for e in self.slices("p", make.SOURCE, taken)]


class Folder:
    """A source folder, its adapter and its log."""

    def __init__(self, path: Path, file_format: str = "json", **settings: Any) -> None:
        self.path = path
        self.log = Log()
        self.now = 1e9 + 60
        settings.setdefault("settle", timedelta(0))
        declared = FileSource(path, file_format, SCHEMA, **settings)
        self.adapter = FileSourceAdapter(declared, "p", now=lambda: self.now)

    def put(self, *names: str, text: str | bytes = "{}\n", at: float = 1e9) -> None:
        for name in names:
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
            os.utime(file, (at, at))

    def plan(self, until_ms: int | None = None) -> Offer:
        ledger = Ledger("p", cast("LedgerStore", self.log), {make.SOURCE: self.adapter})
        return ledger.offer(make.epoch(offsets=make.span(self.log.sealed)), until_ms=until_ms)

    def epoch(self, until_ms: int | None = None) -> list[str]:
        return self.log.taken(self.plan(until_ms))

    def entry(self, name: str) -> Slice:
        info = (self.path / name).stat()
        return make.slice_(0, str(self.path / name), size=info.st_size, modified_ns=info.st_mtime_ns)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


# -- how much an epoch takes ------------------------------------------------------------------------------------------


def test_rows_are_counted_only_where_they_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []

    def count(_: FileSource, path: str) -> int:
        counted.append(Path(path).name)
        return 5

    monkeypatch.setattr(source, "count_records", count)
    cases: list[tuple[dict[str, Any], int, list[str]]] = [({"max_files": 3}, 3, []), ({"max_rows": 6}, 2, ["a", "b"])]
    for settings, taken, read in cases:
        folder = Folder(tmp_path, **settings)
        folder.put("a", "b", "c", "d", "e")
        assert len(folder.epoch()) == taken
        assert counted == read


@pytest.mark.parametrize("cap", [{"max_files": 2}, {"max_rows": 5}, {"max_bytes": 16}])
def test_what_exceeds_a_cap_waits_in_order_for_the_next_epochs(tmp_path: Path, cap: dict[str, Any]) -> None:
    folder = Folder(tmp_path, **cap)
    folder.put("a", "b", "c", "d", "e", text="{}\n{}\n{}\n")
    planned = folder.plan()
    assert (len(planned.discovered), planned.offsets) == (5, make.span(0, 2))
    assert folder.log.taken(planned) == ["a", "b"]
    folder.put("aa", text="{}\n{}\n{}\n")
    assert [folder.epoch() for _ in range(4)] == [["c", "d"], ["e", "aa"], [], []]


def test_a_planned_file_that_cannot_be_counted_does_not_stop_the_plan(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "parquet", max_rows=1)
    folder.put("a", text="not parquet")
    pq.write_table(pa.table({"k": ["x"]}), tmp_path / "b")
    os.utime(tmp_path / "b", (1e9, 1e9))
    folder.put("c", text="not parquet")
    assert folder.epoch() == ["a", "b"]


@pytest.mark.parametrize("cut", [slice(0, -9), slice(0, 10), slice(0, 5), slice(5, None)])
def test_a_broken_gzip_file_does_not_stop_the_plan(tmp_path: Path, cut: slice) -> None:
    """Counting is for the caps only: the epoch, which reads the file, says what is wrong with it."""
    folder = Folder(tmp_path, max_rows=1)
    folder.put("a.gz", text=gzip.compress(b"{}\n" * 999)[cut])
    assert folder.epoch() == ["a.gz"]


def test_a_gzip_file_with_damaged_content_does_not_stop_the_plan(tmp_path: Path) -> None:
    folder = Folder(tmp_path, max_rows=1)
    data = bytearray(gzip.compress(b"{}\n" * 50_000))
    data[12:20] = b"\xff" * 8
    folder.put("a.gz", text=bytes(data))
    assert folder.epoch() == ["a.gz"]


# -- which files are there --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*(f"{h}a.json" for h in HIDDEN), *(f"a.json{u}" for u in UNFINISHED)])
def test_hidden_and_unfinished_names_are_not_looked_at(folder: Folder, name: str) -> None:
    folder.put("a.json", name, "b.json", f"sub/{name}")
    assert folder.epoch() == ["a.json", "b.json"]


@pytest.mark.parametrize("name", [*(f"{h}dir" for h in HIDDEN), "_temporary", *(f"dir{u}" for u in UNFINISHED)])
def test_folders_of_such_names_are_not_entered(folder: Folder, name: str) -> None:
    folder.put(f"{name}/a.json", f"x/{name}/b.json", "x/c.json")
    assert folder.epoch() == ["c.json"]


@pytest.mark.parametrize("name", ["tmp", "a.tmp.json", "part", "a_", "a.", "a._COPYING_.json", "%20 ü[*].json"])
def test_names_that_only_resemble_them_are_taken(folder: Folder, name: str) -> None:
    folder.put(name)
    assert folder.epoch() == [name]


def test_a_renamed_file_is_found_under_its_final_name(folder: Folder) -> None:
    folder.put("a.json.tmp")
    assert folder.epoch() == []
    (folder.path / "a.json.tmp").rename(folder.path / "a.json")
    assert folder.epoch() == ["a.json"]


def test_a_file_is_taken_once_it_has_settled(tmp_path: Path) -> None:
    folder = Folder(tmp_path, settle=timedelta(seconds=30))
    folder.put("early", at=1e9 - 1)
    folder.put("late", at=1e9)
    folder.put("ahead", at=1e9 + 3600)  # another machine's clock
    folder.now = 1e9 + 29
    assert folder.epoch() == ["early"]
    folder.put("late", text="{}\n{}\n", at=1e9 + 5)  # still written
    folder.now = 1e9 + 34.9
    assert folder.epoch() == []
    folder.now = 1e9 + 35
    planned = folder.plan()
    assert [e.bytes for e in planned.discovered] == [6]
    assert folder.log.taken(planned) == ["late"]
    folder.now = 1e9 + 3630
    assert folder.epoch() == ["ahead"]


def test_folders_in_folders(folder: Folder) -> None:
    folder.put("2026/01/b.json", "2026/01/a.json", "2025/z.json", "a.json")
    (folder.path / "empty").mkdir()
    planned = folder.plan()
    found = [str(Path(e.key).relative_to(folder.path)) for e in planned.discovered]
    assert found == ["2025/z.json", "2026/01/a.json", "2026/01/b.json", "a.json"]


def test_an_entry_tells_size_and_time(folder: Folder) -> None:
    folder.put("a.json", text="12345", at=1e9 + 0.5)
    told = make.slice_(0, str(folder.path / "a.json"), size=5, modified_ns=int(1e18) + 500_000_000)
    assert folder.plan().discovered == (told,)


def test_symbolic_links_are_followed(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "in")
    folder.put("a.json", "../elsewhere/b.json", "../one/far.json", text="123")
    (folder.path / "folder").symlink_to(tmp_path / "elsewhere")
    (folder.path / "link.json").symlink_to(tmp_path / "one" / "far.json")
    (folder.path / "broken.json").symlink_to(tmp_path / "nowhere")
    planned = folder.plan()
    assert [e.bytes for e in planned.discovered] == [3, 3, 3]  # of what the link leads to
    folder.adapter.check(planned.discovered)
    assert folder.log.taken(planned) == ["a.json", "b.json", "link.json"]


def test_a_link_in_a_circle_is_an_error_and_not_a_file_taken_again_and_again(folder: Folder) -> None:
    folder.put("sub/a.json")
    (folder.path / "sub" / "back").symlink_to(folder.path)
    with pytest.raises(ConfigurationError, match=r"p: source folder .*symbolic links"):
        folder.plan()


def test_what_is_no_file_is_not_taken(folder: Folder) -> None:
    os.mkfifo(folder.path / "pipe")
    folder.put("a.json")
    assert folder.epoch() == ["a.json"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"p: source folder {tmp_path}/in cannot be listed: No such file"):
        Folder(tmp_path / "in").plan()


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("")
    with pytest.raises(ConfigurationError, match=rf"p: source folder {tmp_path}/in cannot be listed: Not a directory"):
        Folder(tmp_path / "in").plan()


def test_a_name_that_is_not_utf8_is_named_in_an_error(folder: Folder) -> None:
    """PostgreSQL keeps no such text: without a check here, planning dies of an encoding error."""
    folder.put("a.json")
    folder.put(os.fsdecode(b"caf\xe9.json"))
    with pytest.raises(ConfigurationError, match=r"p: .*caf\\xe9\.json"):
        folder.plan()


# -- the order of the ledger ------------------------------------------------------------------------------------------


def test_later_files_come_later_even_when_their_names_are_smaller(folder: Folder) -> None:
    folder.put("m", "z", "k")
    assert folder.epoch() == ["k", "m", "z"]
    folder.put("l", "a")
    assert folder.epoch() == ["a", "l"]
    assert [Path(e.key).name for e in folder.log.entries] == ["k", "m", "z", "a", "l"]


def test_planning_changes_nothing_and_repeats_itself(folder: Folder) -> None:
    folder.put("b", "a")
    assert folder.plan() == folder.plan()
    assert folder.log.entries == []


def test_discovered_but_not_yet_sealed_files_are_not_discovered_twice(folder: Folder) -> None:
    folder.put("b")
    first = folder.plan()
    folder.log.entries += first.discovered  # planned, then the attempt died
    folder.put("a")
    again = folder.plan()
    assert [(e.position, Path(e.key).name) for e in again.discovered] == [(1, "a")]
    assert again.offsets == make.span(0, 2)
    assert folder.log.taken(again) == ["b", "a"]


def test_a_known_path_that_is_modified_later_is_not_discovered_again(folder: Folder) -> None:
    folder.put("a")
    assert folder.epoch() == ["a"]
    folder.put("a", text="other and longer", at=1e9 + 10)
    planned = folder.plan()
    assert planned == Offer((), make.span(1), (), 0)


# -- epochs by data interval ------------------------------------------------------------------------------------------


def hour(number: int) -> int:
    """Milliseconds of an hour of 1970-01-01."""
    return number * 3_600_000


@pytest.fixture
def hours(tmp_path: Path) -> Folder:
    return Folder(tmp_path, path_time="h=%Y-%m-%dT%H")


def test_an_interval_takes_what_is_left_before_its_end_and_nothing_else(hours: Folder) -> None:
    hours.put("h=1970-01-01T02/c", "h=1970-01-01T00/a", "h=1970-01-01T01/b", "h=1970-01-01T03/d")
    planned = hours.plan(hour(2))
    assert [e.position for e in planned.discovered] == [0, 1]  # what begins at the end is not even discovered
    assert hours.log.taken(planned) == ["a", "b"]
    assert hours.epoch(hour(2)) == []
    hours.put("h=1970-01-01T00/late")
    assert hours.epoch(hour(4)) == ["late", "c", "d"]


def test_discovered_files_are_in_the_order_of_their_times_then_paths(tmp_path: Path) -> None:
    folder = Folder(tmp_path, path_time="%d.%m.%Y")
    folder.put("01.02.1970", "b/02.01.1970", "a/02.01.1970", "z/01.01.1970")
    found = [str(Path(e.key).relative_to(tmp_path)) for e in folder.plan().discovered]
    assert found == ["z/01.01.1970", "a/02.01.1970", "b/02.01.1970", "01.02.1970"]


def test_the_time_is_told_below_the_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "h=1970-01-01T09", path_time="h=%Y-%m-%dT%H")
    folder.put("h=1970-01-01T00/a")
    assert folder.epoch(hour(1)) == ["a"]


@pytest.mark.parametrize("until_ms", [None, hour(9)])
def test_a_file_without_a_time_stops_the_plan_and_is_named(hours: Folder, until_ms: int | None) -> None:
    hours.put("h=1970-01-01T00/a", "b.json")
    with pytest.raises(
        ConfigurationError, match=rf"p: the path {hours.path}/b\.json .*'h=%Y-%m-%dT%H'; move or rename"
    ):
        hours.plan(until_ms)


def test_files_of_the_past_need_no_time(hours: Folder) -> None:
    """A pattern that is declared later is for files that come later."""
    hours.put("b.json")
    hours.log.taken(Offer((hours.entry("b.json"),), make.span(0, 1), (), 0))
    hours.put("h=1970-01-01T00/a")
    assert hours.epoch(hour(1)) == ["a"]


def test_an_interval_needs_a_pattern(folder: Folder) -> None:
    folder.put("a")
    with pytest.raises(ConfigurationError, match=r"p: .* need FileSource\.path_time"):
        folder.plan(hour(1))


def parquet(path: Path, *hours: float | None, **settings: object) -> Path:
    """A Parquet file with an event at each of these hours of 1970-01-01, two in a row group."""
    at = pa.array([h if h is None else round(h * 3_600_000_000) for h in hours], pa.timestamp("us", tz="UTC"))
    table = pa.table({"k": pa.array(["x"] * len(hours)), "t": at})
    pq.write_table(table, path, row_group_size=2, **settings)
    os.utime(path, (1e9, 1e9))
    return path


@pytest.fixture
def events(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "parquet", event_time="t")


def test_the_smallest_event_time_is_the_time_of_a_parquet_file(events: Folder) -> None:
    """Over all row groups, whatever the order of the events; nulls do not count."""
    parquet(events.path / "a", 3.5, 2, None, 4)
    parquet(events.path / "b", 9, None, 9, 1.999)
    parquet(events.path / "c", 2.001)
    parquet(events.path / "d", 1.5, coerce_timestamps="ms")
    assert events.epoch(hour(1)) == []
    assert events.epoch(hour(2)) == ["d", "b"]
    assert events.epoch(hour(3)) == ["a", "c"]


def test_a_time_before_1970_is_rounded_down(events: Folder) -> None:
    parquet(events.path / "a", -1e-9 / 3.6)  # a microsecond before
    assert events.epoch(0) == ["a"]


def test_v11_the_time_of_a_column_with_an_alias_in_nanoseconds(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "parquet", event_time="t", aliases={"t": "@timestamp"})
    at = pa.array([hour(2) * 1_000_000 - 1], pa.timestamp("ns", "UTC"))
    pq.write_table(pa.table({"k": ["x"], "@timestamp": at}), tmp_path / "a")
    os.utime(tmp_path / "a", (1e9, 1e9))
    assert folder.epoch(hour(1)) == []
    assert folder.epoch(hour(2)) == ["a"]


def test_a_file_without_an_event_is_taken_at_once(events: Folder) -> None:
    parquet(events.path / "a")
    parquet(events.path / "b", None, None, None)
    assert events.epoch(hour(0)) == ["a", "b"]


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda p: parquet(p, 1, write_statistics=False), r"has no statistics of 't'.*TIMESTAMP_MICROS"),
        (lambda p: parquet(p, 1, 2, 3, use_deprecated_int96_timestamps=True), "has no statistics of 't'"),
        (lambda p: p.write_text("no parquet"), r"does not tell its time .*replace or remove"),
        (lambda p: pq.write_table(pa.table({"k": ["x"]}), p), r"does not tell its time by FileSource.event_time 't'"),
        (lambda p: pq.write_table(pa.table({"k": ["x"], "t": ["x"]}), p), "does not tell its time"),
    ],
)
def test_a_parquet_file_that_does_not_tell_its_time_stops_the_plan(
    events: Folder, write: Callable[[Path], object], says: str
) -> None:
    write(events.path / "a")
    os.utime(events.path / "a", (1e9, 1e9))
    for until_ms in (None, hour(9)):
        with pytest.raises(ConfigurationError, match=says):
            events.plan(until_ms)


def test_what_a_cap_leaves_waits_for_a_run_whose_interval_it_is_before(tmp_path: Path) -> None:
    folder = Folder(tmp_path, path_time="h=%Y-%m-%dT%H", max_files=1)
    folder.put(*(f"h=1970-01-01T0{n}/{n}" for n in range(3)))
    assert folder.epoch(hour(3)) == ["0"]
    folder.put("h=1970-01-01T00/late")
    assert [Path(e.key).name for e in folder.log.entries] == ["0", "1", "2"]
    assert folder.plan(hour(1)).taken == ()  # next in the ledger is hour 1
    assert folder.epoch(hour(2)) == ["1"]
    assert folder.epoch(hour(3)) == ["2"]
    assert folder.epoch(hour(3)) == ["late"]


# -- a planned file may not change ------------------------------------------------------------------------------------


def grow(file: Path) -> None:
    before = file.stat()
    with file.open("a") as f:
        f.write("x")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Path.unlink, r"a\.json is gone.*3 bytes"),
        (grow, r"a\.json has changed: planned with 3 bytes, now 4"),
        (lambda f: f.write_text(""), r"a\.json has changed: planned with 3 bytes, now 0"),
        (lambda f: os.utime(f, (1e9, 1e9 + 1.5)), r"a\.json has changed: .*now 3, modified \+1\.500 s later"),
        (lambda f: os.utime(f, (1e9, 1e9 - 2)), r"modified -2\.000 s later"),
    ],
)
def test_a_planned_file_that_vanished_or_changed(folder: Folder, change: Callable[[Path], object], said: str) -> None:
    folder.put("a.json", "b.json")
    entries = folder.plan().discovered
    folder.adapter.check(entries)
    before = (folder.path / "a.json").stat()
    change(folder.path / "a.json")
    with pytest.raises(SourceGapError, match=rf"(?s)p: planned file .*{said}"):
        folder.adapter.check(entries)
    folder.put("a.json")  # the advice of the message: put the old file back
    os.utime(folder.path / "a.json", ns=(before.st_atime_ns, before.st_mtime_ns))
    folder.adapter.check(entries)


def test_what_is_gone_cannot_come_up_again(folder: Folder) -> None:
    """When not one is left, a mount may be missing: then nothing is forgotten."""
    folder.put("a", "b", "c")
    entries = folder.plan().discovered
    assert folder.adapter.gone(entries) == []
    assert folder.adapter.gone([]) == []
    (folder.path / "b").unlink()
    (folder.path / "c").unlink()
    (folder.path / "c").symlink_to("nowhere")  # its target may come back
    assert folder.adapter.gone(entries) == [entries[1]]
    (folder.path / "a").unlink()
    (folder.path / "c").unlink()
    assert folder.adapter.gone(entries) == []


def as_nobody(what: Callable[[], object]) -> TidegateError | None:
    """Do something without root's rights, and return the error that it raised."""
    if os.geteuid() != 0:
        return caught(what)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        error = caught(what)
        os.write(write, b"" if error is None else f"{type(error).__name__} {error}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as f:
        kind, _, message = f.read().partition(" ")
    os.waitpid(child, 0)
    return {"ConfigurationError": ConfigurationError, "SourceGapError": SourceGapError}[kind](message) if kind else None


def caught(what: Callable[[], object]) -> TidegateError | None:
    try:
        what()
    except TidegateError as e:
        return e
    return None


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_file_and_a_folder_without_the_right_to_read_them() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Folder(Path(name))
        folder.put("a.json", "sub/b.json")
        entries = folder.plan().discovered
        assert as_nobody(lambda: folder.adapter.check(entries)) is None
        (folder.path / "a.json").chmod(0)
        error = as_nobody(lambda: folder.adapter.check(entries))
        assert isinstance(error, ConfigurationError)
        assert f"p: no right to read {name}/a.json" in str(error)
        (folder.path / "sub").chmod(0)
        error = as_nobody(folder.plan)
        assert isinstance(error, ConfigurationError)
        assert f"p: source folder {name}/sub cannot be listed" in str(error)
        (folder.path / "sub").chmod(0o755)


# -- formats ----------------------------------------------------------------------------------------------------------


def test_max_rows_counts_records_and_not_lines(tmp_path: Path) -> None:
    """V2: as they are read, packed or not; a file that cannot be read counts as none, and its epoch says why."""
    folder = Folder(tmp_path, "csv", max_rows=3)
    text = 'k,t\n"a\nb",\n\nc,\n'
    folder.put("1", "3", text=text)
    folder.put("2.gz", text=gzip.compress(text.encode()))
    folder.put("0.gz", text=gzip.compress(text.encode())[:-4])
    assert folder.epoch() == ["0.gz", "1", "2.gz"]
    assert folder.epoch() == ["3"]


def test_only_parquet_tells_its_rows_without_being_read(tmp_path: Path) -> None:
    parquet, text = Folder(tmp_path, "parquet"), Folder(tmp_path, "json")
    pq.write_table(pa.table({"k": ["x"] * 3}), tmp_path / "a")
    pq.write_table(pa.table({"k": ["x"] * 4}), tmp_path / "b")
    assert parquet.adapter.rows([]) == 0
    assert parquet.adapter.rows([parquet.entry("a"), parquet.entry("b")]) == 7
    assert text.adapter.rows([text.entry("a")]) is None
    parquet.put("b", text="not parquet")
    assert parquet.adapter.rows([parquet.entry("a"), parquet.entry("b")]) is None
    gone = parquet.entry("a")
    (tmp_path / "a").unlink()
    assert parquet.adapter.rows([gone]) is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"k": ["x"], "other": [1]}, r"has no column 't'; it has k, other"),
        ({"k": ["x"], "T": pa.array([0], pa.timestamp("us", tz="UTC"))}, r"has no column 't'; it has k, T"),
        ({"k": ["x"], "t": pa.array([0], pa.timestamp("us"))}, r"column 't' of .* timestamp without a zone.*UTC"),
    ],
)
def test_a_parquet_file_that_does_not_fit(tmp_path: Path, table: dict[str, object], said: str) -> None:
    folder = Folder(tmp_path, "parquet")
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    with pytest.raises(MalformedInputError, match=rf"p: .*a\.parquet.*{said}|p: {said}"):
        folder.adapter.check([folder.entry("a.parquet")])


@pytest.mark.parametrize("data", [b"", b"PAR1", b"text that is not parquet", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_file_that_is_not_parquet(tmp_path: Path, data: bytes) -> None:
    folder = Folder(tmp_path, "parquet")
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(MalformedInputError, match=r"p: .*a\.parquet is not a Parquet file"):
        folder.adapter.check([folder.entry("a.parquet")])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_parquet_file_that_fits(tmp_path: Path, zone: str, unit: str) -> None:
    folder = Folder(tmp_path, "parquet")
    times = pa.array([0], pa.timestamp(unit, tz=zone))
    pq.write_table(pa.table({"more": [1], "t": times, "k": ["x"]}), tmp_path / "a.parquet")
    folder.adapter.check([folder.entry("a.parquet")])
