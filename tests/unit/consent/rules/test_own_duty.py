"""P1: an agency reads and keeps what it recorded itself, for casework; of what it handed over, the taker goes on."""

from __future__ import annotations

import pytest

from consent import vocabulary
from consent.facts import Facts
from consent.office import SPEAKS
from consent.rule import Action
from consent.rules import own_duty
from consent.succession import Succession, Successions
from resources.record import keeping
from resources.search.relation import Relation
from tests.unit.consent.people import CENTER, around, officer, post, row
from tests.unit.consent.rules.asked import OTHER, held, opens

EVERY: tuple[Action, ...] = ("create", "read", "search", "update", "delete")
FORMER = "Organization/former"
SUCCEEDING = officer(successions=Successions((Succession(FORMER, CENTER, "Task/s/_history/1"),)))


@pytest.mark.parametrize("action", EVERY)
def test_what_is_kept_is_the_agencys_to_read_and_to_write(action: Action) -> None:
    made = list(own_duty.rules(action, officer()))
    assert opens(made, [(".type", "Condition"), (".custodian", CENTER)])
    assert not opens(made, [(".type", "Condition"), (".custodian", OTHER)])
    assert not opens(made, [(".type", "Organization"), (".custodian", CENTER)])
    assert opens(made, [(".type", "Consent"), (".custodian", CENTER)]) is (action != "delete")
    (rule,) = held(made, "permit", [(".type", "Condition"), (".custodian", CENTER)])
    assert [each.version for each in rule.evidence] == ["PractitionerRole/role/_history/1"]


@pytest.mark.parametrize("action", EVERY)
def test_what_was_handed_over_is_still_read_and_written_on_by_the_taker(action: Action) -> None:
    handed = [(".type", "Condition"), (".custodian", CENTER), (keeping.TAKER, OTHER)]
    assert opens(own_duty.rules(action, officer()), handed) is (action not in ("update", "delete"))
    taker = officer(post(agency=OTHER))
    assert opens(own_duty.rules(action, taker), handed) is (action == "update")
    assert not opens(own_duty.rules(action, officer(post(agency=FORMER))), handed)
    assert not opens(own_duty.rules(action, taker), [(".type", "Organization"), (keeping.TAKER, OTHER)])


@pytest.mark.parametrize("action", EVERY)
def test_the_files_of_an_agency_that_has_ended_are_its_successors_and_nothing_is_begun_in_its_name(
    action: Action,
) -> None:
    theirs = [(".type", "Condition"), (".custodian", FORMER)]
    assert opens(own_duty.rules(action, SUCCEEDING), theirs) is (action != "create")
    assert not opens(own_duty.rules(action, officer()), theirs)
    for rule in held(own_duty.rules(action, SUCCEEDING), "permit", theirs):
        assert [each.version for each in rule.evidence] == ["PractitionerRole/role/_history/1", "Task/s/_history/1"]


@pytest.mark.parametrize("action", EVERY)
def test_it_is_for_casework_alone_and_for_who_acts_for_an_agency(action: Action) -> None:
    assert not list(own_duty.rules(action, officer(purpose="statistics")))
    assert not list(own_duty.rules(action, officer(post(agency=""))))


OFFICE, ME = "PractitionerRole/office", "PractitionerRole/role"
SPEAKING = around(
    row(Relation(SPEAKS, OFFICE, f"{CENTER}#coordinator")),
    row(Relation(SPEAKS, "PractitionerRole/theirs", f"{OTHER}#auditor")),
)
AS_SUCH = ("Communication", "CommunicationRequest", "ServiceRequest", "Task")


@pytest.mark.parametrize("action", EVERY)
def test_what_an_office_asks_or_tells_as_such_is_for_who_holds_it_and_for_who_wrote_it_or_is_asked(
    action: Action,
) -> None:
    def read(facts: Facts, type: str, *said: tuple[str, str]) -> bool:
        terms = [(".type", type), (".custodian", CENTER), *said]
        return opens(own_duty.rules(action, facts), terms, SPEAKING)

    staff, holder, other = officer(), officer(post("coordinator")), officer(post("auditor"))
    for type in AS_SUCH:
        deleted = action == "delete" and type in vocabulary.NEVER_DELETED
        for facts, theirs in ((staff, False), (other, False), (holder, True)):
            assert read(facts, type, (".party", OFFICE)) is ((theirs or action == "create") and not deleted)
        assert read(staff, type, (".party", "PractitionerRole/theirs")) is not deleted, "an office of another agency"
        for also in (CENTER, ME, "Practitioner/p"):
            assert read(staff, type, (".party", OFFICE), (".party", also)) is not deleted
        for writer in (ME, "Practitioner/p"):
            assert read(staff, type, (".party", OFFICE), (".author", writer)) is not deleted
        written_elsewhere = read(staff, type, (".party", OFFICE), (".author", "Practitioner/q"))
        assert written_elsewhere is (action == "create" and not deleted)
    assert read(staff, "Condition", (".party", OFFICE))


@pytest.mark.parametrize("action", EVERY)
def test_roles_are_the_lead_section_s_and_of_others_at_its_agency_for_who_wrote_them(action: Action) -> None:
    def read(facts: Facts, type: str, code: str, *said: tuple[str, str]) -> bool:
        terms = [(".type", type), (".custodian", CENTER), (".code", code), *said]
        return opens(own_duty.rules(action, facts), terms)

    lead, roles = officer(post("lead-section")), ("CareTeam", vocabulary.CASE_TEAM)
    kept = action != "delete" or "CareTeam" not in vocabulary.NEVER_DELETED
    assert read(lead, *roles) is kept
    for staff in (officer(), officer(post("coordinator"))):
        assert read(staff, *roles) is (action == "create" and kept)
        assert read(staff, *roles, (".author", "Practitioner/p")) is kept
        assert read(staff, "CareTeam", vocabulary.STANDING_ROSTER) is kept
        assert read(staff, "Condition", vocabulary.CASE_TEAM)
