"""Goal: Airflow accepts the provider, and knows the plugin exactly once."""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema

from tidegate.orchestration.provider import get_provider_info

REPOSITORY = Path(__file__).parents[3]


def test_the_provider_info_fits_airflows_schema() -> None:
    schema = json.loads(files("airflow").joinpath("provider_info.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(get_provider_info(), schema)


def test_the_provider_info_is_light() -> None:
    code = "import sys, tidegate.orchestration.provider; print('airflow' in sys.modules, 'psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_plugin_is_light_and_registered_once(tmp_path: Path) -> None:
    """The plugins folder registers it where tidegate is only on the path; an entry point makes the folder's file idle.

    Every Airflow process imports plugins, so FastAPI's and the database driver's seconds must wait for a request.
    """
    code = """
import json, sys
from airflow import plugins_manager
plugins, errors = plugins_manager._get_plugins()
mine = [p for p in plugins if p.name == "tidegate"]
heavy = [m for m in ("psycopg", "tidegate.orchestration.web.app", "pyspark") if m in sys.modules]
print(json.dumps([len(mine), errors, heavy]))
"""
    env = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [1, {}, []]
