"""Records that are alike to the rules are decided on once; those that differ in what a rule asks, each for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from consent import policy
from consent.policy import Ruling
from consent.rule import Decision, Evidence, RestsOn, Rule, Text
from resources.record.envelope import PARTIES, PERSONS
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, NOTHING, Each, Leads, Predicate, Related, any_of, has
from resources.search.relation import FOREVER, Gathered, Relation, Row
from tests.unit.consent.people import officer

BECAUSE = Text("because", "理由")
SIGNED = Text("signed", "署名")
PAPER = Version("Consent", "1", 1, "", False, b"", (), "")
Ruled = Callable[..., Ruling]


def instant(day: int) -> str:
    return f"2026-11-{day:02}T00:00:00.000000Z"


def row(name: str, of: str, to: str, since: int = 1, ended: str = FOREVER, **more: str) -> Row:
    return Row(Relation(name, of, to, **more), instant(since), ended, f"{name}/{of[-1]}", since)


def world(*rows: Row) -> Gathered:
    found = Gathered()
    found.add(rows)
    return found


def record(*terms: str, since: int = 20, first: int = 1) -> Version:
    return Version("Condition", "1", 1, instant(since), False, b"", tuple(sorted(terms)), instant(first))


@pytest.fixture
def ruled(monkeypatch: pytest.MonkeyPatch) -> Ruled:
    """A ruling of these rules, which is kept for nobody else: its facts name a consent that has lapsed."""

    def of(*rules: Rule) -> Ruling:
        monkeypatch.setattr(policy, "rules", lambda action, facts: rules)
        return policy.ruling("read", replace(officer(), lapsed=(PAPER,)))

    return of


def alone(ruling: Ruling, asked: Sequence[Version], around: Gathered) -> list[Decision]:
    """What is decided of them together, in this order and in the other; each is decided on as where it is alone."""
    found = ruling.decisions(asked, around)
    assert found == [policy.decide(ruling.rules, each.stored, around) for each in asked]
    assert ruling.decisions(asked[::-1], around) == found[::-1]
    return found


def permits(predicate: Predicate) -> Rule:
    return Rule("P", "permit", predicate, BECAUSE)


DEAD = Related("died", written=True)
"""That the person at hand had died before the words of the version were recorded."""


def test_of_words_that_the_server_copied_it_is_asked_as_when_they_were_written(ruled: Ruled) -> None:
    """All of one day: one says what was said then, the others anew what was said before the death, at it, after it."""
    around = world(row("died", "Patient/1", "*", 10))
    named = (".subject Patient/1", ".type Condition")
    asked = [record(*named), *(record(*named, f".worded {instant(day)}") for day in (5, 10, 11))]
    found = alone(ruled(permits(Each(PERSONS, DEAD))), asked, around)
    assert [each.allowed for each in found] == [True, False, False, True]


@pytest.mark.parametrize("named", [".subject Patient/1", ".household Group/g"])
def test_of_who_has_died_each_version_is_decided_on_as_it_was_recorded(ruled: Ruled, named: str) -> None:
    """By whichever name they died, and whether they are named or live in the household that is."""
    asked = [record(named, since=day) for day in (9, 10, 11)]
    lives = row("member", "Group/g", "Patient/1")
    merged = row("same", "Patient/1", "Patient/2")
    gone = Each(PERSONS, any_of([DEAD, Leads("same", DEAD)]))
    for died in ("Patient/1", "Patient/2"):
        around = world(lives, merged, row("died", died, "*", 10))
        assert [each.allowed for each in alone(ruled(permits(gone)), asked, around)] == [False, False, True]


def test_of_parties_that_came_later_each_version_is_decided_on_by_those_it_had(ruled: Ruled) -> None:
    asked = [record(".party PractitionerRole/r", since=day, first=day) for day in (9, 12)]
    around = world(row("agency", "PractitionerRole/r", "Organization/a", 1, instant(11)))
    around.add([row("known", "PractitionerRole/r", "*")])
    found = alone(ruled(permits(Each(PARTIES, Related("known")))), asked, around)
    assert [each.allowed for each in found] == [False, True]


def test_each_record_cites_what_it_rests_on_itself(ruled: Ruled) -> None:
    """Papers count for the records of one keeper, of one term, or where the record is open: others do not cite them."""
    bound = Related("consent", keeper=".custodian", beside=has("category", "x"))
    rests = RestsOn(PERSONS, bound, SIGNED, where=has(".open", "yes"))
    rule = Rule("P", "permit", EVERYTHING, BECAUSE, rests_on=(rests,))
    around = world(
        row("consent", "Patient/1", "Organization/q", 3, keeper="Organization/a"),
        row("consent", "Patient/2", "Organization/q", 4, keeper="Organization/a"),
    )
    whole = (".custodian Organization/a", ".open yes", ".subject Patient/1", "category x")
    asked = [
        record(*whole),
        record(*(each for each in whole if not each.startswith(".custodian")), ".custodian Organization/b"),
        record(*(each for each in whole if not each.startswith(".open"))),
        record(*(each for each in whole if not each.startswith("category"))),
        record(*(each for each in whole if not each.startswith(".subject")), ".subject Patient/2"),
        record(*whole, ".subject Patient/2"),
    ]
    cited = [[(e.version, e.about) for e in each.rules[0].evidence] for each in alone(ruled(rule), asked, around)]
    first, second = ("consent/1/_history/3", "Patient/1"), ("consent/2/_history/4", "Patient/2")
    assert cited == [[first], [], [], [], [second], [first, second]]


def test_of_a_household_each_record_cites_the_members_it_had(ruled: Ruled) -> None:
    rule = Rule("P", "permit", EVERYTHING, BECAUSE, rests_on=(RestsOn(PERSONS, Related("consent"), SIGNED),))
    around = world(
        row("member", "Group/g", "Patient/1", 1, instant(10)),
        row("consent", "Patient/1", "Organization/q", 3),
    )
    asked = [record(".household Group/g", first=day) for day in (9, 11)]
    assert [len(each.rules[0].evidence) for each in alone(ruled(rule), asked, around)] == [1, 0]


def test_by_whichever_name_of_the_person_is_cited_only_where_the_rule_asks_so(ruled: Ruled) -> None:
    around = world(row("same", "Patient/1", "Patient/2"), row("consent", "Patient/2", "Organization/q", 4))
    asked = [record(".subject Patient/1")]
    for named, cited in ((True, ["consent/2/_history/4"]), (False, [])):
        rests = (RestsOn(PERSONS, Related("consent"), SIGNED, named=named),)
        (found,) = alone(ruled(Rule("P", "permit", EVERYTHING, BECAUSE, rests_on=rests)), asked, around)
        assert [each.version for each in found.rules[0].evidence] == cited


def test_what_a_ground_lacks_is_told_of_the_records_that_it_would_open(ruled: Ruled) -> None:
    lacking = Rule("P", "permit", has("category", "x"), BECAUSE, lacks=(BECAUSE,))
    found = alone(ruled(lacking), [record("category x"), record("category y")], world())
    assert [each.lacking for each in found] == [(lacking,), ()]
    assert not any(each.allowed for each in found)


def test_rules_are_made_once_for_facts_that_are_alike_and_anew_for_an_explanation() -> None:
    assert policy.ruling("read", officer()) is policy.ruling("read", officer())
    assert policy.ruling("search", officer()) is not policy.ruling("read", officer())
    explaining = replace(officer(), lapsed=(PAPER,))
    assert policy.ruling("read", explaining) is policy.ruling("read", officer()), "which asks what is kept first"
    other = replace(explaining, wordings=frozenset({"of nobody else"}))
    assert policy.ruling("read", other) is not policy.ruling("read", other)


def test_of_rules_that_nobody_asked_for_lately_no_more_are_kept_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(policy, "rules", lambda action, facts: ())
    many = [officer(wordings=frozenset({f"w{n}"})) for n in range(policy.MOST_KEPT + 10)]
    made = [policy.ruling("read", each) for each in many]
    assert policy.ruling("read", many[-1]) is made[-1]
    assert policy.ruling("read", many[20]) is made[20]
    assert policy.ruling("read", many[0]) is not made[0]


def cited(*names: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(each, SIGNED) for each in names)


def test_of_several_decisions_each_rule_is_told_once_with_all_its_evidence() -> None:
    first = Decision(True, (replace(permits(EVERYTHING), evidence=cited("a", "b")),), masks=())
    mask = Rule("D1", "mask", EVERYTHING, BECAUSE, cited("m"))
    second = Decision(True, (replace(permits(EVERYTHING), evidence=cited("b", "c")),), masks=(mask,))
    other = Decision(True, (Rule("Q", "permit", EVERYTHING, BECAUSE),))
    found = policy.together([first, first, second, other])
    assert found.allowed
    assert [(each.id, each.evidence) for each in found.rules] == [("P", cited("a", "b", "c")), ("Q", ())]
    assert found.masks == (mask,)
    assert policy.together([first]).rules == first.rules
    assert policy.together([]) == Decision(True, ())


def test_of_several_types_it_is_refused_only_where_a_token_reaches_none() -> None:
    narrow = Rule("scope", "narrow", has(".type", "Condition"), BECAUSE)
    policy.covered_at_all((narrow,), ("Patient", "Condition"))
    policy.covered_at_all((narrow,), ("Condition", "Patient"))
    policy.covered_at_all((narrow,), ("Condition",))
    with pytest.raises(Problem) as caught:
        policy.covered_at_all((narrow,), ("Patient", "Task"))
    assert caught.value.kind == "forbidden"
    assert "`Patient`" in caught.value.issues[0].text
    assert list(policy.short_of((narrow, permits(NOTHING)), "Patient")) == [narrow]
