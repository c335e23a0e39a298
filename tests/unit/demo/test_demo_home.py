"""Goal: the demo deletes what a demo made and nothing else, looks before it touches, and checks what it prints."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

import builders as make
from tidegate import services
from tidegate.demo import stage as demo
from tidegate.errors import ConfigurationError
from tidegate.wiring import VARIABLES

ROOT = Path(__file__).parents[3]
FILES = ["2013-01-a.csv", "2013-01-b.csv"]


@pytest.fixture
def clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Path]]:
    """Let a demo make room in `tmp_path`; the homes that it stopped."""
    stopped: list[Path] = []
    monkeypatch.setattr(services, "down", lambda home, report: stopped.append(home))
    monkeypatch.chdir(ROOT)
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)

    def run() -> list[Path]:
        demo.Stage(tmp_path, Console(quiet=True)).clear()
        return stopped

    return run


def tree(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def used(home: Path) -> None:
    """What a demo leaves."""
    for name in demo.MADE:
        (home / name).mkdir(exist_ok=True) if "." not in name else (home / name).touch()
    for path in (
        *("_tidegate/aircraft_log/lane=main/epoch=1", "_tidegate/carrier_delays/lane=fix", "flights.db/aircraft_log"),
        *("_tidegate/kafka_carrier_delays/lane=main", "flights_kafka.db/carrier_delays_dead"),
        *("flights.db/carrier_delays_dead__staging", "flights.db/aircraft_log__fix"),
    ):
        (home / "warehouse" / path).mkdir(parents=True)
    for name in (*FILES, f".{FILES[1]}.tmp"):
        (home / "flights" / name).touch()


def test_a_new_home_is_made_and_used_again(tmp_path: Path, clear: Callable[[], list[Path]]) -> None:
    clear()
    fresh = tree(tmp_path)
    assert fresh == ["flights", demo.MARKER]
    used(tmp_path)
    assert clear() == [tmp_path, tmp_path]
    assert tree(tmp_path) == fresh


@pytest.mark.parametrize("theirs", ["services.json", "warehouse/shop.db/orders/part-0", "logs/mine", "flights/a.csv"])
def test_a_home_that_no_demo_made_is_refused(tmp_path: Path, clear: Callable[[], list[Path]], theirs: str) -> None:
    (tmp_path / theirs).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / theirs).touch()
    before = tree(tmp_path)
    stopped: list[Path] = []
    with pytest.raises(ConfigurationError, match=rf"in use: {theirs.partition('/')[0]} .*--home FOLDER"):
        stopped = clear()
    assert (stopped, tree(tmp_path)) == ([], before)


@pytest.mark.parametrize(
    "theirs",
    [
        *("warehouse/_tidegate/orders", "warehouse/shop.db", "warehouse/orders", "warehouse/flights.db/orders"),
        "warehouse/flights_kafka.db/orders",
        *("flights/mine.csv", "flights/2013-01-a.csv.bak", "warehouse/flights.db/aircraft_logs"),
    ],
)
def test_what_came_into_a_demos_home_later_is_not_deleted(
    tmp_path: Path, clear: Callable[[], list[Path]], theirs: str
) -> None:
    clear()
    used(tmp_path)
    (tmp_path / theirs).mkdir()
    before = tree(tmp_path)
    with pytest.raises(ConfigurationError, match=f"in use: {theirs} was not made by a demo"):
        clear()
    assert tree(tmp_path) == before


def test_what_lies_beside_stays(tmp_path: Path, clear: Callable[[], list[Path]]) -> None:
    (tmp_path / "hive4").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    clear()
    used(tmp_path)
    clear()
    assert tree(tmp_path) == ["flights", "hive4", demo.MARKER, "notes.txt"]


def test_a_link_is_not_followed(tmp_path: Path, clear: Callable[[], list[Path]]) -> None:
    clear()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "data").touch()
    (tmp_path / "warehouse").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="in use: warehouse"):
        clear()
    assert (tmp_path / "warehouse" / "data").exists()


def test_outside_a_checkout_nothing_is_touched(
    tmp_path: Path, clear: Callable[[], list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clear()
    used(tmp_path)
    before = tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="runs in a checkout"):
        clear()
    assert tree(tmp_path) == before


def test_services_of_ones_own_are_left_alone(
    tmp_path: Path, clear: Callable[[], list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEGATE_CHECKPOINT_URL", "postgresql://db/production")
    with pytest.raises(ConfigurationError, match="unset TIDEGATE_CHECKPOINT_URL"):
        clear()
    assert tree(tmp_path) == []


def test_the_figures_of_the_last_table_are_checked() -> None:
    first = make.epoch(1)
    epochs = [replace(first, counts=make.counts(rows_in=n, yielded=m)) for n, m in ((3, 2), (4, 4))]
    assert demo.miscounted("p", epochs, rows_in=7, made=6) == []
    assert demo.miscounted("p", epochs, rows_in=8, made=6) == ["p: its epochs say 7 rows in, but it was 8"]
    assert demo.miscounted("p", epochs, rows_in=7, made=5) == ["p: its epochs say 6 rows made, but it was 5"]
