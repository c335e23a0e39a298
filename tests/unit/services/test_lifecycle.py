"""Goal: what the environment gives is used, the rest is embedded; a folder that cannot be a home is refused whole."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate import services
from tidegate.cli.session import endpoints_of
from tidegate.errors import ConfigurationError
from tidegate.services import lifecycle
from tidegate.services.model import PORTS, Settings
from tidegate.wiring import VARIABLES, Endpoints

GIVEN = Endpoints("postgresql://db/x", "thrift://hms:9083", "hive://hs2:10000/default", "sc://spark:1", "file:///wh")


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the variables of these endpoints, and of no other."""

    def set_variables(*names: str) -> None:
        for name, variable in VARIABLES.items():
            monkeypatch.setenv(variable, getattr(GIVEN, name) if name in names else "")

    return set_variables


@pytest.mark.parametrize(
    ("given", "started"),
    [
        ((), ["postgres", "metastore", "spark"]),
        (("warehouse",), ["postgres", "metastore", "spark"]),
        (("checkpoint",), ["metastore", "spark"]),
        (("metastore",), ["postgres", "spark"]),
        (("spark",), ["postgres", "metastore", "spark"]),  # it also is the HiveServer2 that is not given
        (("hiveserver2",), ["postgres", "metastore", "spark"]),
        (("spark", "hiveserver2"), ["postgres", "metastore"]),
        (tuple(VARIABLES), []),
    ],
)
def test_what_is_given_is_used_and_the_rest_is_embedded(
    tmp_path: Path, give: Callable[..., None], given: tuple[str, ...], started: list[str]
) -> None:
    give(*given)
    settings = Settings.new()
    settings.save(tmp_path)
    assert [s.name for s in services.status(tmp_path)] == started
    assert lifecycle._wanted(airflow=True) == list(dict.fromkeys(["postgres", *started]))  # its own database
    found = endpoints_of(tmp_path)
    for name in VARIABLES:
        mine = getattr(found, name)
        assert (mine == getattr(GIVEN, name)) == (name in given)
        assert name in given or str(tmp_path) in mine or any(f":{port}" in mine for port in settings.ports.values())


def test_a_home_without_services_names_what_is_not_given(tmp_path: Path, give: Callable[..., None]) -> None:
    give("spark", "warehouse")
    with pytest.raises(ConfigurationError) as caught:
        endpoints_of(tmp_path)
    said = str(caught.value)
    for name, variable in VARIABLES.items():
        assert (variable in said) == (name not in ("spark", "warehouse"))


@pytest.mark.parametrize("unfit", [":", ";", "%", "#", "?", "*", "$", "\\", "'", '"', "\n"])
def test_a_path_that_is_something_else_to_java_or_a_uri_is_refused(tmp_path: Path, unfit: str) -> None:
    home = tmp_path / f"a{unfit}b"
    with pytest.raises(ConfigurationError, match="must not be in its path"):
        services.up(home, report=print)
    assert not home.exists()


@pytest.mark.parametrize("there", ["postgres", "metastore"])
def test_data_of_others_are_not_taken_over(tmp_path: Path, there: str) -> None:
    (tmp_path / there).mkdir()
    (tmp_path / there / "PG_VERSION").write_text("15")
    with pytest.raises(ConfigurationError, match=rf"{there} is not of services that are known here"):
        services.up(tmp_path, report=print)
    assert [p.name for p in tmp_path.iterdir()] == [there]


def test_a_home_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    home = tmp_path / "file" / "home"
    with pytest.raises(ConfigurationError, match=rf"{home} cannot be a home of services: Not a directory"):
        services.up(home, report=print)
    assert services.status(home) == []
    services.down(home, report=print)


def test_a_home_that_may_not_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refused)
    with pytest.raises(ConfigurationError, match=r"services.json cannot be read: Permission denied"):
        services.status(tmp_path)


def test_airflow_is_looked_for_before_anything_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    with pytest.raises(ConfigurationError, match=r"pip install 'tidegate\[airflow\]'"):
        services.up(tmp_path / "home", airflow=True, report=print)
    assert not (tmp_path / "home").exists()


def test_every_listener_of_airflow_has_a_port_of_its_own(tmp_path: Path) -> None:
    settings = Settings.new()
    settings.save(tmp_path)
    variables = services.airflow_environment(tmp_path)
    assert variables["AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT"] == str(settings.ports["airflow_logs"])
    assert variables["AIRFLOW__API__HOST"] == "127.0.0.1"
    all_services = lifecycle._services(tmp_path, settings)
    assert sorted(port for s in all_services.values() for port in s.ports) == sorted(PORTS)
    assert "--skip-serve-logs" in all_services["airflow-scheduler"].command()
    assert {"127.0.0.1", str(settings.ports["airflow_logs"])} <= set(all_services["airflow-logs"].command())
