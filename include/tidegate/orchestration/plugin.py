"""The plugin: pages about pipelines and epochs inside Airflow's own.

Airflow imports it in every process, tasks included, so the web application is imported at its first request.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/tidegate"

_Message = MutableMapping[str, Any]


class LazyApplication:
    """An ASGI application that is made when the first request comes. Airflow asks for nothing else."""

    def __init__(self) -> None:
        self._application: Any = None

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Pass the request on."""
        if self._application is None:
            from tidegate.orchestration.web.app import application  # noqa: PLC0415  (FastAPI and Airflow's server)

            self._application = application()
        await self._application(scope, receive, send)


class TidegatePlugin(AirflowPlugin):
    """Registered by the entry point ``airflow.plugins``, or by ``plugins/tidegate_plugin.py`` where there is none."""

    name = "tidegate"
    # hrefs are relative, so they hold below a [api] base_url with a path
    fastapi_apps = [{"app": LazyApplication(), "url_prefix": PREFIX, "name": "tidegate"}]  # noqa: RUF012  (Airflow's)
    external_views = [  # noqa: RUF012
        {
            "name": "tidegate",
            "href": "tidegate/pipelines",
            "destination": "nav",
            "url_route": "tidegate",
            "category": "browse",
        },
        {"name": "Epochs", "href": "tidegate/dags/{DAG_ID}", "destination": "dag", "url_route": "tidegate-epochs"},
    ]
