"""What the papers of one person do to one another, whoever filed them."""

from __future__ import annotations

from typing import Any

import pytest

from consent.provision import course
from consent.provision.course import Course, Paper
from consent.verdict import REACHED, REPLACED, REVOKED, WORD, Verdict
from resources.search.predicate import term
from tests.laws.worlds import V3, extension, ref

OPTIN, OPTOUT = ({"coding": [{"system": f"{V3}v3-ActCode", "code": code}]} for code in ("OPTIN", "OPTOUT"))
PERMIT, DENY = {"type": "permit"}, {"type": "deny"}
EXCEPTING = PERMIT | {"provision": [DENY]}
KEEPER, OTHER, THIRD = "Organization/center", "Organization/other", "Organization/third"
REPLACES = [extension("replaces-earlier", valueBoolean=True)]


def paper(
    name: str,
    signed: str | None,
    provision: Any = PERMIT,
    filer: str = KEEPER,
    honoured: str = "",
    revoked: str = "",
    counts: bool = True,
    **elements: Any,
) -> Paper:
    body = {"status": "active", "patient": ref("Patient/1"), "performer": [ref("Patient/1")], "policyRule": OPTIN}
    body |= {"dateTime": signed, "provision": provision} | elements
    noted = frozenset({term(REVOKED, revoked)} if revoked else ())
    return Paper(name, body, filer, Verdict(counts, frozenset({filer, honoured} - {""}), noted=noted))


def done(older: Paper, *newer: Paper) -> set[str]:
    """What becomes of a paper: the manners in which it is replaced, and how far it is reached."""
    return {said for name, said in Course((older, *newer), KEEPER).ended(older) if name in (REPLACED, REACHED)}


@pytest.mark.parametrize(
    ("signed", "newer", "ends"),
    [
        ("2026-11-20", "2026-11-21", True),
        ("2026-11-20", "2026-11-20", False),
        ("2026-11-21", "2026-11-20", False),
        ("2026-11-20", "2026-11-20T15:00:00+09:00", False),
        ("2026-11-20T14:00:00+09:00", "2026-11-20T15:00:00+09:00", True),
        ("2026-11-20T15:00:00+09:00", "2026-11-20T14:00:00+09:00", False),
        ("2026-11-20T15:00:00+09:00", "2026-11-20", False),
        (None, "2026-11-20", False),
        ("2026-11-20", None, False),
        ("2026-11-20", "2026-13-01", False),
        ("2026-13-01", "2026-11-20", False),
    ],
)
def test_a_paper_ends_those_that_were_certainly_signed_before_it(
    signed: str | None, newer: str | None, ends: bool
) -> None:
    assert done(paper("a", signed), paper("b", newer, extension=REPLACES)) == ({"all"} if ends else set())


def test_only_where_it_says_so_and_counts_and_is_on_the_same_policy() -> None:
    older = paper("a", "2026-11-20")
    assert done(older, paper("b", "2026-11-21")) == set()
    assert done(older, paper("b", "2026-11-21", extension=REPLACES, counts=False)) == set()
    assert done(older, paper("b", "2026-11-21", extension=REPLACES, policyRule=OPTOUT)) == set()
    assert done(older, paper("b", "2026-11-21", extension=REPLACES, filer=THIRD)) == {"all"}


@pytest.mark.parametrize(
    ("filer", "honoured", "lifts"),
    [
        (OTHER, "", True),
        (KEEPER, "", True),
        (THIRD, "", False),
        (THIRD, KEEPER, True),
        (THIRD, "*", True),
    ],
)
def test_what_withholds_is_lifted_by_who_filed_it_the_patients_keeper_or_the_person(
    filer: str, honoured: str, lifts: bool
) -> None:
    newer = paper("n", "2026-11-21", extension=REPLACES, filer=filer, honoured=honoured)
    assert done(paper("r", "2026-11-20", DENY, OTHER), newer) == {"all" if lifts else "grants"}
    assert done(paper("r", "2026-11-20", EXCEPTING, OTHER), newer) == {"all" if lifts else "grants"}
    assert done(paper("r", "2026-11-20", PERMIT, OTHER), newer) == {"all"}


