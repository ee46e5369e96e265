"""The golden table of Consent: what each provision says of a record to an agency, on a day, for a purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from consent import vocabulary
from consent.facts import Facts
from consent.provision import counting, enforceable, provisions, wording
from consent.rules import consented
from consent.verdict import Verdict
from resources.search.relation import Around, Stored
from tests.laws.worlds import CONFIDENTIALITY, RESOURCE_TYPES, V3, ref
from tests.unit.consent.people import CENTER, NOW, OFFICER, SINCE, around, post, row, terms

MOTHER = "Patient/mother"
IRCP = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}


def consent(**changes: Any) -> dict[str, Any]:
    signed = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": f"{V3}consentscope", "code": "patient-privacy"}]},
        "patient": ref(MOTHER),
        "performer": [ref(MOTHER)],
        "sourceReference": ref("QuestionnaireResponse/1"),
        "provision": {"type": "permit"},
    }
    return {name: value for name, value in (signed | changes).items() if value is not None}


def permit(**elements: Any) -> dict[str, Any]:
    return consent(provision={"type": "permit"} | elements)


def deny(**elements: Any) -> dict[str, Any]:
    return consent(provision={"type": "deny"} | elements)


def to(*names: str) -> list[dict[str, Any]]:
    return [{"role": IRCP, "reference": ref(name)} for name in names]


def of(*types: str) -> list[dict[str, Any]]:
    return [{"system": RESOURCE_TYPES, "code": type} for type in types]


def for_(*codes: str) -> list[dict[str, Any]]:
    return [{"system": f"{V3}v3-ActReason", "code": code} for code in codes]


def marked(*codes: str) -> list[dict[str, Any]]:
    return [{"system": CONFIDENTIALITY, "code": code} for code in codes]


RELATED = [{"meaning": "related", "reference": ref("Condition/1")}]
SENSITIVE = {"system": f"{V3}v3-ActCode", "code": "PSY"}


def concern(*labels: dict[str, Any]) -> tuple[str, ...]:
    return terms({"resourceType": "Condition", "subject": ref(MOTHER), "meta": {"security": list(labels)}})


def readable(record: tuple[str, ...], *consents: dict[str, Any], purpose: str = "CAREMGT", now: datetime = NOW) -> bool:
    """Whether these consents open a record to an officer of the center, in both readings."""
    rows = [row(relation, f"Consent/{n}") for n, each in enumerate(consents) for relation in provisions.relations(each)]
    for each in consents:
        if enforceable.kind(each):
            wording.learn(wording.of(each))
    world = around(*rows, now=now)
    wordings = frozenset(wording.bare(each.relation.tag) for each in rows)
    answers = set()
    for type in ("", next(term[6:] for term in record if term.startswith(".type "))):
        known = Facts(
            replace(OFFICER, purpose=vocabulary.purpose(purpose), now=now),
            (post(),),
            wordings=wordings,
            world=world,
            type=type,
        )
        made = list(consented.rules("read", known))
        here = Around(Stored(record, SINCE, SINCE), world)
        answers.add(any(rule.predicate.matches(record, here) for rule in made))
    (answer,) = answers
    return answer


PLAIN = concern()
OTHER = to("Organization/other")
PATIENTS, CONCERNS = {"class": of("Patient")}, {"class": of("Condition")}
NO_PATIENTS = {"type": "deny", **PATIENTS}
DENY_R = {"type": "deny", "securityLabel": marked("R")}
REFUSED_ONCE = consent(status="inactive", provision={"type": "deny"})
TABLE: dict[str, tuple[bool, tuple[str, ...], tuple[dict[str, Any], ...]]] = {
    "an absent element does not constrain": (True, PLAIN, (permit(),)),
    "nothing signed, nothing opened": (False, PLAIN, ()),
    "the agency is named": (True, PLAIN, (permit(actor=to(CENTER)),)),
    "the agency is one of those named": (True, PLAIN, (permit(actor=to("Organization/other", CENTER)),)),
    "another agency is named": (False, PLAIN, (permit(actor=OTHER),)),
    "the person is named": (True, PLAIN, (permit(actor=to("Practitioner/p")),)),
    "another person of the agency is named": (False, PLAIN, (permit(actor=to("Practitioner/q")),)),
    "the post held now is named": (True, PLAIN, (permit(actor=to("PractitionerRole/role")),)),
    "a post not held is named": (False, PLAIN, (permit(actor=to("PractitionerRole/former")),)),
    "the purpose is named": (True, PLAIN, (permit(purpose=for_("HRESCH", "CAREMGT")),)),
    "another purpose is named": (False, PLAIN, (permit(purpose=for_("HRESCH")),)),
    "the type is named": (True, PLAIN, (permit(**{"class": of("Patient", "Condition")}),)),
    "another type is named": (False, PLAIN, (permit(**PATIENTS),)),
    "every element must hold": (False, PLAIN, (permit(actor=to(CENTER), purpose=for_("HRESCH")),)),
    "a permit reaches down to less confidential records": (
        True,
        concern(*marked("N")),
        (permit(securityLabel=marked("R")),),
    ),
    "a permit reaches its own level": (True, concern(*marked("R")), (permit(securityLabel=marked("R")),)),
    "a permit does not reach up": (False, concern(*marked("V")), (permit(securityLabel=marked("R")),)),
    "a permit by level does not reach what has none": (False, PLAIN, (permit(securityLabel=marked("V")),)),
    "a permit by another label needs that label": (True, concern(SENSITIVE), (permit(securityLabel=[SENSITIVE]),)),
    "a permit by another label opens no other": (False, PLAIN, (permit(securityLabel=[SENSITIVE]),)),
    "an exception denies its own level": (
        False,
        concern(*marked("R")),
        (permit(provision=[DENY_R]),),
    ),
    "an exception denies what is above": (
        False,
        concern(*marked("V")),
        (permit(provision=[DENY_R]),),
    ),
    "an exception leaves what is below": (
        True,
        concern(*marked("N")),
        (permit(provision=[DENY_R]),),
    ),
    "an exception for another agency is none": (
        True,
        PLAIN,
        (permit(provision=[{"type": "deny", "actor": OTHER}]),),
    ),
    "an exception that is over is none": (
        True,
        PLAIN,
        (permit(provision=[{"type": "deny", "period": {"end": "2026-11-22"}}]),),
    ),
    "one of two exceptions is enough": (
        False,
        PLAIN,
        (permit(provision=[NO_PATIENTS, {"type": "deny", **CONCERNS}]),),
    ),
    "a root that denies opens nothing": (False, PLAIN, (deny(),)),
    "an exception of a denying root opens what it describes": (
        True,
        PLAIN,
        (deny(provision=[{"type": "permit", **CONCERNS}]),),
    ),
    "an exception of a denying root opens nothing else": (
        False,
        PLAIN,
        (deny(provision=[{"type": "permit", **PATIENTS}]),),
    ),
    "an exception reaches no further than its root": (
        False,
        PLAIN,
        (deny(actor=OTHER, provision=[{"type": "permit"}]),),
    ),
    "of two consents the denying one is stronger": (False, PLAIN, (permit(), deny())),
    "a denying one about another type is not": (True, PLAIN, (permit(), deny(**PATIENTS))),
    "a denying one to another agency is not": (True, PLAIN, (permit(), deny(actor=OTHER))),
    "an exception is stronger than another consent": (False, PLAIN, (permit(), permit(provision=[{"type": "deny"}]))),
    "a revoked one does not deny any more": (
        True,
        PLAIN,
        (permit(), REFUSED_ONCE),
    ),
    "a revoked one opens nothing": (False, PLAIN, (consent(status="inactive"),)),
    "a proposed one opens nothing": (False, PLAIN, (consent(status="proposed"),)),
    "one that nobody signed opens nothing": (False, PLAIN, (consent(performer=None),)),
    "one without a signed sheet opens nothing": (False, PLAIN, (consent(sourceReference=None),)),
    "a signed paper will do": (True, PLAIN, (consent(sourceReference=None, sourceAttachment={"title": "同意書"}),)),
    "one that cannot be enforced opens nothing": (False, PLAIN, (permit(data=RELATED),)),
    "one without a provision opens nothing": (False, PLAIN, (consent(provision=None),)),
    "a refusal nobody signed still refuses": (False, PLAIN, (permit(), deny() | {"performer": []})),
    "a refusal that cannot be enforced refuses everything": (
        False,
        PLAIN,
        (permit(), deny(data=RELATED, **PATIENTS)),
    ),
    "a consent that cannot be read as either may be a refusal": (False, PLAIN, (permit(), consent(provision=None))),
    "an unreadable refusal that is over refuses nothing": (
        True,
        PLAIN,
        (permit(), deny(data=RELATED, period={"end": "2020"})),
    ),
    "a permit that cannot be enforced takes nothing from another": (
        True,
        PLAIN,
        (permit(), permit(data=RELATED)),
    ),
    "one of two unlike ones is enough to open": (
        True,
        PLAIN,
        (permit(**PATIENTS), permit(**CONCERNS)),
    ),
    "somebody else's opens nothing": (False, PLAIN, (consent(patient=ref("Patient/other")),)),
    "the directory is no casework": (False, terms({"resourceType": "Location", "managing": ref(MOTHER)}), (permit(),)),
    "a record about nobody is not opened": (False, terms({"resourceType": "Flag"}), (permit(),)),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_table_of_consent(case: str) -> None:
    expected, record, consents = TABLE[case]
    assert readable(record, *consents) is expected


@pytest.mark.parametrize(
    ("span", "now", "expected"),
    [
        ({"start": "2026-11-24"}, "2026-11-23T23:59:59+09:00", False),
        ({"start": "2026-11-24"}, "2026-11-23T15:00:00Z", True),
        ({"end": "2026-11-23"}, "2026-11-23T23:59:59.999+09:00", True),
        ({"end": "2026-11-23"}, "2026-11-23T15:00:00Z", False),
        ({"end": "2026-11"}, "2026-11-30T23:00:00+09:00", True),
        ({"end": "2025"}, "2026-01-01T00:00:00+09:00", False),
    ],
)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_consent_counts_on_whole_days_of_okayama(span, now: str, expected: bool, elsewhere: bool) -> None:
    """Whether the period stands at the root, or at an exception of a root that denies."""
    signed = deny(provision=[{"type": "permit", "period": span}]) if elsewhere else permit(period=span)
    assert readable(PLAIN, signed, now=datetime.fromisoformat(now)) is expected


TO_CENTER, TO_OTHER = {"actor": to(CENTER)}, {"actor": to("Organization/other")}
OPTED_IN = {"policyRule": {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTIN"}]}}


@pytest.mark.parametrize(
    ("ended", "left"),
    [
        (permit(), False),
        (permit(**TO_CENTER), False),
        (permit(**TO_OTHER), True),
        (permit(**TO_CENTER, purpose=for_("TREAT")), True),
        (permit(**TO_CENTER, purpose=for_("CAREMGT")), False),
        (permit(data=[{"meaning": "instance", "reference": ref("Condition/1")}]), False),
        (permit(data=[{"meaning": "instance", "reference": ref("Condition/2")}]), True),
        (permit(dataPeriod={"start": "2020", "end": "2021"}), False),
        (permit(period={"end": "2020"}), False),
        (consent(provision=CONCERNS) | OPTED_IN, False),
    ],
)
def test_what_a_word_given_later_has_ended_is_granted_no_more_as_far_as_it_may_have_reached(
    ended: dict[str, Any], left: bool
) -> None:
    kept = Verdict(True, frozenset({"*"}), noted=frozenset({f".reached 2026-11-01 {counting.extent(ended)}"}))
    for paper in (permit(), permit(**TO_CENTER), consent(provision=PATIENTS) | OPTED_IN):
        wording.learn(wording.of(paper, counting.reached(kept)))
        rows = [row(each, "Consent/1") for each in counting.relations(paper, kept)]
        known = Facts(OFFICER, (post(),), wordings=frozenset(wording.bare(each.relation.tag) for each in rows))
        record = concern()
        here = Around(Stored(record), around(*rows))
        assert any(each.predicate.matches(record, here) for each in consented.rules("read", known)) is left
