"""A consent names a team that its filer is shown whole, or the agencies in it one by one (D1)."""

from __future__ import annotations

from typing import Any

import pytest

from consent.actor import Actor
from consent.writing import whole_team
from consent.writing.change import UnitOfWork
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.town import Town, actor, patient
from tests.unit.consent.writing.test_superseding import IRCP, consent
from tests.unit.consent.writing.within import within

P, LEAD = actor("p"), actor("lead")
Json = dict[str, Any]
TEXT = (
    "D1: who is in this team is not shown to you whole: name the agencies that the person signed for one by one, or "
    "have somebody file it whom the list of the protection names"
)
JA = (
    "D1: この支援チームの構成は、あなたには全部は示されません。本人が署名した提供先の機関を一つずつ記入するか、"
    "秘匿の名簿にある人が登録してください"
)


@pytest.fixture
def teams(town: Town) -> Town:
    """A team of a person whose place is protected, and one of another; both are known to the center."""
    town.write(P, patient("1"), patient("2"))
    town.write(P, *(team(id, person) for id, person in (("secret", "1"), ("open", "2"))))
    town.protect(P, "Patient/1", "Organization/lead")
    return town


def team(id: str, person: str) -> Json:
    members = [{"member": ref("Organization/other")}]
    return {"resourceType": "CareTeam", "id": id, "status": "active", "subject": ref(f"Patient/{person}")} | {
        "participant": members
    }


def naming(*named: str, beside: tuple[str, ...] = ()) -> Json:
    """A consent to these, and in its exceptions to those `beside`."""
    rules = [{"type": "deny", "actor": [recipient(each)]} for each in beside]
    return consent("a", provision={"type": "permit", "actor": [recipient(each) for each in named], "provision": rules})


def recipient(name: str) -> Json:
    return {"role": IRCP, "reference": ref(name)}


def asked(town: Town, who: Actor, said: Json, before: Json | None = None) -> Problem | None:
    async def work(unit: UnitOfWork) -> None:
        for name in ("CareTeam/secret", "CareTeam/open", "CareTeam/none"):
            await unit.look_up(name)
        await whole_team.named(unit, said, before)

    try:
        within(town, who, work)
    except Problem as problem:
        return problem
    return None


@pytest.mark.parametrize(
    ("said", "at"),
    [
        (naming("CareTeam/secret"), "actor[0]"),
        (naming("Organization/other", "CareTeam/open", "CareTeam/secret"), "actor[2]"),
        (naming("Organization/other", beside=("CareTeam/open", "CareTeam/secret")), "provision[1].actor[0]"),
    ],
)
def test_a_team_of_which_something_is_withheld_from_its_writer_is_named_in_no_consent(
    teams: Town, said: Json, at: str
) -> None:
    refused = asked(teams, P, said)
    assert refused is not None
    (issue,) = refused.issues
    assert (refused.kind, issue.at) == ("business-rule", f"Consent.provision.{at}.reference")
    assert (issue.text, issue.ja) == (TEXT, JA)
    assert asked(teams, P, said, naming("CareTeam/open")) is not None, "another was named before"


def test_a_team_that_is_shown_whole_is_and_one_that_is_not_there_and_one_that_was_named_already(teams: Town) -> None:
    assert asked(teams, LEAD, naming("CareTeam/secret")) is None, "whom the protection names"
    assert asked(teams, P, naming("CareTeam/open", "CareTeam/none", "Organization/other")) is None
    assert asked(teams, P, naming("CareTeam/open", "CareTeam/secret"), naming("CareTeam/secret")) is None
