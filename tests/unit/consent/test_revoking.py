"""A person takes back what they permitted: by whose word, how far, and what is told to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from consent.writing.prepared import Change
from resources.record import envelope
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.test_verifying import asking, verify
from tests.unit.consent.town import Town, actor, concern, patient, taken_on
from tests.unit.consent.writing.test_superseding import IRCP, consent, statuses

Json = dict[str, Any]

P, Q, CO = actor("p"), actor("q"), actor("co")


def actors(*names: str) -> list[Json]:
    return [{"role": IRCP, "reference": ref(name)} for name in names]


def permit(*names: str) -> Json:
    return {"type": "permit"} | ({"actor": actors(*names)} if names else {})


def of_type(type: str) -> Json:
    return {"system": "http://hl7.org/fhir/resource-types", "code": type}


def word(id: str, *names: str, of: str = "", **changes: Any) -> Json:
    """The person's word that what they permitted to these is ended; or one consent."""
    said = consent(id) | {"status": "inactive", "category": [concept("record-category", "revocation")]}
    said = {name: value for name, value in said.items() if name not in ("sourceReference", "policyRule", "performer")}
    said["policyRule"] = concept("record-category", "revocation")
    if of:
        said["extension"] = [extension("revokes", valueReference=ref(f"Consent/{of}"))]
    return said | {"provision": permit(*names)} | changes


def refused(town: Town, who: Any, *resources: Json) -> Problem:
    with pytest.raises(Problem) as caught:
        town.write(who, *resources)
    return caught.value


def notices(town: Town, kind: str = "consent-ended") -> dict[str, list[str]]:
    """To whom it was told of which consents."""
    told: dict[str, list[str]] = {}
    for row in town.stored("Communication"):
        body = orjson.loads(row.body)
        if kind in str(body["category"]):
            [to] = body["recipient"]
            told.setdefault(to["reference"], []).append(",".join(each["reference"] for each in body["about"]))
    return told


@pytest.fixture
def permitted(town: Town) -> Town:
    """The person let the other agency and the council read; the council reads, and so does the other agency."""
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a", provision=permit("Organization/other", "Organization/council")))
    assert town.search(Q, "Condition") == town.search(CO, "Condition") == ["Condition/c"]
    return town


def test_by_recipient_what_they_permitted_to_that_one_ends_whoever_filed_it(permitted: Town) -> None:
    taken_on(permitted)
    permitted.write(Q, word("w", "Organization/council"))
    assert permitted.search(CO, "Condition") == []
    assert permitted.search(Q, "Condition") == ["Condition/c"]
    assert statuses(permitted) == {"a": "active", "w": "inactive"}
    assert permitted.read(P, "Consent/a")["meta"]["versionId"] == "1"


def test_a_permit_to_nobody_else_is_over_and_its_filer_sees_it(permitted: Town) -> None:
    permitted.write(P, word("w", "Organization/council", "Organization/other", "Organization/lead"))
    assert statuses(permitted)["a"] == "inactive"
    assert permitted.search(Q, "Condition") == permitted.search(CO, "Condition") == []


def test_by_the_consent_that_one_ends_and_no_older_paper_on_its_policy_revives_it(permitted: Town) -> None:
    permitted.sign(P, consent("b", policyRule={"coding": [{"system": "urn:x", "code": "other"}]}))
    permitted.write(P, word("w", of="a"))
    assert statuses(permitted) == {"a": "inactive", "b": "active", "w": "inactive"}
    permitted.sign(P, consent("older", dateTime="2019-02-12", provision=permit("Organization/council")))
    assert permitted.search(CO, "Condition") == []
    assert permitted.search(Q, "Condition") == ["Condition/c"]


