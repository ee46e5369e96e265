"""Requests exactly as given, where the demo's clients are too polite: any header, any body, raw bytes on a socket."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from types import TracebackType
from urllib.parse import urlsplit

import httpx2

from demo.answer import Answer
from demo.rest import JSON, RESTING, read, trusted


class Asking:
    """Somebody with a token, or with none."""

    def __init__(self, base: str, token: str = "") -> None:
        self.base = base
        self.token = token
        self._web = httpx2.Client(verify=trusted(), timeout=30, trust_env=False, limits=RESTING)

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._web.close()

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
        *,
        language: str = "ja",
    ) -> Answer:
        """One request; an empty header of `headers` is not sent at all."""
        sent = {"Accept": JSON, "Accept-Language": language}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {"Content-Type": JSON} if body is not None else {}
        sent |= headers or {}
        url = f"{self.base}/{path}" if path else self.base
        given = {name: value for name, value in sent.items() if value}
        return read(self._web.request(method, url, content=body, headers=given))

    def raw(self, request: bytes) -> bytes:
        """What the server sends back until it closes the connection."""
        place = urlsplit(self.base)
        with socket.create_connection((place.hostname, place.port), timeout=20) as wire:
            wire.sendall(request)
            return b"".join(iter(lambda: wire.recv(65536), b""))

    def authorized(self, line: bytes, *headers: bytes) -> bytes:
        """A request line and headers as bytes, with the token, for `raw`."""
        bearer = b"Authorization: Bearer " + self.token.encode()
        return b"\r\n".join((line, b"Host: x", bearer, *headers, b"Connection: close", b"", b""))
