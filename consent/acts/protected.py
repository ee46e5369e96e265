"""What the operations on a person's protection share: whose it is, who may be on a list, and how it is written.

docs/policy.md, D1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from consent import evidence, policy, refusal
from consent.relations import names
from consent.rule import Decision, Rule, Text
from consent.secrecy import protection
from consent.writing import server_version
from consent.writing.change import UnitOfWork
from consent.writing.written import Written
from resources.record import problem
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING

_NAMEABLE = ("HealthcareService/", "Organization/", "Practitioner/", "PractitionerRole/")
_PERSONS = ("Patient/", "Practitioner/", "RelatedPerson/")


async def person(unit: UnitOfWork, name: str) -> Version:
    """The Patient asked about, whoever may see it. Raises Problem `not-found`, `forbidden`."""
    policy.covered(policy.ruling("update", unit.facts).rules, "Patient")
    found = await unit.look_up(name)
    if found is None or found.deleted or not (unit.facts.identities or unit.facts.oneself):
        raise refusal.not_found(*name.split("/"))
    return found


async def is_against(unit: UnitOfWork, person: Version, new: Iterable[str] = ()) -> bool:
    """Whether a protection of the person, by whichever name, or the one asked for, is against the actor, or a conflict
    binds them (D2)."""
    every = [await unit.look_up(one) for one in sorted(await names.known(unit.tx, [person.reference]))]
    labels = [label for each in every if each for label in protection.labels(evidence.body(each))]
    meant = frozenset(new).union(*(protection.against(label) for label in labels))
    return bool(meant & unit.facts.seats) or person.reference in unit.facts.conflicting


async def listed(unit: UnitOfWork, named: Iterable[str], against: Iterable[str] = ()) -> None:
    """At least one desk, agency, post or person, each in the directory; against persons that the actor can see."""
    names = tuple(named)
    if not names:
        text = "name at least one desk, agency, post or person that may see the place: `to`"
        raise lacking(text, "見てよい機関・窓口・職・職員を `to` に一つ以上示してください")
    for each, kinds in ((names, _NAMEABLE), (tuple(against), _PERSONS)):
        for name in each:
            found = await unit.look_up(name) if name.startswith(kinds) else None
            if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
                unit.unseen = name if name.count("/") == 1 else ""
                text, ja = f"there is no `{name}` that you can see", f"`{name}` は見つかりません"
                raise Problem("invalid", problem.Issue(text, ja, "Parameters.parameter", code="not-found"))


def lacking(text: str, ja: str) -> Problem:
    """What an operation needs to be told."""
    return Problem("business-rule", problem.of_rule("D1", text, ja, "Parameters.parameter", "required"))


async def write(unit: UnitOfWork, before: Version, sent: dict[str, Any]) -> Written:
    """The next version of a Patient, as the server writes it."""
    version, resource = await server_version.of(unit, before, sent)
    await unit.put(version, resource, before)
    return Written(version, "update", Decision(True, (_STANDING,)))


async def refused(unit: UnitOfWork, person: Version) -> Problem:
    """The same to everybody whose it is not: what is not visible is not there."""
    if not (await unit.judge("read", person)).allowed:
        return refusal.not_found("Patient", person.id)
    return Problem("forbidden", problem.of_rule("D1", _WHO.en, _WHO.ja, "Patient.meta.security", "forbidden"))


_WHO = Text(
    "a protection is set by the person, who keeps their record, has them in care, or the lead section (who signs for "
    "another asks one of these), and extended and lifted by who it names; the lead section does so where nobody it "
    "names holds a post now, and confirms a later one",
    "秘匿を設定できるのは本人・記録を預かる機関・支援を引き受けた機関・主管課（代理人はそのどれかに頼む）、"
    "名簿の追加と解除ができるのは名簿にある人です。"
    "名簿にある人がだれも在職していないときは主管課が行い、後からの秘匿は主管課が確認します",
)
_STANDING = Rule("D1", "permit", EVERYTHING, Text("the person is protected", "居所の秘匿を定める"))
