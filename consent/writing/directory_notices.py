"""What the server tells an agency when what the directory says of it has changed.

docs/policy.md, P12: one Communication an agency and transaction, kept by who is told; it names the records, and nobody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from consent import evidence, vocabulary
from consent.relations.contributions import POST
from consent.writing import letters
from consent.writing.letters import Letter
from consent.writing.written import Written
from resources.record import reference
from resources.record.version import Version

MOST_NAMED = 200

_CONCERNS = {
    "HealthcareService": ("providedBy",),
    "Location": ("managingOrganization",),
    "OrganizationAffiliation": ("organization", "participatingOrganization"),
    "PractitionerRole": ("organization",),
}
_SAID = (
    "相談機関一覧のうち、貴機関に関わる内容が変わりました。内容を確認してください / "
    "what the directory says of your agency has changed: see whether it is right"
)


class Beside(letters.Beside, Protocol):
    """The unit of work, which stores what is told."""


async def told(unit: Beside, done: list[Written]) -> list[Written]:
    """What was done, with what was written to each agency that it concerns, but for the writer's own.

    Who lays down a directory tells nobody of what is new in it.
    """
    about: dict[str, list[str]] = {}
    installing = unit.facts.actor.purpose == vocabulary.INSTALLATION
    for each in done:
        new = each.was_nothing or (installing and each.version.number == 1)
        if each.version.type in vocabulary.INSTALLED and not new:
            for agency in [one async for one in _concerned(unit, each.version)]:
                if agency not in unit.facts.agencies:
                    about.setdefault(agency, []).append(each.version.reference)
    if made := await letters.written(unit, [letter(unit, agency, names) for agency, names in sorted(about.items())]):
        return [replace(done[0], ended=(*done[0].ended, *made)), *done[1:]]
    return done


async def _concerned(unit: Beside, version: Version) -> AsyncIterator[str]:
    """The agencies of which a record of the directory speaks, each once."""
    body = evidence.body(version)
    named = [reference.one(body, element) for element in _CONCERNS.get(version.type, ())]
    if version.type == "Organization":
        named.append(version.reference)
    if version.type == "Practitioner":
        rows = await unit.tx.rows([(POST, version.reference)])
        named += [evidence.held(row).agency for row in rows if row.ended > unit.tx.instant and row.relation.until]
    for one in dict.fromkeys(named):
        if one.startswith("Organization/"):
            yield one


def letter(unit: Beside, to: str, names: Sequence[str], said: str = _SAID) -> Letter:
    """The letter to an agency, which keeps it; or to a post, to which alone it is."""
    keeper = to if to.startswith("Organization/") else ""
    system, _, code = vocabulary.DIRECTORY_NOTICE.rpartition("|")
    word: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [{"system": system, "code": code}]}],
        "about": [{"reference": name} for name in dict.fromkeys(names)][:MOST_NAMED],
        "recipient": [{"reference": to}],
        "sent": unit.tx.instant,
        "payload": [{"contentString": said}],
    }
    return Letter(word, keeper)
