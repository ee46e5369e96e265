"""What no rule permits is refused by a rule, with what may be done instead; whoever asks, for whatever purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent import instead, vocabulary
from consent.facts import Facts
from consent.rule import Action, Effect, Rule, Text
from consent.succession import Succession, Successions
from resources.search.predicate import NOTHING
from tests.unit.consent.people import CENTER, OFFICER, officer

OTHER, FORMER = "Organization/other", "Organization/former"
SUCCEEDING = Successions((Succession(FORMER, CENTER, "Task/s/_history/1"),))
CITIZEN = Facts(replace(OFFICER, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST))
WHY = Text("the record is closed", "閉じている")


def said(action: Action, type: str, who: Facts, custodian: str = OTHER, **known: Any) -> tuple[str, str]:
    """The rule, and a word by which what it says is known."""
    rule, text = instead.of(action, type, custodian, who, **known)
    (word,) = [word for word in _WORDS if word in text.en]
    return rule, word


_WORDS = (
    "directory keeper: tell them",
    "nothing of the directory is deleted",
    "the trail is the server's",
    "what is about themselves",
    "in an emergency one reads",
    "for this purpose of use",
    "no post of yours",
    "what others rely on is not deleted",
    "its taker writes what follows",
    "is the giver's",
    "the agency that keeps this record writes it",
    "the lead section decides the roles",
    "the convener keeps the standing roster",
    "the total care plan is written",
)


@pytest.mark.parametrize(
    ("action", "type", "who", "custodian", "known", "rule", "word"),
    [
        ("update", "HealthcareService", officer(), CENTER, {}, "P12", "directory keeper: tell them"),
        ("create", "PractitionerRole", officer(), CENTER, {}, "P12", "directory keeper: tell them"),
        ("delete", "Location", officer(), CENTER, {}, "P12", "nothing of the directory is deleted"),
        ("update", "AuditEvent", officer(), CENTER, {}, "P11", "the trail is the server's"),
        ("delete", "AuditEvent", CITIZEN, CENTER, {}, "P11", "the trail is the server's"),
        ("update", "Condition", CITIZEN, OTHER, {}, "P7", "what is about themselves"),
        ("update", "Condition", officer(purpose="BTG"), OTHER, {}, "P8", "in an emergency one reads"),
        ("update", "Condition", officer(purpose="statistics"), OTHER, {}, "D4", "for this purpose of use"),
        ("update", "Condition", Facts(OFFICER), OTHER, {}, "P1", "no post of yours"),
        ("delete", "Consent", officer(), CENTER, {}, "P1", "what others rely on is not deleted"),
        ("delete", "Patient", officer(successions=SUCCEEDING), FORMER, {}, "P1", "what others rely on is not deleted"),
        ("delete", "Consent", officer(), OTHER, {}, "P1", "the agency that keeps this record writes it"),
        ("update", "Consent", officer(), CENTER, {}, "P1", "the agency that keeps this record writes it"),
        ("delete", "Condition", officer(), CENTER, {}, "P1", "the agency that keeps this record writes it"),
        ("update", "Condition", officer(), CENTER, {"handed": True}, "P1", "its taker writes what follows"),
        ("update", "Condition", officer(successions=SUCCEEDING), FORMER, {"handed": True}, "P1", "its taker writes"),
        ("update", "Condition", officer(), OTHER, {"handed": True}, "P1", "is the giver's"),
        ("update", "Condition", officer(), OTHER, {}, "P1", "the agency that keeps this record writes it"),
        ("update", "CareTeam", officer(), OTHER, {"codes": [vocabulary.CASE_TEAM]}, "R19", "the lead section decides"),
        (
            "update",
            "CareTeam",
            officer(),
            OTHER,
            {"codes": [vocabulary.STANDING_ROSTER]},
            "art. 3",
            "the convener keeps",
        ),
        (
            "update",
            "CarePlan",
            officer(),
            OTHER,
            {"codes": ["x|y", vocabulary.TOTAL_CARE_PLAN]},
            "R37",
            "the total care",
        ),
        (
            "update",
            "CarePlan",
            officer(),
            OTHER,
            {"codes": [vocabulary.CASE]},
            "P1",
            "the agency that keeps this record",
        ),
    ],
)
def test_what_is_not_one_s_to_do_is_refused_by_the_rule_that_bears_on_it(
    action: Action, type: str, who: Facts, custodian: str, known: dict[str, Any], rule: str, word: str
) -> None:
    found = said(action, type, who, custodian, **known)
    assert found[0] == rule
    assert found[1].startswith(word)


def rule(id: str, effect: Effect = "forbid") -> Rule:
    return Rule(id, effect, NOTHING, WHY)


@pytest.mark.parametrize(
    ("id", "way_out", "ja"),
    [
        ("D2", "a colleague without a conflict of interest", "利害の衝突のない職員"),
        ("D3", "asks the convener or its secretariat", "会議の所管課長か事務局"),
        ("mistake", "says that it was entered in error", "誤って記録された"),
        ("D5", "classifies it first", "分類"),
    ],
)
def test_what_speaks_against_it_says_why_and_what_may_be_done(id: str, way_out: str, ja: str) -> None:
    found = instead.against(rule(id))
    assert found.en.startswith("the record is closed: ")
    assert found.ja.startswith("閉じている。")
    assert way_out in found.en
    assert ja in found.ja


def test_a_rule_without_a_way_out_says_why_and_a_scope_that_is_too_narrow_what_to_ask_for() -> None:
    assert instead.against(rule("D1")) == WHY
    narrow = instead.against(rule("scope", "narrow"))
    assert narrow.en == "the token's scopes do not cover it: ask for a token with a scope that does"
    assert narrow.ja.startswith("トークンのスコープに含まれません")
    assert instead.against(rule("purpose", "narrow")) == WHY
