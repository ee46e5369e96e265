"""A verdict that its writer had not the standing for is found by a check, on either store, though all else agrees."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from consent import derivation, verdict
from consent.maintenance.checking import Check
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, term
from resources.store.open import ledger
from resources.store.port import Transaction
from tests.laws.worlds import concept, index, ref
from tests.unit.consent.people import SINCE
from tests.unit.consent.standing import test_birth_date, test_death
from tests.unit.consent.town import (
    BOTH_STORES,
    INSTALLER,
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    letter,
    patient,
    roster,
    taken_on,
)
from tests.unit.consent.writing.test_superseding import REPLACES, consent

P, Q, CO, CONV, LEAD = actor("p"), actor("q"), actor("co"), actor("conv"), actor("lead")
Json = dict[str, Any]
AGAIN: Json = {"meta": {"versionId": "1"}}


@pytest.fixture(params=BOTH_STORES)
def lived(request: pytest.FixtureRequest) -> tuple[Town, str]:
    """A town in which each kind of evidence was written, and the address of its store."""
    town: Town = request.getfixturevalue("town" if request.param == "sqlite" else "town_on_mongodb")
    address = town.address or str(town.folder)
    live(town)
    return town, address


def live(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"))
    taken_on(town)
    town.write(P, case(), coordination("requested"))
    town.write(CO, coordination() | AGAIN)
    town.sign(P, consent("a", dateTime="2026-11-19"))
    town.sign(P, consent("b", dateTime="2026-11-20", extension=REPLACES))
    own_agency: Json = {"resourceType": "Task", "id": "own", "status": "requested", "intent": "order"}
    own_agency |= {
        "for": ref("Patient/2"),
        "requester": ref("Organization/center"),
        "owner": ref("Organization/center"),
    }
    town.write(P, own_agency)
    town.write(CONV, roster("q", "p", "co"))
    town.write(CONV, conference("planned", "q", "p"))
    sent = {"sender": ref("PractitionerRole/conv"), "recipient": [ref("PractitionerRole/q")]}
    town.write(CONV, letter("i", "invitation", **sent))
    town.write(CONV, conference("in-progress", "q", "p") | AGAIN)
    town.write(CONV, letter("o", "opening-notice", **sent))
    team: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}
    team |= {
        "category": [concept("record-category", "case-team")],
        "participant": [{"member": ref("Organization/center")}],
    }
    town.write(LEAD, team)
    town.write(P, patient("3"), household("1", "2", "3") | AGAIN)


def differences(address: str) -> list[tuple[str, str]]:
    with closing(ledger(address)) as opened:
        check = Check(opened, index())
        return [(one.at, one.text) for span in opened.spans(7) for one in check.span(span).differences]


def tamper(town: Town, name: str, number: int, more: set[str], less: set[str]) -> None:
    town.run(town.store.transact(lambda tx: _tampered(tx, name, number, more, less)))


async def _tampered(tx: Transaction, name: str, number: int, more: set[str], less: set[str]) -> None:
    """What no client can do: other terms, and the rows that follow from them, so that everything else agrees."""
    type, _, id = name.partition("/")
    current = await tx.get(type, id, within=EVERYTHING)
    assert current is not None
    found = [await tx.get(type, id, within=EVERYTHING, number=each) for each in range(1, current.number + 1)]
    versions = [each for each in found if each is not None]
    terms = {each.number: each.terms for each in versions}
    kept = set(terms[number])
    assert less <= kept
    terms[number] = tuple(sorted((kept - less) | more))
    rows = derivation.rows([_with(each, terms[each.number]) for each in versions], terms)
    await tx.amend(name, {number: terms[number]}, rows)


def _with(version: Version, terms: tuple[str, ...]) -> Version:
    return Version(version.type, version.id, version.number, version.since, False, version.body, terms, version.first)


def replaced(town: Town) -> str:
    [paper] = [each for each in town.stored("Consent") if each.id == "a"]
    return next(entry for entry in paper.terms if entry.startswith(f"{verdict.REPLACED} "))


YES = term(verdict.COUNTS, "yes")
MORE = "the verdict on it says more than its writer had the standing for"
OTHER = "the verdict on it is not what its writer had the standing for"
ENDED = "a newer paper or word has ended it, wholly or in part, and it is not kept so"
UNCAUSED = "it is kept as ended, wholly or in part, by what did not end it then"
REVIVED = "what its person ended is not kept as ended, or is kept so of one that is active"
UNAGED = "the birth date that stands makes something else of its signature than is kept"


def test_what_was_written_in_its_own_right_is_found_right(lived: tuple[Town, str]) -> None:
    town, address = lived
    assert differences(address) == []
    judged = [each for type in ("Task", "Consent", "Encounter", "CareTeam") for each in town.stored(type)]
    assert sum(YES in each.terms for each in judged) >= 6, "there is something to be found wrong"


TAMPERED: dict[str, tuple[str, int, set[str], set[str], str]] = {
    "counts": ("Task/own", 1, {YES, ".between Organization/center", ".between Organization/other"}, set(), MORE),
    "every keeper": ("Consent/b", 1, {".honoured *"}, set(), MORE),
    "no keeper": ("Consent/b", 1, set(), {".honoured Organization/center"}, MORE),
    "void": ("Consent/b", 1, {".counts no"}, {YES}, OTHER),
    "another person": ("Encounter/m", 2, {".fixed Patient/3"}, set(), MORE),
    "a person less": ("Encounter/m", 2, set(), {".fixed Patient/2"}, MORE),
    "a mark": ("Task/t", 1, {".fixed Group/g"}, set(), MORE),
    "a carrier": ("CareTeam/roles", 1, {".carrier PractitionerRole/aud"}, set(), MORE),
    "decided": ("CarePlan/k", 1, {".decided yes"}, set(), MORE),
    "an emergency": ("Task/taken", 2, {f".emergency {SINCE} ~ Practitioner/q Patient/1"}, set(), MORE),
}


def test_a_verdict_that_was_tampered_with_is_named(lived: tuple[Town, str]) -> None:
    town, address = lived
    for what, (name, number, more, less, text) in TAMPERED.items():
        tamper(town, name, number, more, less)
        said = differences(address)
        assert (f"{name}/_history/{number}", text) in said, what
        assert {each for _, each in said} <= {MORE, OTHER, UNCAUSED}, "nothing but the verdict tells it"
        tamper(town, name, number, less, more)
    assert differences(address) == []


def test_a_paper_that_a_newer_one_replaced_does_not_come_back(lived: tuple[Town, str]) -> None:
    town, address = lived
    gone = replaced(town)
    number = next(each.number for each in town.stored("Consent") if each.id == "a")
    tamper(town, "Consent/a", number, set(), {gone})
    assert (f"Consent/a/_history/{number}", ENDED) in differences(address)


def test_a_post_that_nobody_has_confirmed_does_not_count(lived: tuple[Town, str]) -> None:
    """A directory keeper's post waits; that it counts is nobody's word."""
    town, address = lived
    keeper: Json = {"resourceType": "PractitionerRole", "id": "kept", "practitioner": ref("Practitioner/aud")}
    keeper |= {"organization": ref("Organization/lead"), "code": [concept("role", "directory-keeper")]}
    town.write(INSTALLER, keeper)
    new = {"resourceType": "PractitionerRole", "id": "new", "practitioner": ref("Practitioner/q")}
    town.write(actor("aud"), new | {"organization": ref("Organization/center"), "code": [concept("role", "officer")]})
    assert differences(address) == []
    tamper(town, "PractitionerRole/new", 1, {YES}, {".counts no"})
    assert ("PractitionerRole/new/_history/1", MORE) in differences(address)


def test_an_ending_that_nothing_brought_about_is_named(lived: tuple[Town, str]) -> None:
    """Of another instant, of a paper that nobody replaced, by a word that nobody gave, and by a birth date."""
    town, address = lived
    gone, number = replaced(town), next(each.number for each in town.stored("Consent") if each.id == "a")
    name, instant, said = gone.split(" ")
    later = next(each.since for each in town.stored("Group") if each.number == 2)
    cases = {
        "another instant": ("Consent/a", number, {f"{name} {later} {said}"}, {gone}),
        "no newer paper": ("Consent/b", 1, {f"{verdict.REPLACED} {instant} all"}, set[str]()),
        "no word": ("Consent/b", 1, {f'{verdict.REACHED} {instant} {{"type":"permit"}}'}, set[str]()),
        "no birth date": ("Consent/b", 1, {f"{verdict.AGED} {instant} {verdict.UNFOUNDED}"}, set[str]()),
    }
    for what, (consent_, version, more, less) in cases.items():
        tamper(town, consent_, version, more, less)
        assert (f"{consent_}/_history/{version}", UNCAUSED) in differences(address), what
        tamper(town, consent_, version, less, more)
    assert differences(address) == []


def test_what_its_person_ended_stays_ended(lived: tuple[Town, str]) -> None:
    town, address = lived
    town.sign(P, consent("c", dateTime="2026-11-21"))
    town.write(P, consent("c", dateTime="2026-11-21", status="inactive") | AGAIN)
    assert differences(address) == []
    [ended] = [each for each in town.stored("Consent") if each.id == "c"]
    gone = {each for each in ended.terms if each.startswith(f"{verdict.REVOKED} ")}
    assert gone
    tamper(town, "Consent/c", 2, set(), gone)
    assert {text for at, text in differences(address) if at == "Consent/c/_history/2"} & {MORE, REVIVED}
    tamper(town, "Consent/c", 2, gone, set())
    tamper(town, "Consent/b", 1, gone, set())
    assert ("Consent/b/_history/1", REVIVED) in differences(address)


@pytest.fixture(params=BOTH_STORES)
def either(request: pytest.FixtureRequest) -> Town:
    """A town on either store."""
    town: Town = request.getfixturevalue("town" if request.param == "sqlite" else "town_on_mongodb")
    return town


def test_a_death_that_nobody_confirmed_is_named(either: Town) -> None:
    town, address = either, either.address or str(either.folder)
    test_death.told(town)
    test_death.confirm(town)
    town.write(P, test_death.certified("other"), test_death.asking(id="asked"))
    assert differences(address) == []
    died = {f"{verdict.DIED} Patient/1"}
    tamper(town, "Task/asked", 1, died, set())
    assert differences(address) == [("Task/asked/_history/1", MORE)]
    tamper(town, "Task/asked", 1, set(), died)
    tamper(town, "Task/d", 2, {f"{verdict.DIED} Patient/2"}, died)
    assert ("Task/d/_history/2", MORE) in differences(address)
    tamper(town, "Task/d", 2, died, {f"{verdict.DIED} Patient/2"})
    town.write(LEAD, test_death.again(test_death.asking(), 2, status="entered-in-error"))
    assert differences(address) == []


def test_what_a_birth_date_made_of_a_signature_is_judged_anew(either: Town) -> None:
    town, address = either, either.address or str(either.folder)
    town.write(P, patient("1", birthDate=test_birth_date.GROWN))
    assert test_birth_date.files(town, test_birth_date.own_word()) == ""
    test_birth_date.confirm(town, test_birth_date.CHILD)
    assert differences(address) == []
    [paper] = town.stored("Consent")
    aged = {each for each in paper.terms if each.startswith(f"{verdict.AGED} ")}
    assert aged
    tamper(town, "Consent/a", 1, set(), aged)
    assert ("Consent/a/_history/1", UNAGED) in differences(address)
    task: Json = {"resourceType": "Task", "id": "own", "status": "requested", "intent": "order"}
    task |= {"requester": ref("Organization/center"), "owner": ref("Organization/center")}
    town.write(P, task | {"for": ref("Patient/1")})
    [other] = [each.since for each in town.stored("Task") if each.id == "own"]
    moved = {f"{verdict.AGED} {other} {verdict.UNFOUNDED}"}
    tamper(town, "Consent/a", 1, moved, set())
    assert ("Consent/a/_history/1", UNCAUSED) in differences(address), "a Task that made no birth date stand"
    tamper(town, "Consent/a", 1, set(), moved)
    always = {each.replace(verdict.UNFOUNDED, verdict.ALWAYS) for each in aged}
    tamper(town, "Consent/a", 1, always, set())
    assert {("Consent/a/_history/1", UNCAUSED), ("Consent/a/_history/1", UNAGED)} <= {*differences(address)}
