"""P1 and P12: the lead section names a successor, which takes note; the agency that has ended stays so meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import succession
from consent.succession import Succession, Successions
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, change, officer, wrongs

Json = dict[str, Any]

ELSE: Json = {"resourceType": "Task", "id": "1", "status": "requested", "code": concept("task-code", "inquiry")}
NAMED = ELSE | {"code": concept("task-code", "name-successor"), "owner": ref(CENTER)}
SERVERS, NOTED = ["P1! at Task.code"], ["P1! at Task.status"]


def named(before: Json | None, after: Json | None) -> list[str]:
    return wrongs(succession.named_by_the_operation, change(before, after))


def test_the_server_alone_writes_who_succeeds() -> None:
    assert named(None, NAMED) == named(NAMED, None) == named(ELSE, NAMED) == named(NAMED, ELSE) == SERVERS
    for element in ("owner", "focus", "requester", "for", "output", "description"):
        assert named(NAMED, NAMED | {element: "x"}) == named(NAMED | {element: "x"}, NAMED) == SERVERS, element
    assert named(None, ELSE) == named(ELSE, None) == named(ELSE, ELSE | {"status": "accepted", "focus": {}}) == []


def test_the_successor_takes_note_and_says_nothing_else() -> None:
    beside: Json = {
        "statusReason": {},
        "note": [{"text": "了解"}],
        "lastModified": "x",
        "meta": {},
        "text": {},
        "id": "2",
    }
    done = NAMED | beside | {"status": "completed"}
    assert named(NAMED, done) == named(NAMED, NAMED | beside) == named(NAMED, dict(NAMED)) == []
    for status in ("received", "accepted", "rejected", "cancelled", "entered-in-error"):
        assert named(NAMED, NAMED | {"status": status}) == NOTED, status
        assert named(NAMED | {"status": status}, done) == NOTED, status
    theirs = {"owner": ref("Organization/other")}
    assert named(NAMED | theirs, done | theirs) == NOTED


FORMER = "Organization/former"
STANDING = officer(successions=Successions((Succession(FORMER, CENTER, "Task/s/_history/1"),)))


def agency(id: str = "former", **elements: Any) -> Json:
    return {"resourceType": "Organization", "id": id} | elements


@pytest.mark.parametrize("again", [{"active": True}, {}])
def test_an_agency_that_is_succeeded_is_not_active_again(again: Json) -> None:
    def ended(before: Json | None, after: Json | None, known: Any = STANDING) -> list[str]:
        return wrongs(succession.stays_ended, change(before, after, known))

    over = agency(active=False)
    assert ended(over, agency(**again)) == ["P12 at Organization.active"]
    assert ended(over, agency(**again), officer()) == [], "nobody succeeds it"
    assert ended(agency("other", active=False), agency("other", **again)) == []
    assert ended(over, over | {"name": "窓口"}) == ended(agency(**again), over) == []
    assert ended(agency(**again), agency(**again)) == [], "as it stood"
    assert ended(None, agency(**again)) == ended(over, None) == []


def post(**elements: Any) -> Json:
    return {"resourceType": "PractitionerRole", "id": "x", "organization": ref(FORMER)} | elements


def got(before: Json | None, after: Json | None, known: Any = STANDING) -> list[str]:
    return wrongs(succession.nobody_comes_to_it, change(before, after, known))


def test_nobody_gets_a_post_where_another_agency_keeps_the_files() -> None:
    at = ["P12 at PractitionerRole.organization"]
    assert got(None, post()) == got(None, post(active=True)) == at
    assert got(None, post(), officer()) == got(None, post(organization=ref(CENTER))) == []
    assert got(None, post(active=False)) == []
    moved = post(organization=ref(CENTER))
    assert got(moved, post()) == at
    assert got(post(active=False), post()) == at
    assert got(post(period={"end": "2026-11-22"}), post()) == at
    assert got(post(), post(code=[])) == got(post(), moved) == got(post(), None) == [], "who was there is"


@pytest.mark.parametrize(
    ("end", "over"),
    [
        ("2026-11-22", True),
        ("2026-11-23T12:59:59+09:00", True),
        ("2026-11-23T13:00:01+09:00", False),
        ("2026-11-23", False),
        ("2027", False),
        ("someday", False),
    ],
)
def test_a_post_that_is_over_is_written_down(end: str, over: bool) -> None:
    expected = [] if over else ["P12 at PractitionerRole.organization"]
    assert got(None, post(period={"end": end})) == got(post(), post(period={"end": end})) == expected
