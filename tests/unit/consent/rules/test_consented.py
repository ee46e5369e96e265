"""P3: consents open what is about nobody who did not sign, and neither what the server tells nor what hides others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent import policy, vocabulary
from consent.facts import Facts
from consent.provision import provisions, wording
from consent.relations.contributions import DECEASED, DIED, EVERY
from consent.relations.names import SAME
from consent.rule import Action
from consent.rules import consented
from resources.record.envelope import UNTIED
from resources.search.predicate import term
from resources.search.relation import Around, Gathered, Relation, Row, Stored
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, around, officer, post, row
from tests.unit.consent.provision.test_provisions import deny, of, permit, to
from tests.unit.consent.rules.asked import OTHER

Json = dict[str, Any]
BORN, WRITTEN, LATER = "2026-04-01T00:00:00.000Z", "2026-06-01T00:00:00.000Z", "2026-08-01T00:00:00.000Z"
MOTHER, SON = (".subject", "Patient/1"), (".subject", "Patient/2")


def signed(person: str, paper: Json, keeper: str = "") -> list[Row]:
    """The rows of one consent."""
    own = paper | {"patient": ref(f"Patient/{person}")}
    wording.learn(wording.of(own))
    name = f"Consent/{person}-{wording.tag(wording.of(own))}"
    return [row(replace(each, keeper=keeper), name) for each in provisions.relations(own)]


def facts(world: Gathered, rows: list[Row], **known: Any) -> Facts:
    tags = frozenset(wording.bare(each.relation.tag) for each in rows if each.relation.name == provisions.CONSENT)
    return officer(wordings=tags, world=world, **known)


def reads(
    *said: tuple[str, str], rows: list[Row], type: str = "Condition", action: Action = "read", known: Json | None = None
) -> bool:
    """Alike whether one type is asked for or any."""
    world = around(*rows)
    terms = tuple(sorted(term(*each) for each in ((".type", type), (".custodian", OTHER), *said)))
    here = Around(Stored(terms, WRITTEN, BORN), world)
    answers = set()
    for asked in ("", type):
        made = consented.rules(action, replace(facts(world, rows, **(known or {})), type=asked))
        answers.add(any(rule.predicate.matches(terms, here) for rule in made))
    (answer,) = answers
    return answer


BOTH = [*signed("1", permit()), *signed("2", permit())]
ONE = signed("1", permit())


@pytest.mark.parametrize("action", ["create", "read", "search", "update", "delete"])
def test_what_all_persons_signed_for_is_read_and_nothing_is_written(action: Action) -> None:
    reading = action in ("read", "search")
    assert reads(MOTHER, SON, rows=BOTH, action=action) is reading
    assert not reads(MOTHER, SON, rows=ONE, action=action)
    assert not reads(rows=BOTH, action=action), "about nobody"


@pytest.mark.parametrize(
    "type", ["Condition", "Provenance", "Binary", "QuestionnaireResponse", "Communication", "Task"]
)
def test_a_record_of_casework_is_opened_and_a_sheet_only_where_each_row_is_tied(type: str) -> None:
    assert reads(MOTHER, rows=ONE, type=type)
    assert not reads(MOTHER, (UNTIED, "yes"), rows=ONE, type=type)
    assert not reads(MOTHER, rows=ONE, type="Organization")


@pytest.mark.parametrize("code", sorted(vocabulary.NOTICES))
def test_what_the_server_tells_of_consents_and_mistakes_is_opened_by_no_consent(code: str) -> None:
    assert not reads(MOTHER, (".code", code), rows=ONE, type="Communication")


@pytest.mark.parametrize("code", sorted(vocabulary.MERGES))
def test_what_asks_whether_two_are_one_is_opened_by_no_consent(code: str) -> None:
    assert not reads(MOTHER, (".code", code), rows=ONE, type="Task")


def test_it_is_for_work_with_the_person_and_for_who_acts_for_an_agency() -> None:
    for purpose in ("statistics", "audit-review"):
        assert not reads(MOTHER, rows=ONE, known={"purpose": purpose})
    world = around(*ONE)
    assert not list(consented.rules("read", replace(facts(world, ONE), posts=())))
    assert not list(consented.rules("read", facts(world, []))), "no consent, no ground"


def test_what_is_refused_to_a_post_that_was_held_is_refused_and_what_is_permitted_to_it_opens_nothing() -> None:
    former = "PractitionerRole/former"
    refused = [*ONE, *signed("1", deny(actor=to(former)))]
    assert reads(MOTHER, rows=refused)
    world = around(*refused)
    known = replace(facts(world, refused), former=frozenset({former}))
    terms = tuple(sorted((".type Condition", ".subject Patient/1")))
    (rule,) = consented.rules("read", known)
    assert not rule.predicate.matches(terms, Around(Stored(terms, WRITTEN, BORN), world))


def test_a_consent_opens_the_records_of_who_honours_it_and_what_withholds_withholds_everybodys() -> None:
    assert reads(MOTHER, rows=signed("1", permit(), OTHER))
    assert not reads(MOTHER, rows=signed("1", permit(), CENTER))
    assert not reads(MOTHER, rows=[*ONE, *signed("1", deny(), CENTER)])


def test_what_withholds_is_asked_of_every_name_and_what_grants_of_the_one_it_was_given_for() -> None:
    same = [row(Relation(SAME, "Patient/1", "Patient/1b")), row(Relation(SAME, "Patient/1b", "Patient/1"))]
    assert reads(MOTHER, rows=[*ONE, *same])
    assert not reads(MOTHER, rows=[*ONE, *same, *signed("1b", deny())])
    assert not reads(MOTHER, rows=[*signed("1b", permit()), *same])


def test_labelled_and_plain_records_are_opened_each_by_what_speaks_of_it() -> None:
    normal, restricted = ((".label", f"http://terminology.hl7.org/CodeSystem/v3-Confidentiality|{x}") for x in "NR")
    levels = [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}]
    open_, narrow = ONE, signed("1", permit(securityLabel=levels))
    closing = [*ONE, *signed("1", deny(securityLabel=[levels[0] | {"code": "R"}]))]
    assert [reads(MOTHER, *said, rows=open_) for said in ((), (normal,), (restricted,))] == [True, True, True]
    assert [reads(MOTHER, *said, rows=narrow) for said in ((), (normal,), (restricted,))] == [False, True, False]
    assert [reads(MOTHER, *said, rows=closing) for said in ((), (normal,), (restricted,))] == [True, True, False]


# --- who has died ----------------------------------------------------------------------------------------------------


def gone(person: str, since: str = BORN, *, stands: bool = True) -> list[Row]:
    confirmed = row(Relation(DIED, f"Patient/{person}", EVERY), "Task/death", since=since)
    return [confirmed, *([row(Relation(DECEASED, f"Patient/{person}", EVERY), since=since)] if stands else [])]


def test_of_who_had_died_nothing_is_asked_and_somebody_living_grants() -> None:
    assert reads(MOTHER, SON, rows=[*ONE, *gone("2")])
    assert not reads(SON, rows=gone("2")), "nobody living"
    assert not reads(SON, rows=[*gone("2"), *signed("2", permit())])
    assert not reads(MOTHER, SON, rows=[*gone("2")]), "who lives did not sign"
    assert not reads(MOTHER, SON, rows=[*ONE, *gone("2"), *signed("2", deny())]), "what they refused stays so"


def test_a_death_that_was_confirmed_since_or_does_not_stand_changes_nothing() -> None:
    assert not reads(MOTHER, SON, rows=[*ONE, *gone("2", LATER)])
    assert not reads(MOTHER, SON, rows=[*ONE, *gone("2", WRITTEN)])
    assert not reads(MOTHER, SON, rows=[*ONE, *gone("2", stands=False)])
    assert not reads(MOTHER, SON, rows=[*ONE, *gone("2")[1:]])


def test_who_died_under_one_name_is_nobody_living() -> None:
    same = row(Relation(SAME, "Patient/2", "Patient/2b"))
    assert not reads(SON, rows=[*gone("2b"), *signed("2", permit()), same])


def test_the_papers_that_grant_are_cited_and_the_death_by_which_nobody_else_was_asked() -> None:
    rows = [*ONE, *gone("2")]
    (rule,) = consented.rules("read", facts(around(*rows), rows))
    assert [(each.values.name, each.row.relation, each.row.bound) for each in rule.rests_on] == [
        (".subject", provisions.CONSENT, ""),
        (".subject", DIED, ""),
    ]
    assert rule.rests_on[0].row.keeper == ".custodian"
    terms = (".custodian Organization/other", ".subject Patient/1", ".subject Patient/2", ".type Condition")
    for since, cited in ((BORN, True), (LATER, False)):
        known = [*BOTH, *gone("2", since)]
        made = consented.rules("read", facts(around(*known), known))
        found = policy.decide(made, Stored(terms, WRITTEN, BORN), around(*known)).rules
        assert any(each.version.startswith("Task/death") for each in found[0].evidence) is cited
    instance = [{"meaning": "instance", "reference": ref("Condition/1")}]
    bound = signed("1", permit(data=instance))
    (rule,) = consented.rules("read", facts(around(*bound), bound))
    assert [each.row.bound for each in rule.rests_on] == ["certainly", ""]


# --- what belongs to a record ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["Provenance", "Binary"])
def test_what_belongs_to_a_record_is_closed_where_some_records_are_withheld_for_what_they_are(type: str) -> None:
    """It may be one of these that it belongs to."""
    some = signed("1", permit(provision=[{"type": "deny", "class": of("Observation")}]))
    assert reads(MOTHER, rows=some)
    assert not reads(MOTHER, rows=some, type=type)
    assert not reads(MOTHER, rows=[*ONE, *signed("1", deny(**{"class": of("Observation")}))], type=type)
    theirs = signed(
        "1", permit(provision=[{"type": "deny", "class": of("Observation"), "actor": to("Organization/x")}])
    )
    assert reads(MOTHER, rows=theirs, type=type) is False, "to whomever it is withheld: the exception is the paper's"
    assert reads(MOTHER, rows=ONE, type=type)


def test_whoever_holds_two_posts_reads_by_a_consent_to_either() -> None:
    rows = signed("1", permit(actor=to("PractitionerRole/other")))
    world = around(*rows)
    known = replace(facts(world, rows), posts=(post(), post(agency=OTHER, name="other")))
    terms = tuple(sorted((".type Condition", ".subject Patient/1")))
    (rule,) = consented.rules("read", known)
    assert rule.predicate.matches(terms, Around(Stored(terms, WRITTEN, BORN), world))


@pytest.mark.parametrize("code", sorted(vocabulary.NOTICES | vocabulary.MERGES))
def test_what_the_server_tells_is_opened_to_nobody_and_no_other_record_is_taken_for_it(code: str) -> None:
    for type in ("Communication", "Flag", "Task"):
        assert not reads(MOTHER, (".code", code), rows=ONE, type=type)
    assert reads(MOTHER, (".code", code), rows=ONE, type="Condition")
