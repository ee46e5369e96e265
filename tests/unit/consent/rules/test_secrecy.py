"""D1: a place is masked from whom a protection is against, whoever is named, and by whichever name of the person."""

from __future__ import annotations

from consent import policy
from consent.relations.contributions import AGAINST, HIDDEN, PROTECTED
from consent.relations.names import SAME
from consent.rules import secrecy
from resources.search.relation import Gathered, Relation, Stored
from tests.unit.consent.people import CENTER, around, officer, row

PROTECTION = [row(Relation(PROTECTED[0], "Patient/1", to)) for to in (HIDDEN, CENTER)]


def cited(world: Gathered, person: str) -> list[list[str]]:
    """What each mask on a record about this person rests on."""
    masks = policy.decide(secrecy.rules("read", officer()), Stored((f".subject {person}",)), world).masks
    return [[each.version for each in mask.evidence] for mask in masks]


def test_whom_a_protection_is_against_sees_no_place_whoever_the_list_names() -> None:
    assert cited(around(*PROTECTION), "Patient/1") == []
    for to in ("Practitioner/p", "PractitionerRole/role"):
        against = row(Relation(AGAINST, "Patient/1", to))
        assert len(cited(around(*PROTECTION, against), "Patient/1")) == 1
    other = row(Relation(AGAINST, "Patient/1", "Practitioner/x"))
    assert cited(around(*PROTECTION, other), "Patient/1") == []


def test_a_protection_is_cited_by_whichever_name_of_the_person() -> None:
    same = row(Relation(SAME, "Patient/1b", "Patient/1"))
    assert cited(around(PROTECTION[0], same), "Patient/1b") == [["Patient/1/_history/1"]]
