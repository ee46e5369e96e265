"""fhir-kit-client and @medplum/core under Node, unchanged, against the running server with a real token.

https://github.com/Vermonster/fhir-kit-client; https://github.com/medplum/medplum. TSUNAGU_TEST_NODE names a folder in
which `npm install fhir-kit-client@2 @medplum/core@5` was run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import orjson
import pytest

from demo.journey.city import City
from demo.people import People

SCRIPT = Path(__file__).parent / "node_clients.mjs"
NODE, FOLDER = shutil.which("node"), os.environ.get("TSUNAGU_TEST_NODE", "")

pytestmark = pytest.mark.skipif(not NODE or not FOLDER, reason="no Node, or no TSUNAGU_TEST_NODE: docs/testing.md")


def test_two_clients_in_javascript_do_what_they_do_elsewhere(city: City, people: People) -> None:
    token = people.officer("yorisoi").token()
    asked = [NODE or "", "--input-type=module", "-", people.base, token, city.known["mother"]]
    # What is read from standard input finds its packages from the working directory on.
    done = subprocess.run(asked, input=SCRIPT.read_bytes(), cwd=FOLDER, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert orjson.loads(done.stdout) == {
        "kit": {
            "read": True,
            "search": 1,
            "patch": "female",
            "transaction": "201 Created",
            "batch": "201 Created",
            "history": 2,
            "typeHistory": "history",
            "systemHistory": "history",
            "compartment": "searchset",
            "nextPage": 1,
            "metadata": "CapabilityStatement",
        },
        "medplum": {
            "ifNoneExist": True,
            "upsert": True,
            "patch": "female",
            "batch": "201 Created",
            "transaction": "201 Created",
            "history": 3,
            "search": 1,
            "deleted": "gone",
        },
    }
