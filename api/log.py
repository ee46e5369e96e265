"""Where log lines go: to a file or to standard error, one JSON object or sentence a line.

https://docs.python.org/3/library/logging.html
"""

from __future__ import annotations

import logging

from api.settings import Settings


def configure(settings: Settings) -> None:
    """For this process, once. Raises OSError where the file cannot be written."""
    handler = logging.FileHandler(settings.log, encoding="utf-8") if settings.log else logging.StreamHandler()
    logging.basicConfig(level=logging.INFO, handlers=[handler], format="%(message)s", force=True)
