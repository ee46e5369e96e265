"""As many connections as are set may be open, though the shell that starts the server would let it open fewer files.

docs/operations.md, "limits"
"""

from __future__ import annotations

import resource
import socket
import subprocess
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.http import launch

ASKED = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"


def test_a_low_limit_of_open_files_is_raised_to_what_the_connections_need(installed: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    folder = launch.copied(installed, tmp_path / "city")
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        with launch.serving(folder, connections="600", header_seconds="60", at_once="600") as running:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            host, _, port = running.address.removeprefix("http://").partition(":")
            with ExitStack() as held:
                for _ in range(400):
                    wire = held.enter_context(socket.create_connection((host, int(port)), timeout=30))
                    wire.sendall(ASKED)
                    assert wire.recv(64).startswith(b"HTTP/1.1 200")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_it_cannot_be_raised_the_start_says_so_in_a_sentence(installed: Path) -> None:
    ended = subprocess.run(
        launch.command("serve"),
        env=launch.environment(installed, connections="5000"),
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_NOFILE, (512, 512)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "TSUNAGU_CONNECTIONS cannot be `5000`: a process may open 512 files" in ended.stdout + ended.stderr
