"""The rows of a Consent: to whom it speaks, from when until when, of which records, in which wording."""

from __future__ import annotations

from typing import Any

import pytest

from consent.provision import provisions, wording
from consent.provision.provisions import CONSENT, EVERYBODY
from resources.search.relation import FOREVER, Relation
from tests.laws.worlds import extension, ref
from tests.unit.consent.provision.test_provisions import (
    CONCERNS,
    IRCP,
    MOTHER,
    OPTED_IN,
    PATIENTS,
    RELATED,
    consent,
    deny,
    permit,
    to,
)

A, B, TEAM = "Organization/a", "Organization/b", "CareTeam/t"
YEAR = {"start": "2026", "end": "2026"}
BEGINS, ENDS = "2025-12-31T15:00:00.000Z", "2026-12-31T15:00:00.000Z"
OF_TEAM: dict[str, Any] = {"role": IRCP, "reference": ref(TEAM)}
OF_TEAM["extension"] = [extension("recorded-in-team", valueReference=ref(each)) for each in (A, B)]
Json = dict[str, Any]


def rows(body: Json, *reached: Json) -> set[Relation]:
    made = list(provisions.relations(body, reached))
    assert len(set(made)) == len(made)
    return set(made)


def suffixed(body: Json, *reached: Json) -> set[tuple[str, str, str]]:
    """Of each row to whom it speaks, through which team, and what follows the tag of the wording."""
    tag = wording.tag(wording.of(body, reached))
    found = rows(body, *reached)
    assert all(each.tag.startswith(tag) and (each.name, each.of) == (CONSENT, MOTHER) for each in found)
    return {(each.to, each.via, each.tag.removeprefix(tag)) for each in found}


def test_a_row_says_everything_of_one_recipient_and_of_the_records_that_are_meant() -> None:
    data = [
        {"meaning": "instance", "reference": ref("Condition/1")},
        {"meaning": "authoredby", "reference": ref(A)},
        {"meaning": "authoredby", "reference": ref("Practitioner/p")},
    ]
    body = permit(actor=to(A), period=YEAR, dataPeriod={"start": "2026"}, data=data)
    tag = wording.tag(wording.of(body))
    terms = (".id Condition/1", f".custodian {A}", ".author Practitioner/p")
    assert CONSENT == "consent"
    assert rows(body) == {
        Relation("consent", MOTHER, A, tag, BEGINS, ENDS, "", each, BEGINS, FOREVER) for each in terms
    }
    assert rows(permit()) == {Relation(CONSENT, MOTHER, EVERYBODY, wording.tag(wording.of(permit())))}
    assert {(each.low, each.high) for each in rows(permit(dataPeriod={"end": "2026"}))} == {("", ENDS)}


def test_whom_a_provision_names() -> None:
    assert list(provisions.grantees({"actor": [*to(A, "Practitioner/p"), OF_TEAM, {"reference": {}}]})) == [
        (A, ""),
        ("Practitioner/p", ""),
        (A, TEAM),
        (B, TEAM),
    ]
    unnamed: list[Json] = [{}, {"actor": []}, {"actor": None}]
    for nobody in unnamed:
        assert list(provisions.grantees(nobody)) == [(EVERYBODY, "")]


def test_what_permits_a_team_ends_with_it_and_what_withholds_holds_against_who_leaves_it() -> None:
    team = {"actor": [OF_TEAM]}
    through, lasting = {(A, TEAM), (B, TEAM)}, {(A, ""), (B, "")}

    def of(body: Json, suffix: str, *reached: Json) -> set[tuple[str, str]]:
        return {(to, via) for to, via, after in suffixed(body, *reached) if after == suffix}

    assert of(permit(**team), "") == through
    assert of(deny(**team), "") == lasting
    assert of(permit(provision=[{"type": "deny", **team}]), ".0") == lasting
    assert of(deny(provision=[{"type": "permit", **team}]), ".0") == through
    by_base = consent(provision=dict(team)) | OPTED_IN
    assert of(by_base, "") == lasting, "an exception to a base that permits"
    assert of(permit(), ".r0", {"type": "permit", **team}) == lasting, "what is over does not come back"


