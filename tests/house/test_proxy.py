"""The proxies of `deploy/` hand on nothing that a stranger says of where they are, or of which trace they belong to."""

from __future__ import annotations

import re

import pytest

from tests.house import source

TRUSTED = {"Host": "$host", "X-Forwarded-For": "$remote_addr", "X-Forwarded-Proto": "$scheme", "traceparent": '""'}
"""What the server believes of a proxy that it trusts."""


@pytest.mark.parametrize("file", ["deploy/nginx.conf", "deploy/nginx-compose.conf"])
def test_the_proxy_says_itself_what_is_believed_of_it(file: str) -> None:
    said = dict(re.findall(r"proxy_set_header (\S+) ([^;]+);", source.text(file)))
    assert said.items() >= TRUSTED.items()
