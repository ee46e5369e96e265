"""Subscription: made, read, changed and ended by the system client whose it is, and seen by nobody else.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/; docs/subscriptions.md
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import orjson

from api.beside import standing_client
from api.http import lenient, part, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.subscription import form, kept, owner
from api.subscription.kept import Subscription, Subscriptions
from consent.rule import Decision
from consent.views import subscribing
from consent.writing.written import Written
from resources.record import period, problem, stamp
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request, result_parameters
from resources.search.index import Index
from resources.search.predicate import term
from resources.search.request import SearchRequest

TYPE = owner.TYPE
FOUND_BY = (
    *("_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"),
    *("contact", "criteria", "payload", "status", "type", "url"),
)
"""The search parameters that it is found by."""
_SHAPING = ("_elements", *result_parameters.NAMES, *result_parameters.IGNORED)
_OWN = Decision(True, ())
_ASKED = {"requested": "requested", "active": "requested", "off": "off"}


async def create(call: Call) -> Answer:
    if call.header("if-none-exist"):
        text, ja = "If-None-Exist finds no Subscription", "Subscription に If-None-Exist は使えません"
        raise Problem.of("not-supported", text, ja, "If-None-Exist")
    found = await _sent(call)
    given = await standing_client.given(_vault(call), call.actor)
    made = await _made(call, kept.new_id(), 1, found, given)
    await _kept(call).make(made, call.actor, await subscribing.end(call.on.gate, call.actor))
    return respond.written(call, Written(await _version(call, made), "create", _OWN))


async def read(call: Call) -> Answer:
    owner.may(call, "r")
    return respond.version(await _version(call, await _kept(call).find(call.actor, call.id)))


async def update(call: Call) -> Answer:
    """It goes on where it stands, after a new handshake; with status `off` it rests."""
    _by_id(call)
    found = await _sent(call)
    before = await _kept(call).find(call.actor, call.id)
    call.only_if.check(await _version(call, before))
    given = await standing_client.given(_vault(call), call.actor)
    made = await _made(call, call.id, before.number + 1, found, given)
    await _kept(call).replace(before, made)
    return respond.written(call, Written(await _version(call, made), "update", _OWN))


async def delete(call: Call) -> Answer:
    _by_id(call)
    owner.may(call, "d")
    for each in await _kept(call).of(call.actor):
        if each.id == call.id:
            call.only_if.check(await _version(call, each))
            await _kept(call).forget(call.id)
    return Answer(204)


async def search(call: Call, parameters: Sequence[tuple[str, str]]) -> Answer:
    """Those of this client, in the order of their ids: they are so few that each is looked at."""
    owner.may(call, "s")
    wanted, left = lenient.read(call, partial(_wanted, call.on.index), parameters)
    here = f"{call.on.settings.fhir}/{TYPE}"
    here += f"?{urlencode(wanted.canonical)}" if wanted.canonical else ""
    after = call.on.cursors.read(wanted.cursor, here)
    own = [await _version(call, each) for each in await _kept(call).of(call.actor)]
    found = [each for each in own if wanted.what.matches(sorted(_terms(call.on.index, each)))]
    count = 0 if wanted.summary_count else wanted.count
    page = [each for each in found if each.id > after][:count]
    links = [("self", here)]
    if page and page[-1] is not found[-1]:
        ahead = urlencode([*wanted.canonical, (result_parameters.CURSOR, call.on.cursors.write(page[-1].id, here))])
        links.append(("next", f"{call.on.settings.fhir}/{TYPE}?{ahead}"))
    entries = respond.entries(call, part.of_each(call, wanted.subset, page), "match")
    return respond.json(respond.bundle("searchset", len(found), links, [*entries, *lenient.told(call, left)]))


def _wanted(index: Index, parameters: Sequence[tuple[str, str]]) -> SearchRequest:
    """The search as understood. Raises Problem naming what finds no Subscription."""
    for name, _ in parameters:
        if name.partition(":")[0] not in (*FOUND_BY, *_SHAPING):
            text, ja = f"`{name[:64]}` finds no Subscription", f"`{name[:64]}` では Subscription を探せません"
            raise Problem.of("not-supported", text, ja, name[:64])
    return request.parse(index, TYPE, parameters)


def _terms(index: Index, found: Version) -> set[str]:
    return {term(".type", TYPE), *index.terms(orjson.loads(found.body))}


async def _sent(call: Call) -> dict[str, Any]:
    owner.may(call, "c" if call.method == "POST" else "u")
    found, body = await sent.resource(call, TYPE)
    await sent.checked(call, found, body)
    if not call.on.settings.subscribers:
        text, ja = (
            "nobody is told here: TSUNAGU_SUBSCRIBERS is empty",
            "通知は行っていません（TSUNAGU_SUBSCRIBERS が空です）",
        )
        raise Problem.of("not-supported", text, ja, "Subscription.channel.endpoint")
    if found.get("status") not in _ASKED:
        text, ja = "the status is the server's: `requested` or `off`", "status は `requested` か `off` です"
        raise Problem.of("invalid", text, ja, "Subscription.status")
    return found


async def _made(call: Call, id: str, number: int, found: dict[str, Any], given: standing_client.Given) -> Subscription:
    interest = form.interest(call.on.index, found)
    channel = form.channel(found, call.on.settings.subscribers)
    reach = (each for each in call.actor.scopes if each.level == "system" and "s" in each.actions)
    if not any(each.type in ("*", interest.of.type) for each in reach):
        text = f"the token's scopes do not cover a search of `{interest.of.type}`: ask for a token that does"
        ja = f"トークンのスコープに `{interest.of.type}` の検索が含まれません。含むトークンを求めてください"
        raise Problem("forbidden", problem.of_rule("scope", text, ja))
    since = period.instant(call.now)
    return Subscription(id, given, interest, channel, found, _ASKED[found["status"]], number, since)


def _by_id(call: Call) -> None:
    """Raises Problem where it is named by a condition: what is a client's own has an id that it knows."""
    if "id" not in call.path:
        text, ja = "a Subscription is named by its id", "Subscription は id で指定してください"
        raise Problem.of("not-supported", text, ja)


async def _version(call: Call, one: Subscription) -> Version:
    """As its client reads it: what it sent, with the server's status and error."""
    state = await _kept(call).state(one)
    shown = {**one.resource, "status": state.status} | ({"error": state.error} if state.error else {})
    body = stamp.stamped(shown, one.id, one.number, one.since)
    return Version(TYPE, one.id, one.number, one.since, False, body, ())


def _kept(call: Call) -> Subscriptions:
    return Subscriptions(_vault(call))


def _vault(call: Call) -> Any:
    return call.on.gate.engine.store.vault
