"""A server over a city of bench/fill.py, with a system client for each of its agencies that is measured.

docs/figures.md
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import RSAKey

from api import installation
from api.beside import overlaps
from api.cursor import Cursors
from api.oauth import clients
from api.oauth import keys as oauth_keys
from api.oauth.clients import Client
from bench import city, load, processes, server, timed
from bench.city import City
from bench.inside import Inside
from consent import overlapping
from demo.credentials import Credentials
from demo.people import People

CARE = "http://terminology.hl7.org/CodeSystem/v3-ActReason|CAREMGT"
SYSTEMS = ("agency-0", "agency-1", *(reader.name for reader in city.READERS))


@dataclass(frozen=True, slots=True)
class Served:
    """`started` is the seconds from the start of the process to its first answer."""

    city: City
    address: str
    pid: int
    started: float
    people: People
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, agency: str) -> str:
        if agency not in self.tokens:
            self.tokens[agency] = self.people.system(agency).token()
        return self.tokens[agency]

    def url(self, path: str) -> str:
        return f"{self.address}/fhir/{path}".rstrip("/")

    def cost(self, path: str, agency: str, *, seconds: float = 2.0, body: bytes = b"") -> float:
        """Milliseconds of the server's CPU that one answer takes."""
        url, token = self.url(path), self.token(agency)
        timed.latencies(url, token, seconds=0.3, connections=2, body=body)
        before = processes.cpu(self.pid)
        taken = timed.latencies(url, token, seconds=seconds, connections=2, body=body)
        return (processes.cpu(self.pid) - before) / len(taken) * 1000


@contextmanager
def serving(whole: City, folder: Path, workers: int = 1) -> Iterator[Served]:
    """The city, laid down where it is not there yet, and one server over it."""
    asyncio.run(_laid_down(whole, folder))
    oauth_keys.load(folder / "keys")
    Cursors.load(folder / "keys")
    environment = os.environ | {"TSUNAGU_DATA": str(folder), "TSUNAGU_PORT": "0", "TSUNAGU_WORKERS": str(workers)}
    environment |= {
        "TSUNAGU_RATE": "1000000000",
        "TSUNAGU_AT_ONCE": "1000000",
        "TSUNAGU_TOKEN_RATE": "1000000000",
    }  # one client asks for a whole city
    begun = time.perf_counter()
    process = subprocess.Popen([*server.COMMAND, "--bare"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = next((line.split()[-1] for line in process.stdout if "listening on" in line), "")
        if not address:
            raise RuntimeError("the server did not start")
        load.rate(f"{address}/fhir/metadata", "", connections=1, seconds=0)
        started = time.perf_counter() - begun
        people = People(f"{address}/fhir", Credentials.read(folder / installation.CREDENTIALS))
        yield Served(whole, address, process.pid, started, people)
        people.close()
    finally:
        process.terminate()
        process.communicate()


async def _laid_down(whole: City, folder: Path) -> None:
    town = await Inside.open(whole, folder)
    try:
        # A city is measured as it is of a day, not while everybody in it is looked for twice (R40) after it was filled.
        end = await overlapping.end(town.gate)
        await town.gate.engine.store.vault.replace(*overlaps.PLACE, end.encode())
        if (folder / installation.CREDENTIALS).exists():
            return
        keys = {}
        for name in SYSTEMS:
            key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS384"}, private=True, auto_kid=True)
            keys[name] = key.as_dict(private=True)
            public = {"keys": [key.as_dict(private=False)]}
            await clients.register(
                town.gate.engine.store.vault,
                Client(
                    client_id=name,
                    name=name,
                    organization=f"Organization/{name}",
                    scope="system/*.cruds",
                    purposes=(CARE,),
                    grant_types=("client_credentials",),
                    token_endpoint_auth_method="private_key_jwt",  # noqa: S106  # the name of a method, no password
                    jwks=public,
                ),
            )
        Credentials({}, keys, "", "").write(folder / installation.CREDENTIALS)
    finally:
        await town.close()
