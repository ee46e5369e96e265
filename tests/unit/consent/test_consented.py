"""Whom a consent must come from, what it contributes to the policy, and what one that opens nothing lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import policy
from consent.facts import Facts
from consent.provision import counting, lapsed, provisions, wording
from consent.provision.coverage import Named
from consent.provision.provisions import CONSENT, EVERYBODY
from consent.provision.wording import Said, Wording
from consent.relations.contributions import MEMBER
from consent.rule import Text
from consent.rules import consented
from consent.verdict import Verdict
from resources.record import period
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import FOREVER, Around, Relation, Stored
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, NOBODY, OFFICER, SINCE, around, officer, row, terms
from tests.unit.consent.provision.test_provisions import (
    CONCERNS,
    MOTHER,
    OTHER,
    PATIENTS,
    PLAIN,
    RELATED,
    consent,
    deny,
    for_,
    permit,
    readable,
    to,
)


def test_everybody_a_record_names_must_have_signed() -> None:
    both = terms({"resourceType": "Condition", "subject": ref(MOTHER), "asserter": ref("Patient/sister")})
    assert not readable(both, permit())
    assert not readable(both, permit(), consent(patient=ref("Patient/sister"), provision={"type": "deny"}))
    assert readable(both, permit(), consent(patient=ref("Patient/sister")))


def test_a_household_is_all_its_members() -> None:
    plan = terms({"resourceType": "CarePlan", "subject": ref("Group/1")})
    members = [row(Relation(MEMBER, "Group/1", name)) for name in (MOTHER, "Patient/son")]
    both = [row(relation, f"Consent/{n}") for n, who in enumerate((MOTHER, "Patient/son")) for relation in given(who)]
    assert not opened(plan, *members, both[0])
    assert opened(plan, *members, *both)
    joins = row(Relation(MEMBER, "Group/1", "Patient/baby"), since="2026-11-20")
    assert not opened(plan, *members, *both, joins)
    left = row(Relation(MEMBER, "Group/1", "Patient/gone"), since="2026-01-01", ended="2026-03-01")
    assert opened(plan, *members, *both, left)


def given(patient: str) -> list[Relation]:
    wording.learn(wording.of(consent()))
    return list(provisions.relations(consent(patient=ref(patient))))


def opened(record: tuple[str, ...], *rows: Any) -> bool:
    world = around(*rows)
    wordings = frozenset(each.relation.tag for each in rows if each.relation.name == CONSENT)
    made = list(consented.rules("read", officer(wordings=wordings, world=world)))
    return policy.decide(made, Stored(record, SINCE, SINCE), world).allowed


def test_a_consent_is_cited_for_whom_it_is_about_and_only_while_it_counts() -> None:
    theirs = "Organization/other"
    granted = replace(given(MOTHER)[0], to=CENTER)
    rows = [
        row(granted, "Consent/counts"),
        row(replace(granted, until="2026-01-01"), "Consent/over"),
        row(replace(granted, start="2027-01-01"), "Consent/later"),
        row(granted, "Consent/revoked", ended="2026-05-01"),
        row(replace(granted, to=theirs), "Consent/theirs"),
        row(replace(granted, tag=wording.REFUSAL, to=theirs), "Consent/refusal"),
    ]
    world = around(*rows)
    known = officer(wordings=frozenset({granted.tag, wording.REFUSAL}), world=world)
    decision = policy.decide(consented.rules("read", known), Stored(PLAIN, SINCE, SINCE), world)
    (rule,) = decision.rules
    assert [(each.version, each.about) for each in rule.evidence] == [("Consent/counts/_history/1", MOTHER)]


FORMER = "PractitionerRole/former"


@pytest.mark.parametrize(
    ("papers", "open"),
    [
        ([permit(), deny(actor=to(FORMER))], False),
        ([permit(provision=[{"type": "deny", "actor": to(FORMER)}])], False),
        ([permit(actor=to(FORMER))], False),
        ([deny(provision=[{"type": "permit", "actor": to(FORMER)}])], False),
        ([permit(), deny(actor=to("PractitionerRole/of-another"))], True),
        ([permit(), deny(actor=to(CENTER), provision=[{"type": "permit", "actor": to(FORMER)}])], False),
    ],
)
def test_what_is_refused_to_a_post_is_refused_to_who_held_it_and_what_is_permitted_to_it_ends_with_it(
    papers: list[dict[str, Any]], open: bool
) -> None:
    for paper in papers:
        wording.learn(wording.of(paper))
    rows = [row(one, f"Consent/{n}") for n, paper in enumerate(papers) for one in provisions.relations(paper)]
    world, worded = around(*rows), frozenset(wording.bare(each.relation.tag) for each in rows)
    known = replace(officer(wordings=worded, world=world), former=frozenset({FORMER}))
    decision = policy.decide(consented.rules("read", known), Stored(PLAIN, SINCE, SINCE), world)
    assert decision.allowed is open


@pytest.mark.parametrize(("purpose", "opened"), [("COC", True), ("statistics", False), ("audit-review", False)])
def test_a_consent_without_a_purpose_is_for_work_with_the_person(purpose: str, opened: bool) -> None:
    assert readable(PLAIN, permit(), purpose=purpose) is opened


@pytest.mark.parametrize("purpose", ["urn:other|CAREMGT", "https://tsunagu.example/fhir/CodeSystem/x|CAREMGT"])
def test_a_code_of_another_system_is_another_purpose(purpose: str) -> None:
    assert readable(PLAIN, permit(purpose=for_("CAREMGT")), purpose="CAREMGT")
    assert not readable(PLAIN, permit(purpose=for_("CAREMGT")), purpose=purpose)


def test_only_a_paper_that_speaks_of_the_record_is_cited() -> None:
    papers = [permit(data=[{"meaning": "instance", "reference": ref(name)}]) for name in ("Condition/1", "Condition/2")]
    wording.learn(wording.of(papers[0]))
    rows = [row(one, f"Consent/{n}") for n, paper in enumerate(papers) for one in provisions.relations(paper)]
    known = officer(wordings=frozenset({wording.bare(rows[0].relation.tag)}), world=around(*rows))
    decision = policy.decide(consented.rules("read", known), Stored(PLAIN, SINCE, SINCE), around(*rows))
    assert [each.version for rule in decision.rules for each in rule.evidence] == ["Consent/0/_history/1"]


def test_a_consent_contributes_a_row_for_each_whom_it_names_as_long_as_it_counts() -> None:
    span = {"start": "2026-11-23", "end": "2026-11-23"}
    named = permit(actor=to(CENTER, "Practitioner/p"), period=span, **CONCERNS)
    tag = wording.tag(wording.of(named))
    day = period.span(span)
    assert day is not None
    assert set(provisions.relations(named)) == {
        Relation(CONSENT, MOTHER, one, tag, *day) for one in (CENTER, "Practitioner/p")
    }
    assert tag == wording.tag(wording.of(permit(**CONCERNS))), "neither persons nor dates are in the wording"
    assert [each.to for each in provisions.relations(permit())] == [EVERYBODY]
    assert list(provisions.relations(consent(status="inactive"))) == []


def test_what_differs_in_persons_dates_and_records_alone_is_worded_alike_in_exceptions_too() -> None:
    """So the wordings of a city stay few, whatever its papers name."""
    papers = [
        permit(provision=[{"type": "deny", "actor": to(f"Organization/{n}"), "dataPeriod": {"start": f"20{n}"}}])
        for n in range(10, 20)
    ]
    papers += [
        permit(provision=[{"type": "deny", "period": {"end": f"20{n}"}, "data": [{"meaning": "instance", **named}]}])
        for n in range(30, 40)
        for named in [{"reference": ref(f"Condition/{n}")}]
    ]
    rows = [one for paper in papers for one in provisions.relations(paper)]
    assert len({wording.bare(each.tag) for each in rows}) == 1
    assert len({each.tag for each in rows}) == 2, "the root's and the exception's"
    assert len(set(rows)) == 1 + len(papers)


@pytest.mark.parametrize("end", ["9999", "9999-12-31", "9999-12-31T23:59:60+09:00", "unreadable"])
def test_a_refusal_whose_end_cannot_be_told_withholds_for_ever(end: str) -> None:
    (refusal,) = provisions.relations(deny(period={"start": "2026", "end": end}))
    assert refusal.until == FOREVER


def test_a_permit_whose_period_cannot_be_told_grants_nothing() -> None:
    assert list(provisions.relations(permit(period={"end": "2026-13"}))) == []


def test_what_a_consent_lacks_is_said() -> None:
    consents = [consent(status="inactive", performer=None), permit(data=RELATED), permit(period={"end": "2025"})]
    consents += [permit(purpose=for_("HRESCH")), permit(**PATIENTS), permit(actor=OTHER)]
    kept = tuple(sorted(Verdict(True, frozenset({"*"})).terms()))
    filed = tuple(Version("Consent", str(n), 1, "", False, orjson.dumps(each), kept) for n, each in enumerate(consents))
    made = [rule for rule in consented.rules("read", officer(lapsed=filed)) if rule.lacks]
    assert [[text.en.partition(":")[0] for text in rule.lacks] for rule in made] == [
        ["the consent is not active", "the consent is not signed"],
        ["the consent has an element that cannot be enforced"],
        ["the consent's period does not contain this day"],
        ["the consent does not name this agency for this purpose"],
        ["the consent leaves this record out"],
    ]
    assert all(text.ja for rule in made for text in rule.lacks)
    assert [each.predicate.matches(PLAIN, Around(Stored(PLAIN), around())) for each in made] == [True] * 5


OF_CONCERNS = orjson.dumps({"type": "permit"} | CONCERNS).decode()


@pytest.mark.parametrize(
    ("honoured", "noted", "lacks"),
    [
        ("Organization/third", "", "who keeps this record has not verified the consent"),
        (CENTER, "", ""),
        ("", "", "the consent was not filed or signed by who may"),
        ("*", ".replaced 2026-11-01 all", "a newer paper took the place of the consent"),
        ("*", ".lapses 2026-11-01", "the person for whom another signed is of age"),
        ("*", f".reached 2026-11-01 {OF_CONCERNS}", "the consent leaves this record out"),
    ],
)
def test_what_its_standing_lacks_is_said(honoured: str, noted: str, lacks: str) -> None:
    kept = Verdict(bool(honoured), frozenset({honoured} - {""}), noted=frozenset({noted} - {""}))
    record = terms({"resourceType": "Condition", "subject": ref(MOTHER)}, CENTER)
    filed = Version("Consent", "1", 1, "", False, orjson.dumps(permit()), tuple(sorted(kept.terms())))
    made = lapsed.rules("P3", SAID, EVERYTHING, (filed,), CENTERS, OFFICER)
    world = around(*(row(each, "Consent/1") for each in counting.relations(permit(), kept)))
    told = [rule.lacks[0].en for rule in made if rule.predicate.matches(record, Around(Stored(record), world))]
    assert [text[: len(lacks)] for text in told] == ([lacks] if lacks else [])


SAID = Text("because", "理由")
CENTERS = Named(frozenset({CENTER, EVERYBODY}), frozenset({CENTER, EVERYBODY}))


def test_what_is_missing_is_told_of_a_household_that_the_person_belongs_to() -> None:
    plan = terms({"resourceType": "CarePlan", "subject": ref("Group/1")})
    member = around(row(Relation(MEMBER, "Group/1", MOTHER)))
    filed = Version("Consent", "1", 1, "", False, orjson.dumps(consent(status="inactive")), ())
    (rule,) = lapsed.rules("P3", SAID, EVERYTHING, (filed,), CENTERS, OFFICER)
    assert rule.predicate.matches(plan, Around(Stored(plan, SINCE, SINCE), member))
    assert not rule.predicate.matches(plan, Around(Stored(plan, SINCE, SINCE), around()))


def test_a_wording_that_nobody_has_read_yet_withholds() -> None:
    unread = replace(given(MOTHER)[0], tag=wording.tag(Wording("permit", Said(codes=frozenset({"never|learnt"})))))
    assert not opened(PLAIN, row(unread, "Consent/1"))
    assert not opened(PLAIN, row(unread, "Consent/1"), row(given(MOTHER)[0], "Consent/2"))


def test_a_consent_that_names_nobody_opens_nothing_to_who_is_not_signed_in() -> None:
    world = around(row(given(MOTHER)[0], "Consent/1"))
    wordings = frozenset({given(MOTHER)[0].tag})
    assert list(consented.rules("read", Facts(NOBODY, wordings=wordings, world=world))) == []
    assert list(consented.rules("read", officer(wordings=wordings, world=world))) != []
