"""From the text PIPELINE of the command line to a Definition."""

import hashlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from tidegate.api.pipeline import Definition
from tidegate.cli.failures import lacking
from tidegate.errors import ConfigurationError, DefinitionError, TidegateError

DAGS_VARIABLE = "TIDEGATE_DAGS"
_MENTIONS = re.compile(rb"\btidegate\b")


def find(text: str) -> Definition:
    """The pipeline that `text` names.

    Args:
        text: ``path/to/file.py:variable``, ``package.module:variable``, or the name of a pipeline that a file in the
            DAGs folder (`TIDEGATE_DAGS`, else ``./dags``) holds in a variable of its module.

    Raises:
        DefinitionError: there is no such pipeline; the message lists those that there are.
    """
    where, colon, variable = text.rpartition(":")
    if not colon:
        return _named(text, dags_folder())
    module = _file(Path(where)) if where.endswith(".py") else _module(where)
    known = definitions(module)
    if variable not in known:
        raise DefinitionError(f"{where} has no pipeline in a variable {variable!r}; {_listed(known)}")
    return known[variable]


def dags_folder() -> Path:
    """Where pipelines are looked up by name."""
    return Path(os.environ.get(DAGS_VARIABLE) or "dags")


def definitions(module: ModuleType) -> dict[str, Definition]:
    """The module's pipelines, by variable."""
    return {name: value for name, value in vars(module).items() if isinstance(value, Definition)}


def _named(name: str, folder: Path) -> Definition:
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {folder} to look up the pipeline {name!r} in: give file.py:variable, "
            f"or set {DAGS_VARIABLE}"
        )
    known: dict[str, Definition] = {}
    broken: list[str] = []
    for path in _candidates(folder):
        try:
            found = definitions(_file(path))
        except TidegateError as e:
            broken.append(str(e))
            continue
        known |= {d.name: d for d in found.values()}
        if name in known:
            return known[name]
    also = f"; not readable: {'; '.join(broken)}" if broken else ""
    raise DefinitionError(f"no pipeline is named {name!r} in {folder}; {_listed(known)}{also}")


def _candidates(folder: Path) -> Iterator[Path]:
    """Files that mention tidegate: the others need not be imported, which may take long or fail."""
    for path in sorted(folder.rglob("*.py")):
        if _MENTIONS.search(path.read_bytes()):
            yield path


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise DefinitionError(f"there is no file {path}")
    sys.path.insert(0, str(path.parent.resolve()))  # as Airflow does for the DAGs folder
    name = f"tidegate_pipeline_{hashlib.sha256(bytes(path.resolve())).hexdigest()[:12]}_{path.stem}"  # shadows nothing
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    if spec is None or spec.loader is None:
        raise DefinitionError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # the user's code is shipped to Spark by its module
    try:
        spec.loader.exec_module(module)
    except TidegateError:
        raise
    except (Exception, SystemExit) as e:
        raise lacking(e) or DefinitionError(f"{path} cannot be imported: {type(e).__name__}: {e}") from e
    return module


def _module(name: str) -> ModuleType:
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except TidegateError:
        raise
    except (Exception, SystemExit) as e:
        raise lacking(e) or DefinitionError(f"{name} cannot be imported: {type(e).__name__}: {e}") from e


def _listed(known: dict[str, Definition]) -> str:
    return f"there are: {', '.join(sorted(known))}" if known else "there are none"
