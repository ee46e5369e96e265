"""$cross-programmes: a household crosses into or out of public assistance, and its plan and providers stay.

R45 of the domain; profiles/tsunagu/OperationDefinition-cross-programmes.json
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.writing.precondition import Precondition
from consent.writing.prepared import Change
from resources import programme
from resources.programme import Programme
from resources.record import parse
from resources.record.problem import Issue, Problem
from resources.search import request


async def cross_programmes(call: Call) -> Answer:
    """Each programme in the plan is replaced by its pair; who may write the plan is a matter of its standing."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = {each.get("name"): parameters.value(each) for each in found.get("parameter", ())}
    side = given.get("side")
    if set(given) != {"side"} or side not in (programme.IN_HARDSHIP, programme.ASSISTED):
        text = f"say the `side` that is crossed to: `{programme.IN_HARDSHIP}` or `{programme.ASSISTED}`"
        ja = f"どちらの事業に移るか（side）を `{programme.IN_HARDSHIP}` か `{programme.ASSISTED}` で記入してください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    read = await call.on.gate.read(call.actor, "CarePlan", call.id)
    plan = parse.editable(read.body)
    programmes = await _programmes(call, {name for _, _, name in programme.performers(plan)})
    programmes |= await _programmes(call, {each.pair for each in programmes.values() if each.pair} - set(programmes))
    crossed, left = programme.crossed(plan, programmes, str(side))
    warned = [_unpaired(place, at) for place, at in left]
    if not crossed:
        told = Issue(
            "nothing in the plan crosses", "移す事業はありません", severity="information", code="informational"
        )
        return respond.json(outcomes.outcome((*warned, told), "business-rule", call.language))
    asked = Change("update", "CarePlan", call.id, parse.write(plan), Precondition(frozenset({read.number})))
    (done,) = await call.on.gate.commit(call.actor, [asked])
    if warned or call.prefers == "OperationOutcome":
        told = _told("the plan goes on with its providers", "計画と事業者は変わりません")
        said = outcomes.outcome((*done.warnings, *warned, told), "business-rule", call.language)
        return respond.json(said, 200, respond.tags(done.version))
    return respond.written(call, done)


async def _programmes(call: Call, named: Iterable[str]) -> dict[str, Programme]:
    """Those of these services that are programmes, as the directory has them now."""
    services: dict[str, Programme | None] = {}
    ids = sorted(name.partition("/")[2] for name in named)
    for names in (ids[at : at + request.MOST_VALUES] for at in range(0, len(ids), request.MOST_VALUES)):
        asked = [("_id", ",".join(names)), ("_count", str(len(names)))]
        wanted = request.parse(call.on.index, "HealthcareService", asked)
        found = await call.on.gate.search(call.actor, wanted)
        services |= {version.reference: programme.read(orjson.loads(version.body)) for version in found.versions}
    return {name: each for name, each in services.items() if each}


def _told(text: str, ja: str) -> Issue:
    return Issue(text, ja, severity="information", code="informational")


def _unpaired(place: int, at: int) -> Issue:
    return Issue(
        "this programme has no pair on the other side: find another service for it",
        "この事業には対になる事業がありません。ほかのサービスを探してください",
        f"CarePlan.{programme.PLACES.format(place, at)}",
        severity="warning",
        rule="R45",
    )
