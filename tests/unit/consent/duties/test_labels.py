"""P1 and D1: a label is taken off by who keeps the record, and one that is set can be told."""

from __future__ import annotations

from typing import Any

from consent.duties import labels
from tests.laws.worlds import own
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]

OTHER = "Organization/other"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
SECRET = own("secrecy-label", "address-secret")
BARE: Json = {"resourceType": "Patient"}


def level(code: str) -> Json:
    return {"system": CONFIDENTIALITY, "code": code}


def labelled(*labels: Any) -> Json:
    return BARE | {"meta": {"security": list(labels)}}


def lowered(before: Json | None, after: Json | None, custodian: str = OTHER) -> list[str]:
    return wrongs(labels.lowered_by_custodian, change(before, after, custodian=custodian))


def test_only_who_keeps_a_record_takes_a_label_off_or_lowers_it() -> None:
    broken = ["P1! at Patient.meta.security"]
    for before, after in ((labelled(SECRET), labelled()), (labelled(level("R")), labelled(level("N")))):
        assert lowered(before, after) == broken
        assert lowered(before, after, CENTER) == lowered(after, before) == []
    assert lowered(labelled(SECRET), None) == lowered(None, labelled(SECRET)) == []


def told(after: Json | None, before: Json | None = None) -> list[str]:
    return wrongs(labels.told, change(before, after))


def test_a_label_that_is_set_can_be_told() -> None:
    at = "D1 at Patient.meta.security"
    assert told(labelled(SECRET, level("R"))) == told(BARE) == told(labelled()) == []
    assert told(labelled(SECRET, level("secret"))) == [f"{at}[1]"]
    assert told(labelled({"code": "R"}, {"system": CONFIDENTIALITY})) == [f"{at}[0]", f"{at}[1]"]
    assert told(BARE | {"meta": {"security": "R"}}) == []
    assert told(labelled({"system": "urn:another", "code": "kept-safe"})) == []


def test_one_that_reads_like_secrecy_and_is_none_protects_nothing() -> None:
    for near in ("address-secret", "Address-Secret", "sdv"):
        assert told(labelled({"system": "urn:another", "code": near})) == ["D1 at Patient.meta.security[0]"], near


def test_a_system_that_is_known_here_is_written_as_it_is_known() -> None:
    """`V` under an address that nobody compares would be shown at every conference."""
    for other in ("http://hl7.org/fhir/v3/Confidentiality", "urn:oid:2.16.840.1.113883.5.25", f"{CONFIDENTIALITY}|2.0"):
        found = told(labelled({"system": other, "code": "V"}))
        assert found == ["D1 at Patient.meta.security[0]"], other
        (issue,) = labels.told(change(None, labelled({"system": other, "code": "V"})))
        assert f"write `{CONFIDENTIALITY}`" in issue.text
        assert f"`{CONFIDENTIALITY}`" in issue.ja
    assert told(labelled({"system": CONFIDENTIALITY.replace("http:", "https:"), "code": "V"})) != []
    (issue,) = labels.told(change(None, labelled(level("secret"))))
    assert f"`{CONFIDENTIALITY}|secret` is no label that can be told" in issue.text


def test_what_was_there_already_is_left_alone() -> None:
    had = labelled(level("secret"))
    assert told(had, had) == []
    assert told(labelled(level("secret"), level("other")), had) == ["D1 at Patient.meta.security[1]"]
    assert told(None, had) == []
