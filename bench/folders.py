"""Where a city lies while it is measured: a folder that goes, or one below BENCH_FOLDER that stays for the next time.

docs/figures.md
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.city import City


@contextmanager
def of(whole: City) -> Iterator[Path]:
    if kept := os.environ.get("BENCH_FOLDER"):
        folder = Path(kept) / f"{whole.records}-{whole.seed}-{whole.agencies}{'-distinct' if whole.distinct else ''}"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)
