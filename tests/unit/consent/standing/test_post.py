"""P12: a post is one person's in one agency, nobody writes their own, and a keeper's waits to be confirmed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.facts import Facts
from consent.standing import post
from consent.verdict import Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, OFFICER, officer
from tests.unit.consent.people import post as held
from tests.unit.consent.standing.filed import OTHER, Json, filing, wrongs

POST: Json = {"resourceType": "PractitionerRole", "id": "x", "active": True, "practitioner": ref("Practitioner/x")}
POST |= {"organization": ref(CENTER), "code": [concept("role", "officer")]}
KEEPER = officer(held("directory-keeper"))
INSTALLER = Facts(replace(OFFICER, person="", purpose=vocabulary.INSTALLATION))
BOTH = pytest.mark.parametrize("who", [KEEPER, INSTALLER], ids=["keeper", "installer"])


@BOTH
def test_it_is_never_moved_to_another_person_or_agency(who: Facts) -> None:
    assert wrongs(post.KIND, filing(None, POST, facts=who)) == []
    assert wrongs(post.KIND, filing(POST, POST | {"active": False}, facts=who)) == []
    moved = filing(POST, POST | {"practitioner": ref("Practitioner/y")}, facts=who)
    assert wrongs(post.KIND, moved) == ["P12 at PractitionerRole.practitioner"]
    moved = filing(POST, POST | {"organization": ref(OTHER)}, facts=who)
    assert wrongs(post.KIND, moved) == ["P12 at PractitionerRole.organization"]


def test_nobody_writes_their_own() -> None:
    own = POST | {"practitioner": ref("Practitioner/p")}
    told = ["P12 at PractitionerRole.practitioner!"]
    assert wrongs(post.KIND, filing(None, own, facts=KEEPER)) == told
    assert wrongs(post.KIND, filing(own, own | {"active": False}, facts=KEEPER)) == told
    taken = wrongs(post.KIND, filing(POST, own, facts=KEEPER))
    assert told[0] in taken
    nobodys = {name: value for name, value in POST.items() if name != "practitioner"}
    assert wrongs(post.KIND, filing(None, nobodys, facts=INSTALLER)) == [], "a desk without a name"


@pytest.mark.parametrize("function", sorted(post.INSTALLERS))
def test_one_that_opens_more_than_an_agencys_own_work_is_the_installers(function: str) -> None:
    reserved = POST | {"code": [concept("role", function)]}
    told = ["P12 at PractitionerRole.code!"]
    assert wrongs(post.KIND, filing(None, reserved, facts=KEEPER)) == told
    assert wrongs(post.KIND, filing(reserved, POST, facts=KEEPER)) == told
    assert wrongs(post.KIND, filing(POST, reserved, facts=KEEPER)) == told
    assert wrongs(post.KIND, filing(None, reserved, facts=INSTALLER)) == []


def test_which_posts_these_are() -> None:
    assert sorted(post.INSTALLERS) == [
        *("auditor", "convener", "coordinator", "directory-keeper", "emergency", "fund-holder"),
        *("lead-section", "secretariat", "statistician"),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"practitioner": ref("Practitioner/y")},
        {"organization": ref(OTHER)},
        {"code": [concept("role", "adviser")]},
        {"period": {"end": "2027"}},
        {"active": False},
        {"healthcareService": [ref("HealthcareService/desk")]},
    ],
)
def test_a_keepers_waits_until_it_is_confirmed_and_again_once_what_it_rests_on_has_changed(changed: Json) -> None:
    void = Verdict(void=True)
    assert post.judged(filing(None, POST, facts=KEEPER)) == void
    assert post.judged(filing(None, {"resourceType": "PractitionerRole"}, facts=KEEPER)) == void, "and of nobody yet"
    assert post.judged(filing(POST, POST | {"telecom": [{"value": "1"}]}, facts=KEEPER)) == Verdict(True)
    assert post.judged(filing(POST, POST, facts=KEEPER, had=void)) == void
    assert post.judged(filing(POST, POST | changed, facts=KEEPER)) == void
    assert post.judged(filing(POST, POST | changed, facts=INSTALLER)) == Verdict(True)
    assert post.judged(filing(None, POST, facts=INSTALLER)) == Verdict(True)
