"""What the papers of one person do to one another, whoever filed them."""

from __future__ import annotations

from typing import Any

import pytest

from consent.provision import course
from consent.provision.course import Paper
from consent.verdict import REACHED, REPLACED, REVOKED, Verdict
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
    return {said for name, said in course.ended(older, (older, *newer), KEEPER) if name in (REPLACED, REACHED)}


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
    ],
)
def test_a_paper_ends_those_that_were_certainly_signed_before_it(signed: str | None, newer: str, ends: bool) -> None:
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
    assert not course.is_over(older, [older, newer], KEEPER)
    own = paper("b", "2026-11-21", extension=REPLACES, filer=OTHER)
    assert course.is_over(older, [older, own], KEEPER)