def test_papers_signed_before_it_grant_that_recipient_nothing_on_whatever_policy_and_whenever_filed(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"), word("w", "Organization/other"))
    town.sign(P, consent("a", provision=permit("Organization/other", "Organization/council")))
    town.sign(P, consent("b", policyRule={"coding": [{"system": "urn:x", "code": "other"}]}))
    assert town.search(Q, "Condition") == []
    assert town.search(CO, "Condition") == ["Condition/c"]
    assert statuses(town) == {"a": "active", "b": "active", "w": "inactive"}
    later = replace(P, now=P.now + timedelta(hours=1))
    town.sign(later, consent("new", dateTime="2026-11-23T13:30:00+09:00"))
    assert town.search(Q, "Condition") == ["Condition/c"]


def test_what_is_withheld_stands_when_the_permit_ends(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    secret = {"type": "deny", "code": [concept("concern-field", "debts")]}
    town.sign(P, consent("a", provision=permit("Organization/other") | {"provision": [secret]}))
    other = {"coding": [{"system": "urn:x", "code": "other"}]}
    town.sign(P, consent("b", provision=permit("Organization/other"), policyRule=other))
    town.write(P, word("w", of="a"))
    assert statuses(town) == {"a": "inactive", "b": "active", "w": "inactive"}
    assert town.search(Q, "Patient") == ["Patient/1"]
    assert town.search(Q, "Condition") == []


def test_what_withholds_is_not_ended_by_word_and_it_is_said_what_to_do(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("no", provision={"type": "deny"}))
    problem = refused(town, P, word("w", of="no"))
    assert problem.kind == "business-rule"
    assert problem.rules == ("R3",)
    assert "replaces-earlier" in str(problem)
    assert problem.issues[0].at == "Consent.extension"


def test_only_who_has_the_person_in_care_writes_the_word(permitted: Town) -> None:
    assert refused(permitted, Q, word("w", "Organization/council")).kind in ("forbidden", "invalid", "not-found")
    assert refused(permitted, CO, word("w", of="a")).kind in ("forbidden", "invalid", "not-found")
    assert permitted.search(CO, "Condition") == ["Condition/c"]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "active"},
        {"status": "draft"},
        {"provision": {"type": "deny", "actor": actors("Organization/council")}},
        {"provision": {"type": "permit", "class": [of_type("Task")]}},
        {"provision": {"type": "permit", "actor": [{"role": IRCP, "reference": ref("Patient/1")}]}},
    ],
)
def test_a_word_says_no_more_than_whom_it_is_about(permitted: Town, changes: Json) -> None:
    assert refused(permitted, P, word("w", "Organization/council", **changes)).kind == "business-rule"


def test_a_word_is_not_made_of_a_paper_nor_rewritten(permitted: Town) -> None:
    revocation = {"category": [concept("record-category", "revocation")], "meta": {"versionId": "1"}}
    body = consent("a", provision=permit("Organization/other", "Organization/council")) | revocation
    refused(permitted, P, body)
    permitted.write(P, word("w", "Organization/council"))
    refused(permitted, P, word("w", "Organization/other", meta={"versionId": "1"}))
    assert permitted.search(Q, "Condition") == ["Condition/c"]


def test_what_it_answers_does_not_depend_on_what_others_hold(town: Town) -> None:
    """The other agency ends what was permitted to the council, with such a consent and without."""
    answers = []
    for held in (False, True):
        if held:
            town.sign(P, consent("a", provision=permit("Organization/council")))
        else:
            town.write(P, patient("1"), concern("c", "1"))
            town.sign(P, consent("seen", provision=permit("Organization/other") | {"class": [of_type("Patient")]}))
            taken_on(town)
        [done] = town.write(Q, word(f"w{held}", "Organization/council"))
        answers.append((done.action, done.warnings, done.version.body.replace(b"wTrue", b"w").replace(b"wFalse", b"w")))
    first, second = (orjson.loads(each[2]) for each in answers)
    for each in (first, second):
        each["meta"].pop("lastUpdated")
    assert first == second
    assert answers[0][:2] == answers[1][:2]
    assert notices(town)["Organization/council"] == ["Consent/a"]
    assert town.search(Q, "Communication", ("recipient", "Organization/council")) == []


# --- what is told ------------------------------------------------------------------------------------------------


