"""$household-summary: what troubles whom in a household, by field and without a text.

The coordinator is told of all its concerns, everybody else of those that they may read: R18 of the domain and its
decision 18 (slides 9 and 15); docs/policy.md, P5. What a restriction closes to the coordinator counts for nothing, nor
what is very restricted or withheld from the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent import evidence, policy, vocabulary
from consent.reading.reading import Reading
from consent.relations.contributions import COORDINATED
from consent.rule import Decision, Evidence, Rule, Text
from resources.record import coding, concern, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request
from resources.search.predicate import Predicate, all_of, any_of, has, has_one_of, none_of
from resources.search.relation import Gathered
from resources.store.port import Query

ID = "R18"
FIELDS = f"{coding.BASE}/CodeSystem/concern-field"

_CLOSED = (*vocabulary.PERHAPS_VERY_RESTRICTED, vocabulary.WITHHELD, vocabulary.UNCLASSIFIED)

SUMMED: Predicate = all_of([has(".type", "Condition"), none_of(has_one_of(".label", _CLOSED))])
"""Under this the server looks for the concerns of a household that the coordinator took on; only fields are told."""

MOST = 500
"""So many concerns of one household are summed, and as many persons."""

_BECAUSE = Text(
    "the coordinator makes the problems of the whole household visible, by field",
    "推進員は世帯全体の課題を分野ごとに見える化する",
)
_TASK = Text("the coordination task", "調整の依頼")


@dataclass(frozen=True, slots=True)
class Summary:
    """`concerns` are the codings of fields by whom they trouble: each person that the asker sees, and the household.
    `records` are the household's case, plan and roles that the asker may find."""

    household: str
    coordinated: bool
    concerns: Mapping[str, Sequence[Mapping[str, Any]]]
    records: Sequence[str]


async def summed(reading: Reading, id: str) -> Summary:
    """Raises Problem `not-found` where the household is not for the asker, `too-costly`."""
    group = await reading.read("Group", id)
    rule = _coordination(reading, group.reference)
    members = reference.locals_of(evidence.body(group).get("member"))
    persons = await _found(reading, "Patient", ("_id", _ids(each for each in members if each.startswith("Patient/"))))
    named = sorted(each.reference for each in persons)
    troubles = [*named, group.reference]
    if rule:
        found: Sequence[Version] = await _every(reading, troubles, rule)
    else:
        found = await _found(reading, "Condition", ("subject", ",".join(troubles)), ("code", f"{FIELDS}|"))
    concerns: dict[str, dict[str, Mapping[str, Any]]] = {each: {} for each in troubles}
    for body in (evidence.body(each) for each in found):
        if concern.troubles(body) and (subject := reference.one(body, "subject")) in concerns:
            concerns[subject] |= {code: {"system": FIELDS, "code": code} for code in sorted(concern.fields(body))}
    records = [
        each.reference
        for type, codes in (("CarePlan", "case,total-care-plan"), ("CareTeam", "case-team"))
        for each in await _found(reading, type, ("subject", group.reference), ("status", "active"), ("category", codes))
    ]
    told = {whom: list(fields.values()) for whom, fields in concerns.items()}
    return Summary(group.reference, rule is not None, told, records)


def _coordination(reading: Reading, household: str) -> Rule | None:
    """The ground on which the asker coordinates this household, None where they do not."""
    facts, world = reading.facts, reading.facts.world
    mine = {post.reference for post in facts.holds(vocabulary.COORDINATOR)}
    if not mine or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES or not isinstance(world, Gathered):
        return None
    rows = [row for row in world.rows(COORDINATED, household) if row.relation.to in mine and row.holds(world)]
    if not rows:
        return None
    policy.covered(policy.ruling("read", facts).rules, "Condition")
    return Rule(ID, "permit", SUMMED, _BECAUSE, tuple(Evidence(row.cited, _TASK) for row in rows))


async def _every(reading: Reading, troubles: Sequence[str], rule: Rule) -> list[Version]:
    """Every concern of these, but for what a restriction closes to the asker: what has a code of `concern-field`, as
    for the roster check (R38), whatever category it was filed under."""
    of_whom = any_of([has_one_of(".subject", troubles), has_one_of(".household", troubles)])
    fields = [f"{FIELDS}|{each.code}" for each in reading.engine.spec.concepts(FIELDS)]
    what = all_of([has_one_of(".code", fields), of_whom])
    found = (await reading.view.find(Query(what, limit=MOST + 1), within=SUMMED)).versions
    if len(found) > MOST:
        raise _too_many()
    judged = zip(found, await reading.judged(found), strict=True)
    kept = [each for each, decision in judged if decision.allowed or not decision.rules]
    reading.shown += kept
    reading.decisions.append(Decision(True, (rule,)))
    return kept


async def _found(reading: Reading, type: str, *said: tuple[str, str]) -> Sequence[Version]:
    """What of a type the asker finds, where their token reaches it."""
    if not all(value for _, value in said) or not policy.reaches(policy.ruling("search", reading.facts).rules, type):
        return ()
    wanted = request.parse(reading.engine.index, type, [*said, ("_count", str(MOST)), ("_total", "none")])
    page = await reading.search(wanted)
    if page.next:
        raise _too_many()
    return page.versions


def _ids(names: Any) -> str:
    return ",".join(sorted(name.partition("/")[2] for name in names))


def _too_many() -> Problem:
    text, ja = f"more than {MOST} records of this household", f"この世帯の記録が{MOST}件を超えています"
    return Problem.of("too-costly", text, ja)
