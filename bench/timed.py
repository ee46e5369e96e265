"""Keep-alive connections that send requests in turn and tell how long each answer took.

docs/figures.md
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import urlsplit

from bench.load import length


def latencies(
    url: str, token: str, *, seconds: float, connections: int = 1, body: bytes = b"", late: float = 0
) -> list[float]:
    """Seconds that each answer took, from `late` seconds on; POST where there is a body. Raises RuntimeError."""
    return asyncio.run(asked([request(url, token, body)], url, seconds=seconds, connections=connections, late=late))


def request(url: str, token: str, body: bytes = b"") -> bytes:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    head = f"{'POST' if body else 'GET'} {parts.path}{query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    head += f"Accept: application/fhir+json\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{head}\r\n".encode() + body


async def asked(
    requests: list[bytes], url: str, *, seconds: float, connections: int = 1, late: float = 0
) -> list[float]:
    await asyncio.sleep(late)
    until = time.perf_counter() + seconds
    turns = cycle(requests)
    found = await asyncio.gather(*(_ask(url, turns, until) for _ in range(connections)))
    return [each for one in found for each in one]


async def _ask(url: str, turns: Iterator[bytes], until: float) -> list[float]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 24)
    taken: list[float] = []
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(next(turns))
        head = await reader.readuntil(b"\r\n\r\n")
        answer = await reader.readexactly(length(head))
        taken.append(time.perf_counter() - begun)
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise RuntimeError((head.split(b"\r\n", 1)[0] + answer[:300]).decode())
    writer.close()
    return taken


def percentile(taken: list[float], part: float) -> float:
    """Milliseconds that this part of the answers stayed below."""
    return sorted(taken)[min(int(len(taken) * part), len(taken) - 1)] * 1000