def test_an_exception_has_rows_of_its_own_where_it_is_for_some_or_for_a_time() -> None:
    apart, alike = {"type": "deny", "actor": to(A)}, {"type": "deny", **CONCERNS}
    assert suffixed(permit(provision=[alike])) == {(EVERYBODY, "", "")}
    assert {after for _, _, after in suffixed(permit(provision=[alike, apart]))} in ({"", ".0"}, {"", ".1"})
    for_a_year = permit(provision=[{"type": "deny", "period": YEAR}])
    assert {(each.start, each.until) for each in rows(for_a_year)} == {("", FOREVER), (BEGINS, ENDS)}
    ended = {"type": "permit", "actor": to(A), "period": YEAR}
    assert {(each.to, each.start, each.until) for each in rows(permit(period=YEAR), ended)} == {
        (EVERYBODY, BEGINS, ENDS),
        (A, "", FOREVER),
    }
    assert suffixed(permit(), {"type": "permit", **CONCERNS}) == {(EVERYBODY, "", "")}


def test_a_form_has_a_row_for_its_base_besides_that_of_its_root() -> None:
    by_base = consent(provision={"actor": to(A), "period": YEAR}) | OPTED_IN
    assert suffixed(by_base) == {(EVERYBODY, "", ".b"), (A, "", "")}
    assert {(each.start, each.until) for each in rows(by_base)} == {(BEGINS, ENDS)}


UNREADABLE = {"end": "2026-13"}


@pytest.mark.parametrize(
    ("body", "span"),
    [
        (consent(provision=None), ("", FOREVER)),
        (consent(provision={"type": "maybe", "period": YEAR}), (BEGINS, ENDS)),
        (deny(data=RELATED, period=YEAR), (BEGINS, ENDS)),
        (deny(period=UNREADABLE), ("", FOREVER)),
        (deny(**PATIENTS) | {"performer": []}, ("", FOREVER)),
        (permit(data=RELATED, provision=[{"type": "permit"}, {"type": "deny"}]), ("", FOREVER)),
        (permit(period=UNREADABLE, provision=[{}]), ("", FOREVER)),
        (permit(data=RELATED), None),
        (permit(data=RELATED, provision=[{"type": "permit"}]), None),
        (permit(provision=[{"type": "deny"}]) | {"performer": []}, None),
        (permit(period=UNREADABLE), None),
        (deny() | {"status": "inactive"}, None),
        (consent(provision=None) | {"status": "draft"}, None),
    ],
)
def test_what_cannot_be_counted_grants_nothing_and_withholds_everything_as_far_as_it_may_refuse(
    body: Json, span: tuple[str, str] | None
) -> None:
    refusal = {Relation(CONSENT, MOTHER, EVERYBODY, wording.REFUSAL, *span)} if span else set()
    assert rows(body) == refusal


def test_it_is_signed_by_somebody_on_a_paper() -> None:
    assert provisions.signed(permit())
    assert provisions.signed(permit() | {"sourceReference": None, "sourceAttachment": {"title": "同意書"}})
    unsigned: list[Json] = [{"performer": []}, {"performer": None}, {"sourceReference": None}]
    for lacking in unsigned:
        assert not provisions.signed(permit() | lacking)


@pytest.mark.parametrize(
    ("body", "permits", "withholds"),
    [
        (permit(), True, False),
        (permit(provision=[]), True, False),
        (permit(provision=[{"type": "deny"}]), True, True),
        (deny(), False, True),
        (deny(provision=[{"type": "permit"}]), False, True),
        (consent(provision=dict(CONCERNS)) | OPTED_IN, True, True),
        (consent(provision=None), False, True),
        (consent(provision={"type": "maybe"}), False, True),
    ],
)
def test_what_is_a_permit_and_what_withholds_anything(body: Json, permits: bool, withholds: bool) -> None:
    assert provisions.permits(body) is permits
    assert provisions.withholds(body) is withholds
