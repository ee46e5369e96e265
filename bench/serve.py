"""Serve the demo city from the measuring worker, or with --bare what is there; with --install, only lay it down."""

from __future__ import annotations

import asyncio
import os
import sys

from api import cli, installation, settings


def main() -> None:
    found = settings.read()
    found.data.mkdir(parents=True, exist_ok=True)
    os.environ["TSUNAGU_LOG"] = str(found.data / "tsunagu.log")
    if "--install" in sys.argv:
        asyncio.run(installation.install(found))
        return
    cli.WORKER = "bench.worker:application"
    cli.serve(demo="--bare" not in sys.argv)


if __name__ == "__main__":
    main()
