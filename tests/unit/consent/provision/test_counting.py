"""What a Consent grants and withholds, on whose records and until when, by the verdict on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.provision import counting, wording
from consent.provision.counting import NOBODY
from consent.verdict import Verdict
from resources.search.relation import FOREVER
from tests.laws.worlds import ref
from tests.unit.consent.people import ABSENT
from tests.unit.consent.provision.test_provisions import (
    CONCERNS,
    OPTED_IN,
    OTHER,
    PATIENTS,
    consent,
    deny,
    for_,
    marked,
    permit,
)

COUNTING = Verdict(True, frozenset({"*"}))
A, B = "Organization/a", "Organization/b"
EXCEPTING = permit(provision=[{"type": "deny"}])
BEFORE, DAY, AFTER = "2026-10-31T15:00:00.000Z", "2026-11-30T15:00:00.000Z", "2026-12-31T15:00:00.000Z"
NOVEMBER = {"start": "2026-11-01", "end": "2026-11-30"}
"""From BEFORE until DAY."""


def noted(*said: str, **verdict: Any) -> Verdict:
    return replace(COUNTING, noted=frozenset(said), **verdict)


def rows(body: Any, kept: Verdict = COUNTING) -> set[tuple[str, str, str]]:
    """The keepers on whose records a row speaks, and from when until when."""
    return {(each.keeper, each.start, each.until) for each in counting.relations(body, kept)}


def keepers(body: Any, kept: Verdict = COUNTING) -> set[str]:
    return {keeper for keeper, _, _ in rows(body, kept)}


@pytest.mark.parametrize(
    ("kept", "grants", "withholds"),
    [
        (COUNTING, {""}, {""}),
        (Verdict(True, frozenset({A, B})), {A, B}, {A, B}),
        (Verdict(True, frozenset({A, "*"})), {""}, {""}),
        (Verdict(True), set(), {NOBODY}),
        (Verdict(False, frozenset({A})), set(), {NOBODY}),
        (Verdict(), set(), {NOBODY}),
        (Verdict(void=True), set(), set()),
        (noted(".replaced 2026-11-01 grants"), set(), {NOBODY}),
        (noted(".replaced 2026-11-01 all"), set(), set()),
        (noted(".replaced 2026-11-01 grants", ".replaced 2026-11-02 all"), set(), set()),
        (noted(".word 2026-11-01"), set(), set()),
        (noted(".aged 2026-11-01 unfounded"), set(), {NOBODY}),
        (noted(".aged 2026-11-01 unfounded", ".aged 2026-11-02 always"), {""}, {""}),
    ],
)
def test_it_grants_while_it_counts_and_withholds_on_everybody_s_records_longer(
    kept: Verdict, grants: set[str], withholds: set[str]
) -> None:
    assert keepers(permit(), kept) == grants
    assert keepers(EXCEPTING, kept) == withholds
    assert keepers(deny(), kept) == withholds


@pytest.mark.parametrize("status", ["inactive", "entered-in-error"])
def test_a_permit_that_is_over_leaves_its_exceptions_and_a_refusal_that_is_over_nothing(status: str) -> None:
    over = {"status": status}
    assert rows(EXCEPTING | over) == {(NOBODY, "", FOREVER)}
    opted_in = consent(provision={"type": None} | CONCERNS) | OPTED_IN | over
    del opted_in["provision"]["type"]
    assert keepers(opted_in) == {NOBODY}
    for nothing in (permit(), deny(), deny(provision=[{"type": "permit"}]), consent(provision=None)):
        assert rows(nothing | over) == set()
    assert rows(EXCEPTING | over, Verdict()) == set(), "what never counted leaves nothing"
    assert rows(EXCEPTING | over, noted(".replaced 2026-11-01 all")) == set()


@pytest.mark.parametrize("status", ["draft", "proposed", "rejected"])
def test_what_was_not_given_does_nothing(status: str) -> None:
    assert rows(EXCEPTING | {"status": status}) == set()


def test_where_the_status_is_only_said_to_be_unknown_it_grants_nothing_and_what_may_refuse_stands() -> None:
    unknown = {"status": None, "_status": ABSENT}
    assert rows(permit() | unknown) == set()
    for withholding in (deny(period=NOVEMBER), EXCEPTING):
        assert keepers(withholding | unknown) == {NOBODY}
        tags = {each.tag for each in counting.relations(withholding | unknown, COUNTING)}
        assert tags == {wording.REFUSAL}, "as of whatever cannot be enforced: nobody can tell what it says"
    assert rows(deny() | unknown, Verdict(void=True)) == set()


def test_from_when_on_it_grants_no_more_by_the_birth_date_that_stands() -> None:
    lapses = f".lapses {DAY}"
    assert counting.lapsing(COUNTING) == ""
    assert counting.lapsing(noted(lapses)) == DAY
    assert counting.lapsing(noted(lapses, f".aged 2026-11-01 {BEFORE}")) == BEFORE
    for said in ("unfounded", "always"):
        assert counting.lapsing(noted(lapses, f".aged 2026-11-01 {said}")) == ""


def test_what_a_parent_permitted_ends_at_majority_and_its_exceptions_stand() -> None:
    of_age = noted(f".lapses {DAY}")
    assert rows(permit(), of_age) == {("", "", DAY)}
    assert rows(EXCEPTING, of_age) == {("", "", DAY), (NOBODY, DAY, FOREVER)}
    assert rows(deny(), of_age) == {("", "", DAY), (NOBODY, DAY, FOREVER)}
    assert rows(deny(period=NOVEMBER), of_age) == {("", BEFORE, DAY)}, "it was over by then"
    assert rows(deny(period={"start": "2026-12-01"}), of_age) == {(NOBODY, DAY, FOREVER)}, "it had not begun"
    later = {("", BEFORE, DAY), (NOBODY, DAY, AFTER)}
    assert rows(deny(period=NOVEMBER | {"end": "2026-12-31"}), of_age) == later
    assert rows(permit(period=NOVEMBER), noted(f".lapses {BEFORE}")) == set()


def test_what_grants_reaches_as_far_as_it_says_but_for_its_time() -> None:
    reaching = {
        "actor": OTHER,
        "class": PATIENTS["class"],
        "code": [{"coding": [{"system": "urn:x", "code": "y"}]}],
        "data": [{"meaning": "instance", "reference": ref("Condition/1")}],
        "dataPeriod": NOVEMBER,
        "purpose": for_("TREAT"),
        "securityLabel": marked("R"),
    }
    said = permit(**reaching, period=NOVEMBER, provision=[{"type": "deny"}], action=[])
    ended = noted(f".reached 2026-11-01 {counting.extent(said)}")
    assert counting.reached(ended) == ({**reaching, "type": "permit"},)
    assert counting.extent(permit(**dict(reversed(reaching.items())))) == counting.extent(said)
    everywhere = '{"type":"permit"}'
    assert counting.extent(permit(period=NOVEMBER)) == everywhere
    by_base = consent(provision=dict(CONCERNS)) | OPTED_IN
    for other in (by_base, deny(**reaching), consent(provision=None)):
        assert counting.extent(other) == everywhere


def test_what_was_ended_twice_is_ended_once() -> None:
    one, other = counting.extent(permit(**CONCERNS)), counting.extent(permit(**PATIENTS))
    ended = noted(*(f".reached {at} {each}" for at in ("2026-11-01", "2026-11-02") for each in (one, other)))
    assert counting.reached(ended) == tuple(permit(**each)["provision"] for each in (CONCERNS, PATIENTS))
    assert counting.reached(COUNTING) == ()


def test_its_rows_are_worded_as_it_is_with_what_was_ended() -> None:
    ended = noted(f".reached 2026-11-01 {counting.extent(permit(**CONCERNS))}")
    for kept in (COUNTING, ended):
        tags = {wording.bare(each.tag) for each in counting.relations(permit(), kept)}
        assert tags == {wording.tag(wording.of(permit(), counting.reached(kept)))}


def test_every_wording_that_its_rows_stand_for_or_stood_for_is_told() -> None:
    first, second = (f".reached {at} {counting.extent(each)}" for at, each in (
        ("2026-11-01", permit(**CONCERNS)), ("2026-11-02", permit(**PATIENTS))))  # fmt: skip
    told = list(counting.wordings(permit(), noted(first, second)))
    assert told == [wording.of(permit(), counting.reached(noted(*each))) for each in ((), (first,), (first, second))]
    assert list(counting.wordings(permit(), COUNTING)) == [wording.of(permit())]
    assert list(counting.wordings(consent(provision=None), COUNTING)) == []
