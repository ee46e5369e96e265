"""The version that a change would make: who stands behind it, what is kept of the one before, what it is found by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import derivation, verdict
from consent.actor import Actor
from consent.verdict import Verdict
from consent.writing import after_image
from consent.writing.after_image import AfterImage, Own
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, prepared
from resources.record import envelope, keeping
from resources.record.envelope import Origin
from resources.record.version import Version
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.acts.made import posted
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, case, concern, coordination, household, patient
from tests.unit.consent.writing.within import OF_IT, TASK, version, within

P, Q, CO, LEAD, COLLEAGUE = actor("p"), actor("q"), actor("co"), actor("lead"), actor("p2")
CENTER, OTHER = "Organization/center", "Organization/other"
Json = dict[str, Any]

TOTAL: Json = {
    "resourceType": "CarePlan",
    "id": "total",
    "status": "draft",
    "intent": "plan",
    "category": [concept("record-category", "total-care-plan")],
    "subject": ref("Group/g"),
}


def image(
    town: Town,
    who: Actor,
    resource: Json,
    own: Own | None = None,
    *,
    at_once: tuple[Json, ...] = (),
    marked: frozenset[str] = frozenset(),
    before: Version | None = None,
) -> AfterImage:
    """What would become of a record that is written so, beside others that are registered `at_once`."""

    async def work(unit: UnitOfWork) -> AfterImage:
        type, id = resource["resourceType"], resource["id"]
        stood = before or await unit.look_up(f"{type}/{id}")
        change = Change("update" if stood else "create", type, id, orjson.dumps(resource))
        ready = replace(prepared(unit.engine, change), checked=marked)
        unit.pending |= {f"{each['resourceType']}/{each['id']}": each for each in at_once}
        for _, named in ready.named:
            await unit.look_up(named)
        for named in envelope.read(stood.terms).of if stood else ():
            await unit.look_up(named)
        return await after_image.of(unit, ready, stood, own)

    return within(town, who, work)


def said(made: AfterImage, *names: str) -> dict[str, set[str]]:
    """What its terms say under some names."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for entry in made.version.terms:
        name, _, value = entry.partition(" ")
        if name in found:
            found[name].add(value)
    return found


def behind(made: AfterImage) -> tuple[str, str, str]:
    origin, (writer, *_) = envelope.origin(made.version.terms), envelope.written(made.version.terms)
    return origin.custodian, origin.author, writer


@pytest.fixture
def kept(town: Town) -> Town:
    posted(town, "p2", "officer", "center")
    town.write(P, patient("1"), concern("c", "1"))
    return town


def test_a_new_record_is_its_writers_and_is_kept_by_their_agency(town: Town) -> None:
    town.write(P, patient("1"))
    made = image(town, P, concern("c", "1"))
    it, since = made.version, made.version.since
    assert (it.type, it.id, it.number, it.first, it.deleted) == ("Condition", "c", 1, since, False)
    stamps = {"meta": {"versionId": "1", "lastUpdated": since}}
    assert orjson.loads(it.body) == made.resource == concern("c", "1") | stamps
    assert behind(made) == (CENTER, "Practitioner/p", "Practitioner/p")
    assert said(made, ".subject", ".masked", ".secluded", ".counts") == {
        ".subject": {"Patient/1"},
        ".masked": set(),
        ".secluded": set(),
        ".counts": set(),
    }
    assert made.refused == ()
    assert behind(image(town, replace(SYSTEM, now=P.now), concern("c", "1"))) == (CENTER, CENTER, CENTER)


def test_the_next_version_is_of_who_writes_it_and_the_record_of_who_began_it(kept: Town) -> None:
    first = version(kept, "Condition/c")
    made = image(kept, COLLEAGUE, concern("c", "1", recordedDate="2026-11-01"))
    assert (made.version.number, made.version.first) == (2, first.since)
    assert made.version.since > first.since
    assert behind(made) == (CENTER, "Practitioner/p", "Practitioner/p2")
    assert {entry for entry in made.version.terms if entry.startswith("recorded-date")} > {
        entry for entry in first.terms if entry.startswith("recorded-date")
    }


