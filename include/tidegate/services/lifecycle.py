"""`up`, `down` and `status` of the embedded services."""

import fcntl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tidegate.adapters.checkpoint import migrate
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services import airflow as airflow_service
from tidegate.services import jvm, postgres, processes
from tidegate.services.model import HOST, Report, ServiceEvent, ServiceStatus, Settings
from tidegate.wiring import VARIABLES, Endpoints, given_endpoints

_START_TIMEOUT_S = 180.0
_PORT_TIMEOUT_S = 5.0
_POLL_S = 0.2
_TELL_EVERY_S = 5.0


@dataclass(frozen=True)
class Service:
    """One process: how to start it, and how to see that it works."""

    name: str
    ports: Mapping[str, int]
    command: Callable[[], Sequence[str | Path]]
    healthy: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None
    user: Callable[[], str | None] = lambda: None


def up(home: Path, *, airflow: bool = False, dags_folder: Path | None = None, report: Report) -> Endpoints:
    """Start what does not run, wait until all is healthy, and return where everything is.

    Idempotent: a healthy service is left alone, a dead one is started again. A service whose endpoint is given by an
    environment variable is not started. Durable effects: files below `home` only.

    Raises:
        UnavailableError: a service ended or did not get healthy; the message ends with its last words.
        ConfigurationError: Java, PostgreSQL's programs or Airflow are missing.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home):
        settings = Settings.load(home) or Settings.new()
        settings.save(home)
        found = _endpoints(home, settings)
        services = _services(home, settings, found)
        settings = _start(home, settings, services, report)
        migrate(found.checkpoint)
        if airflow:
            _start(home, settings, _airflow_services(home, settings, found, dags_folder, report), report)
    return found


def _services(home: Path, settings: Settings, found: Endpoints) -> list[Service]:
    given = given_endpoints()
    all_services = {
        "checkpoint": Service(
            "postgres",
            {"postgres": settings.port("postgres")},
            lambda: postgres.command(home, settings),
            lambda: postgres.healthy(settings),
            prepare=lambda: postgres.initialise(home, settings),
            user=postgres.system_user,
        ),
        "metastore": Service(
            "metastore",
            {"metastore": settings.port("metastore")},
            lambda: jvm.metastore_command(home, settings),
            lambda: jvm.metastore_healthy(settings),
        ),
        "spark": Service(
            "spark",
            {name: settings.port(name) for name in ("connect", "thrift")},
            lambda: jvm.spark_command(home, settings, found.metastore),
            lambda: jvm.spark_healthy(settings),
            environment=jvm.spark_environment(),
        ),
    }
    return [service for name, service in all_services.items() if name not in given]


def _airflow_services(
    home: Path, settings: Settings, found: Endpoints, dags_folder: Path | None, report: Report
) -> list[Service]:
    variables = airflow_service.environment(home, settings, found, dags_folder)
    names = list(airflow_service.PROCESSES)
    if not all(name in settings.started and processes.alive(settings.started[name]) for name in names):
        report(ServiceEvent("airflow", "preparing", "making its database"))
        airflow_service.prepare(home, settings, variables)
    port = settings.port("airflow")
    return [
        Service(
            name,
            {"airflow": port} if name == "airflow-api-server" else {},
            lambda words=words: [airflow_service.executable(), *words],  # type: ignore[misc]
            (lambda: jvm.port_open(port)) if name == "airflow-api-server" else (lambda: True),
            environment=variables,
        )
        for name, words in airflow_service.PROCESSES.items()
    ]


def _start(home: Path, settings: Settings, services: Sequence[Service], report: Report) -> Settings:
    """Start all that is not healthy at once, then wait for each."""
    waiting = []
    began = time.monotonic()
    for service in services:
        before = settings.started.get(service.name)
        if before is not None and processes.alive(before):
            if service.healthy():
                report(ServiceEvent(service.name, "healthy", "was running already"))
                continue
        else:
            _check_ports(service)
            service.prepare()
            started = processes.start(
                service.command(),
                home=home,
                name=service.name,
                environment=service.environment,
                user=service.user(),
            )
            settings = replace(settings, started={**settings.started, service.name: started})
            settings.save(home)
            report(ServiceEvent(service.name, "starting", f"process {started.pid}"))
        waiting.append(service)
    for service in waiting:
        _await(home, settings, service, began, report)
    if any(s.name == "spark" for s in waiting):
        report(ServiceEvent("spark", "warming", "first job in Python workers"))
        jvm.warm(_endpoints(home, settings).spark)
    return settings


def _check_ports(service: Service) -> None:
    """Another's server on the port could be taken for ours: its health check succeeds.

    A process that was killed a moment ago may hold its port for a moment more.
    """
    deadline = time.monotonic() + _PORT_TIMEOUT_S
    for name, port in service.ports.items():
        while in_use := jvm.port_open(port):
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_S)
        if in_use:
            raise ConfigurationError(
                f"{service.name}: port {port} is in use by another process; end that (`tidegate services down` ends "
                f"what an interrupted start left), or name another port in TIDEGATE_{name.upper()}_PORT"
            )


def _await(home: Path, settings: Settings, service: Service, began: float, report: Report) -> None:
    told = began
    while not service.healthy():
        log = processes.log_file(home, service.name)
        words = processes.last_words(home, service.name)
        if not processes.alive(settings.started[service.name]):
            raise UnavailableError(f"{service.name} ended while it started; its last words in {log}:\n{words}")
        now = time.monotonic()
        if now - began > _START_TIMEOUT_S:
            raise UnavailableError(
                f"{service.name} was not healthy after {_START_TIMEOUT_S:.0f} s; see {log}:\n{words}"
            )
        if now - told > _TELL_EVERY_S:
            report(ServiceEvent(service.name, "waiting", f"{now - began:.0f} s"))
            told = now
        time.sleep(_POLL_S)
    report(ServiceEvent(service.name, "healthy", f"after {time.monotonic() - began:.1f} s"))


def down(home: Path, *, report: Report) -> None:
    """Stop every process of this home, whoever started it and whatever became of that; data stay."""
    home = home.resolve()
    settings = Settings.load(home)
    if settings is None:
        return
    with _locked(home):
        found = processes.family(home, settings.started.values())
        if found:
            report(ServiceEvent("all", "stopping", f"{len(found)} processes"))
        processes.end(found)
        processes.end(processes.family(home, settings.started.values()))
        replace(settings, started={}).save(home)
    report(ServiceEvent("all", "stopped"))


def status(home: Path) -> list[ServiceStatus]:
    """How each service that was started is: one whose process is gone, though nobody stopped it, has crashed."""
    home = home.resolve()
    settings = Settings.load(home)
    if settings is None:
        return []
    found = _endpoints(home, settings)
    services = {s.name: s for s in _services(home, settings, found)}
    names = dict.fromkeys([*services, *settings.started])
    return [_status(home, settings, name, services.get(name)) for name in names]


def _status(home: Path, settings: Settings, name: str, service: Service | None) -> ServiceStatus:
    log = str(processes.log_file(home, name))
    port = settings.port("airflow") if name == "airflow-api-server" else None
    if service is not None:
        port = next(iter(service.ports.values()))
    started = settings.started.get(name)
    if started is None:
        return ServiceStatus(name, "stopped", None, port, log)
    if not processes.alive(started):
        words = processes.last_words(home, name, lines=4)
        return ServiceStatus(
            name, "crashed", started.pid, port, log, f"process {started.pid} is gone; last words: {words}"
        )
    healthy = service.healthy() if service else (port is None or jvm.port_open(port))
    return ServiceStatus(name, "healthy" if healthy else "unhealthy", started.pid, port, log)


def endpoints(home: Path) -> Endpoints:
    """Where the services of this home are. Raises ConfigurationError when it never had any."""
    home = home.resolve()
    return _endpoints(home, _remembered(home))


def airflow_environment(home: Path, dags_folder: Path | None = None) -> dict[str, str]:
    """The environment variables with which the `airflow` command talks to this home's Airflow."""
    home = home.resolve()
    settings = _remembered(home)
    return airflow_service.environment(home, settings, _endpoints(home, settings), dags_folder)


def airflow_login(home: Path) -> tuple[str, str, str]:
    """Address, user and password of the Airflow UI."""
    settings = _remembered(home.resolve())
    return f"http://{HOST}:{settings.port('airflow')}", airflow_service.USER, settings.secrets["airflow_password"]


def _remembered(home: Path) -> Settings:
    settings = Settings.load(home)
    if settings is None:
        raise ConfigurationError(
            f"no services were started in {home}: run `tidegate services up`, or set {', '.join(VARIABLES.values())}"
        )
    return settings


def _endpoints(home: Path, settings: Settings) -> Endpoints:
    embedded = {
        "checkpoint": postgres.url(settings, "tidegate"),
        "metastore": f"thrift://{HOST}:{settings.port('metastore')}",
        "hiveserver2": f"hive://{HOST}:{settings.port('thrift')}/default",
        "spark": f"sc://{HOST}:{settings.port('connect')}",
        "warehouse": jvm.warehouse(home),
    }
    return Endpoints(**{**embedded, **given_endpoints()})


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One `up` or `down` at a time; the lock goes with the process that holds it."""
    with (home / "lock").open("w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield
