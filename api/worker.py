"""What a server process runs: the application, its settings from the environment, its log lines configured.

https://github.com/emmett-framework/granian
"""

from __future__ import annotations

from fastapi import FastAPI

from api import app, log
from api import settings as app_settings


def application() -> FastAPI:
    settings = app_settings.read()
    log.configure(settings)
    return app.create_app(settings)
