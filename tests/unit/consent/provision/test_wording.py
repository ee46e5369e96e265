"""What a Consent says without its persons, dates and records, and the tag that stands for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.provision import wording
from consent.provision.wording import REFUSAL, REFUSING, Said, Wording
from tests.laws.worlds import CONFIDENTIALITY, V3, own, ref
from tests.unit.consent.provision.test_provisions import OPTED_IN, consent, deny, for_, marked, of, permit, to

CODE = {"coding": [own("concern-field", "debts")]}
DEBTS = f"{own('concern-field', '')['system']}|debts"
PERIOD = {"start": "2026"}
DATA = [{"meaning": "instance", "reference": ref("Condition/1")}]
SAYING: dict[str, Any] = {
    "purpose": for_("TREAT", "HRESCH"),
    "class": of("Condition", "Task"),
    "code": [CODE],
    "securityLabel": marked("R"),
}
SAID = Said(
    frozenset({f"{V3}v3-ActReason|TREAT", f"{V3}v3-ActReason|HRESCH"}),
    frozenset({"Condition", "Task"}),
    frozenset({DEBTS}),
    frozenset({f"{CONFIDENTIALITY}|R"}),
)


def test_a_wording_is_what_is_said_but_for_persons_dates_and_records() -> None:
    assert wording.of(permit()) == Wording("permit")
    assert wording.of(permit(**SAYING)) == Wording("permit", SAID)
    assert wording.of(permit(**SAYING, actor=to("Organization/a"), period=PERIOD)) == Wording("permit", SAID)
    assert wording.of(consent(provision=dict(SAYING)) | OPTED_IN) == Wording("optin", SAID)
    for bound in ({"dataPeriod": PERIOD}, {"data": DATA}):
        assert wording.of(deny(**SAYING, **bound)) == Wording("deny", replace(SAID, bound=True))


def test_of_exceptions_each_is_said_once_in_an_order_of_its_own() -> None:
    inner = [{"type": "deny", **SAYING}, {"type": "deny"}, {"type": "deny", **SAYING}]
    read = wording.of(permit(provision=inner))
    assert read == wording.of(permit(provision=inner[1:]))
    assert set(read.exceptions) == {Said(), SAID}
    assert len(read.exceptions) == 2
    assert read.root == Said()
    ended = wording.of(permit(), [{"type": "permit", **SAYING}, {"type": "permit"}, {"type": "permit"}])
    assert set(ended.reached) == {Said(), SAID}
    assert (len(ended.reached), ended.exceptions) == (2, ())


@pytest.mark.parametrize(
    ("element", "apart"),
    [
        ({"actor": to("Organization/a")}, Said(apart=True)),
        ({"period": PERIOD}, Said(apart=True)),
        ({"dataPeriod": PERIOD}, Said(apart=True, bound=True)),
        ({"data": DATA}, Said(apart=True, bound=True)),
        ({"class": of("Task")}, Said(types=frozenset({"Task"}))),
    ],
)
def test_an_exception_with_persons_dates_or_records_has_rows_of_its_own(element: Any, apart: Said) -> None:
    exception = {"type": "deny"} | element
    read = wording.of(permit(provision=[exception, {"type": "deny"}]), [exception, {"type": "permit"}])
    assert apart in read.exceptions
    place = f".{read.exceptions.index(apart)}" if apart.apart else ""
    assert wording.place(read, exception) == place
    assert wording.reached_place(read, exception) == (f".r{read.reached.index(apart)}" if apart.apart else "")
    assert wording.place(read, {"type": "deny"}) == wording.reached_place(read, {"type": "permit"}) == ""
    assert not wording.of(permit(**element)).root.apart, "a root has its rows anyway"


def test_a_tag_is_of_what_is_said_and_in_whichever_row_it_stands_that_can_be_told() -> None:
    several = [
        Wording("permit"),
        Wording("deny"),
        Wording("optin"),
        Wording("permit", SAID),
        Wording("permit", replace(SAID, bound=True)),
        Wording("permit", replace(SAID, purposes=frozenset())),
        Wording("permit", replace(SAID, types=frozenset())),
        Wording("permit", replace(SAID, codes=frozenset())),
        Wording("permit", replace(SAID, labels=frozenset())),
        Wording("permit", exceptions=(SAID,)),
        Wording("permit", exceptions=(replace(SAID, apart=True),)),
        Wording("permit", reached=(SAID,)),
        Wording("permit", exceptions=(SAID,), reached=(SAID,)),
    ]
    tags = {wording.tag(each) for each in several}
    assert len(tags) == len(several)
    for tag in tags:
        assert len(tag) == 24
        assert {wording.bare(f"{tag}{suffix}") for suffix in ("", ".b", ".0", ".r1")} == {tag}


def test_what_a_tag_stands_for_is_known_once_it_was_learnt() -> None:
    new = Wording("permit", Said(codes=frozenset({"urn:nobody|said"})))
    assert wording.known(wording.tag(new)) is None
    assert wording.learn(new) == wording.tag(new)
    assert wording.known(wording.tag(new)) == new
    assert wording.known(REFUSAL) == REFUSING == Wording("deny")
    assert wording.tag(REFUSING) == REFUSAL


def test_a_tag_stands_in_the_rows_of_a_store_and_is_the_same_in_every_release() -> None:
    assert REFUSAL == "640c12921269be7f6d0b5280"
    assert wording.tag(Wording("permit", SAID, (SAID,), (Said(),))) == "e74cc140e885119018db6c01"


TYPED, LABELLED = Said(types=frozenset({"Task"})), Said(labels=SAID.labels)


@pytest.mark.parametrize(
    ("read", "suffixes"),
    [
        (Wording("permit", TYPED), None),
        (Wording("permit", exceptions=(LABELLED,)), None),
        (Wording("permit", exceptions=(Said(),)), None),
        (Wording("deny", LABELLED), None),
        (Wording("deny", Said(), exceptions=(TYPED,)), None),
        (Wording("optin", LABELLED), None),
        (Wording("permit", exceptions=(LABELLED, TYPED)), ["", ".b", ".0", ".1"]),
        (Wording("permit", exceptions=(Said(codes=SAID.codes),)), ["", ".b", ".0"]),
        (Wording("permit", exceptions=(Said(bound=True, apart=True),)), ["", ".b", ".0"]),
        (Wording("permit", reached=(TYPED,)), ["", ".b", ".r0"]),
        (Wording("permit", exceptions=(LABELLED,), reached=(LABELLED, TYPED)), ["", ".b", ".0", ".r0", ".r1"]),
        (Wording("deny", TYPED), ["", ".b"]),
        (Wording("deny", Said(codes=SAID.codes), exceptions=(Said(),)), ["", ".b", ".0"]),
        (Wording("optin", TYPED), ["", ".b"]),
        (Wording("optout", exceptions=(TYPED,)), ["", ".b", ".0"]),
    ],
)
def test_of_what_withholds_records_for_what_they_are_all_rows_are_told(
    read: Wording, suffixes: list[str] | None
) -> None:
    tag = wording.learn(read)
    assert wording.selective(tag) == {f"{tag}{each}" for each in suffixes or ()}


def test_what_nobody_has_read_may_withhold_anything() -> None:
    assert wording.selective("never learnt") == {"never learnt"}
    assert wording.selective(REFUSAL) == set()
