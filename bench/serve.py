"""Serve the demo city from the measuring worker, or with --bare what is there; with --install, only lay it down."""

from __future__ import annotations

import asyncio
import os
import sys

from api import installation, making, settings
from api.commands import serve
from api.settings import Settings


def main() -> None:
    found = settings.read()
    found.data.mkdir(parents=True, exist_ok=True)
    os.environ["TSUNAGU_LOG"] = str(found.data / "tsunagu.log")
    if "--install" in sys.argv:
        asyncio.run(_laid_down(found))
        return
    serve.WORKER = "bench.worker:application"
    serve.serve(demo="--bare" not in sys.argv)


async def _laid_down(found: Settings) -> None:
    """The store and its keys, and the city in it, as `serve --demo` makes them."""
    await making.make(found)
    await installation.install(found)


if __name__ == "__main__":
    main()
