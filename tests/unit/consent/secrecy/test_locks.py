"""Protections as locks: each opens to whom it names, and a later one takes nothing before it is confirmed (D1)."""

from __future__ import annotations

from typing import Any

import pytest

from consent.secrecy import locks, protection
from resources.search.relation import FOREVER
from tests.laws.worlds import extension, own, ref

LABEL = own("secrecy-label", "address-secret")
A, B, C = "Organization/a", "Organization/b", "Practitioner/c"


def label(*named: str) -> dict[str, Any]:
    return LABEL | {"extension": [extension("disclosable-to", valueReference=ref(each)) for each in named]}


def opened(*labels: dict[str, Any]) -> list[set[str]]:
    return [set(lock) for lock in locks.of({"resourceType": "Patient", "meta": {"security": list(labels)}})]


def test_each_protection_of_a_person_is_a_lock_of_its_own() -> None:
    other = {"system": "urn:s", "code": "N"}
    assert opened(label(A, C), other, protection.confirming(label(B))) == [{A, C}, {B}]


def test_a_later_lock_takes_nothing_from_those_whom_an_earlier_one_names_until_it_is_confirmed() -> None:
    assert opened(label(A), label(B)) == [{A}, {A, B}]
    assert opened(label(A), protection.confirming(label(B)), label(C)) == [{A}, {B}, {A, B, C}]
    assert opened(label(B), label(C)) == [{B}, {B, C}], "an earlier one that was lifted names nobody"


def test_what_a_fifth_and_more_name_is_what_all_of_these_name() -> None:
    sure = [protection.confirming(label(A, one)) for one in ("Organization/1", "Organization/2")]
    assert opened(*[label(A)] * 3, *sure) == [{A}] * 4
    assert opened(*[label(A)] * 3, sure[0], protection.confirming(label(B)))[3] == set()
    assert opened(*[label(A)] * 3, label(B), label(C)) == [{A}, {A}, {A}, {A, B}], "none of which was confirmed"


def test_a_substitute_is_on_the_list_to_the_end_of_a_day_and_who_is_named_besides_for_good() -> None:
    both = protection.extended(label(A), [C, A], "2026-11-25")
    (lock,) = locks.of({"resourceType": "Patient", "meta": {"security": [both]}})
    assert lock == {A: FOREVER, C: "2026-11-25T15:00:00.000Z"}
    assert locks.tells(both, "2026-11-25T14:59:59.999Z") == {A, C}
    assert locks.tells(both, "2026-11-25T15:00:00.000Z") == {A}


def test_a_confirmation_is_of_one_person_and_does_not_go_to_who_joins() -> None:
    sure = protection.confirming(label(B))
    assert protection.confirmed(sure)
    assert protection.unconfirmed(sure) == label(B)


@pytest.mark.parametrize("meta", [None, {}, {"security": [{"system": "urn:s", "code": "N"}]}])
def test_who_has_no_label_is_not_protected(meta: Any) -> None:
    assert locks.of({"resourceType": "Patient", "meta": meta}) == ()


def test_a_label_may_name_nobody() -> None:
    nobody = LABEL | {"extension": [extension("disclosable-to", valueReference={"display": "だれか"})]}
    assert opened(nobody) == [set()]


def test_of_what_a_fifth_and_more_name_for_some_days_the_first_day_counts() -> None:
    days = [protection.confirming(protection.extended(label(), [A], day)) for day in ("2026-11-25", "2026-11-30")]
    for two in (days, days[::-1]):
        *_, last = locks.of({"resourceType": "Patient", "meta": {"security": [*[label(A)] * 3, *two]}})
        assert last == {A: "2026-11-25T15:00:00.000Z"}


def test_a_later_lock_awaits_its_confirmation_and_the_first_does_not() -> None:
    labels = [label(A), label(B), protection.confirming(label(C))]
    assert [locks.awaits(labels, place) for place in range(3)] == [False, True, False]
    assert not locks.awaits([protection.confirming(label(A))], 0)


def test_who_is_on_a_list_until_a_day_that_is_none_is_not_on_it() -> None:
    odd = protection.extended(label(A), [C], "2026-13-01")
    assert opened(odd) == [{A}]
    assert locks.tells(odd, "2026-11-25T00:00:00.000Z") == {A}
