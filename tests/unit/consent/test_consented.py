"""Whom a consent must come from, what it contributes to the policy, and what one that opens nothing lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import lapsed, policy, provisions
from consent.contributions import MEMBER
from consent.facts import Facts
from consent.provisions import CONSENT, EVERYBODY, REFUSAL
from consent.rule import Text
from consent.rules import consented
from consent.verdict import Verdict
from resources.record import period
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import FOREVER, Around, Relation, Stored
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, NOBODY, NOW, SINCE, around, officer, row, terms
from tests.unit.consent.test_provisions import (
    CONCERNS,
    MOTHER,
    OTHER,
    PATIENTS,
    PLAIN,
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
    provisions.learn(provisions.wording({"type": "permit"}))
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
        row(replace(granted, tag=REFUSAL, to=theirs), "Consent/refusal"),
    ]
    world = around(*rows)
    known = officer(wordings=frozenset({granted.tag, REFUSAL}), world=world)
    decision = policy.decide(consented.rules("read", known), Stored(PLAIN, SINCE, SINCE), world)
    (rule,) = decision.rules
    assert [(each.version, each.about) for each in rule.evidence] == [("Consent/counts/_history/1", MOTHER)]


@pytest.mark.parametrize(("purpose", "opened"), [("COC", True), ("statistics", False), ("audit-review", False)])
def test_a_consent_without_a_purpose_is_for_work_with_the_person(purpose: str, opened: bool) -> None:
    assert readable(PLAIN, permit(), purpose=purpose) is opened


def test_a_consent_contributes_a_row_for_each_whom_it_names_as_long_as_it_counts() -> None:
    span = {"start": "2026-11-23", "end": "2026-11-23"}
    named = permit(actor=to(CENTER, "Practitioner/p"), period=span, **CONCERNS)
    tag = provisions.tag(provisions.wording(named["provision"]))
    day = period.span(span)
    assert day is not None
    assert set(provisions.relations(named)) == {
        Relation(CONSENT, MOTHER, one, tag, *day) for one in (CENTER, "Practitioner/p")
    }
    assert tag == provisions.tag(provisions.wording({"type": "permit", **CONCERNS})), (
        "neither persons nor dates are in the wording"
    )
    assert [each.to for each in provisions.relations(permit())] == [EVERYBODY]
    assert list(provisions.relations(consent(status="inactive"))) == []


@pytest.mark.parametrize("end", ["9999", "9999-12-31", "9999-12-31T23:59:60+09:00", "unreadable"])
def test_a_refusal_whose_end_cannot_be_told_withholds_for_ever(end: str) -> None:
    (refusal,) = provisions.relations(deny(period={"start": "2026", "end": end}))
    assert refusal.until == FOREVER


def test_a_permit_whose_period_cannot_be_told_grants_nothing() -> None:
    assert list(provisions.relations(permit(period={"end": "2026-13"}))) == []


def test_what_a_consent_lacks_is_said() -> None:
    consents = [consent(status="inactive", performer=None), permit(dataPeriod={}), permit(period={"end": "2025"})]
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
    made = lapsed.rules("P3", SAID, EVERYTHING, (filed,), frozenset({CENTER}), "CAREMGT", NOW)
    told = [rule.lacks[0].en for rule in made if rule.predicate.matches(record, Around(Stored(record), around()))]
    assert [text[: len(lacks)] for text in told] == ([lacks] if lacks else [])


SAID = Text("because", "理由")


def test_what_is_missing_is_told_of_a_household_that_the_person_belongs_to() -> None:
    plan = terms({"resourceType": "CarePlan", "subject": ref("Group/1")})
    member = around(row(Relation(MEMBER, "Group/1", MOTHER)))
    filed = Version("Consent", "1", 1, "", False, orjson.dumps(consent(status="inactive")), ())
    (rule,) = lapsed.rules("P3", SAID, EVERYTHING, (filed,), frozenset({CENTER}), "CAREMGT", NOW)
    assert rule.predicate.matches(plan, Around(Stored(plan, SINCE, SINCE), member))
    assert not rule.predicate.matches(plan, Around(Stored(plan, SINCE, SINCE), around()))


def test_a_wording_that_nobody_has_read_yet_withholds() -> None:
    unread = replace(given(MOTHER)[0], tag=provisions.tag("a wording that was never learnt"))
    assert not opened(PLAIN, row(unread, "Consent/1"))
    assert not opened(PLAIN, row(unread, "Consent/1"), row(given(MOTHER)[0], "Consent/2"))


def test_a_consent_that_names_nobody_opens_nothing_to_who_is_not_signed_in() -> None:
    world = around(row(given(MOTHER)[0], "Consent/1"))
    wordings = frozenset({given(MOTHER)[0].tag})
    assert list(consented.rules("read", Facts(NOBODY, wordings=wordings, world=world))) == []
    assert list(consented.rules("read", officer(wordings=wordings, world=world))) != []
