"""tsunagu account also: that an officer is somebody of the city as well, so that the policy keeps them from their own.

docs/oauth.md, "accounts"; docs/policy.md, D2
"""

from __future__ import annotations

from typing import Annotated

import typer

from api import clock
from api.commands import city_import, named_record, vault_command
from api.commands.named_record import NotNamedError
from api.oauth import accounts
from api.oauth.events import Events
from consent import derivation
from consent.acts import saying_who
from consent.engine import PolicyEngine
from consent.gate import Gate
from profiles import load
from profiles.spec import Spec
from resources.search.index import Index
from resources.store.port import Store

ASKED = "account also"


def also(
    name: Annotated[str, typer.Argument(help="職員のサインインの名前 / the officer's name to sign in with")],
    person: Annotated[str, typer.Argument(help="本人の基本情報 / who they are as somebody of the city: Patient/id")],
) -> None:
    """職員が市民のだれかを登録し、本人と世帯の記録を見せない / Say who an officer is: their own is kept from them."""
    spec = load.load()

    async def said(store: Store) -> None:
        staff = await _officer(store, accounts.folded(name))
        citizen, _ = await named_record.person(store, person, clock.system())
        if not citizen.startswith("Patient/"):
            raise NotNamedError(f"`{person}` is no Patient/id", f"`{person}` は Patient/id ではありません")
        gate = Gate(PolicyEngine.of(store, spec, _index(spec)))
        actor = city_import.installer(clock.system())
        await gate.operate(actor, (ASKED, citizen), lambda unit: saying_who.kept(unit, staff, citizen))
        await Events(store.trail.append, clock.system).note(None, "administration", ASKED, about=staff)

    vault_command.run(said, derivation.generation(spec))
    print(f"{ASKED}: {accounts.folded(name)}")


def _index(spec: Spec) -> Index:
    return Index(spec, vault_command.settings().fhir)


async def _officer(store: Store, name: str) -> str:
    whose = await accounts.person(store.vault, name)
    if not whose:
        raise NotNamedError(f"there is no account `{name}`", f"`{name}` は登録されていません")
    if not whose.startswith("Practitioner/"):
        raise NotNamedError(f"`{name}` is no officer's account", f"`{name}` は職員の登録ではありません")
    return whose
