"""Of a consent that does not open a record it is said what it lacks, one thing beside another (explaining)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.provision import counting, lapsed, provisions
from consent.provision.coverage import Named
from consent.provision.provisions import EVERYBODY
from consent.rule import Evidence, Text
from consent.verdict import Verdict
from resources.record.version import Version
from resources.search.predicate import has
from resources.search.relation import Around, Stored
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, OFFICER, around, row, terms
from tests.unit.consent.provision.test_provisions import (
    CONCERNS,
    MOTHER,
    NO_PATIENTS,
    OTHER,
    PATIENTS,
    RELATED,
    consent,
    deny,
    for_,
    permit,
    to,
)

BECAUSE = Text("because", "理由")
CASEWORK = has(".type", "Condition")
COUNTING = Verdict(True, frozenset({"*"}))
ME = Named(frozenset({CENTER, EVERYBODY}), frozenset({CENTER, EVERYBODY, "PractitionerRole/former"}))
NOT_ACTIVE = "the consent is not active: it was revoked or never given"
NOT_SIGNED = "the consent is not signed"
NOT_OF_STANDING = "the consent was not filed or signed by who may"
REPLACED = "a newer paper took the place of the consent"
TOO_YOUNG = "by the birth date that stands they could not sign"
OF_AGE = "the person for whom another signed is of age"
NOT_ENFORCED = "the consent has an element that cannot be enforced"
OVER = "the consent's period does not contain this day"
LEFT_OUT = "the consent leaves this record out"
NOT_VERIFIED = "who keeps this record has not verified the consent"
NOT_FOR_THIS = "the consent does not name this agency for this purpose"


def filed(body: Any, kept: Verdict = COUNTING) -> Version:
    return Version("Consent", "1", 4, "", False, orjson.dumps(body), tuple(sorted(kept.terms())))


def concern(subject: str = MOTHER, keeper: str = CENTER) -> tuple[str, ...]:
    return terms({"resourceType": "Condition", "subject": ref(subject)}, keeper)


def told(body: Any, kept: Verdict = COUNTING, record: tuple[str, ...] | None = None, **actor: Any) -> list[list[str]]:
    """What is said of a record to the officer of the center, by every rule that is about it."""
    made = list(lapsed.rules("P3", BECAUSE, CASEWORK, (filed(body, kept),), ME, replace(OFFICER, **actor)))
    world = around(*(row(each, "Consent/1") for each in counting.relations(body, kept)))
    here = Around(Stored(record or concern()), world)
    return [[text.en for text in rule.lacks] for rule in made if rule.predicate.matches(here.record.terms, here)]


def noted(*said: str, **verdict: Any) -> Verdict:
    return replace(COUNTING, noted=frozenset(said), **verdict)


@pytest.mark.parametrize(
    ("body", "kept", "lacks"),
    [
        (consent(status="inactive"), COUNTING, [NOT_ACTIVE]),
        (consent(status=None), COUNTING, [NOT_ACTIVE]),
        (consent(performer=None), COUNTING, [NOT_SIGNED]),
        (consent(performer=None), Verdict(), [NOT_SIGNED]),
        (consent(sourceReference=None), COUNTING, [NOT_SIGNED]),
        (permit(), Verdict(), [NOT_OF_STANDING]),
        (permit(), Verdict(void=True), [NOT_OF_STANDING]),
        (permit(), noted(".replaced 2026-11-01 grants"), [REPLACED]),
        (permit(), noted(".aged 2026-11-01 unfounded"), [TOO_YOUNG]),
        (permit(), noted(".aged 2026-11-01 unfounded", ".lapses 2026-11-01"), [TOO_YOUNG]),
        (permit(), noted(".lapses 2026-11-23T04:00:00.000Z"), [OF_AGE]),
        (permit(), noted(".aged 2026-11-01 2026-11-01"), [OF_AGE]),
        (permit(data=RELATED, period={"end": "2026-13"}), COUNTING, [NOT_ENFORCED]),
        (consent(provision=None), COUNTING, [NOT_ENFORCED]),
        (permit(period={"end": "2026-11-22"}), COUNTING, [OVER]),
        (permit(period={"start": "2026-11-24"}), COUNTING, [OVER]),
        (
            consent(status="inactive", performer=None, provision={"type": "permit", "period": {"end": "2025"}}),
            noted(".replaced 2026-11-01 all", ".lapses 2026-11-01"),
            [NOT_ACTIVE, NOT_SIGNED, REPLACED, OF_AGE, OVER],
        ),
        (
            permit(data=RELATED),
            noted(".replaced 2026-11-01 all", ".aged 2026-11-01 unfounded", counts=False),
            [NOT_OF_STANDING, REPLACED, TOO_YOUNG, NOT_ENFORCED],
        ),
    ],
)
def test_everything_that_it_lacks_is_said_once_and_in_one_order(body: Any, kept: Verdict, lacks: list[str]) -> None:
    assert told(body, kept) == [lacks]


def test_of_what_counts_and_grants_nothing_is_said() -> None:
    for body in (permit(), permit(actor=to(CENTER)), permit(period={"end": "2026-11-23"}), permit(**CONCERNS)):
        assert told(body) == []
    assert told(permit(), noted(".lapses 2026-11-23T04:00:00.001Z")) == [], "not of age yet"
    assert told(permit(), noted(".aged 2026-11-01 always", ".lapses 2026-11-01")) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (permit(**PATIENTS), LEFT_OUT),
        (permit(provision=[{"type": "deny", **CONCERNS}]), LEFT_OUT),
        (permit(provision=[NO_PATIENTS]), ""),
        (permit(provision=[{"type": "deny", "actor": to("PractitionerRole/former")}]), LEFT_OUT),
        (deny(), LEFT_OUT),
        (permit(purpose=for_("HRESCH")), NOT_FOR_THIS),
        (permit(purpose=for_("TREAT")), NOT_FOR_THIS),
        (permit(purpose=for_("TREAT", "CAREMGT")), ""),
    ],
)
def test_what_counts_leaves_a_record_out_or_is_for_something_else(body: Any, says: str) -> None:
    assert told(body) == ([[says]] if says else [])


def test_what_words_that_came_later_ended_is_left_out() -> None:
    ended = noted(f".reached 2026-11-01 {counting.extent(permit(**CONCERNS))}")
    assert told(permit(), ended) == [[LEFT_OUT]]
    assert told(permit(), noted(f".reached 2026-11-01 {counting.extent(permit(**PATIENTS))}")) == []


def test_of_records_of_a_keeper_who_has_not_verified_it_that_is_said_and_of_no_others() -> None:
    kept = replace(COUNTING, honoured=frozenset({CENTER, "Organization/third"}))
    assert told(permit(), kept) == []
    assert told(permit(), kept, concern(keeper="Organization/third")) == []
    assert told(permit(), kept, concern(keeper="Organization/other")) == [[NOT_VERIFIED]]
    assert told(permit(**PATIENTS), kept, concern(keeper="Organization/other")) == [[LEFT_OUT]]
    assert told(permit(), COUNTING, concern(keeper="Organization/other")) == []
    assert told(permit(), kept, terms({"resourceType": "Task", "for": ref(MOTHER)}, "Organization/other")) == []


def test_of_several_persons_it_is_said_of_the_one_whose_consent_leaves_the_record_out() -> None:
    both = terms({"resourceType": "Condition", "subject": ref(MOTHER), "asserter": ref("Patient/sister")}, CENTER)
    mine, hers = permit(actor=to("PractitionerRole/former")), permit(actor=to(CENTER))
    hers |= {"patient": ref("Patient/sister")}
    world = around(
        *(row(each, f"Consent/{n}") for n, one in enumerate((mine, hers)) for each in provisions.relations(one))
    )
    (rule, *_) = lapsed.rules("P3", BECAUSE, CASEWORK, (filed(mine),), ME, OFFICER)
    assert [text.en for text in rule.lacks] == [LEFT_OUT]
    assert rule.predicate.matches(both, Around(Stored(both), world))


def test_only_of_records_of_casework_about_that_person() -> None:
    over, patients = consent(status="inactive"), permit(**PATIENTS)
    for body in (over, patients):
        assert told(body, record=concern("Patient/sister")) == []
        assert told(body, record=terms({"resourceType": "Task", "for": ref(MOTHER)}, CENTER)) == []


def test_only_of_a_consent_that_names_who_asks_or_nobody() -> None:
    def of(body: Any) -> bool:
        return bool(told(body | {"status": "inactive"}))

    assert of(permit())
    assert of(consent(provision=None))
    assert of(permit(actor=[*OTHER, *to(CENTER)]))
    assert of(permit(actor=to("PractitionerRole/former")))
    assert not of(permit(actor=OTHER))


def test_each_is_a_ground_that_cites_the_version_it_speaks_of() -> None:
    def made(*papers: Version) -> Iterable[Any]:
        return lapsed.rules("P3", BECAUSE, CASEWORK, papers, ME, OFFICER)

    over, elsewhere = filed(consent(status="inactive")), filed(permit(), replace(COUNTING, honoured=frozenset({"x"})))
    rules = list(made(over, filed(permit(actor=OTHER)), elsewhere))
    assert [len(rule.lacks) for rule in rules] == [1, 1, 1]
    cited = Evidence("Consent/1/_history/4", Text("the consent", "同意書"))
    said = {(rule.id, rule.effect, rule.because, rule.evidence) for rule in rules}
    assert said == {("P3", "permit", BECAUSE, (cited,))}
    assert all(text.ja for rule in rules for text in rule.lacks)
    assert [text.en for text in rules[1].lacks] == [NOT_VERIFIED]
