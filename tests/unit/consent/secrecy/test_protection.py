"""A protection is a label on the Patient, which the server writes and nobody else (D1)."""

from __future__ import annotations

from typing import Any

import pytest

from consent.secrecy import protection
from resources.record.problem import Problem
from resources.record.version import Version
from tests.laws.worlds import V3, extension, own, ref

SECRET, SDV = own("secrecy-label", "address-secret"), {"system": f"{V3}v3-ActCode", "code": "SDV"}
OTHER = {"system": f"{V3}v3-Confidentiality", "code": "R"}
A, B, C = "Organization/a", "HealthcareService/b", "Practitioner/c"
Json = dict[str, Any]


def patient(*labels: Json, **elements: Any) -> Json:
    return {"resourceType": "Patient", "id": "1", "meta": {"versionId": "1", "security": list(labels)}, **elements}


def named(*names: str, against: tuple[str, ...] = ()) -> Json:
    return protection.label(SECRET, "p1", names, against)


def mother(number: int) -> Version:
    return Version("RelatedPerson", "mother", number, "", False, b"", ())


def says_nothing_more(label: Json) -> bool:
    said = (protection.released, protection.substitutes, protection.signers)
    return not any(each(label) for each in said)


FATHER = Version("RelatedPerson", "father", 1, "", False, b"", ())


def test_a_label_says_of_which_protection_it_is_whom_it_names_and_whom_it_is_against() -> None:
    label = protection.label(SECRET, "p1", [A, B], ["RelatedPerson/him"])
    assert label == SECRET | {
        "extension": [
            extension("protection", valueId="p1"),
            extension("disclosable-to", valueReference=ref(A)),
            extension("disclosable-to", valueReference=ref(B)),
            extension("protected-against", valueUri="RelatedPerson/him"),
        ]
    }
    assert protection.id_of(label) == "p1"
    assert protection.named(label) == {A, B}
    assert protection.against(label) == {"RelatedPerson/him"}
    assert says_nothing_more(label)
    assert not protection.confirmed(label)


def test_a_label_of_an_older_release_has_no_id_and_may_say_nothing() -> None:
    bare = SECRET | {"extension": [{"url": extension("protection")["url"]}, extension("protected-against")]}
    for one in (SECRET, bare):
        assert protection.id_of(one) == ""
        assert protection.named(one) == protection.against(one) == set()
        assert says_nothing_more(one)


def test_of_the_labels_of_a_patient_those_of_secrecy_protect() -> None:
    assert protection.labels(patient(OTHER, SECRET, SDV)) == [SECRET, SDV]
    unprotected: list[Any] = [None, {}, {"meta": None}, {"meta": []}, {"meta": {}}, {"meta": {"security": None}}]
    for nobody in (*unprotected, patient(OTHER)):
        assert protection.labels(nobody) == []


def test_who_is_put_on_the_list_is_on_it_once_for_good_or_again_for_some_days() -> None:
    label = protection.extended(named(A), [A, B])
    assert label == named(A, B)
    again = protection.extended(label, [B, C], "2026-11-30")
    assert protection.named(again) == {A, B}
    assert protection.substitutes(again) == [(B, "2026-11-30"), (C, "2026-11-30")]
    substitute = {"url": extension("substitute")["url"]}
    parts = [{"url": "who", "valueReference": ref(C)}, {"url": "until", "valueDate": "2026-11-30"}]
    assert again["extension"][-1] == substitute | {"extension": parts}
    assert protection.extended(SECRET, [A]) == SECRET | {
        "extension": [extension("disclosable-to", valueReference=ref(A))]
    }


def test_a_substitute_without_a_name_or_a_day_is_none() -> None:
    who, until = {"url": "who", "valueReference": ref(C)}, {"url": "until", "valueDate": "2026-11-30"}
    for parts in ([who], [until], [], [who, {"url": "until"}], [{"url": "who"}, until]):
        assert protection.substitutes(SECRET | {"extension": [extension("substitute", extension=parts)]}) == []
    without = extension("substitute")
    assert protection.substitutes(SECRET | {"extension": [without]}) == []
    both = extension("substitute", extension=[who, until])
    assert protection.substitutes(SECRET | {"extension": [without, both]}) == [(C, "2026-11-30")]


def test_who_is_released_is_released_once_and_only_where_each_protection_lets_them() -> None:
    one = protection.releasing(named(A), [A, B])
    assert protection.released(one) == {A, B}
    assert protection.named(one) == {A}
    assert protection.releasing(one, [B]) == one
    other = protection.releasing(SECRET, [B, C])
    assert other == SECRET | {
        "extension": [extension("released-performer", valueReference=ref(each)) for each in (B, C)]
    }
    assert protection.released_by_all([one, other]) == {B}
    assert protection.released_by_all([one]) == {A, B}
    assert protection.released_by_all([one, other, named(A)]) == set()
    assert protection.released_by_all([]) == set()