def test_nobody_whom_it_was_about_or_of_is_lost(kept: Town) -> None:
    kept.write(P, patient("2"), TASK | {"for": ref("Patient/2")}, OF_IT)
    kept.write(P, concern("c", "2") | again())
    assert said(image(kept, P, concern("c", "2")), ".subject") == {".subject": {"Patient/1", "Patient/2"}}
    without = {name: value for name, value in OF_IT.items() if name != "about"}
    made = said(image(kept, P, without), ".subject", ".of")
    assert made == {".subject": {"Patient/1", "Patient/2"}, ".of": {"Task/t"}}
    kept.write(P, patient("3"))
    kept.write(P, TASK | {"for": ref("Patient/3")} | again())
    assert said(image(kept, P, without), ".subject") == {".subject": {"Patient/1", "Patient/2", "Patient/3"}}
    assert said(image(kept, P, OF_IT | {"id": "new"}), ".subject") == {
        ".subject": {"Patient/1", "Patient/2", "Patient/3"}
    }


def test_a_total_care_plan_that_the_coordinator_drafts_is_kept_by_who_keeps_the_case(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    town.write(CO, coordination() | again())
    assert behind(image(town, CO, TOTAL)) == (CENTER, "Practitioner/co", "Practitioner/co")
    other = TOTAL | {"category": [{"text": "別の計画"}]}
    assert behind(image(town, CO, other))[0] == "Organization/council", "any other plan of theirs is theirs"
    assert behind(image(town, LEAD, TOTAL))[0] == "Organization/lead", "who does not coordinate drafts their own"
    town.write(Q, patient("9"), household("9") | {"id": "h"})
    assert behind(image(town, Q, TOTAL | {"subject": ref("Group/h")}))[0] == OTHER
    assert behind(image(town, CO, TOTAL | {"subject": ref("Group/h")}))[0] == "Organization/council", "of no case"


def test_what_the_server_writes_is_kept_as_it_says_and_its_author_wrote_it(kept: Town) -> None:
    says = Verdict(True, noted=frozenset({f"{verdict.BORN} 2026-01-01"}))
    of_another = Own(Origin(OTHER, "Practitioner/x"), says, frozenset({".worded x"}))
    made = image(kept, P, concern("new", "1"), of_another)
    assert behind(made) == (OTHER, "Practitioner/x", "Practitioner/x")
    assert {".counts yes", f"{verdict.BORN} 2026-01-01", ".worded x"} <= set(made.version.terms)
    assert made.refused == ()
    anew = image(kept, COLLEAGUE, concern("c", "1"), of_another)
    assert behind(anew) == (OTHER, "Practitioner/x", "Practitioner/p2"), "of what stands already he wrote this version"
    assert ".worded x" in anew.version.terms
    assert behind(image(kept, COLLEAGUE, concern("c", "1"), Own())) == (CENTER, "Practitioner/p", "Practitioner/p2")
    assert ".worded x" not in image(kept, P, concern("c", "1"), Own(verdict=says)).version.terms


def test_of_what_was_handed_over_the_server_s_version_is_kept_as_it_was_and_the_next_by_who_took_it(kept: Town) -> None:
    stood = version(kept, "Condition/c")
    given = replace(stood, terms=keeping.given(stood.terms, OTHER))
    by_server = image(kept, P, concern("c", "1"), Own(), before=given)
    assert (behind(by_server)[0], keeping.taker(by_server.version.terms)) == (CENTER, OTHER)
    moved = image(kept, P, concern("c", "1"), Own(Origin(OTHER, "Practitioner/p")), before=given)
    assert (behind(moved)[0], keeping.taker(moved.version.terms)) == (OTHER, "")
    by_client = image(kept, P, concern("c", "1"), before=given)
    assert (behind(by_client)[0], keeping.taker(by_client.version.terms)) == (OTHER, "")


def test_evidence_is_judged_as_it_is_written_and_with_what_is_registered_beside_it(kept: Town) -> None:
    made = image(kept, P, TASK)
    assert (made.refused, said(made, ".counts")) == ((), {".counts": {"yes"}})
    of_nobody = TASK | {"for": ref("Patient/2")}
    assert image(kept, P, of_nobody).refused != ()
    assert said(image(kept, P, of_nobody), ".counts") == {".counts": set()}
    beside = image(kept, P, of_nobody, at_once=(patient("2"),))
    assert (beside.refused, said(beside, ".counts")) == ((), {".counts": {"yes"}})
    kept.write(Q, patient("3"))
    theirs = TASK | {"for": ref("Patient/3")}
    assert image(kept, P, theirs, at_once=(patient("3"),)).refused != (), "who is registered already is not anew"
    assert image(kept, P, of_nobody, Own()).refused == ()
    assert said(image(kept, P, TASK, Own()), ".counts") == {".counts": set()}, "the server says itself what counts"


def test_what_the_server_alone_has_said_of_a_record_stays_said(kept: Town) -> None:
    kept.write(P, TASK)
    stood = version(kept, "Task/t")
    noted = replace(stood, terms=tuple(sorted({*stood.terms, f"{verdict.MEANT} Patient/1"})))
    assert f"{verdict.MEANT} Patient/1" in image(kept, P, TASK, before=noted).version.terms


TALK, MORE = {"text": "面談した"}, {"text": "電話した"}


def test_a_mark_goes_with_the_text_and_a_new_one_is_kept_beside_it(kept: Town) -> None:
    kept.write(P, concern("c", "1", note=[TALK]) | again())
    kept.check(P, "Condition/c", "Condition.note[0]")
    assert said(image(kept, P, concern("c", "1", note=[MORE, TALK])), ".checked") == {".checked": {"/note/1"}}
    both = image(kept, P, concern("c", "1", note=[MORE, TALK]), marked=frozenset({"/note/0"}))
    assert said(both, ".checked") == {".checked": {"/note/0", "/note/1"}}
    assert said(image(kept, P, concern("c", "1", note=[MORE])), ".checked") == {".checked": set()}
    kept.delete(P, "Condition/c")
    assert said(image(kept, P, concern("c", "1", note=[TALK])), ".checked") == {".checked": set()}


def test_what_is_about_a_protected_person_is_found_by_no_more_than_is_harmless(kept: Town) -> None:
    told = concern("c", "1", code=concept("concern-field", "debts") | {"text": "かくれみの"}, recordedDate="2026-11-01")
    open_made = image(kept, P, told)
    kept.protect(P, "Patient/1", "Organization/lead")
    secret = image(kept, P, told)
    assert said(secret, ".secluded") == {".secluded": {"yes"}}
    lost = {entry for entry in open_made.version.terms if entry not in secret.version.terms}
    of_time = {entry for entry in lost if entry.startswith("_lastUpdated ")}
    assert of_time
    assert lost - of_time
    assert all("かくれみの" in entry for entry in lost - of_time), lost
    since = secret.version.since
    dated = {entry for entry in secret.version.terms if entry.startswith("_lastUpdated ")}
    assert dated == derivation.dated(kept.gate.engine.index, "Condition", since)
    label = own("secrecy-label", "address-secret")
    her = image(kept, P, patient("7", address=[{"city": "岡山市"}], meta={"security": [label]}), Own())
    assert said(her, ".secluded") == {".secluded": {"yes"}}, "who is protected by it is no more found by it"
    assert not any(entry.startswith("address") for entry in her.version.terms)


def test_who_is_a_related_person_is_asked_for_them(kept: Town) -> None:
    related: Json = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")}
    kept.write(P, related, patient("2", link=[{"other": ref("RelatedPerson/r"), "type": "seealso"}]))
    stood = version(kept, "RelatedPerson/r")
    unaware = replace(stood, terms=tuple(each for each in stood.terms if each != ".subject Patient/2"))
    made = image(kept, P, related | {"gender": "female"}, before=unaware)
    assert said(made, ".subject") == {".subject": {"Patient/1", "Patient/2"}}


def test_who_has_left_a_household_is_taken_by_name_by_what_is_of_a_record_about_it(kept: Town) -> None:
    """By what is written of it now, and by what was of it before."""
    kept.write(P, patient("2"), patient("3"), household("1", "2"), household("1", "3") | {"id": "h"})
    kept.write(P, TASK | {"for": ref("Group/g")}, TASK | {"id": "u", "for": ref("Group/h")}, OF_IT)
    kept.write(P, household("1") | again(), household("1") | {"id": "h"} | again())
    anew = image(kept, P, OF_IT | {"id": "new"})
    assert said(anew, ".subject") == {".subject": {"Patient/1", "Patient/2"}}
    moved = image(kept, P, OF_IT | {"about": [ref("Task/u")]})
    assert said(moved, ".subject") == {".subject": {"Patient/1", "Patient/2", "Patient/3"}}
