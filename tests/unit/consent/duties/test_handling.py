"""P7 and D5: a record is withheld by its keeper with a reason, and marked as unclassified by the server alone."""

from __future__ import annotations

from typing import Any

from consent.duties import handling
from tests.laws.worlds import extension, own
from tests.unit.consent.people import CENTER, change, wrongs

Json = dict[str, Any]


def labelled(*labels: Json, type: str = "Condition") -> Json:
    return {"resourceType": type, "meta": {"security": list(labels)}}


BARE: Json = {"resourceType": "Condition"}
WHY = [extension("withheld-reason", valueString="本人の希望")]
WITHHELD = own("handling-label", "withheld")
WITH_WHY = WITHHELD | {"extension": WHY}
UNCLASSIFIED = own("handling-label", "unclassified")


def withheld(before: Json | None, after: Json | None, custodian: str = CENTER) -> list[str]:
    return wrongs(handling.withheld_with_a_reason, change(before, after, custodian=custodian))


def test_who_keeps_a_record_withholds_it_with_a_reason() -> None:
    at = "Condition.meta.security"
    assert withheld(BARE, BARE) == withheld(BARE | {"meta": {}}, BARE | {"meta": {}}) == []
    assert withheld(None, labelled(WITH_WHY)) == withheld(None, labelled(UNCLASSIFIED)) == []
    assert withheld(None, labelled(WITHHELD)) == [f"P7 at {at}"]
    for text in (" ", "。", 1):
        unsaid = WITHHELD | {"extension": [extension("withheld-reason", valueString=text)]}
        assert withheld(BARE, labelled(UNCLASSIFIED, unsaid)) == [f"P7 at {at}"]
    assert withheld(None, labelled(WITH_WHY), custodian="Organization/other") == [f"P7! at {at}"]
    assert withheld(labelled(WITHHELD), labelled(WITHHELD), custodian="Organization/other") == []
    assert withheld(labelled(WITH_WHY), BARE, custodian="Organization/other") == []
    assert withheld(labelled(WITH_WHY), None, custodian="Organization/other") == []


def test_only_the_server_marks_a_record_as_unclassified() -> None:
    def marked(before: Json | None, after: Json | None) -> list[str]:
        return wrongs(handling.marked_by_the_server, change(before, after))

    assert (
        marked(None, labelled(UNCLASSIFIED))
        == marked(BARE, labelled(UNCLASSIFIED))
        == ["D5 at Condition.meta.security"]
    )
    assert marked(labelled(UNCLASSIFIED), labelled(UNCLASSIFIED)) == marked(labelled(UNCLASSIFIED), BARE) == []
    assert marked(None, labelled(WITHHELD)) == marked(None, BARE) == []
    assert marked(None, labelled(UNCLASSIFIED, type="Provenance")) == []
