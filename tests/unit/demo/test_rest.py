"""The demo's connections end sooner than the server closes them, and so do those of the proxies that are shipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.settings import Settings
from demo.rest import RESTING

_DEPLOY = Path(__file__).parents[3] / "deploy"
_CLOSED = Settings().header_seconds


def test_a_client_of_the_demo_lets_no_connection_rest_until_the_server_closes_it() -> None:
    assert RESTING.keepalive_expiry is not None
    assert RESTING.keepalive_expiry < _CLOSED


@pytest.mark.parametrize("file", ["nginx.conf", "nginx-compose.conf"])
def test_nor_does_a_proxy(file: str) -> None:
    [seconds] = re.findall(r"keepalive_timeout (\d+)s;  # sooner than", (_DEPLOY / file).read_text())
    assert int(seconds) < _CLOSED
