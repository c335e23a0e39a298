"""`up`, `down` and `status` of the embedded services."""

import fcntl
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tidegate.adapters.checkpoint import migrate
from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services import airflow as airflow_service
from tidegate.services import jvm, postgres, processes, s3a
from tidegate.services import kafka as kafka_service
from tidegate.services.model import HOST, Report, ServiceEvent, ServiceStatus, Settings, Started
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
    environment: Callable[[], Mapping[str, str]] = dict
    prepare: Callable[[], None] = lambda: None
    user: Callable[[], str | None] = lambda: None


def up(
    home: Path, *, airflow: bool = False, kafka: bool = False, dags_folder: Path | None = None, report: Report
) -> Endpoints:
    """Start what does not run, wait until all is healthy, and return where everything is.

    Idempotent: a healthy service is left alone, a dead one is started again. A service whose endpoint is given by an
    environment variable is not started; Airflow brings PostgreSQL with it for its own database. Kafka is started on
    request only: `kafka_bootstrap` is its address. Durable effects: files below `home`, the checkpoint tables, and the
    first time that Kafka is asked for its jars in the user's cache (see `kafka.jars`).

    Raises:
        UnavailableError: a service ended or did not get healthy; the message ends with its last words. Or Kafka's jars
            could not be fetched.
        ConfigurationError: Java, PostgreSQL's programs, Airflow or Kafka's jars are missing, or `home` cannot be one.
    """
    if airflow:
        airflow_service.executable()
    if kafka:
        kafka_service.jars(lambda what: report(ServiceEvent("kafka", "preparing", what)))
    if warehouse := given_endpoints().get("warehouse"):
        s3a.files_of(warehouse, lambda what: report(ServiceEvent("spark", "preparing", what)))
    home = home.resolve()
    _check_home(home)
    with _locked(home):
        settings = Settings.load(home) or Settings.new()
        settings.save(home)
        found = _endpoints(home, settings)
        services = _services(home, settings, dags_folder)
        settings = _start(home, settings, [services[name] for name in _wanted(airflow=airflow, kafka=kafka)], report)
        migrate(found.checkpoint)
        found = _endpoints(home, settings)  # now with Kafka's, if this is its first start
        if airflow:
            services = _services(home, settings, dags_folder)
            names = list(airflow_service.PROCESSES)
            if any(name in _dead(settings) or name not in settings.started for name in names):
                report(ServiceEvent("airflow", "preparing", "making its database"))
                variables = airflow_service.environment(home, settings, found, dags_folder)
                airflow_service.prepare(home, settings, variables)
            _start(home, settings, [services[name] for name in names], report)
    return found


def dead(home: Path) -> list[str] | None:
    """The services that were started and ended, though nobody stopped them; None when nothing is started."""
    settings = Settings.load(home.resolve())
    return _dead(settings) if settings is not None and settings.started else None


def restart(home: Path, name: str, *, dags_folder: Path | None, report: Report) -> None:
    """Start a service again if it is still dead. Errors as of `up`; what was stopped meanwhile stays so."""
    home = home.resolve()
    with _locked(home):
        settings = Settings.load(home)
        if settings is not None and name in _dead(settings):
            _start(home, settings, [_services(home, settings, dags_folder)[name]], report)


def _dead(settings: Settings) -> list[str]:
    return [name for name, started in settings.started.items() if not processes.alive(started)]


def _wanted(*, airflow: bool, kafka: bool = False) -> list[str]:
    """The embedded services that stand in for what is not given, and Kafka if it is asked for."""
    given = given_endpoints().keys()
    serves = {"metastore": {"metastore"}, "spark": {"spark", "hiveserver2"}}
    wanted = [name for name, endpoints in serves.items() if not endpoints <= given] + ["kafka"] * kafka
    return ["postgres", *wanted] if airflow or "checkpoint" not in given else wanted


def _services(home: Path, settings: Settings, dags_folder: Path | None = None) -> dict[str, Service]:
    """Every service that a home can have, by name, in the order in which they are started."""
    found = _endpoints(home, settings)

    def files() -> s3a.HadoopFiles:
        return s3a.files_of(found.warehouse, lambda _: None)

    all_services = [
        Service(
            "postgres",
            {"postgres": settings.port("postgres")},
            lambda: postgres.command(home, settings),
            lambda: postgres.healthy(settings),
            prepare=lambda: postgres.initialise(home, settings),
            user=postgres.system_user,
        ),
        Service(
            "metastore",
            {"metastore": settings.port("metastore")},
            lambda: jvm.metastore_command(home, settings, files()),
            lambda: jvm.metastore_healthy(settings),
        ),
        Service(
            "spark",
            {name: settings.port(name) for name in ("connect", "thrift")},
            lambda: jvm.spark_command(home, settings, found.metastore, files()),
            lambda: jvm.spark_healthy(settings),
            environment=jvm.spark_environment,
        ),
        _kafka(home, settings),
        *(
            Service(
                name,
                {process.port: settings.port(process.port)} if process.port else {},
                lambda process=process: process.command(settings),  # type: ignore[misc]
                lambda process=process: process.healthy(settings),  # type: ignore[misc]
                environment=lambda: airflow_service.environment(home, settings, found, dags_folder),
            )
            for name, process in airflow_service.PROCESSES.items()
        ),
    ]
    return {service.name: service for service in all_services}


