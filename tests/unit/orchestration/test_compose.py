"""Goal: docker-compose.yaml describes a sound stack: pinned, checked for health, closed, without secrets.

No container runs here; what the images are told is checked by reading it.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

import tidegate
from tidegate.services import kafka

REPOSITORY = Path(__file__).parents[3]
TEXT = (REPOSITORY / "docker-compose.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
ONE_SHOT = {"warehouse-init", "airflow-init"}
AIRFLOW = {f"airflow-{name}" for name in ("init", "api-server", "scheduler", "dag-processor", "triggerer")}


def dockerfile(service: dict[str, Any]) -> Path:
    build = service["build"]
    return REPOSITORY.joinpath(build["context"], build.get("dockerfile", "Dockerfile"))


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    assert re.search(r":v?\d+(\.\d+)+", SERVICES[name]["image"]), SERVICES[name]["image"]
    if "build" in SERVICES[name]:
        for base in re.findall(r"^FROM (\S+)", dockerfile(SERVICES[name]).read_text(), re.MULTILINE):
            assert re.search(r":\d+\.\d+", base), base


def test_our_own_images_carry_the_packages_version() -> None:
    ours = {service["image"].rpartition(":")[2] for service in SERVICES.values() if "build" in service}
    assert ours == {tidegate.__version__}


@pytest.mark.parametrize("name", SERVICES)
def test_what_an_image_copies_is_there_and_not_ignored(name: str) -> None:
    if "build" not in SERVICES[name] or SERVICES[name]["build"]["context"] != ".":
        return
    kept = {line[1:] for line in (REPOSITORY / ".dockerignore").read_text().split() if line.startswith("!")}
    for words in re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+)$", dockerfile(SERVICES[name]).read_text(), re.MULTILINE):
        for source in words.split()[:-1]:
            assert list(REPOSITORY.glob(source)) or source.endswith("*"), source
            assert source.split("/")[0] in kept, source


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONE_SHOT))
def test_every_long_running_service_has_a_health_check_and_restarts(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries", "start_period"} <= service["healthcheck"].keys()
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_dependencies_exist_and_wait_for_the_right_thing(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        expected = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert how["condition"] == expected, (name, other)


def test_dependencies_have_no_cycle() -> None:
    done: set[str] = set()
    while len(done) < len(SERVICES):
        ready = {n for n, s in SERVICES.items() if n not in done and set(s.get("depends_on", {})) <= done}
        assert ready, f"a cycle among {SERVICES.keys() - done}"
        done |= ready


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{\w+_PORT:-\d+\}:\d+", port), port


def test_volumes_are_declared_and_mounted_files_exist() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")[0]
            if source.startswith("./"):
                assert source == "./incoming" or (REPOSITORY / source).exists(), (name, source)
            else:
                assert source in COMPOSE["volumes"], (name, source)


def test_the_warehouse_is_at_one_path_for_everybody_who_touches_data() -> None:
    users = {"hive-metastore", "hiveserver2", "spark-connect", *AIRFLOW}
    for name in users:
        assert "warehouse:/warehouse" in SERVICES[name]["volumes"], name
    incoming = [v for n in ("spark-connect", "airflow-scheduler") for v in SERVICES[n]["volumes"] if "/incoming" in v]
    assert len(set(incoming)) == 1


def test_every_secret_is_required_and_in_the_example() -> None:
    example = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{(\w+):\?", TEXT))
    optional = set(re.findall(r"\$\{(\w+):-", TEXT))
    assert {n for n in required | optional if re.search("PASSWORD|KEY|SECRET", n)} == required
    assert {line.rstrip("=") for line in example.splitlines() if re.fullmatch(r"\w+=", line)} == required
    assert set(re.findall(r"^#(\w+)=", example, re.MULTILINE)) == optional
    for line in TEXT.splitlines():
        if re.search(r"(PASSWORD|SECRET\w*|FERNET_KEY):", line):
            assert "${" in line, line


def test_airflow_has_the_connections_of_a_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    from tidegate.orchestration import Connections
    from tidegate.wiring import OF_SOURCES, VARIABLES, kafka_settings

    environment = SERVICES["airflow-scheduler"]["environment"]
    filled = {k: re.sub(r"\$\{\w+:\?[^}]*\}", "secret", v) for k, v in environment.items()}
    for name, value in filled.items():
        if name.startswith("AIRFLOW_CONN_"):
            monkeypatch.setenv(name, value)
    found = Connections().endpoints(kafka=True)
    # the command line inside the containers talks to the same services
    same = {field: getattr(found, field) == filled[variable] for field, variable in VARIABLES.items()}
    assert [field for field, equal in same.items() if not equal] == ["checkpoint"]
    assert conninfo_to_dict(found.checkpoint) == conninfo_to_dict(filled[VARIABLES["checkpoint"]])
    assert kafka_settings(found.kafka) == kafka_settings(filled[OF_SOURCES["kafka"]])
    for service in AIRFLOW:
        assert environment.items() <= SERVICES[service]["environment"].items()


def test_addresses_name_services_of_the_stack_and_their_ports() -> None:
    for host, port in re.findall(r'"host": "([\w-]+)", "port": (\d+)', TEXT):
        published = [p.rsplit(":", 1)[1] for p in SERVICES[host]["ports"]]
        assert port in published, (host, port)


def test_a_database_for_each_owner() -> None:
    script = (REPOSITORY / "docker/postgres/databases.sh").read_text(encoding="utf-8")
    made = dict(re.findall(r'^make_database (\w+) "\$(\w+)"$', script, re.MULTILINE))
    assert made == {n: f"{n.upper()}_DB_PASSWORD" for n in ("airflow", "tidegate", "hive")}
    assert set(made.values()) <= SERVICES["postgres"]["environment"].keys()


def test_the_broker_is_set_up_as_the_embedded_one(tmp_path: Path) -> None:
    """But for what its addresses and its folder are."""
    wanted = kafka.properties(tmp_path, port=9092, controller_port=9093)
    environment = SERVICES["kafka"]["environment"]
    given = {name: environment.get(f"KAFKA_{name.upper().replace('.', '_')}") for name in wanted}
    others = [name for name in wanted if given[name] != wanted[name]]
    assert others == ["controller.quorum.voters", "listeners", "log.dirs"]
    assert all(given.values())
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka.version()}"


def test_the_object_store_is_told_to_all_who_touch_data() -> None:
    """By the variables of every client of S3; the store itself knows the same key, region and port."""
    store = SERVICES["object-store"]["environment"]
    wanted = {
        "AWS_ENDPOINT_URL": f"http://object-store{store['VGW_PORT']}",
        "AWS_REGION": store["VGW_REGION"],
        "AWS_ACCESS_KEY_ID": store["ROOT_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": store["ROOT_SECRET_ACCESS_KEY"],
    }
    for name in ("spark-connect", *AIRFLOW):
        assert wanted.items() <= SERVICES[name]["environment"].items(), name
    [port] = SERVICES["object-store"]["ports"]
    assert port.endswith(store["VGW_PORT"])
    looked_at = SERVICES["object-store"]["healthcheck"]["test"][-1]
    assert looked_at == f"http://127.0.0.1{store['VGW_PORT']}{store['VGW_HEALTH']}"


def test_versions_are_those_of_the_package() -> None:
    project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    spark = re.search(r"pyspark\[connect\]==([\d.]+)", project)
    airflow = re.search(r"apache-airflow>=([\d.]+)", project)
    assert spark
    assert airflow
    assert f"apache/spark:{spark[1]} " in (REPOSITORY / "docker/spark/Dockerfile").read_text()
    text = (REPOSITORY / "docker/airflow/Dockerfile").read_text()
    assert f"apache/airflow:{airflow[1]}-python3.11" in text
    assert f"apache-airflow=={airflow[1]}" in text