def test_whom_a_consent_names_is_told_that_it_begins_and_reads_it(town: Town) -> None:
    town.write(P, patient("1"))
    read = permit("Organization/other", "Organization/center") | {"class": [of_type("Condition")]}
    town.sign(P, consent("a", provision=read))
    assert notices(town, "consent-begun") == {"Organization/other": ["Consent/a"]}
    [told] = town.search(Q, "Communication")
    body = town.read(Q, told)
    assert "水無瀬" not in str(body)
    assert town.search(Q, "Consent") == ["Consent/a"]
    assert town.read(Q, "Consent/a")["status"] == "active"
    assert town.search(Q, "DocumentReference") == []
    assert town.search(CO, "Consent") == town.search(CO, "Communication") == town.search(P, "Communication") == []


def test_a_draft_or_what_does_not_count_is_not_read_and_not_told(town: Town) -> None:
    town.write(P, patient("1"))
    town.write(P, {name: value for name, value in consent("d", status="draft").items() if name != "sourceReference"})
    assert town.search(Q, "Consent") == []
    assert notices(town, "consent-begun") == {}


def test_whom_it_is_denied_to_does_not_read_it(town: Town) -> None:
    town.write(P, patient("1"))
    denied = {"type": "deny", "actor": actors("Organization/other")}
    town.sign(P, consent("a", provision=permit() | {"provision": [denied]}), consent("b", provision=denied))
    assert town.search(Q, "Consent") == []
    assert notices(town, "consent-begun") == {}


def test_it_is_told_again_when_another_keeper_has_verified_it(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("a", provision=permit("Organization/council")))
    town.write(P, asking())
    assert notices(town, "consent-begun") == {"Organization/council": ["Consent/a"]}
    verify(town)
    assert notices(town, "consent-begun") == {"Organization/council": ["Consent/a", "Consent/a"]}
    assert "Communication/" in str(town.trail()[-1]["entity"])
    verify(town)
    assert len(notices(town, "consent-begun")["Organization/council"]) == 2


@pytest.mark.parametrize("how", ["word", "update"])
def test_after_a_revocation_each_that_it_names_is_told_once_and_who_read_by_it(town: Town, how: str) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    other = {"coding": [{"system": "urn:x", "code": "other"}]}
    papers = (
        consent("all", provision=permit(), policyRule=other),
        consent("a", provision=permit("Organization/council")),
    )
    town.sign(P, *papers)
    for _ in range(5):
        assert town.search(Q, "Condition") == ["Condition/c"]
        town.read(Q, "Condition/c")
    for id in ("all", "a"):
        if how == "word":
            town.write(P, word(f"w-{id}", of=id))
        else:
            town.write(P, town.read(P, f"Consent/{id}") | {"status": "inactive"})
    assert notices(town) == {"Organization/other": ["Consent/all"], "Organization/council": ["Consent/a"]}
    shown = [town.read(Q, each) for each in town.search(Q, "Communication")]
    assert [each["about"] for each in shown] == [[ref("Consent/all")]]
    assert town.search(P, "Communication") == []
    assert town.trail()[-1]["outcome"] == "0"


def test_by_recipient_that_one_alone_is_told(permitted: Town) -> None:
    permitted.write(P, word("w", "Organization/council"))
    assert notices(permitted) == {"Organization/council": ["Consent/a"]}


def test_who_filed_it_is_told_where_another_ended_it(permitted: Town) -> None:
    taken_on(permitted)
    permitted.write(Q, word("w"))
    assert notices(permitted) == {"Organization/council": ["Consent/a"], "Organization/center": ["Consent/a"]}
    assert permitted.search(Q, "Communication", ("category", "consent-ended")) == []


def test_a_refusal_that_ends_permits_is_told_to_whom_it_reaches(permitted: Town) -> None:
    permitted.sign(P, consent("no", provision={"type": "deny", "actor": actors("Organization/council")}))
    assert notices(permitted) == {"Organization/council": ["Consent/a"]}
    permitted.sign(P, consent("never", provision={"type": "deny"}))
    assert notices(permitted)["Organization/other"] == ["Consent/a"]