def _kafka(home: Path, settings: Settings) -> Service:
    """Its jars are looked for when it is started, not before."""
    data, conf = home / "kafka", home / "conf" / "kafka"
    ports = {name: settings.port(name) for name in ("kafka", "kafka_controller")}

    def jars() -> Path:
        return kafka_service.jars(lambda _: None)

    def prepare() -> None:
        given = kafka_service.properties(data, port=ports["kafka"], controller_port=ports["kafka_controller"])
        kafka_service.write_configuration(conf, given)
        kafka_service.initialise(data, conf, jars())

    return Service(
        "kafka",
        ports,
        lambda: kafka_service.command(conf, jars()),
        lambda: kafka_service.healthy(kafka_service.bootstrap(settings)),
        prepare=prepare,
    )


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
            settings = _start_process(home, settings, service)
            report(ServiceEvent(service.name, "starting", f"process {settings.started[service.name].pid}"))
        waiting.append(service)
    for service in waiting:
        _await(home, settings, service, began, report)
    if any(s.name == "spark" for s in waiting):
        report(ServiceEvent("spark", "warming", "first job in Python workers"))
        jvm.warm(f"sc://{HOST}:{settings.port('connect')}")
    return settings


def _start_process(home: Path, settings: Settings, service: Service) -> Settings:
    """Start one process, written down before it does anything: a killed `up` leaves none that nobody knows."""
    after = settings

    def remember(started: Started) -> None:
        nonlocal after
        after = replace(settings, started={**settings.started, service.name: started})
        after.save(home)

    processes.start(
        service.command(),
        home=home,
        name=service.name,
        environment=service.environment(),
        remember=remember,
        user=service.user(),
    )
    return after


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
    """Stop every process of this home, whoever started it and whatever became of that; data stay.

    Those of a home that was deleted meanwhile are found by the marker that they carry.
    """
    home = home.resolve()
    if Settings.load(home) is None:
        _end(home, (), report)
        return
    with _locked(home):
        settings = Settings.load(home) or Settings.new()
        _end(home, settings.started.values(), report)
        replace(settings, started={}).save(home)
    report(ServiceEvent("all", "stopped"))


def _end(home: Path, started: Collection[Started], report: Report) -> None:
    found = processes.family(home, started)
    if found:
        report(ServiceEvent("all", "stopping", f"{len(found)} processes"))
    processes.end(found)
    processes.end(processes.family(home, started))


def status(home: Path) -> list[ServiceStatus]:
    """How each service that was started is: one whose process is gone, though nobody stopped it, has crashed."""
    home = home.resolve()
    settings = Settings.load(home)
    if settings is None:
        return []
    services = _services(home, settings)
    names = {*_wanted(airflow=False), *settings.started}
    return [_status(home, settings, service) for name, service in services.items() if name in names]


def _status(home: Path, settings: Settings, service: Service) -> ServiceStatus:
    name, log = service.name, str(processes.log_file(home, service.name))
    port = next(iter(service.ports.values()), None)
    started = settings.started.get(name)
    if started is None:
        return ServiceStatus(name, "stopped", None, port, log)
    if not processes.alive(started):
        words = processes.last_sentence(home, name)
        return ServiceStatus(
            name, "crashed", started.pid, port, log, f"process {started.pid} is gone; last words: {words}"
        )
    return ServiceStatus(name, "healthy" if service.healthy() else "unhealthy", started.pid, port, log)


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


def kafka_bootstrap(home: Path) -> str:
    """Address of this home's Kafka, `host:port`. Raises ConfigurationError when it never had one."""
    home = home.resolve()
    settings = Settings.load(home)
    if settings is None or not (home / "kafka").exists():
        raise ConfigurationError(f"no Kafka was started in {home}: run `tidegate services up --kafka`")
    return kafka_service.bootstrap(settings)


def _remembered(home: Path) -> Settings:
    settings = Settings.load(home)
    if settings is None:
        missing = [variable for name, variable in VARIABLES.items() if name not in given_endpoints()]
        raise ConfigurationError(
            f"no services were started in {home}: run `tidegate services up`, or set {', '.join(missing)}"
        )
    return settings


def _endpoints(home: Path, settings: Settings) -> Endpoints:
    embedded = {
        "checkpoint": postgres.url(settings, "tidegate"),
        "metastore": f"thrift://{HOST}:{settings.port('metastore')}",
        "hiveserver2": f"hive://{HOST}:{settings.port('thrift')}/default",
        "spark": f"sc://{HOST}:{settings.port('connect')}",
        "warehouse": jvm.warehouse(home),
        "kafka": kafka_service.bootstrap(settings) if (home / "kafka").exists() else "",
    }
    return Endpoints(**{**embedded, **given_endpoints()})


_UNFIT = re.compile(r"[:;%#?*\\$\"'\x00-\x1f]")
"""What a class path, Derby's address or a file's URI would take for something else."""


def _check_home(home: Path) -> None:
    """Make the folder. One that cannot hold services, or holds another's data, is refused before anything is made."""
    if unfit := _UNFIT.search(str(home)):
        raise ConfigurationError(f"{home} cannot be a home of services: {unfit[0]!r} must not be in its path")
    data = [home / name for name in ("postgres", "metastore", "kafka") if (home / name).exists()]
    if data and Settings.load(home) is None:
        raise ConfigurationError(
            f"{data[0]} is not of services that are known here: there is no {home}/services.json, which holds their "
            "ports and passwords. Bring that back, or name another folder (`--home`, TIDEGATE_HOME)"
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / "lock").touch()
    except OSError as e:
        raise ConfigurationError(f"{home} cannot be a home of services: {e.strerror}") from e


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One `up` or `down` at a time; the lock goes with the process that holds it."""
    with (home / "lock").open("w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield
