"""The demo is a client: it can be taken away, or pointed at another server, without the product."""

from __future__ import annotations

import subprocess
import sys

from tests.house import source

ALONE = """
import importlib, sys

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("api", "consent", "resources"):
            raise ImportError(f"the demo asked for {name}")

sys.meta_path.insert(0, Wall())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_the_demo_needs_no_floor_of_the_product() -> None:
    names = [source.name(file).removesuffix(".py").replace("/", ".") for file in source.modules("demo")]
    assert len(names) > 20
    done = subprocess.run([sys.executable, "-c", ALONE, *names], cwd=source.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
