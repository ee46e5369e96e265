"""demo/token.py and demo/credentials.py: whatever stands in the way of a token is one sentence and exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from demo.credentials import Credentials

WHOLE = {"passwords": {"officer": "x"}, "keys": {}, "client": "c", "redirect": "r"}
DAMAGED = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"{}",
    orjson.dumps(WHOLE | {"passwords": 1}),
    orjson.dumps(WHOLE | {"keys": {"system": {}}}),
    orjson.dumps(WHOLE | {"keys": {"system": {"kty": "RSA", "n": "!", "e": "AQAB", "d": "!"}}}),
)


def asked(folder: Path, *words: str, **settings: str) -> str:
    """What it says where it cannot give a token."""
    found = subprocess.run(
        [sys.executable, "-m", "demo.token", *words],
        env=os.environ | {"TSUNAGU_DATA": str(folder)} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (found.returncode, found.stdout) == (2, "")
    [sentence] = found.stderr.splitlines()
    return sentence


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_sign_ins_are_no_sign_ins(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "demo-credentials.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="holds no sign-ins"):
        Credentials.read(file)


def test_without_a_token_it_says_why(tmp_path: Path) -> None:
    file = tmp_path / "demo-credentials.json"
    assert str(tmp_path) in asked(tmp_path, "officer")
    file.write_bytes(b"{}")
    assert str(file) in asked(tmp_path, "officer")
    file.write_bytes(orjson.dumps(WHOLE))
    assert "nobody" in asked(tmp_path, "nobody")
    assert "http://127.0.0.1:none" in asked(tmp_path, "officer", TSUNAGU_PORT="none", TSUNAGU_BASE_URL="")
    assert "usage" in asked(tmp_path)
