"""Keep-alive HTTP/1.1 connections that ask for one address again and again, as fast as it is answered."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit


def rate(url: str, token: str, *, connections: int, seconds: float) -> float:
    """Requests a second, one a connection at least, all answered 200. Raises RuntimeError for any other answer."""
    return asyncio.run(_rate(url, token, connections, seconds))


async def _rate(url: str, token: str, connections: int, seconds: float) -> float:
    parts = urlsplit(url)
    head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/fhir+json\r\n"
    request = (head + (f"Authorization: Bearer {token}\r\n" if token else "") + "\r\n").encode()
    begun = time.perf_counter()
    until = begun + seconds
    done = await asyncio.gather(
        *(_ask(parts.hostname or "", parts.port or 80, request, until) for _ in range(connections))
    )
    return sum(done) / (time.perf_counter() - begun)


async def _ask(host: str, port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    count = 0
    while not count or time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
        await reader.readexactly(length(head))
        count += 1
    writer.close()
    return count


def length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("an answer without a length")
