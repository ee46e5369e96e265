"""What the server tells, and to whom, when a consent begins to open and when it ends.

docs/policy.md, "what follows a revocation". A Communication to each agency that it bears on, once, however often it
read, and a Flag on each open referral that rests on it; in the transaction of the write, or where they are many right
after it. What is told is kept by who is told it: who ended a consent does not learn whom that reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from consent import evidence, trail, verdict, vocabulary
from consent.relations import hidden_place
from consent.relations.contributions import AGENCY, POST
from consent.rule import Text
from consent.writing import ended, letters, settling, superseding
from consent.writing.ended import Ended
from consent.writing.letters import Letter
from resources.record import envelope, naming, period, reference
from resources.record.envelope import PARTIES, PERSONS
from resources.record.version import Version
from resources.search.predicate import Among, Predicate, all_of, has, has_one_of, some
from resources.search.relation import values
from resources.store.port import Query

Resource = Mapping[str, Any]

RESTING: Predicate = has_one_of(".type", ("Task", "ServiceRequest"))
"""Under this the server looks for the referrals that rest on a consent; nobody is told of those of others."""

_CONSENTED = trail.policy("P3")
_BEGUN = Text(
    "a consent that names your agency begins to open records to you: read the consent for what, and until when",
    "貴機関を提供先とする同意書により、記録の提供が始まります。範囲と期間は同意書を確認してください",
)
_ENDED = Text(
    "what this consent opened to your agency is ended: from now on its records are not for you by it",
    "この同意書による貴機関への提供は終わりました。これ以後、この同意書を根拠に記録を見ることはできません",
)
_FLAGGED = Text("a consent that this referral rests on has ended", "この依頼の前提となっている同意が終わりました")


class Beside(settling.Beside, letters.Beside, Protocol):
    """The unit of work: it stores versions, and knows what stands beside them."""


async def settled(unit: Beside, before: Version | None, written: Version) -> list[Version]:
    """Let a Consent that has just been stored do to the papers of its person what it does, and tell what follows: the
    new versions of those that are over, and what was written to whom."""
    if written.type != "Consent" or written.deleted:
        return []
    body = evidence.body(written)
    done = await settling.settle(unit, body)
    made = [each.after for each in done if each.over]
    if _honoured(written) - (_honoured(before) if before else frozenset()):
        own = [each for each in done if each.before.reference == written.reference]
        made += await _begun(unit, written, body, ended.reached_already(own, body))
        done = [each for each in done if each not in own]
    refuses = ended.begins_to_refuse(before, written)
    papers = await superseding.papers(unit.tx, reference.one(body, "patient")) if refuses else ()
    return made + await _told(unit, ended.permits(before, written, done, papers))


async def settled_anew(unit: Beside, person: str) -> list[Version]:
    """Let all words of a person do what they do, as they have other names; and tell what follows."""
    done = await settling.settle_anew(unit, person)
    return [each.after for each in done if each.over] + await _told(unit, ended.by_others(done))


async def _told(unit: Beside, permits: Iterable[Ended]) -> list[Version]:
    made: list[Version] = []
    by_name: dict[str, list[Ended]] = {}
    for each in permits:
        by_name.setdefault(reference.one(evidence.body(each.consent), "patient"), []).append(each)
    for name, those in sorted(by_name.items()):  # who knows the person by one name is told of no other
        made += await over(unit, name, those)
    return made


async def over(unit: Beside, person: str, papers: Sequence[Ended]) -> list[Version]:
    """Tell that permits of a person ended: one Communication an agency, about all that ended for it; and the flags."""
    if not papers:
        return []
    about: dict[str, list[str]] = {}
    for each in papers:
        consent = evidence.body(each.consent)
        reached = await _agencies(unit, naming.recipients(consent)) | await _readers(unit, each.consent.reference)
        if each.to:
            reached &= await _agencies(unit, each.to)
        if each.over:
            reached |= {envelope.value(each.consent.terms, ".custodian")} - {""}
        for agency in reached - unit.facts.agencies:
            about.setdefault(agency, []).append(each.consent.reference)
    said = [
        _communication(unit, person, agency, consents, vocabulary.CONSENT_ENDED, _ENDED)
        for agency, consents in sorted(about.items())
    ]
    told = [
        each.consent for each in papers if not (each.to and await hidden_place.is_secret(unit.tx, each.consent.stored))
    ]
    known = {each.reference for each in told if await _knows(unit, each)}
    said += await _flags(unit, person, about, {each.reference for each in told}, known)
    return await letters.written(unit, said)


def _honoured(version: Version) -> frozenset[str]:
    """Whose records it opens, if it counts."""
    kept = verdict.read(version.terms)
    active = kept.counts and evidence.body(version).get("status") == "active"
    return kept.honoured if active else frozenset()


async def _begun(unit: Beside, written: Version, body: Resource, already: frozenset[str] | None) -> list[Version]:
    """`already` are those to whom earlier words leave nothing of it, None for all."""
    if already is None:
        return []
    agencies = await _agencies(unit, naming.recipients(body)) - await _agencies(unit, already)
    person, own = reference.one(body, "patient"), unit.facts.agencies
    said = [
        _communication(unit, person, agency, [written.reference], vocabulary.CONSENT_BEGUN, _BEGUN)
        for agency in sorted(agencies - own)
    ]
    return await letters.written(unit, said)


async def _knows(unit: Beside, consent: Version) -> bool:
    """Whether the writer's agency filed this consent, or is named in it: of any other it learns nothing."""
    recipients = await _agencies(unit, naming.recipients(evidence.body(consent)))
    filed = envelope.value(consent.terms, ".custodian") in unit.facts.keeps
    return filed or bool(recipients & unit.facts.agencies)


