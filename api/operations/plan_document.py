"""$document and $receive: a total care plan is handed to another installation as a document, and taken in from one.

docs/plan-document.md; profiles/tsunagu/OperationDefinition-document.json and OperationDefinition-receive.json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.http import outcomes, respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.reading.reading import Reading
from consent.views import sharing
from consent.writing import change
from consent.writing.precondition import Precondition
from consent.writing.prepared import Change
from resources import care_plan, plan_document, plan_received
from resources.plan_document import Source
from resources.plan_received import Received
from resources.record import parse, period, problem, reference
from resources.record.envelope import SECLUDED
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search import relation, request

Json = dict[str, Any]

_ADDRESS = "urn:ietf:rfc:3986"
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
    """New records of the caller's agency, under all rules of writing; the same document, and the same plan, is taken in
    once, and a later document of a plan goes into what was made of the former."""
    found, body = await sent.resource(call, "Bundle")
    await sent.checked(call, found, body)
    bundle, when = parse.editable(body), period.instant(call.now)
    if await _paper(call, "identifier", *plan_received.identifier(bundle)):
        return respond.json(outcomes.outcome((_AGAIN,), "business-rule", call.language))
    former = await _former(call, plan_received.origin(bundle))
    if former is None:
        received = plan_received.read(bundle, body, when, change.new_id)
        asked = [_created(each) for each in received.records]
    else:
        received = plan_received.read(bundle, body, when, change.new_id, former.known)
        again = former.again(received, when)
        if not again:
            return respond.json(outcomes.outcome((_AGAIN,), "business-rule", call.language))
        asked = again
    written = await call.on.gate.commit(call.actor, asked)
    names = {"plan": received.plan, "household": received.household, "document": received.paper}
    parts: list[Json] = [
        {"name": name, "valueReference": {"reference": f"{each['resourceType']}/{each['id']}"}}
        for name, each in names.items()
    ]
    issues = (*(issue for done in written for issue in done.warnings), *received.left)
    if issues:
        parts.append({"name": "outcome", "resource": outcomes.outcome(issues, "business-rule", call.language)})
    return respond.json({"resourceType": "Parameters", "parameter": parts}, 201)


@dataclass(frozen=True, slots=True)
class _Former:
    """What was made of an earlier document of the same plan: its paper, and plan and household as they stand here."""

    paper: Json
    plan: Version
    household: Version

    @property
    def known(self) -> Mapping[str, str]:
        return plan_received.taken_in(self.paper)

    def again(self, received: Received, when: str) -> list[Change]:
        """The plan as the later document has it, with who is new in the household, and the document itself; nothing
        where it says nothing new. Raises Problem `conflict` where the plan has been changed here meanwhile."""
        stands, body = _said(parse.editable(self.plan.body)), plan_received.document(self.paper)
        if _said(received.plan) == stands and not received.new:
            return []
        first = plan_received.read(parse.editable(body), body, when, change.new_id, self.known) if body else None
        if first is None or _said(first.plan) != stands:
            raise _changed_here(self.plan)
        group = parse.editable(self.household.body)
        joining = [each for each in received.household["member"] if reference.one(each, "entity") in received.new]
        persons = [_created(each) for each in received.persons if f"Patient/{each['id']}" in received.new]
        group["member"] = [*(group.get("member") or ()), *joining]
        paper = received.paper | {
            "relatesTo": [{"code": "replaces", "target": {"reference": f"DocumentReference/{self.paper['id']}"}}]
        }
        grown = [_updated(self.household, group)] if joining else []
        return [*persons, *grown, _updated(self.plan, received.plan), _created(paper)]


def _created(record: Json) -> Change:
    return Change("create", record["resourceType"], record["id"], parse.write(record))


def _updated(stands: Version, record: Json) -> Change:
    return Change("update", stands.type, stands.id, parse.write(record), Precondition(frozenset({stands.number})))


def _said(plan: Json) -> Any:
    return orjson.loads(parse.write({name: part for name, part in plan.items() if name not in ("id", "meta")}))


def _changed_here(plan: Version) -> Problem:
    text = (
        f"this plan was taken in before, as `{plan.reference}`, and has been changed here since: write there what is "
    )
    ja = f"この計画は `{plan.reference}` として取り込み済みで、その後ここで書き直されています。"
    return Problem.of(
        "conflict",
        f"{text}new in the document; nothing was taken in",
        f"{ja}新しいことはその計画に書いてください",
        "Bundle",
    )


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


async def _former(call: Call, origin: str) -> _Former | None:
    """What was made of an earlier document of this plan, as far as the caller sees it; of several the latest."""
    paper = await _paper(call, "related:identifier", _ADDRESS, origin) if origin else None
    if paper is None:
        return None
    made = plan_received.taken_in(orjson.loads(paper.body))
    plan = await _one(call, "CarePlan", made.get(origin, ""))
    household = await _one(call, "Group", reference.one(orjson.loads(plan.body), "subject")) if plan else None
    return _Former(orjson.loads(paper.body), plan, household) if plan and household else None


async def _one(call: Call, type: str, name: str) -> Version | None:
    if not name.startswith(f"{type}/"):
        return None
    asked = [("_id", name.partition("/")[2]), ("_count", "1")]
    found = await call.on.gate.search(call.actor, request.parse(call.on.index, type, asked))
    return next(iter(found.versions), None)


async def _paper(call: Call, parameter: str, *identifier: str) -> Version | None:
    """The latest document that the caller sees in the store under an identifier."""
    system, value = (part.replace("\\", r"\\").replace("|", r"\|").replace(",", r"\,") for part in identifier)
    asked = [(parameter, f"{system}|{value}"), ("_sort", "-_lastUpdated"), ("_count", "1")]
    found = await call.on.gate.search(call.actor, request.parse(call.on.index, "DocumentReference", asked))
    return next(iter(found.versions), None)
