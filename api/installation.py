"""Lay down the demo city once: its directory through the gate, its sign-ins and clients through the vault.

docs/city.md
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import orjson
from joserfc.jwk import RSAKey
from rich.progress import Progress

from api import clock as clocks
from api import simulation
from api.clock import Clock
from api.oauth import accounts, clients, purpose
from api.oauth.clients import Client
from api.settings import Settings
from consent import derivation, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.importing import laying_down
from consent.writing.prepared import Change
from demo import city
from demo.credentials import Credentials
from profiles import load
from resources.search.index import Index
from resources.store import open as stores
from resources.store.port import Vault

CREDENTIALS = "demo-credentials.json"
REDIRECT = "http://127.0.0.1:8888/callback"
DESK = "tsunagu-desk"
CITIZENS = "tsunagu-citizen"
SYSTEMS = {
    "yorisoi-system": ("寄り添いサポートセンターのシステム", "Organization/yorisoi-center"),
    "health-center-system": ("保健センターのシステム", "Organization/health-center-kita-chuo"),
    "child-guidance-system": ("こども総合相談所のシステム", "Organization/child-guidance-center"),
}
UNHURRIED = 60.0
"""Seconds that one question may take where nobody is served yet: the most that TSUNAGU_QUESTION_SECONDS may be."""

_CARE = (purpose.CARE_MANAGEMENT, purpose.COORDINATION_OF_CARE)
_MARK = ("installation", "demo-city")


async def install(settings: Settings, clock: Clock = clocks.system) -> bool:
    """Make the city in an empty store; False where it stands already. Raises Unavailable or OSError."""
    spec = load.load()
    store = stores.opened(settings.store_address, clock, generation=derivation.generation(spec), seconds=UNHURRIED)
    await store.open()
    try:
        await simulation.settle(store, settings, clock)
        if await store.vault.look(*_MARK):
            return False
        await lay_down(Gate(PolicyEngine.of(store, spec, Index(spec, settings.fhir))), clock)
        await _hand_out(store.vault, settings.data)
        await store.vault.replace(*_MARK, b"installed")
        return True
    finally:
        await store.close()


async def lay_down(gate: Gate, clock: Clock) -> None:
    """The directory and the staff of the demo city; what an earlier start that was broken off has laid down is left."""
    changes = [
        Change("update", each["resource"]["resourceType"], each["resource"]["id"], orjson.dumps(each["resource"]))
        for bundle in city.bundles()
        for each in bundle["entry"]
    ]

    async def planned() -> Sequence[Change]:
        return changes

    with Progress(transient=True) as progress:
        task = progress.add_task("相談機関一覧を作成 / laying down the city", total=None)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        await laying_down.laid(gate, _installer(clock()), "install", planned, advance, known=True)


def _installer(now: datetime) -> Actor:
    """The named actor of the installation, under a purpose that no token can carry (P12)."""
    return Actor("installer", "", "Organization/okayama-city", vocabulary.INSTALLATION, (), now, "install")


async def _hand_out(vault: Vault, folder: Path) -> None:
    """New passwords and keys, known to this folder alone."""
    passwords = {}
    for name, person, _ in city.accounts():
        passwords[name] = secrets.token_urlsafe(12)
        await accounts.enrol(vault, name, passwords[name], person)
    keys = {}
    for name, (title, organization) in SYSTEMS.items():
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS384"}, private=True, auto_kid=True)
        keys[name] = key.as_dict(private=True)
        await clients.register(vault, _system(name, title, organization, key))
    await clients.register(vault, _desk())
    await clients.register(vault, _citizens())
    Credentials(passwords, keys, DESK, REDIRECT).write(folder / CREDENTIALS)


def _system(name: str, title: str, organization: str, key: RSAKey) -> Client:
    return Client(
        client_id=name,
        name=title,
        organization=organization,
        scope="system/*.cruds",
        purposes=_CARE,
        grant_types=("client_credentials",),
        token_endpoint_auth_method="private_key_jwt",  # noqa: S106  # the name of a method, no password
        jwks={"keys": [key.as_dict(private=False)]},
    )


def _desk() -> Client:
    """The officers' web client: public, so with PKCE."""
    return Client(
        client_id=DESK,
        name="つなぐ 相談員用端末",
        organization="Organization/okayama-city",
        scope="openid fhirUser offline_access launch launch/patient user/*.cruds patient/*.cruds",
        purposes=(
            *_CARE,
            *(purpose.SUPPORT_CONFERENCE, purpose.AUDIT_REVIEW, purpose.BREAK_THE_GLASS, purpose.STATISTICS),
        ),
        grant_types=("authorization_code", "refresh_token"),
        token_endpoint_auth_method="none",  # noqa: S106  # the name of a method, no password
        redirect_uris=(REDIRECT,),
    )


def _citizens() -> Client:
    """The web client by which people see their own records (P7): it reads, and for no other purpose."""
    return Client(
        client_id=CITIZENS,
        name="つなぐ 本人用",
        organization="Organization/okayama-city",
        scope="openid fhirUser user/*.rs user/Flag.c user/Patient.u",
        purposes=(purpose.PATIENT_REQUEST,),
        grant_types=("authorization_code", "refresh_token"),
        token_endpoint_auth_method="none",  # noqa: S106  # the name of a method, no password
        redirect_uris=(REDIRECT,),
    )
