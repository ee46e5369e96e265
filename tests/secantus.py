"""A server that speaks MongoDB's protocol, in a process of its own: SecantusDB in place of mongod.

https://pypi.org/project/secantusdb/ (GPL-2: started and spoken to, never imported)
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def wire_server(folder: Path) -> Iterator[str]:
    """The address of a new server, `mongodb://host:port`, which keeps its data in the folder and syncs each commit."""
    with begun(folder) as (_, address):
        yield address


@contextmanager
def begun(folder: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The same, and its process: for who stops it, kills it, and begins it again where it was."""
    program = Path(sys.executable).with_name("secantusd-py")
    options = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", str(folder), "--sync-on-commit"]
    process = subprocess.Popen(
        [program, *options, "--log-level", "INFO"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"listening on (\S+)", line):
            break
    else:
        raise RuntimeError(f"the server did not start: {''.join(said)}")
    # What it says later must be read, or it would stop when the pipe is full.
    reader = threading.Thread(target=deque, args=(process.stdout, 0), daemon=True)
    reader.start()
    try:
        yield process, f"mongodb://{found[1]}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join()
        process.stdout.close()
