"""What is known of the embedded services, and where it is remembered."""

import json
import os
import secrets
import socket
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from tidegate.errors import ConfigurationError

HOST = "127.0.0.1"
PORTS = ("postgres", "metastore", "thrift", "connect", "airflow", "airflow_logs", "kafka", "kafka_controller")
_ADDED = PORTS[-2:]
"""Those that a home may not know yet: they are chosen when it is loaded, and kept by the next `up`."""


@dataclass(frozen=True)
class ServiceEvent:
    """One step of a service's life, for people: `what` is a word ("starting", "healthy", …), `detail` a sentence."""

    service: str
    what: str
    detail: str = ""


Report = Callable[[ServiceEvent], None]


@dataclass(frozen=True)
class ServiceStatus:
    """How one service is: `state` is one of healthy, unhealthy, crashed, stopped."""

    name: str
    state: str
    pid: int | None
    port: int | None
    log: str
    detail: str = ""


@dataclass(frozen=True)
class Started:
    """A process that `up` started. `born` tells it from others of the same number: the boot, and clock ticks since."""

    pid: int
    born: str


@dataclass(frozen=True)
class Settings:
    """What one home remembers: ports and secrets, chosen once, and the processes that were started."""

    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    started: Mapping[str, Started] = field(default_factory=dict)

    @classmethod
    def load(cls, home: Path) -> Self | None:
        """What the home remembers; None when nothing was ever started there."""
        try:
            d = json.loads(_file(home).read_text(encoding="utf-8"))
            missing = [name for name in _ADDED if name not in d["ports"]]
            known = {**d["ports"], **dict(zip(missing, free_ports(len(missing)), strict=True))}
            ports = {name: int(known[name]) for name in PORTS}
            return cls(ports, d["secrets"], {n: Started(**s) for n, s in d["started"].items()})
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as e:
            raise ConfigurationError(f"{_file(home)} cannot be read: {e.strerror}") from e
        except (ValueError, TypeError, KeyError, AttributeError) as e:
            raise ConfigurationError(
                f"{_file(home)} is not readable ({type(e).__name__}: {e}): move {home} away and start anew"
            ) from e

    @classmethod
    def new(cls) -> Self:
        """Free ports and fresh secrets."""
        names = ("postgres_password", "airflow_password", "fernet_key", "jwt_secret", "internal_secret")
        made = {n: secrets.token_urlsafe(24) for n in names}
        made["fernet_key"] = urlsafe_b64encode(secrets.token_bytes(32)).decode()
        return cls(dict(zip(PORTS, free_ports(len(PORTS)), strict=True)), made)

    def save(self, home: Path) -> None:
        """Remember; readable by the owner alone, and never half-written."""
        file = _file(home)
        temporary = file.with_suffix(".tmp")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            json.dump(asdict(self), f, indent=1)
        temporary.replace(file)

    def port(self, name: str) -> int:
        """A service's port: fixed by ``TIDEGATE_<NAME>_PORT``, else the remembered one."""
        variable = f"TIDEGATE_{name.upper()}_PORT"
        fixed = os.environ.get(variable)
        if not fixed:
            return self.ports[name]
        if not fixed.isdecimal() or not 1 <= int(fixed) <= 65_535:
            raise ConfigurationError(f"{variable}={fixed} is not a port from 1 to 65535")
        return int(fixed)


def _file(home: Path) -> Path:
    return home / "services.json"


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind((HOST, 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()
