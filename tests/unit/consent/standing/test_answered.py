"""R5 and R12a: of whose answers who asks may say what came of it, and whose it is not to say."""

from __future__ import annotations

import pytest

from consent import vocabulary
from consent.standing import answered
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.filed import MINE, OTHER, Json, filing
from tests.unit.consent.standing.test_request import ASKED, ON_PAPER, OUTCOME, TASK

_SYSTEM, _, _CODE = min(vocabulary.MERGES).rpartition("|")
SERVERS: Json = {"code": {"coding": [{"system": _SYSTEM, "code": _CODE}]}}


def outcome(before: Json | None, after: Json, **known: object) -> list[str]:
    return [issue.at for issue in answered.outcome(filing(before, after, **known))]


def test_who_asks_says_nothing_of_what_came_of_it() -> None:
    for status in ("draft", "requested", "received"):
        asked = TASK | {"status": status}
        assert outcome(None, asked | OUTCOME) == ["Task.output"]
        assert outcome(asked, asked | OUTCOME) == ["Task.output"]
        assert outcome(asked | OUTCOME, asked) == ["Task.output"], "nor takes it away"
        assert outcome(asked | OUTCOME, asked | OUTCOME | {"note": [{"text": "控え"}]}) == []
    mine = TASK | {"owner": ref(MINE)}
    assert outcome(mine, TASK | OUTCOME) == ["Task.output"], "of another than before"
    assert outcome(TASK, mine | OUTCOME) == ["Task.output"]


@pytest.mark.parametrize("status", ["requested", "received"])
def test_of_ones_own_asking_on_paper_and_of_the_server_s_it_is_another_matter(status: str) -> None:
    asked = TASK | {"status": status}
    mine = asked | {"owner": ref(MINE)}
    assert outcome(None, mine | OUTCOME) == outcome(mine, mine | OUTCOME) == []
    assert outcome(asked, asked | OUTCOME | ON_PAPER) == []
    assert outcome(asked | SERVERS, asked | SERVERS | OUTCOME) == []
    assert outcome(asked, asked | OUTCOME, **ASKED) == [], "who is asked says it"
    accepted = asked | {"status": "accepted"}
    assert outcome(accepted, accepted | OUTCOME) == [], "what stands once it is accepted is told by its own"


def test_of_what_is_accepted_all_that_was_asked_stands() -> None:
    for status in ("accepted", "in-progress", "on-hold", "completed"):
        had = TASK | {"status": status}
        for element, said in (
            *(("for", ref("Patient/2")), ("basedOn", [ref("ServiceRequest/x")]), ("requester", ref(OTHER))),
            *(("focus", ref("Condition/c")), ("partOf", [ref("Task/x")]), ("code", {"text": "別の依頼"})),
        ):
            told = [(issue.rule, issue.at) for issue in answered.standing(filing(had, had | {element: said}, **ASKED))]
            assert ("R12a", f"Task.{element}") in told, (status, element)
        assert list(answered.standing(filing(had, had | {"note": [{"text": "控え"}]}))) == []
        paper = had | ON_PAPER | {"requester": ref(CENTER)}
        assert bool(list(answered.standing(filing(had, paper)))), "what was answered is not written down on paper"