async def _readers(unit: Beside, consent: str) -> frozenset[str]:
    """The agencies that were shown something under this consent, as the trail has it."""
    frames = await unit.tx.frames(consent)
    shown = (each for each in frames if each.action in ("R", "E") and each.outcome == trail.ALLOWED)
    return frozenset(agency for each in shown if _CONSENTED in each.rules for agency in each.agencies)


async def _agencies(unit: Beside, named: Iterable[str]) -> frozenset[str]:
    """The agencies that recipients are or belong to, at this instant."""
    names = sorted(set(named))
    asked = [(POST if name.startswith("Practitioner/") else AGENCY, name) for name in names]
    asked = [each for each in asked if not each[1].startswith("Organization/")]
    now = period.instant(unit.facts.actor.now)
    rows = [row for row in await unit.tx.rows(asked) if row.ended > unit.tx.instant] if asked else []
    rows = [row for row in rows if row.relation.start <= now < row.relation.until]
    posts = (evidence.held(row).agency for row in rows if row.relation.name == POST)
    own = {name for name in names if name.startswith("Organization/")}
    return frozenset(own.union(posts, (row.relation.to for row in rows if row.relation.name == AGENCY)))


async def _flags(
    unit: Beside, person: str, about: Mapping[str, Sequence[str]], over: set[str], known: set[str]
) -> list[Letter]:
    """A Flag on each open referral about this person that names such a consent, or an agency that is told of one.

    An agency's own note of a referral has no party: who writes one learns nothing of whom a consent named. So does who
    ends what somebody permitted to another: on its own referrals there is a flag for consents that are `known` to it.
    About a protected person no flag tells to whom of its recipients a consent ended.
    """
    open_ones = all_of([RESTING, has(".open", "yes"), some(PERSONS, Among(frozenset({person})))])
    made = []
    for found in (await unit.tx.find(Query(open_ones), within=RESTING)).versions:
        counts = verdict.read(found.terms).counts
        keeper = envelope.value(found.terms, ".custodian")
        consents = known if keeper in unit.facts.keeps else over
        told = {agency for agency, named in about.items() if consents & set(named)}
        parties = await _agencies(unit, values(found.terms, PARTIES.name) if counts else ())
        if parties & told or reference.locals_of(evidence.body(found)) & consents:
            detail = {"url": _DETAIL, "valueReference": {"reference": found.reference}}
            flag: dict[str, Any] = {
                "resourceType": "Flag",
                "extension": [detail],
                "status": "active",
                "code": {"coding": [_coding(vocabulary.CONSENT_ENDED)], "text": _said(_FLAGGED)},
                "subject": {"reference": person},
                "period": {"start": unit.tx.instant},
            }
            made.append(Letter(flag, keeper))
    return made


def _communication(unit: Beside, person: str, agency: str, consents: Sequence[str], code: str, text: Text) -> Letter:
    word: dict[str, Any] = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [_coding(vocabulary.CONSENT_NOTICE)]}, {"coding": [_coding(code)]}],
        "subject": {"reference": person},
        "about": [{"reference": each} for each in sorted(consents)],
        "recipient": [{"reference": agency}],
        "sent": unit.tx.instant,
        "payload": [{"contentString": _said(text)}],
    }
    return Letter(word, agency)


def _coding(code: str) -> dict[str, str]:
    system, _, bare = code.rpartition("|")
    return {"system": system, "code": bare}


def _said(text: Text) -> str:
    return f"{text.ja} / {text.en}"


_DETAIL = "http://hl7.org/fhir/StructureDefinition/flag-detail"
