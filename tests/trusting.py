"""Requests of tests, and clients, that know the trusted certificates already: to read them takes longer than a request.

None of them goes by way of a proxy that the environment names.
"""

from __future__ import annotations

from typing import Any

import httpx2

from demo.rest import trusted


def client(**said: Any) -> httpx2.Client:
    return httpx2.Client(verify=trusted(), trust_env=False, **said)


def request(method: str, url: str, **said: Any) -> httpx2.Response:
    return httpx2.request(method, url, verify=trusted(), trust_env=False, **said)


def get(url: str, **said: Any) -> httpx2.Response:
    return request("GET", url, **said)


def post(url: str, **said: Any) -> httpx2.Response:
    return request("POST", url, **said)
