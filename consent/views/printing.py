"""What of a household's plan is printed for somebody: no more than both they and who prints it may see.

docs/policy.md, "on paper"; docs/timetable.md. To a person of the household goes what is for them, and what is for all
of them and names nobody; to the household what each of its members may have so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from consent import policy, vocabulary
from consent.actor import Actor, Scope
from consent.facts import Facts
from consent.reading import one_person, showing
from consent.reading.reading import SOUGHT, Reading
from consent.relations.contributions import MEMBER
from consent.rule import Decision
from consent.rules import oneself
from consent.secrecy import unreported
from consent.secrecy.harmless_value import Sight
from consent.secrecy.redaction import Redaction
from resources.record import coding, parse, problem, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.relation import FOREVER

AGENCIES = ("Organization", "PractitionerRole")
PERSONS = ("Patient", "RelatedPerson")
RECIPIENTS = (*AGENCIES, *PERSONS, "Group")

MOST_MEMBERS = 50
"""Of a larger household no page for all of them is worked out."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The plan as both may see it; `other` is an agency's own reading of it, `persons` those of the household who are
    called what they are there, None for all."""

    plan: Version
    other: Reading | None = None
    persons: frozenset[str] | None = None

    async def to_both(self, versions: Sequence[Version]) -> Sequence[Version]:
        """Of what who prints it was shown as much as that agency may see whole too."""
        if self.other is None:
            return versions
        theirs = zip(versions, await self.other.judged(versions), strict=True)
        return [each for each, decision in theirs if decision.allowed and not decision.masks]


async def printed(reading: Reading, id: str, recipient: str) -> Printed:
    """The plan for a `recipient`, a reference of one of RECIPIENTS. Raises Problem `not-found` where one of the two is
    not for who prints it, `forbidden` where the plan is not for the recipient."""
    await reading.read("CarePlan", id)
    type, _, named = recipient.partition("/")
    found = await reading.read(type, named)
    whole = await reading.view.get("CarePlan", id, within=SOUGHT)
    assert whole is not None
    (own,) = await reading.judged([whole])
    if type in AGENCIES:
        asking = recipient if type == "Organization" else reference.one(parse.editable(found.body), "practitioner")
        other = await Reading.begin(reading.engine, reading.view, _actor(reading, asking))
        (theirs,) = await other.judged([whole])
        _demand(theirs, "P3")
        return Printed(await _to_an_agency(reading, whole, [(own, reading.facts), (theirs, other.facts)]), other)
    seen, mine = [own], set[str]()
    for person in sorted(await _members(reading, whole, recipient)) if type == "Group" else [recipient]:
        await reading.view.give_way()  # others are answered between two persons
        decision, patient = await _as_oneself(reading, whole, person)
        seen.append(decision)
        mine.add(patient)
    services = _cut(parse.editable(whole.body), frozenset(mine if type != "Group" else ()))
    return Printed(_to_persons(reading, one_person.cut(whole, services), seen), persons=frozenset(mine))


def _actor(reading: Reading, recipient: str) -> Actor:
    """The recipient as it would ask by itself: an agency, an officer, a person of the household."""
    citizen, agency = recipient.startswith(PERSONS), recipient.startswith("Organization/")
    purpose = vocabulary.PATIENT_REQUEST if citizen else vocabulary.CARE_MANAGEMENT
    scope = Scope("system" if agency else "user", "*", frozenset("rs"))
    person, organization = ("", recipient) if agency else (recipient, "")
    return Actor("printed", person, organization, purpose, (scope,), reading.facts.actor.now, "")


async def _members(reading: Reading, plan: Version, household: str) -> frozenset[str]:
    if household != reference.one(parse.editable(plan.body), "subject"):
        raise _not_theirs()
    rows = await reading.view.rows([(MEMBER, household)])
    found = frozenset(row.relation.to for row in rows if row.ended == FOREVER)
    if len(found) > MOST_MEMBERS:
        text = f"a household of more than {MOST_MEMBERS}: make a page for each"
        raise Problem.of("too-costly", text, f"{MOST_MEMBERS}人を超える世帯です。一人ずつ出力してください", "recipient")
    return found


async def _as_oneself(reading: Reading, plan: Version, person: str) -> tuple[Decision, str]:
    """By what a person has a part of the plan, as they would ask for it themselves, and about whom that is."""
    other = await Reading.begin(reading.engine, reading.view, _actor(reading, person))
    await other.judged([plan])
    own, permit, facts = other.facts.oneself, oneself.extract(other.facts), other.facts.of_type(plan.type)
    if own is None or permit is None:
        raise _not_theirs()
    rules = (permit, *(rule for rule in policy.rules("search", facts) if rule.effect != "permit"))
    decision = policy.decide(rules, plan.stored, facts.world)
    _demand(decision, "P7")
    return decision, own.patient


def _demand(decision: Decision, rule: str) -> None:
    if not decision.allowed:
        raise _not_theirs(rule)


def _not_theirs(rule: str = "P7") -> Problem:
    text = "this plan is not for the recipient: they may not see it themselves"
    ja = "この計画は、渡す相手が自分で見られるものではないため、渡すものとしては出力できません"
    return Problem("forbidden", problem.of_rule(rule, text, ja, "recipient"))


def _cut(plan: dict[str, Any], persons: frozenset[str]) -> dict[str, Any]:
    """The plan with what is for these persons and names nobody else, and what is for the whole household; without the
    words about it as a whole."""
    kept = {name: plan[name] for name in _HEAD if name in plan}
    kept["meta"] = one_person.stamp(plan["meta"])
    kept["subject"] = {"reference": reference.one(plan, "subject")}
    details = [each["detail"] for each in plan.get("activity") or () if "detail" in each]
    activities = [{"detail": each} for each in details if _is_for(each, persons)]
    return kept | ({"activity": activities} if activities else {})


_HEAD = ("resourceType", "id", "status", "intent", "category", "period", "created")
_TELLING = (*vocabulary.CASEWORK, *PERSONS)
"""Of these types a reference from a service tells of somebody."""


def _is_for(detail: Mapping[str, Any], persons: frozenset[str]) -> bool:
    """Whether a service is for none but these persons, or for nobody in particular, and names nobody else."""
    subjects = coding.extension(detail, "activity-subject")
    named = {reference.one(each, "valueReference") for each in subjects}
    return named <= persons and set(_told_of(detail)) <= persons


def _told_of(detail: Mapping[str, Any]) -> Iterator[str]:
    """Whom, or which records of casework, it names; by what cannot be told too."""
    for each in reference.objects(detail):
        if "reference" in each:
            name = reference.local(str(each["reference"]))
            if not name or name.partition("/")[0] in _TELLING:
                yield name


async def _to_an_agency(reading: Reading, plan: Version, seen: Sequence[tuple[Decision, Facts]]) -> Version:
    """As both may see it."""
    body, engine = parse.editable(plan.body), reading.engine
    masked = [facts for decision, facts in seen if decision.masks]
    sights = [await showing.sight_of(engine, reading.view, plan, facts) for facts in masked]
    if sights:
        body = Redaction(engine.harmless, plan.type, reduce(Sight.also, sights)).show(body)
    return one_person.cut(plan, body)


def _to_persons(reading: Reading, part: Version, seen: Sequence[Decision]) -> Version:
    """As anybody may see it, where it is masked for one of them: of a part nobody's own values are known."""
    body = parse.editable(part.body)
    if any(decision.masks for decision in seen):
        body = Redaction(reading.engine.harmless, part.type).show(body)
    return one_person.cut(part, unreported.shown(body))