def test_who_signs_for_the_person_is_confirmed_as_they_are_now_and_no_more_when_it_is_taken_back() -> None:
    once = protection.signing(protection.signing(named(A), FATHER, confirmed=True), mother(2), confirmed=True)
    assert protection.signers(once) == {"RelatedPerson/father": "1", "RelatedPerson/mother": "2"}
    assert once["extension"][-1] == extension("confirmed-signer", valueUri="RelatedPerson/mother/_history/2")
    anew = protection.signing(once, mother(3), confirmed=True)
    assert protection.signers(anew) == {"RelatedPerson/father": "1", "RelatedPerson/mother": "3"}
    assert len(anew["extension"]) == len(once["extension"]), "in the place of the one before"
    gone = protection.signing(anew, mother(4), confirmed=False)
    assert protection.signers(gone) == {"RelatedPerson/father": "1"}
    assert protection.named(gone) == {A}
    assert protection.signing(SECRET, mother(1), confirmed=False) == SECRET | {"extension": []}
    assert protection.signers(SECRET | {"extension": [extension("confirmed-signer", valueUri="RelatedPerson/m")]}) == {}


def test_who_signs_must_be_confirmed_by_each_protection_in_whichever_version() -> None:
    both = protection.signing(protection.signing(named(A), FATHER, confirmed=True), mother(2), confirmed=True)
    later = protection.signing(named(B), mother(3), confirmed=True)
    assert protection.signing_by_all([both]) == {("RelatedPerson/father", "1"), ("RelatedPerson/mother", "2")}
    assert protection.signing_by_all([both, later]) == {("RelatedPerson/mother", "2"), ("RelatedPerson/mother", "3")}
    assert protection.signing_by_all([both, later, named(C)]) == set()
    assert protection.signing_by_all([]) == set()


def test_a_lock_is_confirmed_by_the_lead_section_s_yes_and_by_nothing_else() -> None:
    sure = protection.confirming(named(A))
    assert sure == named(A) | {"extension": [*named(A)["extension"], extension("lock-confirmed", valueBoolean=True)]}
    assert protection.confirmed(sure)
    assert protection.confirming(SECRET)["extension"] == [extension("lock-confirmed", valueBoolean=True)]
    for said in (False, None, "true"):
        assert not protection.confirmed(SECRET | {"extension": [extension("lock-confirmed", valueBoolean=said)]})


def test_to_somebody_else_a_label_comes_with_its_lists_and_without_what_was_confirmed() -> None:
    lists = protection.releasing(protection.extended(named(A, against=("RelatedPerson/x",)), [C], "2026-11-30"), [B])
    confirmed = protection.confirming(protection.signing(lists, FATHER, confirmed=True))
    assert protection.unconfirmed(confirmed) == lists
    assert protection.unconfirmed(SECRET) == SECRET | {"extension": []}


def test_a_label_is_put_in_the_place_of_another_and_besides_and_taken_away() -> None:
    held = patient(OTHER, named(A), named(B), gender="female")
    assert protection.instead(held, named(A), named(C)) == patient(OTHER, named(C), named(B), gender="female")
    assert protection.more(held, [SDV]) == patient(OTHER, named(A), named(B), SDV, gender="female")
    assert protection.less(held, named(A)) == patient(OTHER, named(B), gender="female")
    bare = {"resourceType": "Patient", "id": "1"}
    assert protection.more(bare, [SDV]) == bare | {"meta": {"security": [SDV]}}
    assert protection.more(bare | {"meta": {"security": None}}, [SDV]) == bare | {"meta": {"security": [SDV]}}
    assert protection.less(bare, SDV) == bare
    assert protection.less(bare | {"meta": {"security": [SDV]}}, SDV) == bare, "of an empty meta nothing is left"
    assert protection.less(patient(SDV), SDV) == bare | {"meta": {"versionId": "1"}}
    assert protection.less(patient(SDV), SECRET) == patient(SDV)


def test_an_update_carries_no_protection_but_those_that_stand() -> None:
    before = patient(OTHER, named(A), gender="female")
    for sent in (patient(SDV), patient(named(A), SDV), patient(named(A, B)), patient(named(B))):
        for had in (before, None):
            with pytest.raises(Problem) as caught:
                protection.kept(had, sent, shown=True)
            assert (caught.value.kind, caught.value.rules) == ("business-rule", ("D1",))
            (issue,) = caught.value.issues
            assert issue.at == "Patient.meta.security"
            assert "`$protect`" in issue.text
            assert "`$protect`" in issue.ja
    with pytest.raises(Problem):
        protection.kept(before, patient(named(A)), shown=False)


def test_the_protections_stand_whatever_labels_an_update_carries() -> None:
    before = patient(OTHER, named(A), named(B), gender="female")
    assert protection.kept(before, patient(named(A), named(B)), shown=True) == patient(named(A), named(B))
    assert protection.kept(before, patient(named(A)), shown=True) == patient(named(A), named(B)), "none is left out"
    assert protection.kept(before, patient(OTHER), shown=True) == patient(OTHER, named(A), named(B))
    assert protection.kept(before, patient(OTHER), shown=False) == patient(OTHER, named(A), named(B))
    bare: Json = {"resourceType": "Patient", "id": "1", "gender": "male"}
    assert protection.kept(before, bare, shown=True) == bare | {"meta": {"security": [named(A), named(B)]}}
    no_labels = bare | {"meta": {"versionId": "1"}}
    assert protection.kept(before, no_labels, shown=False) == no_labels, (
        "without labels those that stand are left alone"
    )
    none = bare | {"meta": {"versionId": "1", "security": []}}
    assert protection.kept(before, none, shown=False)["meta"] == {"versionId": "1", "security": [named(A), named(B)]}
    for unprotected in (patient(OTHER), None):
        assert protection.kept(unprotected, bare, shown=True) == bare
        assert protection.kept(unprotected, bare, shown=False) == bare
        assert protection.kept(unprotected, patient(OTHER), shown=False) == patient(OTHER)
