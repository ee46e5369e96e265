"""What is asked of the store about a signature: the paper's version, the person, and who signs for them.

docs/policy.md, "standing", signature: recorded before the day of signing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from consent import verdict, vocabulary
from consent.relations import names, one_human
from consent.secrecy import protection
from consent.standing import care
from consent.standing.signed import Paper, Representative, Signing, day
from resources.record import coding, envelope, mistake, period, reference
from resources.record.reference import Look
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.search.relation import values
from resources.store.port import Query, Snapshot

Resource = Mapping[str, Any]

SIGNED: Predicate = has_one_of(
    ".type", ("DocumentReference", "Patient", "QuestionnaireResponse", "RelatedPerson", "Task")
)
"""Under this the server looks at what a Consent rests on; who files it is told what is wrong with their own paper."""

_PAPERS = ("QuestionnaireResponse/", "DocumentReference/")


async def of(view: Snapshot, consent: Resource, custodian: str, look: Look, now: datetime) -> Signing:
    """Everything that bears on who signed a Consent, and on what."""
    person, signed = reference.one(consent, "patient"), day(consent)
    patient = await _current(view, person)
    signers = {name for name in reference.many(consent, "performer") if name.startswith("RelatedPerson/")}
    every = await names.known(view, [person])
    confirmed = {name: at for one in sorted(every) for name, at in (await _confirmed(view, one)).items()}
    representatives = {
        name: await _representative(view, name, signed, confirmed.get(name, ""))
        for name in sorted(signers | {*confirmed})
    }
    return Signing(
        await _as_it_stands(view, person, orjson.loads(patient.body) if patient else look(person) or {}),
        await _against(view, consent, person),
        await _paper(view, consent, custodian, look, now),
        representatives,
        every,
        await _births(view, every - {person}),
    )


async def _against(view: Snapshot, consent: Resource, person: str) -> frozenset[str]:
    """Those who signed against whom any protection of the person is, by whichever reference means them; never the
    person, whose own word nobody takes by it."""
    every = [await _current(view, one) for one in sorted(await names.known(view, [person]))]
    labels = [label for each in every if each for label in protection.labels(orjson.loads(each.body))]
    against = frozenset[str]().union(*map(protection.against, labels))
    signers = [name for name in reference.many(consent, "performer") if name != person]
    return frozenset([name for name in signers if await one_human.may_be(view, [name], against)])


async def standing_in(view: Snapshot, name: str, person: str, now: datetime) -> Signing:
    """What bears on whether this RelatedPerson may sign for a person today."""
    patient, confirmed = await _current(view, person), await _confirmed(view, person)
    representatives = {name: await _representative(view, name, day_of(now), confirmed.get(name, ""))}
    return await _by_age(view, person, patient, representatives)


async def of_oneself(view: Snapshot, person: str, now: datetime) -> Signing:
    """What bears on whether a person acts for themself today."""
    every = await names.known(view, [person])
    confirmed = {name: at for one in sorted(every) for name, at in (await _confirmed(view, one)).items()}
    representatives = {name: await _representative(view, name, day_of(now), at) for name, at in confirmed.items()}
    return await _by_age(view, person, await _current(view, person), representatives)


async def _by_age(
    view: Snapshot, person: str, patient: Version | None, representatives: Mapping[str, Representative]
) -> Signing:
    every = await names.known(view, [person])
    return Signing(
        await _as_it_stands(view, person, orjson.loads(patient.body) if patient else {}),
        representatives=representatives,
        names=every,
        births=await _births(view, every - {person}),
    )


async def _births(view: Snapshot, persons: Iterable[str]) -> frozenset[str]:
    """The birth dates that stand of these Patients, where one is known."""
    found = [(one, await _current(view, one)) for one in sorted(persons)]
    stand = [await _as_it_stands(view, one, orjson.loads(each.body)) for one, each in found if each]
    return frozenset(str(each["birthDate"]) for each in stand if "birthDate" in each)


async def aged(view: Snapshot, consent: Resource) -> Signing:
    """What bears on a signature that was judged, when another birth date stands: of who signed as they then were."""
    person, signed = reference.one(consent, "patient"), day(consent)
    confirmed = await _confirmed(view, person)
    signers = [name for name in reference.many(consent, "performer") if name.startswith("RelatedPerson/")]
    patient = await _current(view, person)
    representatives = {name: await _representative(view, name, signed, confirmed.get(name, "")) for name in signers}
    return await _by_age(view, person, patient, representatives)


async def telling(view: Snapshot, person: str, kind: str) -> frozenset[str]:
    """The agencies that keep a paper of this kind about a person."""
    papers = all_of([has(".type", "DocumentReference"), has(".subject", person)])
    found = (await view.find(Query(papers), within=SIGNED)).versions if person else ()
    return frozenset(
        envelope.value(each.terms, ".custodian") for each in found if _tells(orjson.loads(each.body), kind)
    )


def _tells(paper: Resource, kind: str) -> bool:
    said = (code.startswith(f"{coding.BASE}/CodeSystem/{kind}|") for code in coding.of(paper.get("type")))
    return paper.get("status") == "current" and not mistake.is_marked(paper) and any(said)


async def _as_it_stands(view: Snapshot, person: str, patient: Resource) -> Resource:
    """The person with the birth date that stands: the one last confirmed, else the one they were registered with."""
    asked = all_of([has(".type", "Task"), has(".subject", person), has(".code", vocabulary.CONFIRM_BIRTH_DATE)])
    tasks = (await view.find(Query(all_of([asked, has(verdict.COUNTS, "yes")])), within=SIGNED)).versions
    own = [each for each in tasks if reference.one(orjson.loads(each.body), "focus") == person]
    said = [note for each in own for note in verdict.read(each.terms).note(verdict.BORN)]
    if said:
        born = max(said).partition(" ")[2]
    else:
        first = await _current(view, person, 1)
        body = orjson.loads(first.body) if first else patient
        born = body.get("birthDate", "")
    return {**patient, "birthDate": born} if born else {name: patient[name] for name in patient if name != "birthDate"}


async def _paper(view: Snapshot, consent: Resource, custodian: str, look: Look, now: datetime) -> Paper | None:
    """The version named, else the one that stands; of a paper written later in this transaction its first. None of a
    paper that was entered in error."""
    source = consent.get("sourceReference")
    said = source.get("reference") if isinstance(source, Mapping) else None
    name = reference.local(said) if isinstance(said, str) else ""
    if not name.startswith(_PAPERS):
        return None
    number = str(said).partition("/_history/")[2]
    if number and not number.isdecimal():
        return None
    standing = await _current(view, name)
    if mistake.is_marked(orjson.loads(standing.body) if standing else look(name) or {}):
        return None
    found = await _current(view, name, int(number)) if number else standing
    if found:
        groups = await care.members(view, values(found.terms, ".household"))
        keeper = envelope.value(found.terms, ".custodian")
        about = groups.union(values(found.terms, ".subject"))
        return Paper(found.cited, orjson.loads(found.body), keeper, about, _recorded(found.since))
    pending = look(name)
    if pending is None or number not in ("", "1"):
        return None
    named = reference.locals_of(pending)
    members = [reference.locals_of((look(group) or {}).get("member")) for group in named if group.startswith("Group/")]
    return Paper(f"{name}/_history/1", pending, custodian, named.union(*members), day_of(now))


async def _representative(view: Snapshot, name: str, signed: date | None, confirmed: str) -> Representative:
    """`confirmed` is the instant at which they were confirmed as they stood; who was changed since is not."""
    current = await _current(view, name)
    if current is None or signed is None:
        return Representative()
    before, _ = period.span({"start": signed.isoformat()}) or ("", "")
    then: Version | None = current
    while then and then.since >= before:
        then = await _current(view, name, then.number - 1) if then.number > 1 else None
    documents = await view.find(Query(all_of([has(".type", "DocumentReference"), has("related", name)])), within=SIGNED)
    now: Resource = orjson.loads(current.body)
    papers = (orjson.loads(each.body) for each in documents.versions if each.since < before)
    return Representative(
        orjson.loads(then.body) if then else {},
        {} if mistake.is_marked(now) else now,
        envelope.value(current.terms, ".custodian"),
        tuple(each for each in papers if not mistake.is_marked(each)),
        current.since < confirmed,
    )


async def _confirmed(view: Snapshot, person: str) -> Mapping[str, str]:
    """The guardians of a person whom the lead section confirmed, with the instant of it."""
    of_guardians = [has(".code", vocabulary.CONFIRM_GUARDIAN), has(verdict.COUNTS, "yes")]
    asked = all_of([has(".type", "Task"), has(".subject", person), *of_guardians])
    found: dict[str, str] = {}
    for version in (await view.find(Query(asked), within=SIGNED)).versions:
        task = orjson.loads(version.body)
        name = reference.one(task, "focus")
        if task.get("status") == "completed" and name.startswith("RelatedPerson/"):
            found[name] = max(await _since_completed(view, version), found.get(name, ""))
    return found


async def _since_completed(view: Snapshot, task: Version) -> str:
    """Since when it is completed: what is noted on it later confirms nobody anew."""
    since = task.since
    for number in range(task.number - 1, 0, -1):
        before = await _current(view, task.reference, number)
        if before is None or orjson.loads(before.body).get("status") != "completed":
            break
        since = before.since
    return since


async def _current(view: Snapshot, name: str, number: int | None = None) -> Version | None:
    found = await view.get(*name.split("/"), within=SIGNED, number=number) if "/" in name else None
    return found if found and not found.deleted else None


def _recorded(since: str) -> date:
    first, _ = period.days({"start": since}) or (None, None)
    assert first is not None
    return first


def day_of(at: datetime) -> date:
    """The local day of an instant."""
    return at.astimezone(period.TOKYO).date()
