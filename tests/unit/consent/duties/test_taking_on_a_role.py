"""R35: who carries out a role without having been seated takes it on in person, under secrecy, once."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import carrying_out
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]

SECRECY: Json = {"valueCodeableConcept": concept("secrecy-notice", "art9-from-2025-06")}
ASKED: Json = {"resourceType": "Task", "id": "1", "status": "requested", "code": concept("task-code", "carry-out")}
ASKED |= {"owner": ref("PractitionerRole/role")}
OWNER, OUTPUT = "R35 at Task.owner", "R35 at Task.output"


def taken(after: Json | None, before: Json | None = ASKED) -> list[str]:
    return wrongs(carrying_out.taken_on_under_secrecy, change(before, after))


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold"])
def test_it_is_taken_on_by_the_person_who_acknowledges_secrecy(status: str) -> None:
    on = ASKED | {"status": status, "output": [SECRECY]}
    assert taken(on) == taken(on | {"owner": ref("Practitioner/p")}) == []
    assert taken(on, None) == [], "at once"
    for other in (CENTER, "PractitionerRole/colleague", "Practitioner/q"):
        assert taken(on | {"owner": ref(other)}) == [OWNER], other
    assert taken(ASKED | {"status": status}) == taken(ASKED | {"status": status, "output": []}) == [OUTPUT]
    assert taken(ASKED | {"status": status, "owner": {}}) == [OWNER, OUTPUT]


@pytest.mark.parametrize(
    "said", [{"valueCodeableConcept": concept("task-outcome", "done")}, {"valueString": "確認した"}]
)
def test_secrecy_is_acknowledged_by_its_code_and_anew(said: Json) -> None:
    assert taken(ASKED | {"status": "accepted", "output": [said]}) == [OUTPUT]
    assert taken(ASKED | {"status": "accepted", "output": [said, SECRECY]}) == []
    had = ASKED | {"output": [SECRECY]}
    assert taken(had | {"status": "accepted"}, had) == [OUTPUT], "by who was asked before"


def test_who_has_taken_it_on_is_asked_no_more_and_who_comes_after_them_is() -> None:
    on = ASKED | {"status": "accepted", "output": [SECRECY], "owner": ref("PractitionerRole/colleague")}
    assert taken(on | {"status": "in-progress", "note": [{"text": "訪問した"}]}, on) == []
    mine = on | {"owner": ref("PractitionerRole/role")}
    assert taken(mine, on) == [OUTPUT]
    again = SECRECY | {"type": {"text": "二人目"}}
    assert taken(mine | {"output": [SECRECY, again]}, on) == []


def test_before_it_is_taken_on_and_when_it_is_over_nobody_acknowledges() -> None:
    for status in ("requested", "received", "completed", "cancelled"):
        assert taken(ASKED | {"status": status, "owner": ref(CENTER)}) == []
    inquiry = ASKED | {"code": concept("task-code", "inquiry"), "status": "accepted", "owner": ref(CENTER)}
    assert taken(inquiry) == []
    assert taken(None, ASKED | {"status": "accepted"}) == []