def test_a_refusal_where_nothing_was_permitted_tells_nobody(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("no", provision={"type": "deny", "actor": actors("Organization/council")}))
    assert notices(town) == {}


def test_open_referrals_that_rest_on_it_are_flagged_for_who_keeps_them(permitted: Town) -> None:
    def asked(id: str, owner: str, status: str = "requested") -> Json:
        task: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order", "for": ref("Patient/1")}
        return task | {"requester": ref("Organization/center"), "owner": ref(owner)}

    permitted.write(P, asked("open", "Organization/council"), asked("over", "Organization/council"))
    over = asked("over", "Organization/council", "cancelled") | {"meta": {"versionId": "1"}}
    permitted.write(P, over, asked("else", "Organization/other"))
    permitted.write(P, word("w", "Organization/council"))
    [flag] = [permitted.read(P, each) for each in permitted.search(P, "Flag")]
    assert flag["status"] == "active"
    assert flag["extension"][0]["valueReference"] == ref("Task/open")
    assert permitted.search(CO, "Flag") == []


def test_a_notice_and_a_flag_are_for_who_keeps_them_whatever_the_person_has_permitted(permitted: Town) -> None:
    taken_on(permitted)
    permitted.write(Q, concern("q", "1"))
    permitted.sign(Q, consent("b", provision=permit("Organization/center")))
    permitted.sign(P, consent("c", policyRule={"text": "another"}, provision=permit("Organization/other")))
    task: Json = {"resourceType": "Task", "id": "open", "status": "requested", "intent": "order"}
    task |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/council")}
    permitted.write(P, task)
    permitted.write(P, word("w", of="a"))
    assert "Condition/q" in permitted.search(P, "Condition"), "the person permitted what that agency keeps"
    assert set(notices(permitted)) == {"Organization/council", "Organization/other"}
    assert len(permitted.search(P, "Flag")) == 2, "of what it asked of each"
    assert permitted.search(Q, "Flag") == []
    for who, agency in ((P, "Organization/center"), (Q, "Organization/other"), (CO, "Organization/council")):
        assert sorted(permitted.search(who, "Communication")) == _kept(permitted, agency) != []


def _kept(town: Town, keeper: str) -> list[str]:
    rows = town.stored("Communication")
    return sorted(row.reference for row in rows if envelope.value(row.terms, ".custodian") == keeper)


@pytest.mark.parametrize("held", [True, False])
def test_who_ends_what_was_permitted_to_another_does_not_learn_whether_anything_was(town: Town, held: bool) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("own", provision=permit("Organization/other")))
    taken_on(town)
    if held:
        town.sign(P, consent("a", provision=permit("Organization/council")))
    task: Json = {"resourceType": "Task", "id": "open", "status": "requested", "intent": "order"}
    task |= {"for": ref("Patient/1"), "requester": ref("Organization/other"), "owner": ref("Organization/council")}
    town.write(Q, task)
    town.write(Q, word("w", "Organization/council"))
    assert town.search(CO, "Condition") == []
    assert town.search(Q, "Flag") == []
    assert town.search(Q, "Communication", ("category", "consent-ended")) == []


def test_an_agencys_own_note_of_a_referral_tells_it_nothing_of_whom_a_consent_named(permitted: Town) -> None:
    note: Json = {"resourceType": "Task", "id": "note", "status": "requested", "intent": "order"}
    note |= {"for": ref("Patient/1"), "requester": ref("Organization/council"), "owner": ref("Organization/center")}
    permitted.write(P, note)
    permitted.write(P, word("w", "Organization/council"))
    assert permitted.search(P, "Flag") == []


def test_it_all_happens_in_the_transaction_of_the_word_or_not_at_all(permitted: Town) -> None:
    broken = Change("update", "Patient", "none", orjson.dumps(patient("none")))
    changes = [Change("create", "Consent", "w", orjson.dumps(word("w", "Organization/council"))), broken]
    with pytest.raises(Problem):
        permitted.commit(P, *changes)
    assert notices(permitted) == {}
    assert permitted.search(CO, "Condition") == ["Condition/c"]
