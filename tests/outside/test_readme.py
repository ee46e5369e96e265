"""What the first screen of the README tells a newcomer to type does what it says, and goes on doing it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.house import source
from tests.http.launch import Running

BLOCKS = re.findall(r"^```\n(.*?)^```$", source.text("README.md"), re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not shutil.which("curl"), reason="the README asks with curl")
def test_one_request_is_permitted_by_p2_and_refusing_it_is_denied_by_r5(played: Running) -> None:
    """The second block sets up, the third is permitted, the fourth denied; what is answered begins with a brace."""
    lines = [line for block in BLOCKS[1:4] for line in block.splitlines() if not line.startswith((" ", "{"))]
    asked = "\n".join(line for line in lines if line)
    asked = asked.replace("http://127.0.0.1:8000/fhir", played.base).replace(".venv/bin/python", sys.executable)
    environment = os.environ | {
        "TSUNAGU_DATA": str(played.folder),
        "TSUNAGU_BASE_URL": played.base.removesuffix("/fhir"),
    }
    command = ["bash", "-e", "-c", asked]
    for _ in range(2):  # nothing is changed by it
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        task, _, rest = told.partition('{"resourceType":"Parameters"')
        explained, _, refused = rest.partition('{"resourceType":"OperationOutcome"')
        assert '"status":"accepted"' in task
        assert '"valueCode":"permit"' in explained
        assert '"valueString":"P2"' in explained
        assert "R5: an agency may not refuse another agency's referral" in refused
        for shown, answered in ((BLOCKS[2], explained), (BLOCKS[3], refused)):
            said = re.findall(r'"(?:text|diagnostics|valueString)":"([^"]+)"', shown)
            assert said
            assert [each for each in said if each not in answered] == []
