"""Whose paper counts, on which records, and every way of forging one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from consent import derivation, verdict, vocabulary
from consent.actor import Actor
from consent.acts import saying_who
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.store.open import opened
from tests.laws.worlds import V3, concept, extension, ref
from tests.unit.consent.acts.divided_town import wrong
from tests.unit.consent.acts.merges import ask as ask_merge
from tests.unit.consent.people import NOW
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, paper, patient
from tests.unit.consent.writing.test_superseding import REPLACES, consent

Json = dict[str, Any]

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
RECORDED = NOW - timedelta(days=40)
"""When whoever signs for others was recorded, where they were recorded beforehand."""


@dataclass(slots=True)
class Days:
    """What day it is in a town, for its store and for whoever writes."""

    town: Town
    now: datetime = NOW

    def write(self, who: Actor, *resources: Json) -> None:
        self.town.write(replace(who, now=self.now), *resources)


@pytest.fixture
def days(tmp_path: Path, spec: Spec) -> Iterator[Days]:
    """A town whose calendar the test turns."""
    with asyncio.Runner() as runner:
        made: list[Days] = []
        store = opened(str(tmp_path), lambda: made[0].now if made else RECORDED)
        runner.run(store.open())
        try:
            made.append(Days(Town.founded(runner, store, spec)))
            yield made[0]
        finally:
            runner.run(store.close())


def refusal(town: Town, who: Actor, *resources: Json) -> tuple[str, str]:
    """What kind of no it is, and by which rule."""
    with pytest.raises(Problem) as caught:
        town.write(who, *resources)
    return caught.value.kind, next(iter(caught.value.rules), "")


def kin(id: str = "kin", role: str = "GUARD", person: str = "1", **elements: Any) -> Json:
    relation = {"coding": [{"system": f"{V3}v3-RoleCode", "code": role}]}
    record: Json = {"resourceType": "RelatedPerson", "id": id, "patient": ref(f"Patient/{person}")}
    return record | {"relationship": [relation]} | elements


def certificate(of: str = "kin", code: str = "court-order", **elements: Any) -> Json:
    """A court's or register's paper on somebody."""
    document: Json = {"resourceType": "DocumentReference", "id": f"{of}-certificate", "status": "current"}
    document |= {"type": concept("guardianship-paper", code), "content": [{"attachment": {"title": "審判書"}}]}
    return document | {"context": {"related": [ref(f"RelatedPerson/{of}")]}} | elements


def asking_to_confirm(of: str = "kin", status: str = "requested") -> Json:
    task: Json = {"resourceType": "Task", "id": f"{of}-confirmation", "status": status, "intent": "order"}
    task |= {"code": concept("task-code", "confirm-guardian"), "focus": ref(f"RelatedPerson/{of}")}
    task |= {"for": ref("Patient/1"), "requester": ref("Organization/center")}
    return task | {"owner": ref("PractitionerRole/lead")}


def signed_by(name: str, id: str = "a", **elements: Any) -> Json:
    return consent(id, performer=[ref(name)]) | elements


def test_it_opens_only_what_who_filed_it_keeps(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", provision=EVERYBODY))
    assert town.search(Q, "Condition") == ["Condition/c"]
    assert town.search(actor("co"), "Condition") == ["Condition/c"]
    town.write(Q, concern("theirs", "1"))
    assert town.search(actor("co"), "Condition") == ["Condition/c"]
    assert town.search(P, "Condition") == ["Condition/c"]


EVERYBODY: Json = {"type": "permit"}


def test_a_refusal_withholds_what_every_agency_keeps(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("a", provision=EVERYBODY))
    town.write(Q, concern("theirs", "1"))
    town.write(P, concern("ours", "1"))
    town.sign(P, consent("b", provision={"type": "deny"}))
    assert town.search(actor("co"), "Condition") == []
    assert town.search(Q, "Condition") == ["Condition/theirs"]


def test_who_may_only_read_a_person_files_nothing_for_them_and_nothing_opens(town: Town) -> None:
    narrow = consent("a")["provision"] | {
        "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]
    }
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", provision=narrow))
    assert town.read(Q, "Patient/1")["id"] == "1"
    forged = consent("forged", organization=[ref("Organization/center")])
    for purpose in ("CAREMGT", "support-conference", "COC"):
        assert refusal(town, replace(Q, purpose=vocabulary.purpose(purpose)), paper(forged), forged) == (
            "forbidden",
            "R3",
        )
    town.write(Q, forged | {"status": "proposed"}, paper(forged))
    assert refusal(town, Q, forged | {"meta": {"versionId": "1"}}) == ("forbidden", "R3")
    assert town.search(Q, "Condition") == []


def test_a_paper_of_another_agency_lifts_no_refusal(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    refused = consent("no", dateTime="2026-11-20", provision=consent("x")["provision"] | {"type": "deny"})
    town.sign(P, refused)
    forged = consent("yes", extension=REPLACES, organization=[ref("Organization/center")])
    with pytest.raises(Problem):
        town.write(Q, paper(forged), forged)
    assert town.search(Q, "Condition") == []
    town.sign(P, forged | {"id": "ours", "sourceReference": ref("DocumentReference/ours")})
    assert town.search(Q, "Condition") == ["Condition/c"]


def test_it_rests_on_the_version_that_was_signed_whatever_becomes_of_the_paper(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a"))
    (kept,) = [verdict.read(row.terms) for row in town.stored("Consent")]
    assert kept.note(verdict.PAPER) == {"DocumentReference/a-paper/_history/1"}
    town.write(P, paper(consent("a")) | {"meta": {"versionId": "1"}, "status": "superseded"})
    town.delete(P, "DocumentReference/a-paper")
    assert town.search(Q, "Condition") == ["Condition/c"]
    assert town.read(P, "DocumentReference/a-paper", 1)["status"] == "current"


@pytest.mark.parametrize(("born", "allowed"), [("2008-11-23", True), ("2008-11-24", False), ("2008-11", False)])
@pytest.mark.parametrize("said", [True, False])
def test_one_signs_oneself_as_soon_as_one_is_of_age(town: Town, born: str, allowed: bool, said: bool) -> None:
    own = [extension("of-age", valueBoolean=True)] if said else []
    form = consent("a", extension=own) if own else consent("a")
    town.write(P, patient("1", birthDate=born), paper(form))
    if allowed:
        town.write(P, form)
    else:
        assert refusal(town, P, form) == ("business-rule", "R3")


def test_where_no_birth_date_is_known_the_paper_says_that_one_is_of_age(town: Town) -> None:
    unknown = {name: value for name, value in patient("1").items() if name != "birthDate"}
    town.write(P, unknown, paper(consent("a")))
    assert refusal(town, P, consent("a")) == ("business-rule", "R3")
    town.write(P, consent("a", extension=[extension("of-age", valueBoolean=True)]))


def test_a_refusal_counts_at_any_age(town: Town) -> None:
    town.write(P, patient("1", birthDate="2016-01-01"), concern("c", "1"))
    town.sign(P, consent("a", provision={"type": "deny"}))
    mixed = {"type": "deny", "provision": [{"type": "permit", "actor": consent("b")["provision"]["actor"]}]}
    assert refusal(town, P, paper(consent("b")), consent("b", provision=mixed)) == ("business-rule", "R3")


@pytest.mark.parametrize("role", ["MTH", "FTH", "PRN", "GUARD"])
def test_a_parent_recorded_beforehand_signs_for_a_minor_until_majority(days: Days, role: str) -> None:
    town = days.town
    days.now = RECORDED
    days.write(P, patient("1", birthDate="2009-11-24"), concern("c", "1"), kin(role=role))
    days.write(P, certificate(code="family-register"))
    days.now = NOW
    form = signed_by("RelatedPerson/kin")
    days.write(P, paper(form), form)
    assert town.search(replace(Q, now=NOW), "Condition") == ["Condition/c"]
    eve, day = (datetime.fromisoformat(f"2027-11-{at}+09:00") for at in ("23T23:59:59", "24T00:00:00"))
    assert town.search(replace(Q, now=eve), "Condition") == ["Condition/c"]
    assert town.search(replace(Q, now=day), "Condition") == []


def test_an_adults_guardian_is_confirmed_by_the_lead_section_and_the_ward_signs_no_grant(days: Days) -> None:
    days.now = RECORDED
    days.write(P, patient("1"), concern("c", "1"), kin())
    days.write(P, certificate(), asking_to_confirm())
    days.now = NOW
    form, own = signed_by("RelatedPerson/kin"), consent("own")
    days.write(P, paper(form), paper(own))
    assert refusal(days.town, P, form) == ("business-rule", "R3")
    done = asking_to_confirm(status="completed") | {"meta": {"versionId": "1"}}
    assert refusal(days.town, P, done) == ("forbidden", "R3")
    assert refusal(days.town, P, asking_to_confirm("made", "completed") | {"focus": ref("RelatedPerson/kin")}) == (
        "forbidden",
        "R3",
    )
    days.write(LEAD, done)
    assert refusal(days.town, P, own) == ("business-rule", "R3")
    days.write(P, form, own | {"id": "no", "provision": consent("x")["provision"] | {"type": "deny"}})
    assert refusal(days.town, P, done | {"meta": {"versionId": "2"}, "note": [{"text": "x"}]}) == ("forbidden", "R3")
    days.write(P, kin(meta={"versionId": "1"}, name=[{"text": "ほかの人"}]))
    again = signed_by("RelatedPerson/kin", "again")
    assert refusal(days.town, P, paper(again), again) == ("business-rule", "R3"), "who was changed was not confirmed"


MINOR = {"birthDate": "2016-01-01"}
FILE = certificate(code="family-register")
MISTAKE: Json = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)], "meta": {"versionId": "1"}}
SIGNERS: dict[str, tuple[Json, list[Json], list[Json], str]] = {
    "a brother of a child": (MINOR, [kin(role="BRO"), FILE], [], "RelatedPerson/kin"),
    "a housemate of a child": (MINOR, [kin(role="ROOM"), FILE], [], "RelatedPerson/kin"),
    "a stepfather of a child": (MINOR, [kin(role="STPFTH"), FILE], [], "RelatedPerson/kin"),
    "the child": (MINOR, [], [], "Patient/1"),
    "another person": ({}, [patient("2")], [], "Patient/2"),
    "a parent without a register's paper": (MINOR, [kin(role="MTH")], [], "RelatedPerson/kin"),
    "a parent with any document": (
        MINOR,
        [kin(role="MTH"), FILE | {"type": {"text": "戸籍"}}],
        [],
        "RelatedPerson/kin",
    ),
    "a parent recorded in error": (MINOR, [kin(role="MTH"), FILE, kin(role="MTH") | MISTAKE], [], "RelatedPerson/kin"),
    "a parent whose paper is in error by its document": (
        MINOR,
        [kin(role="MTH"), FILE | {"docStatus": "entered-in-error"}],
        [],
        "RelatedPerson/kin",
    ),
    "a parent whose paper is in error": (
        MINOR,
        [kin(role="MTH"), FILE | {"status": "entered-in-error"}],
        [],
        "RelatedPerson/kin",
    ),
    "a parent recorded today": (MINOR, [], [kin(role="MTH"), FILE], "RelatedPerson/kin"),
    "a parent whose paper came today": (MINOR, [kin(role="MTH")], [FILE], "RelatedPerson/kin"),
    "a brother made a parent today": (
        MINOR,
        [kin(role="BRO"), FILE],
        [kin(role="MTH", meta={"versionId": "1"})],
        "RelatedPerson/kin",
    ),
    "a parent whose authority has ended": (
        MINOR,
        [kin(role="MTH", period={"end": "2026-11-22"}), FILE],
        [],
        "RelatedPerson/kin",
    ),
    "a parent who is so no more": (MINOR, [kin(role="MTH", active=False), FILE], [], "RelatedPerson/kin"),
    "a parent of another child": (
        MINOR,
        [patient("2"), kin(role="MTH", person="2"), FILE],
        [],
        "RelatedPerson/kin",
    ),
    "the parent of an adult": ({}, [kin(role="MTH"), FILE], [], "RelatedPerson/kin"),
    "a guardian of an adult whom nobody confirmed": ({}, [kin(), certificate()], [], "RelatedPerson/kin"),
    "a guardian of an adult still to be confirmed": (
        {},
        [kin(), certificate(), asking_to_confirm()],
        [],
        "RelatedPerson/kin",
    ),
    "an officer": ({}, [], [], "Practitioner/p"),
    "an agency": ({}, [], [], "Organization/center"),
}


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("together", [False, True])
def test_nobody_else_signs(days: Days, signer: str, together: bool) -> None:
    person, before, today, name = SIGNERS[signer]
    days.now = RECORDED
    days.write(
        P, patient("1", **person), concern("c", "1"), *(each for each in before if each["resourceType"] == "Patient")
    )
    for each in (each for each in before if each["resourceType"] != "Patient"):
        days.write(P, each)
    days.now = NOW
    form = signed_by(name)
    if together:
        assert refusal(days.town, P, *today, paper(form), form) == ("business-rule", "R3")
    else:
        for each in (*today, paper(form)):
            days.write(P, each)
        assert refusal(days.town, P, form) == ("business-rule", "R3")
    assert days.town.search(Q, "Condition") == []


def sheet(**elements: Any) -> Json:
    made = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "subject": ref("Patient/1")}
    return made | {"authored": "2026-11-23"} | elements


def on(name: str, **elements: Any) -> Json:
    return consent("a", sourceReference={"reference": name}) | elements


PAPERS: dict[str, tuple[list[Json], Json]] = {
    "an attachment alone": ([], on("") | {"sourceReference": None, "sourceAttachment": {"title": "x"}}),
    "the consent of another": ([paper(consent("b")), consent("b")], on("Consent/b")),
    "the person's own record": ([], on("Patient/1")),
    "a concern": ([concern("d", "1")], on("Condition/d")),
    "a document of another person": ([patient("2"), sheet(subject=ref("Patient/2"))], on("QuestionnaireResponse/s")),
    "a document about nobody": ([sheet(subject=None)], on("QuestionnaireResponse/s")),
    "a sheet without a date": ([sheet(authored=None)], on("QuestionnaireResponse/s")),
    "a document without a date": ([paper(consent("a"), date=None)], on("DocumentReference/a-paper")),
    "a sheet in error": ([sheet(status="entered-in-error")], on("QuestionnaireResponse/s")),
    "a document in error": ([paper(consent("a"), docStatus="entered-in-error")], on("DocumentReference/a-paper")),
    "a version that there is not": ([sheet()], on("QuestionnaireResponse/s/_history/2")),
    "a version that is no number": ([sheet()], on("QuestionnaireResponse/s/_history/x")),
    "a paper by its identifier": ([], on("") | {"sourceReference": {"identifier": {"value": "1"}}}),
    "a paper by its name": ([], on("") | {"sourceReference": {"display": "同意書"}}),
    "a paper elsewhere": ([], on("https://elsewhere.example/fhir/DocumentReference/1")),
    "a paper in the consent": ([], on("#s") | {"contained": [sheet()]}),
}


@pytest.mark.parametrize("forgery", PAPERS)
@pytest.mark.parametrize("together", [False, True])
def test_nothing_else_is_a_paper(town: Town, forgery: str, together: bool) -> None:
    beside, form = PAPERS[forgery]
    made = [{name: value for name, value in each.items() if value is not None} for each in (*beside, form)]
    town.write(P, patient("1"), concern("c", "1"))
    if together:
        first = [each for each in made[:-1] if each["resourceType"] == "Consent" or each["id"].startswith("b")]
        town.write(P, *first)
        kind, _ = refusal(town, P, *(each for each in made[:-1] if each not in first), made[-1])
    else:
        for each in made[:-1]:
            town.write(P, each)
        kind, _ = refusal(town, P, made[-1])
    assert kind in ("business-rule", "invalid")
    assert {row.id for row in town.stored("Consent")} <= {"b"}


def test_what_was_found_to_be_in_error_is_no_paper_in_a_former_version_either(town: Town) -> None:
    form = on("DocumentReference/a-paper/_history/1")
    town.write(P, patient("1"), concern("c", "1"), paper(consent("a")))
    town.write(P, paper(consent("a"), docStatus="entered-in-error", meta={"versionId": "1"}))
    assert refusal(town, P, form) == ("business-rule", "R3")
    town.write(P, paper(consent("a"), meta={"versionId": "2"}))
    town.write(P, form)
    assert town.reads(Q, "Condition/c")


def test_what_was_recorded_before_the_day_of_signing_bears_no_signature_of_that_day(days: Days) -> None:
    days.now = RECORDED
    days.write(P, patient("1"), sheet(authored="2026-10-01"))
    days.now = NOW
    assert refusal(days.town, P, on("QuestionnaireResponse/s")) == ("business-rule", "R3")
    days.write(P, on("QuestionnaireResponse/s", dateTime="2026-10-14"))


def test_a_paper_that_another_agency_keeps_is_none(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("z", provision=EVERYBODY))
    town.write(Q, sheet(), concern("theirs", "1"))
    form = on("QuestionnaireResponse/s")
    kind, _ = refusal(town, P, form)
    assert kind == "invalid"
    town.sign(Q, *[])
    assert {row.id for row in town.stored("Consent")} == {"z"}


AFTERWARDS: dict[str, Callable[[Json], Json]] = {
    "active again": lambda had: had | {"status": "active"},
    "active again under another date": lambda had: had | {"status": "active", "dateTime": "2026-11-22"},
    "another person": lambda had: had | {"patient": ref("Patient/2"), "performer": [ref("Patient/2")]},
    "another signer": lambda had: had | {"performer": [ref("RelatedPerson/kin")]},
    "another recipient": lambda had: had | {"provision": {"type": "permit"}},
    "another paper": lambda had: had | {"sourceReference": ref("DocumentReference/other")},
    "said to be verified": lambda had: had | {"verification": [{"verified": True}]},
    "proposed again": lambda had: had | {"status": "proposed"},
}


@pytest.mark.parametrize("change", AFTERWARDS)
@pytest.mark.parametrize("revoked", [False, True])
def test_what_was_signed_is_ended_and_never_made_another(town: Town, change: str, revoked: bool) -> None:
    if not revoked and change == "active again":
        return
    town.write(P, patient("1"), patient("2"), kin(), concern("c", "1"), concern("d", "2"))
    town.sign(P, consent("a"))
    number = 1
    if revoked:
        town.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
        number = 2
    before = town.search(Q, "Condition")
    had = consent("a", status="inactive" if revoked else "active", meta={"versionId": str(number)})
    assert refusal(town, P, paper(on("DocumentReference/other")), AFTERWARDS[change](had))[0] == "business-rule"
    assert town.search(Q, "Condition") == before


def test_a_refusal_is_not_taken_back_by_writing(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a"), consent("no", provision={"type": "deny"}))
    for status in ("inactive", "entered-in-error", "rejected", "proposed"):
        over = consent("no", provision={"type": "deny"}, status=status, meta={"versionId": "1"})
        assert refusal(town, P, over) == ("business-rule", "R3")
    with pytest.raises(Problem):
        town.delete(P, "Consent/no")
    assert town.search(Q, "Condition") == []


def test_a_permit_that_ends_leaves_its_exceptions_standing(town: Town) -> None:
    restricted = {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}
    town.write(P, patient("1"), concern("c", "1"), concern("v", "1", meta=restricted))
    but = {"type": "deny", "securityLabel": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}
    excepting = consent("a")["provision"] | {"provision": [but]}
    town.sign(P, consent("a", dateTime="2026-11-20", provision=excepting))
    town.write(P, consent("a", dateTime="2026-11-20", provision=excepting, status="inactive", meta={"versionId": "1"}))
    town.sign(P, consent("b", dateTime="2026-11-23T12:59:00+09:00", policyRule={"text": "別の方針"}))
    assert town.search(Q, "Condition") == ["Condition/c"]
    town.sign(P, consent("n", dateTime="2026-11-23T13:00:00+09:00", extension=REPLACES))
    assert town.search(Q, "Condition") == ["Condition/c", "Condition/v"]


def test_what_was_revoked_is_not_granted_by_an_older_paper_as_far_as_it_reached(town: Town) -> None:
    types = [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]
    narrow = consent("a")["provision"] | {"class": types}
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", dateTime="2026-11-20", provision=narrow))
    town.sign(P, consent("older", dateTime="2019-02-12"))
    assert town.search(Q, "Condition") == ["Condition/c"]
    over = consent("a", dateTime="2026-11-20", provision=narrow, status="inactive", meta={"versionId": "1"})
    town.write(P, over)
    town.sign(P, consent("late", dateTime="2018-01-01"), consent("same-day"))
    assert town.search(Q, "Condition") == []
    assert town.search(Q, "Patient") == ["Patient/1"]
    town.sign(P, consent("after", dateTime="2026-11-23T13:00:00+09:00"))
    assert town.search(Q, "Condition") == ["Condition/c"]


@pytest.mark.parametrize(
    "against", ["", "RelatedPerson/kin", "Patient/father", "Patient/his-other-name", "RelatedPerson/mother"]
)
@pytest.mark.parametrize("word", ["permit", "deny"])
def test_what_one_signed_against_whom_the_person_is_protected_counts_for_nothing_and_nobody_says_so(
    days: Days, against: str, word: str
) -> None:
    days.now = RECORDED
    father = patient("father", link=[{"other": ref("RelatedPerson/kin"), "type": "seealso"}])
    days.write(P, patient("1", birthDate="2016-01-01"), concern("c", "1"), kin("mother", role="MTH"))
    days.write(P, father, kin(role="FTH"))
    days.write(P, FILE, certificate("mother", "family-register"))
    if against == "Patient/his-other-name":
        days.write(P, patient("his-other-name"))
        ask_merge(days.town, P, "his-other-name", "father")
    if against:
        days.town.protect(P, "Patient/1", "Organization/center", against=(against,))
    days.now = NOW
    own = signed_by("RelatedPerson/mother", "own")
    form = signed_by("RelatedPerson/kin", provision=consent("x")["provision"] | {"type": word})
    days.write(P, paper(own), paper(form))
    if word == "deny":
        days.write(P, own)
    (answer,) = days.town.write(P, form)
    assert {name: value for name, value in orjson.loads(answer.version.body).items() if name != "meta"} == form
    void = {"": (), "RelatedPerson/mother": ("own",)}.get(against, ("a",))
    opened = "own" not in void and "a" in void if word == "deny" else "a" not in void
    assert days.town.search(Q, "Condition") == (["Condition/c"] if opened else [])


@pytest.mark.parametrize("against", ["Patient/aunt", "Practitioner/q"])
def test_nor_does_what_one_signed_whom_several_records_together_say_to_be_the_one(
    days: Days, against: str, tmp_path: Path
) -> None:
    """Who signs is the father, who is an aunt's Patient by another record of a relative, or a member of staff."""
    days.now = RECORDED
    links = [{"other": ref(f"RelatedPerson/{one}"), "type": "seealso"} for one in ("kin", "other")]
    days.write(P, patient("1", birthDate="2016-01-01"), concern("c", "1"))
    days.write(P, patient("father", link=links), kin(role="FTH"), kin("other", role="AUNT"))
    days.write(P, patient("aunt", link=links[1:]), days.town.read(P, "RelatedPerson/other"))
    days.write(P, FILE)
    also = ("Practitioner/q", "Patient/father")
    days.town.run(days.town.gate.operate(INSTALLER, ("also",), lambda unit: saying_who.kept(unit, *also)))
    days.town.protect(P, "Patient/1", "Organization/center", against=(against,))
    days.now = NOW
    form = signed_by("RelatedPerson/kin")
    days.write(P, paper(form), form)
    [stored] = days.town.stored("Consent")
    assert verdict.read(stored.terms).void
    assert wrong(replace(days.town, folder=tmp_path)) == [], "as a check judges it too"


def test_nobody_is_told_what_a_paper_does_to_those_of_others(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", dateTime="2026-11-20"))
    before = orjson.loads(town.stored("Consent")[0].body)
    town.sign(P, consent("b", dateTime="2026-11-21"))
    assert orjson.loads(next(row for row in town.stored("Consent") if row.id == "a").body) == before


def test_what_has_no_verdict_opens_nothing_and_refuses_until_who_filed_it_writes_it_again(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a"))
    (judged,) = town.stored("Consent")
    kept = verdict.read(judged.terms).terms()

    async def forget(tx: Any) -> None:
        terms = [entry for entry in judged.terms if entry not in kept]
        await tx.amend("Consent/a", {1: terms}, derivation.rows([judged], {1: terms}))

    town.run(town.store.transact(forget))
    assert town.search(Q, "Condition") == []
    town.write(P, consent("a", meta={"versionId": "1"}))
    assert town.search(Q, "Condition") == ["Condition/c"]


def test_a_household_registered_with_its_consents_has_its_keeper_as_their_filer(town: Town) -> None:
    form = consent("a")
    town.write(P, patient("1"), household("1"), concern("c", "1"), form, paper(form))
    assert town.search(Q, "Condition") == ["Condition/c"]
