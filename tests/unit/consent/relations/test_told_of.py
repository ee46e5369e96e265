"""What belongs to a record is as closed as that is, and labelled as it is; a person's protection stays the person's."""

from __future__ import annotations

from typing import Any

import pytest

from consent.relations import told_of
from resources.record.envelope import Envelope, Origin
from tests.laws.worlds import CONFIDENTIALITY, own

Json = dict[str, Any]

SECRET, WITHHELD = own("secrecy-label", "address-secret"), own("handling-label", "withheld")
SYSTEM = WITHHELD["system"]
RESTRICTED, USUAL = ({"system": CONFIDENTIALITY, "code": code} for code in "RN")


def record(*labels: Json, type: str = "Condition", **meta: Any) -> Json:
    return {"resourceType": type, "id": "1", "meta": {"security": list(labels)} | meta}


@pytest.mark.parametrize("type", ["Condition", "Patient"])
def test_it_has_every_label_of_the_record_but_the_protection_of_a_person(type: str) -> None:
    of_person = [] if type == "Patient" else [SECRET]
    assert told_of.labels_of(record(SECRET, WITHHELD, RESTRICTED, type=type)) == [*of_person, WITHHELD, RESTRICTED]
    assert told_of.labels_of({"resourceType": type}) == told_of.labels_of({"resourceType": type, "meta": {}}) == []


def test_what_it_has_not_is_put_there_and_what_it_has_stays() -> None:
    bare = record(type="Provenance")
    target = record(WITHHELD, RESTRICTED)
    assert told_of.missing(bare, target) == [f"{SYSTEM}|withheld", f"{CONFIDENTIALITY}|R"]
    made = told_of.labelled(bare, [target])
    assert made == record(WITHHELD, RESTRICTED, type="Provenance")
    assert told_of.missing(made, target) == []
    assert told_of.labelled(made, [target]) is made
    assert told_of.labelled(made, [record(USUAL)]) is made, "it is more restricted already"
    kept = record(USUAL, type="Provenance", tag=[{"code": "x"}])
    assert told_of.labelled(kept, [target, record(WITHHELD)])["meta"]["tag"] == [{"code": "x"}]
    naked: Json = {"resourceType": "Binary", "id": "b"}
    assert told_of.labelled(naked, [target]) == naked | {"meta": {"security": [WITHHELD, RESTRICTED]}}
    assert told_of.labelled(naked, []) is naked


def enveloped(type: str, **known: Any) -> Envelope:
    return Envelope(type, f"{type}/1", Origin("Organization/a", ""), **known)


def test_it_is_as_closed_as_the_records_it_is_of() -> None:
    labels = frozenset({f"{SYSTEM}|withheld", f"{SECRET['system']}|address-secret"})
    closes = {f".label {each}" for each in labels}
    material = enveloped("Condition", labels=labels, conference="Encounter/m", mistaken=True, untied=True)
    whole = {*closes, ".conference Encounter/m", ".mistaken yes", ".untied yes"}
    assert told_of.closing(material) == whole
    assert told_of.closing(enveloped("Patient", labels=labels)) == {f".label {SYSTEM}|withheld"}
    known = {"Condition/1": material, "Patient/1": enveloped("Patient", labels=labels)}
    assert told_of.closed(["Patient/1", "Condition/unknown"], known.get) == {f".label {SYSTEM}|withheld"}
    assert told_of.closed(["Condition/1", "Patient/1"], known.get) == whole
    assert told_of.closed([], known.get) == frozenset()
