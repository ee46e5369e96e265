"""Subscription: made, read, changed and ended by the system client whose it is, and seen by nobody else.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/; docs/subscriptions.md
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from api.beside import standing_client
from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.subscription import form, kept
from api.subscription.kept import Subscription, Subscriptions
from consent.views import subscribing
from resources.record import period, problem, stamp
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import result_parameters

TYPE = "Subscription"
FOUND_BY = {"_id": "token", "status": "token"}
"""The search parameters that it is found by, and their kinds."""
_ASKED = {"requested": "requested", "active": "requested", "off": "off"}


async def create(call: Call) -> Answer:
    if call.header("if-none-exist"):
        text, ja = "If-None-Exist finds no Subscription", "Subscription に If-None-Exist は使えません"
        raise Problem.of("not-supported", text, ja, "If-None-Exist")
    found = await _sent(call)
    given = await standing_client.given(_vault(call), call.actor)
    made = await _made(call, kept.new_id(), 1, found, given)
    await _kept(call).make(made, call.actor, await subscribing.end(call.on.gate, call.actor))
    version = await _version(call, made)
    return respond.version(version, 201, {"location": respond.location(call, version)})


async def read(call: Call) -> Answer:
    _may(call, "r")
    return respond.version(await _version(call, await _kept(call).find(call.actor, call.id)))


async def update(call: Call) -> Answer:
    """It goes on where it stands, after a new handshake; with status `off` it rests."""
    _by_id(call)
    found = await _sent(call)
    before = await _kept(call).find(call.actor, call.id)
    given = await standing_client.given(_vault(call), call.actor)
    made = await _made(call, call.id, before.number + 1, found, given)
    await _kept(call).replace(made)
    return respond.version(await _version(call, made))


async def delete(call: Call) -> Answer:
    _by_id(call)
    _may(call, "d")
    if any(each.id == call.id for each in await _kept(call).of(call.actor)):
        await _kept(call).forget(call.id)
    return Answer(204)


async def search(call: Call, parameters: Sequence[tuple[str, str]]) -> Answer:
    _may(call, "s")
    wanted: dict[str, set[str]] = {}
    for name, value in parameters:
        if name in ("_count", "_total", *result_parameters.IGNORED):
            continue
        if name not in FOUND_BY:
            text, ja = f"`{name[:64]}` finds no Subscription", f"`{name[:64]}` では Subscription を探せません"
            raise Problem.of("not-supported", text, ja, name[:64])
        wanted[name] = set(value.split(","))
    found = [await _version(call, each) for each in await _kept(call).of(call.actor)]
    found = [each for each in found if "_id" not in wanted or each.id in wanted["_id"]]
    if "status" in wanted:
        found = [each for each in found if orjson.loads(each.body)["status"] in wanted["status"]]
    links = [("self", f"{call.on.settings.fhir}/{TYPE}")]
    return respond.json(respond.bundle("searchset", len(found), links, respond.entries(call, found, "match")))


async def _sent(call: Call) -> dict[str, Any]:
    _may(call, "c" if call.method == "POST" else "u")
    found, body = await sent.resource(call, TYPE)
    await sent.checked(call, found, body)
    if not call.on.settings.subscribers:
        text, ja = (
            "nobody is told here: TSUNAGU_SUBSCRIBERS is empty",
            "通知は行っていません（TSUNAGU_SUBSCRIBERS が空です）",
        )
        raise Problem.of("not-supported", text, ja, "Subscription.channel.endpoint")
    if found["status"] not in _ASKED:
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


def _may(call: Call, letter: str) -> None:
    """Raises Problem where it is no system, or its token does not reach so far."""
    call.sign_in()
    if call.actor.person and letter in "cud":
        text = "a subscription is a system client's (`system/` scopes): a person asks `$worklist`, with `since`"
        ja = (
            "サブスクリプションは、システムのクライアント（system/ のスコープ）のものです。"
            "人は「することの一覧」（$worklist、since）を使ってください"
        )
        raise Problem("forbidden", problem.of_rule("scope", text, ja))
    reach = (each for each in call.actor.scopes if each.type in ("*", TYPE) and not each.query)
    if not any(letter in each.actions for each in reach):
        text = "the token's scopes do not cover this interaction on `Subscription`: ask for a token that does"
        ja = "トークンのスコープに `Subscription` のこの操作が含まれません。含むトークンを求めてください"
        raise Problem("forbidden", problem.of_rule("scope", text, ja))


async def _version(call: Call, one: Subscription) -> Version:
    """As its client reads it: what it sent, with the server's status and error."""
    state = await _kept(call).state(one.id)
    shown = {**one.resource, "status": state.status} | ({"error": state.error} if state.error else {})
    body = stamp.stamped(shown, one.id, one.number, one.since)
    return Version(TYPE, one.id, one.number, one.since, False, body, ())


def _kept(call: Call) -> Subscriptions:
    return Subscriptions(_vault(call))


def _vault(call: Call) -> Any:
    return call.on.gate.engine.store.vault