def test_a_refusal_that_a_child_signed_ends_only_with_the_childs_signature_too() -> None:
    refused = paper("r", "2026-11-20", DENY)
    parent, both = [ref("RelatedPerson/mother")], [ref("RelatedPerson/mother"), ref("Patient/1")]
    assert done(refused, paper("n", "2026-11-21", extension=REPLACES, performer=parent)) == {"grants"}
    assert done(refused, paper("n", "2026-11-21", extension=REPLACES, performer=both)) == {"all"}
    by_the_parent = paper("r", "2026-11-20", DENY, performer=parent)
    assert done(by_the_parent, paper("n", "2026-11-21", extension=REPLACES, performer=parent)) == {"all"}
    assert done(by_the_parent, paper("n", "2026-11-21", extension=REPLACES)) == {"all"}


REVOKED_AT = "2026-11-21T06:00:00.000Z"


@pytest.mark.parametrize(
    ("signed", "reached"),
    [
        ("2019-02-12", True),
        ("2026-11-21", True),
        ("2026-11-21T14:59:59+09:00", True),
        ("2026-11-21T15:00:00+09:00", False),
        ("2026-11-22", False),
        (None, True),
    ],
)
def test_a_revocation_reaches_what_was_not_certainly_signed_after_it(signed: str | None, reached: bool) -> None:
    narrow = PERMIT | {"period": {"end": "2026-12-31"}, "purpose": [{"code": "CAREMGT"}]}
    revoked = paper("e", "2026-11-20", narrow, THIRD, revoked=REVOKED_AT)
    expected = {'{"purpose":[{"code":"CAREMGT"}],"type":"permit"}'} if reached else set()
    assert done(paper("a", signed), revoked) == expected
    assert done(paper("a", signed, policyRule=OPTOUT), revoked) == set()


def test_a_paper_does_nothing_to_itself_and_nothing_to_what_counts_no_more() -> None:
    replacing = paper("a", "2026-11-20", extension=REPLACES, revoked=REVOKED_AT)
    assert done(replacing) == set()
    newer = paper("b", "2026-11-21", extension=REPLACES)
    assert done(paper("a", "2026-11-20", status="inactive", counts=False), newer) == set()
    assert done(paper("a", "2026-11-20", EXCEPTING, status="inactive"), newer) == {"all"}
    void = Paper("a", paper("a", "2026-11-20").body, KEEPER, Verdict(void=True))
    assert done(void, newer) == set()


def test_its_status_says_so_only_where_one_agency_filed_both() -> None:
    older, newer = paper("a", "2026-11-20", filer=OTHER), paper("b", "2026-11-21", extension=REPLACES)
    assert not Course([older, newer], KEEPER).is_over(older)
    own = paper("b", "2026-11-21", extension=REPLACES, filer=OTHER)
    assert Course([older, own], KEEPER).is_over(older)


def to(*names: str) -> list[Any]:
    return [{"role": {"coding": [{"code": "IRCP"}]}, "reference": ref(each)} for each in names]


def word(*recipients: str, revokes: str = "", at: tuple[str, ...] = (REVOKED_AT,)) -> Paper:
    """A word by which the person ended what they had permitted: to these, to everybody, or by one consent."""
    said = [extension("revokes", valueReference=ref(revokes))] if revokes else []
    provision = {"type": "deny"} | ({"actor": to(*recipients)} if recipients else {})
    body = {"status": "active", "patient": ref("Patient/1"), "provision": provision, "extension": said}
    noted = frozenset(term(WORD, each) for each in at)
    return Paper("Consent/w", body, KEEPER, Verdict(True, frozenset({KEEPER}), noted=noted))


def is_revoked(permit: Paper, by: Paper) -> bool:
    return list(course.revoked_by(by, [permit])) == [permit]


def permit_to(*recipients: str, signed: str | None = "2026-11-20", **elements: Any) -> Paper:
    return paper("Consent/a", signed, PERMIT | {"actor": to(*recipients)}, **elements)


