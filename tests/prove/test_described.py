"""What the OpenAPI document says holds for requests drawn from it, by one who knows nothing but the document.

https://schemathesis.readthedocs.io; docs/testing.md, "fuzzing". The seed is TSUNAGU_FUZZ_SEED, or of the day; what it
found is a test elsewhere by now.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.people import People
from tests.http import launch
from tests.http.launch import Running
from tests.proofs import Proof
from tests.prove.test_fuzz import SEED

pytestmark = pytest.mark.prove

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "unsupported_method"),
)
_TRIED = re.compile(r"^\s*(\d+) generated", re.MULTILINE)
_RUN = "from schemathesis.cli import schemathesis; schemathesis()"
_EXAMPLES = "10"
"""Of each operation and round; what is at the edges of the document comes besides."""
_LONGEST = 600
"""Seconds of one round, of which most is well below two minutes."""


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One that turns nobody away for asking too often."""
    folder = launch.copied(installed, tmp_path_factory.mktemp("described") / "city")
    with launch.serving(folder, "--demo", rate="10000000", token_rate="10000000") as running:
        yield running


@pytest.mark.proof("described", 20_000)
def test_each_answer_is_one_that_the_document_names(proof: Proof, server: Running, tmp_path: Path) -> None:
    everybody = People(server.base, server.credentials)
    askers = (everybody.officer("yorisoi"), everybody.system("yorisoi-system"))
    turn = 0
    while proof.goes_on:
        said = _round(server, askers[turn % len(askers)].token(), SEED + turn, tmp_path)
        tried = _TRIED.findall(said)
        assert tried, said
        proof.count(int(tried[-1]))
        turn += 1
    everybody.close()
    assert server.process.poll() is None


def _round(server: Running, token: str, seed: int, folder: Path) -> str:
    """What one run says of the document; a difference fails it."""
    asked = [
        *("run", f"{server.address}/openapi.json", "-H", f"Authorization: Bearer {token}"),
        *("--checks", ",".join(CHECKS), "--max-examples", _EXAMPLES, "--seed", str(seed)),
        *("--generation-database", "none", "--request-timeout", "30", "--warnings", "off", "--no-color"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *asked], cwd=folder, capture_output=True, text=True, timeout=_LONGEST, check=False
    )
    assert done.returncode == 0, f"seed {seed}:\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}"
    return done.stdout
