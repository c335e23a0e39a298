"""The web application that Airflow mounts at ``/tidegate``. Every route needs a logged-in user who may read the DAG."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException as StarletteHTTPException

from tidegate import __version__
from tidegate.adapters.checkpoint import PostgresCheckpointStore
from tidegate.errors import TidegateError, UnavailableError
from tidegate.orchestration.connections import checkpoint_url
from tidegate.orchestration.plugin import PREFIX
from tidegate.orchestration.web.access import BaseUser, get_user, may_read
from tidegate.orchestration.web.format import FILTERS
from tidegate.orchestration.web.overview import (
    Overview,
    clone_rows,
    correction_rows,
    epoch_rows,
    lag,
    overview,
    overviews,
)

_TEMPLATES = Environment(
    loader=PackageLoader("tidegate.orchestration.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(FILTERS)


def _store() -> Iterator[PostgresCheckpointStore]:
    store = PostgresCheckpointStore(checkpoint_url())
    try:
        yield store
    finally:
        store.close()


Store = Annotated[PostgresCheckpointStore, Depends(_store)]
User = Annotated[BaseUser, Depends(get_user)]
Limit = Annotated[int, Query(ge=1, le=500)]
DagId = Annotated[str, Path(pattern=r"^[\w.-]+$", max_length=250)]  # Airflow's own rule

router = APIRouter(dependencies=[Depends(get_user)])
get = partial(router.api_route, methods=["GET", "HEAD"])


@get("/")
def start(request: Request) -> Response:
    """To the list."""
    return RedirectResponse(f"{_base(request)}/pipelines")


@get("/pipelines")
def pipelines(request: Request, user: User, store: Store) -> Response:
    """The pipelines that the user may read."""
    return _page(request, "pipelines.html", pipelines=_readable(user, store), dag_id=None)


@get("/pipelines/{name}")
def pipeline(request: Request, name: str, user: User, store: Store, limit: Limit = 50) -> Response:
    """One pipeline and its newest epochs."""
    found = _one(user, store, name)
    return _page(request, "pipeline.html", **_details(store, found, limit))


@get("/dags/{dag_id}")
def dag(request: Request, dag_id: DagId, user: User, store: Store, limit: Limit = 50) -> Response:
    """The tab of a DAG: its pipeline, or the list when there is not exactly one."""
    if not may_read(user, dag_id):
        raise HTTPException(HTTPStatus.FORBIDDEN, "You may not read this DAG.")
    found = [p for p in overviews(store) if p.dag_id == dag_id]
    if len(found) == 1:
        return _page(request, "pipeline.html", **_details(store, found[0], limit))
    return _page(request, "pipelines.html", pipelines=found, dag_id=dag_id)


@get("/api/pipelines")
def pipelines_json(user: User, store: Store) -> list[dict[str, Any]]:
    """The list as JSON."""
    return [asdict(p) for p in _readable(user, store)]


@get("/api/pipelines/{name}")
def pipeline_json(name: str, user: User, store: Store, limit: Limit = 50) -> dict[str, Any]:
    """One pipeline as JSON."""
    details = _details(store, _one(user, store, name), limit)
    return {
        **asdict(details["pipeline"]),
        "epochs": details["epochs"],
        "clones": details["clones"],
        "corrections": details["corrections"],
        "lag": details["lag"] and asdict(details["lag"]),
    }


def application() -> FastAPI:
    """The application. It publishes no API documentation, which would be open to everybody."""
    app = FastAPI(title="tidegate", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(router)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misspelt)
    app.add_exception_handler(TidegateError, _failed)
    return app


def _readable(user: BaseUser, store: PostgresCheckpointStore) -> list[Overview]:
    return [p for p in overviews(store) if may_read(user, p.dag_id)]


def _one(user: BaseUser, store: PostgresCheckpointStore, name: str) -> Overview:
    found = overview(store, name)
    # the same answer for a pipeline that is not there and one that the user may not know of
    if found is None or not may_read(user, found.dag_id):
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no pipeline {name!r} in the checkpoint tables.")
    return found


def _details(store: PostgresCheckpointStore, found: Overview, limit: int) -> dict[str, Any]:
    return {
        "pipeline": found,
        "epochs": epoch_rows(store, found.pipeline, found.lane, limit=limit),
        "clones": clone_rows(store, found.pipeline),
        "corrections": correction_rows(store, found.pipeline),
        "lag": lag(store, found.pipeline),
        "limit": limit,
    }


def _base(request: Request) -> str:
    """The path under which the application is mounted, with whatever Airflow itself lies below."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def _page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    base = _base(request)
    nonce = secrets.token_urlsafe(16)
    text = _TEMPLATES.get_template(template).render(
        base=base, airflow=base.removesuffix(PREFIX), nonce=nonce, version=__version__, **values
    )
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; frame-ancestors 'self'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HTMLResponse(text, status_code=status, headers=headers)


def _answer(request: Request, status: int, message: str) -> Response:
    if request.url.path.startswith(f"{_base(request)}/api/"):
        return JSONResponse({"detail": message}, status_code=status)
    return _page(request, "refused.html", status=status, code=status, phrase=HTTPStatus(status).phrase, message=message)


def _refused(request: Request, error: Exception) -> Response:
    """An HTTP error as a page, or as JSON below ``/api/``."""
    status = getattr(error, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
    answer = _answer(request, int(status), str(getattr(error, "detail", "")))
    answer.headers.update(getattr(error, "headers", None) or {})  # such as Allow
    return answer


def _misspelt(request: Request, error: Exception) -> Response:
    """A part of the path that names nothing, or a parameter that is none: which one, and why."""
    assert isinstance(error, RequestValidationError)  # what it is registered for
    wrong = error.errors()[0]
    where, *name = wrong["loc"]
    if where == "path":
        return _answer(request, HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"{'.'.join(map(str, name))}: {wrong['msg']}.")


def _failed(request: Request, error: Exception) -> Response:
    """The checkpoint tables cannot be read: say why, for only logged-in users come this far."""
    unavailable = isinstance(error, UnavailableError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if unavailable else HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(request, status, str(error))
