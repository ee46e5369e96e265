"""The persons whom somebody may choose for an app: those that they may see, found under policy and put on the trail.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#launch-context-arrives-with-your-access_token
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from api.oauth.accounts import Account
from api.oauth.clients import Client
from api.oauth.issuer import Issuer
from consent.actor import Actor, Scope
from consent.gate import Gate
from resources import division
from resources.record import repeated
from resources.record.problem import Problem
from resources.search import request

MOST = 20
_READ = (Scope("user", "Patient", frozenset("rs")), Scope("user", "Group", frozenset("rs")))


@dataclass(frozen=True, slots=True)
class Person:
    """`reference` is `Patient/id`; the others are for the page on which they are chosen."""

    reference: str
    name: str
    born: str


class Households:
    def __init__(self, issuer: Issuer, gate: Gate) -> None:
        self._issuer, self._gate = issuer, gate

    def asking(self, account: Account, client: Client, purpose: str, request_id: str) -> Actor:
        """The person at the browser, for the client and the purpose that were asked for."""
        now = self._issuer.clock()
        return Actor(client.client_id, account.person, client.organization, purpose, _READ, now, request_id)

    async def named(self, actor: Actor, name: str) -> Sequence[Person]:
        """The first persons of this name that the actor may see; none for a name that nobody can search by."""
        try:
            wanted = request.parse(
                self._gate.engine.index, "Patient", [("name", name), ("_count", str(MOST)), ("_sort", "-_lastUpdated")]
            )
            found = await self._gate.search(actor, wanted)
        except Problem:
            return ()
        return tuple(_person(version.reference, version.body) for version in found.versions)

    async def one(self, actor: Actor, reference: str) -> Person | None:
        """This person, None where they are not for the actor."""
        type, _, id = reference.partition("/")
        if type != "Patient" or not id:
            return None
        try:
            found = await self._gate.read(actor, type, id)
        except Problem:
            return None
        return _person(found.reference, found.body)

    async def of(self, actor: Actor, reference: str) -> tuple[str, ...]:
        """The households of the person that the actor may see, as `Group/id`."""
        wanted = request.parse(self._gate.engine.index, "Group", [("member", reference), ("_count", str(MOST))])
        found = await self._gate.search(actor, wanted)
        return tuple(each.reference for each in found.versions if not division.is_over(orjson.loads(each.body)))


def _person(reference: str, body: bytes) -> Person:
    record = orjson.loads(body)
    names = record.get("name") or [{}]
    name = names[0].get("text") or "".join((names[0].get("family", ""), *repeated.told(names[0], "given")))
    return Person(reference, name or reference, str(record.get("birthDate", "")))