def test_a_word_that_names_a_consent_ends_that_one_whenever_it_was_signed() -> None:
    for signed in ("2026-11-20", "2026-11-25", None):
        assert is_revoked(permit_to(OTHER, signed=signed), word(revokes="Consent/a"))
        assert not is_revoked(permit_to(OTHER, signed=signed), word(revokes="Consent/b"))
    assert course.revoked(word(revokes="Consent/a").body) == "Consent/a"
    assert course.revoked(word(OTHER).body) == ""


@pytest.mark.parametrize(
    ("permitted", "ended", "whole"),
    [
        ((OTHER,), (OTHER,), True),
        ((OTHER,), (OTHER, THIRD), True),
        ((OTHER, THIRD), (OTHER,), False),
        ((OTHER,), (THIRD,), False),
        ((), (OTHER,), False),
        ((OTHER,), (), True),
        ((), (), True),
    ],
)
def test_a_word_about_recipients_ends_as_a_whole_what_permits_nobody_else(
    permitted: tuple[str, ...], ended: tuple[str, ...], whole: bool
) -> None:
    given = permit_to(*permitted) if permitted else paper("Consent/a", "2026-11-20")
    assert is_revoked(given, word(*ended)) is whole
    assert not is_revoked(permit_to(*permitted, signed="2026-11-22"), word(*ended)), "it was signed after"
    again = word(*ended, at=(REVOKED_AT, "2026-11-23T06:00:00.000Z"))
    assert is_revoked(permit_to(*permitted, signed="2026-11-22"), again) is whole


def test_of_a_form_that_permits_by_its_base_a_word_to_everybody_ends_the_whole() -> None:
    by_base = paper("Consent/a", "2026-11-20", {"actor": to(OTHER)})
    assert is_revoked(by_base, word())
    assert not is_revoked(by_base, word(OTHER)), "it permits more than its exception names"


def test_no_word_ends_what_is_no_permit_or_is_over_or_is_a_word_itself() -> None:
    for none in (
        paper("Consent/a", "2026-11-20", DENY),
        paper("Consent/a", "2026-11-20", status="inactive"),
        paper("Consent/a", "2026-11-20", None),
        Paper("Consent/a", permit_to(OTHER).body, KEEPER, word().kept),
    ):
        assert not is_revoked(none, word())
        assert not is_revoked(none, word(revokes="Consent/a"))
    assert not is_revoked(permit_to(OTHER), permit_to(OTHER)), "a paper is no word"
    named = permit_to(OTHER, extension=[extension("revokes", valueReference=ref("Consent/a"))])
    assert not is_revoked(permit_to(OTHER), named), "whatever it names"


def test_it_is_told_whether_a_word_is_about_recipients() -> None:
    assert course.is_of_recipients(word(OTHER))
    assert not course.is_of_recipients(word())
    assert not course.is_of_recipients(word(OTHER, revokes="Consent/a"))


def test_a_word_about_recipients_reaches_every_paper_that_was_signed_before_on_whichever_policy() -> None:
    reaching = '{"type":"permit"}'
    later = word(OTHER)
    for signed, reached in (("2026-11-20", True), ("2026-11-22", False), (None, True)):
        expected = {reaching} if reached else set()
        assert done(paper("Consent/a", signed), later) == expected
        assert done(paper("Consent/a", signed, policyRule=OPTOUT), later) == expected
    assert done(paper("Consent/a", "2026-11-20"), word(revokes="Consent/b")) == set(), "of that the consent tells"
    assert done(later, paper("Consent/a", "2026-11-20", revoked=REVOKED_AT)) == set(), "it is no paper itself"
    said = {**word(OTHER).body, "dateTime": "2026-11-21", "policyRule": OPTIN, "extension": REPLACES}
    instead = Paper("Consent/w", said, KEEPER, later.kept)
    assert done(paper("Consent/a", "2026-11-20"), instead) == {reaching}, "it takes the place of no paper"
    over = paper("Consent/a", "2026-11-20", EXCEPTING, status="inactive")
    assert done(over, later) == set(), "what is over is granted no more anyway"


