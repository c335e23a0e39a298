"""Goal: a home remembers its ports, secrets and processes, for its owner alone, and says so when it cannot."""

import base64
import json
import os
import socket
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tidegate import services
from tidegate.errors import ConfigurationError
from tidegate.services.model import HOST, PORTS, Settings, Started

FILE = "services.json"


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert Settings.load(tmp_path) is None
    settings = replace(Settings.new(), started={"postgres": Started(123, "boot 17"), "spark": Started(5, "boot 4")})
    settings.save(tmp_path)
    assert Settings.load(tmp_path) == settings
    replace(settings, started={}).save(tmp_path)
    again = Settings.load(tmp_path)
    assert again is not None
    assert (again.ports, again.secrets, again.started) == (settings.ports, settings.secrets, {})


def test_new_ports_are_free_and_different(tmp_path: Path) -> None:
    settings = Settings.new()
    assert set(settings.ports) == set(PORTS)
    assert len(set(settings.ports.values())) == len(PORTS)
    for port in settings.ports.values():
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((HOST, port))


def test_secrets_are_strong_and_different_in_every_home() -> None:
    one, other = Settings.new().secrets, Settings.new().secrets
    assert set(one) == set(other)
    for name, secret in one.items():
        assert len(secret) >= 32, name
        assert secret != other[name], name
    assert len(base64.urlsafe_b64decode(one["fernet_key"])) == 32  # what Airflow demands


@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_only_the_owner_may_read_it(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        for _ in range(2):
            Settings.new().save(tmp_path)
            assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_a_temporary_file_of_a_killed_process_is_in_nobodys_way(tmp_path: Path) -> None:
    """Its content was never the settings; its rights must not become the settings' rights."""
    leftover = tmp_path / "services.tmp"
    leftover.write_text('{"ports": {"postgres": 1}, "secr')
    leftover.chmod(0o644)
    assert Settings.load(tmp_path) is None
    settings = Settings.new()
    settings.save(tmp_path)
    assert Settings.load(tmp_path) == settings
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def damaged() -> list[bytes]:
    whole = json.dumps({"ports": dict.fromkeys(PORTS, 1), "secrets": {}, "started": {}}).encode()
    return [
        *(b"", b"{", whole[:-9], b"\xff\xfe", b"null", b"[]", b"{}", b'"text"'),
        whole.replace(b'"started": {}', b'"started": {"postgres": {"pid": 1}}'),
        whole.replace(b'"started": {}', b'"started": {"postgres": 7}'),
        whole.replace(b'"secrets": {}, ', b""),
        whole.replace(b'"metastore": 1, ', b""),
    ]


@pytest.mark.parametrize("data", damaged())
def test_a_damaged_file_is_a_clear_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    said = rf"{tmp_path}/{FILE} is not readable .*move {tmp_path} away"
    with pytest.raises(ConfigurationError, match=said):
        Settings.load(tmp_path)
    for command in (services.status, services.endpoints):
        with pytest.raises(ConfigurationError, match=said):
            command(tmp_path)


def test_a_port_is_fixed_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.new()
    for name in PORTS:
        assert settings.port(name) == settings.ports[name]
        monkeypatch.setenv(f"TIDEGATE_{name.upper()}_PORT", "12345")
        assert settings.port(name) == 12345
        monkeypatch.setenv(f"TIDEGATE_{name.upper()}_PORT", "")
        assert settings.port(name) == settings.ports[name]
    monkeypatch.setenv("TIDEGATE_METASTORE_PORT", "12345")
    settings.save(tmp_path)
    assert services.endpoints(tmp_path).metastore == f"thrift://{HOST}:12345"
    monkeypatch.delenv("TIDEGATE_METASTORE_PORT")
    assert services.endpoints(tmp_path).metastore == f"thrift://{HOST}:{settings.ports['metastore']}"


@pytest.mark.parametrize("wrong", ["abc", "0", "-1", "65536", "80.5"])
def test_a_fixed_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("TIDEGATE_METASTORE_PORT", wrong)
    with pytest.raises(ConfigurationError, match=rf"TIDEGATE_METASTORE_PORT.*{wrong}"):
        Settings.new().port("metastore")


def test_a_home_without_services(tmp_path: Path) -> None:
    assert services.status(tmp_path) == []
    services.down(tmp_path, report=print)
    with pytest.raises(
        ConfigurationError, match=rf"no services were started in {tmp_path}: run `tidegate services up`"
    ):
        services.endpoints(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_endpoints_that_are_given_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.new()
    settings.save(tmp_path)
    monkeypatch.setenv("TIDEGATE_METASTORE_URL", "thrift://elsewhere:9083")
    monkeypatch.setenv("TIDEGATE_WAREHOUSE", "")
    found = services.endpoints(tmp_path)
    assert found.metastore == "thrift://elsewhere:9083"
    assert found.warehouse == f"file://{tmp_path}/warehouse"
    assert [s.name for s in services.status(tmp_path)] == ["postgres", "spark"]
