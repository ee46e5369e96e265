"""What others published in JavaScript, as `tests/node/package-lock.json` locks it; without it tests are skipped aloud.

docs/testing.md
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NODE = shutil.which("node") or ""
FOLDER = Path(os.environ.get("TSUNAGU_TEST_NODE") or Path(__file__).parent / "node")

needed = pytest.mark.skipif(
    not NODE or not (FOLDER / "node_modules").is_dir(),
    reason="no Node, or nothing installed by `npm ci` in tests/node: docs/testing.md",
)


def having(name: str) -> pytest.MarkDecorator:
    """Marks a test that reads this one of the packages, which needs no Node."""
    return pytest.mark.skipif(
        not (FOLDER / "node_modules" / name).is_dir(),
        reason=f"{name} is not installed by `npm ci` in tests/node: docs/testing.md",
    )


def run(script: Path, *words: str) -> Any:
    """The JSON that a script prints at its end. What is read from standard input finds its packages in the folder."""
    asked = [NODE, "--input-type=module", "-", *words]
    done = subprocess.run(asked, input=script.read_bytes(), cwd=FOLDER, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def text(name: str) -> str:
    """A file of one of the packages."""
    return (FOLDER / "node_modules" / name).read_text(encoding="utf-8")
