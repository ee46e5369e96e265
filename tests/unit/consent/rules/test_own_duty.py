"""P1: an agency reads and keeps what it recorded itself, for casework; of what it handed over, the taker goes on."""

from __future__ import annotations

import pytest

from consent.rule import Action
from consent.rules import own_duty
from consent.succession import Succession, Successions
from resources.record import keeping
from tests.unit.consent.people import CENTER, officer, post
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
