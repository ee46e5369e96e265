"""$document and $receive: a total care plan is handed to another installation as a document, and taken in from one.

docs/plan-document.md; profiles/tsunagu/OperationDefinition-document.json and OperationDefinition-receive.json
"""

from __future__ import annotations

from typing import Any

import orjson

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.reading.reading import Reading
from consent.views import sharing
from consent.writing import change
from consent.writing.prepared import Change
from resources import care_plan, plan_document, plan_received
from resources.plan_document import Source
from resources.record import parse, period, problem, reference
from resources.record.envelope import SECLUDED
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search import relation, request

Json = dict[str, Any]

_AGAIN = Issue(
    "this document was taken in already: nothing is made twice",
    "この文書は取り込み済みです。二重には作りません",
    severity="information",
    code="duplicate",
)


async def document(call: Call) -> Answer:
    """As the caller may see it; none of a household in which somebody's place is secret (D1)."""
    parameters.of_address(call, ())
    call.sign_in()
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$document") as reading:
        source = await _source(call, reading)
        agency = min(reading.facts.agencies, default="")
    if not agency:
        text = "an agency hands a plan on: ask somebody who holds a post there now"
        ja = "計画を渡すのは、いま職のある機関の人です。その機関の職員に頼んでください"
        raise Problem("forbidden", problem.of_rule("P1", text, ja))
    when = period.instant(call.now)
    made = plan_document.document(source, call.on.settings.fhir, change.new_id(), when, agency)
    return respond.json(made)


async def receive(call: Call) -> Answer:
    """New records of the caller's agency, under all rules of writing; the same document twice is taken in once."""
    found, body = await sent.resource(call, "Bundle")
    await sent.checked(call, found, body)
    received = plan_received.read(parse.editable(body), body, period.instant(call.now), change.new_id)
    if await _known(call, received.identifier):
        return respond.json(outcomes.outcome((_AGAIN,), "business-rule", call.language))
    asked = [Change("create", each["resourceType"], each["id"], parse.write(each)) for each in received.records]
    written = await call.on.gate.commit(call.actor, asked)
    names = {"plan": received.plan, "household": received.household, "document": received.others[-1]}
    parts: list[Json] = [
        {"name": name, "valueReference": {"reference": f"{each['resourceType']}/{each['id']}"}}
        for name, each in names.items()
    ]
    issues = (*(issue for done in written for issue in done.warnings), *received.left)
    if issues:
        parts.append({"name": "outcome", "resource": outcomes.outcome(issues, "business-rule", call.language)})
    return respond.json({"resourceType": "Parameters", "parameter": parts}, 201)


async def _source(call: Call, reading: Reading) -> Source:
    plan = await reading.read("CarePlan", call.id)
    said = orjson.loads(plan.body)
    type, _, id = reference.one(said, "subject").partition("/")
    if not plan_document.is_total(said) or type != "Group":
        text, ja = (
            "only a household's total care plan is a document",
            "文書にできるのは世帯のトータルケアプランだけです",
        )
        raise Problem.of("not-supported", text, ja, "CarePlan.category")
    household = await reading.read(type, id)
    sharing.one_s_own(reading)
    members = [reference.one(each, "entity") for each in orjson.loads(household.body).get("member") or ()]
    persons = await _found(call, reading, "Patient", [name for name in members if name.startswith("Patient/")])
    if any(relation.values(each.terms, SECLUDED) for each in (plan, household, *persons)):
        text = "a plan of a household in which somebody's place is secret is not handed on as a document"
        ja = "居所を秘匿する人のいる世帯の計画は、文書にできません。渡す相手に見せてよいものだけを、別に伝えてください"
        raise Problem("business-rule", problem.of_rule("D1", text, ja, "CarePlan.subject"))
    asked = [("subject", f"Group/{id}"), ("status", "active"), ("category", plan_document.TEAM), ("_count", "20")]
    roles = (await reading.search(request.parse(call.on.index, "CareTeam", asked))).versions
    named = {*care_plan.performers(said)}
    for team in roles:
        named |= {reference.one(each, "member") for each in orjson.loads(team.body).get("participant") or ()}
    directory: list[Version] = []
    for kind in ("Organization", "HealthcareService"):
        directory += await _found(call, reading, kind, sorted(name for name in named if name.startswith(f"{kind}/")))
    return Source(plan, household, persons, roles, directory)


async def _found(call: Call, reading: Reading, type: str, names: list[str]) -> list[Version]:
    found: list[Version] = []
    for first in range(0, len(names), request.MOST_VALUES):
        some = ",".join(name.partition("/")[2] for name in names[first : first + request.MOST_VALUES])
        asked = [("_id", some), ("_count", str(request.MOST_VALUES))]
        found += (await reading.search(request.parse(call.on.index, type, asked))).versions
    return found


async def _known(call: Call, identifier: tuple[str, str]) -> bool:
    """Whether the caller sees the document in the store already."""
    system, value = (part.replace("\\", r"\\").replace("|", r"\|").replace(",", r"\,") for part in identifier)
    asked = [("identifier", f"{system}|{value}"), ("_count", "1")]
    return bool(
        (await call.on.gate.search(call.actor, request.parse(call.on.index, "DocumentReference", asked))).versions
    )
