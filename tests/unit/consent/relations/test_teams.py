"""A team named in a consent means the agencies it recorded when that was filed, and the server writes them down."""

from __future__ import annotations

from typing import Any

from consent.duties import consent
from consent.provision.enforceable_provision import recorded
from consent.provision.provisions import relations
from consent.relations import teams
from consent.relations.contributions import of
from resources.search.relation import TEAM, Relation
from tests.laws.worlds import extension, ref
from tests.unit.consent.duties.test_consent import CONSENT
from tests.unit.consent.people import breaches, change
from tests.unit.consent.provision.test_enforceable import IRCP

TEAM_1: dict[str, Any] = {
    "resourceType": "CareTeam",
    "id": "1",
    "status": "active",
    "participant": [
        {"member": ref("Organization/a")},
        {"member": ref("PractitionerRole/x"), "onBehalfOf": ref("Organization/b"), "period": {"end": "2026-06"}},
        {"member": ref("PractitionerRole/y")},
    ],
}
RECORDS = {"CareTeam/1": TEAM_1}
NONE: dict[str, Any] = {}


def filed(*agencies: str, exception: bool = False) -> dict[str, Any]:
    actor: dict[str, Any] = {"role": IRCP, "reference": ref("CareTeam/1")}
    if agencies:
        entries = [extension("recorded-in-team", valueReference=ref(f"Organization/{each}")) for each in agencies]
        actor["extension"] = entries
    inner = {"type": "deny", "actor": [actor]}
    provision = {"type": "permit", "provision": [inner]} if exception else {"type": "permit", "actor": [actor]}
    return CONSENT | {"provision": provision}


def written_down(sent: dict[str, Any], before: dict[str, Any] | None = None) -> list[list[str]]:
    for path, actor in list(teams.named(sent)):
        sent = teams.written_down(sent, path, teams.meant(actor, RECORDS.get, before))
    return [recorded(actor) for _, actor in teams.named(sent)]


def test_the_agencies_recorded_in_the_team_are_written_down() -> None:
    both = [["Organization/a", "Organization/b"]]
    assert written_down(filed()) == both
    assert written_down(filed(exception=True)) == both
    assert written_down(filed("z")) == both, "whatever was sent"


def test_a_later_version_means_whom_the_first_meant() -> None:
    assert written_down(filed(), filed("c")) == [["Organization/c"]]


def test_an_ended_team_and_one_that_is_not_there_record_nobody() -> None:
    ended = TEAM_1 | {"status": "inactive"}
    [(_, actor)] = teams.named(filed())
    assert teams.meant(actor, {"CareTeam/1": ended}.get, None) == teams.meant(actor, NONE.get, None) == []


def test_who_writes_them_down_alone_is_refused() -> None:
    """As a line of an import might."""
    assert breaches(consent.enforceable, change(None, filed("a", "b"), records=RECORDS)) == []
    assert breaches(consent.enforceable, change(None, filed("a", "z"), records=RECORDS)) == ["R4"]
    assert breaches(consent.enforceable, change(filed("z"), filed("z"), records=RECORDS)) == []
    assert breaches(consent.enforceable, change(filed("z"), filed("a", "b"), records=RECORDS)) == ["R4"]


def test_a_row_leads_to_each_agency_through_the_team_and_the_team_says_who_is_in_it() -> None:
    assert {(row.to, row.via) for row in relations(filed("a", "b"))} == {
        ("Organization/a", "CareTeam/1"),
        ("Organization/b", "CareTeam/1"),
    }
    assert {(row.name, row.of, row.to) for row in of(TEAM_1, ())} == {
        (TEAM, "CareTeam/1", "Organization/a"),
        (TEAM, "CareTeam/1", "Organization/b"),
    }
    assert of(TEAM_1 | {"status": "inactive"}, ()) == frozenset()
    assert Relation(TEAM, "CareTeam/1", "Organization/a") in of(TEAM_1, ())


def test_what_withholds_leads_to_each_agency_for_good_whoever_leaves_the_team() -> None:
    refusal = filed("a", "b") | {"provision": filed("a", "b")["provision"] | {"type": "deny"}}
    assert {row.via for row in relations(refusal)} == {""}
    excepting = {row for row in relations(filed("a", exception=True)) if row.to == "Organization/a"}
    assert {row.via for row in excepting} == {""}


def test_what_else_is_said_of_a_recipient_stays_and_what_names_nobody_says_nothing_more() -> None:
    (path, actor), *_ = teams.named(filed("z"))
    other = extension("note", valueString="窓口を通す")
    said = filed("z")
    said["provision"]["actor"][0]["extension"].append(other)
    for found, expected in (
        (["Organization/a"], [other, extension("recorded-in-team", valueReference=ref("Organization/a"))]),
        ([], [other]),
    ):
        (_, written), *_ = teams.named(teams.written_down(said, path, found))
        assert written == {**actor, "extension": expected}
    bare = {name: value for name, value in actor.items() if name != "extension"}
    (_, written), *_ = teams.named(teams.written_down(filed("z"), path, []))
    assert written == bare
    (_, written), *_ = teams.named(teams.written_down(filed(), path, []))
    assert written == bare
    empty = {"resourceType": "CareTeam", "id": "1", "status": "active"}
    assert teams.meant(actor, {"CareTeam/1": empty}.get, None) == []