def test_a_refusal_that_was_taken_back_reaches_nothing() -> None:
    assert done(paper("Consent/a", "2026-11-20"), paper("Consent/e", "2026-11-19", DENY, revoked=REVOKED_AT)) == set()
    not_counting = paper("Consent/e", "2026-11-19", revoked=REVOKED_AT, counts=False)
    assert done(paper("Consent/a", "2026-11-20"), not_counting) == set()
    active = paper("Consent/a", "2026-11-20", counts=False)
    assert done(active, paper("Consent/e", "2026-11-19", revoked=REVOKED_AT)) == {'{"type":"permit"}'}


def test_papers_without_a_policy_are_on_one_and_a_paper_on_two_is_on_each() -> None:
    newer = paper("b", "2026-11-21", extension=REPLACES, policyRule=None)
    assert done(paper("a", "2026-11-20", policyRule=None), newer) == {"all"}
    assert done(paper("a", "2026-11-20"), newer) == set()
    both = {"coding": [*OPTIN["coding"], *OPTOUT["coding"]]}
    assert done(paper("a", "2026-11-20", policyRule=both), paper("b", "2026-11-21", extension=REPLACES)) == {"all"}


def test_that_it_takes_the_place_of_earlier_ones_is_written_on_it() -> None:
    assert course.says_it_replaces({"extension": REPLACES})
    for said in (False, None, "true"):
        assert not course.says_it_replaces({"extension": [extension("replaces-earlier", valueBoolean=said)]})
    assert not course.says_it_replaces({})


def test_what_is_over_already_is_not_over_again_and_what_withholds_on_is_not_over() -> None:
    own = paper("b", "2026-11-21", extension=REPLACES)
    assert Course([own], KEEPER).is_over(paper("a", "2026-11-20"))
    assert not Course([own], KEEPER).is_over(paper("a", "2026-11-20", status="inactive"))
    parent = [ref("RelatedPerson/mother")]
    replacing = paper("b", "2026-11-21", extension=REPLACES, performer=parent)
    assert not Course([replacing], KEEPER).is_over(paper("a", "2026-11-20", DENY)), "it withholds on"


def test_what_the_patient_s_keeper_honours_lifts_nothing_where_nobody_keeps_the_patient() -> None:
    newer = paper("n", "2026-11-21", extension=REPLACES, filer=THIRD)
    ended = Course([newer], "").ended(paper("r", "2026-11-20", DENY, OTHER))
    assert ended == {(REPLACED, "grants")}
    assert Course([newer], THIRD).ended(paper("r", "2026-11-20", DENY, OTHER)) == {(REPLACED, "all")}


def test_of_many_papers_that_do_the_same_the_latest_is_what_counts_whoever_filed_it_first() -> None:
    """Each is asked about once: what the others do, the furthest of them does."""
    days = [paper(f"n{day}", f"2026-11-{day:02}", extension=REPLACES, filer=THIRD) for day in (11, 21, 13)]
    for newer in (days, days[::-1]):
        assert done(paper("a", "2026-11-20"), *newer) == {"all"}
        assert done(paper("a", "2026-11-21"), *newer) == set()
    # The latest of all is the paper itself: then the one before it.
    assert done(days[1], days[0], days[2]) == set()
    assert done(days[2], days[0], days[1]) == {"all"}


def test_each_manner_in_which_a_newer_paper_may_lift_is_asked_for_itself() -> None:
    refused = paper("r", "2026-11-10", DENY, OTHER)
    later = paper("later", "2026-11-21", extension=REPLACES, filer=THIRD)
    lifting = paper("lifting", "2026-11-11", extension=REPLACES, filer=OTHER)
    assert done(refused, later) == {"grants"}
    assert done(refused, later, lifting) == {"all", "grants"}
    assert Course([refused, later, lifting], KEEPER).is_over(refused)
    assert not Course([refused, later], KEEPER).is_over(refused)
    mother = [ref("RelatedPerson/mother")]
    unsigned = paper("unsigned", "2026-11-22", extension=REPLACES, filer=OTHER, performer=mother)
    assert done(refused, unsigned) == {"grants"}
    assert done(refused, unsigned, lifting) == {"all", "grants"}
