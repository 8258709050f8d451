"""Several processes that serve: one that has built the application, and copies of it.

What they all need is in memory once and loaded once. uvicorn's own workers load it each.
"""

from typing import Any

from gunicorn.app.base import BaseApplication
from litestar import Litestar
from uvicorn_worker import UvicornWorker

from crm.app import application
from crm.kernel.settings import Settings

SILENT_S = 60


class Copies(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Serves until told to stop; a copy that ended, or was silent for a minute, is replaced."""

    def __init__(self, settings: Settings, manners: dict[str, Any]) -> None:
        self._settings, self._manners = settings, manners
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say; it reads no file and no variable of its own."""
        settings, manners = self._settings, {"access_log": False, **self._manners}
        told = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "worker_class": type("Copy", (UvicornWorker,), {"CONFIG_KWARGS": manners}),
            "preload_app": True,
            "timeout": SILENT_S,
            # a copy ends its requests within uvicorn's grace, and is ended after it
            "graceful_timeout": manners["timeout_graceful_shutdown"] + 5,
            "loglevel": manners["log_level"],
            "control_socket_disable": True,
        }
        for name, value in told.items():
            self.cfg.set(name, value)

    def load(self) -> Litestar:
        """Build the application before there are copies of it; none of it is connected yet."""
        return application()
